"""A process that tags beside the one that started it (`pool`).

It is a bare interpreter that imports this module and nothing of the program that uses the library: that program needs
no `if __name__ == "__main__"`, may have threads, and nothing of it runs twice, on Windows as elsewhere. A tagger
and texts come in, rows or the words of a failure go out.
"""

from __future__ import annotations

import io
import os
import sys
import traceback
from collections.abc import Sequence
from queue import SimpleQueue
from threading import Thread

from feedback_engine.nlp.collecting import put_off_collection
from feedback_engine.nlp.messages import (
    Message,
    PackedRows,
    pack_message,
    pack_rows,
    read_message,
    unpack_message,
    write_message,
)
from feedback_engine.nlp.rows import Rows, annotate
from feedback_engine.nlp.tagger import Tagger

#: What the interpreter is told; Ctrl-C is for the process that started it.
PROGRAM = (
    "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); from feedback_engine.nlp.worker import serve; serve()"
)


def annotate_batch(texts: Sequence[str], tagger: Tagger) -> Rows:
    """Return the annotations of the texts."""
    with put_off_collection():
        return annotate(texts, tagger)


def serve() -> None:
    """Answer messages, each in its turn, until there are no more."""
    inbox, outbox = _take_streams()
    answers: SimpleQueue[Message] = SimpleQueue()
    # a thread of its own, so that the next batch is read while the answer waits to be fetched
    Thread(target=_send_all, args=(outbox, answers), daemon=True).start()
    taggers: dict[str, Tagger] = {}
    while (message := read_message(inbox)) is not None:
        fingerprint, content = unpack_message(message)
        if isinstance(content, Tagger):
            taggers[fingerprint] = content
        else:
            answers.put(pack_message(_answer(content, taggers[fingerprint])))
    os._exit(0)


def _take_streams() -> tuple[io.RawIOBase, io.RawIOBase]:
    """Return standard input and output as they are; what anything prints goes to standard error from here on."""
    streams = io.FileIO(0, "rb", closefd=False), io.FileIO(1, "wb", closefd=False)
    sys.stdout = sys.stderr
    return streams


def _answer(texts: Sequence[str], tagger: Tagger) -> PackedRows | str:
    try:
        return pack_rows(annotate_batch(texts, tagger))
    except Exception:  # noqa: BLE001  # told where it is wanted
        return traceback.format_exc()


def _send_all(outbox: io.RawIOBase, answers: SimpleQueue[Message]) -> None:
    try:
        while True:
            write_message(outbox.write, answers.get())
    except OSError:  # nobody wants them any more
        os._exit(0)

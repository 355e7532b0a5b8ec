"""A process that tags beside the one that started it (`pool`), and the messages between the two.

It is a bare interpreter that imports this module and nothing of the program that uses the library: that program needs
no `if __name__ == "__main__"`, may have threads, and nothing of it runs twice, on Windows as elsewhere. A message is
its length in eight bytes and a pickle: a tagger or texts on the way in, rows or the words of a failure on the way out.
"""

from __future__ import annotations

import io
import os
import pickle
import struct
import sys
import traceback
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from threading import Thread
from typing import Any

from feedback_engine.nlp.collecting import put_off_collection
from feedback_engine.nlp.rows import Rows, annotate
from feedback_engine.nlp.tagger import Tagger

#: What the interpreter is told; Ctrl-C is for the process that started it.
PROGRAM = (
    "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); from feedback_engine.nlp.worker import serve; serve()"
)
_LENGTH = struct.Struct("<Q")


def annotate_batch(texts: Sequence[str], tagger: Tagger) -> Rows:
    """Return the annotations of the texts."""
    with put_off_collection():
        return annotate(texts, tagger)


def serve() -> None:
    """Answer messages, each in its turn, until there are no more."""
    inbox, outbox = _take_streams()
    answers: SimpleQueue[bytes] = SimpleQueue()
    # a thread of its own, so that the next batch is read while the answer waits to be fetched
    Thread(target=_send_all, args=(outbox, answers), daemon=True).start()
    taggers: dict[str, Tagger] = {}
    while (message := read_message(inbox)) is not None:
        fingerprint, content = pickle.loads(message)  # noqa: S301  # from the process that started this one
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


def _answer(texts: Sequence[str], tagger: Tagger) -> Rows | str:
    try:
        return annotate_batch(texts, tagger)
    except Exception:  # noqa: BLE001  # told where it is wanted
        return traceback.format_exc()


def _send_all(outbox: io.RawIOBase, answers: SimpleQueue[bytes]) -> None:
    try:
        while True:
            write_all(outbox.write, answers.get())
    except OSError:  # nobody wants them any more
        os._exit(0)


def pack_message(content: Any) -> bytes:
    """Return the message that holds this."""
    data = pickle.dumps(content, protocol=pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(data)) + data


def read_message(stream: Any) -> bytearray | None:
    """Return the next message, still pickled; None at the end of the stream, also in the middle of a message."""
    size = read_size(stream)
    return None if size is None else read_exactly(stream, size)


def read_size(stream: Any) -> int | None:
    """Return how long the next message is, None at the end of the stream."""
    head = read_exactly(stream, _LENGTH.size)
    return None if head is None else int(_LENGTH.unpack(head)[0])


def read_exactly(stream: Any, size: int) -> bytearray | None:
    """Return so many bytes of an unbuffered stream, None if it ends before."""
    data = bytearray(size)
    view, got = memoryview(data), 0
    while got < size:
        count = stream.readinto(view[got:])
        if not count:
            return None
        got += count
    view.release()
    return data


def write_all(write: Callable[[memoryview], int | None], data: bytes) -> None:
    """Write all of the data to an unbuffered stream."""
    rest = memoryview(data)
    while rest:
        rest = rest[write(rest) or 0 :]

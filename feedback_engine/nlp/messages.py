"""What a process that tags and the one that started it tell each other: a pickle, its long pieces apart.

Columns and texts are written from where they stand and read from where they arrive; nothing is copied on the way.
"""

from __future__ import annotations

import pickle
import struct
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from pickle import PickleBuffer
from typing import Any, NamedTuple

import numpy as np

from feedback_engine.lexicon.columns import Places, objects, sum_up
from feedback_engine.nlp.rows import Rows

_LENGTH = struct.Struct("<Q")
_NONE = objects(())

Message = Sequence[bytes | memoryview]


class PackedRows(NamedTuple):
    """Rows with their evidence, which is most of what they hold, as one text: half as long on the way."""

    rows: Rows
    encoding: str
    evidence: PickleBuffer | memoryview
    #: Where each row's evidence begins, and the last one's ends.
    bounds: Places

    def unpack(self) -> Rows:
        """Return the rows."""
        text = str(self.evidence, self.encoding, "surrogatepass")
        return self.rows._replace(evidence=objects(text[a:b] for a, b in pairwise(self.bounds.tolist())))


def pack_rows(rows: Rows) -> PackedRows:
    """Return the rows fit to be sent."""
    evidence = rows.evidence.tolist()
    joined, encoding = "".join(evidence), "utf-16-le"
    try:
        data = joined.encode(encoding)
    except UnicodeEncodeError:  # lone surrogates, two of which side by side would become one character
        encoding = "utf-8"
        data = joined.encode(encoding, "surrogatepass")
    bounds = sum_up(np.fromiter(map(len, evidence), dtype=np.int64, count=len(evidence)))
    return PackedRows(rows._replace(evidence=_NONE), encoding, PickleBuffer(data), bounds)


def pack_message(content: Any) -> Message:
    """Return the pieces of the message that holds this: its length, those of the pieces that follow, and these."""
    buffers: list[PickleBuffer] = []
    data = pickle.dumps(content, protocol=pickle.HIGHEST_PROTOCOL, buffer_callback=buffers.append)
    pieces: list[bytes | memoryview] = [data, *(buffer.raw() for buffer in buffers)]
    lengths = b"".join(_LENGTH.pack(each) for each in (len(pieces), *map(len, pieces)))
    return [_LENGTH.pack(len(lengths) + sum(map(len, pieces))) + lengths, *pieces]


def unpack_message(message: bytearray) -> Any:
    """Return what a message holds; it comes from a process of our own."""
    view = memoryview(message)
    count = int(_LENGTH.unpack_from(view)[0])
    lengths = [_LENGTH.unpack_from(view, _LENGTH.size * number)[0] for number in range(1, count + 1)]
    bounds = list(accumulate(lengths, initial=_LENGTH.size * (count + 1)))
    data, *buffers = (view[start:end] for start, end in pairwise(bounds))
    return pickle.loads(data, buffers=buffers)  # noqa: S301


def read_message(stream: Any) -> bytearray | None:
    """Return the next message, still packed; None at the end of the stream, also in the middle of a message."""
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


def write_message(write: Callable[[memoryview], int | None], message: Message) -> None:
    """Write a message to an unbuffered stream."""
    for piece in message:
        rest = memoryview(piece)
        while rest:
            rest = rest[write(rest) or 0 :]

"""What a process that tags and the one that started it tell each other: the length in eight bytes, and a pickle."""

from __future__ import annotations

import pickle
import struct
from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from feedback_engine.lexicon.columns import Places, objects, sum_up
from feedback_engine.nlp.rows import Rows

_LENGTH = struct.Struct("<Q")
_NONE = objects(())


class PackedRows(NamedTuple):
    """Rows with their evidence, which is most of what they hold, as one text: half as long on the way."""

    rows: Rows
    encoding: str
    evidence: bytes
    #: Where each row's evidence begins, and the last one's ends.
    bounds: Places

    def unpack(self) -> Rows:
        """Return the rows."""
        text = self.evidence.decode(self.encoding, "surrogatepass")
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
    return PackedRows(rows._replace(evidence=_NONE), encoding, data, bounds)


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

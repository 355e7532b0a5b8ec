"""Rows that wait to be read again: in a temporary file where they are many, so that memory does not grow with them."""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Iterator
from itertools import islice
from tempfile import SpooledTemporaryFile
from weakref import finalize

Record = tuple[int, list[str]]

#: Rows written and read at a stroke.
_AT_A_TIME = 500
#: Bytes from which on they lie in a file.
_MAX_KEPT = 1 << 20


class Spool:
    """Rows, kept in their order until nobody can ask for them any more."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile[bytes](max_size=_MAX_KEPT)
        self._sizes: list[int] = []
        finalize(self, self._file.close)

    def keep(self, records: Iterable[Record]) -> Iterator[Record]:
        """Yield the rows, each of which is kept behind those before."""
        records = iter(records)
        while some := list(islice(records, _AT_A_TIME)):
            self._sizes.append(self._file.write(marshal.dumps(some)))
            yield from some

    def __iter__(self) -> Iterator[Record]:
        start = 0
        for size in self._sizes:
            self._file.seek(start)
            start += size
            yield from marshal.loads(self._file.read(size))  # noqa: S302

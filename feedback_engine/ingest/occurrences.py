"""How often the rows of a file have said the same before, in memory that does not grow with the file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING
from weakref import finalize

from feedback_engine.errors import StoreError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

#: Distinct rows that are counted in memory, 16 bytes each; those before lie in a temporary database.
_KEPT = 100_000
_CHUNK = 5000
#: Private to the process and never to be read again, so that nothing needs to be safe in it.
_PRAGMAS = ("journal_mode=OFF", "synchronous=OFF", "cache_size=-8192", "locking_mode=EXCLUSIVE")


class Occurrences:
    """Numbers the rows of one file that say the same: 0 for the first, 1 for the second.

    Two different rows that share their first 64 bits would be numbered as if equal, which leaves their ids different.
    """

    def __init__(self) -> None:
        import numpy as np

        #: Distinct rows in order, and how often each has come.
        self._keys = np.empty(0, dtype=np.int64)
        self._counts = np.empty(0, dtype=np.int64)
        self._has_earlier = False

    def number(self, contents: Sequence[bytes]) -> list[int]:
        """Return how often each content, a digest, was seen before, and remember it."""
        import numpy as np

        keys = np.frombuffer(b"".join(contents), dtype=np.int64)[::4]
        distinct, places, repeats = np.unique(keys, return_inverse=True, return_counts=True)
        before = self._count(distinct)
        self._remember(distinct, before + repeats)
        numbers: list[int] = (before[places] + _rank_equals(places)).tolist()
        return numbers

    def _count(self, distinct: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        import numpy as np

        counts = np.zeros(len(distinct), dtype=np.int64)
        unknown = np.ones(len(distinct), dtype=bool)
        if len(self._keys):
            places = np.minimum(np.searchsorted(self._keys, distinct), len(self._keys) - 1)
            unknown = self._keys[places] != distinct
            counts[~unknown] = self._counts[places[~unknown]]
        if self._has_earlier:
            counts[unknown] = self._count_earlier(distinct[unknown])
        return counts

    def _remember(self, distinct: npt.NDArray[np.int64], counts: npt.NDArray[np.int64]) -> None:
        import numpy as np

        # Of a key in both the first stands, which is the new count.
        both = np.concatenate((distinct, self._keys))
        self._keys, chosen = np.unique(both, return_index=True)
        self._counts = np.concatenate((counts, self._counts))[chosen]
        if len(self._keys) > _KEPT:
            self._put_aside()

    def _put_aside(self) -> None:
        import numpy as np

        with _translated_errors():
            self._earlier.execute("BEGIN")
            pairs = zip(self._keys.tolist(), self._counts.tolist(), strict=True)
            self._earlier.executemany("INSERT OR REPLACE INTO seen VALUES (?, ?)", pairs)
            self._earlier.execute("COMMIT")
        self._keys = self._counts = np.empty(0, dtype=np.int64)
        self._has_earlier = True

    def _count_earlier(self, keys: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        import numpy as np

        counts = np.zeros(len(keys), dtype=np.int64)
        with _translated_errors():
            for start in range(0, len(keys), _CHUNK):
                some = keys[start : start + _CHUNK].tolist()
                query = f"SELECT key, count FROM seen WHERE key IN ({', '.join('?' * len(some))})"  # noqa: S608
                for key, count in self._earlier.execute(query, some).fetchall():
                    counts[start + np.searchsorted(keys[start : start + _CHUNK], key)] = count
        return counts

    @cached_property
    def _earlier(self) -> sqlite3.Connection:
        connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        finalize(self, connection.close)
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("CREATE TABLE seen (key INTEGER PRIMARY KEY, count INTEGER NOT NULL)")
        return connection


def _rank_equals(places: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Return for each value how many equal ones come before it."""
    import numpy as np

    order = np.argsort(places, kind="stable")
    in_order = places[order]
    ranks = np.empty(len(places), dtype=np.intp)
    ranks[order] = np.arange(len(places)) - np.searchsorted(in_order, in_order)
    return ranks


@contextmanager
def _translated_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(
            f"临时目录无法写入（{error}）：没有编号的行要在那里计数；请清理磁盘，或用环境变量 SQLITE_TMPDIR 换一个目录"
        ) from error

"""Rows of one file that tell of one thing: all are rewritten to the one that holds, so that the others are repeats.

Which row holds is known only at the end of the file, so the rows wait in a temporary file, not in memory.
"""

from __future__ import annotations

import marshal
from array import array
from collections.abc import Iterable, Iterator, Sequence
from os import SEEK_END
from tempfile import TemporaryFile
from typing import IO, Protocol

Record = tuple[int, list[str]]


class Settlement(Protocol):
    """How rows of a kind are grouped and settled."""

    def note(self, cells: list[str]) -> int | None:
        """Return the number of the group that the row belongs to; None if it stands alone."""
        ...

    def rank(self, cells: list[str]) -> tuple[object, ...]:
        """Return how much speaks for the row; the highest holds, of equals the last."""
        ...

    def settle(self, cells: list[str], group: int | None) -> list[str]:
        """Return the cells of the row that holds, completed by what the whole group says."""
        ...


def settle_repeats(records: Iterable[Record], settlement: Settlement) -> Iterator[Record]:
    """Yield the rows in their order, each with the cells of the row that holds for its group."""
    with TemporaryFile() as spool:
        numbers, ends, groups, best = _spool(records, settlement, spool)
        for at, (number, group) in enumerate(zip(numbers, groups, strict=True)):
            cells = _load(spool, ends, at if group < 0 else best[group])
            yield number, settlement.settle(cells, None if group < 0 else group)


def _spool(
    records: Iterable[Record], settlement: Settlement, spool: IO[bytes]
) -> tuple[array[int], array[int], array[int], dict[int, int]]:
    """Write the rows; return their numbers, where each ends, their groups, and which row holds for each group."""
    numbers, ends, groups = array("q"), array("q"), array("q")
    ranks: dict[int, tuple[object, ...]] = {}
    best: dict[int, int] = {}
    end = 0
    for at, (number, cells) in enumerate(records):
        group = settlement.note(cells)
        end += spool.write(marshal.dumps(cells))
        numbers.append(number)
        ends.append(end)
        groups.append(-1 if group is None else group)
        if group is None or best.setdefault(group, at) == at:
            continue
        # Most things are told of once: rows are compared only where there is a second.
        if group not in ranks:
            ranks[group] = settlement.rank(_load(spool, ends, best[group]))
            spool.seek(0, SEEK_END)
        if (rank := settlement.rank(cells)) >= ranks[group]:
            ranks[group], best[group] = rank, at
    return numbers, ends, groups, best


def _load(spool: IO[bytes], ends: Sequence[int], at: int) -> list[str]:
    """Return the cells of the row at this place; at one stroke, as `marshal.load` reads each cell by itself."""
    start = ends[at - 1] if at else 0
    spool.seek(start)
    cells: list[str] = marshal.loads(spool.read(ends[at] - start))  # noqa: S302
    return cells

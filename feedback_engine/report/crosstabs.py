"""Counts of pairs as tables for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from feedback_engine.report.blocks import Cell, Column, ColumnKind, Look, Table

OTHERS = "其余"


def count_pairs(name: str, title: str, corner: str, pairs: Iterable[tuple[str, str]], *, widest: int = 12) -> Table:
    """Return the table of the pairs (row, column): both by count, the columns beyond `widest` summed as 其余."""
    counts = Counter(pairs)
    rows, columns = _by_count(counts, 0), _by_count(counts, 1)
    shown, rest = (columns, []) if len(columns) <= widest else (columns[: widest - 1], columns[widest - 1 :])
    lines = []
    for row in rows:
        numbers = [counts[row, column] for column in shown]
        numbers += [sum(counts[row, column] for column in rest)] if rest else []
        lines.append([*numbers, sum(numbers)])
    cells: list[tuple[Cell, ...]] = [(row, *numbers) for row, numbers in zip(rows, lines, strict=True)]
    if lines:
        cells.append(("合计", *(sum(column) for column in zip(*lines, strict=True))))
    names = [*shown, *([OTHERS] if rest else [])]
    headings = (Column(corner), *(Column(n, ColumnKind.INTEGER, look=Look.HEAT) for n in _distinct(names, corner)))
    strong = frozenset({len(cells) - 1}) if cells else frozenset()
    return Table(name, title, (*headings, Column("合计", ColumnKind.INTEGER)), cells, strong)


def _by_count(counts: Counter[tuple[str, str]], side: int) -> list[str]:
    sums: Counter[str] = Counter()
    for pair, count in counts.items():
        sums[pair[side]] += count
    return sorted(sums, key=lambda name: (-sums[name], name))


def _distinct(names: list[str], corner: str) -> list[str]:
    """Headings are told apart, even when two codes carry one name or a name is also the corner's."""
    taken = {corner, "合计"}
    distinct = []
    for name in names:
        while name in taken:
            name += "′"
        taken.add(name)
        distinct.append(name)
    return distinct

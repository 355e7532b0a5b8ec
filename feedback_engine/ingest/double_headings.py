"""Headings over two lines: a group merged over several columns, its items below it, and the others merged downwards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from feedback_engine.ingest.detect import Sample
from feedback_engine.ingest.readers.rows import Rows

_NUMBER = re.compile(r"[-+]?\d[\d.,:/\- ]*%?", re.ASCII)


def join_headings(sample: Sample, rows: Rows) -> Iterator[tuple[Sample, Rows]]:
    """Yield the sample and the rows under headings of both lines: as `group item`, then by the items alone.

    Nothing where there is one line: no row of data is blank below each heading that stands alone, and filled below each
    group. Where a workbook merges headings with the cells below them, just these stand alone. A platform knows 办结时间
    and not 办理信息 办结时间.
    """
    above = [heading.strip() for heading in sample.header]
    below = [cell.strip() for cell in sample.rows[0]] if sample.rows else []
    if len(above) != len(below) or not above[0] or any(map(_NUMBER.fullmatch, filter(None, below))):
        return
    if not (_are_groups(above, below) or _are_merged(above, below, rows.merged_headings)):
        return
    groups = _spread(above)
    records = islice(iter(rows), 1, None)
    evidence = (*rows.evidence, "标题占两行：上面是合并的组，下面是各项")
    full = [f"{group} {cell}".strip() for group, cell in zip(groups, below, strict=True)]
    for header in (full, [cell or own for own, cell in zip(above, below, strict=True)]):
        joined = replace(sample, header=tuple(header), rows=sample.rows[1:])
        yield joined, replace(rows, header=header, records=records, evidence=evidence)


def _are_groups(above: list[str], below: list[str]) -> bool:
    """Whether the line below is filled where headings are spread over several columns, and blank below all others."""
    is_item = [not own or not following for own, following in zip(above, [*above[1:], "-"], strict=True)]
    is_alike = all(bool(cell) == inside for cell, inside in zip(below, is_item, strict=True))
    return is_alike and any(is_item) and not all(is_item) and not all(above)


def _are_merged(above: list[str], below: list[str], count: int) -> bool:
    """Whether the line below is blank just where so many headings are merged downwards; a group may be one column."""
    is_down = [own != "" and not cell for own, cell in zip(above, below, strict=True)]
    return 0 < count == sum(is_down) and any(below) and all(map(max, above, below))


def _spread(above: list[str]) -> list[str]:
    """Return for each column the heading above it, that of its group where it has none of its own."""
    spread: list[str] = []
    for heading in above:
        spread.append(heading or spread[-1])
    return spread

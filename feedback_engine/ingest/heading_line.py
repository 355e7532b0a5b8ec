"""Where in a file the headings are, where people have put a title, an empty line or a sheet of notes before them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import chain, islice
from pathlib import Path

from feedback_engine.config.model import SourceConfig
from feedback_engine.errors import NoHeadings, UnreadableFile
from feedback_engine.ingest.added_lines import drop_added_lines
from feedback_engine.ingest.container import open_rows
from feedback_engine.ingest.detect import Sample, peek
from feedback_engine.ingest.double_headings import join_headings
from feedback_engine.ingest.mending import mend_file
from feedback_engine.ingest.readers.rows import Rows
from feedback_engine.ingest.sheets import are_alike, join_sheets

_TABLES = frozenset({"csv", "xlsx", "xls", "html", "xml"})
#: Lines that are looked at for headings.
_LINES = 10
#: Further sheets that are looked at.
_SHEETS = 10
#: Cells that a title fills; headings fill more.
_TITLE_CELLS = 2
_LONGEST_HEADING = 40
_MOSTLY = 0.8
#: The beginning of a date or of a long number, such as a telephone's.
_DATUM = re.compile(r"\d{4}[-/.年]\d{1,2}|\d{5}", re.ASCII)


def open_at_headings(
    path: Path,
    source: SourceConfig,
    is_wanted: Callable[[Sample], bool],
    *,
    is_strict: bool = True,
    is_sure: bool = False,
) -> tuple[Sample, Rows]:
    """Return the beginning of the file, and its rows, under the first line that is wanted as headings.

    That is the first line of all, unless it is a title or empty and a line below it is wanted, or another sheet of the
    workbook is; a source that says its `header_row` or its `sheet` is taken at its word. Further sheets with the same
    headings follow. Lines below the table that are no data become rejects. Unless `is_strict`, a first sheet with any
    headings of its own is kept, wanted or not. Where a wanted line `is_sure` to be the headings, what stands above may
    be any, such as groups of headings. Raises UnreadableFile.
    """
    sample, rows = _find_headings(path, source, is_wanted, is_strict=is_strict, is_sure=is_sure)
    return sample, join_sheets(rows, rows.others, partial(_open_alike, path, source, rows)) if rows.others else rows


def _find_headings(
    path: Path, source: SourceConfig, is_wanted: Callable[[Sample], bool], *, is_strict: bool, is_sure: bool
) -> tuple[Sample, Rows]:
    """Return the beginning of the file, and its rows, as above, of one sheet."""
    try:
        sample, rows = _open(path, source)
    except NoHeadings:
        is_pinned = "header_row" in source.model_fields_set
        found = None if is_pinned else _search(path, source, range(2, _LINES + 1), is_wanted)
        if found is None:
            raise
        return found
    if "header_row" in source.model_fields_set or rows.container not in _TABLES:
        return sample, rows
    if (found := _judge(sample, rows, is_wanted)) is not None:
        return found
    is_titled = _filled(sample.header) <= _TITLE_CELLS or (not is_strict and _are_groups(sample))
    if is_titled or is_sure:
        begins = sample

        def are_wanted(cells: list[str]) -> bool:
            return is_titled or is_wanted(replace(begins, header=tuple(cells)))

        lines, rows = _candidates(rows, are_wanted)
        found = _search(path, source, lines, is_wanted)
    if found is None and rows.others and (is_strict or is_titled):
        found = _search_sheets(path, source, rows, is_wanted)
    return found or (sample, rows)


def are_headings(sample: Sample) -> bool:
    """Whether a line looks like the headings of a table: short, different, as wide as the rows below, and no such row.

    A date, or a number of many digits, over another one is a record.
    """
    header = [heading.strip() for heading in sample.header]
    if _filled(header) < max(_TITLE_CELLS + 1, len(header) * _MOSTLY) or len(set(header)) < len(header) * _MOSTLY:
        return False
    if any(len(heading) > _LONGEST_HEADING for heading in header):
        return False
    if sample.rows and any(map(_are_data, header, sample.rows[0])):
        return False
    return sum(len(row) == len(header) for row in sample.rows) >= len(sample.rows) * _MOSTLY


def _are_data(*cells: str) -> bool:
    return all(_DATUM.match(cell.strip()) is not None for cell in cells)


def _open(path: Path, source: SourceConfig) -> tuple[Sample, Rows]:
    rows = mend_file(open_rows(path, source))
    return peek(drop_added_lines(rows) if rows.container in _TABLES else rows, path.name)


def _judge(sample: Sample, rows: Rows, is_wanted: Callable[[Sample], bool]) -> tuple[Sample, Rows] | None:
    """Return the file as it was opened if it is wanted so, else under headings of two lines if it is wanted so.

    The other way round where a workbook tells that headings are merged downwards.
    """
    ways: list[Iterable[tuple[Sample, Rows]]] = [[(sample, rows)], join_headings(sample, rows)]
    in_turn = chain.from_iterable(reversed(ways) if rows.merged_headings else ways)
    return next((found for found in in_turn if is_wanted(found[0])), None)


def _are_groups(sample: Sample) -> bool:
    """Whether a line holds groups of headings: at least half of it is blank, and the line below fills the blanks."""
    blanks = [at for at, heading in enumerate(sample.header) if not heading.strip()]
    below = sample.rows[0] if sample.rows else ()
    is_wide = 2 * len(blanks) >= len(sample.header) and len(below) == len(sample.header)
    return is_wide and all(below[at].strip() for at in blanks)


def _filled(cells: tuple[str, ...] | list[str]) -> int:
    return sum(cell.strip() != "" for cell in cells)


def _candidates(rows: Rows, are_wanted: Callable[[list[str]], bool]) -> tuple[list[int], Rows]:
    """Return the numbers of the lines that may hold headings, and the rows from their beginning still.

    To open the file anew at each line takes long, so `are_wanted` tells from the cells which are worth it. In text, a
    title without separators hides how the lines below are separated, so that any of them may.
    """
    records = iter(rows)
    first = list(islice(records, _LINES))
    is_hidden = rows.container == "csv" and all(len(cells) == 1 for _, cells in first)
    lines = [number for number, cells in first if is_hidden or (_filled(cells) > _TITLE_CELLS and are_wanted(cells))]
    return lines, replace(rows, records=chain(first, records))


def _search_sheets(
    path: Path, source: SourceConfig, first: Rows, is_wanted: Callable[[Sample], bool]
) -> tuple[Sample, Rows] | None:
    """Return the first of the other visible sheets that is wanted."""
    for name in first.others[:_SHEETS]:
        here = source.model_copy(update={"sheet": name})
        try:
            sample, rows = _open(path, here)
        except UnreadableFile:
            continue
        found = _judge(sample, rows, is_wanted)
        if found is None and _filled(sample.header) <= _TITLE_CELLS:
            found = _search(path, here, _candidates(rows, lambda _: True)[0], is_wanted)
        if found is not None:
            evidence = (*found[1].evidence, f"工作表「{first.sheet}」不像数据，读的是「{name}」")
            others = tuple(other for other in first.others if other != name)
            return found[0], replace(found[1], evidence=evidence, others=others)
    return None


def _open_alike(path: Path, source: SourceConfig, rows: Rows, name: str) -> Rows | None:
    """Return the rows of a sheet with the same headings, in the same row or, below no title, the first; or None."""

    def is_alike(sample: Sample) -> bool:
        return are_alike(rows.header, sample.header)

    for line in dict.fromkeys((rows.heading_row, 1)):
        try:
            sample, found = _open(path, source.model_copy(update={"sheet": name, "header_row": line}))
        except UnreadableFile:
            continue
        if judged := _judge(sample, found, is_alike):
            return judged[1]
    return None


def _search(
    path: Path, source: SourceConfig, lines: range | list[int], is_wanted: Callable[[Sample], bool]
) -> tuple[Sample, Rows] | None:
    return next(_wanted(path, source, lines, is_wanted), None)


def _wanted(
    path: Path, source: SourceConfig, lines: range | list[int], is_wanted: Callable[[Sample], bool]
) -> Iterator[tuple[Sample, Rows]]:
    for line in lines:
        try:
            sample, rows = _open(path, source.model_copy(update={"header_row": line}))
        except UnreadableFile:
            continue
        if rows.container not in _TABLES or _filled(sample.header) <= _TITLE_CELLS:
            continue
        if found := _judge(sample, rows, is_wanted):
            evidence = (*found[1].evidence, f"标题在第 {line} 行，上面的 {line - 1} 行不是数据")
            yield found[0], replace(found[1], evidence=evidence)

"""What every platform's file is after somebody has edited it: still that platform's, or nobody's, never another's."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from platform_fixtures import FIXTURES, DataFile, Records

from feedback_engine.catalogs import ADAPTERS
from feedback_engine.config.model import SourceConfig
from feedback_engine.errors import AmbiguousFormat
from feedback_engine.ingest.importer import Reading, open_source

Lines = list[list[str]]
TABLES = [name for name, make in FIXTURES.items() if not isinstance(make(), DataFile)]

NOTES = {0: "备注"}
EDITS: dict[str, Callable[[Lines, int], Lines]] = {
    "a title": lambda t, _: [["汇总表", *[""] * (len(t[0]) - 1)], *t],
    "an empty first line": lambda t, _: [[""] * len(t[0]), *t],
    "headings with blanks": lambda t, _: [[f" {cell} " if cell else "" for cell in t[0]], *t[1:]],
    "an index": lambda t, heads: [["", *row] if n < heads else [str(n), *row] for n, row in enumerate(t)],
    "an empty column": lambda t, _: [[*row, ""] for row in t],
    "a column of notes": lambda t, heads: [
        [*row, "备注" if n == 0 else "" if n < heads else "已看"] for n, row in enumerate(t)
    ],
    "empty lines": lambda t, heads: [*t[: heads + 1], [""] * len(t[0]), *t[heads + 1 :], [""] * len(t[0])],
}


def lines_of(name: str) -> tuple[Lines, int]:
    """The lines of the platform's table, and how many of them are headings; records as a table of their keys."""
    fixture = FIXTURES[name]()
    if isinstance(fixture, Records):
        keys = list(dict.fromkeys(key for record in fixture.rows for key in record))
        return [keys, *([str(record.get(key) or "") for key in keys] for record in fixture.rows)], 1
    assert not isinstance(fixture, DataFile)
    return [[str(cell) for cell in line] for line in fixture.lines], fixture.heads


def open_lines(folder: Path, lines: Lines) -> Reading:
    stream = io.StringIO()
    csv.writer(stream).writerows(lines)
    path = folder / "a.csv"
    path.write_bytes(stream.getvalue().encode("utf-8-sig"))
    return open_source(path, SourceConfig(name="x", path=str(path)), ADAPTERS, timezone="Asia/Shanghai")


@pytest.mark.parametrize("change", EDITS)
@pytest.mark.parametrize("name", TABLES)
def test_an_edited_file_stays_the_platforms_and_keeps_every_row(name: str, change: str, tmp_path: Path) -> None:
    lines, heads = lines_of(name)
    reading = open_lines(tmp_path, EDITS[change](lines, heads))
    assert reading.facts.platform == name
    assert sum(batch.row_count for batch in reading) == len(lines) - heads


@pytest.mark.parametrize("name", TABLES)
def test_without_any_one_column_a_file_is_no_other_platforms(name: str, tmp_path: Path) -> None:
    lines, heads = lines_of(name)
    for at in range(len(lines[0])):
        try:
            reading = open_lines(tmp_path, [[cell for n, cell in enumerate(line) if n != at] for line in lines])
        except AmbiguousFormat:
            continue
        assert reading.facts.platform == name, lines[0][at]
        assert sum(batch.row_count for batch in reading) == len(lines) - heads


@pytest.mark.parametrize("name", TABLES)
def test_columns_in_another_order_are_no_other_platforms(name: str, tmp_path: Path) -> None:
    lines, heads = lines_of(name)
    try:
        reading = open_lines(tmp_path, [line[::-1] for line in lines])
    except AmbiguousFormat:
        return
    assert reading.facts.platform == name
    assert sum(batch.row_count for batch in reading) == len(lines) - heads

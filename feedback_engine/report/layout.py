"""Widths and heights: how much room cells take, before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from feedback_engine.report.blocks import Cell, Column, ColumnKind, Marked, Section, Table
from feedback_engine.report.cells import line_count, text_width

NARROWEST, WIDEST = 9.0, 44.0
#: Half-width characters that a sheet is at least wide, so that paragraphs have room.
LEAST_WIDTH = 110.0
#: … and that a column that fills is at least wide.
LEAST_FILLING = 70.0
#: Rows looked at to measure a column.
MEASURED_ROWS = 3000
ROW_HEIGHT, LINE_HEIGHT, HEADER_HEIGHT, LOW_HEADER_HEIGHT = 19.5, 16.0, 36.0, 23.0
#: Longer headings wrap onto a second line.
ONE_LINE_HEADING = 12
#: Excel refuses rows higher than 409 points.
HIGHEST = 400.0


@dataclass(frozen=True, slots=True)
class Grid:
    """The widths of a sheet's columns, in half-width characters."""

    widths: tuple[float, ...]

    @property
    def width(self) -> float:
        """The width of the whole sheet."""
        return sum(self.widths)

    @property
    def pixels(self) -> int:
        """The width of the whole sheet in pixels."""
        return sum(int(width * 7 + 5) for width in self.widths)

    def split(self, parts: int) -> list[tuple[int, int]]:
        """Return the first and last column of each of `parts` stretches of about equal width."""
        bounds, column, passed = [], 0, 0.0
        for part in range(1, parts + 1):
            first = column
            left = parts - part
            while column < len(self.widths) - left and (
                column == first or passed + self.widths[column] / 2 <= self.width * part / parts
            ):
                passed += self.widths[column]
                column += 1
            bounds.append((first, column - 1))
        return [*bounds[:-1], (bounds[-1][0], len(self.widths) - 1)]


def measure(section: Section) -> Grid:
    """Return the grid on which all blocks of the section fit."""
    tables = [block for block in section.blocks if isinstance(block, Table)]
    widths: list[float] = []
    for table in tables:
        for place, width in enumerate(_table_widths(table)):
            if place == len(widths):
                widths.append(width)
            widths[place] = max(widths[place], width)
    while not section.is_data and (sum(widths) < LEAST_WIDTH or len(widths) < 4 or _is_cramped(tables, widths)):
        widths.append(12.0)
    return Grid(tuple(widths))


def _is_cramped(tables: Sequence[Table], widths: Sequence[float]) -> bool:
    lasts = (len(table.columns) - 1 for table in tables if table.columns[-1].fills)
    return any(sum(widths[last:]) < LEAST_FILLING for last in lasts)


def _table_widths(table: Table) -> list[float]:
    widths = [column.width or _heading_width(column) for column in table.columns]
    measured = [p for p, column in enumerate(table.columns) if column.width is None and not column.fills]
    if measured:
        for row in islice(table.rows, MEASURED_ROWS):
            for place in measured:
                widths[place] = max(widths[place], _cell_width(row[place], table.columns[place]))
    return [
        min(max(width, NARROWEST), max(WIDEST, column.width or 0))
        for width, column in zip(widths, table.columns, strict=True)
    ]


def _heading_width(column: Column) -> float:
    width = text_width(column.heading)
    return width + 2.5 if width <= ONE_LINE_HEADING else max(ONE_LINE_HEADING, width / 2 + 5)


def _cell_width(cell: Cell, column: Column) -> float:
    if isinstance(cell, datetime):
        return 17.5
    if isinstance(cell, (int, float)):
        return len(f"{cell:,.{column.decimals}f}") + (3.0 if column.kind is ColumnKind.PERCENT else 2.0)
    return text_width(text_of(cell)) + 3.0


def text_of(cell: Cell) -> str:
    """Return the text of a text cell, empty for anything else."""
    if isinstance(cell, Marked):
        return cell.text
    return cell if isinstance(cell, str) else ""


def row_height(table: Table, cells: Sequence[Cell], grid: Grid) -> float:
    """Return the height in points that shows every line of the row."""
    widths = list(grid.widths[: len(cells)])
    if table.columns[-1].fills:
        widths[-1] = sum(grid.widths[len(cells) - 1 :])
    shown = (part for part in zip(cells, widths, table.columns, strict=True) if not part[2].is_hidden)
    lines = max((line_count(text_of(cell), width) for cell, width, _ in shown), default=1)
    return paragraph_height(lines)


def header_height(table: Table, grid: Grid) -> float:
    """Return the height in points of the row of headings."""
    rows = zip(table.columns, grid.widths, strict=False)
    return HEADER_HEIGHT if any(line_count(c.heading, width) > 1 for c, width in rows) else LOW_HEADER_HEIGHT


def paragraph_height(lines: int) -> float:
    """Return the height in points of that many lines."""
    return ROW_HEIGHT if lines <= 1 else min(HIGHEST, lines * LINE_HEIGHT + 6)

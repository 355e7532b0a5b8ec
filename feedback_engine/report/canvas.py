"""Cells → worksheet: text always as text, numbers only when they are numbers, and no dropped cell unnoticed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from feedback_engine.errors import ReportError
from feedback_engine.report.blocks import Cell, Column, ColumnKind, Marked, Row, Table, Tone
from feedback_engine.report.cells import line_count, one_line, safe_cell
from feedback_engine.report.layout import Grid, text_of
from feedback_engine.report.styles import Styles

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

#: Excel counts days from 1900 and ends with 9999.
FIRST_YEAR, LAST_YEAR = 1900, 9999


@dataclass
class Sheet:
    """A worksheet being written, with its cursor."""

    native: Worksheet
    name: str
    grid: Grid
    styles: Styles
    row: int = 0
    last_row: int = 0


def merge_text(
    sheet: Sheet, row: int, stretch: tuple[int, int], text: str, style: Any, marked: Marked | None = None
) -> None:
    """Write the text over the row's stretch of columns."""
    first, last = stretch
    if last > first:
        # An empty merge, then the text as text: merge_range itself would take '=1+1' for a formula.
        check_code(sheet.native.merge_range(row, first, row, last, "", style), sheet.name, row)
    write_text(sheet, row, first, text, style, marked)


def write_row(sheet: Sheet, table: Table, row: Row, *, is_strong: bool, is_wrapped: bool = True) -> None:
    """Write the cells of the row under the cursor; unwrapped rows, those of data sheets, leave empty cells out."""
    for place, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
        if place and not is_wrapped and (cell is None or cell == ""):
            continue
        if column.fills:
            _write_filling(sheet, place, cell, is_strong)
        else:
            _writer(cell)(sheet, place, column, cell, is_strong, is_wrapped)


def _write_filling(sheet: Sheet, place: int, cell: Cell, is_strong: bool) -> None:
    """Write the text over the room to its right: on one line it just runs on, on several it needs a merged cell."""
    last, text = len(sheet.grid.widths) - 1, text_of(cell)
    marked = cell if isinstance(cell, Marked) and cell.spans else None
    tone = cell.tone if isinstance(cell, Marked) and marked is None else Tone.PLAIN
    has_lines = line_count(text, sum(sheet.grid.widths[place:])) > 1
    style = sheet.styles.text(tone, is_strong=is_strong, align="left", is_wrapped=has_lines)
    if has_lines:
        merge_text(sheet, sheet.row, (place, last), text, style, marked)
        return
    write_text(sheet, sheet.row, place, text, style, marked)
    for column in range(place + 1, last + 1):
        sheet.native.write_blank(sheet.row, column, None, style)


def _writer(cell: Cell) -> Callable[[Sheet, int, Column, Any, bool, bool], None]:
    if isinstance(cell, str):
        return _write_words
    if isinstance(cell, Marked):
        return _write_marked
    if isinstance(cell, datetime):
        return _write_moment
    return _write_number


def _write_words(
    sheet: Sheet, place: int, column: Column, cell: str, is_strong: bool, is_wrapped: bool, tone: Tone = Tone.PLAIN
) -> None:
    if not is_wrapped:
        cell = one_line(cell)
    # A word in the place of a number stands where the number would.
    align = "left" if column.kind in (ColumnKind.TEXT, ColumnKind.MOMENT) else "right"
    align = "center" if column.is_centred else align
    style = sheet.styles.text(tone, is_strong=is_strong, align=align, is_wrapped=is_wrapped)
    write_text(sheet, sheet.row, place, cell, style)


def _write_marked(sheet: Sheet, place: int, column: Column, cell: Marked, is_strong: bool, is_wrapped: bool) -> None:
    if not cell.spans:
        _write_words(sheet, place, column, cell.text, is_strong, is_wrapped, cell.tone)
        return
    style = sheet.styles.text(Tone.PLAIN, is_strong=is_strong, align="left", is_wrapped=is_wrapped)
    write_text(sheet, sheet.row, place, cell.text, style, cell)


def _write_moment(sheet: Sheet, place: int, column: Column, cell: datetime, is_strong: bool, is_wrapped: bool) -> None:
    if not FIRST_YEAR <= cell.year <= LAST_YEAR:
        _write_words(sheet, place, column, f"{cell:%Y-%m-%d %H:%M}", is_strong, is_wrapped)
        return
    style = sheet.styles.number(column, is_strong=is_strong)
    check_code(sheet.native.write_datetime(sheet.row, place, cell, style), sheet.name, sheet.row)
    sheet.last_row = sheet.row + 1


def _write_number(
    sheet: Sheet, place: int, column: Column, cell: float | None, is_strong: bool, is_wrapped: bool
) -> None:
    style = sheet.styles.number(column, is_strong=is_strong, is_whole=isinstance(cell, int))
    if cell is None or not math.isfinite(cell):
        check_code(sheet.native.write_blank(sheet.row, place, None, style), sheet.name, sheet.row)
    else:
        check_code(sheet.native.write_number(sheet.row, place, cell, style), sheet.name, sheet.row)
    sheet.last_row = sheet.row + 1


def write_text(sheet: Sheet, row: int, place: int, text: str, style: Any, marked: Marked | None = None) -> None:
    """Write the text as text, whatever it looks like."""
    safe = safe_cell(text)
    if not safe:
        code = sheet.native.write_blank(row, place, None, style)
    elif marked is not None and len(pieces := _pieces(sheet, safe, marked)) > 1:
        code = sheet.native.write_rich_string(row, place, *_fragments(pieces), style)
    elif safe.startswith("<r>") and safe.endswith("</r>"):
        # XlsxWriter takes such a string for markup of its own and would not escape it; in two pieces it does.
        run = sheet.styles.run(Tone.PLAIN)
        code = sheet.native.write_rich_string(row, place, run, safe[0], run, safe[1:], style)
    else:
        code = sheet.native.write_string(row, place, safe, style)
    check_code(code, sheet.name, row)
    sheet.last_row = max(sheet.last_row, row + 1)


def _pieces(sheet: Sheet, text: str, marked: Marked) -> list[tuple[Any, str]]:
    plain, tone = sheet.styles.run(Tone.PLAIN), sheet.styles.run(marked.tone)
    pieces: list[tuple[Any, str]] = []
    at = 0
    for span in marked.spans:
        pieces += [(plain, text[at : span.start]), (tone, text[span.start : span.end])]
        at = span.end
    pieces.append((plain, text[at:]))
    return [piece for piece in pieces if piece[1]]


def _fragments(pieces: list[tuple[Any, str]]) -> list[Any]:
    return [part for piece in pieces for part in piece]


def check_code(code: Any, sheet: str, row: int) -> None:
    """XlsxWriter says by a number, not by an exception, that it dropped something."""
    if isinstance(code, int) and code < 0:
        raise ReportError(
            f"工作表 {sheet} 第 {row + 1} 行写不进去（XlsxWriter 返回 {code}）；请报告这个问题，旧报告未动"
        )

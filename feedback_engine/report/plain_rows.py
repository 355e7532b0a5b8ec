"""Rows of a data sheet, written whole: cell by cell, XlsxWriter takes most of the time of a large report.

What is written are the bytes that XlsxWriter would write; a row with a cell that is not plain is left to it.
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import TYPE_CHECKING, Any

from feedback_engine.report.blocks import Column, Marked, Row, Table, Tone
from feedback_engine.report.canvas import FIRST_YEAR, LAST_YEAR, Sheet, alignment
from feedback_engine.report.cells import safe_cell

if TYPE_CHECKING:
    from xlsxwriter.format import Format

#: Texts of a column that are remembered as written: most columns have few, none longer than this.
_REMEMBERED, _LONGEST = 50_000, 40


class PlainRows:
    """Writes rows of a table under the cursor of a sheet, in constant-memory mode."""

    def __init__(self, sheet: Sheet, table: Table) -> None:
        self._sheet = sheet
        self._columns = [_PlainCells(sheet, place, column) for place, column in enumerate(table.columns)]

    def write(self, row: Row) -> bool:
        """Write the row without its empty cells and return whether that was possible: it is not with any other."""
        sheet, native = self._sheet, self._sheet.native
        if native._check_dimensions(sheet.row, 0) < 0 or row[0] is None or row[0] == "":
            return False
        # The row before is to be written first, as it is the first to use some format.
        if sheet.row > native.previous_row:
            native._write_single_row(sheet.row)
        cells = []
        for column, cell in zip(self._columns, row, strict=True):
            if cell is None or cell == "":
                continue
            if (written := column.write(cell)) is None:
                return False
            cells.append(f'<c r="{column.letters}{sheet.row + 1}"{written}</c>')
        native.fh.write(f'<row r="{sheet.row + 1}">{"".join(cells)}</row>')
        sheet.last_row = sheet.row + 1
        return True


class _PlainCells:
    """Writes the cells of one column; what follows their place, up to the end of the element."""

    def __init__(self, sheet: Sheet, place: int, column: Column) -> None:
        from xlsxwriter.utility import xl_col_to_name

        self.letters: str = xl_col_to_name(place)
        self._sheet = sheet
        self._column = column
        self._remembered: dict[Any, str | None] = {}

    def write(self, cell: Any) -> str | None:
        """Return the cell as written; None if it is not plain."""
        if isinstance(cell, (str, datetime)):
            if cell in self._remembered:
                return self._remembered[cell]
            written = self._write_words(cell) if isinstance(cell, str) else self._write_moment(cell)
            if len(self._remembered) < _REMEMBERED and (isinstance(cell, datetime) or len(cell) <= _LONGEST):
                self._remembered[cell] = written
            return written
        if isinstance(cell, Marked) or not math.isfinite(cell):
            return None
        styles = self._sheet.styles
        return _number(styles.number(self._column, is_strong=False, is_whole=isinstance(cell, int)), cell)

    def _write_words(self, words: str) -> str | None:
        from xlsxwriter.utility import _preserve_whitespace

        safe = safe_cell(words)
        if self._column.fills or (safe.startswith("<r>") and safe.endswith("</r>")):
            return None
        native, styles = self._sheet.native, self._sheet.styles
        style = styles.text(Tone.PLAIN, is_strong=False, align=alignment(self._column), is_wrapped=False)
        escaped = native._escape_control_characters(safe)
        kept = ' xml:space="preserve"' if _preserve_whitespace(escaped) else ""
        text = native._escape_data(escaped)
        return f' s="{style._get_xf_index()}" t="inlineStr"><is><t{kept}>{text}</t></is>'

    def _write_moment(self, moment: datetime) -> str | None:
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            return None
        style = self._sheet.styles.number(self._column, is_strong=False)
        return _number(style, self._sheet.native._convert_date_time(moment))


def _number(style: Format, number: float) -> str:
    return f' s="{style._get_xf_index()}"><v>{number:.16G}</v>'

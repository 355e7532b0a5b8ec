"""Workbooks in XML (SpreadsheetML 2003) as rows of text: what report tools and web grids write under the name .xls."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from feedback_engine.errors import MappingError, NoHeadings, UnreadableFile
from feedback_engine.ingest.file_state import remember_while_unchanged
from feedback_engine.ingest.readers.excel_child import MAX_ROWS, SPARE_COLUMNS, write_moment, write_number
from feedback_engine.ingest.readers.rows import Rows
from feedback_engine.ingest.readers.text import read_pieces
from feedback_engine.registry import unknown_name

_MAX_COLUMNS = 16_384
_WHOLE = re.compile(r"[-+]?\d+", re.ASCII)
#: The day from which Excel counts; what is of it is a time without a day.
_NO_DAY = ("1899-12-30", "1899-12-31")


@dataclass(slots=True)
class _Sheet:
    """What is known of a worksheet when the file has been read through."""

    name: str
    is_visible: bool = True
    columns: int = 0


@dataclass(slots=True)
class _Row:
    number: int
    cells: list[str] = field(default_factory=list)
    #: Columns that the last cell reaches over beside its own.
    reach: int = 0


class _DocumentType(Exception):
    """The file declares a document type, in which entities that unfold without end may be."""


class _Tables:
    """Takes the worksheets apart; `rows` are those that are complete, each with the place of its sheet."""

    def __init__(self) -> None:
        self.sheets: list[_Sheet] = []
        self.rows: list[tuple[int, _Row]] = []
        self._row: _Row | None = None
        self._last = 0
        self._type = ""
        self._text: list[str] | None = None
        self._is_in_comment = False
        self._parser = expat.ParserCreate(namespace_separator="|")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._add
        self._parser.StartDoctypeDeclHandler = _refuse_document_type

    def feed(self, text: str, *, is_end: bool = False) -> None:
        """Take in a piece of the file; raises expat.ExpatError where it is no XML."""
        self._parser.Parse(text, is_end)

    def _start(self, tag: str, given: dict[str, str]) -> None:
        name = _local(tag)
        attributes = {_local(key): value for key, value in given.items()}
        if name == "Worksheet":
            self.sheets.append(_Sheet(attributes.get("Name", f"Sheet{len(self.sheets) + 1}")))
            self._last = 0
        elif name == "Row":
            self._row = _Row(_read_index(attributes, "Index", MAX_ROWS) or self._last + 1)
            self._last = self._row.number + _read_index(attributes, "Span", MAX_ROWS)
        elif name == "Cell" and self._row is not None:
            self._begin_cell(self._row, attributes)
        elif name == "Comment":
            self._is_in_comment = True
        elif name == "Data" and not self._is_in_comment:
            self._type, self._text = attributes.get("Type", "String"), []
        elif name == "Visible":
            self._text = []

    @staticmethod
    def _begin_cell(row: _Row, attributes: dict[str, str]) -> None:
        place = _read_index(attributes, "Index", _MAX_COLUMNS) - 1
        blanks = max(row.reach, place - len(row.cells))
        if len(row.cells) + blanks < _MAX_COLUMNS:
            row.cells += [""] * (blanks + 1)
        row.reach = _read_index(attributes, "MergeAcross", _MAX_COLUMNS)

    def _end(self, tag: str) -> None:
        name = _local(tag)
        if name == "Comment":
            self._is_in_comment = False
        elif name == "Data" and self._row is not None and self._row.cells and self._text is not None:
            self._row.cells[-1] = _read_value("".join(self._text), self._type)
        elif name == "Visible" and self.sheets:
            self.sheets[-1].is_visible = "Hidden" not in "".join(self._text or ())
        elif name == "Row" and self._row is not None and self.sheets:
            self._end_row(self._row, self.sheets[-1])
        if name in ("Data", "Visible"):
            self._text = None

    def _end_row(self, row: _Row, sheet: _Sheet) -> None:
        while row.cells and not row.cells[-1]:
            row.cells.pop()
        if row.cells:
            sheet.columns = max(sheet.columns, len(row.cells))
            self.rows.append((len(self.sheets) - 1, row))
        self._row = None

    def _add(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)


def read_sheet_xml(path: Path, encoding: str, sheet: str | None, header_row: int) -> Rows:
    """Return the sheet's rows, all cells as text; blank rows are left out.

    Without `sheet` it is the first visible one with content. Raises UnreadableFile, and MappingError if there is no
    such sheet.
    """
    sheets = _list_sheets(path, encoding)
    at = _choose(path, sheets, sheet)
    records = ((row.number, row.cells) for place, row in _read(path, encoding) if place == at)
    records = ((number, cells) for number, cells in records if number >= header_row)
    number, header = next(records, (0, []))
    if number != header_row:
        raise NoHeadings(f"{path} 第 {header_row} 行应为标题行，却是空的；请用 header_row 指明标题在第几行")
    width = max(len(header), min(sheets[at].columns, len(header) + SPARE_COLUMNS))
    others = [other for other in sheets if other.columns and other is not sheets[at] and sheet is None]
    visible, hidden = ([other.name for other in others if other.is_visible is shown] for shown in (True, False))
    rows = Rows(
        [cell.strip() for cell in _widen(header, width)],
        ((number, _widen(cells, width)) for number, cells in records),
        "xml",
        encoding,
        sheets[at].name,
        (f"内容是 XML 表格（Excel 2003）；读工作表「{sheets[at].name}」",),
        heading_row=header_row,
    )
    return rows.with_others(visible, hidden)


def _choose(path: Path, sheets: list[_Sheet], name: str | None) -> int:
    """Return the place of the sheet that is meant."""
    if name is not None:
        places = [at for at, sheet in enumerate(sheets) if sheet.name == name]
        if not places:
            raise MappingError(f"{path}：{unknown_name('工作表', name, tuple(sheet.name for sheet in sheets))}")
        return places[0]
    filled = [at for at, sheet in enumerate(sheets) if sheet.columns]
    if not filled:
        raise UnreadableFile(f"{path}：{len(sheets)} 个工作表都没有内容；请检查导出")
    return next((at for at in filled if sheets[at].is_visible), filled[0])


@remember_while_unchanged
def _list_sheets(path: Path, encoding: str) -> list[_Sheet]:
    """Return the worksheets."""
    tables = _Tables()
    for _ in _read(path, encoding, tables):
        pass
    return tables.sheets


def _read(path: Path, encoding: str, tables: _Tables | None = None) -> Iterator[tuple[int, _Row]]:
    tables = tables or _Tables()
    try:
        for piece in read_pieces(path, encoding):
            tables.feed(piece)
            yield from tables.rows
            tables.rows.clear()
        tables.feed("", is_end=True)
        yield from tables.rows
    except _DocumentType:
        raise UnreadableFile(f"{path} 的 XML 含 DTD；拒绝打开，请用 Excel 另存为 .xlsx") from None
    except expat.ExpatError as error:
        raise UnreadableFile(f"{path} 不是完整的 XML（{error}）；请重新导出，或用 Excel 打开后另存为 .xlsx") from None


def _refuse_document_type(*_: object) -> None:
    raise _DocumentType


def _local(tag: str) -> str:
    return tag.rpartition("|")[2]


def _read_index(attributes: dict[str, str], name: str, most: int) -> int:
    """Return a whole number, 0 where there is none."""
    given = attributes.get(name, "")
    return min(int(given), most) if given.isdecimal() and len(given) < 10 else 0


def _read_value(text: str, kind: str) -> str:
    """Return a cell as Excel's own workbooks give it: 24 not 24.0, TRUE, 2026-10-31 09:30:00."""
    if kind == "Boolean":
        return "TRUE" if text.strip() == "1" else "FALSE"
    try:
        if kind == "Number" and not _WHOLE.fullmatch(text.strip()):
            return write_number(float(text))
        if kind == "DateTime":
            moment = write_moment(datetime.datetime.fromisoformat(text.strip()))
            return (moment[11:] or "00:00:00") if moment.startswith(_NO_DAY) else moment
    except ValueError:
        return text
    return text


def _widen(cells: list[str], width: int) -> list[str]:
    return cells + [""] * (width - len(cells)) if len(cells) < width else cells

"""The table of a web page as rows: what many systems call an .xls is one."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from feedback_engine.errors import MappingError, NoHeadings
from feedback_engine.ingest.file_state import remember_while_unchanged
from feedback_engine.ingest.readers.rows import Rows
from feedback_engine.ingest.readers.text import read_pieces
from feedback_engine.registry import unknown_name

#: Columns of a row, as Excel has them, and columns or rows that a cell may reach over; more is no table of data.
_MAX_COLUMNS, _MAX_SPAN = 16_384, 1000
#: What a table is called where one is chosen among several.
_TABLE = "表格 {}"
_CELLS = frozenset({"td", "th"})
_UNSEEN = frozenset({"style", "script", "title"})


class _Tables(HTMLParser):
    """Takes the tables of a page apart; a table inside a cell is text of that cell."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        #: (number of the table, cells) of the rows that are complete.
        self.rows: list[tuple[int, list[str]]] = []
        self._table = self._depth = 0
        self._unseen = False
        self._row: list[str] | None = None
        self._cell: list[str] | None = None
        self._spans = (1, 1)
        #: Column → rows that a cell from above still reaches over.
        self._reaching: dict[int, int] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row or a cell."""
        self._unseen = self._unseen or tag in _UNSEEN
        if tag == "table":
            self._depth += 1
            if self._depth == 1:
                self._table, self._reaching = self._table + 1, {}
        elif self._depth == 1 and tag == "tr":
            self._end_row()
            self._row = []
        elif self._depth == 1 and tag in _CELLS:
            self._end_cell()
            self._row = [] if self._row is None else self._row
            self._cell = []
            given = dict(attrs)
            self._spans = _read_span(given.get("colspan")), _read_span(given.get("rowspan"))
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """End a table, a row or a cell; pages leave many of these out."""
        if tag in _UNSEEN:
            self._unseen = False
        elif tag == "table":
            if self._depth == 1:
                self._end_row()
            self._depth = max(0, self._depth - 1)
        elif self._depth == 1 and tag == "tr":
            self._end_row()
        elif self._depth == 1 and tag in _CELLS:
            self._end_cell()

    def handle_data(self, data: str) -> None:
        """Add to the cell, line ends of the source as blanks."""
        if self._cell is not None and not self._unseen:
            self._cell.append(" ".join(data.replace("\r", "\n").split("\n")))

    def _end_cell(self) -> None:
        if self._cell is None or self._row is None or len(self._row) > _MAX_COLUMNS:
            return
        self._skip_reached()
        across, down = self._spans
        if down > 1:
            self._reaching.update(dict.fromkeys(range(len(self._row), len(self._row) + across), down - 1))
        self._row += ["".join(self._cell).strip(" "), *[""] * (across - 1)]
        self._cell = None

    def _skip_reached(self) -> None:
        """Leave blank what a cell from above reaches over."""
        while self._row is not None and (left := self._reaching.get(len(self._row), 0)):
            self._reaching[len(self._row)] = left - 1
            self._row.append("")

    def _end_row(self) -> None:
        self._end_cell()
        self._skip_reached()
        if self._row:
            self.rows.append((self._table, self._row))
        self._row = None


@remember_while_unchanged
def _find_tables(path: Path, encoding: str) -> list[int]:
    """Return the numbers of the page's longest table and of others as wide; none without rows below headings."""
    lengths, widths = dict[int, int](), dict[int, int]()
    for table, cells in _read_rows(path, encoding):
        lengths[table] = lengths.get(table, 0) + (len(cells) > 1)
        widths[table] = max(widths.get(table, 0), len(cells))
    best = max(lengths, key=lambda table: lengths[table], default=0)
    if lengths.get(best, 0) < 2:
        return []
    alike = [table for table in lengths if widths[table] == widths[best] and table != best and lengths[table]]
    return [best, *alike]


def read_html(path: Path, encoding: str, sheet: str | None, header_row: int) -> Rows | None:
    """Return the rows of the longest table, or of the one called `sheet`, numbered from its first; None without one.

    Rows narrower than the headings end in blanks. Raises NoHeadings where there are none in that row.
    """
    tables = _find_tables(path, encoding)
    if sheet is not None and tables:
        names = tuple(map(_TABLE.format, tables))
        if sheet not in names:
            raise MappingError(f"{path}：{unknown_name('工作表', sheet, names)}")
        tables = [tables[names.index(sheet)]]
    if not tables:
        return None
    cells_of = (cells for number, cells in _read_rows(path, encoding) if number == tables[0])
    records = ((number, cells) for number, cells in enumerate(cells_of, 1) if number >= header_row)
    _, header = next(records, (header_row, [""]))
    if not any(cell.strip() for cell in header):
        raise NoHeadings(f"{path} 第 {header_row} 行应为标题行，却是空的；请用 header_row 指明标题在第几行")
    width = len(header)
    return Rows(
        [heading.strip() for heading in header],
        ((number, [*cells, *[""] * (width - len(cells))]) for number, cells in records),
        "html",
        encoding,
        _TABLE.format(tables[0]),
        ("内容是网页，读的是其中最长的表格",),
        heading_row=header_row,
        others=tuple(map(_TABLE.format, tables[1:])),
    )


def _read_rows(path: Path, encoding: str) -> Iterator[tuple[int, list[str]]]:
    parser = _Tables()
    for piece in read_pieces(path, encoding):
        parser.feed(piece)
        yield from parser.rows
        parser.rows.clear()
    parser.close()
    yield from parser.rows


def _read_span(given: str | None) -> int:
    return max(1, min(int(given), _MAX_SPAN)) if given and given.isdecimal() else 1

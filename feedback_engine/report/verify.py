"""Is the workbook what was meant? Opened again by two independent readers before anybody else sees it."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING
from xml.parsers.expat import ExpatError, ParserCreate

from feedback_engine.errors import ReportError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from feedback_engine.report.sheets import Written

#: Sheets with more rows are checked as a stream: calamine would hold all their cells in memory.
MOST_ROWS_IN_MEMORY = 20_000
CHUNK_BYTES = 1 << 20
_ROW = re.compile(rb"<row\b[^>]*\br=\"(\d+)\"")


def verify_workbook(path: Path, written: Sequence[Written]) -> None:
    """Raise ReportError unless the file opens in openpyxl and calamine with just these sheets and rows."""
    from openpyxl import load_workbook
    from python_calamine import CalamineWorkbook

    names = [sheet.name for sheet in written]
    small = [sheet for sheet in written if sheet.row_count <= MOST_ROWS_IN_MEMORY]
    book = load_workbook(path, read_only=True)
    try:
        _expect("工作表", book.sheetnames, names)
        for sheet in small:
            _expect(f"工作表 {sheet.name} 的行数", sum(1 for _ in book[sheet.name].iter_rows()), sheet.row_count)
    finally:
        book.close()
    with CalamineWorkbook.from_path(path) as other:
        _expect("工作表", other.sheet_names, names)
        for sheet in small:
            read = len(other.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False))
            _expect(f"工作表 {sheet.name} 的行数", read, sheet.row_count)
    for number, sheet in enumerate(written, 1):
        if sheet not in small:
            _expect(f"工作表 {sheet.name} 的行数", _last_row(path, f"xl/worksheets/sheet{number}.xml"), sheet.row_count)


def _expect(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise ReportError(f"报告写成后复查不符：{what}应为 {wanted}，读回 {found}；旧报告未动，请报告这个问题")


def _last_row(path: Path, member: str) -> int:
    """The number of the sheet's last row; raises ReportError if the sheet is no well-formed XML."""
    parser, last, rest = ParserCreate(), 0, b""
    with zipfile.ZipFile(path) as archive, archive.open(member) as stream:
        try:
            while chunk := stream.read(CHUNK_BYTES):
                parser.Parse(chunk)
                found = _ROW.findall(rest + chunk)
                last = int(found[-1]) if found else last
                rest = chunk[-200:]
            parser.Parse(b"", True)
        except ExpatError as error:
            raise ReportError(f"报告写成后复查不符：{member} 不是完整的 XML（{error}）；旧报告未动") from error
    return last

"""What a file is by its first bytes, never by its name, and the reader for it."""

from __future__ import annotations

import codecs
import re
from dataclasses import replace
from pathlib import Path

from feedback_engine.config.model import SourceConfig
from feedback_engine.errors import SourceError, UnreadableFile
from feedback_engine.ingest.archive import Packing, Unfolded, find_packing
from feedback_engine.ingest.damage import settle_damage
from feedback_engine.ingest.encoding import detect_encoding
from feedback_engine.ingest.readers.csv import read_csv
from feedback_engine.ingest.readers.json import is_json_lines, read_json_array, read_json_lines, read_json_object
from feedback_engine.ingest.readers.rows import Rows

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_FOREIGN = (
    (b"PK\x05\x06", "空的 ZIP 压缩包；请重新导出"),
    (b"Rar!", "RAR 压缩包；请先解压"),
    (b"7z\xbc\xaf\x27\x1c", "7z 压缩包；请先解压"),
    (b"%PDF", "PDF；请从原系统导出 CSV 或 XLSX"),
    (b"SQLite format 3\x00", "SQLite 数据库；请导出为 CSV 或 XLSX"),
    (b"\x89PNG", "图片；请从原系统导出 CSV 或 XLSX"),
    (b"\xff\xd8\xff", "图片；请从原系统导出 CSV 或 XLSX"),
)
_STATISTICS = ((b"$FL2", "sav"), (b"$FL3", "sav"), (b"<stata_dta>", "dta"))
#: Stata before 13: release, byte order, file type 1, and a byte that is not used.
_OLD_STATA = re.compile(rb"[\x71-\x73][\x01\x02]\x01\x00", re.DOTALL)
_MARKUP = re.compile(
    r"<(?:!doctype\s|html|head|body|table|meta|style|script|div|center|font|\?xml|(?:ss:)?workbook)", re.IGNORECASE
)
#: What the beginning of a workbook in XML (Excel 2003) holds.
_NAMESPACE = b"urn:schemas-microsoft-com:office:spreadsheet"
_MARKUP_REFUSED = "的内容是网页或 XML，里面没有数据表；请用浏览器打开看看，是表格的话用 Excel 或 WPS 另存为 .xlsx"
#: Share of zero bytes at the beginning of a file that is no text; a stray one is only dropped.
_MAX_ZEROS = 0.3
#: Characters read at once in search of the first that is no blank.
_BLOCK = 4096
#: Where a tar tells that it is one.
_TAR_AT = 257
_OBJECT = re.compile(r'\{\s*["}]')
_ARRAY = re.compile(r"\[\s*[\[{\]]")


def open_rows(path: Path, source: SourceConfig) -> Rows:
    """Return the file's rows by the reader that its content asks for."""
    rows = _open_rows(path, source)
    return rows if rows.path is not None else replace(rows, path=path)


def _open_rows(path: Path, source: SourceConfig) -> Rows:
    with path.open("rb") as stream:
        head = stream.read(4096)
    if packing := find_packing(path, head):
        return _open_unfolded(path, packing, source)
    if head.startswith(_WORKBOOKS):
        return _read_workbook(path, source)
    if container := _name_statistics(head):
        return _read_statistics(path, container)
    for magic, nature in _FOREIGN:
        if head.startswith(magic):
            raise UnreadableFile(f"{path} 的内容是{nature}")
    if head[_TAR_AT:].startswith(b"ustar"):
        raise UnreadableFile(f"{path} 的内容是 tar 归档；请解开后分别导入")
    markup = _MARKUP.match(_decode_start(head))
    encoding = detect_encoding(path, source.encoding)
    if not encoding.name.startswith("utf-") or encoding.name.startswith("utf-8"):
        _refuse_binary(path, head)
    is_workbook = markup and _NAMESPACE in head.replace(b"\0", b"")
    read = _read_sheets if is_workbook else _read_page if markup else _read_text
    rows = read(path, encoding.codec, source)
    if encoding.is_damaged:
        rows = settle_damage(rows, encoding.name)
    warnings = (encoding.warning,) if encoding.warning else ()
    return replace(rows, evidence=(encoding.evidence, *rows.evidence), warnings=(*warnings, *rows.warnings))


def _open_unfolded(path: Path, packing: Packing, source: SourceConfig) -> Rows:
    unfolded = Unfolded(path, packing)
    try:
        return unfolded.hold(open_rows(unfolded.path, source))
    except SourceError as error:
        # Where it lies for now says nothing to the user.
        raise type(error)(str(error).replace(str(unfolded.path), f"{path} 里的 {unfolded.name}")) from None


def _read_workbook(path: Path, source: SourceConfig) -> Rows:
    from feedback_engine.ingest.readers.excel import read_excel

    return read_excel(path, source.sheet, source.header_row)


def _name_statistics(head: bytes) -> str | None:
    """Return `sav` or `dta` for a data file of a statistics package."""
    found = next((container for magic, container in _STATISTICS if head.startswith(magic)), None)
    return found or ("dta" if _OLD_STATA.match(head) else None)


def _read_statistics(path: Path, container: str) -> Rows:
    from feedback_engine.ingest.readers.spss import read_statistics

    return read_statistics(path, container)


def _decode_start(head: bytes) -> str:
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return head.decode("utf-16" if wide else "latin-1", errors="ignore").removeprefix("\xef\xbb\xbf").lstrip()


def _read_sheets(path: Path, encoding: str, source: SourceConfig) -> Rows:
    """Return the rows of a workbook in XML."""
    from feedback_engine.ingest.readers.sheet_xml import read_sheet_xml

    return read_sheet_xml(path, encoding, source.sheet, source.header_row)


def _read_page(path: Path, encoding: str, source: SourceConfig) -> Rows:
    """Return the rows of the table in a web page under whatever name; systems like to call these .xls."""
    from feedback_engine.ingest.readers.html import read_html

    rows = read_html(path, encoding, source.sheet, source.header_row)
    if rows is None:
        raise UnreadableFile(f"{path} {_MARKUP_REFUSED}")
    return rows


def _refuse_binary(path: Path, head: bytes) -> None:
    if head.count(0) > _MAX_ZEROS * len(head):
        raise UnreadableFile(f"{path} 的内容是二进制数据（多为零字节），不是文字表格；请重新导出或重新下载")


def _read_text(path: Path, encoding: str, source: SourceConfig) -> Rows:
    start = _read_start(path, encoding)
    if start == "":
        raise UnreadableFile(f"{path} 里只有空白；请重新导出")
    if _ARRAY.match(start):
        return read_json_array(path, encoding)
    if _OBJECT.match(start):
        if is_json_lines(path, encoding):
            return read_json_lines(path, encoding)
        return read_json_object(path, encoding)
    return read_csv(path, encoding, source.header_row)


def _read_start(path: Path, encoding: str) -> str:
    """Return some text from the first that is no blank; empty if there is none."""
    with path.open(encoding=encoding) as stream:
        while block := stream.read(_BLOCK):
            if start := block.lstrip():
                return start
    return ""

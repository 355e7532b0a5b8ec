"""What the fast reader does not tell of an .xls: error values, and that its texts are of a time before Unicode.

An .xls is an OLE container with a stream of records: type, length, content.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path

from feedback_engine.errors import UnreadableFile
from feedback_engine.ingest.extent import MAX_ERROR_CELLS, Extent

_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_CODE = rb"[\x00\x07\x0f\x17\x1d\x24\x2a]"
#: An error as a constant, or as the result of a formula; most workbooks hold neither, and are not walked through.
_MAY_HOLD_ERRORS = re.compile(rb"\x05\x02\x08\x00.{6}" + _CODE + rb"\x01|\x02." + _CODE + rb".{3}\xff\xff", re.DOTALL)
_BEGIN, _END, _SHEET, _CONSTANT, _FORMULA = 0x0809, 0x000A, 0x0085, 0x0205, 0x0006
#: The version of Excel 97, the first whose texts are Unicode.
_UNICODE = 0x0600
_STREAMS = ("Workbook", "Book")


def inspect_old_workbook(path: Path) -> dict[str, Extent]:
    """Return the error values of each sheet by its name; a damaged container holds none that could be found.

    Raises UnreadableFile for a workbook of Excel 5 or 95, whose texts are in a code page that readers get wrong.
    """
    import olefile

    try:
        with olefile.OleFileIO(path) as container:
            stream = next((container.openstream(name).read() for name in _STREAMS if container.exists(name)), b"")
        return _find_errors(path, stream)
    except (struct.error, IndexError, ValueError, OSError, OverflowError, MemoryError):
        return {}


def _find_errors(path: Path, stream: bytes) -> dict[str, Extent]:
    version = struct.unpack_from("<HHH", stream)
    if version[0] & 0xFF == _BEGIN & 0xFF and version[2] < _UNICODE:
        raise UnreadableFile(f"{path}：是 Excel 5.0/95 的旧格式，其中的汉字读不准；请用 Excel 或 WPS 另存为 .xlsx")
    if _MAY_HOLD_ERRORS.search(stream) is None:
        return {}
    return {name: _measure(stream, start) for name, start in _list_sheets(stream)}


def _list_sheets(stream: bytes) -> Iterator[tuple[str, int]]:
    """Yield the name of each sheet, and where its records begin."""
    for kind, place, size in _walk(stream, 0):
        if kind == _SHEET and size > 8:
            start, _, _, length, is_wide = struct.unpack_from("<IBBBB", stream, place)
            name = stream[place + 8 : place + size]
            yield (name[: 2 * length].decode("utf-16-le", "replace") if is_wide & 1 else name.decode("latin-1")), start


def _measure(stream: bytes, start: int) -> Extent:
    errors: dict[int, dict[int, str]] = {}
    rows: list[int] = []
    for kind, place, size in _walk(stream, start):
        if kind == _CONSTANT and size >= 8 and stream[place + 7] == 1:
            code = stream[place + 6]
        elif (
            kind == _FORMULA
            and size >= 14
            and stream[place + 6] == 2
            and stream[place + 12 : place + 14] == b"\xff\xff"
        ):
            code = stream[place + 8]
        else:
            continue
        row, column = struct.unpack_from("<HH", stream, place)
        rows.append(row + 1)
        if len(rows) <= MAX_ERROR_CELLS:
            errors.setdefault(row + 1, {})[column + 1] = _ERRORS.get(code, "#N/A")
    return Extent(0, 0, errors, sorted(set(rows)))


def _walk(stream: bytes, place: int) -> Iterator[tuple[int, int, int]]:
    """Yield type, place of the content and its length of each record until the sheet, with its charts, ends."""
    depth, end = 0, len(stream) - 4
    while place <= end:
        kind, size = struct.unpack_from("<HH", stream, place)
        yield kind, place + 4, size
        depth += (kind == _BEGIN) - (kind == _END)
        if not depth:
            return
        place += 4 + size

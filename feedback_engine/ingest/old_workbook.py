"""What the fast reader does not tell of an .xls: error values, and that its texts are of a time before Unicode.

An .xls is an OLE container, a small file system, with a stream of records: type, length, content.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from feedback_engine.errors import UnreadableFile
from feedback_engine.ingest.extent import MAX_ERROR_CELLS, Extent

_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_CODE = rb"[\x00\x07\x0f\x17\x1d\x24\x2a]"
#: An error as a constant, or as the result of a formula; most workbooks hold neither, and are not walked through.
_MAY_HOLD_ERRORS = re.compile(rb"\x05\x02\x08\x00.{6}" + _CODE + rb"\x01|\x02." + _CODE + rb".{3}\xff\xff", re.DOTALL)
_BEGIN, _END, _SHEET, _CONSTANT, _FORMULA = 0x0809, 0x000A, 0x0085, 0x0205, 0x0006
#: The version of Excel 97, the first whose texts are Unicode.
_UNICODE = 0x0600
#: Sector numbers from here on are marks: the end of a chain, nothing.
_MARKS = 0xFFFFFFFA
#: Bytes of a small sector.
_SMALL = 64


def inspect_old_workbook(path: Path) -> dict[str, Extent]:
    """Return the error values of each sheet by its name; a damaged container holds none that could be found.

    Raises UnreadableFile for a workbook of Excel 5 or 95, whose texts are in a code page that readers get wrong.
    """
    try:
        with path.open("rb") as file:
            container = _Container(file)
            stream = container.read("Workbook", "WORKBOOK") or container.read("Book", "BOOK")
        return _find_errors(path, stream)
    except (struct.error, IndexError, ValueError, OSError):
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


class _Container:
    """The streams of an OLE container."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        file.seek(0)
        head = file.read(512)
        self._size = 1 << min(struct.unpack_from("<H", head, 30)[0], 16)
        first_entry, _, self._least, first_small, _, more, _ = struct.unpack_from("<IIIIIII", head, 48)
        listed = [*struct.unpack_from("<109I", head, 76)]
        self._next = self._read_numbers(self._list_tables(listed, more))
        self._next_small = _to_numbers(self._read_chain(first_small))
        directory = self._read_chain(first_entry)
        self._entries = [directory[at : at + 128] for at in range(0, len(directory) - 127, 128)]

    def read(self, *names: str) -> bytes:
        """Return the first stream of these names; empty if there is none."""
        for entry in self._entries:
            if entry[: max(entry[64] - 2, 0)].decode("utf-16-le", "replace") in names:
                return self._read_entry(entry)
        return b""

    def _read_entry(self, entry: bytes) -> bytes:
        """Return the stream; a small one lies in small sectors, which are in a stream of their own."""
        start, size = struct.unpack_from("<II", entry, 116)
        if size >= self._least:
            return self._read_chain(start)[:size]
        room = self._read_chain(struct.unpack_from("<I", self._entries[0], 116)[0])
        chain = _follow(start, self._next_small)
        return b"".join(room[at * _SMALL : (at + 1) * _SMALL] for at in chain)[:size]

    def _list_tables(self, listed: list[int], more: int) -> list[int]:
        """Return the sectors of the table that says which sector follows which."""
        seen: set[int] = set()
        while more < _MARKS and more not in seen:
            seen.add(more)
            *numbers, more = self._read_numbers([more])
            listed += numbers
        return [number for number in listed if number < _MARKS]

    def _read_numbers(self, sectors: Sequence[int]) -> list[int]:
        return _to_numbers(b"".join(self._read_sectors(sectors)))

    def _read_chain(self, start: int) -> bytes:
        return b"".join(self._read_sectors(_follow(start, self._next)))

    def _read_sectors(self, sectors: Sequence[int]) -> Iterator[bytes]:
        """Yield what is in the sectors, neighbours in one piece."""
        breaks = [at for at, (one, next_) in enumerate(pairwise(sectors), 1) if next_ != one + 1]
        for begin, end in pairwise([0, *breaks, len(sectors)] if sectors else []):
            self._file.seek((sectors[begin] + 1) * self._size)
            yield self._file.read((end - begin) * self._size)


def _to_numbers(data: bytes) -> list[int]:
    return list(struct.unpack_from(f"<{len(data) // 4}I", data))


def _follow(start: int, following: Sequence[int]) -> list[int]:
    """Return the sectors of a chain; one that bites its tail ends there."""
    chain: dict[int, None] = {}
    while start < len(following) and start not in chain:
        chain[start] = None
        start = following[start]
    return list(chain)

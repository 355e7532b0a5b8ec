"""Workbooks written byte by byte: the kinds that no library would write."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SHEET_MEMBER = "xl/worksheets/sheet1.xml"
STRINGS_MEMBER = "xl/sharedStrings.xml"

#: A heading row and one record.
TABLE = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>编号</t></is></c><c r="B1" t="inlineStr"><is><t>内容</t></is></c></row>'
    '<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="inlineStr"><is><t>物流很快</t></is></c></row>'
)


def sheet_xml(rows: str, dimension: str = "A1:B2") -> str:
    return f'<worksheet {NS}><dimension ref="{dimension}"/><sheetData>{rows}</sheetData></worksheet>'


def workbook_parts(*sheets: str | bytes, strings: str | None = None) -> dict[str, str | bytes]:
    """Return the members of an .xlsx whose worksheets hold this XML, named 表1, 表2, …"""
    numbers = range(1, len(sheets) + 1)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_CONTENT}.worksheet+xml"/>' for n in numbers
    )
    relations = "".join(
        f'<Relationship Id="r{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    if strings is not None:
        overrides += f'<Override PartName="/{STRINGS_MEMBER}" ContentType="{_CONTENT}.sharedStrings+xml"/>'
        relations += f'<Relationship Id="s" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
    listed = "".join(f'<sheet name="表{n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_CONTENT}.sheet.main+xml"/>{overrides}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {NS} xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>',
    }
    parts |= {f"xl/worksheets/sheet{n}.xml": sheet for n, sheet in zip(numbers, sheets, strict=True)}
    if strings is not None:
        parts[STRINGS_MEMBER] = strings
    return parts


def write_package(path: Path, parts: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


_SECTOR = 512


def compound_file(streams: dict[str, bytes]) -> bytes:
    """Return an OLE container (one FAT sector, one directory sector, up to three streams)."""
    padded = {name: data.ljust(4096, b"\0") for name, data in streams.items()}
    padded = {name: data + b"\0" * (-len(data) % _SECTOR) for name, data in padded.items()}
    fat, entries, body, sector = [0xFFFFFFFD, 0xFFFFFFFE], [_entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1)], b"", 2
    for place, (name, data) in enumerate(padded.items(), 1):
        count = len(data) // _SECTOR
        fat += [*range(sector + 1, sector + count), 0xFFFFFFFE]
        entries.append(_entry(name, 2, sector, len(data), right=place + 1 if place < len(padded) else 0xFFFFFFFF))
        sector, body = sector + count, body + data
    head = bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    table = struct.pack("<128I", *fat, *[0xFFFFFFFF] * (128 - len(fat)))
    return head + table + b"".join(entries).ljust(_SECTOR, b"\0") + body


def small_compound_file(name: str, data: bytes) -> bytes:
    """Return an OLE container whose one stream, below 4,096 bytes, lies in small sectors as the format has it."""
    count, size = -(-len(data) // 64), len(data)
    room = compound_file({name: data})
    small_table = struct.pack(f"<{count}I", *range(1, count), 0xFFFFFFFE).ljust(_SECTOR, b"\xff")
    end = len(room)
    fat = list(struct.unpack_from("<128I", room, _SECTOR))
    fat[(end - _SECTOR) // _SECTOR] = 0xFFFFFFFE
    entries = _entry("Root Entry", 5, 2, 4096, child=1) + _entry(name, 2, 0, size)
    head = room[:60] + struct.pack("<II", (end - _SECTOR) // _SECTOR, 1) + room[68:_SECTOR]
    return head + struct.pack("<128I", *fat) + entries.ljust(_SECTOR, b"\0") + room[3 * _SECTOR :] + small_table


def _entry(name: str, kind: int, start: int, size: int, *, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF) -> bytes:
    text = name.encode("utf-16-le")
    head = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text) + 2, kind, 1, 0xFFFFFFFF, right, child)
    return head + b"\0" * 36 + struct.pack("<IQ", start, size)


#: Numbers of error values in old workbooks.
OLD_ERRORS = {"#DIV/0!": 7, "#VALUE!": 15, "#REF!": 23, "#N/A": 42}


def old_workbook(rows: list[list[str | float]], version: int = 0x0600, *, is_small: bool = False) -> bytes:
    """Return an .xls of one sheet named 旧表; `#N/A` is an error, `=#N/A` a formula with that result."""
    name = "旧表".encode("utf-16-le")
    body = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    for line, row in enumerate(rows):
        for column, value in enumerate(row):
            place = struct.pack("<HHH", line, column, 0)
            if isinstance(value, str) and value in OLD_ERRORS:
                body += _record(0x0205, place + struct.pack("<BB", OLD_ERRORS[value], 1))
            elif isinstance(value, str) and value.startswith("="):
                result = struct.pack("<BBBBHH", 2, 0, OLD_ERRORS[value[1:]], 0, 0, 0xFFFF)
                body += _record(0x0006, place + result + struct.pack("<HIH", 0, 0, 0))
            elif isinstance(value, str):
                text = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
                body += _record(0x0204, place + text)
            else:
                body += _record(0x0203, place + struct.pack("<d", value))
    body += _record(0x000A, b"")
    start = _record(0x0809, struct.pack("<HHHHII", version, 0x0005, 0, 0, 0, 0))
    offset = len(start) + 4 + 8 + len(name) + 4
    listed = struct.pack("<IBB", offset, 0, 0) + struct.pack("<BB", len(name) // 2, 1) + name
    stream = start + _record(0x0085, listed) + _record(0x000A, b"") + body
    return small_compound_file("Workbook", stream) if is_small else compound_file({"Workbook": stream})


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data

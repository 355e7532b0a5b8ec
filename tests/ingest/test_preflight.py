"""Hostile workbooks: the caller survives, soon, and is told why."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest
from raw_workbook import (
    NS,
    SHEET_MEMBER,
    TABLE,
    compound_file,
    sheet_xml,
    workbook_parts,
    write_package,
)

from feedback_engine.errors import UnreadableFile
from feedback_engine.ingest.preflight import identify_workbook, inspect_workbook, measure_sheet
from feedback_engine.ingest.readers.excel import read_excel

ENTITIES = "<!DOCTYPE w [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1 if n else str()};' * 10}'>" for n in range(9)
)
FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


def prefixed(xml: str) -> str:
    return xml.replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:").replace("xmlns=", "xmlns:x=")


def utf16(xml: str) -> bytes:
    return ('<?xml version="1.0" encoding="UTF-16"?>' + xml).encode("utf-16")


def package(path: Path, *sheets: str | bytes, strings: str | None = None, **members: str | bytes) -> Path:
    return write_package(path, workbook_parts(*(sheets or (sheet_xml(TABLE),)), strings=strings) | members)


def refuse(path: Path, reason: str) -> None:
    """Assert that reading ends in our error with that reason."""
    with pytest.raises(UnreadableFile, match=reason):
        list(read_excel(path))


@pytest.mark.parametrize(
    "strings",
    [
        f'<sst {NS} count="1" uniqueCount="4294967295"><si><t>a</t></si></sst>',
        f"<sst {NS} uniqueCount = '4294967295'><si><t>a</t></si></sst>",
        f'<sst {NS} uniqueCount="99999999999999999999999999"><si><t>a</t></si></sst>',
        prefixed(f'<sst {NS} uniqueCount="4294967295"><si><t>a</t></si></sst>'),
        utf16(f'<sst {NS} uniqueCount="4294967295"><si><t>a</t></si></sst>'),
        f'<!-- <sst uniqueCount="1"> --><sst {NS} uniqueCount="4294967295"><si><t>a</t></si></sst>',
    ],
    ids=["plain", "single-quoted", "beyond 64 bits", "prefixed", "utf-16", "behind a comment"],
)
def test_more_strings_promised_than_the_file_can_hold_are_refused(tmp_path, strings) -> None:
    refuse(package(tmp_path / "a.xlsx", strings=strings), "字符串")


def test_a_count_that_is_merely_wrong_is_no_reason_to_refuse(tmp_path) -> None:
    strings = f'<sst {NS} uniqueCount="5000"><si><t>a</t></si></sst>'
    assert len(list(read_excel(package(tmp_path / "a.xlsx", strings=strings)))) == 1


@pytest.mark.parametrize("member", ["xl/workbook.xml", SHEET_MEMBER, "[Content_Types].xml", "xl/styles.xml"])
@pytest.mark.parametrize("before", ["", "<!-- <a> -->", "<?pi <a> ?>", '<?xml version="1.0"?>\n'])
def test_document_types_are_refused_wherever_they_hide(tmp_path, member, before) -> None:
    parts = workbook_parts(sheet_xml(TABLE))
    parts[member] = f"{before}{ENTITIES}]>{parts.get(member, '<styleSheet/>')}"
    refuse(write_package(tmp_path / "a.xlsx", parts), "DTD")


def test_a_document_type_in_utf16_is_refused(tmp_path) -> None:
    refuse(package(tmp_path / "a.xlsx", utf16(ENTITIES + "]>" + sheet_xml(TABLE))), "DTD")


def test_an_encoding_that_would_hide_markup_is_refused(tmp_path) -> None:
    sheet = '<?xml version="1.0" encoding="UTF-7"?>' + sheet_xml(TABLE)
    refuse(package(tmp_path / "a.xlsx", sheet), "UTF-7")


@pytest.mark.parametrize("name", ["../../evil.xml", "/etc/evil", "C:\\evil", "xl\\..\\..\\evil"])
def test_names_that_lead_out_of_the_package_are_refused(tmp_path, name) -> None:
    refuse(package(tmp_path / "a.xlsx", **{name: "x"}), "指向包外")


def test_a_member_given_twice_is_refused(tmp_path) -> None:
    path = package(tmp_path / "a.xlsx")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(SHEET_MEMBER, sheet_xml(""))
    refuse(path, "重名")


def test_a_zip_bomb_is_refused_by_what_it_declares(tmp_path) -> None:
    cell = f'<row r="3"><c r="A3" t="inlineStr"><is><t>{"a" * 20_000_000}</t></is></c></row>'
    refuse(package(tmp_path / "a.xlsx", sheet_xml(TABLE + cell)), "倍")


def test_too_much_in_all_is_refused_before_anything_is_unpacked(tmp_path) -> None:
    path = package(tmp_path / "a.xlsx", **{"xl/media/big.bin": "x"})
    lie_about_size(path, "xl/media/big.bin", 2_000_000_000)
    refuse(path, "2,000,00")


def lie_about_size(path: Path, member: str, size: int) -> None:
    """Overwrite the size that the central directory declares."""
    data = bytearray(path.read_bytes())
    place = data.rindex(b"PK\x01\x02", 0, data.rindex(member.encode()))
    data[place + 24 : place + 28] = struct.pack("<I", size)
    path.write_bytes(data)


def test_a_member_larger_than_it_declares_is_an_error(tmp_path) -> None:
    cells = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(3, 300_000))
    path = package(tmp_path / "a.xlsx", sheet_xml(TABLE + cells))
    lie_about_size(path, SHEET_MEMBER, 2_000)
    refuse(path, "损坏")


def test_ten_thousand_members_are_refused(tmp_path) -> None:
    refuse(package(tmp_path / "a.xlsx", **{f"xl/media/{n}.bin": "" for n in range(10_001)}), "10,0")


@pytest.mark.parametrize(
    "sheet",
    [
        sheet_xml(TABLE + FAR),
        sheet_xml((TABLE + FAR).replace('"', "'")),
        sheet_xml((TABLE + FAR).replace('r="', 'r = "')),
        sheet_xml(TABLE + FAR.replace(' r="1048576"', "")),
        sheet_xml(TABLE + FAR.replace("<c ", '<c s="0" ')),
        prefixed(sheet_xml(TABLE + FAR)),
        utf16(sheet_xml(TABLE + FAR)),
    ],
    ids=["plain", "single-quoted", "spaced", "row unnumbered", "attributes turned", "prefixed", "utf-16"],
)
def test_a_cell_at_the_far_corner_is_seen_however_it_is_written(tmp_path, sheet) -> None:
    path = package(tmp_path / "a.xlsx", sheet)
    extent = measure_sheet(path, inspect_workbook(path)[0])
    assert (extent.rows, extent.columns) == (1_048_576, 16_384)
    assert list(read_excel(path)) == [(2, ["1", "物流很快"])]


def test_far_cells_without_content_do_no_harm(tmp_path) -> None:
    far = '<row r="1048576"><c r="XFD1048576" s="0"/></row>'
    path = package(tmp_path / "a.xlsx", sheet_xml(TABLE + far, "A1:XFD1048576"))
    assert measure_sheet(path, inspect_workbook(path)[0]).fits_memory
    assert list(read_excel(path)) == [(2, ["1", "物流很快"])]


def test_cells_without_references_are_counted(tmp_path) -> None:
    row = "<row>" + "<c><v>1</v></c>" * 300 + "</row>"
    path = package(tmp_path / "a.xlsx", sheet_xml(row * 40))
    extent = measure_sheet(path, inspect_workbook(path)[0])
    assert (extent.rows, extent.columns) == (40, 300)
    rows = read_excel(path)
    assert (len(rows.header), len(list(rows))) == (300, 39)


def test_row_numbers_beyond_any_sheet_are_refused(tmp_path) -> None:
    row = '<row r="429496729"><c r="A429496729"><v>1</v></c></row>'
    refuse(package(tmp_path / "a.xlsx", sheet_xml(TABLE + row)), "行号")


def test_a_full_row_at_the_far_edge_time_and_again_is_refused(tmp_path) -> None:
    far = "".join(f'<row r="{n}"><c r="XFD{n}"><v>{n}</v></c></row>' for n in range(3, 5000))
    refuse(package(tmp_path / "a.xlsx", sheet_xml(TABLE + far)), "单元格")


def test_a_package_cut_anywhere_is_refused(tmp_path) -> None:
    whole = package(tmp_path / "whole.xlsx").read_bytes()
    for part in range(1, 64):
        (tmp_path / "a.xlsx").write_bytes(whole[: len(whole) * part // 64])
        refuse(tmp_path / "a.xlsx", "截断|不是 Excel")


def test_a_byte_turned_anywhere_never_harms_the_caller(tmp_path) -> None:
    whole = package(tmp_path / "whole.xlsx").read_bytes()
    for place in range(7, len(whole), len(whole) // 25):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        (tmp_path / "a.xlsx").write_bytes(damaged)
        try:
            assert len(list(read_excel(tmp_path / "a.xlsx"))) <= 1
        except UnreadableFile as error:
            assert "请" in str(error) or "拒绝" in str(error)


@pytest.mark.parametrize(
    ("content", "nature"),
    [
        (b"", "空文件"),
        (b"<html><body><table><tr><td>1", "HTML"),
        (b"\xef\xbb\xbf  <!DOCTYPE html><html>", "HTML"),
        ("<html><table>".encode("utf-16"), "HTML"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "SpreadsheetML"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "MHTML"),
        ("编号,内容\n1,好\n".encode(), "文本"),
        (b'[{"a": 1}]', "JSON"),
        (b"\x00\x01\x02\x03" * 10, "二进制"),
        (compound_file({"EncryptionInfo": b"", "EncryptedPackage": b""}), "密码"),
        (compound_file({"WordDocument": b""}), "Word"),
        (compound_file({"Contents": b""}), "没有 Excel 工作簿"),
        (bytes.fromhex("D0CF11E0A1B11AE1"), "截断"),
    ],
)
def test_what_only_bears_the_name_of_a_workbook_is_called_by_its_own(tmp_path, content, nature) -> None:
    (tmp_path / "a.xls").write_bytes(content)
    refuse(tmp_path / "a.xls", nature)


@pytest.mark.parametrize(
    ("member", "nature"),
    [
        ("word/document.xml", "Word"),
        ("content.xml", "OpenDocument"),
        ("xl/workbook.bin", "xlsb"),
    ],
)
def test_other_packages_are_named(tmp_path, member, nature) -> None:
    # What is encrypted in it is no XML.
    refuse(write_package(tmp_path / "a.xlsx", {"meta.xml": b"\x8a\x01junk", member: "<a/>"}), nature)


def test_a_package_without_a_workbook_is_no_workbook(tmp_path) -> None:
    refuse(write_package(tmp_path / "a.xlsx", {"a.csv": "<a/>"}), "普通 ZIP")


def test_a_missing_file_is_said_to_be_missing(tmp_path) -> None:
    with pytest.raises(UnreadableFile, match="打不开"):
        identify_workbook(tmp_path / "none.xlsx")


@pytest.mark.parametrize(
    "filler",
    [
        '<c r="A3" ',
        "<c ",
        '<c t="e" ',
        '<c t="e" t="e"><f>',
        "<row ",
        "<c><c r",
        "<f>",
        '<dimension r="',
        "</row",
    ],
)
def test_markup_made_to_stall_a_search_does_not(tmp_path, filler) -> None:
    for sheet in (filler * (4_000_000 // len(filler)), sheet_xml(TABLE + FAR + filler * (4_000_000 // len(filler)))):
        refuse(package(tmp_path / "a.xlsx", sheet), "请|拒绝")


@pytest.mark.parametrize("filler", ["<!--", "<?", "<!-- -->", "<?a?>", "<", " ", "<a:"])
def test_a_prologue_made_to_stall_a_search_does_not(tmp_path, filler) -> None:
    refuse(package(tmp_path / "a.xlsx", filler * (100_000 // len(filler))), "DTD|XML|没有内容")

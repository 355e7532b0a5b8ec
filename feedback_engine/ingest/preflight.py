"""Whether a workbook is safe to open, and what is in it, found without any spreadsheet library.

A few kilobytes can make such a library abort the process or unfold to gigabytes. Limits: libraries.md, measured on
honest files (which unfold 3 to 14 times).
"""

from __future__ import annotations

import codecs
import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from feedback_engine.errors import UnreadableFile, tell_os_error
from feedback_engine.ingest.extent import Extent, measure_member, read_chunks

MAX_UNFOLDED_BYTES = 1_000_000_000
MAX_RATIO = 100
#: Below this size a member may be as repetitive as it likes.
RATIO_FROM_BYTES = 5_000_000
MAX_MEMBERS = 10_000
#: An entry of the shared strings takes 13 bytes at least; below the floor a wrong count harms nobody.
BYTES_PER_STRING, HARMLESS_STRINGS = 10, 1_000_000
#: workbook.xml and the relations are parsed in this process.
MAX_INDEX_BYTES = 4_000_000

_HEAD_BYTES = 1 << 16


@dataclass(frozen=True)
class Sheet:
    """A worksheet as the workbook lists it."""

    name: str
    member: str
    is_visible: bool
    has_content: bool
    #: What the sheet declares, such as A1:F65203; often wrong, so only told, never believed.
    declared: str
    unfolded_bytes: int


def identify_workbook(path: Path) -> str:
    """Return `xlsx` or `xls` by the first bytes; raise UnreadableFile, naming what it is, for anything else."""
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise UnreadableFile(f"{path}：打不开（{tell_os_error(error)}）；请检查路径与权限") from error
    if not head:
        raise UnreadableFile(f"{path}：是空文件（0 字节）；请重新导出")
    if head.startswith(b"PK"):
        return "xlsx"
    if head.startswith(bytes.fromhex("D0CF11E0A1B11AE1")):
        _check_compound_file(path)
        return "xls"
    raise UnreadableFile(f"{path}：不是 Excel 工作簿，而是{_name_text(head)}；请用 Excel 打开后另存为 .xlsx 或 CSV")


_COMPOUND_CONTENTS = (
    ("EncryptedPackage", "加了密码的工作簿；请在 Excel 里去掉打开密码后另存"),
    ("WordDocument", "Word 文档，不是工作簿；请导出为 .xlsx"),
    ("PowerPoint Document", "PowerPoint 文档，不是工作簿；请导出为 .xlsx"),
)


def _check_compound_file(path: Path) -> None:
    """Raise UnreadableFile unless the OLE container holds an old Excel workbook."""
    entries = _compound_entries(path)
    for entry, sentence in _COMPOUND_CONTENTS:
        if entry in entries:
            raise UnreadableFile(f"{path}：是{sentence}")
    if not entries & {"Workbook", "Book", "WORKBOOK", "BOOK"}:
        raise UnreadableFile(f"{path}：是 OLE 容器，但里面没有 Excel 工作簿（可能被截断）；请重新导出为 .xlsx")


def _compound_entries(path: Path) -> set[str]:
    """Return the names in the container's directory: entries of 128 bytes, each with its name's length at byte 64."""
    wanted = ("EncryptedPackage", "WordDocument", "PowerPoint Document", "Workbook", "Book", "WORKBOOK", "BOOK")
    found = set()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            for name in wanted:
                entry = name.encode("utf-16-le")
                place = block.find(entry)
                while place >= 0:
                    if place % 128 == 0 and block[place + 64 : place + 66] == bytes((len(entry) + 2, 0)):
                        found.add(name)
                    place = block.find(entry, place + 1)
    return found


_TEXT_KINDS = (
    ("urn:schemas-microsoft-com:office:spreadsheet", "SpreadsheetML（XML 表格）"),
    ("<html", "网页（HTML）"),
    ("<!doctype html", "网页（HTML）"),
    ("<table", "网页（HTML 表格）"),
    ("mime-version:", "单一文件网页（MHTML）"),
    ("<?xml", "XML 文件"),
    ("%pdf", "PDF 文件"),
    ("{", "JSON"),
    ("[", "JSON"),
)


def _name_text(head: bytes) -> str:
    encoding = "utf-16" if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "latin-1"
    text = head.removeprefix(codecs.BOM_UTF8).decode(encoding, "ignore").lower().strip()
    for mark, name in _TEXT_KINDS:
        if text.startswith(mark) or (len(mark) > 5 and mark in text):
            return name
    return "无法识别的二进制文件" if "\0" in text else "文本（如 CSV）"


def inspect_workbook(path: Path) -> list[Sheet]:
    """Return the worksheets of an .xlsx in their order; raise UnreadableFile if opening it could do harm."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_members(path, archive)
            _refuse_other_package(path, {member.filename.replace("\\", "/").lower() for member in archive.infolist()})
            _check_xml_heads(path, archive)
            return _list_sheets(path, archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise UnreadableFile(f"{path}：ZIP 结构损坏或被截断（{error}）；请重新导出") from error


_OTHER_PACKAGES = (
    ("word/document.xml", "是 Word 文档"),
    ("ppt/presentation.xml", "是 PowerPoint 文档"),
    ("xl/workbook.bin", "是二进制工作簿 .xlsb"),
    ("content.xml", "是 OpenDocument 文档"),
)


def _check_members(path: Path, archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise UnreadableFile(f"{path}：压缩包里有 {len(members):,} 个文件，上限 {MAX_MEMBERS:,}；拒绝打开")
    total = sum(member.file_size for member in members)
    if total > MAX_UNFOLDED_BYTES:
        raise UnreadableFile(f"{path}：解压后 {total:,} 字节，上限 {MAX_UNFOLDED_BYTES:,}；请拆成几个文件")
    names = [member.filename.replace("\\", "/") for member in members]
    for member, name in zip(members, names, strict=True):
        _check_member(path, member, name)
    if len(set(names)) < len(names):
        raise UnreadableFile(f"{path}：压缩包里有重名的文件；拒绝打开")


def _refuse_other_package(path: Path, members: set[str]) -> None:
    """Raise for what is a package of another kind; the files in it are of other kinds, too, or encrypted."""
    found = next((name for member, name in _OTHER_PACKAGES if member in members), None)
    if found and "xl/workbook.xml" not in members:
        raise UnreadableFile(f"{path}：{found}；请用 Excel 另存为 .xlsx")


def _check_member(path: Path, member: zipfile.ZipInfo, name: str) -> None:
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in name.split("/"):
        raise UnreadableFile(f"{path}：压缩包里的文件名 {name!r} 指向包外；拒绝打开")
    if member.flag_bits & 1:
        raise UnreadableFile(f"{path}：压缩包加了密码；请去掉密码后另存")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UnreadableFile(f"{path}：{name} 的压缩方式 {member.compress_type} 不属于 xlsx；请用 Excel 另存")
    ratio = member.file_size / max(member.compress_size, 1)
    if member.file_size > RATIO_FROM_BYTES and ratio > MAX_RATIO:
        raise UnreadableFile(
            f"{path}：{name} 解压后是原来的 {ratio:,.0f} 倍（上限 {MAX_RATIO}），疑为压缩炸弹；拒绝打开"
        )


_ROOT = re.compile(rb"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)([^>]*)")
_DECLARED_ENCODING = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"']([\w.-]+)")
_SKIPPED = re.compile(rb"(<!--|<\?)")
_SPACE = re.compile(rb"[ \t\r\n]*")
_UNIQUE_COUNT = re.compile(rb"uniqueCount\s*=\s*[\"']\s*\+?(\d+)")
_KNOWN_ENCODINGS = ("utf-8", "utf8", "utf-16", "us-ascii", "ascii", "iso-8859-1", "windows-1252", "gb")


def _check_xml_heads(path: Path, archive: zipfile.ZipFile) -> None:
    """Refuse document types (entity bombs live there), odd encodings, and more strings promised than fit."""
    for member in archive.infolist():
        if not member.filename.lower().endswith((".xml", ".rels", ".vml")) or not member.file_size:
            continue
        head = next(read_chunks(archive, member.filename, _HEAD_BYTES), b"")
        declared = _DECLARED_ENCODING.match(head.lstrip())
        if declared and not declared[1].decode().lower().startswith(_KNOWN_ENCODINGS):
            raise UnreadableFile(
                f"{path}：{member.filename} 声明的编码 {declared[1].decode()} 不受支持；请用 Excel 另存"
            )
        root = _ROOT.match(head, _find_root(head))
        if root is None:
            raise UnreadableFile(f"{path}：{member.filename} 含 DTD 或不是 XML；拒绝打开，请用 Excel 另存")
        if root[1] == b"sst":
            _check_string_count(path, member, root[2])


def _find_root(head: bytes) -> int:
    """Return where the first element may start: behind white space, comments and instructions, nothing else."""
    place = len(head) - len(head.lstrip(b"\xef\xbb\xbf \t\r\n"))
    while skipped := _SKIPPED.match(head, place):
        place = head.find(b"-->" if skipped[1] == b"<!--" else b"?>", skipped.end(1))
        if place < 0:
            return len(head)
        place = _SPACE.match(head, place + (3 if skipped[1] == b"<!--" else 2)).end()  # type: ignore[union-attr]
    return place


def _check_string_count(path: Path, member: zipfile.ZipInfo, attributes: bytes) -> None:
    declared = _UNIQUE_COUNT.search(attributes)
    possible = max(member.file_size // BYTES_PER_STRING, HARMLESS_STRINGS)
    if declared and int(declared[1][:30]) > possible:
        promised = f"声称有 {declared[1][:30].decode()} 个字符串，实际只有 {member.file_size:,} 字节"
        raise UnreadableFile(f"{path}：{member.filename} {promised}；拒绝打开")


def _list_sheets(path: Path, archive: zipfile.ZipFile) -> list[Sheet]:
    members = {member.filename.replace("\\", "/").lower(): member.filename for member in archive.infolist()}
    index = _workbook_member(path, archive, members)
    targets = _relations(path, archive, members, index)
    sheets = []
    for element in _parse(path, archive, index).iter():
        if _local(element.tag) == "sheet":
            relation = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
            member = members.get(targets.get(relation, "").lower())
            if member:
                sheets.append(_describe_sheet(archive, element.get("name") or "", member, element.get("state")))
    if not sheets:
        raise UnreadableFile(f"{path}：工作簿里没有工作表；请重新导出")
    return sheets


def _workbook_member(path: Path, archive: zipfile.ZipFile, members: dict[str, str]) -> str:
    if "xl/workbook.xml" in members:
        return members["xl/workbook.xml"]
    if "_rels/.rels" in members:
        for element in _parse(path, archive, members["_rels/.rels"]).iter():
            if (element.get("Type") or "").endswith("/officeDocument"):
                target = (element.get("Target") or "").lstrip("/").lower()
                if target in members and target.startswith("xl/") and target.endswith(".xml"):
                    return members[target]
    raise UnreadableFile(f"{path}：是普通 ZIP，里面没有工作簿；请用 Excel 另存为 .xlsx")


def _relations(path: Path, archive: zipfile.ZipFile, members: dict[str, str], index: str) -> dict[str, str]:
    """Return the workbook's worksheets by relation id; chart and macro sheets are left out."""
    folder, name = posixpath.split(index.replace("\\", "/"))
    relations = members.get(f"{folder}/_rels/{name}.rels".lower())
    if relations is None:
        raise UnreadableFile(f"{path}：缺少 {folder}/_rels/{name}.rels，工作簿不完整；请重新导出")
    targets = {}
    for element in _parse(path, archive, relations).iter():
        if (element.get("Type") or "").endswith("/worksheet"):
            target = (element.get("Target") or "").replace("\\", "/")
            joined = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            targets[element.get("Id") or ""] = posixpath.normpath(joined)
    return targets


def _parse(path: Path, archive: zipfile.ZipFile, member: str):  # type: ignore[no-untyped-def]  # an Element, or defusedxml's
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    if archive.getinfo(member).file_size > MAX_INDEX_BYTES:
        raise UnreadableFile(f"{path}：{member} 超过 {MAX_INDEX_BYTES:,} 字节；拒绝打开")
    try:
        return fromstring(archive.read(member), forbid_dtd=True)
    except (ParseError, DefusedXmlException, LookupError, ValueError) as error:
        raise UnreadableFile(f"{path}：{member} 不是完整的 XML（{error}）；请重新导出") from error


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


_VALUE = re.compile(rb"<(?:[\w.-]+:)?(?:v|is)[\s>]")
_DIMENSION = re.compile(rb"<(?:[\w.-]+:)?dimension\s[^<>]{0,200}?ref\s?=\s?[\"']([^\"']{1,40})")


def _describe_sheet(archive: zipfile.ZipFile, name: str, member: str, state: str | None) -> Sheet:
    declared, has_content, seam = "", False, b""
    for chunk in read_chunks(archive, member):
        text = seam + chunk
        if not declared and (match := _DIMENSION.search(text)):
            declared = match[1].decode("ascii", "replace")
        if has_content := _VALUE.search(text) is not None:
            break
        seam = text[-50:]
    size = archive.getinfo(member).file_size
    return Sheet(name, member, state in (None, "visible"), has_content, declared, size)


def measure_sheet(path: Path, sheet: Sheet) -> Extent:
    """Return where the sheet's cells end and its error values; raise UnreadableFile if the member is damaged.

    Formatted cells without content count only as long as they make no difference to `fits_memory`.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return measure_member(archive, sheet.member)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise UnreadableFile(f"{path}：工作表「{sheet.name}」的数据损坏（{error}）；请重新导出") from error

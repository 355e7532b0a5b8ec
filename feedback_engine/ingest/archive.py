"""One data file that is packed: in a ZIP, as survey platforms send exports, by gzip, as nightly jobs do, or in MHTML.

MHTML is a message of web pages with all that belongs to them, which Excel and report tools save as a workbook.
"""

from __future__ import annotations

import email
import gzip
import re
import shutil
import tempfile
import weakref
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from email.message import Message
from pathlib import Path, PurePosixPath
from urllib.parse import unquote
from zipfile import BadZipFile, ZipFile, ZipInfo

from feedback_engine.errors import UnreadableFile
from feedback_engine.ingest.failures import explain_failure
from feedback_engine.ingest.readers.rows import Rows

#: Bytes that a member may unfold to.
MAX_BYTES = 4 << 30
#: How many times its size a large member may unfold to. Reviews were measured at 6, one line again and again at 340.
MAX_RATIO, RATIO_FROM_BYTES = 200, 100 << 20
_TABLES = (".csv", ".tsv")
_OTHERS = (".sav", ".zsav", ".dta", ".xlsx", ".xls", ".json", ".jsonl", ".ndjson")
#: Data only where there are none of those kinds; beside them they explain these.
_TEXTS = (".txt",)
#: What documents are made of, which are ZIPs by their nature.
_PARTS = ("[Content_Types].xml", "mimetype", "xl/", "word/", "ppt/", "Index/")
#: Headers up to the one that says that pages follow, as MHTML begins; how large one may be, which is read at once.
_MESSAGE = re.compile(rb"(?:[!-9;-~]+:.*\n(?:[ \t].*\n)*)*?content-type:\s*multipart/related\b", re.IGNORECASE)
MAX_MESSAGE_BYTES = 100 << 20
#: How Excel calls the page of a sheet.
_SHEET_PAGE = re.compile(r"sheet\d+\.html?$", re.IGNORECASE)
_CHUNK = 1 << 20
_FLAG_ENCRYPTED, _FLAG_UTF8 = 0x1, 0x800


@dataclass(frozen=True, slots=True)
class Packing:
    """How data files are packed."""

    #: What it is called, and how one gets at all that is in it, in Chinese.
    name: str
    way_out: str
    #: Unfolds the one data file into a folder; returns its name, where it is now, and the names of others.
    unfold: Callable[[Path, Path], tuple[str, Path, list[str]]]


def find_packing(path: Path, head: bytes) -> Packing | None:
    """Return how the file, which begins with `head`, is packed; None for one that is read as it is."""
    if head.startswith(b"\x1f\x8b"):
        return Packing("gzip 压缩包", "解压后分别导入", _unfold_gzip)
    if _MESSAGE.match(head):
        return Packing("单个文件网页（MHTML）", "用 Excel 另存为 .xlsx", _unfold_message)
    if head.startswith(b"PK\x03\x04") and _is_archive(path):
        return Packing("ZIP 压缩包", "解压后分别导入", _unfold_zip)
    return None


class Unfolded:
    """The one data file of an archive, unfolded beside the system's temporary files until nobody reads it."""

    def __init__(self, path: Path, packing: Packing) -> None:
        folder = Path(tempfile.mkdtemp(prefix="feedback-engine-"))
        self._finalizer = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self._packing = packing
        try:
            self.name, self.path, self._others = packing.unfold(path, folder)
        except (BadZipFile, gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise UnreadableFile(f"{path} 的 {packing.name}解不开（{error}）；请重新下载") from None
        except OSError as error:
            raise explain_failure(path, error, f"的 {packing.name}解不开", "请检查磁盘或网络后重新导入") from None

    def hold(self, rows: Rows) -> Rows:
        """Return the rows, which keep the file while they are read."""
        name, others = self._packing.name, "、".join(self._others)
        told = (f"{name}里的 {others} 没有读；要读请{self._packing.way_out}",) if others else ()
        evidence = (f"{name}里的 {self.name}", *rows.evidence)
        return replace(rows, records=self._pass_on(rows), evidence=evidence, warnings=(*told, *rows.warnings))

    def _pass_on(self, rows: Rows) -> Iterator[tuple[int, list[str]]]:
        yield from rows


def _is_archive(path: Path) -> bool:
    """Whether the file is a ZIP of files, and no document."""
    try:
        with ZipFile(path) as archive:
            names = archive.namelist()
    except (BadZipFile, OSError, ValueError):
        return False
    return bool(names) and not any(name.startswith(_PARTS) for name in names)


def _unfold_zip(path: Path, folder: Path) -> tuple[str, Path, list[str]]:
    """Return the name of the one table of a ZIP, where it is now, and the names of data files of other kinds."""
    with ZipFile(path) as archive:
        member = _choose_member(path, archive.infolist())
        unfolded = folder / f"data{PurePosixPath(_name_of(member)).suffix.casefold()}"
        with archive.open(member) as source, unfolded.open("wb") as target:
            shutil.copyfileobj(source, target, _CHUNK)
        others = [other for other in archive.infolist() if other is not member and _is_data(other.filename)]
    return _name_of(member), unfolded, list(map(_name_of, others))


def _unfold_gzip(path: Path, folder: Path) -> tuple[str, Path, list[str]]:
    """Return the name of what gzip has packed, and where it is now; its size shows only when it is unfolded."""
    name = path.stem if path.suffix.casefold() == ".gz" else path.name
    unfolded, size = folder / f"data{PurePosixPath(name).suffix.casefold()}", 0
    with gzip.open(path) as source, unfolded.open("wb") as target:
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            _check_size(path, name, size, path.stat().st_size)
            target.write(chunk)
    return name, unfolded, []


def _unfold_message(path: Path, folder: Path) -> tuple[str, Path, list[str]]:
    """Return the name of the longest page of a message, where it is now, and the names of the other sheets."""
    if path.stat().st_size > MAX_MESSAGE_BYTES:
        raise UnreadableFile(f"{path} 是 MHTML，超过 {MAX_MESSAGE_BYTES >> 20} MB；请用 Excel 另存为 .xlsx")
    with path.open("rb") as stream:
        parts = [part for part in email.message_from_binary_file(stream).walk() if not part.is_multipart()]
    pages = [(part, part.get_payload(decode=True)) for part in parts if part.get_content_type() == "text/html"]
    if not pages:
        raise UnreadableFile(f"{path} 是 MHTML，里面没有网页；请重新导出为 .xlsx 或 CSV")
    chosen, content = max(pages, key=lambda page: len(bytes(page[1])))
    unfolded = folder / "data.htm"
    unfolded.write_bytes(bytes(content))
    others = [part for part, _ in pages if part is not chosen and _SHEET_PAGE.search(_place_of(part))]
    return _place_of(chosen), unfolded, list(map(_place_of, others))


def _place_of(part: Message) -> str:
    """Return the last part of where a page came from."""
    return PurePosixPath(unquote(str(part.get("Content-Location", ""))).replace("\\", "/")).name or "网页"


def _choose_member(path: Path, members: list[ZipInfo]) -> ZipInfo:
    data = [member for member in members if _is_content(member.filename)]
    for suffixes in (_TABLES, _OTHERS, _TEXTS):
        found = [member for member in data if member.filename.casefold().endswith(suffixes)]
        if len(found) > 1:
            names = "、".join(map(_name_of, found[:10]))
            raise UnreadableFile(f"{path} 是 ZIP 压缩包，里面有 {len(found)} 个数据文件：{names}；请解压后分别导入")
        if found:
            return _check_member(path, found[0])
    raise UnreadableFile(f"{path} 是 ZIP 压缩包，里面没有数据文件；请解压后检查")


def _check_member(path: Path, member: ZipInfo) -> ZipInfo:
    name = _name_of(member)
    if member.flag_bits & _FLAG_ENCRYPTED:
        raise UnreadableFile(f"{path} 里的 {name} 加了密码；请解压后再导入")
    _check_size(path, name, member.file_size, member.compress_size)
    return member


def _check_size(path: Path, name: str, size: int, packed: int) -> None:
    """Raise for what is larger than any export, or far larger than it was packed."""
    if size > MAX_BYTES:
        raise UnreadableFile(f"{path} 里的 {name} 解开有 {size >> 30} GB，太大；请解压后检查")
    ratio = size / max(packed, 1)
    if size > RATIO_FROM_BYTES and ratio > MAX_RATIO:
        raise UnreadableFile(f"{path} 里的 {name} 解开是原来的 {ratio:,.0f} 倍，疑为压缩炸弹；拒绝打开，请核对来源")


def _is_data(name: str) -> bool:
    return _is_content(name) and name.casefold().endswith((*_TABLES, *_OTHERS))


def _is_content(name: str) -> bool:
    return not name.endswith("/") and not name.startswith("__MACOSX/")


def _name_of(member: ZipInfo) -> str:
    """Return the member's own name; Chinese systems write it in GBK without saying so."""
    name = member.filename
    if not member.flag_bits & _FLAG_UTF8:
        try:
            name = name.encode("cp437").decode("gb18030")
        except UnicodeError:
            name = member.filename
    return PurePosixPath(name).name

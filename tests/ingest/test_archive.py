"""A ZIP or gzip that holds one data file is that file; one that holds several is asked about."""

import gc
import gzip
import io
import tarfile
import tempfile
from email.encoders import encode_base64, encode_quopri
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from feedback_engine.config.model import SourceConfig
from feedback_engine.errors import UnreadableFile
from feedback_engine.ingest import archive
from feedback_engine.ingest.container import open_rows
from feedback_engine.ingest.readers.rows import Rows


def write_zip(path: Path, members: dict[str, bytes]) -> Path:
    with ZipFile(path, "w") as folder:
        for name, content in members.items():
            folder.writestr(name, content)
    return path


def open_file(path: Path) -> Rows:
    return open_rows(path, SourceConfig(name="x", path=str(path)))


def test_the_one_table_inside_is_read(tmp_path: Path) -> None:
    rows = open_file(write_zip(tmp_path / "a.zip", {"答卷.csv": "编号,内容\n1,好\n".encode(), "语法.txt": b"x"}))
    assert rows.container == "csv" and rows.header == ["编号", "内容"] and list(rows) == [(2, ["1", "好"])]
    assert any("答卷.csv" in sentence for sentence in rows.evidence)


@pytest.mark.parametrize("name", ["答卷.csv.gz", "答卷.csv"])
def test_what_gzip_has_packed_is_read_whatever_the_file_is_called(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(gzip.compress("编号,内容\n1,好\n".encode("gb18030")))
    rows = open_file(tmp_path / name)
    assert (rows.encoding, list(rows)) == ("gb18030", [(2, ["1", "好"])])
    assert any("gzip 压缩包里的 答卷.csv" in sentence for sentence in rows.evidence)


def test_several_files_in_a_tar_are_asked_about(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as folder:
        for member in ("a.csv", "b.csv"):
            folder.addfile(tarfile.TarInfo(member), io.BytesIO())
    with pytest.raises(UnreadableFile, match=r"a\.tar\.gz 里的 a\.tar 的内容是 tar 归档"):
        open_file(tmp_path / "a.tar.gz")


def test_gzip_that_breaks_off_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"a,b\n" + bytes(range(48, 58)) * 9000)[:-30])
    with pytest.raises(UnreadableFile, match="gzip 压缩包解不开"):
        open_file(tmp_path / "a.csv.gz")


def test_a_bomb_of_gzip_is_not_unfolded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "RATIO_FROM_BYTES", 1_000_000)
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"x" * 9_000_000))
    with pytest.raises(UnreadableFile, match="压缩炸弹"):
        open_file(tmp_path / "a.csv.gz")


def test_what_is_wrong_inside_is_said_of_the_file_that_the_user_knows(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"b.csv": b" \n \n"})
    with pytest.raises(UnreadableFile) as caught:
        open_file(path)
    assert str(caught.value).startswith(f"{path} 里的 b.csv ") and tempfile.gettempdir() + "/feed" not in str(caught)


def test_what_macs_add_is_no_table(tmp_path: Path) -> None:
    members = {"a.csv": b"a,b\n1,2\n", "__MACOSX/._a.csv": b"\x00\x05\x16\x07"}
    assert list(open_file(write_zip(tmp_path / "a.zip", members))) == [(2, ["1", "2"])]


def test_two_tables_are_asked_about(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"2 个数据文件：a\.csv、b\.csv"):
        open_file(write_zip(tmp_path / "a.zip", {"a.csv": b"a,b\n1,2\n", "b.csv": b"a,b\n1,2\n"}))


def test_a_text_is_a_table_where_there_is_no_other(tmp_path: Path) -> None:
    content = "编号\t内容\n1\t好\n".encode()
    assert list(open_file(write_zip(tmp_path / "a.zip", {"日志.txt": content}))) == [(2, ["1", "好"])]


def test_old_workbooks_are_data(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"2 个数据文件：a\.xls、b\.xls"):
        open_file(write_zip(tmp_path / "a.zip", {"a.xls": b"x", "b.xls": b"y"}))


def test_an_archive_without_data_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="里面没有数据文件"):
        open_file(write_zip(tmp_path / "a.zip", {"合同.pdf": b"x", "图/1.png": b"y"}))


def test_data_of_another_kind_beside_the_table_are_told(tmp_path: Path) -> None:
    members = {"9月.csv": b"a,b\n1,2\n", "10月.xlsx": b"PK", "语法.txt": b"x"}
    rows = open_file(write_zip(tmp_path / "a.zip", members))
    assert list(rows) == [(2, ["1", "2"])]
    assert rows.warnings == ("ZIP 压缩包里的 10月.xlsx 没有读；要读请解压后分别导入",)


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"a.csv": b"a,b\n" + b"1,2\n" * 1000})
    path.write_bytes(path.read_bytes().replace(b"1,2\n1,2\n", b"1,3\n1,2\n", 1))
    with pytest.raises(UnreadableFile, match="解不开"):
        open_file(path)


def test_a_bomb_is_not_unfolded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "RATIO_FROM_BYTES", 1_000_000)
    path = tmp_path / "a.zip"
    with ZipFile(path, "w", ZIP_DEFLATED) as bomb:
        bomb.writestr("a.csv", "编号,内容\n" + "x" * 2_000_000)
    with pytest.raises(UnreadableFile, match="压缩炸弹"):
        open_file(path)


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "t"))
    (tmp_path / "t").mkdir()
    rows = open_file(write_zip(tmp_path / "a.zip", {"a.csv": b"a,b\n1,2\n"}))
    assert list((tmp_path / "t").iterdir()) and list(rows) == [(2, ["1", "2"])]
    del rows
    gc.collect()
    assert not list((tmp_path / "t").iterdir())


def write_message(path: Path, *pages: tuple[str, str], charset: str = "gb2312", transfer: str = "base64") -> Path:
    """Write web pages as Excel saves them in one file."""
    message = MIMEMultipart("related")
    for name, page in pages:
        part = MIMEBase("text", "html", charset=charset)
        part.set_payload(page.encode(charset))
        (encode_base64 if transfer == "base64" else encode_quopri)(part)
        part["Content-Location"] = f"file:///C:/9F3A/{name}"
        message.attach(part)
    path.write_bytes(message.as_bytes())
    return path


PAGE = (
    "<html><body><table><tr><td>编号<td>内容</tr>"
    + "<tr><td>1<td>太吵了，晚上睡不好</tr>" * 3
    + "</table></body></html>"
)


@pytest.mark.parametrize("transfer", ["base64", "quoted-printable"])
@pytest.mark.parametrize("charset", ["gb2312", "utf-8"])
def test_a_web_page_saved_as_one_file_is_the_page_of_its_longest_table(tmp_path, charset, transfer) -> None:
    frame = "<html><frameset><frame src='Book1.files/sheet001.htm'></frameset></html>"
    short = "<table><tr><td>甲<td>乙</tr></table>"
    pages = [("Book1.htm", frame), ("Book1.files/sheet001.htm", PAGE), ("Book1.files/sheet002.htm", short)]
    rows = open_file(write_message(tmp_path / "a.xls", *pages, charset=charset, transfer=transfer))
    assert (rows.container, [cells for _, cells in rows]) == ("html", [["1", "太吵了，晚上睡不好"]] * 3)
    assert rows.warnings == ("单个文件网页（MHTML）里的 sheet002.htm 没有读；要读请用 Excel 另存为 .xlsx",)


def test_headers_of_a_browser_may_stand_before_the_pages(tmp_path: Path) -> None:
    path = write_message(tmp_path / "a.mht", ("Book1.htm", PAGE))
    path.write_bytes(
        b"From: <Saved by Blink>\r\nSubject: =?utf-8?B?5Y+w6LSm?=\r\n\t=?utf-8?B?5Y+w?=\r\n" + path.read_bytes()
    )
    assert len(list(open_file(path))) == 3


def test_a_place_whose_name_is_no_ascii_does_no_harm(tmp_path: Path) -> None:
    path = write_message(tmp_path / "a.mht", ("Book1.htm", PAGE), ("Book1.files/sheet002.htm", "<table></table>"))
    path.write_bytes(path.read_bytes().replace(b"Book1", "台账".encode("gbk")))
    assert len(list(open_file(path))) == 3


def test_a_message_without_a_page_or_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnreadableFile, match="没有网页；请"):
        open_file(write_message(tmp_path / "a.mht"))
    monkeypatch.setattr(archive, "MAX_MESSAGE_BYTES", 10)
    with pytest.raises(UnreadableFile, match=r"MHTML.*请"):
        open_file(write_message(tmp_path / "a.mht", ("Book1.htm", PAGE)))

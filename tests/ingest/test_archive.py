"""A ZIP or gzip that holds one data file is that file; one that holds several is asked about."""

import gc
import gzip
import io
import tarfile
import tempfile
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
    assert rows.warnings == ("压缩包里的 10月.xlsx 没有读；要读请解压后分别导入",)


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

"""A file is what its first bytes say, whatever it is called; what is no table is refused in one sentence."""

from pathlib import Path
from unittest.mock import patch

import pytest

from feedback_engine.config.model import SourceConfig
from feedback_engine.errors import NoHeadings, UnreadableFile
from feedback_engine.ingest import container
from feedback_engine.ingest.container import open_rows
from feedback_engine.ingest.heading_line import are_headings, open_at_headings

ANY = SourceConfig(name="x", path="x")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n<html></html>", "网页"),
        (b"\n\n <TABLE border=1><tr><td>a,b</td></tr></TABLE>", "网页"),
        (b"<style>td{mso-number-format:0}</style><table><tr><td>a</td></tr></table>", "网页"),
        (b"<div><table><tr><td>a,b</td></tr></table></div>", "网页"),
        (b"\0" * 5000, "二进制"),
        (b"a,b\n" + b"\0" * 500, "二进制"),
        (b"%PDF-1.7 \n", "PDF"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"PK\x05\x06" + bytes(18), "ZIP"),
    ],
)
def test_what_is_no_table_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "导出.xls"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=said) as caught:
        open_rows(path, ANY)
    assert "请" in str(caught.value) and "\n" not in str(caught.value)


def test_a_table_below_thousands_of_blank_lines_is_a_table(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n" * 9000 + "评论内容,评分\n好,5\n", encoding="utf-8")
    assert [cells for _, cells in open_rows(path, ANY)] == [["好", "5"]]


def test_a_stray_zero_byte_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("评论内容,评分\n好\0,5\n".encode())
    assert [cells for _, cells in open_rows(path, ANY)] == [["好\0", "5"]]


def test_headings_are_looked_for_only_where_their_line_is_at_fault(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"x" * 4_100_000 + b"\na,b,c\n1,2,3\n")
    with (
        patch.object(container, "read_csv", wraps=container.read_csv) as reader,
        pytest.raises(UnreadableFile, match="超过"),
    ):
        open_at_headings(path, ANY, are_headings)
    assert reader.call_count == 1


def test_an_endless_first_line_is_no_missing_heading(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"x" * 4_100_000 + b"\na,b,c\n1,2,3\n")
    with pytest.raises(UnreadableFile, match="超过") as caught:
        open_rows(path, ANY)
    assert not isinstance(caught.value, NoHeadings)

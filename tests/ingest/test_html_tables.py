"""Web pages that systems call .xls: their longest table is the data."""

from pathlib import Path

import pytest

import feedback_engine as fe
from feedback_engine.config.model import SourceConfig
from feedback_engine.errors import MappingError, UnreadableFile
from feedback_engine.ingest.container import open_rows
from feedback_engine.ingest.readers.rows import Rows

HEAD = '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><style>td{mso-number-format:"\\@"}</style><body>'


def read(path: Path, page: str, codec: str = "utf-8") -> Rows:
    path.write_bytes(page.encode(codec))
    return open_rows(path, SourceConfig(name="test", path=str(path)))


def row(*cells: str, tag: str = "td") -> str:
    return "<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells) + "</tr>\n"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_cells_are_what_the_page_shows(tmp_path: Path, codec: str) -> None:
    table = row("编号", "内容", tag="th") + row("00123", "太脏<br>了 &amp; <b>很吵</b>\n  啊&nbsp;") + row("2", "")
    rows = read(tmp_path / "a.xls", f"{HEAD}<table border=1>{table}</table></body></html>", codec)
    assert (rows.container, rows.header) == ("html", ["编号", "内容"])
    assert list(rows) == [(2, ["00123", "太脏\n了 & 很吵   啊\xa0"]), (3, ["2", ""])]


def test_ends_that_a_page_leaves_out_are_understood(tmp_path: Path) -> None:
    rows = read(tmp_path / "a.xls", "<TABLE><TR><TD>编号<TD>内容<TR><TD>1<TD>好<TR><TD>2<TD>坏</TABLE>")
    assert list(rows) == [(2, ["1", "好"]), (3, ["2", "坏"])]


def test_the_longest_table_is_read_and_one_inside_a_cell_is_text(tmp_path: Path) -> None:
    title = "<table>" + row("2026 年 11 月", "投诉") + "</table>"
    inner = "<table><tr><td>甲</td><td>乙</td></tr></table>"
    data = "<table>" + row("编号", "内容") + row("1", inner) + row("2", "好") + "</table>"
    assert list(read(tmp_path / "a.xls", f"<html>{title}{data}</html>")) == [(2, ["1", "甲乙"]), (3, ["2", "好"])]


def test_merged_cells_hold_their_value_first_and_move_no_other(tmp_path: Path) -> None:
    table = row("区域", "编号", "内容") + '<tr><td rowspan="2">华南</td><td>1</td><td>好</td></tr>' + row("2", "坏")
    table += '<tr><td colspan="2">合计</td><td>2</td></tr>'
    rows = read(tmp_path / "a.xls", f"<table>{table}</table>")
    assert [cells for _, cells in rows] == [["华南", "1", "好"], ["", "2", "坏"], ["合计", "", "2"]]


@pytest.mark.parametrize(
    "page",
    [
        "<html><body>请先登录</body></html>",
        "<table><tr><td>只有一行</td><td>不是数据</td></tr></table>",
        "<table>" + "<tr><td>一列</td></tr>" * 5 + "</table>",
        "<?xml version='1.0'?><rows><row><id>1</id></row></rows>",
    ],
)
def test_a_page_without_a_table_of_data_is_refused_with_the_way_out(tmp_path: Path, page: str) -> None:
    with pytest.raises(UnreadableFile, match=r"网页或 XML.*请"):
        read(tmp_path / "a.xls", page)


def test_cells_that_reach_over_everything_do_not_fill_the_memory(tmp_path: Path) -> None:
    bomb = "<tr>" + '<td colspan="1000" rowspan="1000">x</td>' * 500 + "</tr>"
    assert len(read(tmp_path / "a.xls", f"<table>{bomb}{row('1', '2')}</table>").header) < 20_000


def test_no_row_of_a_page_in_one_long_line_is_lost(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("feedback_engine.ingest.readers.text.MAX_CHARACTERS", 1000)
    table = "".join(row(str(n), "等了很久没人管" * 9).rstrip("\n") for n in range(9000))
    assert len(list(read(tmp_path / "a.xls", f"<table>{row('编号', '内容').strip()}{table}</table>"))) == 9000


def test_an_export_that_is_a_page_is_recognised_below_its_title(tmp_path: Path) -> None:
    lines = [row(f"W{n:03}", f"等了很久没人管{n}", f"2026-11-{n:02}") for n in range(1, 21)]
    page = (
        f'{HEAD}<table><tr><td colspan="3">投诉台账</td></tr>'
        + row("工单编号", "诉求内容", "受理时间")
        + "".join(lines)
    )
    (tmp_path / "a.xls").write_text(page + "</table></body></html>", encoding="gb18030")
    summary = fe.FeedbackEngine().import_file(tmp_path / "a.xls")
    assert (summary.files[0].platform, summary.stored, summary.quarantined) == ("work_order", 20, 0)


def test_a_table_cut_into_pages_is_read_to_its_last_page(tmp_path: Path) -> None:
    heads = row("投诉编号", "投诉内容", "投诉时间")
    pages = [
        f"<table>{heads}{''.join(row(f'W{n}', f'等了很久没人管{n}', '2026-11-01') for n in part)}</table>"
        for part in (range(20), range(20, 50), range(50, 60))
    ]
    around = "<table>" + row("导航", "首页", "退出") + "</table>"
    (tmp_path / "a.xls").write_text(f"<html>{around}{''.join(pages)}</html>", encoding="utf-8")
    engine = fe.FeedbackEngine()
    found = engine.inspect(tmp_path / "a.xls")
    assert found["rows"] == 60 and any("3 个工作表的标题相同" in said for said in found["warnings"])
    assert engine.import_file(tmp_path / "a.xls").stored == 60
    assert engine.inspect(tmp_path / "a.xls", sheet="表格 4")["rows"] == 10
    with pytest.raises(MappingError, match=r"'表格 9'.*表格 4"):
        engine.inspect(tmp_path / "a.xls", sheet="表格 9")

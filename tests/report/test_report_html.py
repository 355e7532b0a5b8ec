"""The page as a browser reads it: the report's own content, nothing that runs, nothing from anywhere else."""

import errno
import math
import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from feedback_engine.domain import Span
from feedback_engine.errors import ReportError
from feedback_engine.report import html as html_module
from feedback_engine.report.blocks import (
    Chart,
    ChartKind,
    Column,
    ColumnKind,
    Look,
    Marked,
    Note,
    Report,
    Section,
    Series,
    Table,
    Tone,
)
from feedback_engine.report.content import build_report
from feedback_engine.report.drawings import draw_chart
from feedback_engine.report.html import MOST_ROWS, build_page, format_number, write_html
from feedback_engine.report.pagestyle import STYLE

CREATED = datetime(2026, 11, 1, 2, 30, tzinfo=UTC)
VOID = {"meta", "br", "line", "rect", "circle", "polyline"}


class Reader(HTMLParser):
    """Keeps the tags, the words and the links of a page; raises where a tag is not closed in its order."""

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.words, self.links, self.ids, self.attributes = [], [], [], [], [], []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append(tag)
        self.attributes += found
        self.links += [found[name] for name in ("href", "src") if name in found]
        self.ids += [found["id"]] if "id" in found else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return "".join(self.words)


def simple(*blocks, **options):
    return Report("题", (Section("甲", "标题", blocks, **options),), CREATED)


def read(report):
    return Reader("".join(build_page(report)))


def test_the_page_holds_every_sheet_table_and_note_of_the_report(small_inputs):
    report = build_report(small_inputs)
    page = read(report)
    assert page.links == [f"#s{number}" for number in range(1, len(report.sections) + 1)]
    assert set(page.ids) == {link[1:] for link in page.links}
    for section in report.sections:
        assert section.heading in page.text
        for block in section.blocks:
            if isinstance(block, Table) and len(block.rows):
                assert block.title in page.text and all(column.heading in page.text for column in block.columns)
            if isinstance(block, Note):
                assert block.text in page.text
    assert page.tags.count("svg") == sum(isinstance(b, Chart) for s in report.sections for b in s.blocks)


def test_a_page_needs_nothing_beside_it_and_runs_nothing(small_inputs):
    page = "".join(build_page(build_report(small_inputs)))
    assert {"script", "link", "img", "iframe", "object"}.isdisjoint(Reader(page).tags)
    assert not re.search(r"https?:|url\(|@import", STYLE)
    assert not any(name.startswith("on") for name in Reader(page).attributes)
    assert "default-src 'none'" in page


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=1>', "a & b < c", "</td></table>"])
def test_texts_are_shown_as_they_are_wherever_they_stand(text):
    table = Table("t", text, (Column(text), Column("数", ColumnKind.NUMBER)), [(text, 1.0), (Marked(text), 2.0)])
    chart = Chart(text, ChartKind.BAR, "t", text, (Series("数"),))
    page = read(simple(Note(text), table, chart, lead=text))
    assert {"script", "img"}.isdisjoint(page.tags)
    assert page.text.count(text) >= 7


def test_what_no_page_can_hold_is_replaced():
    page = "".join(build_page(simple(Table("t", "", (Column("文"),), [("控\x00制孤\ud800立",)]))))
    assert "控\ufffd制孤\ufffd立" in page
    page.encode("utf-8")


def test_marked_spans_lie_where_they_were_found():
    cell = Marked("物流很快，但<客服>太差", Tone.BAD, (Span(2, 4), Span(10, 12)))
    page = "".join(build_page(simple(Table("t", "", (Column("文"),), [(cell,)]))))
    assert re.findall(r"<mark[^>]*>(.*?)</mark>", page) == ["很快", "太差"]


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        (Column("数", ColumnKind.NUMBER), 1234.56, "1,234.6"),
        (Column("数", ColumnKind.NUMBER), 12, "12"),
        (Column("数", ColumnKind.INTEGER), 1234567, "1,234,567"),
        (Column("数", ColumnKind.PERCENT), 0.1234, "12.3%"),
        (Column("数", ColumnKind.NUMBER, is_signed=True), 2.04, "+2.0"),
        (Column("数", ColumnKind.NUMBER, is_signed=True), -2.06, "-2.1"),
        (Column("数", ColumnKind.NUMBER), math.nan, ""),
    ],
)
def test_numbers_are_shown_as_in_the_workbook(column, value, shown):
    assert format_number(column, value) == shown


def test_a_long_table_says_how_much_of_it_is_shown(monkeypatch):
    monkeypatch.setattr(html_module, "MOST_ROWS", 3)
    page = read(simple(Table("t", "", (Column("号", ColumnKind.INTEGER),), [(n,) for n in range(10)])))
    assert page.tags.count("td") == 3 and "共 10 行，这里列出前 3 行" in page.text
    assert MOST_ROWS >= 1000


def test_an_empty_report_is_a_page_too(empty_inputs):
    assert "（无数据）" in read(build_report(empty_inputs)).text or "没有" in read(build_report(empty_inputs)).text


@pytest.mark.parametrize("kind", ChartKind)
@pytest.mark.parametrize(
    "values", [[1.0, 2.0, 3.0], [0.0, 0.0, 0.0], [None, 5.0, None], [-3.0, 0.0, 1e9], [math.nan, 1, 2]]
)
def test_every_kind_of_chart_is_drawn_inside_its_frame(kind, values):
    rows = [(f"名{n}", value, value, value, n / 3) for n, value in enumerate(values)]
    columns = (Column("名"), *(Column(name, ColumnKind.NUMBER) for name in ("值", "低", "高", "份")))
    series = (Series("值", lower="低", upper="高"), Series("份"))
    category = "份" if kind is ChartKind.SCATTER else "名"
    drawn = draw_chart(Chart("图", kind, "t", category, series, labels="名"), Table("t", "", columns, rows))
    assert "nan" not in drawn and "inf" not in drawn
    height = float(re.search(r'viewBox="0 0 960 ([\d.]+)"', drawn)[1])
    places = [float(n) for n in re.findall(r'\b(?:x|x1|x2|cx)="([-\d.]+)"', drawn)]
    heights = [float(n) for n in re.findall(r'\b(?:y|y1|y2|cy)="([-\d.]+)"', drawn)]
    assert all(-1 <= place <= 961 for place in places) and all(-1 <= place <= height + 1 for place in heights)


def test_a_chart_without_a_number_is_left_out():
    table = Table("t", "", (Column("名"), Column("值", ColumnKind.NUMBER)), [("甲", None)])
    assert draw_chart(Chart("图", ChartKind.LINE, "t", "名", (Series("值"),)), table) == ""


@pytest.mark.parametrize("look", Look)
def test_columns_that_show_sizes_do_so_for_any_numbers(look):
    table = Table(
        "t", "", (Column("值", ColumnKind.NUMBER, look=look),), [(1.0,), (-1.0,), (None,), (math.inf,), ("词",)]
    )
    assert read(simple(table)).tags.count("td") == 5


def test_equal_reports_give_equal_bytes(small_inputs, tmp_path):
    report = build_report(small_inputs)
    for name in ("a.html", "b.HTM"):
        write_html(report, tmp_path / name)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.HTM").read_bytes()


def test_a_failure_leaves_the_old_page_and_nothing_else(small_inputs, tmp_path, monkeypatch):
    path: Path = tmp_path / "页.html"
    path.write_text("旧", encoding="utf-8")

    def fail(_report):
        yield "<!DOCTYPE html>"
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(html_module, "build_page", fail)
    with pytest.raises(ReportError, match=r"页\.html：磁盘已满.*旧报告未动"):
        write_html(replace(build_report(small_inputs)), path)
    assert path.read_text(encoding="utf-8") == "旧" and list(tmp_path.iterdir()) == [path]

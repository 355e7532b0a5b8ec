"""The workbook as others open it: safe text, real numbers, native charts, equal bytes, nothing half written."""

import errno
import os
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from openpyxl import load_workbook

from feedback_engine.errors import ReportError
from feedback_engine.report import sheets as sheets_module
from feedback_engine.report import verify as verify_module
from feedback_engine.report.blocks import (
    Chart,
    ChartKind,
    Column,
    ColumnKind,
    Marked,
    Note,
    Report,
    Section,
    Series,
    Table,
    Tone,
)
from feedback_engine.report.cells import CUT_MARK
from feedback_engine.report.content import build_report
from feedback_engine.report.excel import write_excel

HOSTILE = [
    "=1+1",
    "@SUM(A1:A9)",
    "+1",
    "-差评",
    '=HYPERLINK("http://example.invalid","点我")',
    "{=1}",
    "#N/A",
    "http://example.invalid/",
    "00123",
    "110101199003074514",
    "<r>没有结尾的标记",
    "<r><t>假的富文本</t></r>",
    "<r>&坏</r>",
    "_x0041_",
    "  空格  ",
    "true",
    "😀" * 3,
]
BROKEN = {"控\x0b制\x00": "控\ufffd制\ufffd", "孤\ud800立": "孤\ufffd立", "非\ufffe字\uffff": "非\ufffd字\ufffd"}
CREATED = datetime(2026, 11, 1, 2, 30, tzinfo=UTC)


def simple(cells, **options):
    """A report of one table with one column."""
    table = Table("t", "表", (Column("文本"),), [(cell,) for cell in cells])
    return Report("题", (Section("甲", "标题", (table,), **options),), CREATED)


def cells_of(path, sheet):
    book = load_workbook(path, rich_text=True)
    return [cell for row in book[sheet].iter_rows() for cell in row if cell.value is not None]


def values_of(path, sheet):
    return [str(cell.value) for cell in cells_of(path, sheet)]


@pytest.fixture(scope="module")
def workbook(small_inputs, tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "报告.xlsx"
    write_excel(build_report(small_inputs), path)
    return path


@pytest.mark.parametrize("is_data", [False, True])
def test_no_text_becomes_a_formula_a_number_or_a_link(tmp_path, is_data):
    path = tmp_path / "r.xlsx"
    write_excel(simple(HOSTILE, is_data=is_data), path)
    cells = cells_of(path, "甲")[-len(HOSTILE) :]
    assert [str(cell.value) for cell in cells] == HOSTILE
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells)
    assert not [cell for cell in cells if cell.hyperlink]


def test_names_headings_and_notes_are_as_safe_as_cells(tmp_path):
    path = tmp_path / "r.xlsx"
    table = Table("t", "=2+2", (Column("=1+1"), Column("@SUM", fills=True)), [("甲", "=3+3" * 60)], empty="=0")
    blocks = (Note("=4+4"), Note("+5", is_heading=True), table)
    write_excel(Report("=9+9", (Section("=6", "=7+7", blocks, "=8+8"),), CREATED), path)
    assert {cell.data_type for cell in cells_of(path, "=6")} == {"s"}
    assert {"=1+1", "=2+2", "=3+3" * 60, "=4+4", "=7+7", "=8+8"} <= set(values_of(path, "=6"))


def test_what_xml_cannot_hold_is_replaced_and_the_file_opens(tmp_path):
    path = tmp_path / "r.xlsx"
    write_excel(simple(list(BROKEN)), path)
    assert set(BROKEN.values()) <= set(values_of(path, "甲"))


def test_a_text_of_40000_characters_is_cut_with_a_mark(tmp_path):
    path = tmp_path / "r.xlsx"
    write_excel(simple(["好" * 40_000]), path)
    (text,) = (value for value in values_of(path, "甲") if len(value) > 1000)
    assert len(text) == 32_000 + len(CUT_MARK)
    assert text.endswith(CUT_MARK)


def test_evidence_is_set_in_colour_within_the_cell(workbook):
    book = load_workbook(workbook, rich_text=True)
    runs = [c.value for row in book["典型原声"].iter_rows() for c in row if type(c.value).__name__ == "CellRichText"]
    assert runs
    assert any(str(run) == "很快" for run in runs[0])
    assert str(runs[0]).startswith("物流很快")


def test_hostile_inputs_from_end_to_end_leave_no_formula(small_inputs, tmp_path):
    feedback = small_inputs.feedback.copy()
    texts = [HOSTILE[n % len(HOSTILE)] for n in range(len(feedback))]
    feedback["text"] = texts
    feedback["channel"] = "=cmd|' /C calc'!A0"
    cases = small_inputs.cases.assign(department="=1+1", status="@x", stated_type="-1")
    names = {code: f"={name}" for code, name in small_inputs.touchpoint_names.items()}
    path = tmp_path / "r.xlsx"
    inputs = replace(small_inputs, feedback=feedback, cases=cases, touchpoint_names=names, title="=1+1", project="+1")
    write_excel(build_report(inputs), path)
    book = load_workbook(path)
    assert not [
        c for sheet in book for row in sheet.iter_rows() for c in row if c.data_type in ("f", "e") or c.hyperlink
    ]


def test_numbers_are_numbers_with_formats(workbook, small_inputs):
    book = load_workbook(workbook)
    sheet = book["触点得分"]
    header = next(row for row in sheet.iter_rows() if row[0].value == "排名")
    row = next(sheet.iter_rows(min_row=header[0].row + 1))
    by_heading = {head.value: cell for head, cell in zip(header, row, strict=True)}
    assert by_heading["满意度指数"].value == 88.0
    assert by_heading["满意度指数"].number_format == "#,##0.0"
    assert by_heading["评分 n"].number_format == "#,##0"
    assert by_heading["环比（点）"].number_format.startswith("+")


def test_moments_are_dates_on_the_clock_of_the_project(workbook):
    sheet = load_workbook(workbook)["明细"]
    assert sheet["D2"].is_date
    assert sheet["D2"].value == datetime(2026, 10, 14, 18, 20)  # noqa: DTZ001 - Excel knows no zones


def test_a_moment_before_excels_calendar_is_written_as_text(tmp_path):
    path = tmp_path / "r.xlsx"
    old = datetime(1850, 5, 1, 8, 0)  # noqa: DTZ001 - Excel knows no zones
    table = Table("t", "表", (Column("时间", ColumnKind.MOMENT),), [(old,)])
    write_excel(Report("题", (Section("甲", "标题", (table,)),), CREATED), path)
    assert "1850-05-01 08:00" in values_of(path, "甲")


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf"), None])
def test_what_is_no_number_stays_blank(tmp_path, number):
    path = tmp_path / "r.xlsx"
    table = Table("t", "表", (Column("名"), Column("数", ColumnKind.NUMBER)), [("甲", number), ("乙", 0)])
    write_excel(Report("题", (Section("甲", "标题", (table,)),), CREATED), path)
    sheet = load_workbook(path)["甲"]
    found = {row[0].value: row[1].value for row in sheet.iter_rows(min_col=1, max_col=2)}
    # A zero, on the other hand, stays a zero.
    assert (found["甲"], found["乙"]) == (None, 0)


def test_charts_are_native_and_cache_their_figures(workbook):
    book = load_workbook(workbook)
    assert {sheet.title: len(sheet._charts) for sheet in book if sheet._charts} == {
        "总览": 1,
        "触点得分": 1,
        "投诉分析": 1,
        "情感与主题": 2,
    }
    with zipfile.ZipFile(workbook) as archive:
        charts = [archive.read(n).decode() for n in archive.namelist() if n.startswith("xl/charts/chart")]
    assert all("<c:numCache>" in chart and "<c:v>" in chart for chart in charts)
    assert any("<c:errBars>" in chart for chart in charts)
    assert sum("<c:barChart>" in chart and "<c:lineChart>" in chart for chart in charts) == 1


def drawn(path, kind, rows, **more):
    """Return the XML of a chart of these rows."""
    table = Table(
        "t", "表", (Column("名"), Column("正面", ColumnKind.INTEGER), Column("负面", ColumnKind.INTEGER)), rows
    )
    chart = Chart("图", kind, "t", "名", (Series("正面"), Series("负面")), **more)
    write_excel(Report("题", (Section("甲", "标题", (chart, table)),), CREATED), path)
    with zipfile.ZipFile(path) as archive:
        return archive.read("xl/charts/chart1.xml").decode()


@pytest.mark.parametrize("kind", [ChartKind.BAR, ChartKind.STACKED_BAR, ChartKind.PARETO])
def test_bars_begin_at_nothing(tmp_path, kind):
    # Left to itself a viewer begins 130 and 136 at 126, and the six look like twice the hundred and thirty.
    assert '<c:min val="0"/>' in drawn(tmp_path / "r.xlsx", kind, [("甲", 130, 6), ("乙", 131, 5)])


def test_bars_that_hang_below_nothing_are_seen_whole(tmp_path):
    assert "<c:min" not in drawn(tmp_path / "r.xlsx", ChartKind.BAR, [("甲", 130, -6)])


def test_a_line_need_not_begin_at_nothing_and_names_its_months_at_the_foot(tmp_path):
    chart = drawn(tmp_path / "r.xlsx", ChartKind.LINE, [("9月", 70, -6), ("10月", 72, 4)])
    assert "<c:min" not in chart
    assert '<c:tickLblPos val="low"/>' in chart


def test_charts_do_not_lie_over_cells(workbook):
    for sheet in load_workbook(workbook):
        for chart in sheet._charts:
            first, last = chart.anchor._from.row + 1, chart.anchor.to.row + 1
            covered = [
                c.value for row in sheet.iter_rows(min_row=first, max_row=last) for c in row if c.value is not None
            ]
            assert not covered, sheet.title


def test_the_data_sheet_has_a_filter_frozen_headings_and_no_merged_cells(workbook):
    sheet = load_workbook(workbook)["明细"]
    assert sheet.auto_filter.ref == f"A1:O{sheet.max_row}"
    assert sheet.freeze_panes == "B2"
    assert not sheet.merged_cells.ranges
    assert sheet["A1"].value == "编号"


def test_sheets_print_in_landscape_on_the_width_of_a_page(workbook):
    for sheet in load_workbook(workbook):
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToHeight == 0


def test_the_font_is_one_that_chinese_offices_have(workbook):
    book = load_workbook(workbook)
    fonts = {c.font.name for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None}
    assert fonts == {"微软雅黑"}


def test_equal_inputs_give_equal_bytes(small_inputs, tmp_path):
    first, second = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    write_excel(build_report(small_inputs), first)
    write_excel(build_report(small_inputs), second)
    assert first.read_bytes() == second.read_bytes()


def test_the_mode_mask_of_the_process_does_not_change_the_bytes(small_inputs, tmp_path):
    first, second = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    write_excel(simple(["甲"]), first)
    mask = os.umask(0o077)
    try:
        write_excel(simple(["甲"]), second)
    finally:
        os.umask(mask)
    assert first.read_bytes() == second.read_bytes()


def test_the_only_clock_is_the_callers(workbook):
    with zipfile.ZipFile(workbook) as archive:
        assert b"2026-11-01T02:30:00Z" in archive.read("docProps/core.xml")
        assert {info.date_time[:3] for info in archive.infolist()} == {(1980, 1, 31)}


def test_a_long_table_is_split_over_sheets(tmp_path, monkeypatch):
    monkeypatch.setattr(sheets_module, "SHEET_ROWS", 10)
    path = tmp_path / "r.xlsx"
    write_excel(simple([f"第{n}行" for n in range(25)], is_data=True), path)
    book = load_workbook(path)
    assert {sheet.title: sheet.max_row for sheet in book} == {"甲1": 11, "甲2": 11, "甲3": 6}
    assert [book["甲3"]["A1"].value, book["甲3"]["A6"].value] == ["文本", "第24行"]


def test_a_long_sheet_is_verified_as_a_stream(tmp_path, monkeypatch):
    monkeypatch.setattr(verify_module, "MOST_ROWS_IN_MEMORY", 5)
    monkeypatch.setattr(verify_module, "CHUNK_BYTES", 64)
    path = tmp_path / "r.xlsx"
    write_excel(simple([f"第{n}行" for n in range(300)], is_data=True), path)
    with pytest.raises(ReportError, match="行数应为 9，读回 301"):
        verify_module.verify_workbook(path, [sheets_module.Written("甲", 9)])


@pytest.fixture
def older(tmp_path):
    path = tmp_path / "report.xlsx"
    path.write_bytes(b"an older report")
    return path


def assert_untouched(path):
    assert path.read_bytes() == b"an older report"
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def failing(number):
    def fail(*args, **kwargs):
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("place", ["xlsxwriter.worksheet.Worksheet._write_string", "zipfile.ZipFile.write"])
def test_a_full_disk_leaves_the_older_report(older, monkeypatch, place):
    monkeypatch.setattr(place, failing(errno.ENOSPC))
    with pytest.raises(ReportError, match="磁盘已满"):
        write_excel(simple(["甲"]), older)
    assert_untouched(older)


def test_a_report_that_is_open_in_excel_is_left_and_named(older, monkeypatch):
    monkeypatch.setattr("pathlib.Path.replace", failing(errno.EACCES))
    with pytest.raises(ReportError, match="正在 Excel/WPS 中打开"):
        write_excel(simple(["甲"]), older)
    assert_untouched(older)


def test_a_workbook_that_reads_back_differently_does_not_replace_the_older_one(older, monkeypatch):
    monkeypatch.setattr("openpyxl.worksheet._read_only.ReadOnlyWorksheet.iter_rows", lambda self: iter(()))
    with pytest.raises(ReportError, match="复查不符"):
        write_excel(simple(["甲"]), older)
    assert_untouched(older)


def test_an_error_in_the_rows_leaves_the_older_report(older):
    class Broken:
        def __len__(self):
            return 2

        def __iter__(self):
            yield ("甲",)
            raise RuntimeError("broken source of rows")

    table = Table("t", "表", (Column("文本", width=10),), Broken())
    with pytest.raises(RuntimeError):
        write_excel(Report("题", (Section("甲", "标题", (table,), is_data=True),), CREATED), older)
    assert_untouched(older)


def test_a_folder_in_the_place_of_the_report_is_named(tmp_path):
    (tmp_path / "r.xlsx").mkdir()
    with pytest.raises(ReportError, match="文件夹"):
        write_excel(simple(["甲"]), tmp_path / "r.xlsx")


def test_another_ending_than_xlsx_is_refused(tmp_path):
    with pytest.raises(ReportError, match="xlsx"):
        write_excel(simple(["甲"]), tmp_path / "r.xls")


def test_missing_folders_are_made(tmp_path):
    write_excel(simple(["甲"]), tmp_path / "新" / "夹" / "r.xlsx")
    assert (tmp_path / "新" / "夹" / "r.xlsx").exists()


def test_sections_whose_names_excel_would_refuse_are_renamed(tmp_path):
    sections = tuple(Section(name, "标题", (Note("无"),)) for name in ("a/b", "A/B", "长" * 40))
    write_excel(Report("题", sections, CREATED), tmp_path / "r.xlsx")
    assert load_workbook(tmp_path / "r.xlsx").sheetnames == ["a_b", "A_B_2", "长" * 31]


def test_a_marked_text_that_is_cut_keeps_its_marks_within(tmp_path):
    from feedback_engine.domain import Span

    marked = Marked("好" * 40_000, Tone.BAD, (Span(1, 3), Span(39_000, 39_500)))
    write_excel(simple([marked]), tmp_path / "r.xlsx")
    assert max(len(value) for value in values_of(tmp_path / "r.xlsx", "甲")) == 32_000 + len(CUT_MARK)


def test_an_empty_report_opens(empty_inputs, tmp_path):
    write_excel(build_report(empty_inputs), tmp_path / "r.xlsx")
    assert len(load_workbook(tmp_path / "r.xlsx").sheetnames) == 10

"""What a workbook's cells become, which sheet is read, and who takes over when the fast reader fails."""

from __future__ import annotations

import datetime
import gc
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from raw_workbook import NS, TABLE, old_workbook, sheet_xml, workbook_parts, write_package
from xlsxwriter import Workbook

from feedback_engine.errors import MappingError, UnreadableFile
from feedback_engine.ingest.number_formats import find_percent_styles
from feedback_engine.ingest.old_workbook import inspect_old_workbook
from feedback_engine.ingest.readers import excel_process
from feedback_engine.ingest.readers.excel import read_excel

MOMENT = datetime.datetime.fromisoformat("2026-10-31 09:30:05")
SHARED = Path(__file__).parents[3] / "shared"


def write_cells(path: Path, *cells: tuple[object, str]) -> Path:
    """Write a heading row and, below, each value under its number format."""
    book = Workbook(path)
    sheet = book.add_worksheet("数据")
    for column, (value, number_format) in enumerate(cells):
        sheet.write(0, column, f"题{column}")
        sheet.write(1, column, value, book.add_format({"num_format": number_format}))
    book.close()
    return path


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (24, "General", "24"),
        (24.0, "0.00", "24"),
        (12.5, "General", "12.5"),
        (0.1, "0%", "0.1"),
        (13800138000, "General", "13800138000"),
        (-3, "General", "-3"),
        (1e20, "General", "100000000000000000000"),
        (True, "General", "TRUE"),
        (False, "General", "FALSE"),
        (datetime.date(2026, 10, 31), "yyyy-mm-dd", "2026-10-31"),
        (MOMENT, "yyyy-mm-dd hh:mm:ss", "2026-10-31 09:30:05"),
        (MOMENT, 'yyyy"年"m"月"d"日"', "2026-10-31 09:30:05"),
        (datetime.time(9, 30), "hh:mm", "09:30:00"),
        (datetime.timedelta(hours=30, minutes=5), "[h]:mm:ss", "30:05:00"),
        ("00123", "General", "00123"),
        ("好评😀𠮷", "General", "好评😀𠮷"),
        (" 前后 ", "General", " 前后 "),
    ],
)
def test_a_cell_becomes_the_text_a_person_reads(tmp_path, value, number_format, text) -> None:
    rows = read_excel(write_cells(tmp_path / "a.xlsx", (value, number_format)))
    assert list(rows) == [(2, [text])]


@pytest.mark.parametrize("engine", ["calamine", "openpyxl"])
def test_both_engines_say_the_same(tmp_path, monkeypatch, engine) -> None:
    if engine == "openpyxl":
        monkeypatch.setattr("feedback_engine.ingest.extent.MAX_EXTENT", 1)
    path = write_cells(tmp_path / "a.xlsx", (24, "0"), (12.5, "0.0"), (True, "0"), (MOMENT, "yyyy-mm-dd hh:mm"))
    rows = read_excel(path)
    assert any("逐行" in sentence for sentence in rows.evidence) is (engine == "openpyxl")
    assert list(rows) == [(2, ["24", "12.5", "TRUE", "2026-10-31 09:30:05"])]


def test_error_values_stay_visible(tmp_path) -> None:
    cell = '<row r="3"><c r="A3" t="e"><f>NA()</f><v>#N/A</v></c><c r="B3" t="inlineStr"><is><t>慢</t></is></c></row>'
    path = write_package(tmp_path / "a.xlsx", workbook_parts(sheet_xml(TABLE + cell)))
    assert list(read_excel(path))[1] == (3, ["#N/A", "慢"])


def error_row(number: int, error: str = "#N/A", more: str = "") -> str:
    cells = "".join(f'<c r="{column}{number}" t="e"><v>{error}</v></c>' for column in "AB")
    return f'<row r="{number}">{cells}{more}</row>'


@pytest.mark.parametrize("engine", ["calamine", "openpyxl"])
@pytest.mark.parametrize("kept", [100_000, 1])
def test_a_row_of_nothing_but_errors_is_a_reject(tmp_path, monkeypatch, engine: str, kept: int) -> None:
    monkeypatch.setattr("feedback_engine.ingest.extent.MAX_ERROR_CELLS", kept)
    if engine == "openpyxl":
        monkeypatch.setattr("feedback_engine.ingest.extent.MAX_EXTENT", 1)
    later = '<row r="5"><c r="A5"><v>3</v></c><c r="D5" t="e"><v>#N/A</v></c></row>'
    cells = TABLE + error_row(3) + error_row(4, "#REF!") + later + error_row(9)
    rows = read_excel(write_package(tmp_path / "a.xlsx", workbook_parts(sheet_xml(cells, "A1:D9"))))
    told = [(number, next(filter(None, row))) for number, row in rows]
    if kept > 1:
        assert told == [(2, "1"), (5, "3")]
        assert [(reject.row_number, reject.value) for reject in rows.rejects] == [
            (3, "#N/A | #N/A"),
            (4, "#REF! | #REF!"),
            (9, "#N/A | #N/A"),
        ]
    assert {number for number, _ in told} | {reject.row_number for reject in rows.rejects} == {2, 3, 4, 5, 9}
    assert all("Excel 的错误值" in reject.reason for reject in rows.rejects)


def test_formulas_without_a_result_are_told_and_a_row_of_nothing_else_is_a_reject(tmp_path) -> None:
    later = '<row r="3"><c r="A3"><v>2</v></c><c r="B3"><f>A3&amp;"次"</f><v /></c></row>'
    later += '<row r="4"><c r="A4"><f>A3+1</f></c><c r="B4"><f t="shared" si="0"/><v></v></c></row>'
    later += '<row r="5"><c r="A5"><f>A4+1</f><v>4</v></c><c r="B5" t="str"><f>1</f><v>好</v></c></row>'
    rows = read_excel(write_package(tmp_path / "a.xlsx", workbook_parts(sheet_xml(TABLE + later, "A1:B5"))))
    assert list(rows) == [(2, ["1", "物流很快"]), (3, ["2", ""]), (5, ["4", "好"])]
    assert [reject.row_number for reject in rows.rejects] == [4]
    assert any("3 个单元格的公式没有结果" in warning for warning in rows.warnings)


@pytest.mark.parametrize("number", ["2", "1", "0", "-3", "x", ""])
def test_a_row_whose_number_comes_again_or_is_none_is_refused_not_lost(tmp_path, number: str) -> None:
    later = f'<row r="{number}"><c><v>7</v></c></row>'
    path = write_package(tmp_path / "a.xlsx", workbook_parts(sheet_xml(TABLE + later)))
    with pytest.raises(UnreadableFile, match=r"行号有误.*另存为 \.xlsx"):
        read_excel(path)


def merged_workbook(path: Path, *merges: tuple[int, int, int, int]) -> Path:
    """Write a title, headings in row 2 and eight rows, and merge (first row, first column, last row, last column)."""
    book = Workbook(path)
    sheet = book.add_worksheet("数据")
    sheet.write(0, 0, "满意度调查")
    for row in range(1, 10):
        sheet.write_row(row, 0, ["门店", "分", "话"] if row == 1 else ["一店", row, "好"])
    for first_row, first_column, last_row, last_column in merges:
        sheet.merge_range(first_row, first_column, last_row, last_column, "合并")
    book.close()
    return path


@pytest.mark.parametrize(
    ("merges", "count"),
    [
        ([(2, 0, 5, 0)], 3),
        ([(2, 0, 5, 0), (3, 1, 4, 2), (7, 0, 8, 2)], 4),
        ([(2, 0, 2, 2), (0, 0, 0, 2)], 0),
        ([(0, 0, 1, 0)], 0),
        ([(8, 2, 1_000_000, 2)], 1),
        ([], 0),
    ],
)
def test_cells_merged_over_rows_are_told_as_only_the_first_holds_the_value(tmp_path, merges, count) -> None:
    rows = read_excel(merged_workbook(tmp_path / "a.xlsx", *merges), header_row=2)
    told = [warning for warning in rows.warnings if "与上一行合并" in warning]
    assert told == ([w for w in told if w.startswith(f"有 {count} 行") and "取消合并" in w] if count else [])
    assert bool(told) is bool(count)
    assert len(list(rows)) == 8


def test_rows_that_a_filter_hides_are_read_and_told(tmp_path) -> None:
    book = Workbook(tmp_path / "a.xlsx")
    sheet = book.add_worksheet()
    for row in range(6):
        sheet.write_row(row, 0, ["题", "门店"] if row == 0 else [f"很好{row}", "一店"])
    for row in (2, 3, 5, 6, 7):
        sheet.set_row(row, None, None, {"hidden": True})
    book.close()
    rows = read_excel(tmp_path / "a.xlsx")
    assert len(list(rows)) == 5
    assert [warning[:9] for warning in rows.warnings] == ["有 3 行是隐藏的"]


@pytest.mark.parametrize("number_format", ["0%", "0.00%", "#,##0.0%;-0%", '0"分"%'])
def test_numbers_that_people_see_as_percentages_are_told(tmp_path, number_format) -> None:
    path = write_cells(tmp_path / "a.xlsx", (5, "0"), (0.9, number_format), ("90%", number_format), (0.5, "0.0"))
    rows = read_excel(path)
    (warning,) = rows.warnings
    assert warning.startswith("第 2 列（题1）是百分数格式") and "90% 读作 0.9" in warning
    assert list(rows) == [(2, ["5", "0.9", "90%", "0.5"])]


@pytest.mark.parametrize("number_format", ['0"%"', "0\\%", "General", "0.00", "@"])
def test_numbers_with_a_sign_that_multiplies_nothing_are_no_percentages(tmp_path, number_format) -> None:
    assert not read_excel(write_cells(tmp_path / "a.xlsx", (5, "0"), (90, number_format))).warnings


PIECES = [b"<cellXfs>", b"</cellXfs>", b"<xf ", b'numFmtId="9"', b">", b"%", b"\xff"]


@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_any_bytes_are_styles_or_none(pieces) -> None:
    assert all(isinstance(style, int) for style in find_percent_styles(b"".join(pieces)))


def test_rows_without_numbers_follow_one_another(tmp_path) -> None:
    later = "<row><c><v>7</v></c><c><v>8</v></c></row><row><c><v>9</v></c></row>"
    path = write_package(tmp_path / "a.xlsx", workbook_parts(sheet_xml(TABLE + later)))
    assert [number for number, _ in read_excel(path)] == [2, 3, 4]


def test_row_numbers_are_those_of_the_sheet_and_blank_rows_are_left_out(tmp_path) -> None:
    later = '<row r="7"><c r="B7"><v>5</v></c></row><row r="9"><c r="A9" s="0"/></row>'
    path = write_package(tmp_path / "a.xlsx", workbook_parts(sheet_xml(TABLE + later)))
    assert list(read_excel(path)) == [(2, ["1", "物流很快"]), (7, ["", "5"])]


def test_the_headings_may_lie_lower_and_further_right(tmp_path) -> None:
    book = Workbook(tmp_path / "a.xlsx")
    sheet = book.add_worksheet()
    sheet.write("B1", "二〇二六年满意度调查")
    sheet.write_row("B3", ["编号", " 评价 "])
    sheet.write_row("B4", [1, "好"])
    book.close()
    rows = read_excel(tmp_path / "a.xlsx", header_row=3)
    assert rows.header == ["", "编号", "评价"]
    assert list(rows) == [(4, ["", "1", "好"])]


def test_a_blank_heading_row_is_named(tmp_path) -> None:
    path = write_package(tmp_path / "a.xlsx", workbook_parts(sheet_xml(TABLE)))
    with pytest.raises(UnreadableFile, match=r"第 9 行是空的.*header_row"):
        read_excel(path, header_row=9)


def test_columns_beyond_the_headings_are_kept_without_a_name(tmp_path) -> None:
    more = '<row r="3"><c r="A3"><v>2</v></c><c r="D3"><v>9</v></c></row>'
    rows = read_excel(write_package(tmp_path / "a.xlsx", workbook_parts(sheet_xml(TABLE + more))))
    assert rows.header == ["编号", "内容", "", ""]
    assert list(rows) == [(2, ["1", "物流很快", "", ""]), (3, ["2", "", "", "9"])]


def test_the_first_sheet_with_content_is_read_and_the_others_are_named(tmp_path) -> None:
    book = Workbook(tmp_path / "a.xlsx")
    book.add_worksheet("空")
    for name in ("隐藏", "投诉", "附表"):
        book.add_worksheet(name).write_column("A1", ["编号", name])
    book.get_worksheet_by_name("隐藏").hide()
    book.get_worksheet_by_name("投诉").activate()
    book.close()
    rows = read_excel(tmp_path / "a.xlsx")
    assert (rows.sheet, list(rows)) == ("投诉", [(2, ["投诉"])])
    assert rows.others == ("附表",)
    assert any("1 个隐藏的工作表没有读：「隐藏」" in sentence for sentence in rows.warnings)
    assert not any("「空」" in sentence for sentence in rows.evidence)
    assert list(read_excel(tmp_path / "a.xlsx", "隐藏")) == [(2, ["隐藏"])]


def test_a_sheet_that_does_not_exist_is_answered_with_those_that_do(tmp_path) -> None:
    path = write_package(tmp_path / "a.xlsx", workbook_parts(sheet_xml(TABLE)))
    with pytest.raises(MappingError, match=r"'表一'.*表1"):
        read_excel(path, "表一")
    (tmp_path / "b.xls").write_bytes(old_workbook([["编号"], [1.0]]))
    with pytest.raises(MappingError, match=r"'表一'.*旧表"):
        read_excel(tmp_path / "b.xls", "表一")


def test_a_workbook_without_content_is_refused(tmp_path) -> None:
    path = write_package(tmp_path / "a.xlsx", workbook_parts(sheet_xml("")))
    for sheet in (None, "表1"):
        with pytest.raises(UnreadableFile, match="没有内容"):
            read_excel(path, sheet)


def test_old_workbooks_are_read_too(tmp_path) -> None:
    (tmp_path / "a.xls").write_bytes(old_workbook([["编号", "内容"], [1.0, "好"], [12.5, "差"]]))
    rows = read_excel(tmp_path / "a.xls")
    assert (rows.container, rows.sheet, rows.header) == ("xls", "旧表", ["编号", "内容"])
    assert list(rows) == [(2, ["1", "好"]), (3, ["12.5", "差"])]


def test_error_values_of_an_old_workbook_stay_visible_and_rows_of_nothing_else_are_rejects(tmp_path) -> None:
    rows: list[list[str | float]] = [
        ["编号", "内容"],
        ["#N/A", "慢"],
        [2.0, "=#DIV/0!"],
        ["#REF!", "=#VALUE!"],
        [4.0, "好"],
    ]
    (tmp_path / "a.xls").write_bytes(old_workbook([*rows, *([n, "好"] for n in range(5, 499))]))
    read = read_excel(tmp_path / "a.xls")
    told = list(read)
    assert told[:3] == [(2, ["#N/A", "慢"]), (3, ["2", "#DIV/0!"]), (5, ["4", "好"])]
    assert len(told) == len(rows) + 494 - 2
    assert [(reject.row_number, reject.value) for reject in read.rejects] == [(4, "#REF! | #VALUE!")]


def test_a_small_old_workbook_lies_in_the_small_sectors_of_its_container(tmp_path) -> None:
    (tmp_path / "a.xls").write_bytes(old_workbook([["编号"], *([n / 2] for n in range(40)), ["#N/A"]], is_small=True))
    read = read_excel(tmp_path / "a.xls")
    assert len(list(read)) == 40
    assert [reject.row_number for reject in read.rejects] == [42]


@pytest.mark.parametrize("count", [1, 1000])
def test_a_workbook_of_excel_95_is_refused_as_its_hanzi_are_misread(tmp_path, count: int) -> None:
    (tmp_path / "a.xls").write_bytes(old_workbook([["编号"], *([1.0] for _ in range(count))], version=0x0500))
    with pytest.raises(UnreadableFile, match=r"Excel 5\.0/95.*另存为 \.xlsx"):
        read_excel(tmp_path / "a.xls")


@settings(max_examples=60)
@given(place=st.integers(0, 4000), junk=st.binary(min_size=1, max_size=40))
def test_an_old_workbook_with_bytes_overwritten_ends_the_search_for_errors(tmp_path_factory, place, junk) -> None:
    whole = bytearray(old_workbook([["编号", "内容"], *([n, "#N/A"] for n in range(60))]))
    whole[place : place + len(junk)] = junk
    path = tmp_path_factory.mktemp("x") / "a.xls"
    path.write_bytes(whole)
    try:
        found = inspect_old_workbook(path)
    except UnreadableFile as error:
        assert "Excel 5.0/95" in str(error)
    else:
        assert sum(len(extent.errors) for extent in found.values()) <= 60


def test_a_damaged_old_workbook_is_an_error_with_a_reason(tmp_path) -> None:
    whole = old_workbook([["编号", "内容"], [1.0, "好"]])
    for size in (600, 1100, 1600, 2600):
        (tmp_path / "a.xls").write_bytes(whole[:size])
        with pytest.raises(UnreadableFile, match="请"):
            list(read_excel(tmp_path / "a.xls"))


def test_numbers_too_long_for_excel_are_pointed_out(tmp_path) -> None:
    rows = read_excel(write_cells(tmp_path / "a.xlsx", (110101199003070000, "0")))
    assert list(rows) == [(2, ["110101199003070000"])]
    assert any("第 1 列（题0）" in sentence and "15 位" in sentence for sentence in rows.warnings)


def test_a_declared_range_that_is_too_large_is_told(tmp_path) -> None:
    path = write_package(tmp_path / "a.xlsx", workbook_parts(sheet_xml(TABLE, "A1:XFD1048576")))
    rows = read_excel(path)
    assert list(rows) == [(2, ["1", "物流很快"])]
    assert any("A1:XFD1048576" in sentence and "第 2 行" in sentence for sentence in rows.evidence)


def test_a_lone_cell_far_out_is_set_aside_and_the_table_is_read(tmp_path) -> None:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    rows = read_excel(write_package(tmp_path / "a.xlsx", workbook_parts(sheet_xml(TABLE + far))))
    assert rows.header == ["编号", "内容"]
    assert list(rows) == [(2, ["1", "物流很快"])]
    assert [(reject.row_number, reject.value) for reject in rows.rejects] == [(1_048_576, "1")]


def test_an_engine_that_dies_is_replaced_and_the_reason_is_told(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("feedback_engine.ingest.extent.MAX_EXTENT", 10**12)  # as if the preflight had been deceived
    far = '<row r="3"><c r="XFD1048576"><v>1</v></c></row>'
    rows = read_excel(write_package(tmp_path / "a.xlsx", workbook_parts(sheet_xml(TABLE + far))))
    assert any("意外结束" in sentence for sentence in rows.evidence)
    assert list(rows) == [(2, ["1", "物流很快"])]


def test_an_engine_that_dies_midway_is_replaced_without_losing_or_doubling_a_row(tmp_path) -> None:
    book = Workbook(tmp_path / "a.xlsx")
    sheet = book.add_worksheet()
    for line in range(3001):
        sheet.write_row(line, 0, [f"编号{line}", "送货很慢" * 50])
    sheet.write(1500, 1200, "远处")
    book.close()
    rows = iter(opened := read_excel(tmp_path / "a.xlsx"))
    seen = [next(rows) for _ in range(700)]
    rows.gi_frame.f_locals["self"].child._process.kill()
    seen += rows
    assert [number for number, _ in seen] == [*range(2, 1501), *range(1502, 3002)]
    assert [cells[0] for _, cells in seen[::1000]] == ["编号1", "编号1001", "编号2002"]
    assert [reject.row_number for reject in opened.rejects] == [1501]


def test_a_child_that_stands_still_is_killed(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(excel_process, "PATIENCE_SECONDS", 0.3)
    (tmp_path / "child.py").write_text("import time; time.sleep(60)")
    monkeypatch.setattr(excel_process, "_CHILD", tmp_path / "child.py")
    path = write_package(tmp_path / "a.xlsx", workbook_parts(sheet_xml(TABLE)))
    with pytest.raises(UnreadableFile, match="没有进展"):
        read_excel(path)


def test_rows_given_up_unread_leave_no_process_behind(tmp_path, monkeypatch) -> None:
    started = []
    launch = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda *a, **k: started.append(launch(*a, **k)) or started[-1])
    path = write_package(tmp_path / "a.xlsx", workbook_parts(sheet_xml(TABLE)))
    rows = read_excel(path)
    del rows
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and started[0].returncode is None:  # a watch may still be letting go
        gc.collect()
        time.sleep(0.01)
    assert [process.returncode is not None for process in started] == [True]


def test_the_child_starts_without_pandas_or_numpy(tmp_path) -> None:
    code = "import sys, runpy; runpy.run_path(sys.argv[1], run_name='child'); print(*sys.modules)"
    child = subprocess.run([sys.executable, "-P", "-c", code, excel_process._CHILD], capture_output=True, text=True)
    assert child.returncode == 0, child.stderr
    assert not {"pandas", "numpy", "feedback_engine"} & set(child.stdout.split())


def test_text_that_unfolds_without_end_is_refused(tmp_path) -> None:
    strings = f"<sst {NS}><si><t>编号</t></si><si><t>{'好' * 900_000}</t></si></sst>"
    rows = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    rows += "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>1</v></c></row>' for n in range(2, 2000))
    path = write_package(tmp_path / "a.xlsx", workbook_parts(sheet_xml(rows), strings=strings))
    with pytest.raises(UnreadableFile, match=r"内存|展开"):
        list(read_excel(path))


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="no shared folder beside the checkout")
@pytest.mark.parametrize(
    ("name", "columns", "rows"),
    [
        ("data/complaints/hotline_sample.xlsx", 6, 495),
        ("data/surveys/mobile_internet.xlsx", 125, 7020),
        ("formats/samples/wjx/B_357_text_0.xls", 9, 204),
    ],
)
def test_real_workbooks_are_cut_to_what_they_hold(name, columns, rows) -> None:
    opened = read_excel(SHARED / name)
    assert (len(opened.header), sum(1 for _ in opened)) == (columns, rows)
    assert not any("逐行" in sentence for sentence in opened.evidence)

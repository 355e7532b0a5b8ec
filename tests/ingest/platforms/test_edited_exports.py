"""Exports that somebody has edited in Excel are still read: titles above, notes below, columns moved and dropped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from foreign_files import read
from openpyxl import Workbook
from survey_exports import EXPORTS, Table, as_wjx_text, make_survey
from survey_files import Survey, write_csv, write_xlsx
from test_generated_exports import told

from feedback_engine.errors import AmbiguousFormat, UnreadableFile


def pad(table: Table, *cells: str) -> list[str]:
    return [*cells, *[""] * (len(table[0]) - len(cells))]


EDITS: dict[str, Callable[[Table], Table]] = {
    "a title": lambda t: [pad(t, "2026年3月满意度调查汇总"), *t],
    "a title and a line of facts": lambda t: [pad(t, "满意度调查汇总"), pad(t, "导出时间", "2026-04-01"), pad(t), *t],
    "an empty line first": lambda t: [pad(t), *t],
    "headings with blanks": lambda t: [[f" {cell} " if cell else "" for cell in t[0]], *t[1:]],
    "an index in front": lambda t: [["", *t[0]], *([str(n), *row] for n, row in enumerate(t[1:]))],
    "empty columns behind": lambda t: [[*row, "", ""] for row in t],
    "an empty line between": lambda t: [*t[:6], pad(t), *t[6:]],
}
LOST: dict[str, Callable[[Table], Table]] = {
    "a note": lambda t: [*t, pad(t), pad(t, "注：以上为内部数据，请勿外传")],
    "a total": lambda t: [*t, [*pad(t, "合计")[:-1], str(len(t) - 1)]],
    "a total with a measure word": lambda t: [*t, [*pad(t, "合计")[:-1], f"共{len(t) - 1}份"]],
    "a count of rows": lambda t: [*t, pad(t, f"共 {len(t) - 1} 条记录")],
    "signatures": lambda t: [*t, [*pad(t, "填表人：张三")[:-2], "审核：李四", "日期：2026年11月1日"]],
    "averages": lambda t: [*t, ["平均值", *["3.5"] * (len(t[0]) - 1)]],
    "a total behind a blank": lambda t: [*t, [" ", "合计", *pad(t)[2:]]],
    "a page": lambda t: [*t[:7], pad(t, "第 2 页 共 4 页"), *t[7:]],
    "the headings again": lambda t: [*t[:7], [f" {cell} " if cell else "" for cell in t[0]], *t[7:]],
}
NO_DATA = {"the headings again": "重复的标题行：文件由几次导出拼接而成，或每页都有标题"}


def edit(folder: Path, name: str, change: Callable[[Table], Table]) -> tuple[Survey, Survey]:
    table = EXPORTS[name][1](make_survey(12, seed=9))
    return read(write_csv(folder / "a.csv", table)), read(write_csv(folder / "b.csv", change(table)))


@pytest.mark.parametrize("change", EDITS)
@pytest.mark.parametrize("name", EXPORTS)
def test_an_edited_export_is_the_same_survey(name: str, change: str, tmp_path: Path) -> None:
    before, after = edit(tmp_path, name, EDITS[change])
    assert (after.platform, after.row_count, told(after)) == (EXPORTS[name][0], 12, told(before))


@pytest.mark.parametrize("change", LOST)
@pytest.mark.parametrize("name", EXPORTS)
def test_what_is_added_below_the_table_or_within_it_is_no_respondent(name: str, change: str, tmp_path: Path) -> None:
    before, after = edit(tmp_path, name, LOST[change])
    assert (after.row_count, len(after.mains)) == (13, 12)
    reason = NO_DATA.get(change, "表格末尾的合计或说明，不是数据")
    assert after.rejects.loc[after.rejects["is_row_lost"], "reason"].tolist() == [reason]
    assert after.rejects["is_expected"].tolist() == after.rejects["is_row_lost"].tolist()
    assert told(after) == told(before)


@pytest.mark.parametrize("lines", ["注：以上为内部数据", "以上数据由系统导出\n第 2 页"])
def test_a_note_without_separators_is_no_record_cut_short(tmp_path: Path, lines: str) -> None:
    path = write_csv(tmp_path / "a.csv", as_wjx_text(make_survey(8)))
    path.write_bytes(path.read_bytes() + lines.encode())
    survey = read(path)
    assert (len(survey.mains), survey.rejects["is_expected"].all()) == (8, True)


@pytest.mark.parametrize(
    "row",
    [
        ["审核人态度很差", "2026-10-01", ""],
        ["共30条评价都是假的", "2026-10-02", ""],
        ["审核：太慢，等了三天", "", "一店"],
        ["第3页打不开", "", ""],
    ],
)
def test_a_customer_who_writes_of_those_who_sign_is_no_signature(tmp_path: Path, row: list[str]) -> None:
    mapping = {"columns": {"received_at": "日期", "text": "内容"}, "attributes": ["门店"]}
    path = write_csv(
        tmp_path / "a.csv", [["内容", "日期", "门店", "城市"], [*row, "上海"], ["好", "2026-10-03", "", ""]]
    )
    assert len(read(path, kind="reviews", mapping=mapping).mains) == 2


@pytest.mark.parametrize("lines", [1, 2, 5])
def test_lines_keep_their_numbers_under_a_title(lines: int, tmp_path: Path) -> None:
    table = as_wjx_text(make_survey(3))
    titled = [*[pad(table, f"说明 {n}") for n in range(lines)], *table]
    for survey in (read(write_csv(tmp_path / "a.csv", titled)), read(write_xlsx(tmp_path / "a.xlsx", titled))):
        assert survey.mains["row_number"].tolist() == [lines + 2, lines + 3, lines + 4]
        assert any(f"标题在第 {lines + 1} 行" in sentence for sentence in survey.reading.facts.evidence)


def test_a_title_without_separators_does_not_hide_the_table(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [["满意度调查汇总"], *as_wjx_text(make_survey(8))])
    assert (read(path).platform, read(path).row_count) == ("wjx", 8)


def test_a_heading_line_that_the_source_names_is_not_looked_for_elsewhere(tmp_path: Path) -> None:
    table = as_wjx_text(make_survey(3))
    path = write_csv(tmp_path / "a.csv", [pad(table, "标题"), *table])
    with pytest.raises(AmbiguousFormat):
        read(path, header_row=1)
    assert read(path, header_row=2).row_count == 3


def test_a_mapping_finds_its_columns_under_a_title(tmp_path: Path) -> None:
    rows = [["十月点评", "", ""], ["", "", ""], ["日期", "内容", "门店"], ["2026-10-01", "房间很干净", "一店"]]
    mapping = {"columns": {"received_at": "日期", "text": "内容"}, "attributes": ["门店"]}
    survey = read(write_csv(tmp_path / "a.csv", rows), kind="reviews", mapping=mapping)
    assert survey.mains["text"].tolist() == ["房间很干净"]


def test_a_file_of_nothing_but_a_title_is_refused(tmp_path: Path) -> None:
    with pytest.raises((AmbiguousFormat, UnreadableFile)):
        read(write_csv(tmp_path / "a.csv", [["满意度调查汇总", "", ""], ["", "", ""]]))


def test_a_customer_who_writes_in_total_is_no_total(tmp_path: Path) -> None:
    rows = [["内容", "日期", "门店"], ["合计三百元，太贵", "2026-10-01", "一店"], ["合计", "2026-10-02", "二店"]]
    mapping = {"columns": {"received_at": "日期", "text": "内容"}, "attributes": ["门店"]}
    survey = read(write_csv(tmp_path / "a.csv", rows), kind="reviews", mapping=mapping)
    assert len(survey.mains) == 2


def write_book(path: Path, **sheets: Table) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize(
    "first", [[["本表由某部门导出"], ["请勿外传"]], [["题目", "选项", "人数"], ["性别", "男", "5"]]]
)
def test_a_sheet_of_notes_or_counts_before_the_data_is_passed_over(first: Table, tmp_path: Path) -> None:
    table = as_wjx_text(make_survey(6))
    survey = read(write_book(tmp_path / "a.xlsx", 说明=first, 数据=[pad(table, "调查结果"), *table]))
    assert (survey.platform, survey.row_count) == ("wjx", 6)
    assert "工作表「说明」不像数据，读的是「数据」" in survey.reading.facts.evidence


def test_a_sheet_that_the_source_names_is_read_whatever_is_in_it(tmp_path: Path) -> None:
    path = write_book(tmp_path / "a.xlsx", 说明=[["甲", "乙", "丙"], ["1", "2", "3"]], 数据=as_wjx_text(make_survey(6)))
    with pytest.raises(AmbiguousFormat):
        read(path, sheet="说明")

"""An export that lies on several sheets of one workbook: by month, by shop, or cut at so many rows."""

import errno
import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from xlsxwriter import Workbook

import feedback_engine as fe
from feedback_engine.errors import MappingError, UnreadableFile
from feedback_engine.ingest.readers import excel
from feedback_engine.ingest.readers.excel_process import Child
from feedback_engine.store.loading import FeedbackReader

Table = Sequence[Sequence[Any]]
HEADINGS = ("投诉编号", "投诉时间", "投诉内容", "投诉类别")
UNNUMBERED = "kind: reviews\ncolumns: {text: 评价}\nattributes: [门店]\n"
UNNUMBERED += "ratings: [{column: 评分, indicator: stars, scale: {min: 1, max: 5}}]\n"


def write_book(path: Path, **sheets: Table) -> Path:
    book = Workbook(path)
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for line, row in enumerate(rows):
            sheet.write_row(line, 0, row)
    book.close()
    return path


def cases(letter: str, count: int = 4) -> list[tuple[str, ...]]:
    return [(f"{letter}{n}", f"2026-10-{n:02}", f"噪音太大没法睡，第{n}次了", "噪音") for n in range(1, count + 1)]


def find_numbers(engine: fe.FeedbackEngine) -> dict[str, int]:
    rows = FeedbackReader(engine._database).load_feedback()
    return dict(zip(rows["respondent_id"], rows["row_number"], strict=True))


def test_sheets_with_the_same_headings_are_read_as_one_table(tmp_path: Path) -> None:
    path = write_book(tmp_path / "a.xlsx", 九月=[HEADINGS, *cases("A")], 十月=[HEADINGS, *cases("B")], 说明=[["完"]])
    engine = fe.FeedbackEngine()
    found = engine.inspect(path)
    assert (found["platform"], found["rows"]) == ("work_order", 8)
    assert any("2 个工作表的标题相同" in said and "「十月」从第 6 行起" in said for said in found["warnings"])
    assert any("1 个有内容的工作表没有读：「说明」" in said for said in found["warnings"])
    assert engine.import_file(path).stored == 8
    assert find_numbers(engine) == {f"A{n}": n + 1 for n in range(1, 5)} | {f"B{n}": n + 5 for n in range(1, 5)}
    assert engine.import_file(path).duplicate == 8


def test_the_sheet_is_an_attribute_that_makes_no_correction(tmp_path: Path) -> None:
    path = write_book(tmp_path / "a.xlsx", 一店=[HEADINGS, *cases("A")], 二店=[HEADINGS, *cases("B")])
    engine = fe.FeedbackEngine()
    assert engine.import_file(path).stored == 8
    attributes = FeedbackReader(engine._database).load_feedback().set_index("respondent_id")["attributes"]
    assert '"工作表": "一店"' in attributes["A1"] and '"工作表": "二店"' in attributes["B4"]
    moved = write_book(tmp_path / "b.xlsx", 一店=[HEADINGS, *cases("B")], 二店=[HEADINGS, *cases("A")])
    assert engine.import_file(moved).duplicate == 8


def test_columns_may_stand_in_another_order_and_titles_above_each_table(tmp_path: Path) -> None:
    turned = [row[::-1] for row in (HEADINGS, *cases("B"))]
    titled = [["九月投诉明细"], HEADINGS, *cases("A")]
    path = write_book(
        tmp_path / "a.xlsx", 九月=titled, 十月=[["十月投诉明细"], *turned], 十一月=[HEADINGS, *cases("C")]
    )
    engine = fe.FeedbackEngine()
    assert engine.import_file(path).stored == 12
    assert engine.score(by="投诉类别").table["segment"].unique().tolist() == ["all", "噪音"]
    assert find_numbers(engine)["C4"] == 14


def test_a_column_may_come_or_go_from_month_to_month(tmp_path: Path) -> None:
    nine = [(*HEADINGS, "承办单位"), *((*row, "城管局") for row in cases("A"))]
    eleven = [("所属街道", "承办单位", *HEADINGS), *(("街道办", "城管局", *row) for row in cases("C"))]
    path = write_book(tmp_path / "a.xlsx", 九月=nine, 十月=[HEADINGS, *cases("B")], 十一月=eleven)
    engine = fe.FeedbackEngine()
    summary = engine.import_file(path)
    assert summary.stored == 12
    rows = FeedbackReader(engine._database).load_feedback().set_index("respondent_id")["attributes"]
    assert '"投诉类别": "噪音"' in rows["C1"] and "街道办" not in rows["C1"]
    told = [note for note in summary.files[0].notes if note.startswith("工作表「十")]
    assert told == ["工作表「十月」：没有列 承办单位，按空白计", "工作表「十一月」：多出的列 所属街道 没有读"]


@pytest.mark.parametrize("last", ["投诉人数", ""])
def test_a_sheet_that_asks_something_else_is_another_table(tmp_path: Path, last: str) -> None:
    path = write_book(tmp_path / "a.xlsx", 九月=[HEADINGS, *cases("A")], 十月=[(*HEADINGS[:3], last), *cases("B")])
    found = fe.FeedbackEngine().inspect(path)
    assert found["rows"] == 4 and any("没有读：「十月」" in said for said in found["warnings"])


def test_rows_that_cannot_be_used_are_told_by_the_number_that_goes_on(tmp_path: Path) -> None:
    bad = ("B9", "不详", "空调坏了", "设施")
    below = [("合计", "", "", "5"), ("制表人：李四",)]
    path = write_book(
        tmp_path / "a.xlsx", 九月=[HEADINGS, *cases("A"), *below], 十月=[HEADINGS, *cases("B"), bad, *below]
    )
    engine = fe.FeedbackEngine()
    summary = engine.import_file(path)
    assert (summary.read, summary.stored, summary.quarantined) == (13, 8, 5)
    rejects = FeedbackReader(engine._database).load_rejects()
    assert rejects["row_number"].tolist() == [6, 7, 12, 13, 14]
    assert [said[:9] for said in summary.files[0].rejects] == ["第 12 行 投诉"]


@pytest.mark.parametrize("order", [("总表", "一店", "二店"), ("一店", "二店", "总表"), ("一店", "总表", "二店")])
@pytest.mark.parametrize("is_numbered", [True, False])
def test_a_summary_of_the_other_sheets_counts_nothing_twice(
    tmp_path: Path, order: tuple[str, ...], *, is_numbered: bool
) -> None:
    shops = {
        shop: [(shop, n % 5 + 1, f"{shop}的早餐第{n}天还是凉的") for n in range(1, 7 + len(shop))]
        for shop in ("一店", "二店")
    }
    shops["总表"] = shops["一店"] + shops["二店"]
    heads: tuple[str, ...] = ("门店", "评分", "评价")
    if is_numbered:
        shops = {name: [(n, *row) for n, row in enumerate(rows, 1)] for name, rows in shops.items()}
        heads = ("序号", *heads)
    path = write_book(tmp_path / "a.xlsx", **{name: [heads, *shops[name]] for name in order})
    (tmp_path / "m.yaml").write_text(UNNUMBERED, encoding="utf-8")
    engine = fe.FeedbackEngine()
    summary = engine.import_file(path, mapping=tmp_path / "m.yaml")
    texts = FeedbackReader(engine._database).load_feedback(with_text=True)["text"]
    assert sorted(texts) == sorted(row[-1] for row in shops["总表"])
    assert any("副本或汇总" in note for note in summary.files[0].notes)


def test_a_sheet_copied_before_it_was_edited_is_left_out_and_told(tmp_path: Path) -> None:
    rows = cases("A", 10)
    copied = [*rows[:8], ("A9", "2026-10-09", "改过的内容", "噪音"), ("A10", "2026-10-10", "也改过", "噪音")]
    book = {"Sheet1": [HEADINGS, *rows], "Sheet1 (2)": [HEADINGS, *copied]}
    found = fe.FeedbackEngine().inspect(write_book(tmp_path / "a.xlsx", **book))
    assert found["rows"] == 10
    assert any("「Sheet1 (2)」的多数行在别的工作表里已有" in said for said in found["warnings"])


def test_each_sheet_is_opened_once_however_many_rows_wait_for_those_before(tmp_path: Path, monkeypatch) -> None:
    opened: list[str | None] = []
    monkeypatch.setattr(excel, "Child", lambda job: opened.append(job.sheet) or Child(job))
    bad = [("A0", "不详", "空调坏了", "设施"), ("B0", "不详", "空调坏了", "设施")]
    shops = {name: [HEADINGS, *cases(name, 28), *bad, *cases(f"{name}早", 28), ("合计",)] for name in ("一店", "二店")}
    summary = fe.FeedbackEngine().import_file(write_book(tmp_path / "a.xlsx", **shops, 三店=[HEADINGS, *cases("三")]))
    assert opened == ["一店", "二店", "三店"]
    assert (summary.read, summary.stored, summary.quarantined) == (122, 116, 6)


def test_a_full_folder_for_drafts_is_no_fault_of_the_workbook(tmp_path: Path, monkeypatch) -> None:
    path = write_book(tmp_path / "a.xlsx", 九月=[HEADINGS, *cases("A")], 十月=[HEADINGS, *cases("B")])

    def refuse(_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("feedback_engine.ingest.spool.marshal.dumps", refuse)
    for read in (fe.FeedbackEngine().import_file, fe.FeedbackEngine().inspect):
        with pytest.raises(UnreadableFile, match=rf"a\.xlsx.*{re.escape(tempfile.gettempdir())} 写不下了.*TMPDIR"):
            read(path)


def test_grades_that_are_alike_in_any_month_are_no_copy(tmp_path: Path) -> None:
    month = [("一店", n % 5 + 1, "") for n in range(30)]
    path = write_book(
        tmp_path / "a.xlsx", 九月=[("门店", "评分", "评价"), *month], 十月=[("门店", "评分", "评价"), *month]
    )
    (tmp_path / "m.yaml").write_text(UNNUMBERED, encoding="utf-8")
    assert fe.FeedbackEngine().import_file(path, mapping=tmp_path / "m.yaml").stored == 60


def test_a_first_sheet_without_rows_does_not_hide_the_others(tmp_path: Path) -> None:
    path = write_book(tmp_path / "a.xlsx", 九月=[HEADINGS], 十月=[HEADINGS, *cases("B")], 十一月=[HEADINGS])
    summary = fe.FeedbackEngine().import_file(path)
    assert summary.stored == 4
    assert not any("没有读" in note for note in summary.files[0].notes)


def test_a_sheet_that_is_named_is_read_alone(tmp_path: Path) -> None:
    comments = [("评论编号", "时间", "评论内容"), *((f"P{n}", f"2026-10-{n:02}", f"同感{n}") for n in range(1, 4))]
    path = write_book(tmp_path / "a.xlsx", 九月=[HEADINGS, *cases("A")], 十月=[HEADINGS, *cases("B")], 评论=comments)
    engine = fe.FeedbackEngine()
    assert engine.inspect(path, sheet="十月")["rows"] == 4
    assert engine.inspect(path, sheet="评论")["rows"] == 3
    assert engine.import_file(path, sheet="十月").stored == 4
    assert set(find_numbers(engine)) == {f"B{n}" for n in range(1, 5)}
    assert (engine.import_file(path, sheet="九月").stored, engine.import_file(path).duplicate) == (4, 8)
    with pytest.raises(MappingError, match=r"'八月'.*九月"):
        engine.import_file(path, sheet="八月")


def test_a_workbook_of_which_only_the_first_sheet_was_read_is_read_again(tmp_path: Path, monkeypatch) -> None:
    path = write_book(tmp_path / "a.xlsx", 九月=[HEADINGS, *cases("A")], 十月=[HEADINGS, *cases("B")])
    engine = fe.FeedbackEngine()
    with monkeypatch.context() as earlier:
        earlier.setattr("feedback_engine.ingest.heading_line.join_sheets", lambda rows, *_: rows)
        assert engine.import_file(path).stored == 4
    summary = engine.import_file(path)
    assert (summary.stored, summary.duplicate) == (4, 4)

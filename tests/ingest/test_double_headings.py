"""Headings over two lines, as people merge them in workbooks, are one line of headings to a draft and to its import."""

from pathlib import Path

import pytest
from engine_projects import write_csv
from openpyxl import Workbook

import feedback_engine as fe

GROUPS = ("序号", "提交时间", "您对以下方面的满意度", "", "", "您的建议")
ITEMS = ("", "", "服务", "环境", "价格", "")
ROWS = [
    (n, f"2026-11-{n:02}", n % 5 + 1, (n + 1) % 5 + 1, (n + 2) % 5 + 1, f"房间很干净服务也好{n}") for n in range(1, 21)
]


@pytest.mark.parametrize("title", [[], [("2026 年满意度调查", "", "", "", "", "")]])
def test_a_draft_and_its_import_know_the_items_by_both_lines(tmp_path: Path, title: list[tuple[str, ...]]) -> None:
    first, *others = [*title, GROUPS, ITEMS, *ROWS]
    write_csv(tmp_path / "a.csv", first, others)
    found = fe.FeedbackEngine().inspect(tmp_path / "a.csv")
    assert found["rows"] == 20 and any("标题占两行" in sentence for sentence in found["evidence"])
    asked = [question["stem"] for question in found["questions"]]
    assert asked == ["您对以下方面的满意度 服务", "您对以下方面的满意度 环境", "您对以下方面的满意度 价格", "您的建议"]
    (tmp_path / "mapping.yaml").write_text(found["mapping"], encoding="utf-8")
    summary = fe.FeedbackEngine().import_file(tmp_path / "a.csv", mapping=tmp_path / "mapping.yaml")
    assert (summary.stored, summary.quarantined) == (20, 0)


@pytest.mark.parametrize(
    "below",
    [
        ("1", "2026-11-01", "5", "4", "3", "很好"),  # a row of answers
        ("", "", "5", "4", "3", ""),  # one of somebody who said nothing else
        ("", "", "服务", "", "价格", ""),  # an item without a name
        ("", "", "服务", "环境", "价格", "很好"),  # something below a heading of its own
    ],
)
def test_a_line_of_anything_else_is_data(tmp_path: Path, below: tuple[str, ...]) -> None:
    write_csv(tmp_path / "a.csv", GROUPS, [below, *ROWS])
    found = fe.FeedbackEngine().inspect(tmp_path / "a.csv")
    assert not any("标题占两行" in sentence for sentence in found["evidence"])


@pytest.mark.parametrize("title", [[], [("2026 年满意度调查",)]])
def test_a_group_of_one_column_is_known_by_the_cells_merged_beside_it(tmp_path: Path, title: list[tuple[str]]) -> None:
    groups = ("序号", "提交时间", "服务满意度", "", "环境满意度", "您的建议")
    items = ("", "", "前台", "保洁", "噪音", "")
    book = Workbook()
    for row in [*title, groups, items, *ROWS]:
        book.active.append(row)
    first = len(title) + 1
    for column in "ABF":
        book.active.merge_cells(f"{column}{first}:{column}{first + 1}")
    book.active.merge_cells(f"C{first}:D{first}")
    book.save(tmp_path / "a.xlsx")
    found = fe.FeedbackEngine().inspect(tmp_path / "a.xlsx")
    assert [question["stem"] for question in found["questions"]] == [
        "服务满意度 前台",
        "服务满意度 保洁",
        "环境满意度 噪音",
        "您的建议",
    ]
    assert found["rows"] == 20


def test_no_record_is_taken_for_headings_below_a_title_and_headings_that_are_none(tmp_path: Path) -> None:
    groups = ("门店", "电话", "日期", "服务", "", "", "环境", "意见")
    items = ("", "", "", "前台", "", "安保", "噪音", "")
    rows = [
        (f"{n}店", f"1380000{n:04}", f"2026-09-{n:02}", *("满意", "一般", "差", "好"), f"太吵{n}") for n in range(1, 13)
    ]
    path = write_csv(tmp_path / "a.csv", ("三季度汇总", *[""] * 7), [groups, items, *rows])
    found = fe.FeedbackEngine().inspect(path)
    assert not any("标题在第 4 行" in sentence for sentence in found["evidence"])
    assert "13800000001" not in str(found)


def test_a_platform_knows_a_ledger_by_the_items_and_by_what_is_merged_downwards(tmp_path: Path) -> None:
    title = ("12345 热线工单台账", *[""] * 7)
    groups = ("序号", "来件信息", "", "", "办理信息", "", "", "区域")
    items = ("", "工单编号", "来件时间", "诉求内容", "承办单位", "首次答复", "办结时间", "")
    days = [f"2026-10-{n:02} 08:00" for n in range(1, 13)]
    rows = [(n, f"W{n:04}", day, f"路灯第{n}次不亮", "城管局", day, "办理中", "市政") for n, day in enumerate(days)]
    write_csv(tmp_path / "a.csv", title, [groups, items, *rows])
    engine = fe.FeedbackEngine()
    found = engine.inspect(tmp_path / "a.csv")
    assert (found["platform"], found["rows"]) == ("work_order", 12)
    assert any("标题占两行" in sentence for sentence in found["evidence"])
    # What is read as what can be checked before anything is imported.
    assert (found["columns"]["opened_at"], found["columns"]["closed_at"]) == ("来件时间", "办结时间")
    assert "区域" in found["attributes"]
    summary = engine.import_file(tmp_path / "a.csv")
    assert (summary.stored, summary.quarantined, summary.reject_share) == (12, 0, 0)
    assert engine.score(by="区域").table["segment"].unique().tolist() == ["all", "市政"]

"""Headings over two lines, as people merge them in workbooks, are one line of headings to a draft and to its import."""

from pathlib import Path

import pytest
from engine_projects import write_csv

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

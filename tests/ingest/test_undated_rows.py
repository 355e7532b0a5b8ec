"""Rows without a moment belong to no month: how many there are is told, as no report of a month shows them."""

from pathlib import Path

import pytest

import feedback_engine as fe

LINES = [f"G{n:03},等了很久没人管{n},2026-11-{n:02}" for n in range(1, 11)]


def notes(folder: Path, *lines: str) -> list[str]:
    path = folder / "a.csv"
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    found: list[str] = fe.FeedbackEngine().inspect(path)["warnings"]
    assert set(found) <= set(fe.FeedbackEngine().import_file(path).files[0].notes)
    return [note for note in found if "没有日期" in note]


@pytest.mark.parametrize("heading", ["派单备注", "派单时间"])
def test_a_recognised_file_without_a_date_that_is_known_says_so(tmp_path: Path, heading: str) -> None:
    told = notes(tmp_path, f"工单编号,诉求内容,{heading}", *LINES)
    assert len(told) == 1 and told[0].startswith("10 行没有日期") and "received_on" in told[0]


def test_where_all_rows_are_dated_there_is_nothing_to_tell(tmp_path: Path) -> None:
    assert notes(tmp_path, "工单编号,诉求内容,受理时间", *LINES) == []

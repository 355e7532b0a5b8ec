"""Files of very many columns: three times the columns are three times the work, counted in calls, not in seconds."""

import csv
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

import pytest

import feedback_engine as fe

Lines = list[list[str]]
WIDTHS = (130, 390)
#: Work on all pairs of columns makes nine times as many calls.
MOST = 5
WJX = (
    ["序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP"],
    ["2026/10/1 8:00:00", "100秒", "微信", "N/A", "1.2.3.4(上海-上海)"],
)
MONKEY = ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address"]
MONKEY += ["First Name", "Last Name", "Custom Data 1"]


def wjx_matrix(count: int, cell: Callable[[int], str]) -> Lines:
    heads = ["1、请评价—第1项", *(f"第{at}项服务" for at in range(2, count + 1))]
    return [[*WJX[0], *heads], *([str(n), *WJX[1], *map(cell, range(n * count, (n + 1) * count))] for n in range(1, 9))]


def google_grid(count: int, cell: Callable[[int], str]) -> Lines:
    rows = [["2026/10/1 上午 8:00:00", *map(cell, range(n * count, (n + 1) * count))] for n in range(1, 9)]
    return [["时间戳记", *(f"请评价 [第{at}项]" for at in range(count))], *rows]


def monkey_matrix(count: int, cell: Callable[[int], str]) -> Lines:
    blank = [""] * len(MONKEY)
    rows = [[str(10**9 + n), *blank[1:], *map(cell, range(n * count, (n + 1) * count))] for n in range(1, 9)]
    heads = [[*MONKEY, "请评价", *[""] * (count - 1)], [*blank, *(f"第{at}项" for at in range(count))]]
    return [*heads, *rows]


def unknown(count: int, cell: Callable[[int], str]) -> Lines:
    return [[f"列{at}" for at in range(count)], *(list(map(cell, range(count))) for _ in range(3))]


def rating(at: int) -> str:
    return ("非常满意", "满意", "一般")[at % 3]


def text(at: int) -> str:
    return f"第{at}句话，都不一样"


def count_calls(path: Path) -> int:
    """Return how many functions are called to inspect the file."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        fe.FeedbackEngine().inspect(path)
    finally:
        sys.setprofile(before)
    return calls


def write(path: Path, lines: Sequence[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows(lines)
    return path


@pytest.mark.parametrize("cell", [rating, text])
@pytest.mark.parametrize("table", [wjx_matrix, google_grid, monkey_matrix, unknown])
def test_work_grows_with_the_columns(
    table: Callable[[int, Callable[[int], str]], Lines], cell: Callable[[int], str], tmp_path: Path
) -> None:
    few, many = (write(tmp_path / f"{width}.csv", table(width, cell)) for width in WIDTHS)
    count_calls(few)  # words and patterns are made once
    assert count_calls(many) < MOST * count_calls(few)


def test_a_matrix_of_very_many_different_answers_is_read_as_texts(tmp_path: Path) -> None:
    found = fe.FeedbackEngine().inspect(write(tmp_path / "a.csv", wjx_matrix(200, text)))
    assert found["rows"] == 8 and not any(question["scale"] for question in found["questions"])

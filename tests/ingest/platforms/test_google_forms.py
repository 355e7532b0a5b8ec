"""Google Forms: the locale's first column, checkboxes, grids, linear scales."""

from pathlib import Path

import pandas as pd
import pytest
from survey_files import Survey, read_survey, write_csv

from feedback_engine.errors import AmbiguousFormat

QUESTIONS = [
    "Overall, how satisfied are you?", "Which did you use?", "Rate us [Speed]", "Rate us [Price]",
    "How likely are you to recommend us (0-10)?", "Any comments?",
]  # fmt: skip
ANSWERS = [
    ["5", "Web, App", "Very satisfied", "Neutral", "10", "Fast, friendly, and cheap. Thanks!"],
    ["3", "App", "Satisfied", "Dissatisfied", "0", ""],
    ["1", "Web, App, Phone (hotline, day)", "Very dissatisfied", "Satisfied", "6", "Too slow, too dear"],
    ["4", "Web", "", "Very satisfied", "", "ok"],
]


def rows(first: str, times: list[str]) -> list[list[str]]:
    return [[first, *QUESTIONS], *([t, *a] for t, a in zip(times, ANSWERS, strict=True))]


US = ["10/31/2026 14:22:11", "11/1/2026 9:00:00", "11/2/2026 9:00:00", "11/2/2026 9:05:00"]


@pytest.fixture
def survey(tmp_path: Path) -> Survey:
    return read_survey(write_csv(tmp_path / "a.csv", rows("Timestamp", US), "utf-8"))


def test_it_is_recognised_by_its_first_column(survey: Survey) -> None:
    assert (survey.platform, survey.row_count, len(survey.rejects)) == ("google_forms", 4, 0)


def test_questions_have_their_types(survey: Survey) -> None:
    assert survey.types == {
        "Q1": "scale", "Q2": "multi", "Q3_1": "matrix_row", "Q3_2": "matrix_row", "Q4": "nps", "Q5": "text",
    }  # fmt: skip


def test_a_scale_whose_range_nobody_wrote_is_warned_of(survey: Survey) -> None:
    assert survey.answers("Q1") == [5, 3, 1, 4] and "Q1" in survey.warnings


def test_rows_of_a_grid_have_the_stem_and_their_label(survey: Survey) -> None:
    assert [(survey.questions[c].stem, survey.questions[c].row_label) for c in ("Q3_1", "Q3_2")] == [
        ("Rate us", "Speed"), ("Rate us", "Price"),
    ]  # fmt: skip
    assert survey.answers("Q3_1") == [5, 4, 1, "unknown_missing"]


def test_checkboxes_are_parted_outside_brackets_with_a_warning(survey: Survey) -> None:
    assert [a["Which did you use?"] for a in survey.attributes][2] == "Web┋App┋Phone (hotline, day)"
    assert "请核对选项" in survey.warnings


def test_a_day_above_twelve_tells_the_month(survey: Survey) -> None:
    assert survey.mains["received_at"].iloc[0] == pd.Timestamp("2026-10-31 06:22:11", tz="UTC")
    assert "分不清日在前还是月在前" not in survey.warnings


def test_an_undecidable_order_of_day_and_month_is_warned_of(tmp_path: Path) -> None:
    times = ["3/4/2026 10:00:00", "3/5/2026 10:00:00", "3/6/2026 10:00:00", "3/7/2026 10:00:00"]
    assert "分不清日在前还是月在前" in read_survey(write_csv(tmp_path / "a.csv", rows("Timestamp", times))).warnings


@pytest.mark.parametrize("first", ["时间戳记", "时间戳", "時間戳記"])
def test_chinese_sheets_are_recognised_with_their_zone(tmp_path: Path, first: str) -> None:
    times = ["2026/10/31 下午 2:22:11 GMT+9", *["2026/10/31 上午 8:00:00 GMT+8"] * 3]
    survey = read_survey(write_csv(tmp_path / "a.csv", rows(first, times)))
    assert survey.platform == "google_forms"
    assert survey.mains["received_at"].iloc[0] == pd.Timestamp("2026-10-31 05:22:11", tz="UTC")


def test_the_same_rows_again_have_the_same_identities(tmp_path: Path, survey: Survey) -> None:
    again = read_survey(write_csv(tmp_path / "b.csv", rows("Timestamp", US)))
    assert again.feedback["feedback_id"].tolist() == survey.feedback["feedback_id"].tolist()


def test_a_log_that_begins_with_a_number_called_timestamp_is_not_claimed(tmp_path: Path) -> None:
    with pytest.raises(AmbiguousFormat):
        read_survey(write_csv(tmp_path / "a.csv", [["Timestamp", "value"], ["12.5", "a"], ["13.5", "b"]]))

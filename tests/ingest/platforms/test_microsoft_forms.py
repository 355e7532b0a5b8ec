"""Microsoft Forms: trailing semicolons, m/d/yy, the literal anonymous."""

from pathlib import Path

import pandas as pd
import pytest
from survey_files import Survey, read_survey, write_csv, write_xlsx

HEADER = [
    "ID", "Start time", "Completion time", "Email", "Name", "Last modified time",
    "您对服务的满意程度", "Which channels?", "Points - Which channels?", "Feedback - Which channels?", "建议", "建议2",
]  # fmt: skip
ROWS = [
    HEADER,
    ["1", "3/14/26 9:00:00", "3/14/26 9:05:00", "anonymous", "", "", "非常满意", "App;Web;", "1", "",
     "再快一点，谢谢", ""],
    ["2", "3/15/26 9:00:00", "3/15/26 9:05:00", "li@example.com", "李四光", "", "不满意", "App;", "", "", "", "没有"],
    ["3", "3/16/26 9:00:00", "3/16/26 9:05:00", "anonymous", "", "", "满意", "", "", "", "排队太久了", ""],
    ["4", "3/17/26 9:00:00", "3/17/26 9:05:00", "anonymous", "", "", "一般", "Web;", "", "", "", ""],
    ["5", "3/17/26 9:00:00", "3/17/26 9:05:00", "anonymous", "", "", "非常不满意", "Web;", "", "", "", ""],
]  # fmt: skip


@pytest.fixture
def survey(tmp_path: Path) -> Survey:
    return read_survey(write_csv(tmp_path / "a.csv", ROWS))


def test_it_is_recognised_and_nothing_is_lost(survey: Survey) -> None:
    assert (survey.platform, survey.row_count, len(survey.rejects)) == ("microsoft_forms", 5, 0)


def test_a_trailing_semicolon_makes_a_multiple_choice(survey: Survey) -> None:
    assert survey.types == {"Q1": "scale", "Q2": "multi", "Q3": "text", "Q4": "text"}
    assert [a["Which channels?"] for a in survey.attributes] == ["App┋Web", "App", "(缺失)", "Web", "Web"]


def test_times_of_month_day_year_are_moments(survey: Survey) -> None:
    assert survey.mains["received_at"].iloc[0] == pd.Timestamp("2026-03-14 01:05", tz="UTC")


def test_anonymous_is_nobody_and_names_stay_out(survey: Survey) -> None:
    assert survey.mains["customer_id"].isna().tolist() == [True, False, True, True, True]
    assert "李四光" not in survey.feedback.to_csv() and "li@example.com" not in survey.feedback.to_csv()


def test_points_and_feedback_of_a_quiz_are_no_questions(survey: Survey) -> None:
    assert "2 列得分与反馈" in survey.warnings


def test_ratings_are_read_from_words(survey: Survey) -> None:
    assert survey.answers("Q1") == [5, 2, 4, 3, 1]


def test_a_workbook_says_the_same(tmp_path: Path, survey: Survey) -> None:
    other = read_survey(write_xlsx(tmp_path / "a.xlsx", ROWS))
    assert other.feedback["feedback_id"].tolist() == survey.feedback["feedback_id"].tolist()

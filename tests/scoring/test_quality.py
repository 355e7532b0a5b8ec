"""Which survey answers are flagged, with the figure that failed, and what exclusion does."""

import json

import pandas as pd
import pytest

from feedback_engine.config.model import AttentionConfig, QualityConfig
from feedback_engine.scoring.data import ScoringData
from feedback_engine.scoring.quality import exclude_flagged, find_quality_flags
from feedback_engine.tables.annotations import ANNOTATIONS
from feedback_engine.tables.feedback import CASES, FEEDBACK, RATINGS

ITEMS = 8


def respondent(
    number: int, seconds: object = 120, customer: str | None = None, **attributes: str
) -> tuple[object, ...]:
    key = f"{number:064x}"
    given = json.dumps({"duration_seconds": str(seconds), **attributes}, ensure_ascii=False)
    moment = f"2026-10-{number % 27 + 1:02}T08:00:00Z"
    return (key, key, key, "s", "questionnaire", "", customer, None, moment, "main", "", 1.0, given, key, number + 2)


def data(rows: list[tuple[object, ...]], ratings: dict[int, list[int]] | None = None, cases: tuple[object, ...] = ()):
    answers = ratings or {}
    rated = [(f"{n:064x}", f"q{i}", "answered", x, 1, 5) for n, given in answers.items() for i, x in enumerate(given)]
    return ScoringData(
        FEEDBACK.build(rows), RATINGS.build(rated), CASES.build(cases), ANNOTATIONS.build(), "Asia/Shanghai"
    )


def flags(given: ScoringData, config: QualityConfig | None = None) -> pd.DataFrame:
    return find_quality_flags(given, config or QualityConfig())


def test_a_speeder_took_less_than_a_third_of_the_median_time() -> None:
    found = flags(data([respondent(n) for n in range(12)] + [respondent(20, 39), respondent(21, 41)]))
    assert found[["rule", "figure", "limit"]].values.tolist() == [["speeder", 39.0, 40.0]]


@pytest.mark.parametrize("seconds", ["39", "39秒", "0分39秒", " 39.0 "])
def test_a_time_is_read_as_platforms_write_it(seconds: str) -> None:
    found = flags(data([respondent(n, "2分钟") for n in range(12)] + [respondent(20, seconds)]))
    assert found["figure"].tolist() == [39.0]


@pytest.mark.parametrize("seconds", ["", "N/A", "-5", "0", "abc"])
def test_a_time_that_is_none_flags_nobody(seconds: str) -> None:
    assert flags(data([respondent(n) for n in range(12)] + [respondent(20, seconds)])).empty


def test_a_few_timed_answers_have_no_median_to_compare_with() -> None:
    assert flags(data([respondent(n) for n in range(5)] + [respondent(20, 1)])).empty


def test_the_same_rating_everywhere_is_straight_lining_from_five_items_on() -> None:
    given = data([respondent(n) for n in range(3)], {0: [5] * 5, 1: [5] * 4, 2: [5, 5, 5, 5, 4]})
    found = flags(given)
    assert found[["feedback_id", "rule", "figure"]].values.tolist() == [[f"{0:064x}", "straight_liner", 5.0]]


def test_a_customers_second_answer_on_one_day_is_flagged_and_that_of_another_day_is_not() -> None:
    found = flags(data([respondent(1, customer="K1"), respondent(28, customer="K1"), respondent(2, customer="K1")]))
    assert found[["feedback_id", "rule"]].values.tolist() == [[f"{28:064x}", "duplicate_respondent"]]


def test_anonymous_twins_at_the_same_moment_look_like_one_respondent() -> None:
    same = [1, 2, 3, 4, 5, 4, 3, 2]
    given = data([respondent(1), respondent(28), respondent(2)], {1: same, 28: same, 2: same})
    assert flags(given)["feedback_id"].tolist() == [f"{28:064x}"]


def test_a_failed_attention_check_names_question_and_answer() -> None:
    config = QualityConfig(attention=(AttentionConfig(attribute="本题请选三", answer="三"),))
    found = flags(data([respondent(1, 本题请选三="二"), respondent(2, 本题请选三="三"), respondent(3)]), config)
    assert found["detail"].tolist() == ["检测题『本题请选三』答『二』，应为『三』"]


def test_a_case_closed_before_it_was_opened_has_an_impossible_date() -> None:
    case = ("1" * 64, "2026-10-05T08:00:00Z", None, "2026-10-04T08:00:00Z", None, None, None)
    found = flags(data([respondent(1)], cases=(case,)))
    assert found[["rule", "figure"]].values.tolist() == [["impossible_date", -1.0]]


def test_flagged_respondents_leave_the_ratings_only_if_the_configuration_says_so() -> None:
    given = data([respondent(n) for n in range(2)], {0: [5] * ITEMS, 1: [1, 2, 3, 4, 5, 1, 2, 3]})
    found = flags(given)
    assert len(exclude_flagged(given, found, QualityConfig()).ratings) == 2 * ITEMS
    assert len(exclude_flagged(given, found, QualityConfig(exclude=("straight_liner",))).ratings) == ITEMS


def test_the_order_of_rows_changes_nothing() -> None:
    given = data([respondent(n, 10 if n == 3 else 120, customer="K") for n in range(12)], {0: [5] * ITEMS})
    shuffled = given.replace_feedback(given.feedback.sample(frac=1, random_state=1))
    assert flags(given).equals(flags(shuffled))

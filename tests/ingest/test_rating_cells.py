"""Cells of closed questions."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_engine.config.model import ScaleConfig
from feedback_engine.domain import AnswerState
from feedback_engine.ingest.cells import MissingTable
from feedback_engine.ingest.ratings import Answer, RatingReader

LIKERT = ("非常不满意", "不满意", "一般", "满意", "非常满意")


def reader(low: float = 1, high: float = 10, labels: object = (), **missing: AnswerState) -> RatingReader:
    return RatingReader(ScaleConfig(min=low, max=high, labels=labels), MissingTable(missing))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cell", "rating"),
    [("10", 10), ("10.0", 10), ("１０", 10), ("8分", 8), ("8 分", 8), ("５星", 5), ("4.5", 4.5), ("+3", 3), ("1", 1)],
)
def test_a_number_is_a_rating_however_written(cell: str, rating: float) -> None:
    assert reader()[cell] == Answer.of(AnswerState.ANSWERED, rating)


@pytest.mark.parametrize(
    "cell", ["非常满意", "A.非常满意", "A．非常满意", "5、非常满意", "(5) 非常 满意", "（a）非常满意"]
)
def test_a_label_is_a_rating_with_or_without_its_option_letter(cell: str) -> None:
    assert reader(1, 5, LIKERT)[cell].rating == 5


@pytest.mark.parametrize(
    ("cell", "high", "rating"),
    [("9/10", 10, 9), ("９／１０", 10, 9), ("4 / 5", 5, 4), ("4/5分", 5, 4), ("90%", 100, 90), ("87.5 ％", 100, 87.5),
     ("9/10", 5, None), ("4/5", 10, None), ("90%", 10, None), ("0.9%", 1, None), ("5%分", 100, None),
     ("101%", 100, None)],
)  # fmt: skip
def test_a_number_of_so_many_is_a_rating_where_the_scale_ends_there(cell: str, high: int, rating: float | None) -> None:
    answer = reader(0, high)[cell]
    assert (answer.rating if answer.state is AnswerState.ANSWERED else None) == rating
    assert bool(answer.problem) == (rating is None)


def test_labels_may_name_their_ratings() -> None:
    assert reader(0, 100, {"好": 100, "中": 50, "差": 0})["中"].rating == 50


@pytest.mark.parametrize(
    ("cell", "state"),
    [
        ("", AnswerState.BLANK),
        ("(空)", AnswerState.BLANK),
        ("(跳过)", AnswerState.NOT_SHOWN),
        ("不适用", AnswerState.REFUSED),
        ("未体验", AnswerState.REFUSED),
        ("N/A", AnswerState.UNKNOWN_MISSING),
        ("NULL", AnswerState.UNKNOWN_MISSING),
    ],
)
def test_literals_say_what_is_missing(cell: str, state: AnswerState) -> None:
    answer = reader()[cell]
    assert answer.state is state and math.isnan(answer.rating) and not answer.problem


def test_a_sources_own_literals_go_before_everything() -> None:
    own = reader(-3, 5, **{"-3": AnswerState.NOT_SHOWN, "99": AnswerState.REFUSED})
    assert (own["-3"].state, own["99"].state) == (AnswerState.NOT_SHOWN, AnswerState.REFUSED)


def test_a_declared_label_goes_before_the_default_literals() -> None:
    assert reader(1, 2, ("不清楚", "清楚"))["不清楚"].rating == 1


@pytest.mark.parametrize("cell", ["11", "0", "-1", "753", "很好", "五", "4/5", "1e1", "inf", "nan分", "3-4"])
def test_what_the_scale_does_not_know_is_told_with_the_scale(cell: str) -> None:
    answer = reader()[cell]
    assert answer.state is AnswerState.UNKNOWN_MISSING
    assert "1 到 10" in answer.problem


@given(st.text(max_size=20))
def test_any_cell_gives_a_rating_on_the_scale_or_none(cell: str) -> None:
    answer = reader()[cell]
    assert (answer.state is AnswerState.ANSWERED) == (1 <= answer.rating <= 10)


def test_a_refusal_names_one_wording_for_each_step_of_the_scale() -> None:
    wordings = {"很差": 1, "极差": 1, "好": 3, "一般": 2, "不错": 3}
    assert reader(1, 3, wordings)["7分"].problem == "超出量表：量表为 1 到 3，选项：很差、一般、好"

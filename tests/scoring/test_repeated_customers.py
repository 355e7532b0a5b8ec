"""Customers who come more than once: their records say much the same, so that errors are those of customers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from scoring_builders import Person, make_data, make_model, rated, row

from feedback_engine.scoring.index import compute_index

MODEL = make_model([rated("a", weights={"x": 0.7, "y": 0.3}, weight=0.6), rated("b", "z", weight=0.4)])


def person(number: int, time: int = 0, tags: Any = ()) -> Person:
    ratings = {"x": 1 + number % 5, "y": 1 + number * number % 5, "z": 1 + (number // 3) % 5}
    return Person(f"{number}/{time}", ratings, tags, weight=1.0 + number % 3)


def index_of(people: list[Person]) -> pd.DataFrame:
    """The index of records whose customer is the number before the stroke; a customer without one is nobody's."""
    data = make_data(people)
    customers = [None if each.name.startswith("?") else each.name.partition("/")[0] for each in people]
    data = data.replace_feedback(data.feedback.assign(customer_id=pd.Series(customers, dtype="str")))
    return compute_index(data, MODEL, periods=[None])


@pytest.mark.parametrize("measure", ["score", "satisfied_share", "equal_score"])
def test_customers_who_say_everything_thrice_are_as_certain_as_if_they_said_it_once(measure: str) -> None:
    once = row(index_of([person(n) for n in range(40)]), measure=measure)
    thrice = row(index_of([person(n, time) for n in range(40) for time in range(3)]), measure=measure)
    assert thrice["base"] == 3 * once["base"]
    # Wilson's interval rests on the effective base of weights alone where nobody comes twice.
    close = {"rel": 0.03} if measure == "satisfied_share" else {"rel": 1e-9}
    assert tuple(thrice[["score", "lower", "upper"]]) == pytest.approx(
        tuple(once[["score", "lower", "upper"]]), **close
    )


def test_records_without_a_known_customer_are_customers_of_their_own() -> None:
    named = [person(n) for n in range(40)] + [person(7, 1)]
    unnamed = [*named[:20], *(replace(each, name=f"?{each.name}") for each in named[20:])]
    first, second = (row(index_of(people)) for people in (named, unnamed))
    assert first["score"] == pytest.approx(second["score"]) and first["lower"] != second["lower"]
    assert first["upper"] - first["lower"] == pytest.approx(second["upper"] - second["lower"], rel=0.1)


def test_texts_of_one_voice_are_counted_by_customers_where_they_all_agree() -> None:
    praise = [("sentiment", "", "positive")]
    once = row(index_of([person(n, 0, praise) for n in range(12)]), measure="text_index")
    twice = row(index_of([person(n, time, praise) for n in range(12) for time in range(2)]), measure="text_index")
    assert (once["score"], twice["score"]) == (100.0, 100.0)
    assert twice["lower"] < 100.0
    assert twice["base"] == 24


def test_a_single_customer_who_answers_often_gives_no_interval() -> None:
    found = row(index_of([person(n, n) for n in range(1)] + [Person(f"0/{n}", {"z": n}) for n in range(1, 6)]), "b")
    assert found["score"] > 0 and pd.isna(found["lower"])


def test_a_touchpoint_of_one_question_reads_as_its_question_for_customers_who_come_twice_too() -> None:
    index = index_of([person(n, time) for n in range(40) for time in range(2)])
    for measure in ("score", "satisfied_share"):
        columns = ["score", "lower", "upper", "base"]
        own, of_question = row(index, "b", measure=measure), row(index, "b", "z", measure=measure)
        assert own[columns].tolist() == of_question[columns].tolist()

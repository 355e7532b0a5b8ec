"""Indicators to any depth, operational indicators and reversed items."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scoring_builders import Person, index_of, key, make_data, make_model, rated, row

from feedback_engine.scoring.explain import explain
from feedback_engine.scoring.index import compute_index
from feedback_engine.scoring.weights import build_weights
from feedback_engine.tables.feedback import CASES


def group(code: str, *indicators: Any, weight: float | None = None) -> dict[str, Any]:
    listed = [{"code": i} if isinstance(i, str) else i for i in indicators]
    return {"code": code, "indicators": listed, **({} if weight is None else {"weight": weight})}


def leaf(code: str, weight: float) -> dict[str, Any]:
    return {"code": code, "weight": weight}


THREE_LEVELS = {
    "code": "service",
    "indicators": [
        group("people", leaf("manner", 3), leaf("skill", 1), weight=0.6),
        group("process", group("counter", "speed", "queue"), "forms", weight=0.4),
    ],
}


def test_three_levels_are_averaged_from_the_bottom() -> None:
    ratings = {"manner": 5, "skill": 1, "speed": 3, "queue": 5, "forms": 1}
    index = index_of([Person("甲", ratings)], make_model([THREE_LEVELS]))
    assert row(index, "service", "people")["score"] == pytest.approx(75)
    assert row(index, "service", "counter")["score"] == pytest.approx(75)
    assert row(index, "service", "process")["score"] == pytest.approx(37.5)
    assert row(index, "service")["score"] == pytest.approx(0.6 * 75 + 0.4 * 37.5)
    assert row(index)["score"] == pytest.approx(60)


def test_half_of_the_weight_is_asked_at_every_level() -> None:
    """Skill alone is a quarter of its group: the group is missing, and with it 0.6 of the touchpoint."""
    people = [Person("甲", {"skill": 5, "speed": 3, "queue": 3, "forms": 3}), Person("乙", {"manner": 5, "forms": 1})]
    index = index_of(people, make_model([THREE_LEVELS]))
    assert row(index, "service", "people")["base"] == 1
    assert row(index, "service")["base"] == 1
    assert row(index, "service")["score"] == pytest.approx(0.6 * 100 + 0.4 * 0)


def test_weights_of_every_level_are_listed() -> None:
    weights = build_weights(make_model([THREE_LEVELS])).set_index("indicator")
    assert weights["weight"].to_dict() == pytest.approx(
        {"overall": 1, "people": 0.6, "manner": 0.75, "skill": 0.25, "process": 0.4, "counter": 0.5, "speed": 0.5,
         "queue": 0.5, "forms": 0.5}
    )  # fmt: skip
    assert weights.loc["people", "source"] == "group"


def test_a_group_holds_ratings_only_and_codes_are_unique_in_a_touchpoint() -> None:
    with pytest.raises(ValueError, match="指标组 g 只能由打分指标组成"):
        make_model([{"code": "t", "indicators": [group("g", {"code": "w", "from": "text"})]}])
    with pytest.raises(ValueError, match="重复出现：a"):
        make_model([{"code": "t", "indicators": [group("g", "a"), {"code": "a"}]}])
    with pytest.raises(ValueError, match="指标组 g：有的写了 weight"):
        make_model([{"code": "t", "indicators": [group("g", leaf("a", 1), "b")]}])


def test_the_explanation_of_a_nested_touchpoint_adds_up() -> None:
    people = [Person(f"{n}", {"manner": 1 + n % 5, "skill": 3, "speed": 2, "forms": 1 + n % 4}) for n in range(20)]
    model, data = make_model([THREE_LEVELS]), make_data(people)
    index = compute_index(data, model, periods=[None])
    told = explain(index, build_weights(model), model, "service", data)
    assert sum(c.contribution for c in told.contributions) == pytest.approx(told.score)
    assert {a.indicator for a in told.answers} == {"manner", "skill", "speed", "queue", "forms"}


answers = st.dictionaries(
    st.sampled_from(["manner", "skill", "speed", "queue", "forms"]), st.integers(1, 5), min_size=1
)


@settings(max_examples=40)
@given(st.lists(answers, min_size=1, max_size=8))
def test_a_group_never_leaves_the_range_of_its_members(people: list[dict]) -> None:
    index = index_of([Person(str(n), given) for n, given in enumerate(people)], make_model([THREE_LEVELS]))
    own = row(index, "service", "people")
    if own["score"] == own["score"]:
        scores = [
            25.0 * (rating - 1) for given in people for code, rating in given.items() if code in ("manner", "skill")
        ]
        assert min(scores) - 1e-9 <= own["score"] <= max(scores) + 1e-9


def handled(*hours: tuple[float | None, float | None]) -> Any:
    """Return data of complaint cases, replied to and closed after so many hours."""
    people = [Person(f"案{n}", kind="complaints") for n in range(len(hours))]
    start = "2026-10-05T00:00:00Z"
    data = make_data(people)

    def after(wait: float | None) -> Any:
        import pandas as pd

        return None if wait is None else pd.Timestamp(start) + pd.Timedelta(hours=wait)

    rows = [(key(f"案{n}"), start, after(a), after(b), None, None, None) for n, (a, b) in enumerate(hours)]
    return type(data)(data.feedback, data.ratings, CASES.build(rows), data.annotations, data.timezone)


def operational(reads: str, weight: float = 1.0) -> dict[str, Any]:
    return {"code": reads, "from": reads, "weight": weight, "hours": {"target": 24, "worst": 72}}


def test_hours_are_scored_between_the_target_and_the_worst() -> None:
    data = handled((1, 24), (24, 48), (48, 72), (100, 200), (None, None), (-2, 24))
    model = make_model(
        [{"code": "handling", "indicators": [operational("reply_hours"), operational("handling_hours")]}]
    )
    index = compute_index(data, model, periods=[None])
    reply, handling = (row(index, "handling", f"{name}_hours") for name in ("reply", "handling"))
    assert (reply["score"], reply["base"]) == (pytest.approx((100 + 100 + 50 + 0) / 4), 4)
    assert (handling["score"], handling["base"]) == (pytest.approx((100 + 50 + 0 + 0 + 100) / 5), 5)
    assert row(index, "handling")["score"] == pytest.approx((reply["score"] + handling["score"]) / 2)
    assert row(index)["score"] == row(index, "handling")["score"]


def test_hours_without_a_target_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="需要 hours"):
        make_model([{"code": "t", "indicators": [{"code": "r", "from": "reply_hours"}]}])
    with pytest.raises(ValueError, match=r"worst（24）必须大于 target（24）"):
        make_model(
            [{"code": "t", "indicators": [{**operational("reply_hours"), "hours": {"target": 24, "worst": 24}}]}]
        )


def test_hours_without_cases_are_no_data() -> None:
    index = compute_index(
        handled(), make_model([{"code": "t", "indicators": [operational("reply_hours")]}]), periods=[None]
    )
    assert row(index, "t", "reply_hours")["flag"] == "no_data"


def test_a_reversed_item_enters_flipped() -> None:
    people = [Person("甲", {"a": 5, "wait": 1}), Person("乙", {"wait": 1}, scale=(5, 1))]
    index = index_of(people, make_model([rated("t", "a"), rated("u", "wait")]))
    assert row(index, "u", "wait")["score"] == pytest.approx((0 + 100) / 2)


def test_the_explanation_goes_down_through_the_groups_and_each_step_adds_up() -> None:
    people = [Person(f"{n}", {"manner": 1 + n % 5, "skill": 3, "speed": 2, "forms": 1 + n % 4}) for n in range(20)]
    model, data = make_model([THREE_LEVELS]), make_data(people)
    index = compute_index(data, model, periods=[None])
    told = explain(index, build_weights(model), model, "service", data)
    assert [group.code for group in told.groups] == ["people", "process", "counter"]
    for each in told.groups:
        assert sum(c.contribution for c in each.contributions) == pytest.approx(each.score)
        assert each.score == pytest.approx(row(index, "service", each.code)["score"])
    assert f"其中指标组 people（people）{row(index, 'service', 'people')['score']:.2f}：" in told.to_text()
    assert told.to_dict()["groups"][0]["contributions"][0]["code"] == "manner"

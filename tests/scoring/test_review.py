"""The review of a model, and two versions of it side by side."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scoring_builders import Person, make_data, make_model, rated
from scoring_surveys import wide_data

from feedback_engine.config.scoring import ScoringConfig
from feedback_engine.domain import OVERALL, Period
from feedback_engine.scoring.data import ScoringData
from feedback_engine.scoring.frozen import freeze_weights
from feedback_engine.scoring.index import compute_index
from feedback_engine.scoring.review import compare_versions, review_model
from feedback_engine.stats.reliability import cronbach_alpha

SCORING = ScoringConfig.model_validate({"weights": "lmg", "weighting": {"overall_item": "overall"}})
TOUCHPOINTS = [
    rated("service", "a", "b", "c"),
    rated("price", "d"),
    rated("parking", "never_asked", labels=["parking"]),
]


def survey(count: int = 300, seed: int = 1, strength: float = 1.0) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    halo = generator.normal(size=count)
    frame = pd.DataFrame({name: halo + generator.normal(size=count) for name in "abcd"})
    frame["overall"] = frame["a"] + strength * frame["d"] + 0.5 * generator.normal(size=count)
    return (5.5 + 1.2 * frame / frame.std()).round().clip(1, 10)


def data_of(frame: pd.DataFrame) -> ScoringData:
    return wide_data(frame, pd.DataFrame({"店": ["甲"] * len(frame)}))


def review(frame: pd.DataFrame, **more: object) -> pd.DataFrame:
    model = make_model(TOUCHPOINTS)
    return review_model(data_of(frame), model, SCORING, **more).set_index(["kind", "touchpoint", "indicator"])


def test_reliability_has_its_interval_and_names_what_hurts() -> None:
    frame = survey()
    frame["c"] = np.random.default_rng(7).integers(1, 11, 300)
    found = review(frame)
    alpha = cronbach_alpha(frame[["a", "b", "c"]])
    assert found.loc[("alpha", "service", OVERALL), ["value", "lower", "upper"]].tolist() == pytest.approx(
        [alpha.value, alpha.lower, alpha.upper]
    )
    assert found.loc[("alpha", "service", OVERALL), "is_issue"]
    assert found.loc[("item", "service", "c"), "is_issue"]
    assert not found.loc[("item", "service", "a"), "is_issue"]


def test_the_touchpoints_as_a_whole_have_a_reliability_that_is_no_verdict() -> None:
    frame = survey()
    found = review(frame)
    scores = pd.DataFrame({"service": frame[["a", "b", "c"]].mean(axis=1), "price": frame["d"]})
    alpha = cronbach_alpha(scores)
    assert found.loc[("alpha", OVERALL, OVERALL), "value"] == pytest.approx(alpha.value)
    assert found.loc[("alpha", OVERALL, OVERALL), "base"] == 300
    assert {("item", OVERALL, "service"), ("item", OVERALL, "price")} <= set(found.index)
    noise = frame.assign(d=np.random.default_rng(3).integers(1, 11, 300))
    low = review(noise).loc[("alpha", OVERALL, OVERALL)]
    assert low["value"] < 0.7
    assert not low["is_issue"]


def test_a_reversed_item_is_named() -> None:
    frame = survey()
    frame["b"] = 11 - frame["b"]
    assert "b" in review(frame).loc[("alpha", "service", OVERALL), "finding"]


def test_a_touchpoint_without_any_data_is_named() -> None:
    found = review(survey())
    assert found.loc[("coverage", "parking", OVERALL), "is_issue"]
    assert not found.loc[("coverage", "service", OVERALL), "is_issue"]


def test_touchpoints_are_held_against_overall_satisfaction() -> None:
    frame = survey()
    frame["d"] = np.random.default_rng(8).integers(1, 11, 300)
    found = review(frame)
    assert found.loc[("criterion", "price", OVERALL), "is_issue"]
    assert found.loc[("criterion", "service", OVERALL), "value"] > 0.5
    assert ("adequacy", OVERALL, OVERALL) not in found.index  # of two touchpoints, KMO is always one half


def test_three_touchpoints_are_judged_fit_to_be_summed_up() -> None:
    model = make_model([rated("service", "a", "b"), rated("price", "c"), rated("parking", "d")])
    found = review_model(data_of(survey()), model, SCORING).set_index(["kind", "touchpoint", "indicator"])
    assert found.loc[("adequacy", OVERALL, OVERALL), "base"] == 300
    assert found.loc[("adequacy", OVERALL, OVERALL), "value"] > 0.6
    # No p is 0, however small.
    assert found.loc[("adequacy", OVERALL, OVERALL), "finding"].endswith("Bartlett 检验 p < 0.0001")


def test_an_item_of_two_has_no_alpha_without_it() -> None:
    model = make_model([rated("service", "a", "b")])
    found = review_model(data_of(survey()), model, SCORING).set_index(["kind", "touchpoint", "indicator"])
    assert "只有两题" in found.loc[("item", "service", "a"), "finding"]


def test_drift_compares_the_frozen_weights_with_this_period_s() -> None:
    two = [rated("service", "a", "b", "c"), rated("price", "d")]
    model = make_model(two)
    frozen = freeze_weights(data_of(survey()), model, SCORING)
    same = review_model(data_of(survey()), model, SCORING, frozen=frozen)
    assert same[same["kind"] == "drift"]["value"].abs().max() == pytest.approx(0)
    moved = review_model(data_of(survey(strength=6.0)), model, SCORING, frozen=frozen)
    price = moved[(moved["kind"] == "drift") & (moved["touchpoint"] == "price")].iloc[0]
    assert price["value"] > 0.05
    assert price["is_issue"]
    few = review_model(data_of(survey(50)), model, SCORING, frozen=frozen)
    assert "本期算不出 lmg 权重" in few[few["kind"] == "drift"]["finding"].iloc[0]


def test_constant_answers_are_a_finding_not_an_error() -> None:
    found = review(survey().assign(a=5, b=5, c=5))
    assert "算不出 α" in found.loc[("alpha", "service", OVERALL), "finding"]


BEFORE, AFTER = Period.parse("2026-09"), Period.parse("2026-10")


def two_months(first: list[int], second: list[int]) -> ScoringData:
    people = [Person("旧", {"a": first[0], "b": first[1]}, at="2026-09-05T02:00:00Z")]
    return make_data([*people, Person("新", {"a": second[0], "b": second[1]})])


def test_the_change_is_split_into_scores_and_weights() -> None:
    old = make_model([rated("x", "a", weight=1), rated("y", "b", weight=1)])
    new = make_model([rated("x", "a", weight=3), rated("y", "b", weight=1)])
    table = compare_versions(two_months([3, 1], [5, 1]), old, new, before=BEFORE, after=AFTER).set_index("touchpoint")
    assert table.loc[OVERALL, ["old_score", "new_score", "change"]].tolist() == pytest.approx([25, 75, 50])
    assert table.loc["x", ["by_scores", "by_weights"]].tolist() == pytest.approx([0.625 * 50, 75 * 0.25])
    assert table.loc["y", ["by_scores", "by_weights"]].tolist() == pytest.approx([0, 0])


def test_a_touchpoint_that_came_changes_the_index_by_its_weight() -> None:
    old = make_model([rated("x", "a")])
    new = make_model([rated("x", "a"), rated("y", "b")])
    table = compare_versions(two_months([5, 1], [5, 1]), old, new, before=BEFORE, after=AFTER).set_index("touchpoint")
    assert table.loc[OVERALL, "change"] == pytest.approx(-50)
    assert table.loc[OVERALL, "by_scores"] == pytest.approx(0)
    assert compare_versions(make_data([]), old, new, before=BEFORE, after=AFTER).empty


rating = st.integers(1, 5)


@settings(max_examples=30)
@given(st.lists(rating, min_size=4, max_size=4), st.integers(1, 9), st.integers(1, 9))
def test_the_parts_of_the_split_always_add_up(ratings: list[int], first: int, second: int) -> None:
    old = make_model([rated("x", "a", weight=first), rated("y", "b", weight=1)])
    new = make_model([rated("x", "a", weight=second), rated("y", "b", weight=1)])
    data = two_months(ratings[:2], ratings[2:])
    table = compare_versions(data, old, new, before=BEFORE, after=AFTER).set_index("touchpoint")
    parts = table.drop(index=OVERALL)
    assert parts["change"].sum() == pytest.approx(table.loc[OVERALL, "change"], abs=1e-9)
    assert (parts["by_scores"] + parts["by_weights"]).sum() == pytest.approx(table.loc[OVERALL, "change"], abs=1e-9)
    for model, period, column in ((old, BEFORE, "old_score"), (new, AFTER, "new_score")):
        index = compute_index(data, model, periods=[period])
        top = index[(index["touchpoint"] == OVERALL) & (index["measure"] == "score")]["score"].iloc[0]
        assert table.loc[OVERALL, column] == pytest.approx(top)

"""What holds for any data: order does not matter, figures stay on their scale, weights add up, contributions add up."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scoring_builders import Person, index_of, make_data, make_model, rated, row

from feedback_engine.domain import Period
from feedback_engine.scoring.explain import explain
from feedback_engine.scoring.index import compute_index
from feedback_engine.scoring.weights import build_weights

MODEL = make_model(
    [
        rated("delivery", weights={"speed": 2, "packing": 1}, weight=0.5),
        rated(
            "service", weights={"manner": 0.7}, weight=0.3, others=[{"code": "words", "from": "text", "weight": 0.3}]
        ),
        rated("price", "fair", weight=0.2),
    ],
    suppress_below=2,
    flag_below=4,
)

answer = st.one_of(st.integers(1, 5), st.sampled_from(["blank", "not_shown", "refused"]))
answers = st.dictionaries(st.sampled_from(["speed", "packing", "manner", "fair"]), answer)
tags = st.lists(
    st.tuples(
        st.just("touchpoint"),
        st.sampled_from(["delivery", "service", "price", "elsewhere"]),
        st.sampled_from(["positive", "negative", "neutral", "mixed"]),
    ),
    max_size=4,
)
persons = st.builds(
    lambda ratings, tags, weight, at, kind, city: Person(
        "", ratings, tags, at=at, weight=weight, kind=kind, attributes={"城市": city}
    ),
    answers,
    tags,
    st.sampled_from([0.0, 0.1, 1.0, 2.7]),
    st.sampled_from([None, "2026-10-05T02:00:00Z", "2026-11-05T02:00:00Z"]),
    st.sampled_from(["questionnaire", "complaints", "reviews"]),
    st.sampled_from(["北京", "上海", ""]),
)
crowds = st.lists(persons, max_size=12).map(
    lambda crowd: [dataclasses.replace(person, name=f"p{place}") for place, person in enumerate(crowd)]
)
PERIODS = [None, Period.parse("2026-10")]
relaxed = settings(max_examples=25)


def score(data, by=None) -> pd.DataFrame:
    return compute_index(data, MODEL, periods=PERIODS, by=by)


@relaxed
@given(crowds, st.randoms(use_true_random=False))
def test_shuffled_rows_give_the_same_index_to_the_bit(crowd: list[Person], random) -> None:
    data = make_data(crowd)
    frames = {
        name: frame.sample(frac=1, random_state=random.randrange(2**31))
        for name in ("feedback", "ratings", "annotations")
        for frame in [getattr(data, name)]
    }
    pd.testing.assert_frame_equal(
        score(data, "城市"), score(dataclasses.replace(data, **frames), "城市"), check_exact=True
    )


@relaxed
@given(crowds)
def test_figures_stay_on_their_scale_and_within_their_interval(crowd: list[Person]) -> None:
    index = score(make_data(crowd), "城市")
    shown = index[index["score"].notna()]
    assert (shown["score"] >= 0).all() and (shown["lower"].fillna(0) >= 0).all()
    points = shown[shown["measure"] != "complaint_rate"]
    assert (points["score"] <= 100).all() and (points["upper"].fillna(0) <= 100).all()
    ranged = shown[shown["lower"].notna()]
    assert (ranged["lower"] <= ranged["score"]).all() and (ranged["score"] <= ranged["upper"]).all()


@relaxed
@given(crowds)
def test_what_is_withheld_shows_nothing_and_what_is_shown_has_its_base(crowd: list[Person]) -> None:
    index = score(make_data(crowd), "城市")
    withheld = index["flag"].isin(["suppressed", "low_coverage", "no_data"])
    assert index.loc[withheld, ["score", "lower", "upper"]].isna().all(axis=None)
    assert index.loc[~withheld, "score"].notna().all()
    assert (index.loc[~withheld, ["base", "effective_base"]] >= MODEL.suppress_below - 1e-9).all(axis=None)
    assert (index["effective_base"] <= index["base"] + 1e-9).all()
    assert (index.loc[index["flag"] == "no_data", "base"] == 0).all()


@relaxed
@given(crowds)
def test_every_touchpoint_and_indicator_of_the_model_has_its_rows_in_every_cell(crowd: list[Person]) -> None:
    index = score(make_data(crowd), "城市")
    sizes = index.groupby(["period", "segment"]).size()
    assert sizes.nunique() == 1
    assert set(index["touchpoint"]) == {"overall", "delivery", "service", "price"}


@relaxed
@given(crowds)
def test_contributions_add_up_to_every_published_figure(crowd: list[Person]) -> None:
    data = make_data(crowd)
    index, weights = score(data), build_weights(MODEL)
    for touchpoint in ("overall", "delivery", "service", "price"):
        explanation = explain(index, weights, MODEL, touchpoint, data)
        if explanation.score is None:
            continue
        assert sum(c.contribution for c in explanation.contributions) == pytest.approx(explanation.score, abs=1e-9)
        assert sum(c.share for c in explanation.contributions) == pytest.approx(1, abs=1e-9)
        assert all(c.share * (c.mean or 0) == pytest.approx(c.contribution) for c in explanation.contributions)


@relaxed
@given(crowds)
def test_the_overall_index_is_the_published_touchpoints_re_weighted(crowd: list[Person]) -> None:
    index = score(make_data(crowd))
    overall = row(index, period="all")
    tops = index[(index["period"] == "all") & (index["indicator"] == "overall") & (index["measure"] == "score")]
    published = tops[(tops["touchpoint"] != "overall") & tops["score"].notna()]
    weight = published["indicator_weight"].sum()
    if weight >= 0.8 and overall["flag"] != "suppressed":
        expected = (published["score"] * published["indicator_weight"]).sum() / weight
        assert overall["score"] == pytest.approx(expected, abs=1e-9)
    else:
        assert np.isnan(overall["score"])


@relaxed
@given(st.integers(1, 5), st.lists(st.sampled_from([0.1, 0.7, 1.0, 3.3]), min_size=2, max_size=15))
def test_equal_scores_give_that_score(rating: int, weights: list[float]) -> None:
    everything = {"speed": rating, "packing": rating, "fair": rating}
    crowd = [Person(f"p{n}", everything, weight=weight) for n, weight in enumerate(weights)]
    model = make_model([rated("delivery", weights={"speed": 0.3, "packing": 0.7}), rated("price", "fair")])
    scores = index_of(crowd, model)
    assert scores.loc[(scores["measure"] == "score"), "score"].to_numpy() == pytest.approx(
        25.0 * (rating - 1), abs=1e-9
    )


@relaxed
@given(crowds)
def test_a_suppressed_touchpoint_moves_neither_the_others_nor_the_overall_index(crowd: list[Person]) -> None:
    known = [rated("delivery", "speed", weight=0.6), rated("price", "fair", weight=0.4)]
    extra = rated("rare", "odd", weight=0.1)
    one = [*crowd, Person("one", {"odd": 1}, weight=1)]
    without = index_of(one, make_model(known, suppress_below=2))
    with_it = index_of(one, make_model([*known, extra], suppress_below=2))
    assert row(with_it, "rare")["flag"] == "suppressed"
    for touchpoint in ("delivery", "price"):
        assert row(with_it, touchpoint)["score"] == pytest.approx(row(without, touchpoint)["score"], nan_ok=True)
    if row(with_it)["flag"] != "low_coverage":
        assert row(with_it)["score"] == pytest.approx(row(without)["score"], nan_ok=True)


@relaxed
@given(crowds)
def test_segments_add_up_to_all(crowd: list[Person]) -> None:
    index = score(make_data(crowd), "城市")
    items = index[(index["touchpoint"] == "delivery") & (index["indicator"] == "speed") & (index["measure"] == "score")]
    for _, cell in items.groupby("period"):
        whole = cell[cell["segment"] == "all"]["base"].sum()
        assert cell[cell["segment"] != "all"]["base"].sum() == whole


@settings(max_examples=12)
@given(crowds)
def test_a_period_has_the_same_figures_among_others_as_alone_and_with_ratings_in_categories(
    crowd: list[Person],
) -> None:
    months = [None, *map(Period.parse, ("2026-11", "2026-09", "2026-10", "2026"))]
    data = make_data(crowd)
    together = compute_index(data, MODEL, periods=months, by="城市")
    alone = [compute_index(data, MODEL, periods=[month], by="城市") for month in months]
    pd.testing.assert_frame_equal(together, pd.concat(alone, ignore_index=True), check_exact=True)
    coded = data.replace_ratings(data.ratings.astype("category"))
    pd.testing.assert_frame_equal(
        together, compute_index(coded, MODEL, periods=months, by="城市"), check_exact=True, check_dtype=False
    )


@settings(max_examples=12)
@given(crowds)
def test_a_touchpoint_of_one_question_reads_as_its_question(crowd: list[Person]) -> None:
    index = score(make_data(crowd), "城市").set_index(["period", "segment", "measure", "touchpoint", "indicator"])
    for measure in ("score", "satisfied_share"):
        own = index.xs((measure, "price", "overall"), level=["measure", "touchpoint", "indicator"])
        of_question = index.xs((measure, "price", "fair"), level=["measure", "touchpoint", "indicator"])
        columns = ["score", "base", "effective_base", "lower", "upper", "flag"]
        pd.testing.assert_frame_equal(own[columns], of_question[columns], check_exact=True)

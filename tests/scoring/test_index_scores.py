"""Scores on 0-100, by hand: items, touchpoints, the overall index, their intervals, what is withheld and why."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scoring_builders import Person, index_of, make_data, make_model, rated, row

from feedback_engine.domain import Period
from feedback_engine.errors import ConfigError, TableError
from feedback_engine.scoring.index import compute_index
from feedback_engine.stats.intervals import weighted_mean, wilson


def people(ratings: list[dict], **more) -> list[Person]:
    return [Person(f"p{place}", answers, **more) for place, answers in enumerate(ratings)]


def test_an_item_score_is_the_rating_on_0_to_100_of_its_declared_scale() -> None:
    index = index_of(people([{"speed": 1}, {"speed": 4}]), make_model([rated("delivery", "speed")]))
    assert row(index, "delivery", "speed")["score"] == 37.5  # (0 + 75) / 2


def test_a_reversed_scale_has_its_ends_swapped_and_scores_the_other_way() -> None:
    index = index_of(people([{"speed": 1}, {"speed": 4}], scale=(5, 1)), make_model([rated("delivery", "speed")]))
    assert row(index, "delivery", "speed")["score"] == 62.5


def test_two_sources_may_ask_on_different_scales() -> None:
    asked = [Person("a", {"speed": 5}), Person("b", {"speed": 5}, scale=(0, 10))]
    assert row(index_of(asked, make_model([rated("delivery", "speed")])), "delivery")["score"] == 75.0


def test_a_touchpoint_weighs_its_indicators_within_each_respondent() -> None:
    model = make_model([rated("delivery", weights={"speed": 3, "packing": 1})])
    index = index_of(people([{"speed": 5, "packing": 1}, {"speed": 1, "packing": 5}]), model)
    # 0.75·100 = 75 and 0.25·100 = 25
    assert row(index, "delivery")["score"] == 50.0
    assert row(index, "delivery", "speed")["indicator_weight"] == 0.75


def test_who_answered_half_of_the_weight_counts_by_what_he_answered() -> None:
    model = make_model([rated("delivery", weights={"speed": 1, "packing": 1})])
    index = index_of(people([{"speed": 5, "packing": "blank"}, {"speed": 1, "packing": 3}]), model)
    assert row(index, "delivery")["score"] == 62.5  # (100 + 25) / 2
    assert row(index, "delivery")["base"] == 2


def test_who_answered_less_than_half_of_the_weight_does_not_count() -> None:
    model = make_model([rated("delivery", weights={"speed": 3, "packing": 2})])
    index = index_of(people([{"packing": 5}, {"speed": 1, "packing": 1}]), model)
    assert row(index, "delivery")["score"] == 0.0
    assert row(index, "delivery")["base"] == 1
    assert row(index, "delivery", "packing")["base"] == 2


def test_the_overall_index_keeps_each_touchpoints_own_base() -> None:
    model = make_model([rated("delivery", "speed", weight=3), rated("price", "fair", weight=1)])
    index = index_of(people([{"speed": 5, "fair": 1}, {"speed": 3}, {"speed": 1}]), model)
    assert row(index, "delivery")["score"] == 50.0
    assert row(index, "price")["score"] == 0.0
    assert row(index)["score"] == 37.5  # 0.75·50 + 0.25·0
    assert row(index)["base"] == 3


def test_respondent_weights_move_the_mean_and_kishs_base() -> None:
    asked = [Person("a", {"speed": 5}, weight=3), Person("b", {"speed": 1}, weight=1)]
    found = row(index_of(asked, make_model([rated("delivery", "speed")])), "delivery")
    assert found["score"] == 75.0
    assert (found["base"], found["effective_base"]) == (2, pytest.approx(16 / 10))


def test_a_touchpoints_interval_is_the_linearised_t_interval_of_its_mean() -> None:
    ratings, weights = [4, 4, 2, 3, 4, 2], [1.0, 2.0, 0.5, 1.0, 1.5, 1.0]
    asked = [
        Person(f"p{place}", {"speed": rating}, weight=weight)
        for place, (rating, weight) in enumerate(zip(ratings, weights, strict=True))
    ]
    found = row(index_of(asked, make_model([rated("delivery", "speed")])), "delivery")
    published = weighted_mean([25.0 * (rating - 1) for rating in ratings], weights)
    assert found["score"] == pytest.approx(published.estimate, abs=1e-12)
    assert (found["lower"], found["upper"]) == pytest.approx((published.lower, published.upper), abs=1e-9)


def test_the_overall_interval_holds_the_covariance_between_touchpoints() -> None:
    a, b = np.array([5, 4, 2, 3, 5, 1]), np.array([4, 4, 1, 3, 5, 2])
    model = make_model([rated("delivery", "speed", weight=0.6), rated("price", "fair", weight=0.4)])
    answers = [{"speed": int(x), "fair": int(y)} for x, y in zip(a, b, strict=True)]
    found = row(index_of(people(answers), model))
    both = 25.0 * (0.6 * (a - 1) + 0.4 * (b - 1))  # with equal bases: the mean of each respondent's own index
    half = stats.t.ppf(0.975, 5) * both.std(ddof=1) / np.sqrt(6)
    assert found["upper"] - found["score"] == pytest.approx(half, abs=1e-9)
    apart = np.sqrt((15 * a.std(ddof=1)) ** 2 + (10 * b.std(ddof=1)) ** 2) / np.sqrt(6)
    assert half > stats.t.ppf(0.975, 5) * apart


def test_the_overall_interval_with_unequal_bases_follows_the_influence_values() -> None:
    model = make_model([rated("delivery", "speed", weight=1), rated("price", "fair", weight=1)])
    answers = [{"speed": 4, "fair": 3.5}, {"speed": 2, "fair": 2.5}, {"speed": 3}, {"speed": 3}]
    found = row(index_of(people(answers), model))
    # T = 50, 50; u = ½·25/4 + ½·12.5/2 = 6.25, the same negative, 0, 0; Var = 4/3 Σu²
    half = stats.t.ppf(0.975, 3) * np.sqrt(4 / 3 * 2 * 6.25**2)
    assert found["upper"] == pytest.approx(50 + half, abs=1e-9)


def test_an_interval_ends_where_the_scale_ends() -> None:
    found = row(index_of(people([{"speed": r} for r in (5, 5, 5, 2)]), make_model([rated("delivery", "speed")])))
    assert found["upper"] == 100.0


def test_one_respondent_has_a_score_and_no_interval() -> None:
    found = row(index_of(people([{"speed": 4}]), make_model([rated("delivery", "speed")])), "delivery")
    assert found["score"] == 75.0
    assert np.isnan(found["lower"]) and np.isnan(found["upper"])


def test_answers_that_do_not_vary_have_an_interval_of_no_width() -> None:
    found = row(index_of(people([{"speed": 4}] * 7), make_model([rated("delivery", "speed")])), "delivery")
    assert (found["lower"], found["score"], found["upper"]) == (75.0, 75.0, 75.0)


def test_the_satisfied_share_is_of_respondents_with_wilsons_interval() -> None:
    model = make_model([rated("delivery", "speed")])
    found = row(
        index_of(people([{"speed": r} for r in (5, 4, 3, 1, 4)]), model), "delivery", "speed", "satisfied_share"
    )
    published = wilson(3, 5)
    assert found["score"] == 60.0
    assert (found["lower"], found["upper"]) == pytest.approx((100 * published.lower, 100 * published.upper), abs=1e-9)


def test_the_overall_satisfied_share_is_of_each_respondents_own_index() -> None:
    model = make_model([rated("delivery", "speed", weight=1), rated("price", "fair", weight=1)])
    index = index_of(people([{"speed": 5, "fair": 3}, {"speed": 5, "fair": 1}]), model)
    assert row(index, measure="satisfied_share")["score"] == 50.0  # 75 is satisfied, 50 is not


def test_a_base_below_the_limit_is_withheld_and_one_below_the_next_is_flagged() -> None:
    model = make_model([rated("delivery", "speed"), rated("price", "fair")], suppress_below=3, flag_below=5)
    index = index_of(people([{"speed": 4, "fair": 2}] * 2 + [{"speed": 3}] * 2), model)
    hidden = row(index, "price")
    assert hidden["flag"] == "suppressed" and hidden["base"] == 2
    assert hidden[["score", "lower", "upper"]].isna().all()
    assert row(index, "delivery")["flag"] == "small_base"


def test_the_effective_base_withholds_too() -> None:
    asked = [Person(f"p{n}", {"speed": 4}, weight=100 if n == 0 else 1) for n in range(20)]
    found = row(index_of(asked, make_model([rated("delivery", "speed")], suppress_below=10)), "delivery")
    assert found["base"] == 20 and found["flag"] == "suppressed"


def test_ten_equal_odd_weights_make_a_base_of_ten() -> None:
    asked = [Person(f"p{n}", {"speed": 4}, weight=0.1) for n in range(10)]
    model = make_model([rated("delivery", "speed")], suppress_below=10, flag_below=10)
    assert row(index_of(asked, model), "delivery")["flag"] == "ok"


def test_the_overall_index_re_normalises_over_what_is_published() -> None:
    touchpoints = [
        rated("delivery", "speed", weight=0.5),
        rated("price", "fair", weight=0.3),
        rated("x", "y", weight=0.2),
    ]
    answers = [{"speed": 5, "fair": 3}] * 5 + [{"speed": 5, "fair": 3, "y": 1}]
    found = row(index_of(people(answers), make_model(touchpoints, suppress_below=5)))
    assert found["score"] == pytest.approx((0.5 * 100 + 0.3 * 50) / 0.8)


def test_the_overall_index_is_refused_when_more_than_a_fifth_of_the_weight_is_missing() -> None:
    touchpoints = [rated("delivery", "speed", weight=0.79), rated("price", "fair", weight=0.21)]
    index = index_of(people([{"speed": 5}] * 3), make_model(touchpoints))
    found = row(index)
    assert found["flag"] == "low_coverage" and np.isnan(found["score"]) and found["base"] == 3
    assert row(index, "price")["flag"] == "no_data"


def test_no_ratings_at_all_still_names_every_touchpoint() -> None:
    index = index_of([], make_model([rated("delivery", "speed"), rated("price", "fair")]))
    assert set(index["flag"]) == {"no_data"}
    assert set(index["touchpoint"]) == {"overall", "delivery", "price"}
    assert index["base"].eq(0).all()


def test_a_question_shown_to_nobody_is_no_data() -> None:
    index = index_of(people([{"speed": "not_shown"}] * 4), make_model([rated("delivery", "speed")]))
    assert row(index, "delivery")["flag"] == "no_data"
    assert row(index, "delivery", "speed")["base"] == 0


def test_respondents_without_weight_count_in_no_base() -> None:
    asked = [Person("a", {"speed": 5}, weight=0), Person("b", {"speed": 1})]
    found = row(index_of(asked, make_model([rated("delivery", "speed")])), "delivery")
    assert (found["score"], found["base"]) == (0.0, 1)
    nobody = index_of([Person("a", {"speed": 5}, weight=0)], make_model([rated("delivery", "speed")]))
    assert row(nobody, "delivery")["flag"] == "no_data"


def test_an_indicator_of_weight_zero_is_shown_beside() -> None:
    model = make_model([rated("delivery", weights={"speed": 1, "packing": 0})])
    index = index_of(people([{"speed": 5, "packing": 1}, {"packing": 1}]), model)
    assert row(index, "delivery")["score"] == 100.0
    assert row(index, "delivery", "packing")["score"] == 0.0
    assert row(index, "delivery", "packing")["indicator_weight"] == 0.0


def test_a_rating_off_its_scale_is_a_mistake_that_names_itself() -> None:
    with pytest.raises(TableError, match=r"speed.*7.*1–5"):
        index_of(people([{"speed": 7}]), make_model([rated("delivery", "speed")]))


def test_periods_are_cut_by_local_days_and_undated_rows_are_only_in_all() -> None:
    asked = [
        Person("last_of_october", {"speed": 1}, at="2026-10-31T15:59:59Z"),
        Person("first_of_november", {"speed": 5}, at="2026-10-31T16:00:00Z"),
        Person("undated", {"speed": 3}, at=None),
    ]
    periods = [None, Period.parse("2026-10"), Period.parse("2026-11"), Period.parse("2026-12"), None]
    model = make_model([rated("delivery", "speed")])
    index = compute_index(make_data(asked), model, periods=periods)
    assert list(dict.fromkeys(index["period"])) == ["all", "2026-10", "2026-11", "2026-12"]
    assert row(index, "delivery", period="all")["base"] == 3
    assert row(index, "delivery", period="2026-10")["score"] == 0.0
    assert row(index, "delivery", period="2026-11")["score"] == 100.0
    assert row(index, "delivery", period="2026-12")["flag"] == "no_data"


def test_segments_by_attribute_stand_beside_all() -> None:
    asked = [
        Person("a", {"speed": 5}, attributes={"城市": "北京"}),
        Person("b", {"speed": 1}, attributes={"城市": "上海"}),
        Person("c", {"speed": 3}, attributes={"城市": " "}),
        Person("d", {"speed": 4}, attributes={"城市": "all"}),
    ]
    index = index_of(asked, make_model([rated("delivery", "speed")]), by="城市")
    assert set(index["segment"]) == {"all", "北京", "上海", "未填写", "all（取值）"}
    assert row(index, "delivery", segment="北京")["score"] == 100.0
    assert row(index, "delivery", segment="all")["base"] == 4


def test_segments_by_channel_need_no_attribute() -> None:
    asked = [Person("a", {"speed": 5}, channel="热线"), Person("b", {"speed": 1})]
    index = index_of(asked, make_model([rated("delivery", "speed")]), by="channel")
    assert row(index, "delivery", segment="热线")["score"] == 100.0


def test_an_unknown_attribute_names_those_that_exist() -> None:
    asked = [Person("a", {"speed": 5}, attributes={"城市": "北京", "门店": "一店"})]
    with pytest.raises(ConfigError, match=r"城事.*城市.*门店"):
        index_of(asked, make_model([rated("delivery", "speed")]), by="城事")


def test_segmenting_nothing_gives_the_rows_of_all() -> None:
    assert set(index_of([], make_model([rated("delivery", "speed")]), by="城市")["segment"]) == {"all"}

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.design import effective_base, linearised_error
from feedback_engine.stats.intervals import (
    newcombe,
    nps,
    nps_from_answers,
    paired_difference,
    poisson_rate,
    weighted_mean,
    wilson,
)

positive = st.floats(0.01, 100)


# Newcombe (1998) Statistics in Medicine 17:857-872, table I, method 3.
@pytest.mark.parametrize(
    ("k", "n", "lower", "upper"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_prints_newcombes_table(k: int, n: int, lower: float, upper: float) -> None:
    interval = wilson(k, n)
    assert interval.estimate == k / n
    assert (interval.lower, interval.upper) == pytest.approx((lower, upper), abs=5.1e-5)


# Newcombe (1998) Statistics in Medicine 17:873-890, method 10.
DIFFERENCES = [
    (56, 70, 48, 80, 0.0524, 0.3339),
    (9, 10, 3, 10, 0.1705, 0.8090),
    (6, 7, 2, 7, 0.0582, 0.8062),
    (5, 56, 0, 29, -0.0381, 0.1926),
    (0, 10, 0, 20, -0.1611, 0.2775),
    (0, 10, 0, 10, -0.2775, 0.2775),
    (10, 10, 0, 20, 0.6791, 1.0),
    (10, 10, 0, 10, 0.6075, 1.0),
]


@pytest.mark.parametrize(("k1", "n1", "k2", "n2", "lower", "upper"), DIFFERENCES)
def test_difference_of_shares_prints_newcombes_table(
    k1: int, n1: int, k2: int, n2: int, lower: float, upper: float
) -> None:
    interval = newcombe(k1, n1, k2, n2)
    assert interval.estimate == pytest.approx(k1 / n1 - k2 / n2)
    assert (interval.lower, interval.upper) == pytest.approx((lower, upper), abs=5.1e-5)


def test_the_change_of_a_share_judged_twice_is_as_worked_by_hand() -> None:
    # With one case added to both and two to all: 2/23 and 8/23 of 23, difference -6/23, variance (10/23 - (6/23)²)/23.
    interval = paired_difference(1, 7, 21)
    assert interval.estimate == pytest.approx(-6 / 21)
    half = 1.959964 * math.sqrt((10 / 23 - 36 / 529) / 23)
    assert (interval.lower, interval.upper) == pytest.approx((-6 / 23 - half, -6 / 23 + half))
    turned = paired_difference(7, 1, 21)
    assert (turned.lower, turned.upper) == pytest.approx((-interval.upper, -interval.lower))


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3])
def test_the_interval_of_a_paired_change_holds_the_truth_as_often_as_it_says(share: float) -> None:
    chance = np.random.default_rng(11)
    changes = chance.multinomial(300, [share * 0.6, share * 0.4, 1 - share], size=2000)
    found = [paired_difference(won, gone, 300) for won, gone, _ in changes.tolist()]
    covered = np.mean([each.lower <= share * 0.2 <= each.upper for each in found])
    assert covered > 0.935


def test_more_changes_than_cases_are_refused() -> None:
    with pytest.raises(StatisticsError, match="gained"):
        paired_difference(6, 5, 10)


def test_a_whole_table_is_computed_in_one_call() -> None:
    k1, n1, k2, n2, lower, upper = np.array(DIFFERENCES).T
    found = newcombe(k1, n1, pd.Series(k2, index=range(9, 1, -1)), tuple(n2))
    assert len(found) == 8
    assert found.lower == pytest.approx(lower, abs=5.1e-5)
    assert found.upper == pytest.approx(upper, abs=5.1e-5)
    estimate, low, high = wilson([81, 15], [263, 148])
    assert estimate == pytest.approx([81 / 263, 15 / 148])
    assert (low, high) == (pytest.approx([0.2553, 0.0624], abs=5.1e-5), pytest.approx([0.3662, 0.1605], abs=5.1e-5))
    limits = poisson_rate([0, 1, 5, 10])
    assert limits.upper == pytest.approx([3.689, 5.572, 11.668, 18.39], abs=6e-4)
    assert limits.base == pytest.approx(np.ones(4))


def test_a_number_beside_a_column_counts_for_every_row() -> None:
    many = wilson([0, 10, 20], 20)
    assert [wilson(k, 20).upper for k in (0, 10, 20)] == pytest.approx(many.upper)
    assert newcombe(5, 10, [1, 2], 10).estimate == pytest.approx([0.4, 0.3])
    assert poisson_rate(3, [1, 2], per=10).estimate == pytest.approx([30, 15])
    assert isinstance(wilson(np.int64(3), 10).lower, float)
    assert wilson([3], [10]).lower.shape == (1,)


# Garwood (1936) limits as tabulated in Breslow & Day.
@pytest.mark.parametrize(
    ("k", "lower", "upper"), [(0, 0, 3.689), (1, 0.0253, 5.572), (5, 1.623, 11.668), (10, 4.795, 18.39)]
)
def test_poisson_prints_garwoods_limits(k: int, lower: float, upper: float) -> None:
    interval = poisson_rate(k, 1)
    assert (interval.lower, interval.upper) == pytest.approx((lower, upper), abs=6e-4)


def test_complaints_per_thousand_orders_scale_with_exposure() -> None:
    interval = poisson_rate(12, 4000, per=1000)
    assert interval.estimate == pytest.approx(3.0)
    assert interval.upper == pytest.approx(poisson_rate(12).upper / 4)


# W. Huber on Cross Validated: promoters 1/2, passives 1/3, detractors 1/6 have variance 5/9.
def test_net_promoter_variance_is_five_ninths() -> None:
    result = nps((162, 108, 54))
    assert result.variance == pytest.approx(5 / 9)
    assert result.estimate == pytest.approx(100 / 3)
    assert result.standard_error == pytest.approx(4.14, abs=5e-3)


def test_net_promoter_score_reads_counts_names_and_histograms_alike() -> None:
    histogram = [0, 0, 0, 0, 0, 1, 1, 1, 2, 3, 2]
    readings = [
        nps((5, 3, 2)),
        nps({"promoters": 5, "passives": 3, "detractors": 2}),
        nps(histogram),
        nps(dict(enumerate(histogram))),
        nps_from_answers([5, 6, 7, 8, 8, 9, 9, 9, 10, 10]),
    ]
    assert {round(reading.estimate, 9) for reading in readings} == {30.0}


def test_all_promoters_still_have_an_interval() -> None:
    result = nps((10, 0, 0))
    assert result.estimate == 100
    assert result.variance == 0
    assert result.lower < 100 == result.upper


def test_net_promoter_answers_outside_0_to_10_are_refused_with_their_place() -> None:
    with pytest.raises(StatisticsError, match="第 2 个回答为 11"):
        nps_from_answers([9, 11])


def test_weighted_answers_use_the_linearised_error() -> None:
    answers, weights = [10, 9, 3, 7, 8, 10], [1, 2, 1, 3, 1, 2]
    mean = weighted_mean([1, 1, -1, 0, 0, 1], weights)
    result = nps_from_answers(answers, weights)
    assert (result.estimate, result.standard_error) == pytest.approx((100 * mean.estimate, 100 * mean.standard_error))


def test_mean_interval_is_students_without_weights() -> None:
    interval = weighted_mean([1, 2, 3, 4, 5])
    # t(4) = 2.776445, s/√n = 0.7071068
    assert (interval.estimate, interval.lower, interval.upper) == pytest.approx((3, 3 - 1.963243, 3 + 1.963243))


def test_one_answer_has_no_interval() -> None:
    assert math.isnan(weighted_mean([3.0]).lower)


def test_rows_of_weight_zero_change_no_figure() -> None:
    for answers, weights in (([5, 3, 2], [0, 1, 2]), ([9, 10, 0, 7], [0, 1, 2, 1])):
        rest, own = answers[1:], weights[1:]
        assert weighted_mean(answers, weights) == weighted_mean(rest, own)
        assert nps_from_answers(answers, weights) == nps_from_answers(rest, own)
    assert weighted_mean([5, 3, 2], [0, 1, 2], population=[9, 9, 9]) == weighted_mean([3, 2], [1, 2], population=9)


def test_one_row_with_a_weight_has_no_interval_beside_any_number_without() -> None:
    found = weighted_mean([5, 3, 2], [0, 1, 0])
    assert found.estimate == 3 and np.isnan([found.lower, found.upper, found.standard_error]).all()


def test_answers_without_variation_have_an_interval_of_width_zero() -> None:
    interval = weighted_mean([4.0, 4.0, 4.0])
    assert (interval.lower, interval.upper) == (4.0, 4.0)


# R survey, tests/deff.Rout.save: kigyo data with unequal probabilities.
@pytest.mark.shared
def test_item_design_effect_agrees_with_r_survey(expected, oracle_table) -> None:
    published = expected("survey_deff")
    data = oracle_table("survey_deff", "kigyo.csv")
    unequal = weighted_mean(data["uriage"], data["pps_w"])
    assert unequal.estimate == pytest.approx(published["pps"]["mean"], abs=5e-4)
    assert unequal.standard_error == pytest.approx(published["pps"]["se"], abs=5e-4)
    assert unequal.design_effect == pytest.approx(published["pps"]["deff_replace"], abs=5e-7)
    simple = weighted_mean(data["uriage"], data["srs_w"])
    assert (simple.estimate, simple.standard_error) == pytest.approx(
        (published["srs"]["mean"], published["srs"]["se"]), abs=5e-4
    )


@pytest.mark.shared
def test_cluster_sample_mean_agrees_with_r_survey(expected, oracle_table) -> None:
    published = expected("survey_api_rake")["unraked"]
    data = oracle_table("survey_api_rake", "apiclus1.csv")
    mean = weighted_mean(data["api00"], data["pw"], psu=data["dnum"], population=data["fpc"])
    assert mean.estimate == pytest.approx(published["mean_api00"], abs=5e-3)
    assert mean.standard_error == pytest.approx(published["se"], abs=5e-4)


def test_strata_without_difference_inside_leave_no_error() -> None:
    error, freedom = linearised_error([1.0, 1.0, 3.0, 3.0], strata=["a", "a", "b", "b"])
    assert (error, freedom) == (0.0, 2)


def test_a_stratum_with_one_unit_is_refused() -> None:
    with pytest.raises(StatisticsError, match="只有一个抽样单元"):
        linearised_error([1.0, 2.0, 3.0], strata=["a", "a", "b"])


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: wilson(3, 2), "0 ≤ k ≤ n"),
        (lambda: wilson(0, 0), "基数 n"),
        (lambda: wilson(1, 2, confidence=95), "confidence"),
        (lambda: poisson_rate(-1, 2), "事件数"),
        (lambda: wilson([1, 5, 9], [10, 4, 10]), "第 2 个 k 为 5,n 为 4"),
        (lambda: wilson([1, 2], [10, 10, 10]), "k 有 2 个,n 有 3 个"),
        (lambda: wilson([1, -2], 10), "k 的第 2 个值 为 -2"),
        (lambda: wilson([1, math.nan], 10), "k 的第 2 个值为 nan"),
        (lambda: newcombe([1, 2], 10, [1, 2, 3], 10), "k1/n1 有 2 个,k2/n2 有 3 个"),
        (lambda: newcombe(1, 10, [1, 2], [10, 0]), "基数 n2 的第 2 个值 为 0"),
        (lambda: poisson_rate([1, 2], [1, -1]), "exposure.*的第 2 个值 为 -1"),
        (lambda: poisson_rate(1, 1e-300), "暴露量"),
        (lambda: poisson_rate(1, 2, per=0), "per 为 0"),
        (lambda: poisson_rate(1, 0), "暴露量"),
        (lambda: weighted_mean([1, math.nan]), "第 2 个值为 nan"),
        (lambda: weighted_mean(pd.Series([1, pd.NA], dtype="Int64")), "第 2 个值为 nan"),
        (lambda: weighted_mean(["好", "坏"]), "不是数值"),
        (lambda: weighted_mean([1, 2], [1, -1]), "第 2 个为负"),
        (lambda: weighted_mean([1, 2], [0, 0]), "之和为 0"),
        (lambda: weighted_mean([1, 2], [1, 2, 3]), "必须一致"),
        (lambda: weighted_mean([]), "至少需要 1 个"),
        (lambda: nps((1, 2)), "应为 3 个"),
        (lambda: nps((0, 0, 0)), "没有任何回答"),
        (lambda: nps({"满意": 3}), "不认识"),
    ],
)
def test_bad_input_is_refused_in_words(call, reason: str) -> None:
    with pytest.raises(StatisticsError, match=reason):
        call()


@given(st.integers(0, 200), st.integers(1, 200), st.floats(0.5, 0.999))
def test_wilson_contains_its_estimate_and_stays_a_share(k: int, n: int, confidence: float) -> None:
    interval = wilson(min(k, n), n, confidence)
    assert 0 <= interval.lower <= interval.estimate <= interval.upper <= 1


@given(st.integers(0, 60), st.integers(1, 60), st.integers(0, 60), st.integers(1, 60))
def test_newcombe_is_antisymmetric(k1: int, n1: int, k2: int, n2: int) -> None:
    there, back = newcombe(min(k1, n1), n1, min(k2, n2), n2), newcombe(min(k2, n2), n2, min(k1, n1), n1)
    assert (there.lower, there.upper) == pytest.approx((-back.upper, -back.lower))
    assert there.lower <= there.estimate <= there.upper


@given(st.lists(st.tuples(st.floats(-1e3, 1e3), positive), min_size=2, max_size=30), st.randoms())
def test_weighted_mean_knows_no_order_and_no_unit_of_weight(rows, random) -> None:
    values, weights = np.array(rows).T
    shuffled = rows.copy()
    random.shuffle(shuffled)
    other_values, other_weights = np.array(shuffled).T
    mean, again = weighted_mean(values, weights), weighted_mean(other_values, 7 * other_weights)
    assert mean.lower <= mean.estimate <= mean.upper
    assert (again.estimate, again.standard_error) == pytest.approx((mean.estimate, mean.standard_error), abs=1e-6)


@given(st.lists(positive, min_size=1, max_size=50))
def test_effective_base_lies_between_one_and_the_base(weights: list[float]) -> None:
    assert 1 - 1e-9 <= effective_base(weights) <= len(weights) + 1e-9


def test_unweighted_answers_of_net_promoters_have_no_design_effect() -> None:
    answers = [10, 9, 8, 7, 6, 0, 10, 10, 5, 3]
    assert nps_from_answers(answers).design_effect == pytest.approx(1)
    assert nps_from_answers(answers, [1] * 5 + [4] * 5).design_effect > 1

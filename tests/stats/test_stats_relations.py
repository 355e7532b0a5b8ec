"""Change, claims, classifier correction, descriptives, mediation, isotonic fit."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.change import compare_estimates, overlapping, paired, welch
from feedback_engine.stats.claims import check_claim
from feedback_engine.stats.classifier import rogan_gladen
from feedback_engine.stats.descriptives import correlate, correlate_pairs, describe, regress
from feedback_engine.stats.isotonic import isotonic_fit
from feedback_engine.stats.mediation import mediate

EARLIER, LATER = [70.0, 62, 81, 55, 90, 77], [75.0, 71, 80, 69, 95, 88, 84]


def test_welch_agrees_with_scipy() -> None:
    reference = stats.ttest_ind(LATER, EARLIER, equal_var=False)
    change = welch(EARLIER, LATER)
    assert change.difference == pytest.approx(np.mean(LATER) - np.mean(EARLIER))
    assert (change.t, change.degrees_of_freedom, change.p_value) == pytest.approx(
        (reference.statistic, reference.df, reference.pvalue)
    )
    bounds = reference.confidence_interval()
    assert (change.lower, change.upper) == pytest.approx((bounds.low, bounds.high))


def test_paired_agrees_with_scipy() -> None:
    reference = stats.ttest_rel(LATER[:6], EARLIER)
    change = paired(EARLIER, LATER[:6])
    assert (change.t, change.p_value) == pytest.approx((reference.statistic, reference.pvalue))


def test_full_overlap_is_the_paired_test_and_none_is_welch() -> None:
    same = overlapping(EARLIER, range(6), LATER[:6], range(6))
    assert same.standard_error == pytest.approx(paired(EARLIER, LATER[:6]).standard_error)
    many = np.random.default_rng(0).normal(size=(2, 500))
    apart = overlapping(many[0], range(500), many[1], range(500, 1000))
    assert apart.standard_error == pytest.approx(welch(many[0], many[1]).standard_error, rel=1e-3)


def test_without_any_variation_a_difference_is_certain_and_none_is_no_evidence() -> None:
    assert welch([3, 3], [4, 4]).p_value == 0
    assert welch([3, 3], [3, 3]).p_value == 1


def test_covariance_narrows_the_change() -> None:
    free = compare_estimates((70, 2, 100), (73, 2, 100))
    tied = compare_estimates((70, 2, 100), (73, 2, 100), covariance=3)
    assert (free.standard_error, tied.standard_error) == pytest.approx((8**0.5, 2**0.5))


@pytest.mark.parametrize(
    ("stated", "before", "after", "verdict"),
    [
        (30, 50, 65, "relative"),
        (15, 50, 65, "points"),
        (-30, 50, 65, "wrong_direction"),
        (99, 50, 65, "neither"),
        (-23.1, 65, 50, "relative"),
        (23.5, 65, 80.3, "relative"),
        (23.4, 65, 80.3, "neither"),
        (20, 100, 120, "both"),
        (5, 0, 5, "points"),
    ],
)
def test_a_claim_is_read_as_points_or_as_relative_change(stated, before, after, verdict: str) -> None:
    check = check_claim(stated, before, after)
    assert check.verdict == verdict
    assert check.points == pytest.approx(after - before)
    assert check.is_supported is (verdict in ("both", "relative", "points"))


def test_a_count_cannot_change_by_points() -> None:
    assert check_claim(15, 50, 65, is_percentage=False).verdict == "neither"
    assert math.isnan(check_claim(15, 0, 65).relative)


def test_a_perfect_classifier_needs_no_correction() -> None:
    result = rogan_gladen(0.3, 400, 1.0, 1.0, 50, 50)
    assert result.estimate == pytest.approx(0.3)
    assert result.standard_error == pytest.approx((0.21 / 400) ** 0.5)
    assert result.effective_base == pytest.approx(400)


def test_classifier_errors_are_taken_out_and_widen_the_interval() -> None:
    result = rogan_gladen(0.3, 1000, 0.9, 0.95, 200, 300)
    assert result.estimate == pytest.approx(0.25 / 0.85)
    variance = 0.21 / 1000 + result.estimate**2 * 0.09 / 200 + (1 - result.estimate) ** 2 * 0.0475 / 300
    assert result.standard_error == pytest.approx(variance**0.5 / 0.85)
    assert result.effective_base < 1000
    assert rogan_gladen(0.02, 1000, 0.9, 0.95).estimate == 0


def test_isotonic_fit_pools_neighbours_in_the_wrong_order() -> None:
    assert isotonic_fit([1, 3, 2, 4]) == pytest.approx([1, 2.5, 2.5, 4])
    assert isotonic_fit([1, 3, 2, 4], [1, 3, 1, 1]) == pytest.approx([1, 2.75, 2.75, 4])
    assert isotonic_fit([4, 1, 2], increasing=False) == pytest.approx([4, 1.5, 1.5])


@given(st.lists(st.tuples(st.floats(-100, 100), st.floats(0.1, 10)), min_size=1, max_size=20))
def test_isotonic_fit_is_monotone_and_keeps_the_mean(rows) -> None:
    y, weights = np.array(rows).T
    fit = isotonic_fit(y, weights)
    assert (np.diff(fit) >= -1e-9).all()
    assert fit @ weights == pytest.approx(y @ weights, abs=1e-6)


def test_description_counts_gaps_and_agrees_with_scipy() -> None:
    values = [3.0, 1, 4, 1, 5, 9, 2, 6]
    summary = describe([*values, math.nan])
    assert (summary.base, summary.missing) == (8, 1)
    assert (summary.median, summary.lower_quartile, summary.upper_quartile) == (3.5, 1.75, 5.25)
    assert summary.skewness == pytest.approx(stats.skew(values, bias=False))
    assert math.isnan(describe([3, 3, 3, 3]).skewness)
    assert math.isnan(describe([3]).deviation)


@pytest.mark.parametrize(("method", "reference"), [("pearson", stats.pearsonr), ("spearman", stats.spearmanr)])
def test_correlation_agrees_with_scipy(method: str, reference) -> None:
    x, y = [1.0, 2, 3, 4, 5, 6], [2.0, 1, 4, 3, 6, 6]
    found = correlate(x, y, method)
    assert (found.r, found.p_value) == pytest.approx((reference(x, y).statistic, reference(x, y).pvalue))
    assert found.lower < found.r < found.upper
    assert correlate([*x, math.nan], [*y, 3], method) == found


def test_regression_agrees_with_scipy() -> None:
    x, y = [1.0, 2, 3, 4, 5, 6], [2.0, 1, 4, 3, 6, 6]
    reference = stats.linregress(x, y)
    fit = regress(x, y)
    slope = fit.coefficients[1]
    assert (slope.estimate, slope.standard_error, slope.p_value) == pytest.approx(
        (reference.slope, reference.stderr, reference.pvalue)
    )
    assert fit.p_value == pytest.approx(slope.p_value)
    assert fit.r_squared == pytest.approx(reference.rvalue**2)


# pingouin 0.7's documented mediation_analysis; matches R mediation by its tests.
@pytest.mark.shared
def test_mediation_prints_pingouin(expected, oracle_table) -> None:
    published = expected("mediation_pingouin")
    table = oracle_table("mediation_pingouin", "mediation.csv")
    result = mediate(table["X"], table["M"], table["Y"], method="bias_corrected")
    for found, key in (
        (result.a, "M_on_X"),
        (result.y_on_m, "Y_on_M"),
        (result.total, "total"),
        (result.direct, "direct"),
    ):
        assert found.estimate == pytest.approx(published[key]["coef"], abs=5.1e-7)
        assert found.standard_error == pytest.approx(published[key]["se"], abs=5.1e-6)
    assert result.indirect.estimate == pytest.approx(published["indirect"]["coef"], abs=5.1e-7)
    assert result.indirect.standard_error == pytest.approx(published["indirect"]["boot_se"], abs=0.01)
    assert [result.indirect.lower, result.indirect.upper] == pytest.approx(published["indirect"]["ci"], abs=0.03)
    percentile = mediate(table["X"], table["M"], table["Y"]).indirect
    assert percentile.method == "percentile"
    assert percentile.lower < result.indirect.lower


def test_total_effect_is_direct_plus_indirect_and_the_seed_decides() -> None:
    generator = np.random.default_rng(0)
    x = generator.normal(size=80)
    m = x + generator.normal(size=80)
    y = m + generator.normal(size=80)
    result = mediate(x, m, y, repeats=300, seed=4)
    assert result.total.estimate == pytest.approx(result.direct.estimate + result.indirect.estimate)
    assert result.indirect.lower < result.indirect.estimate < result.indirect.upper
    assert mediate(x, m, y, repeats=300, seed=4) == result
    assert result.share_mediated > 0.5


@pytest.mark.parametrize("seed", range(5))
def test_all_pairs_at_once_are_the_pairs_one_by_one(seed: int) -> None:
    generator = np.random.default_rng(seed)
    table = generator.integers(1, 6, (25, 5)).astype(float)
    table[:, 4] = 11 - table[:, 3]
    table[generator.random(table.shape) < 0.3] = np.nan
    table[:22, 0] = np.nan
    found = correlate_pairs(table)
    assert len(found.r) == 10
    for place, (first, second) in enumerate(zip(found.first, found.second, strict=True)):
        try:
            one = correlate(table[:, first], table[:, second])
        except StatisticsError:
            assert np.isnan([found.r[place], found.lower[place], found.upper[place], found.p_value[place]]).all()
            continue
        told = (found.r[place], found.lower[place], found.upper[place], found.p_value[place], found.base[place])
        assert told == pytest.approx((one.r, one.lower, one.upper, one.p_value, one.base), abs=1e-12)


def test_a_column_that_varies_only_where_the_other_is_empty_has_no_correlation() -> None:
    found = correlate_pairs([[70.1, 1], [70.1, 2], [70.1, 5], [30, np.nan], [np.nan, np.nan]])
    assert found.base.tolist() == [3] and np.isnan(found.r).all()


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: welch([1], [1, 2]), "至少需要 2 个值"),
        (lambda: paired([1, 2], [1, 2, 3]), "同样多"),
        (lambda: overlapping([1, 2], [1], [1], [1]), "before_ids"),
        (lambda: overlapping([1], [1], [1], [1]), "不足 2 位"),
        (lambda: compare_estimates((1, 1, 0), (1, 1, 5)), "自由度"),
        (lambda: compare_estimates((1, 1, 5), (1, 1, 5), covariance=3), "协方差"),
        (lambda: check_claim(math.nan, 1, 2), "声称的百分比 为 nan"),
        (lambda: rogan_gladen(0.3, 100, 0.5, 0.5), "不比随机猜测好"),
        (lambda: rogan_gladen(1.3, 100, 0.9, 0.9), "share 为 1.3"),
        (lambda: rogan_gladen(0.3, 0, 0.9, 0.9), "n 为 0:必须 > 0"),
        (lambda: isotonic_fit([1, 2], [1, 0]), "权重为 0"),
        (lambda: describe([math.nan]), "全部缺失"),
        (lambda: correlate([1, 1, 1], [1, 2, 3]), "x 没有变化"),
        (lambda: correlate([1, 2], [1, 2]), "至少需要 3 个"),
        (lambda: correlate([1, 2, 3], [1, 2]), "必须一致"),
        (lambda: regress([[1, 2], [2, 4], [3, 6], [4, 8]], [1, 2, 3, 5]), "完全共线"),
        (lambda: regress([1, 2], [1, 2]), "至少 3"),
        (lambda: mediate([1, 2, 3, 4], [1, 2, 3], [1, 2, 3, 4]), "m 有 3 个值"),
        (lambda: mediate([1, 2, 3, 4], [2, 2, 2, 2], [1, 2, 3, 5]), "m 没有变化"),
        (lambda: mediate([1, 2, 3, 4], [1, 2, 3, 5], [1, 2, 3, 5], method="bca"), "percentile"),
    ],
)
def test_bad_input_is_refused_in_words(call, reason: str) -> None:
    with pytest.raises(StatisticsError, match=reason):
        call()


@given(st.floats(0, 1), st.floats(0.55, 1), st.floats(0.55, 1), st.integers(1, 5000))
def test_corrected_shares_lie_in_their_interval(share: float, se: float, sp: float, n: int) -> None:
    result = rogan_gladen(share, n, se, sp, 100, 100)
    assert 0 <= result.lower <= result.estimate <= result.upper <= 1


@given(st.integers(0, 10_000))
@settings(max_examples=30)
def test_a_change_reads_the_same_backwards(seed: int) -> None:
    first, second = np.random.default_rng(seed).normal(size=(2, 12))
    there, back = welch(first, second), welch(second, first)
    assert there.difference == pytest.approx(-back.difference)
    assert there.p_value == pytest.approx(back.p_value)
    assert there.lower <= there.difference <= there.upper

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.control import individuals, proportions, rates
from feedback_engine.stats.multiple import benjamini_hochberg, holm

# NIST/SEMATECH e-Handbook 6.3.2.2, flow rates.
FLOW = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
# Montgomery, Introduction to Statistical Quality Control: orange juice cans, 30 samples of 50.
CANS = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6]
# Benjamini & Hochberg (1995) JRSS B 57:289-300, section 4.1.
P_VALUES = [
    0.0001,
    0.0004,
    0.0019,
    0.0095,
    0.0201,
    0.0278,
    0.0298,
    0.0344,
    0.0459,
    0.3240,
    0.4262,
    0.5719,
    0.6528,
    0.7590,
    1.0,
]


def test_individuals_print_nist() -> None:
    chart = individuals(FLOW)
    assert chart.centre == pytest.approx(50.81)
    assert chart.limits == pytest.approx((45.8159, 55.8041), abs=5.1e-5)
    assert chart.moving_range == pytest.approx(1.8778, abs=5.1e-5)
    assert chart.signals == ()
    assert chart.is_provisional


def test_proportions_print_montgomery() -> None:
    chart = proportions(CANS, 50)
    assert chart.centre == pytest.approx(0.2313, abs=5.1e-5)
    assert chart.limits == pytest.approx((0.0524, 0.4102), abs=5.1e-5)
    # Samples 15 and 23, counted from 1.
    assert chart.signals == (14, 22)
    assert chart.rules[14] == (1,)


def test_revised_limits_without_the_two_bad_samples_print_montgomery() -> None:
    kept = [place for place in range(30) if place not in (14, 22)]
    chart = proportions(CANS, 50, baseline=kept)
    assert chart.centre == pytest.approx(0.2150, abs=5.1e-5)
    assert chart.limits == pytest.approx((0.0407, 0.3893), abs=5.1e-5)
    # Sample 21, without assignable cause, now lies above the revised limit.
    assert chart.signals == (14, 20, 22)
    assert proportions(CANS, 50, baseline=np.isin(range(30), kept)).limits == chart.limits


def test_unequal_bases_have_limits_per_point() -> None:
    chart = proportions([5, 10, 20, 5, 10, 20, 5, 10], [50, 100, 200] * 2 + [50, 100])
    assert np.asarray(chart.upper)[:3] == pytest.approx(0.1 + 3 * np.sqrt(0.09 / np.array([50, 100, 200])))
    assert np.asarray(chart.lower).min() == 0


def test_laney_widens_the_limits_of_overdispersed_shares() -> None:
    generator = np.random.default_rng(0)
    k = generator.binomial(20_000, np.clip(generator.normal(0.2, 0.02, 24), 0, 1))
    plain, laney = proportions(k, 20_000), proportions(k, 20_000, laney=True)
    assert plain.sigma > 3
    assert len(plain.signals) > 5
    assert not any(1 in rules for rules in laney.rules.values())


# Montgomery, Introduction to Statistical Quality Control: costs of processing a mortgage loan, viscosity of a primer.
@pytest.mark.parametrize(
    ("series", "centre", "moving_range", "limits"),
    [
        (
            [310, 288, 297, 298, 307, 303, 294, 297, 308, 306, 294, 299, 297, 299, 314, 295, 293, 306, 301, 304],
            300.5, 7.79, (279.78, 321.22),
        ),
        (
            [33.75, 33.05, 34.00, 33.81, 33.46, 34.02, 33.68, 33.27, 33.49, 33.20, 33.62, 33.00, 33.54, 33.12, 33.84],
            33.52, 0.48, (32.24, 34.80),
        ),
    ],
)  # fmt: skip
def test_individuals_print_montgomery(series, centre: float, moving_range: float, limits: tuple[float, float]) -> None:
    chart = individuals(series)
    assert (chart.centre, chart.moving_range) == pytest.approx((centre, moving_range), abs=5e-3)
    assert chart.limits == pytest.approx(limits, abs=5e-3)
    assert chart.signals == ()


# Montgomery: purchase orders with errors, weekly samples of unequal size; week 11 is out of control.
def test_proportions_of_unequal_samples_print_montgomery() -> None:
    orders = [100, 80, 80, 100, 110, 110, 100, 100, 90, 90, 110, 120, 120, 120, 110, 80, 80, 80, 90, 100, 100, 100, 100]
    wrong = [12, 8, 6, 9, 10, 12, 11, 16, 10, 6, 20, 15, 9, 8, 6, 8, 10, 7, 5, 8, 5, 8, 10, 6, 9]
    chart = proportions(wrong, [*orders, 90, 90])
    assert chart.centre == pytest.approx(0.0955, abs=5e-5)
    assert np.asarray(chart.upper)[[0, 1, 10]] == pytest.approx([0.184, 0.194, 0.180], abs=1.1e-3)
    assert chart.signals == (10,)


# Montgomery: nonconformities on 26 samples of printed circuit boards; errors in 20 weekly samples of 50 shipments.
def test_counts_per_unit_print_montgomery() -> None:
    boards = [21, 24, 16, 12, 15, 5, 28, 20, 31, 25, 20, 24, 16, 19, 10, 17, 13, 22, 18, 39, 30, 24, 16, 19, 17, 15]
    chart = rates(boards, 1)
    assert chart.centre == pytest.approx(19.85, abs=5e-3)
    # Printed as 6.48 and 33.22, from the rounded centre.
    assert chart.limits == pytest.approx((6.48, 33.22), abs=1.1e-2)
    assert chart.signals == (5, 19)
    shipments = [2, 3, 8, 1, 1, 4, 1, 4, 5, 1, 8, 2, 4, 3, 4, 1, 8, 3, 7, 4]
    assert rates(shipments, 50).centre == pytest.approx(0.0740)
    assert rates(shipments, [50] * 20).limits == pytest.approx((0, 0.1894), abs=5e-5)


def test_a_short_series_has_its_limits_and_says_how_little_they_rest_on() -> None:
    chart = individuals([4, 6, 5])
    assert chart.limits == pytest.approx((5 - 3 * 1.5 / 1.128, 5 + 3 * 1.5 / 1.128))
    assert chart.note == "基线只有 3 个点(少于 8):控制限只供参考"
    assert "暂定" in individuals(FLOW).note
    assert individuals(list(range(20))).note == ""
    alone = proportions([5], 50)
    assert (alone.centre, alone.limits) == (0.1, pytest.approx((0, 0.1 + 3 * (0.09 / 50) ** 0.5)))
    assert (alone.sigma, alone.moving_range) == (1.0, 0.0)


@pytest.mark.parametrize("error", [0, 0.5, 1.6, 3, 50])
def test_points_of_equal_errors_have_the_plain_chart(error: float) -> None:
    chart, plain = individuals(FLOW, errors=[error] * 10), individuals(FLOW)
    assert chart.centre == pytest.approx(plain.centre)
    found = [np.unique(np.round(limit, 9)).tolist() for limit in chart.limits]
    assert found == [[round(limit, 9)] for limit in plain.limits]
    assert chart.sigma == pytest.approx(max(0.0, plain.sigma**2 - error**2) ** 0.5, abs=1e-4)


def test_points_with_larger_errors_have_wider_limits_and_less_weight() -> None:
    errors = [0.5] * 10 + [4.0]
    chart = individuals([*FLOW, 60.0], errors=errors, baseline=10)
    assert chart.signals == ()
    half = chart.upper - chart.centre
    assert half == pytest.approx(3 * np.hypot(chart.sigma, errors))
    assert individuals([*FLOW, 60.0], baseline=10).signals == (10,)
    assert individuals([*FLOW, 90.0], errors=errors).centre == pytest.approx(np.mean(FLOW), abs=6)
    assert individuals([*FLOW, 90.0]).centre > individuals([*FLOW, 90.0], errors=errors).centre


def test_standardised_moving_ranges_average_their_constant() -> None:
    generator = np.random.default_rng(3)
    errors = 20 / np.sqrt(generator.integers(10, 400, 30))
    points = 70 + generator.normal(0, np.hypot(2, errors))
    chart = individuals(points, errors=errors)
    spread = np.hypot(chart.sigma, errors) ** 2
    assert np.mean(np.abs(np.diff(points)) / np.sqrt((spread[1:] + spread[:-1]) / 2)) == pytest.approx(1.128)


def test_points_that_never_move_have_limits_of_no_width() -> None:
    assert np.ravel(individuals([5.0] * 9, errors=[1.0] * 9).limits) == pytest.approx(5)
    assert np.ravel(individuals([5.0] * 9, errors=[0.0] * 9).limits) == pytest.approx(5)
    mixed = individuals([5.0, 6, 5, 6, 5, 6, 5, 6], errors=[0.0, 0, 1, 0, 1, 1, 0, 0])
    assert np.isfinite(mixed.limits).all()


def test_eight_on_one_side_signal_at_the_eighth() -> None:
    chart = individuals([1, 0] * 10 + [0.9] * 8 + [0.0], baseline=20)
    assert chart.signals == (27,)
    assert chart.rules == {27: (2,)}


def test_a_frozen_baseline_is_not_moved_by_later_points() -> None:
    before = individuals(FLOW)
    after = individuals([*FLOW, 70.0, 71.0], baseline=len(FLOW))
    assert after.limits == before.limits
    assert after.signals == (10, 11)


def test_complaints_per_exposure_have_their_own_chart() -> None:
    chart = rates([4, 6, 5, 5, 4, 6, 5, 25], [1.0] * 8, baseline=7)
    assert chart.centre == pytest.approx(5)
    assert chart.signals == (7,)


def test_benjamini_and_hochberg_reject_four_of_fifteen() -> None:
    adjusted, rejected = benjamini_hochberg(P_VALUES)
    assert rejected.sum() == 4
    assert adjusted[:5] == pytest.approx([0.0015, 0.003, 0.0095, 0.035625, 0.0603])
    assert holm(P_VALUES).rejected.sum() == 3


@pytest.mark.shared
def test_adjusted_p_values_agree_with_their_recomputation(expected) -> None:
    assert benjamini_hochberg(P_VALUES).adjusted_p == pytest.approx(expected("multiple_bh1995")["adjusted_bh"])


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: individuals([3]), "至少需要 2 个"),
        (lambda: individuals([1, 2, 3], minimum=8), "有 3 个点.*至少需要 8 个"),
        (lambda: individuals(FLOW, baseline=0), "有 0 个点"),
        (lambda: individuals(FLOW, baseline=[True] * 3), "都在数据之内"),
        (lambda: individuals(FLOW, baseline=[[1], [2, 3]]), "长短不一"),
        (lambda: proportions([], 50), "至少需要 1 个"),
        (lambda: proportions([3], 50, laney=True), "至少需要 2 个"),
        (lambda: proportions([3, 4], [[5], [6, 7]]), "长短不一"),
        (lambda: rates([3, 4], {"a": 5}), "n 有 1 个"),
        (lambda: individuals(FLOW, baseline=20), "至少需要"),
        (lambda: individuals(FLOW, baseline=range(5, 15)), "都在数据之内"),
        (lambda: individuals([*FLOW, np.nan]), "第 11 个值"),
        (lambda: individuals(FLOW, errors=[1] * 9), "errors 有 9 个,x 有 10 个"),
        (lambda: individuals(FLOW, errors=[1] * 9 + [-1]), "第 10 个点的标准误为负"),
        (lambda: proportions([3] * 8, 2), "大于 n"),
        (lambda: proportions([3] * 8, 0), "n 为 0:不大于 0"),
        (lambda: rates([1] * 8, 1e-300), "n 为 1e-300"),
        (lambda: proportions([-3] * 8, 9), "为负"),
        (lambda: proportions([3] * 8, [9] * 7), "必须一致"),
        (lambda: benjamini_hochberg([0.1, 1.2]), "第 2 个 p 值"),
        (lambda: benjamini_hochberg([0.1], alpha=5), "alpha"),
        (lambda: holm([]), "至少需要 1 个"),
    ],
)
def test_bad_series_are_refused_in_words(call, reason: str) -> None:
    with pytest.raises(StatisticsError, match=reason):
        call()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.randoms())
def test_adjusted_p_values_never_shrink_and_follow_their_tests(p: list[float], random) -> None:
    order = list(range(len(p)))
    random.shuffle(order)
    for adjust in (benjamini_hochberg, holm):
        adjusted = adjust(p).adjusted
        assert (adjusted >= np.array(p) - 1e-12).all()
        assert (adjusted <= 1).all()
        assert adjust([p[place] for place in order]).adjusted == pytest.approx(adjusted[order])
    assert (holm(p).adjusted >= benjamini_hochberg(p).adjusted - 1e-12).all()


@given(st.lists(st.floats(-1e3, 1e3), min_size=8, max_size=30), st.floats(0.1, 10), st.floats(-50, 50))
def test_limits_move_with_the_unit(x: list[float], factor: float, shift: float) -> None:
    plain, moved = individuals(x), individuals([factor * value + shift for value in x])
    assert plain.lower <= plain.centre <= plain.upper
    assert moved.upper == pytest.approx(factor * plain.upper + shift, abs=1e-6)

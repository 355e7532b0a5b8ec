from __future__ import annotations

import numpy as np
import pytest

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.lifetime import (
    BgNbd,
    GammaGamma,
    alive_probability,
    customer_value,
    expected_future_purchases,
    expected_purchases,
    expected_spend,
    fit_bgnbd,
    fit_gamma_gamma,
)

# Fader, Hardie & Lee (2005) Marketing Science 24(2):275-284, table 2 (CDNOW).
CDNOW = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426, log_likelihood=-9582.4, base=2357)


def test_expected_purchases_print_the_published_conditional_value() -> None:
    assert expected_future_purchases(CDNOW, 39, [2], [30.43], [38.86])[0] == pytest.approx(1.226, abs=5.1e-4)


def test_a_customer_without_a_repeat_purchase_is_alive_by_construction() -> None:
    assert alive_probability(CDNOW, [0, 2, 2], [0, 30, 5], [39, 39, 39])[0] == 1
    assert np.diff(alive_probability(CDNOW, [2, 2], [30, 5], [39, 39]))[0] < 0


@pytest.mark.shared
def test_bgnbd_fit_prints_the_published_parameters(expected, oracle_table) -> None:
    published = expected("clv_bgnbd_cdnow")
    table = oracle_table("clv_bgnbd_cdnow", "cdnow_summary.csv")
    model = fit_bgnbd(table["frequency"], table["recency"], table["T"])
    for name, value in published["params"].items():
        assert getattr(model, name) == pytest.approx(value, abs=5.1e-4)
    assert model.log_likelihood == pytest.approx(published["loglik"], abs=0.051)
    for time, value in published["expected_purchases"].items():
        assert expected_purchases(model, [float(time)])[0] == pytest.approx(value, abs=4e-4)
    weeks = fit_bgnbd(table["frequency"], table["recency"] * 7, table["T"] * 7)
    assert weeks.alpha == pytest.approx(7 * model.alpha, rel=1e-3)


# Fader & Hardie (2013), brucehardie.com/notes/025.
@pytest.mark.shared
def test_gamma_gamma_fit_prints_the_published_parameters(expected, oracle_table) -> None:
    published = expected("clv_gammagamma_cdnow")
    table = oracle_table("clv_gammagamma_cdnow", "cdnow_spend.csv")
    model = fit_gamma_gamma(table["x"], table["zbar"])
    for name, value in published["params"].items():
        assert getattr(model, name) == pytest.approx(value, abs=0.01)
    assert model.base == published["n_repeat"]
    found = expected_spend(model, table["x"], table["zbar"])[:10]
    assert found == pytest.approx(published["expected_spend_first10"], abs=0.011)


def test_value_adds_discounted_periods() -> None:
    spending = GammaGamma(p=6.25, q=3.74, gamma=15.44, log_likelihood=0, base=946, frequency_correlation=0.1)
    history = ([2, 0], [30.0, 0], [39.0, 39.0])
    plain = customer_value(CDNOW, spending, *history, [22.35, 0], periods=4)
    whole = expected_future_purchases(CDNOW, 4, *history) * expected_spend(spending, [2, 0], [22.35, 0])
    assert plain == pytest.approx(whole)
    assert (customer_value(CDNOW, spending, *history, [22.35, 0], periods=4, discount_rate=0.1) < plain).all()


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: fit_bgnbd([0, 0], [0, 0], [5, 5]), "没有任何客户重复购买"),
        (lambda: fit_bgnbd([1, 2], [6, 2], [5, 5]), "第 1 位客户"),
        (lambda: fit_bgnbd([1.5], [2], [5]), "第 1 位客户"),
        (lambda: fit_bgnbd([1], [2, 3], [5]), "长短不一"),
        (lambda: fit_gamma_gamma([0, 1], [0, 5]), "不足 2 位"),
        (lambda: fit_gamma_gamma([1, 1], [-3, 5]), "第 1 位客户的平均消费"),
        (lambda: expected_spend(GammaGamma(1, 0.9, 1, 0, 5, 0), [1], [5]), "平均消费不存在"),
        (lambda: customer_value(CDNOW, GammaGamma(1, 3, 1, 0, 5, 0), [1], [2], [5], [5], periods=0), "无效"),
    ],
)
def test_bad_histories_are_refused_in_words(call, reason: str) -> None:
    with pytest.raises(StatisticsError, match=reason):
        call()

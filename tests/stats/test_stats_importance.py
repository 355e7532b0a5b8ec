from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.correlation import group_collinear, vif
from feedback_engine.stats.importance import (
    find_suppressed,
    find_weaknesses,
    first,
    johnson,
    last,
    lmg,
    pratt,
    standardised_betas,
)
from feedback_engine.stats.resampling import bootstrap_shares, resample_shares


def survey(rows: int = 200, columns: int = 4, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(rows, columns)) + generator.normal(size=(rows, 1))
    return x, x @ np.arange(1, columns + 1) + 3 * generator.normal(size=rows)


# Grömping (2006) J. Stat. Software 17(1), calc.relimp on the swiss data; to its 8 digits.
@pytest.mark.shared
def test_lmg_prints_relaimpo_on_swiss(expected, oracle_table) -> None:
    published = expected("relimp_swiss")
    table = oracle_table("relimp_swiss", "swiss.csv")
    x, y = table[list(published["lmg"])], table["Fertility"]
    result = lmg(x, y)
    assert result.importance == pytest.approx(list(published["lmg"].values()), abs=5e-9)
    assert result.r_squared == pytest.approx(published["r2"], abs=5e-5)
    computed = published["computed_here"]
    for method, key in (
        (johnson, "johnson_genizi"),
        (pratt, "pratt"),
        (standardised_betas, "beta"),
        (first, "first"),
        (last, "last"),
    ):
        assert method(x, y).importance == pytest.approx(computed[key], abs=1e-12)
        assert method(x, y).r_squared == pytest.approx(computed["r2"])
    assert find_suppressed(x, y) == ("Agriculture",)


@pytest.mark.shared
@pytest.mark.parametrize(("columns", "key"), [(["X", "M"], "Y_on_X_M"), (["X", "M", "Ybin"], "Y_on_X_M_Ybin")])
def test_lmg_prints_relaimpo_on_the_mediation_data(expected, oracle_table, columns: list[str], key: str) -> None:
    table = oracle_table("relimp_pingouin_mediation", "mediation.csv")
    published = expected("relimp_pingouin_mediation")[key]
    result = lmg(table[columns], table["Y"])
    assert result.importance == pytest.approx(published["lmg"], abs=5.1e-9)
    assert 100 * result.share == pytest.approx(published["pct"], abs=5.1e-6)


@pytest.mark.shared
def test_key_drivers_of_a_real_survey_agree_with_their_recomputation(expected, oracle_table) -> None:
    computed = expected("kda_customersat_bayesm")["computed_here"]
    table = oracle_table("kda_customersat_bayesm", "customerSat.csv")
    x, y = table[list(computed["lmg"])], table["q1"]
    for method in (lmg, johnson, pratt):
        assert method(x, y).importance == pytest.approx(list(computed[method.__name__].values()), abs=1e-12)
    assert vif(x) == pytest.approx(list(computed["vif"].values()))
    assert find_weaknesses(lmg(x, y)) == ()


def test_uncorrelated_drivers_have_their_squared_correlations() -> None:
    x = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]] * 3, dtype=float)
    y = 3 * x[:, 0] + x[:, 1]
    assert lmg(x, y).importance == pytest.approx([0.9, 0.1])
    assert johnson(x, y).importance == pytest.approx([0.9, 0.1])
    assert standardised_betas(x, y).importance == pytest.approx([0.9**0.5, 0.1**0.5])


def test_identical_drivers_share_equally() -> None:
    x, y = survey()
    doubled = np.column_stack([x, x[:, 0]])
    for method in (lmg, johnson):
        result = method(doubled, y)
        assert result.importance[0] == pytest.approx(result.importance[4])
        assert result.importance.sum() == pytest.approx(lmg(x, y).r_squared)


@pytest.mark.parametrize("method", [pratt, standardised_betas, last])
def test_collinear_drivers_are_refused_by_name_where_they_cannot_be_told_apart(method) -> None:
    x, y = survey()
    frame = pd.DataFrame(x, columns=["响应", "态度", "价格", "环境"]).assign(态度又一次=x[:, 1] * 2 + 1)
    with pytest.raises(StatisticsError, match="态度、态度又一次 完全共线"):
        method(frame, y)


def test_row_weights_act_like_repeated_rows() -> None:
    x, y = survey(60)
    times = np.random.default_rng(1).integers(0, 4, 60)
    for method in (lmg, johnson, pratt, standardised_betas):
        repeated = method(np.repeat(x, times, axis=0), np.repeat(y, times))
        assert method(x, y, weights=times).importance == pytest.approx(repeated.importance)


def test_grouped_drivers_enter_together() -> None:
    x, y = survey()
    grouped = lmg(pd.DataFrame(x, columns=list("abcd")), y, groups=[[0, 3], [1], [2]])
    assert grouped.names == ("a+d", "b", "c")
    assert grouped.importance.sum() == pytest.approx(lmg(x, y).r_squared)


def test_collinear_columns_are_found_and_grouped() -> None:
    x, _ = survey()
    assert group_collinear(x) == ((0,), (1,), (2,), (3,))
    near = np.column_stack([x, x[:, 2] + 0.05 * np.random.default_rng(1).normal(size=len(x))])
    assert group_collinear(near) == ((0,), (1,), (2, 4), (3,))
    assert np.isinf(vif(np.column_stack([x, x[:, 0] + x[:, 1]]))[[0, 1, 4]]).all()


def test_small_samples_and_weak_models_are_said() -> None:
    x, _ = survey(50)
    noise = np.random.default_rng(5).normal(size=50)
    reasons = find_weaknesses(lmg(x, noise))
    assert len(reasons) == 2
    assert "至少需要 100 份" in reasons[0]


def test_bootstrap_is_seeded_and_ranks_what_it_can_tell_apart() -> None:
    x, y = survey(400)
    result = bootstrap_shares(x, y, repeats=60, seed=3)
    assert (result.lower <= result.share).all()
    assert (result.share <= result.upper).all()
    assert result.band[3] == 1
    again = bootstrap_shares(x, y, repeats=60, seed=3)
    assert again.lower == pytest.approx(result.lower, abs=0)


@pytest.mark.parametrize("method", [lmg, johnson])
def test_resamples_computed_at_once_are_those_computed_row_by_row(method) -> None:
    x, y = survey(40, 3)
    weights = np.random.default_rng(2).integers(0, 3, 40)
    found = resample_shares(x, y, weights, 7, np.random.default_rng(5), is_lmg=method is lmg)
    for shares, rows in zip(found, np.random.default_rng(5).integers(0, 40, (7, 40)), strict=True):
        assert shares == pytest.approx(method(x[rows], y[rows], weights[rows]).share)


def test_resamples_of_collinear_and_of_grouped_drivers_are_shared_out() -> None:
    x, y = survey(60, 2)
    doubled = resample_shares(np.column_stack([x, x[:, 0]]), y, None, 20, np.random.default_rng(1))
    assert doubled[:, 0] == pytest.approx(doubled[:, 2])
    grouped = resample_shares(
        np.column_stack([x, x[:, 0]]), y, None, 20, np.random.default_rng(1), groups=[[0, 2], [1]]
    )
    assert grouped.shape == (20, 2)
    assert grouped.sum(axis=1) == pytest.approx(np.ones(20))


def test_resamples_that_go_flat_are_drawn_again_or_refused() -> None:
    x = np.array([[0.0, 0], [0, 1], [0, 2], [1, 3]])
    assert resample_shares(x, [1, 2, 3, 5], None, 50, np.random.default_rng(0)).shape == (50, 2)
    one = np.zeros((200, 1))
    one[0] = 1
    rare = resample_shares(one, np.arange(200.0), None, 30, np.random.default_rng(0))
    assert np.isfinite(rare).all()
    weights = np.r_[1.0, 1.0, 1.0, np.zeros(997)]
    with pytest.raises(StatisticsError, match="样本太小"):
        resample_shares(np.arange(1000.0), np.arange(1000.0) ** 2, weights, 30, np.random.default_rng(0))


def test_every_set_of_drivers_is_solved_once_however_many_orders_share_it(monkeypatch) -> None:
    solved: list[int] = []
    solve = np.linalg.solve
    monkeypatch.setattr(np.linalg, "solve", lambda a, b: solved.append(a.size // a.shape[-1] ** 2) or solve(a, b))
    lmg(*survey(500, 12))
    # 4095 sets in 12 stacks, not 12! orders.
    assert (len(solved), sum(solved)) == (12, 2**12 - 1)


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda x, y: lmg(np.column_stack([x, np.ones(len(y))]), y), "第 5 列 没有变化"),
        (lambda x, y: lmg(x, np.ones(len(y))), "y 没有变化"),
        (lambda x, y: lmg(x, y[:-1]), "必须一致"),
        (lambda x, y: lmg(x, y, weights=-y), "为负"),
        (lambda x, y: lmg(np.where(x > 1, np.nan, x), y), "nan"),
        (lambda x, y: lmg(x[:2], y[:2]), "至少需要 3 行"),
        (lambda x, y: lmg(x, y, groups=[[0], [1]]), "恰好分到一组"),
        (lambda x, y: lmg(x, y, groups=5), "恰好分到一组"),
        (lambda x, y: lmg(x, y, groups=["a", 1, 2, 3]), "恰好分到一组"),
        (lambda x, y: lmg(np.random.default_rng(0).normal(size=(len(y), 16)), y), "最多 15 个"),
    ],
)
def test_bad_input_is_refused_in_words(call, reason: str) -> None:
    with pytest.raises(StatisticsError, match=reason):
        call(*survey())


@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(8, 40))
@settings(max_examples=40)
def test_lmg_and_johnson_add_up_to_r_squared_and_are_never_negative(seed: int, columns: int, rows: int) -> None:
    x, y = survey(rows, columns, seed)
    for method in (lmg, johnson):
        result = method(x, y)
        assert result.importance.sum() == pytest.approx(result.r_squared)
        assert (result.importance >= -1e-12).all()
        assert result.share.sum() == pytest.approx(1)
    assert pratt(x, y).importance.sum() == pytest.approx(lmg(x, y).r_squared)


@given(st.integers(0, 10_000), st.permutations(range(4)))
@settings(max_examples=30)
def test_importance_follows_its_column_and_ignores_units(seed: int, order: list[int]) -> None:
    x, y = survey(40, 4, seed)
    for method in (lmg, johnson, pratt, standardised_betas):
        plain = method(x, y).importance
        assert method(x[:, order] * 3.7 + 11, 0.2 * y - 5).importance == pytest.approx(plain[order], abs=1e-9)


@pytest.mark.parametrize("measure", [lmg, johnson, pratt, standardised_betas])
def test_rows_that_any_regression_fits_exactly_tell_no_importance(measure) -> None:
    generator = np.random.default_rng(3)
    x, y = generator.normal(size=(5, 3)), generator.normal(size=5)
    assert measure(x, y).base == 5
    with pytest.raises(StatisticsError, match=r"3 个因素只有 4 行.*至少需要 5 行"):
        measure(x, y, [1, 1, 1, 1, 0])

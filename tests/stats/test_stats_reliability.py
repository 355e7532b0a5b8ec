from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_engine.errors import StatisticsError, StatisticsWarning
from feedback_engine.stats.reliability import (
    average_variance_extracted,
    bartlett,
    composite_reliability,
    cronbach_alpha,
    dillon_goldstein,
    htmt,
    item_statistics,
    kmo,
)


def scale(rows: int = 60, items: int = 4, seed: int = 0) -> np.ndarray:
    generator = np.random.default_rng(seed)
    return generator.normal(size=(rows, 1)) + generator.normal(size=(rows, items))


# pingouin's documented examples, checked by its author against R psych::alpha.
@pytest.mark.shared
def test_constants_with_rounding_noise_have_no_alpha() -> None:
    noisy = [[0.3, 0.7, 0.1 + 0.2], [0.1 + 0.2, 0.7, 0.3], [0.3, 0.1 * 7, 0.3]]
    with pytest.raises(StatisticsError, match="总分没有变化"):
        cronbach_alpha(noisy)


def test_alpha_prints_the_published_examples(expected, oracle_table) -> None:
    published = expected("cronbach_pingouin")
    wide = oracle_table("cronbach_pingouin", "wide_missing.csv")
    long = oracle_table("cronbach_pingouin", "long.csv").pivot(index="Subj", columns="Items", values="Scores")
    complete = cronbach_alpha(long)
    assert complete.value == pytest.approx(published["long"][0], abs=1e-14)
    assert [complete.lower, complete.upper] == pytest.approx(published["long"][1], abs=5e-4)
    pairwise = cronbach_alpha(wide, missing="pairwise")
    assert pairwise.value == pytest.approx(published["pairwise"][0], abs=1e-14)
    assert [pairwise.lower, pairwise.upper] == pytest.approx(published["pairwise"][1], abs=5e-4)
    imputed = cronbach_alpha(wide.fillna(wide.median()))
    assert imputed.value == pytest.approx(published["median_imputed"][0], abs=1e-14)
    assert [imputed.lower, imputed.upper] == pytest.approx(published["median_imputed"][1], abs=5e-4)


@pytest.mark.shared
def test_listwise_alpha_prints_the_published_value_on_its_true_base(expected, oracle_table) -> None:
    published = expected("cronbach_pingouin")
    listwise = cronbach_alpha(oracle_table("cronbach_pingouin", "wide_missing.csv"), missing="listwise")
    assert listwise.value == pytest.approx(published["listwise"][0], abs=1e-14)
    # The published interval counts the dropped rows too (12); ours, on the 9 complete ones, is wider.
    assert listwise.base == 9
    assert listwise.lower < published["listwise"][1][0]


# R psych KMO and cortest.bartlett as recorded by factor_analyzer's tests.
@pytest.mark.shared
def test_kmo_and_bartlett_print_r_psych(expected, oracle_table) -> None:
    published = expected("kmo_bartlett_factor_analyzer")
    adequacy = kmo(oracle_table("kmo_bartlett_factor_analyzer", "test02_kmo.csv"))
    assert adequacy.value == pytest.approx(published["kmo_overall"], abs=5e-6)
    assert adequacy.items == pytest.approx(published["kmo_items"], abs=1e-14)
    test = bartlett(oracle_table("kmo_bartlett_factor_analyzer", "test01_bartlett.csv"))
    assert test.statistic == pytest.approx(published["bartlett_chi2"], abs=0.5)
    assert test.degrees_of_freedom == 780
    assert test.p_value == pytest.approx(published["bartlett_p"])


# R plspm on its satisfaction data prints standardised alpha and Dillon-Goldstein's rho per block.
@pytest.mark.shared
def test_block_reliabilities_print_plspm(expected, oracle_table) -> None:
    published = expected("pls_plspm_satisfaction")
    table = oracle_table("pls_plspm_satisfaction", "satisfaction.csv")
    for block, figures in published["unidimensionality"].items():
        items = table[[item["name"] for item in published["outer_model"] if item["block"] == block]]
        assert cronbach_alpha(items, standardised=True).value == pytest.approx(figures["cronbach_alpha"], abs=1e-12)
        assert dillon_goldstein(items) == pytest.approx(figures["dillon_goldstein_rho"], abs=1e-12)
        loadings = [item["loading"] for item in published["outer_model"] if item["block"] == block]
        assert average_variance_extracted(loadings) == pytest.approx(
            published["inner_summary"][block]["ave"], abs=1e-12
        )


def test_composite_reliability_and_ave_follow_their_formulas() -> None:
    loadings = {"q1": 0.8, "q2": 0.7, "q3": 0.6}
    assert composite_reliability(loadings) == pytest.approx(2.1**2 / (2.1**2 + 0.36 + 0.51 + 0.64))
    assert average_variance_extracted(loadings) == pytest.approx((0.64 + 0.49 + 0.36) / 3)


def test_a_reversed_item_is_named_and_its_loss_shown() -> None:
    table = pd.DataFrame(scale(), columns=["q1", "q2", "q3", "q4"])
    table["q3"] = -table["q3"]
    assert cronbach_alpha(table).reversed_items == ("q3",)
    without = {item.name: item.alpha_if_deleted for item in item_statistics(table)}
    assert without["q3"] == pytest.approx(cronbach_alpha(table[["q1", "q2", "q4"]]).value)
    assert max(without, key=lambda name: without[name]) == "q3"


def test_parallel_items_are_perfectly_reliable() -> None:
    column = np.arange(10.0)
    assert float(cronbach_alpha(np.column_stack([column, column + 1, column]))) == pytest.approx(1)


def test_htmt_of_two_blocks_of_one_construct_is_near_one() -> None:
    table = scale(2000, 6)
    same = htmt(table, {"甲": [0, 1, 2], "乙": [3, 4, 5]})
    apart = htmt(np.column_stack([table[:, :3], scale(2000, 3, seed=9)]), {"甲": [0, 1, 2], "乙": [3, 4, 5]})
    assert same["甲", "乙"] == pytest.approx(1, abs=0.1)
    assert apart["甲", "乙"] < 0.2


def test_computed_correlations_stand_for_the_answers() -> None:
    answers = scale(60, 5)
    for r in (np.corrcoef(answers, rowvar=False), pd.DataFrame(answers).corr()):
        assert kmo(r).items == pytest.approx(kmo(answers).items)
        assert bartlett(r, n=60).p_value == pytest.approx(bartlett(answers).p_value)
        blocks = {"甲": [0, 1], "乙": [2, 3, 4]}
        assert htmt(r, blocks) == pytest.approx(htmt(answers, blocks))


def test_kmo_of_collinear_items_warns() -> None:
    table = scale()
    with pytest.warns(StatisticsWarning, match="广义逆"):
        adequacy = kmo(np.column_stack([table, table[:, 0] + table[:, 1]]))
    assert 0 < adequacy.value < 1


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: cronbach_alpha([[1], [2], [3]]), "至少需要 2 个题项"),
        (lambda: cronbach_alpha([[1, 5], [2, 4], [3, 3]]), "总分没有变化"),
        (lambda: cronbach_alpha([[1, np.nan], [2, 4]]), "完整作答只有 1 行"),
        (lambda: cronbach_alpha([[1, 2], [2, 4]], missing="drop"), "listwise、pairwise"),
        (lambda: kmo([[1, 5], [2, 5], [3, 5]]), "第 2 列 没有变化"),
        (lambda: bartlett([[1, 2], [2, 4], [3, 6], [4, 8]]), "完全共线"),
        (lambda: bartlett([[1, 2, 5, 3], [2, 4, 1, 1], [3, 5, 2, 2], [5, 1, 4, 3]]), "4 人答 4 个题项"),
        (lambda: bartlett([[1, 0.5, 0.3], [0.5, 1, 0.2], [0.3, 0.2, 1]], n=3), "3 人答 3 个题项"),
        (lambda: composite_reliability([0.5, 1.2]), "第 2 个载荷"),
        (lambda: composite_reliability([1, -1]), "正负相消"),
        (lambda: kmo([[1, -0.9, -0.9], [-0.9, 1, -0.9], [-0.9, -0.9, 1]]), "负的特征值"),
        (lambda: kmo(pd.DataFrame([[1, 0.5, 0], [0.5, 1, 0], [0, 0, 1]], columns=["a", "b", "c"])), "题项 c 与其余"),
        (lambda: bartlett(scale(), n=7), "只有相关矩阵才需要 n"),
        (lambda: htmt(scale(), {"甲": ["q9"], "乙": [1]}), "不是任何一列"),
    ],
)
def test_bad_items_are_refused_in_words(call, reason: str) -> None:
    with pytest.raises(StatisticsError, match=reason):
        call()


@given(st.integers(0, 10_000), st.integers(2, 6), st.integers(5, 40), st.floats(0.5, 0.99))
@settings(max_examples=40)
def test_alpha_lies_in_its_interval_and_below_one(seed: int, items: int, rows: int, confidence: float) -> None:
    alpha = cronbach_alpha(scale(rows, items, seed), confidence)
    assert alpha.lower <= alpha.value + 1e-9
    assert alpha.value <= 1
    assert alpha.lower < alpha.upper <= 1

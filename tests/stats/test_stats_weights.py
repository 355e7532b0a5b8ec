from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from feedback_engine.errors import StatisticsError, StatisticsWarning
from feedback_engine.stats.components import principal_components
from feedback_engine.stats.delphi import check_convergence, kendall_w, summarise_round
from feedback_engine.stats.weights import (
    combine,
    critic_weights,
    entropy,
    entropy_weights,
    game_coefficients,
    pca_weights,
    variation_weights,
)

# Xu (2004) EJOR 156:530-532, used again by Shuai et al. (2012).
XU = [[30.0, 30.0, 38.0, 29.0], [19.0, 54.0, 86.0, 29.0], [19.0, 15.0, 85.0, 28.9], [68.0, 70.0, 60.0, 29.0]]
# Tuş & Aytaç Adalı (2019) Opsearch 56:528-538, software selection.
TUS = [[5000, 3, 3, 4, 3, 2], [680, 5, 3, 2, 2, 1], [2000, 3, 2, 3, 4, 3], [600, 4, 3, 1, 2, 2], [800, 2, 4, 3, 3, 4]]
# Ersoy (2021) LogForum 17(3).
ERSOY = [
    [256.0, 8.0, 41.0, 1.6, 1.77, 7347.16],
    [256.0, 8.0, 32.0, 1.0, 1.8, 6919.99],
    [256.0, 8.0, 53.0, 1.6, 1.9, 8400.0],
    [256.0, 8.0, 41.0, 1.0, 1.75, 6808.9],
    [512.0, 8.0, 35.0, 1.6, 1.7, 8479.99],
    [256.0, 4.0, 35.0, 1.6, 1.7, 7499.99],
]

tables = arrays(
    float, st.tuples(st.integers(3, 8), st.integers(2, 5)), elements=st.integers(1, 100).map(float), unique=True
)


@pytest.mark.parametrize(
    ("table", "published", "digits"),
    [
        (XU, [0.4630, 0.3992, 0.1378, 0.0000], 5e-5),
        (ERSOY, [0.405, 0.221, 0.134, 0.199, 0.007, 0.034], 5e-4),
    ],
)
def test_entropy_weights_print_published_examples(table, published, digits: float) -> None:
    assert entropy_weights(table) == pytest.approx(published, abs=digits)


def test_entropy_after_min_max_differs_and_can_be_shifted() -> None:
    ratio, minmax = entropy_weights(XU), entropy_weights(XU, "minmax")
    assert np.abs(ratio - minmax).max() > 0.05
    assert minmax.sum() == pytest.approx(1)
    assert entropy_weights(XU, "minmax", shift=1.0) != pytest.approx(minmax, abs=1e-3)


def test_cost_indicators_are_turned_round_before_the_entropy() -> None:
    table = np.array(XU)
    turned = table.copy()
    turned[:, 1] = turned[:, 1].max() + turned[:, 1].min() - turned[:, 1]
    named = pd.DataFrame(table, columns=list("abcd"))
    assert entropy_weights(named, "minmax", cost=["b"]) == pytest.approx(entropy_weights(turned, "minmax"))
    assert entropy_weights(table, "minmax", cost=[1]) == pytest.approx(entropy_weights(turned, "minmax"))


def test_an_indicator_without_variation_gets_no_entropy_weight() -> None:
    weights = entropy_weights([[1, 5, 3], [2, 5, 1], [4, 5, 2]])
    assert weights[1] == 0
    assert entropy([[1, 5], [2, 5]])[1] == 1


def test_a_table_without_any_variation_is_weighed_equally_with_a_warning() -> None:
    for method in (entropy_weights, critic_weights, variation_weights):
        with pytest.warns(StatisticsWarning, match="等权"):
            assert method([[1, 2], [1, 2], [1, 2]]) == pytest.approx([0.5, 0.5])


def test_critic_weights_print_the_published_example() -> None:
    published = [0.157, 0.249, 0.168, 0.121, 0.154, 0.151]
    assert critic_weights(TUS) == pytest.approx(published, abs=5e-4)


def test_critic_turns_cost_indicators_and_skips_constant_ones() -> None:
    assert critic_weights(TUS, cost=[0])[0] == pytest.approx(0.184, abs=5e-4)
    assert critic_weights(TUS, cost=[1, 0, 0, 0, 0, 0]) == pytest.approx(critic_weights(TUS, cost=[0]))
    assert critic_weights(TUS, cost=[True] + [False] * 5) == pytest.approx(critic_weights(TUS, cost=[0]))
    flat = np.column_stack([TUS, np.ones(5)])
    assert critic_weights(flat)[:6] == pytest.approx(critic_weights(TUS))
    assert critic_weights(flat)[6] == 0


def test_variation_weights_print_the_published_example() -> None:
    assert variation_weights(XU) == pytest.approx([0.4258, 0.3610, 0.2121, 0.0011], abs=5e-5)


# Zavadskas & Podvezko (2016) IJITDM 15(2):267-283: IDOCRIW multiplies entropy and CILOS weights.
ENTROPY, CILOS = [0.1146, 0.1981, 0.4185, 0.2689], [0.3343, 0.2199, 0.1957, 0.2501]


def test_multiplicative_combination_prints_idocriw() -> None:
    combined = combine(ENTROPY, CILOS, "multiplicative")
    assert combined == pytest.approx([0.1658, 0.1886, 0.35455, 0.2911], abs=5e-5)


def test_linear_combination_mixes_by_alpha() -> None:
    assert combine([0.6, 0.4], [0.2, 0.8], alpha=0.25) == pytest.approx([0.3, 0.7])


def test_game_combination_solves_its_equations() -> None:
    alpha = game_coefficients([ENTROPY, CILOS])
    assert alpha == pytest.approx([0.6667080919789297, 0.33329190802107034])
    assert combine([0.4, 0.3, 0.2, 0.1], [0.1, 0.2, 0.3, 0.4], "game") == pytest.approx([0.25] * 4)
    assert combine(CILOS, CILOS, "game") == pytest.approx(CILOS)


def test_a_zero_that_kills_an_indicator_is_said() -> None:
    with pytest.warns(StatisticsWarning, match="第 2 个指标"):
        assert combine([0.5, 0.5], [1.0, 0.0], "multiplicative") == pytest.approx([1, 0])


# James, Witten, Hastie & Tibshirani, An Introduction to Statistical Learning, ch. 10: prcomp(USArrests, scale=TRUE).
@pytest.mark.shared
def test_principal_components_print_isl(expected, oracle_table) -> None:
    published = expected("pca_usarrests")
    table = oracle_table("pca_usarrests", "usarrests.csv")[list(published["pc1_abs_loading"])]
    components = principal_components(table)
    assert np.sqrt(components.eigenvalues) == pytest.approx(published["sdev"], abs=5e-8)
    assert np.abs(components.vectors[:, 0]) == pytest.approx(list(published["pc1_abs_loading"].values()), abs=5e-8)
    computed = published["computed_here"]
    assert pca_weights(table) == pytest.approx(list(computed["weights_squared_loading_2pc"].values()))
    assert pca_weights(table, "absolute") == pytest.approx(list(computed["weights_abs_loading_2pc"].values()))
    assert pca_weights(table, keep="kaiser") == pytest.approx(list(computed["weights_1pc"].values()))
    assert components.count_kept("kaiser") == 1
    assert components.count_kept("either") == 2


def test_kendalls_w_is_one_for_agreement_and_corrects_ties() -> None:
    assert kendall_w([[3, 2, 1], [30, 20, 10]]).w == pytest.approx(1)
    # Ranks 1.5 1.5 3 and 1 2 3: S = 1.5² + 0.5² + 2² = 6.5, T = 6, W = 12·6.5/(4·24 - 2·6).
    assert kendall_w([[1, 1, 2], [1, 2, 3]]).w == pytest.approx(0.9285714)
    assert kendall_w([[3, 2, 1], [1, 2, 3]]).w == pytest.approx(0)


def test_a_delphi_round_says_spread_and_weights() -> None:
    summary = summarise_round([[9, 8, 3], [9, 6, 5], [9, 7, 4]])
    assert summary.means == pytest.approx([9, 7, 4])
    assert summary.variation == pytest.approx([0, 1 / 7, 1 / 4])
    assert summary.weights.sum() == pytest.approx(1)


def test_delphi_stops_when_experts_agree_and_stay() -> None:
    agreed = [[9, 7, 5, 3], [9, 7, 5, 3], [10, 7, 5, 3], [9, 8, 5, 3]]
    assert check_convergence([agreed, agreed]).is_converged
    moved = (np.array(agreed) * np.array([1, 1, 1, 2])).tolist()
    assert not check_convergence([moved, agreed]).is_converged
    disputed = check_convergence([[[9, 1], [9, 9], [9, 5]]])
    assert disputed.disputed == (1,)
    assert not disputed.is_converged


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: entropy_weights([[1, 2, 3]]), "至少需要 2 行"),
        (lambda: entropy_weights([[1, -2], [2, 3]]), "第 1 行第 2 列为负"),
        (lambda: entropy_weights([[0, 2], [0, 3]]), "之和为 0"),
        (lambda: entropy_weights([[1, 2], [2, 3]], normalise="x"), "minmax、ratio"),
        (lambda: entropy_weights([[1, 2], [2, 3]], cost=["价格"]), "不是任何一列"),
        (lambda: entropy_weights([[1, 2], [2, 3]], "zscore"), "仍有负值"),
        (lambda: critic_weights([[1, 2], [2, 3]], cost=[0, 1]), "可以是列号,也可以是 0/1 标记"),
        (lambda: critic_weights([[1, np.nan], [2, 3]]), "第 1 行"),
        (lambda: variation_weights([[-1, 2], [1, 3]]), "均值为 0"),
        (lambda: pca_weights([[1, 2], [1, 3], [1, 5]]), "方差为 0"),
        (lambda: pca_weights(XU, keep="most"), "either、kaiser、share"),
        (lambda: pca_weights(XU, keep=9), "成分数"),
        (lambda: combine([0.5, 0.5], [1, 2, 3]), "必须一致"),
        (lambda: combine([0.5, 0.5], [-1, 2]), "为负"),
        (lambda: combine([1, 0], [0, 1], "multiplicative"), "全为 0"),
        (lambda: combine([1, 0], [0, 1], alpha=2), "alpha"),
        (lambda: combine([1, 0], [0, 1], "sum"), "linear、multiplicative、game"),
        (lambda: kendall_w([[1, 1], [2, 2]]), "没有定义"),
        (lambda: summarise_round([[1, 2]]), "至少需要 2 行"),
        (lambda: check_convergence([]), "没有任何一轮"),
    ],
)
def test_bad_tables_are_refused_in_words(call, reason: str) -> None:
    with pytest.raises(StatisticsError, match=reason):
        call()


METHODS = [entropy_weights, critic_weights, variation_weights, pca_weights]


@pytest.mark.parametrize("method", METHODS)
@given(table=tables)
@settings(max_examples=30)
def test_weights_are_shares(method, table: np.ndarray) -> None:
    weights = method(table)
    assert weights.sum() == pytest.approx(1)
    assert (weights >= 0).all()


@pytest.mark.parametrize("method", METHODS)
@given(table=tables, random=st.randoms())
@settings(max_examples=30)
def test_weights_follow_columns_and_ignore_the_order_of_objects(method, table: np.ndarray, random) -> None:
    columns, rows = list(range(table.shape[1])), list(range(table.shape[0]))
    random.shuffle(columns)
    random.shuffle(rows)
    assert method(table[np.ix_(rows, columns)]) == pytest.approx(method(table)[columns], abs=1e-7)


@given(tables)
@settings(max_examples=30)
def test_units_do_not_matter_to_entropy_and_variation(table: np.ndarray) -> None:
    units = np.arange(1, table.shape[1] + 1) * 0.37
    assert entropy_weights(table * units) == pytest.approx(entropy_weights(table))
    assert variation_weights(table * units) == pytest.approx(variation_weights(table))

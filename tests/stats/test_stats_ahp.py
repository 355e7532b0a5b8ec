from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.ahp import (
    ahp_weights,
    complete_matrix,
    find_random_index,
    group_judgements,
    hierarchy_consistency,
    hierarchy_weights,
)

NAN = math.nan
DRINKS = ["coffee", "wine", "tea", "beer", "soda", "milk", "water"]


def reciprocal(upper: list[list[float]]) -> np.ndarray:
    size = len(upper) + 1
    matrix = np.eye(size)
    for row, values in enumerate(upper):
        for offset, value in enumerate(values, 1):
            matrix[row, row + offset], matrix[row + offset, row] = value, 1 / value
    return matrix


# Saaty (2008) Int. J. Services Sciences 1(1):83-98, consumption of drinks; weights and CR as printed.
SAATY = reciprocal(
    [
        [9, 5, 2, 1, 1, 1 / 2],
        [1 / 3, 1 / 9, 1 / 9, 1 / 9, 1 / 9],
        [1 / 3, 1 / 4, 1 / 3, 1 / 9],
        [1 / 2, 1, 1 / 3],
        [2, 1 / 2],
        [1 / 3],
    ]
)
SAATY_WEIGHTS = [0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327]


@st.composite
def judgement_matrices(draw):
    size = draw(st.integers(2, 6))
    steps = st.sampled_from([1, 2, 3, 5, 7, 9, 1 / 2, 1 / 3, 1 / 5, 1 / 7, 1 / 9])
    return reciprocal([[draw(steps) for _ in range(size - 1 - row)] for row in range(size - 1)])


def test_drinks_example_prints_saatys_weights_and_ratio() -> None:
    result = ahp_weights(SAATY, ri="saaty_later")
    assert result.weights == pytest.approx(SAATY_WEIGHTS, abs=5e-4)
    assert result.consistency_ratio == pytest.approx(0.022, abs=5e-4)
    assert result.is_consistent()


def test_the_table_of_1980_gives_another_ratio() -> None:
    result = ahp_weights(SAATY)
    assert result.random_index == 1.32
    assert result.consistency_ratio == pytest.approx(0.0223016, abs=1e-6)


@pytest.mark.shared
def test_drinks_example_agrees_with_its_recomputation(expected, oracle_table) -> None:
    computed = expected("ahp_saaty_drinks")["computed_here"]
    matrix = oracle_table("ahp_saaty_drinks", "matrix.csv").set_index("item")
    result = ahp_weights(matrix)
    assert result.lambda_max == pytest.approx(computed["lambda_max"])
    assert result.weights == pytest.approx(list(computed["weights"].values()))
    by_root = ahp_weights(matrix, method="geometric_mean")
    assert by_root.weights == pytest.approx(list(computed["geometric_mean_weights"].values()))


def test_the_judgement_that_disturbs_most_is_named() -> None:
    matrix = pd.DataFrame(reciprocal([[2, 1 / 4], [2]]), columns=["响应", "态度", "价格"])
    worst = ahp_weights(matrix).worst_judgement
    assert worst is not None
    assert (worst.row, worst.column) == ("响应", "态度"), "of three items all judgements err alike: the first is named"
    assert worst.contribution == pytest.approx(1 / 3)
    assert worst.given != pytest.approx(worst.implied, rel=0.1)
    spoiled = SAATY.copy()
    spoiled[0, 6], spoiled[6, 0] = 9, 1 / 9
    found = ahp_weights(pd.DataFrame(spoiled, columns=DRINKS)).worst_judgement
    assert found is not None
    assert (found.row, found.column) == ("coffee", "water")


def test_consistent_judgements_have_no_worst() -> None:
    result = ahp_weights([[1, 2, 6], [1 / 2, 1, 3], [1 / 6, 1 / 3, 1]])
    assert result.weights == pytest.approx([0.6, 0.3, 0.1])
    assert result.consistency_ratio == pytest.approx(0, abs=1e-12)
    assert result.worst_judgement is None


def test_two_items_are_always_consistent() -> None:
    assert ahp_weights([[1, 3], [1 / 3, 1]]).consistency_ratio == 0
    assert ahp_weights([[1]]).weights == pytest.approx([1])


def test_reciprocals_printed_with_two_digits_are_restored() -> None:
    printed = [[1, 3, 7], [0.33, 1, 3], [0.14, 0.33, 1]]
    exact = reciprocal([[3, 7], [3]])
    assert ahp_weights(printed).weights == pytest.approx(ahp_weights(exact).weights)


@pytest.mark.parametrize(
    ("ri", "value"),
    [
        ("saaty1980", 0.9),
        ("saaty_later", 0.89),
        ([0, 0, 0.5, 0.8], 0.8),
        ([0.5, 0.8], 0.8),
        ({4: 0.7}, 0.7),
        (0.6, 0.6),
    ],
)
def test_the_random_index_can_be_ones_own(ri, value: float) -> None:
    assert find_random_index(ri, 4) == value


# Bozóki, Fülöp & Rónyai (2010) Math. Comput. Modelling 52:318-333.
def test_optimal_completion_prints_the_published_value_and_weights() -> None:
    matrix = [[1, 1, 5, 2], [1, 1, 3, 4], [NAN, NAN, 1, NAN], [NAN, NAN, NAN, 1]]
    completed = complete_matrix(matrix)
    assert completed[2, 3] == pytest.approx(0.730297, abs=5e-7)
    assert completed[3, 2] == pytest.approx(1 / completed[2, 3])
    assert ahp_weights(completed).weights == pytest.approx([0.3738, 0.3920, 0.0985, 0.1357], abs=5.1e-5)


def test_several_missing_judgements_of_a_consistent_matrix_are_found_again() -> None:
    weights = np.array([0.4, 0.3, 0.15, 0.1, 0.05])
    matrix = weights[:, None] / weights
    for row, column in ((0, 2), (1, 4), (2, 3)):
        matrix[row, column] = matrix[column, row] = NAN
    assert complete_matrix(matrix) == pytest.approx(weights[:, None] / weights, rel=1e-6)


def test_judgements_that_do_not_link_all_items_are_refused() -> None:
    with pytest.raises(StatisticsError, match="不能把所有元素连起来"):
        complete_matrix([[1, 2, NAN, NAN], [0.5, 1, NAN, NAN], [NAN, NAN, 1, 3], [NAN, NAN, 1 / 3, 1]])


def test_group_judgement_is_the_geometric_mean() -> None:
    group = group_judgements([[[1, 2], [1 / 2, 1]], [[1, 8], [1 / 8, 1]]])
    assert group == pytest.approx(np.array([[1, 4], [1 / 4, 1]]))


def test_hierarchy_multiplies_down_and_adds_over_branches() -> None:
    tree = {
        "matrix": [[1, 3], [1 / 3, 1]],
        "children": [
            {"matrix": [[1, 2], [1 / 2, 1]], "children": ["响应", "态度"]},
            {"weights": [1, 1], "children": ["响应", {"children": ["价格"]}]},
        ],
    }
    assert hierarchy_weights(tree) == pytest.approx({"响应": 0.625, "态度": 0.25, "价格": 0.125})
    assert list(hierarchy_consistency(tree)) == ["根节点", "根节点/1"]


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: ahp_weights([[1, 3], [1 / 2, 1]]), r"\(1,2\) = 3.*不互为倒数"),
        (lambda: ahp_weights([[1, 0], [0, 1]]), r"\(1,2\) = 0.*必须 > 0"),
        (lambda: ahp_weights([[1, -2], [-0.5, 1]]), "必须 > 0"),
        (lambda: ahp_weights([[2, 1], [1, 1]]), "对角线"),
        (lambda: ahp_weights([[1, 2, 3], [0.5, 1, 2]]), "方阵"),
        (lambda: ahp_weights([[1, NAN], [NAN, 1]]), "complete_matrix"),
        (lambda: ahp_weights([[1, 2], [0.5]]), "长短不一"),
        (lambda: ahp_weights(np.ones((3, 3)), ri="saaty2030"), "saaty1980、saaty_later"),
        (lambda: ahp_weights(np.ones((2, 2)), ri="saaty2030"), "saaty1980、saaty_later"),
        (lambda: ahp_weights(np.ones((3, 3)), method="x"), "eigenvector"),
        (lambda: ahp_weights(np.ones((16, 16))), "16 阶"),
        (lambda: group_judgements([]), "没有任何专家"),
        (lambda: group_judgements([np.ones((2, 2)), np.ones((3, 3))]), "大小不一"),
        (lambda: hierarchy_weights({"matrix": [[1]], "children": ["a", "b"]}), "根节点 的矩阵为 1 阶"),
        (lambda: hierarchy_weights({"matrix": [[1]], "children": []}), "没有 children"),
        (lambda: hierarchy_weights({"matrix": [[1, 1], [1, 1]], "children": ["a", "a"]}), "'a' 不止一次"),
        (lambda: hierarchy_weights({"matrix": [[1, 1], [1, 1]], "children": ["a", None]}), "第 2 个名称缺失"),
        (lambda: hierarchy_weights({"children": [{"matrix": [[1, 3], [1, 1]], "children": ["a", "b"]}]}), "根节点/1"),
    ],
)
def test_bad_judgements_are_refused_in_words(call, reason: str) -> None:
    with pytest.raises(StatisticsError, match=reason):
        call()


@given(judgement_matrices(), st.sampled_from(["eigenvector", "geometric_mean", "column_mean"]))
def test_weights_are_positive_and_sum_to_one(matrix: np.ndarray, method: str) -> None:
    result = ahp_weights(matrix, method=method)
    assert result.weights.sum() == pytest.approx(1)
    assert (result.weights > 0).all()
    assert result.consistency_ratio >= 0


@given(judgement_matrices(), st.randoms())
def test_weights_follow_a_permutation_of_the_items(matrix: np.ndarray, random) -> None:
    order = list(range(matrix.shape[0]))
    random.shuffle(order)
    permuted = ahp_weights(matrix[np.ix_(order, order)])
    assert permuted.weights == pytest.approx(ahp_weights(matrix).weights[order])


@given(judgement_matrices())
@settings(max_examples=40)
def test_completion_never_makes_consistency_worse_than_the_full_matrix(matrix: np.ndarray) -> None:
    if matrix.shape[0] < 3:
        return
    gap = matrix.copy()
    gap[0, 1] = gap[1, 0] = NAN
    assert ahp_weights(complete_matrix(gap)).lambda_max <= ahp_weights(matrix).lambda_max + 1e-9

"""Fuzzy evaluation, TOPSIS, Kano."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_engine.errors import StatisticsError, StatisticsWarning
from feedback_engine.stats.fuzzy import evaluate
from feedback_engine.stats.kano import LEVELS, categories, classify
from feedback_engine.stats.topsis import topsis

# The clothing example of Chinese textbooks, as in SPSSAU's help.
A = [0.1, 0.1, 0.15, 0.3, 0.35]
R = [[0.2, 0.5, 0.3, 0.0], [0.1, 0.3, 0.5, 0.1], [0.0, 0.1, 0.6, 0.3], [0.0, 0.4, 0.5, 0.1], [0.5, 0.3, 0.2, 0.0]]
GRADES = ["很欢迎", "欢迎", "一般", "不欢迎"]


def test_weighted_evaluation_prints_the_textbook() -> None:
    result = evaluate(A, R, levels=GRADES, values=[100, 75, 50, 25])
    assert result.memberships == pytest.approx([0.205, 0.32, 0.39, 0.085])
    assert result.grade == "一般"
    assert result.score == pytest.approx(20.5 + 24 + 19.5 + 2.125)


@pytest.mark.parametrize(
    ("operator", "memberships"),
    [
        ("minmax", [0.35, 0.3, 0.3, 0.15]),
        ("product_max", [0.175, 0.12, 0.15, 0.045]),
        ("prod_max", [0.175, 0.12, 0.15, 0.045]),
        ("min_sum", [0.55, 0.9, 0.85, 0.35]),
    ],
)
def test_the_other_operators_follow_their_definitions(operator: str, memberships: list[float]) -> None:
    result = evaluate(A, R, operator)
    assert result.memberships == pytest.approx(memberships)
    assert result.normalised.sum() == pytest.approx(1)


def test_a_tie_of_memberships_reports_both_grades() -> None:
    result = evaluate([0.5, 0.5], [[1, 0], [0, 1]], levels=["好", "差"])
    assert result.grades == ("好", "差")
    assert evaluate([1], [[0.2, 0.8]]).grade == 1


def test_counts_in_place_of_memberships_are_scaled_with_a_warning() -> None:
    with pytest.warns(StatisticsWarning, match="第 1 行"):
        assert evaluate([0.5, 0.5], [[2, 6], [0.5, 0.5]]).memberships == pytest.approx([0.375, 0.625])


def test_topsis_finds_the_ideal_and_its_opposite() -> None:
    result = topsis([[9, 1], [1, 9], [5, 5]], [0.5, 0.5], [True, False])
    assert result.closeness == pytest.approx([1, 0, 0.5])
    assert list(result.ranks) == [1, 3, 2]


def test_topsis_accepts_signs_for_benefit_and_cost() -> None:
    matrix = [[7, 9, 9, 8], [8, 7, 8, 7], [9, 6, 8, 9], [6, 7, 8, 6]]
    by_mask = topsis(matrix, [0.1, 0.4, 0.3, 0.2], [True, True, True, False])
    assert topsis(matrix, [1, 4, 3, 2], [1, 1, 1, -1]).closeness == pytest.approx(by_mask.closeness)


@pytest.mark.parametrize(
    "benefit", [["max", "max", "min"], ("benefit", "benefit", "cost"), ["+", "+", "-"], [True, True, False]]
)
def test_topsis_accepts_words_for_benefit_and_cost(benefit) -> None:
    table = [[1, 4, 7], [2, 3, 7], [3, 5, 2]]
    assert topsis(table, None, benefit).closeness == pytest.approx(topsis(table, None, [1, 1, -1]).closeness)


def test_kano_answers_may_be_chinese_words() -> None:
    given = classify(["喜欢", "理应如此", "无所谓", "能忍受"], ["不喜欢", "不喜欢", "勉强接受", "喜欢"])
    assert given == classify(["like", "must-be", "neutral", "live-with"], ["dislike", "dislike", "live-with", "like"])


def test_closeness_is_the_share_of_the_distance_from_the_anti_ideal() -> None:
    columns, weights = [(3.0, 4.0), (6.0, 8.0), (5.0, 12.0)], [0.2, 0.3, 0.5]
    # Vector norms 5, 10, 13; more is better except in the last column.
    first = [0.2 * 3 / 5, 0.3 * 6 / 10, 0.5 * 5 / 13]
    second = [0.2 * 4 / 5, 0.3 * 8 / 10, 0.5 * 12 / 13]
    gains = [abs(a - b) for a, b in zip(first, second, strict=True)]
    to_ideal, to_anti = math.hypot(gains[0], gains[1]), gains[2]
    result = topsis(np.array(columns).T, weights, [1, 1, 0])
    assert result.distance_to_ideal[0] == pytest.approx(to_ideal)
    assert result.closeness == pytest.approx([to_anti / (to_ideal + to_anti), to_ideal / (to_ideal + to_anti)])


def test_objects_that_are_all_alike_stand_in_the_middle() -> None:
    assert topsis([[1, 2], [1, 2]]).closeness == pytest.approx([0.5, 0.5])


# Berger et al. (1993) Center for Quality of Management Journal 2(4):3-36.
def test_the_evaluation_table_is_bergers() -> None:
    rows = [categories([functional] * 5, LEVELS) for functional in LEVELS]
    assert ["".join(row) for row in rows] == ["QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ"]


@pytest.mark.shared
def test_the_evaluation_table_agrees_with_the_definition_on_file(expected) -> None:
    definition = expected("kano_table")
    assert tuple(definition["levels"]) == LEVELS
    for functional, row in zip(LEVELS, definition["rows_functional_cols_dysfunctional"], strict=True):
        assert list(categories([functional] * 5, LEVELS)) == row


def test_better_and_worse_follow_the_counts() -> None:
    result = classify({"A": 30, "O": 40, "M": 20, "I": 10})
    assert (result.category, result.better, result.worse) == ("O", pytest.approx(0.7), pytest.approx(-0.6))
    assert result.category_strength == pytest.approx(0.1)
    assert result.total_strength == pytest.approx(0.9)
    # |40 - 30| < 1.65 √(70·130/200)
    assert not result.is_significant
    assert classify({"O": 70, "A": 30}).is_significant


@pytest.mark.parametrize(("counts", "category"), [("AM", "M"), ("AO", "O"), ("AI", "A"), ("OMAI", "M"), ("IR", "I")])
def test_a_tie_goes_to_what_hurts_most_when_missing(counts: str, category: str) -> None:
    assert classify(dict.fromkeys(counts, 5)).category == category


def test_codes_names_and_reversed_codes_say_the_same() -> None:
    functional, dysfunctional = [1, 1, 2, 3], [5, 3, 5, 3]
    named = classify([LEVELS[code - 1] for code in functional], [LEVELS[code - 1] for code in dysfunctional])
    assert classify(functional, dysfunctional) == named
    assert classify([6 - code for code in functional], [6 - code for code in dysfunctional], like=5) == named
    assert classify(pd.Series(functional), np.array(dysfunctional)) == named


def test_contradictory_answers_are_counted_but_not_used() -> None:
    result = classify([1, 1, 5], [5, 1, 1])
    assert result.counts == {"A": 0, "O": 1, "M": 0, "I": 0, "R": 1, "Q": 1}
    assert result.is_questionable
    assert result.better == 1
    assert math.isnan(classify([1], [1]).better)


def test_weights_count_respondents() -> None:
    assert classify([1, 1], [5, 3], weights=[3, 1]).counts["O"] == 3


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: evaluate(A, R, "max"), "weighted、minmax、product_max、min_sum"),
        (lambda: evaluate(A[:4], R), "必须一致"),
        (lambda: evaluate([1], [[0, 0]]), "全为 0"),
        (lambda: evaluate([1], [[1.5, -0.5]]), "第 2 列为负"),
        (lambda: evaluate([1], [[1, 0]], levels=["好"]), "levels 有 1 个"),
        (lambda: evaluate([1], [[1, 0]], values=[1]), "values 有 1 个"),
        (lambda: topsis([[1, 2], [3, 4]], [1, -1]), "为负"),
        (lambda: topsis([[1, 2], [3, 4]], [1, 1], [True]), "benefit 有 1 个"),
        (lambda: topsis([[1, 2], [3, 4]], [1, 1], [1, 2]), "benefit 只接受"),
        (lambda: classify([1, 2], [3]), "必须成对"),
        (lambda: classify([9], [3]), "第 1 个回答为 9"),
        (lambda: classify([1], [math.nan]), "dysfunctional 第 1 个回答为 nan"),
        (lambda: classify([1], [3], like=3), "只能是 1 或 5"),
        (lambda: classify({"X": 3}), "可选:A O M I R Q"),
        (lambda: classify({"A": 0}), "不全为 0"),
    ],
)
def test_bad_input_is_refused_in_words(call, reason: str) -> None:
    with pytest.raises(StatisticsError, match=reason):
        call()


@given(st.integers(0, 10_000), st.integers(2, 6), st.integers(2, 5))
def test_weighted_memberships_stay_a_distribution(seed: int, indicators: int, levels: int) -> None:
    generator = np.random.default_rng(seed)
    result = evaluate(generator.dirichlet(np.ones(indicators)), generator.dirichlet(np.ones(levels), indicators))
    assert result.memberships.sum() == pytest.approx(1)


@given(st.integers(0, 10_000), st.permutations(range(5)))
def test_closeness_follows_its_object_and_ignores_units(seed: int, order: list[int]) -> None:
    matrix = np.random.default_rng(seed).uniform(1, 9, (5, 3))
    plain = topsis(matrix, [0.5, 0.3, 0.2], [True, False, True])
    moved = topsis(matrix[order] * [2.0, 0.1, 7.0], [0.5, 0.3, 0.2], [True, False, True])
    assert moved.closeness == pytest.approx(plain.closeness[order])
    assert ((plain.closeness >= 0) & (plain.closeness <= 1)).all()

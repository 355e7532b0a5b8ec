"""Series, frames and mappings carry names: the same names in another order are the same data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from feedback_engine import scoring
from feedback_engine.errors import StatisticsError
from feedback_engine.scoring.drivers import ipa
from feedback_engine.stats.ahp import ahp_weights, group_judgements, hierarchy_weights
from feedback_engine.stats.change import paired
from feedback_engine.stats.control import proportions
from feedback_engine.stats.descriptives import correlate, regress
from feedback_engine.stats.fuzzy import evaluate
from feedback_engine.stats.importance import johnson, lmg
from feedback_engine.stats.intervals import newcombe, poisson_rate, weighted_mean, wilson
from feedback_engine.stats.kano import classify
from feedback_engine.stats.mediation import mediate
from feedback_engine.stats.pls import fit_pls
from feedback_engine.stats.raking import rake
from feedback_engine.stats.topsis import topsis
from feedback_engine.stats.weights import combine, critic_weights, game_coefficients

PEOPLE = list("abcdefgh")
X = pd.DataFrame({"q1": [1, 4, 2, 5, 3, 5, 2, 1], "q2": [2, 3, 2, 4, 5, 5, 1, 3]}, index=PEOPLE)
Y = pd.Series([1, 3, 2, 5, 4, 4, 2, 2], index=PEOPLE)
W = pd.Series([1.0, 2, 1, 3, 1, 2, 1, 4], index=PEOPLE)
BRANCHES = pd.DataFrame({"price": [3, 4, 2], "speed": [5, 1, 2], "space": [2, 9, 4]}, index=["A", "B", "C"])
SHARES = pd.Series({"price": 0.5, "speed": 0.3, "space": 0.2})
GRADES = pd.DataFrame({"好": [0.7, 0.1], "差": [0.3, 0.9]}, index=["质量", "价格"])
JUDGED = pd.DataFrame([[1, 3], [1 / 3, 1]], index=["a", "b"], columns=["a", "b"])

#: A call with one labelled argument left open, and that argument in the order of the others.
CALLS: dict[str, tuple[Callable[[Any], Any], pd.Series | pd.DataFrame]] = {
    "lmg y": (lambda y: lmg(X, y).importance, Y),
    "lmg weights": (lambda w: lmg(X, Y, weights=w).importance, W),
    "johnson y": (lambda y: johnson(X, y).importance, Y),
    "regress": (lambda y: regress(X, y).r_squared, Y),
    "correlate": (lambda y: correlate(X["q1"], y).r, Y),
    "mediate": (lambda m: mediate(X["q1"], m, Y, repeats=50).a.estimate, X["q2"]),
    "fit_pls weights": (
        lambda w: fit_pls(X, {"A": ["q1"], "B": ["q2"]}, [("A", "B")], weights=w).paths["A", "B"], W,
    ),
    "weighted_mean": (lambda w: weighted_mean(Y, w).estimate, W),
    "paired": (lambda y: paired(X["q1"], y).standard_error, Y),
    "wilson": (lambda n: wilson(X["q1"], n).lower, X["q2"] + 5),
    "newcombe": (lambda k: newcombe(X["q1"], 9, k, 9).lower, X["q2"]),
    "poisson_rate": (lambda n: poisson_rate(X["q1"], n).upper, W),
    "proportions": (lambda n: proportions(X["q1"], n).upper, X["q2"] + 5),
    "classify": (lambda y: classify(X["q1"], y).better, X["q2"]),
    "classify weights": (lambda w: classify(X["q1"], X["q2"], w).better, W),
    "rake": (lambda w: rake(X, {"q1": {1: 2, 4: 1, 2: 2, 5: 2, 3: 1}}, base_weights=w).weights, W),
    "gap": (lambda y: scoring.gap(X["q1"], y).overall.lower, Y),
    "topsis weights": (lambda w: topsis(BRANCHES, w).closeness, SHARES),
    "topsis benefit": (
        lambda b: topsis(BRANCHES, SHARES, b).closeness, pd.Series({"price": False, "speed": True, "space": True}),
    ),
    "critic_weights cost": (
        lambda c: critic_weights(BRANCHES, cost=c), pd.Series({"price": True, "speed": False, "space": True}),
    ),
    "combine": (lambda b: combine({"price": 0.2, "speed": 0.2, "space": 0.6}, b), SHARES),
    "game": (lambda b: game_coefficients([pd.Series({"price": 0.2, "speed": 0.2, "space": 0.6}), b]), SHARES),
    "evaluate weights": (lambda w: evaluate(w, GRADES).memberships, pd.Series({"质量": 0.6, "价格": 0.4})),
    "evaluate values": (lambda v: evaluate([0.6, 0.4], GRADES, values=v).score, pd.Series({"好": 100, "差": 0})),
    "ahp_weights": (lambda m: ahp_weights(m).weights, JUDGED),
    "hierarchy_weights": (
        lambda w: hierarchy_weights({"weights": w, "children": ["a", "b"]})["a"], pd.Series({"a": 0.9, "b": 0.1}),
    ),
    "ipa": (lambda p: ipa({"a": 4, "b": 3}, p).quadrants["a"] == "keep_up", pd.Series({"a": 5, "b": 1})),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_the_same_names_in_another_order_are_the_same_data(name: str) -> None:
    call, given = CALLS[name]
    expected = call(given)
    assert call(given[::-1]) == pytest.approx(expected)
    # The entries of a mapping are the columns of a table of gaps.
    if isinstance(given, pd.Series) and name != "gap":
        assert call(dict(given[::-1])) == pytest.approx(expected)


@pytest.mark.parametrize("name", CALLS)
def test_names_of_which_only_some_are_the_same_are_refused(name: str) -> None:
    call, given = CALLS[name]
    with pytest.raises(StatisticsError, match=r"对不上.*没有 "):
        call(given.rename(index={given.index[0]: "nobody"}))


@pytest.mark.parametrize("name", CALLS)
def test_names_of_another_kind_go_by_position(name: str) -> None:
    call, given = CALLS[name]
    if name != "ipa":
        assert call(given.set_axis([f"no. {place}" for place in range(len(given))])) == pytest.approx(call(given))
        assert call(given.to_numpy()) == pytest.approx(call(given))


def test_numbered_rows_in_another_order_are_refused_as_they_could_mean_either() -> None:
    numbered, shuffled = X.reset_index(drop=True), Y.reset_index(drop=True)[::-1]
    with pytest.raises(StatisticsError, match="y 与 x 的名称对不上:行号的次序不同"):
        lmg(numbered, shuffled)
    assert lmg(numbered, shuffled.to_numpy()).r_squared == lmg(numbered, shuffled.reset_index(drop=True)).r_squared


def test_rows_that_were_left_out_leave_numbered_answers_in_their_order() -> None:
    kept = X.reset_index(drop=True).drop(index=[0, 5])
    assert lmg(kept, pd.Series([1, 2, 3, 4, 4, 2])).importance == pytest.approx(
        lmg(kept, [1, 2, 3, 4, 4, 2]).importance
    )


def test_a_name_that_comes_twice_can_be_put_in_no_order() -> None:
    twice = Y.rename(index={"b": "a"})
    assert weighted_mean(twice, W.set_axis(twice.index)).estimate == weighted_mean(Y, W).estimate
    with pytest.raises(StatisticsError, match="重复"):
        weighted_mean(twice, W.set_axis(twice.index)[::-1])


def test_labels_may_be_months_and_have_gaps() -> None:
    months = pd.period_range("2026-01", periods=3, freq="M")
    k, n = pd.Series([3, 5, 2], index=months), pd.Series([30, 50, 40], index=months)
    assert proportions(k, n[::-1]).points == pytest.approx(proportions(k, n).points)
    gaps = [1.0, np.nan, 3.0]
    assert wilson(k.set_axis(gaps), n.set_axis(gaps)).estimate == pytest.approx(wilson(k, n).estimate)


def test_columns_in_a_mapping_name_the_rows_as_a_frame_does() -> None:
    columns = {"q1": X["q1"], "q2": X["q2"]}
    assert lmg(columns, Y[::-1]).importance == pytest.approx(lmg(X, Y).importance)


def test_experts_who_judge_in_another_order_are_refused() -> None:
    turned = JUDGED.loc[["b", "a"], ["b", "a"]]
    with pytest.raises(StatisticsError, match="顺序不同"):
        group_judgements([JUDGED, turned])


def test_memberships_by_indicator_and_grades_by_the_names_of_the_columns() -> None:
    rows = {"质量": [0.7, 0.3], "价格": [0.1, 0.9]}
    assert evaluate({"价格": 0.9, "质量": 0.1}, rows).memberships == pytest.approx([0.16, 0.84])
    assert evaluate([0.1, 0.9], GRADES).grade == "差"
    assert evaluate([0.1, 0.9], GRADES.to_numpy()).grade == 1


def test_each_column_of_a_mapping_has_rows_of_its_own() -> None:
    margins = {"q1": {1: 2, 4: 1, 2: 2, 5: 2, 3: 1}, "q2": {1: 1, 2: 2, 3: 2, 4: 1, 5: 2}}
    expected = rake(X, margins, base_weights=W).weights
    turned = {"q1": X["q1"][::-1], "q2": X["q2"]}
    assert rake(turned, margins, base_weights=W[::-1]).weights[::-1] == pytest.approx(expected)
    assert rake(dict(reversed(turned.items())), margins, base_weights=W).weights == pytest.approx(expected)


def test_the_arguments_are_counted_as_in_any_function() -> None:
    with pytest.raises(TypeError):
        weighted_mean()  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        weighted_mean([1, 2], [1, 1], 0.95, "too much")  # type: ignore[misc]
    assert weighted_mean(w=[1, 3], x=[1, 2]).estimate == 1.75
    assert np.isnan(weighted_mean([1]).standard_error)

"""Anything at all in place of any one argument: a figure, or one line of ours that says what is wrong."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from feedback_engine import scoring
from feedback_engine.errors import StatisticsError, StatisticsWarning
from feedback_engine.scoring import drivers
from feedback_engine.stats import (
    ahp,
    control,
    fuzzy,
    importance,
    intervals,
    kano,
    multiple,
    pls,
    raking,
    reliability,
    topsis,
    weights,
)

ODD: list[Any] = [
    None, "abc", "123", b"abc", 3, 0, -1, 10**400, 1j, len, {1, 2, 3}, {"a": 1}, {"a": [1, 2], "b": [3]}, [], [1],
    [1, np.nan, 3], [1, np.inf, 3], [-1, -2, 3], [0, 0, 0], ["a", "b", "c"], [1, "b", None], [1e300, 2e300, -1e300],
    [1e-300, 2e-300, 0],
    [[1], [2], [3]], [[1, 2], [3]], [[1, 2, 3]], [[1, 2], [1, 3], [1, 4]], [["a", "b"], ["c", "d"]],
    [[1, 2], [2, 4], [3, 6], [4, 8]], [[1, 9, 1 / 9], [1 / 9, 1, 9], [9, 1 / 9, 1]], [{"a": 1}, {"a": 2}],
    np.array(3.0), np.array([True, False, True]), np.array([1, pd.NA, 3], dtype=object), np.ones((2, 2, 2)),
    np.zeros((3, 3)), np.array([[1e-300, 2], [3e-300, 1], [2e-300, 5]]), np.array([[1e300, 2], [3e300, 1], [1, 5]]),
    pd.Series([], dtype=float), pd.Series([1, pd.NA, 3], dtype="Int64"),
    pd.Series([True, False, pd.NA], dtype="boolean"),
    pd.Series(["a", "b", "a"], dtype="category"), pd.Series(["1", "2", "3"]), pd.date_range("2026", periods=3),
    pd.to_timedelta([1, 2, 3]), pd.period_range("2026", periods=3), pd.DataFrame(), pd.DataFrame(columns=["a", "b"]),
    pd.DataFrame({"a": [1, pd.NA, 3], "b": [1, 2, 4]}), pd.DataFrame({"a": ["x", "y", "z"], "b": [1, 2, 3]}),
    pd.DataFrame([[1, 2], [3, 4], [5, 9]], columns=["a", "a"]), pd.DataFrame([[1, 2], [3, 4], [5, 9]]),
]  # fmt: skip
X, Y, PAIRS = [[1, 2], [2, 1], [3, 5], [4, 4]], [1, 2, 4, 3], {"a": [1, 2, 3, 5, 4], "b": [2, 1, 4, 3, 3]}
BLOCKS, PATHS = {"A": ["a"], "B": ["b"]}, [("A", "B")]
GROUPS, HALVES = {"g": [1, 2, 2]}, {"g": {1: 0.5, 2: 0.5}}

#: Every public call of interface.md, with one argument left open.
CALLS: dict[str, Callable[[Any], Any]] = {
    "ahp_weights": ahp.ahp_weights,
    "ahp_weights ri": lambda v: ahp.ahp_weights(np.ones((3, 3)), ri=v),
    "ahp_weights method": lambda v: ahp.ahp_weights([[1, 2], [0.5, 1]], method=v),
    "ahp_weights tolerance": lambda v: ahp.ahp_weights([[1, 2], [0.5, 1]], tolerance=v),
    "complete_matrix": ahp.complete_matrix,
    "group_judgements": ahp.group_judgements,
    "group_judgements weights": lambda v: ahp.group_judgements([[[1, 2], [0.5, 1]]] * 3, v),
    "hierarchy_weights": ahp.hierarchy_weights,
    "hierarchy_weights matrix": lambda v: ahp.hierarchy_weights({"matrix": v, "children": ["a", "b"]}),
    "hierarchy_weights children": lambda v: ahp.hierarchy_weights({"matrix": np.ones((3, 3)), "children": v}),
    "entropy_weights": weights.entropy_weights,
    "entropy_weights normalise": lambda v: weights.entropy_weights(X, v),
    "entropy_weights shift": lambda v: weights.entropy_weights(X, shift=v),
    "critic_weights": weights.critic_weights,
    "critic_weights cost": lambda v: weights.critic_weights([[1, 2, 3], [2, 1, 5], [4, 4, 1]], cost=v),
    "variation_weights": weights.variation_weights,
    "pca_weights": weights.pca_weights,
    "pca_weights keep": lambda v: weights.pca_weights(X, keep=v),
    "combine a": lambda v: weights.combine(v, [0.2, 0.3, 0.5]),
    "combine b": lambda v: weights.combine([0.2, 0.3, 0.5], v, "game"),
    "combine multiplicative": lambda v: weights.combine([0.2, 0.3, 0.5], v, "multiplicative"),
    "combine alpha": lambda v: weights.combine([0.2, 0.8], [0.3, 0.7], alpha=v),
    "combine method": lambda v: weights.combine([0.2, 0.8], [0.3, 0.7], method=v),
    "lmg x": lambda v: importance.lmg(v, Y[:3]),
    "lmg y": lambda v: importance.lmg(X[:3], v),
    "lmg weights": lambda v: importance.lmg(X[:3], Y[:3], weights=v),
    "lmg groups": lambda v: importance.lmg(X, Y, groups=v),
    "johnson": lambda v: importance.johnson(v, Y[:3]),
    "pratt": lambda v: importance.pratt(v, Y[:3]),
    "standardised_betas": lambda v: importance.standardised_betas(v, Y[:3]),
    "fit_pls": lambda v: pls.fit_pls(v, BLOCKS, PATHS),
    "fit_pls by place": lambda v: pls.fit_pls(v, {"A": [0], "B": [1]}, PATHS),
    "fit_pls blocks": lambda v: pls.fit_pls(PAIRS, v, PATHS),
    "fit_pls paths": lambda v: pls.fit_pls(PAIRS, BLOCKS, v),
    "fit_pls scheme": lambda v: pls.fit_pls(PAIRS, BLOCKS, PATHS, scheme=v),
    "fit_pls modes": lambda v: pls.fit_pls(PAIRS, BLOCKS, PATHS, modes=v),
    "fit_pls bootstrap": lambda v: pls.fit_pls(PAIRS, BLOCKS, PATHS, bootstrap=v),
    "fit_pls seed": lambda v: pls.fit_pls(PAIRS, BLOCKS, PATHS, bootstrap=4, seed=v),
    "cronbach_alpha": reliability.cronbach_alpha,
    "cronbach_alpha confidence": lambda v: reliability.cronbach_alpha(X, v),
    "cronbach_alpha missing": lambda v: reliability.cronbach_alpha(X, missing=v),
    "composite_reliability": reliability.composite_reliability,
    "average_variance_extracted": reliability.average_variance_extracted,
    "kmo": reliability.kmo,
    "bartlett": reliability.bartlett,
    "wilson k": lambda v: intervals.wilson(v, 10),
    "wilson n": lambda v: intervals.wilson(1, v),
    "wilson confidence": lambda v: intervals.wilson(1, 3, v),
    "newcombe": lambda v: intervals.newcombe(v, 10, 1, 10),
    "poisson_rate": intervals.poisson_rate,
    "poisson_rate exposure": lambda v: intervals.poisson_rate(3, v),
    "poisson_rate per": lambda v: intervals.poisson_rate(1, 2, per=v),
    "weighted_mean": intervals.weighted_mean,
    "weighted_mean w": lambda v: intervals.weighted_mean([1, 2, 3], v),
    "nps": intervals.nps,
    "nps effective_base": lambda v: intervals.nps([1, 2, 3], effective_base=v),
    "rake frame": lambda v: raking.rake(v, {"a": {1: 0.5, 3: 0.5}}),
    "rake column": lambda v: raking.rake({"g": v}, HALVES),
    "rake margins": lambda v: raking.rake(GROUPS, v),
    "rake margin": lambda v: raking.rake(GROUPS, {"g": v}),
    "rake target": lambda v: raking.rake(GROUPS, {"g": {1: v, 2: 0.5}}),
    "rake trim": lambda v: raking.rake(GROUPS, HALVES, trim=v),
    "rake base_weights": lambda v: raking.rake(GROUPS, HALVES, base_weights=v),
    "benjamini_hochberg": multiple.benjamini_hochberg,
    "benjamini_hochberg alpha": lambda v: multiple.benjamini_hochberg([0.1, 0.2], v),
    "individuals": control.individuals,
    "individuals baseline": lambda v: control.individuals([1, 2, 3, 4], baseline=v),
    "individuals minimum": lambda v: control.individuals([1, 2, 3], minimum=v),
    "proportions k": lambda v: control.proportions(v, 50),
    "proportions n": lambda v: control.proportions([1, 2, 3], v),
    "proportions laney": lambda v: control.proportions([1, 2, 3], 10, laney=v),
    "evaluate weights": lambda v: fuzzy.evaluate(v, [[0.5, 0.5], [0.2, 0.8], [1, 0]]),
    "evaluate memberships": lambda v: fuzzy.evaluate([0.5, 0.3, 0.2], v),
    "evaluate operator": lambda v: fuzzy.evaluate([1], [[0.5, 0.5]], operator=v),
    "evaluate levels": lambda v: fuzzy.evaluate([1], [[0.5, 0.2, 0.3]], levels=v),
    "evaluate values": lambda v: fuzzy.evaluate([1], [[0.5, 0.2, 0.3]], values=v),
    "topsis": topsis.topsis,
    "topsis weights": lambda v: topsis.topsis([[1, 2, 3], [4, 2, 1]], v),
    "topsis benefit": lambda v: topsis.topsis([[1, 2, 3], [4, 2, 1]], [1, 1, 1], v),
    "topsis normalise": lambda v: topsis.topsis(X, normalise=v),
    "classify": lambda v: kano.classify(v, [1, 2, 3]),
    "classify dysfunctional": lambda v: kano.classify([1, 2, 3], v),
    "classify weights": lambda v: kano.classify([1, 2, 3], [3, 2, 1], v),
    "classify like": lambda v: kano.classify([1, 2], [3, 4], like=v),
    "classify count": lambda v: kano.classify({"A": v}),
    "ipa importance": lambda v: drivers.ipa(v, [1, 2, 3]),
    "ipa performance": lambda v: drivers.ipa([1, 2], v),
    "ipa lines": lambda v: drivers.ipa([1, 2], [2, 1], lines=v),
    "ipa names": lambda v: drivers.ipa([1, 2], [2, 1], names=v),
    "gap expectation": lambda v: scoring.gap(v, [[1, 2], [3, 4], [5, 7]]),
    "gap experience": lambda v: scoring.gap([1, 2, 3], v),
    "gap weights": lambda v: scoring.gap([1, 2, 3], [2, 3, 5], weights=v),
    "gap names": lambda v: scoring.gap([1, 2, 3], [2, 3, 5], names=v),
    "gap dimensions": lambda v: scoring.gap([1, 2, 3], [2, 3, 5], dimensions=v),
}


@pytest.mark.parametrize("name", CALLS)
def test_any_argument_is_used_or_refused_in_one_line(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", StatisticsWarning)
        for value in ODD:
            try:
                CALLS[name](value)
            except StatisticsError as error:
                assert "\n" not in str(error)
                assert len(str(error)) < 400

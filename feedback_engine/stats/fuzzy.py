"""Fuzzy comprehensive evaluation (模糊综合评价): indicator weights and memberships give a grade."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from feedback_engine.errors import StatisticsError, StatisticsWarning
from feedback_engine.stats.arrays import Floats, Values, as_matrix, as_vector, as_weights, choose
from feedback_engine.stats.labels import as_names, columns_of, in_order_of, rows_of

OPERATORS = ("weighted", "minmax", "product_max", "min_sum")
_ALIASES = {"prod_max": "product_max", "min_max": "minmax"}
# Printed memberships are rounded (0.33 three times); beyond this a row is not a distribution.
_ROUNDING = 0.02


@dataclass(frozen=True, slots=True)
class FuzzyResult:
    """Memberships per level as the operator gives them, and scaled to sum 1; the grade of the largest membership."""

    memberships: Floats
    normalised: Floats
    # The level's name (its column's in a frame), or its position where there are none; with a tie, `grades` has all.
    grade: str | int
    grades: tuple[str | int, ...]
    # Σ normalised × value of the level; NaN without values.
    score: float


def evaluate(
    weights: Values,
    memberships: Values,
    operator: str = "weighted",
    levels: Sequence[str] | None = None,
    values: Values = None,
) -> FuzzyResult:
    """Return B = A∘R for weights A and memberships R (indicators × levels, or a mapping indicator → its levels).

    `operator`: "weighted" M(·,+) Σ a r · "minmax" M(∧,∨) max min(a, r) · "product_max" M(·,∨) max a r · "min_sum"
    M(∧,⊕) min(1, Σ min(a, r)). Rows of R that do not sum to 1 are scaled, with a warning; so are weights for
    "weighted". `values` are the levels' scores.
    """
    operator = choose(
        _ALIASES.get(operator, operator) if isinstance(operator, str) else operator, "operator", OPERATORS
    )
    indicators = rows_of(memberships)
    if isinstance(memberships, Mapping):
        indicators, memberships = list(memberships), list(memberships.values())
    r = _distributions(memberships)
    a = as_weights(in_order_of(indicators, weights, "weights", "隶属度"), r.shape[0])
    if operator == "weighted" and abs(a.sum() - 1) > _ROUNDING:
        a = a / a.sum()
    combined = _combine(a[:, None], r, operator)
    normalised = combined / combined.sum()
    columns = columns_of(memberships)
    given = columns if levels is None and not hasattr(columns, "step") else levels
    names: Sequence[str | int] = range(r.shape[1]) if given is None else as_names(given, "levels")
    if len(names) != r.shape[1]:
        raise StatisticsError(f"levels 有 {len(names)} 个,隶属度有 {r.shape[1]} 列:两者必须一致")
    best = tuple(names[int(place)] for place in np.flatnonzero(combined >= combined.max() - 1e-12))
    score = _score(normalised, in_order_of(given, values, "values", "levels"))
    return FuzzyResult(combined, normalised, best[0], best, score)


def _combine(a: Floats, r: Floats, operator: str) -> Floats:
    if operator == "weighted":
        return np.asarray((a * r).sum(axis=0))
    if operator == "product_max":
        return np.asarray((a * r).max(axis=0))
    smaller = np.minimum(a, r)
    return np.asarray(smaller.max(axis=0) if operator == "minmax" else np.minimum(1.0, smaller.sum(axis=0)))


def _distributions(memberships: Values) -> Floats:
    r = as_matrix(memberships, "隶属度")
    if (r < 0).any():
        row, column = np.argwhere(r < 0)[0]
        raise StatisticsError(f"隶属度第 {row + 1} 行第 {column + 1} 列为负({r[row, column]:g})")
    sums = r.sum(axis=1)
    if (sums <= 0).any():
        raise StatisticsError(f"隶属度第 {int(np.argmax(sums <= 0)) + 1} 行全为 0:该指标没有任何评价")
    off = np.abs(sums - 1) > _ROUNDING
    if off.any():
        named = "、".join(str(place + 1) for place in np.flatnonzero(off))
        warnings.warn(f"隶属度第 {named} 行之和不为 1,已归一化", StatisticsWarning, stacklevel=3)
        r = np.where(off[:, None], r / sums[:, None], r)
    return r


def _score(normalised: Floats, values: Values) -> float:
    if values is None:
        return float("nan")
    scores = as_vector(values, "values")
    if scores.size != normalised.size:
        raise StatisticsError(f"values 有 {scores.size} 个,等级有 {normalised.size} 个:两者必须一致")
    return float(normalised @ scores)

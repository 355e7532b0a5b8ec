"""TOPSIS: objects ranked by their closeness to the ideal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.arrays import Floats, Values, as_matrix, as_shares, names_of
from feedback_engine.stats.labels import columns_of, in_order_of
from feedback_engine.stats.normalise import cost_mask, flags_of, normalise_columns

_IS_COST = {"max": False, "min": True, "benefit": False, "cost": True, "+": False, "-": True}


@dataclass(frozen=True, slots=True)
class TopsisResult:
    """Closeness (0…1, 1 = ideal) and rank (1 = best, ties share the better rank) per object, with the distances."""

    closeness: Floats
    ranks: NDArray[np.intp]
    distance_to_ideal: Floats
    distance_to_anti_ideal: Floats
    ideal: Floats
    anti_ideal: Floats


def topsis(matrix: Values, weights: Values = None, benefit: Values = None, normalise: str = "vector") -> TopsisResult:
    """Return d⁻/(d⁺+d⁻) of each object (row) after weighting the normalised columns (Hwang & Yoon 1981).

    `benefit` tells per column whether more is better: a mask, 1 and -1, "+" and "-", or "max" and "min" (default: all).
    Where all objects are alike the closeness is 0.5.
    """
    table = as_matrix(matrix, "matrix")
    count = table.shape[1]
    columns = columns_of(matrix)
    shares = as_shares(in_order_of(columns, weights, "weights", "matrix"), count)
    is_cost = _costs(in_order_of(columns, benefit, "benefit", "matrix"), names_of(matrix, count), count)
    weighted = normalise_columns(table, normalise) * shares
    low, high = weighted.min(axis=0), weighted.max(axis=0)
    ideal, anti = np.where(is_cost, low, high), np.where(is_cost, high, low)
    to_ideal = np.linalg.norm(weighted - ideal, axis=1)
    to_anti = np.linalg.norm(weighted - anti, axis=1)
    whole = to_ideal + to_anti
    closeness = np.where(whole > 0, to_anti / np.where(whole > 0, whole, 1.0), 0.5)
    ranks = stats.rankdata(-np.round(closeness, 12), method="min").astype(np.intp)
    return TopsisResult(closeness, ranks, to_ideal, to_anti, ideal, anti)


def _costs(benefit: Values, names: tuple[str, ...], count: int) -> NDArray[np.bool_]:
    if benefit is None:
        return np.zeros(count, dtype=bool)
    given = flags_of(benefit, "benefit")
    if given.shape != (count,):
        raise StatisticsError(f"benefit 有 {given.size} 个,指标有 {count} 列:两者必须一致")
    if given.dtype == bool:
        return cost_mask(~given, names, count)
    if given.dtype.kind in "UO" and all(word in _IS_COST for word in given.tolist()):
        return np.array([_IS_COST[word] for word in given.tolist()])
    if given.dtype.kind not in "iuf" or not np.isin(given, (-1, 0, 1)).all():
        words = "、".join(_IS_COST)
        raise StatisticsError(f"benefit 只接受真假、1(越大越好)与 -1、0(越小越好),或 {words},收到 {given.tolist()}")
    return np.asarray(given <= 0)

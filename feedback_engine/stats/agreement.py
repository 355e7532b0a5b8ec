"""How far two judges of the same cases agree."""

from __future__ import annotations

import numpy as np

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.arrays import Values, as_matrix
from feedback_engine.stats.estimates import Estimate
from feedback_engine.stats.quantiles import normal_quantile


def cohen_kappa(counts: Values, confidence: float = 0.95) -> Estimate:
    """Return Cohen's κ of a square table of cases: rows are what one judge says, columns what the other says.

    κ = (p_o - p_e) / (1 - p_e), Cohen (1960); standard error by Fleiss, Cohen and Everitt (1969), with a normal
    interval within -1…1. NaN where both judges gave a single label to everything: then agreement by chance is certain.
    """
    table = as_matrix(counts, "counts")
    if table.shape[0] != table.shape[1]:
        raise StatisticsError(f"counts 应为方阵（两位判断者用同一组标签）,收到 {table.shape[0]} 行 {table.shape[1]} 列")
    if (table < 0).any() or table.sum() <= 0:
        raise StatisticsError("counts 应为不小于 0 的条数,且至少有一条")
    base = float(table.sum())
    shares = table / base
    first, second = shares.sum(axis=1), shares.sum(axis=0)
    agreed, by_chance = float(np.trace(shares)), float(first @ second)
    if by_chance >= 1.0 - 1e-12:
        return Estimate(np.nan, np.nan, np.nan, np.nan, base, base)
    kappa = (agreed - by_chance) / (1.0 - by_chance)
    # What each cell moves κ by: a case on the diagonal, and one off it.
    margins = second[:, None] + first[None, :]
    moved = (np.eye(len(table)) - margins * (1.0 - kappa)) ** 2
    variance = float((shares * moved).sum()) - (kappa - by_chance * (1.0 - kappa)) ** 2
    error = float(np.sqrt(max(variance, 0.0) / base)) / (1.0 - by_chance)
    half = normal_quantile(confidence) * error
    return Estimate(kappa, max(-1.0, kappa - half), min(1.0, kappa + half), error, base, base)

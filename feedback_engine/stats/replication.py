"""Standard errors by replication: the estimate repeated without each sampling unit in turn."""

from __future__ import annotations

import numpy as np

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.arrays import Values, as_vector, as_weights
from feedback_engine.stats.raking import Margins, rake


def raked_jackknife_error(
    y: Values,
    frame: Values,
    margins: Margins,
    psu: Values,
    *,
    base_weights: Values = None,
    population: float | None = None,
    total: bool = False,
) -> float:
    """Return the jackknife standard error (JK1) of the raked mean, or total, of `y`, raking anew in each replicate.

    √((1-f)(G-1)/G Σ(θ_g - θ̄)²) over the G sampling units, f = G / `population`. A replicate that loses the last row of
    a margin's cell cannot be raked and raises.
    """
    values = as_vector(y, "y")
    weights = as_weights(base_weights, values.size, "base_weights")
    units, unit = np.unique(np.asarray(psu).astype(str), return_inverse=True)
    if unit.size != values.size or units.size < 2:
        raise StatisticsError(
            f"psu 有 {unit.size} 个值({units.size} 个单元),y 有 {values.size} 个:须一致且至少 2 个单元"
        )
    parts = {part for column in margins for part in (column if isinstance(column, tuple) else (column,))}
    columns = {part: np.asarray(frame[part], dtype=object) for part in parts}
    scale = units.size / (units.size - 1)
    estimates = []
    for number in range(units.size):
        kept = unit != number
        raked = rake({part: column[kept] for part, column in columns.items()}, margins, None, weights[kept] * scale)
        summed = float(raked.weights @ values[kept])
        estimates.append(summed if total else summed / float(raked.weights.sum()))
    fraction = 0.0 if population is None else units.size / population
    return float(np.sqrt((1 - fraction) / scale * ((np.array(estimates) - np.mean(estimates)) ** 2).sum()))

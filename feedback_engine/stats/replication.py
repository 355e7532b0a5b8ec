"""Standard errors by replication: the estimate repeated without each sampling unit in turn."""

from __future__ import annotations

import numpy as np

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.arrays import Values, as_vector, as_weights
from feedback_engine.stats.design import code_labels
from feedback_engine.stats.labels import rows_alike
from feedback_engine.stats.raking import Margins, rake


@rows_alike("y", "frame", "psu", "base_weights")
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
    unit = code_labels(psu, values.size, "psu")
    units = np.unique(unit)
    if units.size < 2:
        raise StatisticsError("psu 只有 1 个单元:至少 2 个单元才有误差")
    parts = {part for column in margins for part in (column if isinstance(column, tuple) else (column,))}
    columns = {part: np.asarray(frame[part], dtype=object) for part in parts}
    if any(column.shape != values.shape for column in columns.values()):
        raise StatisticsError(f"y 有 {values.size} 个值,边际列的行数不同:两者必须一致")
    scale = units.size / (units.size - 1)
    estimates = []
    for number in range(units.size):
        kept = unit != number
        raked = rake({part: column[kept] for part, column in columns.items()}, margins, None, weights[kept] * scale)
        summed = float(raked.weights @ values[kept])
        estimates.append(summed if total else summed / float(raked.weights.sum()))
    fraction = 0.0 if population is None else units.size / population
    return float(np.sqrt((1 - fraction) / scale * ((np.array(estimates) - np.mean(estimates)) ** 2).sum()))

"""Isotonic regression: the best curve that never falls (or never rises)."""

from __future__ import annotations

import numpy as np

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.arrays import Floats, Values, as_vector, as_weights
from feedback_engine.stats.labels import rows_alike


@rows_alike("y", "weights")
def isotonic_fit(y: Values, weights: Values = None, increasing: bool = True) -> Floats:
    """Return the weighted least-squares fit to `y` (in the order of the levels) that is monotone.

    Pool-adjacent-violators: neighbours in the wrong order share their weighted mean.
    """
    values = as_vector(y, "y")
    shares = as_weights(weights, values.size)
    if (shares == 0).any():
        raise StatisticsError(f"第 {int(np.argmax(shares == 0)) + 1} 个水平的权重为 0;请与相邻水平合并")
    sign = 1.0 if increasing else -1.0
    pools: list[tuple[float, float, int]] = []
    for value, weight in zip(sign * values, shares, strict=True):
        mean, total, count = float(value), float(weight), 1
        while pools and pools[-1][0] >= mean:
            earlier, mass, length = pools.pop()
            mean = (earlier * mass + mean * total) / (mass + total)
            total, count = total + mass, count + length
        pools.append((mean, total, count))
    return sign * np.repeat([pool[0] for pool in pools], [pool[2] for pool in pools])

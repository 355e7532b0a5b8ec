"""Many tests at once: adjusted p-values."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.arrays import Floats, Values, as_vector, check_probability


class AdjustedTests(NamedTuple):
    """Adjusted p-values and which hypotheses are rejected, in the order of the input."""

    adjusted: Floats
    rejected: NDArray[np.bool_]

    @property
    def adjusted_p(self) -> Floats:
        """The adjusted p-values, by their longer name."""
        return self.adjusted


def benjamini_hochberg(p: Values, alpha: float = 0.05) -> AdjustedTests:
    """Return p-values adjusted for the false discovery rate, min over larger ranks of p·m/rank.

    Benjamini & Hochberg (1995); `alpha` is the rate below which a hypothesis counts as rejected.
    """
    values, order = _sorted(p)
    ranks = np.arange(1, values.size + 1)
    stepped = np.minimum.accumulate((values[order] * values.size / ranks)[::-1])[::-1]
    return _back(stepped, order, alpha)


def holm(p: Values, alpha: float = 0.05) -> AdjustedTests:
    """Return p-values adjusted for the family-wise error rate, max over smaller ranks of p·(m-rank+1) (Holm 1979)."""
    values, order = _sorted(p)
    stepped = np.maximum.accumulate(values[order] * np.arange(values.size, 0, -1))
    return _back(stepped, order, alpha)


def _sorted(p: Values) -> tuple[Floats, NDArray[np.intp]]:
    values = as_vector(p, "p")
    if ((values < 0) | (values > 1)).any():
        place = int(np.argmax((values < 0) | (values > 1)))
        raise StatisticsError(f"第 {place + 1} 个 p 值为 {values[place]:g}:必须在 0 与 1 之间")
    return values, np.argsort(values, kind="stable")


def _back(stepped: Floats, order: NDArray[np.intp], alpha: float) -> AdjustedTests:
    adjusted = np.empty(order.size)
    adjusted[order] = np.minimum(stepped, 1.0)
    # p·m/rank meets alpha only up to rounding (0.01 · 5 / 1 against 0.05).
    return AdjustedTests(adjusted, adjusted <= check_probability(alpha, "alpha") * (1 + 1e-12))

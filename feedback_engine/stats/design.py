"""What the sampling design does to precision: Kish's effective base and linearised standard errors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.arrays import Floats, Values, as_vector, as_weights


def effective_base(weights: Values) -> float:
    """Return Kish's effective sample size, (Σw)² / Σw²."""
    checked = as_vector(weights, "weights")
    checked = as_weights(checked, checked.size)
    return float(checked.sum() ** 2 / (checked**2).sum())


def linearised_error(
    influence: Values, *, strata: Values = None, psu: Values = None, population: Values = None
) -> tuple[float, int]:
    """Return the standard error of Σ influence under the design, and its degrees of freedom (PSUs - strata).

    `influence` holds each row's contribution to the estimate, u_r. Var = Σ_h (1-f_h) n_h/(n_h-1) Σ_c (u_hc - ū_h)².
    A stratum with one PSU raises, except when it is the whole sample: then the error is NaN.
    """
    values = as_vector(influence, "influence")
    stratum = _codes(strata, values.size, "strata", np.zeros(values.size, dtype=np.intp))
    cluster = _codes(psu, values.size, "psu", np.arange(values.size))
    size = None if population is None else np.broadcast_to(np.asarray(population, dtype=float), values.shape)
    keys, first, index = np.unique(np.stack([stratum, cluster]), axis=1, return_index=True, return_inverse=True)
    totals = np.bincount(index.reshape(-1), weights=values)
    if totals.size == 1:
        return float("nan"), 0
    variance = sum(
        _stratum_variance(totals[keys[0] == code], None if size is None else float(size[first[keys[0] == code][0]]))
        for code in np.unique(keys[0])
    )
    return float(np.sqrt(variance)), int(totals.size - np.unique(keys[0]).size)


def _stratum_variance(totals: Floats, population: float | None) -> float:
    n = totals.size
    if n < 2:
        raise StatisticsError("某一层(strata)只有一个抽样单元(psu),无法估计方差;请与相邻层合并")
    if population is not None and population < n:
        raise StatisticsError(f"总体单元数 {population:g} 小于样本单元数 {n}")
    fraction = 0.0 if population is None else n / population
    return float((1 - fraction) * n / (n - 1) * ((totals - totals.mean()) ** 2).sum())


def _codes(labels: Values, count: int, name: str, default: NDArray[np.intp]) -> NDArray[np.intp]:
    if labels is None:
        return default
    column = np.asarray(labels)
    if column.shape != (count,):
        raise StatisticsError(f"{name} 有 {column.size} 个,数据有 {count} 行:两者必须一致")
    return np.unique(column.astype(str), return_inverse=True)[1]

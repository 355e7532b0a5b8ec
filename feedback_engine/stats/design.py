"""What the sampling design does to precision: Kish's effective base and linearised standard errors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.arrays import Floats, Values, as_vector, as_weights, is_gap


def effective_base(weights: Values) -> float:
    """Return Kish's effective sample size, (Σw)² / Σw²."""
    checked = as_vector(weights, "weights")
    checked = as_weights(checked, checked.size)
    # In units of the largest, so that no square vanishes.
    checked = checked / checked.max()
    return float(checked.sum() ** 2 / (checked**2).sum())


def linearised_error(
    influence: Values, *, strata: Values = None, psu: Values = None, population: Values = None
) -> tuple[float, int]:
    """Return the standard error of Σ influence under the design, and its degrees of freedom (PSUs - strata).

    `influence` holds each row's contribution to the estimate, u_r. Var = Σ_h (1-f_h) n_h/(n_h-1) Σ_c (u_hc - ū_h)².
    A stratum with one PSU raises, except when it is the whole sample: then the error is NaN.
    """
    values = as_vector(influence, "influence")
    size = None if population is None else _sizes(population, values.size)
    if strata is None and psu is None:
        return simple_error(values, None if size is None else float(size[0]))
    stratum = np.zeros(values.size, dtype=np.intp) if strata is None else code_labels(strata, values.size, "strata")
    cluster = np.arange(values.size) if psu is None else code_labels(psu, values.size, "psu")
    # A cluster is the pair of both: unit 1 of the north is not unit 1 of the south.
    pairs, first, unit = np.unique(stratum * (cluster.max() + 1) + cluster, return_index=True, return_inverse=True)
    totals = np.bincount(unit.reshape(-1), weights=values)
    owner = pairs // (cluster.max() + 1)
    parts = [owner == code for code in np.unique(owner)]
    sizes = [None if size is None else float(size[first[part][0]]) for part in parts]
    return _combine_strata([totals[part] for part in parts], sizes)


def simple_error(influence: Floats, population: float | None = None) -> tuple[float, int]:
    """Return the same of a simple random sample, unchecked: for whoever has made the influence values himself."""
    return _combine_strata([influence], [population])


def _combine_strata(strata: list[Floats], populations: list[float | None]) -> tuple[float, int]:
    units = sum(totals.size for totals in strata)
    if units == 1:
        return float("nan"), 0
    variance = sum(_stratum_variance(totals, size) for totals, size in zip(strata, populations, strict=True))
    return float(np.sqrt(variance)), units - len(strata)


def _stratum_variance(totals: Floats, population: float | None) -> float:
    n = totals.size
    if n < 2:
        raise StatisticsError("某一层(strata)只有一个抽样单元(psu),无法估计方差;请与相邻层合并")
    if population is not None and population < n:
        raise StatisticsError(f"总体单元数 {population:g} 小于样本单元数 {n}")
    fraction = 0.0 if population is None else n / population
    return float((1 - fraction) * n / (n - 1) * ((totals - totals.mean()) ** 2).sum())


def _sizes(population: Values, count: int) -> Floats:
    sizes = as_vector(population, "population")
    if sizes.size not in (1, count) or (sizes <= 0).any():
        raise StatisticsError(f"population 有 {sizes.size} 个,数据有 {count} 行:应为一个正数,或每行一个")
    return np.broadcast_to(sizes, (count,))


def code_labels(labels: Values, count: int, name: str) -> NDArray[np.intp]:
    """Return a number from 0 per distinct label (of strata, of sampling units), one for each of `count` rows."""
    column = np.asarray(labels, dtype=None if hasattr(labels, "dtype") else object)
    if column.shape != (count,):
        raise StatisticsError(f"{name} 有 {column.size} 个,数据有 {count} 行:两者必须一致")
    if column.dtype.kind not in "iub" and any(is_gap(label) for label in column.tolist()):
        raise StatisticsError(f"{name} 有缺失值:每行都要有所属的层或抽样单元")
    # Labels of mixed kinds cannot be sorted; numbers sort faster than their texts.
    sortable = column if column.dtype.kind in "iufb" else np.array([str(label) for label in column.tolist()])
    return np.unique(sortable, return_inverse=True)[1]

"""Shares and rates counted from events, one or a column at a time, with intervals that hold for small counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray
from scipy import special

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.arrays import Floats, Values, as_number, as_vector, check_probability, is_column
from feedback_engine.stats.estimates import Estimate, Estimates
from feedback_engine.stats.labels import rows_alike
from feedback_engine.stats.quantiles import normal_quantile

Column = Sequence[float] | NDArray[Any]
# A base is counted in answers; far below one the squares leave the range of floats.
_LEAST_BASE = 1e-9


@overload
def wilson(k: float, n: float, confidence: float = 0.95) -> Estimate: ...
@overload
def wilson(k: Column, n: Column | float, confidence: float = 0.95) -> Estimates: ...
@rows_alike("k", "n")
def wilson(k: Values, n: Values, confidence: float = 0.95) -> Estimate | Estimates:
    """Return the share k/n with Wilson's score interval (no continuity correction); columns give columns.

    For weighted data pass k = share × effective base and n = effective base.
    """
    share, total = _shares(k, n, "k", "n")
    lower, upper = _wilson_bounds(share, total, normal_quantile(confidence))
    return _pack(share, lower, upper, np.sqrt(share * (1 - share) / total), total)


@overload
def newcombe(k1: float, n1: float, k2: float, n2: float, confidence: float = 0.95) -> Estimate: ...
@overload
def newcombe(
    k1: Column, n1: Column | float, k2: Column | float, n2: Column | float, confidence: float = 0.95
) -> Estimates: ...
@rows_alike("k1", "n1", "k2", "n2")
def newcombe(k1: Values, n1: Values, k2: Values, n2: Values, confidence: float = 0.95) -> Estimate | Estimates:
    """Return the difference k1/n1 - k2/n2 of independent shares with Newcombe's (1998) interval, method 10.

    Columns give columns; where one of them is a number it counts for every row.
    """
    first, total_1 = _shares(k1, n1, "k1", "n1")
    second, total_2 = _shares(k2, n2, "k2", "n2")
    _refuse_other_length(first, second, "k1/n1", "k2/n2")
    z = normal_quantile(confidence)
    lower_1, upper_1 = _wilson_bounds(first, total_1, z)
    lower_2, upper_2 = _wilson_bounds(second, total_2, z)
    difference = first - second
    lower = difference - np.hypot(first - lower_1, upper_2 - second)
    upper = difference + np.hypot(upper_1 - first, second - lower_2)
    error = np.sqrt(first * (1 - first) / total_1 + second * (1 - second) / total_2)
    return _pack(difference, lower, upper, error, total_1 + total_2)


def paired_difference(gained: float, lost: float, n: float, confidence: float = 0.95) -> Estimate:
    """Return (gained - lost) / n, the change of a share of n cases judged twice, with Bonett and Price's interval.

    `gained` are cases right only the second time, `lost` those right only the first. Adjusted Wald interval, Bonett
    and Price (2012): one case is added to both, two to n.
    """
    won, gone = as_number(gained, "gained", least=0), as_number(lost, "lost", least=0)
    total = as_number(n, "n", above=_LEAST_BASE)
    if won + gone > total:
        raise StatisticsError(f"gained + lost = {won + gone:g} 大于 n = {total:g}")
    up, down, z = (won + 1) / (total + 2), (gone + 1) / (total + 2), normal_quantile(confidence)
    error = float(np.sqrt((up + down - (up - down) ** 2) / (total + 2)))
    lower, upper = max(-1.0, up - down - z * error), min(1.0, up - down + z * error)
    return Estimate((won - gone) / total, lower, upper, error, total, total)


@overload
def poisson_rate(k: float, exposure: float = 1.0, confidence: float = 0.95, per: float = 1.0) -> Estimate: ...
@overload
def poisson_rate(
    k: Column, exposure: Column | float = 1.0, confidence: float = 0.95, per: float = 1.0
) -> Estimates: ...
@rows_alike("k", "exposure")
def poisson_rate(k: Values, exposure: Values = 1.0, confidence: float = 0.95, per: float = 1.0) -> Estimate | Estimates:
    """Return k events per `per` units of exposure (per=1000: per thousand orders) with Garwood's exact interval.

    Columns give columns; an exposure that is one number counts for every row.
    """
    count = _read(k, "事件数 k", least=0)
    units = _read(exposure, "暴露量 exposure(例如订单数、来电数)", above=_LEAST_BASE)
    _refuse_other_length(count, units, "k", "exposure")
    tail = (1 - check_probability(confidence, "confidence")) / 2
    # Half the quantiles of χ² on 2k and 2k + 2 degrees of freedom; at 0 the lower one is 0.
    lower = np.where(count > 0, special.gammaincinv(np.maximum(count, 1e-300), tail), 0.0)
    upper = special.gammainccinv(count + 1, tail)
    scale = as_number(per, "per", above=0) / units
    return _pack(count * scale, lower * scale, upper * scale, np.sqrt(count) * scale, units)


def _shares(k: Values, n: Values, k_name: str, n_name: str) -> tuple[Floats, Floats]:
    count = _read(k, k_name, least=0)
    total = _read(n, f"基数 {n_name}", above=_LEAST_BASE)
    _refuse_other_length(count, total, k_name, n_name)
    beyond = count > total * (1 + 1e-12)
    if beyond.any():
        place = int(np.argmax(beyond))
        counts, totals = np.broadcast_arrays(count, total)
        where = f"第 {place + 1} 个 " if beyond.ndim else ""
        raise StatisticsError(
            f"{where}{k_name} 为 {counts.flat[place]:g},{n_name} 为 {totals.flat[place]:g}:需要 0 ≤ {k_name} ≤ {n_name}"
        )
    return np.minimum(1.0, count / total), total


def _read(values: Values, name: str, *, above: float = -np.inf, least: float = -np.inf) -> Floats:
    """Return a number as an array without dimension, a column as one with its length."""
    if not is_column(values):
        return np.asarray(as_number(values, name, above=above, least=least))
    column = as_vector(values, name)
    wrong = (column <= above) | (column < least)
    if wrong.any():
        place = int(np.argmax(wrong))
        as_number(float(column[place]), f"{name} 的第 {place + 1} 个值", above=above, least=least)
    return column


def _refuse_other_length(first: Floats, second: Floats, name_1: str, name_2: str) -> None:
    if first.ndim and second.ndim and first.size != second.size:
        raise StatisticsError(f"{name_1} 有 {first.size} 个,{name_2} 有 {second.size} 个:两者必须一致")


def _wilson_bounds(share: Floats, n: Floats, z: float) -> tuple[Floats, Floats]:
    centre = share + z * z / (2 * n)
    half = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    # At the ends the formula is exact only up to rounding; a bound beyond the estimate would be absurd.
    lower = np.minimum(share, np.maximum(0.0, (centre - half) / scale))
    return lower, np.maximum(share, np.minimum(1.0, (centre + half) / scale))


def _pack(estimate: Floats, lower: Floats, upper: Floats, error: Floats, base: Floats) -> Estimate | Estimates:
    if np.ndim(estimate) == 0:
        value, low, high, spread, count = (float(part) for part in (estimate, lower, upper, error, base))
        return Estimate(value, low, high, spread, count, count)
    bases = np.array(np.broadcast_to(base, estimate.shape), dtype=np.float64)
    return Estimates(estimate, lower, upper, error, bases, bases)

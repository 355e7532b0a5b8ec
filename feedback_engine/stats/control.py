"""Control charts: which points of a series are more than noise, against a frozen baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.arrays import Floats, Values, as_count, as_flag, as_number, as_vector, is_column
from feedback_engine.stats.labels import rows_alike
from feedback_engine.stats.normalise import flags_of

# Mean range of two normal observations in units of σ, as printed in the tables of constants.
_D2 = 1.128
_RUN = 8
# A base is counted in units; far below one the figures leave the range of floats.
_LEAST_BASE = 1e-9
# Fewer points than these make limits that are hardly more than an example, or not yet firm.
_USABLE_BASELINE = 8
_SOLID_BASELINE = 20
Baseline = int | Sequence[int] | Sequence[bool] | NDArray[np.generic] | None


@dataclass(frozen=True, slots=True)
class ControlChart:
    """Centre, limits (one value, or one per point where the bases differ) and the points that signal."""

    points: Floats
    centre: float
    lower: float | Floats
    upper: float | Floats
    # Positions (from 0) that break a rule, and which rules: 1 beyond the limits, 2 the eighth or later on one side.
    signals: tuple[int, ...]
    rules: dict[int, tuple[int, ...]]
    # Standard deviation of one point as the limits use it (for p-charts: the spread of z, 1 when not overdispersed; for
    # points with errors of their own: what they spread beyond these).
    sigma: float
    moving_range: float
    # How many points made the limits.
    baseline_points: int

    @property
    def is_provisional(self) -> bool:
        """Tell whether fewer than 20 points made the limits, so that they are not yet firm."""
        return self.baseline_points < _SOLID_BASELINE

    @property
    def note(self) -> str:
        """What to say of limits from few points; empty from 20 points on."""
        if not self.is_provisional:
            return ""
        if self.baseline_points < _USABLE_BASELINE:
            return f"基线只有 {self.baseline_points} 个点(少于 {_USABLE_BASELINE}):控制限只供参考"
        return f"基线 {self.baseline_points} 个点,少于 {_SOLID_BASELINE}:控制限是暂定的"

    @property
    def limits(self) -> tuple[float | Floats, float | Floats]:
        """The lower and the upper limit."""
        return self.lower, self.upper


@rows_alike("x", "errors")
def individuals(x: Values, baseline: Baseline = None, minimum: int = 2, errors: Values | None = None) -> ControlChart:
    """Return the XmR chart: mean ± 3·MR̄/1.128 of the baseline's points, applied to every point.

    `baseline` freezes the limits: how many first points make them, or which (positions, or a mask); default all. Fewer
    than `minimum` points in it raise (a moving range needs two); fewer than 8, and fewer than 20, are said in `.note`.

    `errors` are the points' own standard errors, where their bases differ: point i then has the variance τ² + e_i², the
    mean weighs by it, and τ² is such that the standardised moving ranges average 1.128; where they fall short of that
    without τ², all e_i shrink alike. Equal errors give the plain chart.
    """
    points = as_vector(x, "x")
    chosen = _baseline(baseline, points.size, max(2, as_count(minimum, "minimum")))
    frozen = points[chosen]
    moving = float(np.abs(np.diff(frozen)).mean())
    if errors is None:
        sigma, centre = moving / _D2, float(frozen.mean())
        spread: float | Floats = sigma
    else:
        sigma, spread = _split_spread(np.abs(np.diff(frozen)), _errors(errors, points.size), chosen)
        largest = float(spread.max()) or 1.0
        centre = float(np.average(frozen, weights=np.maximum(spread[chosen] / largest, 1e-9) ** -2.0))
    lower, upper = centre - 3 * spread, centre + 3 * spread
    signals, rules = _signals(points, centre, lower, upper)
    return ControlChart(points, centre, lower, upper, signals, rules, sigma, moving, frozen.size)


def _errors(errors: Values, count: int) -> Floats:
    own = as_vector(errors, "errors")
    if own.size != count:
        raise StatisticsError(f"errors 有 {own.size} 个,x 有 {count} 个:两者必须一致")
    if (own < 0).any():
        raise StatisticsError(f"第 {int(np.argmax(own < 0)) + 1} 个点的标准误为负")
    return own


def _split_spread(ranges: Floats, errors: Floats, baseline: NDArray[np.intp]) -> tuple[float, Floats]:
    """Return what points spread beyond their errors, and the standard deviation of each point."""
    from scipy.optimize import brentq

    unit = float(max(ranges.max(), errors.max())) or 1.0
    moves, own = ranges / unit, errors / unit
    known = (own[baseline][1:] ** 2 + own[baseline][:-1] ** 2) / 2

    def excess(beyond: float) -> float:
        spread = np.sqrt(beyond + known)
        return float(np.divide(moves, spread, out=np.where(moves > 0, np.inf, 0.0), where=spread > 0).mean() - _D2)

    if (unexplained := excess(0.0)) <= 0:
        return 0.0, errors * (unexplained / _D2 + 1.0)
    beyond = float(brentq(excess, 0.0, (moves.mean() / _D2) ** 2))
    return unit * beyond**0.5, unit * np.sqrt(beyond + own**2)


def proportions(k: Values, n: Values, baseline: Baseline = None, laney: bool = False, minimum: int = 1) -> ControlChart:
    """Return the p-chart of k out of n: p̄ ± 3 √(p̄(1-p̄)/n_i), limits per point where the bases differ.

    `laney` widens the limits by the spread of the z-scores (MR̄_z/1.128), for big bases whose points vary more than
    binomially; `.sigma` reports that spread either way (1 where a single point tells nothing of it; `laney` needs two).
    `baseline` and `minimum` as in `individuals`.
    """
    counts, bases = _counts(k, n)
    if (counts > bases).any():
        place = int(np.argmax(counts > bases))
        raise StatisticsError(f"第 {place + 1} 个点 k = {counts[place]:g} 大于 n = {bases[place]:g}")
    frozen = _baseline(baseline, counts.size, _least(minimum, laney))
    centre = float(counts[frozen].sum() / bases[frozen].sum())
    error = np.sqrt(centre * (1 - centre) / bases)
    return _attribute_chart(counts / bases, centre, error, np.ptp(bases) > 0, laney, frozen, 1.0)


def rates(
    k: Values, exposure: Values, baseline: Baseline = None, laney: bool = False, minimum: int = 1
) -> ControlChart:
    """Return the u-chart of k events per unit of exposure: ū ± 3 √(ū/exposure_i), else as in `proportions`."""
    counts, exposures = _counts(k, exposure)
    frozen = _baseline(baseline, counts.size, _least(minimum, laney))
    centre = float(counts[frozen].sum() / exposures[frozen].sum())
    error = np.sqrt(centre / exposures)
    return _attribute_chart(counts / exposures, centre, error, np.ptp(exposures) > 0, laney, frozen, np.inf)


def _attribute_chart(
    points: Floats,
    centre: float,
    error: Floats,
    is_per_point: np.bool_,
    laney: bool,
    frozen: NDArray[np.intp],
    most: float,
) -> ControlChart:
    z = (points - centre) / np.where(error > 0, error, 1.0)
    moving = float(np.abs(np.diff(z[frozen])).mean()) if frozen.size > 1 else 0.0
    spread = moving / _D2 if frozen.size > 1 else 1.0
    half = 3 * error * (spread if laney else 1.0)
    lower, upper = np.maximum(centre - half, 0.0), np.minimum(centre + half, most)
    signals, rules = _signals(points, centre, lower, upper)
    if is_per_point:
        return ControlChart(points, centre, lower, upper, signals, rules, spread, moving, frozen.size)
    low, high = float(lower[0]), float(upper[0])
    return ControlChart(points, centre, low, high, signals, rules, spread, moving, frozen.size)


def _signals(
    points: Floats, centre: float, lower: float | Floats, upper: float | Floats
) -> tuple[tuple[int, ...], dict[int, tuple[int, ...]]]:
    # A point on the limit, or on the centre line, up to rounding, breaks no rule.
    slack = 1e-12 * max(abs(centre), 1e-300)
    beyond = (points < lower - slack) | (points > upper + slack)
    side = np.where(np.abs(points - centre) <= slack, 0, np.sign(points - centre))
    run = _run_lengths(side) >= _RUN
    rules = {
        int(place): tuple(rule for rule, broken in ((1, beyond), (2, run)) if broken[place])
        for place in np.flatnonzero(beyond | run)
    }
    return tuple(rules), rules


def _run_lengths(side: Floats) -> NDArray[np.intp]:
    lengths = np.zeros(side.size, dtype=np.intp)
    for place, value in enumerate(side):
        if value != 0:
            continues = place > 0 and side[place - 1] == value
            lengths[place] = lengths[place - 1] + 1 if continues else 1
    return lengths


@rows_alike("k", "n")
def _counts(k: Values, n: Values) -> tuple[Floats, Floats]:
    counts = as_vector(k, "k")
    if (counts < 0).any():
        raise StatisticsError(f"第 {int(np.argmax(counts < 0)) + 1} 个点的 k 为负")
    bases = as_vector(n, "n") if is_column(n) else np.full(counts.size, as_number(n, "n"))
    if bases.size != counts.size:
        raise StatisticsError(f"n 有 {bases.size} 个,k 有 {counts.size} 个:两者必须一致")
    if (bases <= _LEAST_BASE).any():
        place = int(np.argmax(bases <= _LEAST_BASE))
        raise StatisticsError(f"第 {place + 1} 个点的 n 为 {bases[place]:g}:不大于 0,或小得不是基数")
    return counts, bases


def _least(minimum: int, laney: bool) -> int:
    # A spread of z-scores needs two of them.
    return max(2 if as_flag(laney, "laney") else 1, as_count(minimum, "minimum"))


def _baseline(baseline: Baseline, count: int, needed: int) -> NDArray[np.intp]:
    chosen, size = _choose(baseline, count)
    if chosen.size != size or size < needed:
        raise StatisticsError(f"控制图的基线有 {size} 个点(共 {count} 个点):至少需要 {needed} 个,且都在数据之内")
    return np.asarray(chosen, dtype=np.intp)


def _choose(baseline: Baseline, count: int) -> tuple[NDArray[np.intp], int]:
    """Return which points there are to the baseline, and how many were asked for."""
    everything = np.arange(count)
    if baseline is None or not is_column(baseline):
        size = count if baseline is None else as_count(baseline, "baseline")
        return everything[:size], size
    given = flags_of(baseline, "baseline")
    if given.dtype == bool:
        return (everything[given] if given.shape == (count,) else everything[:0]), int(given.sum())
    places = as_vector(baseline, "baseline")
    return np.intersect1d(places, everything).astype(np.intp), places.size

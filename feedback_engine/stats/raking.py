"""Weights that make a sample's margins agree with known ones: raking and post-stratification."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.arrays import Floats, Values, as_vector, as_weights, show
from feedback_engine.stats.calibration import read_cells
from feedback_engine.stats.design import effective_base, linearised_error
from feedback_engine.stats.estimates import Estimate
from feedback_engine.stats.labels import rows_alike
from feedback_engine.stats.quantiles import t_quantile

Margins = Mapping[Hashable, Mapping[Hashable, float]]
_MOST_ROUNDS = 2_000


@dataclass(frozen=True, slots=True)
class RakedWeights:
    """Weights in the order of the rows, with what they cost in precision (Kish)."""

    weights: Floats
    design_effect: float
    effective_base: float
    iterations: int
    # How many rows were cut by trimming.
    trimmed: int
    # One row of cell numbers per margin: what standard errors need to know about the calibration.
    cells: NDArray[np.intp]

    @property
    def base(self) -> int:
        """The number of rows."""
        return int(self.weights.size)

    def __len__(self) -> int:
        return int(self.weights.size)

    def __iter__(self) -> Iterator[float]:
        return iter(self.weights.tolist())

    def __getitem__(self, row: Any) -> Any:
        return self.weights[row]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.array(self.weights, dtype=dtype)


@dataclass(frozen=True, slots=True)
class _Margin:
    name: str
    codes: NDArray[np.intp]
    totals: Floats
    labels: tuple[Hashable, ...]


@rows_alike("frame", "base_weights")
def rake(
    frame: Values,
    margins: Margins,
    trim: float | tuple[float, float] | None = None,
    base_weights: Values = None,
    tolerance: float = 1e-10,
) -> RakedWeights:
    """Return weights under which every margin is met, by iterative proportional fitting.

    `margins` maps a column (or a tuple of columns, for crossed cells) to {value: total or share}; shares sum to 1 and
    take their total from the other margins, or from the base weights (an array or a column). `trim=5` holds weights
    within [1/5, 5] × their mean, a pair gives the bounds: then the weights are the closest to the base weights
    (Deville & Särndal 1992, truncated multiplicative) that meet margins and bounds both. Raises, by name, on a cell
    without rows, a value without target, margins of different totals, and on margins that cannot be met together or
    within the bounds.
    """
    count = _row_count(frame, margins)
    start = _base_weights(frame, base_weights, count)
    checked = _read_margins(frame, margins, start)
    weights, iterations, trimmed = _fit(start, checked, tolerance, (0.0, np.inf) if trim is None else _bounds(trim))
    kish = effective_base(weights)
    cells = np.stack([margin.codes for margin in checked])
    return RakedWeights(weights, count / kish, kish, iterations, trimmed, cells)


def post_stratify(
    frame: Values, column: Hashable, totals: Mapping[Hashable, float], base_weights: Values = None
) -> RakedWeights:
    """Return weights that meet the totals (or shares) of one column, or of crossed cells for a tuple of columns."""
    return rake(frame, {column: totals}, base_weights=base_weights)


def raked_mean(
    y: Values,
    raked: RakedWeights,
    *,
    total: bool = False,
    confidence: float = 0.95,
    strata: Values = None,
    psu: Values = None,
    population: Values = None,
) -> Estimate:
    """Return the mean (or total) of `y` under raked weights, with the linearised error that knows of the raking.

    The influence value is replaced by its residual on the margins' cells (unweighted least squares), times the raked
    weight; then as in `linearised_error`.
    """
    values = as_vector(y, "y")
    weights = raked.weights
    if values.size != weights.size:
        raise StatisticsError(f"y 有 {values.size} 个值,权重有 {weights.size} 个:两者必须一致")
    size = weights.sum()
    mean = float(weights @ values / size)
    influence = values if total else (values - mean) / size
    residual = read_cells(raked.cells).residual(influence)
    error, freedom = linearised_error(weights * residual, strata=strata, psu=psu, population=population)
    quantile = t_quantile(confidence, freedom)
    estimate = float(weights @ values) if total else mean
    simple = float(weights @ (values - mean) ** 2 / size) / max(values.size - 1, 1) * (size**2 if total else 1.0)
    effect = error**2 / simple if simple > 0 else 1.0
    half = quantile * error
    return Estimate(
        estimate, estimate - half, estimate + half, error, float(values.size), raked.effective_base, float(effect)
    )


def _fit(
    start: Floats, margins: list[_Margin], tolerance: float, bounds: tuple[float, float]
) -> tuple[Floats, int, int]:
    """Return the weights, the rounds taken, and how many rows the bounds hold."""
    target = margins[0].totals.sum()
    usable = (start > 0) & np.all([margin.totals[margin.codes] > 0 for margin in margins], axis=0)
    mean = target / max(int(usable.sum()), 1)
    low, high = bounds[0] * mean, bounds[1] * mean
    if np.isfinite(high):
        _refuse_bounds(margins, usable, low, high)
    # Rows alike in all margins and in their starting weight share one weight: the loop runs on those groups.
    keys = np.stack([*(margin.codes for margin in margins), np.unique(start, return_inverse=True)[1].reshape(-1)])
    groups, group, sizes = np.unique(keys, axis=1, return_inverse=True, return_counts=True)
    free = np.unique(start)[groups[-1]]
    for iteration in range(1, _MOST_ROUNDS + 1):
        for codes, margin in zip(groups, margins, strict=False):
            current = np.bincount(codes, weights=sizes * _hold(free, low, high), minlength=margin.totals.size)
            factor = np.where(current > 0, margin.totals / np.where(current > 0, current, 1.0), 0.0)
            # Where a bound holds every row of a cell its factor works on air: without end, if left alone.
            free = np.where(free > 0, np.clip(free * factor[codes], low * 1e-30, min(high, 1e30) * 1e30), 0.0)
            free = np.where(factor[codes] > 0, free, 0.0)
        weights = _hold(free, low, high)
        gaps = [
            np.bincount(codes, weights=sizes * weights, minlength=m.totals.size) - m.totals
            for codes, m in zip(groups, margins, strict=False)
        ]
        if max(float(np.abs(gap).max()) for gap in gaps) <= tolerance * target:
            held = (weights > 0) & (np.abs(free - weights) > 1e-9 * mean)
            return weights[group.reshape(-1)], iteration, int(sizes[held].sum())
    place = int(np.argmax([np.abs(gap).max() for gap in gaps]))
    unmet = f"{margins[place].name} = {margins[place].labels[int(np.argmax(np.abs(gaps[place])))]}"
    within = f"在 trim 的范围 [{bounds[0]:.4g}, {bounds[1]:.4g}] × 均值之内" if np.isfinite(high) else ""
    way_out = "请放宽 trim 或合并小类" if np.isfinite(high) else "样本里有交叉组合为空,请合并类别"
    raise StatisticsError(
        f"边际{within}无法同时满足:{_MOST_ROUNDS} 轮后「{unmet}」仍差 {np.abs(gaps[place]).max():.4g};{way_out}"
    )


def _hold(free: Floats, low: float, high: float) -> Floats:
    return np.where(free > 0, np.clip(free, low, high), 0.0)


def _refuse_bounds(margins: list[_Margin], usable: NDArray[np.bool_], low: float, high: float) -> None:
    """Raise, naming the cell, where even all of its rows at the bound miss its total."""
    for margin in margins:
        rows = np.bincount(margin.codes[usable], minlength=margin.totals.size)
        wrong = (margin.totals > 0) & ((margin.totals > rows * high * (1 + 1e-9)) | (margin.totals < rows * low))
        if wrong.any():
            cell = int(np.argmax(wrong))
            raise StatisticsError(
                f"trim 太紧:「{margin.name} = {margin.labels[cell]}」有 {rows[cell]} 行,权重须在 {low:.4g} 与 "
                f"{high:.4g} 之间,达不到目标 {margin.totals[cell]:.4g};请放宽 trim 或合并小类"
            )


def _bounds(trim: float | tuple[float, float]) -> tuple[float, float]:
    given = as_vector(trim, "trim")
    low, high = given if given.size == 2 else (1 / given[0] if given[0] > 0 else np.nan, given[0])
    if given.size > 2 or not 0 <= low < 1 < high:
        raise StatisticsError(f"trim 为 {show(trim)}:应为大于 1 的数(例如 5),或下限 < 1 < 上限的一对数")
    return float(low), float(high)


def _read_margins(frame: Values, margins: Margins, start: Floats) -> list[_Margin]:
    read = [_read_margin(frame, column, targets, start) for column, targets in margins.items()]
    counted = [margin for margin in read if not _is_shares(margin.totals)]
    total = counted[0].totals.sum() if counted else start.sum()
    for margin in counted[1:]:
        if abs(margin.totals.sum() - total) > 1e-6 * total:
            raise StatisticsError(
                f"边际合计不一致:{counted[0].name} 合计 {total:g},{margin.name} 合计 {margin.totals.sum():g};请核对"
            )
    return [
        _Margin(margin.name, margin.codes, margin.totals * (total / margin.totals.sum()), margin.labels)
        for margin in read
    ]


def _is_shares(totals: Floats) -> bool:
    # Printed shares may add up to 0.999 or 1.001.
    return abs(float(totals.sum()) - 1) <= 0.005


def _targets_of(given: Values, name: str) -> dict[Hashable, float]:
    # The table of a frame has no one target per value.
    targets = given.to_dict() if hasattr(given, "to_dict") and getattr(given, "ndim", 1) == 1 else given
    if not isinstance(targets, Mapping) or not targets:
        raise StatisticsError(f"边际 {name} 应为 {{类别: 人数或份额}},收到 {show(given)}")
    return dict(targets)


def _read_margin(frame: Values, column: Hashable, given: Values, start: Floats) -> _Margin:
    name = " × ".join(str(part) for part in column) if isinstance(column, tuple) else str(column)
    targets = _targets_of(given, name)
    labels = tuple(targets)
    totals = as_vector(list(targets.values()), f"边际 {name}")
    if (totals < 0).any() or totals.sum() <= 0:
        raise StatisticsError(f"边际 {name} 含有负数,或合计为 0:{targets}")
    if totals.sum() < 1.5 and not _is_shares(totals):
        raise StatisticsError(f"边际 {name} 的份额合计为 {totals.sum():g}:应为 1(或写成人数)")
    position = {label: place for place, label in enumerate(labels)}
    values = _values_of(frame, column)
    unknown = next((place for place, value in enumerate(values) if not _is_known(value, position)), None)
    if unknown is not None:
        raise StatisticsError(
            f"{name} 第 {unknown + 1} 行的值 {show(values[unknown])} 在边际里没有目标;边际有:{list(labels)}"
        )
    codes = np.array([position[value] for value in values], dtype=np.intp)
    present = np.bincount(codes, weights=start, minlength=len(labels)) > 0
    if (~present & (totals > 0)).any():
        empty = labels[int(np.argmax(~present & (totals > 0)))]
        raise StatisticsError(f"边际「{name} = {empty}」的目标为 {targets[empty]:g},样本里却没有这一类;请合并类别")
    return _Margin(name, codes, totals, labels)


def _is_known(value: Any, position: Mapping[Hashable, int]) -> bool:
    # A list in a cell is nobody's label, and cannot be looked up.
    return isinstance(value, Hashable) and value in position


def _values_of(frame: Values, column: Hashable) -> list[Hashable]:
    if not (hasattr(frame, "columns") or isinstance(frame, Mapping)):
        raise StatisticsError(f"数据应为数据表或 {{列名: 各行的值}},收到 {type(frame).__name__}")
    if isinstance(column, tuple) and column not in frame:
        return list(zip(*(_values_of(frame, part) for part in column), strict=True))
    if column not in frame:
        raise StatisticsError(f"数据里没有边际列 {column}")
    values = np.asarray(frame[column], dtype=object)
    if values.ndim != 1:
        raise StatisticsError(f"边际列 {column} 应为一列值,收到形状 {values.shape};请核对列名是否重复")
    return list(values.tolist())


def _row_count(frame: Values, margins: Margins) -> int:
    if not isinstance(margins, Mapping) or not margins:
        raise StatisticsError(f"margins 为空或不是 {{列: {{类别: 目标}}}}:至少需要一个边际,收到 {show(margins)}")
    counts = {str(column): len(_values_of(frame, column)) for column in margins}
    count = next(iter(counts.values()))
    if count == 0 or len(set(counts.values())) > 1:
        raise StatisticsError(f"数据没有任何行,或各列长短不一:{counts}")
    return count


def _base_weights(frame: Values, base_weights: Values, count: int) -> Floats:
    if isinstance(base_weights, str):
        if base_weights not in frame:
            raise StatisticsError(f"数据里没有 base_weights 列 {base_weights!r}")
        base_weights = frame[base_weights]
    return as_weights(base_weights, count, "base_weights")

"""Importance against performance (IPA): what to keep, what to mend, what matters little."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from feedback_engine.domain import OVERALL, Measure
from feedback_engine.errors import StatisticsError
from feedback_engine.scoring.key_drivers import KeyDrivers, find_key_drivers, rank_drivers, share_alone
from feedback_engine.scoring.samples import Floats, Ints
from feedback_engine.tables.analysis import IPA

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["IpaPoint", "IpaResult", "KeyDrivers", "Quadrant", "build_ipa", "find_key_drivers", "ipa", "rank_drivers"]


class Quadrant(StrEnum):
    """Where a point lies: importance up, performance to the right."""

    KEEP_UP = "keep_up"
    CONCENTRATE_HERE = "concentrate_here"
    LOW_PRIORITY = "low_priority"
    POSSIBLE_OVERKILL = "possible_overkill"


@dataclass(frozen=True, slots=True)
class IpaPoint:
    """One item: its two figures with their intervals (equal to the figure where none is known), and its quadrant.

    `is_borderline`: a dividing line runs through an interval or figure, so that the quadrant is not sure.
    """

    name: str
    importance: float
    performance: float
    importance_interval: tuple[float, float]
    performance_interval: tuple[float, float]
    quadrant: Quadrant
    is_borderline: bool


@dataclass(frozen=True, slots=True)
class IpaResult:
    """All points, and where the lines cross: (importance, performance)."""

    points: tuple[IpaPoint, ...]
    importance_line: float
    performance_line: float

    @property
    def quadrants(self) -> dict[str, str]:
        """Name → quadrant."""
        return {point.name: point.quadrant.value for point in self.points}

    @property
    def borderline(self) -> tuple[str, ...]:
        """The names of the points whose quadrant is not sure."""
        return tuple(point.name for point in self.points if point.is_borderline)


def ipa(
    importance: Any,
    performance: Any,
    *,
    names: Sequence[str] | None = None,
    lines: str | tuple[float, float] = "mean",
    importance_intervals: Any = None,
    performance_intervals: Any = None,
    confidence: float = 0.95,
) -> IpaResult:
    """Return the quadrants of items by importance and performance (Martilla & James 1977).

    Each of the two is one figure an item, or respondents × items: then the items' means with t intervals. `lines`:
    "mean" (grand means), "median", or targets (importance, performance). On a line counts as above, or to the right.
    `*_intervals` are pairs (lower, upper) an item. Raises StatisticsError for lengths that differ and for gaps.
    """
    labels, order = _match(names, importance, performance)
    y, y_bounds = _figures(importance, importance_intervals, "importance", confidence)
    x, x_bounds = _figures(performance, performance_intervals, "performance", confidence)
    if len(x) != len(y) or (labels is not None and len(labels) != len(x)):
        count = f"，names 有 {len(labels)} 个" if labels is not None else ""
        raise StatisticsError(f"importance 有 {len(y)} 项，performance 有 {len(x)} 项{count}；请一一对应")
    if order is not None:
        x, x_bounds = x[order], x_bounds[order]
    row, column = _find_lines(y, x, lines)
    given = labels or [f"第 {place + 1} 项" for place in range(len(x))]
    points = tuple(
        IpaPoint(
            name=given[place],
            importance=float(y[place]),
            performance=float(x[place]),
            importance_interval=(float(y_bounds[place, 0]), float(y_bounds[place, 1])),
            performance_interval=(float(x_bounds[place, 0]), float(x_bounds[place, 1])),
            quadrant=_quadrant(y[place] >= row, x[place] >= column),
            is_borderline=bool(_touches(y_bounds[place], row) or _touches(x_bounds[place], column)),
        )
        for place in range(len(x))
    )
    return IpaResult(points, row, column)


def _match(names: Sequence[str] | None, importance: Any, performance: Any) -> tuple[list[str] | None, Ints | None]:
    """Return the items' names, and the order that puts performance beside its importance where both are named alike."""
    from feedback_engine.stats.labels import as_names, find_order, labels_of

    first, second = labels_of(importance), labels_of(performance)
    order = find_order(first, second, "performance", "importance")
    chosen = first or second if names is None else names
    return None if chosen is None else as_names(chosen, "names"), None if order is None else np.array(order)


def _figures(values: Any, intervals: Any, name: str, confidence: float) -> tuple[Floats, Floats]:
    """Return one figure an item with its bounds."""
    from feedback_engine.stats.arrays import as_matrix, as_vector

    if _is_table(values):
        return _average(as_matrix(values, name, allow_missing=True), name, confidence)
    figures = as_vector(values, name)
    if intervals is None:
        return figures, np.column_stack([figures, figures])
    bounds = as_matrix(intervals, f"{name}_intervals", allow_missing=True)
    if bounds.shape != (figures.size, 2):
        raise StatisticsError(
            f"{name}_intervals 每项应有一对数（下限, 上限），{name} 有 {figures.size} 项，收到 {bounds.shape}"
        )
    crossed = bounds[:, 0] > bounds[:, 1]
    if crossed.any():
        place = int(np.argmax(crossed))
        raise StatisticsError(
            f"{name}_intervals 第 {place + 1} 项的下限 {bounds[place, 0]:g} 大于上限 {bounds[place, 1]:g}"
        )
    return figures, np.where(np.isnan(bounds), figures[:, np.newaxis], bounds)


def _is_table(values: Any) -> bool:
    """Tell whether these are respondents × items, not one figure an item."""
    if isinstance(values, Mapping):
        values = list(values.values())
    if hasattr(values, "ndim"):
        return bool(values.ndim == 2)
    is_listed = isinstance(values, Sequence) and not isinstance(values, str) and len(values) > 0
    return is_listed and (hasattr(values[0], "__len__") and not isinstance(values[0], str))


def _average(table: Floats, name: str, confidence: float) -> tuple[Floats, Floats]:
    from feedback_engine.stats.intervals import weighted_mean

    empty = np.isnan(table).all(axis=0)
    if empty.any():
        raise StatisticsError(f"{name} 第 {int(np.argmax(empty)) + 1} 项没有任何回答；请去掉该项")
    estimates = [weighted_mean(column[~np.isnan(column)], confidence=confidence) for column in table.T]
    figures = np.array([each.estimate for each in estimates])
    bounds = np.array([[each.lower, each.upper] for each in estimates])
    return figures, np.where(np.isnan(bounds), figures[:, np.newaxis], bounds)


def _find_lines(y: Floats, x: Floats, lines: str | tuple[float, float]) -> tuple[float, float]:
    from feedback_engine.stats.arrays import as_vector, show

    if isinstance(lines, str) and lines == "mean":
        return float(y.mean()), float(x.mean())
    if isinstance(lines, str) and lines == "median":
        return float(np.median(y)), float(np.median(x))
    targets = np.empty(0) if isinstance(lines, str) or lines is None else as_vector(lines, "lines")
    if targets.size != 2:
        raise StatisticsError(f"lines 是 mean、median，或（重要性, 表现）两个目标值；不是 {show(lines)}")
    return float(targets[0]), float(targets[1])


def _quadrant(is_important: bool, is_good: bool) -> Quadrant:
    if is_important:
        return Quadrant.KEEP_UP if is_good else Quadrant.CONCENTRATE_HERE
    return Quadrant.POSSIBLE_OVERKILL if is_good else Quadrant.LOW_PRIORITY


def _touches(bounds: NDArray[np.float64], line: float) -> bool:
    """Tell whether the line runs through the interval, or the figure lies on it: where all are alike, each does."""
    rounding = 1e-9 * max(1.0, abs(line))
    return bool(bounds[0] - rounding <= line <= bounds[1] + rounding)


def build_ipa(
    index: pd.DataFrame, *, drivers: pd.DataFrame | None = None, names: dict[str, str] | None = None,
    lines: str | tuple[float, float] = "mean",
) -> pd.DataFrame:  # fmt: skip
    """Return IPA of the touchpoints of one period's INDEX; importance derived from DRIVERS, else the stated weights.

    Of a group of drivers each has an equal part. Touchpoints without a published score are left out; the table is empty
    if none is left.
    """
    rows = index[
        (index["segment"] == "all") & (index["indicator"] == OVERALL) & (index["touchpoint"] != OVERALL)
        & (index["measure"] == Measure.SCORE) & index["score"].notna() & (index["indicator_weight"] > 0)
    ].set_index("touchpoint")  # fmt: skip
    kind = "stated"
    importance, bounds = rows["indicator_weight"], None
    if drivers is not None and drivers["share"].notna().any():
        known = drivers.set_index("code").loc[lambda table: table["share"].notna()]
        rows = rows[rows.index.isin(known.index)]
        own = share_alone(known).loc[rows.index]
        kind, importance, bounds = "derived", own["share"], own[["lower", "upper"]].to_numpy(dtype=np.float64)
    if rows.empty:
        return IPA.build()
    found = ipa(
        importance.to_numpy(dtype=np.float64),
        rows["score"].to_numpy(dtype=np.float64),
        names=[str(code) for code in rows.index],
        lines=lines,
        importance_intervals=bounds,
        performance_intervals=rows[["lower", "upper"]].to_numpy(dtype=np.float64),
    )
    return IPA.build(
        [
            (point.name, (names or {}).get(point.name, point.name), point.importance,
             *((None, None) if bounds is None else point.importance_interval), point.performance,
             *point.performance_interval, point.quadrant.value, point.is_borderline, kind)
            for point in found.points
        ]
    )  # fmt: skip

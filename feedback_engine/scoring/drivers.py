"""Importance against performance (IPA): what to keep, what to mend, what matters little."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from feedback_engine.domain import OVERALL, Measure
from feedback_engine.errors import StatisticsError
from feedback_engine.scoring.key_drivers import KeyDrivers, find_key_drivers, rank_drivers
from feedback_engine.scoring.samples import Floats
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
    labels = _names(names, importance, performance)
    y, y_bounds = _figures(importance, importance_intervals, "importance", confidence)
    x, x_bounds = _figures(performance, performance_intervals, "performance", confidence)
    if len(x) != len(y) or (labels is not None and len(labels) != len(x)):
        raise StatisticsError(f"importance 有 {len(y)} 项，performance 有 {len(x)} 项；请一一对应，names 也是")
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


def _names(names: Sequence[str] | None, *tables: Any) -> list[str] | None:
    if names is not None:
        return [str(name) for name in names]
    for table in tables:
        columns = getattr(table, "columns", None)
        found = columns if columns is not None else getattr(table, "index", None)
        if found is not None and not callable(found):
            return [str(name) for name in found]
        if isinstance(table, dict):
            return [str(name) for name in table]
    return None


def _figures(values: Any, intervals: Any, name: str, confidence: float) -> tuple[Floats, Floats]:
    """Return one figure an item with its bounds."""
    from feedback_engine.stats.intervals import weighted_mean

    table = np.asarray(list(values.values()) if isinstance(values, dict) else values, dtype=np.float64)
    if table.ndim == 2:
        estimates = [weighted_mean(column[~np.isnan(column)], confidence=confidence) for column in table.T]
        figures = np.array([each.estimate for each in estimates])
        bounds = np.array([[each.lower, each.upper] for each in estimates])
    else:
        figures = table
        bounds = np.column_stack([figures, figures]) if intervals is None else np.asarray(intervals, dtype=np.float64)
    if not figures.size or np.isnan(figures).any() or bounds.shape != (figures.size, 2):
        raise StatisticsError(
            f"{name} 需要每项一个数（没有空值），区间需要每项一对数；现为 {table.shape} 与 {bounds.shape}"
        )
    return figures, np.where(np.isnan(bounds), figures[:, np.newaxis], bounds)


def _find_lines(y: Floats, x: Floats, lines: str | tuple[float, float]) -> tuple[float, float]:
    if lines == "mean":
        return float(y.mean()), float(x.mean())
    if lines == "median":
        return float(np.median(y)), float(np.median(x))
    if isinstance(lines, str) or len(lines) != 2:
        raise StatisticsError(f"lines 是 mean、median，或（重要性, 表现）两个目标值；不是 {lines!r}")
    return float(lines[0]), float(lines[1])


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

    Touchpoints without a published score are left out; the table is empty if none is left.
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
        kind, importance = "derived", known.loc[rows.index, "share"]
        bounds = known.loc[rows.index, ["lower", "upper"]].to_numpy(dtype=np.float64)
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

"""Columns of an object × indicator table brought to one scale, cost indicators turned round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.arrays import Floats, Values, choose, constant_columns, show

NORMALISATIONS = ("minmax", "ratio", "vector", "max", "zscore", "none")


def normalise_columns(x: Floats, how: str, cost: NDArray[np.bool_] | None = None) -> Floats:
    """Return the columns on one scale; where `cost` is true, small values come out large.

    minmax (x-min)/(max-min), cost (max-x)/(max-min), a constant column 0 · ratio x/Σx, cost the same of 1/x ·
    vector x/‖x‖, cost 1 minus it · max x/max, cost min/x · zscore (x-mean)/sd, cost negated · none x, cost negated.
    """
    choose(how, "normalise", NORMALISATIONS)
    turned = np.zeros(x.shape[1], dtype=bool) if cost is None else cost
    if how in {"ratio", "max"}:
        _refuse_non_positive(x, how, turned)
    return {"minmax": _minmax, "ratio": _ratio, "vector": _vector, "max": _maximum, "zscore": _zscore, "none": _sign}[
        how
    ](x, turned)


def cost_mask(cost: Values, names: Sequence[str], columns: int) -> NDArray[np.bool_]:
    """Return which columns are costs from a mask (of truth values, or of 0 and 1), from positions, or from names.

    Two columns marked [0, 1] or [1, 0] could mean either, and raise.
    """
    if cost is None:
        return np.zeros(columns, dtype=bool)
    given = flags_of(cost, "cost")
    if given.dtype == bool and given.shape == (columns,):
        return given
    items = np.ravel(given).tolist()
    if given.dtype.kind in "iu" and given.shape == (columns,) and set(items) <= {0, 1}:
        if sorted(items) == [0, 1]:
            raise StatisticsError(f"cost = {items} 可以是列号,也可以是 0/1 标记;请写成 [True, False] 或列名")
        # Positions would not come twice: these are marks.
        return given.astype(bool)
    mask = np.zeros(columns, dtype=bool)
    for item in items:
        mask[_position(item, names, columns)] = True
    return mask


def flags_of(values: Values, name: str) -> NDArray[Any]:
    """Return marks of columns (a mask, positions, names or signs; or the values of a mapping) as an array."""
    try:
        given = np.asarray(list(values.values()) if isinstance(values, Mapping) else values)
    except ValueError as error:
        raise StatisticsError(f"{name} 各项长短不一,不是一列标记:{show(values)}") from error
    # A series of dtype object may still hold nothing but truth values.
    is_truth = given.dtype == object and all(isinstance(item, bool | np.bool_) for item in np.ravel(given))
    return given.astype(bool) if is_truth and given.size else given


def _position(item: object, names: Sequence[str], columns: int) -> int:
    if isinstance(item, str) and item in names:
        return list(names).index(item)
    if isinstance(item, int) and not isinstance(item, bool) and -columns <= item < columns:
        return item
    raise StatisticsError(f"cost 里的 {show(item)} 不是任何一列;列有:{'、'.join(names)}(或给出布尔掩码、列号)")


def _refuse_non_positive(x: Floats, how: str, cost: NDArray[np.bool_]) -> None:
    if (x < 0).any():
        row, column = np.argwhere(x < 0)[0]
        raise StatisticsError(
            f"第 {row + 1} 行第 {column + 1} 列为负({x[row, column]:g}):{how} 归一化要求 ≥ 0,请改用 minmax"
        )
    if (x[:, cost] == 0).any():
        raise StatisticsError(f"成本型指标含 0:{how} 归一化要取倒数,请改用 minmax")
    if (x.sum(axis=0) == 0).any():
        column = int(np.argmax(x.sum(axis=0) == 0))
        raise StatisticsError(f"第 {column + 1} 列之和为 0,无法按 {how} 归一化;请去掉该列")


def _minmax(x: Floats, cost: NDArray[np.bool_]) -> Floats:
    low, spread = x.min(axis=0), np.ptp(x, axis=0)
    flat = constant_columns(x)
    scaled = np.where(flat, 0.0, (x - low) / np.where(flat, 1.0, spread))
    return np.where(cost & ~flat, 1 - scaled, scaled)


def _ratio(x: Floats, cost: NDArray[np.bool_]) -> Floats:
    turned = np.where(cost, 1 / np.where(cost, x, 1.0), x)
    return np.asarray(turned / turned.sum(axis=0))


def _vector(x: Floats, cost: NDArray[np.bool_]) -> Floats:
    length = np.linalg.norm(x, axis=0)
    scaled = x / np.where(length > 0, length, 1.0)
    return np.where(cost, 1 - scaled, scaled)


def _maximum(x: Floats, cost: NDArray[np.bool_]) -> Floats:
    return np.asarray(np.where(cost, x.min(axis=0) / np.where(cost, x, 1.0), x / x.max(axis=0)))


def _zscore(x: Floats, cost: NDArray[np.bool_]) -> Floats:
    flat = constant_columns(x)
    spread = np.where(flat, 1.0, x.std(axis=0, ddof=1) if x.shape[0] > 1 else 1.0)
    return _sign(np.where(flat, 0.0, (x - x.mean(axis=0)) / spread), cost)


def _sign(x: Floats, cost: NDArray[np.bool_]) -> Floats:
    return np.where(cost, -x, x)

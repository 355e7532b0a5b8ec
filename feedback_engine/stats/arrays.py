"""Input at the door of every formula: lists, arrays and frames become checked float arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from feedback_engine.errors import StatisticsError

Floats = NDArray[np.float64]
# A list, an array or a pandas object; pandas itself is never imported here.
Values = Any
# Beyond this a square overflows; no rating, count or price comes near.
_LARGEST = 1e100


def as_vector(values: Values, name: str, *, minimum: int = 1, allow_missing: bool = False) -> Floats:
    """Return `values` as a one-dimensional float array; NaN, infinity, text or too few values raise."""
    array = np.atleast_1d(_as_floats(values, name))
    if array.ndim != 1:
        raise StatisticsError(f"{name} 应为一列数值,收到 {array.ndim} 维数组 {array.shape};请逐列传入")
    if array.size < minimum:
        raise StatisticsError(f"{name} 只有 {array.size} 个值,至少需要 {minimum} 个")
    _refuse_unusable(array, name, allow_missing=allow_missing)
    return array


def as_matrix(values: Values, name: str, *, minimum_rows: int = 1, allow_missing: bool = False) -> Floats:
    """Return `values` as a two-dimensional float array; an offending cell is named by row and column."""
    array = _as_floats(values, name)
    if array.ndim != 2 or array.shape[1] == 0:
        raise StatisticsError(f"{name} 应为二维表(行 × 列),收到形状 {array.shape}")
    if array.shape[0] < minimum_rows:
        raise StatisticsError(f"{name} 只有 {array.shape[0]} 行,至少需要 {minimum_rows} 行")
    _refuse_unusable(array, name, allow_missing=allow_missing, columns=names_of(values, array.shape[1]))
    return array


def names_of(values: Values, count: int) -> tuple[str, ...]:
    """Return the column names of a frame, or 「第 1 列」… for anything without names."""
    columns = getattr(values, "columns", None)
    if columns is None:
        return tuple(f"第 {position + 1} 列" for position in range(count))
    return tuple(str(column) for column in columns)


def as_number(value: Values, name: str, *, above: float = -np.inf, least: float = -np.inf) -> float:
    """Return one finite number, greater than `above` and at least `least`; anything else raises with its name."""
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise StatisticsError(f"{name} 为 {value!r}:应为一个数") from error
    if not np.isfinite(number) or number <= above or number < least:
        bound = f"必须 > {above:g}" if np.isfinite(above) else f"必须 ≥ {least:g}" if np.isfinite(least) else "必须有限"
        raise StatisticsError(f"{name} 为 {number:g}:{bound}")
    return number


def as_weights(values: Values, count: int, name: str = "weights") -> Floats:
    """Return weights for `count` rows (ones for None); negative weights or a sum of zero raise."""
    if values is None:
        return np.ones(count)
    weights = as_vector(values, name)
    if weights.size != count:
        raise StatisticsError(f"{name} 有 {weights.size} 个,数据有 {count} 行:两者必须一致")
    if (weights < 0).any():
        place = int(np.argmax(weights < 0))
        raise StatisticsError(f"{name} 第 {place + 1} 个为负({weights[place]:g}):权重必须 ≥ 0")
    if weights.sum() <= 0:
        raise StatisticsError(f"{name} 之和为 0:至少要有一个正权重")
    return weights


def as_shares(values: Values, count: int, name: str = "weights") -> Floats:
    """Return non-negative weights scaled to sum to 1."""
    weights = as_weights(values, count, name)
    shares: Floats = weights / weights.sum()
    return shares


def check_probability(value: float, name: str) -> float:
    """Return `value` if it lies strictly between 0 and 1."""
    if not 0 < value < 1:
        raise StatisticsError(f"{name} 为 {value!r}:必须在 0 与 1 之间(不含端点)")
    return float(value)


def choose(value: str, name: str, options: Sequence[str]) -> str:
    """Return `value` if it is one of `options`; otherwise the error lists them."""
    if value not in options:
        raise StatisticsError(f"{name} 不认识 {value!r};可选:{'、'.join(options)}")
    return value


def refuse_constant(array: Floats, name: str, columns: Sequence[str]) -> None:
    """Raise, naming the columns, if any column of `array` has no variance."""
    flat = constant_columns(array)
    if flat.any():
        named = "、".join(column for column, is_flat in zip(columns, flat, strict=True) if is_flat)
        raise StatisticsError(f"{name} 的 {named} 没有变化(方差为 0),无法计算;请去掉该列")


def constant_columns(array: Floats) -> NDArray[np.bool_]:
    """Return which columns hold one value only, up to rounding in the last digits."""
    spread = np.ptp(array, axis=0)
    return np.asarray(spread <= 1e-12 * np.maximum(np.abs(array).max(axis=0), 1e-300), dtype=np.bool_)


def _as_floats(values: Values, name: str) -> Floats:
    try:
        # pandas' nullable columns turn their own NA into NaN only through to_numpy.
        if hasattr(values, "dtypes") and hasattr(values, "to_numpy"):
            return np.asarray(values.to_numpy(dtype=float, na_value=np.nan), dtype=np.float64)
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise StatisticsError(f"{name} 含有不是数值的内容,或各行长短不一:{error}") from error


def _refuse_unusable(array: Floats, name: str, *, allow_missing: bool, columns: Sequence[str] = ()) -> None:
    bad = ~(np.abs(array) < _LARGEST)
    if allow_missing:
        bad &= ~np.isnan(array)
    if not bad.any():
        return
    place = tuple(int(index) for index in np.argwhere(bad)[0])
    where = f"第 {place[0] + 1} 行「{columns[place[1]]}」" if columns else f"第 {place[0] + 1} 个值"
    raise StatisticsError(f"{name} 的{where}为 {array[place]}:请先处理缺失、无穷或超大的值")

"""Input at the door of every formula: lists, arrays, frames and mappings become checked float arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from feedback_engine.errors import StatisticsError

Floats = NDArray[np.float64]
# A list, an array, a mapping of columns (or of named values) or a pandas object; pandas itself is never imported here.
Values = Any
# Beyond this a fourth power overflows; no rating, count or price comes near.
_LARGEST = 1e60
_NUMERIC = frozenset("biuf")
# A spread below this vanishes when it is squared.
_SMALLEST = 1e-140
_LONGEST = 120


def as_vector(values: Values, name: str, *, minimum: int = 1, allow_missing: bool = False) -> Floats:
    """Return `values` as a one-dimensional float array; NaN, infinity, text or too few values raise.

    A table of one column or one row, and the values of a mapping, count as a vector.
    """
    array = np.atleast_1d(_as_floats(values, name))
    if array.ndim > 1 and array.size == max(array.shape):
        array = array.reshape(-1)
    if array.ndim != 1:
        raise StatisticsError(f"{name} 应为一列数值,收到 {array.ndim} 维数组 {array.shape};请逐列传入")
    if array.size < minimum:
        raise StatisticsError(f"{name} 只有 {array.size} 个值,至少需要 {minimum} 个")
    _refuse_unusable(array, name, allow_missing=allow_missing)
    return array


def as_matrix(
    values: Values, name: str, *, minimum_rows: int = 1, allow_missing: bool = False, allow_column: bool = False
) -> Floats:
    """Return `values` as a two-dimensional float array; an offending cell is named by row and column.

    A mapping holds the columns by name. With `allow_column` one plain column will do.
    """
    if isinstance(values, Mapping):
        array = _stack_columns(values, name)
    else:
        array = _as_floats(values, name)
        array = array[:, None] if allow_column and array.ndim == 1 else array
    if array.ndim != 2 or array.shape[1] == 0:
        raise StatisticsError(f"{name} 应为二维表(行 × 列),收到形状 {array.shape}")
    if array.shape[0] < minimum_rows:
        raise StatisticsError(f"{name} 只有 {array.shape[0]} 行,至少需要 {minimum_rows} 行")
    _refuse_unusable(array, name, allow_missing=allow_missing, columns=names_of(values, array.shape[1]))
    return array


def show(value: Any) -> str:
    """Return a value as one short line of an error message; arrays and frames print over many."""
    line = " ".join(repr(value).split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def as_flag(value: Any, name: str) -> bool:
    """Return a truth value; anything else than True or False raises."""
    if not isinstance(value, bool | np.bool_):
        raise StatisticsError(f"{name} 为 {show(value)}:只能是 True 或 False")
    return bool(value)


def names_of(values: Values, count: int) -> tuple[str, ...]:
    """Return the column names of a frame or a mapping, or 「第 1 列」… for anything without names."""
    columns = list(values) if isinstance(values, Mapping) else getattr(values, "columns", None)
    if columns is None:
        return tuple(f"第 {position + 1} 列" for position in range(count))
    return tuple(str(column) for column in columns)


def as_number(value: Values, name: str, *, above: float = -np.inf, least: float = -np.inf) -> float:
    """Return one finite number, greater than `above` and at least `least`; anything else raises with its name."""
    number = value if isinstance(value, float) else _one_of(_as_floats(value, name), name)
    if not abs(number) < _LARGEST or number <= above or number < least:
        bound = f"必须 > {above:g}" if np.isfinite(above) else f"必须 ≥ {least:g}" if np.isfinite(least) else "必须有限"
        raise StatisticsError(f"{name} 为 {number:g}:{bound}")
    return float(number)


def is_column(values: Values) -> bool:
    """Tell whether `values` are several numbers in a row (a list, an array, a series …), not one."""
    return isinstance(values, Mapping | list | tuple | range) or getattr(values, "ndim", 0) > 0


def _one_of(array: Floats, name: str) -> float:
    if array.size != 1:
        raise StatisticsError(f"{name} 应为一个数,收到 {array.size} 个")
    return float(array.reshape(-1)[0])


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
    number = as_number(value, name)
    if not 0 < number < 1:
        raise StatisticsError(f"{name} 为 {show(value)}:必须在 0 与 1 之间(不含端点)")
    return number


def as_count(value: Values, name: str, *, least: int = 0) -> int:
    """Return a whole number of at least `least`."""
    number = as_number(value, name, least=least)
    if number != int(number):
        raise StatisticsError(f"{name} 为 {number:g}:必须是整数")
    return int(number)


def is_gap(cell: Any) -> bool:
    """Tell whether a cell says nothing: None, NaN, pandas' NA and NaT."""
    # pandas is not imported here; its NA cannot be compared, not even with itself.
    if cell is None or type(cell).__name__ in {"NAType", "NaTType"}:
        return True
    differs = cell != cell  # an array tells it of each of its values
    return isinstance(differs, bool | np.bool_) and bool(differs)


def choose(value: str, name: str, options: Sequence[str]) -> str:
    """Return `value` if it is one of `options`; otherwise the error lists them."""
    if not isinstance(value, str) or value not in options:
        raise StatisticsError(f"{name} 不认识 {show(value)};可选:{'、'.join(options)}")
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
    largest = np.abs(array).max(axis=0)
    return np.asarray(spread <= np.maximum(1e-12 * largest, _SMALLEST), dtype=np.bool_)


def _as_floats(values: Values, name: str) -> Floats:
    columns = tuple(str(column) for column in getattr(values, "columns", ()))
    if isinstance(values, Mapping):
        values = list(values.values())
    if np.ma.isMaskedArray(values):
        values = np.where(np.ma.getmaskarray(values), np.nan, np.ma.getdata(values).astype(object))
    if hasattr(values, "dtypes") and hasattr(values, "to_numpy"):
        kinds = {getattr(dtype, "kind", "O") for dtype in np.atleast_1d(np.asarray(values.dtypes, dtype=object))}
        # pandas' nullable columns turn their own NA into NaN only through to_numpy.
        if kinds <= _NUMERIC:
            return np.asarray(values.to_numpy(dtype=float, na_value=np.nan), dtype=np.float64)
        values = values.to_numpy(dtype=object)
    try:
        array = np.asarray(values)
    except (TypeError, ValueError) as error:
        raise StatisticsError(f"{name} 各行长短不一,不是一张表") from error
    if array.dtype.kind in _NUMERIC:
        return np.asarray(array, dtype=np.float64)
    return _read_one_by_one(values, array, name, columns)


def _read_one_by_one(values: Values, array: np.ndarray, name: str, columns: Sequence[str]) -> Floats:
    # Text beside numbers would turn the numbers to text as well.
    cells = np.asarray(values, dtype=object) if array.dtype.kind in "US" else array
    found = np.empty(cells.shape)
    for place in np.ndindex(cells.shape):
        cell: Any = cells[place]
        if is_gap(cell):
            found[place] = np.nan
            continue
        if isinstance(cell, str | bytes | complex | np.datetime64 | np.timedelta64):
            raise StatisticsError(f"{name} 的{_describe_place(place, columns)}为 {show(cell)}:不是数值")
        try:
            found[place] = float(cell)
        except (TypeError, ValueError, OverflowError) as error:
            raise StatisticsError(f"{name} 的{_describe_place(place, columns)}为 {show(cell)}:不是数值") from error
    return found


def _stack_columns(columns: Mapping[Any, Values], name: str) -> Floats:
    read = [as_vector(column, f"{name} 的「{label}」列", allow_missing=True) for label, column in columns.items()]
    if len({column.size for column in read}) > 1:
        raise StatisticsError(f"{name} 各列长短不一:{[column.size for column in read]}")
    return np.column_stack(read) if read else np.empty((0, 0))


def _describe_place(place: tuple[int, ...], columns: Sequence[str] = ()) -> str:
    if len(place) == 2:
        return f"第 {place[0] + 1} 行「{columns[place[1]] if columns else f'第 {place[1] + 1} 列'}」"
    return f"第 {'、'.join(str(number + 1) for number in place)} 个值" if place else "值"


def _refuse_unusable(array: Floats, name: str, *, allow_missing: bool, columns: Sequence[str] = ()) -> None:
    bad = ~(np.abs(array) < _LARGEST)
    if allow_missing:
        bad &= ~np.isnan(array)
    if not bad.any():
        return
    place = tuple(int(index) for index in np.argwhere(bad)[0])
    raise StatisticsError(f"{name} 的{_describe_place(place, columns)}为 {array[place]}:请先处理缺失、无穷或超大的值")

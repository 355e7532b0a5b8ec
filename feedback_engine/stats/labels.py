"""What figures are called, and figures of one call that carry names brought into one order.

Series, frames and mappings carry names; lists and arrays do not. Two inputs that name the same things in different
orders would give wrong figures without a word, if they were read by position.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from functools import wraps
from inspect import signature
from typing import Any, TypeVar

import numpy as np

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.arrays import Values, is_gap, show

Labels = Collection[Any]
Function = TypeVar("Function", bound=Callable[..., Any])


def as_names(given: Values, name: str) -> list[str]:
    """Return a list of names as text; a single text or number, a gap, and a name that comes twice raise."""
    if isinstance(given, str | bytes) or not np.iterable(given):
        raise StatisticsError(f"{name} 应为一列名称,收到 {show(given)}")
    gap = next((place for place, each in enumerate(given, 1) if is_gap(each)), None)
    if gap is not None:
        raise StatisticsError(f"{name} 的第 {gap} 个名称缺失")
    names = [str(each) for each in given]
    repeated = next((each for each, count in Counter(names).items() if count > 1), None)
    if repeated is not None:
        raise StatisticsError(f"{name} 里 {repeated!r} 不止一次:请让每一项的名称不同")
    return names


def labels_of(values: Values) -> tuple[str, ...] | None:
    """Return the names that a frame's columns, a series' rows or a mapping's entries have; None without any."""
    found = columns_of(values)
    if found is None:
        found = rows_of(values)
        # Numbers that count the rows do not name them.
        found = None if found is None or hasattr(found, "step") else found
    return None if found is None else tuple(str(label) for label in found)


def columns_of(values: Values) -> Labels | None:
    """Return the labels of a frame's or a mapping's columns."""
    return tuple(values) if isinstance(values, Mapping) else getattr(values, "columns", None)


def rows_of(values: Values) -> Labels | None:
    """Return the labels of the rows of a series or frame, and of the values of a mapping that holds one a label."""
    if isinstance(values, Mapping):
        return None if any(np.iterable(each) and not isinstance(each, str) for each in values.values()) else [*values]
    index = getattr(values, "index", None)
    # A list has a method `index`.
    return None if index is None or callable(index) else index


def in_order_of(labels: Labels | None, values: Values, name: str, owner: str) -> Values:
    """Return `values` with their rows in the order of `labels` (those of `owner`), as `find_order` has it.

    In a mapping of columns each has rows of its own.
    """
    own = rows_of(values)
    if own is None and isinstance(values, Mapping):
        return {key: in_order_of(labels, column, f"{name}({key})", owner) for key, column in values.items()}
    order = None if own is None or own is labels else find_order(labels, own, name, owner)
    if order is None:
        return values
    if isinstance(values, Mapping):
        items = [*values.items()]
        return dict(items[place] for place in order)
    return values.iloc[order]


def find_order(labels: Labels | None, own: Labels | None, name: str, owner: str) -> list[int] | None:
    """Return the place of each of `labels` among one's `own`, or None for the order in which they stand.

    Labels of which only a part are the same raise, and so does another order of rows that are only numbered; labels of
    which none are the same are another way of naming: they go by position, and so do those of another length.
    """
    if labels is None or own is None or len(own) != len(labels) or _are_same(own, labels):
        return None
    places = {label: place for place, label in enumerate(own)}
    strange = [label for label in labels if label not in places]
    is_numbered = _is_numbered(own) or _is_numbered(labels)
    if len(strange) == len(labels) or (strange and is_numbered):
        return None
    if strange or is_numbered or len(places) < len(labels):
        doubt = f"{name} 里没有 {show(strange[0])}" if strange else "行号的次序不同" if is_numbered else "有重复的名称"
        raise StatisticsError(f"{name} 与 {owner} 的名称对不上:{doubt};请用同样的名称,或传入不带名称的数组")
    return [places[label] for label in labels]


def rows_alike(*names: str) -> Callable[[Function], Function]:
    """Let the arguments of these names be read in one order of rows: that of the first that has labelled rows."""

    def decorate(function: Function) -> Function:
        form = signature(function)

        @wraps(function)
        def call(*arguments: Any, **options: Any) -> Any:
            given = form.bind(*arguments, **options)
            rows = {name: _rows_inside(given.arguments.get(name)) for name in names}
            owner = next((name for name in names if rows[name] is not None), names[0])
            for name in names:
                if rows[name] is not None:
                    given.arguments[name] = in_order_of(rows[owner], given.arguments[name], name, owner)
            return function(*given.args, **given.kwargs)

        return call  # type: ignore[return-value]

    return decorate


def _rows_inside(values: Values) -> Labels | None:
    """Return the labels of the rows, those of its first labelled column where a mapping holds columns."""
    columns = (rows_of(each) for each in values.values()) if isinstance(values, Mapping) else iter(())
    own = rows_of(values)
    return own if own is not None else next((rows for rows in columns if rows is not None), None)


def _are_same(own: Any, labels: Any) -> bool:
    # An index knows that its gaps are where the other has them; NaN itself is not equal to NaN.
    both = hasattr(own, "equals") and hasattr(labels, "equals")
    return bool(own.equals(labels)) if both else list(own) == list(labels)


def _is_numbered(labels: Labels) -> bool:
    return getattr(labels, "step", None) == 1 and getattr(labels, "start", None) == 0

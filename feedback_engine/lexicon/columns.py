"""Columns: small steps, without the checks by which numpy's own functions take longest over short columns."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]
Numbers = NDArray[np.int32]
Points = NDArray[np.uint32]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Objects = NDArray[np.object_]


def objects(values: Iterable[Any]) -> Objects:
    """Return the values, texts for the most part, as a column; to pick from it copies none of them."""
    return np.array(list(values), dtype=np.object_)


def join_columns(groups: Iterable[Iterable[NDArray[Any]]]) -> list[Any]:
    """Return each column of all the groups as one."""
    return [np.concatenate(parts) for parts in zip(*groups, strict=True)]


def pick(columns: Iterable[NDArray[Any]], chosen: Places | Flags) -> list[Any]:
    """Return the places chosen of each column."""
    return [column[chosen] for column in columns]


def steps(column: Places) -> Places:
    """Return the difference of each value to the next, one less than there are values."""
    return column[1:] - column[:-1]


def sum_up(counts: NDArray[np.integer[Any]] | Flags) -> Places:
    """Return 0 and the sums of the first, the first two, … of the counts: the bounds of groups of these sizes."""
    bounds = np.zeros(len(counts) + 1, dtype=np.int64)
    np.add.accumulate(counts, dtype=np.int64, out=bounds[1:])
    return bounds


def are_alike(column: Places) -> Flags:
    """Return which values the next one is like, one less than there are values."""
    alike: Flags = column[1:] == column[:-1]
    return alike


def are_filled(bounds: Places) -> Flags:
    """Return which groups hold anything, given the bounds of all of them."""
    filled: Flags = bounds[1:] > bounds[:-1]
    return filled


def find_bounds(parts: Places, count: int) -> Places:
    """Return where each of so many parts begins among these numbers in ascending order, and where the last one ends."""
    return sum_up(np.bincount(parts, minlength=count))


def flag(numbers: Places, count: int) -> Flags:
    """Return which of so many are among these numbers, in any order."""
    flags = np.zeros(count, dtype=np.bool_)
    flags[numbers] = True
    return flags


@cache
def flag_points(characters: str) -> Flags:
    """Return which of all code points are these characters; read-only."""
    flags = np.zeros(0x110000, dtype=np.bool_)
    flags[list(map(ord, characters))] = True
    flags.setflags(write=False)
    return flags


def number_groups(counts: Places, bounds: Places | Numbers) -> Places:
    """Return the places from `bounds[i]` on, as many as `counts[i]`, for each i in turn."""
    before = sum_up(counts)
    places: Places = np.arange(before[-1]) + (bounds - before[:-1]).repeat(counts)
    return places


def number_first(keys: Places) -> tuple[Places, Places]:
    """Return where each different key first stands, in order, and for each key which of these it is."""
    order = keys.argsort(kind="stable")
    repeats = np.zeros(len(keys), dtype=np.bool_)
    repeats[1:] = are_alike(keys[order])
    if not np.count_nonzero(repeats):
        return np.arange(len(keys)), np.arange(len(keys))
    begins, leaders = ~repeats, np.zeros(len(keys), dtype=np.int64)
    leaders[order] = order[begins][begins.cumsum() - 1]
    is_first = leaders == np.arange(len(keys))
    return is_first.nonzero()[0], (is_first.cumsum() - 1)[leaders]

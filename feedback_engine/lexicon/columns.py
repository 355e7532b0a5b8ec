"""Whole-number columns: small steps that numpy's own functions take ten times as long over for a short column."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]
Numbers = NDArray[np.int32]
Points = NDArray[np.uint32]
Flags = NDArray[np.bool_]


def steps(column: Places) -> Places:
    """Return the difference of each value to the next, one less than there are values."""
    return column[1:] - column[:-1]


def sum_up(counts: Places | Flags) -> Places:
    """Return 0 and the sums of the first, the first two, … of the counts: the bounds of groups of these sizes."""
    bounds = np.zeros(len(counts) + 1, dtype=np.int64)
    counts.cumsum(out=bounds[1:])
    return bounds


def number_groups(counts: Places, bounds: Places | Numbers) -> Places:
    """Return the places from `bounds[i]` on, as many as `counts[i]`, for each i in turn."""
    before = sum_up(counts)
    places: Places = np.arange(before[-1]) + (bounds - before[:-1]).repeat(counts)
    return places

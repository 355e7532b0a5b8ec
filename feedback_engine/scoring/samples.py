"""Values over records: the one shape in which ratings, texts and complaints reach the formulas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from feedback_engine.scoring.design import Design

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: What rounding may add to or take from a sum of weights or a score that should meet a threshold exactly.
TOLERANCE = 1e-9


def _no_parts() -> Floats:
    return np.empty((0, 0))


@dataclass(frozen=True, slots=True)
class Sample:
    """Values with their weights, each from a record (its position); sorted, so that sums never depend on row order.

    `parts` splits each value over what it averages: one row a value, one column a member; empty when undivided.
    `design` tells of margins that the records were weighted to, and of customers who come twice.
    """

    rows: Ints
    values: Floats
    weights: Floats
    parts: Floats = field(default_factory=_no_parts)
    design: Design | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, places: Ints | slice) -> Sample:
        """Return the sample at these places; of a slice it is a view."""
        parts = self.parts[places] if len(self.parts) else self.parts
        return Sample(self.rows[places], self.values[places], self.weights[places], parts, self.design)


def drop_weightless(sample: Sample) -> Sample:
    """Return the sample without values of weight 0, which count in no base."""
    counted = sample.weights > 0
    return sample if counted.all() else sample.take(np.flatnonzero(counted))


def merge_rows(given: Sequence[Ints]) -> Ints:
    """Return the distinct rows of several sorted lists, sorted."""
    longest = max(given, key=len, default=np.empty(0, np.int64))
    if is_rising(longest) and all(rows is longest or np.array_equal(rows, longest) for rows in given):
        return longest
    # Rows lie close together: marking them beats sorting them.
    first, last = (int(pick(rows[place] for rows in given if len(rows))) for pick, place in ((min, 0), (max, -1)))
    if last - first > 16 * sum(map(len, given)):
        return np.unique(np.concatenate(given))
    is_there = np.zeros(last - first + 1, dtype=np.bool_)
    for rows in given:
        is_there[rows - first] = True
    return np.flatnonzero(is_there) + first


def is_rising(rows: Ints) -> bool:
    """Tell whether no record comes twice in a sorted list."""
    return bool((rows[1:] > rows[:-1]).all())


def average_by_record(members: Sequence[Sample], shares: Sequence[float], min_share: float) -> Sample:
    """Return each record's weighted average over the members that it has: Σ w_j s_rj / Σ_{j present} w_j.

    Only records that have at least `min_share` of the total weight. Each member holds a record at most once. `parts`
    are w_j s_rj / Σ_{j present} w_j, which add up to the value, followed by the shares w_j / Σ_{j present} w_j; a
    single member is its own average, undivided, and what is undivided is returned itself.
    """
    if len(members) == 1 and shares[0] > 0:
        return replace(members[0], parts=_no_parts()) if len(members[0].parts) else members[0]
    rows = merge_rows([member.rows for member in members])
    present = np.zeros((len(rows), len(members)))
    products = np.zeros((len(rows), len(members)))
    weights = np.zeros(len(rows))
    for column, (member, share) in enumerate(zip(members, shares, strict=True)):
        places = np.searchsorted(rows, member.rows)
        present[places, column] = share
        products[places, column] = share * member.values
        weights[places] = member.weights
    answered = present.sum(axis=1)
    kept = np.flatnonzero((answered > 0) & (answered >= min_share * sum(shares) - TOLERANCE))
    parts = np.hstack([products, present])[kept] / answered[kept, np.newaxis]
    return Sample(rows[kept], parts[:, : len(members)].sum(axis=1), weights[kept], parts)


def mean_by_record(members: Sequence[Sample], shares: Sequence[float], min_share: float) -> Sample:
    """Return the same averages undivided, without the memory that their parts take."""
    rows = merge_rows([member.rows for member in members])
    total, answered, weights = np.zeros((3, len(rows)))
    for member, share in zip(members, shares, strict=True):
        places = np.searchsorted(rows, member.rows)
        total[places] += share * member.values
        answered[places] += share
        weights[places] = member.weights
    kept = np.flatnonzero((answered > 0) & (answered >= min_share * sum(shares) - TOLERANCE))
    return Sample(rows[kept], total[kept] / answered[kept], weights[kept])


@dataclass(frozen=True, slots=True)
class Slicing:
    """The stretch of records [start, end) of a period, and in which segment each record is (-1 = in none)."""

    start: int
    end: int
    segments: NDArray[np.integer[Any]]
    segment_count: int

    @property
    def is_inside(self) -> NDArray[np.bool_]:
        """Which records lie in the period."""
        places = np.arange(len(self.segments))
        return np.asarray((places >= self.start) & (places < self.end))

    def split(self, sample: Sample) -> list[Sample]:
        """Return the whole period's part of the sample, then each segment's."""
        first, last = np.searchsorted(sample.rows, (self.start, self.end))
        whole = sample.take(slice(int(first), int(last)))
        if not self.segment_count:
            return [whole]
        codes = self.segments[whole.rows]
        # Of 16-bit codes a stable sort is a radix sort.
        order = np.argsort(codes.astype(np.int16) if self.segment_count < 2**15 else codes, kind="stable")
        bounds = np.searchsorted(codes[order], np.arange(self.segment_count + 1))
        return [whole, *(whole.take(order[start:end]) for start, end in pairwise(bounds))]

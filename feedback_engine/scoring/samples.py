"""Values over records: the one shape in which ratings, texts and complaints reach the formulas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

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
    """

    rows: Ints
    values: Floats
    weights: Floats
    parts: Floats = field(default_factory=_no_parts)

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, places: Ints) -> Sample:
        """Return the sample at these places."""
        parts = self.parts[places] if len(self.parts) else self.parts
        return Sample(self.rows[places], self.values[places], self.weights[places], parts)


def drop_weightless(sample: Sample) -> Sample:
    """Return the sample without values of weight 0, which count in no base."""
    counted = sample.weights > 0
    return sample if counted.all() else sample.take(np.flatnonzero(counted))


def average_by_record(members: Sequence[Sample], shares: Sequence[float], min_share: float) -> Sample:
    """Return each record's weighted average over the members that it has: Σ w_j s_rj / Σ_{j present} w_j.

    Only records that have at least `min_share` of the total weight. Each member holds a record at most once. `parts`
    are w_j s_rj / Σ_{j present} w_j, which add up to the value, followed by the shares w_j / Σ_{j present} w_j.
    """
    rows = np.unique(np.concatenate([member.rows for member in members] or [np.empty(0, np.int64)]))
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


@dataclass(frozen=True, slots=True)
class Slicing:
    """Which records lie in a period, and in which segment each does (-1 = in none)."""

    is_inside: NDArray[np.bool_]
    segments: Ints
    segment_count: int

    def split(self, sample: Sample) -> list[Sample]:
        """Return the whole period's part of the sample, then each segment's."""
        inside = np.flatnonzero(self.is_inside[sample.rows])
        codes = self.segments[sample.rows[inside]]
        order = np.argsort(codes, kind="stable")
        bounds = np.searchsorted(codes[order], np.arange(self.segment_count + 1))
        by_segment = (inside[order[start:end]] for start, end in pairwise(bounds))
        return [sample.take(places) for places in (inside, *by_segment)]

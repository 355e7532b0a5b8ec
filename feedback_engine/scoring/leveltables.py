"""One level of the indicator system as the tables that weighting and driver analysis read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feedback_engine.scoring.records import UNSTATED, Records
from feedback_engine.scoring.samples import Floats, Ints, Sample


@dataclass(frozen=True, slots=True)
class LevelTable:
    """The members of a level (`code`) over respondents, NaN = no score, and over objects.

    `outcome` is each respondent's overall satisfaction, None without an overall item; `objects` are the members' means
    by object, None without an object attribute.
    """

    code: str
    place: str
    codes: tuple[str, ...]
    names: tuple[str, ...]
    scores: Floats
    outcome: Floats | None
    respondent_weights: Floats
    objects: Floats | None = None
    object_names: tuple[str, ...] = ()
    dropped_objects: tuple[str, ...] = ()
    #: Where a score is missing although the respondent had to do with the member; None: not told.
    skipped: NDArray[np.bool_] | None = None

    @property
    def is_complete(self) -> NDArray[np.bool_]:
        """Which respondents have every member and the outcome."""
        complete: NDArray[np.bool_] = np.all(np.isfinite(self.scores), axis=1)
        return complete if self.outcome is None else complete & ~np.isnan(self.outcome)


def list_respondents(samples: Sequence[Sample]) -> Ints:
    """Return the records with any score, in the order of their positions."""
    return np.unique(np.concatenate([sample.rows for sample in samples] or [np.empty(0, np.int64)]))


def tabulate(
    samples: Sequence[Sample], records: Records, outcome: Sample | None = None
) -> tuple[Floats, Floats | None, Floats]:
    """Return scores (respondents × members), outcome and respondents' weights, a row per respondent with a score."""
    rows = list_respondents(samples)
    scores = np.column_stack([_spread(sample, rows) for sample in samples]) if samples else np.empty((0, 0))
    return scores, None if outcome is None else _spread(outcome, rows), records.weights[rows]


def find_skipped(samples: Sequence[Sample], met: Sequence[Sequence[Ints]]) -> NDArray[np.bool_]:
    """Return where a respondent has no score of a member that concerned him (respondents × members).

    `met` are the records that each question of a member concerned.
    """
    rows = list_respondents(samples)
    columns = []
    for sample, questions in zip(samples, met, strict=True):
        concerned = np.concatenate([*questions, np.empty(0, np.int64)])
        columns.append(np.isin(rows, concerned) & ~np.isin(rows, sample.rows))
    return np.column_stack(columns)


def _spread(sample: Sample, rows: NDArray[np.int64]) -> Floats:
    column = np.full(len(rows), np.nan)
    places = np.searchsorted(rows, sample.rows)
    is_known = (places < len(rows)) & (rows[np.minimum(places, len(rows) - 1)] == sample.rows) if len(rows) else []
    column[places[is_known]] = sample.values[is_known]
    return column


def tabulate_objects(
    samples: Sequence[Sample], records: Records, least_base: int
) -> tuple[Floats, tuple[str, ...], tuple[str, ...]]:
    """Return the members' weighted means (objects × members), the objects' names, and the objects left out.

    An object is left out where a member has fewer than `least_base` scores; respondents of no object do not count.
    """
    count = len(records.segment_names)
    means, bases = np.full((count, len(samples)), np.nan), np.zeros((count, len(samples)))
    for column, sample in enumerate(samples):
        objects = records.segments[sample.rows]
        known = objects >= 0
        totals = np.bincount(objects[known], weights=sample.weights[known], minlength=count)
        sums = np.bincount(objects[known], weights=(sample.weights * sample.values)[known], minlength=count)
        bases[:, column] = np.bincount(objects[known], minlength=count)
        np.divide(sums, totals, out=means[:, column], where=totals > 0)
    is_object = np.array([name != UNSTATED for name in records.segment_names], dtype=np.bool_)
    kept = (bases >= least_base).all(axis=1) & is_object
    names = np.array(records.segment_names, dtype=object)
    return means[kept], tuple(names[kept]), tuple(names[~kept & is_object])


def cut(samples: Mapping[str, Sample], is_inside: NDArray[np.bool_]) -> dict[str, Sample]:
    """Return the samples of the records inside, such as those of a base period."""
    return {code: sample.take(np.flatnonzero(is_inside[sample.rows])) for code, sample in samples.items()}

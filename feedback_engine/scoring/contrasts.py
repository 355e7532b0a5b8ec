"""The test of a difference: of two figures' linear forms, record by record, and of two complaint rates."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np

from feedback_engine.config.scoring import ChangeConfig
from feedback_engine.domain import OVERALL, Measure
from feedback_engine.scoring.figures import Linear, blend, error_of, mark_promoters, mark_satisfied, mean_of
from feedback_engine.scoring.index import Cell, score_alike, score_cell
from feedback_engine.scoring.model import TEXT, IndexModel
from feedback_engine.scoring.samples import TOLERANCE, Floats, Ints

#: touchpoint, indicator, measure
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Contrast:
    """A change with the test that judged it; p is None where it was not tested."""

    lower: float | None = None
    upper: float | None = None
    p: float | None = None
    name: str = ""
    overlap: int = 0


UNTESTED = Contrast()


class Linears:
    """The values of a cell with the influence of each record, made when asked for."""

    def __init__(self, cell: Cell, model: IndexModel) -> None:
        self.cell, self.model = cell, model
        self.scored = score_cell(cell, model)
        self._reads = {(t.code, i.code): i.reads for t in model.touchpoints for i in t.tree}

    def find(self, key: Key) -> Linear | None:
        """Return the linear form of a figure, None for one that has none of its own."""
        touchpoint, indicator, measure = key
        measured = self.cell.measured
        if measure == Measure.SATISFIED_SHARE:
            sample = measured.respondents[touchpoint] if indicator == OVERALL else measured.items[indicator]
            return mean_of(mark_satisfied(sample, self.model))
        if measure == Measure.TEXT_INDEX or self._reads.get((touchpoint, indicator)) == TEXT:
            return mean_of(measured.texts[touchpoint], offset=50.0, factor=50.0)
        if measure == Measure.EQUAL_SCORE:
            return score_alike(self.cell, self.model, self.scored).linear
        if measure == Measure.NET_PROMOTER and self.model.recommend_item is not None:
            return mean_of(mark_promoters(measured.items[self.model.recommend_item]), factor=100.0)
        if measure != Measure.SCORE:
            return None
        if indicator == OVERALL:
            return self.scored[touchpoint].linear
        return mean_of(measured.items[indicator]) if indicator in measured.items else None


def identify(name: Hashable, first: Linear | None, second: Linear | None) -> Hashable:
    """Return what is equal for comparisons that are one and the same, by the records and what each does to the figures.

    Where that is nothing (all customers say the same) the name of the comparison tells it from others, too.
    """
    if first is None or second is None:
        return name
    if not (first.influence.any() or second.influence.any()):
        return name, first.value, second.value
    digest = blake2b()
    for side in (first, second):
        # Records that have said something twice stand twice in a mean of texts, and once in a blend.
        once = blend([(1.0, side)])
        for piece in (np.array([once.value]), once.rows, once.influence):
            digest.update(np.ascontiguousarray(piece).data)
    return digest.digest()


def contrast_linears(before: Linear, after: Linear, customers: Ints, confidence: float) -> Contrast:
    """Return the test of after - before; `customers` numbers the records, equal numbers answer for one person.

    Without a person in common Welch's; else each person's influence on the difference is summed first, so that what
    both figures share is not counted twice: "paired" where all are in both, "overlap" otherwise.
    """
    from feedback_engine.stats.change import compare_estimates

    first, second = _sum_by_customer(before, customers), _sum_by_customer(after, customers)
    if min(len(first.asked), len(second.asked)) < 2:
        return UNTESTED
    overlap = len(np.intersect1d(first.asked, second.asked, assume_unique=True))
    if not overlap:
        errors = [error_of(side.sums, len(side.asked), side.counted) for side in (first, second)]
        change = compare_estimates((before.value, *errors[0]), (after.value, *errors[1]), confidence=confidence)
        return Contrast(change.lower, change.upper, change.p_value, "welch")
    _, inverse = np.unique(np.concatenate([first.people, second.people]), return_inverse=True)
    sums = np.bincount(inverse.reshape(-1), weights=np.concatenate([-first.sums, second.sums])).astype(np.float64)
    asked = len(first.asked) + len(second.asked) - overlap
    error, freedom = error_of(sums, asked, second.counted - first.counted)
    change = compare_estimates((before.value, 0.0, freedom), (after.value, error, freedom), confidence=confidence)
    return Contrast(change.lower, change.upper, change.p_value, "paired" if overlap == asked else "overlap", overlap)


@dataclass(frozen=True, slots=True)
class _Side:
    """Who was asked for a figure; everybody who moves it (by margins also others), with the sum of his influence.

    `counted` is what the influences on counts add up to.
    """

    asked: Ints
    people: Ints
    sums: Floats
    counted: float


def _sum_by_customer(linear: Linear, customers: Ints) -> _Side:
    rows, influence = linear.settle()
    people, inverse = np.unique(customers[rows], return_inverse=True)
    sums = np.bincount(inverse.reshape(-1), weights=influence, minlength=len(people)).astype(np.float64)
    asked = people if linear.design is None else np.unique(customers[linear.rows])
    return _Side(asked, people, sums, linear.counted_sum)


def contrast_rates(touchpoint: str, before: Cell, after: Cell, confidence: float) -> Contrast:
    """Return the exact conditional test of two Poisson rates, and the interval of their difference (MOVER)."""
    from scipy import stats

    from feedback_engine.stats.intervals import poisson_rate

    counts = [len(cell.measured.complaints[touchpoint]) for cell in (before, after)]
    exposures = [cell.exposure for cell in (before, after)]
    first, second = (poisson_rate(k, e, confidence, per=1000.0) for k, e in zip(counts, exposures, strict=True))
    points = second.estimate - first.estimate
    down = np.hypot(second.estimate - second.lower, first.upper - first.estimate)
    up = np.hypot(second.upper - second.estimate, first.estimate - first.lower)
    total = sum(counts)
    p = float(stats.binomtest(counts[1], total, exposures[1] / sum(exposures)).pvalue) if total else 1.0
    return Contrast(float(points - down), float(points + up), p, "poisson")


def judge_family(rows: Iterable[dict[str, Any]], config: ChangeConfig) -> None:
    """Write `q_value` (Benjamini-Hochberg over all rows that have a p) and `is_notable` into the rows.

    Rows of one `figure` are one test, whatever they call it: all but the first are marked `is_repeat`. Notable:
    q < alpha and, for all but complaint rates, at least `min_effect` points.
    """
    from feedback_engine.stats.multiple import benjamini_hochberg

    listed, tested = list(rows), dict[Hashable, float]()
    for row in listed:
        if row["p_value"] is not None:
            tested.setdefault(row["figure"], row["p_value"])
    adjusted = benjamini_hochberg(list(tested.values()), config.alpha).adjusted.tolist() if tested else ()
    q_values = dict(zip(tested, adjusted, strict=True))
    seen = set[tuple[Hashable, bool]]()
    for row in listed:
        q = row["q_value"] = None if row["p_value"] is None else q_values[row["figure"]]
        is_large = row["measure"] == Measure.COMPLAINT_RATE or abs(row["points"]) >= config.min_effect - TOLERANCE
        row["is_notable"] = q is not None and q < config.alpha and is_large
        shown = row["figure"], q is None
        row["is_repeat"] = shown in seen
        seen.add(shown)

"""From samples to publishable figures: means with their influence values, blends, intervals, suppression.

Every mean carries the influence u of each record on it, u_r = w_r (x_r - mean) / Σw: the figure's linearised variance
is n/(n-1) Σ u_r², and a weighted sum of figures has the weighted sum of their influences, which
holds their covariances.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import numpy as np

from feedback_engine.domain import Flag
from feedback_engine.scoring.model import ComplaintScale, IndexModel
from feedback_engine.scoring.samples import TOLERANCE, Floats, Ints, Sample, is_rising, merge_rows

if TYPE_CHECKING:
    from feedback_engine.scoring.design import Design

Bounds = tuple[float | None, float | None]
#: Where margins leave a share no error at all, the base that stands for that.
_LARGEST_BASE = 1e12


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as it is published; score and bounds are None when withheld."""

    score: float | None
    lower: float | None
    upper: float | None
    base: int
    effective_base: float
    flag: Flag


NO_FIGURE = Figure(None, None, None, 0, 0.0, Flag.NO_DATA)


@dataclass(frozen=True, slots=True)
class Linear:
    """A value with the influence of each record on it; `weights` are the records' in the base, 0 = not part of it.

    `base` and `effective_base` are those of the value's own kind: answers, texts, or the exposure of a rate. `design`
    tells of margins and of customers who come twice; the influence is as if there were neither. `counted` is the part
    of the influence that counts events, not answers: margins leave it as it is, and it does not add up to 0.
    """

    value: float
    rows: Ints
    influence: Floats
    weights: Floats
    base: int
    effective_base: float
    design: Design | None = None
    counted: Floats | None = None

    def settle(self) -> tuple[Ints, Floats]:
        """Return the records, some perhaps twice, with their influence once the margins are known."""
        if self.design is None:
            return self.rows, self.influence
        if self.counted is None:
            return self.design.settle(self.rows, self.influence)
        rows, influence = self.design.settle(self.rows, self.influence - self.counted)
        return np.concatenate([rows, self.rows]), np.concatenate([influence, self.counted])

    @property
    def counted_sum(self) -> float:
        """What the counted influences add up to."""
        return 0.0 if self.counted is None else float(self.counted.sum())


def effective_base(weights: Floats) -> float:
    """Return Kish's effective sample size, (Σw)² / Σw²; 0 for no weights."""
    return float(weights.sum() ** 2 / (weights**2).sum()) if len(weights) else 0.0


def mean_of(sample: Sample, *, offset: float = 0.0, factor: float = 1.0) -> Linear | None:
    """Return offset + factor × the weighted mean, or None for an empty sample."""
    if not len(sample):
        return None
    total = sample.weights.sum()
    mean = float((sample.weights * sample.values).sum() / total)
    influence: Floats = factor * sample.weights * (sample.values - mean) / total
    base, kish = len(sample), effective_base(sample.weights)
    return Linear(offset + factor * mean, sample.rows, influence, sample.weights, base, kish, sample.design)


def rate_of(complaints: Sample, exposure: float, scale: ComplaintScale) -> Linear:
    """Return the complaint rate per 1,000 on 0-100; its influences give the Poisson variance k / exposure²."""
    rate = 1000.0 * len(complaints) / exposure
    slope = scale.slope if scale.best < rate < scale.worst else 0.0
    influence: Floats = np.full(len(complaints), slope * 1000.0 / exposure)
    nobody: Floats = np.zeros(len(complaints))
    value, base = scale.score(rate), int(exposure)
    return Linear(value, complaints.rows, influence, nobody, base, float(exposure), counted=influence)


def blend(members: Sequence[tuple[float, Linear]]) -> Linear:
    """Return Σ share × value with the influences added up record by record.

    The base is the distinct records in the members' bases; that of the largest member if none has records.
    """
    if len(members) == 1 and is_rising(members[0][1].rows):
        share, only = members[0]
        if share == 1.0:
            return only
        counted = None if only.counted is None else share * only.counted
        return replace(only, value=share * only.value, influence=share * only.influence, counted=counted)
    value = float(sum(share * member.value for share, member in members))
    rows = merge_rows([member.rows for _, member in members])
    totals, counted, weights = np.zeros((3, len(rows)))
    for share, member in members:
        places = np.searchsorted(rows, member.rows)
        totals += np.bincount(places, weights=share * member.influence, minlength=len(rows))
        if member.counted is not None:
            counted += np.bincount(places, weights=share * member.counted, minlength=len(rows))
        np.maximum.at(weights, places, member.weights)
    own = weights[weights > 0]
    largest = max((member for _, member in members), key=lambda member: member.effective_base)
    base, kish = (len(own), effective_base(own)) if len(own) else (largest.base, largest.effective_base)
    design = next((member.design for _, member in members if member.design is not None), None)
    return Linear(value, rows, totals, weights, base, kish, design, counted if counted.any() else None)


def flag_of(base: float, kish: float, model: IndexModel) -> Flag:
    """Return how far a figure on this base may be trusted; the smaller of base and effective base decides."""
    smaller = min(base, kish) + TOLERANCE
    if base <= 0:
        return Flag.NO_DATA
    if smaller < model.suppress_below:
        return Flag.SUPPRESSED
    return Flag.SMALL_BASE if smaller < model.flag_below else Flag.OK


def publish_score(linear: Linear | None, model: IndexModel) -> Figure:
    """Return a figure on 0-100 with its t interval on (records - 1) degrees of freedom, or withheld."""
    if linear is None:
        return NO_FIGURE
    bounds = partial(_t_interval, linear, model.confidence)
    return _publish(linear.value, bounds, linear.base, linear.effective_base, model)


def publish_text_index(votes: Sample, model: IndexModel) -> Figure:
    """Return 50 (1 + (P - N) / (P + N + U)); where all texts agree, ½ is added to each class for the interval."""
    return _publish_votes(votes, model, lowest=0.0)


def publish_net_promoter(scores: Sample, model: IndexModel) -> Figure:
    """Return the net promoter score of answers that 0-10 made 0-100; where all agree, the interval is as above."""
    return _publish_votes(mark_promoters(scores), model, lowest=-100.0)


def mark_promoters(scores: Sample) -> Sample:
    """Return 1 for each promoter (9 and 10 of 10), -1 for each detractor (less than 7), 0 for the others."""
    is_promoter, is_detractor = scores.values >= 90.0 - TOLERANCE, scores.values < 70.0 - TOLERANCE
    return Sample(scores.rows, is_promoter.astype(np.float64) - is_detractor, scores.weights, design=scores.design)


def _publish_votes(votes: Sample, model: IndexModel, *, lowest: float) -> Figure:
    """Return the mean of votes (1, 0, -1) stretched from `lowest` to 100."""
    factor = (100.0 - lowest) / 2
    linear = mean_of(votes, offset=100.0 - factor, factor=factor)
    if linear is None:
        return NO_FIGURE
    if np.ptp(votes.values) == 0:
        bounds = partial(_agreeing_interval, votes, linear, factor, model.confidence)
    else:
        bounds = partial(_t_interval, linear, model.confidence)
    return _publish(linear.value, bounds, linear.base, linear.effective_base, model, lowest=lowest)


def publish_satisfied_share(sample: Sample, model: IndexModel) -> Figure:
    """Return the percent of scores of at least `satisfied_from`, with Wilson's interval on the effective base.

    Where respondents were weighted to margins, or customers come twice, that is the base of a simple sample with the
    same standard error.
    """
    return publish_satisfied_shares([sample], model)[0]


def publish_satisfied_shares(samples: Sequence[Sample], model: IndexModel) -> list[Figure]:
    """Return the same of several samples, whose intervals are computed at once."""
    from feedback_engine.stats.intervals import wilson

    filled = [sample for sample in samples if len(sample)]
    if not filled:
        return [NO_FIGURE] * len(samples)
    shares, bases = np.array([_share_satisfied(sample, model) for sample in filled]).T
    known = np.array([_base_given_design(each, model, kish) for each, kish in zip(filled, bases, strict=True)])
    _, lower, upper = wilson(shares * known, known, model.confidence)
    columns = (100.0 * shares, bases, 100.0 * lower, 100.0 * upper)
    figures = iter(
        _publish(share, partial(_pair, low, high), len(sample), kish, model)
        for sample, share, kish, low, high in zip(filled, *(column.tolist() for column in columns), strict=True)
    )
    return [next(figures) if len(sample) else NO_FIGURE for sample in samples]


def _pair(lower: float, upper: float) -> Bounds:
    return lower, upper


def _share_satisfied(sample: Sample, model: IndexModel) -> tuple[float, float]:
    """Return the share and the effective base."""
    is_satisfied = sample.values >= model.satisfied_from - TOLERANCE
    share = min(1.0, float(sample.weights[is_satisfied].sum() / sample.weights.sum()))
    return share, effective_base(sample.weights)


def mark_satisfied(sample: Sample, model: IndexModel) -> Sample:
    """Return 100 for each score of at least `satisfied_from`, 0 for the others."""
    marks: Floats = np.where(sample.values >= model.satisfied_from - TOLERANCE, 100.0, 0.0)
    return Sample(sample.rows, marks, sample.weights, design=sample.design)


def _base_given_design(sample: Sample, model: IndexModel, kish: float) -> float:
    if sample.design is None:
        return kish
    kish = sample.design.effective_base(sample.rows, sample.weights)
    percent = mean_of(mark_satisfied(sample, model))
    if percent is None or not 0 < percent.value < 100:
        return kish
    error, _ = find_error(percent)
    if np.isnan(error):
        return kish
    variance = percent.value * (100.0 - percent.value)
    return min(variance / error**2, _LARGEST_BASE) if error > 0 else _LARGEST_BASE


def publish_rate(complaints: Sample, exposure: float, model: IndexModel, *, highest: float = np.inf) -> Figure:
    """Return complaints per 1,000 with the exact Poisson interval; the base is the exposure: 0 of 500 is a finding."""
    from feedback_engine.stats.intervals import poisson_rate

    if exposure <= 0:
        return NO_FIGURE

    def bounds() -> Bounds:
        interval = poisson_rate(len(complaints), exposure, model.confidence, per=1000.0)
        return interval.lower, interval.upper

    return _publish(1000.0 * len(complaints) / exposure, bounds, int(exposure), exposure, model, highest=highest)


def publish_rate_score(linear: Linear | None, count: int, scale: ComplaintScale, model: IndexModel) -> Figure:
    """Return a complaint rate on 0-100 with the exact Poisson interval of the rate, on the same scale."""
    from feedback_engine.stats.intervals import poisson_rate

    if linear is None:
        return NO_FIGURE

    def bounds() -> Bounds:
        interval = poisson_rate(count, linear.effective_base, model.confidence, per=1000.0)
        return scale.score(interval.upper), scale.score(interval.lower)

    return _publish(linear.value, bounds, linear.base, linear.effective_base, model)


def _publish(
    value: float,
    bounds: Callable[[], Bounds],
    base: int,
    kish: float,
    model: IndexModel,
    *,
    lowest: float = 0.0,
    highest: float = 100.0,
) -> Figure:
    flag = flag_of(base, kish, model)
    if flag in (Flag.NO_DATA, Flag.SUPPRESSED):
        return Figure(None, None, None, base, kish, flag)
    score = min(highest, max(lowest, value))
    lower, upper = bounds()
    if lower is None or upper is None:
        return Figure(score, None, None, base, kish, flag)
    # Rounding must not put the figure outside its own interval, nor a bound off the scale.
    return Figure(score, min(score, max(lowest, lower)), max(score, min(highest, upper)), base, kish, flag)


def find_error(linear: Linear) -> tuple[float, int]:
    """Return the linearised standard error of a value, given its design, and (customers or records in it) - 1."""
    rows, influence = linear.settle()
    if linear.design is None and is_rising(rows):
        return error_of(influence, len(rows), linear.counted_sum)
    inverse, units = _number(rows, linear.design)
    influence = np.bincount(inverse, weights=influence, minlength=units).astype(np.float64, copy=False)
    if rows is not linear.rows:
        _, units = _number(linear.rows, linear.design)
    return error_of(influence, units, linear.counted_sum)


def _number(rows: Ints, design: Design | None) -> tuple[Ints, int]:
    """Return a number per record, the same for those of one customer, and how many there are."""
    if design is not None:
        return design.number(rows)
    known, numbers = np.unique(rows, return_inverse=True)
    return numbers.reshape(-1), len(known)


def error_of(influence: Floats, units: int, counted: float = 0.0) -> tuple[float, int]:
    """Return the linearised standard error of a value that `units` of these influences observe, and units - 1.

    Beyond them are those whose weights alone have a part in it; they are no further observations. Influences on means
    add up to 0; those on counts to `counted`, and what centring takes from them is no certainty.
    """
    from feedback_engine.stats.design import simple_error

    if units < 2:
        return float("nan"), 0
    error, freedom = simple_error(influence)
    if freedom != units - 1:
        error *= float(np.sqrt(units / (units - 1) * freedom / (freedom + 1)))
    return float(np.hypot(error, counted / np.sqrt(units - 1))) if counted else error, units - 1


def _t_interval(linear: Linear, confidence: float) -> Bounds:
    return _around(linear.value, *find_error(linear), confidence)


def _agreeing_interval(votes: Sample, linear: Linear, factor: float, confidence: float) -> Bounds:
    from feedback_engine.stats.intervals import nps

    known = linear.effective_base
    if votes.design is not None:
        known = votes.design.effective_base(votes.rows, votes.weights)
    counts = [known * float((votes.values[:1] == direction).sum()) for direction in (1, 0, -1)]
    interval = nps(counts, confidence, known)
    return 100.0 + factor * (interval.lower / 100.0 - 1.0), 100.0 + factor * (interval.upper / 100.0 - 1.0)


def _around(value: float, error: float, freedom: int, confidence: float) -> Bounds:
    if freedom < 1:
        return None, None
    half = _t_quantile(confidence, freedom) * error
    return value - half, value + half


@lru_cache(maxsize=4096)
def _t_quantile(confidence: float, freedom: int) -> float:
    from feedback_engine.stats.quantiles import t_quantile

    return t_quantile(confidence, freedom)

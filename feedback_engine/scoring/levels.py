"""The levels of the index: indicators into touchpoints, touchpoints into the overall index, each with its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from feedback_engine.domain import Flag
from feedback_engine.scoring.figures import (
    NO_FIGURE,
    Figure,
    Linear,
    blend,
    flag_of,
    mean_of,
    publish_rate_score,
    publish_score,
    publish_text_index,
    rate_of,
)
from feedback_engine.scoring.measurement import Measurement
from feedback_engine.scoring.model import HOURS, RATED, TEXT, IndexModel, Indicator, Touchpoint
from feedback_engine.scoring.samples import TOLERANCE, Sample


@dataclass(frozen=True, slots=True)
class Part:
    """What a member adds to a figure: `share` × the member's own score = `contribution`; contributions add up to it.

    `share` is the effective one: re-normalised over what is published and, respondent by respondent, answered.
    """

    code: str
    share: float
    contribution: float


@dataclass(frozen=True, slots=True)
class Scored:
    """A published score, the linear form that the level above needs (None if withheld), and its parts."""

    figure: Figure
    linear: Linear | None
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class _Member:
    """Something to blend, with its weight, whether or not it may be published."""

    code: str
    weight: float
    linear: Linear | None
    is_published: bool
    #: Its own parts replace it in the figure above; empty = it stands for itself.
    parts: tuple[Part, ...] = ()


def score_touchpoint(cell: Measurement, touchpoint: Touchpoint, exposure: float, model: IndexModel) -> Scored:
    """Return the touchpoint's score on 0-100.

    Ratings: the respondent-weighted mean of the respondents' touchpoint scores. Text and complaint indicators with a
    declared weight are blended in as members of their own beside the ratings; the interval then combines the variances
    of all members, with the covariance where one record speaks in several of them. A member on too small a base is left
    out and the weights re-normalised, until more than 1 - min_coverage of the weight is missing.
    """
    respondents = cell.respondents[touchpoint.code]
    ratings = mean_of(respondents)
    weight = sum(indicator.weight for indicator in touchpoint.rated)
    members = [_Member("", weight, ratings, _may_show(ratings, model), split_mean(respondents, touchpoint.rated))]
    for indicator in touchpoint.blended:
        linear = _blended(cell, touchpoint, indicator, exposure)
        members.append(_Member(indicator.code, indicator.weight, linear, _may_show(linear, model)))
    return _combine([member for member in members if member.weight > 0], model)


def score_overall(scored: Mapping[str, Scored], model: IndexModel) -> Scored:
    """Return Σ W_t T_t over the published touchpoints, weights re-normalised, with its interval.

    Refused (flag low_coverage) when more than 1 - min_coverage of the weight is missing. The interval rests on the
    respondents' influence values, so it holds the covariance between touchpoints.
    """
    members = [
        _Member(t.code, t.weight, scored[t.code].linear, scored[t.code].figure.score is not None)
        for t in model.touchpoints
        if t.weight > 0
    ]
    return _combine(members, model)


def score_indicator(
    cell: Measurement, touchpoint: Touchpoint, indicator: Indicator, exposure: float, model: IndexModel
) -> Figure:
    """Return an indicator's own score on 0-100."""
    if indicator.reads in RATED:
        return publish_score(mean_of(cell.items[indicator.code]), model)
    if indicator.reads == TEXT:
        return publish_text_index(cell.texts.get(touchpoint.code, _NOTHING), model)
    linear = _blended(cell, touchpoint, indicator, exposure)
    if indicator.complaint_scale is not None:
        return publish_rate_score(
            linear, len(cell.complaints.get(touchpoint.code, ())), indicator.complaint_scale, model
        )
    return publish_score(linear, model)


def find_exposure(model: IndexModel, period: str, months: Sequence[str], segment: str | None) -> float | None:
    """Return the declared exposure that complaints are counted per; None where they are counted per record.

    A longer period that declares none has that of its `months` with data, if all of them declare one. Where a period
    has one, a segment's is declared as `period/segment`; without it the segment has none (0), for a rate per record
    beside rates per customer would mislead.
    """
    parts = [period] if period in model.exposure else months
    if not parts or not all(part in model.exposure for part in parts):
        return None
    declared = [model.exposure.get(part if segment is None else f"{part}/{segment}") for part in parts]
    return 0.0 if None in declared else float(sum(size or 0.0 for size in declared))


_NOTHING = Sample(np.empty(0, np.int64), np.empty(0), np.empty(0))


def _blended(cell: Measurement, touchpoint: Touchpoint, indicator: Indicator, exposure: float) -> Linear | None:
    if indicator.reads == TEXT:
        return mean_of(cell.texts.get(touchpoint.code, _NOTHING), offset=50.0, factor=50.0)
    if indicator.reads in HOURS:
        return mean_of(cell.items[indicator.code])
    complaints = cell.complaints.get(touchpoint.code)
    if complaints is None or indicator.complaint_scale is None or exposure <= 0 or not cell.is_tagged:
        return None
    return rate_of(complaints, exposure, indicator.complaint_scale)


def _may_show(linear: Linear | None, model: IndexModel) -> bool:
    return linear is not None and flag_of(linear.base, linear.effective_base, model) in (Flag.OK, Flag.SMALL_BASE)


def split_mean(respondents: Sample, members: Sequence[Indicator]) -> tuple[Part, ...]:
    """Return what each member adds to the mean of the respondents' scores."""
    if not len(respondents):
        return ()
    if not len(respondents.parts):
        # Not a dot product: its threads cost more than they save, and their number must not decide the last digit.
        mean = float((respondents.weights * respondents.values).sum() / respondents.weights.sum())
        return (Part(members[0].code, 1.0, mean),)
    means = (respondents.weights[:, np.newaxis] * respondents.parts).sum(axis=0) / respondents.weights.sum()
    count = len(members)
    return tuple(
        Part(indicator.code, float(share), float(contribution))
        for indicator, contribution, share in zip(members, means[:count], means[count:], strict=True)
    )


def _combine(members: Sequence[_Member], model: IndexModel) -> Scored:
    known = [(member.weight, member.linear) for member in members if member.linear is not None]
    if not known:
        return Scored(NO_FIGURE, None)
    shown = [member for member in members if member.is_published]
    weight = sum(member.weight for member in shown)
    missing = 1.0 - weight / sum(member.weight for member in members)
    if missing > 1.0 - model.min_coverage + TOLERANCE or not shown:
        whole = blend(known)  # not a figure, but its base is that of all who could have counted
        return Scored(_refuse(whole, model), whole)
    parts = tuple(part for member in shown for part in _scale(member, member.weight / weight))
    linear = blend([(member.weight / weight, member.linear) for member in shown if member.linear is not None])
    return Scored(publish_score(linear, model), linear, parts)


def _refuse(linear: Linear, model: IndexModel) -> Figure:
    flag = flag_of(linear.base, linear.effective_base, model)
    flag = flag if flag in (Flag.SUPPRESSED, Flag.NO_DATA) else Flag.LOW_COVERAGE
    return Figure(None, None, None, linear.base, linear.effective_base, flag)


def _scale(member: _Member, share: float) -> list[Part]:
    if not member.parts:
        value = member.linear.value if member.linear is not None else 0.0
        return [Part(member.code, share, share * value)]
    return [Part(part.code, share * part.share, share * part.contribution) for part in member.parts]

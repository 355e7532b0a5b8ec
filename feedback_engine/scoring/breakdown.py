"""The parts of an explanation: contributions, answers, texts and complaints behind a figure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from feedback_engine.domain import OVERALL, AnswerState, Flag, Measure
from feedback_engine.scoring.explanation import (
    Answers,
    Beside,
    ComplaintCount,
    Contribution,
    GroupParts,
    Level,
    TextCounts,
)
from feedback_engine.scoring.figures import NO_FIGURE, Figure, mark_promoters, mark_satisfied
from feedback_engine.scoring.index import Cell, publish_complaints, score_cell
from feedback_engine.scoring.levels import Part, split_mean
from feedback_engine.scoring.model import GROUP, TEXT, IndexModel, Indicator, Touchpoint

if TYPE_CHECKING:
    import pandas as pd

#: touchpoint, indicator, measure
FigureKey = tuple[str, str, Measure]

_DIRECTIONS = ((1.0, "positive", "正面文本"), (0.0, "neutral", "中性文本"), (-1.0, "negative", "负面文本"))


@dataclass(frozen=True, slots=True)
class Share:
    """A row of WEIGHTS."""

    name: str
    reads: str
    weight: float
    equal_weight: float
    method: str


def read_weights(weights: pd.DataFrame) -> dict[tuple[str, str], Share]:
    """Return WEIGHTS by touchpoint and indicator."""
    return {
        (row["touchpoint"], row["indicator"]): Share(
            row["name"], row["source"], row["weight"], row["equal_weight"], row["method"]
        )
        for row in weights.to_dict("records")
    }


def read_figures(index: pd.DataFrame, period: str, segment: str) -> dict[FigureKey, Figure]:
    """Return the figures of a period and segment of the INDEX."""
    rows = index[(index["period"] == period) & (index["segment"] == segment)]
    return {
        (row["touchpoint"], row["indicator"], Measure(row["measure"])): Figure(
            score=_number(row["score"]),
            lower=_number(row["lower"]),
            upper=_number(row["upper"]),
            base=int(row["base"]),
            effective_base=float(row["effective_base"]),
            flag=Flag(row["flag"]),
        )
        for row in rows.to_dict("records")
    }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def list_contributions(
    cell: Cell,
    model: IndexModel,
    weights: Mapping[tuple[str, str], Share],
    figures: Mapping[FigureKey, Figure],
    code: str,
    measure: Measure,
) -> tuple[Contribution, ...]:
    """Return what each member adds to a figure: touchpoints to the overall index, indicators to a touchpoint.

    The text index is split over its positive (worth 100), neutral (50) and negative (0) texts.
    """
    if measure is Measure.TEXT_INDEX:
        return tuple(_text_contributions(cell, code, figures[code, OVERALL, measure]))
    # A figure may be withheld for the sake of another one (complementary suppression): then so are its parts.
    is_shown = figures[code, OVERALL, measure].score is not None
    parts = {part.code: part for part in score_cell(cell, model)[code].parts if is_shown}
    if code == OVERALL:
        members = [(t.code, t.code, OVERALL) for t in model.touchpoints if t.weight > 0]
    else:
        members = [(i.code, code, i.code) for t in model.touchpoints if t.code == code for i in t.indicators]
    return tuple(
        _contribution(member, weights[touchpoint, indicator], parts.get(member), _own(figures, touchpoint, indicator))
        for member, touchpoint, indicator in members
    )


def list_groups(
    cell: Cell, touchpoint: Touchpoint, weights: Mapping[tuple[str, str], Share], figures: Mapping[FigureKey, Figure]
) -> tuple[GroupParts, ...]:
    """Return each published group of the touchpoint with what its members add to its own score."""
    groups = []
    for group in (indicator for indicator in touchpoint.tree if indicator.reads == GROUP):
        figure = figures[touchpoint.code, group.code, Measure.SCORE]
        if figure.score is None:
            continue
        parts = {part.code: part for part in split_mean(cell.measured.items[group.code], group.members)}
        members = tuple(
            _contribution(
                member.code,
                weights[touchpoint.code, member.code],
                parts.get(member.code),
                _own(figures, touchpoint.code, member.code),
            )
            for member in group.members
        )
        groups.append(GroupParts(group.code, group.name, figure.score, members))
    return tuple(groups)


def _own(figures: Mapping[FigureKey, Figure], touchpoint: str, indicator: str) -> Figure:
    """Return a member's own figure: its score, else what it reads."""
    found = (
        figures.get((touchpoint, indicator, m)) for m in (Measure.SCORE, Measure.TEXT_INDEX, Measure.COMPLAINT_RATE)
    )
    return next((figure for figure in found if figure is not None), NO_FIGURE)


def _contribution(code: str, weight: Share, part: Part | None, own: Figure) -> Contribution:
    share, contribution = (part.share, part.contribution) if part else (0.0, 0.0)
    return Contribution(
        code=code,
        name=weight.name,
        reads=weight.reads,
        weight=weight.weight,
        method=weight.method,
        share=share,
        mean=contribution / share if share > 0 else None,
        contribution=contribution,
        score=own.score,
        base=own.base,
        flag=own.flag,
    )


def _text_contributions(cell: Cell, code: str, figure: Figure) -> Iterator[Contribution]:
    votes = cell.measured.texts[code]
    if figure.score is None:
        return
    for direction, polarity, name in _DIRECTIONS:
        is_meant = votes.values == direction
        share = float(votes.weights[is_meant].sum() / votes.weights.sum())
        worth = 50.0 * (1.0 + direction)
        yield Contribution(
            code=polarity,
            name=name,
            reads=TEXT,
            weight=share,
            method="share",
            share=share,
            mean=worth,
            contribution=share * worth,
            score=worth,
            base=int(is_meant.sum()),
            flag=Flag.OK,
        )


def count_answers(
    ratings: pd.DataFrame,
    cell: Cell,
    touchpoints: Sequence[Touchpoint],
    figures: Mapping[FigureKey, Figure],
    model: IndexModel,
) -> tuple[Answers, ...]:
    """Return how often each rating was given; withheld where the indicator itself is suppressed."""
    import pandas as pd

    here = ratings[ratings["indicator"].isin(model.rating_codes) & ratings["feedback_id"].isin(cell.record_ids)]
    groups = {str(code): group for code, group in here.groupby("indicator", sort=True, observed=True)}
    empty = here.iloc[:0]
    weights = pd.Series(cell.records.weights, index=cell.records.ids)
    return tuple(
        _answers(groups.get(i.code, empty), i, figures[t.code, i.code, Measure.SCORE], weights)
        for t in touchpoints
        for i in t.questions
    )


def _answers(group: pd.DataFrame, indicator: Indicator, figure: Figure, weights: pd.Series[float]) -> Answers:
    is_withheld = figure.flag is Flag.SUPPRESSED
    states = group["state"].value_counts().to_dict()
    given = group[group["state"] == AnswerState.ANSWERED.value]
    ratings, counts = np.unique(given["rating"].to_numpy(dtype=np.float64), return_counts=True)
    return Answers(
        indicator=indicator.code,
        name=indicator.name,
        ratings=() if is_withheld else tuple(zip(ratings.tolist(), counts.tolist(), strict=True)),
        states=tuple((state.value, int(states[state.value])) for state in AnswerState if state.value in states),
        is_withheld=is_withheld,
        score=figure.score,
        levels=() if is_withheld else _levels(given, weights),
    )


def _levels(given: pd.DataFrame, weights: pd.Series[float]) -> tuple[Level, ...]:
    """Return the answers by the score that they are worth, lowest first; answers of weight 0 count nothing."""
    # The store hands the scale over as categories, which cannot be reckoned with.
    rating, low, high = (given[name].to_numpy(dtype=np.float64) for name in ("rating", "scale_min", "scale_max"))
    scores = np.round(100.0 * (rating - low) / (high - low), 9)
    counted = given.assign(score=scores, rating=rating, weight=given["feedback_id"].map(weights).astype("float64"))
    sums = counted[counted["weight"] > 0].groupby(["score", "rating"])["weight"].agg(["size", "sum"])
    return tuple(
        Level(float(rating), float(score), int(row["size"]), float(row["sum"]))
        for (score, rating), row in zip(sums.index, sums.to_dict("records"), strict=True)
    )


def count_texts(cell: Cell, code: str, figures: Mapping[FigureKey, Figure]) -> TextCounts | None:
    """Return the texts by what they say on balance; None where the text index is suppressed or not kept."""
    votes = cell.measured.texts.get(code)
    figure = figures.get((code, OVERALL, Measure.TEXT_INDEX))
    if votes is None or figure is None or figure.flag is Flag.SUPPRESSED:
        return None
    positive, neutral, negative = (int((votes.values == direction).sum()) for direction, _, _ in _DIRECTIONS)
    return TextCounts(len(votes), positive, neutral, negative, figure.score)


def list_beside(cell: Cell, code: str, figures: Mapping[FigureKey, Figure], model: IndexModel) -> Iterator[Beside]:
    """Yield the published figures of respondents beside the score, with what they are counted from."""
    for measure in (Measure.SATISFIED_SHARE, Measure.EQUAL_SCORE, Measure.NET_PROMOTER):
        figure = figures.get((code, OVERALL, measure))
        if figure is not None and figure.score is not None:
            yield _beside(cell, code, measure, figure.score, model)


def _beside(cell: Cell, code: str, measure: Measure, score: float, model: IndexModel) -> Beside:
    if measure is Measure.EQUAL_SCORE:
        return Beside(measure, score)
    if measure is Measure.SATISFIED_SHARE:
        votes, wanted = mark_satisfied(cell.measured.respondents[code], model), [100.0]
    else:
        votes, wanted = mark_promoters(cell.measured.items[model.recommend_item or ""]), [1.0, -1.0]
    counted = tuple(float(votes.weights[votes.values == value].sum()) for value in wanted)
    return Beside(measure, score, counted, float(votes.weights.sum()))


def count_complaints(cell: Cell, code: str, model: IndexModel) -> ComplaintCount | None:
    """Return the complaints and what they are counted per; None where the rate is withheld."""
    figure = publish_complaints(cell, code, model)
    if figure.score is None:
        return None
    return ComplaintCount(len(cell.measured.complaints[code]), cell.exposure, figure.score)

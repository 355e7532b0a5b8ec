"""Ratings, annotations and complaints into the INDEX."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from feedback_engine.domain import OVERALL, Measure, Period
from feedback_engine.scoring.data import ScoringData
from feedback_engine.scoring.figures import (
    NO_FIGURE,
    Figure,
    publish_net_promoter,
    publish_rate,
    publish_satisfied_share,
    publish_satisfied_shares,
    publish_text_index,
)
from feedback_engine.scoring.levels import Scored, find_exposure, score_indicator, score_overall, score_touchpoint
from feedback_engine.scoring.measurement import Measurement, measure_slices
from feedback_engine.scoring.model import COMPLAINTS, HOURS, RATED, TEXT, IndexModel, Indicator, Touchpoint, equalise
from feedback_engine.scoring.records import ALL, Records, build_records, unique_periods
from feedback_engine.scoring.suppression import hide_derivable
from feedback_engine.tables.index import INDEX

if TYPE_CHECKING:
    import pandas as pd

#: touchpoint, indicator, measure, weight, figure.
Line = tuple[str, str, Measure, float, Figure]


@dataclass(frozen=True, slots=True)
class Cell:
    """A period and segment with what the data say there; `declared` is the exposure behind its complaint rates."""

    period: str
    segment: str
    measured: Measurement
    declared: float | None
    records: Records

    @property
    def exposure(self) -> float:
        """What complaints are counted per: the declared exposure, else the records."""
        return float(len(self.measured.records)) if self.declared is None else self.declared

    @property
    def record_ids(self) -> NDArray[Any]:
        """The ids of the records in this cell, sorted."""
        ids: NDArray[Any] = self.records.ids.to_numpy()[self.measured.records.rows]
        return ids

    @property
    def holds_only_logs(self) -> bool:
        """Whether every record here comes from a complaint log."""
        return bool(self.records.is_logged_complaint[self.measured.records.rows].all())


def compute_index(
    data: ScoringData, model: IndexModel, *, periods: Sequence[Period | None], by: str | None = None
) -> pd.DataFrame:
    """Return the INDEX of these periods; None is `all`, the only one that holds undated records.

    `by` names an attribute, or `channel` or `source`: then every value of it has its rows beside `all`. An unknown name
    is a ConfigError that lists the known ones. `indicator_weight` is the model's own, the same in every period: what a
    figure re-normalises over is told by `explain`. Rows come by period, segment, touchpoint and indicator, `overall`
    first.
    """
    rows = [
        (cell.period, cell.segment, touchpoint, indicator, measure_, figure.score, weight, figure.base,
         figure.effective_base, figure.lower, figure.upper, figure.flag)
        for cell in build_cells(data, model, periods=periods, by=by)
        for touchpoint, indicator, measure_, weight, figure in _lines(cell, model)
    ]  # fmt: skip
    return hide_derivable(INDEX.build(rows))


def build_cells(
    data: ScoringData, model: IndexModel, *, periods: Sequence[Period | None], by: str | None = None
) -> Iterator[Cell]:
    """Yield each period's whole, then its segments in the order of their names."""
    records = build_records(data.feedback, data.timezone, by)
    wanted = unique_periods(periods)
    slicings = [records.slice(period) for period in wanted.values()]
    measured = measure_slices(data, records, model, slicings)
    for label, period in wanted.items():
        months = records.list_months(period) if model.exposure else []
        # Named nowhere here, what a period measured is gone before the next ones are measured.
        yield from _cut(label, months, next(measured), records, model)


def _cut(
    label: str, months: Sequence[str], parts: Sequence[Measurement], records: Records, model: IndexModel
) -> Iterator[Cell]:
    for name, part in zip((None, *records.segment_names), parts, strict=True):
        declared = find_exposure(model, label, months, name)
        yield Cell(label, ALL if name is None else name, part, declared, records)


def score_cell(cell: Cell, model: IndexModel) -> dict[str, Scored]:
    """Return the score of every touchpoint by its code, and of `overall`."""
    scored = {t.code: score_touchpoint(cell.measured, t, cell.exposure, model) for t in model.touchpoints}
    return {**scored, OVERALL: score_overall(scored, model)}


def score_alike(cell: Cell, model: IndexModel, scored: Mapping[str, Scored]) -> Scored:
    """Return the overall score as it would be if all that counts counted alike; `scored` is by the model's weights."""
    if model.is_alike:
        return scored[OVERALL]
    alike, measured = equalise(model), cell.measured.equalised
    again = {
        own.code: scored[own.code] if own.is_alike else score_touchpoint(measured, equal, cell.exposure, alike)
        for own, equal in zip(model.touchpoints, alike.touchpoints, strict=True)
    }
    return score_overall(again, alike)


def _lines(cell: Cell, model: IndexModel) -> Iterator[Line]:
    scored = score_cell(cell, model)
    yield OVERALL, OVERALL, Measure.SCORE, 1.0, scored[OVERALL].figure
    yield OVERALL, OVERALL, Measure.EQUAL_SCORE, 0.0, score_alike(cell, model, scored).figure
    respondents = cell.measured.respondents
    satisfied = dict(zip(respondents, publish_satisfied_shares(list(respondents.values()), model), strict=True))
    yield OVERALL, OVERALL, Measure.SATISFIED_SHARE, 0.0, satisfied[OVERALL]
    yield OVERALL, OVERALL, Measure.TEXT_INDEX, 0.0, publish_text_index(cell.measured.texts[OVERALL], model)
    yield OVERALL, OVERALL, Measure.COMPLAINT_RATE, 0.0, publish_complaints(cell, OVERALL, model)
    if model.recommend_item is not None:
        figure = publish_net_promoter(cell.measured.items[model.recommend_item], model)
        yield OVERALL, OVERALL, Measure.NET_PROMOTER, 0.0, figure
    for touchpoint in model.touchpoints:
        yield from _touchpoint_lines(cell, touchpoint, scored[touchpoint.code], satisfied[touchpoint.code], model)


def _touchpoint_lines(
    cell: Cell, touchpoint: Touchpoint, scored: Scored, satisfied: Figure, model: IndexModel
) -> Iterator[Line]:
    code = touchpoint.code
    if touchpoint.is_scored:
        yield code, OVERALL, Measure.SCORE, touchpoint.weight, scored.figure
    if touchpoint.rated:
        yield code, OVERALL, Measure.SATISFIED_SHARE, 0.0, satisfied
    if touchpoint.labels:
        yield code, OVERALL, Measure.TEXT_INDEX, 0.0, publish_text_index(cell.measured.texts[code], model)
        yield code, OVERALL, Measure.COMPLAINT_RATE, 0.0, publish_complaints(cell, code, model)
    for indicator in touchpoint.tree:
        if not touchpoint.blended and cell.measured.items.get(indicator.code) is cell.measured.respondents[code]:
            # A touchpoint of one question is the question.
            yield code, indicator.code, Measure.SCORE, indicator.weight, scored.figure
            yield code, indicator.code, Measure.SATISFIED_SHARE, 0.0, satisfied
        else:
            yield from _indicator_lines(cell, touchpoint, indicator, model)


def _indicator_lines(cell: Cell, touchpoint: Touchpoint, indicator: Indicator, model: IndexModel) -> Iterator[Line]:
    """Yield the score if it counts, and what a text or complaint indicator reads in its own unit."""
    own = touchpoint.code, indicator.code
    if indicator.reads in (*RATED, *HOURS) or indicator.weight > 0:
        figure = score_indicator(cell.measured, touchpoint, indicator, cell.exposure, model)
        yield *own, Measure.SCORE, indicator.weight, figure
    if indicator.reads in RATED:
        satisfied = publish_satisfied_share(cell.measured.items[indicator.code], model)
        yield *own, Measure.SATISFIED_SHARE, 0.0, satisfied
    elif indicator.reads == TEXT:
        votes = cell.measured.texts.get(touchpoint.code)
        yield *own, Measure.TEXT_INDEX, 0.0, NO_FIGURE if votes is None else publish_text_index(votes, model)
    elif indicator.reads == COMPLAINTS:
        yield *own, Measure.COMPLAINT_RATE, 0.0, publish_complaints(cell, touchpoint.code, model)


def publish_complaints(cell: Cell, touchpoint: str, model: IndexModel) -> Figure:
    """Return the complaint rate of a touchpoint or of `overall`.

    No figure where nothing could have shown a complaint, and none overall where nothing but complaint logs was counted,
    for their rate per record is 1,000 whatever happens.
    """
    measured = cell.measured
    complaints = measured.complaints.get(touchpoint)
    is_visible = measured.is_tagged or (touchpoint == OVERALL and measured.logs_complaints)
    if complaints is None or not is_visible:
        return NO_FIGURE
    is_empty_of_meaning = touchpoint == OVERALL and cell.declared is None and cell.holds_only_logs
    if is_empty_of_meaning:
        return NO_FIGURE
    # Of a thousand records no more than a thousand complain; a customer may do so twice.
    return publish_rate(complaints, cell.exposure, model, highest=1000.0 if cell.declared is None else inf)

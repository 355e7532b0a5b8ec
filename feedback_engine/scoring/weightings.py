"""Methods side by side on the same data, and the index across a change of weights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from feedback_engine.config.scoring import ScoringConfig
from feedback_engine.domain import OVERALL, Period
from feedback_engine.errors import ConfigError, FeedbackEngineError
from feedback_engine.scoring.data import ScoringData
from feedback_engine.scoring.explanation import describe_figures
from feedback_engine.scoring.frozen import FrozenWeights, apply_weights, freeze_weights
from feedback_engine.scoring.index import build_cells, score_cell
from feedback_engine.scoring.model import IndexModel
from feedback_engine.scoring.records import ALL
from feedback_engine.scoring.weighting import DATA_METHODS
from feedback_engine.tables.weighting import LINKED, WEIGHTINGS

if TYPE_CHECKING:
    import pandas as pd

    from feedback_engine.scoring.figures import Figure

#: What can always be set side by side.
ALWAYS = ("declared", "equal")


def compare_weightings(
    data: ScoringData,
    model: IndexModel,
    scoring: ScoringConfig,
    *,
    period: Period | None = None,
    methods: Sequence[str] = (*ALWAYS, *DATA_METHODS),
) -> pd.DataFrame:
    """Return WEIGHTINGS: the weights and the overall index of `period` by each method, from the same answers.

    A method that refuses has one row, with its reason; nothing is hidden because it did not fit.
    """
    lean = data if any(touchpoint.blended for touchpoint in model.touchpoints) else data.without_annotations()
    rows = [row for method in methods for row in _compare(lean, model, scoring, period, method)]
    return WEIGHTINGS.build(rows)


def _compare(
    data: ScoringData, model: IndexModel, scoring: ScoringConfig, period: Period | None, method: str
) -> Iterator[tuple[object, ...]]:
    try:
        frozen = freeze_weights(data, model, scoring, period=period, method=method)
    except FeedbackEngineError as refusal:
        yield method, OVERALL, OVERALL, None, None, None, None, 0, str(refusal)
        return
    figure = find_overall(data, apply_weights(model, frozen), period)
    top = frozen.levels[0]
    yield (
        method, OVERALL, OVERALL, 1.0, figure.score, figure.lower, figure.upper, top.base,
        "；".join(_describe(frozen, model)),
    )  # fmt: skip
    for level in frozen.levels:
        for (touchpoint, indicator), weight in level.weights.items():
            yield method, touchpoint, indicator, weight, None, None, None, level.base, "；".join(level.notes)


def _describe(frozen: FrozenWeights, model: IndexModel) -> Iterator[str]:
    """Yield what should be known of the levels, once for those of which the same is to be said."""
    names = {t.code: t.name for t in model.touchpoints} | {i.code: i.name for t in model.touchpoints for i in t.tree}
    told: dict[str, list[str]] = {}
    for level in frozen.levels:
        figures = describe_figures(level.figures)
        if said := "，".join((*figures, *level.notes)):
            told.setdefault(said, []).append("总指数" if level.code == OVERALL else names.get(level.code, level.code))
    for said, levels in told.items():
        yield f"{'、'.join(levels)}：{said}"


def find_overall(data: ScoringData, model: IndexModel, period: Period | None) -> Figure:
    """Return the overall index of a period under a model."""
    cell = next(iter(build_cells(data, model, periods=[period])))
    return score_cell(cell, model)[OVERALL].figure


def chain_link(
    data: ScoringData, old: IndexModel, new: IndexModel, *, periods: Sequence[Period], overlap: Period
) -> pd.DataFrame:
    """Return LINKED: the overall index by old and new weights, the new one carried on from the old at `overlap`.

    linked_t = new_t × old_overlap / new_overlap after the overlap. Raises ConfigError if either index is not published
    in the overlap period, for then there is nothing to chain by.
    """
    at = {name: find_overall(data, model, overlap).score for name, model in (("旧", old), ("新", new))}
    missing = [name for name, score in at.items() if not score]
    if missing or at["旧"] is None or at["新"] is None:
        raise ConfigError(
            f"重叠期 {overlap.label} 没有按{'、'.join(missing)}权重可公布的总指数，无法衔接；请换一个重叠期"
        )
    factor = at["旧"] / at["新"]
    rows = []
    for period in sorted(periods, key=lambda each: each.first):
        before, after = (find_overall(data, model, period).score for model in (old, new))
        linked = before if period.first <= overlap.first else None if after is None else after * factor
        rows.append((period.label, before, after, linked, factor, period == overlap))
    return LINKED.build(rows)


def find_base_period(scoring: ScoringConfig, first: Period | None) -> Period | None:
    """Return the period that `base_period` names, `first` (that of the first figures) where it names none."""
    named = scoring.weighting.base_period
    if named is None:
        return first
    return None if named == ALL else Period.parse(named)

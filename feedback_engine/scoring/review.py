"""The continuous review of the model (S3-06): does it still measure what it says, and what changed between versions."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from feedback_engine.config.scoring import ScoringConfig
from feedback_engine.domain import OVERALL, Period, say_p
from feedback_engine.errors import StatisticsError
from feedback_engine.scoring.answers import Answers, read_answers, read_touchpoints
from feedback_engine.scoring.data import ScoringData
from feedback_engine.scoring.frozen import FrozenWeights, freeze_weights
from feedback_engine.scoring.index import Cell, build_cells, score_cell
from feedback_engine.scoring.levels import Scored
from feedback_engine.scoring.model import IndexModel
from feedback_engine.scoring.samples import TOLERANCE
from feedback_engine.tables.analysis import REVIEW, VERSIONS

if TYPE_CHECKING:
    import pandas as pd

    from feedback_engine.scoring.samples import Floats

#: Below these a scale is usually called unreliable, or its correlations unfit to be summed up.
LOW_ALPHA, LOW_KMO = 0.7, 0.6
#: A touchpoint that goes less than this with overall satisfaction hardly belongs to it.
LOW_CRITERION = 0.2
#: Fewer complete answers say nothing about the correlations.
LEAST_COMPLETE = 30
#: A weight that would move by more than this asks for a decision.
HIGH_DRIFT = 0.05

Row = tuple[object, ...]


def review_model(
    data: ScoringData,
    model: IndexModel,
    scoring: ScoringConfig,
    *,
    period: Period | None = None,
    frozen: FrozenWeights | None = None,
) -> pd.DataFrame:
    """Return REVIEW of a period: reliability and the items that hurt it, adequacy, criterion validity, coverage, drift.

    Drift compares the weights that `frozen` holds with what the same method gives on this period's data. What cannot be
    computed is a finding with the reason, never an error.
    """
    rows = [
        *_review_reliability(data, model, period),
        *_review_validity(data, model, scoring, period),
        *(_review_drift(data, model, scoring, period, frozen) if frozen is not None else ()),
        *_review_coverage(data, model, period),
    ]
    return REVIEW.build(rows)


def _review_reliability(data: ScoringData, model: IndexModel, period: Period | None) -> Iterator[Row]:
    asked = set(data.ratings["indicator"])
    for touchpoint in model.touchpoints:
        names = {i.code: i.name for i in touchpoint.questions if i.code in asked}
        if len(names) > 1:
            yield from _judge_scale(touchpoint.code, read_answers(data, list(names), period=period, names=names))
    answers, _ = read_touchpoints(data, model, period=period, overall_item=None)
    if len(answers.table.columns) > 1:
        # Touchpoints need not be one scale: they are told, not held against anything.
        yield from ((*row[:7], False, row[8]) for row in _judge_scale(OVERALL, answers))


def _judge_scale(code: str, answers: Answers) -> Iterator[Row]:
    """Yield how well the questions of a touchpoint, or the touchpoints of the whole, measure one thing."""
    from feedback_engine.stats.reliability import cronbach_alpha, item_statistics

    complete = answers.table.dropna()
    base = len(complete)
    if base > 1 and np.ptp(complete.to_numpy(dtype=np.float64), axis=0).max() < TOLERANCE:
        yield "alpha", code, OVERALL, None, None, None, base, True, "算不出 α：各题的回答没有任何差异"
        return
    try:
        alpha = cronbach_alpha(answers.table)
        items = item_statistics(answers.table)
    except StatisticsError as refusal:
        yield "alpha", code, OVERALL, None, None, None, base, True, f"算不出 α：{refusal}"
        return
    is_low = alpha.value < LOW_ALPHA
    finding = f"α = {alpha.value:.2f}，低于 {LOW_ALPHA:g}" if is_low else f"α = {alpha.value:.2f}"
    if alpha.reversed_items:
        turned = "、".join(answers.names.get(code, code) for code in alpha.reversed_items)
        finding += f"；与其余题方向相反：{turned}"
    is_issue = is_low or bool(alpha.reversed_items)
    yield "alpha", code, OVERALL, alpha.value, alpha.lower, alpha.upper, alpha.base, is_issue, finding
    for item in items:
        hurts = bool(item.alpha_if_deleted > alpha.value)
        value = None if np.isnan(item.alpha_if_deleted) else item.alpha_if_deleted
        rest = "只有两题，去掉一题就没有 α" if value is None else f"去掉后 α = {value:.2f}"
        told = f"与其余题之和的相关 {item.rest_correlation:.2f}；{rest}"
        yield (
            "item", code, item.name, value, None, None, alpha.base, hurts,
            f"{told}，拉低了信度" if hurts else told,
        )  # fmt: skip


def _review_validity(
    data: ScoringData, model: IndexModel, scoring: ScoringConfig, period: Period | None
) -> Iterator[Row]:
    from feedback_engine.stats.descriptives import correlate

    item = scoring.weighting.overall_item
    is_asked = item is not None and item in set(data.ratings["indicator"])
    answers, outcome = read_touchpoints(data, model, period=period, overall_item=item if is_asked else None)
    yield from _judge_adequacy(answers)
    if outcome is None:
        return
    for code in answers.table.columns:
        column = answers.table[code].to_numpy(dtype=np.float64)
        both = ~np.isnan(column) & ~np.isnan(outcome)
        try:
            r = correlate(column[both], outcome[both])
        except StatisticsError as refusal:
            yield "criterion", code, OVERALL, None, None, None, int(both.sum()), True, f"算不出相关：{refusal}"
            continue
        is_low = r.r < LOW_CRITERION
        finding = f"与总体满意度相关 {r.r:.2f}" + (f"，低于 {LOW_CRITERION:g}" if is_low else "")
        yield "criterion", code, OVERALL, r.r, r.lower, r.upper, r.base, is_low, finding


def _judge_adequacy(answers: Answers) -> Iterator[Row]:
    from feedback_engine.stats.reliability import bartlett, kmo

    complete = answers.table.dropna()
    if len(answers.table.columns) < 3:  # of two, KMO is always one half
        return
    if len(complete) < LEAST_COMPLETE:
        finding = f"完整答卷只有 {len(complete)} 份，不足 {LEAST_COMPLETE} 份，不算 KMO"
        yield "adequacy", OVERALL, OVERALL, None, None, None, len(complete), False, finding
        return
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            adequacy, sphericity = kmo(complete), bartlett(complete)
        except StatisticsError as refusal:
            yield "adequacy", OVERALL, OVERALL, None, None, None, len(complete), True, f"算不出 KMO：{refusal}"
            return
    is_low = adequacy.value < LOW_KMO
    low = f"，低于 {LOW_KMO:g}" if is_low else ""
    finding = f"KMO = {adequacy.value:.2f}{low}；Bartlett 检验 {say_p(sphericity.p_value)}"
    finding = "；".join((finding, *dict.fromkeys(str(warning.message) for warning in caught)))
    yield "adequacy", OVERALL, OVERALL, adequacy.value, None, None, len(complete), is_low or bool(caught), finding


def _review_drift(
    data: ScoringData, model: IndexModel, scoring: ScoringConfig, period: Period | None, frozen: FrozenWeights
) -> Iterator[Row]:
    try:
        now = freeze_weights(data, model, scoring, period=period, method=frozen.method)
    except StatisticsError as refusal:
        yield "drift", OVERALL, OVERALL, None, None, None, 0, True, f"本期算不出 {frozen.method} 权重：{refusal}"
        return
    bases = {place: level.base for level in now.levels for place in level.weights}
    for place, weight in frozen.weights.items():
        if place not in now.weights:
            continue
        moved = now.weights[place] - weight
        is_large = abs(moved) > HIGH_DRIFT
        finding = f"基期 {frozen.base_period} 权重 {weight:.3f}，按本期数据为 {now.weights[place]:.3f}"
        yield "drift", *place, moved, None, None, bases[place], is_large, finding


def _review_coverage(data: ScoringData, model: IndexModel, period: Period | None) -> Iterator[Row]:
    measured = next(iter(build_cells(data, model, periods=[period]))).measured
    for touchpoint in model.touchpoints:
        ratings = len(measured.respondents[touchpoint.code])
        texts = len(measured.texts[touchpoint.code]) if touchpoint.code in measured.texts else 0
        is_missing = ratings + texts == 0
        finding = "没有任何打分或文本：这个环节的体验看不见" if is_missing else f"打分 {ratings} 份，文本 {texts} 条"
        yield (
            "coverage", touchpoint.code, OVERALL, float(ratings + texts), None, None, ratings + texts, is_missing,
            finding,
        )  # fmt: skip


def compare_versions(
    data: ScoringData, old: IndexModel, new: IndexModel, *, before: Period | None, after: Period | None
) -> pd.DataFrame:
    """Return VERSIONS: the index by the old model in `before` and by the new one in `after`, the difference split.

    Each touchpoint adds w₁s₁ - w₀s₀ = (w₀+w₁)/2 · (s₁-s₀) + (s₀+s₁)/2 · (w₁-w₀) with its effective weights: by scores
    and by weights. A touchpoint that only one version has, or that is not published once, changes by its weight alone.
    The rows add up to `overall`. Empty if either index is not published.
    """
    first, second = (_read_parts(data, model, period) for model, period in ((old, before), (new, after)))
    if first is None or second is None:
        return VERSIONS.build()
    names = {touchpoint.code: touchpoint.name for model in (old, new) for touchpoint in model.touchpoints}
    rows = [_split(code, name, first.get(code), second.get(code)) for code, name in names.items()]
    kept = [row for row in rows if row[2] is not None or row[3] is not None]
    sums: Floats = np.array([[float(str(value)) for value in row[6:9]] for row in kept]).sum(axis=0)
    start, end = (sum(weight * score for weight, score in parts.values()) for parts in (first, second))
    return VERSIONS.build([(OVERALL, "总指数", 1.0, 1.0, start, end, *sums.tolist()), *kept])


def _read_parts(data: ScoringData, model: IndexModel, period: Period | None) -> dict[str, tuple[float, float]] | None:
    """Return effective weight and score of each published touchpoint, None if there is no index."""
    cell: Cell = next(iter(build_cells(data, model, periods=[period])))
    scored: dict[str, Scored] = score_cell(cell, model)
    if scored[OVERALL].figure.score is None:
        return None
    return {part.code: (part.share, part.contribution / part.share) for part in scored[OVERALL].parts if part.share > 0}


def _split(code: str, name: str, old: tuple[float, float] | None, new: tuple[float, float] | None) -> Row:
    if old is None and new is None:
        return code, name, None, None, None, None, 0.0, 0.0, 0.0
    # Where there is no score on one side, there is none to change: its weight went, or came.
    (w0, s0), (w1, s1) = old or (0.0, (new or (0.0, 0.0))[1]), new or (0.0, (old or (0.0, 0.0))[1])
    by_scores, by_weights = (w0 + w1) / 2 * (s1 - s0), (s0 + s1) / 2 * (w1 - w0)
    return (
        code, name, old[0] if old else None, new[0] if new else None, old[1] if old else None, new[1] if new else None,
        w1 * s1 - w0 * s0, by_scores, by_weights,
    )  # fmt: skip

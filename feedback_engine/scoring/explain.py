"""From a figure down to the weights, indicators, answers, texts, spans and rules behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from feedback_engine.domain import OVERALL, Flag, Measure, Period
from feedback_engine.errors import ConfigError, TableError
from feedback_engine.registry import unknown_name
from feedback_engine.scoring.breakdown import (
    FigureKey,
    count_answers,
    count_complaints,
    count_texts,
    list_beside,
    list_contributions,
    list_groups,
    read_figures,
    read_weights,
)
from feedback_engine.scoring.data import ScoringData
from feedback_engine.scoring.explanation import Contribution, Explanation, describe_origin, round_to_total
from feedback_engine.scoring.figures import Figure
from feedback_engine.scoring.frozen import FrozenWeights
from feedback_engine.scoring.index import Cell, build_cells
from feedback_engine.scoring.model import IndexModel, Touchpoint
from feedback_engine.scoring.records import ALL
from feedback_engine.scoring.verbatims import CANDIDATES, VERBATIM_RULE, choose_verbatims

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Explanation", "explain"]

_AGREES = 1e-6
_OVERALL_NAME = "总指数"
#: What printed tables and the report call it.
_ALSO_OVERALL = "总体"


def explain(
    index: pd.DataFrame,
    weights: pd.DataFrame,
    model: IndexModel,
    touchpoint: str,
    data: ScoringData,
    *,
    period: str | None = None,
    segment: str = ALL,
    by: str | None = None,
    limit: int = CANDIDATES,
    frozen: FrozenWeights | None = None,
) -> Explanation:
    """Return how the figure of a touchpoint (code or name), or of `overall`, came about.

    `frozen` are the weights of the model, if they were computed: then the explanation says from what. `data` is what
    the INDEX was made from; of the verbatims, at most `limit`, `quote` gives the words and the evidence. `period`
    is a label in the INDEX, the first one by default; a `segment` needs the `by` that made it. The score is explained;
    where there is none, the text index. Raises ConfigError for a touchpoint, period or segment that is not there, and
    TableError if the data no longer give the figure in the INDEX.
    """
    own = _find_touchpoint(model, touchpoint)
    code, name = (own[0].code, own[0].name) if own else (OVERALL, _OVERALL_NAME)
    label = _find(index, "period", period or _first_period(index), "期间")
    figures = read_figures(index, label, _find(index, "segment", segment, "分组"))
    cell = _find_cell(data, model, label, segment, by)
    measure = _find_measure(figures, code)
    figure = figures[code, OVERALL, measure]
    shares = read_weights(weights)
    contributions = list_contributions(cell, model, shares, figures, code, measure)
    _check_agreement(figure, contributions, name)
    weight = shares.get((code, OVERALL))
    return Explanation(
        period=label,
        segment=segment,
        touchpoint=code,
        name=name,
        measure=measure,
        score=figure.score,
        lower=figure.lower,
        upper=figure.upper,
        confidence=model.confidence,
        base=figure.base,
        effective_base=figure.effective_base,
        flag=figure.flag,
        formula=_write_formula(figure, measure, contributions, model),
        weight=weight.weight if weight else 1.0,
        equal_weight=weight.equal_weight if weight else 1.0,
        method=weight.method if weight else "",
        contributions=contributions,
        answers=count_answers(data.ratings, cell, own or model.touchpoints, figures, model),
        texts=count_texts(cell, code, figures),
        complaints=count_complaints(cell, code, model),
        verbatim_rule=VERBATIM_RULE,
        verbatims=choose_verbatims(data, cell.record_ids, own[0].labels if own else None, limit=limit),
        origin=_find_origin(frozen, code),
        groups=list_groups(cell, own[0], shares, figures) if own else (),
        beside=tuple(list_beside(cell, code, figures, model)),
    )


def _find_origin(frozen: FrozenWeights | None, code: str) -> str:
    """Return where the weights of what a figure consists of come from."""
    levels = () if frozen is None else frozen.levels
    scope = {code, *((place for level in levels[:1] for place, _ in level.weights) if code == OVERALL else ())}
    level = next((each for each in levels if each.code == code and {place for place, _ in each.weights} <= scope), None)
    if frozen is None or level is None:
        return ""
    return describe_origin(frozen.method, frozen.base_period, level.base, level.figures, level.notes)


def _find_touchpoint(model: IndexModel, name: str) -> tuple[Touchpoint, ...]:
    """Return the touchpoint of that code, else of that name, else the one whose indicator it is; none for `overall`."""
    if name in (OVERALL, _OVERALL_NAME, _ALSO_OVERALL):
        return ()
    found = [t for t in model.touchpoints if t.code == name] or [t for t in model.touchpoints if t.name == name]
    found = found or [t for t in model.touchpoints if any(name in (i.code, i.name) for i in t.tree)]
    if not found:
        known = dict.fromkeys(word for t in model.touchpoints for word in (t.code, t.name))
        raise ConfigError(unknown_name("触点", name, (*known, OVERALL)))
    return (found[0],)


def _find(index: pd.DataFrame, column: str, value: str, kind: str) -> str:
    known = tuple(dict.fromkeys(index[column]))
    if value not in known:
        raise ConfigError(unknown_name(kind, value, known))
    return value


def _first_period(index: pd.DataFrame) -> str:
    if index.empty:
        raise ConfigError("指数表是空的，没有可解释的数字；请先用至少一个期间计算 score")
    return str(index["period"].iloc[0])


def _find_cell(data: ScoringData, model: IndexModel, label: str, segment: str, by: str | None) -> Cell:
    period = None if label == ALL else Period.parse(label)
    for cell in build_cells(data, model, periods=[period], by=by):
        if cell.segment == segment:
            return cell
    raise ConfigError(f"分组 {segment!r} 不在数据里；请给出得到它的分组属性 by（现为 {by!r}）")


def _find_measure(figures: Mapping[FigureKey, Figure], code: str) -> Measure:
    """Return the score; where there is none, the text index, if that has data."""
    candidates = [m for m in (Measure.SCORE, Measure.TEXT_INDEX) if (code, OVERALL, m) in figures]
    with_data = [m for m in candidates if figures[code, OVERALL, m].flag is not Flag.NO_DATA]
    return (with_data or candidates)[0]


def _check_agreement(figure: Figure, contributions: tuple[Contribution, ...], name: str) -> None:
    total = sum(member.contribution for member in contributions)
    if figure.score is not None and abs(total - figure.score) > _AGREES:
        raise TableError(f"{name} 的得分 {figure.score:.4f} 与现有数据算出的 {total:.4f} 不符：数据已变，请重新 score")


def _write_formula(figure: Figure, measure: Measure, contributions: tuple[Contribution, ...], model: IndexModel) -> str:
    if figure.score is None:
        return _write_refusal(figure, model)
    counted = [member for member in contributions if member.mean is not None]
    products = " + ".join(f"{member.share:.4f}×{member.mean:.2f}" for member in counted)
    rounded = round_to_total([member.contribution for member in counted])
    terms = " + ".join(f"{term:.2f}" for term in rounded)
    head = "50×(1+(P−N)/(P+N+U))，即 " if measure is Measure.TEXT_INDEX else ""
    if len(counted) == 1:
        return f"{head}{products}"
    return f"{head}Σ 有效权重×均分 = {products} = {terms} = {sum(rounded):.2f}"


def _write_refusal(figure: Figure, model: IndexModel) -> str:
    reasons = {
        Flag.NO_DATA: "没有数据，无从计算",
        Flag.SUPPRESSED: (
            f"基数 {figure.base}（有效 {figure.effective_base:.1f}）少于 {model.suppress_below:g}，样本不足，不显示"
        ),
        Flag.LOW_COVERAGE: f"可公布的组成不到权重的 {model.min_coverage:.0%}，覆盖不足，不公布",
    }
    return reasons[figure.flag]

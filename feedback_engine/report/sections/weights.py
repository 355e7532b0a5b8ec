"""指标体系与权重: which weight each part has, where it comes from, and what it adds to the index."""

from __future__ import annotations

from dataclasses import dataclass

from feedback_engine.config.scoring import METHOD_NAMES
from feedback_engine.domain import OVERALL, Measure
from feedback_engine.report.blocks import (
    Block,
    Cell,
    Column,
    ColumnKind,
    Look,
    Marked,
    Note,
    Section,
    Table,
    Tone,
)
from feedback_engine.report.facts import Facts, period_line
from feedback_engine.report.figures import Figure, base, interval, of_touchpoint, overall, show
from feedback_engine.report.sections.weightings import list_origins, list_weightings

#: Points below which two sums count as the same.
TOLERANCE = 0.05
SOURCES = {"rating": "打分题", "text": "文本情感", "complaints": "投诉率", "index": "下级指标", "group": "下级指标"}
SOURCES |= {"reply_hours": "首次回复时长", "handling_hours": "办结时长"}
_NUMBER = ColumnKind.NUMBER
COLUMNS = (
    Column("触点"),
    Column("层级"),
    Column("指标"),
    Column("读取"),
    Column("权重（本级）", ColumnKind.PERCENT, look=Look.BAR),
    Column("等权", ColumnKind.PERCENT),
    Column("权重来源"),
    Column("得分", _NUMBER, look=Look.SCALE),
    Column("区间下限", _NUMBER),
    Column("区间上限", _NUMBER),
    Column("样本量 n", ColumnKind.INTEGER),
    Column("对触点的贡献", _NUMBER, decimals=2),
    Column("对总指数的贡献", _NUMBER, decimals=2),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One row of the indicator system."""

    touchpoint: str
    indicator: str
    name: str
    source: str
    weight: float
    equal_weight: float
    method: str


def build_weights(facts: Facts) -> Section:
    """Return the indicator system; the contributions of the touchpoints add up to the index."""
    parts = _parts(facts)
    if not parts:
        note = Note("没有配置指标体系：触点没有权重，也就没有合成的满意度指数。", Tone.MUTED)
        return Section("指标体系与权重", "指标体系与权重", (note,), period_line(facts))
    rows: list[tuple[Cell, ...]] = []
    strong: set[int] = set()
    tops = [part for part in parts if part.indicator == OVERALL]
    for top in tops:
        strong.add(len(rows))
        rows.append(_touchpoint_row(facts, top, tops))
        rows += _indicator_rows(facts, [p for p in parts if p.touchpoint == top.touchpoint and p.indicator != OVERALL])
    strong.add(len(rows))
    rows.append(_total_row(facts, tops))
    table = Table("weights", "指标体系", COLUMNS, rows, frozenset(strong))
    blocks: tuple[Block, ...] = (table, *_notes(), _comparison(facts, tops), *list_origins(facts))
    blocks = (*blocks, *list_weightings(facts))
    return Section("指标体系与权重", "指标体系与权重", blocks, period_line(facts))


def _parts(facts: Facts) -> list[Part]:
    weights = facts.inputs.weights
    columns = ["touchpoint", "indicator", "name", "source", "weight", "equal_weight", "method"]
    return [Part(*row) for row in weights[columns].itertuples(index=False, name=None)]


def _figure(facts: Facts, part: Part) -> Figure | None:
    """The part's own figure on 0-100."""
    key = (part.touchpoint, part.indicator)
    return facts.figures.get((*key, Measure.SCORE)) or facts.figures.get((*key, Measure.TEXT_INDEX))


def _published(facts: Facts, tops: list[Part]) -> dict[str, tuple[float, float]]:
    """Touchpoint → its weight among the published ones, and its score."""
    found = {top.touchpoint: (top.weight, of_touchpoint(facts.figures, top.touchpoint, Measure.SCORE)) for top in tops}
    scores = {code: (weight, f.score) for code, (weight, f) in found.items() if f is not None and f.score is not None}
    total = sum(weight for weight, _ in scores.values())
    return {code: (weight / total, score) for code, (weight, score) in scores.items()} if total else {}


def _touchpoint_row(facts: Facts, top: Part, tops: list[Part]) -> tuple[Cell, ...]:
    figure = of_touchpoint(facts.figures, top.touchpoint, Measure.SCORE)
    weight, score = _published(facts, tops).get(top.touchpoint, (0.0, 0.0))
    adds = weight * score if weight else None
    return (_label(facts, top), "触点", "", *_declared(top), *_measured(figure), None, adds)


def _label(facts: Facts, part: Part) -> str:
    return facts.inputs.touchpoint_names.get(part.touchpoint, part.name or part.touchpoint)


def _declared(part: Part) -> tuple[Cell, ...]:
    is_counted = part.weight > 0 or part.method != "equal"
    method = METHOD_NAMES.get(part.method, part.method) if is_counted else "不计入"
    return SOURCES.get(part.source, part.source), part.weight, part.equal_weight, method


def _measured(figure: Figure | None, source: str = "rating") -> tuple[Cell, ...]:
    shown = show(figure, Measure.TEXT_INDEX if source == "text" else Measure.SCORE)
    if figure is None and source == "complaints":
        shown = Marked("见投诉率", Tone.MUTED)
    return shown, *interval(figure), base(figure)


def _indicator_rows(facts: Facts, parts: list[Part]) -> list[tuple[Cell, ...]]:
    figures = [_figure(facts, part) for part in parts]
    shares = _shares(parts, figures)
    rows: list[tuple[Cell, ...]] = []
    contributions = []
    for part, figure, weight in zip(parts, figures, shares, strict=True):
        adds = weight * figure.score if figure is not None and figure.score is not None else None
        contributions.append(adds or 0.0)
        name = facts.inputs.indicator_names.get(part.indicator, part.name or part.indicator)
        rows.append((_label(facts, part), "指标", name, *_declared(part), *_measured(figure, part.source), adds, None))
    top = of_touchpoint(facts.figures, parts[0].touchpoint, Measure.SCORE) if parts else None
    if top is not None and top.score is not None and abs(gap := top.score - sum(contributions)) > TOLERANCE:
        words = Marked("缺答调整", Tone.MUTED)
        rows.append((_label(facts, parts[0]), "指标", words, *[None] * 8, gap, None))
    return rows


def _shares(parts: list[Part], figures: list[Figure | None]) -> list[float]:
    """The indicators' weights among those with a score, summing to 1."""
    kept = [
        part.weight if f is not None and f.score is not None else 0.0 for part, f in zip(parts, figures, strict=True)
    ]
    total = sum(kept)
    return [weight / total if total else 0.0 for weight in kept]


def _total_row(facts: Facts, tops: list[Part]) -> tuple[Cell, ...]:
    figure = overall(facts.figures, Measure.SCORE)
    adds = sum(weight * score for weight, score in _published(facts, tops).values())
    weights = (sum(top.weight for top in tops), sum(top.equal_weight for top in tops))
    return ("合计", "总体", "", "", *weights, "", *_measured(figure), None, adds or None)


def _comparison(facts: Facts, tops: list[Part]) -> Table:
    figure, equal = (overall(facts.figures, measure) for measure in (Measure.SCORE, Measure.EQUAL_SCORE))
    published = _published(facts, tops)
    missing = [_label(facts, top) for top in tops if top.touchpoint not in published]
    scores = [None if each is None else each.score for each in (figure, equal)]
    gap = None if scores[0] is None or scores[1] is None else scores[0] - scores[1]
    rows: list[tuple[Cell, ...]] = [
        ("满意度指数（按上表权重）", show(figure, Measure.SCORE), ""),
        ("满意度指数（等权）", show(equal, Measure.EQUAL_SCORE), "指标与触点都取等权"),
        ("权重带来的差异", gap, "差异大时，结论依赖于权重的取法"),
        ("触点权重之和", sum(top.weight for top in tops), "应为 1"),
        ("未计入的触点", len(missing), "、".join(missing) or "无"),
    ]
    columns = (Column("核对项"), Column("数值", _NUMBER, decimals=2), Column("说明", fills=True))
    return Table("equal_weights", "与等权比较", columns, rows)


def _notes() -> tuple[Note, ...]:
    return (
        Note(
            "贡献 = 权重 × 得分，权重先在有得分的部分之间归一；触点的『对总指数的贡献』相加等于满意度指数。",
            Tone.MUTED,
        ),
        Note(
            "『缺答调整』：触点得分按人计算，缺答者的权重转给其已答的指标，因此与指标均值的加权和可以略有出入。"
            "权重为 0 的指标只展示，不计入。",
            Tone.MUTED,
        ),
    )

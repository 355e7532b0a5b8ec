"""触点得分: one row per touchpoint with everything measured of it."""

from __future__ import annotations

from feedback_engine.domain import OVERALL, Measure
from feedback_engine.report.blocks import (
    Block,
    Cell,
    Chart,
    ChartKind,
    Column,
    ColumnKind,
    Look,
    Note,
    Section,
    Series,
    Table,
    Tone,
)
from feedback_engine.report.changes import PREVIOUS, YEAR_BEFORE, arrow
from feedback_engine.report.facts import Facts, period_line
from feedback_engine.report.figures import (
    NAMES,
    Figure,
    base,
    interval,
    of_touchpoint,
    remark,
    show,
)

_NUMBER = ColumnKind.NUMBER
COLUMNS = (
    Column("排名", ColumnKind.INTEGER),
    Column("触点"),
    Column("满意度指数", _NUMBER, look=Look.SCALE),
    Column("区间下限", _NUMBER),
    Column("区间上限", _NUMBER),
    Column("评分 n", ColumnKind.INTEGER),
    Column("满意率（%）", _NUMBER, look=Look.BAR),
    Column("文本指数", _NUMBER, look=Look.SCALE),
    Column("文本下限", _NUMBER),
    Column("文本上限", _NUMBER),
    Column("文本 n", ColumnKind.INTEGER),
    Column("投诉率（件/千条）", _NUMBER, look=Look.BAR),
    Column("环比（点）", _NUMBER, is_signed=True),
    Column("环比判断", is_centred=True),
    Column("同比（点）", _NUMBER, is_signed=True),
    Column("同比判断", is_centred=True),
    Column("备注"),
)


def build_touchpoints(facts: Facts) -> Section:
    """Return the touchpoints, best first, the whole last, with a bar chart of the lead figure."""
    codes, scored = facts.sorted_by_score(), facts.count_scored()
    rows = [_row(facts, code, rank if rank <= scored else None) for rank, code in enumerate(codes, 1)]
    rows.append(_row(facts, OVERALL, None))
    table = Table("touchpoints", "触点得分表", COLUMNS, rows, frozenset({len(rows) - 1}))
    blocks: list[Block] = [table, Note(_explanation(facts), Tone.MUTED)]
    if outside := facts.count_outside():
        named = "、".join(f"{facts.name(code)} {count:,} 段" for code, count in outside.items())
        blocks.append(Note(f"文本还说到不在指标体系里的触点：{named}；见『情感与主题』。", Tone.MUTED))
    if scored:
        blocks.insert(0, _chart(facts, scored))
    else:
        blocks.insert(1, Note("没有可显示的触点得分：样本不足或没有数据，因此没有图。", Tone.MUTED))
    return Section("触点得分", "触点得分", tuple(blocks), period_line(facts))


def _row(facts: Facts, code: str, rank: int | None) -> tuple[Cell, ...]:
    def figure(measure: Measure) -> Figure | None:
        return of_touchpoint(facts.figures, code, measure)

    score, text = figure(Measure.SCORE), figure(Measure.TEXT_INDEX)
    satisfied, rate = figure(Measure.SATISFIED_SHARE), figure(Measure.COMPLAINT_RATE)
    lead = facts.lead_measure
    changes = [facts.change(code, lead, against) for against in (PREVIOUS, YEAR_BEFORE)]
    return (
        rank,
        facts.name(code),
        show(score, Measure.SCORE),
        *interval(score),
        base(score),
        show(satisfied, Measure.SATISFIED_SHARE),
        show(text, Measure.TEXT_INDEX),
        *interval(text),
        base(text),
        show(rate, Measure.COMPLAINT_RATE),
        *(cell for change in changes for cell in (change.points, arrow(change))),
        remark(figure(lead), facts.inputs.thresholds),
    )


def _chart(facts: Facts, scored: int) -> Chart:
    heading = NAMES[facts.lead_measure]
    ends = ("区间下限", "区间上限") if facts.has_ratings else ("文本下限", "文本上限")
    title = f"各触点{heading}（细线为 {facts.inputs.thresholds.confidence:.0%} 区间）"
    series = (Series(heading, lower=ends[0], upper=ends[1]),)
    return Chart(title, ChartKind.BAR, "touchpoints", "触点", series, scored, "分", 0, 100)


def _explanation(facts: Facts) -> str:
    thresholds = facts.inputs.thresholds
    return (
        f"按{NAMES[facts.lead_measure]}从高到低排名；变化也按这一指标。n < {thresholds.suppress_below} 写『样本不足』，"
        f"不参与排名；▲▼ 只标显著（校正后 q < {thresholds.alpha:g}）且至少 {thresholds.min_effect:g} 点的变化。"
    )

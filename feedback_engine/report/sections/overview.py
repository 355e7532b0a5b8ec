"""总览: the headline figures, how they moved, the ends of the ranking, and what follows from the figures."""

from __future__ import annotations

from feedback_engine.domain import OVERALL, Measure, Polarity
from feedback_engine.report.blocks import (
    Block,
    Cell,
    Chart,
    ChartKind,
    Column,
    ColumnKind,
    Look,
    Marked,
    Note,
    Section,
    Series,
    Table,
    Tile,
    Tiles,
    Tone,
)
from feedback_engine.report.changes import PREVIOUS, YEAR_BEFORE, arrow
from feedback_engine.report.facts import Facts, period_line
from feedback_engine.report.figures import (
    ABSENT,
    NAMES,
    UNITS,
    Figure,
    base,
    interval,
    of_touchpoint,
    overall,
    remark,
    show,
)
from feedback_engine.report.findings import find_all

LEAST_TREND = 2


def build_overview(facts: Facts) -> Section:
    """Return the overview; without ratings the text index leads."""
    blocks: list[Block] = [_tiles(facts), Note("本期发现", is_heading=True)]
    blocks += [Note(f"{number}. {text}") for number, text in enumerate(find_all(facts), 1)]
    chart, trend = _trend(facts)
    blocks += [*chart, _headline_table(facts), Note(_arrow_rule(facts), Tone.MUTED)]
    blocks += [*_ranking_ends(facts), trend]
    return Section("总览", "总览", tuple(blocks), period_line(facts))


def _arrow_rule(facts: Facts) -> str:
    thresholds = facts.inputs.thresholds
    return (
        f"▲▼ 只标显著的变化：检验经多重比较校正（BH）后 q < {thresholds.alpha:g}，且至少 {thresholds.min_effect:g} 点"
        f"（投诉率不设下限）；“—”不显著；样本少于 {thresholds.flag_below} 的不检验。变化（点）是两期之差，"
        "变化（%）是相对上期的比例。逐项检验见『变化』。"
    )


def _measures(facts: Facts) -> list[Measure]:
    rated = [Measure.SCORE, Measure.SATISFIED_SHARE]
    order = [*rated, Measure.TEXT_INDEX] if facts.has_ratings else [Measure.TEXT_INDEX, *rated]
    asked = [Measure.NET_PROMOTER] if overall(facts.figures, Measure.NET_PROMOTER) is not None else []
    return [*order, Measure.COMPLAINT_RATE, *asked]


def _with_equal(facts: Facts) -> list[Measure]:
    """The headline measures, the index with equal weights right after the index."""
    measures = _measures(facts)
    place = measures.index(Measure.SCORE) + 1
    is_there = overall(facts.figures, Measure.EQUAL_SCORE) is not None
    return [*measures[:place], *([Measure.EQUAL_SCORE] if is_there else []), *measures[place:]]


def _tiles(facts: Facts) -> Tiles:
    return Tiles(tuple(_tile(facts, measure) for measure in _measures(facts)))


def _tile(facts: Facts, measure: Measure) -> Tile:
    figure = overall(facts.figures, measure)
    label = f"{NAMES[measure]}（{UNITS[measure]}）"
    if figure is None or figure.score is None:
        shown = show(figure, measure)
        words = shown.text if isinstance(shown, Marked) else ABSENT[measure]
        return Tile(label, words, f"n={base(figure):,}", Tone.MUTED)
    change = facts.change(OVERALL, measure)
    step = "无上期可比" if change.points is None else f"较上期 {change.points:+.1f}"
    sign = arrow(change, less_is_better=measure is Measure.COMPLAINT_RATE)
    is_shown = change.is_notable and isinstance(sign, Marked)
    tone = sign.tone if is_shown and isinstance(sign, Marked) else Tone.PLAIN
    mark = f" {sign.text}" if is_shown and isinstance(sign, Marked) else ""
    detail = f"{_range(figure)}n={figure.base:,}{_equal(facts, measure)}"
    return Tile(label, f"{figure.score:.1f}", f"{detail}\n{step}{mark}", tone)


def _range(figure: Figure) -> str:
    return "" if figure.lower is None or figure.upper is None else f"{figure.lower:.1f}–{figure.upper:.1f}，"


def _equal(facts: Facts, measure: Measure) -> str:
    """What the index would be if everything counted alike."""
    figure = overall(facts.figures, Measure.EQUAL_SCORE) if measure is Measure.SCORE else None
    return "" if figure is None or figure.score is None else f"，等权 {figure.score:.1f}"


def _headline_table(facts: Facts) -> Table:
    number = ColumnKind.NUMBER
    columns = (
        Column("指标"),
        Column("单位"),
        Column("本期", number),
        Column("区间下限", number),
        Column("区间上限", number),
        Column("样本量 n", ColumnKind.INTEGER),
        Column("上期", number),
        Column("环比（点）", number, is_signed=True),
        Column("环比（%）", ColumnKind.PERCENT, is_signed=True),
        Column("环比判断", is_centred=True),
        Column("去年同期", number),
        Column("同比（点）", number, is_signed=True),
        Column("同比（%）", ColumnKind.PERCENT, is_signed=True),
        Column("同比判断", is_centred=True),
        Column("备注"),
    )
    rows = [_headline(facts, measure) for measure in _with_equal(facts)]
    records = int(facts.inputs.feedback["record_id"].nunique())
    rows.append(("投诉量", "件", facts.count_complaints(), None, None, records, *[None] * 9))
    return Table("headlines", "核心指标", columns, rows)


def _headline(facts: Facts, measure: Measure) -> tuple[Cell, ...]:
    now = overall(facts.figures, measure)
    cells: list[Cell] = [NAMES[measure], UNITS[measure], show(now, measure), *interval(now), base(now)]
    for against, earlier in ((PREVIOUS, facts.previous), (YEAR_BEFORE, facts.year_before)):
        before = overall(earlier, measure)
        change = facts.change(OVERALL, measure, against)
        shown = None if before is None else before.score
        cells += [shown, change.points, change.relative]
        cells.append(arrow(change, less_is_better=measure is Measure.COMPLAINT_RATE))
    return (*cells, remark(now, facts.inputs.thresholds))


def _ranking_ends(facts: Facts) -> list[Block]:
    scored = facts.sorted_by_score()[: facts.count_scored()]
    if not scored:
        return [Note("没有可排名的触点：各触点的样本都不足，或没有数据。", Tone.MUTED)]
    ends = min(3, (len(scored) + 1) // 2)
    best, worst = scored[:ends], list(reversed(scored[ends:][-ends:]))
    rows = [("最好", *_end(facts, code)) for code in best] + [("最差", *_end(facts, code)) for code in worst]
    measure = facts.lead_measure
    columns = (
        Column("位置"),
        Column("触点"),
        Column(NAMES[measure], ColumnKind.NUMBER, look=Look.SCALE),
        Column("区间下限", ColumnKind.NUMBER),
        Column("区间上限", ColumnKind.NUMBER),
        Column("样本量 n", ColumnKind.INTEGER),
        Column("环比（点）", ColumnKind.NUMBER, is_signed=True),
        Column("环比判断", is_centred=True),
        Column("涉及投诉", ColumnKind.INTEGER),
        Column("负面提及", ColumnKind.INTEGER),
    )
    return [Table("ends", f"最好与最差的触点（按{NAMES[measure]}）", columns, rows)]


def _end(facts: Facts, code: str) -> tuple[Cell, ...]:
    measure = facts.lead_measure
    now = of_touchpoint(facts.figures, code, measure)
    change = facts.change(code, measure)
    mentions = facts.mentions[facts.mentions["touchpoint"] == code]
    touched = facts.complained_touchpoints()
    complaints = touched.loc[touched["touchpoint"] == code, "record_id"].nunique()
    negative = int((mentions["polarity"] == Polarity.NEGATIVE).sum())
    cells = (facts.name(code), show(now, measure), *interval(now), base(now), change.points, arrow(change))
    return (*cells, int(complaints), negative)


def _trend(facts: Facts) -> tuple[list[Chart], Block]:
    if len(facts.trend) < LEAST_TREND:
        return [], Note("有数据的期间不足两个，还没有趋势可画。", Tone.MUTED)
    rows = []
    asked = [measure for measure in _measures(facts) if measure is Measure.NET_PROMOTER]
    for label, figures in facts.trend:
        score, text = overall(figures, Measure.SCORE), overall(figures, Measure.TEXT_INDEX)
        rate = overall(figures, Measure.COMPLAINT_RATE)
        equal = _number(overall(figures, Measure.EQUAL_SCORE))
        cells: tuple[Cell, ...] = (label, _number(score), *interval(score), equal, base(score))
        cells = (*cells, _number(text), base(text))
        recommending = [_number(overall(figures, measure)) for measure in asked]
        rows.append((*cells, _number(rate), *recommending))
    number = ColumnKind.NUMBER
    columns = (
        Column("期间"),
        Column("满意度指数", number),
        Column("区间下限", number),
        Column("区间上限", number),
        Column("等权指数", number),
        Column("评分 n", ColumnKind.INTEGER),
        Column("文本指数", number),
        Column("文本 n", ColumnKind.INTEGER),
        Column("投诉率", number),
        *(Column(NAMES[measure], number) for measure in asked),
    )
    lines = [Series("满意度指数", lower="区间下限", upper="区间上限"), Series("文本指数", Tone.SECOND)]
    drawn = [line for line in lines if any(row[_at(columns, line.heading)] is not None for row in rows)]
    table = Table("trend", "趋势", columns, rows)
    if not drawn:
        return [], table
    values = [row[_at(columns, line.heading)] for row in rows for line in drawn]
    lowest = min(value for value in values if isinstance(value, float))
    # A line, unlike a bar, need not stand on 0; from the ten below, a move of a few points can be seen.
    floor = max(0, 10 * int((lowest - 5) // 10))
    return [Chart("指数趋势", ChartKind.LINE, "trend", "期间", tuple(drawn), unit="分", minimum=floor)], table


def _at(columns: tuple[Column, ...], heading: str) -> int:
    return [column.heading for column in columns].index(heading)


def _number(figure: Figure | None) -> float | None:
    # A line is drawn through numbers only: a withheld month is a gap, not a word.
    return None if figure is None else figure.score

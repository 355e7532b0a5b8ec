"""控制图: which months are more than the usual wobble, by limits that stay frozen at the baseline."""

from __future__ import annotations

from typing import Any

from feedback_engine.domain import OVERALL, Flag, Measure
from feedback_engine.report.blocks import (
    Absent,
    Block,
    Cell,
    Chart,
    ChartKind,
    Column,
    Marked,
    Note,
    Section,
    Series,
    Table,
    Tone,
)
from feedback_engine.report.columns import count, number, pick, read_rows
from feedback_engine.report.facts import Facts, period_line
from feedback_engine.report.figures import NAMES, WITHHELD

NAME = "控制图"
#: Charts beside that of the whole: of the touchpoints with the latest signals.
MOST_CHARTS = 5
#: Control limits need so many months before the one judged.
LEAST_MONTHS = 9

_UNITS = {Measure.COMPLAINT_RATE: "每千", Measure.NET_PROMOTER: "NPS"}
_LOWEST = {Measure.NET_PROMOTER: -100}

Chart_ = tuple[str, Measure, list[dict[str, Any]]]


def build_control(facts: Facts) -> Section | Absent:
    """Return an overview of all charts, then the chart of the whole and of the touchpoints with signals."""
    rows = read_rows(facts.inputs.statistics.table("control"))
    charts = [chart for chart in _split(rows) if any(row["centre"] is not None for row in chart[2])]
    if not charts:
        return Absent(NAME, f"至少要有 {LEAST_MONTHS} 个月的数据：前面的月份作基线，才有控制限")
    lead = [chart for chart in charts if chart[0] == OVERALL][:1] or charts[:1]
    signalled = sorted((chart for chart in charts if chart not in lead and _signals(chart)), key=_latest, reverse=True)
    drawn = [*lead, *signalled[:MOST_CHARTS]]
    blocks: list[Block] = [
        _overview(facts, charts),
        Note(_explain(charts, facts.inputs.thresholds.flag_below), Tone.MUTED),
    ]
    for place, chart in enumerate(drawn):
        blocks += _draw(facts, chart, place)
    return Section(NAME, "控制图", tuple(blocks), period_line(facts))


def _split(rows: list[dict[str, Any]]) -> list[Chart_]:
    keys = dict.fromkeys((row["touchpoint"], row["measure"]) for row in rows)
    return [
        (code, Measure(measure), [row for row in rows if (row["touchpoint"], row["measure"]) == (code, measure)])
        for code, measure in keys
    ]


def _signals(chart: Chart_) -> list[dict[str, Any]]:
    return [row for row in chart[2] if row["signal"]]


def _latest(chart: Chart_) -> str:
    return str(max((row["period"] for row in _signals(chart)), default=""))


def _explain(charts: list[Chart_], small: int) -> str:
    months = [row["period"] for row in charts[0][2] if row["is_baseline"]]
    span = f"{months[0]} 至 {months[-1]}" if months else "—"
    provisional = next((row["note"] for chart in charts for row in chart[2] if row["note"] and row["centre"]), "")
    judged = f"样本少于 {small} 的月份不判断。{provisional}{'。' if provisional else ''}"
    return (
        f"中心线与控制限只由基线月份（{span}）算出，此后不再移动：均值 ± 3 × 平均移动极差 / 1.128，"
        "样本少的月份按其抽样误差放宽；投诉率按每月基数各有控制限（p 图；声明了 exposure 时为 u 图）。"
        f"信号：超出控制限，或连续 8 个月在中心线同侧；{judged}"
        "基线可用 scoring.control.baseline 固定。"
    )


def _overview(facts: Facts, charts: list[Chart_]) -> Table:
    columns = (
        Column("触点"),
        Column("度量"),
        Column("最近月份"),
        number("最近值"),
        number("中心线"),
        number("下控制限"),
        number("上控制限"),
        count("基数 n"),
        count("有信号的月份"),
        Column("最近月份的判断", fills=True),
    )
    return Table("control", "各触点", columns, [_line(facts, chart) for chart in charts])


def _line(facts: Facts, chart: Chart_) -> tuple[Cell, ...]:
    code, measure, rows = chart
    last = next((row for row in reversed(rows) if row["value"] is not None), rows[-1])
    figures = pick(last, "period", "value", "centre", "lower", "upper", "base")
    return facts.name(code), NAMES[measure], *figures, len(_signals(chart)), _judge(last) or "在正常波动之内"


def _judge(row: dict[str, Any]) -> Cell:
    """Return the signal of a month, or why it has no figure or no judgement; None for what is usual."""
    if row["signal"]:
        return Marked(row["signal"], Tone.BAD)
    if row["flag"] == Flag.SMALL_BASE:
        return Marked("样本偏少，不判断", Tone.MIXED)
    return Marked(WITHHELD[row["flag"]], Tone.MUTED) if row["flag"] in WITHHELD else None


def _draw(facts: Facts, chart: Chart_, place: int) -> list[Block]:
    code, measure, rows = chart
    columns = (
        Column("月份"),
        number(NAMES[measure]),
        number("中心线"),
        number("下控制限"),
        number("上控制限"),
        count("基数 n"),
        Column("用途"),
        Column("信号", fills=True),
    )
    cells: list[tuple[Cell, ...]] = [
        (
            *pick(row, "period", "value", "centre", "lower", "upper", "base"),
            "基线" if row["is_baseline"] else "判断",
            _judge(row),
        )
        for row in rows
    ]
    title = f"{facts.name(code)}：{NAMES[measure]}"
    lines = (
        Series(NAMES[measure]),
        Series("中心线", Tone.GOOD, is_line=True),
        Series("下控制限", Tone.BAD, is_line=True),
        Series("上控制限", Tone.BAD, is_line=True),
    )
    values = [row[name] for row in rows for name in ("value", "lower", "upper") if row[name] is not None]
    floor, ceiling = (
        max(_LOWEST.get(measure, 0), 5 * int((min(values) - 2) // 5)),
        5 * (1 + int((max(values) + 2) // 5)),
    )
    name = f"control_{place}"
    drawn = Chart(
        title, ChartKind.LINE, name, "月份", lines, unit=_UNITS.get(measure, "分"), minimum=floor, maximum=ceiling
    )
    return [drawn, Table(name, title, columns, cells)]

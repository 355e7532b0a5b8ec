"""重要性与驱动: what matters against how it does, and what goes with overall satisfaction."""

from __future__ import annotations

from typing import Any

from feedback_engine.report.blocks import (
    Absent,
    Block,
    Cell,
    Chart,
    ChartKind,
    Column,
    Look,
    Marked,
    Note,
    Section,
    Series,
    Table,
    Tone,
)
from feedback_engine.report.columns import count, interval, judgement, number, pick, read_rows, share
from feedback_engine.report.facts import Facts, period_line

NAME = "驱动因素"
QUADRANTS = {
    "concentrate_here": ("优先改进", Tone.BAD),
    "keep_up": ("优势保持", Tone.GOOD),
    "low_priority": ("次要改进", Tone.MIXED),
    "possible_overkill": ("维持", Tone.NEUTRAL),
}
_KINDS = {"stated": "指标体系的权重", "derived": "由答卷推出（对总体满意度的解释份额）"}


def build_drivers(facts: Facts) -> Section | Absent:
    """Return the quadrants with their chart, then the drivers with intervals and bands of ranks."""
    importance = _importance(facts)
    if not importance:
        return Absent(NAME, "要有打分的触点：在 touchpoints 里写明哪些题属于哪个触点")
    blocks = (*importance, Note("关键驱动因素", is_heading=True), *_drivers(facts))
    return Section(NAME, "重要性、表现与驱动因素", blocks, period_line(facts))


def _importance(facts: Facts) -> list[Block]:
    rows = read_rows(facts.inputs.statistics.table("importance"))
    if not rows:
        return []
    rows.sort(key=lambda row: (list(QUADRANTS).index(row["quadrant"]), -row["importance"]))
    lines = [sum(row[name] for row in rows) / len(rows) for name in ("performance", "importance")]
    columns = (
        Column("触点"),
        number("表现", look=Look.SCALE),
        *interval(of="表现"),
        share("重要性", look=Look.BAR),
        share("重要性下限"),
        share("重要性上限"),
        judgement("象限"),
        Column("把握", fills=True),
    )
    cells: list[tuple[Cell, ...]] = [_point(row) for row in rows]
    kind = _KINDS[rows[0]["importance_kind"]]
    explained = (
        f"表现为触点得分（0–100），重要性为{kind}；分界线取各触点的均值：表现 {lines[0]:.1f}，重要性 {lines[1]:.1%}。"
        "区间跨过分界线的记作『边界』，象限还不能确定。"
    )
    table = Table("importance", "重要性—表现", columns, cells)
    if len(rows) < 2:
        return [table, Note(explained, Tone.MUTED)]
    chart = Chart(
        "重要性—表现四象限（细线为区间）",
        ChartKind.SCATTER,
        "importance",
        "表现",
        (Series("重要性", lower="重要性下限", upper="重要性上限"),),
        unit="重要性",
        labels="触点",
        category_lower="表现下限",
        category_upper="表现上限",
        category_unit="表现（分）",
        crossing=(lines[0], lines[1]),
    )
    places = "左上：优先改进；右上：优势保持；左下：次要改进；右下：维持。"
    return [chart, Note(places, Tone.MUTED), table, Note(explained, Tone.MUTED)]


def _point(row: dict[str, Any]) -> tuple[Cell, ...]:
    word, tone = QUADRANTS[row["quadrant"]]
    sure = Marked("边界：区间跨过分界线", Tone.MIXED) if row["is_borderline"] else "明确"
    return (
        row["name"],
        *pick(row, "performance", "performance_lower", "performance_upper"),
        *pick(row, "importance", "importance_lower", "importance_upper"),
        Marked(word, tone),
        sure,
    )


def _drivers(facts: Facts) -> list[Block]:
    statistics = facts.inputs.statistics
    rows = read_rows(statistics.table("drivers"))
    if not rows:
        return [Note(f"没有驱动分析：{statistics.refusal('drivers') or '没有可用的触点'}。", Tone.MIXED)]
    table = Table("drivers", "各触点的相关、得分与优先度", _COLUMNS, [_driver(row) for row in rows])
    shares = _shares(rows)
    if not shares:
        notes = list(dict.fromkeys(row["note"] for row in rows if row["note"]))
        told = f"数据不足以排出驱动因素，下面只有相关系数：{notes[0] if notes else ''}。"
        return [Note(told, Tone.MIXED), table, Note(_EXPLAINED, Tone.MUTED)]
    listed = Table("driver_shares", "对总体满意度的解释份额", _SHARE_COLUMNS, shares)
    return [_CHART, listed, table, Note(_EXPLAINED, Tone.MUTED)]


_SHARE_COLUMNS = (
    judgement("名次档"),
    Column("因素"),
    share("份额", look=Look.BAR),
    share("份额下限"),
    share("份额上限"),
    share("名次稳定"),
)
_COLUMNS = (
    Column("触点"),
    share("Johnson 核对"),
    share("去光环核对"),
    number("相关 r", 2),
    number("VIF", 1),
    number("得分"),
    share("接触率"),
    number("改进优先度", 3, look=Look.BAR),
    count("样本量 n"),
    Column("说明", fills=True),
)
_EXPLAINED = (
    "份额为 LMG（因素多时 Johnson）对 R² 的分解，相加为 100%，区间来自固定种子的重抽样；同一名次档的因素分不出先后。"
    "去光环：先减去每人自己的均分再算。VIF > 5 说明与别的因素重叠；VIF > 10 或 |r| > 0.9 的合为一组，份额只算一次，"
    "组内各占多少从答卷里看不出来：重要性与优先度按均分，重要性的区间从 0 到整组的上限。"
    "改进优先度 = 份额 × 接触率 ×（100 − 得分）/ 100。这是同一时刻的相关，不是因果。"
)
_CHART = Chart(
    "对总体满意度的解释份额（细线为区间）",
    ChartKind.BAR,
    "driver_shares",
    "因素",
    (Series("份额", lower="份额下限", upper="份额上限"),),
    unit="R² 的份额",
    minimum=0,
    is_share=True,
)


def _shares(rows: list[dict[str, Any]]) -> list[tuple[Cell, ...]]:
    """Return a row for each driver or group of them, none where they are refused."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if row["share"] is not None:
            groups.setdefault(row["group"] or row["code"], []).append(row)
    return [
        (f"第 {first['band']} 档", "＋".join(row["name"] for row in members),
         *pick(first, "share", "lower", "upper", "rank_stability"))
        for members in groups.values() for first in members[:1]
    ]  # fmt: skip


def _driver(row: dict[str, Any]) -> tuple[Cell, ...]:
    figures = ("johnson", "centred", "r", "vif", "score", "incidence", "priority", "base", "note")
    return row["name"], *pick(row, *figures)

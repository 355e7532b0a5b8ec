"""变化: every figure against the previous period and the same period last year, as one family of tests."""

from __future__ import annotations

from typing import Any

from feedback_engine.domain import OVERALL, Measure
from feedback_engine.report.blocks import Absent, Block, Cell, Column, Note, Section, Table
from feedback_engine.report.changes import AGAINST, TESTS, Change, arrow
from feedback_engine.report.columns import count, interval, judgement, number, pick, read_rows, share, show_p
from feedback_engine.report.facts import Facts, period_line
from feedback_engine.report.figures import ALL, NAMES, UNITS
from feedback_engine.report.sections.versions import list_versions

NAME = "变化"
COLUMNS = (
    Column("触点"),
    Column("指标"),
    Column("度量"),
    Column("单位"),
    number("原值"),
    number("本期"),
    number("变化（点）", is_signed=True),
    share("变化（%）", is_signed=True),
    *interval(of="变化区间"),
    judgement("判断"),
    number("p", 4),
    number("q（校正后）", 4),
    Column("检验"),
    count("原 n"),
    count("本期 n"),
    count("两期都有的顾客"),
)


def build_changes(facts: Facts) -> Section | Absent:
    """Return the notable changes, then all of them by what they are compared with."""
    table = facts.inputs.statistics.table("changes")
    rows = read_rows(table[(table["segment"] == ALL) & ~table["is_repeat"]])
    if not rows:
        return Absent(NAME, _why(facts))
    blocks: list[Block] = [Note(_summary(facts, rows))]
    notable = sorted((row for row in rows if row["is_notable"]), key=lambda row: -abs(row["points"]))
    first = (Column("对比"), *COLUMNS)
    listed = [(AGAINST[row["against"]], *_row(facts, row)) for row in notable]
    blocks.append(Table("notable_changes", "显著的变化", first, listed, empty="（没有一项变化显著）"))
    for against, name in AGAINST.items():
        own = [row for row in rows if row["against"] == against]
        if own:
            title = f"{name}：{own[0]['before_period']} → {own[0]['period']}"
            blocks.append(_all(facts, f"changes_{against}", title, own))
    if not facts.inputs.statistics.has_earlier_model:
        blocks += list_versions(facts)
    return Section(NAME, "变化：与上期、与去年同期", tuple(blocks), period_line(facts))


def _why(facts: Facts) -> str:
    if facts.inputs.period is None:
        return "报告的期间是全部数据，没有上期；把 report.period 设为 latest、2026-10、2026-Q3 等就会有"
    return facts.inputs.statistics.refusal("changes") or "上期与去年同期都没有可比的数字；有了两期数据就会有"


def _summary(facts: Facts, rows: list[dict[str, Any]]) -> str:
    """Return what the comparisons found."""
    thresholds = facts.inputs.thresholds
    tested = sum(row["p_value"] is not None for row in rows)
    notable = sum(row["is_notable"] for row in rows)
    small = sum(row["q_value"] is not None and row["q_value"] < thresholds.alpha for row in rows) - notable
    aside = f"；另有 {small} 项虽能与抽样波动区分，但不到 {thresholds.min_effect:g} 点" if small else ""
    return (
        f"比较 {len(rows)} 项，检验 {tested} 项（样本少于 {thresholds.flag_below} 的不检验），作为一个整体按 "
        f"Benjamini-Hochberg 校正：{notable} 项显著（q < {thresholds.alpha:g} 且至少 {thresholds.min_effect:g} 点，"
        f"投诉率不设下限）{aside}。同一个数字只比较一次：触点只有一个指标时，只列触点。"
    )


def _all(facts: Facts, name: str, title: str, rows: list[dict[str, Any]]) -> Table:
    order = {code: place for place, code in enumerate((OVERALL, *facts.touchpoints))}
    kept = sorted(rows, key=lambda row: (order.get(row["touchpoint"], len(order)), row["indicator"] != OVERALL))
    strong = frozenset(place for place, row in enumerate(kept) if row["touchpoint"] == OVERALL)
    return Table(name, title, COLUMNS, [_row(facts, row) for row in kept], strong)


def _row(facts: Facts, row: dict[str, Any]) -> tuple[Cell, ...]:
    measure = Measure(row["measure"])
    relative = None if row["relative"] is None else row["relative"] / 100
    change = Change(row["points"], relative, row["lower"], row["upper"], row["q_value"], bool(row["is_notable"]))
    indicator = "" if row["indicator"] == OVERALL else facts.indicator_name(row["indicator"])
    return (
        facts.name(row["touchpoint"]),
        indicator,
        NAMES[measure],
        UNITS[measure],
        *pick(row, "before", "after", "points"),
        relative,
        *pick(row, "lower", "upper"),
        arrow(change, less_is_better=measure is Measure.COMPLAINT_RATE),
        show_p(row["p_value"]),
        show_p(row["q_value"]),
        TESTS.get(row["test"], row["test"]),
        *pick(row, "base_before", "base_after", "overlap"),
    )

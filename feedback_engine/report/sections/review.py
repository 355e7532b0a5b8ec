"""模型复核: is the indicator system still sound, and what would two versions of it say."""

from __future__ import annotations

from typing import Any

from feedback_engine.domain import OVERALL
from feedback_engine.report.blocks import Absent, Block, Cell, Column, Marked, Section, Table, Tone
from feedback_engine.report.columns import count, interval, number, pick, read_rows
from feedback_engine.report.facts import Facts, period_line
from feedback_engine.report.sections.versions import list_versions

NAME = "模型复核"
#: Kind of finding → title of its table, and what its figure is.
_KINDS = {
    "coverage": ("覆盖：有没有看不见的触点", "打分与文本数", 0),
    "alpha": ("信度：同一触点的题是不是一件事（Cronbach α，应不低于 0.7）", "α", 3),
    "item": ("题目：去掉哪一题信度会更高", "去掉后的 α", 3),
    "criterion": ("效度：与总体满意度的相关（应不低于 0.2）", "r", 3),
    "adequacy": ("适合度：KMO（应不低于 0.6）与 Bartlett 检验", "KMO", 3),
    "drift": ("权重漂移：冻结的权重与按本期数据重算的之差（超过 0.05 需要决定）", "漂移", 3),
}
#: Those that are computed from respondents, who may be few.
_OF_ANSWERS = ("alpha", "item", "criterion", "adequacy")


def build_review(facts: Facts) -> Section | Absent:
    """Return what should be looked at, then every check."""
    rows = read_rows(facts.inputs.statistics.table("review"))
    if not rows:
        return Absent(NAME, facts.inputs.statistics.refusal("review") or "要有指标体系（touchpoints）")
    issues = [row for row in rows if row["is_issue"]]
    blocks: list[Block] = [_issues(facts, issues)]
    for kind, (title, heading, decimals) in _KINDS.items():
        own = [row for row in rows if row["kind"] == kind]
        if own:
            blocks.append(_checks(facts, kind, title, heading, decimals, own))
    if facts.inputs.statistics.has_earlier_model:
        blocks += list_versions(facts)
    return Section(NAME, "模型复核", tuple(blocks), period_line(facts))


def _issues(facts: Facts, rows: list[dict[str, Any]]) -> Table:
    columns = (Column("触点"), Column("指标"), Column("需要有人看一看的地方", fills=True))
    cells = [(*_place(facts, row), Marked(row["finding"], Tone.BAD)) for row in rows]
    return Table("review_issues", "需要处理的", columns, cells, empty="（没有发现问题）")


def _place(facts: Facts, row: dict[str, Any]) -> tuple[str, str]:
    indicator = "" if row["indicator"] == OVERALL else facts.indicator_name(row["indicator"])
    return facts.name(row["touchpoint"]), indicator


def _checks(facts: Facts, kind: str, title: str, heading: str, decimals: int, rows: list[dict[str, Any]]) -> Table:
    ends = ("lower", "upper") if any(row["lower"] is not None for row in rows) else ()
    columns = (
        Column("触点"),
        Column("指标"),
        number(heading, decimals),
        *(interval(3) if ends else ()),
        count("样本量 n"),
        Column("结论", fills=True),
    )
    cells: list[tuple[Cell, ...]] = [
        (
            *_place(facts, row),
            *pick(row, "value", *ends, "base"),
            _judge(facts, kind, row),
        )
        for row in rows
    ]
    return Table(f"review_{kind}", title, columns, cells)


def _judge(facts: Facts, kind: str, row: dict[str, Any]) -> Cell:
    limit = facts.inputs.thresholds.flag_below
    is_small = kind in _OF_ANSWERS and row["value"] is not None and row["base"] < limit
    finding = f"{row['finding']}；样本偏少（n<{limit}），仅供参考" if is_small else row["finding"]
    if row["is_issue"]:
        return Marked(finding, Tone.BAD)
    return Marked(finding, Tone.MIXED) if is_small else finding

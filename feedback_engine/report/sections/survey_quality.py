"""作答质量, a part of 数据质量: the answers that a check flagged, with the figure that failed it."""

from __future__ import annotations

from feedback_engine.domain import QualityRule
from feedback_engine.report.blocks import Block, Cell, Column, ColumnKind, Look, Note, Table, Tone
from feedback_engine.report.facts import Facts, short_id
from feedback_engine.tables.feedback import MAIN_ROLE

#: Flagged answers listed one by one.
MOST_FLAGS = 2000
_NAMES = {
    QualityRule.SPEEDER: "作答过快",
    QualityRule.STRAIGHT_LINER: "直线作答",
    QualityRule.DUPLICATE_RESPONDENT: "重复作答",
    QualityRule.ATTENTION_FAILED: "注意力检测未通过",
    QualityRule.IMPOSSIBLE_DATE: "日期先后颠倒",
}


def list_survey_quality(facts: Facts) -> list[Block]:
    """Return the count of each rule, and the answers flagged."""
    flags = facts.inputs.quality
    counts = flags["rule"].value_counts()
    records = int((facts.inputs.feedback["role"] == MAIN_ROLE).sum())
    rows: list[tuple[Cell, ...]] = [
        (
            name,
            int(counts.get(rule, 0)),
            int(counts.get(rule, 0)) / records if records else None,
            _treatment(facts, rule),
        )
        for rule, name in _NAMES.items()
    ]
    columns = (
        Column("检查"),
        Column("标记数", ColumnKind.INTEGER, look=Look.BAR),
        Column("占反馈", ColumnKind.PERCENT),
        Column("处理", fills=True),
    )
    blocks: list[Block] = [Table("survey_quality", "作答质量", columns, rows)]
    return blocks if flags.empty else [*blocks, *_list_flags(facts)]


def _treatment(facts: Facts, rule: QualityRule) -> str:
    return "已排除，不计入评分（quality.exclude）" if rule in facts.inputs.excluded_rules else "仅标记，仍计入评分"


def _list_flags(facts: Facts) -> list[Block]:
    flags = facts.inputs.quality.head(MOST_FLAGS)
    rows: list[tuple[Cell, ...]] = [
        (short_id(key), _NAMES[QualityRule(rule)], detail)
        for key, rule, detail in zip(flags["feedback_id"], flags["rule"], flags["detail"], strict=True)
    ]
    columns = (Column("记录编号"), Column("检查"), Column("依据", fills=True))
    blocks: list[Block] = [Table("quality_flags", "被标记的作答：逐条", columns, rows)]
    if (more := len(facts.inputs.quality) - len(rows)) > 0:
        blocks.append(Note(f"只列出前 {MOST_FLAGS:,} 条，还有 {more:,} 条。", Tone.MIXED))
    return blocks

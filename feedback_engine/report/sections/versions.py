"""A part of 变化 and 模型复核: what the index then and now differ by, split into scores and weights."""

from __future__ import annotations

from feedback_engine.domain import OVERALL
from feedback_engine.report.blocks import Block, Column, Note, Table, Tone
from feedback_engine.report.columns import number, pick, read_rows, share
from feedback_engine.report.facts import Facts

COLUMNS = (
    Column("触点"),
    share("原权重"),
    share("现权重"),
    number("原得分"),
    number("现得分"),
    number("贡献（点）", 2, is_signed=True),
    number("其中得分变化", 2, is_signed=True),
    number("其中权重变化", 2, is_signed=True),
)


def list_versions(facts: Facts) -> list[Block]:
    """Return the split of the change of the index, nothing where one of the two is not published."""
    statistics = facts.inputs.statistics
    rows = read_rows(statistics.table("versions"))
    if not rows or (facts.inputs.period is None and not statistics.has_earlier_model):
        return []
    parts = [row for row in rows if row["touchpoint"] != OVERALL]
    parts.sort(key=lambda row: -abs(row["change"]))
    total = [row for row in rows if row["touchpoint"] == OVERALL]
    names = ("old_weight", "new_weight", "old_score", "new_score", "change", "by_scores", "by_weights")
    cells = [(facts.name(row["touchpoint"]), *pick(row, *names)) for row in (*parts, *total)]
    strong = frozenset({len(cells) - 1})
    title = "两版指标体系：总指数之差从哪里来" if statistics.has_earlier_model else "总指数的环比变化从哪里来"
    note = "贡献 = 现权重 × 现得分 − 原权重 × 原得分，各触点相加等于总指数之差；权重只在公布得分的触点之间归一。"
    return [Table("versions", title, COLUMNS, cells, strong), Note(note, Tone.MUTED)]

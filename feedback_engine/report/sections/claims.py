"""说法核对: statements of growth against the figures that stand beside them."""

from __future__ import annotations

from feedback_engine.report.blocks import Absent, Cell, Column, Marked, Note, Section, Table, Tone
from feedback_engine.report.columns import judgement, number, pick, read_rows
from feedback_engine.report.facts import Facts, period_line

NAME = "说法核对"
_VERDICTS = {
    "holds": Marked("成立", Tone.GOOD),
    "does_not_hold": Marked("不成立", Tone.BAD),
    "no_claim": Marked("没有说法", Tone.MUTED),
    "no_figures": Marked("无从核对", Tone.MIXED),
}


def build_claims(facts: Facts) -> Section | Absent:
    """Return each statement with what its figures really give."""
    rows = read_rows(facts.inputs.statistics.table("claims"))
    if not rows:
        return Absent(NAME, "在 report.claims 里列出要核对的话，如「忠诚度从30%提升到60%，提高了300%」")
    columns = (
        Column("原话", width=52),
        number("原值"),
        number("现值"),
        number("说的变化", is_signed=True),
        number("实际（点）", is_signed=True),
        number("实际（%）", is_signed=True),
        judgement("判断"),
        Column("说明", fills=True),
    )
    cells: list[tuple[Cell, ...]] = [
        (
            row["sentence"],
            *pick(row, "before", "after", "stated", "points", "relative"),
            _VERDICTS[row["verdict"]],
            row["finding"],
        )
        for row in rows
    ]
    note = "「提高了 x%」按相对变化核对；两个百分数之间，也接受百分点之差，但会提醒写成「个百分点」。"
    return Section(NAME, "说法核对", (Table("claims", "", columns, cells), Note(note, Tone.MUTED)), period_line(facts))

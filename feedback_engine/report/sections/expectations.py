"""期望与体验: what customers got against what they expected, and the Kano categories."""

from __future__ import annotations

from typing import Any

from feedback_engine.domain import OVERALL
from feedback_engine.report.blocks import (
    Absent,
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
from feedback_engine.report.columns import count, interval, judgement, number, pick, read_rows, show_p
from feedback_engine.report.facts import Facts, period_line

NAME = "期望与体验"
CATEGORIES = {"M": "必备", "O": "期望", "A": "魅力", "I": "无差异", "R": "反向", "Q": "可疑"}


def build_expectations(facts: Facts) -> Section | Absent:
    """Return the gaps and the Kano table, where the configuration declares such questions."""
    blocks = (*_gaps(facts), *_kano(facts))
    if not blocks:
        return Absent(NAME, "在 scoring.gaps 写明成对的期望题与体验题，或在 scoring.kano 写明成对的 Kano 题")
    return Section(NAME, "期望与体验", blocks, period_line(facts))


def _gaps(facts: Facts) -> list[Block]:
    statistics = facts.inputs.statistics
    rows = read_rows(statistics.table("gaps"))
    if not rows:
        refusal = statistics.refusal("gaps")
        return [Note(f"没有期望—体验差距：{refusal}。", Tone.MIXED)] if refusal else []
    columns = (
        Column("维度"),
        Column("项目"),
        number("期望"),
        number("体验"),
        number("差距（体验−期望）", is_signed=True, look=Look.SCALE),
        *interval(of="差距"),
        judgement("判断"),
        number("p", 4),
        *(Column(heading, ColumnKind.PERCENT) for heading in ("高于期望", "正如期望", "低于期望")),
        count("两题都答的 n"),
    )
    cells = [_gap(facts, row) for row in rows]
    strong = frozenset(place for place, row in enumerate(rows) if row["item"] == OVERALL)
    note = (
        "同一位顾客的体验减期望，配对检验；负数是没有达到期望。期望与体验都换算成 0–100 分。"
        f"置信水平 {facts.inputs.thresholds.confidence:.0%}。"
    )
    return [Table("gaps", "期望—体验差距", columns, cells, strong), Note(note, Tone.MUTED)]


def _gap(facts: Facts, row: dict[str, Any]) -> tuple[Cell, ...]:
    item = ("维度合计" if row["dimension"] else "全部") if row["item"] == OVERALL else row["item"]
    is_sure = row["p_value"] is not None and row["p_value"] < facts.inputs.thresholds.alpha
    verdict = Marked("—", Tone.MUTED)
    if is_sure:
        verdict = Marked("低于期望", Tone.BAD) if row["gap"] < 0 else Marked("高于期望", Tone.GOOD)
    if row["gap"] is None:
        return row["dimension"], item, *[None] * 5, Marked("样本不足", Tone.MUTED), *[None] * 4, row["base"]
    figures = pick(row, "expectation", "experience", "gap", "lower", "upper")
    shares = pick(row, "above", "met", "below")
    return row["dimension"], item, *figures, verdict, show_p(row["p_value"]), *shares, row["base"]


def _kano(facts: Facts) -> list[Block]:
    statistics = facts.inputs.statistics
    rows = read_rows(statistics.table("kano"))
    if not rows:
        refusal = statistics.refusal("kano")
        return [Note(f"没有 Kano 分类：{refusal}。", Tone.MIXED)] if refusal else []
    columns = (
        Column("属性"),
        judgement("类别"),
        number("Better（有则更满意）", 2),
        number("Worse（无则更不满）", 2),
        *(number(f"{word} {letter}", 0) for letter, word in CATEGORIES.items()),
        judgement("Fong 检验"),
        count("样本量 n"),
        Column("说明", fills=True),
    )
    cells: list[tuple[Cell, ...]] = [
        (
            row["name"],
            CATEGORIES.get(row["category"], row["category"] or "—"),
            *pick(row, "better", "worse", *CATEGORIES),
            "类别明确" if row["is_significant"] else Marked("与次类分不开", Tone.MIXED),
            row["base"],
            row["note"],
        )
        for row in rows
    ]
    note = "Better =（A+O）/（A+O+M+I），Worse = −（O+M）/（A+O+M+I）；并列时按 必备 > 期望 > 魅力 > 无差异。"
    return [Table("kano", "Kano 分类", columns, cells), Note(note, Tone.MUTED)]

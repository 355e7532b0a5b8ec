"""结构模型: the PLS path model in figures, where the configuration has one."""

from __future__ import annotations

from typing import Any

from feedback_engine.report.blocks import Absent, Block, Cell, Column, Look, Marked, Note, Section, Table, Tone
from feedback_engine.report.columns import interval, number, read_rows, show_p
from feedback_engine.report.facts import Facts, period_line

NAME = "结构模型"
Rows = list[dict[str, Any]]
#: Figure of a latent → heading of its column, and the least that is usually asked for.
_OF_LATENT = {
    "index": ("指数", 0.0),
    "r_squared": ("R²", 0.0),
    "alpha": ("α", 0.7),
    "composite_reliability": ("组合信度 CR", 0.7),
    "ave": ("平均方差 AVE", 0.5),
}
#: The latents of the presets, in words.
_NAMES = {
    "Image": "形象",
    "Expectation": "期望",
    "Quality": "感知质量",
    "Value": "感知价值",
    "Satisfaction": "满意",
    "Complaints": "抱怨",
    "Loyalty": "忠诚",
}


def build_structural(facts: Facts) -> Section | Absent:
    """Return index and reliability by latent, the paths, the total effects, and the items' loadings and weights."""
    statistics = facts.inputs.statistics
    rows = read_rows(statistics.table("structural"))
    if not rows:
        if not statistics.has_structural:
            return Absent(NAME, "在 scoring.structural 写明每个潜变量由哪些题测量，以及它们之间的箭头")
        note = Note(f"结构模型没有结果：{statistics.refusal('structural')}。", Tone.BAD)
        return Section(NAME, "结构模型（PLS）", (note,), period_line(facts))
    fit = next(row for row in rows if row["kind"] == "goodness_of_fit")
    told = f"依据 {fit['base']:,} 份完整答卷；拟合优度 GoF = {fit['estimate']:.3f}；{fit['note']}。"
    blocks: list[Block] = [Note(told), _latents(rows), Note(_READ, Tone.MUTED), _effects(rows)]
    blocks += [*_overlap(rows), _items(facts, rows)]
    return Section(NAME, "结构模型（PLS）", tuple(blocks), period_line(facts))


_READ = (
    "指数为 0–100 分，按未标准化外部权重加权；α、CR 低于 0.7，AVE 低于 0.5 的标红：这组题测得不稳或不是一件事。"
    "路径系数为标准化值，是同一时刻的相关结构，不是因果证明。"
)


def _of(rows: Rows, kind: str) -> Rows:
    return [row for row in rows if row["kind"] == kind]


def _latents(rows: Rows) -> Table:
    latents = [row["first"] for row in _of(rows, "index")]
    explained = {row["second"] for row in _of(rows, "path")}
    figures = {
        (row["kind"], row["first"]): row
        for row in rows
        if row["kind"] in _OF_LATENT and (row["kind"] != "r_squared" or row["first"] in explained)
    }
    columns = (
        Column("潜变量"),
        *(number(heading, 1 if kind == "index" else 3) for kind, (heading, _) in _OF_LATENT.items()),
        Column("说明", fills=True),
    )
    cells = [
        (_name(latent), *(_latent(figures.get((kind, latent)), kind) for kind in _OF_LATENT), _told(figures, latent))
        for latent in latents
    ]
    return Table("structural", "潜变量：指数与信度", columns, cells)


def _name(latent: str) -> str:
    return f"{_NAMES[latent]}（{latent}）" if latent in _NAMES else latent


def _latent(row: dict[str, Any] | None, kind: str) -> Cell:
    if row is None or row["estimate"] is None:
        return None
    least = _OF_LATENT[kind][1]
    value = float(row["estimate"])
    return Marked(f"{value:.3f}", Tone.BAD) if value < least else value


def _told(figures: dict[tuple[str, str], dict[str, Any]], latent: str) -> str:
    notes = ((heading, figures.get((kind, latent))) for kind, (heading, _) in _OF_LATENT.items())
    return "；".join(f"{heading}：{row['note']}" for heading, row in notes if row is not None and row["note"])


def _effects(rows: Rows) -> Table:
    totals = {(row["first"], row["second"]): row for row in _of(rows, "total_effect")}
    direct = {(row["first"], row["second"]): row for row in _of(rows, "path")}
    columns = (
        Column("从"),
        Column("到"),
        number("路径系数", 3, look=Look.CORRELATION),
        *interval(3, "路径"),
        number("p", 4),
        number("总效应", 3, look=Look.CORRELATION),
        *interval(3, "总效应"),
    )
    cells = []
    for pair in dict.fromkeys((*direct, *totals)):
        path, total = direct.get(pair, {}), totals.get(pair, {})
        ends = ("estimate", "lower", "upper")
        cells.append((*map(_name, pair), *map(path.get, ends), show_p(path.get("p_value")), *map(total.get, ends)))
    return Table("structural_paths", "路径与总效应", columns, cells)


def _overlap(rows: Rows) -> list[Block]:
    found = _of(rows, "htmt")
    columns = (Column("潜变量"), Column("与"), number("HTMT", 3), Column("说明", fills=True))
    cells = [(_name(row["first"]), _name(row["second"]), row["estimate"], row["note"]) for row in found]
    return [Table("structural_htmt", "区分效度（HTMT，应低于 0.85）", columns, cells)] if found else []


def _items(facts: Facts, rows: Rows) -> Table:
    weights = {row["first"]: row["estimate"] for row in _of(rows, "weight")}
    columns = (
        Column("潜变量"),
        Column("题"),
        number("载荷", 3, look=Look.CORRELATION),
        *interval(3, "载荷"),
        number("外部权重", 3),
    )
    cells = [
        (
            _name(row["second"]),
            facts.indicator_name(row["first"]),
            row["estimate"],
            row["lower"],
            row["upper"],
            weights.get(row["first"]),
        )
        for row in _of(rows, "loading")
    ]
    return Table("structural_items", "题目的载荷与权重", columns, cells)

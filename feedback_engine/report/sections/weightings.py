"""A part of 指标体系与权重: the index by every method, side by side, and where the weights in force come from."""

from __future__ import annotations

from typing import Any

from feedback_engine.config.scoring import METHOD_NAMES
from feedback_engine.domain import OVERALL
from feedback_engine.report.blocks import Block, Cell, Column, Marked, Note, Table, Tone
from feedback_engine.report.columns import count, interval, number, pick, read_rows, share
from feedback_engine.report.facts import Facts


def list_origins(facts: Facts) -> list[Block]:
    """Return where weights that nobody declared come from, level by level."""
    origins = facts.inputs.statistics.origins
    places = {code: place for place, code in enumerate((OVERALL, *facts.touchpoints))}
    order = sorted(origins, key=lambda code: places.get(code, len(places)))
    rows = [(_level(facts, code), origins[code]) for code in order]
    columns = (Column("层级"), Column("权重由来", fills=True))
    return [Table("weight_origins", "权重的由来", columns, rows)] if rows else []


def _level(facts: Facts, code: str) -> str:
    if code == OVERALL:
        return "总指数的触点"
    known = code in facts.inputs.touchpoint_names
    return f"{facts.name(code) if known else facts.indicator_name(code)}的指标"


def list_weightings(facts: Facts) -> list[Block]:
    """Return the methods side by side; a method that refuses has its reason in the place of figures."""
    rows = read_rows(facts.inputs.statistics.table("weightings"))
    if not rows:
        return []
    columns = (Column("方法"), number("总指数"), *interval(), count("依据（份/个）"), Column("说明", fills=True))
    cells = [_method(row) for row in rows if row["touchpoint"] == OVERALL]
    methods = Table("weightings", "换一种权重，总指数会是多少", columns, cells)
    return [methods, Note(_EXPLAINED, Tone.MUTED), _shares(facts, rows)]


def _shares(facts: Facts, rows: list[dict[str, Any]]) -> Table:
    """The touchpoints' weights, a column a method that did not refuse."""
    own = [row for row in rows if row["touchpoint"] != OVERALL and row["indicator"] == OVERALL]
    methods = list(dict.fromkeys(row["method"] for row in own))
    weights = {(row["touchpoint"], row["method"]): row["weight"] for row in own}
    columns = (Column("触点"), *(share(METHOD_NAMES.get(method, method)) for method in methods))
    codes = dict.fromkeys(row["touchpoint"] for row in own)
    cells = [(facts.name(code), *(weights.get((code, method)) for method in methods)) for code in codes]
    return Table("weighting_shares", "各种方法给触点的权重", columns, cells)


_EXPLAINED = (
    "都用本期的数据。熵权、CRITIC、变异系数与主成分衡量的是对象之间的差异，不是对顾客的重要性，只能用在"
    "『对象 × 指标』表上（scoring.weighting.objects）；LMG、Johnson、Pratt、回归系数与 PLS 需要总体满意度题"
    "（overall_item）、足够的答卷与 R²。不满足条件的方法不出数，写明原因。"
)


def _method(row: dict[str, Any]) -> tuple[Cell, ...]:
    name = METHOD_NAMES.get(row["method"], row["method"])
    if row["weight"] is None:
        return name, Marked("未采用", Tone.MUTED), None, None, None, Marked(row["note"], Tone.MUTED)
    return name, *pick(row, "score", "lower", "upper"), row["base"] or None, row["note"]

"""答题统计: descriptive statistics, correlations and regression of the rated questions (描述、相关、回归)."""

from __future__ import annotations

from typing import Any

from feedback_engine.domain import OVERALL, say_p
from feedback_engine.report.blocks import Absent, Block, Cell, Column, Look, Marked, Note, Section, Table, Tone
from feedback_engine.report.columns import count, interval, judgement, number, pick, read_rows, show_p
from feedback_engine.report.facts import Facts, period_line

NAME = "答题统计"
#: Questions that a matrix still shows legibly; beyond that the strongest pairs are listed.
MOST_IN_MATRIX = 16
MOST_PAIRS = 60


def build_answers(facts: Facts) -> Section | Absent:
    """Return the sheets of figures that statisticians ask for."""
    rows = [row for row in read_rows(facts.inputs.statistics.table("descriptives")) if row["base"]]
    if not rows:
        return Absent(NAME, "要有打分题")
    codes = [row["code"] for row in rows]
    blocks = (*_describe(facts, rows), *_correlations(facts, codes), *_regression(facts), *_grades(facts))
    return Section(NAME, "答题统计：描述、相关、回归", blocks, period_line(facts))


def _describe(facts: Facts, rows: list[dict[str, Any]]) -> list[Block]:
    names = ("均值", "标准差", "最小", "下四分位", "中位数", "上四分位", "最大")
    columns = (
        Column("题"),
        Column("代码"),
        count("样本量 n"),
        count("缺失"),
        *(number(name, look=Look.SCALE if name == "均值" else Look.PLAIN) for name in names),
        number("偏度", 2),
        number("峰度", 2),
    )
    figures = ("base", "missing", "mean", "deviation", "minimum", "lower_quartile", "median", "upper_quartile",
               "maximum", "skewness", "kurtosis")  # fmt: skip
    cells: list[tuple[Cell, ...]] = []
    for row in rows:
        shown = pick(row, *figures)
        if row["mean"] is None:
            shown = (*shown[:2], Marked("样本不足", Tone.MUTED), *[None] * 8)
        cells.append((facts.indicator_name(row["code"]), row["code"], *shown))
    note = "缺失：应答而没有作答的人；没有展示给他、他拒答或没有体验过的，不算缺失。"
    return [Table("descriptives", "描述统计（0–100 分，不加权）", columns, cells), Note(note, Tone.MUTED)]


def _correlations(facts: Facts, codes: list[str]) -> list[Block]:
    least = facts.inputs.thresholds.flag_below
    rows = [row for row in read_rows(facts.inputs.statistics.table("correlations")) if row["base"] >= least]
    known = [row for row in rows if row["r"] is not None]
    if not known:
        return []
    if len(codes) > MOST_IN_MATRIX:
        return [_pairs(facts, known)]
    cells = {(row["first"], row["second"]): row["r"] for row in known}
    names = [facts.indicator_name(code) for code in codes]
    headings = [f"{place}. {name}" for place, name in enumerate(names, 1)]
    columns = (Column("相关系数 r"), *(number(heading, 2, look=Look.CORRELATION) for heading in headings))
    table = [
        (heading, *(cells.get((one, other), cells.get((other, one))) for other in codes))
        for heading, one in zip(headings, codes, strict=True)
    ]
    note = f"每对题取两题都答的人；少于 {least} 人的不列。"
    return [Table("correlations", "相关系数", columns, table), Note(note, Tone.MUTED)]


def _pairs(facts: Facts, rows: list[dict[str, Any]]) -> Table:
    strongest = sorted(rows, key=lambda row: -abs(row["r"]))[:MOST_PAIRS]
    columns = (Column("题"), Column("与"), number("相关 r", 2), *interval(2), number("p", 4), count("样本量 n"))
    cells = [
        (
            facts.indicator_name(row["first"]),
            facts.indicator_name(row["second"]),
            *pick(row, "r", "lower", "upper"),
            show_p(row["p_value"]),
            row["base"],
        )
        for row in strongest
    ]
    return Table("correlations", f"最强的 {len(cells)} 对相关", columns, cells)


def _regression(facts: Facts) -> list[Block]:
    statistics = facts.inputs.statistics
    rows = read_rows(statistics.table("regression"))
    if not rows:
        return [Note(f"没有回归：{statistics.refusal('regression')}。", Tone.MUTED)]
    fit = next(row for row in rows if row["term"] == "R²")
    columns = (
        Column("项"),
        number("系数（点/点）", 3, is_signed=True),
        number("标准误", 3),
        *interval(3),
        judgement("显著"),
        number("p", 4),
    )
    alpha = facts.inputs.thresholds.alpha
    cells: list[tuple[Cell, ...]] = [
        (
            "截距" if row["term"] == "intercept" else facts.name(row["term"]),
            *pick(row, "estimate", "standard_error", "lower", "upper"),
            "是" if row["p_value"] is not None and row["p_value"] < alpha else "",
            show_p(row["p_value"]),
        )
        for row in rows
        if row["term"] != "R²"
    ]
    told = (
        f"总体满意度对各触点得分的最小二乘回归，完整答卷 n = {fit['base']:,}，R² = {fit['estimate']:.3f}"
        f"（F 检验 {say_p(fit['p_value'])}）。系数会因触点之间重叠而摇摆，轻重以『驱动因素』的份额为准。"
    )
    return [Table("regression", "回归", columns, cells), Note(told, Tone.MUTED)]


def _grades(facts: Facts) -> list[Block]:
    rows = read_rows(facts.inputs.statistics.table("fuzzy"))
    if not rows:
        return []
    grades = list(dict.fromkeys(row["grade"] for row in rows))
    columns = (
        Column("触点"),
        *(number(f"第 {grade} 级", 3) for grade in grades),
        judgement("评语等级"),
        number("综合得分"),
        count("样本量 n"),
    )
    cells: list[tuple[Cell, ...]] = []
    for code in dict.fromkeys(row["code"] for row in rows):
        own = [row for row in rows if row["code"] == code]
        best = "、".join(row["grade"] for row in own if row["is_grade"])
        memberships = (row["membership"] for row in own)
        cells.append((facts.name(code), *memberships, f"第 {best} 级", own[0]["score"], own[0]["base"]))
    strong = frozenset({0}) if rows[0]["code"] == OVERALL else frozenset[int]()
    note = "模糊综合评价：各级是回答落在该级的隶属度，按权重合成；评语等级取最大隶属度。"
    return [Table("fuzzy", "模糊综合评价", columns, cells, strong), Note(note, Tone.MUTED)]

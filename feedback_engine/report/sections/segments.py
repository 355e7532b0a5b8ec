"""细分对比: the index by segment, with what differs from the whole by more than chance; branches ranked."""

from __future__ import annotations

from typing import Any

from feedback_engine.domain import OVERALL, Flag, Measure
from feedback_engine.report.blocks import Absent, Block, Cell, Column, Look, Marked, Note, Section, Table, Tone
from feedback_engine.report.changes import Change, arrow
from feedback_engine.report.columns import count, interval, judgement, number, pick, read_rows, show_p
from feedback_engine.report.facts import Facts, period_line
from feedback_engine.report.figures import NAMES, WITHHELD, Figure, remark

NAME = "细分对比"
#: Segments of one attribute, and touchpoints, that a reader can still compare; the others stand in `score --by`.
MOST_SEGMENTS, MOST_TOUCHPOINTS = 40, 16
#: What readers call the columns that segment beside the attributes.
_COLUMNS = {"channel": "渠道", "source": "来源", "target": "评价对象"}


def build_segments(facts: Facts) -> Section | Absent:
    """Return, attribute by attribute, the segments against the whole, and every touchpoint by segment."""
    statistics = facts.inputs.statistics
    rows = read_rows(statistics.table("segments"))
    blocks: list[Block] = []
    for number_, attribute in enumerate(dict.fromkeys(row["attribute"] for row in rows)):
        blocks += _attribute(facts, [row for row in rows if row["attribute"] == attribute], attribute, number_)
    blocks += _ranking(facts)
    if not blocks:
        need = "在 report.segment_by 里写明细分属性（顾客属性、channel 或 source），就会有各类顾客的对比"
        return Absent(NAME, statistics.refusal("segments") if statistics.has_segments else need)
    if rows:
        blocks.insert(0, Note(_explain(facts), Tone.MUTED))
    return Section(NAME, "细分对比", tuple(blocks), period_line(facts))


def _explain(facts: Facts) -> str:
    limits = facts.inputs.thresholds
    return (
        f"与总体之差的检验已扣除细分本身在总体中的部分，全表按 Benjamini-Hochberg 校正：q < {limits.alpha:g} 且至少 "
        f"{limits.min_effect:g} 点才标 ▲▼。n < {limits.suppress_below} 不显示；只差一个细分就能倒推出的数字也不显示；"
        f"n < {limits.flag_below} 的不检验。"
    )


def _attribute(facts: Facts, rows: list[dict[str, Any]], attribute: str, place: int) -> list[Block]:
    called = _COLUMNS.get(attribute, attribute)
    lead = OVERALL if any(row["touchpoint"] == OVERALL for row in rows) else rows[0]["touchpoint"]
    wholes = {row["segment"]: row for row in rows if row["touchpoint"] == lead}
    order = sorted(wholes, key=lambda name: (-wholes[name]["base"], name))
    shown = order[:MOST_SEGMENTS]
    measure = Measure(next(iter(wholes.values()))["measure"])
    title = f"按{called}：{facts.name(lead)}{NAMES[measure]}"
    blocks: list[Block] = [
        Table(f"segments_{place}", title, _columns(called), [_row(facts, wholes[name]) for name in shown])
    ]
    if len(order) > len(shown):
        more = f"共 {len(order)} 类，只列样本最多的 {MOST_SEGMENTS} 类；全部见 feedback-engine score --by {attribute}。"
        blocks.append(Note(more, Tone.MIXED))
    return [*blocks, *_matrix(facts, rows, shown, called, place), *_differences(facts, rows, called, place)]


def _columns(attribute: str) -> tuple[Column, ...]:
    return (
        Column(attribute),
        count("样本量 n"),
        number("得分", look=Look.SCALE),
        *interval(),
        number("总体"),
        number("与总体之差（点）", is_signed=True),
        judgement("判断"),
        number("q（校正后）", 4),
        Column("备注"),
    )


def _row(facts: Facts, row: dict[str, Any]) -> tuple[Cell, ...]:
    figure = Figure(row["score"], row["lower"], row["upper"], row["base"], 0.0, Flag(row["flag"]))
    return (
        row["segment"],
        row["base"],
        _shown(row),
        *pick(row, "lower", "upper", "whole", "points"),
        arrow(_change(row)),
        show_p(row["q_value"]),
        _remark(facts, figure),
    )


def _remark(facts: Facts, figure: Figure) -> Cell:
    if figure.flag is Flag.SUPPRESSED and figure.base >= facts.inputs.thresholds.suppress_below:
        return Marked("不显示：否则可倒推出另一类被隐去的数字", Tone.MUTED)
    return remark(figure, facts.inputs.thresholds)


def _change(row: dict[str, Any]) -> Change:
    return Change(row["points"], q=row["q_value"], is_notable=bool(row["is_notable"]))


def _shown(row: dict[str, Any]) -> Cell:
    return row["score"] if row["score"] is not None else Marked(WITHHELD.get(Flag(row["flag"]), "—"), Tone.MUTED)


def _matrix(facts: Facts, rows: list[dict[str, Any]], segments: list[str], attribute: str, place: int) -> list[Block]:
    known = {row["touchpoint"] for row in rows}
    codes = [code for code in facts.touchpoints if code in known][:MOST_TOUCHPOINTS]
    if len(codes) < 2:
        return []
    cells = {(row["segment"], row["touchpoint"]): _shown(row) for row in rows}
    columns = (Column(attribute), *(number(name, look=Look.SCALE) for name in _unique(facts, codes)))
    nothing = Marked("无数据", Tone.MUTED)
    table = [(name, *(cells.get((name, code), nothing) for code in codes)) for name in segments]
    return [Table(f"segment_touchpoints_{place}", f"按{attribute}：各触点得分", columns, table)]


def _unique(facts: Facts, codes: list[str]) -> list[str]:
    """The touchpoints' names; with the code where two have the same."""
    names = [facts.name(code) for code in codes]
    return [f"{name}（{code}）" if names.count(name) > 1 else name for name, code in zip(names, codes, strict=True)]


def _differences(facts: Facts, rows: list[dict[str, Any]], attribute: str, place: int) -> list[Block]:
    found = sorted((row for row in rows if row["is_notable"]), key=lambda row: -abs(row["points"]))
    if not found:
        return [Note(f"按{attribute}：{_say_none(facts, rows)}", Tone.MUTED)]
    columns = (
        Column(attribute),
        Column("触点"),
        Column("度量"),
        count("样本量 n"),
        number("得分"),
        number("总体"),
        number("与总体之差（点）", is_signed=True),
        judgement("判断"),
        number("q（校正后）", 4),
    )
    cells = [
        (
            row["segment"],
            facts.name(row["touchpoint"]),
            NAMES[Measure(row["measure"])],
            *pick(row, "base", "score", "whole", "points"),
            arrow(_change(row)),
            show_p(row["q_value"]),
        )
        for row in found
    ]
    return [Table(f"segment_differences_{place}", f"按{attribute}：与总体差异显著的", columns, cells)]


def _say_none(facts: Facts, rows: list[dict[str, Any]]) -> str:
    """Return that no segment stands out: none that the test tells from the whole, or none by enough points."""
    limits = facts.inputs.thresholds
    sure = sum(row["q_value"] is not None and row["q_value"] < limits.alpha for row in rows)
    if not sure:
        return "没有一类与总体差异显著。"
    return (
        f"没有要标的差异；有 {sure:,} 项虽能与抽样波动区分（q < {limits.alpha:g}），但不到 {limits.min_effect:g} 点。"
    )


def _ranking(facts: Facts) -> list[Block]:
    rows = read_rows(facts.inputs.statistics.table("ranking"))
    if not rows:
        return []
    columns = (count("名次"), Column("对象"), number("贴近度", 3, look=Look.BAR), count("样本量 n"))
    cells = [pick(row, "rank", "object", "closeness", "base") for row in rows]
    note = "TOPSIS：按各触点得分与权重，离最好者多近、离最差者多远；1 为处处最好。各触点样本不足的对象不参与排名。"
    return [Table("ranking", "对象排名", columns, cells), Note(note, Tone.MUTED)]

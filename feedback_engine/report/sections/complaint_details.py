"""投诉分析, what complaints tell beside their type: which to look at at once, their roots, causes and demands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedback_engine.report.blocks import Block, Cell, Column, ColumnKind, Look, Marked, Note, Table, Tone
from feedback_engine.report.crosstabs import count_pairs
from feedback_engine.report.evidence import cut_around, evidence_spans, evidence_words, merge_spans
from feedback_engine.report.facts import OPEN_TYPES, Facts, local_moments, short_id
from feedback_engine.report.texts import quote_all, read_evidence
from feedback_engine.tables.annotations import CAUSE, DEMAND, ROOT, URGENCY

if TYPE_CHECKING:
    import pandas as pd

MOST_URGENT = 50
LONGEST = 200
#: kind → name of the table, its title, the heading of its first column, and what is said where nothing is told.
TABLES = {
    ROOT: ("roots", "投诉根源", "根源", "没有说明"),
    CAUSE: ("causes", "流失原因", "原因", ""),
    DEMAND: ("demands", "客户诉求", "诉求", "没有提出"),
}
MEANING = (
    "根源：价值（东西本身不行）、系统（流程、制度、环境不行）、人员（态度与品行不行），一段投诉取依据最多的一个；"
    "原因与诉求一件可有几个。占比以投诉件数为分母，都按原文里的词判断，词表在 lexicons/complaints。"
)


def build_urgent(facts: Facts) -> list[Block]:
    """Return the urgent complaints with the words that make them so, newest first."""
    signs = facts.details[facts.details["kind"] == URGENCY]
    if signs.empty:
        return [Note("没有带紧急信号（监管、曝光、法律、人身安全、健康、限期）的投诉。", Tone.MUTED)]
    rows = _urgent_rows(facts, signs)
    columns = (
        Column("编号"),
        Column("时间", ColumnKind.MOMENT),
        Column("来源"),
        Column("紧急信号"),
        Column("依据词"),
        Column("投诉类型"),
        Column("原声", fills=True),
    )
    title = f"需要尽快处理的投诉（共 {signs['record_id'].nunique():,} 件，近的在前）"
    blocks: list[Block] = [Table("urgent", title, columns, rows)]
    if signs["feedback_id"].nunique() > MOST_URGENT:
        blocks.append(Note(f"只列出最近的 {MOST_URGENT} 段，其余见『明细』的标签类别『紧急信号』。", Tone.MUTED))
    counts = _count_table(facts, URGENCY, ("urgency", "紧急信号", "信号", ""))
    return [*blocks, counts]


def build_details(facts: Facts) -> list[Block]:
    """Return the roots, causes and demands of the complaints, and the roots by type and by touchpoint."""
    if facts.details.empty:
        return []
    tables = [_count_table(facts, kind, words) for kind, words in TABLES.items()]
    return [tables[0], *_roots_across(facts), *tables[1:], Note(MEANING, Tone.MUTED)]


def _urgent_rows(facts: Facts, signs: pd.DataFrame) -> list[tuple[Cell, ...]]:
    places = facts.inputs.feedback[["feedback_id", "received_at", "source"]]
    texts = signs[["feedback_id", "record_id"]].drop_duplicates("feedback_id").merge(places, on="feedback_id")
    shown = texts.sort_values(["received_at", "feedback_id"], ascending=[False, True], na_position="last")
    shown = shown.head(MOST_URGENT)
    tags = facts.inputs.annotations
    tags = tags[(tags["kind"] == URGENCY) & tags["feedback_id"].isin(shown["feedback_id"])]
    told = read_evidence(facts.source, tags)
    types = facts.complaints.groupby("record_id")["type"].agg(sorted)
    rows: list[tuple[Cell, ...]] = []
    moments = local_moments(shown["received_at"], facts.inputs.timezone)
    for key, record, source, moment, text in zip(
        shown["feedback_id"],
        shown["record_id"],
        shown["source"],
        moments,
        quote_all(facts.source, shown["feedback_id"]),
        strict=True,
    ):
        mine = told[told["feedback_id"] == key]
        names = "、".join(name for name in _names(facts, URGENCY, mine["label"].tolist()))
        words = "、".join(dict.fromkeys(evidence_words(cell) for cell in mine["evidence"]))
        kinds = "、".join(facts.type_name(code) for code in types.get(record, []))
        rows.append((short_id(key), moment, source, names, words, kinds, _quote(text, mine["evidence"].tolist())))
    return rows


def _quote(text: str, cells: list[str]) -> Marked:
    spans = merge_spans(span for cell in cells for span in evidence_spans(cell, len(text)))
    shown, kept = cut_around(text, spans, LONGEST)
    return Marked(shown, Tone.BAD if kept else Tone.PLAIN, kept)


def _names(facts: Facts, kind: str, codes: list[str]) -> list[str]:
    """Return the names of these codes in the order of the word lists."""
    known = {code: name for (of, code), name in facts.inputs.detail_names.items() if of == kind}
    return [known.get(code, code) for code in sorted(codes, key=[*known, *codes].index)]


def _count_table(facts: Facts, kind: str, words: tuple[str, str, str, str]) -> Table:
    name, title, heading, silent = words
    found = facts.details[facts.details["kind"] == kind]
    counts = found["label"].value_counts()
    total = facts.count_complaints()
    order = sorted(counts.index, key=lambda code: (-counts[code], code))
    rows: list[tuple[Cell, ...]] = [
        (_names(facts, kind, [code])[0], int(counts[code]), int(counts[code]) / total) for code in order
    ]
    if silent:
        rest = total - int(found["record_id"].nunique())
        rows.append((silent, rest, rest / total))
    columns = (
        Column(heading),
        Column("件数", ColumnKind.INTEGER, look=Look.BAR),
        Column("占投诉", ColumnKind.PERCENT),
    )
    return Table(name, title, columns, rows, empty="（没有一件说到）")


def _roots_across(facts: Facts) -> list[Block]:
    roots = facts.details.loc[facts.details["kind"] == ROOT, ["record_id", "label"]]
    if roots.empty:
        return []
    named = roots.assign(root=[_names(facts, ROOT, [code])[0] for code in roots["label"]])
    typed = facts.complaints.loc[~facts.complaints["type"].isin(OPEN_TYPES), ["record_id", "type"]]
    by_type = typed.merge(named, on="record_id")
    touched = facts.complained_touchpoints().dropna(subset="touchpoint")
    touched = touched[["record_id", "touchpoint"]].drop_duplicates().merge(named, on="record_id")
    types = zip(by_type["type"].map(facts.type_name), by_type["root"], strict=True)
    touchpoints = zip(touched["touchpoint"].map(facts.name), touched["root"], strict=True)
    title = "触点 × 根源（投诉中非正面提到的触点，一件可涉及几个）"
    return [
        count_pairs("types_roots", "投诉类型 × 根源（只计识别出类型与根源的）", "投诉类型", types),
        count_pairs("touchpoints_roots", title, "触点", touchpoints),
    ]

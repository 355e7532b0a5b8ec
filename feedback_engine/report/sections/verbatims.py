"""典型原声: per touchpoint a few positive and negative quotes, picked by a stated rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedback_engine.domain import Polarity, Span
from feedback_engine.report.blocks import Block, Cell, Column, ColumnKind, Marked, Note, Section, Table, Tone
from feedback_engine.report.evidence import cut_around, evidence_spans, merge_spans
from feedback_engine.report.facts import Facts, local_moments, period_line, short_id
from feedback_engine.report.texts import quote_all, read_evidence
from feedback_engine.tables.annotations import TOUCHPOINT

if TYPE_CHECKING:
    import pandas as pd

PER_POLARITY = 3
#: Shorter texts say too little to be quoted, longer ones are quoted in part.
SHORTEST, LONGEST = 6, 200
SIDES = {Polarity.POSITIVE: ("正面", Tone.GOOD), Polarity.NEGATIVE: ("负面", Tone.BAD)}
RULE = (
    f"选取规则：每个触点正面、负面各至多 {PER_POLARITY} 条；先取 {SHORTEST}–{LONGEST} 字的文本，再依 |情感分| × 置信度"
    "从高到低、时间从近到远、编号排序；相同的原文只取一次。彩色字是判断所依据的词。"
)


def build_verbatims(facts: Facts) -> Section:
    """Return the quotes by touchpoint, most spoken of first, evidence highlighted."""
    picked = _pick(facts)
    columns = (
        Column("触点"),
        Column("倾向"),
        Column("原声", width=72),
        Column("情感分", ColumnKind.NUMBER, decimals=2),
        Column("置信度", ColumnKind.NUMBER, decimals=2),
        Column("时间", ColumnKind.MOMENT),
        Column("来源"),
        Column("来源文件与行"),
        Column("编号"),
    )
    rows = _rows(facts, picked) if len(picked) else []
    table = Table("verbatims", "", columns, rows, empty="（没有提到触点的正面或负面文本）")
    blocks: tuple[Block, ...] = (Note(RULE, Tone.MUTED), table)
    return Section("典型原声", "典型原声", blocks, period_line(facts))


def _pick(facts: Facts) -> pd.DataFrame:
    """The chosen mentions, in the order shown."""
    tags = facts.inputs.annotations
    chosen = tags["polarity"].isin([str(side) for side in SIDES]) & (tags["kind"] == TOUCHPOINT)
    labels = facts.inputs.touchpoint_labels
    columns = ["feedback_id", "kind", "polarity", "score", "confidence", "start", "end", "label"]
    frame = tags.loc[chosen, columns].copy()
    frame["touchpoint"] = frame["label"].map(lambda label: labels.get(label, label))
    frame = frame.merge(facts.texts, on="feedback_id")
    frame = frame.assign(
        is_apt=frame["length"].between(SHORTEST, LONGEST),
        strength=(frame["score"].abs() * frame["confidence"]).round(9),
    )
    frame = frame.sort_values(
        ["is_apt", "strength", "received_at", "feedback_id", "start", "label"],
        ascending=[False, False, False, True, True, True],
    )
    frame = frame.drop_duplicates(["touchpoint", "polarity", "said"])
    frame = frame.groupby(["touchpoint", "polarity"], sort=False, observed=True).head(PER_POLARITY)
    return _in_order(facts, frame)


def _in_order(facts: Facts, frame: pd.DataFrame) -> pd.DataFrame:
    mentions = facts.mentions["touchpoint"].value_counts()
    order = sorted(mentions.index, key=lambda code: (-mentions[code], str(code)))
    place = {code: number for number, code in enumerate(order)}
    frame = frame.assign(
        place=frame["touchpoint"].map(place), side=frame["polarity"].map({str(s): n for n, s in enumerate(SIDES)})
    )
    return frame.sort_values(["place", "side"], kind="stable")


def _rows(facts: Facts, picked: pd.DataFrame) -> list[tuple[Cell, ...]]:
    files = dict(zip(facts.inputs.files["file_id"], facts.inputs.files["name"], strict=True))
    moments = local_moments(picked["received_at"], facts.inputs.timezone)
    places = [
        f"{files.get(file_id, short_id(file_id))} 第 {number} 行"
        for file_id, number in zip(picked["file_id"], picked["row_number"], strict=True)
    ]
    tones = [SIDES[Polarity(polarity)] for polarity in picked["polarity"]]
    texts = quote_all(facts.source, picked["feedback_id"])
    evidence = read_evidence(facts.source, picked)["evidence"]
    said = zip(texts, evidence, picked["start"], picked["end"], tones, strict=True)
    return list(
        zip(
            (facts.name(code) for code in picked["touchpoint"]),
            (Marked(name, tone) for name, tone in tones),
            (_quote(text, cell, start, end, tone) for text, cell, start, end, (_, tone) in said),
            picked["score"].tolist(),
            picked["confidence"].tolist(),
            moments,
            picked["source"],
            places,
            map(short_id, picked["feedback_id"]),
            strict=True,
        )
    )


def _quote(text: str, evidence: str, start: int, end: int, tone: Tone) -> Marked:
    spans = merge_spans(evidence_spans(evidence, len(text)))
    if not spans and 0 <= start < end <= len(text):
        spans = (Span(start, end),)
    shown, kept = cut_around(text, spans, LONGEST)
    return Marked(shown, tone if kept else Tone.PLAIN, kept)

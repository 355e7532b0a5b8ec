"""情感与主题: what texts speak of, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedback_engine.domain import Measure, Polarity
from feedback_engine.report.blocks import (
    Block,
    Cell,
    Chart,
    ChartKind,
    Column,
    ColumnKind,
    Look,
    Marked,
    Note,
    Section,
    Series,
    Table,
    Tone,
)
from feedback_engine.report.columns import read_rows
from feedback_engine.report.facts import Facts, period_line
from feedback_engine.report.figures import of_touchpoint, show

if TYPE_CHECKING:
    import pandas as pd

#: `polarity` of TEXT_SHARES → what its share is of.
_SHARES = {
    "positive": "正面占比",
    "negative": "负面占比",
    "text_index": "文本指数 ÷ 100",
    "mentioned": "提到此触点的占比",
    "complaint": "投诉占比（登记的投诉之外）",
}
POLARITIES = {
    Polarity.POSITIVE: ("正面", Tone.GOOD),
    Polarity.NEUTRAL: ("中性", Tone.NEUTRAL),
    Polarity.MIXED: ("褒贬兼有", Tone.MIXED),
    Polarity.NEGATIVE: ("负面", Tone.BAD),
}
#: Touchpoints in the chart; the table has all.
MOST_BARS = 20


def build_sentiment(facts: Facts) -> Section:
    """Return mentions and polarity by touchpoint, and polarity by source."""
    if not len(facts.texts):
        note = Note("本期没有文本，因此没有情感与主题。", Tone.MUTED)
        return Section("情感与主题", "情感与主题", (note,), period_line(facts))
    blocks = [*_by_touchpoint(facts), *_by_source(facts), *_corrected(facts)]
    return Section("情感与主题", "情感与主题", tuple(blocks), period_line(facts))


def _counts(frame: pd.DataFrame, by: str) -> pd.DataFrame:
    """Counts per polarity, a column each in the order of POLARITIES, the most spoken of first."""
    counts = frame.groupby([by, "polarity"], observed=True).size().unstack(fill_value=0)
    counts = counts.reindex(columns=[str(polarity) for polarity in POLARITIES], fill_value=0)
    sums = counts.sum(axis=1)
    return counts.loc[sorted(counts.index, key=lambda name: (-sums[name], str(name)))]


def _polarity_columns() -> tuple[Column, ...]:
    return tuple(Column(name, ColumnKind.INTEGER) for name, _ in POLARITIES.values())


def _row(name: str, counts: list[int]) -> tuple[Cell, ...]:
    total = sum(counts)
    positive, negative = counts[0], counts[-1]
    return (name, total, *counts, *(part / total if total else None for part in (positive, negative)), _net(counts))


def _net(counts: list[int]) -> float | None:
    return (counts[0] - counts[-1]) / sum(counts) if sum(counts) else None


def _share_columns() -> tuple[Column, ...]:
    return (
        Column("正面占比", ColumnKind.PERCENT),
        Column("负面占比", ColumnKind.PERCENT),
        Column("净情感", ColumnKind.PERCENT, is_signed=True, look=Look.CORRELATION),
    )


def _chart(title: str, table: str, category: str, rows: int) -> Chart:
    series = tuple(Series(name, tone) for name, tone in POLARITIES.values())
    return Chart(title, ChartKind.STACKED_BAR, table, category, series, rows)


def _by_touchpoint(facts: Facts) -> list[Block]:
    if facts.mentions.empty:
        return [Note("没有一段文本提到任何触点。", Tone.MUTED)]
    counts = _counts(facts.mentions, "touchpoint")
    rows: list[tuple[Cell, ...]] = []
    for code, row in zip(counts.index, counts.to_numpy().tolist(), strict=True):
        rows.append((*_row(facts.name(str(code)), row), _index(facts, str(code))))
    columns = (
        Column("触点"),
        Column("提及", ColumnKind.INTEGER, look=Look.BAR),
        *_polarity_columns(),
        *_share_columns(),
        Column("文本指数", ColumnKind.NUMBER, look=Look.SCALE),
    )
    shown = min(len(rows), MOST_BARS)
    title = "各触点的提及与情感" + (f"（提及最多的 {shown} 个）" if shown < len(rows) else "")
    table = Table("mentions", "触点 × 情感", columns, rows)
    note = "一段文本对同一触点的同一倾向只计一次；同时有褒有贬的分句各计一次。净情感 =（正面 − 负面）÷ 提及。"
    return [_chart(title, "mentions", "触点", shown), table, Note(note, Tone.MUTED)]


def _index(facts: Facts, code: str) -> Cell:
    """Return the text index; a touchpoint that is mentioned and has none is none of the indicator system."""
    if code not in facts.touchpoints:
        return Marked("不在指标体系", Tone.MUTED)
    return show(of_touchpoint(facts.figures, code, Measure.TEXT_INDEX), Measure.TEXT_INDEX)


def _by_source(facts: Facts) -> list[Block]:
    if facts.sentiments.empty:
        return [Note("文本还没有情感标签：请先运行打标。", Tone.MUTED)]
    sources = facts.inputs.feedback[["feedback_id", "source"]]
    counts = _counts(facts.sentiments.merge(sources, on="feedback_id"), "source")
    rows = [_row(str(name), row) for name, row in zip(counts.index, counts.to_numpy().tolist(), strict=True)]
    strong = frozenset[int]()
    if len(rows) > 1:
        strong = frozenset({len(rows)})
        rows.append(_row("合计", counts.to_numpy().sum(axis=0).tolist()))
    columns = (Column("来源"), Column("文本", ColumnKind.INTEGER), *_polarity_columns(), *_share_columns())
    table = Table("sources_sentiment", "来源 × 情感（整段文本）", columns, rows, strong)
    return [_chart("各来源的情感", "sources_sentiment", "来源", len(counts)), table]


def _corrected(facts: Facts) -> list[Block]:
    """Return the shares corrected for the tagger's errors, beside those counted; nothing where none is."""
    found = facts.inputs.statistics.table("text_shares")
    rows: list[tuple[Cell, ...]] = [
        (facts.name(row["touchpoint"]), _SHARES[row["polarity"]], row["counted"], row["corrected"], row["lower"],
         row["upper"], row["base"], row["note"])
        for row in read_rows(found)
        if row["corrected"] is not None
    ]  # fmt: skip
    if not rows:
        return []
    shares = (Column(name, ColumnKind.PERCENT) for name in ("计数所得", "校正后", "下限", "上限"))
    columns = (Column("触点"), Column("量"), *shares, Column("文本", ColumnKind.INTEGER), Column("说明", fills=True))
    note = (
        "标签会认错：按灵敏度与特异度把计数校正过来（Rogan & Gladen），区间含这两者自身的误差。"
        "两者来自模型卡的标注文本，换一类文本会不同。其他页用计数所得。"
    )
    return [Table("text_shares", "校正识别误差后的占比", columns, rows), Note(note, Tone.MUTED)]

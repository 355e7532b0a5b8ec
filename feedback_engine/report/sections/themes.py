"""主题: what customers speak of in their own words, what annoys them most, and what is new."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from feedback_engine.domain import Polarity, Span
from feedback_engine.report.blocks import (
    Absent,
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
from feedback_engine.report.evidence import cut_around
from feedback_engine.report.facts import Facts, local_moments, period_line, short_id
from feedback_engine.report.texts import quote_all

#: Themes in the chart, in the table of the unfavourable ones; of each that are quoted, and characters of a quote.
MOST_BARS, MOST_NEGATIVE = 20, 20
MOST_QUOTED, MOST_QUOTED_NEGATIVE, LONGEST = 20, 10, 160
SIDES = {
    Polarity.POSITIVE: ("正面", Tone.GOOD),
    Polarity.NEUTRAL: ("中性", Tone.NEUTRAL),
    Polarity.MIXED: ("褒贬兼有", Tone.MIXED),
    Polarity.NEGATIVE: ("负面", Tone.BAD),
}
RULE = (
    "主题是文本里反复出现的说法：同义的说法与程度词合并（门票贵、门票太贵、门票真的很贵算一个），文本数按条计，一条只计一次。"
    "净情感 =（正面 − 负面）÷ 判断的分句，只看说到它的那个分句，分句里没有褒贬的词时看整句；"
    "每个主题至多判断 100 处。"
)
COMPARED = (
    "“新出现”：与上期相比，提到它的文本占比明显上升（对数优势比的单侧检验）。q 值是在全部比较过的说法之间控制错误发现率"
    "之后的 p 值，不超过 5% 才标出。"
)

_Theme = dict[str, Any]


def build_themes(facts: Facts) -> Section | Absent:
    """Return the themes with their figures, the unfavourable ones, the new ones, and examples."""
    themes = read_rows(facts.inputs.themes)
    if not themes:
        return Absent("主题", "至少 3 条说到同一件事的文本")
    has_previous = any(theme["previous_count"] is not None for theme in themes)
    shown = min(MOST_BARS, len(themes))
    blocks: list[Block] = [
        Chart(f"说得最多的 {shown} 个主题", ChartKind.BAR, "themes", "主题", (Series("文本"),), shown),
        _table("themes", "全部主题", facts, themes, has_previous),
        Note(RULE, Tone.MUTED),
        *_tell_sample(themes),
        *_negative(facts, themes, has_previous),
        *_emerging(facts, themes, has_previous),
        _examples(facts, _worth_quoting(themes)),
    ]
    return Section("主题", "主题", tuple(blocks), period_line(facts))


def _tell_sample(themes: Sequence[_Theme]) -> list[Block]:
    read, texts = themes[0]["texts_read"], themes[0]["texts"]
    if read == texts:
        return []
    told = (
        f"本期共 {texts:,} 条文本，主题按其中抽取的 {read:,} 条统计（{read / texts:.1%}；按编号抽取，每次相同）："
        "文本数与占比都是这些文本里的，上期超过此数时也照此抽取。"
    )
    return [Note(told, Tone.MIXED)]


def _negative(facts: Facts, themes: Sequence[_Theme], has_previous: bool) -> list[Block]:
    bad = _unfavourable(themes)
    title = "不满最多的主题（净情感为负，按 文本 × 净情感 排序）"
    return [_table("themes_negative", title, facts, bad[:MOST_NEGATIVE], has_previous, "（没有净情感为负的主题）")]


def _emerging(facts: Facts, themes: Sequence[_Theme], has_previous: bool) -> list[Block]:
    if not has_previous:
        return [Note("没有上期的文本可比，因此不判断哪些主题是新出现的。", Tone.MUTED)]
    new = [theme for theme in themes if theme["is_emerging"]]
    new.sort(key=lambda theme: (theme["p_adjusted"], -theme["count"], theme["theme"]))
    table = _table("themes_emerging", "新出现的主题（q 值小的在前）", facts, new, True, "（没有明显上升的主题）")
    return [table, Note(COMPARED, Tone.MUTED)]


def _unfavourable(themes: Sequence[_Theme]) -> list[_Theme]:
    bad = [theme for theme in themes if theme["net_sentiment"] < 0]
    return sorted(bad, key=lambda theme: (theme["count"] * theme["net_sentiment"], theme["theme"]))


def _worth_quoting(themes: Sequence[_Theme]) -> list[_Theme]:
    """Return the most frequent themes, the worst and the new, in the order of all."""
    chosen = [*themes[:MOST_QUOTED], *_unfavourable(themes)[:MOST_QUOTED_NEGATIVE]]
    names = {theme["theme"] for theme in (*chosen, *(theme for theme in themes if theme["is_emerging"]))}
    return [theme for theme in themes if theme["theme"] in names]


def _table(
    name: str, title: str, facts: Facts, themes: Sequence[_Theme], has_previous: bool, empty: str = "（无数据）"
) -> Table:
    columns = [
        Column("主题", width=22),
        Column("触点", width=14),
        Column("文本", ColumnKind.INTEGER, look=Look.BAR),
        Column("占比", ColumnKind.PERCENT),
        Column("净情感", ColumnKind.PERCENT, is_signed=True, look=Look.CORRELATION),
        Column("判断的分句", ColumnKind.INTEGER),
    ]
    if has_previous:
        columns += [
            Column("上期文本", ColumnKind.INTEGER),
            Column("占比变化（百分点）", ColumnKind.NUMBER, decimals=2, is_signed=True),
            Column("新出现", is_centred=True),
            Column("q 值", ColumnKind.NUMBER, decimals=3),
        ]
    columns.append(Column("说到它的一句", fills=True))
    return Table(name, title, tuple(columns), [_row(facts, theme, has_previous) for theme in themes], empty=empty)


def _row(facts: Facts, theme: _Theme, has_previous: bool) -> tuple[Cell, ...]:
    first = next(iter(json.loads(theme["examples"])), {"clause": ""})
    cells: list[Cell] = [theme["theme"], _touchpoint(facts, theme["touchpoint"]), theme["count"], theme["share"]]
    cells += [theme["net_sentiment"], theme["judged"]]
    if has_previous:
        before = theme["previous_count"]
        change = None if before is None else 100 * (theme["share"] - theme["previous_share"])
        mark = Marked("新", Tone.MIXED) if theme["is_emerging"] else None
        cells += [None if before is None else int(before), change, mark, theme["p_adjusted"]]
    return (*cells, first["clause"])


def _touchpoint(facts: Facts, code: str) -> str:
    return facts.name(facts.inputs.touchpoint_labels.get(code, code)) if code else ""


def _examples(facts: Facts, themes: Sequence[_Theme]) -> Table:
    pairs = [(theme, example) for theme in themes for example in json.loads(theme["examples"])]
    ids = [example["feedback_id"] for _, example in pairs]
    texts = quote_all(facts.source, ids)
    known = facts.inputs.feedback.drop_duplicates("feedback_id").set_index("feedback_id")
    rows = known.reindex(ids)
    moments = local_moments(rows["received_at"], facts.inputs.timezone)
    cells: list[tuple[Cell, ...]] = []
    for (theme, example), text, source, moment in zip(pairs, texts, rows["source"].fillna(""), moments, strict=True):
        name, tone = SIDES[Polarity(example["polarity"])]
        shade = Tone.MIXED if tone is Tone.NEUTRAL else tone
        quoted, spans = cut_around(text, (Span(example["start"], example["end"]),), LONGEST)
        place = (str(source), short_id(example["feedback_id"]))
        cells.append((theme["theme"], *place, Marked(name, tone), moment, Marked(quoted, shade, spans)))
    columns = (
        Column("主题"),
        Column("来源"),
        Column("编号"),
        Column("倾向", is_centred=True),
        Column("时间", ColumnKind.MOMENT),
        Column("原声", fills=True),
    )
    which = f"说得最多的 {MOST_QUOTED} 个、不满最多的 {MOST_QUOTED_NEGATIVE} 个与新出现的主题"
    title = f"例句（{which}，各至多 3 条；彩色字是主题）"
    return Table("theme_examples", title, columns, cells)

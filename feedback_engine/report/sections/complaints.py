"""投诉分析: which complaints, where, how they were handled, and which to read first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feedback_engine.report.blocks import (
    Block,
    Cell,
    Chart,
    ChartKind,
    Column,
    ColumnKind,
    Look,
    Note,
    Section,
    Series,
    Table,
    Tone,
)
from feedback_engine.report.crosstabs import count_pairs
from feedback_engine.report.facts import OPEN_TYPES, Facts, local_moments, period_line, short_id
from feedback_engine.report.sections.complaint_details import build_details, build_urgent
from feedback_engine.report.texts import quote_all

if TYPE_CHECKING:
    import pandas as pd

TOP = 10
MOST_OPEN = 50
TEXT_LENGTH = 200
NO_TOUCHPOINT = "未提及触点"
NOT_STATED = "未登记"


def build_complaints(facts: Facts) -> Section:
    """Return the complaints by type, touchpoint and department, the open ones and the gravest."""
    if facts.complaints.empty:
        note = Note("本期没有投诉：既没有投诉渠道的记录，也没有识别为投诉的文本。", Tone.MUTED)
        return Section("投诉分析", "投诉分析", (note,), period_line(facts))
    types = _types(facts)
    blocks: list[Block] = [
        Chart("投诉类型（帕累托图）", ChartKind.PARETO, "types", "投诉类型", (Series("件数"), Series("累计占比"))),
        types,
        Note(_counting(facts), Tone.MUTED),
        _types_by_touchpoint(facts),
        *build_urgent(facts),
        *build_details(facts),
    ]
    if len(facts.inputs.cases):
        blocks += [*_stated_types(facts), *_departments(facts), *_open_cases(facts)]
    blocks += _gravest(facts)
    return Section("投诉分析", "投诉分析", tuple(blocks), period_line(facts))


def _counting(facts: Facts) -> str:
    total, rows = facts.count_complaints(), len(facts.complaints)
    several = f"；一件投诉可有几个类型，因此类型合计 {rows:,} 多于件数" if rows > total else ""
    return (
        f"投诉 = 投诉渠道的每条记录，以及其他来源中被识别为投诉的记录，共 {total:,} 件{several}。占比以类型合计为分母。"
    )


def _types(facts: Facts) -> Table:
    counts = facts.complaints["type"].value_counts()
    order = sorted(counts.index, key=lambda code: (code in OPEN_TYPES, -counts[code], code))
    total, running = int(counts.sum()), 0
    rows: list[tuple[Cell, ...]] = []
    for code in order:
        running += int(counts[code])
        rows.append((facts.type_name(code), int(counts[code]), int(counts[code]) / total, running / total))
    columns = (
        Column("投诉类型"),
        Column("件数", ColumnKind.INTEGER, look=Look.BAR),
        Column("占比", ColumnKind.PERCENT),
        Column("累计占比", ColumnKind.PERCENT),
    )
    return Table("types", "投诉类型", columns, rows)


def _types_by_touchpoint(facts: Facts) -> Table:
    pairs = facts.complained_touchpoints()
    names = [facts.name(code) if isinstance(code, str) else NO_TOUCHPOINT for code in pairs["touchpoint"]]
    title = "投诉类型 × 触点（投诉中非正面提到的触点，一件可涉及几个）"
    return count_pairs(
        "types_touchpoints", title, "投诉类型", zip(pairs["type"].map(facts.type_name), names, strict=True)
    )


def _stated_types(facts: Facts) -> list[Block]:
    cases = facts.inputs.cases
    stated = cases["stated_type"].fillna("").str.strip()
    if not (stated != "").any():
        return [Note("工单没有登记投诉类型，无法与识别结果对照。", Tone.MUTED)]
    named = cases[["feedback_id"]].assign(stated=stated.where(stated != "", NOT_STATED))
    named = named.merge(facts.inputs.feedback[["feedback_id", "record_id"]], on="feedback_id")
    pairs = named.merge(facts.complaints[["record_id", "type"]], on="record_id")
    recognised = pairs["type"].map(facts.type_name)
    table = count_pairs(
        "stated_types",
        "登记类型（行）与识别类型（列）",
        "登记类型",
        zip(pairs["stated"], recognised, strict=True),
    )
    comparable = (pairs["stated"] != NOT_STATED) & ~pairs["type"].isin(OPEN_TYPES)
    same = int((pairs["stated"] == recognised)[comparable].sum())
    text = (
        f"两者都有的 {int(comparable.sum()):,} 次判断中，名称相同的 {same:,} 次；登记与识别各有口径，不同不等于出错。"
    )
    return [table, Note(text, Tone.MUTED)]


def _departments(facts: Facts) -> list[Block]:
    cases = _handled(facts)
    rows: list[tuple[Cell, ...]] = [
        _department(str(name), group) for name, group in cases.groupby("department", sort=True)
    ]
    rows.sort(key=lambda row: (-int(row[1]), str(row[0])))  # type: ignore[arg-type]
    if len(rows) > 1:
        rows.append(_department("合计", cases))
    number = ColumnKind.NUMBER
    columns = (
        Column("部门"),
        Column("件数", ColumnKind.INTEGER, look=Look.BAR),
        Column("未办结", ColumnKind.INTEGER),
        Column("有响应时间", ColumnKind.INTEGER),
        Column("响应中位（小时）", number),
        Column("响应 P90（小时）", number),
        Column("有办结时间", ColumnKind.INTEGER),
        Column("办结中位（小时）", number),
        Column("办结 P90（小时）", number),
    )
    strong = frozenset({len(rows) - 1}) if len(rows) > 1 else frozenset()
    table = Table("departments", "部门处理时效", columns, rows, strong)
    wrong = int((cases["reply_hours"] < 0).sum() + (cases["close_hours"] < 0).sum())
    text = "响应 = 首次回复 − 登记；办结 = 结案 − 登记。P90：九成的工单不超过这一时长。"
    text += f"有 {wrong:,} 个时间早于登记，未计入时效。" if wrong else ""
    return [table, Note(text, Tone.MUTED)]


def _handled(facts: Facts) -> pd.DataFrame:
    cases = facts.inputs.cases
    department = cases["department"].fillna("").str.strip()
    return cases.assign(
        department=department.where(department != "", NOT_STATED),
        reply_hours=_hours(cases["replied_at"], cases["opened_at"]),
        close_hours=_hours(cases["closed_at"], cases["opened_at"]),
        tells_close=_tells_close(facts),
    )


def _sources(facts: Facts) -> pd.Series[Any]:
    """Return the source of each case."""
    sources = facts.inputs.feedback.set_index("feedback_id")["source"]
    return facts.inputs.cases["feedback_id"].map(sources)


def _tells_close(facts: Facts) -> pd.Series[Any]:
    """Return for each case whether its source says when cases are closed: of another, none is known to be open."""
    sources = _sources(facts)
    return sources.isin(sources[facts.inputs.cases["closed_at"].notna()])


def _hours(until: pd.Series[Any], since: pd.Series[Any]) -> pd.Series[Any]:
    return (until - since).dt.total_seconds() / 3600


def _department(name: str, cases: pd.DataFrame) -> tuple[Cell, ...]:
    told = cases.loc[cases["tells_close"], "closed_at"]
    cells: list[Cell] = [name, len(cases), int(told.isna().sum()) if len(told) else None]
    for column in ("reply_hours", "close_hours"):
        hours = cases[column].dropna()
        hours = hours[hours >= 0]
        ends = (float(hours.median()), float(hours.quantile(0.9))) if len(hours) else (None, None)
        cells += [len(hours), *ends]
    return tuple(cells)


def _open_cases(facts: Facts) -> list[Block]:
    cases, tells_close = facts.inputs.cases, _tells_close(facts)
    unfinished = cases[cases["closed_at"].isna() & tells_close]
    silent = "、".join(sorted(set(_sources(facts)[~tells_close])))
    untold = [Note(f"工单来源 {silent} 没有任何结案时间，无法区分已办结与未办结。", Tone.MUTED)] if silent else []
    if len(cases) and not tells_close.any():
        return [*untold]
    joined = _with_feedback(facts, unfinished).sort_values(["opened_at", "feedback_id"], na_position="last")
    shown = joined.head(MOST_OPEN)
    opened = local_moments(shown["opened_at"], facts.inputs.timezone)
    texts = [_short(text) for text in quote_all(facts.source, shown["feedback_id"])]
    rows = list(
        zip(
            [short_id(key) for key in shown["feedback_id"]],
            opened,
            shown["department"].fillna(NOT_STATED),
            shown["stated_type"].fillna(NOT_STATED),
            shown["status"].fillna(""),
            _waited(facts, shown["opened_at"]),
            texts,
            strict=True,
        )
    )
    columns = (
        Column("编号"),
        Column("登记时间", ColumnKind.MOMENT),
        Column("部门"),
        Column("登记类型"),
        Column("状态"),
        Column("已等待（天）", ColumnKind.INTEGER),
        Column("投诉内容", fills=True),
    )
    title = f"未办结工单（共 {len(unfinished):,} 件，最早登记的在前）"
    blocks: list[Block] = [Table("open_cases", title, columns, rows, empty="（全部已办结）"), *untold]
    if len(unfinished) > MOST_OPEN:
        blocks.append(Note(f"只列出前 {MOST_OPEN} 件，还有 {len(unfinished) - MOST_OPEN:,} 件。", Tone.MUTED))
    return blocks


def _waited(facts: Facts, opened: pd.Series[Any]) -> list[int | None]:
    """Whole days from registration to the making of this report."""
    import pandas as pd

    days = (pd.Timestamp(facts.inputs.created_at) - opened).dt.days
    return [None if pd.isna(day) else int(day) for day in days]


def _with_feedback(facts: Facts, frame: pd.DataFrame) -> pd.DataFrame:
    columns = ["feedback_id", "source", "channel", "received_at"]
    return frame.merge(facts.inputs.feedback[columns], on="feedback_id", how="left").fillna({"source": ""})


def _gravest(facts: Facts) -> list[Block]:
    found = facts.complaints.groupby("feedback_id", sort=False)["type"].agg(sorted).reset_index()
    joined = _with_feedback(facts, found).merge(facts.sentiments, on="feedback_id", how="left")
    joined = joined[joined["feedback_id"].isin(facts.texts["feedback_id"]) & joined["score"].notna()]
    top = joined.sort_values(
        ["score", "received_at", "feedback_id"], ascending=[True, False, True], na_position="last"
    ).head(TOP)
    touched = facts.mentions[facts.mentions["feedback_id"].isin(top["feedback_id"])]
    rows: list[tuple[Cell, ...]] = []
    received = local_moments(top["received_at"], facts.inputs.timezone)
    texts = quote_all(facts.source, top["feedback_id"])
    for key, types, source, text, score, moment in zip(
        top["feedback_id"], top["type"], top["source"], texts, top["score"], received, strict=True
    ):
        names = dict.fromkeys(map(facts.name, sorted(touched.loc[touched["feedback_id"] == key, "touchpoint"])))
        kinds = "、".join(facts.type_name(code) for code in types)
        rows.append((short_id(key), moment, source, kinds, "、".join(names), float(score), _short(text)))
    columns = (
        Column("编号"),
        Column("时间", ColumnKind.MOMENT),
        Column("来源"),
        Column("投诉类型"),
        Column("触点", width=18),
        Column("情感分", ColumnKind.NUMBER, decimals=2),
        Column("投诉内容", fills=True),
    )
    table = Table(
        "gravest", f"重点投诉（情感分最低的 {TOP} 件，同分时近的在前）", columns, rows, empty="（没有投诉文本）"
    )
    return [table]


def _short(text: str) -> str:
    return text if len(text) <= TEXT_LENGTH else text[:TEXT_LENGTH] + "…"

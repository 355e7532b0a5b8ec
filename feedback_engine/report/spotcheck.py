"""抽查表: texts for a person to read, with empty columns for what they think of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from feedback_engine.report.blocks import Choices, Column, ColumnKind, Note, Report, Row, Section, Table
from feedback_engine.report.facts import local_moments
from feedback_engine.tables.annotations import POLARITY_NAMES
from feedback_engine.tables.spotcheck import Drawn

if TYPE_CHECKING:
    import pandas as pd

TITLE, SHEET = "抽查", "待复核"
#: The headings that are read again.
TEXT, POLARITY, TOUCHPOINTS, COMPLAINT, REASON, SOURCE, ID = (
    "原声", "倾向", "触点", "投诉", "抽取原因", "来源", "记录编号",
)  # fmt: skip
REASONS = {
    Drawn.RANDOM: "随机",
    Drawn.CONTRARY: "评分与文本相反",
    Drawn.UNTYPED: "投诉类型不明",
    Drawn.UNPLACED: "没有触点",
    Drawn.UNSURE: "把握最小",
}
NO_TOUCHPOINT, NO_COMPLAINT, OTHER_COMPLAINT = "无", "不是投诉", "投诉，类型不在其列"
_NOTES = (
    "只看原声来填，不必猜软件会怎么判断：表里没有软件的结论，这样比出来的一致率才作数。",
    "倾向：顾客对我们的态度。褒贬都有、分不出主次的填褒贬兼有；只问只说、没有好恶的填中性。",
    "触点：说到了哪些，用顿号分开，名称见下表；一个也没说到填「无」。",
    "投诉：对我们做的或没做的事不满并且说了出来，就是投诉，不论他要不要处理；单是询问与请求不是。",
    "没有把握的格留空，不填的不算。可以改变行的次序，可以加列；请不要改标题，隐藏的两列（抽取原因、记录编号）读回时要用，请保留。",
)


def build_spotcheck(
    texts: pd.DataFrame,
    *,
    period: str,
    timezone: str,
    created_at: datetime,
    touchpoints: Mapping[str, str],
    complaint_types: Mapping[str, str],
) -> Report:
    """Return the form for these texts (SPOTCHECK); the last two map code → name, of all packs of the project."""
    columns = (
        Column("编号", ColumnKind.INTEGER, width=8),
        Column(TEXT, width=72),
        Column(POLARITY, width=12, choices=Choices("polarities")),
        Column(TOUCHPOINTS, width=24, choices=Choices("touchpoints", is_free=True)),
        Column(COMPLAINT, width=24, choices=Choices("complaint_types")),
        Column("备注", width=24),
        Column(SOURCE, width=14),
        Column("时间", ColumnKind.MOMENT, width=18),
        Column(REASON, width=18, is_hidden=True),  # who knows why a text was drawn does not judge it by itself
        Column(ID, width=14, is_hidden=True),
    )
    moments = local_moments(texts["received_at"], timezone)
    told = zip(texts["text"], texts["source"], moments, texts["reason"], texts["feedback_id"], strict=True)
    rows: list[Row] = [
        (number, text, "", "", "", "", source, moment, REASONS[Drawn(reason)], id_)
        for number, (text, source, moment, reason, id_) in enumerate(told, 1)
    ]
    form = Section(SHEET, SHEET, (Table("texts", "", columns, rows),), is_data=True, is_form=True)
    return Report(f"{TITLE} {period}", (form, _explain(period, touchpoints, complaint_types)), created_at)


def _explain(period: str, touchpoints: Mapping[str, str], complaint_types: Mapping[str, str]) -> Section:
    types: list[Row] = [(NO_COMPLAINT, ""), (OTHER_COMPLAINT, "")]
    tables = (
        Table("polarities", "倾向", (Column(POLARITY),), [(name,) for name in POLARITY_NAMES.values()]),
        _list("touchpoints", TOUCHPOINTS, [(NO_TOUCHPOINT, ""), *_named(touchpoints)]),
        _list("complaint_types", COMPLAINT, [*types, *_named(complaint_types)]),
    )
    return Section("填写说明", "填写说明", (*map(Note, _NOTES), *tables), f"期间：{period}")


def _list(name: str, heading: str, rows: list[Row]) -> Table:
    return Table(name, heading, (Column("可填"), Column("代码")), rows)


def _named(names: Mapping[str, str]) -> list[Row]:
    """Return a row per name, with its code, or those that packs give it."""
    codes: dict[str, list[str]] = {}
    for code, name in names.items():
        codes.setdefault(name, []).append(code)
    return [(name, "、".join(own)) for name, own in codes.items()]

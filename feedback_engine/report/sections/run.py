"""运行信息: what one needs to make this very report again."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from feedback_engine.report.blocks import Column, Note, Section, Table, Tone
from feedback_engine.report.facts import Facts, period_line


def build_run(facts: Facts) -> Section:
    """Return the manifest as given, after what this report knows itself."""
    inputs = facts.inputs
    created = inputs.created_at.astimezone(ZoneInfo(inputs.timezone))
    thresholds = inputs.thresholds
    rows = [
        ("项目", inputs.project),
        ("期间", period_line(facts)),
        ("生成时间", created.isoformat(sep=" ", timespec="seconds")),
        ("不显示的样本量", f"n < {thresholds.suppress_below}"),
        ("标出的样本量", f"n < {thresholds.flag_below}"),
        ("满意的最低得分", f"{thresholds.satisfied_from:g}"),
        ("置信水平", f"{thresholds.confidence:.0%}"),
        *((str(name), str(value)) for name, value in inputs.manifest.items()),
    ]
    table = Table("manifest", "", (Column("项", width=28), Column("值", fills=True)), rows)
    note = Note("输入、配置与词典的摘要相同、生成时间固定时，重新运行得到逐字节相同的文件。", Tone.MUTED)
    return Section("运行信息", "运行信息", (table, note), period_line(facts))

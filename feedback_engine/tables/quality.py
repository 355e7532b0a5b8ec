"""What is doubtful about stored answers as data."""

from __future__ import annotations

from feedback_engine.domain import QualityRule
from feedback_engine.tables.schema import Column, Kind, TableSchema

QUALITY = TableSchema(
    "quality",
    "Records flagged by a check of data quality; flagged is not excluded, unless the configuration says so.",
    (
        Column("feedback_id", Kind.KEY, "The `main` FEEDBACK row that is flagged.", is_key=True),
        Column("rule", Kind.TEXT, "The check that it failed.", is_key=True, allowed=tuple(QualityRule)),
        Column("figure", Kind.NUMBER, "The figure that failed it: seconds, items, repeats, days."),
        Column("limit", Kind.NUMBER, "The figure that would just have passed."),
        Column("detail", Kind.TEXT, "The finding in words."),
    ),
)

"""What was read from a file, as frames to look at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from feedback_engine.store.rows import from_sql
from feedback_engine.tables.columns import Columns
from feedback_engine.tables.feedback import CASES, FEEDBACK, RATINGS, REJECTS, FeedbackBatch


@dataclass(frozen=True)
class Frames:
    """The batches of a file as one."""

    feedback: pd.DataFrame
    ratings: pd.DataFrame
    cases: pd.DataFrame
    rejects: pd.DataFrame
    row_count: int


def to_frames(batches: Iterable[FeedbackBatch]) -> Frames:
    nothing = [Columns.of_rows(table) for table in (FEEDBACK, RATINGS, CASES, REJECTS)]
    batches = list(batches) or [FeedbackBatch(*nothing, row_count=0)]
    tables = [
        pd.concat([to_frame(getattr(batch, name)) for batch in batches], ignore_index=True)
        for name in ("feedback", "ratings", "cases", "rejects")
    ]
    return Frames(*tables, sum(batch.row_count for batch in batches))


def to_frame(columns: Columns) -> pd.DataFrame:
    declared = {column.name: column for column in columns.declared.columns}
    return pd.DataFrame({name: from_sql(columns[name], declared[name]) for name in declared})

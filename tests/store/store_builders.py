"""Batches made by hand."""

import hashlib
from collections.abc import Sequence
from typing import Any

from feedback_engine.store.feedback_store import StoredFile
from feedback_engine.tables.columns import Columns
from feedback_engine.tables.feedback import CASES, FEEDBACK, RATINGS, REJECTS, FeedbackBatch

#: 2026-10-01T00:00:00Z in microseconds.
OCTOBER = 1_790_812_800_000_000


def digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def make_file(name: str = "a.csv", source: str = "s", reading: str = "r") -> StoredFile:
    return StoredFile(digest(name), source, name, "generic", "utf-8", "", digest(reading))


def make_batch(rows: Sequence[tuple[str, str, int]], rejected: Sequence[int] = ()) -> FeedbackBatch:
    """rows: (id, text, rating); each gives a main row, an open answer if there is text, and one rating."""
    feedback: list[tuple[Any, ...]] = []
    ratings: list[tuple[Any, ...]] = []
    file_id = bytes.fromhex(digest("f"))
    for number, (key, text, rating) in enumerate(rows, start=2):
        record, content = map(bytes.fromhex, (digest(key), digest(key, text, rating)))
        common = ("s", "questionnaire", "", None, key, OCTOBER)
        feedback.append((record, record, content, *common, "main", "", 1.0, "{}", file_id, number))
        if text:
            own = bytes.fromhex(digest(key, "open"))
            feedback.append((own, record, content, *common, "open", text, 1.0, "{}", file_id, number))
        ratings.append((record, "q1", "answered", float(rating), 1.0, 5.0))
    rejects = [(bytes.fromhex(digest("a.csv")), number, "", "x", "坏行", True, False) for number in rejected]
    return FeedbackBatch(
        Columns.of_rows(FEEDBACK, feedback),
        Columns.of_rows(RATINGS, ratings),
        Columns.of_rows(CASES),
        Columns.of_rows(REJECTS, rejects),
        len(rows) + len(rejected),
    )

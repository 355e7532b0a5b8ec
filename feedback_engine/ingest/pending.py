"""What stands in the place of a moment that has not come yet: 办理中, 未答复, pending."""

from __future__ import annotations

from feedback_engine.ingest.cells import fold
from feedback_engine.ingest.format_tables import read_format_table
from feedback_engine.resources import once_per_lexicons


@once_per_lexicons
def _words() -> frozenset[str]:
    return frozenset(fold(row[0]) for row in read_format_table("pending_words"))


def is_pending(cell: str) -> bool:
    """Whether the words say that there is no moment yet."""
    return fold(cell).strip("()[]【】.。…") in _words()

"""Complaint logs: a row per case, with its text and how it was handled."""

from __future__ import annotations

from feedback_engine.config.model import SourceConfig
from feedback_engine.ingest.mapping import Chunk
from feedback_engine.ingest.records import Case, Records, has_rating, join_title, read_records


def read_complaints(chunk: Chunk, source: SourceConfig) -> Records:
    """Return the cases; one without text, title, rating and stated type is quarantined.

    A case of a stated type without text counts as a complaint, though there is nothing to read in it.
    """
    records = read_records(chunk, source, moment="opened_at", respondent="id")
    records.texts = join_title(chunk)
    blank = [""] * len(chunk)
    records.case = Case(
        opened=records.received,
        replied=chunk.read_moments("replied_at", is_row_lost=False),
        closed=chunk.read_moments("closed_at", is_row_lost=False),
        words={name: chunk.read_field(name) or blank for name in ("status", "department", "stated_type")},
    )
    stated = records.case.words["stated_type"]
    for at, (text, is_rated, kind) in enumerate(zip(records.texts, has_rating(records), stated, strict=True)):
        if not (text or is_rated or kind):
            chunk.lose(at, "没有内容：投诉正文和投诉类型都为空")
    return records

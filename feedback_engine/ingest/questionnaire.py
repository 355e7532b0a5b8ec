"""Questionnaires: a row per respondent, closed questions as ratings, open ones as texts of their own."""

from __future__ import annotations

from feedback_engine.config.model import SourceConfig
from feedback_engine.ingest.mapping import Chunk
from feedback_engine.ingest.platforms.answering import PARTIAL, STATUS
from feedback_engine.ingest.records import Records, has_rating, read_records


def read_questionnaire(chunk: Chunk, source: SourceConfig) -> Records:
    """Return the respondents; one who answered nothing is quarantined, as expected of an answer broken off."""
    records = read_records(chunk, source, moment="received_at", respondent="id")
    blank_out = chunk.columns.missing.blank_out
    records.answers = [(role, blank_out(chunk.read_text(position))) for role, position in chunk.columns.texts]
    has_content = has_rating(records)
    for _, cells in records.answers:
        has_content = [before or cell != "" for before, cell in zip(has_content, cells, strict=True)]
    for position in chunk.columns.choices:
        is_answer = [cell != "" for cell in blank_out(chunk.read_text(position))]
        has_content = [before or now for before, now in zip(has_content, is_answer, strict=True)]
    reason = "没有内容：各题都没有可用的回答" if chunk.columns.choices else "没有内容：打分题和开放题都没有可用的回答"
    states = dict(records.attributes).get(STATUS, [])
    for at, is_kept in enumerate(has_content):
        if not is_kept:
            chunk.lose(at, reason, is_expected=bool(states) and states[at] == PARTIAL)
    return records

"""Reviews and social posts: a row per text, with its author, its target and perhaps its stars."""

from __future__ import annotations

from feedback_engine.config.model import SourceConfig
from feedback_engine.ingest.mapping import Chunk
from feedback_engine.ingest.records import Records, has_rating, join_title, read_records


def read_reviews(chunk: Chunk, source: SourceConfig) -> Records:
    """Return the reviews; one without text and rating is quarantined. Target and likes become attributes."""
    records = read_records(chunk, source, moment="received_at", respondent="author")
    records.texts = join_title(chunk)
    named = [(name, chunk.read_field(name)) for name in ("target", "likes")]
    own = dict(records.attributes) | {name: cells for name, cells in named if cells is not None}
    records.attributes = list(own.items())
    for at, (text, is_rated) in enumerate(zip(records.texts, has_rating(records), strict=True)):
        if not (text or is_rated):
            chunk.lose(at, "没有内容：评论正文为空")
    return records

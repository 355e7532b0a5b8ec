"""Texts that wait for tags, and the tags that come back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, func, select, update

from feedback_engine.store import tables
from feedback_engine.store.connection import Database
from feedback_engine.store.rows import CHUNK, insert, to_rows
from feedback_engine.tables.annotations import ANNOTATIONS

if TYPE_CHECKING:
    import pandas as pd


class AnnotationStore:
    """Reads untagged texts and saves annotations, a chunk a transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count_untagged(self, sources: Sequence[str], fingerprint: str) -> int:
        """Return how many texts of these sources carry no tags by the tagger with that fingerprint."""
        with self._database.reading() as connection:
            return int(
                connection.execute(select(func.count()).select_from(self._untagged(sources, fingerprint))).scalar_one()
            )

    def iterate_untagged(self, sources: Sequence[str], fingerprint: str) -> Iterator[tuple[list[str], list[str]]]:
        """Yield (feedback ids, texts) of the untagged texts, some thousands at a time, in the order of their ids."""
        last = b""
        while True:
            waiting = self._untagged(sources, fingerprint)
            query = select(waiting).where(waiting.c.feedback_id > last).order_by(waiting.c.feedback_id).limit(CHUNK)
            with self._database.reading() as connection:
                rows = connection.execute(query).all()
            if not rows:
                return
            last = rows[-1][0]
            yield [key.hex() for key, _ in rows], [text for _, text in rows]

    def _untagged(self, sources: Sequence[str], fingerprint: str):  # type: ignore[no-untyped-def]
        text, feedback = tables.feedback_text, tables.feedback
        return (
            select(text.c.feedback_id, text.c.text)
            .join(feedback, feedback.c.feedback_id == text.c.feedback_id)
            .where(feedback.c.source.in_(sources), text.c.tagged_with != fingerprint)
            .subquery()
        )

    def save(self, feedback_ids: Sequence[str], annotations: pd.DataFrame, fingerprint: str) -> None:
        """Replace the annotations of these texts and mark them as tagged, in one transaction."""
        keys = [bytes.fromhex(key) for key in feedback_ids]
        rows = to_rows(annotations, ANNOTATIONS)
        table, text = tables.text_annotations, tables.feedback_text
        mark = update(text).where(text.c.feedback_id == bindparam("key")).values(tagged_with=fingerprint)
        with self._database.writing() as connection:
            connection.execute(delete(table).where(table.c.feedback_id.in_(keys)))
            insert(connection, table.insert(), rows)
            connection.execute(mark, [{"key": key} for key in keys])

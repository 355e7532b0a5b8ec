"""Texts that wait for tags, and the tags that come back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Subquery, bindparam, delete, func, select, update

from feedback_engine.store import tables
from feedback_engine.store.connection import Database
from feedback_engine.store.keys import find_rows, to_keys
from feedback_engine.store.rows import CHUNK, insert, to_digests, to_rows
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
        """Yield (feedback ids, texts) of the untagged texts, some thousands at a time, as they were stored."""
        last = 0
        while True:
            waiting = self._untagged(sources, fingerprint)
            query = select(waiting).where(waiting.c.row_id > last).order_by(waiting.c.row_id).limit(CHUNK)
            with self._database.reading() as connection:
                rows = connection.execute(query).all()
            if not rows:
                return
            last = rows[-1][0]
            yield [id_.hex() for _, id_, _ in rows], [text for _, _, text in rows]

    def _untagged(self, sources: Sequence[str], fingerprint: str) -> Subquery:
        text, feedback = tables.feedback_text, tables.feedback
        return (
            select(text.c.row_id, feedback.c.feedback_id, text.c.text)
            .join(feedback, feedback.c.row_id == text.c.row_id)
            .where(feedback.c.source.in_(sources), text.c.tagged_with != fingerprint)
            .subquery()
        )

    def save(self, feedback_ids: Sequence[str], annotations: pd.DataFrame, fingerprint: str) -> None:
        """Replace the annotations of these texts and mark them as tagged, in one transaction."""
        table, text = tables.text_annotations, tables.feedback_text
        keys = to_keys(to_digests(feedback_ids))
        mark = update(text).where(text.c.row_id == bindparam("row")).values(tagged_with=fingerprint)
        with self._database.writing() as connection:
            found = find_rows(connection, keys)
            row_of = {id_: found[key] for id_, key in zip(feedback_ids, keys, strict=True)}
            numbers = [row_of[id_] for id_ in annotations["feedback_id"].tolist()]
            rows = to_rows(annotations, ANNOTATIONS, without=("feedback_id",)).with_columns(row_id=numbers)
            connection.execute(delete(table).where(table.c.row_id.in_(list(row_of.values()))))
            insert(connection, table.insert(), rows)
            connection.execute(mark, [{"row": row_id} for row_id in row_of.values()])

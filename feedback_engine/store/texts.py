"""Texts and the evidence of their tags, read some at a time: a report quotes a few of very many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select

from feedback_engine.store import tables
from feedback_engine.store.connection import Database
from feedback_engine.store.loading import EVERYTHING, Bounds, within
from feedback_engine.store.rows import CHUNK, fetch_by_keys, to_digests, to_frame
from feedback_engine.tables.annotations import ANNOTATIONS

if TYPE_CHECKING:
    import pandas as pd


class TextReader:
    """Reads the texts of one period without ever holding all of them."""

    def __init__(self, database: Database, bounds: Bounds = EVERYTHING) -> None:
        self._database = database
        self._bounds = bounds

    def iterate(self) -> Iterator[tuple[list[str], list[str]]]:
        """Yield (feedback ids, texts) of the period, some thousands at a time, in the order of their ids."""
        text, feedback = tables.feedback_text, tables.feedback
        query = select(text.c.feedback_id, text.c.text)
        if self._bounds != EVERYTHING:
            joined = feedback.c.feedback_id == text.c.feedback_id
            query = query.join(feedback, joined).where(*within(self._bounds))
        query = query.order_by(text.c.feedback_id).limit(CHUNK)
        last = b""
        while True:
            with self._database.reading() as connection:
                rows = connection.execute(query.where(text.c.feedback_id > last)).all()
            if not rows:
                return
            last = rows[-1][0]
            yield [key.hex() for key, _ in rows], [words for _, words in rows]

    def read(self, feedback_ids: Sequence[str]) -> dict[str, str]:
        """Return id → text of those that have one, whichever period they belong to."""
        table = tables.feedback_text
        with self._database.reading() as connection:
            found = fetch_by_keys(connection, [table.c.feedback_id, table.c.text], to_digests(feedback_ids))
        return {key.hex(): text for key, text in found}

    def read_tags(self, feedback_ids: Sequence[str]) -> pd.DataFrame:
        """Return the ANNOTATIONS of these texts, evidence included."""
        columns = list(tables.text_annotations.c)
        with self._database.reading() as connection:
            found = fetch_by_keys(connection, columns, to_digests(feedback_ids))
        return ANNOTATIONS.conform(to_frame(ANNOTATIONS, [column.name for column in columns], found))

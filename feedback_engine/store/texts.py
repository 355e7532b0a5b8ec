"""Texts and the evidence of their tags, read some at a time: a report quotes a few of very many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, select

from feedback_engine.store import tables
from feedback_engine.store.coded import fetch_ids
from feedback_engine.store.connection import Database
from feedback_engine.store.keys import find_rows, read_next, to_keys
from feedback_engine.store.loading import EVERYTHING, Bounds, within
from feedback_engine.store.rows import CHUNK, fetch_by_keys, order_joined, to_digests, to_frame
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
        columns = select(feedback.c.feedback_id, text.c.text).join(feedback, feedback.c.row_id == text.c.row_id)
        for numbers in self._walk() if self._bounds == EVERYTHING else self._pick():
            with self._database.reading() as connection:
                rows = connection.execute(columns.where(text.c.row_id.in_(numbers))).all()
            if rows:
                in_order = sorted((key, words) for key, words in rows)
                yield [key.hex() for key, _ in in_order], [words for _, words in in_order]

    def _walk(self) -> Iterator[list[int]]:
        """Yield the numbers of all rows in the order of their ids, some thousands at a time and no more in memory."""
        last = b""
        while True:
            with self._database.reading() as connection:
                keys = read_next(connection, last, CHUNK)
            if not keys:
                return
            last = keys[-1][0]
            yield [number for _, number in keys]

    def _pick(self) -> Iterator[list[int]]:
        """Yield the same for the rows of the period, found by their days: what else is stored takes no time."""
        feedback = tables.feedback.c
        of_period = select(feedback.row_id, feedback.feedback_id).where(*within(self._bounds))
        with self._database.reading() as connection:
            numbers, digests = fetch_ids(connection, of_period)
        numbers = numbers[order_joined(digests, 32)]
        for start in range(0, len(numbers), CHUNK):
            yield numbers[start : start + CHUNK].tolist()

    def count(self) -> int:
        """Return how many texts the period has."""
        text, feedback = tables.feedback_text, tables.feedback
        joined = text.join(feedback, feedback.c.row_id == text.c.row_id)
        counted = select(func.count()).select_from(joined).where(*within(self._bounds))
        with self._database.reading() as connection:
            return int(connection.execute(counted).scalar_one())

    def read(self, feedback_ids: Sequence[str]) -> dict[str, str]:
        """Return id → text of those that have one, whichever period they belong to."""
        table = tables.feedback_text
        with self._database.reading() as connection:
            id_of = _find(connection, feedback_ids)
            found = fetch_by_keys(connection, [table.c.row_id, table.c.text], list(id_of))
        return {id_of[number]: text for number, text in found}

    def read_origins(self, feedback_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Return id → (name, kind) of the source that it came from, of those that are stored."""
        table = tables.feedback.c
        with self._database.reading() as connection:
            id_of = _find(connection, feedback_ids)
            found = fetch_by_keys(connection, [table.row_id, table.source, table.kind], list(id_of))
        return {id_of[number]: (source, kind) for number, source, kind in found}

    def read_tags(self, feedback_ids: Sequence[str]) -> pd.DataFrame:
        """Return the ANNOTATIONS of these texts, evidence included."""
        columns = [column for column in tables.text_annotations.c if column.name != "row_id"]
        names = ["feedback_id", *(column.name for column in columns)]
        with self._database.reading() as connection:
            id_of = _find(connection, feedback_ids)
            found = fetch_by_keys(connection, [tables.text_annotations.c.row_id, *columns], list(id_of))
        rows = sorted((bytes.fromhex(id_of[number]), *tag) for number, *tag in found)
        return ANNOTATIONS.conform(to_frame(ANNOTATIONS, names, rows))


def _find(connection: Connection, feedback_ids: Sequence[str]) -> dict[int, str]:
    """Return number of the row → feedback_id."""
    keys = to_keys(to_digests(feedback_ids))
    found = find_rows(connection, keys)
    return {found[key]: id_ for key, id_ in zip(keys, feedback_ids, strict=True) if key in found}

"""Writing feedback: batches of a file, each with its counts in one transaction, by insert-if-absent.

A record is known by its `feedback_id`. A row with a known id and known content is a duplicate, also when the content is
that of an earlier version (an old file sent again); with new content it is a correction: the record is replaced and its
former rows go to `feedback_history`. So a kill at any moment loses nothing and doubles nothing: the next run finds the
committed rows and goes on behind them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Table, and_, delete, select

from feedback_engine.store import tables
from feedback_engine.store.connection import Database
from feedback_engine.store.dialects import insert_if_absent
from feedback_engine.store.rows import Rows, fetch_by_keys, insert, to_digests, to_rows
from feedback_engine.tables.feedback import CASES, FEEDBACK, QUESTIONS, RATINGS, REJECTS, FeedbackBatch
from feedback_engine.tables.summary import ImportCounts

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as the store knows it; `reading` is the digest of how its source is configured to be read."""

    file_id: str
    source: str
    name: str
    platform: str
    encoding: str
    sheet: str
    reading: str

    def to_row(self) -> dict[str, Any]:
        """Return the row of the table `files`, without its counts."""
        return {
            "file_id": bytes.fromhex(self.file_id),
            "source": self.source,
            "name": self.name,
            "platform": self.platform,
            "encoding": self.encoding,
            "sheet": self.sheet,
            "reading": bytes.fromhex(self.reading),
        }


class FeedbackWriter:
    """Saves the batches of files."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin_file(self, file: StoredFile) -> ImportCounts | None:
        """Return what this very reading of the file gave if it is complete; else make ready to import it."""
        row = file.to_row()
        of_file = and_(tables.files.c.file_id == row["file_id"], tables.files.c.source == file.source)
        with self._database.writing() as connection:
            known = connection.execute(select(tables.files).where(of_file)).mappings().first()
            if known and known["is_complete"] and known["reading"] == row["reading"]:
                kept = known["read"] - known["quarantined"]
                return ImportCounts(known["read"], duplicate=kept, quarantined=known["quarantined"])
            connection.execute(delete(tables.files).where(of_file))
            connection.execute(
                delete(tables.rejects).where(
                    tables.rejects.c.file_id == row["file_id"], tables.rejects.c.source == file.source
                )
            )
            counts = ImportCounts().to_dict()
            connection.execute(tables.files.insert().values(**row, **counts, is_complete=False))
        return None

    def save_questions(self, questions: pd.DataFrame) -> None:
        """Replace what is known of these questions (QUESTIONS)."""
        table = tables.questions
        with self._database.writing() as connection:
            for source in sorted(set(questions["source"])):
                connection.execute(delete(table).where(table.c.source == source))
            insert(connection, table.insert(), to_rows(questions, QUESTIONS))

    def save_batch(self, file: StoredFile, batch: FeedbackBatch, so_far: ImportCounts) -> ImportCounts:
        """Store the batch and the file's new counts in one transaction; return the counts including this batch."""
        with self._database.writing() as connection:
            counts = so_far + self._save(connection, file.source, batch)
            self._note_counts(connection, file, counts, is_complete=False)
        return counts

    def save_batches(
        self, file: StoredFile, batches: Iterable[FeedbackBatch]
    ) -> Iterator[tuple[FeedbackBatch, ImportCounts]]:
        """Store batches as `save_batch` does; yield each, once committed, with the counts so far.

        The next batch is made while one is stored, in a thread that lets Python go on during each statement.
        """
        counts, source = ImportCounts(), iter(batches)
        upcoming = _capture(source)
        with ThreadPoolExecutor(1) as writer:
            while (batch := upcoming.result()) is not None:
                saving = writer.submit(self.save_batch, file, batch, counts)
                upcoming = _capture(source)
                counts = saving.result()
                yield batch, counts

    def finish_file(self, file: StoredFile, counts: ImportCounts) -> None:
        """Mark the file as completely imported."""
        with self._database.writing() as connection:
            self._note_counts(connection, file, counts, is_complete=True)

    def _note_counts(
        self, connection: Connection, file: StoredFile, counts: ImportCounts, *, is_complete: bool
    ) -> None:
        row = file.to_row()
        connection.execute(
            tables.files.update()
            .where(tables.files.c.file_id == row["file_id"], tables.files.c.source == file.source)
            .values(**counts.to_dict(), is_complete=is_complete)
        )

    def _save(self, connection: Connection, source: str, batch: FeedbackBatch) -> ImportCounts:
        is_main = batch.feedback["feedback_id"] == batch.feedback["record_id"]
        main = batch.feedback[is_main]
        keys, contents = (to_digests(main[name].tolist()) for name in ("feedback_id", "content_hash"))
        hashes = dict(zip(keys, contents, strict=True))
        known = _known_hashes(connection, list(hashes))
        fresh = [key for key in hashes if key not in known]
        changed = [key for key in known if known[key] != hashes[key]]
        earlier = _known_versions(connection, changed)
        updated = [key for key in changed if (key, hashes[key]) not in earlier]
        _retire(connection, updated)
        is_whole = len(fresh) == len(main)
        records = set() if is_whole else {key.hex() for key in (*fresh, *updated)}
        self._insert(connection, batch, records, is_whole=is_whole)
        self._insert_rejects(connection, source, batch.rejects)
        quarantined = batch.row_count - len(main)
        duplicate = len(main) - len(fresh) - len(updated)
        return ImportCounts(batch.row_count, len(fresh), len(updated), duplicate, quarantined)

    def _insert(self, connection: Connection, batch: FeedbackBatch, records: set[str], *, is_whole: bool) -> None:
        feedback, ratings, cases = batch.feedback, batch.ratings, batch.cases
        if not is_whole:
            feedback = feedback[feedback["record_id"].isin(records)]
            ratings = ratings[ratings["feedback_id"].isin(records)]
            cases = cases[cases["feedback_id"].isin(records)]
        rows = to_rows(feedback, FEEDBACK, without="text")
        texts = [(row[0], text, "") for row, text in zip(rows.values, feedback["text"].tolist(), strict=True) if text]
        self._add_by_key(connection, tables.feedback, rows)
        self._add_by_key(connection, tables.feedback_text, Rows(("feedback_id", "text", "tagged_with"), texts))
        self._add_by_key(connection, tables.ratings, to_rows(ratings, RATINGS))
        self._add_by_key(connection, tables.cases, to_rows(cases, CASES))

    def _add_by_key(self, connection: Connection, table: Table, rows: Rows) -> None:
        """Add rows that begin with their key, in its order: neighbours in the index are written together."""
        rows.values.sort()
        self._add(connection, table, rows)

    def _insert_rejects(self, connection: Connection, source: str, rejects: pd.DataFrame) -> None:
        self._add(connection, tables.rejects, to_rows(rejects, REJECTS).extended(source=source))

    def _add(self, connection: Connection, table: Table, rows: Rows) -> None:
        insert(connection, insert_if_absent(table, self._database.backend), rows)


def _capture(batches: Iterator[FeedbackBatch]) -> Future[FeedbackBatch | None]:
    """Return the next batch, None behind the last, or the error that came instead, to be raised in its turn."""
    captured: Future[FeedbackBatch | None] = Future()
    try:
        captured.set_result(next(batches, None))
    except BaseException as error:  # noqa: BLE001
        captured.set_exception(error)
    return captured


def _known_hashes(connection: Connection, keys: Sequence[bytes]) -> dict[bytes, bytes]:
    columns = (tables.feedback.c.feedback_id, tables.feedback.c.content_hash)
    found = fetch_by_keys(connection, columns, keys)
    return dict(found)


def _known_versions(connection: Connection, keys: Sequence[bytes]) -> set[tuple[bytes, bytes]]:
    columns = (tables.feedback_history.c.record_id, tables.feedback_history.c.content_hash)
    found = fetch_by_keys(connection, columns, keys)
    return set(found)


def _retire(connection: Connection, records: Sequence[bytes]) -> None:
    """Move the rows of these records to the history."""
    for record in records:
        of_record = tables.feedback.c.record_id == record
        rows = connection.execute(select(tables.feedback).where(of_record)).mappings().all()
        ids = [row["feedback_id"] for row in rows]
        content: dict[str, Any] = {"feedback": [dict(row) for row in rows]}
        for table in (tables.feedback_text, tables.ratings, tables.cases):
            of_rows = table.c.feedback_id.in_(ids)
            content[table.name] = [dict(row) for row in connection.execute(select(table).where(of_rows)).mappings()]
        main = next(row for row in rows if row["feedback_id"] == record)
        values = {"record_id": record, "content_hash": main["content_hash"], "content": _dump(content)}
        connection.execute(tables.feedback_history.insert().values(values))
        for table in (tables.feedback_text, tables.ratings, tables.cases, tables.text_annotations, tables.feedback):
            connection.execute(delete(table).where(table.c.feedback_id.in_(ids)))


def _dump(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, default=bytes.hex)

"""Writing feedback: batches of a file, each with its counts in one transaction, by insert-if-absent.

A record is known by its `feedback_id`. A row with a known id and known content is a duplicate, also when the content is
that of an earlier version: an old file sent again, renamed or reordered, undoes no correction. With new content it is a
correction: the record is replaced, under its number, and its former rows go to `feedback_history`. So a kill at any
moment loses nothing and doubles nothing: the next run finds the committed rows and goes on behind them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import compress
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, and_, delete, func, select

from feedback_engine.store import tables
from feedback_engine.store.connection import Database
from feedback_engine.store.dialects import insert_if_absent
from feedback_engine.store.keys import enter, settle, to_keys
from feedback_engine.store.records import Admission, admit
from feedback_engine.store.rows import Rows, insert, to_day, to_rows
from feedback_engine.tables.columns import Columns
from feedback_engine.tables.feedback import MAIN_ROLE, QUESTIONS, FeedbackBatch
from feedback_engine.tables.summary import ImportCounts

if TYPE_CHECKING:
    import pandas as pd


#: What an import that was not interrupted had come to before.
NOTHING = ImportCounts()


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


@dataclass(frozen=True, slots=True)
class KnownReading:
    """What the store knows of a file read in just this way: complete, or as far as an interrupted import came."""

    counts: ImportCounts = NOTHING
    is_complete: bool = False
    #: Rows with a reject that the format does not explain.
    rejected_rows: int = 0


class FeedbackWriter:
    """Saves the batches of files."""

    def __init__(self, database: Database) -> None:
        self._database = database
        #: Records corrected so far, by the file that had brought them.
        self.replaced = Counter[bytes]()
        #: How many of them another row says to be of another day, by more than a zone may shift it.
        self.moved = 0

    def find_other_reading(self, file: StoredFile) -> ImportCounts | None:
        """Return the counts of the same sheet of the file as it was completely read in another way; None if not."""
        row, files = file.to_row(), tables.files.c
        same = [files[name] == row[name] for name in ("file_id", "source", "sheet")]
        query = select(tables.files).where(*same, files.reading != row["reading"], files.is_complete)
        with self._database.reading() as connection:
            found = connection.execute(query).mappings().first()
        return _counts_of(found) if found else None

    def begin_file(self, file: StoredFile) -> KnownReading:
        """Return what is known of this very reading of the file; make ready to import it unless it is complete."""
        row = file.to_row()
        of_file = and_(tables.files.c.file_id == row["file_id"], tables.files.c.source == file.source)
        rejects_of_file = and_(tables.rejects.c.file_id == row["file_id"], tables.rejects.c.source == file.source)
        with self._database.writing() as connection:
            found = connection.execute(select(tables.files).where(of_file)).mappings().first()
            known = KnownReading()
            if found and found["reading"] == row["reading"]:
                errors = _count_errors(connection, rejects_of_file)
                known = KnownReading(_counts_of(found), found["is_complete"], errors)
            if not known.is_complete:
                connection.execute(delete(tables.files).where(of_file))
                connection.execute(delete(tables.rejects).where(rejects_of_file))
                so_far = known.counts.to_dict()
                connection.execute(tables.files.insert().values(**row, **so_far, is_complete=False))
        return known

    def save_questions(self, questions: pd.DataFrame) -> None:
        """Replace what is known of these questions (QUESTIONS)."""
        table = tables.questions
        with self._database.writing() as connection:
            for source in sorted(set(questions["source"])):
                connection.execute(delete(table).where(table.c.source == source))
            insert(connection, table.insert(), to_rows(questions, QUESTIONS))

    def save_batch(
        self, file: StoredFile, batch: FeedbackBatch, so_far: ImportCounts, earlier: ImportCounts = NOTHING
    ) -> ImportCounts:
        """Store the batch and the file's new counts in one transaction; return the counts including this batch.

        `earlier` is what an interrupted import of the file had come to: the file's counts include it, those returned do
        not.
        """
        with self._database.writing() as connection:
            counts = so_far + self._save(connection, file.source, batch)
            self._note_counts(connection, file, counts.resume(earlier), is_complete=False)
        return counts

    def save_batches(
        self, file: StoredFile, batches: Iterable[FeedbackBatch], earlier: ImportCounts = NOTHING
    ) -> Iterator[tuple[FeedbackBatch, ImportCounts]]:
        """Store batches as `save_batch` does; yield each, once committed, with the counts so far.

        The next batch is made while one is stored, in a thread that lets Python go on during each statement.
        """
        counts, source = ImportCounts(), iter(batches)
        upcoming = _capture(source)
        with ThreadPoolExecutor(1) as writer:
            while (batch := upcoming.result()) is not None:
                saving = writer.submit(self.save_batch, file, batch, counts, earlier)
                upcoming = _capture(source)
                counts = saving.result()
                yield batch, counts

    def finish_file(self, file: StoredFile, counts: ImportCounts, earlier: ImportCounts = NOTHING) -> None:
        """Mark the file as completely imported."""
        with self._database.writing() as connection:
            self._note_counts(connection, file, counts.resume(earlier), is_complete=True)

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
        feedback = batch.feedback
        is_main = [role == MAIN_ROLE for role in feedback["role"]]
        ids, contents = (list(compress(feedback[name], is_main)) for name in ("feedback_id", "content_hash"))
        admission = admit(connection, ids, contents)
        self._note_replaced(feedback, admission)
        if admission.rows:
            _insert_feedback(connection, feedback, admission)
            _insert_of_records(connection, tables.ratings, batch.ratings, admission.rows)
            _insert_of_records(connection, tables.cases, batch.cases, admission.rows)
            settle(connection, admission.first, admission.first + len(feedback))
        self._insert_rejects(connection, source, batch.rejects)
        quarantined = batch.row_count - len(ids)
        duplicate = len(ids) - len(admission.rows)
        return ImportCounts(batch.row_count, admission.stored, admission.updated, duplicate, quarantined)

    def _note_replaced(self, feedback: Columns, admission: Admission) -> None:
        if not admission.replaced:
            return
        self.replaced.update(version.file_id for version in admission.replaced.values())
        columns = (feedback[name] for name in ("feedback_id", "file_id", "row_number", "received_at"))
        for id_, file_id, row_number, moment in zip(*columns, strict=True):
            before = admission.replaced.get(admission.rows.get(id_, 0))
            # The same row of the same file is only read in another way.
            if before is None or before[:2] == (file_id, row_number) or before.day is None or moment is None:
                continue
            self.moved += abs(to_day(moment) - before.day) > 1

    def _insert_rejects(self, connection: Connection, source: str, rejects: Columns) -> None:
        statement = insert_if_absent(tables.rejects, self._database.backend)
        insert(connection, statement, Rows(rejects.values).extended(source=source))


def _counts_of(row: RowMapping) -> ImportCounts:
    return ImportCounts(**{name: row[name] for name in ImportCounts().to_dict()})


def _count_errors(connection: Connection, of_file: ColumnElement[bool]) -> int:
    """Return the number of rows with a reject that the format does not explain."""
    rows = select(tables.rejects.c.row_number).where(of_file, tables.rejects.c.is_expected.is_(False)).distinct()
    return connection.execute(select(func.count()).select_from(rows.subquery())).scalar_one()


def _insert_feedback(connection: Connection, feedback: Columns, admission: Admission) -> None:
    """Insert the rows of the records admitted; rows that are not `main` are numbered behind all records."""
    chosen, records = _choose(feedback, "record_id", admission.rows)
    row_ids, free = records.copy(), admission.free
    for at, role in enumerate(chosen["role"]):
        if role != MAIN_ROLE:
            row_ids[at] = free
            free += 1
    days = [None if at is None else to_day(at) for at in chosen["received_at"]]
    numbered = Rows(chosen.values).without("record_id", "text")
    numbered = numbered.with_columns(row_id=row_ids, record_row=records, received_day=days)
    insert(connection, tables.feedback.insert(), numbered)
    answers = [at for at, row_id in enumerate(row_ids) if row_id >= admission.free]
    if answers:
        keys = to_keys([chosen["feedback_id"][at] for at in answers])
        enter(connection, keys, [row_ids[at] for at in answers])
    texts = chosen["text"]
    given = Rows({"row_id": list(compress(row_ids, texts)), "text": list(filter(None, texts))})
    insert(connection, tables.feedback_text.insert(), given.extended(tagged_with=""))


def _insert_of_records(connection: Connection, table: Table, columns: Columns, rows: Mapping[bytes, int]) -> None:
    """Insert what belongs to the `main` rows of the records admitted."""
    chosen, records = _choose(columns, "feedback_id", rows)
    insert(connection, table.insert(), Rows(chosen.values).without("feedback_id").with_columns(row_id=records))


def _choose(columns: Columns, name: str, rows: Mapping[bytes, int]) -> tuple[Columns, list[int]]:
    """Return the rows whose record, which the named column tells, is among those given, and each one's number."""
    records = [rows.get(key, 0) for key in columns[name]]
    if all(records):
        return columns, records
    return columns.take([at for at, number in enumerate(records) if number]), list(filter(None, records))


def _capture(batches: Iterator[FeedbackBatch]) -> Future[FeedbackBatch | None]:
    """Return the next batch, None behind the last, or the error that came instead, to be raised in its turn."""
    captured: Future[FeedbackBatch | None] = Future()
    try:
        captured.set_result(next(batches, None))
    except BaseException as error:  # noqa: BLE001
        captured.set_exception(error)
    return captured

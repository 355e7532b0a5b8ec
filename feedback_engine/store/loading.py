"""Reading for scoring and reports: the rows of some period, only the columns asked for."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, Table, func, select
from sqlalchemy.sql.elements import ColumnElement

from feedback_engine.domain import SourceKind
from feedback_engine.store import tables
from feedback_engine.store.coded import fetch_ids, fetch_parts, to_coded_frame
from feedback_engine.store.connection import Database
from feedback_engine.store.keys import find_rows, to_keys
from feedback_engine.store.rows import (
    AT_A_TIME,
    fetch_by_keys,
    insert,
    order_digests,
    to_day,
    to_digests,
    to_frame,
    to_rows,
)
from feedback_engine.tables.annotations import ANNOTATIONS
from feedback_engine.tables.feedback import CASES, FEEDBACK, MAIN_ROLE, QUESTIONS, RATINGS, REJECTS
from feedback_engine.tables.index import INDEX, WEIGHTS
from feedback_engine.tables.schema import TableSchema
from feedback_engine.tables.weighting import FROZEN_WEIGHTS

if TYPE_CHECKING:
    import pandas as pd

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

#: [since, until) in UTC; None = unbounded, and then undated rows belong to it too.
Bounds = tuple[datetime | None, datetime | None]
EVERYTHING: Bounds = (None, None)


class FeedbackReader:
    """Loads frames from the store, in the order of their keys."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load_feedback(self, bounds: Bounds = EVERYTHING, *, with_text: bool = False) -> pd.DataFrame:
        """Return FEEDBACK; without `with_text` every text is empty, which saves most of the memory."""
        feedback, text = tables.feedback, tables.feedback_text
        query = select(feedback)
        if with_text:
            joined = feedback.outerjoin(text, text.c.row_id == feedback.c.row_id)
            query = select(feedback, func.coalesce(text.c.text, "").label("text")).select_from(joined)
        frame = self._load(query.where(*within(bounds)).order_by(feedback.c.row_id), FEEDBACK)
        # All rows of a record are of one moment, so that its `main` row is always among those loaded.
        places = frame["row_id"].searchsorted(frame["record_row"])
        frame["record_id"] = frame["feedback_id"].to_numpy()[places]
        return FEEDBACK.conform(_in_key_order(frame if with_text else frame.assign(text="")))

    def load_ratings(self, bounds: Bounds = EVERYTHING) -> pd.DataFrame:
        """Return RATINGS, every column as categories: few values, in millions of rows."""
        feedback, ratings = tables.feedback, tables.ratings
        names = [column.name for column in ratings.columns if column.name != "row_id"]
        query = select(ratings.c.row_id, *(ratings.c[name] for name in names))
        if bounds != EVERYTHING:
            # Not joined: the rows come as they lie, without being sorted.
            query = query.where(ratings.c.row_id.in_(select(feedback.c.row_id).where(*within(bounds))))
        ids = select(feedback.c.row_id, feedback.c.feedback_id).where(*within(bounds)).order_by(feedback.c.row_id)
        with self._database.reading() as connection:
            numbers, digests = fetch_ids(connection, ids)
            parts = fetch_parts(connection, query.order_by(*ratings.primary_key.columns))
            frame = to_coded_frame(RATINGS, names, parts, numbers, digests)
        return frame[RATINGS.column_names]

    def load_cases(self, bounds: Bounds = EVERYTHING) -> pd.DataFrame:
        """Return CASES."""
        return self._load_of_feedback(tables.cases, bounds, CASES)

    def load_annotations(self, bounds: Bounds = EVERYTHING, *, without: Collection[str] = ()) -> pd.DataFrame:
        """Return ANNOTATIONS; the columns of text named in `without` are empty, which saves most of the memory."""
        return self._load_of_feedback(tables.text_annotations, bounds, ANNOTATIONS, without)

    def load_rejects(self) -> pd.DataFrame:
        """Return REJECTS of every file, with their `source`."""
        table = tables.rejects
        return self._load(select(table).order_by(*table.primary_key.columns), REJECTS)

    def load_files(self) -> pd.DataFrame:
        """Return one row per file imported, with its counts."""
        table = tables.files
        frame = self._load(select(table).order_by(table.c.source, table.c.name, table.c.file_id), REJECTS)
        return frame.drop(columns=["reading"])

    def load_questions(self) -> pd.DataFrame:
        """Return QUESTIONS of every recognised questionnaire."""
        table = tables.questions
        return self._load(select(table).order_by(*table.primary_key.columns), QUESTIONS)

    def has_feedback(self, bounds: Bounds = EVERYTHING) -> bool:
        """Return whether there is any row of these moments."""
        with self._database.reading() as connection:
            found = connection.execute(select(tables.feedback.c.row_id).where(*within(bounds)).limit(1))
            return found.first() is not None

    def load_versions(self, source: str) -> list[tuple[bytes, bytes, str]]:
        """Return feedback_id and content_hash, as digests, and attributes, JSON, of every record of the source."""
        feedback = tables.feedback.c
        of_source = (feedback.source == source, feedback.role == MAIN_ROLE)
        query = select(feedback.feedback_id, feedback.content_hash, feedback.attributes).where(*of_source)
        with self._database.reading() as connection:
            return [(key, content, attributes) for key, content, attributes in connection.execute(query)]

    def load_hashes(self, feedback_ids: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return feedback_id → content_hash, as digests, of those that are stored."""
        feedback = tables.feedback.c
        with self._database.reading() as connection:
            numbers = find_rows(connection, to_keys(feedback_ids)).values()
            columns = (feedback.row_id, feedback.feedback_id, feedback.content_hash)
            return {key: content for _, key, content in fetch_by_keys(connection, columns, list(numbers))}

    def find_texts(self, source: str, days: Collection[int], texts: Collection[str]) -> set[tuple[int, str]]:
        """Return (day since 1970, text) of those texts that a source received on these days."""
        feedback, text = tables.feedback.c, tables.feedback_text.c
        of_days = feedback.row_id == text.row_id, feedback.source == source, feedback.received_day.in_(days)
        query = select(feedback.received_day, text.text).where(*of_days, text.text.in_(texts)).distinct()
        with self._database.reading() as connection:
            return {(day, said) for day, said in connection.execute(query)}

    def count_moments(self, source: str, moments: Sequence[int]) -> int:
        """Return at how many of these moments, in microseconds since 1970, the source received anything."""
        feedback = tables.feedback.c
        of_days = feedback.source == source, feedback.received_day.in_({to_day(at) for at in moments})
        query = select(func.count(feedback.received_at.distinct())).where(*of_days, feedback.received_at.in_(moments))
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one()

    def has_later(self, file_id: bytes, day: int) -> bool:
        """Return whether any row that stands as this file brought it is of a day behind this one."""
        feedback = tables.feedback.c
        found = select(feedback.row_id).where(feedback.received_day > day, feedback.file_id == file_id)
        with self._database.reading() as connection:
            return connection.execute(found.limit(1)).first() is not None

    def has_attribute(self, name: str, *, is_survey: bool) -> bool:
        """Return whether any row of questionnaires, or of anything else, has an attribute of this name."""
        feedback = tables.feedback
        is_of_kind = (feedback.c.kind == SourceKind.QUESTIONNAIRE) == is_survey
        key = f"{json.dumps(name, ensure_ascii=False)}: "
        found = select(feedback.c.row_id).where(is_of_kind, feedback.c.attributes.contains(key, autoescape=True))
        with self._database.reading() as connection:
            return connection.execute(found.limit(1)).first() is not None

    def first_and_last_moment(self, until: datetime | None = None) -> tuple[datetime, datetime] | None:
        """Return the earliest and latest received_at before `until`, None if nothing is dated."""
        at, day = tables.feedback.c.received_at, tables.feedback.c.received_day
        # Looked for in their days only, which an index holds.
        days, end = select(func.max(day)), None if until is None else to_day(_to_moment(until))
        last_day = (
            days.scalar_subquery() if end is None else func.coalesce(days.where(day < end).scalar_subquery(), end)
        )
        earliest = select(func.min(at)).where(day == select(func.min(day)).scalar_subquery())
        latest = select(func.max(at)).where(day >= last_day, *within((None, until)))
        with self._database.reading() as connection:
            first, last = connection.execute(earliest).scalar(), connection.execute(latest).scalar()
        return None if first is None or last is None else (_EPOCH + first * _MICROSECOND, _EPOCH + last * _MICROSECOND)

    def _load_of_feedback(
        self, table: Table, bounds: Bounds, declared: TableSchema, without: Collection[str] = ()
    ) -> pd.DataFrame:
        frame = self._load(_query_of_feedback(table, bounds, without), declared)
        return declared.conform(_in_key_order(frame).assign(**dict.fromkeys(without, "")))

    def _load(self, query: Select[Any], declared: TableSchema) -> pd.DataFrame:
        with self._database.reading() as connection:
            result = connection.execute(query)
            # In parts: to fetch row after row takes a third of the time of a large frame.
            return to_frame(declared, list(result.keys()), chain.from_iterable(result.partitions(AT_A_TIME)))


def within(bounds: Bounds) -> list[ColumnElement[bool]]:
    """Return the conditions on FEEDBACK that hold for the rows of these moments."""
    at, day = tables.feedback.c.received_at, tables.feedback.c.received_day
    since, until = (None if bound is None else _to_moment(bound) for bound in bounds)
    conditions: list[ColumnElement[bool]] = []
    if since is not None:
        conditions += [day >= to_day(since), at >= since]
    if until is not None:
        conditions += [day <= to_day(until), at < until]
    return conditions


def _to_moment(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def _query_of_feedback(table: Table, bounds: Bounds, without: Collection[str] = ()) -> Select[Any]:
    feedback = tables.feedback
    wanted = [column for column in table.columns if column.name not in {"row_id", *without}]
    query = select(feedback.c.feedback_id, *wanted).join(feedback, feedback.c.row_id == table.c.row_id)
    return query.where(*within(bounds)).order_by(*table.primary_key.columns)


def _in_key_order(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame in the order of its feedback_ids, equal ones as they are."""
    return frame.iloc[order_digests(to_digests(frame["feedback_id"].tolist()))]


class FigureStore:
    """Keeps the figures last computed for each period."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load_frozen(self) -> pd.DataFrame:
        """Return FROZEN_WEIGHTS, empty if none were frozen."""
        with self._database.reading() as connection:
            result = connection.execute(
                select(tables.frozen_weights).order_by(*tables.frozen_weights.primary_key.columns)
            )
            return FROZEN_WEIGHTS.conform(to_frame(FROZEN_WEIGHTS, list(result.keys()), result))

    def save_frozen(self, weights: pd.DataFrame) -> None:
        """Replace the frozen weights (FROZEN_WEIGHTS)."""
        with self._database.writing() as connection:
            connection.execute(tables.frozen_weights.delete())
            insert(connection, tables.frozen_weights.insert(), to_rows(weights, FROZEN_WEIGHTS))

    def save(self, index: pd.DataFrame, weights: pd.DataFrame, by: str) -> None:
        """Replace the figures, and the weights they were made with, of the periods in `index`."""
        periods = sorted(set(index["period"]))
        figures, stored_weights = tables.index_figures, tables.index_weights
        rows = to_rows(index, INDEX).extended(segmented_by=by)
        with self._database.writing() as connection:
            for period in periods:
                of_period = (figures.c.period == period, figures.c.segmented_by == by)
                connection.execute(figures.delete().where(*of_period))
                connection.execute(stored_weights.delete().where(stored_weights.c.period == period))
                insert(connection, stored_weights.insert(), to_rows(weights, WEIGHTS).extended(period=period))
            insert(connection, figures.insert(), rows)

"""Reading for scoring and reports: the rows of some period, only the columns asked for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Select, Table, func, select
from sqlalchemy.sql.elements import ColumnElement

from feedback_engine.store import tables
from feedback_engine.store.connection import Database
from feedback_engine.store.rows import insert, to_frame, to_rows
from feedback_engine.tables.annotations import ANNOTATIONS
from feedback_engine.tables.feedback import CASES, FEEDBACK, QUESTIONS, RATINGS, REJECTS
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
            joined = feedback.outerjoin(text, text.c.feedback_id == feedback.c.feedback_id)
            query = select(feedback, func.coalesce(text.c.text, "").label("text")).select_from(joined)
        frame = self._load(query.where(*within(bounds)).order_by(feedback.c.feedback_id), FEEDBACK)
        return FEEDBACK.conform(frame if with_text else frame.assign(text=""))

    def load_ratings(self, bounds: Bounds = EVERYTHING) -> pd.DataFrame:
        """Return RATINGS."""
        return RATINGS.conform(self._load_of_feedback(tables.ratings, bounds, RATINGS))

    def load_cases(self, bounds: Bounds = EVERYTHING) -> pd.DataFrame:
        """Return CASES."""
        return CASES.conform(self._load_of_feedback(tables.cases, bounds, CASES))

    def load_annotations(self, bounds: Bounds = EVERYTHING, *, without: Collection[str] = ()) -> pd.DataFrame:
        """Return ANNOTATIONS; the columns of text named in `without` are empty, which saves most of the memory."""
        frame = self._load_of_feedback(tables.text_annotations, bounds, ANNOTATIONS, without)
        return ANNOTATIONS.conform(frame.assign(**dict.fromkeys(without, "")))

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

    def first_and_last_moment(self, until: datetime | None = None) -> tuple[datetime, datetime] | None:
        """Return the earliest and latest received_at before `until`, None if nothing is dated."""
        at = tables.feedback.c.received_at
        query = select(func.min(at), func.max(at)).where(*within((None, until)))
        with self._database.reading() as connection:
            first, last = connection.execute(query).one()
        return None if first is None else (_EPOCH + first * _MICROSECOND, _EPOCH + last * _MICROSECOND)

    def _load_of_feedback(
        self, table: Table, bounds: Bounds, declared: TableSchema, without: Collection[str] = ()
    ) -> pd.DataFrame:
        wanted = [column for column in table.c if column.name not in without]
        query = select(*wanted).order_by(*table.primary_key.columns)
        if bounds != EVERYTHING:
            joined = tables.feedback.c.feedback_id == table.c.feedback_id
            query = query.join(tables.feedback, joined).where(*within(bounds))
        return self._load(query, declared)

    def _load(self, query: Select[Any], declared: TableSchema) -> pd.DataFrame:
        with self._database.reading() as connection:
            result = connection.execute(query)
            return to_frame(declared, list(result.keys()), result)


def within(bounds: Bounds) -> list[ColumnElement[bool]]:
    """Return the conditions on FEEDBACK that hold for the rows of these moments."""
    at: Column[Any] = tables.feedback.c.received_at
    since, until = bounds
    conditions: list[ColumnElement[bool]] = []
    if since is not None:
        conditions.append(at >= (since - _EPOCH) // _MICROSECOND)
    if until is not None:
        conditions.append(at < (until - _EPOCH) // _MICROSECOND)
    return conditions


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

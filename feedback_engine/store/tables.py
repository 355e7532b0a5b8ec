"""The SQL tables, made from the declarations in `feedback_engine.tables`.

Moments are whole microseconds since 1970 in UTC; raw text lives in its own table, so that retention can purge it and
keep the figures. Rows of feedback are numbered as they come, and all that belongs to one refers to its number: new
rows go behind the last of each table. Only `store.keys` finds a row by its id.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)
from sqlalchemy.types import TypeEngine

from feedback_engine.tables import schema
from feedback_engine.tables.annotations import ANNOTATIONS
from feedback_engine.tables.feedback import CASES, FEEDBACK, QUESTIONS, RATINGS, REJECTS
from feedback_engine.tables.index import INDEX, WEIGHTS
from feedback_engine.tables.schema import Kind, TableSchema
from feedback_engine.tables.weighting import FROZEN_WEIGHTS

#: Raised by one with every change of the tables below; `feedback-engine db upgrade` brings a database up to it.
SCHEMA_VERSION = 3

_DIGEST = LargeBinary(32)
#: SQLite finds rows by an INTEGER primary key without an index beside the table.
_ROW = BigInteger().with_variant(Integer(), "sqlite")
_NAME = String(200)
_TYPES: dict[Kind, TypeEngine[Any]] = {
    Kind.KEY: _DIGEST,
    Kind.TEXT: Text(),
    Kind.INTEGER: BigInteger(),
    Kind.NUMBER: Float(53),
    Kind.BOOLEAN: Boolean(),
    Kind.MOMENT: BigInteger(),
}

metadata = MetaData()


def _table(declared: TableSchema, *, name: str = "", extra: Iterable[str] = ()) -> Table:
    """Return the SQL table of a declaration; `extra` names are added in front and belong to the key."""
    columns: list[Column[Any]] = [Column(column, _NAME, nullable=False) for column in extra]
    columns += [_column(column) for column in declared.columns]
    key = [*extra, *declared.key]
    return Table(name or declared.name, metadata, *columns, PrimaryKeyConstraint(*key))


def _column(column: schema.Column) -> Column[Any]:
    is_name = column.is_key and column.kind is Kind.TEXT
    return Column(column.name, _NAME if is_name else _TYPES[column.kind], nullable=column.is_nullable)


def _table_of_rows(declared: TableSchema, *, is_clustered: bool = False) -> Table:
    """Return the SQL table of a declaration whose rows belong to a row of feedback, by its number."""
    columns = [_column(column) for column in declared.columns if column.name != "feedback_id"]
    key = [name for name in declared.key if name != "feedback_id"]
    row = Column("row_id", _ROW, nullable=False, autoincrement=False)
    numbered = PrimaryKeyConstraint("row_id", *key)
    return Table(declared.name, metadata, row, *columns, numbered, sqlite_with_rowid=not is_clustered)


feedback = Table(
    "feedback",
    metadata,
    Column("row_id", _ROW, primary_key=True, autoincrement=False),
    #: The number of the `main` row of the same record.
    Column("record_row", BigInteger, nullable=False),
    *(_column(column) for column in FEEDBACK.columns if column.name not in ("record_id", "text")),
    #: Whole days since 1970: an index of moments would be rewritten by each batch of unsorted rows, one of days is not.
    Column("received_day", BigInteger),
)
Index("feedback_received_day", feedback.c.received_day)
_is_sub_row = feedback.c.row_id != feedback.c.record_row
Index("feedback_record_row", feedback.c.record_row, sqlite_where=_is_sub_row, postgresql_where=_is_sub_row)


def _table_of_keys(name: str) -> Table:
    """Return a table of rows of feedback: the first half of the feedback_id, which no two share, and the number."""
    key = Column("row_key", LargeBinary(16), primary_key=True)
    return Table(name, metadata, key, Column("row_id", BigInteger, nullable=False), sqlite_with_rowid=False)


feedback_keys = _table_of_keys("feedback_keys")
recent_keys = _table_of_keys("recent_keys")

feedback_text = Table(
    "feedback_text",
    metadata,
    Column("row_id", _ROW, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
    #: Fingerprint of the tagger whose annotations are stored; empty = not tagged yet.
    Column("tagged_with", String(64), nullable=False),
)

feedback_history = Table(
    "feedback_history",
    metadata,
    Column("record_id", _DIGEST, nullable=False),
    Column("content_hash", _DIGEST, nullable=False),
    #: The rows as they stood before the correction, as JSON.
    Column("content", Text, nullable=False),
    PrimaryKeyConstraint("record_id", "content_hash"),
)

ratings = _table_of_rows(RATINGS, is_clustered=True)
cases = _table_of_rows(CASES)
#: Not called `annotations`, which is a name of `__future__`.
text_annotations = _table_of_rows(ANNOTATIONS)
rejects = _table(REJECTS, extra=["source"])
questions = _table(QUESTIONS)
frozen_weights = _table(FROZEN_WEIGHTS)
index_figures = _table(INDEX, name="index_figures", extra=["segmented_by"])
index_weights = _table(WEIGHTS, name="index_weights", extra=["period"])

files = Table(
    "files",
    metadata,
    Column("file_id", _DIGEST, nullable=False),
    Column("source", _NAME, nullable=False),
    Column("name", Text, nullable=False),
    Column("platform", _NAME, nullable=False),
    Column("encoding", _NAME, nullable=False),
    Column("sheet", Text, nullable=False),
    #: Digest of the source's configuration and the adapter: another reading of the same bytes is a new import.
    Column("reading", _DIGEST, nullable=False),
    Column("read", BigInteger, nullable=False),
    Column("stored", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
    Column("duplicate", BigInteger, nullable=False),
    Column("quarantined", BigInteger, nullable=False),
    Column("is_complete", Boolean, nullable=False),
    PrimaryKeyConstraint("file_id", "source"),
)

schema_version = Table("schema_version", metadata, Column("version", BigInteger, primary_key=True))

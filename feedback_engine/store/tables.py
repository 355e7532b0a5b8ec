"""The SQL tables, made from the declarations in `feedback_engine.tables`.

Row keys are 32-byte digests, never text under a collation; moments are whole microseconds since 1970 in UTC; raw text
lives in its own table, so that retention can purge it and keep the figures.
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
SCHEMA_VERSION = 1

_DIGEST = LargeBinary(32)
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


def _table(declared: TableSchema, *, name: str = "", without: Iterable[str] = (), extra: Iterable[str] = ()) -> Table:
    """Return the SQL table of a declaration; `extra` names are added in front and belong to the key."""
    columns: list[Column[Any]] = [Column(column, _NAME, nullable=False) for column in extra]
    columns += [_column(column) for column in declared.columns if column.name not in set(without)]
    key = [*extra, *declared.key]
    return Table(name or declared.name, metadata, *columns, PrimaryKeyConstraint(*key))


def _column(column: schema.Column) -> Column[Any]:
    kind: TypeEngine[Any] = _TYPES[column.kind]
    if column.name == "feedback_id":
        kind = _DIGEST
    elif column.is_key and column.kind is Kind.TEXT:
        kind = _NAME
    return Column(column.name, kind, nullable=column.is_nullable)


feedback = _table(FEEDBACK, without=["text"])
Index("feedback_received_at", feedback.c.received_at)
_is_sub_row = feedback.c.feedback_id != feedback.c.record_id
Index("feedback_record_id", feedback.c.record_id, sqlite_where=_is_sub_row, postgresql_where=_is_sub_row)

feedback_text = Table(
    "feedback_text",
    metadata,
    Column("feedback_id", _DIGEST, primary_key=True),
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

ratings = _table(RATINGS)
cases = _table(CASES)
#: Not called `annotations`, which is a name of `__future__`.
text_annotations = _table(ANNOTATIONS)
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

"""The steps between versions of the schema, in SQL of their own: the tables as they were and became at that time.

Versions before 2 were kept in SQLite only.
"""
# ruff: noqa: S608 - every name in these statements is written below

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    false,
    insert,
    select,
)

#: What belongs to rows of feedback: table → (its columns beside the row, their definitions and key).
_OF_ROWS = {
    "feedback_text": (
        "text, tagged_with",
        "row_id INTEGER NOT NULL, text TEXT NOT NULL, tagged_with VARCHAR(64) NOT NULL, PRIMARY KEY (row_id)",
    ),
    "ratings": (
        "indicator, state, rating, scale_min, scale_max",
        "row_id INTEGER NOT NULL, indicator VARCHAR(200) NOT NULL, state TEXT NOT NULL, rating FLOAT, "
        "scale_min FLOAT NOT NULL, scale_max FLOAT NOT NULL, PRIMARY KEY (row_id, indicator)",
    ),
    "cases": (
        "opened_at, replied_at, closed_at, status, department, stated_type",
        "row_id INTEGER NOT NULL, opened_at BIGINT, replied_at BIGINT, closed_at BIGINT, status TEXT, "
        "department TEXT, stated_type TEXT, PRIMARY KEY (row_id)",
    ),
    "annotations": (
        'kind, label, start, "end", clause, polarity, score, confidence, evidence, rule',
        "row_id INTEGER NOT NULL, kind VARCHAR(200) NOT NULL, label VARCHAR(200) NOT NULL, start BIGINT NOT NULL, "
        '"end" BIGINT NOT NULL, clause BIGINT NOT NULL, polarity TEXT NOT NULL, score FLOAT NOT NULL, '
        "confidence FLOAT NOT NULL, evidence TEXT NOT NULL, rule TEXT NOT NULL, "
        "PRIMARY KEY (row_id, kind, label, start)",
    ),
}
_FEEDBACK = (
    "source, kind, channel, customer_id, respondent_id, received_at, role, respondent_weight, attributes, file_id, "
    "row_number"
)
_NUMBERED_FEEDBACK = """CREATE TABLE feedback (
    row_id INTEGER NOT NULL, record_row BIGINT NOT NULL, feedback_id BLOB NOT NULL, content_hash BLOB NOT NULL,
    source TEXT NOT NULL, kind TEXT NOT NULL, channel TEXT NOT NULL, customer_id TEXT, respondent_id TEXT,
    received_at BIGINT, role TEXT NOT NULL, respondent_weight FLOAT NOT NULL, attributes TEXT NOT NULL,
    file_id BLOB NOT NULL, row_number BIGINT NOT NULL, received_day BIGINT, PRIMARY KEY (row_id))"""
_KEYS = "(row_key BLOB NOT NULL, row_id BIGINT NOT NULL, PRIMARY KEY (row_key)) WITHOUT ROWID"
#: Rounds down before 1970 too, where division rounds up.
_DAY = "(received_at - CASE WHEN received_at < 0 THEN 86399999999 ELSE 0 END) / 86400000000"


def number_rows(connection: Connection) -> None:
    """Version 2: rows of feedback have numbers, by which all that belongs to them refers to them."""
    for statement in _numbering():
        connection.exec_driver_sql(statement)


def mark_expected_rejects(connection: Connection) -> None:
    """Version 3: rejects tell whether the format explains them; of those stored before, none is known to be so."""
    connection.exec_driver_sql("ALTER TABLE rejects RENAME TO old_rejects")
    old, new = _rejects("old_rejects"), _rejects("rejects", Column("is_expected", Boolean, nullable=False))
    new.create(connection)
    connection.execute(insert(new).from_select(new.columns.keys(), select(old, false())))
    old.drop(connection)


def _rejects(name: str, *more: Column[bool]) -> Table:
    return Table(
        name,
        MetaData(),
        Column("source", String(200), nullable=False),
        Column("file_id", LargeBinary(32), nullable=False),
        Column("row_number", BigInteger, nullable=False),
        Column("column", String(200), nullable=False),
        Column("value", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("is_row_lost", Boolean, nullable=False),
        *more,
        PrimaryKeyConstraint("source", "file_id", "row_number", "column"),
    )


def _numbering() -> list[str]:
    record = (
        "CASE WHEN record_id = feedback_id THEN rowid "
        "ELSE (SELECT main.rowid FROM old_feedback AS main WHERE main.feedback_id = old_feedback.record_id) END"
    )
    statements = [
        "ALTER TABLE feedback RENAME TO old_feedback",
        _NUMBERED_FEEDBACK,
        f"INSERT INTO feedback (row_id, record_row, feedback_id, content_hash, {_FEEDBACK}, received_day) "
        f"SELECT rowid, {record}, feedback_id, content_hash, {_FEEDBACK}, {_DAY} FROM old_feedback ORDER BY rowid",
        "CREATE INDEX feedback_received_day ON feedback (received_day)",
        "CREATE INDEX feedback_record_row ON feedback (record_row) WHERE row_id != record_row",
        f"CREATE TABLE feedback_keys {_KEYS}",
        f"CREATE TABLE recent_keys {_KEYS}",
        "INSERT INTO feedback_keys SELECT substr(feedback_id, 1, 16), rowid FROM old_feedback ORDER BY feedback_id",
    ]
    for table, (columns, definition) in _OF_ROWS.items():
        clustered = " WITHOUT ROWID" if table == "ratings" else ""
        statements += [
            f"ALTER TABLE {table} RENAME TO old_{table}",
            f"CREATE TABLE {table} ({definition}){clustered}",
            f"INSERT INTO {table} (row_id, {columns}) SELECT numbered.rowid, {_qualify(columns)} "
            f"FROM old_{table} AS old JOIN old_feedback AS numbered ON numbered.feedback_id = old.feedback_id",
            f"DROP TABLE old_{table}",
        ]
    return [*statements, "DROP TABLE old_feedback"]


def _qualify(columns: str) -> str:
    return ", ".join(f"old.{column}" for column in columns.split(", "))

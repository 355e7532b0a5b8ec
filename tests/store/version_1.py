"""A database as version 1 of the schema left it: three records with all that belongs to them."""

import sqlite3
from contextlib import closing
from pathlib import Path

from store_builders import digest

_TABLES = """
CREATE TABLE feedback (feedback_id BLOB NOT NULL, record_id BLOB NOT NULL, content_hash BLOB NOT NULL, source TEXT NOT
  NULL, kind TEXT NOT NULL, channel TEXT NOT NULL, customer_id TEXT, respondent_id TEXT, received_at BIGINT, role TEXT
  NOT NULL, respondent_weight FLOAT NOT NULL, attributes TEXT NOT NULL, file_id BLOB NOT NULL, row_number BIGINT NOT
  NULL, PRIMARY KEY (feedback_id));
CREATE INDEX feedback_received_at ON feedback (received_at);
CREATE INDEX feedback_record_id ON feedback (record_id) WHERE feedback_id != record_id;
CREATE TABLE feedback_text (feedback_id BLOB NOT NULL, text TEXT NOT NULL, tagged_with VARCHAR(64) NOT NULL, PRIMARY
  KEY (feedback_id));
CREATE TABLE feedback_history (record_id BLOB NOT NULL, content_hash BLOB NOT NULL, content TEXT NOT NULL, PRIMARY KEY
  (record_id, content_hash));
CREATE TABLE ratings (feedback_id BLOB NOT NULL, indicator VARCHAR(200) NOT NULL, state TEXT NOT NULL, rating FLOAT,
  scale_min FLOAT NOT NULL, scale_max FLOAT NOT NULL, PRIMARY KEY (feedback_id, indicator));
CREATE TABLE cases (feedback_id BLOB NOT NULL, opened_at BIGINT, replied_at BIGINT, closed_at BIGINT, status TEXT,
  department TEXT, stated_type TEXT, PRIMARY KEY (feedback_id));
CREATE TABLE annotations (feedback_id BLOB NOT NULL, kind VARCHAR(200) NOT NULL, label VARCHAR(200) NOT NULL, start
  BIGINT NOT NULL, "end" BIGINT NOT NULL, clause BIGINT NOT NULL, polarity TEXT NOT NULL, score FLOAT NOT NULL,
  confidence FLOAT NOT NULL, evidence TEXT NOT NULL, rule TEXT NOT NULL, PRIMARY KEY (feedback_id, kind, label,
  start));
CREATE TABLE rejects (source VARCHAR(200) NOT NULL, file_id BLOB NOT NULL, row_number BIGINT NOT NULL, "column"
  VARCHAR(200) NOT NULL, value TEXT NOT NULL, reason TEXT NOT NULL, is_row_lost BOOLEAN NOT NULL, PRIMARY KEY (source,
  file_id, row_number, "column"));
CREATE TABLE questions (source VARCHAR(200) NOT NULL, code VARCHAR(200) NOT NULL, stem TEXT NOT NULL, type TEXT NOT
  NULL, scale_min FLOAT, scale_max FLOAT, scale_evidence TEXT NOT NULL, PRIMARY KEY (source, code));
CREATE TABLE frozen_weights (touchpoint VARCHAR(200) NOT NULL, indicator VARCHAR(200) NOT NULL, level TEXT NOT NULL,
  weight FLOAT NOT NULL, method TEXT NOT NULL, base_period TEXT NOT NULL, base BIGINT NOT NULL, figures TEXT NOT NULL,
  notes TEXT NOT NULL, PRIMARY KEY (touchpoint, indicator));
CREATE TABLE index_figures (segmented_by VARCHAR(200) NOT NULL, period VARCHAR(200) NOT NULL, segment VARCHAR(200) NOT
  NULL, touchpoint VARCHAR(200) NOT NULL, indicator VARCHAR(200) NOT NULL, measure VARCHAR(200) NOT NULL, score FLOAT,
  indicator_weight FLOAT NOT NULL, base BIGINT NOT NULL, effective_base FLOAT NOT NULL, lower FLOAT, upper FLOAT, flag
  TEXT NOT NULL, PRIMARY KEY (segmented_by, period, segment, touchpoint, indicator, measure));
CREATE TABLE index_weights (period VARCHAR(200) NOT NULL, touchpoint VARCHAR(200) NOT NULL, indicator VARCHAR(200) NOT
  NULL, name TEXT NOT NULL, source TEXT NOT NULL, weight FLOAT NOT NULL, equal_weight FLOAT NOT NULL, method TEXT NOT
  NULL, PRIMARY KEY (period, touchpoint, indicator));
CREATE TABLE files (file_id BLOB NOT NULL, source VARCHAR(200) NOT NULL, name TEXT NOT NULL, platform VARCHAR(200) NOT
  NULL, encoding VARCHAR(200) NOT NULL, sheet TEXT NOT NULL, reading BLOB NOT NULL, read BIGINT NOT NULL, stored
  BIGINT NOT NULL, updated BIGINT NOT NULL, duplicate BIGINT NOT NULL, quarantined BIGINT NOT NULL, is_complete
  BOOLEAN NOT NULL, PRIMARY KEY (file_id, source));
CREATE TABLE schema_version (version BIGINT NOT NULL, PRIMARY KEY (version));
INSERT INTO schema_version VALUES (1);
"""

#: 2026-10-01 in UTC; one microsecond before 1970; none.
MOMENTS = {"1": 1_790_812_800_000_000, "2": -1, "3": None}
#: What the records say as `make_batch` makes them; "1" said ("一般", 3) before it was corrected.
RECORDS = [("1", "很好", 5), ("2", "", 3), ("3", "差", 1)]


def write_version_1(path: Path) -> None:
    """Write the database."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(_TABLES)
        for number, (key, text, rating) in enumerate(RECORDS, start=2):
            _insert_record(connection, number, key, text, rating)
        earlier = (_key("1"), _key("1", "一般", 3), "{}")
        connection.execute("INSERT INTO feedback_history VALUES (?, ?, ?)", earlier)
        connection.execute(
            "INSERT INTO cases VALUES (?, ?, NULL, NULL, '已办结', '前厅部', NULL)", (_key("2"), MOMENTS["1"])
        )
        tag = (_key("1", "open"), "sentiment", "text", 0, 2, -1, "positive", 0.5, 0.9, "[]", "情感词")
        connection.execute(f"INSERT INTO annotations VALUES ({_marks(tag)})", tag)
        reject = ("s", _key("f"), 9, "", "x", "坏行", True)
        connection.execute(f"INSERT INTO rejects VALUES ({_marks(reject)})", reject)
        file = (_key("a.csv"), "s", "a.csv", "generic", "utf-8", "", _key("r"), 4, 3, 0, 0, 1, True)
        connection.execute(f"INSERT INTO files VALUES ({_marks(file)})", file)


def _insert_record(connection: sqlite3.Connection, number: int, key: str, text: str, rating: int) -> None:
    record, content = _key(key), _key(key, text, rating)
    common = (record, content, "s", "questionnaire", "", None, key, MOMENTS[key])
    rows = [(record, *common, "main", 1.0, "{}", _key("f"), number)]
    if text:
        rows.append((_key(key, "open"), *common, "open", 1.0, "{}", _key("f"), number))
        tagged = "tagger" if key == "1" else ""
        connection.execute("INSERT INTO feedback_text VALUES (?, ?, ?)", (_key(key, "open"), text, tagged))
    # The answer before its record: rows were kept in the order of their keys, which is any order.
    connection.executemany(f"INSERT INTO feedback VALUES ({_marks(rows[0])})", rows[::-1])
    connection.execute("INSERT INTO ratings VALUES (?, 'q1', 'answered', ?, 1.0, 5.0)", (record, float(rating)))


def _key(*parts: object) -> bytes:
    return bytes.fromhex(digest(*parts))


def _marks(row: tuple[object, ...]) -> str:
    return ", ".join("?" * len(row))

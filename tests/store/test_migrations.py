"""A database of an earlier version: refused with the way out, upgraded without loss, and good for all that follows."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from store_builders import digest, make_batch, make_file
from version_1 import RECORDS, write_version_1

from feedback_engine.errors import StoreError
from feedback_engine.store import tables
from feedback_engine.store.annotation_store import AnnotationStore
from feedback_engine.store.connection import Database
from feedback_engine.store.feedback_store import FeedbackWriter
from feedback_engine.store.loading import FeedbackReader
from feedback_engine.store.migrations import upgrade
from feedback_engine.store.texts import TextReader
from feedback_engine.tables.summary import ImportCounts

URL = "sqlite:///old.db"
OCTOBER = datetime(2026, 10, 1, tzinfo=UTC)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    write_version_1(tmp_path / "old.db")
    return tmp_path


@pytest.fixture
def upgraded(old: Path):
    assert upgrade(URL, old) == tables.SCHEMA_VERSION
    database = Database.open(URL, old)
    yield database
    database.close()


def layout(path: Path) -> dict[str, object]:
    """Return table → what SQLite knows of its columns, its indexes and how its rows are kept."""
    with closing(sqlite3.connect(path)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: (
                connection.execute(f"PRAGMA table_info({name})").fetchall(),
                sorted(
                    (*row[1:], tuple(connection.execute(f"PRAGMA index_info({row[1]})")))
                    for row in connection.execute(f"PRAGMA index_list({name})")
                ),
                "WITHOUT ROWID"
                in connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", [name]).fetchone()[0],
            )
            for name in names
        }


def test_an_older_database_is_refused_with_the_way_out(old: Path) -> None:
    with pytest.raises(StoreError, match=r"版本为 1.*feedback-engine db upgrade"):
        Database.open(URL, old)


def test_an_upgraded_database_has_the_tables_of_a_new_one(upgraded: Database, old: Path) -> None:
    Database.open("sqlite:///new.db", old).close()
    assert layout(old / "old.db") == layout(old / "new.db")


def test_every_row_is_loaded_as_before(upgraded: Database) -> None:
    reader = FeedbackReader(upgraded)
    feedback = reader.load_feedback(with_text=True)
    assert feedback["feedback_id"].tolist() == sorted(
        digest(*key) for key in [("1",), ("1", "open"), ("2",), ("3",), ("3", "open")]
    )
    said = {(row.respondent_id, row.role): row for row in feedback.itertuples()}
    assert {key: row.text for key, row in said.items() if row.text} == {("1", "open"): "很好", ("3", "open"): "差"}
    assert {row.record_id for key, row in said.items() if key[0] == "1"} == {digest("1")}
    assert said["2", "main"].received_at == datetime(1970, 1, 1, tzinfo=UTC) - timedelta(microseconds=1)
    assert said["3", "main"].row_number == 4
    ratings = dict(reader.load_ratings()[["feedback_id", "rating"]].values.tolist())
    assert ratings == {digest(key): float(rating) for key, _, rating in RECORDS}
    assert reader.load_cases()["feedback_id"].tolist() == [digest("2")]
    assert reader.load_annotations()[["feedback_id", "rule"]].values.tolist() == [[digest("1", "open"), "情感词"]]
    rejects = reader.load_rejects()
    assert rejects[["reason", "is_row_lost", "is_expected"]].to_numpy().tolist() == [["坏行", True, False]]
    assert len(reader.load_files()) == 1


def test_periods_find_the_upgraded_rows(upgraded: Database) -> None:
    reader = FeedbackReader(upgraded)
    assert set(reader.load_feedback((OCTOBER, OCTOBER + timedelta(days=1)))["respondent_id"]) == {"1"}
    assert set(reader.load_ratings((None, OCTOBER))["feedback_id"]) == {digest("2")}
    before = datetime(1970, 1, 1, tzinfo=UTC) - timedelta(microseconds=1)
    assert reader.first_and_last_moment() == (before, OCTOBER)


def test_texts_and_tags_are_found_by_their_ids(upgraded: Database) -> None:
    store, texts = AnnotationStore(upgraded), TextReader(upgraded)
    assert [
        pair for ids, words in store.iterate_untagged(["s"], "tagger") for pair in zip(ids, words, strict=True)
    ] == [(digest("3", "open"), "差")]
    assert texts.read([digest("1", "open")]) == {digest("1", "open"): "很好"}
    assert texts.read_tags([digest("1", "open")])["label"].tolist() == ["text"]


def test_rows_sent_again_after_the_upgrade_are_known_and_corrections_are_followed(upgraded: Database) -> None:
    writer = FeedbackWriter(upgraded)
    file = make_file("again.csv")
    writer.begin_file(file)
    again = [*RECORDS[:2], ("3", "好", 4), ("4", "", 2)]
    counts = writer.save_batch(file, make_batch(again), ImportCounts())
    assert counts == ImportCounts(4, stored=1, updated=1, duplicate=2)
    old_version = writer.save_batch(file, make_batch([("1", "一般", 3)]), counts)
    assert old_version.duplicate == 3
    ratings = dict(FeedbackReader(upgraded).load_ratings()[["feedback_id", "rating"]].values.tolist())
    assert ratings == {digest("1"): 5.0, digest("2"): 3.0, digest("3"): 4.0, digest("4"): 2.0}

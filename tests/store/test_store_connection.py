"""The database as the world treats it: locked, missing, damaged, of another version."""

import os
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import update
from store_builders import make_batch, make_file

from feedback_engine.errors import ConfigError, RunLocked, StoreError, StoreLocked, StoreReadOnly
from feedback_engine.store import dialects, tables
from feedback_engine.store.connection import Database
from feedback_engine.store.feedback_store import FeedbackWriter
from feedback_engine.store.loading import FeedbackReader
from feedback_engine.store.locks import hold_lock
from feedback_engine.store.migrations import upgrade
from feedback_engine.tables.summary import ImportCounts


def test_a_database_locked_by_another_program_is_named_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialects, "BUSY_SECONDS", 0.1)
    database = Database.open("sqlite:///a.db", tmp_path)
    other = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreLocked, match=r"a\.db.*被其他程序占用"):
        FeedbackWriter(database).begin_file(make_file())
    other.close()


def test_readers_do_not_wait_for_a_writer(database: Database, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "feedback.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert FeedbackReader(database).load_feedback().empty
    other.close()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"this is a text, and a long one at that " * 100)
    with pytest.raises(StoreError, match="不是 SQLite 数据库"):
        Database.open("sqlite:///a.db", tmp_path)


def test_a_url_that_is_none_is_a_config_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"store\.url"):
        Database.open("out/feedback.db", tmp_path)


def test_a_newer_schema_is_refused_with_a_message(database: Database, tmp_path: Path) -> None:
    with database.writing() as connection:
        connection.execute(update(tables.schema_version).values(version=tables.SCHEMA_VERSION + 1))
    with pytest.raises(StoreError, match="请升级 feedback-engine"):
        Database.open("sqlite:///feedback.db", tmp_path)
    with pytest.raises(StoreError, match="比本程序新"):
        upgrade("sqlite:///feedback.db", tmp_path)


def test_upgrading_an_up_to_date_database_changes_nothing(database: Database, tmp_path: Path) -> None:
    file = make_file()
    FeedbackWriter(database).begin_file(file)
    FeedbackWriter(database).save_batch(file, make_batch([("1", "好", 5)]), ImportCounts())
    assert upgrade("sqlite:///feedback.db", tmp_path) == tables.SCHEMA_VERSION
    assert len(FeedbackReader(database).load_feedback()) == 2


def test_a_disk_that_fills_up_is_said_so_and_nothing_half_written_stays(database: Database) -> None:
    file = make_file()
    writer = FeedbackWriter(database)
    writer.begin_file(file)
    with database.writing() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    batch = make_batch([(str(n), "长" * 500, 5) for n in range(200)])
    with pytest.raises(StoreError, match="磁盘已满"):
        writer.save_batch(file, batch, ImportCounts())
    assert FeedbackReader(database).load_feedback().empty


def test_the_second_run_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "feedback.db.lock"
    with hold_lock(path), pytest.raises(RunLocked, match=r"另一个任务（pid \d+）正在运行"), hold_lock(path):
        raise AssertionError("two runs at once")
    with hold_lock(path):
        assert path.exists()


def test_a_database_where_nothing_can_be_written_is_read_and_refuses_to_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = Database.open("sqlite:///a.db", tmp_path)
    writer = FeedbackWriter(written)
    writer.begin_file(make_file())
    writer.save_batch(make_file(), make_batch([("a", "", 5)]), ImportCounts())
    written.close()
    monkeypatch.setattr("os.access", lambda path, mode: not mode & os.W_OK)
    database = Database.open("sqlite:///a.db", tmp_path)
    assert len(FeedbackReader(database).load_feedback()) == 1
    with pytest.raises(StoreReadOnly, match=r"a\.db：数据库文件只读"):
        FeedbackWriter(database).begin_file(make_file("b.csv"))

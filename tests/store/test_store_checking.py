"""A database that could not be used is told before a night's run, and nothing is made to find that out."""

import sqlite3
from pathlib import Path

import pytest

from feedback_engine.errors import ConfigError, StoreError
from feedback_engine.store.checking import check_store
from feedback_engine.store.connection import Database


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///out/new/feedback.db"])
def test_a_place_where_a_database_can_be_made_is_good_and_stays_empty(tmp_path: Path, url: str) -> None:
    check_store(url, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_database_of_this_version_is_good_and_left_as_it_is(tmp_path: Path) -> None:
    Database.open("sqlite:///a.db", tmp_path).close()
    before = (tmp_path / "a.db").read_bytes()
    check_store("sqlite:///a.db", tmp_path)
    assert (tmp_path / "a.db").read_bytes() == before


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("out/feedback.db", r"store\.url .* 不是数据库地址"),
        ("nosuch://host/db", "驱动不可用"),
        ("sqlite:///notes.txt", "不是 SQLite 数据库"),
        ("sqlite:///notes.txt/feedback.db", "是文件，不是文件夹"),
        ("sqlite:///folder", "指向文件夹"),
    ],
)
def test_an_address_that_leads_nowhere_is_named_with_the_way_out(tmp_path: Path, url: str, said: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "notes.txt").write_bytes(b"a text that is no database " * 100)
    with pytest.raises((ConfigError, StoreError), match=said):
        check_store(url, tmp_path)


def test_a_database_of_another_version_says_what_to_do(tmp_path: Path) -> None:
    Database.open("sqlite:///a.db", tmp_path).close()
    with sqlite3.connect(tmp_path / "a.db") as database:
        database.execute("UPDATE schema_version SET version = 1")
    with pytest.raises(StoreError, match="db upgrade"):
        check_store("sqlite:///a.db", tmp_path)

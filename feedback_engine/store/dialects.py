"""What differs between databases, in one place: opening, inserting if absent, and what their errors mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, Insert, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import StaticPool

from feedback_engine.errors import ConfigError, StoreError, StoreLocked, StoreReadOnly

#: Seconds to wait for another program's lock on the database.
BUSY_SECONDS = 10

_LOCKED = ("database is locked", "database table is locked")
_READ_ONLY = ("readonly database", "read-only transaction")
_WAYS_OUT = {
    "disk is full": "磁盘已满；请清理后重跑，已提交的批次不会丢失",
    "disk I/O error": "数据库文件读写出错（磁盘已满，或磁盘、网络盘有故障）；请检查后重跑，已提交的批次不会丢失",
    "unable to open database": "无法打开数据库文件；请检查路径与权限",
    "not a database": "文件不是 SQLite 数据库；请检查 store.url",
    "malformed": "数据库文件已损坏；请从备份恢复",
}


def parse_url(url: str) -> URL:
    """Return the parsed URL, or raise ConfigError."""
    try:
        return make_url(url)
    except ArgumentError:
        raise ConfigError(f"store.url {url!r} 不是数据库地址；例如 sqlite:///out/feedback.db") from None


def open_engine(url: URL) -> Engine:
    """Return an SQLAlchemy engine with transactions that begin as writers on SQLite."""
    try:
        if url.get_backend_name() != "sqlite":
            return create_engine(url)
        options: dict[str, Any] = {"connect_args": {"timeout": BUSY_SECONDS, "check_same_thread": False}}
        if url.database in (None, "", ":memory:"):
            options["poolclass"] = StaticPool
        engine = create_engine(url, **options)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        way_out = "请安装它，或改用 sqlite:///out/feedback.db"
        raise ConfigError(f"store.url 的数据库驱动不可用（{error}）；{way_out}") from None
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN IMMEDIATE ourselves
    # Keys are random, so each batch touches most pages of an index: larger pages and rarer checkpoints write less.
    pragmas = ("page_size=8192", "journal_mode=WAL", "synchronous=FULL", "cache_size=-32768")
    for pragma in (*pragmas, "wal_autocheckpoint=20000"):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Any) -> None:
    # A writer takes its lock at once, so that two importers wait for each other instead of failing half-way.
    is_reader = connection.get_execution_options().get("is_reader", False)
    connection.exec_driver_sql("BEGIN" if is_reader else "BEGIN IMMEDIATE")


def insert_if_absent(table: Table, backend: str) -> Insert:
    """Return an insert that leaves a row with the same key as it is."""
    if backend == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


def unjournalled(statement: Insert) -> Insert:
    """Return the insert without the means to undo itself alone; where it fails, the transaction has to be undone.

    SQLite would first copy every page that it is going to change, which for random keys is most of a table.
    """
    return statement.prefix_with("OR FAIL", dialect="sqlite")


@contextmanager
def translated_errors(url: URL) -> Iterator[None]:
    """Turn the driver's errors into ours, with the place and the way out."""
    shown = url.render_as_string(hide_password=True)
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        reason = " ".join(str(getattr(error, "orig", error)).split())
        if any(words in reason for words in _LOCKED):
            raise StoreLocked(f"{shown}：数据库被其他程序占用（已等待 {BUSY_SECONDS} 秒）；关闭它后重跑") from error
        if any(words in reason for words in _READ_ONLY):
            raise StoreReadOnly(f"{shown}：数据库文件只读；请检查文件与目录的写权限") from error
        unknown = f"数据库出错（{reason}）；请检查磁盘与 store.url 后重跑，已提交的批次不会丢失"
        way_out = next((text for words, text in _WAYS_OUT.items() if words in reason), unknown)
        raise StoreError(f"{shown}：{way_out}") from error

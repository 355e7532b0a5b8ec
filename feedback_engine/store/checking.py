"""Whether a database could be used, found out without making or changing it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import URL

from feedback_engine.errors import StoreError
from feedback_engine.store.dialects import open_engine, parse_url, translated_errors
from feedback_engine.store.tables import SCHEMA_VERSION


def check_store(url: str, base: Path) -> None:
    """Raise ConfigError or StoreError if the database at the URL could not be used; writes nothing."""
    parsed = parse_url(url)
    if parsed.get_backend_name() != "sqlite":
        engine = open_engine(parsed)
        with translated_errors(parsed), engine.connect():
            engine.dispose()
    elif parsed.database not in (None, "", ":memory:"):
        path = base / Path(str(parsed.database)).expanduser()
        _check_file(path, parsed) if path.exists() else _check_folder(path)


def _check_folder(path: Path) -> None:
    nearest = next(folder for folder in path.absolute().parents if folder.exists())
    if not nearest.is_dir():
        raise StoreError(f"store.url 的上级 {nearest} 是文件，不是文件夹；请换一个位置")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise StoreError(f"{nearest} 没有写权限，无法在其中建数据库；请检查 store.url 或权限")


def _check_file(path: Path, url: URL) -> None:
    if path.is_dir():
        raise StoreError(f"store.url 指向文件夹 {path}；请写到文件，如 {path / 'feedback.db'}")
    if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
        raise StoreError(f"{path} 只读；请检查文件与所在文件夹的写权限")
    version = _read_version(path, url)
    if version is not None and version != SCHEMA_VERSION:
        way_out = "请升级 feedback-engine" if version > SCHEMA_VERSION else "请先运行 feedback-engine db upgrade"
        raise StoreError(f"{path}：数据库结构版本为 {version}，本程序需要 {SCHEMA_VERSION}；{way_out}")


def _read_version(path: Path, url: URL) -> int | None:
    with translated_errors(url), closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE name = 'schema_version'").fetchall()
        found = database.execute("SELECT version FROM schema_version").fetchone() if tables else None
    return None if found is None else int(found[0])

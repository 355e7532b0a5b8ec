"""A database: transactions, its schema and its version."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Self

from sqlalchemy import Connection, inspect, select
from sqlalchemy.engine import URL

from feedback_engine.errors import StoreError, tell_os_error
from feedback_engine.store import tables
from feedback_engine.store.dialects import open_engine, parse_url, translated_errors


class Database:
    """A database at a URL; its tables are made if it is new. Raises StoreError when it cannot be used."""

    def __init__(self, url: str, base: Path) -> None:
        self.url = parse_url(url)
        self.path: Path | None = None
        if self.url.get_backend_name() == "sqlite" and self.url.database not in (None, "", ":memory:"):
            self.path = base / Path(str(self.url.database)).expanduser()
            self.url = self.url.set(database=str(self.path))
            self._make_folder(self.path.parent)
        self._engine = open_engine(self.url if self.path is None else _to_opened(self.url, self.path))
        self._rehearsal: Connection | None = None
        # One connection serves all threads of an in-memory database, so they take turns.
        self._turn = RLock() if self.path is None else None
        if self.version() is None:
            self._create()

    @classmethod
    def open(cls, url: str, base: Path) -> Self:
        """Open the database for use; raises StoreError if its schema is of another version."""
        database = cls(url, base)
        if (version := database.version()) != tables.SCHEMA_VERSION:
            is_newer = version is not None and version > tables.SCHEMA_VERSION
            way_out = "请升级 feedback-engine" if is_newer else "请先运行 feedback-engine db upgrade"
            place = database.url.render_as_string()
            raise StoreError(f"{place}：数据库结构版本为 {version}，本程序需要 {tables.SCHEMA_VERSION}；{way_out}")
        return database

    @property
    def backend(self) -> str:
        """Name of the database system: sqlite, postgresql, mysql."""
        return self.url.get_backend_name()

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a transaction that holds the write lock and is committed at the end of the block."""
        if self._rehearsal is not None:
            yield self._rehearsal
            return
        with translated_errors(self.url), self._taking_turns(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a transaction that sees one state of the database and takes no write lock."""
        if self._rehearsal is not None:
            yield self._rehearsal
            return
        with translated_errors(self.url), self._taking_turns(), self._engine.connect() as connection:
            yield connection.execution_options(is_reader=True)

    @contextmanager
    def rehearse(self) -> Iterator[None]:
        """Undo all that is written inside the block, at its end."""
        with translated_errors(self.url), self._taking_turns(), self._engine.connect() as connection:
            self._rehearsal = connection
            try:
                yield
            finally:
                self._rehearsal = None
                connection.rollback()

    @contextmanager
    def _taking_turns(self) -> Iterator[None]:
        if self._turn is None:
            yield
            return
        with self._turn:
            yield

    def _make_folder(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{folder} 无法创建数据库目录：{tell_os_error(error)}") from None

    def version(self) -> int | None:
        """Return the version of the schema in the database, None if it is empty."""
        with self.reading() as connection:
            if not inspect(connection).has_table(tables.schema_version.name):
                return None
            return connection.execute(select(tables.schema_version.c.version)).scalar()

    def _create(self) -> None:
        with self.writing() as connection:
            tables.metadata.create_all(connection)
            if connection.execute(select(tables.schema_version.c.version)).first() is None:
                connection.execute(tables.schema_version.insert().values(version=tables.SCHEMA_VERSION))


def _to_opened(url: URL, path: Path) -> URL:
    """Return the URL to open a file by: where nothing can be written, SQLite has to be told that nobody writes."""
    if not path.exists() or (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
        return url
    return url.set(database=path.absolute().as_uri(), query={"immutable": "1", "uri": "true"})

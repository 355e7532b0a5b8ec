"""Bringing an older database up to this version's schema, one step a version, each in its own transaction."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, update

from feedback_engine.errors import StoreError
from feedback_engine.store.connection import Database
from feedback_engine.store.steps import mark_expected_rejects, number_rows
from feedback_engine.store.tables import SCHEMA_VERSION, schema_version

#: Version reached → the step that reaches it from the version before.
STEPS: dict[int, Callable[[Connection], None]] = {2: number_rows, 3: mark_expected_rejects}


def upgrade(url: str, base: Path) -> int:
    """Apply the steps that the database lacks and return its version; raises StoreError if it is a newer one."""
    database = Database(url, base)
    version = database.version() or SCHEMA_VERSION
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{database.url.render_as_string()}：数据库结构版本 {version} 比本程序新；请升级 feedback-engine"
        )
    for reached in range(version + 1, SCHEMA_VERSION + 1):
        with database.writing() as connection:
            STEPS[reached](connection)
            connection.execute(update(schema_version).values(version=reached))
    database.close()
    return SCHEMA_VERSION

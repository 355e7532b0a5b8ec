"""The rows of feedback by their feedback_ids.

An id is known by its first half. New ones go to `recent_keys`, which stays small, and once in a while from there to
`feedback_keys`, all at once and in order: digests fall anywhere, so that each batch would rewrite all of a large table.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Table, delete, insert, select

from feedback_engine.store import tables
from feedback_engine.store.dialects import insert_if_absent, unjournalled
from feedback_engine.store.rows import CHUNK, Rows, fetch_by_keys, order_digests
from feedback_engine.store.rows import insert as insert_rows

#: Row numbers after which the recent keys are moved to the others.
_SETTLED_EACH = 250_000
_BYTES = 16
#: So many keys are sought as one value, fewer each by itself.
_MANY = 100
_FIND_MANY = """
WITH RECURSIVE places (place) AS (VALUES (1) UNION ALL SELECT place + 16 FROM places WHERE place <= ? - 16)
SELECT row_key, row_id FROM places CROSS JOIN {table} ON row_key = substr(?, place, 16)
"""


def to_keys(digests: Sequence[bytes]) -> list[bytes]:
    """Return the halves by which the ids are known: of 10¹⁵ of them, no two are alike."""
    return [digest[:_BYTES] for digest in digests]


def find_rows(connection: Connection, keys: Sequence[bytes]) -> dict[bytes, int]:
    """Return key → number of the row, of the keys that are known."""
    known = _find(connection, tables.feedback_keys, keys)
    left = [key for key in keys if key not in known] if known else keys
    return known | _find(connection, tables.recent_keys, left)


def number_rows(connection: Connection, keys: Sequence[bytes], first: int) -> list[int]:
    """Enter the keys that are new, numbered from `first`; return the number of each key."""
    known = _find(connection, tables.feedback_keys, keys)
    left = [key for key in keys if key not in known] if known else keys
    numbers = range(first, first + len(left))
    are_all_new = enter(connection, left, numbers) == len(left)
    if are_all_new and not known:
        return list(numbers)
    known |= zip(left, numbers, strict=True) if are_all_new else _find(connection, tables.recent_keys, left)
    return [known[key] for key in keys]


def enter(connection: Connection, keys: Sequence[bytes], numbers: Sequence[int]) -> int:
    """Enter the keys that are not among the recent ones; return how many."""
    order = order_digests(keys).tolist()
    # In order: neighbours in the table are written together.
    entries = Rows({"row_key": [keys[at] for at in order], "row_id": [numbers[at] for at in order]})
    return insert_rows(connection, insert_if_absent(tables.recent_keys, connection.dialect.name), entries)


def forget(connection: Connection, keys: Sequence[bytes]) -> None:
    """Remove the keys."""
    for table in (tables.feedback_keys, tables.recent_keys):
        for start in range(0, len(keys), CHUNK):
            connection.execute(delete(table).where(table.c.row_key.in_(keys[start : start + CHUNK])))


def settle(connection: Connection, before: int, after: int) -> None:
    """Move the recent keys to the others if enough rows have been numbered, which were `before` and are `after`."""
    if before // _SETTLED_EACH == after // _SETTLED_EACH:
        return
    settled, recent = tables.feedback_keys, tables.recent_keys
    in_order = select(*recent.columns).order_by(recent.c.row_key)
    connection.execute(unjournalled(insert(settled).from_select(settled.columns.keys(), in_order)))
    connection.execute(delete(recent))


def read_next(connection: Connection, last: bytes, count: int) -> list[tuple[bytes, int]]:
    """Return up to `count` (key, number) behind the key `last`, in the order of the keys."""
    found: list[tuple[bytes, int]] = []
    for table in (tables.feedback_keys, tables.recent_keys):
        behind = select(*table.columns).where(table.c.row_key > last).order_by(table.c.row_key).limit(count)
        found += [(key, number) for key, number in connection.execute(behind)]
    return sorted(found)[:count]


def _find(connection: Connection, table: Table, keys: Sequence[bytes]) -> dict[bytes, int]:
    if connection.dialect.name != "sqlite" or len(keys) < _MANY:
        return dict(fetch_by_keys(connection, tuple(table.columns), keys))
    # In order, so that neighbours in the table are read together; to name each key would take as long as to find it.
    joined = b"".join(keys[at] for at in order_digests(keys).tolist())
    found = connection.exec_driver_sql(_FIND_MANY.format(table=table.name), (len(joined), joined))
    return {row[0]: row[1] for row in found}

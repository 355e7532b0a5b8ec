"""Replies inside a record, as rows of their own with the id of what they answer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from feedback_engine.ingest.readers.rows import Rows

#: Replies to replies beyond this are cut off: a loop, not a talk.
_MAX_DEPTH = 20


def read_objects(cell: str) -> list[dict[str, Any]]:
    """Return the objects of a JSON list in a cell; what is none gives nothing."""
    if not cell.lstrip().startswith("[{"):
        return []
    try:
        entries = json.loads(cell, parse_int=str, parse_float=str)
    except (json.JSONDecodeError, RecursionError):
        return []
    return [entry for entry in entries if isinstance(entry, dict)]


def unfold_replies(rows: Rows, nested: Sequence[int], *, own: int, parent: int) -> Rows:
    """Return the rows, each followed by the replies in its `nested` columns.

    A reply has the row number of what it stands in; the `parent` cell takes the id (`own`) of what it answers, and
    what the reply does not say itself, such as the post it belongs to, stays empty.
    """
    places = tuple(nested), own, parent
    return replace(rows, records=_unfold(rows, places))


def _unfold(rows: Rows, places: tuple[tuple[int, ...], int, int]) -> Iterator[tuple[int, list[str]]]:
    for number, cells in rows:
        yield number, [cell if at not in places[0] else "" for at, cell in enumerate(cells)]
        yield from _replies(rows.header, number, cells, places, 0)


def _replies(
    header: list[str], number: int, cells: list[str], places: tuple[tuple[int, ...], int, int], depth: int
) -> Iterator[tuple[int, list[str]]]:
    nested, own, parent = places
    for entry in (entry for at in nested for entry in read_objects(cells[at]) if depth < _MAX_DEPTH):
        reply = [_render(entry.get(heading)) for heading in header]
        reply[parent] = reply[parent] if reply[parent] not in ("", "0") else cells[own]
        yield number, [cell if at not in nested else "" for at, cell in enumerate(reply)]
        yield from _replies(header, number, reply, places, depth + 1)


def _render(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

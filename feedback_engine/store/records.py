"""Which records of a batch are new, corrected or known, and the numbers of their rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select

from feedback_engine.store import tables
from feedback_engine.store.keys import forget, number_rows, to_keys
from feedback_engine.store.rows import CHUNK, fetch_by_keys


class Version(NamedTuple):
    """What stood of a record before it was corrected: the file and the row that had brought it, and its day."""

    file_id: bytes
    row_number: int
    day: int | None


@dataclass(frozen=True, slots=True)
class Admission:
    """The records of a batch that are to be stored, and how many of them are new or corrected."""

    #: feedback_id → number of its `main` row.
    rows: Mapping[bytes, int]
    #: The first number that no row had before, and the first that none has now.
    first: int
    free: int
    stored: int
    updated: int
    #: Number of each record corrected → what stood before.
    replaced: Mapping[int, Version] = field(default_factory=dict)


def admit(connection: Connection, ids: Sequence[bytes], contents: Sequence[bytes]) -> Admission:
    """Number the new records and move what is stored of the corrected ones to the history.

    `ids` and `contents` are feedback_id and content_hash of each record. A known record keeps its number for life.
    """
    first = int(connection.execute(select(func.coalesce(func.max(tables.feedback.c.row_id), 0))).scalar_one()) + 1
    free = first + len(ids)
    numbers = number_rows(connection, to_keys(ids), first)
    stored = sum(number >= first for number in numbers)
    if stored == len(ids):
        return Admission(dict(zip(ids, numbers, strict=True)), first, free, stored, 0)
    corrected = _find_corrected(connection, numbers, ids, contents, first)
    replaced = _retire(connection, corrected)
    each = zip(ids, numbers, strict=True)
    chosen = {id_: number for id_, number in each if number >= first or number in corrected}
    return Admission(chosen, first, free, stored, len(corrected), replaced)


def _find_corrected(
    connection: Connection, numbers: Sequence[int], digests: Sequence[bytes], contents: Sequence[bytes], first: int
) -> dict[int, bytes]:
    """Return number → feedback_id of the known records that now say what they never said before."""
    feedback, history = tables.feedback.c, tables.feedback_history.c
    known = [number for number in numbers if number < first]
    stands = dict(fetch_by_keys(connection, (feedback.row_id, feedback.content_hash), known))
    changed = [
        (number, digest, content)
        for number, digest, content in zip(numbers, digests, contents, strict=True)
        if number < first and stands[number] != content
    ]
    digests_changed = [digest for _, digest, _ in changed]
    earlier = set(fetch_by_keys(connection, (history.record_id, history.content_hash), digests_changed))
    return {number: digest for number, digest, content in changed if (digest, content) not in earlier}


def _retire(connection: Connection, records: Mapping[int, bytes]) -> dict[int, Version]:
    """Move the rows of these records to the history; return what stood of each."""
    numbers, retired = list(records), dict[int, Version]()
    for start in range(0, len(numbers), CHUNK):
        some = numbers[start : start + CHUNK]
        record_of, content = _read_rows(connection, some)
        versions = [
            {"record_id": records[number], "content_hash": rows["feedback"][0]["content_hash"], "content": _dump(rows)}
            for number, rows in content.items()
        ]
        connection.execute(insert(tables.feedback_history), versions)
        mains = ((number, rows["feedback"][0]) for number, rows in content.items())
        retired |= {n: Version(main["file_id"], main["row_number"], main["received_day"]) for n, main in mains}
        answers = [row["feedback_id"] for rows in content.values() for row in rows["feedback"][1:]]
        forget(connection, to_keys(answers))
        _delete_rows(connection, list(record_of))
    return retired


def _read_rows(
    connection: Connection, records: Sequence[int]
) -> tuple[dict[int, int], dict[int, dict[str, list[dict[str, Any]]]]]:
    """Return row → record, and record → table → its rows, among which the `main` row of feedback is the first."""
    feedback = tables.feedback
    is_sub_row = feedback.c.row_id != feedback.c.record_row
    subs = select(feedback).where(feedback.c.record_row.in_(records), is_sub_row).order_by(feedback.c.row_id)
    found = [*fetch_by_keys(connection, tuple(feedback.columns), records), *connection.execute(subs)]
    record_of = {row[0]: row[1] for row in found}
    content: dict[int, dict[str, list[dict[str, Any]]]] = {}
    for table in (feedback, tables.feedback_text, tables.ratings, tables.cases):
        rows = found if table is feedback else fetch_by_keys(connection, tuple(table.columns), list(record_of))
        for row in rows:
            of_record = content.setdefault(record_of[row[0]], {})
            of_record.setdefault(table.name, []).append(dict(zip(table.columns.keys(), row, strict=True)))
    return record_of, content


def _delete_rows(connection: Connection, rows: Sequence[int]) -> None:
    of_feedback = (tables.feedback_text, tables.ratings, tables.cases, tables.text_annotations, tables.feedback)
    for start in range(0, len(rows), CHUNK):
        for table in of_feedback:
            connection.execute(delete(table).where(table.c.row_id.in_(rows[start : start + CHUNK])))


def _dump(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, default=bytes.hex)

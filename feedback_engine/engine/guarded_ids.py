"""Ids that an earlier version stored with their guard against Excel, ="00123", and that are 00123 now."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.detect import peek
from feedback_engine.ingest.identity import hash_ids

if TYPE_CHECKING:
    from feedback_engine.ingest.importer import Reading
    from feedback_engine.store.loading import FeedbackReader

#: Ids looked up together.
_AT_A_TIME = 5000


def keep_guarded_ids(reading: Reading, open_again: Callable[[], Reading], reader: FeedbackReader) -> Reading:
    """Return the reading, whose records that are stored under guarded ids keep these.

    The first rows tell whether there are any; only then the file is opened again and read through.
    """
    at = reading.columns.fields.get("id")
    if at is None:
        return reading
    sample, rows = peek(reading.adapted.rows, "")
    reading = replace(reading, adapted=replace(reading.adapted, rows=rows))
    name = reading.source.name
    if not _find_guarded(name, (row[at] for row in sample.rows if at < len(row)), reader):
        return reading
    cells = (cells[at] for _, cells in open_again().adapted.rows if at < len(cells))
    return replace(reading, former_ids=_find_guarded(name, cells, reader))


def _find_guarded(source: str, cells: Iterable[str], reader: FeedbackReader) -> dict[bytes, bytes]:
    """Return feedback_id → the one with the guard, of those ids that are stored with it only."""
    ids, found = (own for cell in cells if (own := clean(cell))), dict[bytes, bytes]()
    while some := list(dict.fromkeys(islice(ids, _AT_A_TIME))):
        bare, guarded = hash_ids(source, some), hash_ids(source, [f'="{own}"' for own in some])
        if known := reader.load_hashes(guarded):
            stored = reader.load_hashes(bare)
            both = zip(bare, guarded, strict=True)
            found |= {new: old for new, old in both if old in known and new not in stored}
    return found

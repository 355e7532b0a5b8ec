"""Stable ids: the same row has the same id in any file, at any place in it, on any night.

Everything hashed is a list of fields joined by a separator that cleaning removes from every cell, so that no two
different lists give the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

#: The unit separator, a control character, which `cells.clean` removes.
_FIELD = "\x1f"
_DAMAGED = re.compile(r"\d(?:\.\d+)?[Ee]\+\d+", re.ASCII)
#: What a formula leaves behind that was to look an id up.
_ERROR_VALUES = frozenset(
    ("#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#N/A", "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!")
)


def hash_file(path: Path) -> str:
    """Return the SHA-256 of the file's bytes."""
    digest = sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def hash_contents(columns: Sequence[tuple[str, Sequence[str]]]) -> list[bytes]:
    """Return the SHA-256 of what each row says, given as (name, cleaned cells) for every mapped column."""
    prefix = sha256(_FIELD.join(name for name, _ in columns).encode()).hexdigest() + _FIELD
    rows = map(_FIELD.join, zip(*(cells for _, cells in columns), strict=True))
    return [sha256((prefix + row).encode()).digest() for row in rows]


def hash_ids(source: str, ids: Iterable[str]) -> list[bytes]:
    """Return feedback_ids from the platform's own ids."""
    return _hash_each(f"id{_FIELD}{source}{_FIELD}", ids)


def hash_occurrences(source: str, contents: Sequence[bytes], occurrences: Sequence[int]) -> list[bytes]:
    """Return feedback_ids of rows without an id: content and its occurrence number in the file."""
    return _hash_each(
        f"content{_FIELD}{source}{_FIELD}",
        (f"{content.hex()}{_FIELD}{number}" for content, number in zip(contents, occurrences, strict=True)),
    )


def hash_answers(record_ids: Iterable[bytes], role: str) -> list[bytes]:
    """Return feedback_ids of the open answers under one role."""
    return _hash_each(f"answer{_FIELD}{role}{_FIELD}", map(bytes.hex, record_ids))


def _hash_each(prefix: str, values: Iterable[str]) -> list[bytes]:
    return [sha256((prefix + value).encode()).digest() for value in values]


def is_damaged(text: str) -> bool:
    """Whether Excel has turned this id into scientific notation or an error value, so that many rows would share it."""
    return text in _ERROR_VALUES or _DAMAGED.fullmatch(text) is not None

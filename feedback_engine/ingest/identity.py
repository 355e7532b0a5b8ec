"""Stable ids: the same row has the same id in any file, at any place in it, on any night.

Everything hashed is a list of fields joined by a separator that cleaning removes from every cell, so that no two
different lists give the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

#: The unit separator, a control character, which `cells.clean` removes.
_FIELD = "\x1f"
_DAMAGED = re.compile(r"\d(?:\.\d+)?[Ee]\+\d+", re.ASCII)
_MAX_RUN = 1 << 20


def hash_file(path: Path) -> str:
    """Return the SHA-256 of the file's bytes."""
    digest = sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def hash_contents(columns: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
    """Return the SHA-256 of what each row says, given as (name, cleaned cells) for every mapped column."""
    prefix = sha256(_FIELD.join(name for name, _ in columns).encode()).hexdigest() + _FIELD
    rows = map(_FIELD.join, zip(*(cells for _, cells in columns), strict=True))
    return [sha256((prefix + row).encode()).hexdigest() for row in rows]


def hash_ids(source: str, ids: Iterable[str]) -> list[str]:
    """Return feedback_ids from the platform's own ids."""
    return _hash_each(f"id{_FIELD}{source}{_FIELD}", ids)


def hash_occurrences(source: str, contents: Sequence[str], occurrences: Sequence[int]) -> list[str]:
    """Return feedback_ids of rows without an id: content and its occurrence number in the file."""
    return _hash_each(
        f"content{_FIELD}{source}{_FIELD}",
        (f"{content}{_FIELD}{number}" for content, number in zip(contents, occurrences, strict=True)),
    )


def hash_answers(record_ids: Iterable[str], role: str) -> list[str]:
    """Return feedback_ids of the open answers under one role."""
    return _hash_each(f"answer{_FIELD}{role}{_FIELD}", record_ids)


def _hash_each(prefix: str, values: Iterable[str]) -> list[str]:
    return [sha256((prefix + value).encode()).hexdigest() for value in values]


def is_damaged(text: str) -> bool:
    """Whether Excel has turned this id into scientific notation, so that its digits are lost."""
    return _DAMAGED.fullmatch(text) is not None


class Occurrences:
    """Numbers the rows of one file that say the same: 0 for the first, 1 for the second.

    Keeps eight bytes for each distinct row seen, in sorted arrays, so that ten million rows take 80 MB. Two different
    rows that share their first 64 bits would be numbered as if equal, which leaves their ids different.
    """

    def __init__(self) -> None:
        self._runs: list[npt.NDArray[np.uint64]] = []
        self._repeats: dict[int, int] = {}

    def number(self, contents: Sequence[str]) -> list[int]:
        """Return how often each content was seen before, and remember it."""
        import numpy as np

        keys = np.frombuffer(bytes.fromhex("".join(contents)), dtype=np.uint64)[::4]
        unique = np.unique(keys)
        seen = self._find(unique)
        counts = {key: self._repeats.get(key, 1) for key in unique[seen].tolist()}
        self._remember(unique[~seen])
        numbers = []
        for key in keys.tolist():
            numbers.append(counts.get(key, 0))
            counts[key] = numbers[-1] + 1
        self._repeats.update((key, count) for key, count in counts.items() if count > 1)
        return numbers

    def _find(self, keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
        import numpy as np

        found = np.zeros(len(keys), dtype=bool)
        for run in self._runs:
            places = np.minimum(np.searchsorted(run, keys), len(run) - 1)
            found |= run[places] == keys
        return found

    def _remember(self, keys: npt.NDArray[np.uint64]) -> None:
        import numpy as np

        if len(keys):
            self._runs.append(keys)
        while len(self._runs) > 1 and len(self._runs[-2]) <= 2 * len(self._runs[-1]) < 2 * _MAX_RUN:
            self._runs[-2:] = [np.sort(np.concatenate(self._runs[-2:]))]

"""Text files as lines, one at a time, with a bound on how long a line may be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

#: Longest line, and longest record of several lines, in characters. More is a broken quote or no table at all.
MAX_CHARACTERS = 4_000_000


def read_lines(path: Path, encoding: str) -> Iterator[str]:
    """Yield the file's lines with their line ends; a line beyond MAX_CHARACTERS comes cut, its rest is skipped."""
    with path.open(encoding=encoding, errors="strict", newline="") as stream:
        while line := stream.readline(MAX_CHARACTERS):
            yield line
            if len(line) == MAX_CHARACTERS:
                while line and not line.endswith(("\n", "\r")):
                    line = stream.readline(MAX_CHARACTERS)


def is_too_long(line: str) -> bool:
    """Whether `read_lines` may have cut this line."""
    return len(line) >= MAX_CHARACTERS

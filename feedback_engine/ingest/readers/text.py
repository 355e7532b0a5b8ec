"""Text files as lines, with a bound on how long a line may be."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TextIO

#: Longest line, and longest record of several lines, in characters. More is a broken quote or no table at all.
MAX_CHARACTERS = 4_000_000
#: Characters read at once, up to the end of a line.
_BLOCK = 1 << 18


def read_blocks(path: Path, encoding: str, first_line: int = 1) -> Iterator[str]:
    """Yield the file from a line on, in blocks of whole lines with their line ends.

    A line beyond MAX_CHARACTERS comes cut, at the end of its block; its rest is skipped.
    """
    with path.open(encoding=encoding, errors="strict", newline="") as stream:
        for _ in range(first_line - 1):
            _read_line(stream)
        while block := stream.read(_BLOCK):
            yield block + _read_line(stream, len(block) - max(block.rfind("\n"), block.rfind("\r")) - 1)


def _read_line(stream: TextIO, begun: int = 0) -> str:
    """Return a line, or what is left of one of which so many characters have been read."""
    line = stream.readline(MAX_CHARACTERS - begun)
    skipped = line if len(line) == MAX_CHARACTERS - begun else ""
    while skipped and not skipped.endswith(("\n", "\r")):
        skipped = stream.readline(MAX_CHARACTERS)
    return line


def read_lines(path: Path, encoding: str) -> Iterator[str]:
    """Yield the file's lines with their line ends; a line beyond MAX_CHARACTERS comes cut, its rest is skipped."""
    return chain.from_iterable(map(split_lines, read_blocks(path, encoding)))


def split_lines(block: str) -> list[str]:
    """Return the lines of a block with their line ends: CR, LF or both, but none of Unicode's others."""
    return list(io.StringIO(block, newline=""))


def is_too_long(line: str) -> bool:
    """Whether `read_lines` may have cut this line."""
    return len(line) >= MAX_CHARACTERS

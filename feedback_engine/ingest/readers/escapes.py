r"""Quotes within quotes that a backslash escapes, as MySQL, Spark and writers in Java do: "他说 \"好\"".

RFC 4180 doubles them, and there a backslash is any other character: "D:\" is a whole field. So the lines that hold a
backslash before a quote decide, all together: some can be read as escaped only, and none as doubled only.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from feedback_engine.ingest.file_state import remember_while_unchanged
from feedback_engine.ingest.readers.text import read_lines

_ESCAPE = '\\"'
_ESCAPED = re.compile(r'\\(\\|"|\r?\n)')
#: Lines that are asked.
_LINES = 1000
_CHUNK = 1 << 20


def is_escaped(path: Path, encoding: str, header_row: int, delimiter: str) -> bool:
    """Whether the file clearly escapes quotes by a backslash."""
    if not _may_escape(path, encoding):
        return False
    lines = islice(read_lines(path, encoding), header_row - 1, None)
    width = _count_fields(next(lines, ""), delimiter)
    is_found = False
    for line in islice((line for line in lines if _ESCAPE in line), _LINES):
        is_doubled = _count_fields(line, delimiter) == width
        if is_doubled == (_count_fields(double_quotes(line), delimiter) == width):
            continue
        if is_doubled:
            return False
        is_found = True
    return is_found


def double_quotes(lines: str) -> str:
    """Return lines whose quotes are escaped as RFC 4180 has them."""
    return _ESCAPED.sub(lambda found: '""' if found[1] == '"' else found[1], lines)


def _count_fields(line: str, delimiter: str) -> int:
    """Return the number of fields of a line that is a whole record, and 0 of one that is none."""
    try:
        return sum(map(len, csv.reader([line], delimiter=delimiter, strict=True)))
    except csv.Error:
        return 0


@remember_while_unchanged
def _may_escape(path: Path, encoding: str) -> bool:
    """Whether the bytes of a backslash and a quote are anywhere: they are not in most files, and this is quick."""
    wide = next((name for name in ("utf-16", "utf-32") if encoding.startswith(name)), "")
    needles = [_ESCAPE.encode(f"{wide}-{order}") for order in ("le", "be")] if wide else [_ESCAPE.encode()]
    return any(needle in chunk for chunk in _read_overlapping(path) for needle in needles)


def _read_overlapping(path: Path) -> Iterator[bytes]:
    """Yield the file in chunks, each with the last bytes of the one before."""
    with path.open("rb") as stream:
        end = b""
        while chunk := stream.read(_CHUNK):
            yield end + chunk
            end = chunk[-8:]

"""The beginning of a survey's file by columns, and cells that workbooks write in several ways."""

from __future__ import annotations

import re

from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.detect import Sample

_WHOLE = re.compile(r"(-?\d+)\.0+", re.ASCII)
_DURATION = re.compile(
    r"(?:(\d+)\s*(?:小时|时|h))?\s*(?:(\d+)\s*(?:分钟|分|min|m))?\s*(?:(\d+(?:\.\d+)?)\s*(?:秒钟?|s)?)?", re.I
)
_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{2})")


def column_cells(sample: Sample) -> list[list[str]]:
    """Return the cleaned cells of every column, 4.0 as 4; rows with a cell too few are left out."""
    width = len(sample.header)
    rows = [row for row in sample.rows if len(row) >= width and any(map(str.strip, row))]
    return [[as_whole(clean(row[at])) for row in rows] for at in range(width)]


def is_index(heading: str) -> bool:
    """Whether this heads the index column that pandas writes in front."""
    return heading == "" or heading.startswith("Unnamed:")


def as_whole(text: str) -> str:
    """Return 4.0 as 4: workbooks hold numbers only."""
    match = _WHOLE.fullmatch(text)
    return match[1] if match else text


def read_seconds(cell: str) -> str:
    """Return a duration such as 121秒, 2分3秒 or 1:02:03 in seconds; empty if it is none."""
    text = clean(cell)
    if match := _CLOCK.fullmatch(text):
        return str(int(match[1] or 0) * 3600 + int(match[2]) * 60 + int(match[3]))
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()):
        return ""
    return f"{int(match[1] or 0) * 3600 + int(match[2] or 0) * 60 + float(match[3] or 0):g}"

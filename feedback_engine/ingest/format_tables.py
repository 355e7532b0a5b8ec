"""The tables of lexicons/formats: words by which files are understood."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from feedback_engine.errors import LexiconError
from feedback_engine.resources import find_table


def find_format_table(name: str) -> Path:
    """Return the file of a table: that of the lexicons in use, or the shipped one where these have none."""
    return find_table("formats", f"{name}.tsv")


def read_format_table(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the rows of a tab-separated table, comments left out; raises LexiconError if it is not there."""
    return read_rows(find_format_table(name))


@cache
def read_rows(path: Path) -> tuple[tuple[str, ...], ...]:
    """Return the rows of the table in that file; raises LexiconError if it cannot be read."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise LexiconError(f"{path}：读不了（{error}）；请恢复随软件附带的 lexicons/formats") from None
    return tuple(tuple(cell.strip() for cell in line.split("\t")) for line in lines if line and line[0] != "#")

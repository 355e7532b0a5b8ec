"""What a person sees: tables on stdout, progress on a terminal's stderr."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Sequence
from typing import Any


def show_progress(stage: str, done: int, total: int) -> None:
    """Redraw one line on a terminal; say nothing anywhere else."""
    if not sys.stderr.isatty():
        return
    share = f" {done / total:4.0%}" if total else ""
    end = "\n" if total and done >= total else ""
    print(f"\r\x1b[K{stage}：{done:,}{f' / {total:,}' if total else ''}{share}", end=end, file=sys.stderr, flush=True)


def print_json(value: Any) -> None:
    """Print the value as JSON, Chinese readable."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows of text in columns that line up in Chinese too."""
    widths = [max(_width(row[i]) for row in (headings, *rows)) for i in range(len(headings))]
    for row in (headings, *rows):
        print("  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip())


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)

"""Text that any spreadsheet program accepts, and how wide it is."""

from __future__ import annotations

import re
import unicodedata

#: Excel holds 32,767 UTF-16 units in a cell; the rest is room for the mark.
CELL_LIMIT = 32_000
CUT_MARK = "…(截断)"
REPLACEMENT = "\ufffd"
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BREAKS = re.compile(r"[^\S\n]*[\r\n\u2028\u2029]+[^\S\n]*")
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\]")
SHEET_NAME_LIMIT = 31


def safe_cell(text: str) -> str:
    """Return the text with what XML cannot hold replaced by U+FFFD, cut at 32,000 UTF-16 units.

    Characters are replaced one by one, so offsets into the text stay right. A line break is \\n alone.
    """
    if len(text) * 2 <= CELL_LIMIT and text.isprintable():
        return text
    text = _UNWRITABLE.sub(REPLACEMENT, text).replace("\r\n", " \n").replace("\r", "\n")
    if len(text) * 2 <= CELL_LIMIT:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= CELL_LIMIT * 2:
        return text
    return units[: CELL_LIMIT * 2].decode("utf-16-le", errors="ignore") + CUT_MARK


def one_line(text: str) -> str:
    """Return the text with a mark in the place of every line break: a row of one line would cut the lines off."""
    return text if text.isprintable() else _BREAKS.sub(" ↵ ", text)


def safe_sheet_name(name: str, taken: set[str] | frozenset[str] = frozenset()) -> str:
    """Return a name that Excel accepts and that differs, whatever the case, from those taken."""
    name = _NOT_IN_SHEET_NAMES.sub("_", _UNWRITABLE.sub("_", name)).strip(" '\t\r\n") or "表"
    # Excel keeps the name History for itself.
    name = f"{name}_" if name.lower() == "history" else name
    known = {other.lower() for other in taken}
    candidate, number = _cut_units(name, SHEET_NAME_LIMIT), 1
    while candidate.lower() in known:
        number += 1
        candidate = _cut_units(name, SHEET_NAME_LIMIT - len(f"_{number}")) + f"_{number}"
    return candidate


def _cut_units(text: str, limit: int) -> str:
    cut = text.encode("utf-16-le")[: limit * 2].decode("utf-16-le", errors="ignore")
    return cut.rstrip(" '")


def text_width(text: str) -> int:
    """Return the width in half-width characters of the widest line; a Han character is two."""
    return max((_line_width(line) for line in text.split("\n")), default=0)


def _line_width(line: str) -> int:
    if line.isascii():
        return len(line)
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in line)


def line_count(text: str, width: float) -> int:
    """Return the number of lines that the text takes in a column of that width."""
    room = max(width - 2, 4)
    return sum(max(1, int(-(-_line_width(line) // room))) for line in text.split("\n"))

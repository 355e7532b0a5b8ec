"""Headings with the part in brackets, `stem [part]` or `code[part]`; LimeSurvey's by code, wording or both."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from feedback_engine.ingest.format_tables import read_format_table
from feedback_engine.ingest.platforms.alias_tables import fold_fixed
from feedback_engine.ingest.platforms.posts import clean_post
from feedback_engine.ingest.platforms.spans import share_prefix
from feedback_engine.resources import once_per_lexicons

#: The first bracket of a code, and the last one of a wording.
_CODE = re.compile(r"(?P<stem>[A-Za-z]\w*)(?P<part>(?:\[[^\[\]]*\])+)", re.DOTALL)
_FULL = re.compile(r"(?P<stem>.*\S)\s*(?P<part>(?:\[[^\[\]]*\])+)\s*", re.DOTALL)
_META_HEAD = re.compile(r"(id|submitdate|lastpage|startlanguage|seed|startdate|datestamp|refurl)(\W+)\w")
_PLAIN_CODE = re.compile(r"[A-Za-z]\w*(?:\[[^\[\]]*\])*")


@dataclass(frozen=True, slots=True)
class BracketHead:
    """One column: the question's code and wording as far as the heading has them, and the part in brackets."""

    position: int
    code: str
    stem: str
    part: str = ""
    part_text: str = ""

    @property
    def key(self) -> str:
        """What the columns of one question share."""
        return self.code or self.stem

    @property
    def label(self) -> str:
        """What the part is called."""
        return self.part_text or self.part


@once_per_lexicons
def _metas() -> dict[str, str]:
    return {fold_meta(name): row[0] for row in read_format_table("limesurvey_meta") for name in row}


def fold_meta(heading: str) -> str:
    """Return a heading for comparison; exports may write spaces as underscores."""
    return fold_fixed(clean_post(heading).replace("_", ""))


def find_meta(heading: str) -> str:
    """Return the code of a fixed column, empty for a question."""
    return _metas().get(fold_meta(heading), "")


def find_separator(header: Sequence[str]) -> str:
    """Return what stands between code and wording in headings that have both; empty for others."""
    matches = [match for heading in header if (match := _META_HEAD.match(heading))]
    known = [match[2] for match in matches if find_meta(match[1]) == match[1]]
    return share_prefix(known) if len(known) > 2 else ""


def split_heading(position: int, heading: str, separator: str) -> BracketHead:
    """Return the heading taken apart."""
    if separator and separator in heading:
        code, _, text = heading.partition(separator)
        own = split_heading(position, code, "")
        wording = _FULL.fullmatch(clean_post(text))
        stem = wording["stem"] if wording and own.part else clean_post(text)
        return BracketHead(position, own.code, stem, own.part, _open(wording["part"]) if wording and own.part else "")
    text = clean_post(heading)
    if match := _CODE.fullmatch(text):
        return BracketHead(position, match["stem"], match["stem"], _open(match["part"]))
    if _PLAIN_CODE.fullmatch(text):
        return BracketHead(position, text, text)
    if match := _FULL.fullmatch(text):
        return BracketHead(position, "", match["stem"], _open(match["part"]))
    return BracketHead(position, "", text)


def _open(brackets: str) -> str:
    """Return the text in brackets; several are parted by a stroke."""
    return " | ".join(part.strip() for part in brackets.strip("[]").split("]["))

"""A question as the headings of a file tell of it: over one column or several, for options, rows or ranks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile

from feedback_engine.ingest.platforms.answers import Split
from feedback_engine.ingest.platforms.posts import clean_post
from feedback_engine.ingest.survey import MISSING

BLANK, NOT_SHOWN, REFUSED, UNKNOWN = MISSING
#: What stands for "chosen" and "not chosen" where an option has a column, besides its own text; folded.
TICKS = frozenset({"1", "y", "yes", "true", "x", "是", "选中", "已选", "√", "✓", "ja", "oui", "sí", "si", "はい"})
CROSSES = frozenset({"0", "n", "no", "false", "否", "未选", "未选中", "nein", "non", "いいえ"})
_MAX_STEM = 200


class Shape(StrEnum):
    """How a question's columns hang together."""

    #: To be told from the cells.
    AUTO = "auto"
    OPTIONS = "options"
    ROWS = "rows"
    #: The rank given to each option.
    RANKS = "ranks"
    #: The option given to each rank.
    SLOTS = "slots"
    #: One chosen option in each column, in no order.
    ENTRIES = "entries"


@dataclass(frozen=True, slots=True)
class Part:
    """One column of a question, and the option, row or rank that it stands for."""

    #: Counted from 0.
    position: int
    label: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A question as the headings tell of it."""

    code: str
    stem: str
    parts: tuple[Part, ...]
    shape: Shape = Shape.AUTO
    #: What the platform says of the type, in the words of the scale lexicon: NPS, choice, fill …
    declared: str = ""
    #: The column of what was written beside 其他; its option is chosen where there is a text.
    other: Part | None = None
    #: Splits the cells of a question whose several answers stand in one column.
    split: Split | None = None
    value_labels: Mapping[str, str] | None = None


def share_prefix(texts: Sequence[str]) -> str:
    """Return the beginning that all texts share."""
    same = takewhile(lambda characters: len(set(characters)) == 1, zip(*texts, strict=False))
    return "".join(characters[0] for characters in same)


def tidy(text: str) -> str:
    """Return a heading as one line without tags and entities, cut to what a reader can take in."""
    line = " ".join(clean_post(text).split())
    return line if len(line) <= _MAX_STEM else f"{line[:_MAX_STEM]}…"

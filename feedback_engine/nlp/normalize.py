"""A text folded for matching by one table look-up, with the way back to the text as given.

Full width becomes half width, upper case lower case, traditional simplified, quotation marks one kind; characters that
cannot be seen are dropped. Each character becomes one character or none, so the way back is a list of positions.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np

from feedback_engine.lexicon.columns import Places, Points
from feedback_engine.lexicon.patterns import EDGE, NUMBER, STEP
from feedback_engine.nlp.characters import SIMPLIFIED, TRADITIONAL, VARIED

#: Quotation marks of all kinds become one, so that praise in quotes is seen whichever keyboard wrote it.
_DOUBLE_QUOTES = "“”„‟「」『』〝〞〟＂«»"
_SINGLE_QUOTES = "‘’‚‛＇`´"
#: Zero-width and bidirectional marks, soft hyphen, variation selectors, skin tones, NUL and its like.
_UNSEEN = (
    *range(0x09), *range(0x0E, 0x20), 0x7F, 0xAD, 0x34F, 0x61C, 0x180E, *range(0x200B, 0x2010),
    *range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFE00, 0xFE10), 0xFEFF, *range(0x1F3FB, 0x1F400),
    *range(0xE0000, 0xE01F0),
)  # fmt: skip


def _build_table() -> dict[int, str | None]:
    table: dict[int, str | None] = dict.fromkeys(_UNSEEN)
    for character, lower in zip(VARIED, map(str.lower, VARIED), strict=True):
        if lower != character and len(lower) == 1:
            table[ord(character)] = lower
    table |= {code: chr(code - 0xFEE0).lower() for code in range(0xFF01, 0xFF5F)}
    table |= dict.fromkeys((0x3000, 0xA0, 0x202F, 0x205F, 0x85, 0x2028, 0x2029, *range(0x2000, 0x200B)), " ")
    table |= {ord(mark): '"' for mark in _DOUBLE_QUOTES} | {ord(mark): "'" for mark in _SINGLE_QUOTES}
    table |= {ord("｡"): "。", ord("､"): "、", ord("．"): ".", ord("～"): "~", ord("〜"): "~", ord("﹐"): ","}
    for code in range(0xF900, 0xFB00):  # compatibility ideographs stand for one ordinary character each
        plain = unicodedata.normalize("NFC", chr(code))
        if len(plain) == 1 and ord(plain) != code:
            table[code] = plain
    table |= {ord(old): new for old, new in zip(TRADITIONAL, SIMPLIFIED, strict=True)}
    # what a character becomes may itself become another: compatibility form → traditional → simplified
    return {code: table.get(ord(new), new) if new else new for code, new in table.items()}


_TABLE = _build_table()


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; `positions` is None where folding dropped nothing, so that positions are the same."""

    text: str
    positions: tuple[int, ...] | None

    def span_in_original(self, start: int, end: int) -> tuple[int, int]:
        """Return where [start, end) of the folded text stands in the text as given; end > start."""
        if self.positions is None:
            return start, end
        return self.positions[start], self.positions[end - 1] + 1


def fold(text: str) -> Folded:
    """Return the folded text, for any string whatever."""
    folded = text.translate(_TABLE)
    if len(folded) == len(text):
        return Folded(folded, None)
    kept = tuple(position for position, character in enumerate(text) if _TABLE.get(ord(character), "") is not None)
    return Folded(folded, kept)


class FoldedTexts(NamedTuple):
    """Several texts folded, in one row: edge text edge text … edge."""

    text: str
    #: The code points of `text`.
    points: Points
    #: Where the edge before each text stands, and the last edge.
    edges: Places
    #: The place of each character in `given`, the row of the texts as given, and where the edges stand there.
    places: Places
    given_edges: Places
    given: str
    given_points: Points


@cache
def fold_points() -> Points:
    """Return code point → folded code point, 0 for one that is dropped; the edge stands for itself."""
    table = np.arange(0x110000, dtype=np.uint32)
    table[list(_TABLE)] = [ord(new) if new else 0 for new in _TABLE.values()]
    table[ord(EDGE)] = ord(EDGE)
    table.setflags(write=False)
    return table


def fold_many(texts: Sequence[str]) -> FoldedTexts:
    """Return the texts folded as `fold` folds each of them."""
    given = row = EDGE.join(("", *texts, ""))
    if row.count(EDGE) > len(texts) + 1:
        row = EDGE.join(("", *(text.replace(EDGE, "\0") for text in texts), ""))
    raw = np.frombuffer(row.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    points = fold_points().take(raw)
    places = (points != 0).nonzero()[0]
    points = points[places]
    text = points.tobytes().decode("utf-32-le", "surrogatepass")
    edge = ord(EDGE)
    edges, given_edges = (points == edge).nonzero()[0], (raw == edge).nonzero()[0]
    return FoldedTexts(text, points, edges, places, given_edges, given, raw)


def quote(text: str) -> str:
    """Return the text fit for a rule: lone surrogates replaced, line breaks made spaces."""
    if text.isalnum() and text.isprintable():
        return text
    return " ".join(text.encode("utf-8", "replace").decode("utf-8").split())


def fold_phrases(phrases: Sequence[str]) -> list[str]:
    """Return the phrases of a word list folded as texts are, their placeholders … ～ ＃ kept."""
    row = EDGE.join(phrases)
    if row.count(EDGE) >= max(len(phrases), 1):  # no edge, but part of a phrase
        row = EDGE.join(phrase.replace(EDGE, "") for phrase in phrases)
    raw = np.frombuffer(row.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    is_placeholder = (raw == ord(NUMBER)) | (raw == ord(STEP))
    points = np.where(is_placeholder, raw, fold_points().take(raw))
    folded = points[points != 0].tobytes().decode("utf-32-le", "surrogatepass")
    return folded.split(EDGE) if len(phrases) else []

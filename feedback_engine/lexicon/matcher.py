"""All phrases of all layers found in one pass over a text.

A phrase may hold `…`, which stands for up to twelve characters of the same sentence, `～`, which stands for up to
three characters without a negation word, and `＃`, which stands for a number in digits or Chinese numerals:
`等了…没人理`, `价格～高`, `说好的…＃天了`. A dictionary on the first two characters decides at each position whether
any phrase can start there: one look-up a character, whatever the number of phrases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from operator import add
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")

GAP, STEP, NUMBER = "…", "～", "＃"
_GAP_PATTERN = r"[^。!?;\n]{0,12}?"
_STEP_PATTERN = r"[^,。!?;\s不没未无别]{0,3}?"
_NUMERALS = "0123456789一二两三四五六七八九十百千半几好多数"
_NUMBER_PATTERN = rf"[{_NUMERALS}][{_NUMERALS}.多来]{{0,10}}个?"
#: No placeholder stands for more characters than this.
_WIDEST = 12
_PLACEHOLDERS = GAP + STEP + NUMBER
_PATTERNS = {GAP: _GAP_PATTERN, STEP: _STEP_PATTERN, NUMBER: _NUMBER_PATTERN}


class Phrase(NamedTuple, Generic[T]):
    """A phrase (folded as the texts will be), the layer it belongs to, and what it stands for."""

    text: str
    layer: int
    value: T


class Match(NamedTuple, Generic[T]):
    """Where a phrase was found, [start, end), and what it stands for."""

    start: int
    end: int
    value: T


class _Pattern(NamedTuple, Generic[T]):
    expression: re.Pattern[str]
    #: The last literal piece; where it does not follow, the expression need not be tried.
    tail: str
    #: No match is longer than this.
    longest: int
    layer: int
    value: T


class _Found(Generic[T]):
    """What starts with one literal: its own values by layer, and patterns that begin with it."""

    __slots__ = ("is_latin", "longest", "patterns", "plain", "tail_starts", "values")

    def __init__(self, literal: str) -> None:
        #: Layer and values of the literal itself.
        self.values: dict[int, list[T]] = {}
        self.patterns: list[_Pattern[T]] = []
        #: The longest match of a pattern, and the first characters of their last pieces: where none follows, none fits.
        self.longest = 0
        self.tail_starts: set[str] = set()
        #: Layers with their values, where that is all there is to it: no pattern, no Latin letters.
        self.plain: tuple[tuple[int, list[T]], ...] | None = None
        self.is_latin = literal[0].isascii() or literal[-1].isascii()

    def add_pattern(self, pattern: _Pattern[T]) -> None:
        """Add a pattern that begins with the literal."""
        self.patterns.append(pattern)
        self.longest = max(self.longest, pattern.longest)
        self.tail_starts.update(pattern.tail[:1] or _NUMERALS)


#: Layer → the end of the longest phrase found so far, which phrase that is, and what it stands for.
_Best = dict[int, tuple[int, str, list[T]]]


class PhraseMatcher(Generic[T]):
    """Finds the leftmost longest phrases of each layer; layers do not disturb each other."""

    def __init__(self, phrases: Iterable[Phrase[T]], layers: int) -> None:
        self._layers = layers
        self._found: dict[str, _Found[T]] = {}
        for phrase in phrases:
            if phrase.text:
                self._add(phrase)
        for found in self._found.values():
            if not found.patterns and not found.is_latin:
                found.plain = tuple(found.values.items())
        self._lengths = self._index_lengths()
        self._singles = {literal: (1,) for literal in self._found if len(literal) == 1}

    def _add(self, phrase: Phrase[T]) -> None:
        pieces = re.split(f"[{_PLACEHOLDERS}]", phrase.text)
        if len(pieces) == 1:
            self._entry(phrase.text).values.setdefault(phrase.layer, []).append(phrase.value)
            return
        longest = len(phrase.text) + _WIDEST * len(pieces)
        pattern = _Pattern(compile_pattern(phrase.text), pieces[-1], longest, phrase.layer, phrase.value)
        for gate in [pieces[0]] if pieces[0] else _NUMERALS:
            self._entry(gate).add_pattern(pattern)

    def _entry(self, literal: str) -> _Found[T]:
        return self._found.setdefault(literal, _Found(literal))

    def _index_lengths(self) -> dict[str, tuple[int, ...]]:
        """Map the first two characters (or the only one) to the lengths of what starts with them, longest first."""
        lengths: dict[str, set[int]] = {}
        for literal in self._found:
            lengths.setdefault(literal[:2], set()).add(len(literal))
        for head in [head for head in lengths if len(head) == 2 and head[0] in lengths]:
            lengths[head].add(1)
        return {head: tuple(sorted(found, reverse=True)) for head, found in lengths.items()}

    def find(self, text: str) -> list[list[Match[T]]]:
        """Return the matches of each layer in the order of the text."""
        matches: list[list[Match[T]]] = [[] for _ in range(self._layers)]
        free_from = [0] * self._layers
        look_up, size = self._found.get, len(text)
        for start, possible in self._starts(text):
            best: _Best[T] = {}
            for length in possible:
                found = look_up(text[start : start + length])
                if found is None or start + length > size:
                    continue
                if found.plain is None:
                    _improve(best, found, text, start, start + length, free_from)
                    continue
                for layer, values in found.plain:
                    if start >= free_from[layer] and layer not in best:
                        best[layer] = start + length, "", values
            for layer, (end, _, values) in best.items():
                for value in values:
                    matches[layer].append(Match(start, end, value))
                free_from[layer] = end
        return matches

    def _starts(self, text: str) -> list[tuple[int, tuple[int, ...]]]:
        """Return where a phrase may start, with the lengths it may have; the look-ups run at the speed of C."""
        pairs = map(self._lengths.get, map(add, text, text[1:]))
        either = enumerate(zip(pairs, map(self._singles.get, text), strict=False))
        found = [(start, possible) for start, (pair, single) in either if (possible := pair or single)]
        if last := self._singles.get(text[-1:]):
            found.append((len(text) - 1, last))
        return found


def _improve(best: _Best[T], found: _Found[T], text: str, start: int, end: int, free_from: list[int]) -> None:
    """Put what starts with the literal found into `best` where its layer is free and nothing longer is there."""
    if not found.is_latin or is_whole_word(text, start, end):
        for layer, values in found.values.items():
            if start >= free_from[layer] and (layer not in best or best[layer][0] < end):
                best[layer] = end, "", values
    if not found.patterns or found.tail_starts.isdisjoint(text[end : start + found.longest]):
        return
    for expression, tail, longest, layer, value in found.patterns:
        if start < free_from[layer] or text.find(tail, end, start + longest) < 0:
            continue
        match = expression.match(text, start)
        if match is None:
            continue
        taken = best.get(layer)
        if taken is None or taken[0] < match.end():
            best[layer] = match.end(), expression.pattern, [value]
        elif taken[0] == match.end() and taken[1] == expression.pattern:
            taken[2].append(value)


def compile_pattern(phrase: str) -> re.Pattern[str]:
    """Return the expression for a phrase with placeholders in it."""
    parts = re.split(f"([{_PLACEHOLDERS}])", phrase)
    return re.compile("".join(_PATTERNS.get(part, re.escape(part)) for part in parts))


def is_open_ended(phrase: str) -> bool:
    """Return whether the phrase begins or ends with a gap, so that nothing says where it starts or stops."""
    return phrase.startswith((GAP, STEP)) or phrase.endswith((GAP, STEP))


def is_whole_word(text: str, start: int, end: int) -> bool:
    """Return False where a match in Latin letters is a piece of a longer word (app in happy)."""
    return not (_joins(text, start - 1, start) or _joins(text, end - 1, end))


def _joins(text: str, left: int, right: int) -> bool:
    if left < 0 or right >= len(text):
        return False
    before, after = text[left], text[right]
    return before.isascii() and after.isascii() and before.isalpha() and after.isalpha()

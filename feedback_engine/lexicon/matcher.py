"""All phrases of all layers found in one pass over a row of texts.

A phrase may hold `…`, which stands for up to twelve characters of the same sentence, `～`, which stands for up to
three characters without a negation word, and `＃`, which stands for a number in digits or Chinese numerals:
`等了…没人理`, `价格～高`, `说好的…＃天了`. An automaton finds every literal; a phrase with placeholders is tried only
where its first piece stands and its last piece follows near enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from feedback_engine.lexicon.automaton import Automaton, Found
from feedback_engine.lexicon.columns import Numbers, Places, Points, number_groups, sum_up

T = TypeVar("T")

GAP, STEP, NUMBER = "…", "～", "＃"
#: Stands before, between and after the texts of a row; no phrase holds it and no placeholder stands for it.
EDGE = "\x01"
_GAP_PATTERN = rf"[^。!?;\n{EDGE}]{{0,12}}?"
_STEP_PATTERN = rf"[^,。!?;\s不没未无别{EDGE}]{{0,3}}?"
_NUMERALS = "0123456789一二两三四五六七八九十百千半几好多数"
_NUMBER_PATTERN = rf"[{_NUMERALS}][{_NUMERALS}.多来]{{0,10}}个?"
#: No placeholder stands for more characters than this.
_WIDEST = 12
_PLACEHOLDER = re.compile(f"[{GAP}{STEP}{NUMBER}]")
_PATTERNS = {GAP: _GAP_PATTERN, STEP: _STEP_PATTERN, NUMBER: _NUMBER_PATTERN}


class Phrase(NamedTuple, Generic[T]):
    """A phrase (folded as the texts will be), the layer it belongs to, and what it stands for."""

    text: str
    layer: int
    value: T


class Matches(NamedTuple):
    """Where phrases of a layer were found, [start, end) in the row, in order, and the numbers of their values."""

    starts: Places
    ends: Places
    values: Numbers


class _Pattern(NamedTuple):
    """A phrase with placeholders, by the group of values of its layer; the earlier one wins where two reach as far."""

    order: int
    phrase: str
    layer: int
    group: int


class _Layer(Generic[T]):
    """The phrases of a layer by group: the values of one phrase; numbers of values run through the groups."""

    def __init__(self, phrases: Iterable[Phrase[T]]) -> None:
        groups: dict[str, list[T]] = {}
        for phrase in phrases:
            groups.setdefault(phrase.text, []).append(phrase.value)
        self.numbers = {text: number for number, text in enumerate(groups)}
        self.values = [value for group in groups.values() for value in group]
        sizes = np.array([len(group) for group in groups.values()], dtype=np.int64)
        self.first = sum_up(sizes).astype(np.int32)
        self._has_several = bool((sizes > 1).any())

    def tell(self, starts: Places, ends: Places, groups: Numbers) -> Matches:
        """Return the matches of these groups: one for each of their values."""
        values = self.first[groups]
        if not self._has_several:
            return Matches(starts, ends, values)
        sizes = self.first[groups + 1] - values
        return Matches(starts.repeat(sizes), ends.repeat(sizes), number_groups(sizes, values).astype(np.int32))


class PhraseMatcher(Generic[T]):
    """Finds the leftmost longest phrases of each layer; layers do not disturb each other."""

    def __init__(self, phrases: Iterable[Phrase[T]], layers: int) -> None:
        given = [phrase for phrase in phrases if phrase.text]
        self._layers = [_Layer([phrase for phrase in given if phrase.layer == layer]) for layer in range(layers)]
        #: The values of each layer; matches give their positions in here.
        self.values = [layer.values for layer in self._layers]
        self._patterns = _Patterns(given, [layer.numbers for layer in self._layers])
        literals = {phrase.text: 0 for phrase in given if not has_placeholder(phrase.text)}
        words = list(literals | dict.fromkeys(self._patterns.pieces, 0))
        self._automaton = Automaton(words)
        self._patterns.number(words)
        numbers = {word: number for number, word in enumerate(words) if word in literals}
        self._groups = [_groups_of_words(layer.numbers, numbers, len(words)) for layer in self._layers]

    def find(self, text: str, points: Points) -> list[Matches]:
        """Return the matches of each layer in the row `text` (edge text edge … edge), whose code points these are."""
        found = self._automaton.find(points)
        tried = self._patterns.find(text, found)
        whole = _drop_pieces_of_words(found, points)
        return [self._choose(layer, whole, tried, len(text)) for layer in range(len(self._layers))]

    def _choose(self, layer: int, found: Found, tried: list[tuple[int, int, _Pattern]], size: int) -> Matches:
        """Return the leftmost longest matches of a layer among the literals found and the patterns that fit."""
        mine, fitting = found.take(self._groups[layer]), [one for one in tried if one[2].layer == layer]
        if not len(mine.starts) and not fitting:
            return Matches(mine.starts, mine.ends, mine.words)
        groups, ends = np.zeros(size, dtype=np.int32), np.zeros(size, dtype=np.int64)
        # longer ones come later and take the place of shorter ones
        groups[mine.starts], ends[mine.starts] = mine.words + 1, mine.ends
        for start, end, pattern in fitting:
            if end > ends[start]:
                groups[start], ends[start] = pattern.group + 1, end
        starts = groups.nonzero()[0]
        starts = starts[_leftmost(starts.tolist(), ends[starts].tolist())]
        return self._layers[layer].tell(starts, ends[starts], groups[starts] - 1)


def _groups_of_words(groups: Mapping[str, int], numbers: Mapping[str, int], count: int) -> Numbers:
    """Return the group of each of the automaton's words, -1 for none; `numbers` are those of the literals."""
    column = np.full(count, -1, dtype=np.int32)
    known = {numbers[text]: group for text, group in groups.items() if text in numbers}
    column[list(known)] = list(known.values())
    return column


def _leftmost(starts: list[int], ends: list[int]) -> list[int]:
    """Return which spans are left when each one takes its place from those that begin within it."""
    kept: list[int] = []
    free = 0
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        if start >= free:
            kept.append(number)
            free = end
    return kept


def _drop_pieces_of_words(found: Found, points: Points) -> Found:
    """Leave out what is a piece of a longer word in Latin letters (app in happy)."""
    lower = points | 0x20
    is_latin = (lower >= ord("a")) & (lower <= ord("z"))
    joins = is_latin[:-1] & is_latin[1:]
    if not joins.any():
        return found
    whole = ~(joins[found.starts - 1] | joins[found.ends - 1])
    return Found(found.starts[whole], found.ends[whole], found.words[whole])


class _Patterns:
    """The phrases with placeholders, by their first piece (the gate) and their last (the tail)."""

    def __init__(self, phrases: Sequence[Phrase[T]], numbers: Sequence[dict[str, int]]) -> None:
        #: (gate, tail) → patterns; a phrase that begins or ends with a number has every numeral for gate or tail.
        self._by_pieces: dict[tuple[str, str], dict[_Pattern, None]] = {}
        self._reach: dict[str, int] = {}
        for order, phrase in enumerate(phrase for phrase in phrases if has_placeholder(phrase.text)):
            pieces = _PLACEHOLDER.split(phrase.text)
            pattern = _Pattern(order, phrase.text, phrase.layer, numbers[phrase.layer][phrase.text])
            self._add(pattern, pieces[0], pieces[-1], len(phrase.text) + _WIDEST * len(pieces))
        #: What the automaton must find.
        self.pieces = list(dict.fromkeys(piece for pieces in self._by_pieces for piece in pieces))

    def _add(self, pattern: _Pattern, gate: str, tail: str, longest: int) -> None:
        for first in [gate] if gate else _NUMERALS:
            self._reach[first] = max(self._reach.get(first, 0), longest)
            for last in [tail] if tail else _NUMERALS:
                self._by_pieces.setdefault((first, last), {})[pattern] = None

    def number(self, words: Sequence[str]) -> None:
        """Learn the automaton's numbers of the pieces."""
        gates = {gate: number for number, gate in enumerate(dict.fromkeys(gate for gate, _ in self._by_pieces))}
        tails = {tail: number for number, tail in enumerate(dict.fromkeys(tail for _, tail in self._by_pieces))}
        self._gates = np.array([gates.get(word, -1) for word in words], dtype=np.int32)
        self._tails = np.array([tails.get(word, -1) for word in words], dtype=np.int32)
        self._reaches = np.array([self._reach[gate] for gate in gates], dtype=np.int64)
        self._exists = np.zeros((len(gates), len(tails)), dtype=np.bool_)
        self._of_pair = {
            (gates[gate], tails[tail]): tuple(patterns) for (gate, tail), patterns in self._by_pieces.items()
        }
        for pair in self._of_pair:
            self._exists[pair] = True

    def find(self, text: str, found: Found) -> list[tuple[int, int, _Pattern]]:
        """Return (start, end, pattern) for the patterns that fit, in the order of their precedence at each start."""
        fitting: list[tuple[int, int, _Pattern]] = []
        for _, start, pattern in sorted(self._possible(found.take(self._gates), found.take(self._tails))):
            match = compile_pattern(pattern.phrase).match(text, start)
            if match is not None:
                fitting.append((start, match.end(), pattern))
        return fitting

    def _possible(self, gates: Found, tails: Found) -> set[tuple[int, int, _Pattern]]:
        """Return (less the length of the gate, start, pattern) where a tail begins within the reach of a gate."""
        if not len(gates.starts) or not len(tails.starts):
            return set()
        order = tails.starts.argsort(kind="stable")
        places = tails.starts[order]
        first = places.searchsorted(gates.ends)
        counts = np.maximum(places.searchsorted(gates.starts + self._reaches[gates.words]) - first, 0)
        gate = np.arange(len(counts)).repeat(counts)
        tail = tails.words[order[number_groups(counts, first)]]
        exists = self._exists[gates.words[gate], tail].nonzero()[0]
        gate = gate[exists]
        columns = (gates.starts[gate] - gates.ends[gate], gates.starts[gate], gates.words[gate], tail[exists])
        return {
            (length, start, pattern)
            for length, start, *pair in zip(*(column.tolist() for column in columns), strict=True)
            for pattern in self._of_pair[pair[0], pair[1]]
        }


def has_placeholder(phrase: str) -> bool:
    """Return whether the phrase stands for more than itself."""
    return _PLACEHOLDER.search(phrase) is not None


@cache
def compile_pattern(phrase: str) -> re.Pattern[str]:
    """Return the expression for a phrase with placeholders in it; compiled at its first use."""
    parts = re.split(f"({_PLACEHOLDER.pattern})", phrase)
    return re.compile("".join(_PATTERNS.get(part, re.escape(part)) for part in parts))


def is_open_ended(phrase: str) -> bool:
    """Return whether the phrase begins or ends with a gap, so that nothing says where it starts or stops."""
    return phrase.startswith((GAP, STEP)) or phrase.endswith((GAP, STEP))

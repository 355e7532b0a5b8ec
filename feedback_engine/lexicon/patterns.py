"""Phrases with placeholders.

`…` stands for up to twelve characters of the same sentence, `～` for up to three without a negation word, and
`＃` for a number in digits or Chinese numerals: `等了…没人理`, `价格～高`, `说好的…＃天了`. Such a phrase is tried
only where its first piece stands and its last piece follows near enough.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from feedback_engine.lexicon.automaton import Found
from feedback_engine.lexicon.columns import Flags, Places, Points, are_alike, flag_points, number_groups, pick, sum_up

GAP, STEP, NUMBER = "…", "～", "＃"
#: Stands before, between and after the texts of a row; no phrase holds it and no placeholder stands for it.
EDGE = "\x01"
_SPACES = "".join(filter(str.isspace, map(chr, range(0x3001))))
_NUMERALS = "0123456789一二两三四五六七八九十百千半几好多数俩仨"
_IN_NUMBERS, _MEASURE = f"{_NUMERALS}.多来万", "个"
_LONGEST_NUMBER = 11
#: What the other placeholders do not stand for, and how many characters each stands for at most.
_STOPS = {STEP: f",。!?;不没未无别{EDGE}{_SPACES}", GAP: f"。!?;\n{EDGE}"}
_WIDTHS = {STEP: 3, GAP: 12, NUMBER: _LONGEST_NUMBER + len(_MEASURE)}
#: What a stop weighs, so that one of a gap is more than all others that may stand in one.
_WEIGHTS = {STEP: 1, GAP: 16}
_PLACEHOLDER = re.compile(f"[{GAP}{STEP}{NUMBER}]")
_PATTERNS = {kind: f"[^{_STOPS[kind]}]{{0,{_WIDTHS[kind]}}}?" for kind in (GAP, STEP)}
_PATTERNS[NUMBER] = rf"[{_NUMERALS}][{_IN_NUMBERS}]{{0,{_LONGEST_NUMBER - 1}}}{_MEASURE}?"


class Fitting(NamedTuple):
    """Where patterns fit, [start, end) in the row, and which: in the order of their precedence at each start."""

    starts: Places
    ends: Places
    patterns: Places


class Patterns:
    """Phrases with placeholders by number, by their first piece (the gate) and their last (the tail).

    A phrase that begins or ends with a number has every numeral for gate or tail.
    """

    def __init__(self, phrases: Sequence[str]) -> None:
        self._phrases = phrases
        cut = [phrase.replace(STEP, GAP).replace(NUMBER, GAP) for phrase in phrases]
        self._gates, gates = _number_pieces([pieces.partition(GAP)[0] for pieces in cut])
        self._tails, tails = _number_pieces([pieces.rpartition(GAP)[2] for pieces in cut])
        #: What the automaton must find.
        self.pieces = [*(self._gates | self._tails)]
        counts = {kind: np.array([phrase.count(kind) for phrase in phrases], dtype=np.int64) for kind in _WIDTHS}
        #: How far behind the beginning of the first piece the last one begins at most.
        self._reaches = np.array([pieces.rfind(GAP) + 1 for pieces in cut], dtype=np.int64)
        self._reaches += sum(counts[kind] * (width - 1) for kind, width in _WIDTHS.items())
        self._index(gates, tails)
        #: For two pieces with a gap or a step between them, what its stops weigh; for any other pattern 0.
        weights = counts[GAP] * _WEIGHTS[GAP] + counts[STEP] * _WEIGHTS[STEP]
        self._stops = np.where(counts[GAP] + counts[STEP] + counts[NUMBER] == 1, weights, 0)
        #: The code point that must follow the number which a pattern begins with, 0 where any may.
        self._after_number = np.zeros(len(phrases), dtype=np.uint32)
        for number, phrase in enumerate(phrases):
            if phrase.startswith(NUMBER):
                self._after_number[number] = _find_after_number(phrase)

    def _index(self, gates: Places, tails: Places) -> None:
        """Lay out the patterns of each pair of gate and tail, given those of each pattern."""
        gate, numbers = _spread_numerals(gates, self._gates)
        tail, members = _spread_numerals(tails[numbers], self._tails)
        gate, numbers = gate[members], numbers[members]
        #: How far behind the beginning of this gate any tail begins at most.
        self._farthest = np.zeros(len(self._gates), dtype=np.int64)
        np.maximum.at(self._farthest, gate, self._reaches[numbers])
        keys = gate * len(self._tails) + tail
        order = keys.argsort(kind="stable")
        pairs, counts = np.unique(keys, return_counts=True)
        self._pairs = np.full((len(self._gates), len(self._tails)), -1, dtype=np.int32)
        self._pairs.ravel()[pairs] = np.arange(len(pairs))
        self._first, self._counts, self._numbers = sum_up(counts), counts, numbers[order]

    def number(self, words: Mapping[str, int]) -> None:
        """Learn the automaton's numbers of the pieces."""
        self._gate_words, self._tail_words = np.full((2, len(words)), -1)
        for column, pieces in ((self._gate_words, self._gates), (self._tail_words, self._tails)):
            column[[words[piece] for piece in pieces]] = np.arange(len(pieces))

    def find(self, text: str, points: Points, found: Found) -> Fitting:
        """Return the patterns that fit."""
        possible = self._find_possible(points, found.take(self._gate_words), found.take(self._tail_words))
        starts, ends, numbers = possible
        for at in (ends < 0).nonzero()[0].tolist():
            match = compile_pattern(self._phrases[numbers[at]]).match(text, starts[at])
            ends[at] = match.end() if match else -1
        return Fitting(*pick(possible, ends > 0))

    def _find_possible(self, points: Points, gates: Found, tails: Found) -> Fitting:
        """Return the patterns whose tail begins within the reach of the gate, longer gates first.

        Of those with but a gap or a step in them, they are those that fit; of the others the end is still to be found,
        -1 for now.
        """
        order = tails.starts.argsort(kind="stable")
        places = tails.starts[order]
        first = places.searchsorted(gates.ends)
        counts = places.searchsorted(gates.starts + self._farthest[gates.words], side="right") - first
        gate, tail = np.arange(len(counts)).repeat(counts), order[number_groups(counts, first)]
        pairs = self._pairs[gates.words[gate], tails.words[tail]]
        exists = (pairs >= 0).nonzero()[0]
        if not len(exists):
            return Fitting(exists, exists, exists)
        pairs = pairs[exists].astype(np.int64)
        counts = self._counts[pairs]
        exists, numbers = exists.repeat(counts), self._numbers[number_groups(counts, self._first[pairs])]
        gate, tail = gate[exists], tail[exists]
        starts = gates.starts[gate]
        fits = self._are_near(points, starts, gates.ends[gate], tails.starts[tail], numbers)
        sequence = np.lexsort((numbers, starts, starts - gates.ends[gate]))
        sequence = sequence[fits[sequence]]
        starts, numbers, ends = starts[sequence], numbers[sequence], tails.ends[tail[sequence]]
        ends[self._stops[numbers] == 0] = -1
        # of several tails the nearest counts
        is_first = np.ones(len(starts), dtype=np.bool_)
        is_first[1:] = ~(are_alike(starts) & are_alike(numbers))
        return Fitting(*pick((starts, ends, numbers), is_first))

    def _are_near(self, points: Points, starts: Places, ends: Places, tails: Places, numbers: Places) -> Flags:
        """Return which of these tails lie within reach of a gate [start, end) of this pattern, with no stop between."""
        near: Flags = tails - starts <= self._reaches[numbers]
        stops, weights = self._stops[numbers], sum_up(_stop_weights().take(points))
        near &= (weights[tails] - weights[ends] < stops) | (stops == 0)
        wanted = self._after_number[numbers]
        begins = (near & (wanted != 0)).nonzero()[0]
        if len(begins):
            near[begins] = _have_after_numbers(points, starts[begins], wanted[begins])
        return near


def _number_pieces(pieces: Sequence[str]) -> tuple[dict[str, int], Places]:
    """Return the different pieces by number, and that of each piece; an empty one is -1, and numbers all numerals."""
    known = dict.fromkeys(pieces)
    if "" in known:
        known |= dict.fromkeys(_NUMERALS)
        del known[""]
    numbers = {piece: number for number, piece in enumerate(known)}
    return numbers, np.array([numbers.get(piece, -1) for piece in pieces], dtype=np.int64)


def _spread_numerals(numbers: Places, pieces: Mapping[str, int]) -> tuple[Places, Places]:
    """Return the numbers with those of all numerals for each -1, and where each of them stood."""
    numerals = np.array([pieces.get(numeral, -1) for numeral in _NUMERALS], dtype=np.int64)
    counts = np.where(numbers < 0, len(numerals), 1)
    spread = numbers.repeat(counts)
    spread[spread < 0] = np.tile(numerals, np.count_nonzero(numbers < 0))
    return spread, np.arange(len(numbers)).repeat(counts)


def _find_after_number(phrase: str) -> int:
    """Return the code point that must follow the number which a phrase begins with; 0 where there is no such thing."""
    following = phrase[1:2]
    is_clear = phrase.startswith(NUMBER) and following and following not in f"{_IN_NUMBERS}{GAP}{STEP}{NUMBER}"
    return ord(following) if is_clear else 0


@cache
def _stop_weights() -> NDArray[np.uint8]:
    """Return what each code point weighs as a stop."""
    weights = np.zeros(0x110000, dtype=np.uint8)
    for kind, stops in _STOPS.items():
        weights[[*map(ord, stops)]] = _WEIGHTS[kind]
    weights.setflags(write=False)
    return weights


def _have_after_numbers(points: Points, starts: Places, wanted: Points) -> Flags:
    """Return where the number that begins there is followed by what is wanted, 个 between them or not."""
    ends = starts.copy()
    for _ in range(_LONGEST_NUMBER):
        goes_on = flag_points(_IN_NUMBERS).take(points[ends])
        if not np.count_nonzero(goes_on):
            break
        ends += goes_on
    have: Flags = points[ends] == wanted
    ends += points[ends] == ord(_MEASURE)
    have |= points[ends] == wanted
    return have


def has_placeholder(phrase: str) -> bool:
    """Return whether the phrase stands for more than itself."""
    return GAP in phrase or STEP in phrase or NUMBER in phrase


@cache
def compile_pattern(phrase: str) -> re.Pattern[str]:
    """Return the expression for a phrase with placeholders in it; compiled at its first use."""
    parts = re.split(f"({_PLACEHOLDER.pattern})", phrase)
    return re.compile("".join(_PATTERNS.get(part, re.escape(part)) for part in parts))

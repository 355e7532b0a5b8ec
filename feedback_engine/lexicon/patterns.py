"""Phrases with placeholders.

`…` stands for up to twelve characters of the same sentence, `～` for up to three without a negation word, and
`＃` for a number in digits or Chinese numerals: `等了…没人理`, `价格～高`, `说好的…＃天了`. Such a phrase is tried
only where its first piece stands and its last piece follows near enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

import numpy as np

from feedback_engine.lexicon.automaton import Found
from feedback_engine.lexicon.columns import Flags, Places, Points, flag_points, number_groups, sum_up

GAP, STEP, NUMBER = "…", "～", "＃"
#: Stands before, between and after the texts of a row; no phrase holds it and no placeholder stands for it.
EDGE = "\x01"
_GAP_PATTERN = rf"[^。!?;\n{EDGE}]{{0,12}}?"
_STEP_PATTERN = rf"[^,。!?;\s不没未无别{EDGE}]{{0,3}}?"
_NUMERALS = "0123456789一二两三四五六七八九十百千半几好多数俩仨"
_IN_NUMBERS, _MEASURE = f"{_NUMERALS}.多来万", "个"
_LONGEST_NUMBER = 11
_NUMBER_PATTERN = rf"[{_NUMERALS}][{_IN_NUMBERS}]{{0,{_LONGEST_NUMBER - 1}}}{_MEASURE}?"
#: No placeholder stands for more characters than this.
_WIDEST = 12
_PLACEHOLDER = re.compile(f"[{GAP}{STEP}{NUMBER}]")
_PATTERNS = {GAP: _GAP_PATTERN, STEP: _STEP_PATTERN, NUMBER: _NUMBER_PATTERN}


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
        reaches = [len(pieces) + _WIDEST * (pieces.count(GAP) + 1) for pieces in cut]
        self._index(gates, tails, np.array(reaches, dtype=np.int64))
        #: The code point that must follow the number which a pattern begins with, 0 where any may.
        self._after_number = np.zeros(len(phrases), dtype=np.uint32)
        for number, phrase in enumerate(phrases):
            if phrase.startswith(NUMBER):
                self._after_number[number] = _find_after_number(phrase)

    def _index(self, gates: Places, tails: Places, reaches: Places) -> None:
        """Lay out the patterns of each pair of gate and tail, given those of each pattern."""
        gate, numbers = _spread_numerals(gates, self._gates)
        tail, members = _spread_numerals(tails[numbers], self._tails)
        gate, numbers = gate[members], numbers[members]
        #: How far a pattern with this gate reaches at most.
        self._reaches = np.zeros(len(self._gates), dtype=np.int64)
        np.maximum.at(self._reaches, gate, reaches[numbers])
        keys = gate * len(self._tails) + tail
        order = keys.argsort(kind="stable")
        pairs, counts = np.unique(keys, return_counts=True)
        self._pairs = np.full((len(self._gates), len(self._tails)), -1, dtype=np.int32)
        self._pairs.ravel()[pairs] = np.arange(len(pairs))
        self._first, self._numbers = sum_up(counts), numbers[order]

    def number(self, words: Mapping[str, int]) -> None:
        """Learn the automaton's numbers of the pieces."""
        self._gate_words, self._tail_words = np.full((2, len(words)), -1, dtype=np.int32)
        for column, pieces in ((self._gate_words, self._gates), (self._tail_words, self._tails)):
            column[[words[piece] for piece in pieces]] = np.arange(len(pieces))

    def find(self, text: str, points: Points, found: Found) -> list[tuple[int, int, int]]:
        """Return (start, end, number) for the patterns that fit, in the order of their precedence at each start."""
        fitting: list[tuple[int, int, int]] = []
        gates, tails = found.take(self._gate_words), found.take(self._tail_words)
        for start, number in self._find_possible(points, gates, tails):
            match = compile_pattern(self._phrases[number]).match(text, start)
            if match is not None:
                fitting.append((start, match.end(), number))
        return fitting

    def _find_possible(self, points: Points, gates: Found, tails: Found) -> Iterator[tuple[int, int]]:
        """Yield start and number of the patterns whose tail begins within the reach of the gate, longer gates first."""
        order = tails.starts.argsort(kind="stable")
        places = tails.starts[order]
        first = places.searchsorted(gates.ends)
        counts = np.maximum(places.searchsorted(gates.starts + self._reaches[gates.words]) - first, 0)
        gate = np.arange(len(counts)).repeat(counts)
        pairs = self._pairs[gates.words[gate], tails.words[order[number_groups(counts, first)]]]
        exists = (pairs >= 0).nonzero()[0]
        if not len(exists):
            return
        gate, pairs = gate[exists], pairs[exists]
        counts = self._first[pairs + 1] - self._first[pairs]
        gate, numbers = gate.repeat(counts), self._numbers[number_groups(counts, self._first[pairs])]
        may_begin = _have_after_numbers(points, gates.starts[gate], self._after_number[numbers])
        gate, numbers = gate[may_begin], numbers[may_begin]
        starts, sizes = gates.starts[gate], gates.ends[gate] - gates.starts[gate]
        sequence = np.lexsort((numbers, starts, -sizes))
        possible = zip(starts[sequence].tolist(), numbers[sequence].tolist(), strict=True)
        yield from dict.fromkeys(possible)


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


def _have_after_numbers(points: Points, starts: Places, wanted: Points) -> Flags:
    """Return where the number that begins there is followed by what is wanted, 个 between them or not; 0 is nothing."""
    active = wanted.nonzero()[0]
    ends = starts[active]
    have: Flags = wanted == 0
    for _ in range(_LONGEST_NUMBER):
        goes_on = flag_points(_IN_NUMBERS)[points[ends]]
        if not goes_on.any():
            break
        ends += goes_on
    following = points[ends]
    have[active] = following == wanted[active]
    ends += following == ord(_MEASURE)
    have[active] |= points[ends] == wanted[active]
    return have


def has_placeholder(phrase: str) -> bool:
    """Return whether the phrase stands for more than itself."""
    return GAP in phrase or STEP in phrase or NUMBER in phrase


@cache
def compile_pattern(phrase: str) -> re.Pattern[str]:
    """Return the expression for a phrase with placeholders in it; compiled at its first use."""
    parts = re.split(f"({_PLACEHOLDER.pattern})", phrase)
    return re.compile("".join(_PATTERNS.get(part, re.escape(part)) for part in parts))

"""All phrases of all layers found in one pass over a row of texts.

A phrase may hold `…`, which stands for up to twelve characters of the same sentence, `～`, which stands for up to
three characters without a negation word, and `＃`, which stands for a number in digits or Chinese numerals:
`等了…没人理`, `价格～高`, `说好的…＃天了`. An automaton finds every literal; a phrase with placeholders is tried only
where its first piece stands and its last piece follows near enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from feedback_engine.lexicon.automaton import Automaton, Found
from feedback_engine.lexicon.columns import Flags, Numbers, Places, Points, flag_points, number_groups, steps, sum_up

T = TypeVar("T")

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


class Phrase(NamedTuple, Generic[T]):
    """A phrase (folded as the texts will be), the layer it belongs to, and what it stands for."""

    text: str
    layer: int
    value: T


class Matches(NamedTuple):
    """Where phrases were found, [start, end) in the row, and the numbers of their values: in order, layer by layer."""

    starts: Places
    ends: Places
    values: Places
    #: The number of each layer's first match, and of the last layer's last + 1.
    first: Places

    def of(self, layer: int) -> tuple[Places, Places, Places]:
        """Return starts, ends and values of a layer's matches."""
        part = slice(*self.first[layer : layer + 2].tolist())
        return self.starts[part], self.ends[part], self.values[part]


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
        self.sizes = [len(group) for group in groups.values()]


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
        columns = [_groups_of_words(layer.numbers, numbers, len(words)) for layer in self._layers]
        self._groups = _Groups.of([layer.sizes for layer in self._layers], columns)

    def find(self, text: str, points: Points) -> Matches:
        """Return the matches of all layers in the row `text` (edge text edge … edge), whose code points these are."""
        found = self._automaton.find(points)
        fitting = self._patterns.find(text, points, found)
        return self._groups.choose(_drop_pieces_of_words(found, points), fitting, len(text))


class _Groups(NamedTuple):
    """The groups of all layers, numbered through, and the words that stand for them."""

    #: The number of each layer's first group.
    bounds: Places
    #: The layer of each group, the number of its first value in the layer, and how many values it has.
    layers: Places
    first: Numbers
    sizes: Places
    #: The groups of each word: those of word i begin at first_of_word[i].
    of_words: Places
    first_of_word: Places

    @classmethod
    def of(cls, sizes: Sequence[Sequence[int]], columns: Sequence[Numbers]) -> _Groups:
        """Return the groups of these sizes by layer, and of each word in each layer, -1 for none."""
        bounds = sum_up(np.array([len(layer) for layer in sizes], dtype=np.int64))
        first = [sum_up(np.array(layer, dtype=np.int64))[:-1] for layer in sizes]
        table = np.stack(columns, axis=1).astype(np.int64)
        is_group = table >= 0
        return cls(
            bounds[:-1],
            np.arange(len(sizes)).repeat(steps(bounds)),
            np.concatenate(first).astype(np.int32),
            np.array([size for layer in sizes for size in layer], dtype=np.int64),
            (table + bounds[:-1])[is_group],
            sum_up(is_group.sum(axis=1)),
        )

    def choose(self, found: Found, fitting: Sequence[tuple[int, int, _Pattern]], size: int) -> Matches:
        """Return the leftmost longest matches of each layer among the words found and the patterns that fit.

        The layers are laid one after another, each as long as the row.
        """
        first = self.first_of_word.take(found.words)
        counts = self.first_of_word.take(found.words + 1) - first
        of = self.of_words[number_groups(counts, first)]
        groups, ends = np.zeros((2, size * len(self.bounds)), dtype=np.int32)
        shift = self.layers[of] * size
        # longer ones come later and take the place of shorter ones
        places = found.starts.repeat(counts) + shift
        groups[places], ends[places] = of + 1, found.ends.repeat(counts) + shift
        for place, (end, group) in self._find_longest(fitting, size).items():
            if end > ends[place]:
                groups[place], ends[place] = group + 1, end
        starts = (groups != 0).nonzero()[0]
        stops = ends[starts].astype(np.int64)
        chosen = _leftmost(starts, stops)
        starts = starts[chosen]
        return self._tell(starts, stops[chosen], groups[starts] - 1, size)

    def _find_longest(self, fitting: Sequence[tuple[int, int, _Pattern]], size: int) -> dict[int, tuple[int, int]]:
        """Return place → end and group of the pattern that reaches farthest from there; of equals the first one."""
        bounds, longest = self.bounds.tolist(), dict[int, tuple[int, int]]()
        for start, end, pattern in fitting:
            shift = pattern.layer * size
            known = longest.get(start + shift)
            if known is None or end + shift > known[0]:
                longest[start + shift] = end + shift, bounds[pattern.layer] + pattern.group
        return longest

    def _tell(self, starts: Places, ends: Places, groups: Numbers, size: int) -> Matches:
        """Return the matches of these groups: one for each of their values."""
        sizes, shift = self.sizes.take(groups), self.layers.take(groups) * size
        values = number_groups(sizes, self.first.take(groups))
        bounds = sum_up(sizes)[starts.searchsorted(np.arange(len(self.bounds) + 1) * size)]
        return Matches((starts - shift).repeat(sizes), (ends - shift).repeat(sizes), values, bounds)


def _groups_of_words(groups: Mapping[str, int], numbers: Mapping[str, int], count: int) -> Numbers:
    """Return the group of each of the automaton's words, -1 for none; `numbers` are those of the literals."""
    column = np.full(count, -1, dtype=np.int32)
    known = {numbers[text]: group for text, group in groups.items() if text in numbers}
    column[list(known)] = list(known.values())
    return column


def _leftmost(starts: Places, ends: Places) -> Places:
    """Return which spans are left when each one, in order, takes its place from those that begin within it."""
    is_apart = np.ones(len(starts) + 1, dtype=np.bool_)
    is_apart[1:-1] = starts[1:] >= np.maximum.accumulate(ends)[:-1]
    kept = is_apart[:-1] & is_apart[1:]
    rest, free = (~kept).nonzero()[0], 0
    for number, start, end in zip(rest.tolist(), starts[rest].tolist(), ends[rest].tolist(), strict=True):
        if start >= free:
            kept[number], free = True, end
    chosen: Places = kept.nonzero()[0]
    return chosen


def _drop_pieces_of_words(found: Found, points: Points) -> Found:
    """Leave out what is a piece of a longer word in Latin letters (app in happy)."""
    is_latin = are_latin(points)
    joins = is_latin[:-1] & is_latin[1:]
    if not joins.any():
        return found
    whole = ~(joins[found.starts - 1] | joins[found.ends - 1])
    return Found(found.starts[whole], found.ends[whole], found.words[whole])


def are_latin(points: Points) -> Flags:
    """Return which code points are Latin letters without marks."""
    lower = points | 0x20
    latin: Flags = (lower >= ord("a")) & (lower <= ord("z"))
    return latin


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
        pairs = {(gates[gate], tails[tail]): patterns for (gate, tail), patterns in self._by_pieces.items()}
        self._pairs = np.full((len(gates), len(tails)), -1, dtype=np.int32)
        for number, pair in enumerate(pairs):
            self._pairs[pair] = number
        self._first = sum_up(np.array([len(patterns) for patterns in pairs.values()], dtype=np.int64))
        self._orders = np.array([each.order for patterns in pairs.values() for each in patterns], dtype=np.int64)
        self._patterns = {each.order: each for patterns in pairs.values() for each in patterns}
        #: By order the code point that must follow the number which a pattern begins with, 0 where any may.
        self._after_number = np.zeros(self._orders.max(initial=0) + 1, dtype=np.uint32)
        for order, pattern in self._patterns.items():
            self._after_number[order] = _find_after_number(pattern.phrase)

    def find(self, text: str, points: Points, found: Found) -> list[tuple[int, int, _Pattern]]:
        """Return (start, end, pattern) for the patterns that fit, in the order of their precedence at each start."""
        fitting: list[tuple[int, int, _Pattern]] = []
        for start, order in self._find_possible(points, found.take(self._gates), found.take(self._tails)):
            match = compile_pattern(self._patterns[order].phrase).match(text, start)
            if match is not None:
                fitting.append((start, match.end(), self._patterns[order]))
        return fitting

    def _find_possible(self, points: Points, gates: Found, tails: Found) -> Iterator[tuple[int, int]]:
        """Yield start and order of the patterns whose tail begins within the reach of the gate, longer gates first."""
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
        gate, orders = gate.repeat(counts), self._orders[number_groups(counts, self._first[pairs])]
        may_begin = _have_after_numbers(points, gates.starts[gate], self._after_number[orders])
        gate, orders = gate[may_begin], orders[may_begin]
        starts, sizes = gates.starts[gate], gates.ends[gate] - gates.starts[gate]
        sequence = np.lexsort((orders, starts, -sizes))
        possible = zip(starts[sequence].tolist(), orders[sequence].tolist(), strict=True)
        yield from dict.fromkeys(possible)


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
    return _PLACEHOLDER.search(phrase) is not None


@cache
def compile_pattern(phrase: str) -> re.Pattern[str]:
    """Return the expression for a phrase with placeholders in it; compiled at its first use."""
    parts = re.split(f"({_PLACEHOLDER.pattern})", phrase)
    return re.compile("".join(_PATTERNS.get(part, re.escape(part)) for part in parts))


def is_open_ended(phrase: str) -> bool:
    """Return whether the phrase begins or ends with a gap, so that nothing says where it starts or stops."""
    return phrase.startswith((GAP, STEP)) or phrase.endswith((GAP, STEP))

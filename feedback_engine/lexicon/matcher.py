"""All phrases of all layers found in one pass over a row of texts.

An automaton finds every literal, and the pieces of phrases with placeholders (`patterns`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from string import ascii_letters
from typing import NamedTuple

import numpy as np

from feedback_engine.lexicon.automaton import Automaton, Found
from feedback_engine.lexicon.columns import Flags, Numbers, Places, Points, flag_points, number_groups, steps, sum_up
from feedback_engine.lexicon.patterns import Fitting, Patterns, has_placeholder


class Matches(NamedTuple):
    """Where phrases were found, [start, end) in the row, and which of their layer: in order, layer by layer."""

    starts: Places
    ends: Places
    phrases: Places
    #: The number of each layer's first match, and of the last layer's last + 1.
    first: Places

    def of(self, layer: int) -> tuple[Places, Places, Places]:
        """Return starts, ends and numbers of a layer's matches."""
        part = slice(*self.first[layer : layer + 2].tolist())
        return self.starts[part], self.ends[part], self.phrases[part]


class PhraseMatcher:
    """Finds the leftmost longest phrases of each layer; layers do not disturb each other.

    The phrases are folded as the texts will be. One that a layer holds several times is found as each of them.
    """

    def __init__(self, layers: Sequence[Sequence[str]]) -> None:
        numbered = [_number_phrases(phrases) for phrases in layers]
        texts = [text for numbers, _ in numbered for text in numbers]
        patterned = [group for group, text in enumerate(texts) if has_placeholder(text)]
        literal = [group for group in sorted({*range(len(texts))}.difference(patterned)) if texts[group]]
        self._patterns = Patterns([texts[group] for group in patterned])
        known = dict.fromkeys(chain((texts[group] for group in literal), self._patterns.pieces))
        words = {word: number for number, word in enumerate(known)}
        self._automaton = Automaton(list(words))
        self._patterns.number(words)
        of_literals = np.array([words[texts[group]] for group in literal], dtype=np.int64)
        order = of_literals.argsort(kind="stable")
        self._groups = _Groups.of(
            [of for _, of in numbered],
            np.array(literal, dtype=np.int64)[order],
            sum_up(np.bincount(of_literals, minlength=len(words))),
            patterned,
        )

    def find(self, text: str, points: Points) -> Matches:
        """Return the matches of all layers in the row `text` (edge text edge … edge), whose code points these are."""
        found = self._automaton.find(points)
        fitting = self._patterns.find(text, points, found)
        return self._groups.choose(_drop_pieces_of_words(found, points), fitting, len(text))


def _number_phrases(phrases: Sequence[str]) -> tuple[dict[str, int], Places]:
    """Return the different phrases by number, and that of each phrase."""
    numbers = {phrase: number for number, phrase in enumerate(dict.fromkeys(phrases))}
    return numbers, np.array([numbers[phrase] for phrase in phrases], dtype=np.int64)


class _Groups(NamedTuple):
    """The different phrases of all layers, numbered through, and the words and patterns that stand for them."""

    #: The number of each layer's first group.
    bounds: Places
    #: The layer of each group, where its phrases begin in `phrases`, and how many they are.
    layers: Places
    first: Places
    sizes: Places
    #: The number of each phrase in its layer, group by group.
    phrases: Places
    #: The groups of each word: those of word i begin at first_of_word[i], and are groups_of_word[i].
    of_words: Places
    first_of_word: Places
    groups_of_word: Places
    #: The group of each pattern.
    of_patterns: Places

    @classmethod
    def of(cls, layers: Sequence[Places], of_words: Places, first_of_word: Places, patterns: Sequence[int]) -> _Groups:
        """Return the groups, given the group of each phrase by layer, and those of words and patterns."""
        sizes = [np.bincount(of) for of in layers]
        bounds = sum_up(np.array([len(layer) for layer in sizes], dtype=np.int64))
        layer_of = np.arange(len(layers)).repeat(steps(bounds))
        all_sizes = np.concatenate(sizes)
        return cls(
            bounds[:-1],
            layer_of,
            sum_up(all_sizes)[:-1],
            all_sizes,
            np.concatenate([of.argsort(kind="stable") for of in layers]),
            of_words,
            first_of_word,
            steps(first_of_word),
            np.array(patterns, dtype=np.int64),
        )

    def choose(self, found: Found, fitting: Fitting, size: int) -> Matches:
        """Return the leftmost longest matches of each layer among the words found and the patterns that fit.

        The layers are laid one after another, each as long as the row.
        """
        first, counts = self.first_of_word.take(found.words), self.groups_of_word.take(found.words)
        of = self.of_words[number_groups(counts, first)]
        groups, ends = np.zeros((2, size * len(self.bounds)), dtype=np.int32)
        shift = self.layers[of] * size
        # longer ones come later and take the place of shorter ones
        places = found.starts.repeat(counts) + shift
        groups[places], ends[places] = of + 1, found.ends.repeat(counts) + shift
        if len(fitting.starts):
            self._put_longer(fitting, groups, ends, size)
        starts = (groups != 0).nonzero()[0]
        stops = ends[starts].astype(np.int64)
        chosen = _leftmost(starts, stops)
        starts = starts[chosen]
        return self._tell(starts, stops[chosen], groups[starts].astype(np.int64) - 1, size)

    def _put_longer(self, fitting: Fitting, groups: Numbers, ends: Numbers, size: int) -> None:
        """Put the patterns that reach farther than what is there in its place; of equals the first one."""
        of = self.of_patterns[fitting.patterns]
        shift = self.layers[of] * size
        places, stops = fitting.starts + shift, fitting.ends + shift
        longer = (stops > ends[places]).nonzero()[0][::-1]
        longer = longer[stops[longer].argsort(kind="stable")]  # the farthest comes last, of equals the first one
        groups[places[longer]], ends[places[longer]] = of[longer] + 1, stops[longer]

    def _tell(self, starts: Places, ends: Places, groups: Places, size: int) -> Matches:
        """Return the matches of these groups: one for each of their phrases."""
        sizes, shift = self.sizes.take(groups), self.layers.take(groups) * size
        phrases = self.phrases[number_groups(sizes, self.first.take(groups))]
        bounds = sum_up(sizes)[starts.searchsorted(np.arange(len(self.bounds) + 1) * size)]
        return Matches((starts - shift).repeat(sizes), (ends - shift).repeat(sizes), phrases, bounds)


def _leftmost(starts: Places, ends: Places) -> Places:
    """Return which spans are left when each one, in order, takes its place from those that begin within it."""
    overlaps = np.zeros(len(starts) + 1, dtype=np.bool_)
    overlaps[1:-1] = starts[1:] < np.maximum.accumulate(ends)[:-1]
    kept = ~(overlaps[:-1] | overlaps[1:])
    rest, free = (~kept).nonzero()[0], 0
    stays: list[int] = []
    for number, start, end in zip(rest.tolist(), starts[rest].tolist(), ends[rest].tolist(), strict=True):
        if start >= free:
            stays.append(number)
            free = end
    kept[stays] = True
    chosen: Places = kept.nonzero()[0]
    return chosen


def _drop_pieces_of_words(found: Found, points: Points) -> Found:
    """Leave out what is a piece of a longer word in Latin letters (app in happy)."""
    is_latin = are_latin(points)
    joins = is_latin[:-1] & is_latin[1:]
    if not np.count_nonzero(joins):
        return found
    whole = ~(joins[found.starts - 1] | joins[found.ends - 1])
    return Found(found.starts[whole], found.ends[whole], found.words[whole])


def are_latin(points: Points) -> Flags:
    """Return which code points are Latin letters without marks."""
    return flag_points(ascii_letters).take(points)

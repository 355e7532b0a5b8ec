"""Choosing themes among candidates: those worth most, none that says what one already chosen says."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set

import numpy as np

from feedback_engine.nlp.candidates import Candidates
from feedback_engine.nlp.corpus import Numbers
from feedback_engine.nlp.phrases import pattern_of, split_key
from feedback_engine.nlp.wordroles import WordTable

#: Only so many, the worthiest, are looked at.
_LOOKED_AT = 2000
#: A phrase with this share of its texts in one longer phrase is told with that one.
_WITHIN = 0.6
#: Phrases that share a word and this share of the texts of the rarer one say the same.
_SAME = 0.5
#: A phrase that has risen this much of what one of its words has, in log odds, is told with that word.
_RISEN_ALIKE = 0.5
#: What is left of a phrase's value for each theme chosen before it that shares a word.
_AGAIN = 0.75


class Selection:
    """The themes chosen so far, as places among the candidates."""

    def __init__(
        self,
        candidates: Candidates,
        table: WordTable,
        within: Set[int],
        odds: Mapping[int, float],
        new: Sequence[int],
    ) -> None:
        """`within` are told with longer phrases, `odds` the log odds against the period before, `new` new by them."""
        self._candidates = candidates
        self._table = table
        self._odds = odds
        self._new = frozenset(new)
        worthy = np.flatnonzero(candidates.values > 0).tolist()
        best = sorted(worthy, key=lambda at: (-candidates.values[at], candidates.keys[at]))
        #: The candidates looked at, the worthiest first.
        self.places = best[:_LOOKED_AT]
        self._within = within
        self.chosen: list[int] = []

    def choose(self, places: Iterable[int], most: int) -> None:
        """Choose up to `most` more of these by value; every word that is told again counts less."""
        used = Counter(code for at in self.chosen for code in self._subjects(at))
        heap = [(-float(self._candidates.values[at]), at, 0) for at in places]
        heapq.heapify(heap)
        end = len(self.chosen) + most
        while heap and len(self.chosen) < end:
            _, at, known = heapq.heappop(heap)
            told = sum(used[code] for code in self._subjects(at))
            if told != known:
                heapq.heappush(heap, (-float(self._candidates.values[at]) * _AGAIN**told, at, told))
            elif self._is_new(at):
                self.chosen.append(at)
                used.update(self._subjects(at))

    def choose_in_order(self, places: Sequence[int], most: int) -> None:
        """Choose up to `most` more of these in the order given."""
        end = len(self.chosen) + most
        for at in places:
            if len(self.chosen) == end:
                return
            if self._is_new(at):
                self.chosen.append(at)

    def _is_new(self, at: int) -> bool:
        if at in self._within or at in self.chosen:
            return False
        codes, mine = set(self._codes(at)), self._candidates.texts_of(at)
        return not any(self._say_the_same(at, codes, mine, other) for other in self.chosen)

    def _say_the_same(self, at: int, codes: set[int], mine: Numbers, other: int) -> bool:
        others = set(self._codes(other))
        if codes == others:  # 干净卫生, 卫生干净
            return True
        if len(others) == 1 and others < codes and other in self._new:
            # 房间漏水 is what is new in 漏水; 早餐丰富 was there before more spoke of 早餐.
            return self._odds[at] >= _RISEN_ALIKE * self._odds[other]
        return not codes.isdisjoint(others) and _share(mine, self._candidates.texts_of(other)) > _SAME

    def _codes(self, at: int) -> tuple[int, ...]:
        return split_key(int(self._candidates.keys[at]), self._table)

    def _subjects(self, at: int) -> list[int]:
        """Return what the phrase is about: its words but those that tell a quality."""
        pattern = pattern_of(int(self._candidates.patterns[at]))
        return [code for code, letter in zip(self._codes(at), pattern, strict=True) if letter != "A"]


def find_within(candidates: Candidates, table: WordTable) -> set[int]:
    """Return the places of phrases that are mostly part of one longer phrase, and are told with it."""
    place_of = {split_key(key, table): at for at, key in enumerate(candidates.keys.tolist())}
    counts, within = candidates.counts, set[int]()
    for codes, at in place_of.items():
        for part in (codes[:-1], codes[1:]):
            other = place_of.get(part)
            if part and other is not None and counts[at] > _WITHIN * counts[other]:
                within.add(other)
    return within


def _share(one: Numbers, other: Numbers) -> float:
    return len(np.intersect1d(one, other, assume_unique=True)) / min(len(one), len(other))

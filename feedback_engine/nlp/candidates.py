"""Which phrases could be themes of a corpus, and what each is worth: its texts times how much it says.

A word that is worth nothing as a theme (漏水) is a candidate all the same: where it has become frequent, it tells what
is new, however differently customers put it.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from feedback_engine.nlp.corpus import Numbers
from feedback_engine.nlp.phrases import PATTERNS, Items, Occurrences, pattern_of, split_key
from feedback_engine.nlp.wordroles import WordTable

#: A phrase in fewer texts than this, or than this share of them, is no theme.
_LEAST, _LEAST_SHARE = 3, 1 / 2000
#: How many times more often than by chance its words stand together; what tells a quality needs no more than chance.
_LIFT, _LIFT_OF_ACTION, _LIFT_OF_QUALITY = 4.0, 3.0, 1.0
#: Rarity (jieba's idf) below which a word says next to nothing, and the further rarity at which it says all it can.
_COMMON, _RANGE = 4.0, 4.0
#: For a theme of one word; and below which a short one must be a word of the industry's pack.
_COMMON_ALONE, _RANGE_ALONE, _RARE_ALONE = 6.0, 3.0, 8.0
#: What one word is worth as a theme, by its characters.
_ALONE = {1: 0.0, 2: 0.02, 3: 0.3}
_ALONE_LONGER = 0.8
#: A word in this share of the texts or more tells these texts apart less and less.
_USUAL = 1 / 8
#: What a quality counts that is said of everything: 好.
_PLAIN_PRAISE = 0.6
#: Words of the industry's pack are what its people ask about.
_OF_PACK = 1.5


@dataclass(frozen=True)
class Candidates:
    """Phrases by key, in the order of the keys: how many texts they stand in, and what they are worth.

    A worth of 0 is that of a word which is a theme only where it is new.
    """

    keys: Numbers
    counts: Numbers
    values: NDArray[np.float64]
    patterns: NDArray[np.int8]
    #: The phrase and text of every pair that occurs, by phrase, then text; those of phrase i begin at starts[i].
    texts: Numbers
    starts: Numbers

    def texts_of(self, place: int) -> Numbers:
        """Return the positions of the texts with the phrase at that place, in order."""
        return self.texts[self.starts[place] : self.starts[place + 1]]


def weigh_candidates(
    found: Occurrences, items: Items, table: WordTable, text_count: int, cues: Collection[str]
) -> Candidates:
    """Return the phrases that are frequent enough and worth something, and the words that could be new."""
    keys, first, inverse, places = np.unique(found.keys, return_index=True, return_inverse=True, return_counts=True)
    least = max(_LEAST, math.ceil(text_count * _LEAST_SHARE))
    pairs = np.unique(inverse[(places >= least)[inverse]] * text_count + found.texts[(places >= least)[inverse]])
    counts = np.bincount(pairs // max(text_count, 1), minlength=len(keys))
    weigh = _Scale(table, np.bincount(items.codes, minlength=3 * len(table.names)), text_count, frozenset(cues))
    place_of = dict(zip(keys.tolist(), places.tolist(), strict=True))
    values = np.zeros(len(keys))
    is_kept = np.zeros(len(keys), dtype=np.bool_)
    for at in np.flatnonzero(counts >= least).tolist():
        values[at] = counts[at] * weigh.worth(int(keys[at]), pattern_of(int(found.patterns[first[at]])), place_of)
        is_kept[at] = values[at] > 0 or weigh.can_be_new(int(keys[at]))
    kept = np.flatnonzero(is_kept)
    chosen = pairs[np.isin(pairs // max(text_count, 1), kept)]
    starts = np.concatenate(([0], np.cumsum(counts[kept])))
    patterns = found.patterns[first[kept]]
    return Candidates(keys[kept], counts[kept], values[kept], patterns, chosen % max(text_count, 1), starts)


@dataclass(frozen=True)
class _Scale:
    """Weighs phrases: `places` is how often each code stands in the corpus."""

    table: WordTable
    places: Numbers
    text_count: int
    cues: frozenset[str]

    @cached_property
    def _total(self) -> int:
        return int(self.places.sum())

    def worth(self, key: int, pattern: str, place_of: dict[int, int]) -> float:
        """Return what one text with the phrase is worth, 0 = it is no theme."""
        codes = split_key(key, self.table)
        names = [self.table.names[code // 3] for code in codes]
        rarity = max(float(self.table.idf[code // 3]) for code in codes)
        if pattern == "L" and f"没{names[0]}" in self.table.stopped:
            return 0.0
        is_of_pack = any(name in self.cues for name in names) or "".join(names) in self.cues
        if len(codes) == 1:
            worth = self._worth_alone(names[0], pattern, rarity, is_of_pack)
        else:
            worth = self._worth_together(key, codes, pattern, rarity, place_of)
        return worth * (_OF_PACK if is_of_pack else 1.0)

    def can_be_new(self, key: int) -> bool:
        """Return whether it is a word that tells enough by itself to be told where it is new."""
        codes = split_key(key, self.table)
        name = self.table.names[codes[0] // 3]
        is_rare = float(self.table.idf[codes[0] // 3]) >= _COMMON
        return len(codes) == 1 and len(name) > 1 and is_rare and f"没{name}" not in self.table.stopped

    def _worth_alone(self, name: str, pattern: str, rarity: float, is_of_pack: bool) -> float:
        if pattern == "V":
            return 0.0
        if pattern in "LA":
            return PATTERNS[pattern] if pattern == "L" or name in self.table.faults else 0.0
        if len(name) == 2 and rarity < _RARE_ALONE and not is_of_pack:
            return 0.0
        return _ALONE.get(len(name), _ALONE_LONGER) * min(1.0, max(0.0, (rarity - _COMMON_ALONE) / _RANGE_ALONE))

    def _worth_together(
        self, key: int, codes: tuple[int, ...], pattern: str, rarity: float, place_of: dict[int, int]
    ) -> float:
        if pattern == "VV" and not self._is_doing(codes):
            return 0.0
        if self._lift(key, codes, place_of) < _least_lift(pattern):
            return 0.0
        shares = [min(1.0, int(self.places[code]) / self.text_count) for code in codes]
        usual = max(share for share, letter in zip(shares, pattern, strict=True) if letter != "A" or pattern == "AN")
        distinct = min(1.0, max(0.1, math.log(1 / usual) / math.log(1 / _USUAL))) if usual else 1.0
        plain = _PLAIN_PRAISE if pattern[-1] == "A" and shares[-1] > _USUAL else 1.0
        return PATTERNS[pattern] * min(1.0, max(0.2, (rarity - _COMMON) / _RANGE)) * distinct * plain

    def _is_doing(self, codes: tuple[int, ...]) -> bool:
        """Return whether it is an action of one character upon something that is an action too: 看表演, 玩漂流."""
        one, other = (self.table.names[code // 3] for code in codes)
        return len(one) == 1 < len(other)

    def _lift(self, key: int, codes: tuple[int, ...], place_of: dict[int, int]) -> float:
        """Return how many times more often than by chance the last word follows the others, and they precede it."""
        own, total = place_of[key], self._total
        one, *_, last = (int(self.places[code]) for code in codes)
        if len(codes) == 2:
            return own * total / (one * last)
        base = 3 * len(self.table.names) + 1
        head, tail = place_of.get(key // base, own), place_of.get(key % base**2, own)
        return min(own * total / (head * last), own * total / (tail * one))


def _least_lift(pattern: str) -> float:
    if pattern[-1] in "AL" or pattern[0] == "L":
        return _LIFT_OF_QUALITY
    return _LIFT_OF_ACTION if pattern[0] == "V" else _LIFT

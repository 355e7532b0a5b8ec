"""The words a text is about: what a reader would underline, weighed by TF-IDF with the frequencies that jieba ships.

Nouns in a row are one keyword (前台服务), what is denied keeps its denial (不满意, 没有信号), synonyms count together.
Stop words, amounts, names of persons, masked data and what is no word are none. A batch's own frequencies would make
a text's keywords depend on its neighbours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from feedback_engine.lexicon.model import Lexicon
from feedback_engine.lexicon.themes import ThemeWords
from feedback_engine.nlp.dictionary import read_idf
from feedback_engine.nlp.segment import Segmenter
from feedback_engine.nlp.units import Unit, UnitFinder
from feedback_engine.nlp.wordroles import UNKNOWN_IDF, Role
from feedback_engine.nlp.words import cut_words

#: What a thing, a quality and an action count; and what is denied, may be no word or says little, is the industry's.
_WORTH = {Role.THING: 1.0, Role.QUALITY: 0.7, Role.ACTION: 0.6}
_DENIED, _WEAK, _OF_PACK = 1.0, 0.7, 1.5


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word as the folded text has it (simplified, lower case), its weight, tf × idf, and how often it is said."""

    word: str
    weight: float
    count: int


class KeywordFinder:
    """Finds keywords; pure, so that a text has the same ones whatever else is read."""

    def __init__(
        self, segmenter: Segmenter, words: ThemeWords, lexicon: Lexicon, phrases: Collection[str] = ()
    ) -> None:
        """`phrases` are words of the industry, which are kept together and count more."""
        self._segmenter = segmenter
        self._phrases = frozenset(phrases)
        self._units = UnitFinder(words, lexicon, self._phrases)

    def find(self, text: str, count: int = 5) -> tuple[Keyword, ...]:
        """Return the `count` keywords of most weight, the heaviest first, level ones in order of their characters."""
        tokens = cut_words(self._segmenter, text)
        said: dict[tuple[bool, tuple[str, ...]], Counter[str]] = {}
        worth: dict[tuple[bool, tuple[str, ...]], float] = {}
        for unit in self._units.find(tokens):
            wording = "".join(tokens[unit.first : unit.last + 1])
            if len(wording) > 1:
                key = (unit.is_denied, unit.codes)
                said.setdefault(key, Counter())[wording] += 1
                worth[key] = max(worth.get(key, 0.0), self._weigh(unit, wording))
        total = sum(map(Counter.total, said.values()))
        found = [
            Keyword(each.most_common(1)[0][0], each.total() / total * worth[key], each.total())
            for key, each in said.items()
        ]
        return tuple(sorted(found, key=lambda keyword: (-keyword.weight, keyword.word))[:count])

    def _weigh(self, unit: Unit, wording: str) -> float:
        """Return the rarity of its rarest word times what a word of its kind is worth."""
        frequencies, _ = read_idf()
        rarity = max(frequencies.get(code, UNKNOWN_IDF) for code in unit.codes)
        worth = _DENIED if unit.is_denied else _WORTH[unit.role]
        return rarity * worth * (_WEAK if unit.is_weak else 1.0) * (_OF_PACK if wording in self._phrases else 1.0)

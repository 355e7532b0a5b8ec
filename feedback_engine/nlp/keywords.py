"""The words a text is about: TF-IDF over our own segmenter, with the document frequencies that jieba ships.

A batch's own frequencies would make a text's keywords depend on its neighbours. A word that jieba does not know counts
as the median word.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from feedback_engine.lexicon.themes import ThemeRole, ThemeWords
from feedback_engine.nlp.dictionary import read_idf
from feedback_engine.nlp.normalize import fold
from feedback_engine.nlp.segment import Segmenter

#: No more characters of one text are read: what it is about shows by then.
LONGEST = 20_000
_SILENT = (ThemeRole.STOP, ThemeRole.FILLER, ThemeRole.DENIAL, ThemeRole.LACK)


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word of a text with its weight, tf × idf, and how often it stands there."""

    word: str
    weight: float
    count: int


class KeywordFinder:
    """Finds keywords; pure, so that a text has the same ones whatever else is read."""

    def __init__(self, segmenter: Segmenter, words: ThemeWords) -> None:
        self._segmenter = segmenter
        self._silent = words.stop_words | {word for word, role in words.roles.items() if role in _SILENT}

    def find(self, text: str, count: int = 5) -> tuple[Keyword, ...]:
        """Return the `count` words of most weight, the heaviest first, level ones in order of their characters."""
        words = self._segmenter.cut(fold(text).text[:LONGEST]) if text else []
        counts = Counter(word for word in words if len(word) > 1 and word.isalpha() and word not in self._silent)
        total = sum(counts.values())
        frequencies, middle = read_idf()
        found = (Keyword(w, n / total * frequencies.get(w, middle), n) for w, n in counts.items())
        return tuple(sorted(found, key=lambda keyword: (-keyword.weight, keyword.word))[:count])

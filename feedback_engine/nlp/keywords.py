"""The words a text is about: TF-IDF over our own segmenter, with the document frequencies that jieba ships.

The idf file is jieba's own (analyse/idf.txt, 258,826 words), read by us at the first call: a batch's own frequencies
would make a text's keywords depend on its neighbours. A word that is not in it counts as the median word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from feedback_engine.errors import LexiconError
from feedback_engine.nlp.normalize import fold
from feedback_engine.nlp.segment import Segmenter

#: No more characters of one text are read: what it is about shows by then.
_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word of a text with its weight, tf × idf, and how often it stands there."""

    word: str
    weight: float
    count: int


class KeywordFinder:
    """Finds keywords; pure, so that a text has the same ones whatever else is read."""

    def __init__(self, segmenter: Segmenter, stop_words: frozenset[str]) -> None:
        self._segmenter = segmenter
        self._stop_words = stop_words

    def find(self, text: str, count: int = 5) -> tuple[Keyword, ...]:
        """Return the `count` words of most weight, the heaviest first, level ones in order of their characters."""
        counts = Counter(word for word in self.words(text) if len(word) > 1 and self.is_term(word))
        total = sum(counts.values())
        frequencies, middle = read_idf()
        found = (Keyword(w, n / total * frequencies.get(w, middle), n) for w, n in counts.items())
        return tuple(sorted(found, key=lambda keyword: (-keyword.weight, keyword.word))[:count])

    def words(self, text: str) -> list[str]:
        """Return the words of the folded text; marks and numbers stand as they are, where a phrase must break."""
        return self._segmenter.cut(fold(text).text[:_LONGEST]) if text else []

    def is_term(self, word: str) -> bool:
        """Return whether the word may be part of a theme: letters only, and no stop word."""
        return word.isalpha() and word not in self._stop_words


@cache
def read_idf() -> tuple[Mapping[str, float], float]:
    """Return word → inverse document frequency, and the median; raises LexiconError where jieba lacks its file."""
    spec = find_spec("jieba")
    if spec is None or spec.origin is None:
        raise LexiconError("关键词需要 jieba 包：pip install jieba")
    path = Path(spec.origin).parent / "analyse" / "idf.txt"
    try:
        pairs = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
        frequencies = {pair[0]: float(pair[1]) for pair in pairs if len(pair) == 2}
    except (OSError, ValueError) as error:
        raise LexiconError(f"{path}: 无法读取 jieba 的词频（{error}）；请重装 jieba") from error
    return frequencies, median(frequencies.values())

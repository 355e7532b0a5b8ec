"""snownlp's numbers for those who want them: its trained Bayes step over our own words. Never the default.

The probability of "positive" p becomes the score 2p - 1. Each clause is scored like a text of its own. The trained
counts are read from snownlp's file; none of its modules is imported, and its segmenter is not used.
"""

from __future__ import annotations

import gzip
import marshal
import math
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from feedback_engine.domain import Span
from feedback_engine.errors import LexiconError
from feedback_engine.lexicon.model import UserWord, WordKind, digest
from feedback_engine.nlp.opinions import Opinion, quote
from feedback_engine.nlp.reading import Reading
from feedback_engine.nlp.segment import Segmenter
from feedback_engine.nlp.sentiment import Judgement, Verdict, choose_polarity

_SHOWN = 12


class _Counts(NamedTuple):
    """Word counts and their total, of one sign."""

    words: dict[str, float]
    total: float

    def log_share(self, word: str) -> float:
        return math.log(self.words.get(word, 1.0) / self.total)


class _Model(NamedTuple):
    positive: _Counts
    negative: _Counts
    stop_words: frozenset[str]


class SnownlpScorer:
    """Scores by snownlp's trained counts, which are read at the first call."""

    name = "snownlp"

    def __init__(self, words: Iterable[UserWord] = ()) -> None:
        self._words = tuple(words)
        self._segmenter = Segmenter(self._words)
        self._model: _Model | None = None
        self._lock = Lock()
        shown = digest(f"{word.word}\t{word.frequency}\t{word.tag}" for word in self._words)
        self.fingerprint = f"{self.name}:{_version('snownlp')}:jieba:{_version('jieba')}:{shown}"

    def __reduce__(self) -> tuple[Any, ...]:
        return SnownlpScorer, (self._words,)

    def score_many(self, readings: Sequence[Reading]) -> list[Verdict]:
        """Return the verdict of each reading."""
        return [self.score(reading) for reading in readings]

    def score(self, reading: Reading) -> Verdict:
        """Return the judgement of the text and of each clause."""
        text = reading.folded.text
        clauses = tuple(self._judge(text, clause.start, clause.end) for clause in reading.clauses)
        return Verdict(self._judge(text, 0, len(text)), clauses)

    def _judge(self, text: str, start: int, end: int) -> Judgement:
        probability = self._probability(text[start:end])
        score = 2.0 * probability - 1.0
        notes = (f"snownlp 贝叶斯 p={probability:.3f}",)
        shown = quote(text[start : min(end, start + _SHOWN)])
        opinion = Opinion(start, end, score, shown, notes, WordKind.OPINION, Span(start, end))
        return Judgement(
            score, max(probability, 1.0 - probability), choose_polarity(score), (opinion,) if score else ()
        )

    def _probability(self, text: str) -> float:
        """Return p(positive) = 1 / (1 + Π of the shares' ratios), from logarithms; 0.5 for a text without words."""
        model = self._load()
        words = [word for word in self._segmenter.cut(text) if word not in model.stop_words]
        if not words:
            return 0.5
        odds = math.log(model.negative.total) - math.log(model.positive.total)
        odds += sum(model.negative.log_share(word) - model.positive.log_share(word) for word in words)
        return 1.0 / (1.0 + math.exp(odds)) if odds < 700 else 0.0

    def _load(self) -> _Model:
        with self._lock:
            if self._model is None:
                self._model = _read_model()
            return self._model


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


def _read_model() -> _Model:
    spec = find_spec("snownlp")
    if spec is None or spec.origin is None:
        raise LexiconError("打分器 snownlp 需要 snownlp 包：pip install snownlp，或改用 tagging.scorer: lexicon")
    home = Path(spec.origin).parent
    path = home / "sentiment" / "sentiment.marshal.3"
    try:
        data = marshal.loads(gzip.decompress(path.read_bytes()))  # noqa: S302 - part of an installed package
        stop_words = (home / "normal" / "stopwords.txt").read_text(encoding="utf-8").split()
        signs = {sign: _Counts(counts["d"], counts["total"]) for sign, counts in data["d"].items()}
        return _Model(signs["pos"], signs["neg"], frozenset(stop_words))
    except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
        raise LexiconError(f"{path}: 无法读取 snownlp 的训练数据（{error}）") from error

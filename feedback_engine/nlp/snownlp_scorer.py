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
from itertools import pairwise
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from feedback_engine.domain import Polarity
from feedback_engine.errors import LexiconError
from feedback_engine.lexicon.columns import Floats, objects
from feedback_engine.lexicon.model import UserWord, digest
from feedback_engine.nlp.assertions import find_unasserted
from feedback_engine.nlp.normalize import quote
from feedback_engine.nlp.reading import Readings
from feedback_engine.nlp.segment import Segmenter
from feedback_engine.nlp.sentiment import label_scores
from feedback_engine.nlp.statements import POLARITIES, Columns, Judged, Statements, arrange

_SHOWN = 12
_NEGATIVE, _POSITIVE = POLARITIES.index(Polarity.NEGATIVE), POLARITIES.index(Polarity.POSITIVE)


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


class _Scored(NamedTuple):
    """A stretch of text with its score, how sure its label is, and the rule in words."""

    start: int
    end: int
    score: float
    confidence: float
    rule: str


class SnownlpVerdicts:
    """What snownlp says of the texts and clauses of a batch; each score is its own statement."""

    def __init__(self, readings: Readings, texts: Sequence[_Scored], clauses: Sequence[_Scored]) -> None:
        self.texts, self.scores, self.polarities = _state(texts)
        self.confidences = np.array([scored.confidence for scored in texts])
        self.clauses = Judged(*_state(clauses))
        labels = self.clauses.labels
        self.unasserted = find_unasserted(readings, labels == _NEGATIVE, labels == _POSITIVE)
        #: It tells no denials.
        self.spared = np.zeros(len(self.scores), dtype=np.bool_)

    @property
    def clause_labels(self) -> NDArray[np.int64]:
        """The labels of all clauses."""
        return self.clauses.labels

    @property
    def rules(self) -> SnownlpVerdicts:
        """These: no word list has a part in them."""
        return self

    @property
    def labels(self) -> list[None]:
        """None: no pack has a part in them."""
        return [None] * len(self.scores)

    @property
    def hints(self) -> None:
        """None: no pack has a part in them."""

    @property
    def details(self) -> None:
        """None: it knows of no complaints."""

    @property
    def mentions(self) -> None:
        """None: it judges clauses by themselves."""

    @property
    def complaints(self) -> None:
        """None: complaints are known by rules."""


def _state(parts: Sequence[_Scored]) -> tuple[Statements, Floats, NDArray[np.int64]]:
    """Return the parts as statements, their scores and their labels."""
    scores = np.array([scored.score for scored in parts], dtype=np.float64)
    starts, ends = (np.array([scored[at] for scored in parts], dtype=np.int64) for at in (0, 1))
    rules, kinds = objects(scored.rule for scored in parts), np.zeros(len(parts), dtype=np.int64)
    said = Columns(np.arange(len(parts)), starts, ends, scores, rules, kinds).take(scores.nonzero()[0])
    return arrange(len(parts), said), scores, label_scores(scores, np.zeros(len(scores)))


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

    def score(self, readings: Readings) -> SnownlpVerdicts:
        """Return the verdicts on a batch."""
        text, clauses = readings.folded.text, readings.clauses
        edges = readings.folded.edges.tolist()
        spans = zip(clauses.starts.tolist(), clauses.ends.tolist(), strict=True)
        return SnownlpVerdicts(
            readings,
            [self._judge(text, edge + 1, following) for edge, following in pairwise(edges)],
            [self._judge(text, start, end) for start, end in spans],
        )

    def _judge(self, text: str, start: int, end: int) -> _Scored:
        probability = self._probability(text[start:end])
        score = 2.0 * probability - 1.0
        shown = quote(text[start : min(end, start + _SHOWN)])
        rule = f"{'正面' if score > 0 else '负面'}:『{shown}』(snownlp 贝叶斯 p={probability:.3f})"
        return _Scored(start, end, score, max(probability, 1.0 - probability), rule)

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

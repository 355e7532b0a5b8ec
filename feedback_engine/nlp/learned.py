"""Polarity by learned weights and word lists together: the default scorer.

A text's log odds of being positive are the learned weights of its n-grams plus the opinions that the rules read,
each at its share; the score is tanh(log odds / 2) = 2p - 1. Evidence adds up to the log odds. Where a short text or a
clause says one thing by its words and the other by negation, contrast, irony, waiting or comparison, the rules prevail.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import numpy as np

from feedback_engine.domain import Polarity
from feedback_engine.errors import LexiconError
from feedback_engine.lexicon.model import Lexicon, WordKind
from feedback_engine.nlp.models import Floats, Model, load_model
from feedback_engine.nlp.ngrams import Counts, hash_ngrams, lay_out
from feedback_engine.nlp.opinions import Opinion
from feedback_engine.nlp.pieces import find_pieces, tell_pieces
from feedback_engine.nlp.reading import Reading
from feedback_engine.nlp.sentiment import Judgement, LexiconScorer, Verdict, choose_polarity
from feedback_engine.nlp.tasks import GATE, expert_shares
from feedback_engine.nlp.weights import WeightTable, spread, sum_parts

SENTIMENT_FILE, CLAUSES_FILE = "sentiment.npz", "clauses.npz"
#: Raised whenever the blend below changes what a text scores.
BLEND_VERSION = 1
#: Rules prevail by their structures in texts of at most so many characters, by any opinion in still shorter ones.
_SHORT, _VERY_SHORT = 40, 16
#: Learned log odds from which on rules without a structure do not prevail, and those with one in a longer text.
_STRONG, _DOUBTFUL = 2.2, 0.7
#: Scores of the rules nearer to 0 than this win by a structure only.
_FAINT = 0.2
#: Where rules prevail, the learned part is cut to this share of theirs.
_YIELD = 0.1
#: Log odds that the learned weights must reach where the rules read no opinion: in any text, in a very short one for
#: good and for bad (bare requests and questions look bad to weights learned from reviews), in a clause.
_SILENT_BAND, _SILENT_GOOD, _SILENT_BAD, _SILENT_CLAUSE = 0.4, 1.3, 2.5, 3.0
#: What is left of log odds that did not reach it: the sign, in a score that counts as neutral.
_REMNANT = 0.15
_NEUTRAL_CONFIDENCE = 0.3
#: A domain is named in the rule from this probability on.
_NAMED_DOMAIN = 0.5
#: So many characters are scored at once, to bound memory.
_BATCH = 200_000
_STRUCTURES = ("否定", "转折", "语气", "反语", "疑问", "之后")
_KINDS = (WordKind.WAITING, WordKind.PROMISE, WordKind.COMPARISON, WordKind.RHETORIC)


class _Rates(NamedTuple):
    """Log odds per unit of learned log odds and of the rules' score or strength, fitted on held-out predictions."""

    learned: float
    rules: float


_TEXT, _CLAUSE = _Rates(0.9, 1.15), _Rates(0.9, 1.8)


class _Part(NamedTuple):
    """What the learned weights say of a text or clause, in log odds, and the runs of characters it is made up of."""

    odds: float
    pieces: list[tuple[int, int, float]]
    unknown: float
    notes: tuple[str, ...] = ()
    #: The clause weights find neither good nor bad likelier than neutral.
    is_neutral: bool = False


@dataclass(frozen=True, slots=True)
class _Learned:
    """The two models and their tables."""

    text: Model
    clauses: Model
    text_table: WeightTable
    clause_table: WeightTable
    #: The usual share of n-grams that the weights do not know; more of them lower the confidence.
    usual_unknown: float


class LearnedScorer:
    """Scores by the shipped weights and the lexicon; reads the model files at the first call, safe between threads."""

    name = "learned"

    def __init__(self, lexicon: Lexicon, models: Path) -> None:
        self._rules = LexiconScorer(lexicon)
        self._folder = models
        parts = [f"{self.name}:{BLEND_VERSION}", self._rules.fingerprint]
        parts += [_file_digest(models / name) for name in (SENTIMENT_FILE, CLAUSES_FILE)]
        self.fingerprint = sha256("\n".join(parts).encode()).hexdigest()
        self._learned: _Learned | None = None
        self._lock = Lock()

    def __getstate__(self) -> dict[str, Any]:
        return {"_rules": self._rules, "_folder": self._folder, "fingerprint": self.fingerprint}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._learned = None
        self._lock = Lock()

    def score(self, reading: Reading) -> Verdict:
        """Return the judgement of the text and of each clause."""
        return self.score_many([reading])[0]

    def score_many(self, readings: Sequence[Reading]) -> list[Verdict]:
        """Return the verdict of each reading, the same bits as one by one, in a fraction of the time."""
        learned = self._load()
        verdicts: list[Verdict] = []
        for batch in _batches(readings):
            texts, clauses = _score_texts(learned, batch), _score_clauses(learned, batch)
            first = 0
            for reading, text in zip(batch, texts, strict=True):
                last = first + len(reading.clauses)
                rules = self._rules.score(reading)
                verdicts.append(_judge(learned, reading, rules, text, clauses[first:last]))
                first = last
        return verdicts

    def _load(self) -> _Learned:
        with self._lock:
            if self._learned is None:
                self._learned = _load_models(self._folder)
            return self._learned


def _file_digest(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise LexiconError(f"{path}: 读不到模型文件（{error.strerror}）；可改用 tagging.scorer: lexicon") from error


def _load_models(folder: Path) -> _Learned:
    text, clauses = load_model(folder / SENTIMENT_FILE), load_model(folder / CLAUSES_FILE)
    if text.task != "sentiment" or clauses.task != "clauses":
        raise LexiconError(f"{folder}: {SENTIMENT_FILE}、{CLAUSES_FILE} 的任务应是 sentiment、clauses")
    usual = float(text.card["calibration"]["unknown"])
    return _Learned(text, clauses, WeightTable.of(text), WeightTable.of(clauses), usual)


def _batches(readings: Sequence[Reading]) -> list[list[Reading]]:
    batches: list[list[Reading]] = [[]]
    size = 0
    for reading in readings:
        if size > _BATCH:
            batches.append([])
            size = 0
        batches[-1].append(reading)
        size += len(reading.folded.text) + 1
    return batches


def _score_texts(learned: _Learned, readings: Sequence[Reading]) -> list[_Part]:
    """Return what the document weights say: the shared ones and those of the domains that the gates recognise."""
    model = learned.text
    parts, odds = _score(
        learned.text_table,
        [reading.folded.text for reading in readings],
        lambda odds: expert_shares(model.outputs, odds),
    )
    domains = [name.removeprefix(GATE) for name in model.outputs if name.startswith(GATE)]
    if not domains:
        return parts
    opened = 0.5 * (1.0 + np.tanh(0.5 * odds[:, 1 : 1 + len(domains)]))
    best, chance = opened.argmax(axis=1).tolist(), opened.max(axis=1).tolist()
    return [
        part._replace(notes=(f"按领域 {domains[domain]}",)) if likely >= _NAMED_DOMAIN else part
        for part, domain, likely in zip(parts, best, chance, strict=True)
    ]


def _score_clauses(learned: _Learned, readings: Sequence[Reading]) -> list[_Part]:
    """Return half of positive against negative for each clause, less as far as the clause says neither."""
    labels = learned.clauses.outputs
    negative, neutral, positive = (labels.index(name) for name in ("negative", "neutral", "positive"))

    def shares(odds: Floats) -> Floats:
        silent = 0.5 * (1.0 + np.tanh(0.5 * (odds[:, neutral] - np.maximum(odds[:, positive], odds[:, negative]))))
        weight = np.zeros_like(odds)
        weight[:, positive] = 0.5 * (1.0 - silent)
        weight[:, negative] = -weight[:, positive]
        return weight

    texts = [r.folded.text[clause.start : clause.end] for r in readings for clause in r.clauses]
    parts, odds = _score(learned.clause_table, texts, shares)
    is_neutral = (odds.argmax(axis=1) == neutral).tolist()
    starts = [clause.start for reading in readings for clause in reading.clauses]
    return [
        part._replace(
            pieces=[(begin + start, end + start, weight) for begin, end, weight in part.pieces], is_neutral=flag
        )
        for part, start, flag in zip(parts, starts, is_neutral, strict=True)
    ]


def _score(
    table: WeightTable, texts: Sequence[str], shares_of: Callable[[Floats], Floats]
) -> tuple[list[_Part], Floats]:
    """Return each text's part and the log odds of the outputs; `shares_of` says what each output counts for."""
    layout = lay_out(texts)
    grams = hash_ngrams(layout)
    sums = sum_parts(table, grams, layout.starts[:-1], layout.starts[1:])
    root = np.sqrt(np.maximum(sums.size, 1))
    odds = sums.weights * table.scale / root[:, None] + table.bias
    shares = shares_of(odds)
    total = (odds * shares).sum(axis=1)
    per_gram = shares * table.scale / root[:, None]
    number = np.repeat(np.arange(len(texts)), np.diff(layout.starts))
    gram_weights = np.einsum("pgo,po->pg", table.rows[table.slots[grams]], per_gram[number])
    characters = spread(grams, gram_weights)
    real = np.flatnonzero(grams[:, 0] != 0)
    weights = characters[real] + ((total - _per_text(characters, layout.starts)) / _sizes(layout.starts))[number[real]]
    begins = np.concatenate([[0], np.cumsum([len(text) + 1 for text in texts])])[:-1]
    positions = layout.origin[real] - begins[number[real]]
    bounds = np.searchsorted(real, layout.starts)
    unknown = sums.unknown / np.maximum(sums.size, 1)
    pieces = find_pieces(positions, weights, bounds)
    parts = [
        _Part(value if runs else 0.0, runs, share)
        for value, runs, share in zip(total.tolist(), pieces, unknown.tolist(), strict=True)
    ]
    return parts, odds


def _per_text(characters: Floats, starts: Counts) -> Floats:
    return np.add.reduceat(characters, starts[:-1])


def _sizes(starts: Counts) -> Counts:
    """Return the number of characters of each text, at least 1; the bias is spread over them."""
    sizes: Counts = np.maximum(np.diff(starts) - 1, 1)
    return sizes


def _judge(learned: _Learned, reading: Reading, rules: Verdict, text: _Part, clauses: Sequence[_Part]) -> Verdict:
    folded = reading.folded.text
    clause_judgements = [
        _judge_clause(learned, folded, ruled, part) for ruled, part in zip(rules.clauses, clauses, strict=True)
    ]
    says_nothing = len(clauses) == 1 and clauses[0].is_neutral
    whole = _judge_text(learned, folded, rules.text, text, says_nothing)
    return Verdict(whole, tuple(clause_judgements), rules)


def _judge_text(learned: _Learned, folded: str, rules: Judgement, part: _Part, says_nothing: bool) -> Judgement:
    odds, ruled = part.odds * _TEXT.learned, rules.score * _TEXT.rules
    factor, note = 1.0, ""
    if not rules.opinions:
        limit = _silent_limit(folded, odds)
        if abs(odds) < limit or (says_nothing and len(folded) <= _VERY_SHORT):
            factor, note = _REMNANT / max(abs(odds), _REMNANT), "未见情感词,按中性"
    elif _rules_prevail(rules, odds, len(folded)):
        factor, note = _yield_to(ruled, odds), "规则优先"
    unit = ruled / value if (value := sum(opinion.value for opinion in rules.opinions)) else 0.0
    return _blend(learned, folded, rules, part, _Rates(_TEXT.learned * factor, unit), note)


def _judge_clause(learned: _Learned, folded: str, rules: Judgement, part: _Part) -> Judgement:
    odds, ruled = part.odds * _CLAUSE.learned, sum(opinion.value for opinion in rules.opinions) * _CLAUSE.rules
    if not rules.opinions and abs(odds) < _SILENT_CLAUSE:
        return rules
    prevails = bool(rules.opinions) and _rules_prevail(rules, odds, 0)
    factor = _yield_to(ruled, odds) if prevails else 1.0
    rates = _Rates(_CLAUSE.learned * factor, _CLAUSE.rules)
    return _blend(learned, folded, rules, part, rates, "规则优先" if prevails else "")


def _silent_limit(folded: str, odds: float) -> float:
    if len(folded) > _VERY_SHORT:
        return _SILENT_BAND
    return _SILENT_GOOD if odds > 0 else _SILENT_BAD


def _yield_to(ruled: float, odds: float) -> float:
    """Return the factor that cuts the learned part to a small share of what the rules say."""
    return min(1.0, _YIELD * abs(ruled) / (abs(odds) or 1.0))


def _blend(learned: _Learned, folded: str, rules: Judgement, part: _Part, rates: _Rates, note: str) -> Judgement:
    """Return the judgement of both together; its opinions are worth its log odds."""
    opinions = [opinion._replace(value=opinion.value * rates.rules) for opinion in rules.opinions]
    odds = part.odds * rates.learned + sum(opinion.value for opinion in opinions)
    notes = (*part.notes, note) if note else part.notes
    opinions += tell_pieces(folded, part.pieces, part.odds, rates.learned, notes)
    score = math.tanh(0.5 * odds)
    polarity = _choose(score, rules, _weaker_side(rules.opinions))
    return Judgement(score, _confidence(learned, score, polarity, part.unknown), polarity, tuple(opinions))


def _rules_prevail(rules: Judgement, odds: float, length: int) -> bool:
    """Return whether the rules read something that n-grams of a text this short cannot be trusted to contradict."""
    if length > _SHORT:
        return False
    is_contrary = rules.score * odds < 0
    if is_contrary and any(map(_has_structure, rules.opinions)):
        return length <= _VERY_SHORT or abs(odds) < _DOUBTFUL
    if length > _VERY_SHORT or abs(odds) >= _STRONG:
        return False
    return rules.polarity in (Polarity.MIXED, Polarity.NEUTRAL) or (is_contrary and abs(rules.score) >= _FAINT)


def _has_structure(opinion: Opinion) -> bool:
    return opinion.kind in _KINDS or any(name in note for note in opinion.notes for name in _STRUCTURES)


def _weaker_side(opinions: Sequence[Opinion]) -> float:
    positive = sum(opinion.value for opinion in opinions if opinion.value > 0)
    return min(positive, positive - sum(opinion.value for opinion in opinions))


def _choose(score: float, rules: Judgement, weaker_side: float) -> Polarity:
    if not rules.opinions and abs(score) < math.tanh(0.5 * _SILENT_BAND):
        return Polarity.NEUTRAL
    return choose_polarity(score, weaker_side)


def _confidence(learned: _Learned, score: float, polarity: Polarity, unknown: float) -> float:
    """Return the probability of the label, drawn towards chance by n-grams unlike the training data."""
    excess = max(0.0, unknown - learned.usual_unknown) / max(1.0 - learned.usual_unknown, 1e-9)
    if polarity in (Polarity.MIXED, Polarity.NEUTRAL):
        return _NEUTRAL_CONFIDENCE + _NEUTRAL_CONFIDENCE * (1.0 - abs(score)) * (1.0 - excess)
    return 0.5 + 0.5 * abs(score) * (1.0 - excess)

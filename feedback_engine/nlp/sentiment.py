"""Polarity by word list and rules.

Each opinion of a clause is a signed strength. A contrast word (但是) gives factors to its clause and to what stands
before it in the sentence. With P and N the summed strengths of both signs, a score is (P - N) / (P + N + 0.4): many
weak signs saturate, no sign is 0.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from feedback_engine.lexicon.columns import Flags, Floats, Objects, Places, flag
from feedback_engine.lexicon.model import Lexicon
from feedback_engine.nlp.contrasts import Weighing, weigh_contrasts
from feedback_engine.nlp.opinions import Opinions, find_opinions
from feedback_engine.nlp.reading import Readings
from feedback_engine.nlp.statements import POLARITIES, Columns, Judged
from feedback_engine.nlp.wording import add_note

#: Added to the sum of strengths, so that one faint sign makes no strong score.
DAMPING = 0.4
#: Scores nearer to 0 than this are neutral.
NEUTRAL_BAND = 0.1
#: Both signs at least this strong, and the score within the second figure: mixed.
_MIXED_STRENGTH, _MIXED_BAND = 0.5, 0.25
#: Confidence: at chance level, what evidence can add, and the strength of evidence at which 63 % of that is reached.
_CHANCE, _GAIN, _AMOUNT = 0.5, 0.45, 0.7
_UNKNOWN = 0.3
#: Log odds that a score stands for are told up to this.
_SUREST = 5.0
_NEGATIVE, _NEUTRAL, _POSITIVE, _MIXED = range(len(POLARITIES))


class Sides(NamedTuple):
    """Summed strengths of both signs, and the score they make, part by part."""

    positive: Floats
    negative: Floats
    scores: Floats
    #: By number in `POLARITIES`.
    labels: NDArray[np.int64]

    def take(self, parts: Places | slice) -> Sides:
        """Return those of some parts."""
        return Sides(self.positive[parts], self.negative[parts], self.scores[parts], self.labels[parts])


class LexiconScorer:
    """The scorer by word list; it needs nothing but what the readings hold."""

    name = "lexicon"

    def __init__(self, lexicon: Lexicon) -> None:
        self.fingerprint = f"{self.name}:{lexicon.fingerprint}"

    def score(self, readings: Readings) -> LexiconVerdicts:
        """Return the verdicts on a batch."""
        return LexiconVerdicts(readings)


class LexiconVerdicts:
    """What the word lists say of the texts and clauses of a batch."""

    def __init__(self, readings: Readings) -> None:
        self.found = find_opinions(readings)
        self.weighing = weigh_contrasts(readings)
        #: The strength of each opinion in its text, where contrast words have their say.
        self.values = self.found.values * self.weighing.factors[self.found.clauses]
        count = len(readings.given)
        values = np.concatenate((self.values, self.found.values))
        parts = np.concatenate((self.found.texts, self.found.clauses + count))
        sides = weigh_sides(values, parts, count + len(readings.clauses.starts))
        self.text_sides, self.clause_sides = sides.take(slice(count)), sides.take(slice(count, None))
        self.scores, self.polarities = self.text_sides.scores, self.text_sides.labels
        self._rules = _add_notes(self.found, self.weighing)
        #: The opinions of each text with what contrast words make of them.
        self.texts = self.of_texts(self.values).split_at(self.found.first_of_text)

    @property
    def confidences(self) -> Floats:
        """How sure the labels are, from agreement and amount of the evidence."""
        sides = self.text_sides
        columns = (column.tolist() for column in (sides.positive, sides.negative, sides.labels))
        return np.array([_confidence(*side) for side in zip(*columns, strict=True)])

    @property
    def clause_labels(self) -> NDArray[np.int64]:
        """The labels of all clauses."""
        return self.clause_sides.labels

    @property
    def unasserted(self) -> Flags:
        """Which clauses tell nothing that has happened."""
        return self.found.unasserted

    @property
    def spared(self) -> Flags:
        """Which texts find good, by a denial of what is bad, and nothing bad."""
        denies = flag(self.found.texts[self.found.has_structure & (self.values > 0)], len(self.scores))
        spared: Flags = denies & (self.text_sides.negative == 0)
        return spared

    @property
    def rules(self) -> LexiconVerdicts:
        """These."""
        return self

    @property
    def labels(self) -> list[None]:
        """None: word lists have no weights."""
        return [None] * len(self.scores)

    @property
    def hints(self) -> None:
        """None: word lists have no weights."""

    @property
    def details(self) -> None:
        """None: word lists have no weights."""

    @property
    def mentions(self) -> None:
        """None: word lists judge a touchpoint by its clause."""

    @property
    def complaints(self) -> None:
        """None: word lists know complaints by rules."""

    @cached_property
    def clauses(self) -> Judged:
        """The opinions of each clause, and what they make of it."""
        statements = self.of_clauses(self.found.values).split_at(self.found.first_of_clause)
        return Judged(statements, self.clause_sides.scores, self.clause_sides.labels)

    def of_texts(self, values: Floats) -> Columns:
        """Return the opinions of the texts with what contrast words make of them, at these values."""
        found = self.found
        return Columns(found.texts, found.starts, found.ends, values, self._rules, found.kinds)

    def of_clauses(self, values: Floats) -> Columns:
        """Return the opinions of the clauses, at these values."""
        found = self.found
        return Columns(found.clauses, found.starts, found.ends, values, found.rules, found.kinds)


def _add_notes(found: Opinions, weighing: Weighing) -> Objects:
    """Return how opinions came about, with what contrast words make of them."""
    if not weighing.notes:
        return found.rules
    rules, concerned = found.rules.copy(), weighing.is_concerned[found.clauses].nonzero()[0]
    told = zip(rules[concerned].tolist(), found.clauses[concerned].tolist(), strict=True)
    rules[concerned] = [add_note(rule, weighing.notes[clause]) for rule, clause in told]
    return rules


def weigh_sides(values: Floats, parts: Places, count: int) -> Sides:
    """Return the sides of each of `count` parts from the values of their opinions."""
    positive = sum_values(np.maximum(values, 0.0), parts, count)
    negative = sum_values(np.maximum(-values, 0.0), parts, count)
    scores = (positive - negative) / (positive + negative + DAMPING)
    return Sides(positive, negative, scores, label_scores(scores, np.minimum(positive, negative)))


def sum_values(values: Floats | Places | Flags, parts: Places, count: int) -> Floats:
    """Return the sum of the values of each of `count` parts, added in their order."""
    return np.asarray(np.bincount(parts, values, minlength=count), dtype=np.float64)


def label_scores(scores: Floats, weaker_sides: Floats) -> NDArray[np.int64]:
    """Return the labels of scores by number; `weaker_sides` are the summed strengths of the sign that lost."""
    labels, strengths = np.where(scores > 0, _POSITIVE, _NEGATIVE), np.abs(scores)
    labels[strengths < NEUTRAL_BAND] = _NEUTRAL
    labels[(weaker_sides >= _MIXED_STRENGTH) & (strengths < _MIXED_BAND)] = _MIXED
    return labels


def to_odds(score: float) -> float:
    """Return the log odds of which a score is made, within bounds."""
    return max(-_SUREST, min(_SUREST, 2.0 * math.atanh(max(-0.9999, min(0.9999, score)))))


def _confidence(positive: float, negative: float, label: int) -> float:
    """Return how sure a label is, from agreement and amount of the evidence."""
    amount = positive + negative
    if not amount:
        return _UNKNOWN
    enough = 1.0 - math.exp(-amount / _AMOUNT)
    if label in (_NEUTRAL, _MIXED):
        return _UNKNOWN + _UNKNOWN * enough
    return _CHANCE + _GAIN * enough * abs(positive - negative) / amount

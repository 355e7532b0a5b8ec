"""Polarity by word list and rules.

Each opinion of a clause is a signed strength. A contrast word (但是) gives factors to its clause and to what stands
before it in the sentence. With P and N the summed strengths of both signs, a score is (P - N) / (P + N + 0.4): many
weak signs saturate, no sign is 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from feedback_engine.domain import Polarity
from feedback_engine.lexicon.model import Contrast, Lexicon
from feedback_engine.nlp.opinions import Opinion, find_opinions
from feedback_engine.nlp.reading import Reading

#: Added to the sum of strengths, so that one faint sign makes no strong score.
_DAMPING = 0.4
#: Scores nearer to 0 than this are neutral.
_NEUTRAL_BAND = 0.1
#: Both signs at least this strong, and the score within the second figure: mixed.
_MIXED_STRENGTH, _MIXED_BAND = 0.5, 0.25
#: Confidence: at chance level, what evidence can add, and the strength of evidence at which 63 % of that is reached.
_CHANCE, _GAIN, _AMOUNT = 0.5, 0.45, 0.7
_UNKNOWN = 0.3
#: So many contrast words after a clause are named in its rules.
_SHOWN_CONTRASTS = 2


@dataclass(frozen=True, slots=True)
class Judgement:
    """Score -1 to 1, confidence 0 to 1, and the opinions behind them (none from a scorer that gives only numbers)."""

    score: float
    confidence: float
    polarity: Polarity
    opinions: tuple[Opinion, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a scorer says of a whole text, and of each of its clauses."""

    text: Judgement
    clauses: tuple[Judgement, ...]
    #: What the word lists alone say, where learned weights have a part in the above: complaints are judged by it.
    rules: Verdict | None = None


#: The judgement where nothing is said.
_SILENT = Judgement(0.0, _UNKNOWN, Polarity.NEUTRAL)


class LexiconScorer:
    """The scorer by word list; it needs nothing but what the reading holds."""

    name = "lexicon"

    def __init__(self, lexicon: Lexicon) -> None:
        self.fingerprint = f"{self.name}:{lexicon.fingerprint}"

    def score_many(self, readings: Sequence[Reading]) -> list[Verdict]:
        """Return the verdict of each reading."""
        return [self.score(reading) for reading in readings]

    def score(self, reading: Reading) -> Verdict:
        """Return the judgement of the text and of each clause."""
        found = find_opinions(reading)
        weighed = _weigh_contrast(reading, found)
        clauses = tuple(judge(opinions) for opinions in found)
        return Verdict(judge([opinion for opinions in weighed for opinion in opinions]), clauses)


def judge(opinions: Sequence[Opinion]) -> Judgement:
    """Return score, polarity and confidence of these opinions together."""
    if not opinions:
        return _SILENT
    positive = negative = 0.0
    for opinion in opinions:
        if opinion.value > 0:
            positive += opinion.value
        else:
            negative -= opinion.value
    score = (positive - negative) / (positive + negative + _DAMPING)
    polarity = choose_polarity(score, min(positive, negative))
    return Judgement(score, _confidence(positive, negative, polarity), polarity, tuple(opinions))


def choose_polarity(score: float, weaker_side: float = 0.0) -> Polarity:
    """Return the label of a score; `weaker_side` is the summed strength of the sign that lost."""
    if weaker_side >= _MIXED_STRENGTH and abs(score) < _MIXED_BAND:
        return Polarity.MIXED
    if abs(score) < _NEUTRAL_BAND:
        return Polarity.NEUTRAL
    return Polarity.POSITIVE if score > 0 else Polarity.NEGATIVE


def _confidence(positive: float, negative: float, polarity: Polarity) -> float:
    """Return how sure the label is, from agreement and amount of the evidence."""
    amount = positive + negative
    enough = 1.0 - math.exp(-amount / _AMOUNT)
    if polarity in (Polarity.NEUTRAL, Polarity.MIXED):
        return _UNKNOWN + _UNKNOWN * enough
    return _CHANCE + _GAIN * enough * abs(positive - negative) / amount


def _weigh_contrast(reading: Reading, found: list[list[Opinion]]) -> list[list[Opinion]]:
    """Return the opinions with the factors of the contrast words of their sentence."""
    contrasts = [_contrast_of(reading, number) for number in range(len(found))]
    if not any(contrasts):
        return found
    weighed: list[list[Opinion]] = []
    sentence, after = -1, None
    for clause, opinions, contrast in zip(reading.clauses, found, contrasts, strict=True):
        after = after if clause.sentence == sentence else None
        sentence = clause.sentence
        after = contrast if contrast is not None and contrast.before != 1 else after
        weighed.append(_apply(opinions, contrast or after))
    return _weaken_before(reading, weighed, contrasts)


def _weaken_before(
    reading: Reading, weighed: list[list[Opinion]], contrasts: list[Contrast | None]
) -> list[list[Opinion]]:
    """Weaken what stands before contrast words of its sentence; walked from the end, each clause is touched once."""
    sentence, factor, terms = -1, 1.0, list[str]()
    for number in range(len(weighed) - 1, -1, -1):
        if reading.clauses[number].sentence != sentence:
            sentence, factor, terms = reading.clauses[number].sentence, 1.0, []
        if terms:
            shown = "』『".join(reversed(terms[-_SHOWN_CONTRASTS:]))
            weighed[number] = _scale(weighed[number], factor, f"转折『{shown}』前减弱")
        contrast = contrasts[number]
        if contrast is not None and contrast.before != 1:
            factor *= contrast.before
            terms.append(contrast.term)
    return weighed


def _apply(opinions: list[Opinion], contrast: Contrast | None) -> list[Opinion]:
    if contrast is None:
        return opinions
    kind, effect = ("转折" if contrast.before < 1 else "语气"), ("加权" if contrast.after > 1 else "减弱")
    return _scale(opinions, contrast.after, f"{kind}『{contrast.term}』后{effect}")


def _scale(opinions: list[Opinion], factor: float, note: str) -> list[Opinion]:
    return [opinion.scaled(factor, note) for opinion in opinions]


def _contrast_of(reading: Reading, number: int) -> Contrast | None:
    """Return the contrast word that the clause begins with (a few characters in at most)."""
    begin = reading.clauses[number].start
    for match in reading.words[number]:
        if match.value.contrast is not None and match.start <= begin + 3:
            return match.value.contrast
    return None

"""What learned weights decide of touchpoints: which ones a text speaks of, where, and what it thinks of them.

The seed phrases found lower the limit; the words of a touchpoint's clauses count beside the learned opinion.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from operator import mul
from typing import NamedTuple

from feedback_engine.domain import Polarity
from feedback_engine.nlp.heads import LearnedLabel, Opinion, PackLabels
from feedback_engine.nlp.reading import Readings
from feedback_engine.nlp.sentiment import to_odds
from feedback_engine.nlp.statements import POLARITIES
from feedback_engine.nlp.verdicts import Verdicts

#: Log odds from which on learned weights name a touchpoint, where a phrase names it too, where a phrase names it in a
#: text of at most so many characters; the likeliest one is named from the next figure on, from the last one in such a
#: short text in which no phrase names any: 外面下雨了 speaks of none.
_NAMED, _NAMED_TWICE, _NAMED_SHORT, _SHORT, _LIKELIEST, _LIKELIEST_SHORT = 0.0, -0.3, -3.0, 12, -2.0, -0.5
#: In a text of at most so many characters the words decide what is thought of its touchpoints, if its score, or that
#: of each of several touchpoints, is this clear.
_BRIEF, _CLEAR, _CLEAR_EACH = 14, 0.65, 0.4
#: The same for the score of a somewhat longer text; and how good or bad the text is with its weights, which must agree.
_FAIRLY_BRIEF, _VERY_CLEAR, _AGREED = 20, 0.75, 0.3
#: Log odds of bad and of good against neutral, from the learned log odds of bad, neutral and good for the text and for
#: the touchpoint's clauses, the score of the words there, its size, the log odds of the polarity of the text and of
#: these clauses, whether there are further touchpoints, and 1; fitted on held-out posts.
_BAD = (0.37, -0.40, 0.16, 0.33, -0.15, 0.04, -0.74, 0.05, -0.24, -0.07, 0.25, 0.00)
_GOOD = (0.23, -0.25, 0.19, -0.07, -0.14, 0.48, 0.35, 0.18, 0.14, 0.12, 0.32, -0.20)


class Touched(NamedTuple):
    """A touchpoint spoken of in one clause (by its number in the text): where it is named, and what is said of it."""

    code: str
    name: str
    clause: int
    start: int
    end: int
    rule: str
    score: float
    #: By number in `POLARITIES`.
    label: int
    confidence: float
    #: The numbers of the statements about the clauses that lead to score and label.
    said: Sequence[int]


def decide(
    readings: Readings,
    verdicts: Verdicts,
    named: Sequence[list[Touched]],
    heard: Sequence[list[Touched]],
    names: Mapping[str, str],
) -> list[list[Touched]]:
    """Return what the learned weights accept in the texts that they label, and what is named in all others.

    `named` are the touchpoints that seed phrases name, `heard` the same as the word lists alone judge them; `names`
    are those of the touchpoints by code.
    """
    places, decided = _Places(readings, verdicts), list(named)
    scores, wholes = verdicts.rules.scores.tolist(), verdicts.scores.tolist()
    are_latin = readings.are_latin.tolist()
    for text, labels in enumerate(verdicts.labels):
        if labels is not None and labels.touchpoints and not (named[text] and are_latin[text]):
            found, said = _accept(places, text, labels, named[text], names), _group_scores(heard[text])
            decided[text] = found
            if not _speak_clearly(places.length(text), scores[text], said, wholes[text]):
                parts = [places.score(text, touched.clause) for touched in found]
                decided[text] = _weigh_opinions(found, labels, said, wholes[text], parts)
    return decided


def _accept(
    places: _Places, text: int, labels: PackLabels, named: Sequence[Touched], names: Mapping[str, str]
) -> list[Touched]:
    """Return the touchpoints of a text that the learned weights accept, in the order of the text."""
    codes = {touched.code for touched in named}
    accepted = accept(labels.touchpoints, codes, places.length(text))
    found = [
        touched._replace(confidence=accepted[touched.code].probability) for touched in named if touched.code in accepted
    ]
    found += [places.touch(text, code, names[code], label) for code, label in accepted.items() if code not in codes]
    return sorted(found, key=lambda touched: (touched.clause, touched.start))


def _group_scores(found: Sequence[Touched]) -> dict[str, list[float]]:
    """Return touchpoint → the scores of its clauses."""
    scores: dict[str, list[float]] = {}
    for touched in found:
        scores.setdefault(touched.code, []).append(touched.score)
    return scores


def _weigh_opinions(
    found: list[Touched], labels: PackLabels, said: Mapping[str, Sequence[float]], whole: float, parts: Sequence[float]
) -> list[Touched]:
    """Return the touchpoints of a text with what its learned weights, if they tell, and its words think of them.

    `said` are the scores of the clauses of each by the word lists alone, `whole` and `parts` those of the text and of
    the clause of each touchpoint by weights and words together.
    """
    if labels.opinion is None:
        return found
    codes = dict.fromkeys(touched.code for touched in found)
    judged: dict[str, tuple[float, Polarity]] = {}
    for code in codes:
        clauses = [(one.clause, part) for one, part in zip(found, parts, strict=True) if one.code == code]
        heard = [labels.clauses[clause] for clause, _ in clauses if clause in labels.clauses]
        own = heard if code in said and heard else [labels.opinion]
        polarities = (to_odds(whole), to_odds(sum(part for _, part in clauses) / len(clauses)))
        judged[code] = _weigh_opinion(labels.opinion, own, said.get(code, [0.0]), polarities, len(codes))
    weighed: list[Touched] = []
    for touched in found:
        score, polarity = judged[touched.code]
        rule = f"{touched.rule};褒贬按学习权重与本句词语"
        weighed.append(touched._replace(rule=rule, score=score, label=POLARITIES.index(polarity)))
    return weighed


class _Places:
    """The texts of a batch and their clauses, for touchpoints that no seed phrase names."""

    def __init__(self, readings: Readings, verdicts: Verdicts) -> None:
        self._judged = verdicts.clauses
        self._edges: list[int] = readings.folded.edges.tolist()
        self._starts: list[int] = readings.clauses.starts.tolist()
        self._first: list[int] = readings.clauses.first.tolist()

    def length(self, text: int) -> int:
        """Return the number of folded characters of a text."""
        return self._edges[text + 1] - self._edges[text] - 1

    def score(self, text: int, clause: int) -> float:
        """Return the score of a clause, given by its number in the text."""
        return float(self._judged.scores[self._first[text] + clause])

    def touch(self, text: int, code: str, name: str, label: LearnedLabel) -> Touched:
        """Return a touchpoint without a seed phrase: it stands where its weights are greatest."""
        start, end = _find_strongest(label, self._edges[text] + 1, self._edges[text + 1])
        first, last = self._first[text], self._first[text + 1]
        clause = max(bisect_right(self._starts, start, first, last) - 1, first)
        rule = f"触点『{name}』(学习权重,对数几率 {label.odds:+.2f})"
        score, polarity = float(self._judged.scores[clause]), int(self._judged.labels[clause])
        said = self._judged.statements.of(clause)
        return Touched(code, name, clause - first, start, end, rule, score, polarity, label.probability, said)


def accept(learned: Mapping[str, LearnedLabel], named: Collection[str], length: int) -> dict[str, LearnedLabel]:
    """Return the touchpoints to name in a text of so many folded characters, the likeliest first.

    `learned` is what the weights say, the likeliest first; `named` are the touchpoints that seed phrases name.
    """
    limits = dict.fromkeys(learned, _NAMED)
    limits |= dict.fromkeys(named, _NAMED_SHORT if length <= _SHORT else _NAMED_TWICE)
    best = next(iter(learned))
    limits[best] = min(limits[best], _LIKELIEST if named or length > _SHORT else _LIKELIEST_SHORT)
    return {code: label for code, label in learned.items() if label.odds >= limits[code]}


def _find_strongest(label: LearnedLabel, start: int, end: int) -> tuple[int, int]:
    """Return the piece of a text [start, end) that speaks most for the label; all of the text where there is none."""
    first, last, _ = max(label.pieces, key=lambda piece: piece[2], default=(start, end, 0.0))
    return first, last


def _speak_clearly(length: int, score: float, said: Mapping[str, Sequence[float]], whole: float) -> bool:
    """Return whether the words of a brief text say by themselves what is thought of its touchpoints.

    `length` is in folded characters; the score of the text and those of its touchpoints are by the word lists alone,
    `whole` is the score of the text by weights and words together.
    """
    is_agreed = whole * score > 0 and abs(whole) >= _AGREED
    if length > _BRIEF:
        return length <= _FAIRLY_BRIEF and is_agreed and abs(score) >= _VERY_CLEAR
    are_clear = len(said) > 1 and all(abs(sum(one)) >= _CLEAR_EACH * len(one) for one in said.values())
    return are_clear or (is_agreed and abs(score) >= _CLEAR)


def _weigh_opinion(
    odds: Opinion, own: Sequence[Opinion], said: Sequence[float], polarities: tuple[float, float], number: int
) -> tuple[float, Polarity]:
    """Return score and label that learned weights and words give a touchpoint.

    `odds` are those of `PackLabels.opinion`, `own` those of the touchpoint's clauses, or of the text where it is named
    in none; `said` the scores of these by the word lists alone, `polarities` the log odds of the text and of these, and
    `number` that of the text's touchpoints.
    """
    score, mean = sum(said) / len(said), [sum(column) / len(own) for column in zip(*own, strict=True)]
    facts = (*odds, *mean, score, abs(score), *polarities, float(number > 1), 1.0)
    bad, good = (sum(map(mul, rates, facts)) for rates in (_BAD, _GOOD))
    highest = max(bad, good, 0.0)
    chances = [math.exp(value - highest) for value in (bad, 0.0, good)]
    polarity = (Polarity.NEGATIVE, Polarity.NEUTRAL, Polarity.POSITIVE)[chances.index(max(chances))]
    return (chances[2] - chances[0]) / sum(chances), polarity

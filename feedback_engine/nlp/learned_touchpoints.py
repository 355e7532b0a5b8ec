"""What learned weights decide of touchpoints: which ones a text speaks of, where, and what it thinks of them.

The seed phrases found lower the limit; the words of a touchpoint's clauses count beside the learned opinion.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from operator import mul

from feedback_engine.domain import Polarity
from feedback_engine.nlp.heads import LearnedLabel

#: Log odds from which on learned weights name a touchpoint, where a phrase names it too, where a phrase names it in a
#: text of at most so many characters; the likeliest one is named from the last figure on.
_NAMED, _NAMED_TWICE, _NAMED_SHORT, _SHORT, _LIKELIEST = -0.125, -0.3, -3.0, 12, -2.0
#: In a text of at most so many characters the words decide what is thought of its touchpoints, if its score, or that
#: of each of several touchpoints, is this clear.
_BRIEF, _CLEAR, _CLEAR_EACH = 14, 0.65, 0.4
#: Log odds of bad and of good against neutral, from the learned log odds of bad, neutral and good, the score of the
#: words in the touchpoint's clauses, its size, whether there are further touchpoints, and 1; fitted on held-out posts.
_BAD = (0.42, -0.31, -0.02, -1.23, 0.12, 0.21, -0.50)
_GOOD = (-0.10, -0.45, 0.26, 0.93, 0.42, 0.33, -1.04)


def accept(learned: Mapping[str, LearnedLabel], named: Collection[str], length: int) -> dict[str, LearnedLabel]:
    """Return the touchpoints to name in a text of so many folded characters, the likeliest first.

    `learned` is what the weights say, the likeliest first; `named` are the touchpoints that seed phrases name.
    """
    best = next(iter(learned))
    by_phrase = _NAMED_SHORT if length <= _SHORT else _NAMED_TWICE
    return {
        code: label
        for code, label in learned.items()
        if label.odds >= (by_phrase if code in named else _LIKELIEST if code == best else _NAMED)
    }


def find_strongest(label: LearnedLabel, start: int, end: int) -> tuple[int, int]:
    """Return the piece of a text [start, end) that speaks most for the label; all of the text where there is none."""
    first, last, _ = max(label.pieces, key=lambda piece: piece[2], default=(start, end, 0.0))
    return first, last


def speak_clearly(length: int, score: float, said: Mapping[str, Sequence[float]]) -> bool:
    """Return whether the words of a brief text say by themselves what is thought of its touchpoints.

    `length` is in folded characters; the score of the text and those of its touchpoints are by the word lists alone.
    """
    return length <= _BRIEF and (
        abs(score) >= _CLEAR
        or (len(said) > 1 and all(abs(sum(one)) >= _CLEAR_EACH * len(one) for one in said.values()))
    )


def weigh_opinion(odds: tuple[float, float, float], said: Sequence[float], number: int) -> tuple[float, Polarity]:
    """Return score and label that the learned weights of the text and the words of its clauses give a touchpoint.

    `odds` are those of `PackLabels.opinion`, `said` the scores of the touchpoint's clauses by the word lists alone,
    `number` that of the text's touchpoints.
    """
    score = sum(said) / len(said)
    facts = (*odds, score, abs(score), float(number > 1), 1.0)
    bad, good = (sum(map(mul, rates, facts)) for rates in (_BAD, _GOOD))
    highest = max(bad, good, 0.0)
    chances = [math.exp(value - highest) for value in (bad, 0.0, good)]
    polarity = (Polarity.NEGATIVE, Polarity.NEUTRAL, Polarity.POSITIVE)[chances.index(max(chances))]
    return (chances[2] - chances[0]) / sum(chances), polarity

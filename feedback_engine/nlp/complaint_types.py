"""Of which type complaints are: by the cues found, and by what a pack's learned weights say of the text."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from feedback_engine.domain import Polarity
from feedback_engine.lexicon.columns import Places, number_first
from feedback_engine.nlp.details import Marks, weigh_lengths
from feedback_engine.nlp.heads import LearnedLabel
from feedback_engine.nlp.sentiment import sum_values
from feedback_engine.nlp.statements import POLARITIES, Statement
from feedback_engine.nlp.tagged import UNSURE
from feedback_engine.nlp.vocabulary import CueTable, Flags, Floats

#: What a cue counts in a clause that is bad, that says nothing, that is good.
_CUE_FACTORS = {Polarity.NEGATIVE: 1.0, Polarity.MIXED: 0.7, Polarity.NEUTRAL: 0.6, Polarity.POSITIVE: 0.2}
_FACTORS = np.array([_CUE_FACTORS[polarity] for polarity in POLARITIES])
#: Below this share of the evidence a type is not named.
_TYPE_SHARE = 0.4
#: The same of the probabilities by learned weights.
_LEARNED_SHARE = 0.3
#: What is added to the evidence for all types, so that one faint cue makes no sure type.
_DAMPING = 0.3
#: What the weight of a short text's cues adds to the log odds of their type.
_BY_CUE = 0.5
#: A learned type is not named where it is less likely than this by itself: the text is about none of them.
_LEAST_PROBABLE = 0.08
#: So many pieces of the text are told for a learned type.
_MOST_PIECES = 4


class Weights(NamedTuple):
    """What the cues found say for types: by complaint and the number of the type, as they first appear."""

    complaints: Places
    types: Places
    weights: Floats

    def of(self, complaint: int) -> dict[int, float]:
        """Return the number of each type that cues of a complaint speak for, and their weight."""
        begin, end = self.complaints.searchsorted((complaint, complaint + 1)).tolist()
        return dict(zip(self.types[begin:end].tolist(), self.weights[begin:end].tolist(), strict=True))


def weigh_cues(table: CueTable, cues: Marks, labels: NDArray[np.int64]) -> Weights:
    """Return what the cues count, each once in a complaint, where it counts most; `labels` are those of the clauses."""
    weights = _FACTORS[labels[cues.clauses]] * weigh_lengths(cues.starts, cues.ends)
    first, groups = number_first(cues.complaints * len(table.labels) + cues.values)
    best = np.zeros(len(first))
    np.maximum.at(best, groups, weights)
    complaints, types = cues.complaints[first], table.labels[cues.values[first]]
    first, groups = number_first(complaints * len(table.labels) + types)
    return Weights(complaints[first], types[first], sum_values(best, groups, len(first)))


def choose_by_cues(found: Weights, count: int, unsure: int) -> tuple[Places, Floats]:
    """Return the type of each of so many complaints with most evidence, and its share.

    The type is `unsure` where that is small or two are level.
    """
    types, shares, order = np.full(count, unsure), np.zeros(count), np.lexsort((found.weights, found.complaints))
    highest = np.zeros(count)
    highest[found.complaints[order]], types[found.complaints[order]] = found.weights[order], found.types[order]
    shares = highest / (sum_values(found.weights, found.complaints, count) + _DAMPING)
    is_highest = found.weights == highest[found.complaints]
    is_level: Flags = sum_values(is_highest, found.complaints, count) > 1
    types[(shares < _TYPE_SHARE) | is_level] = unsure
    return types, shares


def help_types(types: Mapping[str, LearnedLabel], cues: Mapping[str, float]) -> dict[str, LearnedLabel]:
    """Return what the learned weights and the weights of the cues say of the types together, the likeliest first."""
    helped = {code: label._replace(odds=label.odds + _BY_CUE * cues.get(code, 0.0)) for code, label in types.items()}
    chances = {code: 0.5 * (1.0 + math.tanh(0.5 * label.odds)) for code, label in helped.items()}
    whole = sum(chances.values())
    ranked = sorted(helped.items(), key=lambda item: (-item[1].odds, item[0]))
    return {
        code: label._replace(probability=chances[code], share=chances[code] / max(whole, 1e-12))
        for code, label in ranked
    }


def choose_learned(learned: Mapping[str, LearnedLabel]) -> tuple[str, float]:
    """Return the likeliest type and its part of all probabilities; unsure when that or its own probability is small."""
    code, best = next(iter(learned.items()))
    is_sure = best.share >= _LEARNED_SHARE and best.probability >= _LEAST_PROBABLE
    return (code if is_sure else UNSURE), best.share


def tell_type(name: str, label: LearnedLabel) -> Iterator[Statement]:
    """Yield what the learned weights read for the type; together it is worth the type's log odds."""
    strongest = sorted(label.pieces, key=lambda piece: (-piece[2], piece[0]))[:_MOST_PIECES]
    told = sorted(piece for piece in strongest if piece[2] > 0)
    for start, end, weight in told:
        yield Statement(start, end, weight, f"投诉类型『{name}』(学习权重)")
    if label.pieces:
        rest = label.odds - sum(weight for *_, weight in told)
        rule = f"投诉类型『{name}』(学习权重,其余文字与线索合计)"
        yield Statement(label.pieces[0][0], label.pieces[-1][1], rest, rule)

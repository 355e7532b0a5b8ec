"""Of which type complaints are: by cues, by touchpoints spoken ill of, by what a pack's learned weights say."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from feedback_engine.domain import Polarity
from feedback_engine.lexicon.columns import (
    Floats,
    Objects,
    Places,
    are_alike,
    join_columns,
    number_first,
    objects,
    pick,
)
from feedback_engine.lexicon.model import Label
from feedback_engine.nlp.details import weigh_lengths
from feedback_engine.nlp.heads import LearnedLabel
from feedback_engine.nlp.hints import Hints
from feedback_engine.nlp.marks import Marks
from feedback_engine.nlp.normalize import quote
from feedback_engine.nlp.sentiment import sum_values
from feedback_engine.nlp.statements import POLARITIES, Statement
from feedback_engine.nlp.tagged import UNSURE
from feedback_engine.nlp.touchpoints import Touchpoints
from feedback_engine.nlp.vocabulary import CueTable

#: What a cue counts in a clause that is bad, that says nothing, that is good.
_CUE_FACTORS = {Polarity.NEGATIVE: 1.0, Polarity.MIXED: 0.7, Polarity.NEUTRAL: 0.6, Polarity.POSITIVE: 0.2}
_NEGATIVE = POLARITIES.index(Polarity.NEGATIVE)
_FACTORS = np.array([_CUE_FACTORS[polarity] for polarity in POLARITIES])
#: So many times as much as others counts a cue of at least so many characters that is bad by itself: 刷不开 says more
#: than 前台.
_FAULT, _TELLING = 1.5, 3
#: What a touchpoint counts of which nothing but bad is said: less than a cue.
_BLAME = 0.5
#: Below this share of the evidence a type is not named.
_TYPE_SHARE = 0.3
#: So many times the evidence of the next type are needed to name one.
_CLEARLY = 1.1
#: The same of the probabilities by learned weights.
_LEARNED_SHARE = 0.3
#: What is added to the evidence for all types, so that one faint cue makes no sure type.
_DAMPING = 0.3
#: What the weight of a short text's cues adds to the log odds of their type.
_BY_CUE = 0.5
#: A learned type is not named where it is less likely than this by itself, or in a short text than the second figure:
#: the text is about none of them.
_LEAST_PROBABLE, _LEAST_SHORT = 0.08, 0.14
#: What a cue counts beside the log odds of hints; the share of all types, and the log odds of its own, below which none
#: is named: 太差了 says nothing of any type, and of some a little more than of others.
_CUE_ODDS, _HINTED_SHARE, _HINTED_ODDS = 3.0, 0.3, -1.0
#: So many pieces of the text are told for a learned type.
_MOST_PIECES = 4


class TypeWeights(NamedTuple):
    """What is found says for types: by complaint and the number of the type, as they first appear."""

    complaints: Places
    types: Places
    weights: Floats

    def of(self, complaint: int) -> dict[int, float]:
        """Return the number of each type that anything in a complaint speaks for, and its weight."""
        begin, end = self.complaints.searchsorted((complaint, complaint + 1)).tolist()
        return dict(zip(self.types[begin:end].tolist(), self.weights[begin:end].tolist(), strict=True))


class Blames(NamedTuple):
    """Touchpoints that complaints speak ill of, each for a type by its number: what it counts, where it is named."""

    complaints: Places
    types: Places
    weights: Floats
    starts: Places
    ends: Places
    rules: Objects


class BlameRules:
    """Says of which type complaints are by the touchpoints that they speak ill of."""

    def __init__(self, types: Sequence[Label], touchpoints: Sequence[Label]) -> None:
        names = {label.code: quote(label.name) for label in touchpoints}
        #: Touchpoint → each type that it speaks for, and the rule in words.
        self._types: dict[str, list[tuple[int, str]]] = {}
        for number, label in enumerate(types):
            known = {code: origin for code, origin in label.touchpoints.items() if code in names}
            for code, origin in known.items():
                rule = f"投诉类型『{quote(label.name)}』(触点『{names[code]}』不好,{origin})"
                self._types.setdefault(code, []).append((number, rule))

    def find(self, touchpoints: Touchpoints, places: Places) -> Blames:
        """Return what speaks for types; `places` are those of the texts among the complaints, -1 for the others."""
        complaints = places[touchpoints.texts]
        bad = ((touchpoints.labels == _NEGATIVE) & (complaints >= 0)).nonzero()[0]
        types = [self._types.get(code, ()) for code in touchpoints.codes[bad].tolist()]
        at = bad.repeat([len(each) for each in types])
        numbers = np.array([number for each in types for number, _ in each], dtype=np.int64)
        rules = objects(rule for each in types for _, rule in each)
        weights = _BLAME * np.abs(touchpoints.scores[at])
        return Blames(complaints[at], numbers, weights, touchpoints.starts[at], touchpoints.ends[at], rules)


def weigh_types(table: CueTable, cues: Marks, labels: NDArray[np.int64], blames: Blames) -> TypeWeights:
    """Return what cues and touchpoints say for the types of complaints; `labels` are those of the clauses.

    A cue counts once in a complaint, where it counts most. Cues and touchpoints often are the same words: for a type,
    those count that say more.
    """
    weights = _FACTORS[labels[cues.clauses]] * weigh_lengths(cues.starts, cues.ends)
    weights *= np.where(table.is_fault[cues.values] & (cues.ends - cues.starts >= _TELLING), _FAULT, 1.0)
    first, groups = number_first(cues.complaints * len(table.labels) + cues.values)
    best = np.zeros(len(first))
    np.maximum.at(best, groups, weights)
    said = (cues.complaints[first], table.labels[cues.values[first]], best)
    complaints, types, counts = join_columns((said, blames[:3]))
    of_cues = np.arange(len(counts)) < len(best)
    complaints, types, counts, of_cues = pick((complaints, types, counts, of_cues), complaints.argsort(kind="stable"))
    first, groups = number_first(complaints * (1 + types.max(initial=0)) + types)
    by_cues, by_blames = (sum_values(counts * part, groups, len(first)) for part in (of_cues, ~of_cues))
    return TypeWeights(complaints[first], types[first], np.maximum(by_cues, by_blames))


def choose_types(found: TypeWeights, count: int, unsure: int) -> tuple[Places, Floats]:
    """Return the type of each of so many complaints with most evidence, and its share.

    The type is `unsure` where that is small or another one has hardly less.
    """
    types, highest, second = np.full(count, unsure), np.zeros(count), np.zeros(count)
    complaints, numbers, weights = pick(found, np.lexsort((found.weights, found.complaints)))
    highest[complaints], types[complaints] = weights, numbers
    has_better = are_alike(complaints).nonzero()[0]
    second[complaints[has_better]] = weights[has_better]
    shares = highest / (sum_values(found.weights, found.complaints, count) + _DAMPING)
    types[(shares < _TYPE_SHARE) | (highest < _CLEARLY * second)] = unsure
    return types, shares


def choose_hinted(
    hints: Hints, texts: Places, found: TypeWeights, types: Places, shares: Floats
) -> dict[int, LearnedLabel]:
    """Put what hints and cues together say in place of what cues say, for the complaints that hints are heard of.

    What comes back is what speaks for a type that cues alone would not have chosen, by complaint.
    """
    at = hints.are_heard[texts].nonzero()[0]
    odds = hints.type_odds(texts[at])
    if not odds.size:
        return {}
    places = np.full(len(texts), -1)
    places[at] = np.arange(len(at))
    rows = places[found.complaints]
    np.add.at(odds, (rows[rows >= 0], found.types[rows >= 0]), _CUE_ODDS * found.weights[rows >= 0])
    chances = np.exp(odds - odds.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    chosen, shares[at] = chances.argmax(axis=1), chances.max(axis=1)
    is_clear = (shares[at] >= _HINTED_SHARE) & (odds.max(axis=1) >= _HINTED_ODDS)
    is_other = is_clear & (chosen != types[at]) & hints.know_types(chosen)
    types[at] = np.where(is_clear, chosen, odds.shape[1])
    told = at[is_other]
    if not len(told):
        return {}
    return dict(zip(told.tolist(), hints.tell_types(texts[told], types[told]), strict=True))


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


def choose_learned(learned: Mapping[str, LearnedLabel], *, is_short: bool) -> tuple[str, float]:
    """Return the likeliest type and its part of all probabilities; unsure when that or its own probability is small."""
    code, best = next(iter(learned.items()))
    is_sure = best.share >= _LEARNED_SHARE and best.probability >= (_LEAST_SHORT if is_short else _LEAST_PROBABLE)
    return (code if is_sure else UNSURE), best.share


def tell_label(name: str, label: LearnedLabel) -> Iterator[Statement]:
    """Yield what the learned weights read for what is named so; together it is worth the label's log odds."""
    strongest = sorted(label.pieces, key=lambda piece: (-piece[2], piece[0]))[:_MOST_PIECES]
    told = sorted(piece for piece in strongest if piece[2] > 0)
    for start, end, weight in told:
        yield Statement(start, end, weight, f"{name}(学习权重)")
    if label.pieces:
        rest = label.odds - sum(weight for *_, weight in told)
        rule = f"{name}(学习权重,其余文字与线索合计)"
        yield Statement(label.pieces[0][0], label.pieces[-1][1], rest, rule)

"""Learned weights and rules joined to one judgement.

What a text is, the judge says from all that is known of it (`judge`); what tells it are the learned weights of its
n-grams and the opinions that the rules read, each at its share. They add up to the log odds of the score: how much
likelier the text is good than bad. What contradicts the judgement yields to what agrees with it. A clause is judged by
its weights and words alone; where it says one thing by its words and the other by negation, contrast, irony, waiting or
comparison, the rules prevail.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from feedback_engine.domain import Polarity
from feedback_engine.lexicon.columns import Flags, Floats, Places, are_filled, flag
from feedback_engine.nlp.account import Account
from feedback_engine.nlp.reading import Readings
from feedback_engine.nlp.sentiment import DAMPING, LexiconVerdicts, Sides, label_scores, sum_values
from feedback_engine.nlp.silences import SILENT_BAND, are_untried, limit_clauses
from feedback_engine.nlp.statements import POLARITIES
from feedback_engine.nlp.weighing import OfClauses, OfTexts

#: Raised whenever the blend below, or what may be a post (`posts`), changes what a text scores.
BLEND_VERSION = 17
#: Learned log odds from which on rules without a structure do not prevail in a clause.
_STRONG = 2.2
#: Scores of the rules nearer to 0 than this win by a structure only.
_FAINT = 0.2
#: What contradicts is cut to this share of what it yields to.
_YIELD = 0.1
#: The log odds of a text that is good or bad are at least so far from 0, those of one that is neutral at most so far.
SIDED, _REMNANT = 0.21, 0.15
#: The judge makes no score that is farther from 0 than this.
_MOST = 0.999
#: What the judge adds to the log odds of a text is told from this amount on.
TOLD = 0.3
#: How sure a label is where nothing is known.
_CHANCE = 0.25
#: What is said beside weights: that they yield to the rules, or these to them; that the judge adds what neither tells.
_BY_RULES, _BY_WEIGHTS, _BY_ALL = ",规则优先", ",权重优先", ",整体判断"
#: The same of a text that takes no side: by no word of opinion, whatever words of opinion it holds, for both sides.
_SILENT, _PLAIN, _BOTH = ",未见情感词,按中性", ",说法平实,按中性", ",有褒有贬"


class _Rates(NamedTuple):
    """Log odds per unit of learned log odds and of the rules' score or strength, fitted on held-out predictions."""

    learned: float
    rules: float


_TEXT, _CLAUSE = _Rates(0.9, 1.15), _Rates(0.9, 1.8)
_NEGATIVE, _NEUTRAL, _POSITIVE, _MIXED = range(4)
#: Which labels, by number, lean to neither side.
_IS_LEVEL = np.array([label in (Polarity.MIXED, Polarity.NEUTRAL) for label in POLARITIES])


class BlendedTexts(NamedTuple):
    """The texts judged by weights and rules together."""

    scores: Floats
    #: By number in POLARITIES.
    labels: NDArray[np.int64]
    #: How likely each is what it was judged to be.
    confidences: Floats
    account: Account


class BlendedClauses(NamedTuple):
    """The clauses judged by weights and rules together; those that were not wanted are neutral."""

    scores: Floats
    #: By number in POLARITIES.
    labels: NDArray[np.int64]
    account: Account


def judge_texts(readings: Readings, rules: LexiconVerdicts, weighed: OfTexts, chances: Floats) -> BlendedTexts:
    """Return the judgement of each text; `chances` tells how likely it is each label."""
    found, sides, count = rules.found, rules.text_sides, len(readings.given)
    labels = chances.argmax(axis=1)
    goals, takes_side = find_goals(chances, labels), ~_IS_LEVEL[labels]
    odds, ruled = weighed.odds * _TEXT.learned, sides.scores * _TEXT.rules
    is_split = takes_side & (odds * ruled < 0)
    by_rules, by_weights = is_split & (ruled * goals > 0), is_split & (odds * goals > 0)
    left, left_to_rules = _yield_to(ruled, odds, by_rules), _yield_to(odds, ruled, by_weights)
    told = odds * left + ruled * left_to_rules
    goals = np.where(takes_side, goals, np.sign(told) * np.minimum(np.abs(told), np.abs(goals)))
    # where both say more than is likely, both say less; where they say less, or the contrary, the judge adds the rest
    agrees = told * goals > 0
    scale = np.where(agrees | ~takes_side, np.minimum(1.0, np.abs(goals) / np.maximum(np.abs(told), 1e-9)), 1.0)
    # what a unit of strength adds to the score of the rules, (P - N) / (P + N + damping)
    units = _TEXT.rules * scale * left_to_rules / (sides.positive + sides.negative + DAMPING)
    said = rules.of_texts(rules.values * units[found.texts])
    heard = sum_values(said.values, found.texts, count)
    # where nothing is heard there is nothing that could tell it
    totals = np.where(odds == 0, 0.0, goals - heard)
    notes = _take_notes(labels, are_filled(found.first_of_text), by_rules, by_weights)
    more = np.where(np.abs(goals - scale * told) >= TOLD, _BY_ALL, "").tolist()
    shown = [
        _name_domain(domain) + note + rest for domain, note, rest in zip(weighed.domains, notes, more, strict=True)
    ]
    scores = np.array([math.tanh(0.5 * value) for value in (totals + heard).tolist()])
    numbers = np.arange(count)
    # n-grams unlike the training data draw towards chance
    usual = 0.5 * (1.0 + weighed.usual_unknown)
    sure = _CHANCE + (chances[numbers, labels] - _CHANCE) * _find_alike(weighed.unknown, usual)
    account = Account(said, numbers, _TEXT.learned * scale * left, totals, shown)
    return BlendedTexts(scores, labels, sure, account)


def find_goals(chances: Floats, labels: NDArray[np.int64]) -> Floats:
    """Return the log odds whose score is how much likelier each text is good than bad, on the side of its label."""
    leans = np.clip(chances[:, _POSITIVE] - chances[:, _NEGATIVE], -_MOST, _MOST)
    goals = np.array([2.0 * math.atanh(lean) for lean in leans.tolist()])
    goals = np.where(labels == _POSITIVE, np.maximum(goals, SIDED), goals)
    goals = np.where(labels == _NEGATIVE, np.minimum(goals, -SIDED), goals)
    return np.where(labels == _NEUTRAL, np.clip(goals, -_REMNANT, _REMNANT), goals)


def _take_notes(labels: NDArray[np.int64], has_opinions: Flags, by_rules: Flags, by_weights: Flags) -> list[str]:
    """Return what is said of each text beside its weights."""
    notes = np.where(by_rules, _BY_RULES, np.where(by_weights, _BY_WEIGHTS, ""))
    notes = np.where(labels == _NEUTRAL, np.where(has_opinions, _PLAIN, _SILENT), notes)
    noted: list[str] = np.where(labels == _MIXED, _BOTH, notes).tolist()
    return noted


def _name_domain(domain: str) -> str:
    """Return what is said of a text that is recognised to be of this domain, nothing of one of none."""
    return f",按领域 {domain}" if domain else ""


def _find_alike(unknown: Floats, usual: float) -> Floats:
    """Return how much of what is said counts, less and less where more is unknown than is usual."""
    alike: Floats = 1.0 - np.maximum(0.0, unknown - usual) / max(1.0 - usual, 1e-9)
    return alike


def judge_clauses(
    readings: Readings, rules: LexiconVerdicts, wanted: Places, weighed: OfClauses, texts: OfTexts
) -> BlendedClauses:
    """Return the judgement of each clause that is wanted by itself; `texts` is what weights say of the texts."""
    found, count = rules.found, len(readings.clauses.starts)
    sides = rules.clause_sides.take(wanted)
    strength = sum_values(found.values, found.clauses, count)[wanted]
    odds = weighed.odds * _CLAUSE.learned
    is_silent = ~are_filled(found.first_of_clause)[wanted]
    has_structure = flag(found.clauses[found.has_structure], count)[wanted]
    prevail = ~is_silent & _rules_prevail(sides, odds, has_structure)
    factor = _yield_to(strength * _CLAUSE.rules, odds, prevail)
    factor[~is_silent & readings.are_latin[readings.clauses.texts[wanted]]] = 0.0
    are_contrary = odds * texts.odds[readings.clauses.texts[wanted]] < 0
    is_faint = np.abs(odds) < limit_clauses(readings, wanted, weighed.silences, are_contrary)
    factor[is_silent & (is_faint | are_untried(readings)[wanted])] = 0.0
    said = rules.of_clauses(found.values * _CLAUSE.rules)
    said = said.take(flag(wanted, count)[said.parts].nonzero()[0])
    rates = _CLAUSE.learned * factor
    heard = sum_values(said.values, said.parts, count)[wanted]
    scores, labels = np.zeros(count), np.full(count, _NEUTRAL)
    scores[wanted], labels[wanted] = _score(weighed.odds * rates, heard, sides)
    notes = np.where(prevail, _BY_RULES, "").tolist()
    return BlendedClauses(scores, labels, Account(said, wanted, rates, weighed.odds * rates, notes))


def _score(weighed: Floats, said: Floats, sides: Sides) -> tuple[Floats, NDArray[np.int64]]:
    """Return scores and labels from the log odds by weights and by rules."""
    scores = np.array([math.tanh(0.5 * odds) for odds in (weighed + said).tolist()])
    labels = label_scores(scores, np.minimum(sides.positive, sides.negative))
    is_silent = sides.positive + sides.negative == 0
    labels[is_silent & (np.abs(scores) < math.tanh(0.5 * SILENT_BAND))] = _NEUTRAL
    return scores, labels


def _yield_to(ruled: Floats, odds: Floats, prevail: Flags) -> Floats:
    """Return the factors that cut the learned part to a small share of what the rules say where these prevail."""
    factors, at = np.ones(len(odds)), prevail.nonzero()[0]
    if len(at):
        strengths = np.abs(odds[at])
        factors[at] = np.minimum(1.0, _YIELD * np.abs(ruled[at]) / np.where(strengths == 0, 1.0, strengths))
    return factors


def _rules_prevail(sides: Sides, odds: Floats, has_structure: Flags) -> Flags:
    """Return where the rules read something that n-grams of a clause cannot be trusted to contradict."""
    is_contrary = sides.scores * odds < 0
    by_score = _IS_LEVEL[sides.labels] | (is_contrary & (np.abs(sides.scores) >= _FAINT))
    prevail: Flags = (is_contrary & has_structure) | (by_score & (np.abs(odds) < _STRONG))
    return prevail

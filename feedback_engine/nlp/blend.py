"""Learned weights and rules joined to one judgement.

A text's log odds of being positive are the learned weights of its n-grams plus the opinions that the rules read,
each at its share; the score is tanh(log odds / 2) = 2p - 1. Evidence adds up to the log odds. Where a short text or a
clause says one thing by its words and the other by negation, contrast, irony, waiting or comparison, the rules prevail.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from feedback_engine.domain import Polarity
from feedback_engine.lexicon.columns import Places, are_filled, flag
from feedback_engine.lexicon.model import WordKind
from feedback_engine.nlp.pieces import Characters, tell_pieces
from feedback_engine.nlp.reading import Readings
from feedback_engine.nlp.sentiment import (
    DAMPING,
    MIXED_BAND,
    NEUTRAL_BAND,
    LexiconVerdicts,
    Sides,
    label_scores,
    sum_values,
)  # fmt: skip
from feedback_engine.nlp.silences import (
    SHORT,
    SILENT_BAND,
    SILENT_SHARE,
    VERY_SHORT,
    Silences,
    are_silent,
    are_untried,
    find_enquiries,
    find_limits,
    limit_clauses,
)  # fmt: skip
from feedback_engine.nlp.statements import POLARITIES, Columns, Statements, arrange
from feedback_engine.nlp.vocabulary import KINDS, Flags, Floats

#: Raised whenever the blend below changes what a text scores.
BLEND_VERSION = 15
#: Rules prevail by their structures in short texts, by any opinion in very short ones. Learned log odds from which on
#: rules without a structure do not prevail, and those with one in a longer text.
_STRONG, _DOUBTFUL = 2.2, 0.7
#: Nor do they in a review that says good and bad, each stronger than this, from these log odds on with a structure.
_FAINT_SIDE, _CLEAR = 0.3, 1.4
#: Nor where such a review leaves the rules' score nearer to 0 than this, and the log odds reach the second.
_BALANCED, _SURER = 0.19, 0.3
#: Scores of the rules nearer to 0 than this win by a structure only.
_FAINT = 0.2
#: Where rules prevail, the learned part is cut to this share of theirs.
_YIELD = 0.1
#: A very short remark (see `silences`) takes a side wherever its weights do not find it likelier neutral; where they
#: do, it says nothing even with an opinion by the rules, if that has no structure and a score nearer to 0 than this.
#: So does an enquiry that weights find bad.
_PLAIN = 0.5
#: Nor does a short text of no kind of review that weights find likelier neutral by the first figure, if the score of
#: the rules is nearer to 0 than the second, or than the third where words of opinion are less than the last share of
#: the text (漏电保护器要单独买吗). Fitted on sentences of ours.
_CLEARLY_PLAIN, _FAINTLY_SAID, _SAID_IN_PASSING, _IN_PASSING = 2.0, 0.6, 0.7, 0.3
#: Nor is a text plain of whose two sides by the rules the weaker is so strong.
_BOTH_SIDES = 0.5
_DEMAND = KINDS.index(WordKind.DEMAND)
#: A text that is not very short, or a review, takes a side: it is mixed only within this share of the usual band where
#: the rules are level, too, a very short review within the second.
_DECIDED, _SHORT_DECIDED, _LEVEL = 0.2, 0.9, 0.1
#: What is left of log odds that did not reach it: the sign, in a score that counts as neutral.
_REMNANT = 0.15
_NEUTRAL_CONFIDENCE = 0.3
#: A side is right more often than its score says: s is worth s + this x s (1 - s²), fitted on reviews held out.
_SURER_THAN_SAID = 0.2
#: What is said beside the weights: nothing, that they are too faint to count, that the rules prevail, that the text
#: states plainly, or only asks, whatever words of opinion it holds.
_NOTES = ("", ",未见情感词,按中性", ",规则优先", ",说法平实,按中性")


class _Rates(NamedTuple):
    """Log odds per unit of learned log odds and of the rules' score or strength, fitted on held-out predictions."""

    learned: float
    rules: float


_TEXT, _CLAUSE = _Rates(0.9, 1.15), _Rates(0.9, 1.8)
_NEGATIVE, _NEUTRAL, _POSITIVE, _MIXED = range(4)
#: Which labels, by number, lean to neither side.
_IS_LEVEL = np.array([label in (Polarity.MIXED, Polarity.NEUTRAL) for label in POLARITIES])


class Weighed(NamedTuple):
    """What the learned weights say of the parts of a row (texts or clauses), in log odds."""

    odds: Floats
    #: The share of n-grams that the weights do not know.
    unknown: Floats


@dataclass(frozen=True, slots=True)
class Blend:
    """The parts of a row judged by weights and rules together."""

    scores: Floats
    #: By number in POLARITIES.
    labels: NDArray[np.int64]
    readings: Readings
    said: Columns
    #: The parts that were weighed, what their weights count, their log odds in all, and notes on them.
    numbers: Places
    weighed: Weighed
    rates: Floats
    totals: Floats
    notes: Sequence[str]
    #: How likely a part is neutral where weights tell that, NaN elsewhere; None: nowhere.
    silences: Floats | None = None

    @property
    def takes_side(self) -> Flags:
        """Return which parts are good or bad."""
        return ~_IS_LEVEL[self.labels]

    @property
    def left(self) -> Floats:
        """Return what is left of the weights of each text, 1 but where rules prevail in one that takes a side."""
        left: Floats = np.where(_IS_LEVEL[self.labels], 1.0, self.rates / _TEXT.learned)
        return left


def tell(texts: Blend, clauses: Blend, characters: Characters) -> tuple[Statements, Statements]:
    """Return what texts and clauses were judged by; the values of each add up to its log odds.

    `characters` are those of the texts and then of the clauses.
    """
    count, total = len(texts.scores), len(texts.scores) + len(clauses.scores)
    rates, totals = (np.concatenate(pair) for pair in ((texts.rates, clauses.rates), (texts.totals, clauses.totals)))
    pieces = tell_pieces(texts.readings, characters, rates, totals, [*texts.notes, *clauses.notes])
    pieces = pieces.about(np.concatenate((texts.numbers, clauses.numbers + count))[pieces.parts])
    told = arrange(total, texts.said, clauses.said.about(clauses.said.parts + count), pieces)
    return told.take(0, count), told.take(count, total)


def judge_texts(
    readings: Readings,
    rules: LexiconVerdicts,
    weighed: Weighed,
    domains: Sequence[str],
    is_review: Flags,
    is_remark: Flags,
    silences: Silences,
) -> Blend:
    """Return the judgement of each text; `domains` are those recognised, `is_review` says which are of any but posts.

    `is_remark` says which are very short remarks, see `silences.find_brief_remarks`.
    """
    found, sides, count = rules.found, rules.text_sides, len(readings.given)
    sizes, odds = readings.sizes, weighed.odds * _TEXT.learned
    ruled = sides.scores * _TEXT.rules
    is_silent = are_silent(rules)
    is_faint = is_silent
    if np.count_nonzero(is_silent):
        is_faint = is_silent & (np.abs(odds) < find_limits(readings, silences.least, is_remark))
    has_structure = flag(found.texts[found.has_structure | rules.weighing.is_concerned[found.clauses]], count)
    is_plain = is_remark & ~is_silent & ~has_structure & (silences.least > 0)
    is_plain |= find_enquiries(readings, rules) & (odds + ruled < 0)
    is_plain &= np.abs(sides.scores) < _PLAIN
    is_plain |= _are_clearly_plain(readings, rules, silences)
    is_plain &= np.minimum(sides.positive, sides.negative) < _BOTH_SIDES
    prevail = ~is_silent & ((sizes <= SHORT) | readings.are_latin)
    if np.count_nonzero(prevail):
        prevail &= _rules_prevail(sides, odds, sizes, has_structure) | readings.are_latin
        prevail &= ~(is_review & _weights_stand(sides, odds, has_structure, sizes <= VERY_SHORT)) | readings.are_latin
    factor = _yield_to(ruled, odds, prevail)
    # what is left of both where there is nothing to tell
    left = np.where(is_plain, odds * factor + ruled, np.where(is_faint, odds, 0.0))
    left = np.minimum(1.0, _REMNANT / np.maximum(np.abs(left), _REMNANT))
    factor = factor * left
    # what a unit of strength adds to the score of the rules, (P - N) / (P + N + damping)
    units = _TEXT.rules * left / (sides.positive + sides.negative + DAMPING)
    notes = [
        (f",按领域 {domain}" if domain else "") + _NOTES[number]
        for domain, number in zip(domains, np.where(is_plain, 3, is_faint + 2 * prevail).tolist(), strict=True)
    ]
    said = rules.of_texts(rules.values * units[found.texts])
    rates = _TEXT.learned * factor
    scores, labels = _score(weighed.odds * rates, sum_values(said.values, found.texts, count), sides)
    labels = _take_sides(scores, labels, sides.scores, sizes, is_review, is_faint)
    labels[is_plain] = _NEUTRAL
    return Blend(scores, labels, readings, said, np.arange(count), weighed, rates, weighed.odds * rates, notes)


def call_mixed(blend: Blend, are_mixed: Flags) -> Blend:
    """Return the judgement with these texts called mixed; scores and what they are made of stay."""
    labels, notes = np.where(are_mixed, _MIXED, blend.labels), list(blend.notes)
    for number in are_mixed.nonzero()[0].tolist():
        notes[number] += ",有褒有贬"
    return replace(blend, labels=labels, notes=notes)


def _are_clearly_plain(readings: Readings, rules: LexiconVerdicts, silences: Silences) -> Flags:
    """Return which texts weights find clearly neutral, and of which rules say little, without demand or retort."""
    found, count = rules.found, len(rules.scores)
    is_clear: Flags = silences.wholes > _CLEARLY_PLAIN
    if not np.count_nonzero(is_clear):
        return is_clear
    telling = (found.kinds == _DEMAND) | (found.has_structure & readings.clauses.is_question[found.clauses])
    strength = np.abs(rules.text_sides.scores)
    is_in_passing = sum_values(found.ends - found.starts, found.texts, count) < _IN_PASSING * readings.sizes
    says_little: Flags = (strength < _FAINTLY_SAID) | ((strength < _SAID_IN_PASSING) & is_in_passing)
    return says_little & is_clear & ~flag(found.texts[telling], count)


def _weights_stand(sides: Sides, odds: Floats, has_structure: Flags, is_brief: Flags) -> Flags:
    """Return where reviews keep their weights: rules that read both signs meet clear ones, or agree with their sign.

    In brief texts a structure (虽…, 除了…) says more than the weights, which do not see it, unless it leaves the two
    sides about level.
    """
    is_both = np.minimum(sides.positive, sides.negative) > _FAINT_SIDE
    is_clear = (np.abs(odds) >= np.where(has_structure, _CLEAR, _DOUBTFUL)) & ~(has_structure & is_brief)
    is_clear |= (np.abs(sides.scores) < _BALANCED) & (np.abs(odds) >= _SURER)
    stand: Flags = (is_both & is_clear) | (sides.scores * odds >= 0)
    return stand


def _take_sides(
    scores: Floats, labels: NDArray[np.int64], ruled: Floats, sizes: Places, is_review: Flags, is_faint: Flags
) -> NDArray[np.int64]:
    """Return the labels, with a side for long texts and reviews even where the score is near 0: they tell enough."""
    is_long = sizes > VERY_SHORT
    band = np.where(is_long, _DECIDED, _SHORT_DECIDED) * MIXED_BAND
    takes = (labels == _NEUTRAL) & ~is_faint & (np.abs(scores) >= SILENT_SHARE * NEUTRAL_BAND)
    takes |= (labels == _MIXED) & ((np.abs(scores) >= band) | (is_long & (np.abs(ruled) >= _LEVEL)))
    return np.where(takes & (is_long | is_review), np.where(scores > 0, _POSITIVE, _NEGATIVE), labels)


def judge_clauses(
    readings: Readings, rules: LexiconVerdicts, wanted: Places, weighed: Weighed, silences: Floats, whole: Floats
) -> Blend:
    """Return the judgement of each clause that is wanted by itself, neutral for the others.

    `silences` tells by what log odds weights find each likelier neutral, `whole` what they say of each text.
    """
    found, count = rules.found, len(readings.clauses.starts)
    sides = rules.clause_sides.take(wanted)
    strength = sum_values(found.values, found.clauses, count)[wanted]
    odds = weighed.odds * _CLAUSE.learned
    is_silent = ~are_filled(found.first_of_clause)[wanted]
    has_structure = flag(found.clauses[found.has_structure], count)[wanted]
    prevail = ~is_silent & _rules_prevail(sides, odds, np.zeros(len(wanted), dtype=np.int64), has_structure)
    factor = _yield_to(strength * _CLAUSE.rules, odds, prevail)
    factor[~is_silent & readings.are_latin[readings.clauses.texts[wanted]]] = 0.0
    are_contrary = odds * whole[readings.clauses.texts[wanted]] < 0
    is_faint = np.abs(odds) < limit_clauses(readings, wanted, silences, are_contrary)
    factor[is_silent & (is_faint | are_untried(readings)[wanted])] = 0.0
    said = rules.of_clauses(found.values * _CLAUSE.rules)
    said = said.take(flag(wanted, count)[said.parts].nonzero()[0])
    rates = _CLAUSE.learned * factor
    heard = sum_values(said.values, said.parts, count)[wanted]
    scores, labels = np.zeros(count), np.full(count, _NEUTRAL)
    scores[wanted], labels[wanted] = _score(weighed.odds * rates, heard, sides)
    notes = [_NOTES[number] for number in (2 * prevail).tolist()]
    return Blend(scores, labels, readings, said, wanted, weighed, rates, weighed.odds * rates, notes)


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


def _rules_prevail(sides: Sides, odds: Floats, sizes: Places, has_structure: Flags) -> Flags:
    """Return where the rules read something that n-grams of a text this short cannot be trusted to contradict."""
    is_contrary = sides.scores * odds < 0
    by_structure = (sizes <= VERY_SHORT) | (np.abs(odds) < _DOUBTFUL)
    by_score = (sizes <= VERY_SHORT) & (np.abs(odds) < _STRONG)
    by_score &= _IS_LEVEL[sides.labels] | (is_contrary & (np.abs(sides.scores) >= _FAINT))
    prevail: Flags = (sizes <= SHORT) & np.where(is_contrary & has_structure, by_structure, by_score)
    return prevail


def find_confidences(blend: Blend, unknown: Floats, usual_unknown: float) -> Floats:
    """Return the probability of each label, drawn towards chance by n-grams unlike the training data."""
    alike = 1.0 - np.maximum(0.0, unknown - usual_unknown) / max(1.0 - usual_unknown, 1e-9)
    strength = np.abs(blend.scores)
    level = _NEUTRAL_CONFIDENCE + _NEUTRAL_CONFIDENCE * (1.0 - strength) * alike
    said = strength * alike
    side = 0.5 + 0.5 * said * (1.0 + _SURER_THAN_SAID * (1.0 - said * said))
    if blend.silences is not None:
        is_told = ~np.isnan(blend.silences)
        level = np.where(is_told, blend.silences, level)
        side = np.where(is_told, side * (1.0 - blend.silences), side)
    return np.where(_IS_LEVEL[blend.labels], level, side)

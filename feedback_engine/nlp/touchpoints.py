"""Touchpoints by seed phrase, each with the opinions of its own part of the clause, judged beside its text.

Where the pack names learned weights, these decide which touchpoints the text speaks of; the phrases say where, and
lower the limit. Weights for hints add what is told without any phrase, and a judge takes away what is hardly meant.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from feedback_engine.lexicon.columns import (
    Flags,
    Floats,
    Objects,
    Places,
    are_filled,
    flag,
    join_columns,
    number_first,
    number_groups,
    objects,
    pick,
    steps,
    sum_up,
)
from feedback_engine.lexicon.model import Pack
from feedback_engine.nlp.blend import SIDED, TOLD, find_goals
from feedback_engine.nlp.hints import Hinted
from feedback_engine.nlp.learned_touchpoints import Touched, decide
from feedback_engine.nlp.mention_facts import MentionJudge
from feedback_engine.nlp.mentions import judge_mentions
from feedback_engine.nlp.naming import BRIEF
from feedback_engine.nlp.reading import Readings
from feedback_engine.nlp.sentiment import to_odds
from feedback_engine.nlp.silences import are_level
from feedback_engine.nlp.statements import POLARITIES, Judged, Lists
from feedback_engine.nlp.verdicts import Verdicts

_NEGATIVE, _NEUTRAL, _POSITIVE, _MIXED = range(len(POLARITIES))
#: Without a judge, a text that takes a side speaks for what it names up to these log odds.
_BY_TEXT = 2.0
#: More than the strength of any clause: what is said of a thing comes behind its name.
_NEXT = 2.0
_NOWHERE = np.zeros(0, dtype=np.int64)


class Touchpoints(NamedTuple):
    """Touchpoints spoken of, each in one clause, in the order of the texts: where named, and what is said of them."""

    texts: Places
    codes: Objects
    names: Objects
    #: The number of the clause in its text.
    clauses: Places
    #: Where they are named, and the rule that found it.
    starts: Places
    ends: Places
    rules: Objects
    scores: Floats
    #: By number in `POLARITIES`.
    labels: NDArray[np.int64]
    confidences: Floats
    #: The statements about the clauses that lead to score and label; what the text adds to them stands in the rule.
    said: Lists


class TouchpointRules:
    """Finds the touchpoints of a pack."""

    def __init__(self, pack: Pack) -> None:
        self._codes = objects(label.code for label in pack.touchpoints)
        self._names = objects(label.name for label in pack.touchpoints)

    def find(self, readings: Readings, verdicts: Verdicts) -> Touchpoints:
        """Return one entry per touchpoint and clause, judged by all that is known of it."""
        named = self.name(readings, verdicts)
        if any(verdicts.labels):
            heard = self._find_named(_take_meant(readings, verdicts), verdicts.rules)
            names = dict(zip(self._codes.tolist(), self._names.tolist(), strict=True))
            return _join(decide(readings, verdicts, _split(named, readings), _split(heard, readings), names))
        if verdicts.mentions:
            return _judge_by_all(named, readings, verdicts.mentions)
        return _lean_on_texts(named, readings, verdicts)

    def name(self, readings: Readings, verdicts: Verdicts) -> Touchpoints:
        """Return what seed phrases and hints name, as the clauses speak of it."""
        named = self._find_named(_take_meant(readings, verdicts), verdicts)
        if verdicts.hints and len(verdicts.hints.touchpoints.texts):
            return _merge(named, self._judge_hinted(verdicts.hints.touchpoints, readings, verdicts.clauses))
        return named

    def _find_named(self, readings: Readings, verdicts: Verdicts) -> Touchpoints:
        """Return what the seed phrases name."""
        mentions, clauses, cues = readings.mentions, readings.clauses, readings.vocabulary.mentions
        if not len(mentions.starts):
            return _find_none()
        labels = cues.labels[mentions.values]
        first, groups = number_first(mentions.clauses * len(self._codes) + labels)
        others = verdicts.hints.touchpoints.clauses if verdicts.hints else _NOWHERE
        judged = judge_mentions(readings, verdicts.clauses, first, groups, others)
        starts, ends = mentions.starts[first], mentions.ends[first]
        of, labels = mentions.clauses[first], labels[first]
        texts = clauses.texts[of]
        sure = _find_confidences(ends - starts, are_filled(judged.said.first))
        if verdicts.hints:
            sure = verdicts.hints.tell_chances(texts, labels, sure)
        return Touchpoints(
            texts, self._codes[labels], self._names[labels], of - clauses.first[texts], starts, ends,
            cues.rules[mentions.values[first]], judged.scores, judged.labels, sure, judged.said,
        )  # fmt: skip

    def _judge_hinted(self, hinted: Hinted, readings: Readings, judged: Judged) -> Touchpoints:
        """Return the touchpoints that weights name, with what is said in their clauses."""
        of, first = _find_telling(hinted, judged), judged.statements.first
        sizes = steps(first)[of]
        return Touchpoints(
            hinted.texts, self._codes[hinted.labels], self._names[hinted.labels],
            hinted.clauses - readings.clauses.first[hinted.texts], hinted.starts, hinted.ends, hinted.rules,
            judged.scores[of], judged.labels[of], hinted.chances, Lists(number_groups(sizes, first[of]), sum_up(sizes)),
        )  # fmt: skip


def _take_meant(readings: Readings, verdicts: Verdicts) -> Readings:
    """Return the readings without the mentions that the hints doubt."""
    if not verdicts.hints or verdicts.hints.are_meant.all():
        return readings
    return readings._replace(mentions=readings.mentions.take(verdicts.hints.are_meant.nonzero()[0]))


@cache
def _find_none() -> Touchpoints:
    """Return no touchpoint."""
    nothing, unnamed, zeros = np.zeros(0, dtype=np.int64), objects(()), np.zeros(0)
    said = Lists(nothing, sum_up(nothing))
    return Touchpoints(nothing, unnamed, unnamed, nothing, nothing, nothing, unnamed, zeros, nothing, zeros, said)


def _find_telling(hinted: Hinted, judged: Judged) -> Places:
    """Return the clause that each is judged by: its own if that takes a side, else the next, else what says most."""
    numbers, owners = hinted.telling()
    strength, own = np.abs(judged.scores[numbers]), hinted.clauses[owners]
    takes_side = judged.labels[numbers] != _NEUTRAL
    strength[takes_side & (numbers == own + 1)] = _NEXT
    strength[takes_side & (numbers == own)] = np.inf
    order, sizes = np.lexsort((strength, owners)), hinted.last - hinted.first
    telling: Places = numbers[order[sizes.cumsum() - 1]]
    return telling


def _merge(found: Touchpoints, others: Touchpoints) -> Touchpoints:
    """Return both in the order of the texts and of the places at which they are named."""
    order = np.lexsort((np.append(found.starts, others.starts), np.append(found.texts, others.texts)))
    texts, codes, names, *columns = pick(join_columns((found[:-1], others[:-1])), order)
    sizes = np.append(steps(found.said.first), steps(others.said.first))[order]
    begins = np.append(found.said.first[:-1], others.said.first[:-1] + len(found.said.numbers))[order]
    numbers = np.append(found.said.numbers, others.said.numbers)[number_groups(sizes, begins)]
    clauses, starts, ends, rules, scores, labels, sure = columns
    said = Lists(numbers, sum_up(sizes))
    return Touchpoints(texts, codes, names, clauses, starts, ends, rules, scores, labels, sure, said)


def _judge_by_all(found: Touchpoints, readings: Readings, judge: MentionJudge) -> Touchpoints:
    """Return the touchpoints, those of texts that are not long as they are judged by all that is known of them.

    What a clause says is clearest beside the rest: 取消了不给退 sounds kind by itself to weights. It stands as far as
    it is likely, and what the judgement adds is told behind the rule. In a long review each clause speaks for itself.
    """
    at = (readings.sizes[found.texts] <= BRIEF).nonzero()[0]
    if not len(at):
        return found
    clauses = found.clauses[at] + readings.clauses.first[found.texts[at]]
    facts = judge.find_facts(clauses, found.starts[at], found.scores[at], found.confidences[at])
    chances = judge.weigh(facts)
    judged = chances.argmax(axis=1)
    goals, takes_side = find_goals(chances, judged), (judged == _POSITIVE) | (judged == _NEGATIVE)
    bounded = np.sign(goals) * np.clip(np.abs(facts.own), SIDED, np.abs(goals))
    odds = np.where(takes_side & (facts.own * goals > 0), bounded, goals)
    added, labels, scores, rules = odds - facts.own, found.labels.copy(), found.scores.copy(), found.rules.copy()
    labels[at], scores[at] = judged, [math.tanh(0.5 * value) for value in odds.tolist()]
    told = (np.abs(added) >= TOLD) | (judged != found.labels[at])
    shown = zip(rules[at[told]].tolist(), added[told].tolist(), strict=True)
    rules[at[told]] = [f"{rule};整体判断 {value:+.2f}" for rule, value in shown]
    return found._replace(rules=rules, scores=scores, labels=labels)


def _lean_on_texts(found: Touchpoints, readings: Readings, verdicts: Verdicts) -> Touchpoints:
    """Return the touchpoints, those that no word speaks of with the side that their text takes.

    Where the text praises another one, they stay as they are: who praises names what is meant (房间不大,干净), while a
    fault is told step by step (优惠券写着通用,下单又说不能用). So do those whose clause calls them so-so (凑合).
    """
    sides, clauses = verdicts.polarities[found.texts], found.clauses + readings.clauses.first[found.texts]
    is_praised = (found.labels == _POSITIVE) | (found.labels == _MIXED)
    is_open = (found.labels == _NEUTRAL) & (found.scores == 0) & ((sides == _NEGATIVE) | (sides == _POSITIVE))
    is_open &= ~flag(found.texts[is_praised], len(readings.given))[found.texts] & ~are_level(readings)[clauses]
    at = (is_open & (readings.sizes[found.texts] <= BRIEF)).nonzero()[0]
    if not len(at):
        return found
    wholes = [max(-_BY_TEXT, min(_BY_TEXT, to_odds(score))) for score in verdicts.scores[found.texts[at]].tolist()]
    rules, scores, labels = found.rules.copy(), found.scores.copy(), found.labels.copy()
    rules[at] = [f"{rule};兼看全文 {value:+.2f}" for rule, value in zip(rules[at].tolist(), wholes, strict=True)]
    scores[at], labels[at] = [math.tanh(0.5 * value) for value in wholes], sides[at]
    return found._replace(rules=rules, scores=scores, labels=labels)


def _find_confidences(lengths: Places, has_opinion: Flags) -> Floats:
    """Return how sure the tags are.

    Longer phrases are less ambiguous, and an opinion found speaks for a real mention.
    """
    named = 0.6 + 0.1 * np.minimum(3, lengths - 1)
    return np.where(has_opinion, np.minimum(0.95, named + 0.1), named * 0.8)


def _split(found: Touchpoints, readings: Readings) -> list[list[Touched]]:
    """Return the touchpoints of each text one by one."""
    texts: list[list[Touched]] = [[] for _ in readings.given]
    columns = (column.tolist() for column in found[:-1])
    for text, *touched in zip(*columns, found.said.split(), strict=True):
        texts[text].append(Touched(*touched))
    return texts


def _join(texts: Sequence[Sequence[Touched]]) -> Touchpoints:
    """Return the touchpoints of each text, given one by one, as columns."""
    found = [touched for of_text in texts for touched in of_text]
    codes, names, rules = (objects(getattr(touched, name) for touched in found) for name in ("code", "name", "rule"))
    clauses, starts, ends, labels = (
        np.array([getattr(touched, name) for touched in found], dtype=np.int64)
        for name in ("clause", "start", "end", "label")
    )
    scores, sure = (np.array([getattr(touched, name) for touched in found]) for name in ("score", "confidence"))
    numbers = np.array([number for touched in found for number in touched.said], dtype=np.int64)
    said = Lists(numbers, sum_up(np.array([len(touched.said) for touched in found], dtype=np.int64)))
    of = np.arange(len(texts)).repeat([len(of_text) for of_text in texts])
    return Touchpoints(of, codes, names, clauses, starts, ends, rules, scores, labels, sure, said)

"""What is known of texts that may be complaints, gathered for the judge."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from feedback_engine.domain import Polarity
from feedback_engine.lexicon.columns import Flags, Places, are_filled, flag
from feedback_engine.lexicon.model import DetailKind
from feedback_engine.nlp.asking import Asked
from feedback_engine.nlp.assertions import find_asking
from feedback_engine.nlp.complaint_facts import ComplaintFacts, ComplaintJudge
from feedback_engine.nlp.mention_facts import find_complaint_odds
from feedback_engine.nlp.naming import BRIEF
from feedback_engine.nlp.reading import Readings
from feedback_engine.nlp.sentiment import sum_values
from feedback_engine.nlp.statements import POLARITIES, Columns
from feedback_engine.nlp.touchpoints import Touchpoints
from feedback_engine.nlp.verdicts import Verdicts
from feedback_engine.nlp.vocabulary import DETAIL_KINDS

_DEMAND = DETAIL_KINDS.index(DetailKind.DEMAND)
_NEGATIVE, _POSITIVE = map(POLARITIES.index, (Polarity.NEGATIVE, Polarity.POSITIVE))


class ByRules(NamedTuple):
    """What rules say of texts: what they find bad, which complain, which are felt to, which have nothing to tell."""

    grievances: Columns
    complain: Flags
    are_felt: Flags
    tell_nothing: Flags


def are_brief(readings: Readings) -> Flags:
    """Return which texts are judged as a whole: comments of Chinese words, no long reviews."""
    return (readings.sizes <= BRIEF) & ~readings.are_latin & are_filled(readings.clauses.first)


def find_complaint_facts(
    readings: Readings,
    verdicts: Verdicts,
    judge: ComplaintJudge,
    touchpoints: Touchpoints,
    asked: Asked,
    found: ByRules,
) -> ComplaintFacts:
    """Return the facts about all texts."""
    rules, hints, grievances = verdicts.rules, judge.hints, found.grievances
    count, clauses, statements = len(readings.given), readings.clauses.texts, rules.texts
    worst = np.zeros(count)
    np.minimum.at(worst, grievances.parts, grievances.values)
    demands = readings.vocabulary.details.kinds[asked.hits.values] == _DEMAND
    bad, neutral, good, mixed = judge.chances.T
    heard, at = find_complaint_odds(hints, np.arange(count)), hints.are_heard.nonzero()[0]
    types = heard.copy()
    if hints.knows_types:
        types[at] = hints.type_odds(at).max(axis=1)
    return ComplaintFacts(
        heard, types,
        bad, neutral, good, mixed,
        sum_values(np.maximum(statements.values, 0.0), statements.parts(), count),
        -sum_values(grievances.values, grievances.parts, count),
        worst,
        found.complain,
        np.bincount(clauses[asked.hits.clauses[demands]], minlength=count),
        flag(clauses[find_asking(readings)], count),
        found.tell_nothing | rules.spared,
        _count(touchpoints, _NEGATIVE, count), _count(touchpoints, _POSITIVE, count),
        np.bincount(clauses[readings.cues.clauses], minlength=count),
        readings.sizes,
        *judge.details,
    )  # fmt: skip


def _count(touchpoints: Touchpoints, label: int, texts: int) -> Places:
    """Return how many touchpoints of each text are spoken of so."""
    return np.bincount(touchpoints.texts[touchpoints.labels == label], minlength=texts)

"""Texts in which the rules read no opinion: how much the weights must say before such a text takes a side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from feedback_engine.lexicon.columns import Places, are_filled, flag
from feedback_engine.nlp.assertions import are_mostly
from feedback_engine.nlp.domains import REMARKS
from feedback_engine.nlp.reading import Readings
from feedback_engine.nlp.sentiment import LexiconVerdicts
from feedback_engine.nlp.vocabulary import Flags, Floats

#: Texts of at most so many characters are short, and very short.
SHORT, VERY_SHORT = 32, 16
#: Log odds that the learned weights must reach where the rules read no opinion, in a text, and the least in a clause.
SILENT_BAND = 0.4
#: A text that is not very short, or a review, tells enough: it says nothing only within this share of the usual band.
SILENT_SHARE = 0.02
#: The same in a very short text: the least, and what else by how much likelier the weights of clauses find neutral than
#: good or bad. Where they find it likelier by the last figure, nothing is said.
_LEAST, _AT_0, _RATE, _FROM = 0.02, 1.2, 0.6, 1.0
#: The same in a text that says that the customer has nothing to tell of, a longer one and a very short one.
_UNTRIED, _BRIEFLY_UNTRIED = 1.5, 3.0
#: The same in a clause that says the opposite of its text, or holds a word for neither side.
_CONTRARY = 3.0


class Silences(NamedTuple):
    """By what log odds weights find texts likelier neutral than good or bad."""

    #: In the clause that is least neutral, or in a very short remark as a whole.
    least: Floats
    #: In the text as a whole, where it is short and of no kind of review; else not at all.
    wholes: Floats


def are_silent(rules: LexiconVerdicts) -> Flags:
    """Return in which texts the rules read no opinion."""
    return ~are_filled(rules.found.first_of_text)


def find_brief_silences(readings: Readings, rules: LexiconVerdicts) -> Flags:
    """Return which texts are very short and hold no opinion by the rules: their clauses tell if they are neutral."""
    return are_silent(rules) & (readings.sizes <= VERY_SHORT)


def find_brief_remarks(readings: Readings, domains: Sequence[str]) -> tuple[Flags, Flags]:
    """Return which texts are short and of no kind of review, and which of them are very short remarks.

    Weighed whole, like a clause, they tell if they are neutral.
    """
    is_remark, is_unnamed = (np.array([domain == name for domain in domains]) for name in (REMARKS, ""))
    is_short = (is_remark | is_unnamed) & (readings.sizes <= SHORT) & ~readings.are_latin
    return is_short, is_short & is_remark & (readings.sizes <= VERY_SHORT)


def find_limits(readings: Readings, silences: Floats, is_remark: Flags) -> Floats:
    """Return the log odds that the weights of each text must reach where the rules read no opinion."""
    limits = np.maximum(_LEAST, np.where(is_remark, 0.0, _AT_0 + _RATE * silences))
    limits[(silences > np.where(is_remark, 0.0, _FROM)) | find_demanding(readings)] = math.inf
    sizes = readings.sizes
    limits[sizes > VERY_SHORT] = SILENT_SHARE * SILENT_BAND
    untried = find_untried(readings) & (sizes <= SHORT)
    limits[untried] = np.where(sizes[untried] > VERY_SHORT, _UNTRIED, _BRIEFLY_UNTRIED)
    limits[untried & is_remark] = math.inf
    return limits


def limit_clauses(readings: Readings, clauses: Places, silences: Floats, are_contrary: Flags) -> Floats:
    """Return the log odds that the weights of these clauses must reach where the rules read no opinion.

    Those that say the opposite of their text must be clear, and those that hold a word for neither side (凑合).
    """
    limits = np.maximum(SILENT_BAND, _AT_0 + _RATE * silences)
    return np.where(are_contrary | are_level(readings)[clauses], _CONTRARY, limits)


def are_level(readings: Readings) -> Flags:
    """Return which clauses hold a word that is worth nothing either way, such as 凑合."""
    hits = readings.words
    return flag(hits.clauses[readings.vocabulary.words.is_level[hits.values]], len(readings.clauses.starts))


def find_enquiries(readings: Readings, rules: LexiconVerdicts) -> Flags:
    """Return which texts mostly suppose, ask or repeat, find nothing bad for a fact, and ask for nothing to be done.

    To weights from reviews they look bad: 万一坏了能退吗 holds what is said of faults.
    """
    count, unasserted = len(readings.given), rules.found.unasserted
    if not np.count_nonzero(unasserted):
        return np.zeros(count, dtype=np.bool_)
    demanding = _find_demanding_clauses(readings) & ~unasserted
    enquiries: Flags = are_mostly(readings, unasserted) & (rules.text_sides.negative == 0)
    return enquiries & ~flag(readings.clauses.texts[demanding], count)


def find_demanding(readings: Readings) -> Flags:
    """Return which texts ask for something; they look bad to weights from reviews."""
    return flag(readings.clauses.texts[_find_demanding_clauses(readings)], len(readings.given))


def _find_demanding_clauses(readings: Readings) -> Flags:
    hits = readings.words
    return flag(hits.clauses[readings.vocabulary.words.demands[hits.values]], len(readings.clauses.starts))


def find_untried(readings: Readings) -> Flags:
    """Return which texts say that the customer has nothing to tell of."""
    return flag(readings.clauses.texts[are_untried(readings)], len(readings.given))


def are_untried(readings: Readings) -> Flags:
    """Return which clauses say so."""
    hits = readings.words
    return flag(hits.clauses[readings.vocabulary.words.is_untried[hits.values]], len(readings.clauses.starts))

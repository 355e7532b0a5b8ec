"""Clauses in which the rules read no opinion: how much weights must say before one takes a side; and who asks."""

from __future__ import annotations

import numpy as np

from feedback_engine.lexicon.columns import Flags, Floats, Places, flag
from feedback_engine.nlp.reading import Readings

#: Log odds that weights must reach in a clause in which the rules read no opinion: the least, and what else by how much
#: likelier they find neutral than good or bad.
SILENT_BAND, _AT_0, _RATE = 0.4, 1.2, 0.6
#: The same in a clause that says the opposite of its text, or holds a word for neither side.
_CONTRARY = 3.0


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


def find_demanding(readings: Readings) -> Flags:
    """Return which texts ask for something; they look bad to weights from reviews."""
    hits = readings.words
    asking = hits.clauses[readings.vocabulary.words.demands[hits.values]]
    return flag(readings.clauses.texts[asking], len(readings.given))


def find_untried(readings: Readings) -> Flags:
    """Return which texts say that the customer has nothing to tell of."""
    return flag(readings.clauses.texts[are_untried(readings)], len(readings.given))


def are_untried(readings: Readings) -> Flags:
    """Return which clauses say so."""
    hits = readings.words
    return flag(hits.clauses[readings.vocabulary.words.is_untried[hits.values]], len(readings.clauses.starts))

"""What texts and clauses were judged by, as statements whose values add up to the log odds of their scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from feedback_engine.lexicon.columns import Floats, Places
from feedback_engine.nlp.pieces import Characters, tell_pieces
from feedback_engine.nlp.reading import Readings
from feedback_engine.nlp.statements import Columns, Statements, arrange


class Account(NamedTuple):
    """What the log odds of texts, or of clauses, are made of: opinions, and learned weights of what was weighed."""

    #: The opinions that the rules read.
    said: Columns
    #: Which were weighed; what the weights of each count, what they are worth in all, and notes on them.
    numbers: Places
    rates: Floats
    totals: Floats
    notes: Sequence[str]


def tell(readings: Readings, texts: Account, clauses: Account, characters: Characters) -> tuple[Statements, Statements]:
    """Return what texts and clauses were judged by; `characters` are those of the texts and then of the clauses."""
    count = len(readings.given)
    total = count + len(readings.clauses.starts)
    rates, totals = (np.concatenate(pair) for pair in ((texts.rates, clauses.rates), (texts.totals, clauses.totals)))
    pieces = tell_pieces(readings, characters, rates, totals, [*texts.notes, *clauses.notes])
    pieces = pieces.about(np.concatenate((texts.numbers, clauses.numbers + count))[pieces.parts])
    told = arrange(total, texts.said, clauses.said.about(clauses.said.parts + count), pieces)
    return told.take(0, count), told.take(count, total)

"""Longer texts cut into stretches: clauses that follow each other in a sentence, about as long as a short remark."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from feedback_engine.lexicon.columns import Flags, Places, are_alike, number_groups, sum_up
from feedback_engine.nlp.ngrams import Layout
from feedback_engine.nlp.reading import Readings
from feedback_engine.nlp.row import Row

#: A clause that begins so many characters into its sentence, or a multiple of it, begins another stretch; stretches of
#: more characters than the second are left out, they are no short remarks.
_LENGTH, _LONGEST = 20, 80


class Stretches(NamedTuple):
    """Stretches of clauses, in order."""

    #: The text of each, its first clause, and the last one's + 1.
    texts: Places
    first: Places
    last: Places

    def lay_out(self, row: Row) -> Row:
        """Return the stretches as the texts of a row; within them an edge stands before each clause."""
        starts = row.layout.starts
        begins, ends = starts[self.first + row.given], starts[self.last + row.given]
        sizes = ends - begins
        rows = number_groups(sizes, begins)
        layout = Layout(row.layout.codes[rows], sum_up(sizes), row.layout.places[rows])
        return row._replace(layout=layout, grams=row.grams.take(rows, axis=0), given=len(sizes))

    def find(self, clauses: Places) -> tuple[Places, Flags]:
        """Return in which stretch each of these clauses lies, and which of them lie in any."""
        numbers = np.maximum(self.first.searchsorted(clauses, side="right") - 1, 0)
        if not len(self.texts):
            return numbers, np.zeros(len(clauses), dtype=np.bool_)
        return numbers, (clauses >= self.first[numbers]) & (clauses < self.last[numbers])


def cut_stretches(readings: Readings, are_cut: Flags) -> Stretches:
    """Return the stretches of these texts."""
    clauses = readings.clauses
    chosen = are_cut[clauses.texts].nonzero()[0]
    texts, sentences, starts = clauses.texts[chosen], clauses.sentences[chosen], clauses.starts[chosen]
    if not len(chosen):
        return Stretches(texts, chosen, chosen)
    begins = np.ones(len(chosen), dtype=np.bool_)
    begins[1:] = ~(are_alike(texts) & are_alike(sentences))
    into = (starts - starts[begins][begins.cumsum() - 1]) // _LENGTH
    begins[1:] |= ~are_alike(into)
    first = begins.nonzero()[0]
    last = np.append(first[1:], len(chosen)) - 1
    kept = clauses.ends[chosen[last]] - starts[first] <= _LONGEST
    first, last = first[kept], last[kept]
    return Stretches(texts[first], chosen[first], chosen[last] + 1)

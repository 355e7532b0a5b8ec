"""Some texts of a row heard by a table of weights: the log odds of its outputs, and which characters make them up.

Marks that go on (，，，) count once: they are how somebody types, and say nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from feedback_engine.lexicon.columns import Floats, Places, flag_points, steps
from feedback_engine.nlp.ngrams import take_texts
from feedback_engine.nlp.pieces import Characters, Runs, find_runs
from feedback_engine.nlp.row import Row
from feedback_engine.nlp.weights import WeightTable, scale_sums, spread, sum_texts

#: What is said of log odds where the weights hear nothing.
UNHEARD = -9.0
#: Marks that people repeat, folded as the texts are.
_MARKS = ",.;:!?。、~…-=*"


class Heard(NamedTuple):
    """Some texts of a row with what each output of a table says of them, shape (texts, outputs)."""

    table: WeightTable
    row: Row
    #: The numbers of the texts in the row.
    texts: Places
    odds: Floats
    #: What the weights of a text are multiplied by.
    scale: Floats

    def find_runs(self, of: Places, columns: Places) -> Runs:
        """Return the runs of characters that make up the log odds of each of these texts, by its number here."""
        layout = self.row.layout
        rows, starts = take_texts(layout, self.texts[of])
        grams, part = self.row.grams.take(rows, axis=0), np.arange(len(of)).repeat(steps(starts))
        weights = self.table.rows[self.table.slots.take(grams), columns[part][:, None]]
        real = (grams[:, 0] != 0).nonzero()[0]
        characters = spread(grams, weights * self.scale[of, columns][part][:, None])[real]
        return find_runs(Characters(layout.places[rows[real]], characters, real.searchsorted(starts)))

    def find_strongest(self, of: Places, columns: Places) -> tuple[Places, Places]:
        """Return where the run begins and ends that says most for each output of each text; 0, 0 where none does."""
        runs = self.find_runs(of, columns)
        starts, ends = np.zeros((2, len(of)), dtype=np.int64)
        order = np.lexsort((runs.values, runs.parts))  # the strongest run of each comes last
        starts[runs.parts[order]], ends[runs.parts[order]] = runs.starts[order], runs.ends[order]
        return starts, ends


def hear(table: WeightTable, row: Row, texts: Places) -> Heard:
    """Return what the weights say of these texts of a row, whose n-grams are `without_repeats`."""
    if not len(texts):
        nothing = np.zeros((0, len(table.scale)))
        return Heard(table, row, texts, nothing, nothing)
    if len(texts) == row.given:
        layout, grams = row.texts
        sums = sum_texts(table, grams, layout.starts)
    else:
        rows, starts = take_texts(row.layout, texts)
        sums = sum_texts(table, row.grams.take(rows, axis=0), starts)
    return Heard(table, row, texts, *scale_sums(table, sums))


def without_repeats(row: Row) -> Row:
    """Return the row without the n-grams that begin with a mark that stands there again."""
    codes = row.layout.codes[: len(row.grams)]
    again = (flag_points(_MARKS).take(codes[1:]) & (codes[1:] == codes[:-1])).nonzero()[0] + 1
    if not len(again):
        return row
    grams = row.grams.copy()
    grams[again] = 0
    return row._replace(grams=grams)

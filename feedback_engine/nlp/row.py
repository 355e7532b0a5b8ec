"""The texts of a batch and their clauses laid out in one row, for all weights to read."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from feedback_engine.lexicon.columns import Places
from feedback_engine.nlp.ngrams import Buckets, Counts, Layout, hash_ngrams, lay_out_points, take_texts
from feedback_engine.nlp.reading import Readings


class Row(NamedTuple):
    """The texts of a batch and then their clauses laid out in one row; the places are those of the folded row."""

    layout: Layout
    grams: Buckets
    #: How many texts there are.
    given: int

    @property
    def texts(self) -> tuple[Layout, Buckets]:
        """Return the texts alone."""
        starts = self.layout.starts[: self.given + 1]
        return Layout(self.layout.codes, starts, self.layout.places), self.grams[: starts[-1]]

    def pick(self, parts: Places) -> tuple[Layout, Buckets]:
        """Return some of the texts and clauses, by their number in the row."""
        rows, starts = take_texts(self.layout, parts)
        return Layout(self.layout.codes[rows], starts, self.layout.places[rows]), self.grams.take(rows, axis=0)

    def take(self, clauses: Places) -> tuple[Counts, Places, Buckets]:
        """Return the texts and some of the clauses: where each begins, the place of each character, its n-grams."""
        layout = self.layout
        if self.given + len(clauses) == len(layout.starts) - 1:
            return layout.starts, layout.places, self.grams
        rows, starts = take_texts(layout, np.concatenate((np.arange(self.given), clauses + self.given)))
        return starts, layout.places[rows], self.grams.take(rows, axis=0)


def lay_out_row(readings: Readings) -> Row:
    """Return the texts and all their clauses laid out."""
    clauses, points = readings.clauses, readings.folded.points
    places = np.concatenate((np.arange(len(points)), _put_before_edges(clauses.starts, clauses.ends)))
    layout = lay_out_points(points[places])
    codes, starts, kept = layout
    return Row(Layout(codes, starts, places[kept]), hash_ngrams(layout), len(readings.given))


def _put_before_edges(starts: Places, ends: Places) -> Places:
    """Return the places of a row that holds these spans with an edge behind each; place 0 is an edge."""
    sizes = ends - starts + 1
    stops = sizes.cumsum()
    places: Places = np.arange(stops[-1] if len(stops) else 0) + (starts - (stops - sizes)).repeat(sizes)
    places[stops - 1] = 0
    return places

"""Learned weights of characters merged to readable pieces of the text that add up to the same sum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from feedback_engine.lexicon.columns import Floats, Places, are_filled, join_columns, objects, pick
from feedback_engine.nlp.reading import Readings
from feedback_engine.nlp.statements import Columns
from feedback_engine.nlp.vocabulary import SIGNS

#: So many pieces are told one by one, those of at least this weight in log odds; the others are told together.
_MOST, _LEAST = 4, 0.3
_SHOWN = 16
_HEADS = objects(f"{sign}:『" for sign in SIGNS)
#: What is told after the text of a piece, by whether it is the rest, and whether the text is cut.
_KINDS = objects(("』(学习权重", "…』(学习权重", "』(学习权重,其余文字合计", "…』(学习权重,其余文字合计")).reshape(2, 2)
#: What is left by rounding is not told.
_NOTHING = 1e-9


class Characters(NamedTuple):
    """The characters of the parts of a row that bear weight: those of part i are [bounds[i], bounds[i + 1])."""

    places: Places
    weights: Floats
    bounds: Places


class Runs(NamedTuple):
    """Runs of characters of one sign, by part: [start, end) in the row, and their summed weight."""

    parts: Places
    starts: Places
    ends: Places
    values: Floats

    def take(self, chosen: Places) -> Runs:
        """Return some of the runs."""
        return Runs(*pick(self, chosen))

    def split(self, count: int) -> list[list[tuple[int, int, float]]]:
        """Return the runs of each of so many parts: start, end, value."""
        parts: list[list[tuple[int, int, float]]] = [[] for _ in range(count)]
        for part, start, end, value in zip(*(column.tolist() for column in self), strict=True):
            parts[part].append((start, end, value))
        return parts


def tell_pieces(
    readings: Readings, characters: Characters, rates: Floats, totals: Floats, notes: Sequence[str]
) -> Columns:
    """Return the strongest runs of each part, and one statement for all the rest; together they are worth its total.

    What the characters weigh counts at the part's rate; `notes` are added to the rules of a part.
    """
    parts, starts, ends, values = find_runs(characters)
    told = _take_strongest(Runs(parts, starts, ends, values * rates[parts]))
    rest = _find_rest(characters, totals - np.bincount(told.parts, told.values, minlength=len(totals)))
    is_all = np.bincount(told.parts, minlength=len(totals))[rest.parts] == 0
    both = Runs(*join_columns((told, rest)))
    stops = np.minimum(both.ends, both.starts + _SHOWN)
    is_rest = np.zeros(len(both.parts), dtype=np.int64)
    is_rest[len(told.parts) :] = ~is_all
    heads, kinds = _HEADS[(both.values > 0).astype(np.int64)], _KINDS[is_rest, (both.ends > stops).astype(np.int64)]
    columns = (heads.tolist(), readings.quote(both.starts, stops), kinds.tolist(), objects(notes)[both.parts].tolist())
    rules = [f"{head}{text}{kind}{note})" for head, text, kind, note in zip(*columns, strict=True)]
    return Columns(*both, objects(rules), np.zeros(len(rules), dtype=np.int64))


def find_runs(characters: Characters) -> Runs:
    """Return the runs of all parts.

    Starts and ends are the places of characters in the row, so that what was dropped between two of them belongs to
    the run.
    """
    places, weights, bounds = characters
    is_good, turns = weights > 0, np.zeros(len(weights), dtype=np.bool_)
    turns[1:] = is_good[1:] != is_good[:-1]
    turns[bounds[:-1][are_filled(bounds)]] = True
    first = turns.nonzero()[0]
    if not len(first):
        return Runs(first, first, first, np.zeros(0))
    parts, last = bounds.searchsorted(first, side="right") - 1, np.append(first[1:], len(weights)) - 1
    return Runs(parts, places[first], places[last] + 1, np.add.reduceat(weights, first))


def _take_strongest(runs: Runs) -> Runs:
    """Return the strongest runs of each part, in the order of the text."""
    strengths = np.abs(runs.values)
    at = (strengths >= _LEAST).nonzero()[0]
    parts = runs.parts[at]
    counts = np.bincount(parts)
    if counts.max(initial=0) > _MOST:
        order = np.lexsort((-strengths[at], parts))
        rank = np.arange(len(order)) - (counts.cumsum() - counts)[parts[order]]
        at = at[np.sort(order[rank < _MOST])]
    return runs.take(at)


def _find_rest(characters: Characters, values: Floats) -> Runs:
    """Return for each part what is left of its total, as one run from its first character to its last."""
    bounds = characters.bounds
    parts = ((np.abs(values) >= _NOTHING) & (bounds[1:] > bounds[:-1])).nonzero()[0]
    return Runs(parts, characters.places[bounds[parts]], characters.places[bounds[parts + 1] - 1] + 1, values[parts])

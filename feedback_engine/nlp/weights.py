"""Learned weights summed over texts and clauses; exact whole numbers, so that no batch, order or process matters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from feedback_engine.lexicon.columns import Floats, steps
from feedback_engine.nlp.models import LOG_UNIT, Model, RowSpec
from feedback_engine.nlp.ngrams import HASH_BITS, SIZES, Buckets, Counts, Layout, hash_ngrams, lay_out, open_ngrams

#: So many rows of weights are fetched and summed at once: few enough to stay in the cache.
_NEAR = 4096
#: Of more outputs than so many, columns are made up to a multiple of them.
_STROKE = 4
#: The bytes that memory is fetched by.
_LINE = 64


class WeightTable(NamedTuple):
    """The weights of a model, to be looked up by n-gram."""

    #: Bucket → row, 0 for an n-gram that the model does not know.
    slots: NDArray[np.int32]
    #: Row 0 is all zero; one column per output, and some without weight, as rows of a power of two of bytes, or of a
    #: multiple of so many, are copied at a stroke. Small numbers: what costs time is to fetch them.
    rows: NDArray[np.int16]
    scale: Floats
    bias: Floats

    @classmethod
    def of(cls, model: Model) -> WeightTable:
        """Return the table of a model."""
        slots = np.zeros(1 << HASH_BITS, dtype=np.int32)
        slots[model.buckets] = np.arange(1, len(model.buckets) + 1, dtype=np.int32)
        outputs = len(model.outputs)
        width = min(1 << (outputs - 1).bit_length(), -(-outputs // _STROKE) * _STROKE)
        rows = _make_rows(len(model.buckets) + 1, width)
        rows[1:, :outputs] = model.weights.T
        return cls(slots, rows, model.scale, model.bias)

    def find(self, buckets: NDArray[Any]) -> NDArray[np.int16]:
        """Return the weights of these n-grams, by output in the last dimension."""
        return self.rows.take(self.slots.take(buckets), axis=0)[..., : len(self.scale)]


def _make_rows(count: int, width: int) -> NDArray[np.int16]:
    """Return rows of zeros from the beginning of a line of memory on, so that few of them lie across two lines."""
    size = count * width * np.dtype(np.int16).itemsize
    room = np.zeros(size + _LINE, dtype=np.uint8)
    first = -room.ctypes.data % _LINE
    return room[first : first + size].view(np.int16).reshape(count, width)


class Sums(NamedTuple):
    """Weights summed over the texts of a layout."""

    #: Whole numbers, one row per text, one column per output.
    weights: NDArray[np.int64]
    #: How many n-grams each text has, and how many of them the model does not know.
    size: Counts
    unknown: Counts
    #: How many places for n-grams there are in all.
    grams: int
    #: The n-grams that are known: their numbers in the layout, row by row, their weights by output, and those of text i
    #: being [bounds[i], bounds[i + 1]).
    known: Counts
    rows: NDArray[np.int16]
    bounds: Counts


def sum_texts(table: WeightTable, grams: Buckets, starts: Counts) -> Sums:
    """Return the sums over the n-grams of each text, given where the edges stand; an empty text sums to 0."""
    found = table.slots.take(grams.ravel())
    known = (found != 0).nonzero()[0]
    found, bounds = found[known], known.searchsorted(starts * SIZES)
    counts = steps(bounds)
    rows = np.empty((len(known), table.rows.shape[1]), dtype=np.int16)
    weights = np.zeros((len(counts), table.rows.shape[1]), dtype=np.int64)
    full = counts.nonzero()[0]
    begins, ends = bounds[full], bounds[1:][full]
    stride = 1 + len(full) * _NEAR // (1 + len(known))
    for first in range(0, len(full), stride):
        some = slice(first, first + stride)
        own = slice(begins[first], ends[some][-1])
        # all are within the table; where that had to be checked, they would be copied twice
        table.rows.take(found[own], axis=0, out=rows[own], mode="clip")
        weights[full[some]] = np.add.reduceat(rows[own], begins[some] - begins[first], axis=0, dtype=np.int64)
    characters = steps(starts) - 1
    size = SIZES * characters + (characters > 0)
    outputs = len(table.scale)
    return Sums(weights[:, :outputs], size, size - counts, grams.size, known, rows[:, :outputs], bounds)


def scale_sums(table: WeightTable, sums: Sums) -> tuple[Floats, Floats]:
    """Return the log odds of each output for each text, and what a whole number of its weights counts in them.

    Weights count over the root of the number of n-grams.
    """
    scale = table.scale / np.sqrt(np.maximum(sums.size, 1))[:, None]
    return sums.weights * scale + table.bias, scale


def weigh_known(sums: Sums, shares: Floats) -> Floats:
    """Return what each known n-gram counts, by the share of each output in its text."""
    counts = steps(sums.bounds)
    weights = np.zeros(len(sums.known))
    for output in np.asarray(shares.any(axis=0)).nonzero()[0].tolist():
        weights += sums.rows[:, output] * shares[:, output].repeat(counts)
    return weights


def to_values(counts: NDArray[np.int64], spec: RowSpec) -> Floats:
    """Return what n-grams of a text count that stand in it so often."""
    if spec.value == "log":
        return np.asarray(np.round(np.log1p(counts) * LOG_UNIT) / LOG_UNIT, dtype=np.float64)
    return np.ones(len(counts)) if spec.value == "presence" else counts.astype(np.float64)


def row_factor(spec: RowSpec, total: NDArray[np.int64] | Floats) -> Floats:
    """Return what the values of a row are multiplied by, from their total."""
    factor: Floats = spec.gain / np.maximum(np.asarray(total, dtype=np.float64) + spec.prior, 1.0) ** spec.power
    return factor


def predict(model: Model, texts: Sequence[str]) -> Floats:
    """Return the log odds of each output for each text, shape (texts, outputs)."""
    table, spec, layout = WeightTable.of(model), model.spec, lay_out(texts)
    grams = hash_ngrams(layout)
    if spec.value == "count":
        sums = sum_texts(table, grams, layout.starts)
        weights, total = sums.weights.astype(np.float64), sums.size.astype(np.float64)
    else:
        weights, total = _distinct_sums(table, spec, layout, grams)
    scaled: Floats = weights * table.scale * row_factor(spec, total)[:, None] + table.bias
    if not spec.opening:
        return scaled
    return scaled + opening_odds(table, spec, layout, open_ngrams(layout, grams, spec.opening))


def opening_odds(table: WeightTable, spec: RowSpec, layout: Layout, opened: Buckets) -> Floats:
    """Return what the n-grams of the openings of the texts add to the log odds of each output."""
    weights = sum_texts(table, opened, layout.starts).weights
    odds: Floats = weights * table.scale * opening_factor(spec, layout, opened)[:, None]
    return odds


def opening_factor(spec: RowSpec, layout: Layout, opened: Buckets) -> Floats:
    """Return what the n-grams of the opening of each text are multiplied by."""
    texts = len(layout.starts) - 1
    number = np.arange(texts).repeat(steps(layout.starts))
    total = np.bincount(number, weights=(opened != 0).sum(axis=1), minlength=texts)
    return row_factor(RowSpec(gain=spec.opening_gain), total)


def _distinct_sums(table: WeightTable, spec: RowSpec, layout: Layout, grams: Buckets) -> tuple[Floats, Floats]:
    """Return sums and totals with each different n-gram of a text taken once, by presence or log of its count."""
    texts = len(layout.starts) - 1
    text = np.arange(texts, dtype=np.int64).repeat(steps(layout.starts))
    keys, counts = np.unique((((text << HASH_BITS)[:, None]) | grams)[grams != 0], return_counts=True)
    values = to_values(counts, spec)
    bounds = keys.searchsorted(np.arange(texts + 1, dtype=np.int64) << HASH_BITS)
    weighed = np.zeros((len(keys) + 1, len(table.scale)))
    (table.find(keys & ((1 << HASH_BITS) - 1)) * values[:, None]).cumsum(axis=0, out=weighed[1:])
    total = np.concatenate([[0.0], values.cumsum()])
    return weighed[bounds[1:]] - weighed[bounds[:-1]], total[bounds[1:]] - total[bounds[:-1]]


def spread(grams: Buckets, gram_weights: Floats) -> Floats:
    """Return the weight of each position of a layout: every n-gram's shared out among its own characters.

    Edges get nothing, so that the positions of a text add up to its n-grams: where an n-gram holds an edge, its other
    characters take the edge's share.
    """
    count = len(grams)
    real, shares = np.zeros(count + SIZES), np.zeros(count + SIZES)
    real[:count] = grams[:, 0] != 0
    shares[:count] = gram_weights[:, 0]
    members = real[:count]
    for length in range(2, SIZES + 1):
        members = members + real[length - 1 : length - 1 + count]
        part = gram_weights[:, length - 1] / np.maximum(members, 1.0)
        for lag in range(length):
            window = shares[lag : lag + count]
            window += part
    return shares[:count] * real[:count]

"""Learned weights summed over texts and clauses; exact whole numbers, so that no batch, order or process matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feedback_engine.nlp.models import Floats, Model, RowSpec
from feedback_engine.nlp.ngrams import HASH_BITS, Buckets, Counts, Layout, hash_ngrams, lay_out

_LOG_UNIT = 256


@dataclass(frozen=True, slots=True)
class WeightTable:
    """The weights of several models over the union of their n-grams, side by side."""

    #: Bucket → row, 0 for an n-gram that no model knows.
    slots: NDArray[np.int32]
    #: Row 0 is all zero; one column per output.
    rows: NDArray[np.int32]
    scale: Floats
    bias: Floats

    @classmethod
    def of(cls, *models: Model) -> WeightTable:
        """Return the table of these models, their outputs in this order."""
        union = np.unique(np.concatenate([model.buckets for model in models]))
        slots = np.zeros(1 << HASH_BITS, dtype=np.int32)
        slots[union] = np.arange(1, len(union) + 1, dtype=np.int32)
        rows = np.zeros((len(union) + 1, sum(len(model.outputs) for model in models)), dtype=np.int32)
        first = 0
        for model in models:
            last = first + len(model.outputs)
            rows[slots[model.buckets], first:last] = model.weights.T
            first = last
        scale, bias = (np.concatenate([getattr(model, name) for model in models]) for name in ("scale", "bias"))
        return cls(slots, rows, scale, bias)


@dataclass(frozen=True, slots=True)
class Sums:
    """Weights summed over parts of a layout, part i holding the n-grams that begin in [bounds[i], bounds[i + 1])."""

    #: Whole numbers, one row per part, one column per output.
    weights: NDArray[np.int64]
    #: How many n-grams each part has, and how many of them no model knows.
    size: Counts
    unknown: Counts


def sum_parts(table: WeightTable, grams: Buckets, begins: Counts, ends: Counts) -> Sums:
    """Return the sums over the n-grams that begin in [begins, ends) of each part; an empty part sums to 0."""
    found = table.slots[grams]
    weights = np.zeros((len(grams) + 1, table.rows.shape[1]), dtype=np.int64)
    np.cumsum(table.rows[found].sum(axis=1), axis=0, dtype=np.int64, out=weights[1:])
    real = grams != 0
    size = _running(real)
    unknown = _running(real & (found == 0))
    return Sums(weights[ends] - weights[begins], size[ends] - size[begins], unknown[ends] - unknown[begins])


def _running(flags: NDArray[np.bool_]) -> Counts:
    return np.concatenate([[0], np.cumsum(flags.sum(axis=1), dtype=np.int64)])


def row_factor(spec: RowSpec, total: NDArray[np.int64] | Floats) -> Floats:
    """Return what the values of a row are multiplied by, from their total."""
    factor: Floats = spec.gain / np.maximum(np.asarray(total, dtype=np.float64) + spec.prior, 1.0) ** spec.power
    return factor


def predict(model: Model, texts: Sequence[str]) -> Floats:
    """Return the log odds of each output for each text, shape (texts, outputs)."""
    layout = lay_out(texts)
    table = WeightTable.of(model)
    return predict_layout(table, model.spec, layout)


def predict_layout(table: WeightTable, spec: RowSpec, layout: Layout) -> Floats:
    """Return the log odds of each output for each text of a layout."""
    grams = hash_ngrams(layout)
    if spec.value == "count":
        sums = sum_parts(table, grams, layout.starts[:-1], layout.starts[1:])
        weights, total = sums.weights.astype(np.float64), sums.size.astype(np.float64)
    else:
        weights, total = _distinct_sums(table, spec, layout, grams)
    scaled: Floats = weights * table.scale * row_factor(spec, total)[:, None] + table.bias
    return scaled


def _distinct_sums(table: WeightTable, spec: RowSpec, layout: Layout, grams: Buckets) -> tuple[Floats, Floats]:
    """Return sums and totals with each different n-gram of a text taken once, by presence or log of its count."""
    texts = len(layout.starts) - 1
    text = np.repeat(np.arange(texts, dtype=np.int64), np.diff(layout.starts))
    keys, counts = np.unique((((text << HASH_BITS)[:, None]) | grams)[grams != 0], return_counts=True)
    values = np.ones(len(keys)) if spec.value == "presence" else np.round(np.log1p(counts) * _LOG_UNIT)
    unit = 1.0 if spec.value == "presence" else float(_LOG_UNIT)
    bounds = np.searchsorted(keys, np.arange(texts + 1, dtype=np.int64) << HASH_BITS)
    weighed = np.zeros((len(keys) + 1, table.rows.shape[1]))
    np.cumsum(table.rows[table.slots[keys & ((1 << HASH_BITS) - 1)]] * values[:, None], axis=0, out=weighed[1:])
    total = np.concatenate([[0.0], np.cumsum(values)])
    return (weighed[bounds[1:]] - weighed[bounds[:-1]]) / unit, (total[bounds[1:]] - total[bounds[:-1]]) / unit


def spread(grams: Buckets, gram_weights: Floats) -> Floats:
    """Return the weight of each position of a layout: every n-gram's shared out among its own characters.

    Edges get nothing, so that the positions of a text add up to its n-grams: where an n-gram holds an edge, its other
    characters take the edge's share.
    """
    edge = np.append(grams[:, 0] == 0, [True] * 3)
    count = len(grams)
    shares = np.zeros(count + 3)
    for length in range(1, 4):
        members = [~edge[lag : lag + count] for lag in range(length)]
        part = gram_weights[:, length - 1] / np.maximum(np.sum(members, axis=0), 1)
        for lag, is_real in enumerate(members):
            shares[lag : lag + count] += np.where(is_real, part, 0.0)
    return shares[:count]

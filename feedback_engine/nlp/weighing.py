"""What the learned weights of texts and of clauses say of a row of both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from feedback_engine.lexicon.columns import Places, steps, sum_up
from feedback_engine.nlp.blend import Weighed
from feedback_engine.nlp.domains import Domains
from feedback_engine.nlp.experts import open_gates, share_experts
from feedback_engine.nlp.ngrams import Buckets, Counts, take_texts
from feedback_engine.nlp.pieces import Characters
from feedback_engine.nlp.row import Row
from feedback_engine.nlp.vocabulary import Floats
from feedback_engine.nlp.weights import Sums, WeightTable, spread, sum_texts, weigh_known


class Weights(NamedTuple):
    """The weights of texts and those of clauses."""

    texts: WeightTable
    clauses: WeightTable
    domains: Domains
    #: The outputs for clauses.
    outputs: Sequence[str]


class Parts(NamedTuple):
    """What weights say of texts, or of clauses."""

    weighed: Weighed
    #: The log odds of the outputs.
    odds: Floats
    #: Of texts the chances of each domain, of clauses by what log odds they are likelier neutral than good or bad.
    chances: Floats


def weigh(weights: Weights, row: Row, wanted: Places) -> tuple[Parts, Parts, Characters]:
    """Return what the weights say of the texts and of these clauses, and of the characters of both.

    For texts the shared weights count, and those of the domains that the gates recognise.
    """
    starts, places, grams = row.take(wanted)
    middle, outputs = starts[row.given], weights.outputs
    texts = _sum(weights.texts, grams[:middle], starts[: row.given + 1])
    clauses = _sum(weights.clauses, grams[middle:], starts[row.given :] - middle)
    opened, silences = open_gates(weights.domains.pick(texts.odds)), _silence_odds(outputs, clauses.odds)
    text, of_texts = _count(texts, share_experts(texts.odds, opened))
    clause, of_clauses = _count(clauses, _share_clauses(outputs, silences))
    of_grams, totals = np.concatenate((of_texts, of_clauses)), np.concatenate((text.odds, clause.odds))
    characters = _share_out(grams, starts, places, of_grams.reshape(grams.shape), totals)
    return Parts(text, texts.odds, opened), Parts(clause, clauses.odds, silences), characters


def weigh_apart(weights: Weights, row: Row, parts: Places) -> tuple[Weighed, Floats]:
    """Return what the weights for clauses say of some parts of the row, clauses or whole texts, each by itself.

    The second is by what log odds each is likelier neutral than good or bad.
    """
    rows, starts = take_texts(row.layout, parts)
    summed = _sum(weights.clauses, row.grams.take(rows, axis=0), starts)
    silences = _silence_odds(weights.outputs, summed.odds)
    return _count(summed, _share_clauses(weights.outputs, silences))[0], silences


def _silence_odds(outputs: Sequence[str], odds: Floats) -> Floats:
    """Return by what log odds each clause is likelier neutral than good or bad."""
    negative, neutral, positive = (odds[:, outputs.index(name)] for name in ("negative", "neutral", "positive"))
    silences: Floats = neutral - np.maximum(positive, negative)
    return silences


def _share_clauses(outputs: Sequence[str], silences: Floats) -> Floats:
    """Return half of positive against negative for each clause, less as far as it says neither; by output."""
    shares = np.zeros((len(silences), len(outputs)))
    said = 0.5 * (1.0 - 0.5 * (1.0 + np.tanh(0.5 * silences)))
    shares[:, outputs.index("positive")], shares[:, outputs.index("negative")] = said, -said
    return shares


class _Summed(NamedTuple):
    """Weights summed over the parts of a row: the log odds by output, and what a whole number counts."""

    sums: Sums
    odds: Floats
    scale: Floats


def _sum(table: WeightTable, grams: Buckets, starts: Counts) -> _Summed:
    """Return the sums of the weights over the parts of a row given by their n-grams."""
    sums = sum_texts(table, grams, starts)
    scale = table.scale / np.sqrt(np.maximum(sums.size, 1))[:, None]
    return _Summed(sums, sums.weights * scale + table.bias, scale)


def _count(summed: _Summed, shares: Floats) -> tuple[Weighed, Floats]:
    """Return what the parts weigh, each output counting by its share, and what each n-gram does, in one row."""
    sums = summed.sums
    of_grams = np.zeros(sums.grams)
    of_grams[sums.known] = weigh_known(sums, shares * summed.scale)
    totals = np.where(sums.size > 0, (summed.odds * shares).sum(axis=1), 0.0)
    return Weighed(totals, sums.unknown / np.maximum(sums.size, 1)), of_grams


def _share_out(grams: Buckets, starts: Counts, places: Places, of_grams: Floats, totals: Floats) -> Characters:
    """Return what each character of the parts of a row weighs; together they are worth the total of their part.

    The parts begin at `starts`; `places` are those of the n-grams' first characters in the texts.
    """
    characters, sizes = spread(grams, of_grams), steps(starts) - 1
    # the bias, and what is left by rounding, is shared out evenly
    left = (totals - np.add.reduceat(characters, starts[:-1])) / np.maximum(sizes, 1)
    real = (grams[:, 0] != 0).nonzero()[0]
    return Characters(places[real], characters[real] + left.repeat(sizes), sum_up(sizes))

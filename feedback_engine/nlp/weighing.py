"""What the learned weights of texts and of clauses say of a row of both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from feedback_engine.lexicon.columns import Places, steps, sum_up
from feedback_engine.nlp.blend import Weighed
from feedback_engine.nlp.domains import Domains
from feedback_engine.nlp.experts import open_gates, share_experts
from feedback_engine.nlp.ngrams import Buckets, Counts
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

    def pick_outputs(self, odds: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the log odds of bad, neutral and good of those for clauses."""
        bad, neutral, good = (odds[:, self.outputs.index(name)] for name in ("negative", "neutral", "positive"))
        return bad, neutral, good


class Parts(NamedTuple):
    """What weights say of texts, or of clauses."""

    weighed: Weighed
    #: The log odds of the outputs.
    odds: Floats
    #: Of texts the chances of each domain, of clauses by what log odds they are likelier neutral than good or bad.
    chances: Floats


class Weighings(NamedTuple):
    """What the weights say of a row."""

    texts: Parts
    clauses: Parts
    #: What those for clauses say of each text as a whole.
    wholes: Parts
    #: The characters of the texts and then of the clauses.
    characters: Characters


def weigh(weights: Weights, row: Row, wanted: Places) -> Weighings:
    """Return what the weights say of the texts and of these clauses, and of the characters of both.

    For texts the shared weights count, and those of the domains that the gates recognise.
    """
    starts, places, grams = row.take(wanted)
    middle, first = starts[row.given], starts[: row.given + 1]
    texts = _sum(weights.texts, grams[:middle], first)
    opened = open_gates(weights.domains.pick(texts.odds))
    of_texts = share_experts(texts.odds, opened)
    wholes = _sum(weights.clauses, grams[:middle], first)
    clauses = _sum(weights.clauses, grams[middle:], starts[row.given :] - middle)
    (whole, _), (clause, of_clauses) = (_part(weights, summed) for summed in (wholes, clauses))
    of_grams = np.concatenate((_weigh_grams(texts, of_texts), _weigh_grams(clauses, of_clauses)))
    text = Parts(_add_up(texts, of_texts), texts.odds, opened)
    totals = np.concatenate((text.weighed.odds, clause.weighed.odds))
    characters = _share_out(grams, starts, places, of_grams.reshape(grams.shape), totals)
    return Weighings(text, clause, whole, characters)


def _part(weights: Weights, summed: _Summed) -> tuple[Parts, Floats]:
    """Return what the weights for clauses say of some parts of a row, and how much each output counts."""
    bad, neutral, good = weights.pick_outputs(summed.odds)
    # by what log odds each is likelier neutral than good or bad
    silences: Floats = neutral - np.maximum(good, bad)
    shares = _share_clauses(weights.outputs, silences)
    return Parts(_add_up(summed, shares), summed.odds, silences), shares


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


def _add_up(summed: _Summed, shares: Floats) -> Weighed:
    """Return what the parts weigh, each output counting by its share."""
    sums = summed.sums
    totals = np.where(sums.size > 0, (summed.odds * shares).sum(axis=1), 0.0)
    return Weighed(totals, sums.unknown / np.maximum(sums.size, 1))


def _weigh_grams(summed: _Summed, shares: Floats) -> Floats:
    """Return what each n-gram weighs, in one row."""
    of_grams = np.zeros(summed.sums.grams)
    of_grams[summed.sums.known] = weigh_known(summed.sums, shares * summed.scale)
    return of_grams


def _share_out(grams: Buckets, starts: Counts, places: Places, of_grams: Floats, totals: Floats) -> Characters:
    """Return what each character of the parts of a row weighs; together they are worth the total of their part.

    The parts begin at `starts`; `places` are those of the n-grams' first characters in the texts.
    """
    characters, sizes = spread(grams, of_grams), steps(starts) - 1
    # the bias, and what is left by rounding, is shared out evenly
    left = (totals - np.add.reduceat(characters, starts[:-1])) / np.maximum(sizes, 1)
    real = (grams[:, 0] != 0).nonzero()[0]
    return Characters(places[real], characters[real] + left.repeat(sizes), sum_up(sizes))

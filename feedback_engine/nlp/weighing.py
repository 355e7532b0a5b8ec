"""What the learned weights of texts and of clauses say of a row of both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from feedback_engine.lexicon.columns import Floats, Places, steps, sum_up
from feedback_engine.nlp.domains import Domains
from feedback_engine.nlp.experts import open_gates, share_experts
from feedback_engine.nlp.ngrams import Buckets, Counts
from feedback_engine.nlp.pieces import Characters
from feedback_engine.nlp.row import Row
from feedback_engine.nlp.weights import Sums, WeightTable, scale_sums, spread, sum_texts, weigh_known


class Weights(NamedTuple):
    """The weights of texts and those of clauses."""

    texts: WeightTable
    clauses: WeightTable
    domains: Domains
    #: The outputs for clauses.
    outputs: Sequence[str]
    #: The usual share of n-grams that the weights for texts do not know.
    usual_unknown: float


class OfTexts(NamedTuple):
    """What the weights for texts say of each, in log odds where nothing else is said."""

    #: Good against bad: as its domain counts, by the weights that all domains share, and by those of remarks.
    odds: Floats
    shared: Floats
    remark: Floats
    #: The share of its n-grams that the weights do not know, and what that usually is.
    unknown: Floats
    usual_unknown: float
    #: The domain that it is recognised to be of, or nothing; how likely it is a remark, a review, a post.
    domains: Sequence[str]
    remark_chances: Floats
    review_chances: Floats
    post_chances: Floats


class OfClauses(NamedTuple):
    """What the weights for clauses say of each clause, or of each text as a whole, in log odds."""

    bad: Floats
    neutral: Floats
    good: Floats
    #: By how much it is likelier neutral than good or bad, and half of good against bad, as far as it is either.
    silences: Floats
    odds: Floats


class Weighings(NamedTuple):
    """What the weights say of a row."""

    texts: OfTexts
    clauses: OfClauses
    #: What those for clauses say of each text as a whole.
    wholes: OfClauses
    #: The characters of the texts and then of the clauses.
    characters: Characters


class _Summed(NamedTuple):
    """Weights summed over the parts of a row: the log odds by output, and what a whole number counts."""

    sums: Sums
    odds: Floats
    scale: Floats

    def add_up(self, shares: Floats) -> Floats:
        """Return what the parts weigh, each output counting by its share."""
        return np.where(self.sums.size > 0, (self.odds * shares).sum(axis=1), 0.0)

    def weigh_grams(self, shares: Floats) -> Floats:
        """Return what each n-gram weighs, in one row."""
        of_grams = np.zeros(self.sums.grams)
        of_grams[self.sums.known] = weigh_known(self.sums, shares * self.scale)
        return of_grams


def weigh(weights: Weights, row: Row, wanted: Places) -> Weighings:
    """Return what the weights say of the texts and of these clauses, and of the characters of both."""
    starts, places, grams = row.take(wanted)
    middle, first = starts[row.given], starts[: row.given + 1]
    texts, wholes = (_sum(table, grams[:middle], first) for table in (weights.texts, weights.clauses))
    clauses = _sum(weights.clauses, grams[middle:], starts[row.given :] - middle)
    of_texts, text_shares = _tell_texts(weights, texts)
    of_clauses, clause_shares = _tell_clauses(weights, clauses)
    of_grams = np.concatenate((texts.weigh_grams(text_shares), clauses.weigh_grams(clause_shares)))
    totals = np.concatenate((of_texts.odds, of_clauses.odds))
    characters = _share_out(grams, starts, places, of_grams.reshape(grams.shape), totals)
    return Weighings(of_texts, of_clauses, _tell_clauses(weights, wholes)[0], characters)


def _sum(table: WeightTable, grams: Buckets, starts: Counts) -> _Summed:
    """Return the sums of the weights over the parts of a row given by their n-grams."""
    sums = sum_texts(table, grams, starts)
    return _Summed(sums, *scale_sums(table, sums))


def _tell_texts(weights: Weights, summed: _Summed) -> tuple[OfTexts, Floats]:
    """Return what the weights say of texts, and how much each output counts.

    The shared weights count, and those of the domains that the gates recognise.
    """
    domains, odds, sums = weights.domains, summed.odds, summed.sums
    opened = open_gates(domains.pick(odds))
    shares = share_experts(odds, opened)
    told = OfTexts(
        summed.add_up(shares), odds[:, 0], odds[:, domains.remarks],
        sums.unknown / np.maximum(sums.size, 1), weights.usual_unknown,
        domains.find(opened), domains.find_remarks(opened), domains.find_reviews(opened), domains.find_posts(opened),
    )  # fmt: skip
    return told, shares


def _tell_clauses(weights: Weights, summed: _Summed) -> tuple[OfClauses, Floats]:
    """Return what the weights say of clauses, and how much each output counts.

    What counts is half of positive against negative, less as far as the clause is neither.
    """
    bad, neutral, good = (weights.outputs.index(name) for name in ("negative", "neutral", "positive"))
    odds, shares = summed.odds, np.zeros(summed.odds.shape)
    silences: Floats = odds[:, neutral] - np.maximum(odds[:, good], odds[:, bad])
    said = 0.5 * (1.0 - 0.5 * (1.0 + np.tanh(0.5 * silences)))
    shares[:, good], shares[:, bad] = said, -said
    return OfClauses(odds[:, bad], odds[:, neutral], odds[:, good], silences, summed.add_up(shares)), shares


def _share_out(grams: Buckets, starts: Counts, places: Places, of_grams: Floats, totals: Floats) -> Characters:
    """Return what each character of the parts of a row weighs; together they are worth the total of their part.

    The parts begin at `starts`; `places` are those of the n-grams' first characters in the texts.
    """
    characters, sizes = spread(grams, of_grams), steps(starts) - 1
    # the bias, and what is left by rounding, is shared out evenly
    left = (totals - np.add.reduceat(characters, starts[:-1])) / np.maximum(sizes, 1)
    real = (grams[:, 0] != 0).nonzero()[0]
    return Characters(places[real], characters[real] + left.repeat(sizes), sum_up(sizes))

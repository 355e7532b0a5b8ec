"""Learning weights: n-gram counts → values → NB-scaled linear models → pruned whole numbers.

One output against all others, by logistic loss or by squared hinge loss, L2 penalty, L-BFGS from zeros, no random
numbers: the same rows give the same weights. The scaling by the log ratio of an n-gram's rate inside and outside a
class follows Wang & Manning (2012).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from feedback_engine.errors import SourceError
from feedback_engine.lexicon.columns import Floats
from feedback_engine.nlp.models import LOG_UNIT, Model, Owed, RowSpec
from feedback_engine.nlp.ngrams import HASH_BITS, Buckets, Layout, hash_ngrams, lay_out, open_ngrams
from feedback_engine.nlp.weights import row_factor
from feedback_engine.nlp.wordspace import LARGEST_FACTOR, UNIT, WordSpace, unite

_CHUNK = 5000
_LARGEST_BYTE = 127

#: A scipy.sparse.csr_matrix: rows are texts, columns buckets.
Matrix = Any
Targets = NDArray[np.int64]
#: What the words of each row have in common, shape (rows, dimensions of a word space), or no column.
Kin = NDArray[np.float32]
#: The odds of all rows → the loss of all together, and its slope in each row's odds.
Loss = Callable[[Floats], tuple[float, Floats]]


@dataclass(frozen=True, slots=True)
class FitSpec:
    """How outputs are fitted; the defaults were chosen by cross-validation on the public sets of the model cards."""

    values: RowSpec = field(default_factory=RowSpec)
    penalty: float = 3e-6
    #: Power of the NB factor; 0 leaves it out.
    nb_power: float = 1.0
    #: 0: classes count by their rows; 1: classes count alike.
    balance: float = 0.0
    #: N-grams in fewer rows are left out.
    least_rows: int = 2
    #: Weights whose effect is below this share of the usual one are dropped.
    prune: float = 0.05
    iterations: int = 60
    #: What the words of a text have in common, by a word space, counts beside its n-grams.
    kinship: float = 0.0

    def fit(self, values: Matrix, kin: Kin, target: Floats, row_weight: Floats) -> tuple[Floats, float]:
        """Return the weights of the columns of both and the bias of one output, in log odds."""
        return fit_logistic(values, target, row_weight, self.penalty, self.iterations, kin=kin)


@dataclass(frozen=True, slots=True)
class MarginSpec(FitSpec):
    """The same by squared hinge loss: rows told clearly enough count no more."""

    #: What the log odds grow by from one margin to the next, as seen on rows held out.
    odds: float = 4.0

    def fit(self, values: Matrix, kin: Kin, target: Floats, row_weight: Floats) -> tuple[Floats, float]:
        """Return the weights of the columns of both and the bias of one output, in log odds."""
        weights, bias = fit_margins(values, target, row_weight, self.penalty, self.iterations, kin=kin)
        return weights * self.odds, bias * self.odds


@dataclass(frozen=True, slots=True)
class Weights:
    """Fitted outputs before rounding: one row per output over these buckets."""

    buckets: NDArray[np.int64]
    weights: Floats
    bias: Floats
    #: What of the weights is owed to a word space: those of its directions, shape (outputs, dimensions).
    factors: Floats | None = None


def count_ngrams(texts: Sequence[str], opening: int = 0) -> Matrix:
    """Return how often each bucket occurs in each text; right of them those of the `opening`, if it is asked for."""
    import scipy.sparse as sp

    width = (1 << HASH_BITS) * (2 if opening else 1)
    parts = [_count_chunk(texts[at : at + _CHUNK], opening) for at in range(0, len(texts), _CHUNK)]
    return sp.vstack(parts, format="csr") if parts else sp.csr_matrix((0, width), dtype=np.float32)


def _count_chunk(texts: Sequence[str], opening: int) -> Matrix:
    import scipy.sparse as sp

    layout = lay_out(texts)
    grams = hash_ngrams(layout)
    counts = _count(layout, grams)
    if not opening:
        return counts
    return sp.hstack([counts, _count(layout, open_ngrams(layout, grams, opening))], format="csr")


def _count(layout: Layout, grams: Buckets) -> Matrix:
    import scipy.sparse as sp

    shape = (len(layout.starts) - 1, 1 << HASH_BITS)
    flat = grams.ravel().astype(np.int32)
    counts = sp.csr_matrix((np.ones(len(flat), np.float32), flat, layout.starts * grams.shape[1]), shape=shape)
    counts.sum_duplicates()
    counts.data[counts.indices == 0] = 0
    counts.eliminate_zeros()
    return counts


def row_values(counts: Matrix, spec: RowSpec) -> Matrix:
    """Return the values of the n-grams over their row's norm, which counts every n-gram, known or not."""
    width = 1 << HASH_BITS
    values = _block_values(counts[:, :width], spec)
    if not spec.opening:
        return values
    opened = _block_values(counts[:, width:], RowSpec(gain=spec.opening_gain))
    return (values + opened).tocsr()


def _block_values(counts: Matrix, spec: RowSpec) -> Matrix:
    values = counts.astype(np.float32)
    if spec.value == "presence":
        values.data[:] = 1
    elif spec.value == "log":
        values.data = np.round(np.log1p(values.data) * LOG_UNIT) / np.float32(LOG_UNIT)
    total = np.asarray(values.sum(1), dtype=np.float64).ravel()
    values.data *= np.repeat(row_factor(spec, total), np.diff(values.indptr)).astype(np.float32)
    return values


def fit_outputs(
    counts: Matrix, targets: Targets, row_weight: Floats, spec: FitSpec, words: WordSpace | None = None
) -> Weights:
    """Return the weights of each column of `targets` (0 or 1) against the rest; SourceError where no n-gram recurs."""
    values = row_values(counts, spec.values)
    kin = words.add_up(values) * np.float32(spec.kinship) if words and spec.kinship else _no_kin(values)
    rows_with = np.bincount(values.indices, minlength=values.shape[1])
    buckets = np.flatnonzero(rows_with >= spec.least_rows)
    if not len(buckets):
        raise SourceError("这些文本没有共同的字词，无从学习；请给出更多的文本")
    values, rows_with = values[:, buckets], rows_with[buckets]
    fitted = [_fit_output(values, kin, rows_with, target, row_weight, spec) for target in targets.T.astype(np.float64)]
    weights = np.array([weight for weight, _ in fitted]).reshape(len(fitted), len(buckets) + kin.shape[1])
    own, directions = weights[:, : len(buckets)], weights[:, len(buckets) :]
    live, bias = (own != 0).any(axis=0), np.array([bias for _, bias in fitted])
    learned = Weights(buckets[live], own[:, live], bias)
    return learned if words is None else add_kinship(learned, words, directions * (spec.kinship / float(UNIT)))


def add_kinship(own: Weights, words: WordSpace, factors: Floats) -> Weights:
    """Return the weights with what those of a word space's directions, shape (outputs, dimensions), add to them."""
    if not factors.shape[1]:
        return own
    buckets = unite(own.buckets, words.buckets)
    weights = np.zeros((len(own.bias), len(buckets)))
    weights[:, buckets.searchsorted(own.buckets)] = own.weights
    weights[:, buckets.searchsorted(words.buckets)] += words.share(factors).T
    return Weights(buckets, weights, own.bias, factors)


def _no_kin(values: Matrix) -> Kin:
    return np.zeros((values.shape[0], 0), dtype=np.float32)


def _fit_output(
    values: Matrix, kin: Kin, rows_with: NDArray[np.int64], target: Floats, row_weight: Floats, spec: FitSpec
) -> tuple[Floats, float]:
    import scipy.sparse as sp

    odds = max(len(target) - target.sum(), 1.0) / max(target.sum(), 1.0)
    weight = row_weight * np.where(target == 1, odds**spec.balance, 1.0)
    pattern = sp.csr_matrix((np.ones_like(values.data), values.indices, values.indptr), shape=values.shape)
    factors = _nb_factors(pattern, target, row_weight, spec.nb_power)
    scaled = values.copy()
    scaled.data *= factors[scaled.indices]
    fitted, bias = spec.fit(scaled, kin, target, weight)
    own = _drop_small(fitted[: len(factors)] * factors, rows_with, spec.prune)
    return np.concatenate([own, fitted[len(factors) :]]), bias


def _nb_factors(pattern: Matrix, target: Floats, row_weight: Floats, power: float) -> NDArray[np.float32]:
    """Return |log ratio of an n-gram's rate in the class and outside| ** power, scaled to mean square 1."""
    inside = pattern.T @ (target * row_weight).astype(np.float32) + 1.0
    outside = pattern.T @ ((1 - target) * row_weight).astype(np.float32) + 1.0
    ratio = np.abs(np.log(inside / inside.sum()) - np.log(outside / outside.sum())) ** power
    factors: NDArray[np.float32] = (ratio / np.sqrt(np.mean(ratio * ratio) + 1e-30)).astype(np.float32)
    return factors


def fit_logistic(
    values: Matrix,
    target: Floats,
    row_weight: Floats,
    penalty: float,
    iterations: int,
    offset: Floats | float = 0.0,
    kin: Kin | None = None,
) -> tuple[Floats, float]:
    """Return weights and bias of least weighted mean log loss + penalty/2 |w|², the log odds beginning at `offset`.

    The weights are those of the columns of `values`, then those of `kin`.
    """
    share = row_weight / row_weight.sum()

    def loss(odds: Floats) -> tuple[float, Floats]:
        odds = odds + offset
        residual = (0.5 * (1.0 + np.tanh(0.5 * odds)) - target) * share
        return float((np.logaddexp(0, odds) - target * odds) @ share), residual

    return _descend(values, _no_kin(values) if kin is None else kin, loss, penalty, iterations)


def fit_margins(
    values: Matrix, target: Floats, row_weight: Floats, penalty: float, iterations: int, kin: Kin | None = None
) -> tuple[Floats, float]:
    """Return weights and bias of least weighted mean squared hinge loss + penalty/2 |w|²; a margin of 1 is enough."""
    share, sign = row_weight / row_weight.sum(), 2.0 * target - 1.0

    def loss(margins: Floats) -> tuple[float, Floats]:
        lacking = np.maximum(1.0 - sign * margins, 0.0)
        return float((lacking * lacking) @ share), -2.0 * lacking * sign * share

    return _descend(values, _no_kin(values) if kin is None else kin, loss, penalty, iterations)


def _descend(values: Matrix, kin: Kin, loss: Loss, penalty: float, iterations: int) -> tuple[Floats, float]:
    from scipy.optimize import minimize
    from threadpoolctl import threadpool_limits

    transposed, count = values.T.tocsr(), values.shape[1]

    def weigh(point: Floats) -> tuple[float, Floats]:
        weights, bias = point[:-1], point[-1]
        single = weights.astype(np.float32)
        total, residual = loss((values @ single[:count] + kin @ single[count:]).astype(np.float64) + bias)
        left = residual.astype(np.float32)
        slope = np.concatenate([transposed @ left, left @ kin]) + penalty * weights
        return total + float(0.5 * penalty * (weights @ weights)), np.append(slope, residual.sum())

    options = {"maxiter": iterations, "maxcor": 8, "ftol": 1e-7, "gtol": 1e-7}
    start = np.zeros(count + kin.shape[1] + 1)
    # how threads share out a sum decides its last bits, and for sums as short as these they only wait for each other
    with threadpool_limits(limits=1, user_api="blas"):
        best = minimize(weigh, start, jac=True, method="L-BFGS-B", options=options).x
    return best[:-1], float(best[-1])


def _drop_small(weights: Floats, rows_with: NDArray[np.int64], share: float) -> Floats:
    effect = np.abs(weights) * np.sqrt(rows_with)
    return np.where(effect > share * np.sqrt(np.mean(effect**2) + 1e-30), weights, 0.0)


def join_weights(*parts: Weights) -> Weights:
    """Return the outputs of all parts, one after another, over all their buckets; none owes to a word space."""
    buckets = np.unique(np.concatenate([part.buckets for part in parts]))
    weights = np.zeros((sum(len(part.bias) for part in parts), len(buckets)))
    first = 0
    for part in parts:
        last = first + len(part.bias)
        weights[first:last, np.searchsorted(buckets, part.buckets)] = part.weights
        first = last
    return Weights(buckets, weights, np.concatenate([part.bias for part in parts]))


def to_model(
    task: str,
    outputs: Sequence[str],
    weights: Weights,
    spec: RowSpec,
    card: dict[str, Any],
    levels: int,
    words: WordSpace | None = None,
) -> Model:
    """Return the model with its weights rounded to whole numbers, each output by its own scale.

    The largest weight of an output has so many levels; few take less room in a file, up to 127 of them 8 bits.
    Given the word space that they were learned with, what they owe to it is left out of them and kept beside.
    """
    if words is None or weights.factors is None:
        scale = _find_scale(weights.weights, levels)
        return Model(
            task, tuple(outputs), spec, weights.buckets, _round(weights.weights, scale), scale, weights.bias, card
        )
    own = weights.weights.copy()
    own[:, weights.buckets.searchsorted(words.buckets)] -= words.share(weights.factors).T
    # with what they owe, too, weights must not be larger than fits
    scale = np.maximum(_find_scale(own, levels), _find_scale(weights.weights, levels))
    rounded, finest = _round(own, scale), _find_scale(weights.factors, LARGEST_FACTOR)
    owed = Owed(_round(weights.factors, finest).astype(np.int16), finest)
    live = rounded.any(axis=0)
    card = {**card, "words": words.fingerprint}
    buckets, rounded = weights.buckets[live], rounded[:, live]
    return Model(task, tuple(outputs), spec, buckets, rounded, scale, weights.bias, card, owed)


def _find_scale(weights: Floats, levels: int) -> Floats:
    """Return what one level of each output is worth."""
    largest = np.abs(weights).max(axis=1, initial=0.0)
    scale: Floats = np.maximum(largest, 1e-12) / levels
    return scale


def _round(weights: Floats, scale: Floats) -> NDArray[np.int16] | NDArray[np.int8]:
    rounded: NDArray[np.int16] = np.round(weights / scale[:, None]).astype(np.int16)
    return rounded.astype(np.int8) if np.abs(rounded).max(initial=0) <= _LARGEST_BYTE else rounded


def to_weights(model: Model) -> Weights:
    """Return the weights of a model as log odds."""
    return Weights(model.buckets, model.weights * model.scale[:, None], model.bias)

"""How sure the importances of drivers are: bootstrap intervals, and ranks that cannot be told apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.arrays import Floats, Values, as_count, as_matrix, as_vector, as_weights, check_probability
from feedback_engine.stats.correlation import correlate_predictors, resampled_correlations
from feedback_engine.stats.importance import Importance, johnson, johnson_values, lmg, lmg_values, read_players
from feedback_engine.stats.labels import rows_alike


@dataclass(frozen=True, slots=True)
class ImportanceIntervals:
    """Bootstrap percentile intervals of the shares; drivers of one `band` cannot be told apart in rank (1 = top)."""

    share: Floats
    lower: Floats
    upper: Floats
    # How often each driver kept its rank over the resamples, 0…1.
    rank_stability: Floats
    band: tuple[int, ...]


def bootstrap_shares(
    x: Values,
    y: Values,
    method: Callable[..., Importance] = lmg,
    weights: Values = None,
    repeats: int = 1000,
    seed: int = 0,
    confidence: float = 0.95,
) -> ImportanceIntervals:
    """Return percentile intervals of `method`'s shares over resampled rows, and bands of ranks.

    Resamples in which a column lost its variation are drawn again, at most as often as `repeats`.
    """
    estimate = method(x, y, weights).share
    tail = 100 * (1 - check_probability(confidence, "confidence")) / 2
    generator = np.random.default_rng(as_count(seed, "seed"))
    count = as_count(repeats, "repeats", least=1)
    if method in (lmg, johnson):
        drawn = resample_shares(x, y, weights, count, generator, is_lmg=method is lmg)
    else:
        drawn = _refit(x, y, weights, method, count, generator)
    lower, upper = np.percentile(drawn, [tail, 100 - tail], axis=0)
    stability = (rank_shares(drawn) == rank_shares(estimate)).mean(axis=0)
    return ImportanceIntervals(estimate, lower, upper, stability, band_shares(estimate, lower, upper))


@rows_alike("x", "y", "weights")
def resample_shares(
    x: Values,
    y: Values,
    weights: Values,
    count: int,
    generator: np.random.Generator,
    *,
    is_lmg: bool = True,
    groups: Sequence[Sequence[int]] | None = None,
) -> Floats:
    """Return the shares (count × drivers) by LMG, else by Johnson, of `count` resamples, all computed at once.

    Raises where more than half of the resamples have a column without variation.
    """
    table, outcome = as_matrix(x, "x", allow_column=True), as_vector(y, "y")
    correlate_predictors(x, y, weights)
    players = read_players(groups, table.shape[1]) if is_lmg else []
    joined, shares = np.column_stack([table, outcome]), as_weights(weights, outcome.size)
    found = resampled_correlations(joined, shares, count, generator)
    if len(found) < count:
        again = resampled_correlations(joined, shares, count, generator)
        found = np.concatenate([found, again])[:count]
    if len(found) < count:
        raise StatisticsError("重抽样中多数样本有一列没有变化:样本太小,无法给出重要性的区间")
    among, with_outcome = found[:, :-1, :-1], found[:, :-1, -1]
    values = lmg_values(among, with_outcome, players) if is_lmg else johnson_values(among, with_outcome)
    total = values.sum(axis=1, keepdims=True)
    return np.where(total > 0, values / np.where(total > 0, total, 1.0), 0.0)


def rank_shares(shares: Floats) -> NDArray[np.intp]:
    """Return the rank of each share in its row, 0 = largest; of equal ones the first comes first."""
    return np.argsort(np.argsort(-shares, axis=-1, kind="stable"), axis=-1, kind="stable")


def band_shares(share: Floats, lower: Floats, upper: Floats) -> tuple[int, ...]:
    """Return the band of each driver: a new one opens where an interval lies wholly below that of the band's first."""
    band = np.zeros(share.size, dtype=int)
    current, floor = 0, np.inf
    for place in np.argsort(-share, kind="stable"):
        if upper[place] < floor:
            current, floor = current + 1, lower[place]
        band[place] = current
    return tuple(int(value) for value in band)


@rows_alike("x", "y", "weights")
def _refit(
    x: Values,
    y: Values,
    weights: Values,
    method: Callable[..., Importance],
    count: int,
    generator: np.random.Generator,
) -> Floats:
    table, outcome = as_matrix(x, "x", allow_column=True), as_vector(y, "y")
    shares = as_weights(weights, outcome.size)
    drawn: list[Floats] = []
    for _ in range(2 * count):
        rows = generator.integers(0, outcome.size, outcome.size)
        if np.ptp(table[rows], axis=0).all() and np.ptp(outcome[rows]) and shares[rows].any():
            drawn.append(method(table[rows], outcome[rows], shares[rows]).share)
        if len(drawn) == count:
            return np.stack(drawn)
    raise StatisticsError("重抽样中多数样本有一列没有变化:样本太小,无法给出重要性的区间")

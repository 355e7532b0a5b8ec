"""How much of the outcome's variance each driver stands for: LMG, Johnson, Pratt, standardised coefficients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.arrays import Floats, Values, as_matrix, as_vector, as_weights, check_probability
from feedback_engine.stats.correlation import Predictors, correlate_predictors

_MOST_PLAYERS = 15


@dataclass(frozen=True, slots=True)
class Importance:
    """One value per driver (or group of drivers), its share of their sum, and the model's R² on `base` rows."""

    importance: Floats
    share: Floats
    r_squared: float
    names: tuple[str, ...]
    base: int


@dataclass(frozen=True, slots=True)
class ImportanceIntervals:
    """Bootstrap percentile intervals of the shares; drivers of one `band` cannot be told apart in rank (1 = top)."""

    share: Floats
    lower: Floats
    upper: Floats
    # How often each driver kept its rank over the resamples, 0…1.
    rank_stability: Floats
    band: tuple[int, ...]


def lmg(x: Values, y: Values, weights: Values = None, groups: Sequence[Sequence[int]] | None = None) -> Importance:
    """Return LMG (Shapley) importances: the mean gain in R² over all orders of entry; they add up to R².

    Identical columns share equally. `groups` (positions of columns) enter as one driver each. More than 15 drivers
    raise: use `johnson`, or group them. Lindeman, Merenda & Gold (1980); Grömping (2006).
    """
    predictors = correlate_predictors(x, y, weights)
    players = _players(groups, predictors)
    explained = _r_squared_of_subsets(predictors, players)
    values = _shapley(explained, len(players))
    names = tuple("+".join(predictors.names[column] for column in player) for player in players)
    return _report(values, float(explained[-1]), predictors, names)


def johnson(x: Values, y: Values, weights: Values = None) -> Importance:
    """Return Johnson's (2000) relative weights; they add up to R² and stay close to LMG for any number of drivers."""
    predictors = correlate_predictors(x, y, weights)
    values, vectors = np.linalg.eigh(predictors.among)
    roots = np.sqrt(np.maximum(values, 0.0))
    inverse = np.where(roots > 1e-6, 1 / np.maximum(roots, 1e-6), 0.0)
    root = vectors * roots @ vectors.T
    coefficients = (vectors * inverse) @ (vectors.T @ predictors.with_outcome)
    importance = root**2 @ coefficients**2
    return _report(importance, float(coefficients @ coefficients), predictors)


def pratt(x: Values, y: Values, weights: Values = None) -> Importance:
    """Return Pratt's β_j r_j; they add up to R² and can be negative (suppression). Collinear drivers raise."""
    predictors = correlate_predictors(x, y, weights)
    values = _betas(predictors) * predictors.with_outcome
    return _report(values, float(values.sum()), predictors)


def standardised_betas(x: Values, y: Values, weights: Values = None) -> Importance:
    """Return standardised regression coefficients; `.share` is |β| / Σ|β|. Collinear drivers raise.

    A negative β beside a positive correlation is suppression, not a negative importance.
    """
    predictors = correlate_predictors(x, y, weights)
    betas = _betas(predictors)
    r_squared = float(betas @ predictors.with_outcome)
    size = np.abs(betas).sum()
    share = np.abs(betas) / size if size > 0 else np.zeros(betas.size)
    return Importance(betas, share, r_squared, predictors.names, predictors.base)


def find_suppressed(x: Values, y: Values, weights: Values = None) -> tuple[str, ...]:
    """Return the drivers whose coefficient has the other sign than their correlation (suppression)."""
    predictors = correlate_predictors(x, y, weights)
    turned = _betas(predictors) * predictors.with_outcome < 0
    return tuple(name for name, is_turned in zip(predictors.names, turned, strict=True) if is_turned)


def first(x: Values, y: Values, weights: Values = None) -> Importance:
    """Return each driver's R² when alone in the model, its squared correlation."""
    predictors = correlate_predictors(x, y, weights)
    everything = _r_squared_of_subsets(predictors, [tuple(range(len(predictors.names)))])[-1]
    return _report(predictors.with_outcome**2, float(everything), predictors)


def last(x: Values, y: Values, weights: Values = None) -> Importance:
    """Return each driver's gain in R² when it enters last (usefulness). Collinear drivers raise."""
    predictors = correlate_predictors(x, y, weights)
    betas = _betas(predictors)
    gain = betas**2 / np.diag(np.linalg.inv(predictors.among))
    return _report(gain, float(betas @ predictors.with_outcome), predictors)


def find_weaknesses(
    importance: Importance, min_base: int = 100, base_per_driver: int = 10, min_r_squared: float = 0.20
) -> tuple[str, ...]:
    """Return, in words, why the importances must not serve as weights (an empty tuple: they may)."""
    drivers = importance.importance.size
    needed = max(min_base, base_per_driver * drivers)
    reasons = []
    if importance.base < needed:
        reasons.append(f"样本只有 {importance.base} 份,{drivers} 个驱动因素至少需要 {needed} 份:只看两两相关")
    if importance.r_squared < min_r_squared:
        reasons.append(f"R² = {importance.r_squared:.2f},低于 {min_r_squared:.2f}:这些因素解释不了总体满意度")
    return tuple(reasons)


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
    table, outcome = as_matrix(x, "x"), as_vector(y, "y")
    shares = as_weights(weights, outcome.size)
    estimate = method(x, y, weights).share
    tail = 100 * (1 - check_probability(confidence, "confidence")) / 2
    generator = np.random.default_rng(seed)
    drawn = _resampled_shares(generator, table, outcome, shares, method, repeats)
    lower, upper = np.percentile(drawn, [tail, 100 - tail], axis=0)
    stability = (_ranks(drawn) == _ranks(estimate)).mean(axis=0)
    return ImportanceIntervals(estimate, lower, upper, stability, _bands(estimate, lower, upper))


def _resampled_shares(
    generator: np.random.Generator,
    table: Floats,
    outcome: Floats,
    weights: Floats,
    method: Callable[..., Importance],
    repeats: int,
) -> Floats:
    drawn: list[Floats] = []
    for _ in range(2 * repeats):
        rows = generator.integers(0, outcome.size, outcome.size)
        if np.ptp(table[rows], axis=0).all() and np.ptp(outcome[rows]) and weights[rows].any():
            drawn.append(method(table[rows], outcome[rows], weights[rows]).share)
        if len(drawn) == repeats:
            return np.stack(drawn)
    raise StatisticsError("重抽样中多数样本有一列没有变化:样本太小,无法给出重要性的区间")


def _ranks(shares: Floats) -> NDArray[np.intp]:
    return np.argsort(np.argsort(-shares, axis=-1, kind="stable"), axis=-1, kind="stable")


def _bands(share: Floats, lower: Floats, upper: Floats) -> tuple[int, ...]:
    band = np.zeros(share.size, dtype=int)
    current, floor = 0, np.inf
    for place in np.argsort(-share, kind="stable"):
        # A new band opens where a driver's interval lies wholly below that of the band's first driver.
        if upper[place] < floor:
            current, floor = current + 1, lower[place]
        band[place] = current
    return tuple(int(value) for value in band)


def _report(values: Floats, r_squared: float, predictors: Predictors, names: tuple[str, ...] = ()) -> Importance:
    total = values.sum()
    share = values / total if total > 0 else np.zeros(values.size)
    return Importance(values, share, r_squared, names or predictors.names, predictors.base)


def _betas(predictors: Predictors) -> Floats:
    if predictors.is_collinear:
        _, vectors = np.linalg.eigh(predictors.among)
        involved = [predictors.names[place] for place in np.flatnonzero(np.abs(vectors[:, 0]) > 1e-4)]
        raise StatisticsError(
            f"{'、'.join(involved)} 完全共线,系数无法区分;请去掉其一、合并为一组,或改用 lmg / johnson"
        )
    return np.asarray(np.linalg.solve(predictors.among, predictors.with_outcome), dtype=np.float64)


def _players(groups: Sequence[Sequence[int]] | None, predictors: Predictors) -> list[tuple[int, ...]]:
    columns = len(predictors.names)
    players = [tuple(group) for group in (groups if groups is not None else [[column] for column in range(columns)])]
    if sorted(column for player in players for column in player) != list(range(columns)):
        raise StatisticsError(f"groups 必须把 0…{columns - 1} 的每一列恰好分到一组,收到 {groups}")
    if len(players) > _MOST_PLAYERS:
        raise StatisticsError(f"lmg 最多 {_MOST_PLAYERS} 个因素,收到 {len(players)} 个;请改用 johnson,或用 groups 合并")
    return players


def _r_squared_of_subsets(predictors: Predictors, players: list[tuple[int, ...]]) -> Floats:
    """Return R² of every subset of players; bit k of the position says whether player k is in."""
    explained = np.zeros(1 << len(players))
    # Subsets with equally many columns are solved as one stack.
    stacks: dict[int, list[tuple[int, list[int]]]] = {}
    for size in range(1, len(players) + 1):
        for chosen in combinations(range(len(players)), size):
            columns = [column for player in chosen for column in players[player]]
            stacks.setdefault(len(columns), []).append((sum(1 << player for player in chosen), columns))
    is_collinear = predictors.is_collinear
    for stack in stacks.values():
        masks = np.array([mask for mask, _ in stack])
        index = np.array([columns for _, columns in stack])
        r = predictors.with_outcome[index]
        among = predictors.among[index[:, :, None], index[:, None, :]]
        # Without collinearity a plain solve is several times faster than a pseudo-inverse.
        if is_collinear:
            betas = (np.linalg.pinv(among, rcond=1e-10, hermitian=True) @ r[..., None])[..., 0]
        else:
            betas = np.linalg.solve(among, r[..., None])[..., 0]
        explained[masks] = (betas * r).sum(axis=1)
    return explained


def _shapley(explained: Floats, players: int) -> Floats:
    masks = np.arange(explained.size)
    sizes = np.array([mask.bit_count() for mask in range(explained.size)])
    # A subset of s others precedes a player in s!(p-s-1)! of the p! orders.
    order_share = np.array([1 / (players * comb(players - 1, size)) if size < players else 0 for size in sizes])
    values = np.empty(players)
    for player in range(players):
        without = masks[(masks >> player) & 1 == 0]
        values[player] = order_share[without] @ (explained[without | (1 << player)] - explained[without])
    return values

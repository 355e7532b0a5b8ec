"""How much of the outcome's variance each driver stands for: LMG, Johnson, Pratt, standardised coefficients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.arrays import Floats, Values, show
from feedback_engine.stats.correlation import COLLINEAR, Predictors, correlate_predictors

_MOST_PLAYERS = 15
Players = list[tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Importance:
    """One value per driver (or group of drivers), its share of their sum, and the model's R² on `base` rows."""

    importance: Floats
    share: Floats
    r_squared: float
    names: tuple[str, ...]
    base: int


def lmg(x: Values, y: Values, weights: Values = None, groups: Sequence[Sequence[int]] | None = None) -> Importance:
    """Return LMG (Shapley) importances: the mean gain in R² over all orders of entry; they add up to R².

    Identical columns share equally. `groups` (positions of columns) enter as one driver each. More than 15 drivers
    raise: use `johnson`, or group them. Lindeman, Merenda & Gold (1980); Grömping (2006).
    """
    predictors = correlate_predictors(x, y, weights)
    players = read_players(groups, len(predictors.names))
    explained = _explain_subsets(predictors.among[None], predictors.with_outcome[None], players)
    values = _shapley(explained, len(players))[0]
    names = tuple("+".join(predictors.names[column] for column in player) for player in players)
    return _report(values, float(explained[0, -1]), predictors, names)


def johnson(x: Values, y: Values, weights: Values = None) -> Importance:
    """Return Johnson's (2000) relative weights; they add up to R² and stay close to LMG for any number of drivers."""
    predictors = correlate_predictors(x, y, weights)
    importance = johnson_values(predictors.among[None], predictors.with_outcome[None])[0]
    return _report(importance, float(importance.sum()), predictors)


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
    whole = [tuple(range(len(predictors.names)))]
    everything = _explain_subsets(predictors.among[None], predictors.with_outcome[None], whole)
    return _report(predictors.with_outcome**2, float(everything[0, -1]), predictors)


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


def lmg_values(among: Floats, with_outcome: Floats, players: Players) -> Floats:
    """Return the LMG values (b, players) of a stack of correlations (b, p, p) and (b, p), in chunks of fair memory."""
    count = len(players)
    widest = max(comb(count, size) * max(map(len, players)) ** 2 * size**2 for size in range(1, count + 1))
    chunk = max(1, 4_000_000 // widest)
    parts = [
        _shapley(_explain_subsets(among[start : start + chunk], with_outcome[start : start + chunk], players), count)
        for start in range(0, len(among), chunk)
    ]
    return np.concatenate(parts) if parts else np.empty((0, count))


def johnson_values(among: Floats, with_outcome: Floats) -> Floats:
    """Return Johnson's relative weights (b, p) of a stack of correlations (b, p, p) and (b, p)."""
    values, vectors = np.linalg.eigh(among)
    roots = np.sqrt(np.maximum(values, 0.0))
    inverse = np.where(roots > 1e-6, 1 / np.maximum(roots, 1e-6), 0.0)
    turned = np.swapaxes(vectors, 1, 2)
    root = (vectors * roots[:, None, :]) @ turned
    coefficients = (vectors * inverse[:, None, :]) @ (turned @ with_outcome[..., None])
    return np.asarray((root**2 @ coefficients**2)[..., 0])


def read_players(groups: Sequence[Sequence[int]] | None, columns: int) -> Players:
    """Return the positions of each driver's columns; groups that are no partition, and more than 15 drivers, raise."""
    given = [[column] for column in range(columns)] if groups is None else groups if np.iterable(groups) else ()
    players = [tuple(group) if np.iterable(group) else (group,) for group in given]
    if sorted(str(column) for player in players for column in player) != sorted(map(str, range(columns))):
        raise StatisticsError(f"groups 必须把 0…{columns - 1} 的每一列恰好分到一组,收到 {show(groups)}")
    if len(players) > _MOST_PLAYERS:
        raise StatisticsError(f"lmg 最多 {_MOST_PLAYERS} 个因素,收到 {len(players)} 个;请改用 johnson,或用 groups 合并")
    return players


def _explain_subsets(among: Floats, with_outcome: Floats, players: Players) -> Floats:
    """Return R² (b, sets) of every set of players; bit k of the position says whether player k is in."""
    explained = np.zeros((len(among), 1 << len(players)))
    # Sets with equally many columns are solved as one stack.
    stacks: dict[int, list[tuple[int, list[int]]]] = {}
    for size in range(1, len(players) + 1):
        for chosen in combinations(range(len(players)), size):
            columns = [column for player in chosen for column in players[player]]
            stacks.setdefault(len(columns), []).append((sum(1 << player for player in chosen), columns))
    # Without collinearity a plain solve is several times faster than a pseudo-inverse.
    is_collinear = bool((np.linalg.eigvalsh(among)[:, 0] < COLLINEAR).any())
    for stack in stacks.values():
        masks = np.array([mask for mask, _ in stack])
        index = np.array([columns for _, columns in stack])
        r = with_outcome[:, index]
        within = among[:, index[:, :, None], index[:, None, :]]
        if is_collinear:
            betas: Floats = (np.linalg.pinv(within, rcond=1e-10, hermitian=True) @ r[..., None])[..., 0]
        else:
            betas = np.asarray(np.linalg.solve(within, r[..., None])[..., 0], dtype=np.float64)
        explained[:, masks] = (betas * r).sum(axis=2)
    return explained


def _shapley(explained: Floats, players: int) -> Floats:
    masks = np.arange(explained.shape[1])
    sizes = np.array([mask.bit_count() for mask in range(explained.shape[1])])
    # A set of s others precedes a player in s!(p-s-1)! of the p! orders.
    order_share = np.array([1 / (players * comb(players - 1, size)) if size < players else 0 for size in sizes])
    values = np.empty((explained.shape[0], players))
    for player in range(players):
        without = masks[(masks >> player) & 1 == 0]
        gains = explained[:, without | (1 << player)] - explained[:, without]
        values[:, player] = gains @ order_share[without]
    return values

"""Do the items of a scale measure one thing: alpha, composite reliability, AVE, KMO, Bartlett, HTMT."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.adequacy import SamplingAdequacy, Sphericity, bartlett, kmo, read_correlation
from feedback_engine.stats.arrays import (
    Floats,
    Values,
    as_matrix,
    as_vector,
    check_probability,
    choose,
    constant_columns,
    names_of,
    refuse_constant,
    show,
)
from feedback_engine.stats.components import principal_components

__all__ = [
    "Alpha",
    "Coefficient",
    "ItemStatistics",
    "SamplingAdequacy",
    "Sphericity",
    "average_variance_extracted",
    "bartlett",
    "composite_reliability",
    "cronbach_alpha",
    "dillon_goldstein",
    "htmt",
    "item_statistics",
    "kmo",
]


class Coefficient(float):
    """A number between 0 and 1 that is also its own `.value` and `.estimate`, like the results with an interval."""

    @property
    def value(self) -> float:
        """The number."""
        return float(self)

    @property
    def estimate(self) -> float:
        """The number, by the name that intervals use."""
        return float(self)


@dataclass(frozen=True, slots=True)
class Alpha:
    """Cronbach's alpha with Feldt's interval; `reversed_items` run against the rest of the scale."""

    value: float
    lower: float
    upper: float
    items: int
    base: int
    reversed_items: tuple[str, ...]

    @property
    def estimate(self) -> float:
        """The value, by the name that intervals use."""
        return self.value

    def __float__(self) -> float:
        return self.value

    def __iter__(self) -> Iterator[float]:
        return iter((self.value, self.lower, self.upper))


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """What one item does to its scale: correlation with the sum of the others, alpha without it."""

    name: str
    rest_correlation: float
    alpha_if_deleted: float


def cronbach_alpha(
    items: Values, confidence: float = 0.95, missing: str = "listwise", standardised: bool = False
) -> Alpha:
    """Return α = k/(k-1) (1 - Σs²/s²_total) of items (columns) with Feldt's (1965) interval.

    `missing`: "listwise" drops rows with a gap, "pairwise" takes every covariance from the rows that have both.
    `standardised` computes it from correlations, as PLS programs print it.
    Fewer than two items or a total without variance raise.
    """
    table = as_matrix(items, "items", allow_missing=True)
    covariance, base = _covariance(table, missing)
    names = names_of(items, table.shape[1])
    k = len(names)
    if standardised:
        refuse_constant(table[~np.isnan(table).any(axis=1)], "items", names)
        spread = np.sqrt(np.diag(covariance))
        covariance = covariance / np.outer(spread, spread)
    if k < 2:
        raise StatisticsError("Cronbach α 至少需要 2 个题项")
    value = _alpha(covariance)
    tail = (1 - check_probability(confidence, "confidence")) / 2
    freedom, wide = base - 1, (base - 1) * (k - 1)
    lower = 1 - (1 - value) * float(stats.f.isf(tail, freedom, wide))
    upper = 1 - (1 - value) * float(stats.f.isf(1 - tail, freedom, wide))
    against = tuple(name for name, r in zip(names, _rest_correlations(covariance), strict=True) if r < 0)
    return Alpha(value, lower, upper, k, base, against)


def item_statistics(items: Values, missing: str = "listwise") -> tuple[ItemStatistics, ...]:
    """Return for each item its corrected item-total correlation and alpha if it were deleted (NaN with two items)."""
    table = as_matrix(items, "items", allow_missing=True)
    covariance, _ = _covariance(table, missing)
    k = table.shape[1]
    deleted = [
        _alpha(np.delete(np.delete(covariance, place, 0), place, 1)) if k > 2 else float("nan") for place in range(k)
    ]
    rest = _rest_correlations(covariance)
    return tuple(
        ItemStatistics(name, float(r), alpha) for name, r, alpha in zip(names_of(items, k), rest, deleted, strict=True)
    )


def composite_reliability(loadings: Values) -> Coefficient:
    """Return (Σλ)² / ((Σλ)² + Σ(1-λ²)) of standardised loadings; from 0.7 on it is usually called sufficient.

    Loadings of ±1 only, that cancel out, raise: 0/0.
    """
    checked = _loadings(loadings)
    common = checked.sum() ** 2
    whole = common + (1 - checked**2).sum()
    if whole <= 1e-12:
        raise StatisticsError(f"载荷 {checked.tolist()} 正负相消:组合信度没有定义(0/0);请先把反向题转正")
    return Coefficient(common / whole)


def average_variance_extracted(loadings: Values) -> Coefficient:
    """Return Σλ²/k of standardised loadings; from 0.5 on the items share more than they do not."""
    return Coefficient((_loadings(loadings) ** 2).mean())


def dillon_goldstein(items: Values) -> Coefficient:
    """Return Dillon-Goldstein's ρ, the composite reliability of the loadings on the first principal component."""
    return composite_reliability(principal_components(items).loadings[:, 0])


def htmt(items: Values, blocks: Mapping[str, Sequence[object]], absolute: bool = True) -> dict[tuple[str, str], float]:
    """Return the heterotrait-monotrait ratio of each pair of blocks (Henseler et al. 2015); below 0.85 they differ.

    `blocks` maps a construct to its columns (names or positions). With `absolute` correlations enter without sign. In
    place of answers a correlation matrix will do.
    """
    r, _ = read_correlation(items)
    r = np.abs(r) if absolute else r
    names = names_of(items, r.shape[0])
    if not isinstance(blocks, Mapping) or not all(np.iterable(columns) and len(columns) for columns in blocks.values()):
        raise StatisticsError(f"blocks 应为 {{构念: [列, …]}},每个构念至少一列,收到 {show(blocks)}")
    index = {block: [_column(column, names) for column in columns] for block, columns in blocks.items()}
    single = {block: _mean_within(r[np.ix_(columns, columns)]) for block, columns in index.items()}
    pairs = [(a, b) for place, a in enumerate(index) for b in list(index)[place + 1 :]]
    unfit = next((block for block, mean in single.items() if mean <= 0), None)
    if unfit is not None:
        raise StatisticsError(f"构念 {unfit} 内题项的平均相关不大于 0,HTMT 没有定义;请检查反向题")
    return {(a, b): float(r[np.ix_(index[a], index[b])].mean() / np.sqrt(single[a] * single[b])) for a, b in pairs}


def _mean_within(r: Floats) -> float:
    # One item measures its construct without a partner to compare: its monotrait correlation counts as 1.
    return float(r[np.triu_indices(r.shape[0], 1)].mean()) if r.shape[0] > 1 else 1.0


def _column(column: object, names: tuple[str, ...]) -> int:
    if str(column) in names:
        return names.index(str(column))
    if isinstance(column, int) and 0 <= column < len(names):
        return column
    raise StatisticsError(f"blocks 里的 {show(column)} 不是任何一列;列有:{'、'.join(names)}")


def _alpha(covariance: Floats) -> float:
    total = covariance.sum()
    if total <= 1e-12 * max(np.trace(covariance), 1e-300):
        raise StatisticsError("总分没有变化(方差为 0):Cronbach α 没有定义")
    k = covariance.shape[0]
    return float(k / (k - 1) * (1 - np.trace(covariance) / total))


def _rest_correlations(covariance: Floats) -> Floats:
    own = np.diag(covariance)
    with_rest = covariance.sum(axis=0) - own
    rest = covariance.sum() - own - 2 * with_rest
    scale = np.sqrt(np.maximum(own * rest, 0.0))
    return np.where(scale > 0, with_rest / np.where(scale > 0, scale, 1.0), 0.0)


def _covariance(table: Floats, missing: str) -> tuple[Floats, int]:
    choose(missing, "missing", ("listwise", "pairwise"))
    known = ~np.isnan(table)
    table = _level_constants(table, known)
    if missing == "listwise" or known.all():
        table = table[known.all(axis=1)]
        if table.shape[0] < 2:
            raise StatisticsError(f"完整作答只有 {table.shape[0]} 行,至少需要 2 行")
        return np.atleast_2d(np.cov(table, rowvar=False)), table.shape[0]
    both = (known.T.astype(float)) @ known
    if both.min() < 2:
        raise StatisticsError("某两个题项共同作答的不足 2 行,无法按 pairwise 计算")
    # Each covariance centres both items on the rows that have both; shifting first only guards the digits.
    filled = np.where(known, table - np.nanmean(table, axis=0), 0.0)
    sums = filled.T @ known
    return (filled.T @ filled - sums * sums.T / both) / (both - 1), table.shape[0]


def _level_constants(table: Floats, known: NDArray[np.bool_]) -> Floats:
    # 0.1 + 0.2 beside 0.3 is rounding, not variance; without this alpha would be computed from the noise.
    if not known.any(axis=0).all():
        raise StatisticsError(f"第 {int(np.argmin(known.any(axis=0))) + 1} 个题项没有任何回答")
    first = table[known.argmax(axis=0), np.arange(table.shape[1])]
    flat = constant_columns(np.where(known, table, first))
    # Level 0: about any other one the mean itself would round.
    return np.where(flat & known, 0.0, table)


def _loadings(loadings: Values) -> Floats:
    if isinstance(loadings, Mapping):
        loadings = list(loadings.values())
    checked = as_vector(loadings, "载荷")
    if (np.abs(checked) > 1 + 1e-9).any():
        place = int(np.argmax(np.abs(checked)))
        raise StatisticsError(f"第 {place + 1} 个载荷为 {checked[place]:g}:标准化载荷必须在 -1 与 1 之间")
    return checked

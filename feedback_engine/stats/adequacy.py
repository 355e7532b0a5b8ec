"""Do items correlate enough to be summed up: Kaiser-Meyer-Olkin, Bartlett's test of sphericity."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from scipy import stats

from feedback_engine.errors import StatisticsError, StatisticsWarning
from feedback_engine.stats.arrays import Floats, Values, as_count, as_matrix, names_of, refuse_constant
from feedback_engine.stats.correlation import COLLINEAR

# Computed correlations are symmetric, and 1 with themselves, up to this.
_ROUNDING = 1e-8


@dataclass(frozen=True, slots=True)
class SamplingAdequacy:
    """Kaiser-Meyer-Olkin measure over all items, and per item."""

    value: float
    items: Floats

    def __float__(self) -> float:
        return self.value


@dataclass(frozen=True, slots=True)
class Sphericity:
    """Bartlett's test that the items do not correlate: χ² (also `.statistic`), degrees of freedom, p."""

    value: float
    degrees_of_freedom: int
    p_value: float

    @property
    def statistic(self) -> float:
        """The χ² value."""
        return self.value

    def __float__(self) -> float:
        return self.value


def kmo(items: Values) -> SamplingAdequacy:
    """Return the Kaiser-Meyer-Olkin measure Σr² / (Σr² + Σq²) with q the partial correlations given all other items.

    In place of answers a correlation matrix will do (symmetric, with a diagonal of 1). A singular one is inverted as a
    pseudo-inverse, with a warning.
    """
    r, _ = read_correlation(items)
    inverse = _inverse(r)
    scale = np.sqrt(np.diag(inverse))
    partial = inverse / np.outer(scale, scale)
    off = ~np.eye(r.shape[0], dtype=bool)
    common, own = np.where(off, r**2, 0.0), np.where(off, partial**2, 0.0)
    if common.sum() + own.sum() <= 0:
        raise StatisticsError("题项两两不相关:KMO 没有定义")
    alone = common.sum(axis=0) + own.sum(axis=0) <= 0
    if alone.any():
        name = names_of(items, r.shape[0])[int(np.argmax(alone))]
        raise StatisticsError(f"题项 {name} 与其余题项都不相关:KMO 没有定义;请去掉该题项")
    per_item = common.sum(axis=0) / (common.sum(axis=0) + own.sum(axis=0))
    return SamplingAdequacy(float(common.sum() / (common.sum() + own.sum())), per_item)


def bartlett(items: Values, n: int | None = None) -> Sphericity:
    """Return Bartlett's test of sphericity, χ² = -ln|R| (n - 1 - (2p+5)/6) on p(p-1)/2 degrees of freedom.

    In place of answers a correlation matrix will do, with the number `n` of those it comes from.
    """
    r, rows = read_correlation(items)
    p = r.shape[0]
    base = rows if n is None else as_count(n, "n", least=3)
    if base is None:
        raise StatisticsError("items 是相关矩阵:Bartlett 检验还需要人数 n,请用 n= 传入")
    if rows is not None and base != rows:
        raise StatisticsError(f"n 为 {base},而 items 有 {rows} 行:只有相关矩阵才需要 n")
    if base <= p:
        raise StatisticsError(f"{base} 人答 {p} 个题项:人数要多于题项,相关矩阵的行列式才不是 0;Bartlett 检验没有定义")
    if np.linalg.eigvalsh(r)[0] < COLLINEAR:
        raise StatisticsError("题项完全共线(相关矩阵行列式为 0):Bartlett 检验没有定义;请去掉重复题项")
    chi = float(-np.linalg.slogdet(r)[1] * (base - 1 - (2 * p + 5) / 6))
    freedom = p * (p - 1) // 2
    return Sphericity(chi, freedom, float(stats.chi2.sf(chi, freedom)))


def read_correlation(items: Values) -> tuple[Floats, int | None]:
    """Return the items' correlations and the number of answers, None where they were given as correlations."""
    table = as_matrix(items, "items", minimum_rows=2)
    if table.shape[1] < 2:
        raise StatisticsError("至少需要 2 个题项")
    if _is_correlation(table):
        if np.linalg.eigvalsh(table)[0] < -1e-8:
            raise StatisticsError("items 像相关矩阵,但有负的特征值:没有任何数据会有这样的相关,请核对数值")
        r: Floats = (table + table.T) / 2
        np.fill_diagonal(r, 1.0)
        return r, None
    table = as_matrix(items, "items", minimum_rows=3)
    refuse_constant(table, "items", names_of(items, table.shape[1]))
    return np.asarray(np.corrcoef(table, rowvar=False)), table.shape[0]


def _is_correlation(table: Floats) -> bool:
    # Answers are not symmetric, with as many people as items and everybody's own item answered by 1.
    if table.shape[0] != table.shape[1] or np.abs(table).max() > 1 + _ROUNDING:
        return False
    return bool(np.abs(np.diag(table) - 1).max() <= _ROUNDING and np.abs(table - table.T).max() <= _ROUNDING)


def _inverse(r: Floats) -> Floats:
    if np.linalg.eigvalsh(r)[0] > COLLINEAR:
        return np.asarray(np.linalg.inv(r))
    warnings.warn("题项完全共线:相关矩阵用广义逆", StatisticsWarning, stacklevel=3)
    return np.asarray(np.linalg.pinv(r, hermitian=True))

"""Correlation matrices, weighted or not, and what collinearity does to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csgraph

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.arrays import (
    Floats,
    Values,
    as_matrix,
    as_vector,
    as_weights,
    names_of,
    refuse_constant,
)
from feedback_engine.stats.labels import rows_alike

# Smallest eigenvalue of a correlation matrix from which a column counts as a combination of the others.
COLLINEAR = 1e-10


@dataclass(frozen=True, slots=True)
class Predictors:
    """Correlations among p predictors, and of each with the outcome, from n rows."""

    among: Floats
    with_outcome: Floats
    names: tuple[str, ...]
    base: int

    @property
    def is_collinear(self) -> bool:
        """Tell whether one predictor is (almost exactly) a combination of the others."""
        return bool(np.linalg.eigvalsh(self.among)[0] < COLLINEAR)


@rows_alike("x", "y", "weights")
def correlate_predictors(x: Values, y: Values, weights: Values = None) -> Predictors:
    """Return the weighted correlations that every importance measure starts from.

    Constant columns raise by name, and so few rows that any regression on the columns would fit them exactly.
    """
    table = as_matrix(x, "x", minimum_rows=3, allow_column=True)
    outcome = as_vector(y, "y")
    if outcome.size != table.shape[0]:
        raise StatisticsError(f"y 有 {outcome.size} 个值,x 有 {table.shape[0]} 行:两者必须一致")
    names = names_of(x, table.shape[1])
    shares = as_weights(weights, outcome.size)
    used = shares > 0
    if (rows := int(used.sum())) < (needed := len(names) + 2):
        reason = f"{len(names)} 个因素只有 {rows} 行(权重为正的):回归恰好穿过每一行,R² 总是 1"
        raise StatisticsError(f"{reason};至少需要 {needed} 行")
    refuse_constant(table[used], "x", names)
    refuse_constant(outcome[used, None], "y", ("y",))
    r = weighted_correlation(np.column_stack([table, outcome]), shares)
    return Predictors(r[:-1, :-1], r[:-1, -1], names, rows)


def weighted_correlation(table: Floats, weights: Floats) -> Floats:
    """Return the correlation matrix of the columns under row weights."""
    shares = weights / weights.sum()
    centred = table - shares @ table
    covariance = (centred * shares[:, None]).T @ centred
    spread = np.sqrt(np.diag(covariance))
    r: Floats = covariance / np.outer(spread, spread)
    np.fill_diagonal(r, 1.0)
    return r


def resampled_correlations(table: Floats, weights: Floats, count: int, generator: np.random.Generator) -> Floats:
    """Return the correlations (b, q, q) of `count` resamples of the rows, without those in which a column went flat.

    A resample is how often it has each row: all moments of all resamples are one product of matrices.
    """
    rows, columns = table.shape
    centred = table - table.mean(axis=0)
    one, two = np.triu_indices(columns)
    moments = np.column_stack([np.ones(rows), centred, centred[:, one] * centred[:, two]]) * weights[:, None]
    chunk = max(1, 4_000_000 // rows)
    sums = [
        _count_rows(generator.integers(0, rows, (min(chunk, count - start), rows)), rows) @ moments
        for start in range(0, count, chunk)
    ]
    drawn = np.concatenate(sums) if sums else np.empty((0, moments.shape[1]))
    drawn = drawn[drawn[:, 0] > 0]
    means = drawn[:, 1 : columns + 1] / drawn[:, :1]
    covariance = np.empty((len(drawn), columns, columns))
    covariance[:, one, two] = drawn[:, columns + 1 :] / drawn[:, :1] - means[:, one] * means[:, two]
    covariance[:, two, one] = covariance[:, one, two]
    variance = np.diagonal(covariance, axis1=1, axis2=2)
    varied = (variance > 1e-9 * centred.var(axis=0)).all(axis=1)
    spread = np.sqrt(variance[varied])
    r: Floats = covariance[varied] / (spread[:, :, None] * spread[:, None, :])
    return r


def _count_rows(drawn: NDArray[np.int64], rows: int) -> Floats:
    places = drawn + rows * np.arange(len(drawn))[:, None]
    return np.bincount(places.ravel(), minlength=len(drawn) * rows).reshape(len(drawn), rows).astype(np.float64)


@rows_alike("x", "weights")
def vif(x: Values, weights: Values = None) -> Floats:
    """Return each column's variance inflation factor 1/(1-R²_j); infinite where it is a combination of the others."""
    table = as_matrix(x, "x", minimum_rows=3)
    refuse_constant(table, "x", names_of(x, table.shape[1]))
    r = weighted_correlation(table, as_weights(weights, table.shape[0]))
    return _inflation(r)


@rows_alike("x", "weights")
def group_collinear(
    x: Values, vif_max: float = 10.0, r_max: float = 0.9, weights: Values = None
) -> tuple[tuple[int, ...], ...]:
    """Return the columns as groups that can be told apart: linked where |r| > r_max, or by a VIF > vif_max.

    A column over the VIF limit joins its strongest correlate. Pass the groups to `lmg(x, y, groups=…)`.
    """
    table = as_matrix(x, "x", minimum_rows=3)
    refuse_constant(table, "x", names_of(x, table.shape[1]))
    r = weighted_correlation(table, as_weights(weights, table.shape[0]))
    links = np.abs(r) > r_max
    others = np.abs(r) - np.eye(r.shape[0])
    for column in np.flatnonzero(_inflation(r) > vif_max):
        links[column, np.argmax(others[column])] = True
    count, labels = csgraph.connected_components(links, directed=False)
    groups = [tuple(int(place) for place in np.flatnonzero(labels == label)) for label in range(count)]
    return tuple(sorted(groups))


def _inflation(r: Floats) -> Floats:
    values, vectors = np.linalg.eigh(r)
    tiny = values < 1e-10
    involved = (vectors[:, tiny] ** 2).sum(axis=1) > 1e-8
    solid = (vectors[:, ~tiny] ** 2 / values[~tiny]).sum(axis=1)
    return np.where(involved, np.inf, np.maximum(solid, 1.0))

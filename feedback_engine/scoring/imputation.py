"""Multiple imputation of skipped answers under a normal model: bootstrap, EM, conditional draws (EMB).

Each imputation estimates mean and covariance by EM on a resample of the respondents, and draws what is missing from its
distribution given what is there: so that the imputations differ by what is not known. Honaker & King (2010).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from feedback_engine.errors import StatisticsError
from feedback_engine.scoring.samples import Floats, Ints

Mask = NDArray[np.bool_]

_MOST_ROUNDS = 50
_TOLERANCE = 1e-4
#: Share of the average variance that keeps a covariance matrix invertible.
_RIDGE = 1e-6


def impute(table: Floats, *, count: int, seed: int = 0) -> Iterator[Floats]:
    """Yield `count` completed copies of a table with gaps (NaN); a column without any value is a StatisticsError."""
    observed = ~np.isnan(table)
    if not observed.any(axis=0).all():
        empty = int(np.argmin(observed.any(axis=0)))
        raise StatisticsError(f"第 {empty + 1} 列没有任何回答，无法插补")
    kept = table[observed.any(axis=1)]
    generator = np.random.default_rng(seed)
    for _ in range(count):
        rows = generator.integers(0, len(kept), len(kept))
        mean, covariance = _estimate(kept[rows], table)
        yield _draw(table, mean, covariance, generator)


def _patterns(table: Floats) -> Iterator[tuple[Ints, Mask]]:
    """Yield row numbers and the mask of missing columns, for each pattern of gaps."""
    missing = np.isnan(table)
    masks, inverse = np.unique(missing, axis=0, return_inverse=True)
    for place, mask in enumerate(masks):
        yield np.flatnonzero(inverse.reshape(-1) == place).astype(np.int64), mask


def _estimate(table: Floats, whole: Floats) -> tuple[Floats, Floats]:
    """Return mean and covariance by EM; a column that the resample lost starts from the whole table's."""
    with np.errstate(invalid="ignore"):
        counted = np.maximum((~np.isnan(table)).sum(axis=0), 1)
        mean = np.where(np.isnan(table).all(axis=0), np.nanmean(whole, axis=0), np.nansum(table, axis=0) / counted)
    covariance = np.diag(np.nanvar(whole, axis=0) + _RIDGE)
    for _ in range(_MOST_ROUNDS):
        filled, extra = _expect(table, mean, covariance)
        new_mean = filled.mean(axis=0)
        centred = filled - new_mean
        new_covariance = (centred.T @ centred + extra) / len(filled)
        moved = float(np.abs(new_covariance - covariance).max() / max(np.abs(covariance).max(), 1e-12))
        mean, covariance = new_mean, new_covariance
        if moved < _TOLERANCE:
            break
    return mean, covariance


def _expect(table: Floats, mean: Floats, covariance: Floats) -> tuple[Floats, Floats]:
    filled, extra = table.copy(), np.zeros_like(covariance)
    for rows, mask in _patterns(table):
        if not mask.any():
            continue
        slope, rest = _condition(covariance, mask)
        filled[np.ix_(rows, mask)] = mean[mask] + (table[np.ix_(rows, ~mask)] - mean[~mask]) @ slope
        extra[np.ix_(mask, mask)] += len(rows) * rest
    return filled, extra


def _condition(covariance: Floats, mask: Mask) -> tuple[Floats, Floats]:
    """Return the regression of the missing on the observed columns, and the covariance that it leaves."""
    known: Floats = covariance[np.ix_(~mask, ~mask)]
    known += np.eye(len(known)) * _RIDGE * max(float(np.trace(covariance)) / len(covariance), 1e-12)
    across = covariance[np.ix_(~mask, mask)]
    slope = np.asarray(np.linalg.solve(known, across), dtype=np.float64) if len(known) else across
    return slope, covariance[np.ix_(mask, mask)] - across.T @ slope


def _draw(table: Floats, mean: Floats, covariance: Floats, generator: np.random.Generator) -> Floats:
    filled = table.copy()
    for rows, mask in _patterns(table):
        if not mask.any():
            continue
        slope, rest = _condition(covariance, mask)
        values, vectors = np.linalg.eigh((rest + rest.T) / 2)
        noise = generator.normal(size=(len(rows), int(mask.sum()))) * np.sqrt(np.maximum(values, 0.0))
        filled[np.ix_(rows, mask)] = mean[mask] + (table[np.ix_(rows, ~mask)] - mean[~mask]) @ slope + noise @ vectors.T
    return filled

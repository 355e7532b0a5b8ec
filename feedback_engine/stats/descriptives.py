"""Descriptive statistics, correlation and regression, each with its base, test and interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.arrays import (
    Floats,
    Values,
    as_matrix,
    as_vector,
    choose,
    constant_columns,
    names_of,
    refuse_constant,
)
from feedback_engine.stats.labels import rows_alike
from feedback_engine.stats.quantiles import normal_quantile, t_quantile

# A spread that is this part of the sum of squares is rounding.
_FLAT = 1e-12


@dataclass(frozen=True, slots=True)
class Description:
    """One column in figures; spread with n-1, quartiles by linear interpolation, NaN where undefined."""

    base: int
    missing: int
    mean: float
    deviation: float
    minimum: float
    lower_quartile: float
    median: float
    upper_quartile: float
    maximum: float
    skewness: float
    kurtosis: float


@dataclass(frozen=True, slots=True)
class Correlation:
    """A correlation with its interval by Fisher's z and the two-sided test that it is 0."""

    r: float
    lower: float
    upper: float
    p_value: float
    base: int


@dataclass(frozen=True, slots=True)
class Correlations:
    """The same of many pairs, a value a pair: `first` and `second` are positions of columns.

    NaN where fewer than three rows have both, or one of the two does not vary among those.
    """

    first: NDArray[np.intp]
    second: NDArray[np.intp]
    r: Floats
    lower: Floats
    upper: Floats
    p_value: Floats
    base: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One regression coefficient."""

    name: str
    estimate: float
    standard_error: float
    t: float
    p_value: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class Regression:
    """An ordinary least-squares fit; the intercept comes first among the coefficients."""

    coefficients: tuple[Coefficient, ...]
    r_squared: float
    adjusted_r_squared: float
    f: float
    p_value: float
    residual_error: float
    base: int
    degrees_of_freedom: int


def describe(x: Values) -> Description:
    """Return the description of one column; NaN are counted as missing."""
    column = as_vector(x, "x", allow_missing=True)
    values = column[~np.isnan(column)]
    if values.size == 0:
        raise StatisticsError("x 全部缺失:没有可描述的值")
    lower, median, upper = np.quantile(values, [0.25, 0.5, 0.75])
    varies = values.size > 1 and not constant_columns(values[:, None])[0]
    return Description(
        base=values.size,
        missing=int(column.size - values.size),
        mean=float(values.mean()),
        deviation=float(values.std(ddof=1)) if values.size > 1 else float("nan"),
        minimum=float(values.min()),
        lower_quartile=float(lower),
        median=float(median),
        upper_quartile=float(upper),
        maximum=float(values.max()),
        skewness=float(stats.skew(values, bias=False)) if varies and values.size > 2 else float("nan"),
        kurtosis=float(stats.kurtosis(values, bias=False)) if varies and values.size > 3 else float("nan"),
    )


@rows_alike("x", "y")
def correlate(x: Values, y: Values, method: str = "pearson", confidence: float = 0.95) -> Correlation:
    """Return Pearson's or Spearman's correlation over the pairs without a gap; a constant column raises."""
    choose(method, "method", ("pearson", "spearman"))
    first, second = as_vector(x, "x", allow_missing=True), as_vector(y, "y", allow_missing=True)
    if first.size != second.size:
        raise StatisticsError(f"x 有 {first.size} 个值,y 有 {second.size} 个:两者必须一致")
    known = ~(np.isnan(first) | np.isnan(second))
    pairs = np.column_stack([first[known], second[known]])
    if pairs.shape[0] < 3:
        raise StatisticsError(f"成对的值只有 {pairs.shape[0]} 个,至少需要 3 个")
    refuse_constant(pairs, "数据", ("x", "y"))
    ranked = np.asarray(stats.rankdata(pairs, axis=0) if method == "spearman" else pairs, dtype=np.float64)
    r = float(np.clip(np.atleast_2d(np.corrcoef(ranked, rowvar=False))[0, 1], -1.0, 1.0))
    lower, upper = (float(bound) for bound in _fisher_bounds(np.array(r), np.array(pairs.shape[0]), confidence))
    freedom = pairs.shape[0] - 2
    t = r * np.sqrt(freedom / (1 - r * r)) if abs(r) < 1 else np.inf
    return Correlation(r, lower, upper, float(2 * stats.t.sf(abs(t), freedom)), pairs.shape[0])


def correlate_pairs(x: Values, confidence: float = 0.95) -> Correlations:
    """Return Pearson's correlation of every two columns over the rows that have both, all computed at once."""
    table = as_matrix(x, "x", allow_missing=True)
    is_known = ~np.isnan(table)
    known = is_known.astype(np.float64)
    means = np.where(is_known, table, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    # About the columns' means, so that the sums lose no digits.
    values = np.where(is_known, table - means, 0.0)
    first, second = np.triu_indices(table.shape[1], 1)
    base = (known.T @ known)[first, second]
    n, sums, squares = np.maximum(base, 1), values.T @ known, (values**2).T @ known
    own, other = sums[first, second], sums[second, first]
    spread, spread_2 = squares[first, second] - own**2 / n, squares[second, first] - other**2 / n
    varies = (spread > _FLAT * squares[first, second]) & (spread_2 > _FLAT * squares[second, first])
    fits = (base >= 3) & varies
    r = np.full(base.size, np.nan)
    together = (values.T @ values)[first, second] - own * other / n
    r[fits] = np.clip(together[fits] / np.sqrt(spread[fits] * spread_2[fits]), -1.0, 1.0)
    lower, upper = _fisher_bounds(r, base, confidence)
    freedom = np.maximum(base - 2, 1)
    t = np.abs(r) * np.sqrt(freedom / np.maximum(1 - r * r, 1e-300))
    return Correlations(first, second, r, lower, upper, 2 * stats.t.sf(t, freedom), base.astype(np.intp))


@rows_alike("x", "y")
def regress(x: Values, y: Values, confidence: float = 0.95, names: Sequence[str] | None = None) -> Regression:
    """Return the least-squares regression of `y` on the columns of `x` with intercept; collinear columns raise.

    `names` default to the frame's columns.
    """
    table, outcome = _as_columns(x), as_vector(y, "y")
    n, k = table.shape
    named = ("截距", *(names or names_of(x, k)))
    _check_regression(table, outcome, named[1:])
    design = np.column_stack([np.ones(n), table])
    fitted = np.asarray(np.linalg.lstsq(design, outcome, rcond=None)[0], dtype=np.float64)
    residual = outcome - design @ fitted
    freedom = n - k - 1
    variance = float(residual @ residual) / freedom
    errors = np.asarray(np.sqrt(variance * np.diag(np.linalg.inv(design.T @ design))), dtype=np.float64)
    r_squared = 1 - float(residual @ residual) / float(((outcome - outcome.mean()) ** 2).sum())
    f = (r_squared / k) / ((1 - r_squared) / freedom) if r_squared < 1 else float("inf")
    return Regression(
        coefficients=_coefficients(named, fitted, errors, freedom, confidence),
        r_squared=r_squared,
        adjusted_r_squared=1 - (1 - r_squared) * (n - 1) / freedom,
        f=f,
        p_value=float(stats.f.sf(f, k, freedom)),
        residual_error=float(np.sqrt(variance)),
        base=n,
        degrees_of_freedom=freedom,
    )


def _check_regression(table: Floats, outcome: Floats, names: tuple[str, ...]) -> None:
    n, k = table.shape
    if outcome.size != n or n < k + 2:
        raise StatisticsError(f"x 有 {n} 行 {k} 列,y 有 {outcome.size} 个值:行数须一致且至少 {k + 2}")
    refuse_constant(table, "x", names)
    refuse_constant(outcome[:, None], "y", ("y",))
    if np.linalg.matrix_rank((table - table.mean(axis=0)) / table.std(axis=0)) < k:
        raise StatisticsError(f"x 的列({'、'.join(names)})完全共线,系数无法区分;请去掉其一")


def _as_columns(x: Values) -> Floats:
    # One column may come as a plain list or series.
    if getattr(x, "ndim", None) == 1 or (isinstance(x, list | tuple) and not any(np.iterable(row) for row in x)):
        return as_vector(x, "x")[:, None]
    return as_matrix(x, "x")


def _coefficients(
    names: tuple[str, ...], fitted: Floats, errors: Floats, freedom: int, confidence: float
) -> tuple[Coefficient, ...]:
    half = t_quantile(confidence, freedom) * errors
    t = np.where(errors > 0, fitted / np.where(errors > 0, errors, 1.0), np.copysign(np.inf, fitted))
    p = 2 * stats.t.sf(np.abs(t), freedom)
    return tuple(
        Coefficient(name, *(float(number) for number in row))
        for name, *row in zip(names, fitted, errors, t, p, fitted - half, fitted + half, strict=True)
    )


def _fisher_bounds(r: Floats, n: Floats, confidence: float) -> tuple[Floats, Floats]:
    half = normal_quantile(confidence) / np.sqrt(np.maximum(n - 3, 1))
    # Of three rows nothing is known; a perfect correlation is what it is.
    is_perfect, is_open = np.abs(r) >= 1 - 1e-15, (n <= 3) & ~np.isnan(r)
    centre = np.arctanh(np.where(is_perfect, 0.0, r))
    lower, upper = (
        np.where(is_open, end, np.where(is_perfect, r, np.tanh(centre + end * half))) for end in (-1.0, 1.0)
    )
    return lower, upper

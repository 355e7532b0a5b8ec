"""Weights from how indicators vary over objects (branches, regions), and combinations of weights.

They weigh dispersion, not importance to customers: x is an object × indicator table, never rows of respondents.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np

from feedback_engine.errors import StatisticsError, StatisticsWarning
from feedback_engine.stats.arrays import (
    Floats,
    Values,
    as_matrix,
    as_number,
    as_shares,
    as_vector,
    as_weights,
    choose,
    constant_columns,
    names_of,
    show,
)
from feedback_engine.stats.components import principal_components
from feedback_engine.stats.labels import columns_of, in_order_of, rows_of
from feedback_engine.stats.normalise import cost_mask, normalise_columns

PCA_METHODS = ("squared", "absolute", "coefficient")
COMBINATIONS = ("linear", "multiplicative", "game")


def entropy_weights(x: Values, normalise: str = "ratio", cost: Values = None, shift: float = 0.0) -> Floats:
    """Return entropy weights (熵权法), w = (1-e) / Σ(1-e); a constant column gets 0, all constant equal weights.

    Published Western examples normalise by "ratio" (x/Σx of the raw values), Chinese practice by "minmax" first; the
    results differ. `cost` names the indicators where less is better; `shift` is added after min-max (often 0.0001-1).
    """
    return _shares_or_equal(1 - entropy(x, normalise, cost, shift))


def entropy(x: Values, normalise: str = "ratio", cost: Values = None, shift: float = 0.0) -> Floats:
    """Return each column's entropy e = -Σ p ln p / ln n (0 ln 0 = 0); 1 for a column without variation."""
    table = as_matrix(x, "x", minimum_rows=2)
    mask = cost_mask(in_order_of(columns_of(x), cost, "cost", "x"), names_of(x, table.shape[1]), table.shape[1])
    flat = constant_columns(table)
    scaled = normalise_columns(table, normalise, mask) + as_number(shift, "shift", least=0)
    if (scaled < 0).any():
        raise StatisticsError(f"归一化({normalise})后仍有负值,熵没有定义;请用 minmax 或加 shift")
    scaled[:, flat] = 1.0
    p = scaled / scaled.sum(axis=0)
    logs = np.log(np.where(p > 0, p, 1.0))
    return np.where(flat, 1.0, -(p * logs).sum(axis=0) / np.log(table.shape[0]))


def critic_weights(x: Values, cost: Values = None, normalise: str = "minmax", absolute: bool = False) -> Floats:
    """Return CRITIC weights, w ∝ s_j Σ_k (1 - r_jk) of the normalised columns (Diakoulaki et al. 1995).

    Cost indicators are turned round, which changes their correlations. `absolute` takes 1 - |r|, so that a strong
    negative correlation counts as redundancy, not as conflict. A constant column gets 0.
    """
    table = as_matrix(x, "x", minimum_rows=2)
    mask = cost_mask(in_order_of(columns_of(x), cost, "cost", "x"), names_of(x, table.shape[1]), table.shape[1])
    scaled = normalise_columns(table, normalise, mask)
    varied = ~constant_columns(table)
    information = np.zeros(table.shape[1])
    if varied.any():
        r = np.atleast_2d(np.corrcoef(scaled[:, varied], rowvar=False))
        conflict = (1 - (np.abs(r) if absolute else r)).sum(axis=0)
        information[varied] = scaled[:, varied].std(axis=0, ddof=1) * np.maximum(conflict, 0.0)
    # One column varying, or all moving as one: correlation tells nothing, so the spread alone decides.
    if varied.any() and information.sum() <= 1e-12 * table.shape[1]:
        information[varied] = scaled[:, varied].std(axis=0, ddof=1)
    return _shares_or_equal(information)


def variation_weights(x: Values) -> Floats:
    """Return weights proportional to each column's coefficient of variation, s/|mean|; a mean of 0 raises."""
    table = as_matrix(x, "x", minimum_rows=2)
    means = table.mean(axis=0)
    zero = np.abs(means) <= 1e-12 * np.maximum(np.abs(table).max(axis=0), 1e-300)
    if zero.any():
        name = names_of(x, table.shape[1])[int(np.argmax(zero))]
        raise StatisticsError(f"x 的{name}均值为 0,变异系数没有定义;请换量纲或去掉该列")
    spread = np.where(constant_columns(table), 0.0, table.std(axis=0, ddof=1))
    return _shares_or_equal(spread / np.abs(means))


def pca_weights(x: Values, method: str = "squared", keep: str | int = "either", share: float = 0.85) -> Floats:
    """Return weights from the principal components of the correlation matrix.

    "squared" Σ_k v_jk² λ_k (free of signs) · "absolute" Σ_k |v_jk| λ_k · "coefficient" |Σ_k v_jk λ_k| (主成分综合得分
    系数, each component signed to a positive sum), over the kept components. `keep`: "kaiser" λ > 1, "share" as many as
    explain `share`, "either" the larger of both, or a number of components.
    """
    choose(method, "method", PCA_METHODS)
    components = principal_components(x)
    kept = components.count_kept(keep, share)
    vectors, values = components.vectors[:, :kept], components.eigenvalues[:kept]
    if method == "squared":
        raw = vectors**2 @ values
    elif method == "absolute":
        raw = np.abs(vectors) @ values
    else:
        raw = np.abs(vectors @ values)
    weights: Floats = raw / raw.sum()
    return weights


def combine(a: Values, b: Values, method: str = "linear", alpha: float = 0.5) -> Floats:
    """Return one weight vector from two, summing to 1.

    "linear" alpha·a + (1-alpha)·b · "multiplicative" a·b / Σab · "game" by `game_coefficients`.
    """
    choose(method, "method", COMBINATIONS)
    first = _given(a, "a")
    second = as_weights(in_order_of(rows_of(a), b, "b", "a"), first.size, "b")
    alpha = as_number(alpha, "alpha") if method == "linear" else 0.0
    if not 0 <= alpha <= 1:
        raise StatisticsError(f"alpha 为 {show(alpha)}:必须在 0 与 1 之间")
    if method == "multiplicative":
        return _multiply(first, second)
    share = np.array([alpha, 1 - alpha]) if method == "linear" else game_coefficients([first, second])
    return as_shares(share[0] * first + share[1] * second, first.size)


def game_coefficients(vectors: Sequence[Values]) -> Floats:
    """Return the shares of several weight vectors in their game-theoretic combination (博弈论组合赋权).

    Solves Σ_l α_l (w_k·w_l) = w_k·w_k and scales |α| to sum 1; where the vectors are dependent, equal shares.
    """
    named = [(f"第 {number} 组权重", vector) for number, vector in enumerate(vectors, 1)]
    labels = rows_of(named[0][1]) if named else None
    given = [_given(in_order_of(labels, vector, name, named[0][0]), name) for name, vector in named]
    if len({vector.size for vector in given}) != 1:
        raise StatisticsError(f"各组权重的指标数不同:{[vector.size for vector in given]}")
    stacked = np.stack(given)
    products = stacked @ stacked.T
    if np.linalg.cond(products) > 1e12:
        return np.full(stacked.shape[0], 1 / stacked.shape[0])
    alpha = np.abs(np.linalg.solve(products, np.diag(products)))
    shares: Floats = alpha / alpha.sum()
    return shares


def _given(values: Values, name: str) -> Floats:
    vector = as_vector(values, name)
    return as_weights(vector, vector.size, name)


def _multiply(first: Floats, second: Floats) -> Floats:
    product = first * second
    if product.sum() <= 0:
        raise StatisticsError("两组权重逐项相乘全为 0:没有任何指标同时有正权重;请改用 linear")
    if ((product == 0) & (first + second > 0)).any():
        place = int(np.argmax((product == 0) & (first + second > 0)))
        warnings.warn(f"乘法组合把第 {place + 1} 个指标的权重变为 0", StatisticsWarning, stacklevel=3)
    weights: Floats = product / product.sum()
    return weights


def _shares_or_equal(information: Floats) -> Floats:
    information = np.maximum(information, 0.0)
    if information.sum() <= 0:
        warnings.warn("所有指标都没有变化:改用等权", StatisticsWarning, stacklevel=3)
        return np.full(information.size, 1 / information.size)
    shares: Floats = information / information.sum()
    return shares

"""Pairwise judgement matrices: what makes one valid, and how missing judgements are filled."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import optimize
from scipy.sparse import csgraph

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.arrays import Floats, Values, as_matrix, as_number, names_of
from feedback_engine.stats.labels import columns_of, in_order_of


def check_judgements(matrix: Values, tolerance: float = 0.05) -> Floats:
    """Return a complete, positive, exactly reciprocal copy of `matrix`; the entry that breaks this is named.

    Of two entries whose product is 1 only within `tolerance`, the one above 1 is taken (it lost less to rounding).
    """
    judged = _check_given(matrix, tolerance)
    missing = np.argwhere(np.isnan(judged))
    if missing.size:
        row, column = missing[0]
        raise StatisticsError(f"判断矩阵 ({row + 1},{column + 1}) 缺失;请补齐,或先用 complete_matrix 按最小 λ_max 补全")
    return judged


def complete_matrix(matrix: Values, tolerance: float = 0.05) -> Floats:
    """Return the matrix with its NaN judgements chosen so that λ_max is minimal (Bozóki, Fülöp & Rónyai 2010).

    A judgement given on one side only fills its reciprocal. Raises where the given judgements do not link all items:
    then the weights cannot be determined.
    """
    filled = _check_given(matrix, tolerance)
    missing = np.argwhere(np.triu(np.isnan(filled), 1))
    if missing.size == 0:
        return filled
    _refuse_unlinked(~np.isnan(filled), names_of(matrix, filled.shape[0]))
    rows, columns = missing[:, 0], missing[:, 1]
    start = _least_squares_logs(filled)
    # λ_max is strictly convex in the logarithms of the missing judgements, so the local minimum is the minimum.
    solution = optimize.minimize(
        lambda logs: _spectral_radius(filled, rows, columns, logs),
        start[rows] - start[columns],
        jac=True,
        method="BFGS",
        options={"gtol": 1e-11, "maxiter": 1000},
    )
    return _fill(filled, rows, columns, _newton_polish(filled, rows, columns, solution.x))


def _check_given(matrix: Values, tolerance: float) -> Floats:
    matrix = in_order_of(None if isinstance(matrix, Mapping) else columns_of(matrix), matrix, "判断矩阵的行", "列")
    judged = as_matrix(matrix, "判断矩阵", allow_missing=True).copy()
    tolerance = as_number(tolerance, "tolerance", least=0)
    size = judged.shape[0]
    if judged.shape != (size, size):
        raise StatisticsError(f"判断矩阵应为方阵,收到 {judged.shape[0]} 行 {judged.shape[1]} 列")
    _refuse_entry(judged <= 0, judged, "必须 > 0(缺失请写 NaN)")
    _refuse_entry(np.diag(np.abs(np.diag(judged) - 1) > 1e-6), judged, "对角线必须为 1")
    np.fill_diagonal(judged, 1.0)
    judged = np.where(np.isnan(judged), 1 / judged.T, judged)
    _refuse_entry(np.abs(judged * judged.T - 1) > tolerance, judged, "与对称位置的值不互为倒数")
    exact = np.abs(judged * judged.T - 1) < 1e-12
    return np.where(exact | np.isnan(judged) | (judged >= 1), judged, 1 / judged.T)


def _refuse_entry(wrong: np.ndarray, judged: Floats, reason: str) -> None:
    if wrong.any():
        row, column = (int(place) for place in np.argwhere(wrong)[0])
        raise StatisticsError(
            f"判断矩阵 ({row + 1},{column + 1}) = {judged[row, column]:g},"
            f"({column + 1},{row + 1}) = {judged[column, row]:g}:{reason}"
        )


def _refuse_unlinked(given: np.ndarray, names: tuple[str, ...]) -> None:
    count, labels = csgraph.connected_components(given, directed=False)
    if count > 1:
        apart = "、".join(names[place] for place in np.flatnonzero(labels != labels[0]))
        raise StatisticsError(
            f"已给的判断不能把所有元素连起来({apart} 与第一个元素没有任何比较):无法确定权重,请补充判断"
        )


def _least_squares_logs(filled: Floats) -> Floats:
    given = ~np.isnan(filled) & ~np.eye(filled.shape[0], dtype=bool)
    laplacian = np.diag(given.sum(axis=1)) - given
    sums = np.where(given, np.log(np.where(given, filled, 1.0)), 0.0).sum(axis=1)
    logs: Floats = np.linalg.lstsq(laplacian.astype(float), sums, rcond=None)[0]
    return logs


def _fill(matrix: Floats, rows: np.ndarray, columns: np.ndarray, logs: Floats) -> Floats:
    filled = matrix.copy()
    filled[rows, columns] = np.exp(logs)
    filled[columns, rows] = np.exp(-logs)
    return filled


def _spectral_radius(matrix: Floats, rows: np.ndarray, columns: np.ndarray, logs: Floats) -> tuple[float, Floats]:
    filled = _fill(matrix, rows, columns, logs)
    value, right = _perron(filled)
    _, left = _perron(filled.T)
    scale = left @ right
    gradient = left[rows] * filled[rows, columns] * right[columns] - left[columns] * filled[columns, rows] * right[rows]
    return value, gradient / scale


def _newton_polish(matrix: Floats, rows: np.ndarray, columns: np.ndarray, logs: Floats) -> Floats:
    # BFGS stops where λ_max no longer changes; the root of the gradient is known to more digits than that.
    root = optimize.root(lambda point: _spectral_radius(matrix, rows, columns, point)[1], logs, tol=1e-14)
    better = np.abs(root.fun).max() <= np.abs(_spectral_radius(matrix, rows, columns, logs)[1]).max()
    polished: Floats = root.x if better else logs
    return polished


def _perron(matrix: Floats) -> tuple[float, Floats]:
    values, vectors = np.linalg.eig(matrix)
    place = np.argmax(values.real)
    return float(values[place].real), np.abs(vectors[:, place].real)

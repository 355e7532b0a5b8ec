"""Analytic hierarchy process: weights from pairwise judgements, their consistency, hierarchies of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.arrays import (
    Floats,
    Values,
    as_number,
    as_vector,
    as_weights,
    choose,
    is_column,
    names_of,
    show,
)
from feedback_engine.stats.judgements import check_judgements, complete_matrix
from feedback_engine.stats.labels import as_names, in_order_of, labels_of

__all__ = [
    "AhpResult",
    "Judgement",
    "ahp_weights",
    "complete_matrix",
    "find_random_index",
    "group_judgements",
    "hierarchy_consistency",
    "hierarchy_weights",
]

# Mean consistency index of random reciprocal matrices for m = 1, 2, 3, …: two tables of Saaty's circulate.
RANDOM_INDEX: dict[str, tuple[float, ...]] = {
    "saaty1980": (0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59),
    "saaty_later": (0, 0, 0.52, 0.89, 1.11, 1.25, 1.35, 1.40, 1.45, 1.49, 1.52, 1.54, 1.56, 1.58, 1.59),
}
# No random index, and no other divisor here, comes near.
_TINY = 1e-9
#: From this share of the largest on a part is as large, but for rounding.
_EQUAL = 1.0 - 1e-6
METHODS = ("eigenvector", "geometric_mean", "column_mean")
RandomIndex = str | float | Sequence[float] | Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Judgement:
    """One comparison: what was given, what the weights imply, and its part of the inconsistency λ_max - m (0…1).

    Among three items all have the same part, a third: which of them is wrong the judgements do not tell.
    """

    row: str
    column: str
    given: float
    implied: float
    contribution: float


@dataclass(frozen=True, slots=True)
class AhpResult:
    """Weights in the order of the matrix, with Saaty's consistency figures."""

    weights: Floats
    lambda_max: float
    consistency_index: float
    consistency_ratio: float
    random_index: float
    names: tuple[str, ...]
    # None where the judgements are perfectly consistent.
    worst_judgement: Judgement | None

    def is_consistent(self, ratio_max: float = 0.10) -> bool:
        """Tell whether the consistency ratio stays below `ratio_max`."""
        return self.consistency_ratio < ratio_max


def ahp_weights(
    matrix: Values, ri: RandomIndex = "saaty1980", method: str = "eigenvector", tolerance: float = 0.05
) -> AhpResult:
    """Return weights and consistency of a reciprocal judgement matrix (Saaty).

    CI = (λ-m)/(m-1), CR = CI/RI; for m ≤ 2 the ratio is 0. `ri` names a table, or is one: values from m = 1 (from m = 3
    when the first is not 0), a mapping m → RI, or the one value. `method`: "eigenvector", "geometric_mean" (方根法),
    "column_mean" (和法). Reciprocals printed in rounded form (0.33 for 1/3) are restored within `tolerance`.
    """
    choose(method, "method", METHODS)
    judged = check_judgements(matrix, tolerance)
    size = judged.shape[0]
    weights = _priorities(judged, method)
    lambda_max = float(np.mean(judged @ weights / weights))
    index = max(0.0, (lambda_max - size) / (size - 1)) if size > 2 else 0.0
    expected = find_random_index(ri, size)
    ratio = index / expected if size > 2 else 0.0
    names = names_of(matrix, size)
    return AhpResult(weights, lambda_max, index, ratio, expected, names, _worst(judged, weights, names))


def group_judgements(matrices: Sequence[Values], weights: Values = None) -> Floats:
    """Return the group's matrix: the (weighted) geometric mean of each judgement over the experts."""
    if not is_column(matrices) or len(matrices) == 0:
        raise StatisticsError(f"没有任何专家的判断矩阵:应为 [矩阵, …],收到 {show(matrices)}")
    checked = [check_judgements(matrix) for matrix in matrices]
    if len({labels for matrix in matrices if (labels := labels_of(matrix))}) > 1:
        raise StatisticsError("各专家矩阵的元素或其顺序不同:请让各矩阵的列名一致")
    if len({matrix.shape for matrix in checked}) > 1:
        raise StatisticsError(f"各专家矩阵大小不一:{[matrix.shape[0] for matrix in checked]}")
    shares = as_weights(weights, len(checked), "专家权重")
    group: Floats = np.exp(np.average(np.log(np.stack(checked)), axis=0, weights=shares))
    return group


def find_random_index(ri: RandomIndex, size: int) -> float:
    """Return the random index for a matrix of `size`; an unknown table or a size beyond it raises."""
    table: Any = RANDOM_INDEX[choose(ri, "ri", tuple(RANDOM_INDEX))] if isinstance(ri, str) else ri
    if size <= 2:
        return 0.0
    value = _look_up(table, size)
    if value is None or not value > _TINY:
        raise StatisticsError(f"随机一致性指标 RI 没有 {size} 阶的值(> 0);请用 ri= 传入自己的表")
    return float(value)


def hierarchy_weights(
    tree: Mapping[str, Any], ri: RandomIndex = "saaty1980", method: str = "eigenvector"
) -> dict[str, float]:
    """Return the global weight of every leaf of `{"matrix": …, "children": [subtree or leaf name, …]}`.

    A leaf under several branches (an alternative judged by each criterion) collects its parts. `"weights": […]` may
    stand in place of `"matrix"`; a single child needs neither.
    """
    collected: dict[str, float] = {}
    for _, child, weight in _walk(tree, ri, method, 1.0, "根节点"):
        if not isinstance(child, Mapping):
            collected[str(child)] = collected.get(str(child), 0.0) + weight
    return collected


def hierarchy_consistency(
    tree: Mapping[str, Any], ri: RandomIndex = "saaty1980", method: str = "eigenvector"
) -> dict[str, AhpResult]:
    """Return the consistency of every judgement matrix of a hierarchy, by the place of its node ("根节点/2/1")."""
    nodes = {"根节点": tree}
    for place, child, _ in _walk(tree, ri, method, 1.0, "根节点"):
        if isinstance(child, Mapping):
            nodes[place] = child
    return {place: ahp_weights(node["matrix"], ri, method) for place, node in nodes.items() if "matrix" in node}


def _walk(
    node: Mapping[str, Any], ri: RandomIndex, method: str, weight: float, place: str
) -> Iterator[tuple[str, Any, float]]:
    given = node.get("children", ()) if isinstance(node, Mapping) else ()
    children = list(given) if is_column(given) and not isinstance(given, Mapping) else []
    if not children:
        raise StatisticsError(f"层次结构 {place} 没有 children:应为 [子层或名称, …],收到 {show(given)}")
    as_names([child for child in children if not isinstance(child, Mapping)], f"层次结构 {place} 的 children")
    for position, (child, share) in enumerate(zip(children, _local(node, children, ri, method, place), strict=True), 1):
        inner = f"{place}/{position}"
        yield inner, child, weight * float(share)
        if isinstance(child, Mapping):
            yield from _walk(child, ri, method, weight * float(share), inner)


def _local(node: Mapping[str, Any], children: list[Any], ri: RandomIndex, method: str, place: str) -> Floats:
    try:
        if "matrix" in node:
            local = ahp_weights(node["matrix"], ri, method).weights
        else:
            given = node.get("weights", [1.0] if len(children) == 1 else [])
            names = None if any(isinstance(child, Mapping) for child in children) else children
            local = as_weights(in_order_of(names, given, "weights", "children"), len(children))
    except StatisticsError as error:
        raise StatisticsError(f"层次结构 {place}:{error}") from error
    if local.size != len(children):
        raise StatisticsError(f"层次结构 {place} 的矩阵为 {local.size} 阶,children 有 {len(children)} 个:两者必须一致")
    shares: Floats = local / local.sum()
    return shares


def _priorities(matrix: Floats, method: str) -> Floats:
    if method == "geometric_mean":
        raw = np.exp(np.log(matrix).mean(axis=1))
    elif method == "column_mean":
        raw = (matrix / matrix.sum(axis=0)).mean(axis=1)
    else:
        values, vectors = np.linalg.eig(matrix)
        raw = np.abs(vectors[:, np.argmax(values.real)].real)
    weights: Floats = raw / raw.sum()
    return weights


def _worst(matrix: Floats, weights: Floats, names: tuple[str, ...]) -> Judgement | None:
    # λ_max - m = (1/m) Σ_{i<j} (ε + 1/ε - 2) with ε = a_ij w_j / w_i: each pair's part can be read off.
    error = matrix * weights / weights[:, None]
    parts = np.triu(error + 1 / error - 2, 1)
    total = parts.sum()
    if total <= 1e-9:
        return None
    # Among three items all pairs have the same part, but for rounding: of equals the first, on any machine.
    row, column = (int(place) for place in np.unravel_index(np.argmax(parts > parts.max() * _EQUAL), parts.shape))
    implied = float(weights[row] / weights[column])
    return Judgement(names[row], names[column], float(matrix[row, column]), implied, float(parts[row, column] / total))


def _look_up(table: Any, size: int) -> float | None:
    if isinstance(table, Mapping):
        return table.get(size)
    if not np.iterable(table):
        return as_number(table, "ri", above=0)
    values = as_vector(table, "ri")
    position = size - 1 if values[0] == 0 else size - 3
    return float(values[position]) if position < values.size else None

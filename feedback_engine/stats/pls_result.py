"""What a fitted PLS path model says, and its 0-100 index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.arrays import Floats, as_number
from feedback_engine.stats.pls_model import Path


@dataclass(frozen=True, slots=True)
class PathTest:
    """Least-squares test of one path: coefficient, standard error, t on n - k - 1 degrees of freedom, two-sided p."""

    estimate: float
    standard_error: float
    t: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its bootstrap standard error and percentile interval."""

    estimate: float
    lower: float
    upper: float
    standard_error: float


@dataclass(frozen=True, slots=True)
class PlsIntervals:
    """Bootstrap intervals by the same keys as in the result; single-item blocks have none for loading and weight."""

    paths: dict[Path, Interval]
    total_effects: dict[Path, Interval]
    loadings: dict[str, Interval]
    weights: dict[str, Interval]
    r_squared: dict[str, Interval]
    # Resamples that were usable: every item varied and the algorithm converged.
    resamples: int


@dataclass(frozen=True, slots=True)
class PlsResult:
    """A fitted model; standardised figures unless said otherwise."""

    paths: dict[Path, float]
    path_tests: dict[Path, PathTest]
    # Along every directed route, one or more arrows long.
    total_effects: dict[Path, float]
    indirect_effects: dict[Path, float]
    loadings: dict[str, float]
    # Outer weights: scores are Σ weight × item (standardised item, or centred item when not scaled).
    weights: dict[str, float]
    # The same for items in their own units; what an index from means uses.
    raw_weights: dict[str, float]
    # 0 for latents without causes.
    r_squared: dict[str, float]
    # Mean squared loading of each block.
    average_variance_extracted: dict[str, float]
    correlations: dict[Path, float]
    goodness_of_fit: float
    # Frame of standardised latent scores, indexed like the rows used.
    scores: Any
    iterations: int
    is_converged: bool
    base: int
    dropped: int
    blocks: dict[str, tuple[str, ...]]
    item_means: dict[str, float]
    intervals: PlsIntervals | None


def latent_index(
    result: PlsResult, low: float | Mapping[str, float], high: float | Mapping[str, float], latents: Iterable[str] = ()
) -> dict[str, float]:
    """Return the 0-100 index of each latent, 100 Σ w (x̄ - low) / Σ w (high - low) with weights in the items' own units.

    `low` and `high` are the ends of the scale, for all items or per item. A negative weight raises and names the item:
    the index could leave 0…100 (usually a reversed item).
    """
    found = {}
    for latent in tuple(latents) or tuple(result.blocks):
        if latent not in result.blocks:
            raise StatisticsError(f"模型里没有潜变量 {latent};有:{'、'.join(result.blocks)}")
        items = result.blocks[latent]
        outer = np.array([result.raw_weights[item] for item in items])
        if (outer < 0).any():
            name = items[int(np.argmin(outer))]
            raise StatisticsError(
                f"{latent} 的题项 {name} 外部权重为负({outer.min():.3g}),指数会越出 0–100;请检查是否反向题"
            )
        bottom, top = (_bounds(end, items, name) for end, name in ((low, "low"), (high, "high")))
        if (top <= bottom).any():
            raise StatisticsError(f"{latent} 的量表上限不大于下限")
        means = np.array([result.item_means[item] for item in items])
        found[latent] = float(100 * outer @ (means - bottom) / (outer @ (top - bottom)))
    return found


def _bounds(end: float | Mapping[str, float], items: Iterable[str], name: str) -> Floats:
    ends = end if isinstance(end, Mapping) else dict.fromkeys(items, end)
    lacking = [item for item in items if item not in ends]
    if lacking:
        raise StatisticsError(f"{name} 里没有题项 {lacking[0]} 的量表端点;请给出一个数,或每个题项一个")
    return np.array([as_number(ends[item], f"{name}({item})") for item in items])

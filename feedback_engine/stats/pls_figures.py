"""The figures that outer weights imply, for a stack of fits at once: loadings, paths, R², total effects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.arrays import Floats
from feedback_engine.stats.pls_core import loadings_of, regress_inner, total_effects_of
from feedback_engine.stats.pls_model import Path, PathModel
from feedback_engine.stats.pls_result import PathTest


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a stack of fits; the first axis is the fit, items and latents in the model's order."""

    weights: Floats
    loadings: Floats
    correlations: Floats
    betas: Floats
    r_squared: Floats
    totals: Floats


def compute_figures(covariance: Floats, outer: Floats, model: PathModel) -> Figures:
    """Return the figures of a stack of outer weights (b, items, latents)."""
    correlations = np.swapaxes(outer, 1, 2) @ covariance @ outer
    betas, r_squared = regress_inner(correlations, model.arrows)
    loadings = loadings_of(covariance, outer)
    return Figures(_own(outer, model), _own(loadings, model), correlations, betas, r_squared, total_effects_of(betas))


def refuse_collinear_causes(correlation: Floats, model: PathModel) -> None:
    """Raise, by name, where the causes of a latent cannot be told apart."""
    for end, latent in enumerate(model.latents):
        starts = np.flatnonzero(model.arrows[:, end])
        if starts.size > 1 and np.linalg.eigvalsh(correlation[np.ix_(starts, starts)])[0] < 1e-10:
            named = "、".join(model.latents[start] for start in starts)
            raise StatisticsError(f"{latent} 的前因 {named} 完全共线,路径系数无法确定;请合并潜变量")


def compute_path_tests(figures: Figures, model: PathModel, base: int) -> dict[Path, PathTest]:
    """Return the least-squares test of every path of the first fit, on n - k - 1 degrees of freedom."""
    tests = {}
    for end, latent in enumerate(model.latents):
        causes = np.flatnonzero(model.arrows[:, end])
        freedom = base - causes.size - 1
        precision = np.linalg.inv(figures.correlations[0][np.ix_(causes, causes)])
        errors = np.sqrt(max(0.0, 1 - figures.r_squared[0, end]) * np.diag(precision) / freedom)
        for start, error in zip(causes, errors, strict=True):
            beta = float(figures.betas[0, start, end])
            t = beta / float(error) if error > 0 else float(np.copysign(np.inf, beta))
            p = float(2 * stats.t.sf(abs(t), freedom))
            tests[model.latents[int(start)], latent] = PathTest(beta, float(error), t, p)
    return {path: tests[path] for path in model.paths}


def goodness_of_fit(figures: Figures, model: PathModel) -> float:
    """Return √(mean communality of the blocks with several items × mean R² of the latents with causes)."""
    several = model.membership[:, model.membership.sum(axis=0) > 1].any(axis=1)
    communality = (figures.loadings[0][several] ** 2).mean() if several.any() else 1.0
    return float(np.sqrt(communality * figures.r_squared[0][model.arrows.any(axis=0)].mean()))


def reached_pairs(model: PathModel) -> tuple[Path, ...]:
    """Return every pair of latents with a directed route from the first to the second."""
    routes = total_effects_of(model.arrows[None].astype(float))[0] > 0
    return tuple((model.latents[int(a)], model.latents[int(b)]) for a, b in np.argwhere(routes))


def by_name(values: Floats, names: Sequence[str]) -> dict[str, float]:
    """Return a vector as name → number."""
    return {name: float(value) for name, value in zip(names, values, strict=True)}


def by_path(values: Floats, pairs: Sequence[Path], latents: Sequence[str]) -> dict[Path, float]:
    """Return the entries of a latents × latents matrix as (from, to) → number."""
    return {(a, b): float(values[latents.index(a), latents.index(b)]) for a, b in pairs}


def _own(values: Floats, model: PathModel) -> Floats:
    # Of each item only the column of its own latent, (b, items).
    return np.asarray(np.where(model.membership, values, 0.0).sum(axis=2))

"""PLS path models (satisfaction index models of the ACSI/ECSI kind): fit, effects, bootstrap intervals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from feedback_engine.stats.arrays import Floats, Values, as_count, as_number, check_probability, choose
from feedback_engine.stats.pls_bootstrap import compute_intervals
from feedback_engine.stats.pls_core import SCHEMES, SIGN_RULES, OuterSolution, align, loadings_of, orient, solve_outer
from feedback_engine.stats.pls_figures import (
    Figures,
    by_name,
    by_path,
    compute_figures,
    compute_path_tests,
    goodness_of_fit,
    reached_pairs,
    refuse_collinear_causes,
)
from feedback_engine.stats.pls_input import ItemData, covariance_of, read_items, resampled_covariances
from feedback_engine.stats.pls_model import Path, PathModel, acsi_paths, draw_model, ecsi_paths
from feedback_engine.stats.pls_result import Interval, PathTest, PlsIntervals, PlsResult, latent_index

__all__ = ["Interval", "PathTest", "PlsIntervals", "PlsResult", "acsi_paths", "ecsi_paths", "fit_pls", "latent_index"]


def fit_pls(
    frame: Values,
    blocks: Mapping[str, Sequence[str]],
    paths: Iterable[Path],
    scheme: str = "centroid",
    modes: Mapping[str, str] | str | None = None,
    bootstrap: int = 0,
    seed: int = 0,
    *,
    scaled: bool = True,
    sign: str = "majority",
    weights: Values = None,
    confidence: float = 0.95,
    tolerance: float = 1e-7,
    max_iterations: int = 300,
) -> PlsResult:
    """Return the PLS path model of `blocks` (latent → items) and `paths` ((from, to), …) by Lohmöller's algorithm.

    `frame` is a data frame or a mapping of columns; rows with a gap in any item are dropped and counted. `scheme`:
    centroid, factorial, path. `modes`: latent → "A" (reflective, default) or "B" (formative). `scaled=False` only
    centres the items, as plspm's example on its satisfaction data does; the default standardises them, as semPLS, cSEM,
    SmartPLS and R's plspm do (Python's plspm divides by one number for all). `weights` are respondent weights. Latents
    are signed by `orient`'s rule `sign`; resamples take the sign of the fit. A run that has not converged says so in
    `.is_converged`.
    """
    choose(scheme, "scheme", SCHEMES)
    choose(sign, "sign", SIGN_RULES)
    check_probability(confidence, "confidence")
    resamples, rounds = as_count(bootstrap, "bootstrap"), as_count(max_iterations, "max_iterations", least=1)
    generator = np.random.default_rng(as_count(seed, "seed"))
    tolerance = as_number(tolerance, "tolerance", above=0)
    model = draw_model(blocks, paths, modes)
    data = read_items(frame, model, weights)
    covariance = covariance_of(data.values, data.weights, scaled)[None]
    solution = solve_outer(covariance, model, scheme, tolerance, rounds)
    outer = orient(covariance, solution.weights, model.membership, sign)
    figures = compute_figures(covariance, outer, model)
    refuse_collinear_causes(figures.correlations[0], model)
    intervals = None
    if resamples:
        stack = resampled_covariances(data, scaled, resamples, generator)
        again = solve_outer(stack, model, scheme, tolerance, rounds)
        stack, drawn = stack[again.is_converged], again.weights[again.is_converged]
        aligned = align(stack, drawn, loadings_of(covariance, outer)[0], model.membership)
        intervals = compute_intervals(figures, compute_figures(stack, aligned, model), model, confidence, resamples)
    return _report(frame, model, data, figures, solution, intervals, scaled)


def _report(
    frame: Values,
    model: PathModel,
    data: ItemData,
    figures: Figures,
    solution: OuterSolution,
    intervals: PlsIntervals | None,
    scaled: bool,
) -> PlsResult:
    latents, items = model.latents, model.items
    means = np.average(data.values, axis=0, weights=data.weights)
    variance = np.average((data.values - means) ** 2, axis=0, weights=data.weights)
    raw = figures.weights[0] / (np.sqrt(variance) if scaled else 1.0)
    totals, direct = figures.totals[0], figures.betas[0]
    extracted = (figures.loadings[0] ** 2) @ model.membership / model.membership.sum(axis=0)
    return PlsResult(
        paths=by_path(direct, model.paths, latents),
        path_tests=compute_path_tests(figures, model, data.values.shape[0]),
        total_effects=by_path(totals, reached_pairs(model), latents),
        indirect_effects=by_path(totals - direct, reached_pairs(model), latents),
        loadings=by_name(figures.loadings[0], items),
        weights=by_name(figures.weights[0], items),
        raw_weights=by_name(raw, items),
        r_squared=by_name(figures.r_squared[0], latents),
        average_variance_extracted=by_name(extracted, latents),
        correlations=by_path(figures.correlations[0], [(a, b) for a in latents for b in latents], latents),
        goodness_of_fit=goodness_of_fit(figures, model),
        scores=_scores(frame, data, raw, means, model),
        iterations=int(solution.iterations[0]),
        is_converged=bool(solution.is_converged[0]),
        base=data.values.shape[0],
        dropped=data.dropped,
        blocks=dict(model.blocks),
        item_means=by_name(means, items),
        intervals=intervals,
    )


def _scores(frame: Values, data: ItemData, raw: Floats, means: Floats, model: PathModel) -> Any:
    import pandas as pd

    index = frame.index[data.rows] if isinstance(frame, pd.DataFrame) else data.rows
    values = (data.values - means) @ np.where(model.membership, raw[:, None], 0.0)
    return pd.DataFrame(values, index=index, columns=list(model.latents))

"""Bootstrap intervals of a PLS path model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.arrays import Floats, check_probability
from feedback_engine.stats.pls_figures import Figures, reached_pairs
from feedback_engine.stats.pls_model import Path, PathModel
from feedback_engine.stats.pls_result import Interval, PlsIntervals


def compute_intervals(fit: Figures, drawn: Figures, model: PathModel, confidence: float, wanted: int) -> PlsIntervals:
    """Return percentile intervals and standard errors of `fit` from the resampled fits in `drawn`.

    Raises when fewer than half of the `wanted` resamples were usable.
    """
    used = drawn.weights.shape[0]
    if used < max(2, wanted / 2):
        raise StatisticsError(f"{wanted} 次重抽样只有 {used} 次可用(题项没有变化或不收敛):样本太小,无法给出区间")
    tail = (1 - check_probability(confidence, "confidence")) / 2
    explained = dict(zip(model.latents, _spread(fit.r_squared[0], drawn.r_squared, tail), strict=True))
    return PlsIntervals(
        paths=_of_pairs(fit.betas[0], drawn.betas, model.paths, model.latents, tail),
        total_effects=_of_pairs(fit.totals[0], drawn.totals, reached_pairs(model), model.latents, tail),
        loadings=_of_items(fit.loadings[0], drawn.loadings, model, tail),
        weights=_of_items(fit.weights[0], drawn.weights, model, tail),
        r_squared={latent: explained[latent] for latent in dict.fromkeys(end for _, end in model.paths)},
        resamples=used,
    )


def _of_pairs(
    fitted: Floats, drawn: Floats, pairs: Sequence[Path], latents: Sequence[str], tail: float
) -> dict[Path, Interval]:
    starts, ends = ([latents.index(pair[side]) for pair in pairs] for side in (0, 1))
    return dict(zip(pairs, _spread(fitted[starts, ends], drawn[:, starts, ends], tail), strict=True))


def _of_items(fitted: Floats, drawn: Floats, model: PathModel, tail: float) -> dict[str, Interval]:
    # The loading of a single item is 1 by construction.
    several = {item for items in model.blocks.values() if len(items) > 1 for item in items}
    every = zip(model.items, _spread(fitted, drawn, tail), strict=True)
    return {item: interval for item, interval in every if item in several}


def _spread(fitted: Floats, drawn: Floats, tail: float) -> list[Interval]:
    lower, upper = np.quantile(drawn, [tail, 1 - tail], axis=0)
    columns = (fitted, lower, upper, drawn.std(axis=0, ddof=1))
    return [Interval(*(float(number) for number in row)) for row in zip(*columns, strict=True)]

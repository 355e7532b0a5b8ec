"""Mediation: how much of x → y runs through m. An association in cross-sectional data, not proof of a cause."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.arrays import Floats, Values, as_vector, check_probability, choose, refuse_constant
from feedback_engine.stats.descriptives import Coefficient, regress
from feedback_engine.stats.labels import rows_alike


@dataclass(frozen=True, slots=True)
class IndirectEffect:
    """The product a·b with its bootstrap standard error, interval (of which kind, says `method`) and p-value."""

    estimate: float
    standard_error: float
    lower: float
    upper: float
    p_value: float
    method: str
    resamples: int


@dataclass(frozen=True, slots=True)
class Mediation:
    """The paths of a simple mediation: m on x, y on m alone, y on m beside x, y on x, y on x beside m, and a·b."""

    a: Coefficient
    y_on_m: Coefficient
    b: Coefficient
    total: Coefficient
    direct: Coefficient
    indirect: IndirectEffect
    base: int

    @property
    def share_mediated(self) -> float:
        """Indirect over total effect; NaN where the total is 0, and without meaning where the two differ in sign."""
        return self.indirect.estimate / self.total.estimate if self.total.estimate else float("nan")


@rows_alike("x", "m", "y")
def mediate(
    x: Values,
    m: Values,
    y: Values,
    repeats: int = 5000,
    seed: int = 0,
    confidence: float = 0.95,
    method: str = "percentile",
) -> Mediation:
    """Return the mediation of x → y by m with a seeded bootstrap of the indirect effect.

    `method`: "percentile", or "bias_corrected" (Efron), which shifts the percentiles by the bootstrap's median bias.
    """
    choose(method, "method", ("percentile", "bias_corrected"))
    columns = np.column_stack([as_vector(x, "x"), _same_length(m, x, "m"), _same_length(y, x, "y")])
    refuse_constant(columns, "数据", ("x", "m", "y"))
    on_x = regress(columns[:, [0]], columns[:, 1], confidence, ["x"])
    both = regress(columns[:, [0, 1]], columns[:, 2], confidence, ["x", "m"])
    total = regress(columns[:, [0]], columns[:, 2], confidence, ["x"])
    alone = regress(columns[:, [1]], columns[:, 2], confidence, ["m"])
    estimate = on_x.coefficients[1].estimate * both.coefficients[2].estimate
    drawn = _bootstrap(columns, repeats, seed)
    return Mediation(
        a=on_x.coefficients[1],
        y_on_m=alone.coefficients[1],
        b=both.coefficients[2],
        total=total.coefficients[1],
        direct=both.coefficients[1],
        indirect=_interval(estimate, drawn, confidence, method),
        base=columns.shape[0],
    )


def _bootstrap(columns: Floats, repeats: int, seed: int) -> Floats:
    """Return a·b of every usable resample, from covariances alone, in chunks."""
    generator = np.random.default_rng(seed)
    n = columns.shape[0]
    chunk = max(1, 2_000_000 // n)
    centred = columns - columns.mean(axis=0)
    found = [
        _indirect(centred[generator.integers(0, n, (min(chunk, repeats - start), n))])
        for start in range(0, repeats, chunk)
    ]
    drawn = np.concatenate(found) if found else np.empty(0)
    if drawn.size < max(2, repeats / 2):
        raise StatisticsError(f"{repeats} 次重抽样只有 {drawn.size} 次可用:样本太小或 x 与 m 几乎共线,无法给出区间")
    return drawn


def _indirect(samples: Floats) -> Floats:
    samples = samples - samples.mean(axis=1, keepdims=True)
    s = np.swapaxes(samples, 1, 2) @ samples
    xx, xm, mm, xy, my = s[:, 0, 0], s[:, 0, 1], s[:, 1, 1], s[:, 0, 2], s[:, 1, 2]
    determinant = xx * mm - xm**2
    usable = determinant > 1e-10 * np.maximum(xx * mm, 1e-300)
    a = xm[usable] / xx[usable]
    b = (xx * my - xm * xy)[usable] / determinant[usable]
    return np.asarray(a * b)


def _interval(estimate: float, drawn: Floats, confidence: float, method: str) -> IndirectEffect:
    tail = (1 - check_probability(confidence, "confidence")) / 2
    below = float(np.clip((drawn < estimate).mean(), 0.5 / drawn.size, 1 - 0.5 / drawn.size))
    bias = float(stats.norm.ppf(below)) if method == "bias_corrected" else 0.0
    ends = stats.norm.cdf(2 * bias + stats.norm.ppf([tail, 1 - tail]))
    lower, upper = np.quantile(drawn, ends)
    side = min(float((drawn <= 0).mean()), float((drawn >= 0).mean()))
    p = min(1.0, 2 * max(side, 1 / drawn.size))
    return IndirectEffect(estimate, float(drawn.std(ddof=1)), float(lower), float(upper), p, method, int(drawn.size))


def _same_length(values: Values, x: Values, name: str) -> Floats:
    column = as_vector(values, name)
    if column.size != np.size(x):
        raise StatisticsError(f"{name} 有 {column.size} 个值,x 有 {np.size(x)} 个:两者必须一致")
    return column

"""A share counted by a fallible classifier, corrected for its errors."""

from __future__ import annotations

import numpy as np

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.arrays import as_number, check_probability, show
from feedback_engine.stats.estimates import Estimate
from feedback_engine.stats.quantiles import normal_quantile


def rogan_gladen(
    share: float,
    n: float,
    sensitivity: float,
    specificity: float,
    n_positive: float | None = None,
    n_negative: float | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """Return the true share (q + sp - 1)/(se + sp - 1), clipped to 0…1, with its delta interval (Rogan & Gladen 1978).

    `share` q is what the classifier counted among `n` texts; `n_positive` and `n_negative` are the hand-labelled texts
    behind sensitivity and specificity (None: these are taken as exact). se + sp ≤ 1 raises: no better than chance.
    """
    for name, value in (("share", share), ("sensitivity", sensitivity), ("specificity", specificity)):
        if as_number(value, name, least=0) > 1:
            raise StatisticsError(f"{name} 为 {show(value)}:必须在 0 与 1 之间")
    for name, count in (("n", n), ("n_positive", n_positive), ("n_negative", n_negative)):
        if count is not None:
            as_number(count, name, above=0)
    power = sensitivity + specificity - 1
    if power <= 0:
        raise StatisticsError(f"灵敏度 {sensitivity:g} + 特异度 {specificity:g} ≤ 1:分类器不比随机猜测好,无法校正")
    check_probability(confidence, "confidence")
    true = min(1.0, max(0.0, (share + specificity - 1) / power))
    error = _delta_error(share, n, sensitivity, specificity, true, n_positive, n_negative) / power
    half = normal_quantile(confidence) * error
    simple = true * (1 - true) / n
    effect = error**2 / simple if simple > 0 else 1.0
    # The effective base is that of a count without classifier that would be as precise.
    effective = true * (1 - true) / error**2 if error > 0 and simple > 0 else float(n)
    return Estimate(true, max(0.0, true - half), min(1.0, true + half), error, float(n), effective, effect)


def _delta_error(
    share: float, n: float, se: float, sp: float, true: float, n_positive: float | None, n_negative: float | None
) -> float:
    variance = share * (1 - share) / n
    if n_positive is not None:
        variance += true**2 * se * (1 - se) / n_positive
    if n_negative is not None:
        variance += (1 - true) ** 2 * sp * (1 - sp) / n_negative
    return float(np.sqrt(variance))

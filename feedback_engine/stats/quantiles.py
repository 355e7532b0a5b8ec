"""Two-sided quantiles for intervals."""

from __future__ import annotations

from scipy import special

from feedback_engine.stats.arrays import check_probability

# scipy.special directly: the distribution objects of scipy.stats take a hundred times as long per call.


def normal_quantile(confidence: float) -> float:
    """Return the two-sided normal quantile, 1.96 for 0.95."""
    return float(special.ndtri((1 + check_probability(confidence, "confidence")) / 2))


def t_quantile(confidence: float, freedom: float) -> float:
    """Return the two-sided quantile of Student's t; NaN without degrees of freedom."""
    return float(special.stdtrit(freedom, (1 + check_probability(confidence, "confidence")) / 2))

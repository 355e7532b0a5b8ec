"""Did it change: differences between two periods, from independent, paired or partly overlapping respondents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.arrays import Floats, Values, as_number, as_vector, as_weights, show
from feedback_engine.stats.intervals import weighted_mean
from feedback_engine.stats.labels import rows_alike
from feedback_engine.stats.quantiles import t_quantile


@dataclass(frozen=True, slots=True)
class Change:
    """The later value minus the earlier, its interval, and the two-sided test that there is none."""

    difference: float
    lower: float
    upper: float
    standard_error: float
    t: float
    degrees_of_freedom: float
    p_value: float


def welch(
    before: Values,
    after: Values,
    weights_before: Values = None,
    weights_after: Values = None,
    confidence: float = 0.95,
) -> Change:
    """Return the change of the mean between independent samples, variances not assumed equal (Welch 1947)."""
    earlier, later = weighted_mean(before, weights_before), weighted_mean(after, weights_after)
    if min(earlier.base, later.base) < 2:
        raise StatisticsError(f"每期至少需要 2 个值,收到 {earlier.base:g} 与 {later.base:g} 个")
    return compare_estimates(
        (earlier.estimate, earlier.standard_error, earlier.base - 1),
        (later.estimate, later.standard_error, later.base - 1),
        confidence=confidence,
    )


@rows_alike("before", "after", "weights")
def paired(before: Values, after: Values, weights: Values = None, confidence: float = 0.95) -> Change:
    """Return the mean change of the same respondents, asked twice."""
    earlier, later = as_vector(before, "before"), as_vector(after, "after")
    if earlier.size != later.size or earlier.size < 2:
        raise StatisticsError(f"配对数据需要同样多(至少 2 个)的值,收到 {earlier.size} 与 {later.size} 个")
    mean = weighted_mean(later - earlier, weights)
    if mean.base < 2:
        raise StatisticsError("权重大于 0 的配对不足 2 对,无法检验变化")
    return _test(mean.estimate, mean.standard_error, mean.base - 1, confidence)


def overlapping(
    before: Values,
    before_ids: Values,
    after: Values,
    after_ids: Values,
    weights_before: Values = None,
    weights_after: Values = None,
    confidence: float = 0.95,
) -> Change:
    """Return the change where some respondents answered in both periods, Var = V₁ + V₂ - 2 Cov.

    Each respondent's influence on the difference is summed over both periods first, so that the covariance of those in
    both enters by itself. With no common respondent this is Welch's variance up to n/(n-1).
    """
    earlier, first = _influence(before, before_ids, weights_before, "before")
    later, second = _influence(after, after_ids, weights_after, "after")
    people = sorted({*first, *second})
    values = np.array([second.get(person, 0.0) - first.get(person, 0.0) for person in people])
    count = len(people)
    if count < 2:
        raise StatisticsError("两期合计不足 2 位受访者,无法检验变化")
    error = float(np.sqrt(count / (count - 1) * (values**2).sum()))
    return _test(later - earlier, error, count - 1, confidence)


def compare_estimates(
    before: tuple[float, float, float],
    after: tuple[float, float, float],
    covariance: float = 0.0,
    confidence: float = 0.95,
) -> Change:
    """Return the change between two estimates given as (value, standard error, degrees of freedom).

    Degrees of freedom by Welch and Satterthwaite; `covariance` is that of the two estimates.
    """
    value_1, error_1, freedom_1 = _read_estimate(before, "before")
    value_2, error_2, freedom_2 = _read_estimate(after, "after")
    covariance = as_number(covariance, "covariance")
    if not (freedom_1 > 0 and freedom_2 > 0) or not np.isfinite([error_1, error_2]).all():
        raise StatisticsError("每期都需要标准误和正的自由度;只有一个样本单元时无法检验变化")
    variance = error_1**2 + error_2**2 - 2 * covariance
    if variance < 0:
        raise StatisticsError(f"协方差 {covariance:g} 大于两期方差所允许的")
    # In units of the larger error, so that no power leaves the range of floats.
    unit = max(error_1, error_2) or 1.0
    error_1, error_2 = error_1 / unit, error_2 / unit
    spread = error_1**4 / freedom_1 + error_2**4 / freedom_2
    freedom = (error_1**2 + error_2**2) ** 2 / spread if spread > 0 else freedom_1 + freedom_2
    return _test(value_2 - value_1, float(np.sqrt(variance)), float(freedom), confidence)


def _read_estimate(given: tuple[float, float, float], name: str) -> tuple[float, float, float]:
    numbers = as_vector(given, name, allow_missing=True)
    if numbers.size != 3 or np.isnan(numbers[0]):
        raise StatisticsError(f"{name} 应为 (值, 标准误, 自由度),收到 {show(given)}")
    value, error, freedom = (float(number) for number in numbers)
    if error < 0:
        raise StatisticsError(f"{name} 的标准误为 {error:g}:必须 ≥ 0")
    return value, error, freedom


def _test(difference: float, error: float, freedom: float, confidence: float) -> Change:
    half = t_quantile(confidence, freedom) * error
    # Where nothing varies any difference at all is certain, and none is no evidence.
    certain = float(np.copysign(np.inf, difference)) if difference else 0.0
    t = difference / error if error > 0 else certain
    p = float(2 * special.stdtr(freedom, -abs(t)))
    return Change(difference, difference - half, difference + half, error, t, float(freedom), p)


@rows_alike("values", "ids", "weights")
def _influence(values: Values, ids: Values, weights: Values, name: str) -> tuple[float, dict[str, float]]:
    numbers: Floats = as_vector(values, name)
    people = [str(person) for person in np.asarray(ids, dtype=object).reshape(-1).tolist()]
    if len(people) != numbers.size:
        raise StatisticsError(f"{name}_ids 有 {len(people)} 个,{name} 有 {numbers.size} 个:两者必须一致")
    shares = as_weights(weights, numbers.size, f"weights_{name}")
    shares = shares / shares.sum()
    mean = float(shares @ numbers)
    summed: dict[str, float] = {}
    for person, part in zip(people, shares * (numbers - mean), strict=True):
        summed[person] = summed.get(person, 0.0) + float(part)
    return mean, summed

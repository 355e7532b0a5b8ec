"""Estimates with their intervals: proportions, counts per exposure, weighted means, net promoter score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.arrays import (
    Floats,
    Values,
    as_number,
    as_vector,
    as_weights,
    check_probability,
)
from feedback_engine.stats.design import effective_base, linearised_error
from feedback_engine.stats.quantiles import normal_quantile, t_quantile

_NPS_NAMES = {
    "promoters": ("promoters", "promoter", "推荐者"),
    "passives": ("passives", "passive", "中立者", "被动者"),
    "detractors": ("detractors", "detractor", "贬损者"),
}


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its interval; `effective_base` is the base after weighting, NaN stands for "cannot be told"."""

    estimate: float
    lower: float
    upper: float
    standard_error: float
    base: float
    effective_base: float
    # SE² over the variance of a simple random sample of the same size (item-specific, not Kish's).
    design_effect: float = 1.0

    def __iter__(self) -> Iterator[float]:
        """Unpack as estimate, lower, upper."""
        return iter((self.estimate, self.lower, self.upper))


@dataclass(frozen=True, slots=True)
class NetPromoter(Estimate):
    """A net promoter score in points (-100…100) with the three shares and the variance of one answer (on -1, 0, 1)."""

    promoters: float = 0.0
    passives: float = 0.0
    detractors: float = 0.0
    variance: float = 0.0


def wilson(k: float, n: float, confidence: float = 0.95) -> Estimate:
    """Return the share k/n with Wilson's score interval (no continuity correction).

    For weighted data pass k = share × effective base and n = effective base.
    """
    share, total = _share(k, n)
    lower, upper = _wilson_bounds(share, total, normal_quantile(confidence))
    error = float(np.sqrt(share * (1 - share) / total))
    return Estimate(share, lower, upper, error, total, total)


def newcombe(k1: float, n1: float, k2: float, n2: float, confidence: float = 0.95) -> Estimate:
    """Return the difference k1/n1 - k2/n2 of independent shares with Newcombe's (1998) interval, method 10."""
    first, total_1 = _share(k1, n1)
    second, total_2 = _share(k2, n2)
    z = normal_quantile(confidence)
    lower_1, upper_1 = _wilson_bounds(first, total_1, z)
    lower_2, upper_2 = _wilson_bounds(second, total_2, z)
    difference = first - second
    lower = difference - np.hypot(first - lower_1, upper_2 - second)
    upper = difference + np.hypot(upper_1 - first, second - lower_2)
    error = float(np.sqrt(first * (1 - first) / total_1 + second * (1 - second) / total_2))
    base = total_1 + total_2
    return Estimate(difference, float(lower), float(upper), error, base, base)


def poisson_rate(k: float, exposure: float = 1.0, confidence: float = 0.95, per: float = 1.0) -> Estimate:
    """Return k events per `per` units of exposure (per=1000: per thousand orders) with Garwood's exact interval."""
    count = as_number(k, "事件数 k", least=0)
    units = as_number(exposure, "暴露量 exposure(例如订单数、来电数)", above=0)
    tail = (1 - check_probability(confidence, "confidence")) / 2
    # Half the quantiles of χ² on 2k and 2k + 2 degrees of freedom.
    lower = special.gammaincinv(count, tail) if count > 0 else 0.0
    upper = special.gammainccinv(count + 1, tail)
    scale = per / units
    return Estimate(count * scale, float(lower) * scale, float(upper) * scale, float(count**0.5) * scale, units, units)


def weighted_mean(
    x: Values,
    w: Values = None,
    confidence: float = 0.95,
    *,
    strata: Values = None,
    psu: Values = None,
    population: Values = None,
) -> Estimate:
    """Return Σwx/Σw with its linearised standard error and t interval (df = PSUs - strata).

    `population` is the number of PSUs in the population (one number, or one per row), for the finite-population
    correction. With one PSU the interval is NaN; with no variation it has width 0. Rows of weight 0 count in no base.
    """
    values = as_vector(x, "x")
    weights = as_weights(w, values.size, "w")
    mean = float(weights @ values / weights.sum())
    influence = weights * (values - mean) / weights.sum()
    error, freedom = linearised_error(influence, strata=strata, psu=psu, population=population)
    base = float((weights > 0).sum())
    half = t_quantile(confidence, freedom) * error if freedom > 0 else np.nan
    simple = _simple_variance(values, weights, mean, base, population if psu is None and strata is None else None)
    effect = error**2 / simple if simple > 0 else 1.0
    return Estimate(mean, mean - half, mean + half, error, base, effective_base(weights), float(effect))


def nps(counts: Values, confidence: float = 0.95, effective_base: float | None = None) -> NetPromoter:
    """Return the net promoter score 100(p - d), SE 100 √((p + d - (p-d)²)/n).

    `counts` is (promoters, passives, detractors), a mapping with these names, or eleven counts of the answers 0…10
    (a sequence, or a mapping or series by answer, as `value_counts` gives it). Where all answers fall into one class
    the variance is that after adding ½ to each class.
    """
    promoters, passives, detractors = _nps_classes(counts)
    total = promoters + passives + detractors
    if total <= 0:
        raise StatisticsError("NPS 没有任何回答:三类人数之和为 0")
    base = total if effective_base is None else as_number(effective_base, "effective_base", above=0)
    shares = np.array([promoters, passives, detractors]) / total
    variance = _nps_variance(shares)
    spread = variance if variance > 0 else _nps_variance((shares * base + 0.5) / (base + 1.5))
    return _net_promoter(
        shares, variance, 100 * float(np.sqrt(spread / base)), float(total), base, normal_quantile(confidence)
    )


def nps_from_answers(answers: Values, w: Values = None, confidence: float = 0.95) -> NetPromoter:
    """Return the net promoter score of answers on the 0-10 scale, weighted, with the linearised standard error.

    Any answer outside 0…10, or not whole, raises: other scales must be mapped before.
    """
    scores = as_vector(answers, "NPS 回答")
    wrong = (scores < 0) | (scores > 10) | (scores != np.round(scores))
    if wrong.any():
        place = int(np.argmax(wrong))
        raise StatisticsError(f"NPS 第 {place + 1} 个回答为 {scores[place]:g}:只接受 0–10 的整数,其他量表请先显式映射")
    weights = as_weights(w, scores.size, "w")
    classes = np.stack([scores >= 9, (scores >= 7) & (scores < 9), scores < 7]).astype(float)
    shares = classes @ weights / weights.sum()
    kish = effective_base(weights)
    mean = weighted_mean(classes[0] - classes[2], weights, confidence)
    if not mean.standard_error > 0:
        return nps(shares * scores.size, confidence, kish)
    return _net_promoter(
        shares,
        _nps_variance(shares),
        100 * mean.standard_error,
        float(scores.size),
        kish,
        t_quantile(confidence, scores.size - 1),
    )


def _net_promoter(
    shares: Floats, variance: float, error: float, base: float, kish: float, quantile: float
) -> NetPromoter:
    score = float(100 * (shares[0] - shares[2]))
    lower, upper = max(-100.0, score - quantile * error), min(100.0, score + quantile * error)
    effect = (error / 100) ** 2 * base / variance if variance > 0 else 1.0
    promoters, passives, detractors = (float(share) for share in shares)
    return NetPromoter(score, lower, upper, error, base, kish, effect, promoters, passives, detractors, variance)


def _nps_variance(shares: Floats) -> float:
    return max(0.0, float(shares[0] + shares[2] - (shares[0] - shares[2]) ** 2))


def _nps_classes(counts: Values) -> tuple[float, float, float]:
    labels = getattr(counts, "index", None)
    # A series without labels of its own (a RangeIndex) is a sequence.
    if hasattr(counts, "to_dict") and getattr(labels, "step", None) is None:
        counts = counts.to_dict()
    if isinstance(counts, Mapping):
        counts = _counts_of_mapping(counts)
    numbers = as_vector(counts, "NPS 人数")
    if (numbers < 0).any():
        raise StatisticsError(f"NPS 人数含有负数({numbers.min():g})")
    if numbers.size == 3:
        return float(numbers[0]), float(numbers[1]), float(numbers[2])
    if numbers.size == 11:
        return float(numbers[9:].sum()), float(numbers[7:9].sum()), float(numbers[:7].sum())
    raise StatisticsError(f"NPS 人数有 {numbers.size} 个:应为 3 个(推荐者、中立者、贬损者)或 11 个(0–10 分各多少人)")


def _counts_of_mapping(given: Mapping[Any, Any]) -> list[float]:
    counts = {key: as_number(value, f"NPS 人数 {key!r}", least=0) for key, value in given.items()}
    answers = {key: int(key) for key in counts if not isinstance(key, bool) and _is_answer(key)}
    if len(answers) == len(counts):
        return [sum(counts[key] for key in answers if answers[key] == score) for score in range(11)]
    known = {alias for aliases in _NPS_NAMES.values() for alias in aliases}
    unknown = [key for key in counts if key not in known]
    if unknown:
        raise StatisticsError(f"NPS 不认识 {unknown[0]!r};应为 promoters、passives、detractors 或 0–10")
    return [sum(counts.get(alias, 0.0) for alias in aliases) for aliases in _NPS_NAMES.values()]


def _is_answer(key: Any) -> bool:
    try:
        return float(key) in range(11)
    except (TypeError, ValueError):
        return False


def _share(k: float, n: float) -> tuple[float, float]:
    # A base is counted in answers; far below one the squares leave the range of floats.
    total = as_number(n, "基数 n", above=1e-9)
    count = as_number(k, "k", least=0)
    if count > total * (1 + 1e-12):
        raise StatisticsError(f"k 为 {count:g},n 为 {total:g}:需要 0 ≤ k ≤ n")
    return min(1.0, count / total), total


def _wilson_bounds(share: float, n: float, z: float) -> tuple[float, float]:
    centre = share + z * z / (2 * n)
    half = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    # At the ends the formula is exact only up to rounding; a bound beyond the estimate would be absurd.
    return min(share, max(0.0, float((centre - half) / scale))), max(share, min(1.0, float((centre + half) / scale)))


def _simple_variance(values: Floats, weights: Floats, mean: float, base: float, population: Values) -> float:
    if base < 2:
        return 0.0
    spread = float(weights @ (values - mean) ** 2 / weights.sum())
    fraction = 0.0 if population is None else base / float(np.ravel(np.asarray(population, dtype=float))[0])
    return (1 - fraction) * spread / (base - 1)

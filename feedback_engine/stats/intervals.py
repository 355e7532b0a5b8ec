"""Estimates with their intervals: proportions, counts per exposure, weighted means, net promoter score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.arrays import Floats, Values, as_number, as_vector, as_weights
from feedback_engine.stats.design import effective_base, linearised_error
from feedback_engine.stats.estimates import Estimate, Estimates
from feedback_engine.stats.labels import rows_alike
from feedback_engine.stats.proportions import newcombe, paired_difference, poisson_rate, wilson
from feedback_engine.stats.quantiles import normal_quantile, t_quantile

__all__ = [
    "Estimate",
    "Estimates",
    "NetPromoter",
    "newcombe",
    "nps",
    "nps_from_answers",
    "paired_difference",
    "poisson_rate",
    "weighted_mean",
    "wilson",
]

_NPS_NAMES = {
    "promoters": ("promoters", "promoter", "推荐者"),
    "passives": ("passives", "passive", "中立者", "被动者"),
    "detractors": ("detractors", "detractor", "贬损者"),
}


@dataclass(frozen=True, slots=True)
class NetPromoter(Estimate):
    """A net promoter score in points (-100…100) with the three shares and the variance of one answer (on -1, 0, 1)."""

    promoters: float = 0.0
    passives: float = 0.0
    detractors: float = 0.0
    variance: float = 0.0


@rows_alike("x", "w", "strata", "psu", "population")
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
    correction. With one PSU error and interval are NaN; with no variation the interval has width 0. Rows of weight 0
    count in no base; they are sampling units of theirs only where `strata` or `psu` say so.
    """
    values = as_vector(x, "x")
    weights = as_weights(w, values.size, "w")
    if strata is None and psu is None and not (used := weights > 0).all():
        population = np.asarray(population)[used] if np.size(population) == values.size > 1 else population
        values, weights = values[used], weights[used]
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


@rows_alike("answers", "w")
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
    scores, weights = scores[weights > 0], weights[weights > 0]
    classes = np.stack([scores >= 9, (scores >= 7) & (scores < 9), scores < 7]).astype(float)
    shares = classes @ weights / weights.sum()
    kish = effective_base(weights)
    mean = weighted_mean(classes[0] - classes[2], weights, confidence)
    if not mean.standard_error > 0:
        return nps(shares * scores.size, confidence, kish)
    found = _net_promoter(
        shares,
        _nps_variance(shares),
        100 * mean.standard_error,
        float(scores.size),
        kish,
        t_quantile(confidence, scores.size - 1),
    )
    return replace(found, design_effect=mean.design_effect)


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


def _simple_variance(values: Floats, weights: Floats, mean: float, base: float, population: Values) -> float:
    if base < 2:
        return 0.0
    spread = float(weights @ (values - mean) ** 2 / weights.sum())
    fraction = 0.0 if population is None else base / float(np.ravel(np.asarray(population, dtype=float))[0])
    return (1 - fraction) * spread / (base - 1)

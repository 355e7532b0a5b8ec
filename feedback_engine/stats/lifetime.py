"""Customer lifetime value: BG/NBD for how often and how long customers buy, Gamma-Gamma for how much."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.arrays import Floats, Values, as_vector
from feedback_engine.stats.labels import rows_alike

# Parameters beyond e^±15 of the data's own unit mean that the data do not determine them.
_BOUND = 15.0


@dataclass(frozen=True, slots=True)
class BgNbd:
    """Fitted purchase process: Gamma(r, alpha) rates, Beta(a, b) drop-out after a purchase."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    base: int


@dataclass(frozen=True, slots=True)
class GammaGamma:
    """Fitted spend per purchase; the mean exists only for q > 1."""

    p: float
    q: float
    gamma: float
    log_likelihood: float
    base: int
    # The model assumes that spend and frequency do not go together; from about 0.1 on it is in doubt.
    frequency_correlation: float


def fit_bgnbd(frequency: Values, recency: Values, age: Values) -> BgNbd:
    """Return the maximum-likelihood BG/NBD model (Fader, Hardie & Lee 2005).

    Per customer: repeat purchases x, time of the last one t_x, time observed T, in one unit of time.
    """
    x, last, whole = _histories(frequency, recency, age)
    if not (x > 0).any():
        raise StatisticsError("没有任何客户重复购买:BG/NBD 无法估计")
    # In units of the longest history all four parameters are of one size.
    unit = float(whole.max())
    parameters, value = _maximise(lambda logs: _bgnbd_likelihood(np.exp(logs), x, last / unit, whole / unit), 4)
    r, alpha, a, b = (float(number) for number in parameters)
    # A change of the time unit multiplies the density of each purchase.
    return BgNbd(r, alpha * unit, a, b, value - float(x.sum() * np.log(unit)), x.size)


def expected_purchases(model: BgNbd, time: Values) -> Floats:
    """Return the expected repeat purchases of a new customer within `time`."""
    t = as_vector(time, "time")
    r, alpha, a, b = model.r, model.alpha, _away_from_one(model.a), model.b
    ratio = (alpha / (alpha + t)) ** r * special.hyp2f1(r, b, a + b - 1, t / (alpha + t))
    return np.asarray((a + b - 1) / (a - 1) * (1 - ratio))


def expected_future_purchases(model: BgNbd, time: float, frequency: Values, recency: Values, age: Values) -> Floats:
    """Return each customer's expected purchases within the next `time`, given the history."""
    x, last, whole = _histories(frequency, recency, age)
    r, alpha, a, b = model.r, model.alpha, _away_from_one(model.a), model.b
    later = alpha + whole + time
    ratio = ((alpha + whole) / later) ** (r + x) * special.hyp2f1(r + x, b + x, a + b + x - 1, time / later)
    return np.asarray((a + b + x - 1) / (a - 1) * (1 - ratio) * alive_probability(model, x, last, whole))


def alive_probability(model: BgNbd, frequency: Values, recency: Values, age: Values) -> Floats:
    """Return the probability that each customer still buys; 1 by construction for those without a repeat purchase."""
    x, last, whole = _histories(frequency, recency, age)
    repeated = np.maximum(x, 1)
    odds = model.a / (model.b + repeated - 1) * ((model.alpha + whole) / (model.alpha + last)) ** (model.r + x)
    return np.where(x > 0, 1 / (1 + odds), 1.0)


def fit_gamma_gamma(frequency: Values, spend: Values) -> GammaGamma:
    """Return the maximum-likelihood Gamma-Gamma model of mean `spend` per purchase (Fader & Hardie 2013).

    Customers without a repeat purchase say nothing about spend and are left out; spend of the others must be positive.
    """
    x, mean = _spending(frequency, spend)
    used = x > 0
    if used.sum() < 2:
        raise StatisticsError("重复购买的客户不足 2 位:Gamma-Gamma 无法估计")
    if (mean[used] <= 0).any():
        place = int(np.flatnonzero(used & (mean <= 0))[0])
        raise StatisticsError(f"第 {place + 1} 位客户的平均消费为 {mean[place]:g}:必须 > 0")
    x, mean = x[used], mean[used]
    unit = float(np.exp(np.log(mean).mean()))
    parameters, value = _maximise(lambda logs: _gamma_gamma_likelihood(np.exp(logs), x, mean / unit), 3)
    p, q, gamma = (float(number) for number in parameters)
    together = float(np.corrcoef(x, mean)[0, 1]) if np.ptp(x) > 0 and np.ptp(mean) > 0 else 0.0
    return GammaGamma(p, q, gamma * unit, value - float(x.size * np.log(unit)), x.size, together)


def expected_spend(model: GammaGamma, frequency: Values, spend: Values) -> Floats:
    """Return each customer's expected spend per purchase; without purchases the population's mean. q ≤ 1 raises."""
    if model.q <= 1:
        raise StatisticsError(f"Gamma-Gamma 的 q = {model.q:.3g} ≤ 1:平均消费不存在,无法给出期望")
    x, mean = _spending(frequency, spend)
    total = np.where(x > 0, x * mean, 0.0)
    return np.asarray((model.gamma + total) * model.p / (model.p * x + model.q - 1))


def customer_value(
    purchases: BgNbd,
    spending: GammaGamma,
    frequency: Values,
    recency: Values,
    age: Values,
    spend: Values,
    periods: int = 12,
    period_length: float = 1.0,
    discount_rate: float = 0.0,
    margin: float = 1.0,
) -> Floats:
    """Return each customer's value over `periods`: expected purchases × spend × margin, discounted per period.

    With margin 1 this is revenue, not profit.
    """
    if periods < 1 or period_length <= 0 or discount_rate <= -1:
        raise StatisticsError(f"periods {periods}、period_length {period_length}、discount_rate {discount_rate} 无效")
    ends = [
        expected_future_purchases(purchases, period_length * k, frequency, recency, age) for k in range(1, periods + 1)
    ]
    steps = np.diff(np.stack([np.zeros_like(ends[0]), *ends]), axis=0)
    discount = (1 + discount_rate) ** -np.arange(1, periods + 1)
    return np.asarray(discount @ steps * expected_spend(spending, frequency, spend) * margin)


def _bgnbd_likelihood(parameters: Floats, x: Floats, last: Floats, whole: Floats) -> float:
    r, alpha, a, b = parameters
    common = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha)
    common = common + special.betaln(a, b + x) - special.betaln(a, b)
    active = -(r + x) * np.log(alpha + whole)
    # B(a+1, b+x-1) / B(a, b+x) = a / (b+x-1): the customer who left right after the last purchase.
    left = np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + last)
    return float((common + np.where(x > 0, np.logaddexp(active, left), active)).sum())


def _gamma_gamma_likelihood(parameters: Floats, x: Floats, mean: Floats) -> float:
    p, q, gamma = parameters
    shape = p * x
    terms = special.gammaln(shape + q) - special.gammaln(shape) - special.gammaln(q) + q * np.log(gamma)
    terms = terms + (shape - 1) * np.log(mean) + shape * np.log(x) - (shape + q) * np.log(gamma + x * mean)
    return float(terms.sum())


def _maximise(likelihood: Callable[[Floats], float], count: int) -> tuple[Floats, float]:
    def loss(logs: Floats) -> float:
        value = likelihood(np.clip(logs, -_BOUND, _BOUND))
        return -value if np.isfinite(value) else 1e300

    found = optimize.minimize(loss, np.zeros(count), method="Nelder-Mead", options={"maxiter": 4000, "maxfev": 8000})
    found = optimize.minimize(loss, found.x, method="L-BFGS-B", bounds=[(-_BOUND, _BOUND)] * count)
    if np.abs(found.x).max() > _BOUND - 0.1:
        raise StatisticsError("似然在参数边界上最大:数据不足以确定模型,无法估计")
    return np.exp(found.x), -float(found.fun)


@rows_alike("frequency", "recency", "age")
def _histories(frequency: Values, recency: Values, age: Values) -> tuple[Floats, Floats, Floats]:
    x, last, whole = as_vector(frequency, "frequency"), as_vector(recency, "recency"), as_vector(age, "age")
    if not x.size == last.size == whole.size:
        raise StatisticsError(f"frequency、recency、age 长短不一:{x.size}、{last.size}、{whole.size}")
    wrong = (x < 0) | (x != np.round(x)) | (last < 0) | (last > whole) | (whole <= 0) | ((x == 0) & (last > 0))
    if wrong.any():
        place = int(np.argmax(wrong))
        raise StatisticsError(
            f"第 {place + 1} 位客户 x={x[place]:g}、t_x={last[place]:g}、T={whole[place]:g} 不合理:"
            "需要整数 x ≥ 0、0 ≤ t_x ≤ T,x = 0 时 t_x = 0"
        )
    return x, last, whole


@rows_alike("frequency", "spend")
def _spending(frequency: Values, spend: Values) -> tuple[Floats, Floats]:
    x, mean = as_vector(frequency, "frequency"), as_vector(spend, "spend")
    if x.size != mean.size or (x < 0).any():
        raise StatisticsError(f"frequency({x.size} 个)与 spend({mean.size} 个)必须一致,且次数 ≥ 0")
    return x, mean


def _away_from_one(a: float) -> float:
    # The closed forms divide by a - 1; their limit at 1 is smooth.
    return a if abs(a - 1) > 1e-6 else 1 + 1e-6

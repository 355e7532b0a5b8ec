"""Control charts of the touchpoints over months: what is more than the usual wobble, by limits that stay frozen."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from feedback_engine.config.scoring import ControlConfig
from feedback_engine.domain import OVERALL, Flag, Measure, Period
from feedback_engine.scoring.records import ALL
from feedback_engine.scoring.samples import Floats
from feedback_engine.tables.analysis import CONTROL

if TYPE_CHECKING:
    import pandas as pd

    from feedback_engine.stats.control import ControlChart

#: Fewer published months than this make no limits.
MIN_BASELINE = 8
#: Complaint rates of the baseline that spread over so many times what chance does get wider limits.
OVERDISPERSED = 1.5
_RULES = {1: "超出控制限", 2: "连续 8 点在中心线同侧"}


def find_baseline(config: ControlConfig, months: Sequence[Period], period: Period | None) -> list[Period]:
    """Return the months that make the limits: as configured, else the first `baseline_months` before the period.

    `months` are all with data, oldest first; without a period the last of them is the one under judgement, which makes
    no limits for itself.
    """
    if config.baseline:
        spans = [Period.parse(label) for label in config.baseline]
        return [m for m in months if any(span.first <= m.first and m.last <= span.last for span in spans)]
    earlier = [month for month in months if month.last < period.first] if period else months[:-1]
    return list(earlier[: config.baseline_months])


def find_history(config: ControlConfig, months: Sequence[Period], period: Period | None) -> list[Period]:
    """Return the months charted, oldest first, with those of a baseline that lies further back."""
    charted = months[-config.months :]
    return sorted({*charted, *find_baseline(config, months, period)}, key=lambda month: month.first)


def build_control(
    index: pd.DataFrame,
    *,
    baseline: Sequence[str] | None = None,
    measure: Measure = Measure.SCORE,
    exposure: Collection[str] = (),
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return CONTROL of every touchpoint, and of `overall`, over the INDEX's periods in their order.

    Limits come from the `baseline` periods only (None: all), so that later months never move the limits they are judged
    by. Months that are not published have no point, months on a small base no signal. With fewer than 8 baseline points
    there are no limits, and the note says so; with fewer than 20 they are provisional.

    Scores and text indices: XmR, mean ± 3·MR̄/1.128, wider in months that fewer answered, by the errors that the
    intervals (of this `confidence`) tell. Complaint rates: a u-chart per customer where periods declare an `exposure`
    (months that do not are left out), else a p-chart of the records; wider by Laney where the months of the baseline
    differ by more than chance.
    """
    rows = index[
        (index["segment"] == ALL)
        & (index["indicator"] == OVERALL)
        & (index["measure"] == measure)
        & (index["period"] != ALL)
    ]
    charts = (
        _chart(str(code), own, baseline, measure, exposure, confidence)
        for code, own in rows.groupby("touchpoint", sort=False)
    )
    return CONTROL.build([row for chart in charts for row in chart])


def _chart(
    code: str,
    own: pd.DataFrame,
    baseline: Sequence[str] | None,
    measure: Measure,
    exposure: Collection[str],
    confidence: float,
) -> Iterator[tuple[object, ...]]:
    periods = [str(period) for period in own["period"]]
    is_rate = measure == Measure.COMPLAINT_RATE
    # A rate per record beside rates per customer would be another quantity.
    is_fit = np.array([not (is_rate and exposure) or period in exposure for period in periods], dtype=np.bool_)
    values = np.where(is_fit, own["score"].to_numpy(dtype=np.float64), np.nan)
    in_baseline = np.array([baseline is None or period in baseline for period in periods], dtype=np.bool_)
    shown = np.flatnonzero(~np.isnan(values) & (is_rate | own["lower"].notna().to_numpy()))
    frozen = in_baseline[shown]
    limits = np.full((3, len(periods)), np.nan)
    signals = [""] * len(periods)
    bases, flags = own["base"].tolist(), own["flag"].tolist()
    note = f"基线只有 {int(frozen.sum())} 个点，至少需要 {MIN_BASELINE} 个才有控制限"
    if frozen.sum() >= MIN_BASELINE:
        if is_rate:
            effective = own["effective_base"].to_numpy(dtype=np.float64)[shown]
            chart, note = _chart_rates(values[shown], effective, frozen, bool(exposure))
            limits[:, shown] = 1000.0 * _limits(chart)
        else:
            chart, note = _chart_values(values[shown], _find_errors(own.iloc[shown], confidence), frozen)
            limits[:, shown], limits[0] = _limits(chart), chart.centre
        for position, place in enumerate(shown.tolist()):
            signals[place] = "" if flags[place] == Flag.SMALL_BASE else _describe(chart, position)
    for place, period in enumerate(periods):
        figures = (_known(value) for value in (values[place], *limits[:, place]))
        told = bool(in_baseline[place]), bases[place], flags[place], signals[place], note
        yield code, measure, period, *figures, *told


def _chart_values(values: Floats, errors: Floats, frozen: NDArray[np.bool_]) -> tuple[ControlChart, str]:
    from feedback_engine.stats.control import individuals

    chart = individuals(values, baseline=frozen, errors=errors)
    return chart, _describe_baseline(chart)


def _find_errors(rows: pd.DataFrame, confidence: float) -> Floats:
    """Return the standard errors by the intervals: by their longer sides, as the ends of the scale cut the other."""
    from feedback_engine.stats.quantiles import t_quantile

    score, lower, upper = rows[["score", "lower", "upper"]].to_numpy(dtype=np.float64).T
    quantiles = np.array([t_quantile(confidence, max(1, base - 1)) for base in rows["base"].tolist()])
    return np.asarray(np.maximum(score - lower, upper - score) / quantiles, dtype=np.float64)


def _chart_rates(
    rates: Floats, bases: Floats, frozen: NDArray[np.bool_], is_exposure: bool
) -> tuple[ControlChart, str]:
    """Return the chart of rates per 1,000, its figures per one."""
    from feedback_engine.stats import control

    draw = control.rates if is_exposure else control.proportions
    counts = np.rint(rates * bases / 1000.0)
    chart = draw(counts, bases, baseline=frozen)
    note = _describe_baseline(chart)
    if chart.sigma <= OVERDISPERSED:
        return chart, note
    told = f"各月差异是偶然的 {chart.sigma:.1f} 倍，控制限按 Laney 放宽"
    return draw(counts, bases, baseline=frozen, laney=True), f"{note}；{told}" if note else told


def _limits(chart: ControlChart) -> Floats:
    """Return centre, lower and upper limit of each point."""
    return np.stack(np.broadcast_arrays(chart.centre, chart.lower, chart.upper, chart.points)[:3])


def _describe_baseline(chart: ControlChart) -> str:
    return f"基线 {chart.baseline_points} 个点，少于 20，控制限是暂定的" if chart.is_provisional else ""


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _describe(chart: ControlChart, position: int) -> str:
    return "；".join(_RULES[rule] for rule in chart.rules.get(position, ()))

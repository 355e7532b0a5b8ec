"""Control charts of the touchpoints over months: what is more than the usual wobble, by limits that stay frozen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from feedback_engine.config.scoring import ControlConfig
from feedback_engine.domain import OVERALL, Measure, Period
from feedback_engine.scoring.records import ALL
from feedback_engine.tables.analysis import CONTROL

if TYPE_CHECKING:
    import pandas as pd

    from feedback_engine.stats.control import ControlChart

#: Fewer published months than this make no limits.
MIN_BASELINE = 8
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
    index: pd.DataFrame, *, baseline: Sequence[str] | None = None, measure: Measure = Measure.SCORE
) -> pd.DataFrame:
    """Return CONTROL of every touchpoint, and of `overall`, over the INDEX's periods in their order.

    XmR limits, mean ± 3·MR̄/1.128, from the `baseline` periods only (None: all), so that later months never move the
    limits they are judged by. Months that are not published have no point. With fewer than 8 baseline points there are
    no limits, and the note says so; with fewer than 20 they are provisional.
    """
    rows = index[
        (index["segment"] == ALL)
        & (index["indicator"] == OVERALL)
        & (index["measure"] == measure)
        & (index["period"] != ALL)
    ]
    charts = (_chart(str(code), own, baseline, measure) for code, own in rows.groupby("touchpoint", sort=False))
    return CONTROL.build([row for chart in charts for row in chart])


def _chart(
    code: str, own: pd.DataFrame, baseline: Sequence[str] | None, measure: Measure
) -> Iterator[tuple[object, ...]]:
    from feedback_engine.stats.control import individuals

    values = own["score"].to_numpy(dtype=np.float64)
    periods = [str(period) for period in own["period"]]
    in_baseline = np.array([baseline is None or period in baseline for period in periods], dtype=np.bool_)
    shown = np.flatnonzero(~np.isnan(values))
    frozen = in_baseline[shown]
    if frozen.sum() < MIN_BASELINE:
        note = f"基线只有 {int(frozen.sum())} 个点，至少需要 {MIN_BASELINE} 个才有控制限"
        for place, period in enumerate(periods):
            yield code, measure, period, _known(values[place]), None, None, None, bool(in_baseline[place]), "", note
        return
    chart = individuals(values[shown], baseline=frozen, minimum=MIN_BASELINE)
    note = f"基线 {int(frozen.sum())} 个点，少于 20，控制限是暂定的" if chart.is_provisional else ""
    positions = {int(place): number for number, place in enumerate(shown)}
    for place, period in enumerate(periods):
        limits = chart.centre, float(np.max(chart.lower)), float(np.min(chart.upper))
        signal = _describe(chart, positions[place]) if place in positions else ""
        yield code, measure, period, _known(values[place]), *limits, bool(in_baseline[place]), signal, note


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _describe(chart: ControlChart, position: int) -> str:
    return "；".join(_RULES[rule] for rule in chart.rules.get(position, ()))

"""Did a figure change: against the previous period and the same period last year, tested as one family.

Independent respondents are compared by Welch's test. Where customers answered in both periods, their influence on the
difference is summed over both first: the paired test, when all of them did.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from feedback_engine.config.scoring import ChangeConfig
from feedback_engine.domain import OVERALL, Flag, Measure, Period
from feedback_engine.scoring.contrasts import (
    UNTESTED,
    Contrast,
    Key,
    Linears,
    contrast_linears,
    contrast_rates,
    identify,
    judge_family,
)
from feedback_engine.scoring.data import ScoringData
from feedback_engine.scoring.figures import Linear
from feedback_engine.scoring.index import Cell, build_cells
from feedback_engine.scoring.model import IndexModel
from feedback_engine.scoring.samples import Ints
from feedback_engine.tables.weighting import CHANGE

if TYPE_CHECKING:
    import pandas as pd

PREVIOUS, YEAR_BEFORE = "previous", "year_before"
#: What an indicator that reads texts or complaints shows is its touchpoint's.
_OF_TOUCHPOINTS = (Measure.TEXT_INDEX, Measure.COMPLAINT_RATE)
#: What may be 0 or less has no growth in percent.
_NET = (Measure.NET_PROMOTER,)


def find_compared_periods(period: Period) -> dict[str, Period]:
    """Return what a period is compared with: the one before, and the same one a year earlier (once, if the same)."""
    compared = {PREVIOUS: period.previous(), YEAR_BEFORE: period.year_before()}
    return {PREVIOUS: compared[PREVIOUS]} if period.unit == "year" else compared


def compute_changes(
    index: pd.DataFrame,
    data: ScoringData,
    model: IndexModel,
    config: ChangeConfig,
    *,
    period: Period,
    by: str | None = None,
) -> pd.DataFrame:
    """Return CHANGE: all figures of `period` that are published, against those of the earlier periods in the INDEX.

    `index` was computed from `data`, `model` and `by` for `period` and the periods of `find_compared_periods`; one that
    it lacks is not compared with. Figures on a small base get no test. Benjamini-Hochberg over all rows, a figure that
    stands under several names (a touchpoint and its only indicator) counted once; `is_notable` only if q < alpha and,
    for all but complaint rates, the change is at least `min_effect` points.
    """
    known = set(index["period"])
    against = {name: each for name, each in find_compared_periods(period).items() if each.label in known}
    cells: dict[str, dict[str, Cell]] = {}
    for cell in build_cells(data, model, periods=[period, *against.values()], by=by):
        cells.setdefault(cell.period, {})[cell.segment] = cell
    customers = next(iter(cells[period.label].values())).records.people
    rows = [
        row
        for name, earlier in against.items()
        for segment, cell in cells[period.label].items()
        for row in _compare(index, model, customers, cells[earlier.label][segment], cell, name)
    ]
    judge_family(rows, config)
    return CHANGE.build([[row[name] for name in CHANGE.column_names] for row in rows])


def _compare(
    index: pd.DataFrame, model: IndexModel, customers: Ints, before: Cell, after: Cell, against: str
) -> Iterator[dict[str, Any]]:
    earlier, later = (_published(index, cell) for cell in (before, after))
    linears = [Linears(cell, model) for cell in (before, after)]
    for key, row in later.items():
        old = earlier.get(key)
        if old is None:
            continue
        first, second = (each.find(key) for each in linears)
        test = _test(key, old, row, first, second, customers, before, after, model)
        points = row["score"] - old["score"]
        yield {
            "period": after.period,
            "against": against,
            "segment": after.segment,
            "touchpoint": key[0],
            "indicator": key[1],
            "measure": key[2],
            "before_period": before.period,
            "before": old["score"],
            "after": row["score"],
            "points": points,
            "relative": 100.0 * points / old["score"] if old["score"] > 0 and key[2] not in _NET else None,
            "lower": test.lower,
            "upper": test.upper,
            "p_value": test.p,
            "test": test.name,
            "base_before": old["base"],
            "base_after": row["base"],
            "overlap": test.overlap,
            "figure": identify((against, after.segment, _find_shown(key, after)), first, second),
        }


def _find_shown(key: Key, cell: Cell) -> Key:
    """Return the key of the touchpoint's figure where an indicator shows only that: alone, of texts, of complaints."""
    touchpoint, indicator, measure = key
    own = cell.measured.items.get(indicator)
    is_alone = own is not None and own is cell.measured.respondents.get(touchpoint)
    return (touchpoint, OVERALL, measure) if is_alone or measure in _OF_TOUCHPOINTS else key


def _published(index: pd.DataFrame, cell: Cell) -> dict[Key, dict[str, Any]]:
    rows = index[(index["period"] == cell.period) & (index["segment"] == cell.segment) & index["score"].notna()]
    return {
        (str(row["touchpoint"]), str(row["indicator"]), str(row["measure"])): {str(k): v for k, v in row.items()}
        for row in rows.to_dict("records")
    }


def _test(
    key: Key,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    first: Linear | None,
    second: Linear | None,
    customers: Ints,
    before: Cell,
    after: Cell,
    model: IndexModel,
) -> Contrast:
    if Flag.SMALL_BASE in (old["flag"], new["flag"]):
        return UNTESTED
    if key[2] == Measure.COMPLAINT_RATE:
        return contrast_rates(key[0], before, after, model.confidence)
    if first is None or second is None:
        return UNTESTED
    return contrast_linears(first, second, customers, model.confidence)

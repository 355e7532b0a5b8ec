"""Did a figure change: against the previous period and the same period last year, tested as one family.

Independent respondents are compared by Welch's test. Where customers answered in both periods, their influence on the
difference is summed over both first: the paired test, when all of them did.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from feedback_engine.config.scoring import ChangeConfig
from feedback_engine.domain import OVERALL, Flag, Measure, Period
from feedback_engine.scoring.data import ScoringData
from feedback_engine.scoring.figures import Linear, mean_of
from feedback_engine.scoring.index import Cell, build_cells, score_alike, score_cell
from feedback_engine.scoring.model import TEXT, IndexModel
from feedback_engine.scoring.records import Records
from feedback_engine.scoring.samples import TOLERANCE, Ints, Sample
from feedback_engine.tables.feedback import MAIN_ROLE
from feedback_engine.tables.weighting import CHANGE

if TYPE_CHECKING:
    import pandas as pd

    from feedback_engine.stats.change import Change

PREVIOUS, YEAR_BEFORE = "previous", "year_before"

#: touchpoint, indicator, measure
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class _Test:
    """A change with the test that judged it; p is None where it was not tested."""

    lower: float | None = None
    upper: float | None = None
    p: float | None = None
    name: str = ""
    overlap: int = 0


_UNTESTED = _Test()


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
    it lacks is not compared with. Figures on a small base get no test. Benjamini-Hochberg over all rows; `is_notable`
    only if q < alpha and, for all but complaint rates, the change is at least `min_effect` points.
    """
    known = set(index["period"])
    against = {name: each for name, each in find_compared_periods(period).items() if each.label in known}
    cells: dict[str, dict[str, Cell]] = {}
    for cell in build_cells(data, model, periods=[period, *against.values()], by=by):
        cells.setdefault(cell.period, {})[cell.segment] = cell
    customers = _identify(data, next(iter(cells[period.label].values())).records)
    rows = [
        row
        for name, earlier in against.items()
        for segment, cell in cells[period.label].items()
        for row in _compare(index, model, customers, cells[earlier.label][segment], cell, name)
    ]
    return _adjust(rows, config)


def _identify(data: ScoringData, records: Records) -> Ints:
    """Return a number per record: the customer's, or one of its own where the customer is unknown."""
    import pandas as pd

    main = data.feedback[data.feedback["role"].eq(MAIN_ROLE)].set_index("record_id")["customer_id"]
    ids = main.reindex(records.ids).fillna("").to_numpy(dtype=object)
    codes, _ = pd.factorize(ids)
    numbers: Ints = np.where(ids == "", -1 - np.arange(len(ids)), codes).astype(np.int64)
    return numbers


def _compare(
    index: pd.DataFrame, model: IndexModel, customers: Ints, before: Cell, after: Cell, against: str
) -> Iterator[dict[str, Any]]:
    earlier, later = (_published(index, cell) for cell in (before, after))
    linears = [_Linears(cell, model) for cell in (before, after)]
    for key, row in later.items():
        old = earlier.get(key)
        if old is None:
            continue
        test = _test(key, old, row, linears, customers, before, after, model)
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
            "relative": 100.0 * points / old["score"] if old["score"] > 0 else None,
            "lower": test.lower,
            "upper": test.upper,
            "p_value": test.p,
            "test": test.name,
            "base_before": old["base"],
            "base_after": row["base"],
            "overlap": test.overlap,
        }


def _published(index: pd.DataFrame, cell: Cell) -> dict[Key, dict[str, Any]]:
    rows = index[(index["period"] == cell.period) & (index["segment"] == cell.segment) & index["score"].notna()]
    return {
        (str(row["touchpoint"]), str(row["indicator"]), str(row["measure"])): {str(k): v for k, v in row.items()}
        for row in rows.to_dict("records")
    }


class _Linears:
    """The values of a cell with the influence of each record, made when asked for."""

    def __init__(self, cell: Cell, model: IndexModel) -> None:
        self.cell, self.model = cell, model
        self.scored = score_cell(cell, model)
        self._reads = {(t.code, i.code): i.reads for t in model.touchpoints for i in t.tree}

    def find(self, key: Key) -> Linear | None:
        """Return the linear form of a figure, None for one that has none of its own."""
        touchpoint, indicator, measure = key
        measured = self.cell.measured
        if measure == Measure.SATISFIED_SHARE:
            sample = measured.respondents[touchpoint] if indicator == OVERALL else measured.items[indicator]
            return mean_of(self._satisfied(sample))
        if measure == Measure.TEXT_INDEX or self._reads.get((touchpoint, indicator)) == TEXT:
            return mean_of(measured.texts[touchpoint], offset=50.0, factor=50.0)
        if measure == Measure.EQUAL_SCORE:
            return score_alike(self.cell, self.model, self.scored).linear
        if measure != Measure.SCORE:
            return None
        if indicator == OVERALL:
            return self.scored[touchpoint].linear
        return mean_of(measured.items[indicator]) if indicator in measured.items else None

    def _satisfied(self, sample: Sample) -> Sample:
        is_satisfied = sample.values >= self.model.satisfied_from - TOLERANCE
        return Sample(sample.rows, 100.0 * is_satisfied.astype(np.float64), sample.weights)


def _test(
    key: Key,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    linears: list[_Linears],
    customers: Ints,
    before: Cell,
    after: Cell,
    model: IndexModel,
) -> _Test:
    if Flag.SMALL_BASE in (old["flag"], new["flag"]):
        return _UNTESTED
    if key[2] == Measure.COMPLAINT_RATE:
        return _test_rates(key[0], before, after, model.confidence)
    first, second = (each.find(key) for each in linears)
    if first is None or second is None:
        return _UNTESTED
    return _test_linears(first, second, customers, model.confidence)


def _test_linears(before: Linear, after: Linear, customers: Ints, confidence: float) -> _Test:
    (people_1, sums_1), (people_2, sums_2) = (_sum_by_customer(each, customers) for each in (before, after))
    overlap = len(np.intersect1d(people_1, people_2, assume_unique=True))
    if min(len(people_1), len(people_2)) < 2:
        return _UNTESTED
    if not overlap:
        change = _welch(before.value, sums_1, after.value, sums_2, confidence)
        return _Test(change.lower, change.upper, change.p_value, "welch")
    from feedback_engine.stats.change import compare_estimates
    from feedback_engine.stats.design import linearised_error

    people, inverse = np.unique(np.concatenate([people_1, people_2]), return_inverse=True)
    sums = np.bincount(inverse.reshape(-1), weights=np.concatenate([-sums_1, sums_2]))
    error, freedom = linearised_error(sums)
    change = compare_estimates((before.value, 0.0, freedom), (after.value, error, freedom), confidence=confidence)
    name = "paired" if overlap == len(people) else "overlap"
    return _Test(change.lower, change.upper, change.p_value, name, overlap)


def _welch(before: float, sums_1: Any, after: float, sums_2: Any, confidence: float) -> Change:
    from feedback_engine.stats.change import compare_estimates
    from feedback_engine.stats.design import linearised_error

    return compare_estimates(
        (before, *linearised_error(sums_1)), (after, *linearised_error(sums_2)), confidence=confidence
    )


def _sum_by_customer(linear: Linear, customers: Ints) -> tuple[Ints, Any]:
    people, inverse = np.unique(customers[linear.rows], return_inverse=True)
    return people, np.bincount(inverse.reshape(-1), weights=linear.influence, minlength=len(people))


def _test_rates(touchpoint: str, before: Cell, after: Cell, confidence: float) -> _Test:
    """Return the exact conditional test of two Poisson rates, and the interval of their difference (MOVER)."""
    from scipy import stats

    from feedback_engine.stats.intervals import poisson_rate

    counts = [len(cell.measured.complaints[touchpoint]) for cell in (before, after)]
    exposures = [cell.exposure for cell in (before, after)]
    first, second = (poisson_rate(k, e, confidence, per=1000.0) for k, e in zip(counts, exposures, strict=True))
    points = second.estimate - first.estimate
    down = np.hypot(second.estimate - second.lower, first.upper - first.estimate)
    up = np.hypot(second.upper - second.estimate, first.estimate - first.lower)
    total = sum(counts)
    p = float(stats.binomtest(counts[1], total, exposures[1] / sum(exposures)).pvalue) if total else 1.0
    return _Test(float(points - down), float(points + up), p, "poisson")


def _adjust(rows: list[dict[str, Any]], config: ChangeConfig) -> pd.DataFrame:
    from feedback_engine.stats.multiple import benjamini_hochberg

    tested = [row for row in rows if row["p_value"] is not None]
    if tested:
        adjusted = benjamini_hochberg([row["p_value"] for row in tested], config.alpha).adjusted
        for row, q in zip(tested, adjusted, strict=True):
            row["q_value"] = float(q)
    for row in rows:
        q = row.setdefault("q_value", None)
        is_large = row["measure"] == Measure.COMPLAINT_RATE or abs(row["points"]) >= config.min_effect - TOLERANCE
        row["is_notable"] = q is not None and q < config.alpha and is_large
    return CHANGE.build([[row[name] for name in CHANGE.column_names] for row in rows])

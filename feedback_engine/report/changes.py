"""Changes of the CHANGE table, looked up and shown."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from feedback_engine.domain import Measure
from feedback_engine.report.blocks import Cell, Marked, Tone
from feedback_engine.report.figures import ALL

if TYPE_CHECKING:
    import pandas as pd

PREVIOUS, YEAR_BEFORE = "previous", "year_before"
AGAINST = {PREVIOUS: "环比", YEAR_BEFORE: "同比"}
#: How a change was tested, in words.
TESTS = {"welch": "独立样本", "paired": "同一批顾客", "overlap": "部分顾客重叠", "poisson": "泊松率", "": "未检验"}
UNTESTED = "未检验"
#: against, touchpoint, indicator, measure
Key: TypeAlias = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """A figure's change: in points, as a share of the earlier figure, and what the test says; None = nothing known."""

    points: float | None = None
    relative: float | None = None
    lower: float | None = None
    upper: float | None = None
    q: float | None = None
    is_notable: bool = False

    @property
    def is_tested(self) -> bool:
        """Whether the bases allowed a test."""
        return self.q is not None


NO_CHANGE = Change()
Changes: TypeAlias = Mapping[Key, Change]


def read_changes(table: pd.DataFrame) -> dict[Key, Change]:
    """Return the changes of all respondents."""
    rows = table[table["segment"] == ALL]
    keys = zip(rows["against"], rows["touchpoint"], rows["indicator"], rows["measure"], strict=True)
    columns = ("points", "relative", "lower", "upper", "q_value")
    values = zip(*(rows[name] for name in columns), rows["is_notable"], strict=True)
    return {
        (against, touchpoint, indicator, Measure(measure)): _change(*value)
        for (against, touchpoint, indicator, measure), value in zip(keys, values, strict=True)
    }


def _change(points: float, relative: float, lower: float, upper: float, q: float, is_notable: bool) -> Change:
    share = _known(relative)
    return Change(
        _known(points),
        None if share is None else share / 100,
        _known(lower),
        _known(upper),
        _known(q),
        bool(is_notable),
    )


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def arrow(change: Change, *, less_is_better: bool = False) -> Cell:
    """Return ▲ or ▼ for a notable change, toned by whether it is good; a dash where it is not notable.

    A change that could not be tested says so; None without anything to compare with.
    """
    if change.points is None:
        return None
    if not change.is_tested:
        return Marked(UNTESTED, Tone.MUTED)
    if not change.is_notable:
        return Marked("—", Tone.MUTED)
    is_good = (change.points > 0) != less_is_better
    return Marked("▲" if change.points > 0 else "▼", Tone.GOOD if is_good else Tone.BAD)

"""Figures of the INDEX, looked up and shown."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from feedback_engine.domain import OVERALL, Flag, Measure
from feedback_engine.report.blocks import Cell, Marked, Tone
from feedback_engine.report.inputs import Thresholds

if TYPE_CHECKING:
    import pandas as pd

ALL = "all"

#: What stands in the place of a figure that nothing was measured for.
ABSENT = {
    Measure.SCORE: "无调查评分",
    Measure.EQUAL_SCORE: "无调查评分",
    Measure.SATISFIED_SHARE: "无调查评分",
    Measure.TEXT_INDEX: "无文本",
    Measure.COMPLAINT_RATE: "无投诉率",
    Measure.NET_PROMOTER: "无推荐意愿评分",
}
WITHHELD = {Flag.SUPPRESSED: "样本不足", Flag.LOW_COVERAGE: "覆盖不足"}
NAMES = {
    Measure.SCORE: "满意度指数",
    Measure.EQUAL_SCORE: "满意度指数（等权）",
    Measure.SATISFIED_SHARE: "满意率",
    Measure.TEXT_INDEX: "文本指数",
    Measure.COMPLAINT_RATE: "投诉率",
    Measure.NET_PROMOTER: "净推荐值 NPS",
}
UNITS = {
    Measure.SCORE: "分",
    Measure.EQUAL_SCORE: "分",
    Measure.SATISFIED_SHARE: "%",
    Measure.TEXT_INDEX: "分",
    Measure.COMPLAINT_RATE: "件/千条",
    Measure.NET_PROMOTER: "点",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the INDEX; `score` is None when withheld."""

    score: float | None
    lower: float | None
    upper: float | None
    base: int
    weight: float
    flag: Flag


Key: TypeAlias = tuple[str, str, str]
Figures: TypeAlias = Mapping[Key, Figure]


def read_figures(index: pd.DataFrame | None) -> dict[Key, Figure]:
    """Return the figures of all respondents by (touchpoint, indicator, measure)."""
    if index is None or index.empty:
        return {}
    rows = index[index["segment"] == ALL]
    keys = zip(rows["touchpoint"], rows["indicator"], rows["measure"], strict=True)
    values = zip(
        rows["score"], rows["lower"], rows["upper"], rows["base"], rows["indicator_weight"], rows["flag"], strict=True
    )
    return {
        (touchpoint, indicator, Measure(measure)): _figure(*value)
        for (touchpoint, indicator, measure), value in zip(keys, values, strict=True)
    }


def _figure(score: float, lower: float, upper: float, base: int, weight: float, flag: str) -> Figure:
    # A suppressed figure stays hidden even if the row still carries it.
    hidden = flag == Flag.SUPPRESSED
    shown, low, high = (None if hidden or not math.isfinite(n) else float(n) for n in (score, lower, upper))
    return Figure(shown, low, high, int(base), float(weight), Flag(flag))


def overall(figures: Figures, measure: Measure) -> Figure | None:
    """Return the figure that sums up everything."""
    return figures.get((OVERALL, OVERALL, measure))


def of_touchpoint(figures: Figures, touchpoint: str, measure: Measure) -> Figure | None:
    """Return the figure that sums up a touchpoint."""
    return figures.get((touchpoint, OVERALL, measure))


def show(figure: Figure | None, measure: Measure) -> Cell:
    """Return the score, or the words that stand in its place."""
    if figure is not None and figure.score is not None:
        return figure.score
    if figure is None or figure.flag not in WITHHELD:
        return Marked(ABSENT[measure], Tone.MUTED)
    return Marked(WITHHELD[figure.flag], Tone.MUTED)


def interval(figure: Figure | None) -> tuple[float | None, float | None]:
    """Return the ends of the interval, None where there is none."""
    return (None, None) if figure is None or figure.score is None else (figure.lower, figure.upper)


def base(figure: Figure | None) -> int:
    """Return the number of answers, texts or records behind the figure."""
    return 0 if figure is None else figure.base


def remark(figure: Figure | None, thresholds: Thresholds) -> Cell:
    """Return what a reader must know before using the figure."""
    if figure is not None and figure.flag is Flag.SUPPRESSED:
        return Marked(f"样本不足（{_too_few(figure, thresholds.suppress_below)}），不显示", Tone.MUTED)
    if figure is not None and figure.flag is Flag.SMALL_BASE:
        return Marked(f"样本偏少（{_too_few(figure, thresholds.flag_below)}），仅供参考", Tone.MIXED)
    if figure is not None and figure.flag is Flag.LOW_COVERAGE:
        return Marked("触点覆盖不足", Tone.MIXED)
    return None


def _too_few(figure: Figure, limit: float) -> str:
    """Say what is below the limit: the base, or where answers are weighted what they are worth (Kish)."""
    return f"{'n' if figure.base < limit else '加权后的有效样本'}<{limit:g}"


def say(figure: Figure | None, measure: Measure) -> str:
    """Return the figure in words, with interval and base."""
    shown = show(figure, measure)
    if figure is None or isinstance(shown, Marked):
        return f"{NAMES[measure]}：{shown.text if isinstance(shown, Marked) else shown}"
    ends = "" if figure.lower is None else f"（区间 {figure.lower:.1f}–{figure.upper:.1f}，n={figure.base:,}）"
    return f"{NAMES[measure]} {figure.score:.1f} {UNITS[measure]}{ends}"

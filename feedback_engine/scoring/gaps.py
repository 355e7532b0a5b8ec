"""Expectation-experience gaps (SERVQUAL): what customers got less what they expected, respondent by respondent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from feedback_engine.config.scoring import GapConfig
from feedback_engine.domain import OVERALL, Period
from feedback_engine.errors import StatisticsError
from feedback_engine.scoring.answers import read_answers
from feedback_engine.scoring.data import ScoringData
from feedback_engine.scoring.samples import TOLERANCE, Floats
from feedback_engine.stats.arrays import as_matrix, as_number, as_weights, check_probability, show
from feedback_engine.stats.labels import as_names, find_order, labels_of, rows_alike
from feedback_engine.tables.analysis import GAPS

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Gap:
    """Mean expectation and experience of those who told both, their difference, and the paired t test of none.

    `above`, `met` and `below` are the shares of those who got more than, as much as, and less than they expected.
    """

    name: str
    dimension: str
    expectation: float
    experience: float
    gap: float
    lower: float
    upper: float
    p_value: float
    base: int
    above: float
    met: float
    below: float


@dataclass(frozen=True, slots=True)
class GapResult:
    """The gaps of the items, of the dimensions (each respondent's mean of his items) and of everything."""

    items: tuple[Gap, ...]
    dimensions: tuple[Gap, ...]
    overall: Gap

    @property
    def gaps(self) -> dict[str, float]:
        """Item → gap."""
        return {item.name: item.gap for item in self.items}


@rows_alike("expectation", "experience", "weights")
def gap(
    expectation: Any,
    experience: Any,
    *,
    names: Sequence[str] | None = None,
    dimensions: Sequence[str] | Mapping[str, str] | None = None,
    dimension_weights: Mapping[str, float] | None = None,
    weights: Any = None,
    confidence: float = 0.95,
) -> GapResult:
    """Return experience - expectation per item, dimension and overall (Parasuraman, Zeithaml & Berry 1988), paired.

    Both are respondents × items (one column: a vector), NaN = no answer; a respondent counts where he told both.
    `dimensions` names the dimension of every item; the overall gap is the (`dimension_weights`-) weighted mean of a
    respondent's dimension gaps, or of his items. Raises StatisticsError for shapes that differ, or fewer than two
    pairs.
    """
    columns, got, labels = _read_pairs(expectation, experience, names)
    shares = None if weights is None else as_weights(weights, len(columns))
    check_probability(confidence, "confidence")
    homes = _homes(dimensions, labels)
    pairs = {label: (columns[:, place], got[:, place]) for place, label in enumerate(labels)}
    items = tuple(_test(label, homes[label], *pair, shares, confidence) for label, pair in pairs.items())
    members = {
        home: [pairs[label] for label in labels if homes[label] == home] for home in dict.fromkeys(homes.values())
    }
    averaged = {home: _average(each) for home, each in members.items()}
    tested = tuple(_test(OVERALL, home, *pair, shares, confidence) for home, pair in averaged.items() if home)
    parts = _weigh(dimension_weights, list(averaged))
    whole = _average(list(averaged.values()), parts) if len(averaged) > 1 else next(iter(averaged.values()))
    return GapResult(items, tested, _test(OVERALL, "", *whole, shares, confidence))


def _read_pairs(expectation: Any, experience: Any, names: Sequence[str] | None) -> tuple[Floats, Floats, list[str]]:
    """Return both tables, the second's columns in the order of the first where they are named alike, and the names."""
    columns, got = (
        as_matrix(each, name, allow_missing=True, allow_column=True)
        for each, name in ((expectation, "期望"), (experience, "体验"))
    )
    if columns.shape != got.shape:
        raise StatisticsError(
            f"期望是 {columns.shape[0]}×{columns.shape[1]}，体验是 {got.shape[0]}×{got.shape[1]}；必须成对"
        )
    first, second = (_labels(each) for each in (expectation, experience))
    order = find_order(first, second, "体验", "期望")
    got = got if order is None else got[:, order]
    numbered = [str(number + 1) for number in range(got.shape[1])]
    labels = as_names(first or numbered if names is None else names, "names")
    if len(labels) != got.shape[1]:
        raise StatisticsError(f"names 有 {len(labels)} 个，题目有 {got.shape[1]} 道；请一题一名")
    return columns, got, labels


def _labels(table: Any) -> list[str]:
    # The rows of a series are respondents, not items.
    is_named = isinstance(table, Mapping) or getattr(table, "ndim", 1) > 1
    return list(labels_of(table) or ()) if is_named else []


def _homes(dimensions: Sequence[str] | Mapping[str, str] | None, labels: list[str]) -> dict[str, str]:
    if dimensions is None:
        return dict.fromkeys(labels, "")
    if isinstance(dimensions, Mapping):
        unknown = [item for item in dimensions if str(item) not in labels]
        if unknown:
            raise StatisticsError(f"dimensions 里的 {unknown[0]!r} 不是任何一题；题目有 {'、'.join(labels)}")
        homes = {str(item): str(home) for item, home in dimensions.items()}
        return {label: homes.get(label, "") for label in labels}
    given = [] if isinstance(dimensions, str) or not np.iterable(dimensions) else list(dimensions)
    if len(given) != len(labels):
        raise StatisticsError(f"dimensions {show(dimensions)} 有 {len(given)} 个，题目有 {len(labels)} 个；请一题一个")
    return dict(zip(labels, map(str, given), strict=True))


def _weigh(weights: Mapping[str, float] | None, homes: list[str]) -> list[float]:
    if weights is None:
        return [1.0] * len(homes)
    if not isinstance(weights, Mapping):
        raise StatisticsError(f"dimension_weights 应为 {{维度: 权重}}，收到 {show(weights)}")
    lacking = [home for home in homes if home not in weights]
    if lacking:
        raise StatisticsError(f"dimension_weights 里维度 {lacking[0]!r} 没有权重；有 {'、'.join(map(str, weights))}")
    given = [as_number(weights[home], f"dimension_weights 里维度 {home!r} 的权重", least=0) for home in homes]
    if not sum(given) > 0:
        raise StatisticsError(f"dimension_weights 之和为 0：{dict(weights)}；至少要有一个正权重")
    return given


def _average(pairs: list[tuple[Floats, Floats]], shares: list[float] | None = None) -> tuple[Floats, Floats]:
    """Return each respondent's weighted mean of expectation and experience over the pairs that he completed."""
    expected, got = (np.column_stack([pair[side] for pair in pairs]) for side in (0, 1))
    both = ~np.isnan(expected) & ~np.isnan(got)
    weights = both * np.asarray(shares if shares is not None else [1.0] * len(pairs))
    total = weights.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        sides = [np.where(both, side, 0.0) * weights for side in (expected, got)]
        first, second = (np.where(total > 0, side.sum(axis=1) / total, np.nan) for side in sides)
    return first, second


def _test(name: str, home: str, expected: Floats, got: Floats, weights: Floats | None, confidence: float) -> Gap:
    from feedback_engine.stats.change import paired

    both = ~np.isnan(expected) & ~np.isnan(got)
    if both.sum() < 2:
        raise StatisticsError(
            f"{home} {name}".strip() + f"：既有期望又有体验的只有 {int(both.sum())} 人，至少需要 2 人"
        )
    shares = None if weights is None else weights[both]
    change = paired(expected[both], got[both], shares, confidence)
    step = got[both] - expected[both]
    direction = np.where(np.abs(step) <= TOLERANCE * np.maximum(1.0, np.abs(got[both])), 0, np.sign(step))
    above, met, below = (float(np.average(direction == sign, weights=shares)) for sign in (1, 0, -1))
    return Gap(
        name=name,
        dimension=home,
        expectation=float(np.average(expected[both], weights=shares)),
        experience=float(np.average(got[both], weights=shares)),
        gap=change.difference,
        lower=change.lower,
        upper=change.upper,
        p_value=change.p_value,
        base=int(both.sum()),
        above=above,
        met=met,
        below=below,
    )


def build_gaps(
    data: ScoringData,
    pairs: Sequence[GapConfig],
    *,
    period: Period | None = None,
    confidence: float = 0.95,
    least: float = 1,
) -> pd.DataFrame:
    """Return GAPS of the configured pairs of questions, on 0-100; an unknown question is a ConfigError.

    A row on fewer than `least` pairs of answers has no figures.
    """
    if not pairs:
        return GAPS.build()
    codes = [code for pair in pairs for code in (pair.expectation, pair.experience)]
    answers = read_answers(data, codes, period=period)
    found = gap(
        answers.table[[pair.expectation for pair in pairs]].to_numpy(),
        answers.table[[pair.experience for pair in pairs]].to_numpy(),
        names=[pair.name or pair.experience for pair in pairs],
        dimensions=[pair.dimension for pair in pairs],
        weights=answers.weights,
        confidence=confidence,
    )
    rows = (*found.items, *found.dimensions, found.overall)
    return GAPS.build(
        [(row.dimension, row.name, *([None] * 9 if row.base < least else _figures(row)), row.base) for row in rows]
    )


def _figures(gap: Gap) -> tuple[float, ...]:
    shares = gap.above, gap.met, gap.below
    return gap.expectation, gap.experience, gap.gap, gap.lower, gap.upper, gap.p_value, *shares

"""Fuzzy comprehensive evaluation of the touchpoints, and branches ranked by TOPSIS, over a project's answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from feedback_engine.domain import OVERALL, AnswerState, Period
from feedback_engine.errors import StatisticsError
from feedback_engine.scoring.data import ScoringData
from feedback_engine.scoring.leveltables import cut, tabulate_objects
from feedback_engine.scoring.measurement import measure
from feedback_engine.scoring.model import IndexModel, Touchpoint
from feedback_engine.scoring.records import build_records, find_positions
from feedback_engine.tables.analysis import FUZZY, RANKING

if TYPE_CHECKING:
    import pandas as pd

    from feedback_engine.scoring.samples import Floats
    from feedback_engine.stats.fuzzy import FuzzyResult


def evaluate_fuzzy(
    data: ScoringData, model: IndexModel, *, period: Period | None = None, operator: str = "weighted"
) -> pd.DataFrame:
    """Return FUZZY: per touchpoint, and overall, the memberships of the scale's levels (shares of answers).

    Every rated question must have the same number of levels; the levels are worth evenly spaced scores from 0 to 100.
    Weights are the model's, re-normalised over touchpoints with `suppress_below` answers. Without any: an empty table.
    """
    shares = _share_levels(data, model, period)
    levels = {len(share) for share, _ in shares.values()}
    if len(levels) > 1:
        raise StatisticsError(f"模糊综合评价要求各题级数相同，现有 {'、'.join(map(str, sorted(levels)))} 级")
    pools = {t.code: _pool(t, shares) for t in model.touchpoints}
    tops = {code: top for code, top in pools.items() if top is not None and top.base >= model.suppress_below}
    if not tops:
        return FUZZY.build()
    grades = _Grades(levels.pop(), operator)
    own = {code: grades.judge(top.weights, top.table) for code, top in tops.items()}
    chosen = [t for t in model.touchpoints if t.code in tops]
    whole = grades.judge(
        np.array([t.weight for t in chosen]), np.array([np.asarray(own[t.code].normalised) for t in chosen])
    )
    rows = grades.list_rows(OVERALL, "总指数", whole, max(top.base for top in tops.values()))
    for touchpoint in chosen:
        rows += grades.list_rows(touchpoint.code, touchpoint.name, own[touchpoint.code], tops[touchpoint.code].base)
    return FUZZY.build(rows)


@dataclass(frozen=True, slots=True)
class _Pool:
    """A touchpoint's questions: their weights, and the shares of the levels (questions × levels)."""

    weights: Floats
    table: Floats
    base: int


def _pool(touchpoint: Touchpoint, shares: Mapping[str, tuple[Floats, int]]) -> _Pool | None:
    weights = {code: weight for code, weight in _leaf_weights(touchpoint).items() if code in shares and weight > 0}
    if not weights or touchpoint.weight <= 0:
        return None
    table = np.array([shares[code][0] for code in weights])
    return _Pool(np.array(list(weights.values())), table, max(shares[code][1] for code in weights))


@dataclass(frozen=True, slots=True)
class _Grades:
    """The levels of the scale, worst first, worth evenly spaced scores from 0 to 100."""

    count: int
    operator: str

    def judge(self, weights: Floats, table: Floats) -> FuzzyResult:
        from feedback_engine.stats.fuzzy import evaluate

        values = np.linspace(0.0, 100.0, self.count)
        return evaluate(weights / weights.sum(), table, self.operator, levels=self.names, values=values)

    @property
    def names(self) -> list[str]:
        return [str(level) for level in range(1, self.count + 1)]

    def list_rows(self, code: str, name: str, result: FuzzyResult, base: int) -> list[tuple[object, ...]]:
        best = {str(grade) for grade in result.grades}
        return [
            (code, name, level, float(share), level in best, result.score, base)
            for level, share in zip(self.names, np.asarray(result.normalised), strict=True)
        ]


def _leaf_weights(touchpoint: Touchpoint) -> dict[str, float]:
    """Return each question's share in the touchpoint, through its groups."""
    weights: dict[str, float] = {}
    stack = [(indicator, indicator.weight) for indicator in touchpoint.rated]
    while stack:
        indicator, weight = stack.pop()
        stack += [(member, weight * member.weight) for member in indicator.members]
        if not indicator.members:
            weights[indicator.code] = weight
    return weights


def _share_levels(data: ScoringData, model: IndexModel, period: Period | None) -> dict[str, tuple[Floats, int]]:
    """Return the weighted share of each level of every question, worst level first, and its base."""
    records = build_records(data.feedback, data.timezone)
    inside = records.slice(period).is_inside
    ratings = data.ratings[
        data.ratings["indicator"].isin(model.rating_codes) & data.ratings["state"].eq(AnswerState.ANSWERED)
    ]
    rows = find_positions(records.ids, ratings["feedback_id"])
    ratings, rows = ratings[(rows >= 0) & inside[rows]], rows[(rows >= 0) & inside[rows]]
    found: dict[str, tuple[Floats, int]] = {}
    for code, places in ratings.groupby("indicator", sort=True, observed=True).indices.items():
        own = ratings.iloc[places]
        low, high = float(own["scale_min"].iloc[0]), float(own["scale_max"].iloc[0])
        steps = abs(own["rating"].to_numpy(dtype=np.float64) - low)
        if (steps != np.round(steps)).any():
            raise StatisticsError(f"指标 {code} 的分值不是整级，不能做模糊综合评价")
        counts = np.bincount(
            steps.astype(np.int64), weights=records.weights[rows[places]], minlength=round(abs(high - low)) + 1
        )
        if counts.sum() > 0:
            found[str(code)] = (counts / counts.sum(), len(own))
    return found


def rank_objects(data: ScoringData, model: IndexModel, *, by: str, period: Period | None = None) -> pd.DataFrame:
    """Return RANKING of the values of an attribute by TOPSIS over the touchpoints' means with the model's weights.

    Objects with a touchpoint under `suppress_below` answers are left out. Raises StatisticsError if fewer than two are
    left, ConfigError for an unknown attribute.
    """
    from feedback_engine.stats.topsis import topsis

    records = build_records(data.feedback, data.timezone, by)
    respondents = cut(measure(data, records, model).respondents, records.slice(period).is_inside)
    members = [t for t in model.touchpoints if t.rated and t.weight > 0 and len(respondents[t.code])]
    samples = [respondents[t.code] for t in members]
    means, names, _ = tabulate_objects(samples, records, max(1, int(np.ceil(model.suppress_below))))
    if len(names) < 2 or not members:
        raise StatisticsError(
            f"按 {by!r} 只有 {len(names)} 个对象的各触点样本都够（{model.suppress_below:g} 份），无法排名"
        )
    result = topsis(means, [t.weight for t in members])
    objects = {name: place for place, name in enumerate(records.segment_names)}
    everyone = np.unique(np.concatenate([sample.rows for sample in samples]))
    bases = np.bincount(np.maximum(records.segments[everyone], 0), minlength=len(objects))
    rows = [
        (name, float(c), int(rank), int(bases[objects[name]]))
        for name, c, rank in zip(names, result.closeness, result.ranks, strict=True)
    ]
    return RANKING.build(sorted(rows, key=lambda row: (row[2], row[0])))

"""Weights derived from how the members go with overall satisfaction: LMG, Johnson, Pratt, coefficients, PLS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from feedback_engine.config.scoring import ScoringConfig
from feedback_engine.errors import ConfigError, StatisticsError
from feedback_engine.scoring.leveltables import LevelTable
from feedback_engine.scoring.samples import Floats
from feedback_engine.scoring.weighing import Weighing, share_out

if TYPE_CHECKING:
    import pandas as pd

    from feedback_engine.stats.importance import Importance

    Filled = tuple[pd.DataFrame, Floats, Floats]

#: Beyond this many drivers LMG is too slow to be redone and too thin to be believed.
MOST_LMG_DRIVERS = 12
#: Methods for which skipped answers are imputed.
IMPUTED = ("lmg", "johnson", "pratt", "betas")


def derive_lmg(table: LevelTable, scoring: ScoringConfig) -> Weighing:
    """Return LMG shares of the members towards overall satisfaction."""
    from feedback_engine.stats.importance import lmg

    if len(table.codes) > MOST_LMG_DRIVERS:
        raise StatisticsError(
            f"{table.place}有 {len(table.codes)} 个指标，lmg 最多 {MOST_LMG_DRIVERS} 个；请改用 johnson，或先分组"
        )
    return _derive("lmg", table, scoring, lmg)


def derive_johnson(table: LevelTable, scoring: ScoringConfig) -> Weighing:
    """Return Johnson's relative weights of the members towards overall satisfaction."""
    from feedback_engine.stats.importance import johnson

    return _derive("johnson", table, scoring, johnson)


def derive_pratt(table: LevelTable, scoring: ScoringConfig) -> Weighing:
    """Return Pratt's shares; a negative one (suppression) is a StatisticsError that names the member."""
    from feedback_engine.stats.importance import pratt

    return _derive("pratt", table, scoring, pratt)


def derive_betas(table: LevelTable, scoring: ScoringConfig) -> Weighing:
    """Return the shares of the standardised coefficients; a negative one is a StatisticsError."""
    from feedback_engine.stats.importance import standardised_betas

    return _derive("betas", table, scoring, standardised_betas)


def _derive(method: str, table: LevelTable, scoring: ScoringConfig, measure: Callable[..., Importance]) -> Weighing:
    from feedback_engine.stats.importance import find_suppressed, find_weaknesses

    x, y, weights = read_complete(method, table, scoring)
    complete = len(x)
    _refuse_few(method, table, complete, scoring)
    sets, notes = _fill(table, x, y, weights, scoring)
    importance = _pool([measure(*each) for each in sets], complete)
    weaknesses = find_weaknesses(
        importance, min_base=scoring.weighting.min_base, min_r_squared=scoring.weighting.min_r_squared
    )
    if weaknesses:
        raise StatisticsError(
            f"{table.place}：{method} 不能作权重：{'；'.join(weaknesses)}；请用 declared、ahp 或 equal"
        )
    shares = share_out(importance.importance, table)
    if suppressed := find_suppressed(*sets[0]):
        notes.append(f"抑制效应：{'、'.join(suppressed)} 的系数与相关方向相反")
    return Weighing(shares, complete, {"r_squared": importance.r_squared}, tuple(notes))


def _fill(
    table: LevelTable, x: pd.DataFrame, y: Floats, weights: Floats, scoring: ScoringConfig
) -> tuple[list[Filled], list[str]]:
    """Return members, outcome and weights to measure on: the complete answers, or where many skipped, imputed ones.

    Who had nothing to do with a member has nothing to impute; who did not tell the outcome tells nothing.
    """
    import pandas as pd

    from feedback_engine.scoring.imputation import impute

    config = scoring.drivers
    known = np.isfinite(table.scores) if table.skipped is None else np.isfinite(table.scores) | table.skipped
    usable = known.all(axis=1)
    if table.outcome is not None:
        usable &= ~np.isnan(table.outcome)
    away = len(table.scores) - int(usable.sum())
    notes = [f"{away / len(table.scores):.1%} 的受访者没有总体评价或未接触某一项，未计入"] if away else []
    lost = 1.0 - len(x) / int(usable.sum())
    if lost <= config.max_listwise:
        return [(x, y, weights)], [*notes, *([f"{lost:.1%} 的受访者答案不全，未计入"] if lost > 0 else [])]
    joined = np.column_stack([table.scores, table.outcome])[usable] if table.outcome is not None else table.scores
    filled = impute(joined, count=config.imputations, seed=config.seed)
    sets = [
        (pd.DataFrame(each[:, :-1], columns=x.columns), each[:, -1], table.respondent_weights[usable])
        for each in filled
    ]
    return sets, [*notes, f"{lost:.1%} 的受访者有漏答：多重插补 {config.imputations} 次"]


def _pool(measured: list[Importance], base: int) -> Importance:
    """Return the mean of the importances over the imputations, on the base of the complete answers."""
    return replace(
        measured[0],
        importance=np.mean([each.importance for each in measured], axis=0),
        share=np.mean([each.share for each in measured], axis=0),
        r_squared=float(np.mean([each.r_squared for each in measured])),
        base=base,
    )


def derive_pls(table: LevelTable, scoring: ScoringConfig) -> Weighing:
    """Return PLS outer weights (Mode A, in the members' own units) of the level towards overall satisfaction.

    A negative weight is a StatisticsError that names the member: the index could leave 0-100.
    """
    from feedback_engine.stats.pls import fit_pls

    x, y, weights = read_complete("pls", table, scoring)
    _refuse_few("pls", table, len(x), scoring)
    items = [f"x{place}" for place in range(len(table.codes))]
    frame = x.set_axis(items, axis=1).assign(overall=y)
    fit = fit_pls(frame, {"level": items, "overall": ["overall"]}, [("level", "overall")], weights=weights)
    r_squared = fit.r_squared["overall"]
    if r_squared < scoring.weighting.min_r_squared:
        raise StatisticsError(
            f"{table.place}：pls 的 R² = {r_squared:.3f}，低于 {scoring.weighting.min_r_squared:g}，不能作权重"
        )
    shares = share_out([fit.raw_weights[item] for item in items], table)
    figures = {"r_squared": r_squared, "iterations": float(fit.iterations)}
    return Weighing(shares, fit.base, figures)


def read_complete(method: str, table: LevelTable, scoring: ScoringConfig) -> tuple[pd.DataFrame, Floats, Floats]:
    """Return members, outcome and weights of the respondents with everything; refuses without an overall item."""
    import pandas as pd

    if table.outcome is None:
        raise ConfigError(
            f"scoring.weights: {method} 需要总体满意度题；请用 scoring.weighting.overall_item 写明它的指标代码"
        )
    kept = table.is_complete
    if not kept.any():
        raise StatisticsError(
            f"{table.place}：没有一份答卷既有全部 {len(table.codes)} 个指标又有 {scoring.weighting.overall_item!r}"
        )
    frame = pd.DataFrame(table.scores[kept], columns=list(table.names))
    return frame, np.asarray(table.outcome[kept], dtype=np.float64), table.respondent_weights[kept]


def _refuse_few(method: str, table: LevelTable, base: int, scoring: ScoringConfig) -> None:
    least = max(scoring.weighting.min_base, 10 * len(table.codes))
    if base < least:
        raise StatisticsError(
            f"{table.place}：{method} 至少需要 {least} 份完整答卷（{len(table.codes)} 个指标），现有 {base} 份"
        )

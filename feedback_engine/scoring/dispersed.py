"""Weights from how far the members differ over objects (branches, regions): never over respondents.

On respondents' rows these methods would weigh how far answers scatter, and depend on where the scale begins.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from feedback_engine.config.scoring import ScoringConfig
from feedback_engine.errors import ConfigError, StatisticsError
from feedback_engine.scoring.leveltables import LevelTable
from feedback_engine.scoring.samples import Floats
from feedback_engine.scoring.weighing import Weighing, share_out

#: With fewer objects the weights are hardly more than chance.
FEW_OBJECTS = 5


def disperse_entropy(table: LevelTable, scoring: ScoringConfig) -> Weighing:
    """Return entropy weights (熵权法) of the object × member table."""
    from feedback_engine.stats.weights import entropy_weights

    return _disperse("entropy", table, scoring, lambda x: entropy_weights(x, normalise=scoring.weighting.normalise))


def disperse_critic(table: LevelTable, scoring: ScoringConfig) -> Weighing:
    """Return CRITIC weights of the object × member table."""
    from feedback_engine.stats.weights import critic_weights

    return _disperse("critic", table, scoring, critic_weights)


def disperse_variation(table: LevelTable, scoring: ScoringConfig) -> Weighing:
    """Return weights by the coefficient of variation (变异系数法) of the object × member table."""
    from feedback_engine.stats.weights import variation_weights

    return _disperse("variation", table, scoring, variation_weights)


def disperse_pca(table: LevelTable, scoring: ScoringConfig) -> Weighing:
    """Return weights by the principal components of the object × member table."""
    from feedback_engine.stats.weights import pca_weights

    return _disperse("pca", table, scoring, pca_weights)


def _disperse(method: str, table: LevelTable, scoring: ScoringConfig, weigh: Callable[[object], Floats]) -> Weighing:
    import pandas as pd

    objects = _require_objects(method, table, scoring)
    frame = pd.DataFrame(objects, index=list(table.object_names), columns=list(table.names))
    notes = []
    if len(objects) < FEW_OBJECTS:
        notes.append(
            f"只有 {len(objects)} 个对象（{'、'.join(table.object_names)}），少于 {FEW_OBJECTS} 个，权重很不稳定"
        )
    if table.dropped_objects:
        least = scoring.weighting.min_object_base
        notes.append(f"样本不足 {least} 的对象未计入：{'、'.join(table.dropped_objects)}")
    constant = [name for name, spread in zip(table.names, np.ptp(objects, axis=0), strict=True) if spread == 0]
    if len(constant) == len(table.names):
        raise StatisticsError(f"{table.place}：各对象的得分完全相同，{method} 分不出权重")
    notes += [f"{name} 在各对象间没有差异，权重为 0" for name in constant]
    return Weighing(share_out(weigh(frame), table), len(objects), {"objects": float(len(objects))}, tuple(notes))


def _require_objects(method: str, table: LevelTable, scoring: ScoringConfig) -> Floats:
    if table.objects is None:
        raise ConfigError(
            f"scoring.weights: {method} 只能用在「对象×指标」表上（如各门店），不能用在受访者的答卷上；"
            "请用 scoring.weighting.objects 写明对象是哪个属性"
        )
    if len(table.objects) < 2:
        raise StatisticsError(
            f"{table.place}：按 {scoring.weighting.objects!r} 只有 {len(table.objects)} 个对象有足够的数据"
            f"（每个指标至少 {scoring.weighting.min_object_base} 份），{method} 至少需要 2 个"
        )
    return table.objects

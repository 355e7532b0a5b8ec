"""Weights that people judge: AHP matrices and Delphi rounds from the configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from feedback_engine.config.scoring import AhpConfig, JudgementConfig, ScoringConfig
from feedback_engine.errors import ConfigError, StatisticsError
from feedback_engine.scoring.leveltables import LevelTable
from feedback_engine.scoring.weighing import Weighing, align, share_out

if TYPE_CHECKING:
    from feedback_engine.stats.ahp import AhpResult

#: So many items make one triangle of judgements.
_TRIANGLE = 3


def judge_ahp(table: LevelTable, scoring: ScoringConfig) -> Weighing:
    """Return AHP weights of the level's judgement matrices; several experts by the geometric mean.

    A consistency ratio above `max_ratio` is a StatisticsError that names the judgement which breaks it most.
    """
    from feedback_engine.stats.ahp import ahp_weights

    config = scoring.weighting.ahp
    place = f"scoring.weighting.ahp.judgements.{table.code}"
    judged = config.judgements.get(table.code)
    if judged is None:
        raise ConfigError(f"{place}：没有{table.place}的判断矩阵；需要比较 {'、'.join(table.codes)}")
    align(judged.members, np.zeros(len(judged.members)), table, place)
    names = dict(zip(table.codes, table.names, strict=True))
    matrix = _merge(judged, config, [names[code] for code in judged.members], place)
    result = ahp_weights(matrix, ri=config.ri)
    _refuse_inconsistent(result, config, place)
    figures = {
        "lambda_max": result.lambda_max,
        "consistency_index": result.consistency_index,
        "consistency_ratio": result.consistency_ratio,
    }
    return Weighing(align(judged.members, result.weights, table, place), len(judged.matrices), figures)


def _merge(judged: JudgementConfig, config: AhpConfig, names: list[str], place: str) -> object:
    """Return the experts' matrices, gaps filled, as one frame; each expert must be consistent on his own."""
    import pandas as pd

    from feedback_engine.stats.ahp import ahp_weights, group_judgements
    from feedback_engine.stats.judgements import complete_matrix

    matrices = []
    for number, given in enumerate(judged.matrices, start=1):
        cells = np.array([[np.nan if cell is None else cell for cell in row] for row in given], dtype=np.float64)
        try:
            complete = pd.DataFrame(complete_matrix(cells), index=names, columns=names)
        except StatisticsError as error:
            raise StatisticsError(f"{place}：第 {number} 个判断矩阵：{error}") from error
        who = f"{place}：第 {number} 个判断矩阵" if len(judged.matrices) > 1 else place
        _refuse_inconsistent(ahp_weights(complete, ri=config.ri), config, who)
        matrices.append(complete)
    merged = group_judgements(matrices, list(judged.experts) or None)
    return pd.DataFrame(merged, index=names, columns=names)


def _refuse_inconsistent(result: AhpResult, config: AhpConfig, place: str) -> None:
    if result.is_consistent(config.max_ratio):
        return
    worst = result.worst_judgement
    culprit = ""
    if worst is not None:
        which = "三个判断互相矛盾，分不出错在哪一个，例如" if len(result.weights) == _TRIANGLE else "出入最大的判断是"
        culprit = f"；{which} {worst.row} 比 {worst.column} = {worst.given:.4g}，按其余判断约为 {worst.implied:.4g}"
    raise StatisticsError(
        f"{place} 不一致：CR = {result.consistency_ratio:.3f}，应低于 {config.max_ratio:g}{culprit}；请专家重新比较"
    )


def judge_delphi(table: LevelTable, scoring: ScoringConfig) -> Weighing:
    """Return the weights of the last Delphi round; what the experts still dispute is a note."""
    from feedback_engine.stats.delphi import check_convergence, summarise_round

    place = f"scoring.weighting.delphi.{table.code}"
    asked = scoring.weighting.delphi.get(table.code)
    if asked is None:
        raise ConfigError(f"{place}：没有{table.place}的专家评分；需要评 {'、'.join(table.codes)}")
    last = summarise_round(np.array(asked.rounds[-1], dtype=np.float64))
    weights = share_out(align(asked.members, last.weights, table, place), table)
    figures = {"rounds": float(len(asked.rounds)), "largest_variation": float(np.max(last.variation))}
    if len(asked.rounds[-1]) < 2 or len(asked.members) < 2:
        return Weighing(weights, len(asked.rounds[-1]), figures)
    converged = check_convergence([np.array(each, dtype=np.float64) for each in asked.rounds])
    figures |= {"kendall_w": last.concordance.w, "kendall_p": last.concordance.p_value}
    notes = [] if converged.is_converged else ["专家意见尚未收敛"]
    notes += [f"仍有分歧：{asked.members[position]}" for position in converged.disputed]
    return Weighing(weights, len(asked.rounds[-1]), figures, tuple(notes))

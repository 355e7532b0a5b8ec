"""Every way to weigh the members of a level, by name."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping

import numpy as np

from feedback_engine.config.scoring import ScoringConfig
from feedback_engine.errors import ConfigError
from feedback_engine.registry import unknown_name
from feedback_engine.scoring.derived import derive_betas, derive_johnson, derive_lmg, derive_pls, derive_pratt
from feedback_engine.scoring.dispersed import disperse_critic, disperse_entropy, disperse_pca, disperse_variation
from feedback_engine.scoring.judged import judge_ahp, judge_delphi
from feedback_engine.scoring.leveltables import LevelTable
from feedback_engine.scoring.samples import Floats
from feedback_engine.scoring.weighing import Weighing, share_out

Weigh = Callable[[LevelTable, ScoringConfig], Weighing]

#: Methods that compute a level's weights from judgements or data; declared, equal and combine need none of their own.
METHODS: Mapping[str, Weigh] = {
    "ahp": judge_ahp,
    "delphi": judge_delphi,
    "entropy": disperse_entropy,
    "critic": disperse_critic,
    "variation": disperse_variation,
    "pca": disperse_pca,
    "lmg": derive_lmg,
    "johnson": derive_johnson,
    "pratt": derive_pratt,
    "betas": derive_betas,
    "pls": derive_pls,
}

#: Methods that ask people.
JUDGED = ("ahp", "delphi")
#: Methods that read respondents' or objects' figures.
DATA_METHODS = tuple(name for name in METHODS if name not in JUDGED)


def weigh_level(method: str, table: LevelTable, scoring: ScoringConfig, declared: Floats) -> Weighing:
    """Return the weights of a level's members by a method; `declared` are their weights as declared.

    What the formulas warn of becomes a note. Raises ConfigError for a setting that is missing, and StatisticsError,
    with the figures, for data that the method must not be used on. A level of one member needs no method.
    """
    if len(table.codes) == 1:
        return Weighing(np.ones(1), len(table.scores))
    if method == "equal":
        return Weighing(np.full(len(table.codes), 1.0 / len(table.codes)), 0)
    if method == "declared":
        return Weighing(share_out(declared, table), 0)
    if method == "combine":
        return _combine(table, scoring, declared)
    if method not in METHODS:
        raise ConfigError(unknown_name("权重方法", method, ("declared", "equal", *METHODS, "combine")))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        weighing = METHODS[method](table, scoring)
    notes = tuple(dict.fromkeys((*weighing.notes, *(str(warning.message) for warning in caught))))
    return Weighing(weighing.weights, weighing.base, weighing.figures, notes)


def _combine(table: LevelTable, scoring: ScoringConfig, declared: Floats) -> Weighing:
    from feedback_engine.stats.weights import combine, game_coefficients

    config = scoring.weighting.combine
    members = [weigh_level(name, table, scoring, declared) for name in config.methods]
    vectors = [member.weights for member in members]
    if config.by == "multiplicative":
        weights, shares = combine(vectors[0], vectors[1], method="multiplicative"), np.empty(0)
    else:
        shares = game_coefficients(vectors) if config.by == "game" else _linear_shares(len(vectors), config.alpha)
        weights = np.einsum("m,mj->j", shares, np.array(vectors))
    figures = {f"share:{name}": float(share) for name, share in zip(config.methods, shares, strict=False)}
    figures |= {
        f"{name}:{key}": value
        for name, member in zip(config.methods, members, strict=True)
        for key, value in member.figures.items()
    }
    notes = [f"{name}：{note}" for name, member in zip(config.methods, members, strict=True) for note in member.notes]
    zeros = [name for name, *given in zip(table.names, *vectors, strict=True) if min(given) == 0]
    if config.by == "multiplicative" and zeros:
        notes.append(f"乘法组合下权重为 0：{'、'.join(zeros)}（某一方法给了 0）")
    base = min((member.base for member in members if member.base), default=0)
    return Weighing(share_out(weights, table), base, figures, tuple(notes))


def _linear_shares(count: int, alpha: float) -> Floats:
    return np.array([alpha, 1.0 - alpha]) if count == 2 else np.full(count, 1.0 / count)

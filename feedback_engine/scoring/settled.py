"""Which weights are in force: the declared ones, the stored frozen ones, or new ones when there are none yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from feedback_engine.config.scoring import ScoringConfig
from feedback_engine.domain import Period
from feedback_engine.errors import ConfigError
from feedback_engine.scoring.data import ScoringData
from feedback_engine.scoring.frozen import FrozenWeights, apply_weights, freeze_weights
from feedback_engine.scoring.model import DECLARED, EQUAL, IndexModel
from feedback_engine.scoring.records import ALL
from feedback_engine.scoring.weightings import find_base_period


@dataclass(frozen=True, slots=True)
class Settled:
    """The model with the weights in force; `frozen` None = as declared; `is_new`: the caller should store them."""

    model: IndexModel
    frozen: FrozenWeights | None = None
    is_new: bool = False


def settle_weights(
    model: IndexModel,
    scoring: ScoringConfig,
    *,
    stored: FrozenWeights | None,
    load: Callable[[Period | None], ScoringData],
    first: Period | None,
) -> Settled:
    """Return the model with the weights that `scoring.weights` asks for.

    Computed ones come from the store; where it has none they are computed now, from the data (`load`) of `base_period`,
    or of `first`, the first period with figures. Stored weights of another method or base period are a ConfigError: new
    weights would make a change of the index out of a change of weights, so that re-weighting must be asked for.
    """
    if scoring.weights in (DECLARED, EQUAL):
        return Settled(model)
    if stored is None:
        frozen = reweight(model, scoring, load=load, first=first)
        return Settled(apply_weights(model, frozen), frozen, is_new=True)
    _refuse_other(stored, scoring)
    return Settled(apply_weights(model, stored), stored)


def reweight(
    model: IndexModel, scoring: ScoringConfig, *, load: Callable[[Period | None], ScoringData], first: Period | None
) -> FrozenWeights:
    """Return new weights from the base period's data, whatever is stored; chain by `chain_link` what they replace."""
    base = find_base_period(scoring, first)
    return freeze_weights(load(base), model, scoring, period=base)


def _refuse_other(stored: FrozenWeights, scoring: ScoringConfig) -> None:
    named = scoring.weighting.base_period
    if named not in (None, ALL):
        named = Period.parse(str(named)).label
    if stored.method != scoring.weights or named not in (None, stored.base_period):
        raise ConfigError(
            f"已冻结的权重是 {stored.method}（基期 {stored.base_period}），配置要求 {scoring.weights}"
            f"（基期 {named or '首期'}）；换权重会让指数前后不可比，请明确地重新冻结并衔接，或把配置改回"
        )

"""Which weights are in force: computed once, kept, and replaced only when somebody asks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scoring_builders import rated
from scoring_surveys import wide_data

from feedback_engine.config.model import Config
from feedback_engine.domain import Period
from feedback_engine.errors import ConfigError, StatisticsError
from feedback_engine.scoring.data import ScoringData
from feedback_engine.scoring.frozen import FrozenWeights
from feedback_engine.scoring.model import build_model
from feedback_engine.scoring.settled import Settled, reweight, settle_weights

SEPTEMBER, OCTOBER = Period.parse("2026-09"), Period.parse("2026-10")


def data_of(seed: int) -> ScoringData:
    """Two months: in September a counts, in October b does."""
    generator = np.random.default_rng(seed)
    frame = pd.DataFrame(generator.normal(size=(400, 2)), columns=["a", "b"])
    is_october = np.arange(400) >= 200
    frame["overall"] = np.where(is_october, frame["b"], frame["a"]) + 0.5 * generator.normal(size=400)
    at = [f"2026-{10 if late else 9:02}-15T02:00:00Z" for late in is_october]
    return wide_data((5.5 + 1.5 * frame).round().clip(1, 10), pd.DataFrame({"店": ["甲"] * 400}), at=at)


def config(method: str, **weighting: str) -> Config:
    return Config.model_validate(
        {
            "touchpoints": [rated("x", "a"), rated("y", "b")],
            "scoring": {"weights": method, "weighting": {"overall_item": "overall", **weighting}},
        }
    )


def settle(chosen: Config, stored: FrozenWeights | None = None, first: Period | None = SEPTEMBER) -> Settled:
    return settle_weights(
        build_model(chosen, {}), chosen.scoring, stored=stored, load=lambda _: data_of(1), first=first
    )


def test_declared_weights_need_no_freezing() -> None:
    for method in ("declared", "equal"):
        settled = settle(config(method))
        assert (settled.frozen, settled.is_new) == (None, False)


def test_the_first_period_makes_the_weights_and_later_data_do_not_move_them() -> None:
    settled = settle(config("lmg"))
    assert settled.is_new
    assert settled.frozen.base_period == "2026-09"
    assert settled.model.touchpoints[0].weight > 0.9
    again = settle(config("lmg"), stored=settled.frozen, first=OCTOBER)
    assert not again.is_new
    assert again.model == settled.model


def test_a_named_base_period_makes_them_instead() -> None:
    settled = settle(config("lmg", base_period="2026-10"))
    assert settled.frozen.base_period == "2026-10"
    assert settled.model.touchpoints[1].weight > 0.9
    assert settle(config("lmg", base_period="all")).frozen.base_period == "all"


def test_another_method_or_base_must_be_asked_for() -> None:
    stored = settle(config("lmg")).frozen
    for other in (config("johnson"), config("lmg", base_period="2026-10")):
        with pytest.raises(ConfigError, match="已冻结的权重是 lmg（基期 2026-09）"):
            settle(other, stored=stored)
    assert settle(config("lmg", base_period="2026-09"), stored=stored).frozen == stored
    chosen = config("johnson", base_period="2026-10")
    fresh = reweight(build_model(chosen, {}), chosen.scoring, load=lambda _: data_of(1), first=None)
    assert (fresh.method, fresh.base_period) == ("johnson", "2026-10")


def test_a_base_period_without_data_is_refused() -> None:
    with pytest.raises(StatisticsError, match="没有一个得分"):
        settle(config("lmg", base_period="2025-01"))

"""Weights that people judge, tried out before there are data: a matrix that lacks or contradicts itself is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from feedback_engine.config.model import Config
from feedback_engine.engine.figures import names_of
from feedback_engine.scoring.data import ScoringData
from feedback_engine.scoring.frozen import freeze_weights
from feedback_engine.scoring.model import build_model
from feedback_engine.scoring.weighting import JUDGED
from feedback_engine.tables.annotations import ANNOTATIONS
from feedback_engine.tables.feedback import CASES, FEEDBACK, RATINGS

if TYPE_CHECKING:
    from feedback_engine.lexicon.model import Pack


def check_judgements(config: Config, load_pack: Callable[[str], Pack]) -> None:
    """Raise ConfigError or StatisticsError if weights are to be judged, and the judgements do not give any."""
    if config.scoring.weights not in JUDGED:
        return
    names = names_of(load_pack(config.project.pack).touchpoints)
    nothing = ScoringData(
        FEEDBACK.build(), RATINGS.build(), CASES.build(), ANNOTATIONS.build(), config.project.timezone
    )
    freeze_weights(nothing, build_model(config, names), config.scoring)

"""How often a learned model, or a judge, errs, as its card tells: what a share counted by it is corrected for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from feedback_engine.nlp.judge import TREES, read_judge_card
from feedback_engine.nlp.models import read_card


@dataclass(frozen=True, slots=True)
class LabelErrors:
    """Sensitivity and specificity of a label on rows held out, with how many rows had it and had it not."""

    sensitivity: float
    specificity: float
    with_it: int
    without_it: int


def read_label_errors(path: Path) -> Mapping[str, LabelErrors]:
    """Return the measured errors of each label of a model file, or of a judge's; LexiconError if it cannot be read.

    A row has one label, or several (touchpoints): the rows without one are counted from all that were measured.
    """
    card = read_judge_card(path) if path.suffix == TREES else read_card(path)
    every = sum(one["rows"] for one in card["measured"]["per_domain"])
    return {
        one["label"]: LabelErrors(one["sensitivity"], one["specificity"], one["rows"], every - one["rows"])
        for one in card["measured"]["per_class"]
    }

"""Remarks that praise and blame at once, by weights learned from such remarks and from those that only look like them.

Reviews were learned from as good or bad on the whole, and take a side; what customers say by word of mouth, in chats
and questionnaires, is mixed where both sides stand (服务没得说，菜嘛一般).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from feedback_engine.errors import LexiconError
from feedback_engine.lexicon.columns import Floats
from feedback_engine.nlp.heard import hear
from feedback_engine.nlp.models import load_model
from feedback_engine.nlp.row import Row
from feedback_engine.nlp.weights import WeightTable

#: The task of the weights, and their label for remarks of two sides.
TASK, BOTH = "sides", "both"


class SideWeights:
    """The weights that tell remarks of two sides from others."""

    def __init__(self, path: Path) -> None:
        model = load_model(path)
        if model.task != TASK or BOTH not in model.outputs:
            raise LexiconError(f"{path}: 要 {TASK} 任务的模型，标签里有 {BOTH}；请用随附的模型")
        self.table, self.column = WeightTable.of(model), model.outputs.index(BOTH)

    def hear(self, row: Row) -> Floats:
        """Return the log odds that each text praises and blames at once."""
        odds: Floats = hear(self.table, row, np.arange(row.given)).odds[:, self.column]
        return odds

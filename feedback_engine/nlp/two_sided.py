"""Remarks that praise and blame at once, by weights learned from such remarks and from those that only look like them.

Reviews were learned from as good or bad on the whole, and take a side; what customers say by word of mouth, in chats
and questionnaires, is mixed where both sides stand (服务没得说，菜嘛一般).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from feedback_engine.errors import LexiconError
from feedback_engine.lexicon.columns import flag
from feedback_engine.nlp.blend import Blend
from feedback_engine.nlp.heard import hear
from feedback_engine.nlp.models import load_model
from feedback_engine.nlp.row import Row
from feedback_engine.nlp.sentiment import LexiconVerdicts
from feedback_engine.nlp.silences import VERY_SHORT
from feedback_engine.nlp.vocabulary import Flags
from feedback_engine.nlp.weights import WeightTable

#: The task of the weights, and their label for remarks of two sides.
TASK, BOTH = "sides", "both"
#: Texts of more characters are not those that the weights were learned from.
_LONGEST = 160
#: What the weaker of the rules' sides adds to the log odds, up to the second figure, and what the fourth power of the
#: score takes from them; the log odds in all from which on a remark is mixed. Chosen on 800 texts of five industries.
_WEAKER, _MOST, _DECIDED, _LIMIT = 1.0, 1.0, 2.5, 0.3
#: In a very short text a turn decides that leaves the rules this good, or this bad.
_WORTH_IT, _SPOILT = 0.25, -0.5


class SideWeights:
    """The weights that tell remarks of two sides from others."""

    def __init__(self, path: Path) -> None:
        model = load_model(path)
        if model.task != TASK or BOTH not in model.outputs:
            raise LexiconError(f"{path}: 要 {TASK} 任务的模型，标签里有 {BOTH}；请用随附的模型")
        self.table, self.column = WeightTable.of(model), model.outputs.index(BOTH)


def find_two_sided(weights: SideWeights, texts: Blend, rules: LexiconVerdicts, row: Row, are_remarks: Flags) -> Flags:
    """Return which of the remarks that take a side say both good and bad."""
    readings, sides = texts.readings, rules.text_sides
    may_be = are_remarks & texts.takes_side & (readings.sizes <= _LONGEST) & ~readings.are_latin
    may_be &= ~_are_turned(texts, rules)
    at = may_be.nonzero()[0]
    if not len(at):
        return may_be
    odds = hear(weights.table, *row.texts, at).odds[:, weights.column]
    odds += _WEAKER * np.minimum(_MOST, np.minimum(sides.positive, sides.negative)[at])
    squares = texts.scores[at] * texts.scores[at]
    may_be[at] = odds - _DECIDED * squares * squares >= _LIMIT
    return may_be


def _are_turned(texts: Blend, rules: LexiconVerdicts) -> Flags:
    """Return which very short texts turn to the side that they take (地方难找,但值得跑一趟)."""
    found, scores = rules.found, rules.text_sides.scores
    turns = flag(found.texts[rules.weighing.is_concerned[found.clauses]], len(scores))
    agree = (scores * texts.scores > 0) & ((scores >= _WORTH_IT) | (scores <= _SPOILT))
    return turns & agree & (texts.readings.sizes <= VERY_SHORT)

"""What a questionnaire asks, whichever platform exported it: questions with types, scales and where they came from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from feedback_engine.config.model import ScaleConfig
from feedback_engine.domain import AnswerState

#: The cell of a folded question that joins several options, as 问卷星 writes it.
JOINER = "┋"
#: What stands between the options of a ranking, the first choice first.
RANKED = "→"
#: How adapters write, in the rows that they hand on, why a cell holds no answer: the `missing` of their mapping.
MISSING: dict[str, AnswerState] = {
    "(空)": AnswerState.BLANK,
    "(跳过)": AnswerState.NOT_SHOWN,
    "(拒答)": AnswerState.REFUSED,
    "(缺失)": AnswerState.UNKNOWN_MISSING,
}


class QuestionType(StrEnum):
    """What an answer is."""

    SINGLE = "single"
    MULTI = "multi"
    SCALE = "scale"
    NPS = "nps"
    MATRIX_ROW = "matrix_row"
    RANK = "rank"
    NUMBER = "number"
    TEXT = "text"
    FILE = "file"
    LOCATION = "location"
    META = "meta"

    @property
    def is_rated(self) -> bool:
        """Whether an answer is a rating on a scale."""
        return self in (QuestionType.SCALE, QuestionType.NPS, QuestionType.MATRIX_ROW)


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `columns` are the positions in the file (1 = first) that were folded into it."""

    code: str
    stem: str
    type: QuestionType
    columns: tuple[int, ...] = ()
    scale: ScaleConfig | None = None
    #: Why it is this scale: declared type, labels, head or values, in words.
    scale_evidence: str = ""
    #: Code of the matrix that this row belongs to.
    group: str = ""
    row_label: str = ""
    options: tuple[str, ...] = ()
    is_required: bool = False

    @property
    def full_stem(self) -> str:
        """The question in its own words, with the row's label for a matrix row."""
        return f"{self.stem}—{self.row_label}" if self.row_label else self.stem

    def to_dict(self) -> dict[str, Any]:
        """Return the question as `inspect --json` prints it."""
        scale = None if self.scale is None else {"min": self.scale.min, "max": self.scale.max}
        return {
            "code": self.code,
            "stem": self.stem,
            "type": str(self.type),
            "scale": scale,
            "scale_evidence": self.scale_evidence,
            "group": self.group,
            "row_label": self.row_label,
            "options": list(self.options),
            "columns": list(self.columns),
        }

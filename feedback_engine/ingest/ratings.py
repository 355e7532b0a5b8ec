"""Cells of closed questions as ratings: each distinct cell is understood once."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import NamedTuple

from feedback_engine.config.model import ScaleConfig
from feedback_engine.domain import AnswerState
from feedback_engine.ingest.cells import MissingTable, fold

_NUMBER = re.compile(r"([+-]?\d{1,9}(?:\.\d{1,9})?)\s*(?:分|星|颗星|(%)|/\s*(\d{1,9})\s*分?)?", re.ASCII)
#: `A.`, `B、`, `1:` or `(3)` before an option.
_OPTION_PREFIX = re.compile(r"\(?[A-Za-z0-9]{1,2}[.、:)]", re.ASCII)
_MAX_REMEMBERED = 10_000
_SAID = (AnswerState.ANSWERED, AnswerState.REFUSED)


class Answer(NamedTuple):
    """What a cell says; `problem` is why it says nothing that the scale knows, else empty."""

    state: AnswerState
    rating: float
    problem: str
    #: The answer in the words of the content hash.
    token: str
    #: Whether the respondent has said something: answered or refused.
    is_said: bool

    @classmethod
    def of(cls, state: AnswerState, rating: float = math.nan, problem: str = "") -> Answer:
        """Return the answer with all that follows from it, so that it is worked out once for each distinct cell."""
        token = f"{rating:g}" if state is AnswerState.ANSWERED else state.value
        return cls(state, float(rating), problem, token, state in _SAID)


class RatingReader(dict[str, Answer]):
    """Cell → Answer on one declared scale."""

    def __init__(self, scale: ScaleConfig, missing: MissingTable) -> None:
        super().__init__()
        self._scale = scale
        self._missing = missing
        self._labels = {fold(label): rating for label, rating in scale.label_ratings.items()}

    def __missing__(self, cell: str) -> Answer:
        if len(self) >= _MAX_REMEMBERED:
            self.clear()
        self[cell] = answer = self._read(cell)
        return answer

    def _read(self, cell: str) -> Answer:
        if cell in self._missing.own:
            return Answer.of(self._missing.own[cell])
        if (rating := self._labels.get(fold(cell))) is not None:
            return Answer.of(AnswerState.ANSWERED, rating)
        plain = unicodedata.normalize("NFKC", cell)
        if (match := _NUMBER.fullmatch(plain.strip())) and self._is_of_this_scale(*match.groups()[1:]):
            return self._place(float(match[1]))
        if (state := self._missing.state_of(cell)) is not None:
            return Answer.of(state)
        if prefix := _OPTION_PREFIX.match(plain.strip()):
            option = fold(plain.strip()[prefix.end() :])
            if (rating := self._labels.get(option)) is not None:
                return Answer.of(AnswerState.ANSWERED, rating)
        return self._refuse("读不懂")

    def _is_of_this_scale(self, percent: str | None, full: str | None) -> bool:
        """Whether a number may be placed that is one of so many (9/10), or a percentage, which is one of a hundred."""
        return not (percent or full) or float(full or 100) == self._scale.max

    def _place(self, rating: float) -> Answer:
        if self._scale.min <= rating <= self._scale.max:
            return Answer.of(AnswerState.ANSWERED, rating)
        return self._refuse("超出量表")

    def _refuse(self, why: str) -> Answer:
        steps = {rating: label for label, rating in reversed(self._scale.label_ratings.items())}
        labels = "、".join(steps[rating] for rating in sorted(steps))  # of a step's wordings the first
        hint = f"，选项：{labels}" if labels else "；文字选项请写进 scale.labels"
        reason = f"{why}：量表为 {self._scale.min:g} 到 {self._scale.max:g}{hint}"
        return Answer.of(AnswerState.UNKNOWN_MISSING, problem=reason)

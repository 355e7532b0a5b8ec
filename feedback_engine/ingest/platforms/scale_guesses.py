"""Scales that few answers leave open, settled by the other questions of the survey."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from feedback_engine.config.model import ScaleConfig
from feedback_engine.ingest.cells import fold
from feedback_engine.ingest.scale_words import load_scale_words
from feedback_engine.ingest.scales import ScaleFinding
from feedback_engine.ingest.survey import Question

#: Answers above which a step that nobody chose was not offered.
_MANY = 30


@dataclass(frozen=True, slots=True)
class Guess:
    """A question whose scale is inferred from so many answers."""

    question: Question
    finding: ScaleFinding
    base: int

    @property
    def is_open(self) -> bool:
        """Whether more steps than were chosen may have been offered."""
        return not self.finding.is_full or self.base < _MANY


def settle_guesses(guesses: Mapping[str, Guess], questions: Iterable[Question]) -> dict[str, Question]:
    """Return by code the questions whose words all are on the scale of a question of which it is certain."""
    certain = [question for question in questions if question.scale is not None and question.code not in guesses]
    settled: dict[str, Question] = {}
    for code, guess in guesses.items():
        words = {load_scale_words().word_of(option) for option in guess.question.options}
        if not words or "" in words or not guess.is_open:
            continue
        found = [other for other in certain if other.scale is not None and words <= _words_of(other.scale)]
        scales = {(other.scale.min, other.scale.max) for other in found if other.scale is not None}
        if len(scales) == 1:
            evidence = f"与 {found[0].code} 用同一组选项：{found[0].scale_evidence}"
            settled[code] = replace(guess.question, scale=found[0].scale, scale_evidence=evidence)
    return settled


def _words_of(scale: ScaleConfig) -> set[str]:
    simplify = load_scale_words().simplify
    return {simplify(fold(label)) for label in scale.label_ratings}

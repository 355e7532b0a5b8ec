"""Scales that answers leave open: settled by the other questions of the survey, or told as missed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from feedback_engine.config.model import ScaleConfig
from feedback_engine.ingest.cells import fold
from feedback_engine.ingest.scale_words import load_scale_words
from feedback_engine.ingest.scales import ScaleFinding
from feedback_engine.ingest.survey import Question, QuestionType

#: Answers above which a step that nobody chose was not offered.
_MANY = 30
#: 九分, 8/10, 85%, B: what may be ratings, however written.
_RATING_LIKE = re.compile(
    r"(?:\d{1,3}(?:\.\d{1,2})?|[零一二两三四五六七八九十]{1,3})\s*(?:分|星|颗星|%|％|/\s*\d{1,3})?分?|[A-G]"
)


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


def misses_scale(question: Question) -> bool:
    """Whether a question without a scale asks for a rating and has answers of which half or more might be of one."""
    if question.scale is not None or question.type not in (QuestionType.SINGLE, QuestionType.NUMBER):
        return False
    is_closed = question.type is QuestionType.SINGLE
    # Bare numbers that are no scale are positions of options.
    if is_closed and all(map(str.isdigit, question.options)):
        return False
    return asks_for_rating(f"{question.stem} {question.row_label}") and may_rate(question.options)


def asks_for_rating(asked: str) -> bool:
    """Whether a heading asks for a rating, and neither how many rated nor whether the respondent reads on."""
    has_cue = load_scale_words().has_cue
    return has_cue("rating", asked) and not has_cue("count", asked) and not has_cue("attention", asked)


def may_rate(answers: Collection[str]) -> bool:
    """Whether half or more of the different answers might be ratings, and not plain yes or no."""
    words = load_scale_words()
    if answers and all(map(words.is_yes_or_no, answers)):
        return False
    return sum(bool(_RATING_LIKE.fullmatch(answer) or words.word_of(answer)) for answer in answers) * 2 >= len(answers)

"""Options and labels that stand in place of an answer: 拒答, not applicable, skipped, and what each means."""

from __future__ import annotations

import re

from feedback_engine.domain import AnswerState
from feedback_engine.ingest.cells import fold
from feedback_engine.ingest.format_tables import read_format_table
from feedback_engine.ingest.survey import MISSING
from feedback_engine.resources import once_per_lexicons

#: Unfamiliar (N/A), 没去过（不适用）: the respondent was asked and could not say.
_NOT_APPLICABLE = re.compile(r".+\((?:n/?a|不适用|不知道|don'?tknow)\)")
_LITERALS = {state: literal for literal, state in MISSING.items()}


@once_per_lexicons
def _words() -> dict[str, str]:
    return {fold(row[0]): _LITERALS[AnswerState(row[1])] for row in read_format_table("missing_words")}


def find_non_answer(label: str) -> str:
    """Return the key of MISSING for an option that is no answer; empty if it is one.

    A chosen "not applicable" is a refusal: the question was shown, or nobody could have chosen it.
    """
    folded = fold(label).replace("’", "'")
    if _NOT_APPLICABLE.fullmatch(folded):
        return _LITERALS[AnswerState.REFUSED]
    return _words().get(folded) or _words().get(folded.strip("().[]"), "")


def find_option_non_answer(label: str) -> str:
    """Return the same for an option that respondents saw and chose."""
    literal = find_non_answer(label)
    return _LITERALS[AnswerState.REFUSED] if literal == _LITERALS[AnswerState.NOT_SHOWN] else literal

"""Microsoft Forms: ID, Start time, Completion time, Email, Name, then a column a question."""

from __future__ import annotations

from feedback_engine.config.model import SourceConfig
from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.detect import Match, Sample, peek
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.dayforms import decide_days
from feedback_engine.ingest.platforms.layout import take
from feedback_engine.ingest.platforms.survey_columns import Grammar, Head, add_heads, add_id
from feedback_engine.ingest.platforms.survey_layout import SurveyLayout, digest_stems
from feedback_engine.ingest.platforms.survey_sample import column_cells
from feedback_engine.ingest.readers.rows import Rows

_ID, _STARTED, _ENDED, _EMAIL = "ID", "Start time", "Completion time", "Email"
_REQUIRED = (_ID, _STARTED, _ENDED)
_META = frozenset({*_REQUIRED, _EMAIL, "Name", "Last modified time", "Total points", "Quiz feedback", "Language"})
#: Columns that a quiz adds beside each question.
_QUIZ = ("Points - ", "Feedback - ")


class MicrosoftForms:
    """Microsoft Forms."""

    name = "microsoft_forms"
    rank = 90

    def recognise(self, sample: Sample) -> Match | None:
        """Return the claim: the first three columns, in this order, and at least one question."""
        header = [clean(heading) for heading in sample.header]
        if tuple(header[: len(_REQUIRED)]) != _REQUIRED or not set(header) - _META - {""}:
            return None
        own = [name for name in header if name in _META]
        return Match(len(own), (f"前几列是 Microsoft Forms 的 {'、'.join(own)}",))

    def adapt(self, rows: Rows, source: SourceConfig) -> Adapted:
        """Return the respondents, without their names."""
        sample, rows = peek(rows, rows.path.name if rows.path else "")
        header = [clean(heading) for heading in sample.header]
        cells = column_cells(sample)
        at = {name: position for position, name in reversed(list(enumerate(header)))}
        survey = SurveyLayout()
        days = decide_days([cell for name in (_STARTED, _ENDED) for cell in cells[at[name]]])
        survey.warnings += days.warnings
        ended = take(at[_ENDED], days.convert)
        survey.add_field("received_at", _ENDED, ended)
        add_id(survey, at[_ID], moment=ended)
        if _EMAIL in at:
            survey.add_field("customer_id", _EMAIL, take(at[_EMAIL], _read_email))
        for name in ("Total points", "Language"):
            if name in at and any(cells[at[name]]):
                survey.add_meta(name, take(at[name]))
        heads = [
            Head(position, heading, whole=heading)
            for position, heading in enumerate(header)
            if heading and heading not in _META and not heading.startswith(_QUIZ)
        ]
        quiz = sum(heading.startswith(_QUIZ) for heading in header)
        if quiz:
            survey.warnings.append(f"测验的 {quiz} 列得分与反馈（Points - …、Feedback - …）不是回答，没有导入")
        add_heads(survey, heads, cells, Grammar(joiners=(";",), is_terminated=True))
        return survey.adapt(rows, scope=digest_stems(head.stem for head in heads))


def _read_email(cell: str) -> str:
    """Return the address; empty for the literal that stands for nobody."""
    text = clean(cell)
    return "" if text.casefold() == "anonymous" else text

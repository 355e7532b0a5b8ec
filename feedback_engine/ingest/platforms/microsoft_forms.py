"""Microsoft Forms: ID, Start time, Completion time, Email, Name, then a column a question."""

from __future__ import annotations

from collections.abc import Sequence

from feedback_engine.config.model import SourceConfig
from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.detect import Match, Sample, peek
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.alias_tables import fold_fixed, read_fixed_columns
from feedback_engine.ingest.platforms.dayforms import decide_days
from feedback_engine.ingest.platforms.layout import take
from feedback_engine.ingest.platforms.survey_columns import Grammar, Head, add_heads, add_id
from feedback_engine.ingest.platforms.survey_layout import SurveyLayout, digest_stems
from feedback_engine.ingest.platforms.survey_sample import column_cells, is_index
from feedback_engine.ingest.readers.rows import Rows
from feedback_engine.resources import once_per_lexicons

_REQUIRED = ("id", "start", "end")
_ENGLISH = frozenset({"ID", "Start time", "Completion time"})
#: Columns that a quiz adds beside each question.
_QUIZ = ("Points - ", "Feedback - ")


class MicrosoftForms:
    """Microsoft Forms."""

    name = "microsoft_forms"
    rank = 90

    def recognise(self, sample: Sample) -> Match | None:
        """Return the claim: id and both moments, first and in this order, or with the other fixed columns; a question.

        In other languages, where any table may be headed 开始时间, all five fixed columns have to be there.
        """
        header = [clean(heading) for heading in sample.header]
        at, questions = _locate(header)
        if not {*_REQUIRED} <= at.keys() or not questions:
            return None
        is_english = all(header[at[name]] in _ENGLISH for name in _REQUIRED)
        is_first = [at[name] for name in _REQUIRED] == [0, 1, 2]
        if not (is_english and (is_first or "email" in at)) and not {"email", "name"} <= at.keys():
            return None
        own = [header[position] for position in sorted(at.values())]
        return Match(len(own), (f"有 Microsoft Forms 的固定列 {'、'.join(own)}",))

    def adapt(self, rows: Rows, source: SourceConfig) -> Adapted:
        """Return the respondents, without their names."""
        sample, rows = peek(rows, rows.path.name if rows.path else "")
        header = [clean(heading) for heading in sample.header]
        cells = column_cells(sample)
        at, questions = _locate(header)
        survey = SurveyLayout()
        days = decide_days([cell for name in ("start", "end") for cell in cells[at[name]]])
        survey.warnings += days.warnings
        ended = take(at["end"], days.convert)
        survey.add_field("received_at", header[at["end"]], ended)
        add_id(survey, at["id"], moment=ended)
        if "email" in at:
            survey.add_field("customer_id", header[at["email"]], take(at["email"], _read_email))
        for name in ("points", "language"):
            if name in at and any(cells[at[name]]):
                survey.add_meta(header[at[name]], take(at[name]))
        heads = [
            Head(position, header[position], whole=header[position])
            for position in questions
            if not header[position].startswith(_QUIZ)
        ]
        quiz = sum(heading.startswith(_QUIZ) for heading in header)
        if quiz:
            survey.warnings.append(f"测验的 {quiz} 列得分与反馈（Points - …、Feedback - …）不是回答，没有导入")
        add_heads(survey, heads, cells, Grammar(joiners=(";",), is_terminated=True))
        return survey.adapt(rows, scope=digest_stems(head.stem for head in heads))


@once_per_lexicons
def _metas() -> dict[str, str]:
    """Return folded heading → code of the fixed column."""
    return read_fixed_columns("microsoft_forms_meta")


def _locate(header: Sequence[str]) -> tuple[dict[str, int], list[int]]:
    """Return the positions of the fixed columns by code, each the first of its name, and those of the questions."""
    at: dict[str, int] = {}
    questions: list[int] = []
    for position, heading in enumerate(header):
        code = _metas().get(fold_fixed(heading), "")
        if code and code not in at:
            at[code] = position
        elif heading and not is_index(heading):
            questions.append(position)
    return at, questions


def _read_email(cell: str) -> str:
    """Return the address; empty for the literal that stands for nobody."""
    text = clean(cell)
    return "" if text.casefold() == "anonymous" else text

"""Formbricks: fixed columns in English, then `1. headline`, some with a twin of option ids, then what is attached."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from feedback_engine.config.model import SourceConfig
from feedback_engine.errors import MappingError
from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.detect import Match, Sample, peek
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.answer_sheet import Sheet
from feedback_engine.ingest.platforms.answering import COMPLETE, PARTIAL, STATUS, Clock
from feedback_engine.ingest.platforms.answers import answered, share_options
from feedback_engine.ingest.platforms.layout import take
from feedback_engine.ingest.platforms.spans import Part, Span, tidy
from feedback_engine.ingest.platforms.survey_layout import digest_stems
from feedback_engine.ingest.readers.rows import Rows
from feedback_engine.ingest.scale_words import load_scale_words

_REQUIRED = ("Response ID", "Timestamp", "Finished", "Survey ID")
#: Fixed columns that no other platform has.
_OWN = frozenset({"Survey ID", "Formbricks ID (internal)"})
_FIXED = frozenset(
    (*_REQUIRED, "No.", "Formbricks ID (internal)", "User ID", "Notes", "Tags", "Verified Email", "Quotas")
)
_QUESTION = re.compile(r"(\d+)\. (.+)", re.DOTALL)
_TWIN = " - Option ID"
#: What the browser tells of itself is kept, the address of the page and of the person is not.
_PERSONAL = re.compile(r"(?i)url|e-?mail|ip ?address|first ?name|last ?name|phone")
_SEPARATOR = "; "


class Formbricks:
    """Responses of Formbricks as CSV or workbook."""

    name = "formbricks"
    rank = 90

    def recognise(self, sample: Sample) -> Match | None:
        """Return the claim to a file with Formbricks' fixed columns."""
        found = [heading for heading in sample.header if heading in _FIXED]
        if len(found) < len(_REQUIRED) or not {"Response ID", "Timestamp"} <= set(found) or not _OWN & set(found):
            return None
        return Match(len(found), (f"标题有 {'、'.join(found[:6])}：Formbricks 导出",))

    def adapt(self, rows: Rows, source: SourceConfig) -> Adapted:
        """Return the answers; raises MappingError if the fixed columns are not there."""
        sample, rows = peek(rows, source.name)
        if self.recognise(sample) is None:
            raise MappingError(f"来源 {source.name}：缺少 {'、'.join(_REQUIRED)} 中的列；请确认这是 Formbricks 的导出")
        sheet = Sheet(sample)
        _add_meta(sheet)
        twins = [heading for heading in sample.header if heading.endswith(_TWIN)]
        heads = [(at, match[1], clean(match[2])) for at, match in _questions(sample.header)]
        spans = []
        for number, found in groupby(heads, key=lambda head: head[1]):
            spans.append(_build_span(number, [(at, text) for at, _, text in found]))
        for span in spans:
            choice = any(sample.header[part.position] + _TWIN in twins for part in span.parts)
            sheet.add(_find_choices(sheet, span, is_choice=choice))
        sheet.warn_ignored(twins, "选项编号，与左边一列重复")
        _add_attached(sheet)
        return sheet.survey.adapt(rows, scope=_scope(sheet) or digest_stems(span.stem for span in spans))


def _questions(header: Sequence[str]) -> list[tuple[int, re.Match[str]]]:
    return [
        (at, match)
        for at, heading in enumerate(header)
        if not heading.endswith(_TWIN) and (match := _QUESTION.fullmatch(heading.strip()))
    ]


def _scope(sheet: Sheet) -> str:
    """Return Formbricks' own id of the survey, if all answers are of one."""
    if "Survey ID" not in sheet.sample.header:
        return ""
    found = set(sheet.sample.column(sheet.sample.header.index("Survey ID")))
    return found.pop() if len(found) == 1 else ""


def _add_meta(sheet: Sheet) -> None:
    survey, header = sheet.survey, sheet.sample.header
    survey.add_field("id", "Response ID", take(header.index("Response ID")))
    at = header.index("Timestamp")
    clock = Clock.decide(map(_read_day, sheet.sample.column(at)))
    survey.warnings += clock.warnings
    survey.add_field("received_at", "Timestamp", take(at, lambda cell: clock.convert(_read_day(cell))))
    if "User ID" in header and sheet.values(header.index("User ID")):
        survey.add_field("customer_id", "User ID", take(header.index("User ID")))
    if "Finished" in header:
        finished = header.index("Finished")
        survey.add_meta(STATUS, lambda row: COMPLETE if clean(row[finished]).casefold() in ("yes", "true") else PARTIAL)


def _read_day(cell: str) -> str:
    """Return a JavaScript date, Sat Jun 15 2024, as ISO; anything else as it is."""
    text = clean(cell)
    try:
        return datetime.strptime(text, "%a %b %d %Y").date().isoformat()  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        return text


def _build_span(number: str, columns: Sequence[tuple[int, str]]) -> Span:
    """Return a question; several columns of one number are a matrix, `headline - row`."""
    if len(columns) == 1:
        return Span(f"Q{number}", tidy(columns[0][1]), (Part(columns[0][0]),))
    stem = columns[0][1].rpartition(" - ")[0]
    parts = tuple(Part(at, tidy(text.rpartition(" - ")[2])) for at, text in columns)
    return Span(f"Q{number}", tidy(stem or columns[0][1]), parts)


def _find_choices(sheet: Sheet, span: Span, *, is_choice: bool) -> Span:
    cells = answered(sheet.cells(span.parts[0].position))
    is_joined = any(_SEPARATOR in cell for cell in cells)
    is_declared = is_choice or load_scale_words().has_cue("multi", span.stem)
    if len(span.parts) == 1 and is_joined and (is_declared or share_options(cells, _split)):
        return replace(span, split=_split)
    return replace(span, declared="单选") if is_choice and not all(cell.isdigit() for cell in cells) else span


def _split(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(_SEPARATOR) if part.strip()]


def _add_attached(sheet: Sheet) -> None:
    """Add metadata, variables, hidden fields and attributes of persons, all of them facts, not answers."""
    for at, heading in enumerate(sheet.sample.header):
        is_answer = _QUESTION.fullmatch(heading.strip()) or heading.endswith(_TWIN)
        if heading and heading not in _FIXED and not is_answer and not _PERSONAL.search(heading) and sheet.values(at):
            sheet.survey.add_meta(tidy(heading), take(at))
    if "Tags" in sheet.sample.header and sheet.values(at := sheet.sample.header.index("Tags")):
        sheet.survey.add_meta("Tags", take(at))

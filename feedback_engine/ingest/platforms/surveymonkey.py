"""SurveyMonkey: tables with two heading lines, question over option or row, and the API's JSON responses.

A blank says neither that an option was left out nor that the question was not asked: only another cell of the same
question that is filled proves that it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from feedback_engine.config.model import SourceConfig
from feedback_engine.errors import MappingError
from feedback_engine.ingest.added_lines import REPEATED
from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.detect import Match, Sample, peek
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.alias_tables import fold_fixed, read_fixed_columns
from feedback_engine.ingest.platforms.answer_sheet import Sheet
from feedback_engine.ingest.platforms.answering import DURATION, Clock, drop_rows, take_duration
from feedback_engine.ingest.platforms.answers import answered, glue_options, share_options, split_outside_brackets
from feedback_engine.ingest.platforms.layout import take
from feedback_engine.ingest.platforms.spans import Part, Shape, Span, tidy
from feedback_engine.ingest.platforms.survey_layout import digest_stems
from feedback_engine.ingest.platforms.surveymonkey_api import adapt_responses, is_response_list
from feedback_engine.ingest.readers.rows import Rows
from feedback_engine.resources import once_per_lexicons

_UNNAMED = re.compile(r"Unnamed: \d+(?:_level_\d+)?")


@dataclass(frozen=True, slots=True)
class _Head:
    position: int
    question: str
    label: str

    @property
    def meta(self) -> str | None:
        """What the column is for, if it is none of a question."""
        return find_meta(self.question)


@once_per_lexicons
def _metas() -> dict[str, str]:
    return read_fixed_columns("surveymonkey_meta")


@once_per_lexicons
def _labels() -> dict[str, str]:
    return read_fixed_columns("surveymonkey_labels")


def _kind_of(label: str) -> str:
    """Return what the second line says of a column: response, open or other; empty for an option or a row."""
    folded = fold_fixed(label)
    if (found := _labels().get(folded)) is not None:
        return found
    return next((kind for word, kind in _labels().items() if kind == "other" and folded.startswith(f"{word}(")), "")


def find_meta(heading: str) -> str | None:
    """Return what the fixed column of this heading is for; None for a question. Custom Data 2 is Custom Data."""
    folded = fold_fixed(heading)
    if (found := _metas().get(folded)) is not None:
        return found
    return "custom" if _metas().get(folded.rstrip("0123456789")) == "custom" else None


class SurveyMonkey:
    """Exports of SurveyMonkey, and lists of responses from its API."""

    name = "surveymonkey"
    rank = 70

    def recognise(self, sample: Sample) -> Match | None:
        """Return the claim to a file with a respondent's id, two lines of headings or what is left of them."""
        if is_response_list(sample.header):
            return Match(4, ("JSON 里有 pages、collector_id：SurveyMonkey API 的答卷",))
        heads = _read_heads(sample)
        metas = [head.meta for head in heads if head.meta is not None]
        if "id" not in metas:
            return None
        if _has_second_line(sample):
            return Match(len(metas) + 2, ("有 RespondentID，第 2 行是 Response 与选项：SurveyMonkey 导出（两行标题）",))
        blanks = sum(_is_blank(heading) for heading in sample.header)
        if len(metas) > 2 or blanks:
            return Match(len(metas) + 1, ("有 RespondentID，没有第 2 行标题：SurveyMonkey 导出（第 2 行已丢失）",))
        return None

    def adapt(self, rows: Rows, source: SourceConfig) -> Adapted:
        """Return the answers; raises MappingError if the headings are not SurveyMonkey's."""
        if is_response_list(rows.header):
            return adapt_responses(rows)
        sample, rows = peek(rows, source.name)
        heads = _read_heads(sample)
        if all(head.meta != "id" for head in heads):
            raise MappingError(f"来源 {source.name}：找不到 RespondentID 列；请确认这是 SurveyMonkey 的导出")
        second = _has_second_line(sample)
        lines = sample.rows[:1] if second else ()
        rows = replace(rows, records=islice(rows.records, len(lines), None))
        sheet = Sheet(replace(sample, rows=sample.rows[len(lines) :]))
        _add_meta(sheet, [head for head in heads if head.meta is not None])
        spans = _build_spans([head for head in heads if head.meta is None])
        for span in spans:
            sheet.add(_find_choices(sheet, span if second else _name_parts(sheet, span)))
        if not second:
            sheet.warn("第 2 行标题（选项与矩阵行名）已丢失：多选题按单元格文字复原，矩阵的行只能写作“第 n 行”")
        rows = drop_rows(rows, _repeats_of(lines))
        return sheet.survey.adapt(rows, scope=digest_stems(span.stem for span in spans))


def _is_blank(heading: str) -> bool:
    return not heading.strip() or _UNNAMED.fullmatch(heading.strip()) is not None


def _has_second_line(sample: Sample) -> bool:
    """Whether the first row below the headings goes on with them: no id, but Response or the names of options."""
    if not sample.rows:
        return False
    first = dict(enumerate(sample.rows[0]))
    own = next((at for at, heading in enumerate(sample.header) if find_meta(heading) == "id"), 0)
    if clean(first.get(own, "")):
        return False
    kinds = {_kind_of(cell) for cell in first.values()}
    under_blanks = any(_is_blank(heading) and clean(first.get(at, "")) for at, heading in enumerate(sample.header))
    return bool(kinds & {"response", "open"}) or under_blanks


def _read_heads(sample: Sample) -> list[_Head]:
    """Return all columns; a question goes on over the blank headings behind it."""
    second = sample.rows[0] if _has_second_line(sample) else ()
    heads: list[_Head] = []
    question = ""
    for at, heading in enumerate(sample.header):
        question = question if _is_blank(heading) else heading
        label = second[at] if at < len(second) else ""
        if heads and _is_blank(heading) and heads[-1].meta is not None:
            continue
        if question:
            heads.append(_Head(at, question, label))
    return heads


def _add_meta(sheet: Sheet, heads: Sequence[_Head]) -> None:
    found = {head.meta: head.position for head in reversed(heads)}
    clock = Clock.decide(
        cell for name in ("start", "end") if name in found for cell in sheet.sample.column(found[name])
    )
    sheet.survey.warnings += clock.warnings
    sheet.survey.add_field("id", "RespondentID", take(found["id"], lambda cell: clean(cell).removesuffix(".0")))
    moment = found.get("end", found.get("start"))
    if moment is not None:
        sheet.survey.add_field("received_at", "EndDate", take(moment, clock.convert))
    if "start" in found and "end" in found:
        sheet.survey.add_meta(DURATION, take_duration(found["start"], found["end"], clock))
    if "collector" in found:
        sheet.survey.add_meta("收集器", take(found["collector"]))
    for head in heads:
        if head.meta == "custom" and sheet.values(head.position):
            sheet.survey.add_meta(tidy(head.question), take(head.position))


def _build_spans(heads: Sequence[_Head]) -> list[Span]:
    """Return the questions; a heading that occurs twice in a row is two questions only where it is written twice."""
    groups: list[list[_Head]] = []
    for head in heads:
        is_new = not groups or groups[-1][-1].question is not head.question
        groups[-1:] = [[head]] if not groups else [groups[-1], [head]] if is_new else [[*groups[-1], head]]
    return [_build_span(number, group) for number, group in enumerate(groups, start=1)]


def _build_span(number: int, group: Sequence[_Head]) -> Span:
    stem, code = tidy(group[0].question), f"Q{number}"
    labels = [tidy(head.label) for head in group]
    kind = _kind_of(labels[0])
    if len(group) == 1 or kind == "response":
        is_open = kind == "open"
        other = Part(group[1].position, labels[1]) if len(group) == 2 else None
        label = "" if kind in ("response", "open") or labels[0].casefold() == stem.casefold() else labels[0]
        if len(group) < 3:
            declared = "填空" if is_open else ""
            shape = Shape.ROWS if not label else Shape.AUTO
            return Span(code, stem, (Part(group[0].position, label),), shape, declared, other)
    parts = [Part(head.position, label) for head, label in zip(group, labels, strict=True)]
    other = parts.pop() if len(parts) > 1 and _kind_of(parts[-1].label) == "other" else None
    return Span(code, stem, tuple(parts), other=other)


def _name_parts(sheet: Sheet, span: Span) -> Span:
    """Return the question with names for its columns, where the line that held them is lost."""
    if len(span.parts) == 1:
        return replace(span, parts=(replace(span.parts[0], label=""),))
    bare = [replace(part, label="") for part in span.parts]
    if sheet.are_own_texts(bare):
        return replace(span, parts=tuple(bare), shape=Shape.OPTIONS)
    rows = tuple(replace(part, label=f"第 {number} 行") for number, part in enumerate(bare, start=1))
    return replace(span, parts=rows)


def _find_choices(sheet: Sheet, span: Span) -> Span:
    """Return the question, with how to split its cells where a condensed export writes several choices in one."""
    if len(span.parts) > 1 or span.declared:
        return span
    cells = answered(sheet.cells(span.parts[0].position))
    split = glue_options(cells, _split_choices, ", ")
    if not share_options(cells, split):
        return span
    sheet.warn(f"{span.code}：多选答案写在一格里、以“, ”相连；选项自身若有逗号会分错，请用展开（expanded）格式导出")
    return replace(span, parts=(replace(span.parts[0], label=""),), split=split)


def _split_choices(cell: str) -> list[str]:
    return split_outside_brackets(cell, ", ")


def _repeats_of(lines: Sequence[Sequence[str]]) -> Callable[[Sequence[str]], str]:
    headings = [[clean(cell) for cell in line] for line in lines]

    def judge(cells: Sequence[str]) -> str:
        return REPEATED if [clean(cell) for cell in cells] in headings else ""

    return judge

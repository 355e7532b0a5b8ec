"""Qualtrics: tables with three heading lines (name, wording in any language, ImportId), legacy ones with two.

Dates are in the exporter's zone, which only the third line names. Numbers are recodes, any whole number: one below zero
is an answer. An empty cell is a question not seen or not answered; the file cannot tell which.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice

from feedback_engine.config.model import SourceConfig
from feedback_engine.errors import MappingError
from feedback_engine.ingest.added_lines import REPEATED
from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.detect import Match, Sample, peek
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.answer_sheet import Sheet
from feedback_engine.ingest.platforms.answering import COMPLETE, DURATION, PARTIAL, STATUS, Clock, drop_rows
from feedback_engine.ingest.platforms.answers import answered, glue_options, share_options
from feedback_engine.ingest.platforms.layout import count_made, take
from feedback_engine.ingest.platforms.qualtrics_headings import Column, Headings, build_spans, read_headings
from feedback_engine.ingest.platforms.spans import BLANK, NOT_SHOWN, Part, Span, tidy
from feedback_engine.ingest.platforms.survey_layout import digest_stems
from feedback_engine.ingest.readers.rows import Rows, Tally
from feedback_engine.ingest.scale_words import load_scale_words
from feedback_engine.ingest.scales import recognise_scale
from feedback_engine.ingest.survey import QuestionType

_TRUE = frozenset({"1", "true", "yes", "是", "wahr", "ja"})
#: Status codes 1, 2, 9, 17 and their wordings: previews and tests.
_PREVIEWS = re.compile(r"1|2|9|17|.*(?:preview|test|预览|預覽|测试|vorschau|vista previa|aperçu|プレビュー).*", re.I)
_PREVIEW_REASON = "预览或测试产生的答卷，不是受访者的回答"
_QUOTED_NUMBER = re.compile(r'"(-?\d+(?:\.\d+)?)"')
_COMMA = re.compile(r",(?! )")
_CODES = re.compile(r"-?\d+(?:\.\d+)?(?:,-?\d+)*")
#: What exporters who want to see unanswered questions choose as their recode.
_UNANSWERED = "-99"
#: What the scale lexicon calls an open question.
_OPEN = "填空"
_PERSONAL = ("ipAddress", "recipientLastName", "recipientFirstName", "recipientEmail", "locationLatitude")


class Qualtrics:
    """Exports of Qualtrics' data tab."""

    name = "qualtrics"
    rank = 30

    def recognise(self, sample: Sample) -> Match | None:
        """Return the claim to a file with a line of ImportIds, or with the fixed columns of older exports."""
        headings = read_headings(sample.header, sample.rows)
        if headings is None:
            return None
        named = sum(column.is_known for column in headings.columns)
        if not named:
            return None
        if headings.is_legacy:
            return Match(named, ("第 1 行是 V1、V2…，第 2 行有 ResponseID：Qualtrics 旧版导出（两行标题）",))
        if any(column.own.startswith("QID") or column.zone for column in headings.columns):
            return Match(named, (f"第 {headings.extra_lines + 1} 行是 ImportId：Qualtrics 导出",))
        return Match(named, ("标题有 ResponseId、Finished 等 Qualtrics 固定列",))

    def adapt(self, rows: Rows, source: SourceConfig) -> Adapted:
        """Return the answers; raises MappingError if the headings are not Qualtrics'."""
        sample, rows = peek(rows, source.name)
        headings = read_headings(sample.header, sample.rows)
        if headings is None:
            raise MappingError(f"来源 {source.name}：找不到 Qualtrics 的 ImportId 行或固定列；请重新导出为 CSV")
        rows = replace(rows, records=islice(rows.records, headings.extra_lines, None))
        sample = replace(sample, rows=sample.rows[headings.extra_lines :])
        sheet = Sheet(sample, read=_read)
        finished = headings.find("finished")
        given = {clean(cell).casefold() for cell in sample.column(finished.position)} if finished else set()
        sheet.is_coded = not given & {"true", "false", "wahr", "falsch", "是", "否"}
        sheet.number_type = QuestionType.SINGLE if sheet.is_coded else QuestionType.NUMBER
        rows = _drop_previews(sheet, headings, rows)
        _add_meta(sheet, headings, rows.tallies)
        questions = [column for column in headings.columns if not column.is_aside and column.is_question]
        spans = build_spans(headings.columns)
        _settle_unanswered(sheet, questions)
        for span, beside in spans:
            sheet.add(_find_choices(sheet, span, headings))
            for column in beside:
                sheet.add_other(Part(column.position, tidy(column.text), column.name), span)
        _add_embedded(sheet, headings)
        sheet.warn_ignored(
            [column.name for column in headings.columns if column.is_aside], "显示顺序、文本分析、计时或浏览器信息"
        )
        return sheet.survey.adapt(rows, scope=digest_stems(dict.fromkeys(span.stem for span, _ in spans)))


def _read(cell: str) -> str:
    text = clean(cell)
    match = _QUOTED_NUMBER.fullmatch(text)
    return match[1] if match else text


def _drop_previews(sheet: Sheet, headings: Headings, rows: Rows) -> Rows:
    status = headings.find("status")

    def judge(cells: Sequence[str]) -> str:
        if status is not None and status.position < len(cells) and is_preview(cells[status.position]):
            return _PREVIEW_REASON
        return REPEATED if any('"ImportId"' in cell for cell in cells) else ""

    if status is not None:
        kept = [row for row in sheet.sample.rows if not judge(row)]
        sheet.sample = replace(sheet.sample, rows=tuple(kept))
    previews = Tally("预览或测试的答卷不导入，共 {} 份，逐份列在隔离清单里")
    rows.tallies.append(previews)

    def count(cells: Sequence[str]) -> str:
        reason = judge(cells)
        previews.count += reason == _PREVIEW_REASON
        return reason

    return drop_rows(rows, count)


def is_preview(status: str) -> bool:
    """Whether a status says that no respondent gave the answer."""
    return _PREVIEWS.fullmatch(clean(status)) is not None


def _add_meta(sheet: Sheet, headings: Headings, tallies: list[Tally]) -> None:
    survey = sheet.survey
    fields = (("id", "_recordId"), ("customer_id", "externalDataReference"), ("channel", "distributionChannel"))
    for field, own in fields:
        if (column := headings.find(own)) and sheet.values(column.position):
            survey.add_field(field, column.name, take(column.position))
    _add_moment(sheet, headings)
    if column := headings.find("duration"):
        survey.add_meta(DURATION, take(column.position))
    if column := headings.find("userLanguage"):
        survey.add_meta("语言", take(column.position))
    _add_status(sheet, headings, tallies)


def _add_moment(sheet: Sheet, headings: Headings) -> None:
    found = [column for own in ("endDate", "recordedDate", "startDate") if (column := headings.find(own))]
    if not found:
        return
    zone = next((column.zone for column in found if column.zone), "")
    clock = Clock.decide((cell for column in found for cell in sheet.sample.column(column.position)), zone)
    sheet.survey.warnings += clock.warnings
    if clock.zone is None:
        sheet.warn("文件没有写明时区，答题时间按项目时区理解；Qualtrics 用的是导出者的时区，请核对")
    else:
        sheet.warn(f"答题时间按文件写明的时区 {clock.zone.key} 换算")
    positions = [column.position for column in found]

    def make(row: Sequence[str]) -> str:
        return next((text for at in positions if (text := clock.convert(row[at]))), "")

    sheet.survey.add_field("received_at", found[0].name, make)


def _add_status(sheet: Sheet, headings: Headings, tallies: list[Tally]) -> None:
    """Add whether the answer is whole: finished, and as far as 100 %."""
    finished, progress = headings.find("finished"), headings.find("progress")
    if finished is None and progress is None:
        return

    def judge(row: Sequence[str]) -> str:
        if finished is not None and clean(row[finished.position]):
            return COMPLETE if clean(row[finished.position]).casefold() in _TRUE else PARTIAL
        if progress is not None and clean(row[progress.position]):
            return COMPLETE if clean(row[progress.position]) == "100" else PARTIAL
        return ""

    partial = Tally(f"{{}} 份答卷未完成，照常导入，属性“{STATUS}”为“{PARTIAL}”")
    tallies.append(partial)
    sheet.survey.add_meta(STATUS, count_made(judge, partial, lambda text: text == PARTIAL))


def _settle_unanswered(sheet: Sheet, questions: Sequence[Column]) -> None:
    """Tell -99 for unanswered from a recode: only where a question is no scale with it, and one without it."""
    for column in questions:
        values = sheet.values(column.position)
        rest = [value for value in values if value != _UNANSWERED]
        if len(rest) == len(values) or not rest or recognise_scale(column.text, values) is not None:
            continue
        if recognise_scale(column.text, rest) is not None:
            sheet.read, sheet.blank = _read_unanswered, NOT_SHOWN
            sheet.warn("打分题里的 -99 超出量表，按“看到但没有回答”处理；因此空单元格按“没有显示”处理，请核对导出设置")
            return


def _read_unanswered(cell: str) -> str:
    text = _read(cell)
    return BLANK if text == _UNANSWERED else text


def _find_choices(sheet: Sheet, span: Span, headings: Headings) -> Span:
    """Return the question, with how to split its cells if these hold several choices."""
    own = next(column for column in headings.columns if column.position == span.parts[0].position)
    if len(span.parts) > 1 or own.choice:
        return span
    cells = answered(sheet.cells(own.position))
    is_worded = sheet.is_coded and not span.declared and not all(map(_CODES.fullmatch, cells))
    is_worded = is_worded and recognise_scale(span.stem, cells) is None
    if own.own.endswith("_TEXT") or is_worded:
        return replace(span, declared=_OPEN)
    is_joined = any("," in cell for cell in cells)
    split: Callable[[str], list[str]] = glue_options(cells, _split_choices, ",")
    if is_joined and all(map(_CODES.fullmatch, cells)):
        return replace(span, split=split)
    if is_joined and (load_scale_words().has_cue("multi", span.stem) or share_options(cells, split)):
        sheet.warn(f"{span.code}：多选答案写在一格里、以逗号相连；选项文字自身若有逗号会分错，请导出时勾选拆分多选")
        return replace(span, split=split)
    return span


def _split_choices(cell: str) -> list[str]:
    return [part.strip() for part in _COMMA.split(cell) if part.strip()]


def _add_embedded(sheet: Sheet, headings: Headings) -> None:
    """Add what the survey's author attached to respondents: facts about them, not answers."""
    for column in headings.columns:
        known = column.own in ("responseSet", "locationAccuracy", "locationLongitude", *_PERSONAL)
        if column.is_question or column.is_aside or known or column.own in _META or not sheet.values(column.position):
            continue
        sheet.survey.add_meta(tidy(column.name), take(column.position, _read))


_META = frozenset(
    ("startDate", "endDate", "recordedDate", "status", "progress", "duration", "finished", "_recordId")
) | {"externalDataReference", "distributionChannel", "userLanguage"}

"""Typeform: `#` first, moments in UTC last; several choices in a column each (older) or in one cell (newer)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from feedback_engine.config.model import SourceConfig
from feedback_engine.ingest.cells import clean, fold
from feedback_engine.ingest.detect import Match, Sample, peek
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.answer_sheet import Sheet
from feedback_engine.ingest.platforms.answering import COMPLETE, DURATION, PARTIAL, STATUS, Clock, take_duration
from feedback_engine.ingest.platforms.answers import answered, share_options
from feedback_engine.ingest.platforms.layout import take
from feedback_engine.ingest.platforms.spans import Part, Shape, Span, tidy
from feedback_engine.ingest.platforms.survey_layout import digest_stems
from feedback_engine.ingest.readers.rows import Rows
from feedback_engine.ingest.scale_words import load_scale_words

_IDS = ("#", "response id")
_START, _SUBMIT, _STAGE = "start date (utc)", "submit date (utc)", "stage date (utc)"
_NETWORK, _TYPE = "network id", "response type"
_ASIDE = frozenset({_NETWORK, "tags", "ending", "image", "score"})
_SEPARATORS = (" / ", ", ", ",")
_OTHER = frozenset({"other", "其他", "其它", "autre", "otro", "andere"})


@dataclass(frozen=True, slots=True)
class _Head:
    position: int
    text: str


class Typeform:
    """Results of Typeform as CSV or workbook."""

    name = "typeform"
    rank = 90

    def recognise(self, sample: Sample) -> Match | None:
        """Return the claim to a file that begins with # and holds Typeform's moments."""
        names = [heading.strip().casefold() for heading in sample.header]
        found = [name for name in (_START, _SUBMIT, _STAGE, _NETWORK) if name in names]
        if not names or not ({_START, _SUBMIT} & set(found)) or not set(names) & set(_IDS):
            return None
        return Match(len(found) + 1, (f"标题有 #、{'、'.join(found)}：Typeform 导出",))

    def adapt(self, rows: Rows, source: SourceConfig) -> Adapted:
        """Return the answers."""
        sample, rows = peek(rows, source.name)
        sheet = Sheet(sample, read=_read)
        names = {heading.strip().casefold(): at for at, heading in reversed(list(enumerate(sample.header)))}
        _add_meta(sheet, names)
        fixed = {_START, _SUBMIT, _STAGE, _TYPE, *_IDS} | _ASIDE
        heads = [
            _Head(at, tidy(heading))
            for at, heading in enumerate(sample.header)
            if heading.strip() and heading.strip().casefold() not in fixed
        ]
        spans = _build_spans(sheet, heads)
        for span in spans:
            sheet.add(span)
        return sheet.survey.adapt(rows, scope=digest_stems(span.stem for span in spans))


def _read(cell: str) -> str:
    text = clean(cell)
    return "" if text == "null" else text


def _add_meta(sheet: Sheet, names: dict[str, int]) -> None:
    survey = sheet.survey
    own = next((names[name] for name in _IDS if name in names and sheet.values(names[name])), None)
    if own is not None:
        survey.add_field("id", "#", take(own))
    moments = [names[name] for name in (_SUBMIT, _STAGE, _START) if name in names]
    clock = Clock.decide((cell for at in moments for cell in sheet.sample.column(at)), "UTC")
    survey.warnings += clock.warnings

    def make(row: Sequence[str]) -> str:
        return next((clock.convert(cell) for at in moments if (cell := _read(row[at]))), "")

    if moments:
        survey.add_field("received_at", "Submit Date (UTC)", make)
    if _START in names and _SUBMIT in names:
        survey.add_meta(DURATION, take_duration(names[_START], names[_SUBMIT], clock))
    if _TYPE in names:
        at = names[_TYPE]
        survey.add_meta(STATUS, lambda row: COMPLETE if row[at].strip() == "completed" else PARTIAL)


def _build_spans(sheet: Sheet, heads: Sequence[_Head]) -> list[Span]:
    """Return the questions; a run of columns that each hold their own heading is one question that lost its stem."""
    spans: list[Span] = []
    run: list[_Head] = []
    for head in heads:
        if _is_option(sheet, head) or (run and fold(head.text) in _OTHER):
            run.append(head)
            continue
        spans += _close_run(sheet, run, len(spans) + 1)
        run = []
        spans.append(_find_choices(sheet, Span(f"Q{len(spans) + 1}", head.text, (Part(head.position),), Shape.ROWS)))
    return spans + _close_run(sheet, run, len(spans) + 1)


def _is_option(sheet: Sheet, head: _Head) -> bool:
    values = sheet.values(head.position)
    return len(values) == 1 and fold(tidy(values[0])) == fold(head.text)


def _close_run(sheet: Sheet, run: Sequence[_Head], number: int) -> list[Span]:
    if not run:
        return []
    beside = run[-1] if fold(run[-1].text) in _OTHER and not _is_option(sheet, run[-1]) else None
    options = [head for head in run if head is not beside]
    stem = f"多选：{'、'.join(head.text for head in options[:3])}{'…' if len(options) > 3 else ''}"
    sheet.warn(f"Q{number}：旧版 Typeform 的多选题一项一列，题干不在文件里；写作“{stem}”")
    parts = tuple(Part(head.position, head.text) for head in options)
    other = Part(beside.position, beside.text) if beside else None
    return [Span(f"Q{number}", stem, parts, Shape.OPTIONS, other=other)]


def _find_choices(sheet: Sheet, span: Span) -> Span:
    cells = answered(sheet.cells(span.parts[0].position))
    for separator in _SEPARATORS:
        split = _splitter(separator)
        is_joined = any(separator in cell for cell in cells)
        if is_joined and (load_scale_words().has_cue("multi", span.stem) or share_options(cells, split)):
            return replace(span, split=split)
    return span


def _splitter(separator: str) -> Callable[[str], list[str]]:
    mark = separator.strip()
    return lambda cell: [part.strip() for part in cell.removeprefix(mark).split(separator) if part.strip()]

"""SurveyMonkey's API responses: answers by ids of questions, rows and choices; the wording is in a file of its own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from feedback_engine.ingest.detect import SAMPLE_ROWS, Sample
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.answer_sheet import Sheet
from feedback_engine.ingest.platforms.answering import COMPLETE, DURATION, PARTIAL, STATUS
from feedback_engine.ingest.platforms.layout import take
from feedback_engine.ingest.platforms.posts import clean_post
from feedback_engine.ingest.platforms.spans import UNKNOWN, Part, Span, tidy
from feedback_engine.ingest.platforms.survey_layout import digest_stems
from feedback_engine.ingest.readers.rows import Rows
from feedback_engine.ingest.survey import JOINER

#: Keys of a response that become columns before the questions.
_META = ("id", "date_modified", "date_created", "collector_id", "total_time", "response_status", "custom_value")
#: What the scale lexicon calls the types.
_CHOICE, _MULTI, _OPEN = "单选", "多选", "填空"
#: Files beside the responses that are looked through for the wording, and how large one may be.
_MAX_FILES, _MAX_BYTES = 50, 20 << 20


def is_response_list(header: Sequence[str]) -> bool:
    """Whether these are the keys of responses."""
    return "pages" in header and "id" in header and bool({"collector_id", "response_status", "survey_id"} & set(header))


@dataclass(frozen=True)
class _Details:
    """What the questions of a survey are called; empty where nobody told."""

    stems: Mapping[str, str] = field(default_factory=dict)
    families: Mapping[str, str] = field(default_factory=dict)
    #: Choices, rows and "other" by id.
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Slot:
    """One column to be: a question, and for a matrix one of its rows; or what was written beside its choices."""

    question: str
    row: str = ""
    is_other: bool = False


def adapt_responses(rows: Rows) -> Adapted:
    """Return the answers of all responses, in words if a file of details lies beside them, else as ids."""
    place = {name: at for at, name in enumerate(rows.header)}
    records = list(rows)
    answers = [_read_pages(cells[place["pages"]]) for _, cells in records]
    survey = next((cells[place["survey_id"]] for _, cells in records), "") if "survey_id" in place else ""
    details = _find_details(rows.path, survey) if survey else _Details()
    details = details if details.stems else _gather_details(answers)
    slots = list(dict.fromkeys(slot for response in answers for slot in _list_slots(response, details)))
    meta = [name for name in _META if name in place]
    header = [*meta, *(f"{slot.question}:{slot.row}:{int(slot.is_other)}" for slot in slots)]
    table = [
        (number, [*(cells[place[name]] for name in meta), *_fill(slots, response, details)])
        for (number, cells), response in zip(records, answers, strict=True)
    ]
    sample = Sample("", rows.container, tuple(header), tuple(tuple(cells) for _, cells in table[:SAMPLE_ROWS]))
    sheet = Sheet(sample)
    _add_meta(sheet, meta)
    if not details.stems:
        sheet.warn("文件里只有题目和选项的编号；把同一问卷的 survey details JSON 放在同一文件夹里，就能换成文字")
    stems = []
    chosen = _list_chosen(answers)
    for span in _build_spans(slots, details, len(meta)):
        if not details.stems:
            span = replace(span, declared=_CHOICE if span.code.removeprefix("Q") in chosen else _OPEN)
        stems.append(span.stem)
        sheet.add(span)
    made = replace(rows, header=header, records=iter(table))
    return sheet.survey.adapt(made, scope=survey or digest_stems(stems))


def _read_pages(cell: str) -> list[dict[str, Any]]:
    """Return the answered questions of a response."""
    try:
        pages = json.loads(cell) if cell else []
    except ValueError:
        return []
    pages = pages if isinstance(pages, list) else []
    found = [page.get("questions") or [] for page in pages if isinstance(page, dict)]
    return [question for questions in found for question in questions if isinstance(question, dict)]


def _gather_details(answers: Iterable[Iterable[dict[str, Any]]]) -> _Details:
    """Return the wording that the responses themselves bring along where simple texts were asked for."""
    stems: dict[str, str] = {}
    families: dict[str, str] = {}
    labels: dict[str, str] = {}
    for question in (question for response in answers for question in response):
        own = str(question.get("id", ""))
        if heading := clean_post(str(question.get("heading") or "")):
            stems.setdefault(own, heading)
        families.setdefault(own, str(question.get("family") or ""))
        for answer in question.get("answers") or []:
            text = clean_post(str(answer.get("simple_text") or ""))
            if text and not answer.get("text"):
                labels |= _part_simple_text(answer, text)
    return _Details(stems, families, labels)


def _part_simple_text(answer: Mapping[str, Any], text: str) -> dict[str, str]:
    """Return id → wording of the choice, and of the row where the text is `row - choice`."""
    choice, row = str(answer.get("choice_id") or ""), str(answer.get("row_id") or "")
    if choice and row:
        before, mark, behind = text.rpartition(" - ")
        return {row: before, choice: behind} if mark else {choice: text}
    return {choice or row: text}


def _list_slots(response: Iterable[dict[str, Any]], details: _Details) -> Iterator[_Slot]:
    for question in response:
        own = str(question.get("id", ""))
        for answer in question.get("answers") or []:
            row = str(answer.get("row_id") or "")
            is_beside = "other_id" in answer
            yield _Slot(own, "" if is_beside else row, is_beside)


def _list_chosen(answers: Iterable[Iterable[dict[str, Any]]]) -> set[str]:
    """Return the questions that are answered by choices, whose ids are no numbers to count with."""
    return {
        str(question.get("id", ""))
        for response in answers
        for question in response
        if any("choice_id" in answer for answer in question.get("answers") or [])
    }


def _fill(slots: Sequence[_Slot], response: Iterable[dict[str, Any]], details: _Details) -> Iterator[str]:
    found: dict[_Slot, list[str]] = {}
    for question in response:
        own = str(question.get("id", ""))
        for answer in question.get("answers") or []:
            row, other = str(answer.get("row_id") or ""), answer.get("other_id")
            choice = str(answer.get("choice_id") or other or "")
            text = clean_post(str(answer.get("text") or ""))
            if other is not None:
                found.setdefault(_Slot(own, "", True), []).append(text)
                found.setdefault(_Slot(own), []).append(details.labels.get(choice, "其他"))
            else:
                said = details.labels.get(choice, choice) if choice else text
                found.setdefault(_Slot(own, row), []).append(said)
    for slot in slots:
        yield JOINER.join(filter(None, found.get(slot, ()))) or UNKNOWN


def _build_spans(slots: Sequence[_Slot], details: _Details, offset: int) -> list[Span]:
    """Return the questions in the order of the survey, as far as it is known."""
    order = {own: number for number, own in enumerate(details.stems)}
    questions = sorted(dict.fromkeys(slot.question for slot in slots), key=lambda own: order.get(own, len(order)))
    spans = []
    for own in questions:
        places = [(at + offset, slot) for at, slot in enumerate(slots) if slot.question == own]
        parts = [
            Part(at, tidy(details.labels.get(slot.row, slot.row)), f"Q{own}_{slot.row}" if slot.row else "")
            for at, slot in places
            if not slot.is_other
        ]
        beside = [Part(at, "其他") for at, slot in places if slot.is_other]
        family = details.families.get(own, "")
        declared = {"open_ended": _OPEN, "multiple_choice": _MULTI}.get(family, "")
        stem = tidy(details.stems.get(own, f"题目 {own}"))
        split = _split if family == "multiple_choice" or not family else None
        spans.append((own, stem, parts, beside, declared, split))
    return [_to_span(*found) for found in spans]


def _split(cell: str) -> list[str]:
    return [part for part in cell.split(JOINER) if part]


def _to_span(own: str, stem: str, parts: list[Part], beside: list[Part], declared: str, split: Any) -> Span:
    is_multi = split is not None and declared == _MULTI and len(parts) == 1
    return Span(
        f"Q{own}",
        stem,
        tuple(parts or beside[:1]),
        declared=declared,
        other=beside[0] if beside and parts else None,
        split=split if is_multi else None,
    )


def _add_meta(sheet: Sheet, meta: Sequence[str]) -> None:
    place = {name: at for at, name in enumerate(meta)}
    survey = sheet.survey
    survey.add_field("id", "id", take(place["id"]))
    moment = place.get("date_modified", place.get("date_created"))
    if moment is not None:
        survey.add_field("received_at", "date_modified", take(moment))
    if "total_time" in place:
        survey.add_meta(DURATION, take(place["total_time"]))
    if "collector_id" in place:
        survey.add_meta("收集器", take(place["collector_id"]))
    if "response_status" in place:
        at = place["response_status"]
        survey.add_meta(STATUS, lambda row: COMPLETE if row[at] == "completed" else PARTIAL if row[at] else "")


def _find_details(path: Path | None, survey: str) -> _Details:
    """Return the wording of the survey from a JSON file in the same folder; empty if none has it."""
    files = sorted(path.parent.glob("*.json"))[:_MAX_FILES] if path is not None else []
    for file in files:
        if file == path or file.stat().st_size > _MAX_BYTES:
            continue
        try:
            found = json.loads(file.read_text(encoding="utf-8-sig"))
        except (OSError, ValueError):
            continue
        if isinstance(found, dict) and str(found.get("id")) == survey and isinstance(found.get("pages"), list):
            return _read_details(found)
    return _Details()


def _read_details(found: Mapping[str, Any]) -> _Details:
    stems: dict[str, str] = {}
    families: dict[str, str] = {}
    labels: dict[str, str] = {}
    for page in found["pages"]:
        for question in page.get("questions") or []:
            own = str(question.get("id"))
            headings = [clean_post(str(heading.get("heading", ""))) for heading in question.get("headings") or []]
            stems[own] = " ".join(filter(None, headings)) or f"题目 {own}"
            families[own] = str(question.get("family", ""))
            labels |= _read_labels(question.get("answers") or {})
    return _Details(stems, families, labels)


def _read_labels(answers: Mapping[str, Any]) -> dict[str, str]:
    """Return the wording of choices, rows, columns and "other" by id; a choice without one is called by its weight."""
    labels: dict[str, str] = {}
    for kind in ("choices", "rows", "cols"):
        for entry in answers.get(kind) or []:
            text = clean_post(str(entry.get("text") or "")) or str(entry.get("weight") or entry.get("position") or "")
            labels[str(entry.get("id"))] = text
            labels |= _read_labels({"choices": entry.get("choices")})
    if isinstance(other := answers.get("other"), Mapping):
        labels[str(other.get("id"))] = clean_post(str(other.get("text") or "其他"))
    return labels

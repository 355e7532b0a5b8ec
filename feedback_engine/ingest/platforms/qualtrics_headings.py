"""Qualtrics' heading lines taken apart: name, wording and ImportId of every column, in both kinds of export."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from feedback_engine.ingest.platforms.posts import clean_post
from feedback_engine.ingest.platforms.spans import Part, Span, share_prefix, tidy

#: The fixed columns by ImportId, and their names in exports without one.
FIXED = {
    "startDate": "StartDate",
    "endDate": "EndDate",
    "status": "Status",
    "ipAddress": "IPAddress",
    "progress": "Progress",
    "duration": "Duration (in seconds)",
    "finished": "Finished",
    "recordedDate": "RecordedDate",
    "_recordId": "ResponseId",
    "recipientLastName": "RecipientLastName",
    "recipientFirstName": "RecipientFirstName",
    "recipientEmail": "RecipientEmail",
    "externalDataReference": "ExternalReference",
    "locationLatitude": "LocationLatitude",
    "locationLongitude": "LocationLongitude",
    "distributionChannel": "DistributionChannel",
    "userLanguage": "UserLanguage",
}
#: What the second line of a legacy export calls the fixed columns.
_LEGACY = {
    "ResponseID": "_recordId",
    "ResponseSet": "responseSet",
    "Name": "recipientLastName",
    "ExternalDataReference": "externalDataReference",
    "EmailAddress": "recipientEmail",
    "IPAddress": "ipAddress",
    "Status": "status",
    "StartDate": "startDate",
    "EndDate": "endDate",
    "Finished": "finished",
    "LocationLatitude": "locationLatitude",
    "LocationLongitude": "locationLongitude",
    "LocationAccuracy": "locationAccuracy",
}
_BY_NAME = {name: own for own, name in FIXED.items()}
_KNOWN = frozenset({*FIXED, *_LEGACY.values()})
_ASIDE = re.compile(
    r"_DO(_.+)?$|_NPS_GROUP$| - (Parent )?Topics\b| - Sentiment\b| - Topic (Hierarchy|Sentiment)|"
    r"(_|- )(First Click|Last Click|Page Submit|Click Count)$|_(Browser|Version|Operating System|Resolution)$|"
    r"(Topics|Sentiment(Score|Polarity)?|TopicSentiment\w*)$"
)
_IMPORTED = re.compile(r"(?:(\d+)_)?(QID\d+(?:#\d+)?)(?:_x?(\d+))?(?:_x?(\d+))?(_TEXT)?")
_NAMED = re.compile(r"(?:(\d+)_)?(.+?)(?:_x?(\d+))?(?:_x?(\d+))?(_TEXT)?")
_CHOICE = re.compile(r"\s+-\s+(Selected Choice|Text)$")
_SELECTED = re.compile(r"\s+-\s+Selected Choice$")
_VERSION = re.compile(r"V\d+")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an export; `own` is its ImportId, or what stands for it where the line is missing."""

    position: int
    name: str
    text: str
    own: str = ""
    choice: str = ""
    zone: str = ""

    @property
    def is_aside(self) -> bool:
        """Whether Qualtrics computed it: order of display, text analysis, timing, browser, NPS group."""
        return _ASIDE.search(self.own) is not None or _ASIDE.search(self.name) is not None

    @property
    def is_question(self) -> bool:
        """Whether a respondent answered here; embedded data have an ImportId that is their own name."""
        return self.own == "" or _IMPORTED.fullmatch(self.own) is not None

    @property
    def is_known(self) -> bool:
        """Whether its ImportId is one that Qualtrics gives: of a fixed column or a question."""
        return self.own in _KNOWN or (self.own != "" and _IMPORTED.fullmatch(self.own) is not None)

    @property
    def key(self) -> tuple[str, str]:
        """What the columns of one question share: its id and loop, and for a matrix of check boxes the row."""
        match = _IMPORTED.fullmatch(self.own) or _NAMED.fullmatch(self.name)
        if match is None:
            return self.name, ""
        return match[2], f"{match[1] or ''}:{match[3] if match[4] else ''}"

    @property
    def loop(self) -> str:
        """The number of the loop that asked the question; empty outside loops."""
        match = re.fullmatch(r"(\d+)_.+", self.name)
        return match[1] if match else ""

    @property
    def is_text_beside(self) -> bool:
        """Whether it holds what was written beside an option."""
        return self.name.endswith("_TEXT")


@dataclass(frozen=True, slots=True)
class Headings:
    """All columns, and how many lines below the first are headings too."""

    columns: tuple[Column, ...]
    extra_lines: int
    is_legacy: bool = False

    def find(self, own: str) -> Column | None:
        """Return the first fixed column of that ImportId."""
        return next((column for column in self.columns if column.own == own), None)


def read_headings(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Headings | None:
    """Return the columns of an export of either kind; None if the file is none."""
    for line, row in enumerate(rows[:2]):
        if sum('"ImportId"' in cell for cell in row) * 2 > sum(map(bool, row)) > 0:
            texts = rows[0] if line == 1 else header
            return Headings(tuple(_import_columns(header, texts, row)), line + 1)
    if rows and sum(map(bool, map(_VERSION.fullmatch, header))) > 1 and "ResponseID" in rows[0]:
        return Headings(tuple(_legacy_columns(header, rows[0])), 1, is_legacy=True)
    if len(set(header) & set(_BY_NAME)) > 5 and {"ResponseId", "Finished"} <= set(header):
        return _named_headings(header, rows)
    return None


def _cell(row: Sequence[str], at: int) -> str:
    return row[at].strip() if at < len(row) else ""


def _import_columns(header: Sequence[str], texts: Sequence[str], row: Sequence[str]) -> list[Column]:
    columns = []
    for at, name in enumerate(header):
        known = _parse_import(_cell(row, at))
        text = _cell(texts, at)
        if name or text or known:
            own = str(known.get("ImportId", ""))
            columns.append(
                Column(
                    at, name or own, text or name, own, str(known.get("choiceId", "")), str(known.get("timeZone", ""))
                )
            )
    return columns


def _parse_import(cell: str) -> dict[str, object]:
    try:
        known = json.loads(cell)
    except ValueError:
        return {}
    return known if isinstance(known, dict) else {}


def _legacy_columns(header: Sequence[str], texts: Sequence[str]) -> list[Column]:
    found = [(at, name, _cell(texts, at)) for at, name in enumerate(header)]
    return [Column(at, name, text or name, _LEGACY.get(text, "")) for at, name, text in found if name or text]


def _named_headings(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Headings:
    """Return the columns of an export that lost its line of ImportIds, perhaps its line of wordings too."""
    at = list(header).index("Finished")
    has_texts = bool(rows) and _cell(rows[0], at) not in ("0", "1", "True", "False", "TRUE", "FALSE", "")
    texts = rows[0] if has_texts else header
    columns = [
        Column(at, name, _cell(texts, at) or name, _BY_NAME.get(name, ""))
        for at, name in enumerate(header)
        if name or _cell(texts, at)
    ]
    return Headings(tuple(columns), int(has_texts))


def build_spans(columns: Sequence[Column]) -> list[tuple[Span, tuple[Column, ...]]]:
    """Return the questions in the order of the file, each with the columns of what was written beside its options."""
    spans = []
    for group in _group(column for column in columns if column.is_question and not column.is_aside):
        beside = [column for column in group if column.is_text_beside and len(group) > 1]
        main = [column for column in group if column not in beside]
        if main:
            spans.append((_build_span(main, columns), tuple(beside)))
    return spans


def _group(asked: Iterable[Column]) -> list[list[Column]]:
    """Return the columns of each question; by ImportId they belong together wherever somebody has moved them."""
    groups: dict[tuple[object, ...], list[Column]] = {}
    run, before = 0, ("", "")
    for column in asked:
        run += column.key != before
        before = column.key
        groups.setdefault((*column.key, 0 if column.own else run), []).append(column)
    return list(groups.values())


def _build_span(group: Sequence[Column], columns: Sequence[Column]) -> Span:
    stem, labels = split_texts([column.text for column in group], is_part=bool(group[0].choice))
    loop = f"（循环 {group[0].loop}）" if group[0].loop else ""
    parts = tuple(
        Part(column.position, tidy(label), column.name if len(group) > 1 else "")
        for column, label in zip(group, labels, strict=True)
    )
    name = group[0].name
    code = re.sub(r"(_x?\d+)+$", "", name) if len(group) > 1 or group[0].choice else name
    is_nps = any(column.name == f"{name}_NPS_GROUP" for column in columns)
    is_choice = len(group) == 1 and _SELECTED.search(clean_post(group[0].text)) is not None
    declared = "NPS" if is_nps else "单选" if is_choice else ""
    return Span(code or name, f"{tidy(stem)}{loop}", parts, declared=declared)


def split_texts(texts: Sequence[str], *, is_part: bool = False) -> tuple[str, list[str]]:
    """Return the stem that wordings such as `stem - row` share, and their rows; one alone is all stem unless told."""
    plain = [_CHOICE.sub("", clean_post(text)) for text in texts]
    if len(plain) == 1:
        stem, mark, label = plain[0].rpartition(" - ") if is_part else ("", "", "")
        return (_CHOICE.sub("", stem), [label]) if mark else (plain[0], [""])
    shared = share_prefix(plain)
    stem, mark, _ = shared.rpartition(" - ")
    if not mark and shared.rstrip().endswith("-"):
        # The legacy export writes no blanks around the dash.
        stem, mark, _ = shared.rpartition("-")
    if not mark:
        return plain[0], ["" if text == plain[0] else text for text in plain] if len(set(plain)) > 1 else [""] * len(
            plain
        )
    return _CHOICE.sub("", stem), [text[len(stem) + len(mark) :] for text in plain]

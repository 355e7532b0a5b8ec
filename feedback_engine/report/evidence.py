"""The evidence of tags: which words of the text a tag rests on."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from feedback_engine.domain import Span

_ONE_LINE = str.maketrans(dict.fromkeys("\r\n\t\v\f\u2028\u2029", " "))


def parse_evidence(cell: str) -> list[dict[str, Any]]:
    """Return the evidence items; none for an empty or unreadable cell."""
    try:
        items = json.loads(cell) if cell else []
    except ValueError:
        return []
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def evidence_words(cell: str) -> str:
    """Return the words that a tag rests on, each once."""
    return "、".join(dict.fromkeys(str(item["text"]) for item in parse_evidence(cell) if item.get("text")))


def evidence_spans(cell: str, length: int) -> list[Span]:
    """Return the spans that lie within a text of that length."""
    found = []
    for item in parse_evidence(cell):
        start, end = item.get("start"), item.get("end")
        if isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= length:
            found.append(Span(start, end))
    return found


def merge_spans(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the same characters as spans in order that neither touch nor overlap."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)


def cut_around(text: str, spans: tuple[Span, ...], longest: int) -> tuple[str, tuple[Span, ...]]:
    """Return a window of at most `longest` characters that begins shortly before the first span, and its spans.

    It is one paragraph: line breaks and tabs become spaces.
    """
    text = text.translate(_ONE_LINE)
    if len(text) <= longest:
        return text, spans
    first = spans[0].start if spans else 0
    begin = max(0, min(first - longest // 4, len(text) - longest))
    end = begin + longest
    head, tail = "…" if begin else "", "…" if end < len(text) else ""
    shift = len(head) - begin
    kept = tuple(
        Span(max(span.start, begin) + shift, min(span.end, end) + shift)
        for span in spans
        if span.start < end and span.end > begin
    )
    return head + text[begin:end] + tail, kept

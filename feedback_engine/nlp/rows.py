"""What is said of a batch of texts as rows of ANNOTATIONS, column by column."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from feedback_engine.domain import Polarity
from feedback_engine.lexicon.columns import Places
from feedback_engine.nlp.complaints import Complaint
from feedback_engine.nlp.evidence import EvidenceWriter
from feedback_engine.nlp.statements import Statement, Statements, arrange_given
from feedback_engine.nlp.tagger import Tagger, Tags, has_content
from feedback_engine.nlp.vocabulary import Floats
from feedback_engine.tables.annotations import COMPLAINT, DETAILS, SENTIMENT, TOUCHPOINT

_NO_CONTENT, _NO_OPINION = "无内容", "没有情感词"


class Rows(NamedTuple):
    """Annotations in the order of their texts, which are known by number: the columns of ANNOTATIONS from `kind` on."""

    texts: Places
    kind: Sequence[str]
    label: Sequence[str]
    start: Places
    end: Places
    clause: Places
    polarity: Sequence[str]
    score: Floats
    confidence: Floats
    evidence: Sequence[str]
    rule: Sequence[str]

    def take(self, rows: Places) -> dict[str, Any]:
        """Return these rows by the names of the columns."""
        columns, numbers = self._asdict(), rows.tolist()
        del columns["texts"]
        return {
            name: column[rows] if isinstance(column, np.ndarray) else [column[number] for number in numbers]
            for name, column in columns.items()
        }


def annotate(texts: Sequence[str], tagger: Tagger) -> Rows:
    """Return the annotations of the texts: of each its sentiment, its touchpoints, its complaint."""
    telling = [number for number, text in enumerate(texts) if has_content(text)]
    silent = [number for number, text in enumerate(texts) if not has_content(text)]
    groups = [_empty_rows([texts[number] for number in silent])._replace(texts=np.array(silent, dtype=np.int64))]
    if telling:
        tags = tagger.find([texts[number] for number in telling])
        writer, numbers = EvidenceWriter(tags.readings), np.array(telling)
        found = (_sentiment_rows(tags, writer), _touchpoint_rows(tags, writer), _complaint_rows(tags, writer))
        groups += [rows._replace(texts=numbers[rows.texts]) for rows in found]
    joined = _join(groups)
    order = joined.texts.argsort(kind="stable")
    return Rows(joined.texts[order], **joined.take(order))


def join_rows(batches: Iterable[Rows]) -> Rows:
    """Return the rows of the batches, their texts numbered through."""
    rows, first = [_empty_rows(())], 0
    for batch in batches:
        rows.append(batch._replace(texts=batch.texts + first))
        first += int(batch.texts[-1]) + 1
    return _join(rows)


def _join(groups: Sequence[Rows]) -> Rows:
    columns = zip(*groups, strict=True)
    return Rows(*(_join_column(column) for column in columns))


def _join_column(parts: Sequence[Any]) -> Any:
    if isinstance(parts[0], np.ndarray):
        return np.concatenate(parts)
    return [value for part in parts for value in part]


def _empty_rows(texts: Sequence[str]) -> Rows:
    """Return the rows of texts that say nothing."""
    count = len(texts)
    zeros, sizes = np.zeros(count), np.array([len(text) for text in texts], dtype=np.int64)
    start, neutral = np.zeros(count, dtype=np.int64), str(Polarity.NEUTRAL)
    return Rows(
        np.arange(count), [SENTIMENT] * count, ["text"] * count, start, sizes, start - 1, [neutral] * count, zeros,
        zeros, ["[]"] * count, [_NO_CONTENT] * count,
    )  # fmt: skip


def _sentiment_rows(tags: Tags, writer: EvidenceWriter) -> Rows:
    verdicts, statements = tags.verdicts, tags.verdicts.texts
    rows = _empty_rows(tags.readings.given)
    items, first = writer.to_json(statements), statements.first
    return rows._replace(
        polarity=[str(polarity) for polarity in verdicts.polarities],
        score=np.array(verdicts.scores),
        confidence=np.array(verdicts.confidences),
        evidence=[f"[{','.join(items[first[text] : first[text + 1]])}]" for text in range(len(rows.texts))],
        rule=[
            decisive_rule(statements, statements.of(text), score) or _NO_OPINION
            for text, score in enumerate(verdicts.scores)
        ],
    )


def _touchpoint_rows(tags: Tags, writer: EvidenceWriter) -> Rows:
    found = [touched for of_text in tags.touchpoints for touched in of_text]
    codes, _, clauses, starts, ends, rules, judged, sure = zip(*found, strict=True) if found else [()] * 8
    statements = tags.verdicts.clauses.statements
    items = writer.to_json(statements)
    mentions = Statements(starts, ends, [0.0] * len(found), rules, (), ())
    texts, first, last = writer.spans(mentions)
    return Rows(
        texts,
        [TOUCHPOINT] * len(found),
        codes,
        first,
        last,
        np.array(clauses, dtype=np.int64),
        [str(judgement.polarity) for judgement in judged],
        np.array([judgement.score for judgement in judged]),
        np.array(sure),
        [
            f"[{','.join([mention, *[items[number] for number in judgement.numbers]])}]"
            for mention, judgement in zip(writer.to_json(mentions), judged, strict=True)
        ],
        [
            decisive_rule(statements, judgement.numbers, judgement.score) or rule
            for rule, judgement in zip(rules, judged, strict=True)
        ],
    )


def _complaint_rows(tags: Tags, writer: EvidenceWriter) -> Rows:
    """Return a row per complaint, and one per detail at the first phrase that tells it.

    Polarity and score are the text's.
    """
    verdicts = tags.verdicts
    said = [
        each
        for text, complaint in enumerate(tags.complaints)
        if complaint is not None
        for each in _say(text, complaint)
    ]
    numbers = [each.text for each in said]
    evidence = arrange_given([each.evidence for each in said])
    items, first = writer.to_json(evidence), evidence.first
    starts = np.zeros(len(said), dtype=np.int64)
    ends = np.array([len(tags.readings.given[text]) for text in numbers], dtype=np.int64)
    _, all_starts, all_ends = writer.spans(evidence)
    told = [number for number in range(len(said)) if first[number] < first[number + 1]]
    begins = [first[number] for number in told]
    starts[told], ends[told] = all_starts[begins], all_ends[begins]
    return Rows(
        np.array(numbers, dtype=np.int64),
        [each.kind for each in said],
        [each.label for each in said],
        starts,
        ends,
        np.full(len(said), -1),
        [str(verdicts.polarities[text]) for text in numbers],
        np.array([verdicts.scores[text] for text in numbers], dtype=np.float64),
        np.array([each.confidence for each in said], dtype=np.float64),
        [f"[{','.join(items[first[number] : first[number + 1]])}]" for number in range(len(said))],
        [
            each.evidence[0].rule
            if each.evidence
            else decisive_rule(verdicts.texts, verdicts.texts.of(each.text), -1.0) or _NO_OPINION
            for each in said
        ],
    )


class _Said(NamedTuple):
    """A complaint or a detail of one, of the text of this number."""

    text: int
    kind: str
    label: str
    confidence: float
    evidence: Sequence[Statement]


def _say(text: int, complaint: Complaint) -> Iterator[_Said]:
    yield _Said(text, COMPLAINT, complaint.code, complaint.confidence, complaint.evidence)
    for kind, group in zip(DETAILS, complaint.details, strict=True):
        for told in group:
            yield _Said(text, kind, told.code, complaint.confidence, told.evidence)


def decisive_rule(statements: Statements, numbers: Iterable[int], score: float) -> str:
    """Return the rule of the strongest statement on the side of the score, of equals the first in the text."""
    sign = -1.0 if score < 0 else 1.0
    values, starts = statements.values, statements.starts
    most, first, decisive = -math.inf, 0, -1
    for number in numbers:
        strength = values[number] * sign
        if strength > most or (strength == most and starts[number] < first):
            most, first, decisive = strength, starts[number], number
    return statements.rules[decisive] if decisive >= 0 else ""

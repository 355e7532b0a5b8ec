"""What is said of a batch of texts as rows of ANNOTATIONS, column by column."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from feedback_engine.domain import Polarity
from feedback_engine.lexicon.columns import Floats, Objects, Places, join_columns, objects, pick
from feedback_engine.nlp.details import ANNOTATED_AS
from feedback_engine.nlp.evidence import to_json
from feedback_engine.nlp.statements import POLARITIES, find_decisive
from feedback_engine.nlp.tagger import Tagger, Tags, has_content
from feedback_engine.tables.annotations import COMPLAINT, SENTIMENT, TOUCHPOINT

_NO_CONTENT, _NO_OPINION = "无内容", "没有情感词"
_POLARITIES, _DETAILS = objects(map(str, POLARITIES)), objects(ANNOTATED_AS)


class Rows(NamedTuple):
    """Annotations in the order of their texts, which are known by number: the columns of ANNOTATIONS from `kind` on."""

    texts: Places
    kind: Objects
    label: Objects
    start: Places
    end: Places
    clause: Places
    polarity: Objects
    score: Floats
    confidence: Floats
    evidence: Objects
    rule: Objects

    def take(self, rows: Places) -> Rows:
        """Return these rows."""
        return Rows(*pick(self, rows))


class _Said(NamedTuple):
    """Rows not yet written out: where each stands and what decided it are the numbers of statements."""

    texts: Places
    kind: Objects
    label: Objects
    clause: Places
    polarity: NDArray[np.int64]
    score: Floats
    confidence: Floats
    #: -1 for all of the text.
    place: Places
    #: -1 for nothing.
    decisive: Places


def annotate(texts: Sequence[str], tagger: Tagger) -> Rows:
    """Return the annotations of the texts: of each its sentiment, its touchpoints, its complaint."""
    telling = np.array([has_content(text) for text in texts], dtype=np.bool_)
    numbers = telling.nonzero()[0]
    silent = _annotate_silent(texts, (~telling).nonzero()[0])
    if not len(numbers):
        return silent
    found = _annotate(tagger.find([texts[number] for number in numbers.tolist()]))
    rows = _join((silent, found._replace(texts=numbers[found.texts])))
    return rows.take(rows.texts.argsort(kind="stable"))


def join_rows(batches: Iterable[Rows]) -> Rows:
    """Return the rows of the batches, their texts numbered through."""
    rows, first = [_annotate_silent((), np.zeros(0, dtype=np.int64))], 0
    for batch in batches:
        rows.append(batch._replace(texts=batch.texts + first))
        first += int(batch.texts[-1]) + 1
    return _join(rows)


def _join(groups: Sequence[Rows]) -> Rows:
    return Rows(*join_columns(groups))


def _annotate_silent(texts: Sequence[str], numbers: Places) -> Rows:
    """Return the rows of the texts of these numbers, which say nothing."""
    count, zeros = len(numbers), np.zeros(len(numbers))
    sizes = np.array([len(texts[number]) for number in numbers.tolist()], dtype=np.int64)
    kind, label, neutral, nothing, rule = (
        objects([value] * count) for value in (SENTIMENT, "text", str(Polarity.NEUTRAL), "[]", _NO_CONTENT)
    )
    start = np.zeros(count, dtype=np.int64)
    return Rows(numbers, kind, label, start, sizes, start - 1, neutral, zeros, zeros, nothing, rule)


def _annotate(tags: Tags) -> Rows:
    """Return the rows of texts that say something, kind by kind."""
    proof, folded = tags.proof, tags.readings.folded
    groups = (_say_sentiments(tags), _say_touchpoints(tags), _say_complaints(tags), _say_details(tags))
    said = _Said(*join_columns(groups))
    starts, ends = proof.spans(folded)
    edges, is_whole = folded.given_edges, said.place < 0
    first = edges[said.texts] + 1
    return Rows(
        said.texts,
        said.kind,
        said.label,
        np.where(is_whole, 0, np.append(starts, 0)[said.place] - first),
        np.where(is_whole, edges[said.texts + 1], np.append(ends, 0)[said.place]) - first,
        said.clause,
        _POLARITIES[said.polarity],
        said.score,
        said.confidence,
        to_json(proof, folded),
        _name_rules(proof.rules, said.decisive),
    )


def _name_rules(rules: Objects, decisive: Places) -> Objects:
    """Return the rules of these numbers; -1 is none."""
    named, has_any = _repeat(_NO_OPINION, len(decisive)), (decisive >= 0).nonzero()[0]
    named[has_any] = rules[decisive[has_any]]
    return named


def _say_sentiments(tags: Tags) -> _Said:
    verdicts, count = tags.verdicts, len(tags.verdicts.scores)
    kind, label, whole = _repeat(SENTIMENT, count), _repeat("text", count), np.full(count, -1)
    decisive = find_decisive(verdicts.texts, tags.proof.sentiments, verdicts.scores)
    figures = (verdicts.polarities, verdicts.scores, verdicts.confidences)
    return _Said(np.arange(count), kind, label, whole, *figures, whole, decisive)


def _say_touchpoints(tags: Tags) -> _Said:
    found, proof = tags.touchpoints, tags.proof
    named = proof.touchpoints.heads()
    decisive = find_decisive(tags.verdicts.clauses.statements, found.said, found.scores)
    decisive = np.where(decisive < 0, named, decisive + proof.first_of_clauses)
    kind, figures = _repeat(TOUCHPOINT, len(named)), (found.labels, found.scores, found.confidences)
    return _Said(found.texts, kind, found.codes, found.clauses, *figures, named, decisive)


def _say_complaints(tags: Tags) -> _Said:
    """Return a row per complaint, at the first statement that tells it; polarity and score are the text's."""
    found, verdicts, place = tags.complaints, tags.verdicts, tags.proof.complaints.heads()
    worst = find_decisive(verdicts.texts, tags.proof.sentiments, np.full(len(verdicts.scores), -1.0))[found.texts]
    kind, whole = _repeat(COMPLAINT, len(place)), np.full(len(place), -1)
    figures = (verdicts.polarities[found.texts], verdicts.scores[found.texts], found.confidences)
    return _Said(found.texts, kind, found.codes, whole, *figures, place, np.where(place < 0, worst, place))


def _say_details(tags: Tags) -> _Said:
    """Return a row per detail of a complaint, at the first phrase that tells it."""
    found, verdicts, place = tags.complaints.details, tags.verdicts, tags.proof.details.heads()
    texts, sure = tags.complaints.texts[found.complaints], tags.complaints.confidences[found.complaints]
    whole, figures = np.full(len(place), -1), (verdicts.polarities[texts], verdicts.scores[texts], sure)
    return _Said(texts, _DETAILS[found.kinds], found.codes, whole, *figures, place, place)


def _repeat(text: str, count: int) -> Objects:
    return objects([text] * count)

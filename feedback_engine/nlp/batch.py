"""Many texts → ANNOTATIONS: each distinct text tagged once, in as many processes as wanted, in the order of the ids."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback_engine.lexicon.files import load_lexicon, load_pack
from feedback_engine.nlp.tagged import Evidence, TaggedText
from feedback_engine.nlp.tagger import Tagger, as_text, has_content
from feedback_engine.tables.annotations import (
    ANNOTATIONS,
    CAUSE,
    COMPLAINT,
    DEMAND,
    ROOT,
    SENTIMENT,
    TOUCHPOINT,
    URGENCY,
)

if TYPE_CHECKING:
    import pandas as pd

#: Fewer distinct texts than this are tagged in this process: starting others costs more.
_WORTH_A_POOL = 5000
_CHUNK = 500
_ENCODER = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"))
_NO_CONTENT, _NO_OPINION = "无内容", "没有情感词"

#: An annotation without its feedback_id: the columns of ANNOTATIONS from `kind` on.
Tail = tuple[str, str, int, int, int, str, float, float, str, str]


@dataclass(frozen=True, slots=True)
class TaggerSpec:
    """Where a tagger's word lists lie, for a process that builds its own."""

    lexicons: Path
    pack: str

    def build(self) -> Tagger:
        """Return the tagger with the default scorer."""
        return Tagger(load_lexicon(self.lexicons), load_pack(self.lexicons, self.pack))


def tag_table(
    texts: Sequence[object],
    ids: Sequence[str],
    tagger: Tagger | TaggerSpec,
    processes: int = 1,
    worth_a_pool: int = _WORTH_A_POOL,
) -> pd.DataFrame:
    """Return the ANNOTATIONS of these texts, ids in the order given; the same whatever batch, order or processes."""
    given = [as_text(text) for text in texts]
    distinct = list(dict.fromkeys(given))
    built = tagger.build() if isinstance(tagger, TaggerSpec) else tagger
    if processes > 1 and len(distinct) >= worth_a_pool:
        tails = _tag_in_processes(distinct, built, processes)
    else:
        chunks = (distinct[at : at + _CHUNK] for at in range(0, len(distinct), _CHUNK))
        tails = (annotate(tagged) for chunk in chunks for tagged in built.tag_many(chunk))
    known = dict(zip(distinct, tails, strict=True))
    rows = [(id_, *tail) for id_, text in zip(ids, given, strict=True) for tail in known[text]]
    return ANNOTATIONS.build(rows)


def annotate(tagged: TaggedText) -> list[Tail]:
    """Return the annotations of one text, without its id: sentiment, touchpoints, complaint and its details."""
    rows = [_sentiment_row(tagged), *_touchpoint_rows(tagged)]
    if tagged.complaint.is_complaint:
        rows += [*_complaint_rows(tagged), *_detail_rows(tagged)]
    return rows


def _sentiment_row(tagged: TaggedText) -> Tail:
    found = tagged.sentiment
    rule = _decisive_rule(found.evidence, found.score)
    if not rule:
        rule = _NO_OPINION if has_content(tagged.text) else _NO_CONTENT
    return (
        SENTIMENT, "text", 0, len(tagged.text), -1,
        str(found.polarity), found.score, found.confidence, to_json(found.evidence), rule,
    )  # fmt: skip


def _touchpoint_rows(tagged: TaggedText) -> Iterator[Tail]:
    for tag in tagged.touchpoints:
        mention, *opinions = tag.evidence
        rule = _decisive_rule(opinions, tag.score) or mention.rule
        yield (
            TOUCHPOINT, tag.code, mention.start, mention.end, tag.clause,
            str(tag.polarity), tag.score, tag.confidence, to_json(tag.evidence), rule,
        )  # fmt: skip


def _complaint_rows(tagged: TaggedText) -> Iterator[Tail]:
    found = tagged.complaint
    if not found.is_complaint or found.type is None:
        return
    first = found.evidence[0] if found.evidence else None
    start, end = (first.start, first.end) if first else (0, len(tagged.text))
    yield (
        COMPLAINT, found.type, start, end, -1,
        str(tagged.sentiment.polarity), tagged.sentiment.score, found.confidence, to_json(found.evidence),
        first.rule if first else _decisive_rule(tagged.sentiment.evidence, -1.0) or _NO_OPINION,
    )  # fmt: skip


def _detail_rows(tagged: TaggedText) -> Iterator[Tail]:
    """Yield a row per detail of the complaint, at the first phrase that tells it; the text's are polarity and score."""
    found, polarity = tagged.complaint, str(tagged.sentiment.polarity)
    roots = () if found.root is None else (found.root,)
    kinds = ((ROOT, roots), (CAUSE, found.causes), (URGENCY, found.urgency), (DEMAND, found.demands))
    for kind, details in kinds:
        for detail in details:
            first = detail.evidence[0]
            yield (
                kind, detail.code, first.start, first.end, -1,
                polarity, tagged.sentiment.score, found.confidence, to_json(detail.evidence), first.rule,
            )  # fmt: skip


def _decisive_rule(evidence: Iterable[Evidence], score: float) -> str:
    """Return the rule of the strongest evidence on the side of the score."""
    sign = -1.0 if score < 0 else 1.0
    best = max(evidence, key=lambda item: (item.weight * sign, -item.start), default=None)
    return best.rule if best else ""


def to_json(evidence: Iterable[Evidence]) -> str:
    """Return the evidence as JSON in ASCII, which keeps even lone surrogates."""
    return _ENCODER.encode([item.to_dict() for item in evidence])


_process_tagger: Tagger


def _tag_in_processes(texts: list[str], tagger: Tagger, processes: int) -> Iterator[list[Tail]]:
    chunks = [texts[at : at + _CHUNK] for at in range(0, len(texts), _CHUNK)]
    context: Any = get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_set_tagger, initargs=(tagger,)) as pool:
        for annotated in pool.map(_annotate_chunk, chunks):
            yield from annotated


def _set_tagger(tagger: Tagger) -> None:
    global _process_tagger
    _process_tagger = tagger


def _annotate_chunk(texts: list[str]) -> list[list[Tail]]:
    return [annotate(tagged) for tagged in _process_tagger.tag_many(texts)]

"""A text in, its sentiment, touchpoints and complaint out: the one path of the CRM call and of the nightly job."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import islice, pairwise
from typing import NamedTuple, Protocol

from feedback_engine.domain import Polarity
from feedback_engine.lexicon.model import Lexicon, Pack
from feedback_engine.nlp.complaints import Complaint, ComplaintRules, sure_of_none
from feedback_engine.nlp.evidence import EvidenceWriter
from feedback_engine.nlp.reading import Reader, Readings
from feedback_engine.nlp.sentiment import LexiconScorer, Verdicts
from feedback_engine.nlp.statements import arrange_given
from feedback_engine.nlp.tagged import ComplaintDetail, ComplaintTag, Sentiment, TaggedText, TouchpointTag
from feedback_engine.nlp.touchpoints import Touched, TouchpointRules

#: Raised whenever the rules in code change what a text is tagged with.
RULES_VERSION = 3
_CONTENT = re.compile(r"[^\W\d_]")

_NO_SENTIMENT = Sentiment(Polarity.NEUTRAL, 0.0, 0.0, ())
_NO_COMPLAINT = ComplaintTag(False, None, None, 0.0, ())


class SentimentScorer(Protocol):
    """What gives texts and their clauses their scores; pure, so that equal texts score equal."""

    #: Changes whenever the scorer's answers may change.
    fingerprint: str

    def score(self, readings: Readings) -> Verdicts:
        """Return the judgements of the texts of a batch and of their clauses; the same bits in any batch."""
        ...


class Tags(NamedTuple):
    """What is said of a batch of texts that hold words."""

    readings: Readings
    verdicts: Verdicts
    touchpoints: Sequence[Sequence[Touched]]
    complaints: Sequence[Complaint | None]


class Tagger:
    """Tags texts; holds no state between calls and may be shared between threads and processes."""

    def __init__(self, lexicon: Lexicon, pack: Pack, scorer: SentimentScorer | None = None) -> None:
        self.pack = pack
        self._reader = Reader(lexicon, pack)
        self._scorer = scorer or LexiconScorer(lexicon)
        self._touchpoints = TouchpointRules(pack)
        self._complaints = ComplaintRules(pack)
        parts = (str(RULES_VERSION), lexicon.fingerprint, pack.fingerprint, self._scorer.fingerprint)
        #: SHA-256 of everything that decides how a text is tagged.
        self.fingerprint = sha256("\n".join(parts).encode()).hexdigest()

    def tag(self, text: object) -> TaggedText:
        """Return the tags of a text; anything that is no text or holds no words is tagged as without content."""
        return self.tag_many([text])[0]

    def tag_many(self, texts: Sequence[object]) -> list[TaggedText]:
        """Return the tags of each text, the same as one by one, in less time."""
        given = [as_text(text) for text in texts]
        telling = [text for text in given if has_content(text)]
        tagged = iter(show(self.find(telling)) if telling else ())
        return [
            next(tagged) if has_content(text) else TaggedText(text, _NO_SENTIMENT, (), _NO_COMPLAINT) for text in given
        ]

    def find(self, texts: Sequence[str]) -> Tags:
        """Return all that is said of texts that hold words, as it was found."""
        readings = self._reader.read(texts)
        verdicts = self._scorer.score(readings)
        touchpoints = self._touchpoints.find(readings, verdicts)
        complaints = self._complaints.find(readings, verdicts.rules, verdicts.labels)
        return Tags(readings, verdicts, touchpoints, complaints)


def show(tags: Tags) -> Iterator[TaggedText]:
    """Yield what is said of each text as values for the caller."""
    writer, verdicts = EvidenceWriter(tags.readings), tags.verdicts
    columns = (verdicts.polarities, verdicts.scores, verdicts.confidences, tags.complaints)
    items, touchpoints = writer.items(verdicts.texts), _show_touchpoints(writer, tags)
    for text, (polarity, score, sure, complaint) in enumerate(zip(*columns, strict=True)):
        of = verdicts.texts.of(text)
        sentiment = Sentiment(polarity, score, sure, tuple(items[of.start : of.stop]))
        judged = (
            ComplaintTag(False, None, None, sure_of_none(verdicts.rules.scores[text]), ())
            if complaint is None
            else _show_complaint(writer, complaint)
        )
        yield TaggedText(tags.readings.given[text], sentiment, next(touchpoints), judged)


def _show_touchpoints(writer: EvidenceWriter, tags: Tags) -> Iterator[tuple[TouchpointTag, ...]]:
    """Yield the touchpoints of each text."""
    if not any(tags.touchpoints):
        yield from [()] * len(tags.touchpoints)
        return
    mentions = iter(writer.items(arrange_given([[each.mention for each in found] for found in tags.touchpoints])))
    said = writer.items(tags.verdicts.clauses.statements)
    for found in tags.touchpoints:
        yield tuple(
            TouchpointTag(
                each.code,
                each.name,
                each.judgement.polarity,
                each.judgement.score,
                each.confidence,
                each.clause,
                (next(mentions), *[said[number] for number in each.judgement.numbers]),
            )
            for each in found
        )


def _show_complaint(writer: EvidenceWriter, complaint: Complaint) -> ComplaintTag:
    told = [each for group in complaint.details for each in group]
    evidence = arrange_given([complaint.evidence, *(each.evidence for each in told)])
    items, bounds = writer.items(evidence), evidence.first[1:]
    shown = (
        ComplaintDetail(each.code, each.name, tuple(items[start:end]))
        for each, (start, end) in zip(told, pairwise(bounds), strict=True)
    )
    roots, causes, urgency, demands = (tuple(islice(shown, len(group))) for group in complaint.details)
    return ComplaintTag(
        True,
        complaint.code,
        complaint.name,
        complaint.confidence,
        tuple(items[: bounds[0]]),
        roots[0] if roots else None,
        causes,
        urgency,
        demands,
    )


def as_text(value: object) -> str:
    """Return the value as text: None and NaN are empty."""
    if isinstance(value, str):
        return str(value)
    if value is None or (isinstance(value, float) and math.isnan(value)) or repr(value) in ("<NA>", "NaT"):
        return ""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


def has_content(text: str) -> bool:
    """Return whether there is any letter or character of a script in the text."""
    return _CONTENT.search(text) is not None

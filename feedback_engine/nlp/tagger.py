"""A text in, its sentiment, touchpoints and complaint out: the one path of the CRM call and of the nightly job."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from hashlib import sha256
from typing import Protocol

from feedback_engine.domain import Polarity
from feedback_engine.lexicon.model import Lexicon, Pack
from feedback_engine.nlp.complaints import NO_COMPLAINT, ComplaintRules
from feedback_engine.nlp.reading import Reader, Reading
from feedback_engine.nlp.sentiment import Judgement, LexiconScorer, Verdict
from feedback_engine.nlp.tagged import Sentiment, TaggedText
from feedback_engine.nlp.touchpoints import TouchpointRules, opinion_evidence

#: Raised whenever the rules in code change what a text is tagged with.
RULES_VERSION = 3
_CONTENT = re.compile(r"[^\W\d_]")

_NO_SENTIMENT = Sentiment(Polarity.NEUTRAL, 0.0, 0.0, ())


class SentimentScorer(Protocol):
    """What gives a text and its clauses their scores; pure, so that equal texts score equal."""

    #: Changes whenever the scorer's answers may change.
    fingerprint: str

    def score_many(self, readings: Sequence[Reading]) -> list[Verdict]:
        """Return for each reading the judgement of the text and of each clause; the same bits in any batch."""
        ...


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
        readings = [self._reader.read(text) if has_content(text) else None for text in given]
        verdicts = iter(self._scorer.score_many([reading for reading in readings if reading is not None]))
        return [
            TaggedText(text, _NO_SENTIMENT, (), NO_COMPLAINT)
            if reading is None
            else self._join(text, reading, next(verdicts))
            for text, reading in zip(given, readings, strict=True)
        ]

    def _join(self, given: str, reading: Reading, verdict: Verdict) -> TaggedText:
        touchpoints = self._touchpoints.find(reading, verdict)
        complaint = self._complaints.judge(reading, verdict.rules or verdict)
        return TaggedText(given, _sentiment(reading, verdict.text), touchpoints, complaint)


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


def _sentiment(reading: Reading, judgement: Judgement) -> Sentiment:
    evidence = tuple(opinion_evidence(reading, opinion) for opinion in judgement.opinions)
    return Sentiment(judgement.polarity, judgement.score, judgement.confidence, evidence)

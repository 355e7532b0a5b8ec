"""A text in, its sentiment, touchpoints and complaint out: the one path of the CRM call and of the nightly job."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple, Protocol

from numpy.typing import NDArray

from feedback_engine.domain import Evidence, Polarity
from feedback_engine.lexicon.model import Lexicon, Pack
from feedback_engine.nlp.complaints import ComplaintRules, Complaints
from feedback_engine.nlp.details import Details
from feedback_engine.nlp.evidence import Proof, gather_proof, to_items
from feedback_engine.nlp.reading import Reader, Readings
from feedback_engine.nlp.sentiment import LexiconScorer
from feedback_engine.nlp.statements import POLARITIES
from feedback_engine.nlp.tagged import ComplaintDetail, ComplaintTag, Sentiment, TaggedText, TouchpointTag
from feedback_engine.nlp.touchpoints import TouchpointRules, Touchpoints
from feedback_engine.nlp.verdicts import Verdicts
from feedback_engine.nlp.vocabulary import DETAIL_KINDS

#: Raised whenever the rules in code change what a text is tagged with.
RULES_VERSION = 15
_CONTENT = re.compile(r"[^\W\d_]")

_Told = tuple[Evidence, ...]

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
    touchpoints: Touchpoints
    complaints: Complaints
    proof: Proof


class Tagger:
    """Tags texts; holds no state between calls and may be shared between threads and processes."""

    def __init__(self, lexicon: Lexicon, pack: Pack, scorer: SentimentScorer | None = None) -> None:
        self.pack = pack
        self._reader = Reader(lexicon, pack)
        self._scorer = scorer or LexiconScorer(lexicon)
        self._touchpoints = TouchpointRules(pack)
        self._complaints = ComplaintRules(pack, self._reader.vocabulary.details)
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
        complaints = self._complaints.find(readings, verdicts, touchpoints)
        return Tags(readings, verdicts, touchpoints, complaints, gather_proof(verdicts, touchpoints, complaints))


def show(tags: Tags) -> Iterator[TaggedText]:
    """Yield what is said of each text as values for the caller."""
    verdicts, items = tags.verdicts, to_items(tags.proof, tags.readings.folded)
    told = ([tuple(map(items.__getitem__, numbers)) for numbers in each.split()] for each in tags.proof.lists)
    sentiments, touchpoints, complaints, details = told
    touched = _show_touchpoints(tags.touchpoints, touchpoints)
    judged = _show_complaints(tags.complaints, complaints, _show_details(tags.complaints.details, details))
    columns = (verdicts.polarities, verdicts.scores, verdicts.confidences, tags.complaints.sure_of_none)
    shown = zip(tags.readings.given, *_as_lists(columns), sentiments, strict=True)
    for number, (text, polarity, score, sure, sure_of_none, evidence) in enumerate(shown):
        complaint = judged.get(number) or ComplaintTag(False, None, None, sure_of_none, ())
        sentiment = Sentiment(POLARITIES[polarity], score, sure, evidence)
        yield TaggedText(text, sentiment, tuple(touched.get(number, ())), complaint)


def _show_touchpoints(found: Touchpoints, evidence: Sequence[_Told]) -> dict[int, list[TouchpointTag]]:
    """Return text → its touchpoints."""
    shown: dict[int, list[TouchpointTag]] = {}
    columns = (found.texts, found.codes, found.names, found.labels, found.scores, found.confidences, found.clauses)
    for text, code, name, label, score, sure, clause, told in zip(*_as_lists(columns), evidence, strict=True):
        tag = TouchpointTag(code, name, POLARITIES[label], score, sure, clause, told)
        shown.setdefault(text, []).append(tag)
    return shown


def _show_details(found: Details, evidence: Sequence[_Told]) -> dict[tuple[int, int], list[ComplaintDetail]]:
    """Return (complaint, kind) → its details."""
    shown: dict[tuple[int, int], list[ComplaintDetail]] = {}
    columns = (found.complaints, found.kinds, found.codes, found.names)
    for complaint, kind, code, name, told in zip(*_as_lists(columns), evidence, strict=True):
        shown.setdefault((complaint, kind), []).append(ComplaintDetail(code, name, told))
    return shown


def _show_complaints(
    found: Complaints, evidence: Sequence[_Told], details: Mapping[tuple[int, int], Sequence[ComplaintDetail]]
) -> dict[int, ComplaintTag]:
    """Return text → the complaint that it is."""
    shown: dict[int, ComplaintTag] = {}
    columns = (found.texts, found.codes, found.names, found.confidences)
    for number, (text, code, name, sure, told) in enumerate(zip(*_as_lists(columns), evidence, strict=True)):
        roots, *others = (tuple(details.get((number, kind), ())) for kind in range(len(DETAIL_KINDS)))
        shown[text] = ComplaintTag(True, code, name, sure, told, roots[0] if roots else None, *others)
    return shown


def _as_lists(columns: Sequence[NDArray[Any]]) -> list[list[Any]]:
    return [column.tolist() for column in columns]


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
    return text[:1].isalpha() or _CONTENT.search(text) is not None

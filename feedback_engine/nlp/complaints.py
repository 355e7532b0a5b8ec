"""Which texts are complaints, and of which type, by cues and by what the sentiment says: a whole batch in columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from feedback_engine.lexicon.columns import Floats, Objects, Places, join_columns, objects, pick, steps
from feedback_engine.lexicon.model import Pack
from feedback_engine.nlp.asking import find_asked
from feedback_engine.nlp.assumed import Found, TypeDefaults
from feedback_engine.nlp.complaint_types import (
    BlameRules,
    Blames,
    TypeWeights,
    choose_hinted,
    choose_learned,
    choose_types,
    help_types,
    tell_label,
    weigh_types,
)
from feedback_engine.nlp.details import Details, find_details, find_no_details
from feedback_engine.nlp.grievances import Grounds, find_grounds
from feedback_engine.nlp.heads import LearnedLabel, PackLabels
from feedback_engine.nlp.hints import Hints
from feedback_engine.nlp.marks import Learned, Marks
from feedback_engine.nlp.reading import Hits, Readings
from feedback_engine.nlp.statements import Columns, Statements, arrange, to_columns
from feedback_engine.nlp.tagged import UNSURE, UNSURE_NAME
from feedback_engine.nlp.touchpoints import Touchpoints
from feedback_engine.nlp.verdicts import Verdicts
from feedback_engine.nlp.vocabulary import DetailTable

#: In a text of at most so many characters cues help the learned weights.
_SHORT = 30


class Complaints(NamedTuple):
    """Complaints in the order of their texts: type, how sure that is, what tells it, and what more is told."""

    texts: Places
    codes: Objects
    names: Objects
    confidences: Floats
    evidence: Statements
    details: Details
    #: How sure it is of each text of the batch that it is none.
    sure_of_none: Floats


class ComplaintRules:
    """Finds complaints and their type among those of a pack."""

    def __init__(self, pack: Pack, details: DetailTable) -> None:
        #: The types, and last the one of a complaint whose type is not clear.
        self._codes = objects([*(label.code for label in pack.complaint_types), UNSURE])
        self._names = objects([*(label.name for label in pack.complaint_types), UNSURE_NAME])
        self._blame = BlameRules(pack.complaint_types, pack.touchpoints)
        self._defaults = TypeDefaults(pack.complaint_types, details)
        self._is_case_log = pack.is_case_log

    def find(self, readings: Readings, verdicts: Verdicts, touchpoints: Touchpoints) -> Complaints:
        """Return the texts that are complaints.

        The type is what the learned weights say of the text, if they know any types; else what its cues say, and the
        touchpoints that it speaks ill of.
        """
        asked = find_asked(readings, verdicts.unasserted)
        grounds = find_grounds(readings, verdicts, touchpoints, asked, is_case_log=self._is_case_log)
        texts, labels = grounds.texts, verdicts.rules.clause_labels
        if not len(texts):
            return _find_none()._replace(sure_of_none=grounds.sure_of_none)
        places = np.full(len(readings.given), -1)
        places[texts] = np.arange(len(texts))
        cues, blames = _mark(readings, readings.cues, places), self._blame.find(touchpoints, places)
        weights = weigh_types(readings.vocabulary.cues, cues, labels, blames)
        types, confidences, heard = self._choose_types(readings, verdicts, grounds, weights)
        told = (
            *grounds.said.by_complaint(places),
            *_tell_felt(verdicts.hints, grounds),
            _tell_judged(readings, grounds),
            _tell_cues(readings, cues, types),
            _tell_blames(blames, types),
            *self._tell_types(heard, types),
        )
        cue_types = readings.vocabulary.cues.labels[cues.values]
        asking = places[asked.insisted.parts]
        spans = (*_find_spans(readings, texts), asking, *asked.insisted[1:3])
        assumed = self._defaults.assume(Found(types, weights, cue_types, cues, blames, *spans))
        phrases = (_mark(readings, hits, places) for hits in (readings.roots, readings.causes, asked.hits))
        marks = Marks(*join_columns(phrases))
        learned = verdicts.details.find(texts, marks, assumed) if verdicts.details else Learned.of_none(len(texts))
        details = find_details(readings.vocabulary, marks, assumed, learned, labels)
        evidence = arrange(len(texts), *told)
        return Complaints(
            texts, self._codes[types], self._names[types], confidences, evidence, details, grounds.sure_of_none
        )

    def _choose_types(
        self, readings: Readings, verdicts: Verdicts, grounds: Grounds, weights: TypeWeights
    ) -> tuple[Places, Floats, dict[int, LearnedLabel]]:
        """Return the type of each complaint, how sure that is, and what learned weights say for types by complaint."""
        labels, hints, texts, unsure = verdicts.labels, verdicts.hints, grounds.texts, len(self._codes) - 1
        types, shares = choose_types(weights, len(texts), unsure)
        heard = self._hear(readings, texts, labels, weights, types, shares) if any(labels) else {}
        if hints:
            heard |= choose_hinted(hints, texts, weights, types, shares)
        confidences = grounds.confidences * np.where(types == unsure, 0.5, shares)
        if any(labels):
            confidences[list(heard)] = shares[list(heard)]
        return types, confidences, heard

    def _tell_types(self, heard: Mapping[int, LearnedLabel], types: Places) -> Iterator[Columns]:
        """Yield what learned weights say for the types of complaints, if they say anything."""
        if heard:
            names = [f"投诉类型『{name}』" for name in self._names[types].tolist()]
            yield to_columns([[*tell_label(names[n], heard[n])] if n in heard else () for n in range(len(types))])

    def _hear(
        self,
        readings: Readings,
        texts: Places,
        labels: Sequence[PackLabels | None],
        weights: TypeWeights,
        types: Places,
        shares: Floats,
    ) -> dict[int, LearnedLabel]:
        """Put what the learned weights say in place of what cues say; return what speaks for a type by complaint."""
        heard: dict[int, LearnedLabel] = {}
        codes: list[str] = self._codes.tolist()
        is_short = (steps(readings.folded.edges) - 1 <= _SHORT).tolist()
        for part, text in enumerate(texts.tolist()):
            label = labels[text]
            if label is None or not label.types:
                continue
            cues = {codes[number]: weight for number, weight in weights.of(part).items()} if is_short[text] else {}
            learned = help_types(label.types, cues) if is_short[text] else label.types
            code, shares[part] = choose_learned(learned, is_short=is_short[text])
            types[part] = codes.index(code)
            if code in learned:
                heard[part] = learned[code]
        return heard


def _find_spans(readings: Readings, texts: Places) -> tuple[Places, Places]:
    """Return where the first clause of each text begins, and where its last one ends."""
    clauses = readings.clauses
    return clauses.starts[clauses.first[texts]], clauses.ends[clauses.first[texts + 1] - 1]


@cache
def _find_none() -> Complaints:
    """Return no complaint."""
    details = find_no_details()
    nothing = np.zeros(0)
    return Complaints(details.complaints, details.codes, details.names, nothing, details.evidence, details, nothing)


def _tell_felt(hints: Hints | None, grounds: Grounds) -> Iterator[Columns]:
    """Yield what speaks for complaints that weights alone find, if hints say anything of them."""
    texts = grounds.texts
    at = (grounds.are_felt & grounds.are_judged & hints.are_heard[texts]).nonzero()[0].tolist() if hints else []
    if hints and at:
        told = dict(zip(at, hints.tell_complaints(texts[at]), strict=True))
        yield to_columns([[*tell_label("投诉", told[n])] if n in told else () for n in range(len(texts))])


def _tell_judged(readings: Readings, grounds: Grounds) -> Columns:
    """Return how likely the complaints are that no rule calls so, each as a whole."""
    at = (grounds.are_felt & grounds.are_judged).nonzero()[0]
    starts, ends = _find_spans(readings, grounds.texts[at])
    rules = objects(f"投诉(整体判断,认定 {chance:.0%})" for chance in grounds.confidences[at].tolist())
    nothing = np.zeros(len(at))
    return Columns(at, starts, ends, nothing, rules, nothing.astype(np.int64))


def _mark(readings: Readings, hits: Hits, places: Places) -> Marks:
    """Return the phrases found in complaints."""
    complaints = places[readings.clauses.texts[hits.clauses]]
    at = (complaints >= 0).nonzero()[0]
    return Marks(hits.starts[at], hits.ends[at], hits.values[at], hits.clauses[at], complaints[at])


def _tell_cues(readings: Readings, cues: Marks, types: Places) -> Columns:
    """Return the cues of the type that each complaint is of."""
    table = readings.vocabulary.cues
    at = (table.labels[cues.values] == types[cues.complaints]).nonzero()[0]
    rules, nothing = table.rules[cues.values[at]], np.zeros(len(at))
    return Columns(cues.complaints[at], cues.starts[at], cues.ends[at], nothing, rules, nothing.astype(np.int64))


def _tell_blames(blames: Blames, types: Places) -> Columns:
    """Return the touchpoints that speak for the type of each complaint."""
    complaints, _, _, starts, ends, rules = pick(blames, (blames.types == types[blames.complaints]).nonzero()[0])
    nothing = np.zeros(len(complaints))
    return Columns(complaints, starts, ends, nothing, rules, nothing.astype(np.int64))

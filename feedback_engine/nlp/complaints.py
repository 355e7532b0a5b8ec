"""Which texts are complaints, and of which type, by cues and by what the sentiment says: a whole batch in columns."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from feedback_engine.domain import Polarity
from feedback_engine.lexicon.columns import Objects, Places, flag, join_columns, objects, pick, steps
from feedback_engine.lexicon.model import Pack, WordKind
from feedback_engine.nlp.blend import find_untried
from feedback_engine.nlp.complaint_types import (
    BlameRules,
    Blames,
    Weights,
    choose_learned,
    choose_types,
    help_types,
    tell_type,
    weigh_types,
)
from feedback_engine.nlp.details import Details, Marks, find_details
from feedback_engine.nlp.heads import LearnedLabel, PackLabels
from feedback_engine.nlp.opinions import find_denied
from feedback_engine.nlp.reading import Hits, Readings
from feedback_engine.nlp.sentiment import Verdicts, sum_values
from feedback_engine.nlp.statements import POLARITIES, Columns, Statements, arrange, to_columns
from feedback_engine.nlp.tagged import UNSURE, UNSURE_NAME
from feedback_engine.nlp.touchpoints import Touchpoints
from feedback_engine.nlp.vocabulary import DEMANDS, KINDS, Flags, Floats

#: A text this negative may be a complaint; one above the second figure is praise, whatever it asks for.
_NEGATIVE, _PRAISE = -0.2, 0.4
#: A short text above this in which nothing is bad or asked for is praise even in a case log.
_CONTENT = 0.1
#: How strong a grievance (the summed strength of bad words) makes a complaint: beside a request, alone, beside a wish.
_WITH_REQUEST, _ALONE, _WITH_WISH = 0.3, 0.5, 1.3
#: A single word as bad as this is no suggestion, however it is wrapped.
_HARSH = -0.95
#: A text that weights find this bad complains if it names the fault: by a cue, or by a touchpoint spoken ill of.
_BAD = -0.3
#: In a text of at most so many characters cues help the learned weights.
_SHORT = 30
#: A text of more characters in a case log tells of a case, however kind its words.
_THANKS = 60
_DEMAND, _WISH, _UNTRIED = (KINDS.index(kind) for kind in (WordKind.DEMAND, WordKind.WISH, WordKind.UNTRIED))
_NEGATIVE_LABEL = POLARITIES.index(Polarity.NEGATIVE)
_ARE_DEMANDS = np.array([kind in DEMANDS for kind in KINDS])


class Complaints(NamedTuple):
    """Complaints in the order of their texts: type, how sure that is, what tells it, and what more is told."""

    texts: Places
    codes: Objects
    names: Objects
    confidences: Floats
    evidence: Statements
    details: Details


class ComplaintRules:
    """Finds complaints and their type among those of a pack."""

    def __init__(self, pack: Pack) -> None:
        #: The types, and last the one of a complaint whose type is not clear.
        self._codes = objects([*(label.code for label in pack.complaint_types), UNSURE])
        self._names = objects([*(label.name for label in pack.complaint_types), UNSURE_NAME])
        self._blame = BlameRules(pack.complaint_types, pack.touchpoints)
        self._is_case_log = pack.is_case_log

    def find(self, readings: Readings, verdicts: Verdicts, touchpoints: Touchpoints) -> Complaints:
        """Return the texts that are complaints.

        The type is what the learned weights say of the text, if they know any types; else what its cues say, and the
        touchpoints that it speaks ill of.
        """
        labels, judged, verdicts = verdicts.labels, verdicts, verdicts.rules
        said = _Said(_find_demands(readings), _find_grievances(verdicts.texts))
        complain = _find_complaints(readings, verdicts, said, self._is_case_log)
        felt = _find_felt(readings, judged, said, touchpoints) & ~complain
        if felt.any():
            said = said.add(_find_grievances(judged.texts), felt)
        texts = (complain | felt).nonzero()[0]
        if not len(texts):
            return _find_none()
        places = np.full(len(readings.given), -1)
        places[texts] = np.arange(len(texts))
        cues, details = _mark(readings, readings.cues, places), _mark(readings, readings.details, places)
        blames = self._blame.find(touchpoints, places)
        weights = weigh_types(readings.vocabulary.cues, cues, verdicts.clause_labels, blames)
        types, shares = choose_types(weights, len(texts), len(self._codes) - 1)
        heard = self._hear(readings, texts, labels, weights, types, shares) if any(labels) else {}
        scores = np.where(felt, judged.scores, verdicts.scores)
        confidences = _find_confidences(scores, said.demands, texts)
        confidences *= np.where(types == len(self._codes) - 1, 0.5, shares)
        confidences[list(heard)] = shares[list(heard)]
        told = (
            *said.by_complaint(places),
            _tell_cues(readings, cues, types),
            _tell_blames(blames, types),
            *self._tell_types(heard, types),
        )
        return Complaints(
            texts,
            self._codes[types],
            self._names[types],
            confidences,
            arrange(len(texts), *told),
            find_details(readings.vocabulary, details, verdicts.clause_labels),
        )

    def _tell_types(self, heard: Mapping[int, LearnedLabel], types: Places) -> Iterator[Columns]:
        """Yield what learned weights say for the types of complaints, if they say anything."""
        if heard:
            names = self._names[types].tolist()
            yield to_columns([[*tell_type(names[n], heard[n])] if n in heard else () for n in range(len(types))])

    def _hear(
        self,
        readings: Readings,
        texts: Places,
        labels: Sequence[PackLabels | None],
        weights: Weights,
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
            code, shares[part] = choose_learned(learned)
            types[part] = codes.index(code)
            if code in learned:
                heard[part] = learned[code]
        return heard


@cache
def _find_none() -> Complaints:
    """Return no complaint."""
    nothing, unnamed = np.zeros(0, dtype=np.int64), objects(())
    evidence = arrange(0, to_columns(()))
    details = Details(nothing, nothing, unnamed, unnamed, evidence)
    return Complaints(nothing, unnamed, unnamed, np.zeros(0), evidence, details)


class _Said(NamedTuple):
    """What texts ask for, and what they find bad, by text."""

    demands: Columns
    grievances: Columns

    def add(self, grievances: Columns, texts: Flags) -> _Said:
        """Return these with what else is bad in some texts."""
        more = grievances.take(texts[grievances.parts].nonzero()[0])
        return _Said(self.demands, Columns(*join_columns((self.grievances, more))))

    def by_complaint(self, places: Places) -> tuple[Columns, Columns]:
        """Return the demands, and the worst grievance of each; `places` are those of the texts among the complaints."""
        worst = _find_worst(self.grievances, len(places))
        return _renumber(self.demands, places), _renumber(self.grievances.take(worst[worst >= 0]), places)


def _find_complaints(readings: Readings, verdicts: Verdicts, said: _Said, is_case_log: bool) -> Flags:
    """Return which texts are complaints."""
    count, scores, demands, hits = len(readings.given), verdicts.scores, said.demands, readings.words
    wishes = readings.vocabulary.words.kind[hits.values] == _WISH
    is_wishing = flag(readings.clauses.texts[hits.clauses[wishes]], count)
    has_demands = flag(demands.parts, count)
    asks = (scores <= _PRAISE) & flag(demands.parts[demands.kinds == _DEMAND], count)
    complains: Flags = asks | ((scores <= _NEGATIVE) & _have_grievances(said.grievances, is_wishing, has_demands))
    if is_case_log:
        has_question = flag(readings.clauses.texts[readings.clauses.is_question], count)
        statements = verdicts.texts
        has_bad = sum_values(statements.values <= 0, statements.parts(), count) > 0
        is_long = steps(readings.folded.edges) - 1 > _THANKS
        is_case = (scores <= _PRAISE) | has_demands | is_wishing | has_question | has_bad | is_long
        is_content = (scores > _CONTENT) & ~(has_bad | has_demands) & (readings.sizes <= _SHORT)
        complains |= is_case & ~is_content & ~((scores > _NEGATIVE) & find_untried(readings) & ~is_long)
    return complains


def _find_felt(readings: Readings, verdicts: Verdicts, said: _Said, touchpoints: Touchpoints) -> Flags:
    """Return which texts are bad by learned weights and name the fault, without a word that wishes or asks."""
    count, hits = len(readings.given), readings.words
    is_bad: Flags = (
        (verdicts.scores <= _BAD) & (verdicts.rules.scores <= _CONTENT) & (verdicts.polarities == _NEGATIVE_LABEL)
    )
    if not is_bad.any():
        return is_bad
    kinds = readings.vocabulary.words.kind[hits.values]
    is_calm = flag(readings.clauses.texts[hits.clauses[(kinds == _WISH) | (kinds == _UNTRIED)]], count)
    is_calm |= flag(said.demands.parts, count)
    is_calm |= flag(readings.clauses.texts[readings.clauses.is_question], count) & (verdicts.rules.scores > _NEGATIVE)
    names = flag(readings.clauses.texts[readings.cues.clauses], count)
    names |= flag(touchpoints.texts[touchpoints.labels == _NEGATIVE_LABEL], count)
    felt: Flags = is_bad & names & ~is_calm
    return felt


def _have_grievances(grievances: Columns, is_wishing: Flags, has_demands: Flags) -> Flags:
    """Return which bad texts have a grievance that is more than a wish or a polite request."""
    count = len(is_wishing)
    amounts = -sum_values(grievances.values, grievances.parts, count)
    is_harsh = flag(grievances.parts[grievances.values <= _HARSH], count)
    limits = np.where(has_demands, _WITH_REQUEST, _ALONE)
    have: Flags = np.where(is_wishing, (amounts >= _WITH_WISH) | is_harsh, amounts >= limits)
    return have


def _find_demands(readings: Readings) -> Columns:
    """Return the demands and requests that are not denied, by text; they count whatever scorer is at work."""
    hits, table = readings.words, readings.vocabulary.words
    at = table.demands[hits.values].nonzero()[0]
    at = at[~find_denied(readings, at)]
    values, texts = hits.values[at], readings.clauses.texts[hits.clauses[at]]
    weights, rules, kinds = table.weight[values], table.demand_rules[values], table.kind[values]
    return Columns(texts, hits.starts[at], hits.ends[at], weights, rules, kinds)


def _find_grievances(said: Statements) -> Columns:
    """Return what is bad, and no demand, by text."""
    at = ((said.values < 0) & ~_ARE_DEMANDS[said.kinds]).nonzero()[0]
    return Columns(*pick((said.parts(), said.starts, said.ends, said.values, said.rules, said.kinds), at))


def _find_worst(grievances: Columns, count: int) -> Places:
    """Return the worst grievance of each of so many texts, of equals the first; -1 where there is none."""
    worst = np.full(count, -1)
    order = np.lexsort((grievances.starts, grievances.values, grievances.parts))[::-1]
    worst[grievances.parts[order]] = order
    return worst


def _renumber(columns: Columns, places: Places) -> Columns:
    """Return the statements about complaints, given about texts."""
    parts = places[columns.parts]
    at = (parts >= 0).nonzero()[0]
    return columns.take(at)._replace(parts=parts[at])


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
    return Columns(cues.complaints[at], cues.starts[at], cues.ends[at], nothing, rules, nothing.astype(np.int8))


def _tell_blames(blames: Blames, types: Places) -> Columns:
    """Return the touchpoints that speak for the type of each complaint."""
    complaints, _, _, starts, ends, rules = pick(blames, (blames.types == types[blames.complaints]).nonzero()[0])
    nothing = np.zeros(len(complaints))
    return Columns(complaints, starts, ends, nothing, rules, nothing.astype(np.int8))


def _find_confidences(scores: Floats, demands: Columns, texts: Places) -> Floats:
    """Return how sure it is that the texts complain: 0.5 at the limit, more with negativity and demand."""
    strengths = (
        np.maximum(0.0, _NEGATIVE - scores[texts]) - sum_values(demands.values, demands.parts, len(scores))[texts]
    )
    return np.array([0.5 + 0.45 * (1.0 - math.exp(-2.0 * strength)) for strength in strengths.tolist()])


def find_none_confidences(scores: Floats) -> Floats:
    """Return how sure it is that texts of these scores are no complaints."""
    return 0.5 + 0.45 * np.minimum(1.0, np.maximum(0.0, scores - _NEGATIVE))

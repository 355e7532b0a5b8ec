"""Whether a text is a complaint, and of which type, by cues and by what the sentiment says."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from feedback_engine.domain import Polarity
from feedback_engine.lexicon.model import Pack, WordKind
from feedback_engine.nlp.details import Detailed, find_details
from feedback_engine.nlp.heads import LearnedLabel, PackLabels
from feedback_engine.nlp.opinions import find_denied
from feedback_engine.nlp.reading import HitList, Readings
from feedback_engine.nlp.sentiment import Verdicts
from feedback_engine.nlp.statements import Statement
from feedback_engine.nlp.tagged import UNSURE, UNSURE_NAME
from feedback_engine.nlp.vocabulary import DEMANDS, KIND_NAMES, KINDS, Cue, quote

#: A text this negative may be a complaint; one above the second figure is praise, whatever it asks for.
_NEGATIVE, _PRAISE = -0.2, 0.4
#: How strong a grievance (the summed strength of bad words) makes a complaint: beside a request, alone, beside a wish.
_WITH_REQUEST, _ALONE, _WITH_WISH = 0.3, 0.5, 1.3
#: A single word as bad as this is no suggestion, however it is wrapped.
_HARSH = -0.95
#: What a cue counts in a clause that is bad, that says nothing, that is good.
_CUE_FACTORS = {Polarity.NEGATIVE: 1.0, Polarity.MIXED: 0.7, Polarity.NEUTRAL: 0.6, Polarity.POSITIVE: 0.2}
#: Below this share of the evidence a type is not named.
_TYPE_SHARE = 0.4
#: In a text of at most so many characters a cue adds so much of its weight to the log odds of its type.
_SHORT, _BY_CUE = 30, 0.5
#: A learned type is not named where it is less likely than this by itself: the text is about none of them.
_LEAST_PROBABLE = 0.08
#: So many pieces of the text are told for a learned type.
_MOST_PIECES = 4


class Complaint(NamedTuple):
    """A complaint: its type, how sure that is, what tells it, and what more is told."""

    code: str
    name: str
    confidence: float
    evidence: Sequence[Statement]
    details: Detailed


class _Cued(NamedTuple):
    """A cue of a complaint type, and what it counts."""

    start: int
    end: int
    cue: Cue
    weight: float


class ComplaintRules:
    """Finds complaints and their type among those of a pack."""

    def __init__(self, pack: Pack) -> None:
        self._names = {label.code: label.name for label in pack.complaint_types}
        self._is_case_log = pack.is_case_log

    def find(
        self, readings: Readings, verdicts: Verdicts, labels: Sequence[PackLabels | None] = ()
    ) -> list[Complaint | None]:
        """Return the complaint that each text is, None for one that is none.

        The type is what the learned weights say of the text, if `labels` hold any types of it; else what its cues say.
        """
        found: list[Complaint | None] = [None] * len(readings.given)
        told, is_case_log = _Told(readings, verdicts), self._is_case_log
        for text, score in enumerate(verdicts.scores):
            is_case = is_case_log and not told.is_praise(text, score)
            asks = score <= _PRAISE and told.is_demanding(text)
            if is_case or asks or (score <= _NEGATIVE and told.has_grievance(text)):
                label = labels[text] if labels else None
                found[text] = self._describe(told, text, score, {} if label is None else label.types)
        return found

    def _describe(self, told: _Told, text: int, score: float, types: Mapping[str, LearnedLabel]) -> Complaint:
        demands, cues = told.demands.get(text, ()), told.find_cues(text)
        learned = _help_types(types, _weigh_cues(cues)) if types and told.is_short(text) else types
        code, share = _choose_learned(learned) if learned else _choose(_weigh_cues(cues))
        name, is_learned = self._names.get(code, UNSURE_NAME), code in learned
        sure = _sure(score, -sum(demand.value for demand in demands)) * (share if code != UNSURE else 0.5)
        named = [Statement(cue.start, cue.end, 0.0, cue.cue.rule) for cue in cues if cue.cue.code == code]
        evidence = [*demands, *told.find_worst(text), *named, *(_tell_type(name, learned[code]) if is_learned else ())]
        return Complaint(code, name, share if is_learned else sure, evidence, told.find_details(text))


class _Told:
    """What the texts of a batch tell of complaints."""

    def __init__(self, readings: Readings, verdicts: Verdicts) -> None:
        self.demands = _find_demands(readings)
        self._wishing = _find_wishes(readings)
        self._statements = verdicts.texts
        self._vocabulary = readings.vocabulary
        self._folded, self._clauses = readings.folded, readings.clauses
        self._readings, self._verdicts = readings, verdicts

    def is_praise(self, text: int, score: float) -> bool:
        """Return whether a text of this score is nothing but good: a case log holds thanks as well."""
        if score <= _PRAISE or text in self.demands or text in self._wishing or text in self._asking:
            return False
        return all(self._statements.values[number] > 0 for number in self._statements.of(text))

    def is_short(self, text: int) -> bool:
        """Return whether the text is so short that cues help the learned weights."""
        first, last = self._folded.edges[text : text + 2].tolist()
        length: int = last - first - 1
        return length <= _SHORT

    def is_demanding(self, text: int) -> bool:
        """Return whether the text asks for redress."""
        return any(demand.kind is WordKind.DEMAND for demand in self.demands.get(text, ()))

    def has_grievance(self, text: int) -> bool:
        """Return whether a bad text has a grievance that is more than a wish or a polite request."""
        grievances = [self._statements.values[number] for number in self._grievances(text)]
        grievance = -sum(grievances)
        if text in self._wishing:
            return grievance >= _WITH_WISH or min(grievances, default=0.0) <= _HARSH
        return grievance >= (_WITH_REQUEST if text in self.demands else _ALONE)

    def find_worst(self, text: int) -> list[Statement]:
        """Return the worst opinion, if there is a bad one."""
        values, starts = self._statements.values, self._statements.starts
        worst = min(self._grievances(text), key=lambda number: (values[number], starts[number]), default=None)
        return [] if worst is None else [self._statements[worst]]

    @cached_property
    def _cues(self) -> HitList:
        return HitList(self._readings, self._readings.cues)

    @cached_property
    def _details(self) -> HitList:
        return HitList(self._readings, self._readings.details)

    @cached_property
    def _polarities(self) -> Sequence[Polarity]:
        return self._verdicts.clauses.polarities

    @cached_property
    def _asking(self) -> set[int]:
        """The texts that hold a question."""
        return set(self._clauses.texts[self._clauses.is_question].tolist())

    def _grievances(self, text: int) -> list[int]:
        statements = self._statements
        return [n for n in statements.of(text) if statements.values[n] < 0 and statements.kinds[n] not in DEMANDS]

    def find_cues(self, text: int) -> list[_Cued]:
        """Return the cues of a text with what they count in their clauses: longer ones are surer."""
        cues, polarities = self._vocabulary.cues, self._polarities
        return [
            _Cued(start, end, cues[value], _CUE_FACTORS[polarities[clause]] * min(2.0, 0.4 + 0.3 * (end - start)))
            for start, end, value, clause in self._cues.of(text)
        ]

    def find_details(self, text: int) -> Detailed:
        """Return what more the text tells."""
        return find_details(self._vocabulary.details, self._details, self._polarities, text)


def sure_of_none(score: float) -> float:
    """Return how sure it is that a text of this score is no complaint."""
    return 0.5 + 0.45 * min(1.0, max(0.0, score - _NEGATIVE))


def _find_demands(readings: Readings) -> dict[int, list[Statement]]:
    """Return text → demands and requests that are not denied; they count whatever scorer is at work."""
    hits, table = readings.words, readings.vocabulary.words
    at = table.demands[hits.values].nonzero()[0]
    at = at[~find_denied(readings, at)]
    demands: dict[int, list[Statement]] = {}
    columns = (hits.starts[at], hits.ends[at], hits.values[at], readings.clauses.texts[hits.clauses[at]])
    for start, end, value, text in zip(*(column.tolist() for column in columns), strict=True):
        word, kind = table.words[value], KINDS[table.kind[value]]
        rule = f"{KIND_NAMES[kind]}『{quote(word.term)}』"
        demands.setdefault(text, []).append(Statement(start, end, float(table.weight[value]), rule, kind))
    return demands


def _find_wishes(readings: Readings) -> set[int]:
    """Return the texts that wish for something (希望增加, 建议…): suggestions rather than complaints."""
    hits = readings.words
    wishes = readings.vocabulary.words.kind[hits.values] == KINDS.index(WordKind.WISH)
    return set(readings.clauses.texts[hits.clauses[wishes]].tolist())


def _sure(score: float, demanded: float) -> float:
    """Return how sure it is that the text complains: 0.5 at the limit, more with negativity and demand."""
    strength = max(0.0, _NEGATIVE - score) + demanded
    return 0.5 + 0.45 * (1.0 - math.exp(-2.0 * strength))


def _weigh_cues(cues: Sequence[_Cued]) -> dict[str, float]:
    """Return complaint type → weight of its cues; a cue counts once, in its worst clause."""
    best: dict[tuple[str, str], float] = {}
    for cue in cues:
        key = (cue.cue.code, cue.cue.term)
        best[key] = max(best.get(key, 0.0), cue.weight)
    weights: dict[str, float] = {}
    for (code, _), weight in best.items():
        weights[code] = weights.get(code, 0.0) + weight
    return weights


def _choose(weights: dict[str, float]) -> tuple[str, float]:
    """Return the type with most evidence and its share; unsure when that is small or two are level."""
    if not weights:
        return UNSURE, 0.0
    ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    total = sum(weights.values())
    share = ranked[0][1] / (total + 0.3)
    level = len(ranked) > 1 and ranked[1][1] >= ranked[0][1]
    return (UNSURE, share) if share < _TYPE_SHARE or level else (ranked[0][0], share)


def _help_types(types: Mapping[str, LearnedLabel], cues: Mapping[str, float]) -> dict[str, LearnedLabel]:
    """Return what the learned weights and the weights of the cues say of the types together, the likeliest first."""
    helped = {code: label._replace(odds=label.odds + _BY_CUE * cues.get(code, 0.0)) for code, label in types.items()}
    chances = {code: 0.5 * (1.0 + math.tanh(0.5 * label.odds)) for code, label in helped.items()}
    whole = sum(chances.values())
    ranked = sorted(helped.items(), key=lambda item: (-item[1].odds, item[0]))
    return {
        code: label._replace(probability=chances[code], share=chances[code] / max(whole, 1e-12))
        for code, label in ranked
    }


def _choose_learned(learned: Mapping[str, LearnedLabel]) -> tuple[str, float]:
    """Return the likeliest type and its part of all probabilities; unsure when that or its own probability is small."""
    code, best = next(iter(learned.items()))
    is_sure = best.share >= _TYPE_SHARE and best.probability >= _LEAST_PROBABLE
    return (code if is_sure else UNSURE), best.share


def _tell_type(name: str, label: LearnedLabel) -> Iterator[Statement]:
    """Yield what the learned weights read for the type; together it is worth the type's log odds."""
    strongest = sorted(label.pieces, key=lambda piece: (-piece[2], piece[0]))[:_MOST_PIECES]
    told = sorted(piece for piece in strongest if piece[2] > 0)
    for start, end, weight in told:
        yield Statement(start, end, weight, f"投诉类型『{name}』(学习权重)")
    if label.pieces:
        rest = label.odds - sum(weight for *_, weight in told)
        rule = f"投诉类型『{name}』(学习权重,其余文字与线索合计)"
        yield Statement(label.pieces[0][0], label.pieces[-1][1], rest, rule)

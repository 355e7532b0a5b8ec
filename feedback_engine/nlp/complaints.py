"""Whether a text is a complaint, and of which type, by cues and by what the sentiment says."""

from __future__ import annotations

import math
from collections.abc import Iterator

from feedback_engine.domain import Polarity
from feedback_engine.lexicon.matcher import Match
from feedback_engine.lexicon.model import Entry, Pack, WordKind
from feedback_engine.nlp.details import find_details
from feedback_engine.nlp.opinions import DEMANDS, KIND_NAMES, is_denied, quote
from feedback_engine.nlp.reading import Cue, Reading, Word
from feedback_engine.nlp.sentiment import Verdict
from feedback_engine.nlp.tagged import UNSURE, UNSURE_NAME, ComplaintTag, Evidence
from feedback_engine.nlp.touchpoints import evidence, opinion_evidence

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

NO_COMPLAINT = ComplaintTag(False, None, None, 0.0, ())


class ComplaintRules:
    """Finds complaints and their type among those of a pack."""

    def __init__(self, pack: Pack) -> None:
        self._names = {label.code: label.name for label in pack.complaint_types}

    def judge(self, reading: Reading, verdict: Verdict) -> ComplaintTag:
        """Return whether the text is a complaint, its type, and the evidence for both."""
        demands = list(_find_demands(reading))
        if not _is_complaint(reading, verdict, demands):
            return ComplaintTag(False, None, None, _sure_of_none(verdict), ())
        demanded = -sum(entry.weight for _, entry in demands)
        weights = _weigh_cues(reading, verdict)
        code, share = _choose(weights)
        sure = _sure(verdict, demanded)
        name = self._names.get(code, UNSURE_NAME)
        found = (*_demand_evidence(reading, verdict, demands), *_cue_evidence(reading, code))
        details = find_details(reading, verdict)
        return ComplaintTag(True, code, name, sure * (share if code != UNSURE else 0.5), found, *details)


def _is_complaint(reading: Reading, verdict: Verdict, demands: list[tuple[Match[Word], Entry]]) -> bool:
    """Return whether the text asks for redress, or has a grievance that is more than a wish or a polite request."""
    score, opinions = verdict.text.score, verdict.text.opinions
    if any(entry.kind is WordKind.DEMAND for _, entry in demands) and score <= _PRAISE:
        return True
    if score > _NEGATIVE:
        return False
    grievances = [o.value for o in opinions if o.value < 0 and o.kind not in DEMANDS]
    grievance = -sum(grievances)
    if _is_wish(reading):
        return grievance >= _WITH_WISH or min(grievances, default=0.0) <= _HARSH
    return grievance >= (_WITH_REQUEST if demands else _ALONE)


def _is_wish(reading: Reading) -> bool:
    """Return whether the text wishes for something (希望增加, 建议…): a suggestion rather than a complaint."""
    return any(
        match.value.opinion is not None and match.value.opinion.kind is WordKind.WISH
        for matches in reading.words
        for match in matches
    )


def _sure_of_none(verdict: Verdict) -> float:
    return 0.5 + 0.45 * min(1.0, max(0.0, verdict.text.score - _NEGATIVE))


def _sure(verdict: Verdict, demanded: float) -> float:
    """Return how sure it is that the text complains: 0.5 at the limit, more with negativity and demand."""
    strength = max(0.0, _NEGATIVE - verdict.text.score) + demanded
    return 0.5 + 0.45 * (1.0 - math.exp(-2.0 * strength))


def _weigh_cues(reading: Reading, verdict: Verdict) -> dict[str, float]:
    """Return complaint type → weight of its cues; a cue counts once, in its worst clause."""
    best: dict[tuple[str, str], float] = {}
    for match, polarity in _cues(reading, verdict):
        key = (match.value.code, match.value.term)
        weight = _CUE_FACTORS[polarity] * min(2.0, 0.4 + 0.3 * (match.end - match.start))
        best[key] = max(best.get(key, 0.0), weight)
    weights: dict[str, float] = {}
    for (code, _), weight in best.items():
        weights[code] = weights.get(code, 0.0) + weight
    return weights


def _cues(reading: Reading, verdict: Verdict) -> Iterator[tuple[Match[Cue], Polarity]]:
    for matches, judgement in zip(reading.cues, verdict.clauses, strict=True):
        for match in matches:
            yield match, judgement.polarity


def _choose(weights: dict[str, float]) -> tuple[str, float]:
    """Return the type with most evidence and its share; unsure when that is small or two are level."""
    if not weights:
        return UNSURE, 0.0
    ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    total = sum(weights.values())
    share = ranked[0][1] / (total + 0.3)
    level = len(ranked) > 1 and ranked[1][1] >= ranked[0][1]
    return (UNSURE, share) if share < _TYPE_SHARE or level else (ranked[0][0], share)


def _find_demands(reading: Reading) -> Iterator[tuple[Match[Word], Entry]]:
    """Yield the demands and requests in the text that are not denied; they count whatever scorer is at work."""
    for matches in reading.words:
        for at, match in enumerate(matches):
            opinion = match.value.opinion
            if opinion is not None and opinion.kind in DEMANDS and not is_denied(matches, at):
                yield match, opinion


def _demand_evidence(
    reading: Reading, verdict: Verdict, demands: list[tuple[Match[Word], Entry]]
) -> Iterator[Evidence]:
    """Yield what makes the text a complaint: what it demands, and its worst opinion."""
    for match, entry in demands:
        rule = f"{KIND_NAMES[entry.kind]}『{quote(match.value.term)}』"
        yield evidence(reading, match.start, match.end, rule, entry.weight)
    others = [o for o in verdict.text.opinions if o.value < 0 and o.kind not in DEMANDS]
    if others:
        yield opinion_evidence(reading, min(others, key=lambda opinion: (opinion.value, opinion.start)))


def _cue_evidence(reading: Reading, code: str) -> Iterator[Evidence]:
    for matches in reading.cues:
        for match in matches:
            if match.value.code == code:
                rule = f"投诉类型线索『{quote(match.value.term)}』({match.value.origin})"
                yield evidence(reading, match.start, match.end, rule, 0.0)

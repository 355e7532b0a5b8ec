"""Touchpoints by seed phrase, each with the opinions of its own part of the clause."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from feedback_engine.lexicon.matcher import Match
from feedback_engine.lexicon.model import Pack, WordKind
from feedback_engine.nlp.opinions import Opinion, quote
from feedback_engine.nlp.reading import Cue, Reading, Word
from feedback_engine.nlp.sentiment import Judgement, Verdict, judge
from feedback_engine.nlp.tagged import Evidence, TouchpointTag

#: So many clauses after a mention may go on about it.
_CARRIED_CLAUSES = 2


@dataclass(frozen=True, slots=True)
class _Mention:
    """A touchpoint in a clause: where it is named, and the opinions that are about it."""

    match: Match[Cue]
    clause: int
    judgement: Judgement


class TouchpointRules:
    """Finds the touchpoints of a pack."""

    def __init__(self, pack: Pack) -> None:
        self._names = {label.code: label.name for label in pack.touchpoints}

    def find(self, reading: Reading, verdict: Verdict) -> tuple[TouchpointTag, ...]:
        """Return one tag per touchpoint and clause, in the order of the text."""
        tags: list[TouchpointTag] = []
        for number, matches in enumerate(reading.mentions):
            if not matches:
                continue
            by_code: dict[str, list[_Mention]] = {}
            for mention in _mentions_of_clause(reading, verdict, number, matches):
                by_code.setdefault(mention.match.value.code, []).append(mention)
            tags += [self._tag(reading, code, mentions) for code, mentions in by_code.items()]
        return tuple(tags)

    def _tag(self, reading: Reading, code: str, mentions: list[_Mention]) -> TouchpointTag:
        first = mentions[0]
        judgement = first.judgement if len(mentions) == 1 else _join([mention.judgement for mention in mentions])
        cue = first.match.value
        found = evidence(reading, first.match.start, first.match.end, f"触点『{quote(cue.term)}』({cue.origin})", 0.0)
        opinions = tuple(opinion_evidence(reading, opinion) for opinion in judgement.opinions)
        name, sure = self._names[code], _mention_confidence(first.match, judgement)
        return TouchpointTag(code, name, judgement.polarity, judgement.score, sure, first.clause, (found, *opinions))


def _mention_confidence(match: Match[Cue], judgement: Judgement) -> float:
    """Return how sure the tag is: longer phrases are less ambiguous, and an opinion found speaks for a real mention."""
    named = 0.6 + 0.1 * min(3, match.end - match.start - 1)
    return min(0.95, named + 0.1) if judgement.opinions else named * 0.8


def _join(judgements: list[Judgement]) -> Judgement:
    different = {id(judgement): judgement for judgement in judgements}.values()
    opinions = tuple(dict.fromkeys(opinion for judgement in different for opinion in judgement.opinions))
    return judge(opinions) if opinions else judgements[0]


def _mentions_of_clause(
    reading: Reading, verdict: Verdict, number: int, matches: Sequence[Match[Cue]]
) -> list[_Mention]:
    judgement = verdict.clauses[number]
    if not judgement.opinions and not judgement.score:
        judgement = _following(reading, verdict, number)
    elif judgement.opinions:
        return _carry_over(reading, verdict, number, _share_among(judgement, matches, number))
    return _share_among(judgement, matches, number)


def _share_among(judgement: Judgement, matches: Sequence[Match[Cue]], number: int) -> list[_Mention]:
    if len({match.start for match in matches}) < 2 or not judgement.opinions:
        return [_Mention(match, number, judgement) for match in matches]
    shares = _share_out(judgement.opinions, matches)
    judged = {id(share): judge(share) for share in {id(share): share for share in shares}.values()}
    return [_Mention(match, number, judged[id(share)]) for match, share in zip(matches, shares, strict=True)]


def _carry_over(reading: Reading, verdict: Verdict, number: int, mentions: list[_Mention]) -> list[_Mention]:
    """Give the last mention what the next clauses say without a subject of their own: 床很软，睡得特别踏实。"""
    carried = _subjectless_opinions(reading, verdict, number)
    if not carried:
        return mentions
    last = mentions[-1].match.start
    return [
        _Mention(m.match, number, judge((*m.judgement.opinions, *carried))) if m.match.start == last else m
        for m in mentions
    ]


def _subjectless_opinions(reading: Reading, verdict: Verdict, number: int) -> list[Opinion]:
    """Return the opinions of the clauses that go on about the same thing, at most two of the same sentence."""
    carried: list[Opinion] = []
    for following in range(number + 1, min(number + 1 + _CARRIED_CLAUSES, len(reading.clauses))):
        goes_on = reading.clauses[following].sentence == reading.clauses[number].sentence
        if not goes_on or reading.mentions[following] or _sums_up(reading.words[following]):
            break
        carried += [o for o in verdict.clauses[following].opinions if o.kind is WordKind.OPINION]
    return carried


def _sums_up(words: Sequence[Match[Word]]) -> bool:
    """Return whether the clause begins with a word such as 总之, which speaks of the whole."""
    contrast = words[0].value.contrast if words else None
    return contrast is not None and contrast.before == 1 and contrast.after > 1


def _following(reading: Reading, verdict: Verdict, number: int) -> Judgement:
    """Return the next clause's judgement if it names no touchpoint itself: 早餐，很难吃。"""
    following = number + 1
    if (
        following < len(reading.clauses)
        and reading.clauses[following].sentence == reading.clauses[number].sentence
        and not reading.mentions[following]
    ):
        return verdict.clauses[following]
    return verdict.clauses[number]


def _share_out(opinions: Sequence[Opinion], matches: Sequence[Match[Cue]]) -> list[list[Opinion]]:
    """Give each mention the opinions up to the next one (服务好环境差), else those of its neighbour (A和B都好)."""
    shares: list[list[Opinion]] = []
    first, until, following = 0, _next_starts(matches), len(opinions)
    for match, end in zip(matches, until, strict=True):
        while first < following and opinions[first].end <= match.start:
            first += 1
        last = first
        while last < following and opinions[last].start < end:
            last += 1
        shares.append(list(opinions[first:last]))
    for at in range(len(shares) - 2, -1, -1):
        shares[at] = shares[at] or shares[at + 1]
    for at in range(1, len(shares)):
        shares[at] = shares[at] or shares[at - 1]
    everything = list(opinions)
    return [share or everything for share in shares]


def _next_starts(matches: Sequence[Match[Cue]]) -> list[float]:
    """Return where the next mention that starts further on begins, for each mention in order."""
    starts: list[float] = []
    upcoming, at = math.inf, math.inf
    for match in reversed(matches):
        if match.start < at:
            upcoming, at = at, match.start
        starts.append(upcoming)
    return starts[::-1]


def opinion_evidence(reading: Reading, opinion: Opinion) -> Evidence:
    """Return the opinion as evidence in the text as given."""
    return evidence(reading, opinion.start, opinion.end, opinion.rule, opinion.value)


def evidence(reading: Reading, start: int, end: int, rule: str, weight: float) -> Evidence:
    """Return evidence for a span of the folded text, as it stands in the text as given."""
    first, last = reading.folded.span_in_original(start, end)
    return Evidence(first, last, reading.original[first:last], rule, weight)

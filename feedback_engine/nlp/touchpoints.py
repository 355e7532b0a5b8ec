"""Touchpoints by seed phrase, each with the opinions of its own part of the clause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from feedback_engine.lexicon.matcher import Match
from feedback_engine.lexicon.model import Pack
from feedback_engine.nlp.opinions import Opinion, quote
from feedback_engine.nlp.reading import Cue, Reading
from feedback_engine.nlp.sentiment import Judgement, Verdict, judge
from feedback_engine.nlp.tagged import Evidence, TouchpointTag


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
    opinions = tuple(dict.fromkeys(opinion for judgement in judgements for opinion in judgement.opinions))
    return judge(opinions) if opinions else judgements[0]


def _mentions_of_clause(
    reading: Reading, verdict: Verdict, number: int, matches: Sequence[Match[Cue]]
) -> list[_Mention]:
    judgement = verdict.clauses[number]
    if not judgement.opinions and not judgement.score:
        judgement = _following(reading, verdict, number)
    if len({match.start for match in matches}) < 2 or not judgement.opinions:
        return [_Mention(match, number, judgement) for match in matches]
    shares = _share_out(judgement.opinions, matches)
    return [_Mention(match, number, judge(share)) for match, share in zip(matches, shares, strict=True)]


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
    for match in matches:
        until = min((other.start for other in matches if other.start > match.start), default=None)
        reach = (o for o in opinions if o.end > match.start and (until is None or o.start < until))
        shares.append(list(reach))
    for at in range(len(shares) - 2, -1, -1):
        shares[at] = shares[at] or shares[at + 1]
    for at in range(1, len(shares)):
        shares[at] = shares[at] or shares[at - 1]
    return [share or list(opinions) for share in shares]


def opinion_evidence(reading: Reading, opinion: Opinion) -> Evidence:
    """Return the opinion as evidence in the text as given."""
    return evidence(reading, opinion.start, opinion.end, opinion.rule, opinion.value)


def evidence(reading: Reading, start: int, end: int, rule: str, weight: float) -> Evidence:
    """Return evidence for a span of the folded text, as it stands in the text as given."""
    first, last = reading.folded.span_in_original(start, end)
    return Evidence(first, last, reading.original[first:last], rule, weight)

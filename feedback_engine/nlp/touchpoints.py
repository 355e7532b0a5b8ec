"""Touchpoints by seed phrase, each with the opinions of its own part of the clause.

Where the pack names learned weights, these decide which touchpoints the text speaks of; the phrases say where, and
lower the limit.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from feedback_engine.domain import Polarity
from feedback_engine.lexicon.columns import steps
from feedback_engine.lexicon.model import Pack, WordKind
from feedback_engine.nlp.heads import LearnedLabel, PackLabels
from feedback_engine.nlp.learned_touchpoints import accept, find_strongest, speak_clearly, weigh_opinion
from feedback_engine.nlp.reading import CARRIED_CLAUSES, Readings
from feedback_engine.nlp.sentiment import Verdicts, judge
from feedback_engine.nlp.statements import Judged, Statement, Statements
from feedback_engine.nlp.vocabulary import Flags


class Judgement(NamedTuple):
    """Score -1 to 1, label, and the numbers of the statements about the clauses that lead to them."""

    score: float
    polarity: Polarity
    numbers: Sequence[int]


class Touched(NamedTuple):
    """A touchpoint spoken of in one clause (by its number in the text): where it is named, and what is said of it."""

    code: str
    name: str
    clause: int
    start: int
    end: int
    rule: str
    judgement: Judgement
    confidence: float

    @property
    def mention(self) -> Statement:
        """Where it is named, as a statement that adds nothing."""
        return Statement(self.start, self.end, 0.0, self.rule)


class TouchpointRules:
    """Finds the touchpoints of a pack."""

    def __init__(self, pack: Pack) -> None:
        self._names = {label.code: label.name for label in pack.touchpoints}

    def find(self, readings: Readings, verdicts: Verdicts) -> list[list[Touched]]:
        """Return for each text one entry per touchpoint and clause, in the order of the text."""
        named = self._find_named(readings, verdicts)
        return self._decide(readings, verdicts, named) if any(verdicts.labels) else named

    def _find_named(self, readings: Readings, verdicts: Verdicts) -> list[list[Touched]]:
        """Return what the seed phrases name."""
        found: list[list[Touched]] = [[] for _ in readings.given]
        clauses, named = readings.clauses, steps(readings.mentions.first).nonzero()[0]
        if not len(named):
            return found
        context, texts = _Context(readings, verdicts), clauses.texts[named]
        numbers = named - clauses.first[texts]
        for clause, text, number in zip(named.tolist(), texts.tolist(), numbers.tolist(), strict=True):
            found[text] += self._touch(context, clause, number)
        return found

    def _touch(self, context: _Context, clause: int, number: int) -> list[Touched]:
        mentions, judgements = context.mentions_of(clause), context.judge_mentions(clause)
        if len(mentions) == 1:
            return [self._describe(context, mentions[0], number, judgements[0])]
        by_code: dict[str, list[int]] = {}
        for at, mention in enumerate(mentions):
            by_code.setdefault(context.cues[mention].code, []).append(at)
        return [
            self._describe(context, mentions[ats[0]], number, context.join([judgements[at] for at in ats]))
            for ats in by_code.values()
        ]

    def _describe(self, context: _Context, mention: int, clause: int, judgement: Judgement) -> Touched:
        cue, start, end = context.cues[mention], context.starts[mention], context.ends[mention]
        sure = _mention_confidence(end - start, bool(judgement.numbers))
        return Touched(cue.code, self._names[cue.code], clause, start, end, cue.rule, judgement, sure)

    def _decide(self, readings: Readings, verdicts: Verdicts, named: list[list[Touched]]) -> list[list[Touched]]:
        """Return what the learned weights accept in the texts that they label, and what is named in all others."""
        labelled = {n: labels for n, labels in enumerate(verdicts.labels) if labels is not None and labels.touchpoints}
        has_opinions = any(labels.opinion is not None for labels in labelled.values())
        heard = self._find_named(readings, verdicts.rules) if has_opinions else named
        places, decided = _Places(readings, verdicts), list(named)
        for text, labels in labelled.items():
            decided[text] = self._accept(places, text, labels, named[text])
            said = _group_scores(heard[text])
            if not speak_clearly(places.length(text), verdicts.rules.scores[text], said):
                decided[text] = _weigh_opinions(decided[text], labels, said)
        return decided

    def _accept(self, places: _Places, text: int, labels: PackLabels, named: list[Touched]) -> list[Touched]:
        """Return the touchpoints of a text that the learned weights accept, in the order of the text."""
        codes = {touched.code for touched in named}
        accepted = accept(labels.touchpoints, codes, places.length(text))
        found = [
            touched._replace(confidence=accepted[touched.code].probability)
            for touched in named
            if touched.code in accepted
        ]
        found += [
            places.touch(text, code, self._names[code], label) for code, label in accepted.items() if code not in codes
        ]
        return sorted(found, key=lambda touched: (touched.clause, touched.start))


def _group_scores(found: Sequence[Touched]) -> dict[str, list[float]]:
    """Return touchpoint → the scores of its clauses."""
    scores: dict[str, list[float]] = {}
    for touched in found:
        scores.setdefault(touched.code, []).append(touched.judgement.score)
    return scores


def _weigh_opinions(found: list[Touched], labels: PackLabels, said: Mapping[str, Sequence[float]]) -> list[Touched]:
    """Return the touchpoints of a text with what its learned weights, if they tell, and its words think of them."""
    if labels.opinion is None:
        return found
    number = len({touched.code for touched in found})
    weighed: list[Touched] = []
    for touched in found:
        opinion = weigh_opinion(labels.opinion, said.get(touched.code, [0.0]), number)
        judgement = Judgement(*opinion, touched.judgement.numbers)
        weighed.append(touched._replace(rule=f"{touched.rule};褒贬按学习权重与本句词语", judgement=judgement))
    return weighed


class _Places:
    """The texts of a batch and their clauses, for touchpoints that no seed phrase names."""

    def __init__(self, readings: Readings, verdicts: Verdicts) -> None:
        self._judged = verdicts.clauses
        self._edges: list[int] = readings.folded.edges.tolist()
        self._starts: list[int] = readings.clauses.starts.tolist()
        self._first: list[int] = readings.clauses.first.tolist()

    def length(self, text: int) -> int:
        """Return the number of folded characters of a text."""
        return self._edges[text + 1] - self._edges[text] - 1

    def touch(self, text: int, code: str, name: str, label: LearnedLabel) -> Touched:
        """Return a touchpoint without a seed phrase: it stands where its weights are greatest."""
        start, end = find_strongest(label, self._edges[text] + 1, self._edges[text + 1])
        first, last = self._first[text], self._first[text + 1]
        clause = max(bisect_right(self._starts, start, first, last) - 1, first)
        judgement = _judge_clause(self._judged, clause)
        rule = f"触点『{name}』(学习权重,对数几率 {label.odds:+.2f})"
        return Touched(code, name, clause - first, start, end, rule, judgement, label.probability)


def _judge_clause(judged: Judged, clause: int) -> Judgement:
    return Judgement(judged.scores[clause], judged.polarities[clause], judged.statements.of(clause))


def _mention_confidence(length: int, has_opinion: bool) -> float:
    """Return how sure the tag is: longer phrases are less ambiguous, and an opinion found speaks for a real mention."""
    named = 0.6 + 0.1 * min(3, length - 1)
    return min(0.95, named + 0.1) if has_opinion else named * 0.8


class _Context:
    """The clauses of a batch with their mentions, and which go on about the thing named in the one before."""

    def __init__(self, readings: Readings, verdicts: Verdicts) -> None:
        mentions, clauses = readings.mentions, readings.clauses
        self._judged = verdicts.clauses
        #: The phrase of each mention, and where it stands in the row.
        self.cues = [readings.vocabulary.mentions[value] for value in mentions.values.tolist()]
        self.starts: list[int] = mentions.starts.tolist()
        self.ends: list[int] = mentions.ends.tolist()
        self._first: list[int] = mentions.first.tolist()
        same_text = steps(clauses.texts) == 0
        follows = same_text & (steps(clauses.sentences) == 0) & (steps(mentions.first)[1:] == 0)
        #: Whether the next clause is of the same sentence and names nothing, and does not sum up (总之) either.
        self._is_followed: list[bool] = [*follows.tolist(), False]
        self._goes_on: list[bool] = [*(follows & ~_sum_up(readings)[1:]).tolist(), False]

    def mentions_of(self, clause: int) -> range:
        """Return the numbers of the mentions in a clause."""
        return range(self._first[clause], self._first[clause + 1])

    def judge_mentions(self, clause: int) -> list[Judgement]:
        """Return what is said of each mention in a clause."""
        judgement = _judge_clause(self._judged, clause)
        if not judgement.numbers and not judgement.score and self._is_followed[clause]:
            return self._share_among(_judge_clause(self._judged, clause + 1), clause)  # 早餐，很难吃。
        judgements = self._share_among(judgement, clause)
        return self._carry_over(clause, judgements) if judgement.numbers and self._goes_on[clause] else judgements

    def join(self, judgements: Sequence[Judgement]) -> Judgement:
        """Return the judgement of all these together."""
        if len(judgements) == 1:
            return judgements[0]
        numbers = list(dict.fromkeys(number for judgement in judgements for number in judgement.numbers))
        return self._judge(numbers) if numbers else judgements[0]

    def _judge(self, numbers: Sequence[int]) -> Judgement:
        values = self._judged.statements.values
        return Judgement(*judge([values[number] for number in numbers]), numbers)

    def _share_among(self, judgement: Judgement, clause: int) -> list[Judgement]:
        mentions, starts = self.mentions_of(clause), self.starts
        if not judgement.numbers or starts[mentions[0]] == starts[mentions[-1]]:
            return [judgement] * len(mentions)
        shares = _share_out(self._judged.statements, judgement.numbers, [starts[n] for n in mentions])
        judged = {id(share): self._judge(share) for share in {id(share): share for share in shares}.values()}
        return [judged[id(share)] for share in shares]

    def _carry_over(self, clause: int, judgements: list[Judgement]) -> list[Judgement]:
        """Give the last mention what the next clauses say without a subject of their own: 床很软，睡得特别踏实。"""
        statements, carried = self._judged.statements, list[int]()
        for following in range(clause + 1, clause + 1 + CARRIED_CLAUSES):
            if not self._goes_on[following - 1]:
                break
            carried += [n for n in statements.of(following) if statements.kinds[n] is WordKind.OPINION]
        if not carried:
            return judgements
        mentions, starts = self.mentions_of(clause), self.starts
        return [
            self._judge([*judgement.numbers, *carried]) if starts[mention] == starts[mentions[-1]] else judgement
            for mention, judgement in zip(mentions, judgements, strict=True)
        ]


def _sum_up(readings: Readings) -> Flags:
    """Return which clauses begin with a word such as 总之, which speaks of the whole."""
    first = readings.words.first
    begins = np.append(readings.vocabulary.words.sums_up[readings.words.values], False)
    return begins[first[:-1]] & (steps(first) > 0)


def _share_out(statements: Statements, numbers: Sequence[int], starts: Sequence[int]) -> list[Sequence[int]]:
    """Give each mention the opinions up to the next one (服务好环境差), else those of its neighbour (A和B都好)."""
    shares: list[Sequence[int]] = []
    first, following = 0, len(numbers)
    for start, end in zip(starts, _next_starts(starts), strict=True):
        while first < following and statements.ends[numbers[first]] <= start:
            first += 1
        last = first
        while last < following and statements.starts[numbers[last]] < end:
            last += 1
        shares.append(numbers[first:last])
    for at in range(len(shares) - 2, -1, -1):
        shares[at] = shares[at] or shares[at + 1]
    for at in range(1, len(shares)):
        shares[at] = shares[at] or shares[at - 1]
    return [share or numbers for share in shares]


def _next_starts(starts: Sequence[int]) -> list[float]:
    """Return where the next mention that starts further on begins, for each mention in order."""
    following: list[float] = []
    upcoming, at = math.inf, math.inf
    for start in reversed(starts):
        if start < at:
            upcoming, at = at, start
        following.append(upcoming)
    return following[::-1]

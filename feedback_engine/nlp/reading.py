"""Texts read once: folded, cut into clauses, with every phrase of the word lists found. What all scorers work on.

A batch is read in one pass, into columns; one text is a batch of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from feedback_engine.lexicon.columns import (
    Flags,
    Places,
    are_alike,
    are_filled,
    find_bounds,
    flag_points,
    pick,
    steps,
    sum_up,
)
from feedback_engine.lexicon.matcher import Matches, PhraseMatcher, are_latin
from feedback_engine.lexicon.model import Lexicon, Pack
from feedback_engine.nlp.normalize import FoldedTexts, fold_many, quote
from feedback_engine.nlp.segment import Clauses, are_blank, cut_at, find_clauses
from feedback_engine.nlp.vocabulary import (
    CALL,
    CAUSE,
    COMPLAINT,
    LAYERS,
    ROOT,
    SENTIMENT,
    TOUCHPOINT,
    CueTable,
    DetailTable,
    WordTable,
)

#: So many clauses after a mention may go on about it.
CARRIED_CLAUSES = 2
#: A text of which less is left when of each word in Latin letters the first letter counts is written in them.
_LATIN = 0.5
#: What may stand between a bare word and the end of its clause; what stands between one and how much.
_COMPLEMENT = ord("得")
_PARTICLES = "了的啊呀哦呢吧吗嘛啦哈呵噢喔哇!~… "


class Hits(NamedTuple):
    """Phrases of a layer found in a row of texts: [start, end), the number of the value, and the clause."""

    starts: Places
    ends: Places
    values: Places
    clauses: Places
    #: The number of each clause's first hit, and of the last clause's last + 1.
    first: Places

    def take(self, at: Places) -> Hits:
        """Return those of these numbers, in ascending order."""
        starts, ends, values, clauses = pick(self[:-1], at)
        return Hits(starts, ends, values, clauses, at.searchsorted(self.first))


class Vocabulary(NamedTuple):
    """What the values of hits stand for, layer by layer."""

    words: WordTable
    mentions: CueTable
    cues: CueTable
    details: DetailTable


class Readings(NamedTuple):
    """What was found in a batch of texts; positions are those of the folded row."""

    given: Sequence[str]
    folded: FoldedTexts
    clauses: Clauses
    #: Words of the sentiment lexicon, mentions of touchpoints, cues of complaint types.
    words: Hits
    mentions: Hits
    cues: Hits
    #: What tells the roots of complaints, their causes; what tells or steers urgency and demands.
    roots: Hits
    causes: Hits
    calls: Hits
    vocabulary: Vocabulary
    #: After which clauses but the last another one of the same sentence stands.
    is_continued: Flags
    #: Clauses that are judged by themselves: those that name a touchpoint, and what may go on about it.
    is_wanted: Flags
    #: How many of the characters before each place are white space or unfit to be shown.
    blanks: Places
    #: How long each text is, in characters; a word in Latin letters counts as one.
    sizes: Places
    #: Which texts are written in Latin letters for the most part; weights learned from Chinese do not know them.
    are_latin: Flags

    def quote(self, starts: Places, ends: Places) -> list[str]:
        """Return the text of each span [start, end) of the row, fit for a rule."""
        text, odd = self.folded.text, (self.blanks[ends] > self.blanks[starts]).nonzero()[0]
        quoted = [text[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
        for number in odd.tolist():
            quoted[number] = quote(quoted[number])
        return quoted


class Reader:
    """Reads texts with the words of a lexicon and a pack; compiled once, safe to share between threads."""

    def __init__(self, lexicon: Lexicon, pack: Pack) -> None:
        words = WordTable(lexicon, pack)
        self.vocabulary = Vocabulary(
            words,
            CueTable(pack.touchpoints, "触点", words.faults),
            CueTable(pack.complaint_types, "投诉类型线索", words.faults),
            DetailTable(lexicon.details, lexicon.steers),
        )
        details = self.vocabulary.details
        tables = (words, self.vocabulary.mentions, self.vocabulary.cues)
        self._matcher = PhraseMatcher([*(table.phrases for table in tables), *details.layers])
        #: The number of each layer's first phrase in its table; the last three share one.
        self._first = np.array([0, 0, 0, 0, details.first_cause, details.first_call])

    def read(self, texts: Sequence[str]) -> Readings:
        """Return the clauses of the texts and all phrases found in them."""
        folded = fold_many(texts)
        found = self._matcher.find(folded.text, folded.points)
        starts, _, words = found.of(SENTIMENT)
        turns = starts[self.vocabulary.words.turns[words]]
        clauses = cut_at(find_clauses(folded.points, folded.edges), turns)
        hits = _by_clause(found, clauses, folded, self._first)
        is_continued = are_alike(clauses.texts) & are_alike(clauses.sentences)
        hits[SENTIMENT] = _drop_bare(hits[SENTIMENT], clauses, folded, self.vocabulary.words)
        lengths = steps(folded.edges) - 1
        sizes = lengths - _count_within_words(folded)
        return Readings(
            texts,
            folded,
            clauses,
            hits[SENTIMENT],
            hits[TOUCHPOINT],
            hits[COMPLAINT],
            hits[ROOT],
            hits[CAUSE],
            hits[CALL],
            self.vocabulary,
            is_continued,
            _find_wanted(is_continued, hits[TOUCHPOINT]),
            sum_up(are_blank(folded.points)),
            sizes,
            sizes < _LATIN * lengths,
        )


def _drop_bare(hits: Hits, clauses: Clauses, folded: FoldedTexts, table: WordTable) -> Hits:
    """Return the hits without bare words that stand within others (卡 of 银行卡).

    One that counts has a modifier or the beginning of its clause right before it and the clause's end behind it, or is
    followed by how much (薄得透光).
    """
    is_bare = table.is_bare[hits.values]
    if not np.count_nonzero(is_bare):
        return hits
    touches = np.append(False, (hits.ends[:-1] == hits.starts[1:]) & are_alike(hits.clauses))
    is_modified = touches & np.append(False, (table.negates_near | table.raises_near)[hits.values[:-1]])
    is_modified |= hits.starts == clauses.starts[hits.clauses]
    is_raised = np.append(touches[1:] & table.raises_before[hits.values[1:]], False)
    ends = np.where(is_raised, np.append(hits.ends[1:], 0), hits.ends)
    others = sum_up(~flag_points(_PARTICLES).take(folded.points))
    stands = is_modified & (others[clauses.ends[hits.clauses]] <= others[ends])
    stands |= folded.points[hits.ends] == _COMPLEMENT
    return hits.take((~is_bare | stands).nonzero()[0])


def _count_within_words(folded: FoldedTexts) -> Places:
    """Return how many Latin letters of each text go on with a word that another one begins."""
    goes_on = are_latin(folded.points)
    goes_on[1:] &= goes_on[:-1].copy()
    return steps(sum_up(goes_on)[folded.edges])


def _find_wanted(is_continued: Flags, mentions: Hits) -> Flags:
    wanted = are_filled(mentions.first)
    for _ in range(CARRIED_CLAUSES):
        wanted[1:] |= wanted[:-1] & is_continued
    return wanted


def _by_clause(found: Matches, clauses: Clauses, folded: FoldedTexts, numbers: Places) -> list[Hits]:
    """Return the matches of each layer with their clauses; the first phrase of each layer has this number.

    What lies between two clauses (a mark such as ???) belongs to the earlier one.
    """
    text = folded.edges[1:].searchsorted(found.starts)
    of = np.maximum(clauses.starts.searchsorted(found.starts, side="right") - 1, clauses.first[text])
    layers = np.arange(len(LAYERS)).repeat(steps(found.first))
    columns = (layers, found.starts, found.ends, found.phrases, of)
    # a text of marks alone has no clause
    layers, starts, ends, values, of = pick(columns, are_filled(clauses.first)[text].nonzero()[0])
    values = values + numbers[layers]
    size = len(clauses.starts)
    bounds = find_bounds(layers * size + of, len(LAYERS) * size)
    cuts = bounds[np.arange(len(LAYERS) + 1) * size].tolist()
    hits: list[Hits] = []
    for layer, (begin, end) in enumerate(pairwise(cuts)):
        first = bounds[layer * size : (layer + 1) * size + 1] - begin
        hits.append(Hits(starts[begin:end], ends[begin:end], values[begin:end], of[begin:end], first))
    return hits

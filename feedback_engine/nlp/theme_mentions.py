"""Where phrases stand: their most usual wording, and the clause around each, made up again from the words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from feedback_engine.nlp.corpus import Corpus, Numbers
from feedback_engine.nlp.normalize import fold
from feedback_engine.nlp.phrases import Occurrences
from feedback_engine.nlp.wordroles import WordTable

#: Words of a clause before and after the phrase that are read at most.
_REACH = 40


@dataclass(frozen=True, slots=True)
class Mention:
    """A phrase in a text; positions are those of the folded text."""

    feedback_id: str
    start: int
    end: int
    clause_start: int
    clause: str


@dataclass(frozen=True, slots=True)
class Mentions:
    """A phrase's most usual wording, and its first mention in some texts, in the order of their ids."""

    wording: str
    judged: list[Mention]


def find_mentions(
    corpus: Corpus, table: WordTable, found: Occurrences, keys: Sequence[int], most: int
) -> list[Mentions]:
    """Return the mentions of each phrase in at most `most` texts, those first by id."""
    wanted = np.isin(found.keys, keys)
    order = np.flatnonzero(wanted)
    order = order[np.lexsort((found.firsts[order], found.keys[order]))]
    asked = np.array(keys, dtype=np.int64)
    begins = np.searchsorted(found.keys[order], asked, side="left").tolist()
    ends = np.searchsorted(found.keys[order], asked, side="right").tolist()
    rank = _rank_ids(corpus)
    return [
        _find_mentions(corpus, table, found, order[begin:end], rank, most)
        for begin, end in zip(begins, ends, strict=True)
    ]


def locate(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where [start, end) of the folded text stands in the text as given."""
    return fold(text).span_in_original(start, end)


def _rank_ids(corpus: Corpus) -> Numbers:
    """Return the place of each text's id among all, in alphabetical order."""
    rank = np.empty(len(corpus), dtype=np.int64)
    rank[sorted(range(len(corpus)), key=corpus.ids.__getitem__)] = np.arange(len(corpus))
    return rank


def _find_mentions(
    corpus: Corpus, table: WordTable, found: Occurrences, places: Numbers, rank: Numbers, most: int
) -> Mentions:
    words = table.vocabulary
    wordings = Counter(
        "".join(words[token] for token in corpus.tokens[first : last + 1])
        for first, last in zip(found.firsts[places].tolist(), found.lasts[places].tolist(), strict=True)
    )
    wording = min(wordings, key=lambda each: (-wordings[each], len(each), each))
    # The places are in order of the tokens, so the first of a text is its first mention.
    texts, firsts = np.unique(found.texts[places], return_index=True)
    chosen = firsts[np.argsort(rank[texts], kind="stable")][:most]
    return Mentions(wording, [_mention(corpus, table, found, int(places[at])) for at in chosen])


def _mention(corpus: Corpus, table: WordTable, found: Occurrences, place: int) -> Mention:
    text = int(found.texts[place])
    begin, end = int(corpus.starts[text]), int(corpus.starts[text + 1])
    first, last = int(found.firsts[place]), int(found.lasts[place])
    left = first
    while left > begin and first - left < _REACH and not table.is_stop[corpus.tokens[left - 1]]:
        left -= 1
    right = last + 1
    while right < end and right - last < _REACH and not table.is_stop[corpus.tokens[right]]:
        right += 1
    words = [table.vocabulary[token] for token in corpus.tokens[begin:right]]
    lengths = np.cumsum([0, *map(len, words)])
    clause_start = int(lengths[left - begin])
    clause = "".join(words[left - begin :])
    return Mention(corpus.ids[text], int(lengths[first - begin]), int(lengths[last + 1 - begin]), clause_start, clause)

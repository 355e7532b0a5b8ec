"""What a period's texts are about: phrases with counts, net sentiment, examples, and what is new in the period.

Against the previous period a phrase's log-odds ratio is ln[(a + ½)(m - b + ½) / ((b + ½)(n - a + ½))], with a of n
texts now and b of m texts before (Haldane 1956, Anscombe 1956). Whether it has risen is told by Fisher's exact test,
one-sided, with its mid-p-value (Lancaster 1961), as the exact one of small counts is much too careful; those of all
phrases compared are adjusted together by Benjamini and Hochberg (1995). Every figure is a count of texts by id, so the
order of rows changes nothing.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from feedback_engine.domain import Polarity
from feedback_engine.lexicon.model import Lexicon
from feedback_engine.lexicon.themes import ThemeRole, ThemeWords
from feedback_engine.nlp.candidates import Candidates, weigh_candidates
from feedback_engine.nlp.corpus import MOST_TEXTS, Corpus, CorpusReader, Numbers
from feedback_engine.nlp.phrases import Occurrences, find_items, find_phrases, split_key
from feedback_engine.nlp.segment import Segmenter
from feedback_engine.nlp.selection import Selection, find_within
from feedback_engine.nlp.tagged import Sentiment, TaggedText
from feedback_engine.nlp.tagger import Tagger
from feedback_engine.nlp.theme_mentions import Mention, find_mentions, locate
from feedback_engine.nlp.theme_sides import Read, judge, tag_clauses
from feedback_engine.nlp.wordroles import WordTable, build_word_table
from feedback_engine.tables.themes import THEMES

if TYPE_CHECKING:
    import pandas as pd

Batches = Iterable[tuple[Sequence[str], Sequence[str]]]

#: So many themes are told, then so many more that are unfavourable in themselves, and that are new.
MOST, MOST_NEGATIVE, MOST_EMERGING = 50, 20, 20
#: Clauses judged for the net sentiment of a theme, and examples.
MOST_JUDGED, MOST_EXAMPLES = 100, 3
#: Texts of both periods together that a phrase must stand in to be compared: rarer ones only cost the others power
#: (independent filtering, Bourgon, Gentleman and Huber 2010).
_LEAST_COMPARED = 10
#: A shorter clause says too little to be an example.
_SHORTEST = 6


@dataclass(frozen=True)
class Comparison:
    """A phrase against the previous period."""

    count: int
    share: float
    log_odds: float
    #: None where the phrase is too rare to be compared.
    p_adjusted: float | None
    is_emerging: bool


class ThemeFinder:
    """Finds the themes of texts; holds the word lists and a tagger, and nothing of the texts."""

    def __init__(self, segmenter: Segmenter, words: ThemeWords, lexicon: Lexicon, tagger: Tagger) -> None:
        self._segmenter = segmenter
        self._words = words
        self._lexicon = lexicon
        self._tagger = tagger
        fillers = (word for word, role in words.roles.items() if role is ThemeRole.FILLER and len(word) == 1)
        self._joints = "".join(sorted(word for word in fillers if word in lexicon.degree))

    def find(
        self,
        texts: Batches,
        previous: Batches | None,
        read: Read,
        *,
        count: Callable[[], int] | None = None,
        alpha: float = 0.05,
        most: int = MOST_TEXTS,
    ) -> pd.DataFrame:
        """Return THEMES of the texts, given as (ids, texts) some at a time; `read` gives texts by id once more.

        The phrases are compared with those of `previous`, None = with nothing. `alpha` is the share of false
        discoveries accepted among the emerging ones. No more than `most` texts of a period are read; `count` then
        tells how many there are.
        """
        reader = CorpusReader(self._segmenter, self._joints)
        now = reader.read(texts, most)
        before = None if previous is None else reader.read(previous, most)
        table = build_word_table(reader.vocabulary, self._words, self._lexicon)
        items = find_items(now, table)
        found = find_phrases(items, table)
        candidates = weigh_candidates(found, items, table, len(now), self._tagger.pack.phrases)
        within = find_within(candidates, table)
        compared = {} if before is None else _compare(candidates, within, len(now), before, table, alpha)
        chosen = self._choose(candidates, table, within, compared)
        total = count() if count is not None and len(now) == most else len(now)
        return self._build(now, table, found, candidates, chosen, compared, read, total)

    def _choose(
        self, candidates: Candidates, table: WordTable, within: Set[int], compared: Mapping[int, Comparison]
    ) -> list[int]:
        new = [at for at, each in compared.items() if each.is_emerging]
        new.sort(key=lambda at: (compared[at].p_adjusted or 0.0, -compared[at].log_odds, at))
        odds = {at: each.log_odds for at, each in compared.items()}
        selection = Selection(candidates, table, within, odds, new)
        selection.choose_in_order(new, MOST_EMERGING)
        selection.choose(selection.places, MOST)
        tagged = self._tagger.tag_many([_spell(int(candidates.keys[at]), table) for at in selection.places])
        is_bad = [each.sentiment.polarity is Polarity.NEGATIVE for each in tagged]
        selection.choose((at for at, bad in zip(selection.places, is_bad, strict=True) if bad), MOST_NEGATIVE)
        return selection.chosen

    def _build(
        self,
        corpus: Corpus,
        table: WordTable,
        found: Occurrences,
        candidates: Candidates,
        chosen: Sequence[int],
        compared: Mapping[int, Comparison],
        read: Read,
        total: int,
    ) -> pd.DataFrame:
        mentions = find_mentions(corpus, table, found, [int(candidates.keys[at]) for at in chosen], MOST_JUDGED)
        clauses = sorted({mention.clause for each in mentions for mention in each.judged})
        tags, silent = tag_clauses(clauses, self._tagger)
        every = [mention for each in mentions for mention in each.judged]
        sides = judge(every, tags, silent, read, self._tagger)
        examples = [_choose_examples(each.judged, sides) for each in mentions]
        texts = read(sorted({mention.feedback_id for some in examples for mention in some}))
        rows: dict[str, tuple[Any, ...]] = {}
        for at, each, some in zip(chosen, mentions, examples, strict=True):
            shown = [_show(mention, sides, texts) for mention in some if mention.feedback_id in texts]
            figures = (int(candidates.counts[at]), int(candidates.counts[at]) / len(corpus), len(corpus), total)
            told = (*_count_sides(each.judged, sides), *_tell(compared.get(at)), json.dumps(shown, ensure_ascii=False))
            rows.setdefault(each.wording, (each.wording, _touchpoint(each.judged, tags), *figures, *told))
        return THEMES.build(sorted(rows.values(), key=lambda row: (-row[2], row[0])))


def _compare(
    candidates: Candidates, within: Set[int], size: int, before: Corpus, table: WordTable, alpha: float
) -> dict[int, Comparison]:
    """Return place of the candidate → what it was before."""
    from scipy.stats import hypergeom

    from feedback_engine.stats.multiple import benjamini_hochberg

    if not len(candidates.keys) or not len(before):
        return {}
    counts = _count_before(candidates.keys, before, table)
    pairs = list(zip(candidates.counts.tolist(), counts.tolist(), strict=True))
    odds = [_log_odds(now, size, then, len(before)) for now, then in pairs]
    # Too few in both periods together to tell them apart, or told with a longer phrase: left out, which does not depend
    # on when they were said.
    tested = [at for at, pair in enumerate(pairs) if sum(pair) >= _LEAST_COMPARED and at not in within]
    found: dict[int, tuple[float, bool]] = {}
    if tested:
        now = candidates.counts[tested]
        margins = (size + len(before), now + counts[tested], size)
        p = hypergeom.sf(now, *margins) + 0.5 * hypergeom.pmf(now, *margins)
        adjusted = benjamini_hochberg(p, alpha)
        each = zip(adjusted.adjusted.tolist(), adjusted.rejected.tolist(), strict=True)
        found = dict(zip(tested, each, strict=True))
    return {
        at: Comparison(then, then / len(before), odds[at], *found.get(at, (None, False)))
        for at, (_, then) in enumerate(pairs)
    }


def _count_before(keys: Numbers, before: Corpus, table: WordTable) -> Numbers:
    found = find_phrases(find_items(before, table), table)
    places = np.minimum(np.searchsorted(keys, found.keys), len(keys) - 1)
    is_known = keys[places] == found.keys
    pairs = np.unique(places[is_known] * len(before) + found.texts[is_known])
    return np.bincount(pairs // len(before), minlength=len(keys))


def _log_odds(now: int, size: int, before: int, size_before: int) -> float:
    return math.log((now + 0.5) * (size_before - before + 0.5) / ((before + 0.5) * (size - now + 0.5)))


def _spell(key: int, table: WordTable) -> str:
    return "".join(("", "不", "没")[code % 3] + table.names[code // 3] for code in split_key(key, table))


def _count_sides(judged: Sequence[Mention], sides: Mapping[Mention, Sentiment]) -> tuple[Any, ...]:
    """Return the number of clauses, those of each polarity, and the net sentiment."""
    counts = Counter(sides[mention].polarity for mention in judged)
    each = [counts[side] for side in (Polarity.POSITIVE, Polarity.NEUTRAL, Polarity.MIXED, Polarity.NEGATIVE)]
    return len(judged), *each, (each[0] - each[-1]) / len(judged)


def _tell(compared: Comparison | None) -> tuple[Any, ...]:
    if compared is None:
        return None, None, None, None, False
    return compared.count, compared.share, compared.log_odds, compared.p_adjusted, compared.is_emerging


def _touchpoint(judged: Sequence[Mention], tags: Mapping[str, TaggedText]) -> str:
    """Return the touchpoint that most of the clauses speak of, "" if none has half of them."""
    counts = Counter(code for m in judged for code in {tag.code for tag in tags[m.clause].touchpoints})
    code, count = min(counts.items(), key=lambda item: (-item[1], item[0]), default=("", 0))
    return code if count * 2 >= len(judged) else ""


def _choose_examples(judged: Sequence[Mention], sides: Mapping[Mention, Sentiment]) -> list[Mention]:
    """Return the most outspoken clauses of the side that most of those with an opinion take, each wording once."""
    every = Counter(sides[mention].polarity for mention in judged)
    counts = {polarity: count for polarity, count in every.items() if polarity is not Polarity.NEUTRAL} or every
    side = min(counts, key=lambda polarity: (-counts[polarity], polarity))
    order = sorted(judged, key=lambda m: (*_rank(m, sides[m], side), m.feedback_id))
    return list({mention.clause: mention for mention in reversed(order)}.values())[::-1][:MOST_EXAMPLES]


def _rank(mention: Mention, found: Sentiment, side: Polarity) -> tuple[bool, bool, float]:
    return found.polarity is not side, len(mention.clause) < _SHORTEST, -abs(found.score) * found.confidence


def _show(mention: Mention, sides: Mapping[Mention, Sentiment], texts: Mapping[str, str]) -> dict[str, Any]:
    polarity = str(sides[mention].polarity)
    text = texts[mention.feedback_id]
    start, end = locate(text, mention.start, mention.end)
    first, last = locate(text, mention.clause_start, mention.clause_start + len(mention.clause))
    place = {"feedback_id": mention.feedback_id, "start": start, "end": end}
    return {**place, "polarity": polarity, "clause": text[first:last].strip()}

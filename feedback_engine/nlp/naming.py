"""Which touchpoints a text speaks of: of those that words name or weights hear, the ones that are likely meant.

Words may say nothing of their touchpoint (汤里漂着一根头发 is not about the taste), and weights hear several that a
text could be about. How far to believe either, beside what else is heard, was learned from comments that neither has
seen: boosted trees look at the facts about each candidate, as others do for polarity.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from feedback_engine.lexicon.columns import (
    Flags,
    Floats,
    Places,
    are_filled,
    find_bounds,
    flag,
    number_first,
    number_groups,
    steps,
)
from feedback_engine.nlp.heard import UNHEARD
from feedback_engine.nlp.judge import Subject
from feedback_engine.nlp.reading import Readings
from feedback_engine.nlp.stretches import Stretches

#: Texts of more characters are reviews: all that words name in them counts, and each clause speaks for itself.
BRIEF = 160
#: Log odds from which on weights alone make a touchpoint a candidate.
_HEARD = -1.5
#: What is judged of each.
LABELS = ("other", "spoken")
SPOKEN = LABELS.index("spoken")


class NameFacts(NamedTuple):
    """Figures about touchpoints that texts may speak of; in log odds by the weights where nothing else is said."""

    #: In the whole text, and before the likeliest other one there.
    whole: Floats
    lead: Floats
    #: In the part of the text that says most for it, before the likeliest other one and before the second.
    ahead: Floats
    second: Floats
    #: There before the likeliest of those that words do not name in the text; how many others they name.
    apart: Floats
    others: Places
    #: How usual it is among all.
    usual: Floats
    #: How many characters the longest phrase that names it has, 0 where none does; behind how many of its clause the
    #: first stands, -1; whether words find an opinion in a clause that names it.
    named: Places
    behind: Places
    is_opined: Flags
    #: That the text is a complaint, and its length in characters.
    complaint: Floats
    size: Places


#: All facts, in their order.
OF_NAMES = Subject("names.trees", 1, NameFacts._fields, LABELS)


class NamedByWords(NamedTuple):
    """What words say of touchpoints, as the facts have it: one row a text, one column a touchpoint."""

    named: Places
    behind: Places
    is_opined: Flags

    def take(self, columns: Places) -> NamedByWords:
        """Return what they say of some of the touchpoints."""
        return NamedByWords(self.named[:, columns], self.behind[:, columns], self.is_opined[:, columns])


class Said(NamedTuple):
    """What weights and words say of touchpoints: one row a text or a part of one, one column a touchpoint."""

    #: Log odds by the weights in whole texts, and which of these are heard.
    whole: Floats
    are_heard: Flags
    #: Log odds in the parts of texts, which are in their order.
    parts: Stretches
    within: Floats
    #: How usual each touchpoint is.
    usual: Floats
    words: NamedByWords
    #: One figure a text, as the facts have it.
    complaint: Floats
    sizes: Places


class Candidates(NamedTuple):
    """Touchpoints that texts may speak of, by their columns."""

    texts: Places
    columns: Places
    #: The part of the text that says most for each, and its log odds there.
    parts: Places
    odds: Floats
    facts: NameFacts


def read_names(readings: Readings, have_opinions: Flags, count: int) -> NamedByWords:
    """Return what words say of each of `count` touchpoints in each text.

    `have_opinions` tells in which clauses words find an opinion.
    """
    mentions, clauses, texts = readings.mentions, readings.clauses, len(readings.given)
    places = clauses.texts[mentions.clauses] * count + readings.vocabulary.mentions.labels[mentions.values]
    named, behind = np.zeros(texts * count, dtype=np.int64), np.full(texts * count, len(readings.folded.text))
    np.maximum.at(named, places, mentions.ends - mentions.starts)
    np.minimum.at(behind, places, mentions.starts - clauses.starts[mentions.clauses])
    behind[named == 0] = -1
    is_opined = flag(places[have_opinions[mentions.clauses]], texts * count)
    shape = (texts, count)
    return NamedByWords(named.reshape(shape), behind.reshape(shape), is_opined.reshape(shape))


def find_candidates(said: Said) -> Candidates:
    """Return what the texts may speak of, in the order of texts and touchpoints; texts without parts are left out."""
    bounds = find_bounds(said.parts.texts, len(said.sizes))
    filled = are_filled(bounds).nonzero()[0]
    best = np.full(said.whole.shape, -np.inf)
    best[filled] = np.maximum.reduceat(said.within, bounds[filled], axis=0)
    may_be = (best >= _HEARD) | (said.are_heard[:, None] & (said.whole >= _HEARD)) | (said.words.named > 0)
    texts, columns = (may_be & (best > -np.inf)).nonzero()
    parts = _find_best(said.within, best, texts, columns, bounds)
    odds, ahead, second = _find_leads(said.within[parts], columns)
    whole, lead, _ = _find_leads(said.whole[texts], columns)
    unnamed = _find_unnamed(said, texts, columns, parts)
    is_heard, words, at = said.are_heard[texts], said.words, (texts, columns)
    facts = NameFacts(
        np.where(is_heard, whole, UNHEARD), np.where(is_heard, lead, 0.0),
        ahead, second,
        odds - unnamed, (words.named[texts] > 0).sum(axis=1) - (words.named[at] > 0),
        said.usual[columns],
        words.named[at], words.behind[at], words.is_opined[at],
        np.where(is_heard, said.complaint[texts], UNHEARD), said.sizes[texts],
    )  # fmt: skip
    return Candidates(texts, columns, parts, odds, facts)


def _find_best(within: Floats, best: Floats, texts: Places, columns: Places, bounds: Places) -> Places:
    """Return the first part of each of these texts in which the log odds of the column are as high as in any."""
    sizes = steps(bounds)[texts]
    parts, owners = number_groups(sizes, bounds[texts]), np.arange(len(texts)).repeat(sizes)
    at = (within[parts, columns[owners]] == best[texts, columns][owners]).nonzero()[0]
    best_parts: Places = parts[at[number_first(owners[at])[0]]]
    return best_parts


def _find_leads(odds: Floats, columns: Places) -> tuple[Floats, Floats, Floats]:
    """Return the log odds of one column of each row, and how far they are above the best and second of the others."""
    rows, numbers = np.concatenate((odds, np.full((len(odds), 2), UNHEARD)), axis=1), np.arange(len(columns))
    own = rows[numbers, columns]
    rows[numbers, columns] = -np.inf
    second, best = np.partition(rows, -2, axis=1)[:, -2:].T
    return own, own - best, own - second


def _find_unnamed(said: Said, texts: Places, columns: Places, parts: Places) -> Floats:
    """Return the highest log odds in each part of the touchpoints, but the column's, that words do not name."""
    rivals = np.where(said.words.named[texts] > 0, UNHEARD, said.within[parts])
    rivals[np.arange(len(columns)), columns] = UNHEARD
    highest: Floats = rivals.max(axis=1, initial=UNHEARD)
    return highest

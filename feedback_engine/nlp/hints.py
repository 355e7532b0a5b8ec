"""What weights learned from a pack's own sentences add where its words find nothing.

A touchpoint or a fault is often told without any word for it: 一顿饭下来光招手就招了十几回. And words may say nothing
of their touchpoint: 汤里漂着一根头发 is not about the taste. For texts as short as those the weights were learned from,
they name touchpoints, doubt some that words name, say whether the text complains, and help to choose the type.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from feedback_engine.errors import LexiconError
from feedback_engine.lexicon.columns import (
    Flags,
    Floats,
    Objects,
    Places,
    are_filled,
    join_columns,
    number_groups,
    objects,
    pick,
)
from feedback_engine.lexicon.model import Pack
from feedback_engine.nlp.heads import LearnedLabel
from feedback_engine.nlp.heard import Heard, hear
from feedback_engine.nlp.models import load_model
from feedback_engine.nlp.normalize import quote
from feedback_engine.nlp.reading import Readings
from feedback_engine.nlp.row import Row
from feedback_engine.nlp.stretches import Stretches, cut_stretches
from feedback_engine.nlp.weights import WeightTable

#: The task of the weights, and their labels: the codes of touchpoints; that a text is a complaint, and of which type;
#: that it speaks of none of them.
PACK_TASK, COMPLAINT, OF_TYPE, NO_LABEL = "pack", "complaint", "complaint:", "none"
#: Texts of more characters are not those that the weights were learned from: they name what they speak of. Of
#: touchpoints, which there may be several of, shorter ones say too much already.
_LONGEST, _LONGEST_NAMING = 80, 40
#: The same for a pack that has other weights for its touchpoints: its hints learned from whole posts, too.
_LONGEST_POST = 200
#: Log odds from which on weights name a touchpoint in a text in which words name none, and in which they name others.
_SILENT, _NAMED = 0.1, 0.4
#: Nor do they name one that is so much less likely than the likeliest, unless it is as likely as the second.
_FARTHEST, _CERTAIN = 1.5, 2.0
#: In one of k stretches of a text it takes so much times the root of k, less 1, more: there are more to be wrong in.
_OF_MANY = 0.45
#: A touchpoint that a phrase of one, two, three … characters names is doubted where the text speaks for another one, or
#: for none, by so much more, biases left aside: long phrases say less by chance. Where its clause holds an opinion, it
#: is by the last figure more, and others that words name are no rivals: each has its own (价格便宜质量也不错).
_DOUBTED, _OPINED = np.array([0.0, 0.0, 1.45, 2.9, 4.6, 5.75]), 2.3
#: The log odds of a type that the weights do not know.
_UNKNOWN_TYPE = -10.0


class PackHints:
    """The weights that a pack names for hints."""

    def __init__(self, pack: Pack, folder: Path) -> None:
        path = folder / f"{pack.hint_model}.npz"
        model = load_model(path)
        codes, types = ([label.code for label in labels] for labels in (pack.touchpoints, pack.complaint_types))
        # a copy of a pack may do without some labels, or have others beside them
        known = {*codes, *(OF_TYPE + code for code in types)}
        if model.task != PACK_TASK or known.isdisjoint(model.outputs):
            raise LexiconError(
                f"{path}: 行业包 {pack.code} 的 hints 要 {PACK_TASK} 任务的模型，标签为包里的代码；"
                f"这是 {model.task} 的，标签是 {'、'.join(model.outputs)}"
            )
        if COMPLAINT not in model.outputs:
            raise LexiconError(f"{path}: hints 的模型没有标签 {COMPLAINT}；请在训练数据里用它标出投诉，再训练一次")
        self.table = WeightTable.of(model)
        columns = {output: column for column, output in enumerate(model.outputs)}
        #: The column for a complaint, and for each type of the pack, -1 for one that the weights do not know.
        self.complaint = columns[COMPLAINT]
        self.types = np.array([columns.get(OF_TYPE + code, -1) for code in types], dtype=np.int64)
        #: The numbers in the pack of the touchpoints that the weights know, and the columns of these.
        self.touchpoints = np.array([n for n, code in enumerate(codes) if code in columns], dtype=np.int64)
        self.columns = np.array([columns[codes[number]] for number in self.touchpoints], dtype=np.int64)
        self.longest = _LONGEST_POST if pack.touchpoint_model else _LONGEST
        #: Whether they name touchpoints in stretches of longer texts, too, which other weights do where there are any.
        self.knows_stretches = not pack.touchpoint_model
        self.names = [quote(label.name) for label in pack.touchpoints]
        #: The column of each touchpoint, -1 for one that the weights do not know; and that of none of them, if any.
        self.column_of = np.full(len(codes), -1)
        self.column_of[self.touchpoints] = self.columns
        self.rivals = np.append(self.columns, [columns[NO_LABEL]] if NO_LABEL in columns else []).astype(np.int64)


class Hinted(NamedTuple):
    """Touchpoints that weights name: the number in the pack, log odds, and the piece that says most."""

    texts: Places
    #: The numbers of the clauses in which the pieces stand, and the clauses [first, last) that may tell more of them.
    clauses: Places
    first: Places
    last: Places
    labels: Places
    odds: Floats
    starts: Places
    ends: Places
    rules: Objects

    def telling(self) -> tuple[Places, Places]:
        """Return the clauses that may tell of each touchpoint, and which touchpoint each of them may tell of."""
        sizes = self.last - self.first
        return number_groups(sizes, self.first), np.arange(len(sizes)).repeat(sizes)


@cache
def _find_none() -> Hinted:
    """Return no touchpoint."""
    nothing = np.zeros(0, dtype=np.int64)
    return Hinted(nothing, nothing, nothing, nothing, nothing, np.zeros(0), nothing, nothing, objects(()))


class Hints:
    """What the weights of a pack say of a batch of texts."""

    def __init__(self, source: PackHints, readings: Readings, have_opinions: Flags, row: Row) -> None:
        """Weigh the texts, which are laid out; `have_opinions` tells in which clauses words find something."""
        self._source = source
        #: Which texts the weights may speak of.
        self.are_heard: Flags = (
            (readings.sizes <= source.longest) & ~readings.are_latin & are_filled(readings.clauses.first)
        )
        self._heard = hear(source.table, row, self.are_heard.nonzero()[0])
        #: The number of each text among those heard, and its log odds.
        self._numbers = self.are_heard.cumsum() - 1
        self._odds = np.zeros((len(self.are_heard), len(source.table.scale)))
        self._odds[self._heard.texts] = self._heard.odds
        #: The log odds of each text to be a complaint.
        self.complaint_odds: Floats = self._odds[:, source.complaint]
        #: Which mentions of touchpoints count.
        self.are_meant = self._find_meant(readings, have_opinions)
        #: Touchpoints that no words name.
        self.touchpoints = self._find_touchpoints(readings, row)

    def know_types(self, numbers: Places) -> Flags:
        """Return which of these types the weights know."""
        known: Flags = self._source.types[numbers] >= 0
        return known

    def type_odds(self, texts: Places) -> Floats:
        """Return the log odds of the pack's types for these texts, shape (texts, types)."""
        columns = self._source.types
        return np.where(columns >= 0, self._odds[texts[:, None], columns], _UNKNOWN_TYPE)

    def tell_complaints(self, texts: Places) -> list[LearnedLabel]:
        """Return what speaks for these texts to be complaints."""
        return self._tell(texts, np.full(len(texts), self._source.complaint))

    def tell_types(self, texts: Places, numbers: Places) -> list[LearnedLabel]:
        """Return what speaks in each of these texts for the type of this number, which the weights know."""
        return self._tell(texts, self._source.types[numbers])

    def _tell(self, texts: Places, columns: Places) -> list[LearnedLabel]:
        """Return the log odds of these outputs in these texts, and the runs that make them up."""
        pieces = self._heard.find_runs(self._numbers[texts], columns).split(len(texts))
        odds = self._odds[texts, columns].tolist()
        return [LearnedLabel(value, 1.0, 1.0, own) for value, own in zip(odds, pieces, strict=True)]

    def _find_meant(self, readings: Readings, have_opinions: Flags) -> Flags:
        """Return which mentions are of touchpoints that weights do not doubt; the best mention of each decides."""
        source, mentions = self._source, readings.mentions
        texts, labels = _find_named(readings)
        if not len(texts) or not len(source.columns):
            return np.ones(len(texts), dtype=np.bool_)
        columns, is_opined = source.column_of[labels], have_opinions[mentions.clauses]
        rivals = self._odds[:, source.rivals] - source.table.bias[source.rivals]
        likeliest = rivals.max(axis=1)[texts]
        rivals[:, : len(source.columns)][self._flag_named(texts, labels)[:, source.touchpoints]] = -np.inf
        likeliest = np.where(is_opined, rivals.max(axis=1)[texts], likeliest)
        limits = _DOUBTED[np.minimum(mentions.ends - mentions.starts, len(_DOUBTED) - 1)] + _OPINED * is_opined
        behind = likeliest - (self._odds[texts, columns] - source.table.bias[columns])
        is_meant = (behind <= limits) | (columns < 0) | ~self.are_heard[texts]
        return self._flag_named(texts[is_meant], labels[is_meant])[texts, labels]

    def _flag_named(self, texts: Places, labels: Places) -> Flags:
        """Return which touchpoints are named in which texts, shape (texts, touchpoints of the pack)."""
        is_named = np.zeros((len(self._odds), len(self._source.names)), dtype=np.bool_)
        is_named[texts, labels] = True
        return is_named

    def _find_touchpoints(self, readings: Readings, row: Row) -> Hinted:
        """Return the touchpoints that weights name, and words do not: in short texts, and in stretches of others."""
        if not len(self._source.columns):
            return _find_none()
        is_short = readings.sizes <= _LONGEST_NAMING
        texts, first = (self.are_heard & is_short).nonzero()[0], readings.clauses.first
        found = self._name(
            readings, self._heard, self._numbers[texts], Stretches(texts, first[texts], first[texts + 1]), 0.0
        )
        parts = cut_stretches(readings, ~is_short & ~readings.are_latin & self._source.knows_stretches)
        if not len(parts.texts):
            return found
        numbers, many = np.arange(len(parts.texts)), np.bincount(parts.texts)[parts.texts]
        heard = hear(self._source.table, parts.lay_out(row), numbers)
        others = self._name(readings, heard, numbers, parts, _OF_MANY * (np.sqrt(many) - 1.0))
        both = Hinted(*join_columns((found, others)))
        return Hinted(*pick(both, np.lexsort((both.starts, both.texts))))

    def _name(
        self, readings: Readings, heard: Heard, numbers: Places, parts: Stretches, more: Floats | float
    ) -> Hinted:
        """Return what weights name in these parts, by their numbers among those heard, and words do not name there.

        Log odds must be so much more than in a short text.
        """
        if not len(parts.texts):
            return _find_none()
        source, is_named = self._source, self._flag_named_within(readings, parts)
        odds = heard.odds[numbers][:, source.columns]
        likeliest = odds.max(axis=1, initial=-np.inf)
        limits = np.where(is_named.any(axis=1), _NAMED, _SILENT) + more
        limits = np.maximum(limits, np.minimum(likeliest - _FARTHEST, _CERTAIN))
        at, which = ((odds >= limits[:, None]) & ~is_named[:, source.touchpoints]).nonzero()
        if not len(at):
            return _find_none()
        starts, ends = heard.find_strongest(numbers[at], source.columns[which])
        found, labels = odds[at, which], source.touchpoints[which]
        shown = zip(labels.tolist(), found.tolist(), strict=True)
        rules = objects(f"触点『{source.names[n]}』(学习权重,对数几率 {value:+.2f})" for n, value in shown)
        texts, first, last = pick(parts, at)
        of = np.clip(readings.clauses.starts.searchsorted(ends - 1, side="right") - 1, first, last - 1)
        return Hinted(texts, of, first, last, labels, found, starts, ends, rules)

    def _flag_named_within(self, readings: Readings, parts: Stretches) -> Flags:
        """Return which touchpoints words name in which parts, shape (parts, touchpoints of the pack)."""
        mentions, meant = readings.mentions, self.are_meant.nonzero()[0]
        of, within = parts.find(mentions.clauses[meant])
        is_named = np.zeros((len(parts.texts), len(self._source.names)), dtype=np.bool_)
        is_named[of[within], readings.vocabulary.mentions.labels[mentions.values[meant]][within]] = True
        return is_named


def _find_named(readings: Readings) -> tuple[Places, Places]:
    """Return the text and the touchpoint of each mention."""
    mentions = readings.mentions
    return readings.clauses.texts[mentions.clauses], readings.vocabulary.mentions.labels[mentions.values]

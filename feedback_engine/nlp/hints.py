"""What weights learned from a pack's own sentences add where its words find nothing.

A touchpoint or a fault is often told without any word for it: 一顿饭下来光招手就招了十几回. And words may say nothing
of their touchpoint: 汤里漂着一根头发 is not about the taste. The weights hear short texts, longer ones part by part;
what they hear a judge puts beside the words, names touchpoints and drops others. They also say whether a short text
complains, and help to choose the type.
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
from feedback_engine.nlp.judge import Judge
from feedback_engine.nlp.models import load_model
from feedback_engine.nlp.naming import BRIEF, SPOKEN, Candidates, Said, find_candidates, read_names
from feedback_engine.nlp.normalize import quote
from feedback_engine.nlp.reading import Readings
from feedback_engine.nlp.row import Row
from feedback_engine.nlp.stretches import Stretches, cut_stretches
from feedback_engine.nlp.weights import WeightTable

#: The task of the weights, and their labels: the codes of touchpoints; that a text is a complaint, and of which type;
#: that it speaks of none of them.
PACK_TASK, COMPLAINT, OF_TYPE, NO_LABEL = "pack", "complaint", "complaint:", "none"
#: Texts of more characters are not those that the weights were learned from, and not heard as a whole. For touchpoints,
#: which there may be several of, shorter ones say too much already.
_LONGEST, _LONGEST_NAMING = 80, 40
#: The same for a pack that has other weights for its touchpoints: its hints learned from whole posts, too.
_LONGEST_POST = 200
#: From this chance on a text speaks of a touchpoint.
_SPOKEN = 0.4
#: The log odds of a type that the weights do not know.
_UNKNOWN_TYPE = -10.0


class PackHints:
    """The weights that a pack names for hints."""

    def __init__(self, pack: Pack, folder: Path) -> None:
        path = folder / f"{pack.hint_model}.npz"
        model = load_model(path)
        codes, types = ([label.code for label in labels] for labels in (pack.touchpoints, pack.complaint_types))
        # a copy of a pack may do without some labels, or have others beside them
        wanted = {*codes, *(OF_TYPE + code for code in types)}
        if model.task != PACK_TASK or wanted.isdisjoint(model.outputs):
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
        #: The numbers in the pack of the touchpoints that the weights know, and the columns of these; none where the
        #: pack has other weights for them.
        known = () if pack.touchpoint_model else codes
        self.touchpoints = np.array([n for n, code in enumerate(known) if code in columns], dtype=np.int64)
        self.columns = np.array([columns[codes[number]] for number in self.touchpoints], dtype=np.int64)
        self.longest = _LONGEST_POST if pack.touchpoint_model else _LONGEST
        self.names = [quote(label.name) for label in pack.touchpoints]


class Hinted(NamedTuple):
    """Touchpoints that weights name: the number in the pack, how likely they are meant, the piece that says most."""

    texts: Places
    #: The numbers of the clauses in which the pieces stand, and the clauses [first, last) that may tell more of them.
    clauses: Places
    first: Places
    last: Places
    labels: Places
    chances: Floats
    starts: Places
    ends: Places
    rules: Objects

    def telling(self) -> tuple[Places, Places]:
        """Return the clauses that may tell of each touchpoint, and which touchpoint each of them may tell of."""
        sizes = self.last - self.first
        return number_groups(sizes, self.first), np.arange(len(sizes)).repeat(sizes)


class _Parts(NamedTuple):
    """Parts of texts that are as short as those that the weights were learned from, in the order of the texts."""

    stretches: Stretches
    #: The log odds of all outputs.
    odds: Floats
    #: The number of each among the whole texts that are heard, or, for one cut out of a text, in `heard`.
    own: Places
    are_cut: Flags
    heard: Heard


@cache
def _find_none() -> Hinted:
    """Return no touchpoint."""
    nothing = np.zeros(0, dtype=np.int64)
    return Hinted(nothing, nothing, nothing, nothing, nothing, np.zeros(0), nothing, nothing, objects(()))


class Hints:
    """What the weights of a pack say of a batch of texts."""

    def __init__(self, source: PackHints, judge: Judge, readings: Readings, have_opinions: Flags, row: Row) -> None:
        """Weigh the texts, which are laid out; `have_opinions` tells in which clauses words find something.

        `judge` tells which touchpoints are spoken of.
        """
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
        #: Which mentions of touchpoints count, and touchpoints that no words name.
        self.are_meant: Flags = np.ones(len(readings.mentions.starts), dtype=np.bool_)
        self.touchpoints = _find_none()
        #: The touchpoints that the weights know, by number in the pack; what texts may speak of, by number among these,
        #: and how likely each is meant.
        self.known = source.touchpoints
        self.candidates: Candidates | None = None
        self.chances = np.zeros(0)
        if len(source.columns):
            self._find_touchpoints(judge, readings, have_opinions, row)

    def tell_chances(self, texts: Places, labels: Places, others: Floats) -> Floats:
        """Return how likely texts speak of touchpoints, by number in the pack; what `others` say where words tell."""
        if self.candidates is None:
            return others
        told = self._told[texts, labels]
        return np.where(np.isnan(told), others, told)

    @property
    def knows_types(self) -> bool:
        """Whether the weights know any type of the pack."""
        return bool((self._source.types >= 0).any())

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

    def _find_touchpoints(self, judge: Judge, readings: Readings, have_opinions: Flags, row: Row) -> None:
        """Judge which touchpoints are spoken of, whether words name them or not."""
        source, parts = self._source, self._hear_parts(readings, row)
        words = read_names(readings, have_opinions, len(source.names)).take(source.touchpoints)
        said = Said(
            self._odds[:, source.columns], self.are_heard, parts.stretches, parts.odds[:, source.columns],
            source.table.bias[source.columns], words, self.complaint_odds, readings.sizes,
        )  # fmt: skip
        self.candidates = found = find_candidates(said)
        self.chances = judge.weigh(found.facts)[:, SPOKEN]
        brief, mentions = (found.facts.size <= BRIEF).nonzero()[0], readings.mentions
        #: The chance of each touchpoint of the pack in each text, nan where words alone tell.
        self._told = np.full((len(self.are_heard), len(source.names)), np.nan)
        self._told[found.texts[brief], self.known[found.columns[brief]]] = self.chances[brief]
        labels = readings.vocabulary.mentions.labels[mentions.values]
        self.are_meant = ~(self._told[readings.clauses.texts[mentions.clauses], labels] < _SPOKEN)
        is_added = (self.chances >= _SPOKEN) & (found.facts.named == 0)
        self.touchpoints = self._name(readings, parts, found, is_added.nonzero()[0])

    def _hear_parts(self, readings: Readings, row: Row) -> _Parts:
        """Return short texts, and stretches of the others, with what the weights say of them."""
        first, is_short = readings.clauses.first, self.are_heard & (readings.sizes <= _LONGEST_NAMING)
        texts, cut = is_short.nonzero()[0], cut_stretches(readings, ~is_short & ~readings.are_latin)
        both = (Stretches(texts, first[texts], first[texts + 1]), cut)
        own = np.concatenate((self._numbers[texts], np.arange(len(cut.texts))))
        heard = hear(self._source.table, cut.lay_out(row), np.arange(len(cut.texts)))
        odds = np.concatenate((self._heard.odds[own[: len(texts)]], heard.odds))
        columns = (*join_columns(both), own, np.arange(len(own)) >= len(texts), odds)
        *stretches, own, are_cut, odds = pick(columns, columns[0].argsort(kind="stable"))
        return _Parts(Stretches(*stretches), odds, own, are_cut, heard)

    def _name(self, readings: Readings, parts: _Parts, found: Candidates, at: Places) -> Hinted:
        """Return these candidates as touchpoints that weights name, in the order of their texts and places."""
        if not len(at):
            return _find_none()
        source, columns, of = self._source, found.columns[at], found.parts[at]
        starts, ends = np.zeros((2, len(at)), dtype=np.int64)
        for heard, some in ((self._heard, ~parts.are_cut[of]), (parts.heard, parts.are_cut[of])):
            starts[some], ends[some] = heard.find_strongest(parts.own[of[some]], source.columns[columns[some]])
        texts, first, last = pick(parts.stretches, of)
        # where none of its pieces is known, the whole part stands for what is usual
        unknown = starts == ends
        starts = np.where(unknown, readings.clauses.starts[first], starts)
        ends = np.where(unknown, readings.clauses.ends[last - 1], ends)
        labels, odds, chances = source.touchpoints[columns], found.odds[at], self.chances[at]
        shown = zip(labels.tolist(), odds.tolist(), chances.tolist(), strict=True)
        rules = objects(
            f"触点『{source.names[n]}』(学习权重,对数几率 {value:+.2f},认定 {chance:.0%})" for n, value, chance in shown
        )
        clauses = np.clip(readings.clauses.starts.searchsorted(ends - 1, side="right") - 1, first, last - 1)
        hinted = Hinted(texts, clauses, first, last, labels, chances, starts, ends, rules)
        return Hinted(*pick(hinted, np.lexsort((starts, texts))))

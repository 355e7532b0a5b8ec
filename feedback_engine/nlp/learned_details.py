"""What learned weights tell of complaints beside their type, however it is worded: root, signs of urgency, demands.

Customers seldom say 要求退款: 把钱给我吐出来 asks for the same. The weights were learned from sentences labelled by
kind and code. What phrases tell stands, but of several roots the likeliest counts. What is only supposed, asked or
repeated is no demand and no sign.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from feedback_engine.errors import LexiconError
from feedback_engine.lexicon.columns import Flags, Floats, Places, objects, pick
from feedback_engine.lexicon.model import DetailKind
from feedback_engine.nlp.heard import UNHEARD, hear
from feedback_engine.nlp.hints import NO_LABEL, PACK_TASK
from feedback_engine.nlp.marks import Assumed, Learned, Marks
from feedback_engine.nlp.models import load_model
from feedback_engine.nlp.reading import Readings
from feedback_engine.nlp.row import Row
from feedback_engine.nlp.vocabulary import DETAIL_KINDS, DetailTable
from feedback_engine.nlp.weights import WeightTable

_ROOT = DETAIL_KINDS.index(DetailKind.ROOT)
_WEIGHED = (DetailKind.ROOT, DetailKind.URGENCY, DetailKind.DEMAND)
#: Texts of more characters are not those that the weights were learned from.
_LONGEST = 160
#: Log odds from which on weights tell a sign of urgency, or a demand.
_TOLD = 0.2
#: What a phrase that tells a root adds to the log odds of it; where none does, what its being assumed from the type
#: adds if weights find no root likelier than the last figure.
_SAID, _ASSUMED, _UNLIKELY = 0.6, 0.5, -0.5


class DetailWeights:
    """The weights for details, and which detail each of their outputs stands for."""

    def __init__(self, path: Path) -> None:
        model = load_model(path)
        parts = [output.partition(":") for output in model.outputs]
        kinds = {str(kind): kind for kind in DetailKind}
        #: The kind and the code of each detail, and its column.
        self.outputs = [(kinds[kind], code) for kind, _, code in parts if kind in kinds]
        self.columns = np.array([column for column, (kind, _, _) in enumerate(parts) if kind in kinds], dtype=np.int64)
        #: The columns of each kind, and of none of them.
        self.by_kind = [[n for n, (kind, _, _) in enumerate(parts) if kind == name] for name in (*_WEIGHED, NO_LABEL)]
        if model.task != PACK_TASK or not self.outputs:
            raise LexiconError(f"{path}: 要 {PACK_TASK} 任务的模型，标签如 {DetailKind.DEMAND}:refund；请用随附的模型")
        self.table = WeightTable.of(model)


class OfKinds(NamedTuple):
    """The log odds of the likeliest root, sign of urgency and demand of each text, and of none of them."""

    roots: Floats
    urgency: Floats
    demands: Floats
    none: Floats


class DetailOdds:
    """What the weights say of the texts of a batch."""

    def __init__(self, source: DetailWeights, readings: Readings, unasserted: Flags, row: Row) -> None:
        """`unasserted` are clauses that tell nothing that has happened; the row is `without_repeats`."""
        self._source, self._readings, self._unasserted = source, readings, unasserted
        self._are_heard: Flags = (readings.sizes <= _LONGEST) & ~readings.are_latin
        self._heard = hear(source.table, row, self._are_heard.nonzero()[0])

    def weigh_kinds(self) -> OfKinds:
        """Return the log odds of what each text may tell, `UNHEARD` where the weights say nothing."""
        odds = np.full((len(self._source.by_kind), len(self._are_heard)), UNHEARD)
        for kind, columns in enumerate(self._source.by_kind):
            odds[kind, self._heard.texts] = self._heard.odds[:, columns].max(axis=1, initial=UNHEARD)
        return OfKinds(*odds)

    def find(self, texts: Places, marks: Marks, assumed: Assumed) -> Learned:
        """Return what weights tell of the complaints in these texts.

        `marks` are the phrases found in them, `assumed` what their types stand for.
        """
        table, readings, heard = self._readings.vocabulary.details, self._readings, self._heard
        is_heard = self._are_heard[texts]
        at = is_heard.nonzero()[0]
        columns, values = self._find_columns(table)
        if not len(at) or not len(columns):
            return Learned.of_none(len(texts))
        own = (self._are_heard.cumsum() - 1)[texts[at]]
        odds = heard.odds[own][:, columns]
        is_root = table.kinds[values] == _ROOT
        told = odds > _TOLD
        roots = odds[:, is_root]
        said, suggested = (
            _find_told(table, values[is_root], found, len(texts))[at]
            for found in ((marks.complaints, marks.values), assumed[:2])
        )
        suggested &= ((roots.max(axis=1, initial=-np.inf) < _UNLIKELY) & ~said.any(axis=1))[:, None]
        # what the type suggests is told as such, not as found by weights
        told[:, is_root] = _choose_roots(roots + _SAID * said + _ASSUMED * suggested) & ~suggested
        of, which = told.nonzero()
        starts, ends = heard.find_strongest(own[of], columns[which])
        is_said = is_root[which] | ~self._unasserted[readings.clauses.starts.searchsorted(starts, side="right") - 1]
        of, which, starts, ends = pick((of, which, starts, ends), is_said.nonzero()[0])
        numbers = values[which]
        shown = zip(table.full_names[numbers].tolist(), odds[of, which].tolist(), strict=True)
        rules = objects(f"{name}(学习权重,对数几率 {value:+.2f})" for name, value in shown)
        return Learned(Assumed(at[of], numbers, starts, ends, rules), is_heard & bool(is_root.any()))

    def _find_columns(self, table: DetailTable) -> tuple[Places, Places]:
        """Return the columns of the details that the word lists know, and the number of a phrase that tells each."""
        values = np.array([table.find(*output) for output in self._source.outputs])
        known = (values >= 0).nonzero()[0]
        return self._source.columns[known], values[known]


def _find_told(table: DetailTable, roots: Places, found: Sequence[Places], count: int) -> Flags:
    """Return which of these roots are told of each of so many complaints; `found` are complaints and what tells."""
    complaints, values = found
    of: Flags = table.codes[values][:, None] == table.codes[roots]
    of &= (table.kinds[values] == _ROOT)[:, None]
    told, which = of.nonzero()
    are_told = np.zeros((count, len(roots)), dtype=np.bool_)
    are_told[complaints[told], which] = True
    return are_told


def _choose_roots(odds: Floats) -> Flags:
    """Return which root each complaint has, the likeliest; shape of `odds`."""
    if not odds.size:
        return np.zeros(odds.shape, dtype=np.bool_)
    chosen: Flags = np.arange(odds.shape[1]) == odds.argmax(axis=1)[:, None]
    return chosen

"""What a complaint tells beside its type: its root and causes, how urgent it is, what the customer asks for."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from feedback_engine.domain import Polarity
from feedback_engine.lexicon.columns import (
    Flags,
    Floats,
    Objects,
    Places,
    flag,
    join_columns,
    number_first,
    objects,
    pick,
)
from feedback_engine.lexicon.model import Detail, DetailKind
from feedback_engine.nlp.marks import Assumed, Learned, Marks
from feedback_engine.nlp.reading import Vocabulary
from feedback_engine.nlp.sentiment import sum_values
from feedback_engine.nlp.statements import POLARITIES, Columns, Statements, arrange, to_columns
from feedback_engine.nlp.vocabulary import DETAIL_KINDS, DetailTable
from feedback_engine.tables.annotations import CAUSE, DEMAND, ROOT, URGENCY

#: How ANNOTATIONS call the kinds, by number in `DETAIL_KINDS`.
ANNOTATED_AS = (ROOT, CAUSE, URGENCY, DEMAND)
_POSITIVE = POLARITIES.index(Polarity.POSITIVE)
_ROOT, _URGENCY = DETAIL_KINDS.index(DetailKind.ROOT), DETAIL_KINDS.index(DetailKind.URGENCY)

#: That a child or an old person is spoken of makes another sign of urgency graver, and is none by itself.
_AGGRAVATING = "vulnerable"


class Details(NamedTuple):
    """All that is told of complaints, by complaint, kind, and strength: a root at most, causes, urgency, demands."""

    complaints: Places
    #: By number in `DETAIL_KINDS`.
    kinds: NDArray[np.int64]
    codes: Objects
    names: Objects
    evidence: Statements


def name_details(details: Iterable[Detail]) -> dict[tuple[str, str], str]:
    """Return (kind, code) as ANNOTATIONS hold them → name of each detail, in the order of the word lists."""
    return {(ANNOTATED_AS[DETAIL_KINDS.index(one.kind)], one.code): one.name for one in details}


def find_details(
    vocabulary: Vocabulary, marks: Marks, assumed: Assumed, learned: Learned, labels: NDArray[np.int64]
) -> Details:
    """Return the root, the causes, the signs of urgency and the demands of complaints, from what tells them.

    Phrases and learned weights tell them together, but roots that weights do not choose are none. Where neither tells a
    root, or a cause, what is assumed counts. `labels` are those of the clauses: roots and causes are not looked for in
    praise.
    """
    if not len(marks.starts) and not len(assumed.values) and not len(learned.told.values):
        return find_no_details()
    table = vocabulary.details
    is_praise = table.is_fault[marks.values] & (labels[marks.clauses] == _POSITIVE)
    is_meant = ~is_praise & ~_are_other_roots(table, marks, learned)
    starts, ends, values, _, complaints = pick(marks, is_meant.nonzero()[0])
    lengths = weigh_lengths(starts, ends)
    said = join_columns(((complaints, values, starts, ends, table.rules[values]), learned.told))
    more = _leave_told(assumed, said[0] * len(DETAIL_KINDS) + table.kinds[said[1]], table)
    complaints, values, starts, ends, rules = join_columns((said, more))
    weights = np.append(lengths, np.zeros(len(values) - len(lengths)))
    kinds = table.kinds[values]
    first, groups = number_first((complaints * len(DETAIL_KINDS) + kinds) * len(table.codes) + table.codes[values])
    strengths = sum_values(weights, groups, len(first))
    told = _Told(complaints[first], kinds[first], values[first], strengths, starts[first])
    chosen = _choose(table, told)
    places = np.full(len(first), -1)
    places[chosen] = np.arange(len(chosen))
    of = places[groups]
    columns = Columns(of, starts, ends, weights, rules, np.zeros(len(of), dtype=np.int64))
    evidence, phrases = arrange(len(chosen), columns.take((of >= 0).nonzero()[0])), told.values[chosen]
    codes, names = table.code_names[phrases], table.names[phrases]
    return Details(told.complaints[chosen], told.kinds[chosen], codes, names, evidence)


@cache
def find_no_details() -> Details:
    """Return nothing told."""
    nothing, unnamed = np.zeros(0, dtype=np.int64), objects(())
    return Details(nothing, nothing, unnamed, unnamed, arrange(0, to_columns(())))


def _are_other_roots(table: DetailTable, marks: Marks, learned: Learned) -> Flags:
    """Return which phrases tell another root than the one that weights choose."""
    told, codes = learned.told, len(table.codes)
    are_chosen = flag(told.complaints * codes + table.codes[told.values], codes * len(learned.choose_roots))
    is_root: Flags = (table.kinds[marks.values] == _ROOT) & learned.choose_roots[marks.complaints]
    is_root[is_root] = ~are_chosen[(marks.complaints * codes + table.codes[marks.values])[is_root]]
    return is_root


def _leave_told(assumed: Assumed, told: Places, table: DetailTable) -> Assumed:
    """Return what is assumed of complaints and kinds that nothing is told of; `told` are complaint and kind in one."""
    of = assumed.complaints * len(DETAIL_KINDS) + table.kinds[assumed.values]
    is_told = flag(told, 1 + max(of.max(initial=0), told.max(initial=0)))[of]
    return Assumed(*pick(assumed, (~is_told).nonzero()[0]))


class _Told(NamedTuple):
    """One thing told of a complaint: its first phrase, where that begins, and what all its phrases count."""

    complaints: Places
    kinds: NDArray[np.int64]
    values: Places
    strengths: Floats
    starts: Places


def _choose(table: DetailTable, told: _Told) -> Places:
    """Return what is told in the end, by complaint and kind, the strongest first.

    There is one root, and urgency only where something beside an aggravation speaks of it.
    """
    order = np.lexsort((told.starts, -told.strengths, told.kinds, told.complaints))
    complaints, kinds = told.complaints[order], told.kinds[order]
    is_second: Flags = np.zeros(len(order), dtype=np.bool_)
    is_second[1:] = (complaints[1:] == complaints[:-1]) & (kinds[1:] == _ROOT) & (kinds[:-1] == _ROOT)
    is_urgent = kinds == _URGENCY
    is_alarmed: Flags = np.zeros(1 + complaints.max(initial=0), dtype=np.bool_)
    is_alarmed[complaints[is_urgent & (table.code_names[told.values[order]] != _AGGRAVATING)]] = True
    chosen: Places = order[~is_second & (~is_urgent | is_alarmed[complaints])]
    return chosen


def weigh_lengths(starts: Places, ends: Places) -> Floats:
    """Return what phrases count: longer ones are surer."""
    weights: Floats = np.minimum(2.0, 0.4 + 0.3 * (ends - starts))
    return weights

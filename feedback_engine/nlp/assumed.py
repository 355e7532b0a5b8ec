"""What lies at the root of complaints that no phrase tells it of: what their type, or the touchpoint blamed, suggests.

A pack says so at each complaint type (`root`, `cause`). Where no type is clear, the root counts that most of the
evidence for types speaks for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from feedback_engine.lexicon.columns import Flags, Objects, Places, flag, join_columns, objects, pick
from feedback_engine.lexicon.model import DetailKind, Label
from feedback_engine.nlp.complaint_types import Blames, TypeWeights
from feedback_engine.nlp.marks import Assumed, Marks
from feedback_engine.nlp.normalize import quote
from feedback_engine.nlp.vocabulary import DetailTable

#: A root that no clear type names needs so many times the evidence of the next one.
_CLEARLY = 1.1
#: A complaint of which this share asks for redress says hardly more.
_HARDLY = 0.5


class Found(NamedTuple):
    """What is known of the types of complaints: the number of each one's type, and all that speaks for types."""

    types: Places
    weights: TypeWeights
    #: The type that each cue speaks for, and the cues.
    cue_types: Places
    cues: Marks
    blames: Blames
    #: Where each complaint begins and ends.
    starts: Places
    ends: Places
    #: Where redress is asked for, and by which complaints (-1 for none); that names no fault.
    asking: Places
    asked_starts: Places
    asked_ends: Places


class TypeDefaults:
    """The root and the cause that each complaint type of a pack stands for."""

    def __init__(self, types: Sequence[Label], table: DetailTable) -> None:
        #: By kind: the number of a phrase that tells the default of each type, -1 for none, and the rule in words.
        self._roots, self._root_rules = _list_defaults(types, table, DetailKind.ROOT)
        self._causes, self._cause_rules = _list_defaults(types, table, DetailKind.CAUSE)
        #: The different roots, and which of them each type stands for.
        self._choices = np.array(sorted({number for number in self._roots.tolist() if number >= 0}), dtype=np.int64)

    def assume(self, found: Found) -> Assumed:
        """Return root and cause of each complaint.

        Nothing is assumed of one that names no more than the redress it asks for.
        """
        roots, causes = self._roots[found.types], self._causes[found.types]
        is_clear = (roots >= 0) | (causes >= 0)
        if len(self._choices):
            roots = np.where(is_clear, roots, self._weigh_roots(found.weights, len(roots)))
        places = self._find_places(found, roots, is_clear)
        is_fault = ~_are_asked(found, places[2])
        is_known = flag(places[0][is_fault], len(roots)) | ~_do_but_ask(found)
        others = (found.starts, found.ends, found.types)
        starts, ends, types = _take_first(pick(places, is_fault.nonzero()[0]), others)
        roots, causes = (np.where(is_known, values, -1) for values in (roots, causes))
        columns = (
            _tell(roots, self._roots[types], starts, ends, self._root_rules[types]),
            _tell(causes, self._causes[types], starts, ends, self._cause_rules[types]),
        )
        return Assumed(*join_columns(columns))

    def _weigh_roots(self, weights: TypeWeights, count: int) -> Places:
        """Return the root that most of the evidence for types speaks for, -1 where it is not clear."""
        roots = self._roots[weights.types]
        known = (roots >= 0).nonzero()[0]
        sums = np.zeros((count, len(self._choices)))
        np.add.at(sums, (weights.complaints[known], self._choices.searchsorted(roots[known])), weights.weights[known])
        best = sums.argmax(axis=1)
        highest = sums.max(axis=1)
        sums[np.arange(count), best] = 0.0
        is_clear = (highest > 0) & (highest >= _CLEARLY * sums.max(axis=1))
        return np.where(is_clear, self._choices[best], -1)

    def _find_places(self, found: Found, roots: Places, is_clear: Flags) -> Sequence[Places]:
        """Return (complaint, type, start, end) of all that names what the root of a complaint is assumed from."""
        cues, blames = found.cues, found.blames
        named = (cues.complaints, found.cue_types, cues.starts, cues.ends)
        columns = join_columns((named, (blames.complaints, blames.types, blames.starts, blames.ends)))
        of, types = columns[:2]
        fits = np.where(is_clear[of], types == found.types[of], self._roots[types] == roots[of])
        return pick(columns, fits.nonzero()[0])


def _are_asked(found: Found, starts: Places) -> Flags:
    """Return which of these places lie where redress is asked for."""
    if not len(found.asked_starts):
        return np.zeros(len(starts), dtype=np.bool_)
    last = found.asked_starts.searchsorted(starts, side="right") - 1
    are_asked: Flags = (last >= 0) & (found.asked_ends[last] > starts)
    return are_asked


def _do_but_ask(found: Found) -> Flags:
    """Return which complaints say hardly more than what they ask for."""
    sizes, at = found.asked_ends - found.asked_starts, (found.asking >= 0).nonzero()[0]
    asked = np.bincount(found.asking[at], weights=sizes[at], minlength=len(found.types))
    do_but_ask: Flags = asked >= _HARDLY * (found.ends - found.starts)
    return do_but_ask


def _take_first(places: Sequence[Places], others: Sequence[Places]) -> Sequence[Places]:
    """Return start, end and type of each complaint's first place; those of `others` where it has none."""
    of, types, starts, ends = places
    order = starts.argsort(kind="stable")[::-1]  # of several the first stays
    taken = [column.copy() for column in others]
    for column, values in zip(taken, (starts, ends, types), strict=True):
        column[of[order]] = values[order]
    return taken


def _list_defaults(types: Sequence[Label], table: DetailTable, kind: DetailKind) -> tuple[Places, Objects]:
    """Return the default of each type as the number of a phrase that tells it, -1 for none, and how it is told."""
    numbers, rules = np.full(len(types) + 1, -1), objects([""] * (len(types) + 1))
    for place, label in enumerate(types):
        code, origin = label.defaults.get(kind, ("", ""))
        number = table.find(kind, code)
        if number >= 0:
            numbers[place] = number
            rules[place] = f"{table.full_names[number]}(由投诉类型『{quote(label.name)}』推定,{origin})"
    return numbers, rules


def _tell(
    values: Places, defaults: Places, starts: Places, ends: Places, rules: Objects
) -> tuple[Places, Places, Places, Places, Objects]:
    """Return (complaint, phrase, start, end, rule) of each complaint of which there is something to tell.

    `defaults` are those of the types that the rules are told of; without one, there is no rule.
    """
    at = ((values >= 0) & (defaults >= 0)).nonzero()[0]
    return at, values[at], starts[at], ends[at], rules[at]

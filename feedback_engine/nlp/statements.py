"""What is said of texts or clauses, as columns: stretches of the folded row, signed, each with its rule in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from feedback_engine.domain import Polarity
from feedback_engine.lexicon.columns import (
    Floats,
    Objects,
    Places,
    are_filled,
    find_bounds,
    join_columns,
    objects,
    pick,
    steps,
)
from feedback_engine.lexicon.model import WordKind
from feedback_engine.nlp.vocabulary import KINDS

#: Labels by number.
POLARITIES = (Polarity.NEGATIVE, Polarity.NEUTRAL, Polarity.POSITIVE, Polarity.MIXED)

Kinds = NDArray[np.int64]


class Statement(NamedTuple):
    """A stretch of the folded row [start, end), what it adds, and the rule in Chinese words."""

    start: int
    end: int
    value: float
    rule: str
    kind: WordKind = WordKind.OPINION


class Columns(NamedTuple):
    """Statements, each with its part, in any order of the parts."""

    parts: Places
    starts: Places
    ends: Places
    values: Floats
    rules: Objects
    #: By number in `KINDS`.
    kinds: Kinds

    def about(self, parts: Places) -> Columns:
        """Return the same statements about other parts."""
        return Columns(parts, *self[1:])

    def take(self, chosen: Places) -> Columns:
        """Return some of them."""
        return Columns(*pick(self, chosen))

    def split_at(self, first: Places) -> Statements:
        """Return those that are in the order of their parts already, given the first of each part and the end."""
        return Statements(*self[1:], first)


@dataclass(frozen=True, slots=True)
class Statements:
    """The statements about the parts of a row (its texts or its clauses), part by part."""

    starts: Places
    ends: Places
    values: Floats
    rules: Objects
    #: By number in `KINDS`.
    kinds: Kinds
    #: The number of each part's first statement, and of the last part's last + 1.
    first: Places

    def parts(self) -> Places:
        """Return the part that each statement is about."""
        return np.arange(len(self.first) - 1).repeat(steps(self.first))

    def of(self, part: int) -> range:
        """Return the numbers of the statements about a part."""
        return range(*self.first[part : part + 2].tolist())

    def take(self, first: int, last: int) -> Statements:
        """Return the statements about the parts [first, last)."""
        part = slice(*self.first[[first, last]].tolist())
        columns = (self.starts[part], self.ends[part], self.values[part], self.rules[part], self.kinds[part])
        return Statements(*columns, self.first[first : last + 1] - self.first[first])

    def __getitem__(self, number: int) -> Statement:
        start, end, value = (column[number].item() for column in (self.starts, self.ends, self.values))
        return Statement(start, end, value, self.rules[number], KINDS[self.kinds[number]])


@dataclass(frozen=True, slots=True)
class Judged:
    """The statements about each clause, and what they make of it: score -1 to 1 and label by number."""

    statements: Statements
    scores: Floats
    labels: NDArray[np.int64]


class Lists(NamedTuple):
    """A list of numbers of statements for each of many: those of i are numbers[first[i]:first[i + 1]]."""

    numbers: Places
    first: Places

    def owners(self) -> Places:
        """Return for each number which list holds it."""
        return np.arange(len(self.first) - 1).repeat(steps(self.first))

    def heads(self) -> Places:
        """Return the first number of each list, -1 for an empty one."""
        begins = self.first[:-1]
        return np.where(begins < self.first[1:], np.append(self.numbers, -1)[begins], -1)

    def split(self) -> list[list[int]]:
        """Return the lists one by one."""
        numbers: list[int] = self.numbers.tolist()
        return [numbers[begin:end] for begin, end in pairwise(self.first.tolist())]


def arrange(parts: int, *columns: Columns) -> Statements:
    """Return the statements by part; about each part those of the first columns come first."""
    joined = columns[0] if len(columns) == 1 else Columns(*join_columns(columns))
    ordered = joined.take(joined.parts.argsort(kind="stable"))
    return ordered.split_at(find_bounds(ordered.parts, parts))


def to_columns(parts: Sequence[Sequence[Statement]]) -> Columns:
    """Return the statements about each part, given one by one, as columns."""
    given = [statement for part in parts for statement in part]
    starts, ends, values, rules, kinds = zip(*given, strict=True) if given else [()] * 5
    return Columns(
        np.arange(len(parts)).repeat([len(part) for part in parts]),
        np.array(starts, dtype=np.int64),
        np.array(ends, dtype=np.int64),
        np.array(values, dtype=np.float64),
        objects(rules),
        np.array([KINDS.index(kind) for kind in kinds], dtype=np.int64),
    )


def find_decisive(statements: Statements, lists: Lists, scores: Floats) -> Places:
    """Return the strongest statement of each list on the side of its score, -1 for an empty list.

    Of equals it is the one that begins first.
    """
    decisive = np.full(len(scores), -1, dtype=np.int64)
    owners, has_any = lists.owners(), are_filled(lists.first).nonzero()[0]
    if not len(has_any):
        return decisive
    strengths = statements.values[lists.numbers] * np.where(scores < 0, -1.0, 1.0)[owners]
    highest = np.zeros(len(scores))
    highest[has_any] = np.maximum.reduceat(strengths, lists.first[has_any])
    best = (strengths == highest[owners]).nonzero()[0]
    best = best[np.lexsort((statements.starts[lists.numbers[best]], owners[best]))][::-1]
    decisive[owners[best]] = lists.numbers[best]
    return decisive

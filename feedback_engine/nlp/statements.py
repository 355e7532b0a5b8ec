"""What is said of texts or clauses, as columns: stretches of the folded row, signed, each with its rule in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from feedback_engine.domain import Polarity
from feedback_engine.lexicon.columns import Places
from feedback_engine.lexicon.model import WordKind
from feedback_engine.nlp.vocabulary import Floats


class Statement(NamedTuple):
    """A stretch of the folded row [start, end), what it adds, and the rule in Chinese words."""

    start: int
    end: int
    value: float
    rule: str
    kind: WordKind = WordKind.OPINION


@dataclass(frozen=True, slots=True)
class Statements:
    """The statements about the parts of a row (its texts or its clauses), part by part."""

    starts: Sequence[int]
    ends: Sequence[int]
    values: Sequence[float]
    rules: Sequence[str]
    kinds: Sequence[WordKind]
    #: The number of each part's first statement, and of the last part's last + 1.
    first: Sequence[int]

    def of(self, part: int) -> range:
        """Return the numbers of the statements about a part."""
        return range(self.first[part], self.first[part + 1])

    def __getitem__(self, number: int) -> Statement:
        return Statement(
            self.starts[number], self.ends[number], self.values[number], self.rules[number], self.kinds[number]
        )


@dataclass(frozen=True, slots=True)
class Judged:
    """The statements about each clause, and what they make of it: score -1 to 1 and label."""

    statements: Statements
    scores: list[float]
    polarities: list[Polarity]


class Columns(NamedTuple):
    """Statements not yet in the order of their parts."""

    parts: Places
    starts: Places
    ends: Places
    values: Floats
    rules: Sequence[str]
    kinds: Sequence[WordKind]


def arrange(parts: int, *columns: Columns) -> Statements:
    """Return the statements by part; about each part those of the first columns come first."""
    of = np.concatenate([column.parts for column in columns])
    order = of.argsort(kind="stable")
    starts, ends, values = (np.concatenate([column[at] for column in columns])[order].tolist() for at in (1, 2, 3))
    rules = [rule for column in columns for rule in column.rules]
    kinds = [kind for column in columns for kind in column.kinds]
    numbers = order.tolist()
    first = of[order].searchsorted(np.arange(parts + 1)).tolist()
    return Statements(starts, ends, values, [rules[n] for n in numbers], [kinds[n] for n in numbers], first)


def arrange_given(parts: Sequence[Sequence[Statement]]) -> Statements:
    """Return the statements about each part, given one by one."""
    given = [statement for part in parts for statement in part]
    starts, ends, values, rules, kinds = zip(*given, strict=True) if given else [()] * 5
    return Statements(starts, ends, values, rules, kinds, [0, *accumulate(map(len, parts))])

"""What the sample is beside its weights: margins that it was weighted to, and customers who come more than once.

The records of a customer say much the same: errors are those of customers, their records' influence summed up first.

A figure that goes with the margins (one branch does better, and its share of the customers is known) varies less than
its answers do. Its influence values are replaced by their residuals on the margins' cells, over everybody who was
weighted with them, as `stats.raking.raked_mean` does (Deville & Särndal 1992).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from feedback_engine.scoring.records import Records
from feedback_engine.scoring.samples import Floats, Ints

if TYPE_CHECKING:
    from feedback_engine.stats.calibration import CalibratedCells


@dataclass(frozen=True, slots=True)
class Raked:
    """Records that were weighted to margins together: ids, weights, and cells (margins × records, from 0)."""

    record_ids: NDArray[Any]
    weights: Floats
    cells: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class _Group:
    rows: Ints
    weights: Floats
    cells: CalibratedCells

    def settle(self, rows: Ints, influence: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """Return the influence of each of the group's records, and which of `rows` (distinct) are among them."""
        places = np.minimum(np.searchsorted(self.rows, rows), len(self.rows) - 1)
        is_inside = self.rows[places] == rows
        own = places[is_inside]
        values = np.zeros(len(self.rows))
        values[own] = influence[is_inside] / np.where(self.weights[own] > 0, self.weights[own], 1.0)
        return self.weights * self.cells.residual(values), is_inside


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """The groups of records, by their positions, that were weighted to margins; the customer of each record.

    `customers` is None where none comes twice.
    """

    groups: tuple[_Group, ...]
    customers: Ints | None = None
    #: The records last asked for, and whose they are: most questions are answered by the same people.
    _last: list[tuple[Ints, tuple[Ints, int]]] = field(default_factory=list)

    def name(self, rows: Ints) -> Ints:
        """Return the customers of these records; a record without a known one is one of its own."""
        return rows if self.customers is None else self.customers[rows]

    def number(self, rows: Ints) -> tuple[Ints, int]:
        """Return a number from 0 per record, the same for those of one customer, and how many there are."""
        for known, found in self._last:
            if np.array_equal(known, rows):
                return found
        people, numbers = np.unique(self.name(rows), return_inverse=True)
        found = numbers.reshape(-1), len(people)
        self._last[:] = [(rows, found)]
        return found

    def effective_base(self, rows: Ints, weights: Floats) -> float:
        """Return Kish's effective number of customers, (Σw)² / Σ W² with the sum W of each customer's weights."""
        sums = np.bincount(self.number(rows)[0], weights=weights)
        return float(sums.sum() ** 2 / (sums**2).sum())

    def settle(self, rows: Ints, influence: Floats) -> tuple[Ints, Floats]:
        """Return the records, not sorted, with the influence that the margins leave them.

        Records of a group that had none get some: their weights depend on everybody's answers.
        """
        if not self.groups:
            return rows, influence
        known, inverse = np.unique(rows, return_inverse=True)
        summed = np.bincount(inverse.reshape(-1), weights=influence, minlength=len(known)).astype(np.float64)
        parts = list(self._settle_groups(known, summed))
        return np.concatenate([part for part, _ in parts]), np.concatenate([part for _, part in parts])

    def _settle_groups(self, rows: Ints, influence: Floats) -> Iterator[tuple[Ints, Floats]]:
        for group in self.groups:
            settled, is_inside = group.settle(rows, influence)
            if is_inside.any():
                yield group.rows, settled
                rows, influence = rows[~is_inside], influence[~is_inside]
        yield rows, influence


def find_design(raked: Sequence[Raked], records: Records) -> Design | None:
    """Return the design by the positions of its records, None where nobody was weighted and no customer comes twice."""
    import pandas as pd

    from feedback_engine.stats.calibration import read_cells

    groups = []
    for group in raked:
        rows = records.ids.get_indexer(pd.Index(group.record_ids)).astype(np.int64)
        order = np.argsort(rows, kind="stable")
        order = order[rows[order] >= 0]
        if len(order):
            groups.append(_Group(rows[order], group.weights[order], read_cells(group.cells[:, order])))
    return Design(tuple(groups), records.customers) if groups or records.customers is not None else None

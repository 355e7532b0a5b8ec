"""What is certain about a figure because respondents were weighted to known margins.

A figure that goes with the margins (one branch does better, and its share of the customers is known) varies less than
its answers do. Its influence values are replaced by their residuals on the margins' cells, over everybody who was
weighted with them, as `stats.raking.raked_mean` does (Deville & Särndal 1992).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
class Margins:
    """The groups of records, by their positions, that were weighted to margins."""

    groups: tuple[_Group, ...]

    def settle(self, rows: Ints, influence: Floats) -> tuple[Ints, Floats]:
        """Return the records, not sorted, with the influence that the margins leave them.

        Records of a group that had none get some: their weights depend on everybody's answers.
        """
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


def find_margins(raked: Sequence[Raked], records: Records) -> Margins | None:
    """Return the margins by the positions of their records, None where nobody was weighted."""
    import pandas as pd

    from feedback_engine.stats.calibration import read_cells

    groups = []
    for group in raked:
        rows = records.ids.get_indexer(pd.Index(group.record_ids)).astype(np.int64)
        order = np.argsort(rows, kind="stable")
        order = order[rows[order] >= 0]
        if len(order):
            groups.append(_Group(rows[order], group.weights[order], read_cells(group.cells[:, order])))
    return Margins(tuple(groups)) if groups else None

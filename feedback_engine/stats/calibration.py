"""What calibration to known margins leaves uncertain: figures less what the margins already fix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feedback_engine.stats.arrays import Floats


@dataclass(frozen=True, slots=True)
class CalibratedCells:
    """The cells of every margin that rows were calibrated to; a margin's numbers begin where those before it end."""

    # Margins × rows.
    codes: NDArray[np.intp]
    # Generalised inverse of the cells' cross table: margins overlap, each adds up to the whole.
    inverse: Floats

    def residual(self, values: Floats) -> Floats:
        """Return `values` less their (unweighted) least-squares fit by the cells: none of it the margins could tell."""
        size = self.inverse.shape[0]
        sums = sum((np.bincount(codes, weights=values, minlength=size) for codes in self.codes), np.zeros(size))
        fitted = self.inverse @ sums
        left: Floats = values - fitted[self.codes].sum(axis=0)
        return left


def read_cells(cells: NDArray[np.intp]) -> CalibratedCells:
    """Return the cells of margins × rows of cell numbers (each margin counted from 0)."""
    sizes = cells.max(axis=1) + 1
    codes = cells + (np.cumsum(sizes) - sizes)[:, None]
    size = int(sizes.sum())
    if len(codes) == 1:
        rows = np.bincount(codes[0], minlength=size)
        return CalibratedCells(codes, np.diag(np.where(rows > 0, 1 / np.maximum(rows, 1), 0.0)))
    pairs = np.concatenate([first * size + second for first in codes for second in codes])
    table = np.bincount(pairs, minlength=size * size).reshape(size, size).astype(np.float64)
    return CalibratedCells(codes, np.asarray(np.linalg.pinv(table, rcond=1e-12, hermitian=True), dtype=np.float64))

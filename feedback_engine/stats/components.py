"""Principal components of a correlation matrix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.arrays import Floats, Values, as_matrix, choose, names_of, refuse_constant, show

KEEP_RULES = ("either", "kaiser", "share")


@dataclass(frozen=True, slots=True)
class Components:
    """Eigenvalues in falling order and unit eigenvectors (one column each, signed to a positive sum)."""

    eigenvalues: Floats
    vectors: Floats

    @property
    def explained(self) -> Floats:
        """The share of the total variance that each component explains."""
        shares: Floats = self.eigenvalues / self.eigenvalues.sum()
        return shares

    @property
    def loadings(self) -> Floats:
        """The correlations of items (rows) with components (columns), v √λ."""
        return np.asarray(self.vectors * np.sqrt(self.eigenvalues))

    def count_kept(self, keep: str | int, share: float = 0.85) -> int:
        """Return how many components a rule keeps: λ > 1, `share` of the variance, the larger of both, or a number."""
        if isinstance(keep, int):
            if not 1 <= keep <= self.eigenvalues.size:
                raise StatisticsError(f"keep 为 {show(keep)}:成分数必须在 1 与 {self.eigenvalues.size} 之间")
            return keep
        choose(keep, "keep", KEEP_RULES)
        kaiser = max(1, int((self.eigenvalues > 1 + 1e-12).sum()))
        by_share = int(np.searchsorted(np.cumsum(self.explained), share - 1e-12) + 1)
        return {"kaiser": kaiser, "share": by_share, "either": max(kaiser, by_share)}[keep]


def principal_components(x: Values) -> Components:
    """Return the principal components of the correlation matrix of `x`; a constant column raises, by name."""
    table = as_matrix(x, "x", minimum_rows=2)
    refuse_constant(table, "x", names_of(x, table.shape[1]))
    values, vectors = np.linalg.eigh(np.atleast_2d(np.corrcoef(table, rowvar=False)))
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    return Components(values, vectors * np.where(vectors.sum(axis=0) < 0, -1.0, 1.0))

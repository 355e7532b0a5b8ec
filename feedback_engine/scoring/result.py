"""What `engine.score()` hands back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from feedback_engine.scoring.explain import Explanation


@dataclass(frozen=True, slots=True)
class IndexResult:
    """The INDEX, the WEIGHTS that made it, and the way from a figure down to its verbatims."""

    table: pd.DataFrame
    weights: pd.DataFrame
    explainer: Callable[[str], Explanation]

    def explain(self, touchpoint: str) -> Explanation:
        """Return how the figure of a touchpoint (code or name), or of `overall`, came about."""
        return self.explainer(touchpoint)

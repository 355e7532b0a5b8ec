"""Data and INDEX of any periods, read from the store once where what is held already has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from feedback_engine.domain import Period
from feedback_engine.scoring.data import ScoringData
from feedback_engine.scoring.index import compute_index
from feedback_engine.tables.index import INDEX

if TYPE_CHECKING:
    import pandas as pd

    from feedback_engine.engine.figures import Figures

Key = tuple[Period | None, ...]


class Source:
    """What the analyses of one result read; it holds what it has read as long as the result lives."""

    def __init__(self, figures: Figures, by: str | None) -> None:
        self._figures = figures
        self._by = by
        self._held: dict[Key, ScoringData] = {}
        self._index: tuple[Key, pd.DataFrame] | None = None

    def load(self, periods: Sequence[Period | None]) -> ScoringData:
        """Return the data of periods that do not overlap, and perhaps of others: whoever reads cuts by period."""
        key = tuple(dict.fromkeys(periods))
        for held, data in self._held.items():
            if held == key or (not self._figures.has_margins and self._serves(held, key)):
                return data
        self._held[key] = self._figures.load_weighed(key)
        return self._held[key]

    def _serves(self, held: Key, key: Key) -> bool:
        """Whether what is held has these periods, and is not far more: many analyses go over a single period."""
        if not set(key) <= set(held):
            return False
        span = self._figures.calendar.span
        return len(key) > 1 or span(held) == span(key)

    def compute(self, periods: Sequence[Period | None]) -> pd.DataFrame:
        """Return the INDEX of these periods."""
        key = tuple(dict.fromkeys(periods))
        if self._index is None or not set(key) <= set(self._index[0]):
            self._index = key, self._compute(key)
        index = self._index[1]
        labels = {period.label if period else "all" for period in key}
        return index[index["period"].isin(labels)].reset_index(drop=True)

    def _compute(self, key: Key) -> pd.DataFrame:
        import pandas as pd

        model = self._figures.model
        if not self._figures.has_margins:
            return compute_index(self.load(key), model, periods=key, by=self._by)
        # A respondent's weight belongs to one period, so each is weighed and computed by itself.
        parts = [compute_index(self._figures.load_weighed([p]), model, periods=[p], by=self._by) for p in key]
        return INDEX.conform(pd.concat(parts, ignore_index=True))

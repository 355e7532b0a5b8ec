"""What scoring reads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from feedback_engine.scoring.design import Raked


@dataclass(frozen=True, slots=True)
class ScoringData:
    """The tables behind the index, all rows of all periods that the caller loaded; `text` may be absent.

    `timezone` is the project's: periods are cut by its days. `raked` tells what respondents were weighted to.
    """

    feedback: pd.DataFrame
    ratings: pd.DataFrame
    cases: pd.DataFrame
    annotations: pd.DataFrame
    timezone: str
    raked: tuple[Raked, ...] = ()

    def replace_feedback(self, feedback: pd.DataFrame) -> ScoringData:
        """Return the same data with this FEEDBACK, for instance one with texts."""
        return replace(self, feedback=feedback)

    def without_annotations(self) -> ScoringData:
        """Return the same data without tags, for what rests on ratings alone."""
        return replace(self, annotations=self.annotations.iloc[:0])

    def replace_ratings(self, ratings: pd.DataFrame) -> ScoringData:
        """Return the same data with these RATINGS, for instance without those of flagged respondents."""
        return replace(self, ratings=ratings)

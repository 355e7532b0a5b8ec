"""The analyses that the report shows, as tables by name, and why those that are missing are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from feedback_engine.tables import analysis, weighting
from feedback_engine.tables.schema import TableSchema

if TYPE_CHECKING:
    import pandas as pd

#: Name → what its table is.
SCHEMAS: Mapping[str, TableSchema] = {
    "changes": weighting.CHANGE,
    "segments": analysis.SEGMENTS,
    "importance": analysis.IPA,
    "drivers": analysis.DRIVERS,
    "gaps": analysis.GAPS,
    "kano": analysis.KANO,
    "control": analysis.CONTROL,
    "weightings": weighting.WEIGHTINGS,
    "structural": analysis.STRUCTURAL,
    "descriptives": analysis.DESCRIPTIVES,
    "correlations": analysis.CORRELATIONS,
    "regression": analysis.REGRESSION,
    "review": analysis.REVIEW,
    "versions": analysis.VERSIONS,
    "ranking": analysis.RANKING,
    "fuzzy": analysis.FUZZY,
    "design": analysis.DESIGN,
    "text_shares": analysis.TEXT_SHARES,
    "claims": analysis.CLAIMS,
}


@dataclass(frozen=True)
class Statistics:
    """Tables by the names of SCHEMAS; `refusals` holds a sentence for each that the data or settings do not bear."""

    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    refusals: Mapping[str, str] = field(default_factory=dict)
    #: Where the weights come from, in words, by level: `overall`, or a touchpoint's code.
    origins: Mapping[str, str] = field(default_factory=dict)
    #: Code → words of every question, in the indicator system or not.
    names: Mapping[str, str] = field(default_factory=dict)
    #: Whether the configuration declares a structural model, attributes to compare segments by, and an earlier
    #: indicator system to be set beside this one.
    has_structural: bool = False
    has_segments: bool = False
    has_earlier_model: bool = False

    def table(self, name: str) -> pd.DataFrame:
        """Return the table, empty where there is none."""
        found = self.tables.get(name)
        return SCHEMAS[name].build() if found is None else found

    def refusal(self, name: str) -> str:
        """Return why there is no such table, empty where there is one."""
        return self.refusals.get(name, "")

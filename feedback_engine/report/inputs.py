"""What a report is made from: the tables of one period, and the names for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from feedback_engine.domain import Period
from feedback_engine.report.statistics import Statistics
from feedback_engine.report.texts import TextSource
from feedback_engine.tables.quality import QUALITY
from feedback_engine.tables.themes import THEMES

if TYPE_CHECKING:
    import pandas as pd

#: The columns of `ReportInputs.files`.
FILE_COLUMNS = (
    "file_id",
    "name",
    "source",
    "platform",
    "encoding",
    "sheet",
    "read",
    "stored",
    "updated",
    "duplicate",
    "quarantined",
)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The numbers behind what is withheld, flagged, and called satisfied."""

    suppress_below: int = 10
    flag_below: int = 30
    satisfied_from: float = 75.0
    confidence: float = 0.95
    #: A change is notable with q below `alpha` and of at least `min_effect` points.
    alpha: float = 0.05
    min_effect: float = 2.0


@dataclass(frozen=True)
class ReportInputs:
    """Everything that a report is made from; frames as declared in `feedback_engine.tables`.

    Where `texts` is given, `feedback` and `annotations` need hold neither texts nor evidence and rules.
    `feedback`, `annotations` and `cases` are those of the period; `rejects` and `files` those of the run or period.
    `touchpoint_labels` maps a pack's touchpoint code to the touchpoint of the index that it belongs to; a label not in
    it stands for itself. `detail_names` maps (kind, code) of a complaint's detail to its name, in the order to be
    shown, `role_names` (source, role) to the words of an open question. `platform`, `encoding` and `sheet` of a file
    may be empty.
    """

    title: str
    project: str
    timezone: str
    #: None = all data.
    period: Period | None
    created_at: datetime
    index: pd.DataFrame
    previous: pd.DataFrame | None
    year_before: pd.DataFrame | None
    trend: pd.DataFrame
    weights: pd.DataFrame
    touchpoint_names: Mapping[str, str]
    indicator_names: Mapping[str, str]
    complaint_type_names: Mapping[str, str]
    feedback: pd.DataFrame
    annotations: pd.DataFrame
    cases: pd.DataFrame
    rejects: pd.DataFrame
    files: pd.DataFrame
    manifest: Mapping[str, str]
    thresholds: Thresholds = Thresholds()
    touchpoint_labels: Mapping[str, str] = field(default_factory=dict)
    detail_names: Mapping[tuple[str, str], str] = field(default_factory=dict)
    role_names: Mapping[tuple[str, str], str] = field(default_factory=dict)
    #: QUALITY of the period, and the rules whose records the configuration leaves out of the index.
    quality: pd.DataFrame = field(default_factory=QUALITY.build)
    excluded_rules: tuple[str, ...] = ()
    statistics: Statistics = field(default_factory=Statistics)
    #: Where the texts and the evidence of their tags are read from; None = they are in the frames.
    texts: TextSource | None = None
    themes: pd.DataFrame = field(default_factory=THEMES.build)

"""What several sheets need, derived once from the inputs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from feedback_engine.domain import OVERALL, Measure, Polarity, SourceKind
from feedback_engine.report.changes import NO_CHANGE, PREVIOUS, Change, Changes, read_changes
from feedback_engine.report.figures import Figures, Key, read_figures
from feedback_engine.report.inputs import ReportInputs
from feedback_engine.report.texts import HeldTexts, TextSource, measure_texts
from feedback_engine.tables.annotations import COMPLAINT, DETAILS, SENTIMENT, TOUCHPOINT
from feedback_engine.tables.feedback import MAIN_ROLE

if TYPE_CHECKING:
    import pandas as pd

UNKNOWN_TYPE = "未识别类型"
#: Complaints without a type: a case that the tagger took for none, and one whose type it leaves open.
OPEN_TYPES = ("", "unsure")
#: Digits of a feedback_id that people read.
ID_DIGITS = 12


@dataclass(frozen=True)
class Facts:
    """The inputs, the figures by key, and the tags by kind.

    mentions: feedback_id, touchpoint, polarity, one row per text, touchpoint and polarity.
    complaints: feedback_id, record_id, type (a code, or '' when none was recognised), one row per complaint and type.
    sentiments: feedback_id, polarity, score, one row per text that has content.
    details: feedback_id, record_id, kind, label, what is told of complaints beside their type, once a record.
    texts: feedback_id, source, received_at, file_id, row_number, length, said (see `measure_texts`), one row per text.
    """

    inputs: ReportInputs
    figures: Figures
    previous: Figures
    year_before: Figures
    trend: tuple[tuple[str, Figures], ...]
    changes: Changes
    touchpoints: tuple[str, ...]
    mentions: pd.DataFrame
    complaints: pd.DataFrame
    sentiments: pd.DataFrame
    details: pd.DataFrame
    texts: pd.DataFrame
    source: TextSource

    @property
    def has_ratings(self) -> bool:
        """Whether any rating stands behind the index."""
        return any(f.base > 0 for (_, _, measure), f in self.figures.items() if measure is Measure.SCORE)

    @property
    def lead_measure(self) -> Measure:
        """What the report leads with: the index, or without ratings the text index."""
        return Measure.SCORE if self.has_ratings else Measure.TEXT_INDEX

    def name(self, touchpoint: str) -> str:
        """Return the touchpoint's name for people."""
        return "总体" if touchpoint == OVERALL else self.inputs.touchpoint_names.get(touchpoint, touchpoint)

    def indicator_name(self, code: str) -> str:
        """Return the words of an indicator or question, in the indicator system or not."""
        return self.inputs.indicator_names.get(code) or self.inputs.statistics.names.get(code, code)

    def type_name(self, code: str) -> str:
        """Return the complaint type's name for people."""
        return self.inputs.complaint_type_names.get(code, code) if code else UNKNOWN_TYPE

    def change(self, touchpoint: str, measure: Measure, against: str = PREVIOUS) -> Change:
        """Return how the figure that sums up a touchpoint changed."""
        return self.changes.get((against, touchpoint, OVERALL, measure), NO_CHANGE)

    def count_outside(self) -> dict[str, int]:
        """Return how many texts mention each touchpoint that the indicator system does not have, most first."""
        outside = self.mentions[~self.mentions["touchpoint"].isin(self.touchpoints)]
        counts = Counter(map(str, outside.drop_duplicates(["feedback_id", "touchpoint"])["touchpoint"]))
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    def sorted_by_score(self) -> list[str]:
        """Return the touchpoints by their lead figure, best first; those without one last, in their order."""
        shown = {code: self.figures.get((code, OVERALL, self.lead_measure)) for code in self.touchpoints}
        scores = {code: f.score for code, f in shown.items() if f is not None and f.score is not None}
        return sorted(self.touchpoints, key=lambda code: (code not in scores, -scores.get(code, 0.0)))

    def complained_touchpoints(self) -> pd.DataFrame:
        """Return record_id, type, touchpoint: a complaint touches what it mentions other than positively."""
        records = self.inputs.feedback[["feedback_id", "record_id"]]
        touched = self.mentions[self.mentions["polarity"] != Polarity.POSITIVE].merge(records, on="feedback_id")
        touched = touched[["record_id", "touchpoint"]].drop_duplicates()
        return self.complaints[["record_id", "type"]].merge(touched, on="record_id", how="left")

    def count_complaints(self) -> int:
        """Return the number of complaints, whatever the number of their types."""
        return int(self.complaints["record_id"].nunique())

    def count_scored(self) -> int:
        """Return how many touchpoints have a lead figure."""
        figures = (self.figures.get((code, OVERALL, self.lead_measure)) for code in self.touchpoints)
        return sum(figure is not None and figure.score is not None for figure in figures)


def build_facts(inputs: ReportInputs) -> Facts:
    """Return what the sheets are made from."""
    figures = read_figures(inputs.index)
    mentions = _mentions(inputs)
    source = inputs.texts or HeldTexts(inputs.feedback, inputs.annotations)
    return Facts(
        inputs,
        figures,
        read_figures(inputs.previous),
        read_figures(inputs.year_before),
        _trend(inputs.trend),
        read_changes(inputs.statistics.table("changes")),
        _touchpoints(inputs, figures),
        mentions,
        _complaints(inputs),
        _sentiments(inputs),
        _details(inputs),
        _texts(inputs, source),
        source,
    )


def _details(inputs: ReportInputs) -> pd.DataFrame:
    tags = inputs.annotations.loc[inputs.annotations["kind"].isin(DETAILS), ["feedback_id", "kind", "label"]]
    found = tags.merge(inputs.feedback[["feedback_id", "record_id"]], on="feedback_id")
    found = found.sort_values(["record_id", "kind", "label", "feedback_id"])
    return found.drop_duplicates(["record_id", "kind", "label"], ignore_index=True)


def _texts(inputs: ReportInputs, source: TextSource) -> pd.DataFrame:
    rows = inputs.feedback[["feedback_id", "source", "received_at", "file_id", "row_number"]]
    return rows.merge(measure_texts(source), on="feedback_id")


def _tags(annotations: pd.DataFrame, kind: str) -> pd.DataFrame:
    columns = ["feedback_id", "label", "polarity", "score"]
    return annotations.loc[annotations["kind"] == kind, columns].reset_index(drop=True)


def _sentiments(inputs: ReportInputs) -> pd.DataFrame:
    # The tagger marks a text without content by a confidence of 0.
    tags = inputs.annotations[inputs.annotations["confidence"] > 0]
    return _tags(tags, SENTIMENT)[["feedback_id", "polarity", "score"]]


def _mentions(inputs: ReportInputs) -> pd.DataFrame:
    mentions = _tags(inputs.annotations, TOUCHPOINT)
    labels = inputs.touchpoint_labels
    mentions["touchpoint"] = mentions["label"].map(lambda label: labels.get(label, label))
    # Two mentions of one touchpoint in one text, both positive, are one positive voice.
    kept = mentions[["feedback_id", "touchpoint", "polarity"]]
    return kept.drop_duplicates(ignore_index=True)


def _complaints(inputs: ReportInputs) -> pd.DataFrame:
    """Counted as scoring counts them: a record of a complaint log, or one with a text annotated as a complaint."""
    import pandas as pd

    records = inputs.feedback[["feedback_id", "record_id"]]
    tagged = _tags(inputs.annotations, COMPLAINT).merge(records, on="feedback_id")
    tagged = tagged.sort_values(["record_id", "label", "feedback_id"]).drop_duplicates(["record_id", "label"])
    found = pd.DataFrame({name: tagged[name] for name in records}).assign(type=tagged["label"].astype("object"))
    is_logged = inputs.feedback["kind"].eq(str(SourceKind.COMPLAINTS)) & inputs.feedback["role"].eq(MAIN_ROLE)
    untyped = records[is_logged & ~records["record_id"].isin(found["record_id"])].assign(type="")
    return pd.concat([found, untyped.astype({"type": "object"})], ignore_index=True)


def _trend(trend: pd.DataFrame) -> tuple[tuple[str, Figures], ...]:
    if trend.empty:
        return ()
    totals = trend[(trend["touchpoint"] == OVERALL) & (trend["indicator"] == OVERALL)]
    return tuple(
        (str(label), read_figures(totals[totals["period"] == label])) for label in sorted(set(trend["period"]))
    )


def _touchpoints(inputs: ReportInputs, figures: Mapping[Key, Any]) -> tuple[str, ...]:
    """The touchpoints of the index in the order of the indicator system."""
    known = dict.fromkeys(inputs.weights["touchpoint"])
    order = {code: place for place, code in enumerate(inputs.touchpoint_names)}
    others = {touchpoint for touchpoint, _, _ in figures}
    for code in sorted(others, key=lambda code: (order.get(code, len(order)), code)):
        known.setdefault(code)
    known.pop(OVERALL, None)
    return tuple(str(code) for code in known)


def local_moments(moments: pd.Series[Any], timezone: str) -> list[datetime | None]:
    """Return the moments as the clocks of the time zone show them, to the second, without a zone of their own."""
    import pandas as pd

    local = moments.dt.tz_convert(timezone).dt.tz_localize(None).dt.floor("s")
    return [None if pd.isna(moment) else moment.to_pydatetime() for moment in local]


def short_id(feedback_id: str) -> str:
    """Return the part of an id that people read."""
    return str(feedback_id)[:ID_DIGITS]


def period_line(facts: Facts) -> str:
    """Return the period in words, with the time zone of its days."""
    period = facts.inputs.period
    if period is None:
        return f"全部数据（时区 {facts.inputs.timezone}）"
    return f"{period.label}（{period.first:%Y-%m-%d} 至 {period.last:%Y-%m-%d}，时区 {facts.inputs.timezone}）"

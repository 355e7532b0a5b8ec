"""Inputs → Report: which sheets there are, in which order. A new sheet is one module and one line here."""

from __future__ import annotations

from collections.abc import Callable

from feedback_engine.report.blocks import Absent, Chart, Column, Marked, Note, Report, Section, Table
from feedback_engine.report.facts import Facts, build_facts, period_line
from feedback_engine.report.inputs import FILE_COLUMNS, ReportInputs, Thresholds
from feedback_engine.report.sections.answers import build_answers
from feedback_engine.report.sections.changes import build_changes
from feedback_engine.report.sections.claims import build_claims
from feedback_engine.report.sections.complaints import build_complaints
from feedback_engine.report.sections.control import build_control
from feedback_engine.report.sections.cover import build_cover
from feedback_engine.report.sections.detail import build_detail
from feedback_engine.report.sections.drivers import build_drivers
from feedback_engine.report.sections.expectations import build_expectations
from feedback_engine.report.sections.overview import build_overview
from feedback_engine.report.sections.quality import build_quality
from feedback_engine.report.sections.review import build_review
from feedback_engine.report.sections.run import build_run
from feedback_engine.report.sections.segments import build_segments
from feedback_engine.report.sections.sentiment import build_sentiment
from feedback_engine.report.sections.structural import build_structural
from feedback_engine.report.sections.themes import build_themes
from feedback_engine.report.sections.touchpoints import build_touchpoints
from feedback_engine.report.sections.verbatims import build_verbatims
from feedback_engine.report.sections.weights import build_weights
from feedback_engine.report.statistics import Statistics

__all__ = [
    "FILE_COLUMNS",
    "SECTIONS",
    "Chart",
    "Column",
    "Marked",
    "Note",
    "Report",
    "ReportInputs",
    "Section",
    "Statistics",
    "Table",
    "Thresholds",
    "build_report",
]

#: The sheets in order, by what they are for; the cover comes before them all.
SECTIONS: tuple[tuple[str, Callable[[Facts], Section | Absent]], ...] = (
    ("结论", build_overview),
    ("结论", build_touchpoints),
    ("结论", build_changes),
    ("结论", build_segments),
    ("结论", build_drivers),
    ("结论", build_complaints),
    ("结论", build_sentiment),
    ("结论", build_themes),
    ("结论", build_verbatims),
    ("统计", build_weights),
    ("统计", build_expectations),
    ("统计", build_control),
    ("统计", build_structural),
    ("统计", build_answers),
    ("统计", build_review),
    ("统计", build_claims),
    ("数据", build_detail),
    ("数据", build_quality),
    ("数据", build_run),
)


def build_report(inputs: ReportInputs) -> Report:
    """Return the report of these inputs; equal inputs give an equal report."""
    facts = build_facts(inputs)
    properties = {"subject": period_line(facts), "author": inputs.project, "company": inputs.project}
    built = [(group, build(facts)) for group, build in SECTIONS]
    present = [(group, section) for group, section in built if isinstance(section, Section)]
    absent = [section for _, section in built if isinstance(section, Absent)]
    cover = build_cover(facts, [(group, section.name) for group, section in present], absent)
    return Report(inputs.title, (cover, *(section for _, section in present)), inputs.created_at, properties)

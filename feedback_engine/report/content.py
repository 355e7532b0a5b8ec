"""Inputs → Report: which sheets there are, in which order. A new sheet is one module and one line here."""

from __future__ import annotations

from collections.abc import Callable

from feedback_engine.report.blocks import Chart, Column, Marked, Note, Report, Section, Table
from feedback_engine.report.facts import Facts, build_facts, period_line
from feedback_engine.report.inputs import FILE_COLUMNS, ReportInputs, Thresholds
from feedback_engine.report.sections.complaints import build_complaints
from feedback_engine.report.sections.cover import build_cover
from feedback_engine.report.sections.detail import build_detail
from feedback_engine.report.sections.overview import build_overview
from feedback_engine.report.sections.quality import build_quality
from feedback_engine.report.sections.run import build_run
from feedback_engine.report.sections.sentiment import build_sentiment
from feedback_engine.report.sections.touchpoints import build_touchpoints
from feedback_engine.report.sections.verbatims import build_verbatims
from feedback_engine.report.sections.weights import build_weights

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
    "Table",
    "Thresholds",
    "build_report",
]

#: The sheets in order.
SECTIONS: tuple[Callable[[Facts], Section], ...] = (
    build_cover,
    build_overview,
    build_touchpoints,
    build_weights,
    build_complaints,
    build_sentiment,
    build_verbatims,
    build_detail,
    build_quality,
    build_run,
)


def build_report(inputs: ReportInputs) -> Report:
    """Return the report of these inputs; equal inputs give an equal report."""
    facts = build_facts(inputs)
    properties = {"subject": period_line(facts), "author": inputs.project, "company": inputs.project}
    return Report(inputs.title, tuple(build(facts) for build in SECTIONS), inputs.created_at, properties)

"""Figures → report: gathers what the sheets show, for the period and for those it is compared with."""

from __future__ import annotations

import logging
import platform
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from feedback_engine.config.loader import load_config
from feedback_engine.config.model import Config
from feedback_engine.config.scoring import METHOD_NAMES
from feedback_engine.domain import Period
from feedback_engine.engine.figures import Figures
from feedback_engine.engine.questions import name_roles
from feedback_engine.engine.statistics import gather_statistics
from feedback_engine.engine.themes import find_period_themes
from feedback_engine.errors import ReportError
from feedback_engine.report import excel, html
from feedback_engine.report.blocks import Report
from feedback_engine.report.content import build_report
from feedback_engine.report.inputs import ReportInputs, Thresholds
from feedback_engine.report.statistics import Statistics
from feedback_engine.scoring.control import find_history
from feedback_engine.scoring.weights import build_weights

if TYPE_CHECKING:
    import pandas as pd

logger = logging.getLogger(__name__)

Sink = Callable[[Report, Path], None]
#: What writes a report, by the ending of its file.
SINKS: dict[str, Sink] = {
    **dict.fromkeys(excel.SUFFIXES, excel.write_excel),
    **dict.fromkeys(html.SUFFIXES, html.write_html),
}

#: Months in the trend: a year and the month to compare with.
TREND_MONTHS = 13


def write_report(figures: Figures, path: Path, asked: str | None) -> Path:
    """Write the report of the asked period (None = as configured) to the path, by its ending, and return it.

    Raises NoData, and writes nothing, where the period has no data.
    """
    write = find_sink(path)  # before the work, not after it
    period = figures.calendar.find_period(asked or figures.config.report.period)
    write(build_report(gather_inputs(figures, period)), path)
    return path


def find_sink(path: Path) -> Sink:
    """Return what writes a report to files of that ending; raises ReportError for one that nothing writes."""
    if (write := SINKS.get(path.suffix.lower())) is None:
        endings = "、".join(SINKS)
        raise ReportError(f"报告的文件名要以 {endings} 之一结尾，而不是 {path.name!r}；请改名")
    return write


def check_report(config: Config) -> None:
    """Raise ReportError or ConfigError if the report could not be written as configured."""
    find_sink(config.resolve(config.report.path))
    if config.report.compare_model is not None:
        load_config(config.resolve(config.report.compare_model))


def gather_inputs(figures: Figures, period: Period | None) -> ReportInputs:
    """Return all that the report of this period shows."""
    config, reader = figures.config, figures.reader
    index, previous, year_before, trend, statistics = _gather_figures(figures, period)
    bounds = figures.calendar.bounds(period)
    feedback, cases = reader.load_feedback(bounds), reader.load_cases(bounds)
    return ReportInputs(
        title=config.report.title,
        project=config.project.name,
        timezone=config.project.timezone,
        period=period,
        created_at=figures.created_at,
        index=index,
        previous=previous,
        year_before=year_before,
        trend=trend,
        weights=build_weights(figures.model),
        touchpoint_names=figures.touchpoint_names,
        indicator_names=figures.indicator_names,
        complaint_type_names=figures.complaint_type_names,
        touchpoint_labels=figures.touchpoint_labels,
        detail_names=figures.detail_names,
        role_names=name_roles(reader.load_questions(), config),
        quality=figures.find_quality_flags(period, feedback, cases),
        excluded_rules=config.quality.exclude,
        feedback=feedback,
        annotations=reader.load_annotations(bounds, without=["evidence", "rule"]),
        texts=figures.read_texts(period),
        themes=find_period_themes(figures, period),
        cases=cases,
        rejects=reader.load_rejects(),
        files=reader.load_files(),
        manifest=_manifest(figures),
        thresholds=Thresholds(
            config.scoring.suppress_below,
            config.scoring.flag_below,
            config.scoring.satisfied_from,
            config.scoring.confidence,
            config.scoring.change.alpha,
            config.scoring.change.min_effect,
        ),
        statistics=statistics,
    )


def _gather_figures(
    figures: Figures, period: Period | None
) -> tuple[pd.DataFrame, pd.DataFrame | None, pd.DataFrame | None, pd.DataFrame, Statistics]:
    """Return the INDEX of the period and of what it is compared with, of the trend, and the analyses.

    The data that these rest on are let go here, before the texts of the report are read.
    """
    compared = [period.previous(), period.year_before()] if period else []
    months = figures.calendar.months_until(period)
    history = find_history(figures.config.scoring.control, months, period)
    result = figures.score(period, None, ahead=[*compared, *history, *months[-TREND_MONTHS:]])
    previous, year_before = (result.compute([each]) for each in compared) if compared else (None, None)
    trend = result.compute(months[-TREND_MONTHS:])
    return result.table, previous, year_before, trend, gather_statistics(figures, result)


def _manifest(figures: Figures) -> dict[str, str]:
    """Return what is needed to make this report again: versions, digests, parameters. Timings belong to the log."""
    scoring = figures.config.scoring
    libraries = ("numpy", "pandas", "scipy", "jieba", "XlsxWriter")
    return {
        "引擎版本": f"feedback-engine {version('feedback-engine')}",
        "Python": platform.python_version(),
        "库版本": "，".join(f"{name} {version(name)}" for name in libraries),
        "数据截止": figures.as_of.isoformat() if figures.as_of else "不限",
        "配置指纹": figures.fingerprint(),
        **{f"标签规则指纹（{pack}）": digest for pack, digest in figures.fingerprints.items()},
        "权重方法": METHOD_NAMES.get(scoring.weights, scoring.weights),
        "作答权重下限": f"{scoring.min_answered:.0%}",
        "指数覆盖下限": f"{scoring.min_coverage:.0%}",
    }

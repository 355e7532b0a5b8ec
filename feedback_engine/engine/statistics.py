"""The analyses of a result as tables for the report, those that are refused with the reason."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from feedback_engine.domain import ANALYSES, OVERALL
from feedback_engine.errors import ConfigError, StatisticsError
from feedback_engine.report.statistics import Statistics
from feedback_engine.scoring.claims import check_claims
from feedback_engine.scoring.explanation import describe_origin
from feedback_engine.scoring.result import IndexResult

if TYPE_CHECKING:
    import pandas as pd

    from feedback_engine.engine.figures import Figures

logger = logging.getLogger(__name__)

_UNDECLARED = (
    "配置里没有 touchpoints：{} 道打分题各算一个触点，等权计入，问重要性、期望或推荐意愿的题也在内。"
    "请在 touchpoints 里写明哪些题属于哪个触点，再用这个总指数"
)


def gather_statistics(figures: Figures, result: IndexResult) -> Statistics:
    """Return every analysis that the settings and the data bear, and for the others why they do not."""
    tables: dict[str, pd.DataFrame] = {"claims": check_claims(figures.config.report.claims)}
    refusals: dict[str, str] = {}
    for name in ANALYSES:
        try:
            tables[name] = getattr(result, name)
        except (ConfigError, StatisticsError) as refusal:
            refusals[name] = str(refusal)
    wanted = _find_wanted(figures)
    for name in (name for name, is_wanted in wanted.items() if is_wanted and name in refusals):
        logger.warning("报告里没有 %s：%s", name, refusals[name])
    return Statistics(
        tables,
        refusals,
        _describe_origins(figures),
        figures.names,
        has_structural=wanted["structural"],
        has_segments=wanted["segments"],
        has_earlier_model=figures.config.report.compare_model is not None,
    )


def _find_wanted(figures: Figures) -> dict[str, bool]:
    """Return which analyses the configuration asks for: if one of these is refused, somebody should hear of it."""
    config = figures.config
    return {
        "segments": bool(config.report.attributes),
        "structural": bool(config.scoring.structural.blocks),
        "drivers": config.scoring.weighting.overall_item is not None,
        "ranking": config.scoring.weighting.objects is not None,
        "gaps": bool(config.scoring.gaps),
        "kano": bool(config.scoring.kano),
    }


def _describe_origins(figures: Figures) -> dict[str, str]:
    """Return where weights that nobody declared come from, by level."""
    frozen, rated = figures.frozen, sum(bool(touchpoint.rated) for touchpoint in figures.model.touchpoints)
    if frozen is None:
        return {OVERALL: _UNDECLARED.format(rated)} if rated and not figures.config.touchpoints else {}
    return {
        level.code: describe_origin(frozen.method, frozen.base_period, level.base, level.figures, level.notes)
        for level in frozen.levels
    }

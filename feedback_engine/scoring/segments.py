"""Segments against the whole: who is more, and who is less satisfied, tested as one family."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from feedback_engine.config.scoring import ChangeConfig
from feedback_engine.domain import OVERALL, Flag, Measure, Period
from feedback_engine.scoring.contrasts import UNTESTED, Contrast, Key, Linears, contrast_linears, identify, judge_family
from feedback_engine.scoring.data import ScoringData
from feedback_engine.scoring.figures import Linear
from feedback_engine.scoring.index import Cell, build_cells, compute_index
from feedback_engine.scoring.model import IndexModel
from feedback_engine.scoring.records import ALL
from feedback_engine.tables.analysis import SEGMENTS

if TYPE_CHECKING:
    import pandas as pd

#: What is compared: a touchpoint's score, or its text index where nobody rates it.
_MEASURES = (Measure.SCORE, Measure.TEXT_INDEX)


def compare_segments(
    data: ScoringData,
    model: IndexModel,
    config: ChangeConfig,
    *,
    period: Period | None,
    attributes: Sequence[str],
) -> pd.DataFrame:
    """Return SEGMENTS of a period: each value of each attribute against all respondents, touchpoint by touchpoint.

    The test allows for the segment being part of the whole; figures on a small base get none. Withheld figures, those
    that could be had by subtraction included, are empty. An unknown attribute is a ConfigError that lists the known.
    """
    rows = [row for attribute in attributes for row in _compare(data, model, period, attribute)]
    judge_family(rows, config)
    for row in rows:
        row["points"] = None if np.isnan(row["points"]) else row["points"]
    return SEGMENTS.build([[row[name] for name in SEGMENTS.column_names] for row in rows])


def _compare(data: ScoringData, model: IndexModel, period: Period | None, attribute: str) -> Iterator[dict[str, Any]]:
    index = compute_index(data, model, periods=[period], by=attribute)
    whole, *parts = build_cells(data, model, periods=[period], by=attribute)
    figures = {part.segment: _read(index, part.segment) for part in (whole, *parts)}
    keys = _choose(figures[ALL])
    of_whole = Linears(whole, model)
    for part in parts:
        own = Linears(part, model)
        for key in keys:
            figure, total = figures[part.segment].get(key), figures[ALL][key]
            if figure is None or figure["flag"] == Flag.NO_DATA:
                continue
            first, second = of_whole.find(key), own.find(key)
            test = _test(figure, total, first, second, whole, model.confidence)
            same = None if test.p is None else identify((attribute, part.segment, key), first, second)
            yield _row(attribute, part, key, figure, total, test) | {"figure": same}


def _read(index: pd.DataFrame, segment: str) -> dict[Key, dict[str, Any]]:
    rows = index[(index["segment"] == segment) & (index["indicator"] == OVERALL)]
    return {
        (str(row["touchpoint"]), OVERALL, str(row["measure"])): {str(k): v for k, v in row.items()}
        for row in rows.to_dict("records")
    }


def _choose(whole: Mapping[Key, Mapping[str, Any]]) -> list[Key]:
    """Return one figure a touchpoint: the first measure that the whole has published."""
    chosen: dict[str, Key] = {}
    for measure in _MEASURES:
        for key, row in whole.items():
            if key[2] == measure and not np.isnan(row["score"]):
                chosen.setdefault(key[0], key)
    order = list(dict.fromkeys(key[0] for key in whole))
    return [chosen[code] for code in order if code in chosen]


def _test(
    figure: Mapping[str, Any],
    total: Mapping[str, Any],
    first: Linear | None,
    second: Linear | None,
    cell: Cell,
    confidence: float,
) -> Contrast:
    if np.isnan(figure["score"]) or Flag.SMALL_BASE in (figure["flag"], total["flag"]):
        return UNTESTED
    if first is None or second is None or second.base >= first.base:
        return UNTESTED
    return contrast_linears(first, second, cell.records.people, confidence)


def _row(
    attribute: str, part: Cell, key: Key, figure: Mapping[str, Any], total: Mapping[str, Any], test: Contrast
) -> dict[str, Any]:
    same = {name: figure[name] for name in ("score", "lower", "upper", "base", "flag")}
    return same | {
        "attribute": attribute,
        "segment": part.segment,
        "touchpoint": key[0],
        "measure": key[2],
        "whole": total["score"],
        "points": figure["score"] - total["score"],
        "p_value": test.p,
    }

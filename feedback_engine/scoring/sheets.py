"""The statistics sheets over a project's answers: descriptive, correlation, regression, Kano."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from feedback_engine.config.scoring import KanoConfig
from feedback_engine.domain import AnswerState, Period
from feedback_engine.errors import ConfigError, StatisticsError
from feedback_engine.registry import unknown_name
from feedback_engine.scoring.answers import Answers
from feedback_engine.scoring.data import ScoringData
from feedback_engine.scoring.records import build_records, find_positions
from feedback_engine.scoring.suppression import FEW
from feedback_engine.tables.analysis import CORRELATIONS, DESCRIPTIVES, KANO, REGRESSION

if TYPE_CHECKING:
    import pandas as pd

    from feedback_engine.scoring.samples import Floats


def describe_answers(answers: Answers, concerned: Mapping[str, int], *, least: float = 1) -> pd.DataFrame:
    """Return DESCRIPTIVES: a row per column, unweighted; a column of fewer than `least` answers has no figures.

    `concerned` says how many respondents each question concerned: those who gave no answer to it are missing.
    """
    from feedback_engine.stats.descriptives import describe

    rows: list[tuple[object, ...]] = []
    for code in answers.table.columns:
        column = answers.table[code].dropna().to_numpy(dtype=np.float64)
        own = code, answers.names[code], len(column), concerned[code] - len(column)
        if len(column) < max(1, least):
            rows.append((*own, *[None] * 9))
            continue
        d = describe(column)
        rows.append(
            (*own, d.mean, d.deviation, d.minimum, d.lower_quartile, d.median, d.upper_quartile, d.maximum, d.skewness,
             d.kurtosis)
        )  # fmt: skip
    return DESCRIPTIVES.build(rows)


def correlate_answers(answers: Answers, *, confidence: float = 0.95, least: float = 1) -> pd.DataFrame:
    """Return CORRELATIONS of every pair of columns; a pair that has none, or on fewer than `least` people, says why."""
    from feedback_engine.stats.descriptives import correlate_pairs

    found = correlate_pairs(answers.table.to_numpy(dtype=np.float64), confidence)
    codes = list(answers.table.columns)
    figures = np.column_stack([found.r, found.lower, found.upper, found.p_value])
    figures[found.base < least] = np.nan
    rows = [
        (codes[first], codes[second], *(each if known else [None] * 4), base, "" if known else _why_none(base, least))
        for first, second, each, base, known in zip(
            found.first, found.second, figures.tolist(), found.base.tolist(), ~np.isnan(figures[:, 0]), strict=True
        )
    ]
    return CORRELATIONS.build(rows)


def _why_none(base: int, least: float) -> str:
    return FEW if base < max(3, least) else "其中一题的回答没有差异"


def regress_answers(answers: Answers, outcome: Floats, *, confidence: float = 0.95, least: float = 1) -> pd.DataFrame:
    """Return REGRESSION of the outcome on all columns, over complete answers; too few, or collinear columns, raise."""
    from feedback_engine.stats.descriptives import regress

    table = answers.table.to_numpy(dtype=np.float64)
    complete = np.all(np.isfinite(table), axis=1) & ~np.isnan(outcome)
    if complete.sum() < (needed := max(table.shape[1] + 2, least)):
        raise StatisticsError(f"完整答卷只有 {int(complete.sum())} 份，{table.shape[1]} 项的回归至少需要 {needed:g} 份")
    fit = regress(table[complete], outcome[complete], confidence, names=[str(c) for c in answers.table.columns])
    terms = ["intercept", *(str(code) for code in answers.table.columns)]
    rows: list[tuple[object, ...]] = [
        (term, c.estimate, c.standard_error, c.lower, c.upper, c.p_value, fit.base)
        for term, c in zip(terms, fit.coefficients, strict=True)
    ]
    return REGRESSION.build([*rows, ("R²", fit.r_squared, None, None, None, fit.p_value, fit.base)])


def classify_kano(
    data: ScoringData, attributes: Sequence[KanoConfig], *, period: Period | None = None, least: float = 1
) -> pd.DataFrame:
    """Return KANO of the configured pairs of questions, whose raw answers are 1 to 5 (`like` is the code of "like").

    An attribute on fewer than `least` answers has no category.
    """
    from feedback_engine.stats.kano import classify

    rows: list[tuple[object, ...]] = []
    for attribute in attributes:
        functional, dysfunctional, weights = _read_pair(data, attribute, period)
        name = attribute.name or attribute.functional
        if len(weights) < max(1, least):
            rows.append(
                (name, *[0.0] * 6, "", None, None, False, len(weights), FEW if len(weights) else "没有人两题都答")
            )
            continue
        result = classify(functional, dysfunctional, weights, like=attribute.like)
        note = "矛盾回答（Q）超过 2%，题目可能没有看懂" if result.is_questionable else ""
        rows.append(
            (name, *(result.counts[letter] for letter in "MOAIRQ"), result.category, _known(result.better),
             _known(result.worse), result.is_significant, len(weights), note)
        )  # fmt: skip
    return KANO.build(rows)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value


def _read_pair(data: ScoringData, attribute: KanoConfig, period: Period | None) -> tuple[list[int], list[int], Floats]:
    """Return both raw answers, and the weights, of the respondents who gave both."""
    records = build_records(data.feedback, data.timezone)
    inside = records.slice(period).is_inside
    given = [_read_raw(data, code) for code in (attribute.functional, attribute.dysfunctional)]
    both = given[0].index.intersection(given[1].index).sort_values()
    rows = find_positions(records.ids, both.to_series())
    kept = (rows >= 0) & inside[np.maximum(rows, 0)] if len(rows) else np.empty(0, dtype=np.bool_)
    answers = [[int(value) for value in each.loc[both].to_numpy()[kept]] for each in given]
    return answers[0], answers[1], records.weights[rows[kept]]


def _read_raw(data: ScoringData, code: str) -> pd.Series[float]:
    known: Mapping[str, object] = dict.fromkeys(data.ratings["indicator"])
    if code not in known:
        raise ConfigError(unknown_name("打分指标", code, known))
    is_wanted = (data.ratings["indicator"] == code) & (data.ratings["state"] == AnswerState.ANSWERED)
    chosen = data.ratings[is_wanted]
    raw: pd.Series[float] = chosen.set_index(chosen["feedback_id"].to_numpy(dtype=object))["rating"].astype("float64")
    for value in _strangers(raw):
        raise ConfigError(f"Kano 题 {code} 的回答 {value:g} 不在 1–5 之内；请检查该题的 scale")
    return raw


def _strangers(raw: pd.Series[float]) -> Iterator[float]:
    values = raw.to_numpy(dtype=np.float64)
    yield from values[~np.isin(values, (1, 2, 3, 4, 5))].tolist()

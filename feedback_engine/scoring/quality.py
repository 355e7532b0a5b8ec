"""Survey data quality: speeders, straight-liners, repeated respondents, failed attention checks, impossible dates.

Every check is a function of the stored tables, so that a late file or another threshold changes the flags and nothing
else. Flagged records stay in the index unless the configuration excludes their rule.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from feedback_engine.config.model import QualityConfig
from feedback_engine.domain import AnswerState, QualityRule, SourceKind
from feedback_engine.scoring.data import ScoringData
from feedback_engine.tables.feedback import MAIN_ROLE
from feedback_engine.tables.quality import QUALITY

if TYPE_CHECKING:
    import pandas as pd

#: feedback_id, rule, figure, limit, detail: a row of QUALITY.
Finding = tuple[str, QualityRule, float, float, str]

_DURATION = re.compile(
    r"(?:(\d{1,3})(?:小时|时))?(?:(\d{1,4})(?:分钟|分))?(?:(\d{1,7}(?:\.\d{1,6})?)(?:秒|s)?)?", re.ASCII
)

#: Fewer timed answers than this give no median worth comparing with.
MIN_TIMED = 10
#: Identical answers to at least this many rated items make two anonymous respondents look like one.
MIN_TWIN_ITEMS = 8


def find_quality_flags(data: ScoringData, config: QualityConfig) -> pd.DataFrame:
    """Return QUALITY: one row per record and check failed, in the order of their keys."""
    main = data.feedback[data.feedback["role"] == MAIN_ROLE]
    surveys = main[main["kind"] == SourceKind.QUESTIONNAIRE]
    attributes = {
        key: json.loads(text) for key, text in zip(surveys["feedback_id"], surveys["attributes"], strict=True)
    }
    answers = data.ratings[data.ratings["state"] == AnswerState.ANSWERED].astype({"rating": "float64"})
    answers = answers[answers["feedback_id"].isin(attributes)]
    findings = [
        *_find_speeders(surveys, attributes, config),
        *_find_straight_liners(answers, config),
        *_find_repeats(surveys, answers, data.timezone),
        *_find_inattentive(attributes, config),
        *_find_impossible_dates(data.cases),
    ]
    return QUALITY.build(sorted(findings))


def exclude_flagged(data: ScoringData, flags: pd.DataFrame, config: QualityConfig) -> ScoringData:
    """Return the data without the ratings of the records whose flags the configuration excludes."""
    excluded = flags.loc[flags["rule"].isin(config.exclude), "feedback_id"]
    return data.replace_ratings(data.ratings[~data.ratings["feedback_id"].isin(excluded)])


def _find_speeders(
    surveys: pd.DataFrame, attributes: dict[str, dict[str, str]], config: QualityConfig
) -> Iterator[Finding]:
    import pandas as pd

    cells = [attributes[key].get(config.duration_attribute, "") for key in surveys["feedback_id"]]
    seconds = pd.Series([_read_seconds(cell) for cell in cells], index=surveys.index, dtype="float64")
    timed = surveys.assign(seconds=seconds)[seconds > 0]
    for _, group in timed.groupby("source", sort=True):
        if len(group) < MIN_TIMED:
            continue
        limit = float(group["seconds"].median()) * config.speeder_share
        for key, taken in _pairs(group[group["seconds"] < limit], "seconds"):
            yield (
                key,
                QualityRule.SPEEDER,
                taken,
                limit,
                f"作答 {taken:g} 秒，低于同卷中位数的 {config.speeder_share:.0%}",
            )


def _read_seconds(cell: str) -> float:
    """Return the seconds in 125, 125秒 or 2分5秒; 0 if it is no time."""
    if not (match := _DURATION.fullmatch(cell.strip())):
        return 0.0
    hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds


def _find_straight_liners(answers: pd.DataFrame, config: QualityConfig) -> Iterator[Finding]:
    by_respondent = answers.groupby("feedback_id", sort=True)["rating"]
    summary = by_respondent.agg(["size", "min", "max"])
    lines = summary[(summary["size"] >= config.straight_line_items) & (summary["min"] == summary["max"])]
    limit = float(config.straight_line_items)
    for key, items, rating in zip(lines.index, lines["size"].tolist(), lines["min"].tolist(), strict=True):
        yield str(key), QualityRule.STRAIGHT_LINER, float(items), limit, f"{items} 道打分题全部为 {rating:g}"


def _find_repeats(surveys: pd.DataFrame, answers: pd.DataFrame, timezone: str) -> Iterator[Finding]:
    """Yield all but the first record of a customer on one day, and of anonymous twins at one moment."""
    ordered = surveys.sort_values(["received_at", "feedback_id"], na_position="last")
    ordered = ordered.assign(day=ordered["received_at"].dt.tz_convert(timezone).dt.date)
    named = ordered[ordered["customer_id"].fillna("") != ""]
    for key, times in _repeats(named, ["source", "customer_id", "day"]):
        yield key, QualityRule.DUPLICATE_RESPONDENT, times, 1.0, f"同一客户当天在同一来源的第 {times:g} 份答卷"
    anonymous = ordered.drop(index=named.index)
    pattern = _answer_patterns(answers)
    twins = anonymous.assign(pattern=anonymous["feedback_id"].map(pattern)).dropna(subset=["pattern"])
    same = ["source", "pattern", "received_at"]
    for key, times in _repeats(twins.dropna(subset=["received_at"]), same):
        yield (
            key,
            QualityRule.DUPLICATE_RESPONDENT,
            times,
            1.0,
            f"与另一份答卷同时提交且 {MIN_TWIN_ITEMS} 题以上答案全同",
        )


def _repeats(records: pd.DataFrame, same: list[str]) -> Iterator[tuple[str, float]]:
    times = records.groupby(same, sort=False, dropna=False).cumcount() + 1
    yield from _pairs(records.assign(times=times)[times > 1], "times")


def _answer_patterns(answers: pd.DataFrame) -> dict[str, str]:
    """Return the answers of each respondent as one text, for those who rated enough items."""
    token = answers["indicator"].astype("str") + "=" + answers["rating"].map("{:g}".format)
    grouped = answers.assign(token=token).sort_values(["feedback_id", "indicator"]).groupby("feedback_id")["token"]
    return {str(key): "|".join(tokens) for key, tokens in grouped if len(tokens) >= MIN_TWIN_ITEMS}


def _find_inattentive(attributes: dict[str, dict[str, str]], config: QualityConfig) -> Iterator[Finding]:
    for check in config.attention:
        for key, given in attributes.items():
            answer = given.get(check.attribute, "")
            if answer and answer != check.answer:
                detail = f"检测题『{check.attribute}』答『{answer}』，应为『{check.answer}』"
                yield key, QualityRule.ATTENTION_FAILED, 1.0, 0.0, detail


def _find_impossible_dates(cases: pd.DataFrame) -> Iterator[Finding]:
    """Yield the cases that were answered, or else closed, before they were opened."""
    first = cases[["replied_at", "closed_at"]].min(axis=1)
    days = (first - cases["opened_at"]).dt.total_seconds() / 86400
    for key, early in _pairs(cases.assign(days=days)[days < 0], "days"):
        yield key, QualityRule.IMPOSSIBLE_DATE, early, 0.0, f"回复或办结早于受理 {-early:.2f} 天"


def _pairs(frame: pd.DataFrame, column: str) -> Iterator[tuple[str, float]]:
    values: list[Any] = frame[column].tolist()
    yield from zip(frame["feedback_id"].tolist(), map(float, values), strict=True)

"""The few values that every floor speaks of. Imports nothing of ours but the errors."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from feedback_engine.errors import ConfigError


class SourceKind(StrEnum):
    """The three shapes of source."""

    QUESTIONNAIRE = "questionnaire"
    COMPLAINTS = "complaints"
    REVIEWS = "reviews"


class Polarity(StrEnum):
    """The label of a sentiment; the number beside it is its score, -1 to 1."""

    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"
    MIXED = "mixed"


class AnswerState(StrEnum):
    """What happened to a question; percentages are wrong without it."""

    ANSWERED = "answered"
    BLANK = "blank"
    NOT_SHOWN = "not_shown"
    REFUSED = "refused"
    UNKNOWN_MISSING = "unknown_missing"


class Measure(StrEnum):
    """What the figure of an INDEX row measures, and so its unit."""

    SCORE = "score"
    #: The overall score if all that counts counted alike; always printed beside it.
    EQUAL_SCORE = "equal_score"
    SATISFIED_SHARE = "satisfied_share"
    TEXT_INDEX = "text_index"
    COMPLAINT_RATE = "complaint_rate"
    #: Promoters less detractors in percent, of the question that `scoring.recommend_item` names.
    NET_PROMOTER = "net_promoter"


class Flag(StrEnum):
    """How far a figure may be trusted."""

    OK = "ok"
    SMALL_BASE = "small_base"
    SUPPRESSED = "suppressed"
    LOW_COVERAGE = "low_coverage"
    NO_DATA = "no_data"


class QualityRule(StrEnum):
    """What may be wrong with a survey answer or a case as data."""

    SPEEDER = "speeder"
    STRAIGHT_LINER = "straight_liner"
    DUPLICATE_RESPONDENT = "duplicate_respondent"
    ATTENTION_FAILED = "attention_failed"
    IMPOSSIBLE_DATE = "impossible_date"


class IdPolicy(StrEnum):
    """What becomes of a customer's or respondent's identifier."""

    KEEP = "keep"
    HASH = "hash"
    DROP = "drop"


#: The analyses around an index by name: attributes of what `score` returns, tables of the command line.
ANALYSES = (
    "changes", "segments", "importance", "drivers", "gaps", "kano", "control", "weightings", "structural",
    "descriptives", "correlations", "regression", "review", "versions", "ranking", "fuzzy", "design",
    "text_shares",
)  # fmt: skip

#: Texts of a spot check unless the caller says otherwise: half of them, drawn by chance, give a share to ten points.
SPOTCHECK_COUNT = 200

#: The scale of the question that a net promoter score is made of.
RECOMMEND_SCALE = (0, 10)

#: The value of `touchpoint` (and of `indicator`) in the INDEX rows that sum up the level below.
OVERALL = "overall"
#: p and q values below this are told as such.
LEAST_P = 0.0001


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters, [start, end)."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """Characters [start, end) of a text as given, the rule that read them, in words, and what they add to the score."""

    start: int
    end: int
    text: str
    rule: str
    weight: float

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "rule": self.rule,
            "weight": round(self.weight, 4),
        }


@dataclass(frozen=True, slots=True)
class Scale:
    """A declared rating scale; `is_reversed` means that a high rating is bad."""

    minimum: float
    maximum: float
    is_reversed: bool = False

    def score(self, rating: float) -> float:
        """Return the rating on 0-100: 100 (x - lo) / (hi - lo), flipped when reversed."""
        share = (rating - self.minimum) / (self.maximum - self.minimum)
        return 100.0 * (1.0 - share if self.is_reversed else share)


_PERIOD_FORMS = (
    (re.compile(r"(\d{4})"), "year"),
    (re.compile(r"(\d{4})-(\d{2})"), "month"),
    (re.compile(r"(\d{4})-?[Qq]([1-4])"), "quarter"),
    (re.compile(r"(\d{4})-?[Ww](\d{2})"), "week"),
    (re.compile(r"(\d{4})-(\d{2})-(\d{2})"), "day"),
)
_MONTHS = {"year": 12, "quarter": 3, "month": 1}


@dataclass(frozen=True, slots=True)
class Period:
    """A calendar period, first to last day inclusive.

    `label` is how users write it: 2026, 2026-Q3, 2026-10, 2026-W41, 2026-10-31.
    """

    label: str
    first: date
    last: date
    unit: str

    @classmethod
    def parse(cls, text: str) -> Period:
        """Return the period that `text` names; raises ConfigError for anything else."""
        for form, unit in _PERIOD_FORMS:
            if match := form.fullmatch(text.strip()):
                try:
                    return cls._of(unit, *(int(part) for part in match.groups()))
                except ValueError:
                    break
        raise ConfigError(f"期间 {text!r} 无法识别；可写 2026、2026-Q3、2026-10、2026-W41 或 2026-10-31")

    @classmethod
    def containing(cls, day: date, unit: str) -> Period:
        """Return the year, quarter, month, week or day in which `day` lies."""
        if unit == "week":
            year, week, _ = day.isocalendar()
            return cls._of("week", year, week)
        numbers = {"year": (), "quarter": ((day.month + 2) // 3,), "month": (day.month,), "day": (day.month, day.day)}
        return cls._of(unit, day.year, *numbers[unit])

    @classmethod
    def _of(cls, unit: str, year: int, *numbers: int) -> Period:
        if unit == "day":
            day = date(year, *numbers)
            return cls(day.isoformat(), day, day, unit)
        if unit == "week":
            first = date.fromisocalendar(year, numbers[0], 1)
            return cls(f"{year}-W{numbers[0]:02}", first, first + timedelta(days=6), unit)
        months = _MONTHS[unit]
        start_month = 1 if unit == "year" else (numbers[0] - 1) * months + 1
        first = date(year, start_month, 1)
        label = {"year": f"{year}", "quarter": f"{year}-Q{(start_month + 2) // 3}", "month": f"{year}-{start_month:02}"}
        return cls(label[unit], first, _add_months(first, months) - timedelta(days=1), unit)

    def previous(self) -> Period:
        """Return the period just before (for 环比)."""
        return Period.containing(self.first - timedelta(days=1), self.unit)

    def year_before(self) -> Period:
        """Return the same period a year earlier (for 同比)."""
        if self.unit == "week":
            return Period.containing(self.first - timedelta(days=364), "week")
        if self.unit == "day" and (self.first.month, self.first.day) == (2, 29):
            return Period.containing(self.first - timedelta(days=366), "day")
        return Period.containing(self.first.replace(year=self.first.year - 1), self.unit)

    def bounds(self, timezone: str) -> tuple[datetime, datetime]:
        """Return the moments [since, until) in UTC, by the days of `timezone`."""
        zone = ZoneInfo(timezone)
        since = datetime.combine(self.first, time.min, zone)
        until = datetime.combine(self.last + timedelta(days=1), time.min, zone)
        return since.astimezone(UTC), until.astimezone(UTC)


def _add_months(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return day.replace(year=day.year + years, month=month + 1)


def say_p(value: float) -> str:
    """Return the p value as a sentence has it: `p = 0.03`, and `p < 0.0001` for one too small to print."""
    return f"p < {LEAST_P:g}" if value < LEAST_P else f"p = {value:.2g}"

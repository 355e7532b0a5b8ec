"""Moments as exporters write them, as microseconds since 1970 in UTC."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from feedback_engine.ingest.chinese_dates import REPUBLIC_BEGINS, write_in_digits
from feedback_engine.ingest.tool_dates import rewrite

#: Moments outside are typing mistakes or another calendar.
FIRST_YEAR, LAST_YEAR = 1990, 2100

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
#: Day 0 of Excel's calendar, for days after 1900-02-28.
_EXCEL_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001
#: What part of the day a clock of twelve hours is in: the hours that mean what they say, those twelve later, and those
#: that are midnight: of the day that begins (-12) or of the one that ends (+12).
_MORNING = {**dict.fromkeys(range(24), 0), 12: -12}
_AFTERNOON = {**dict.fromkeys(range(24), 0), **dict.fromkeys(range(1, 12), 12)}
_EVENING = {**dict.fromkeys(range(13, 24), 0), **dict.fromkeys(range(5, 13), 12)}
_NOON = {**dict.fromkeys(range(10, 16), 0), **dict.fromkeys(range(1, 4), 12)}
_HALVES = {
    **dict.fromkeys(("上午", "凌晨", "早上", "早晨", "清晨", "午前", "오전", "am"), _MORNING),
    **dict.fromkeys(("下午", "午後", "오후", "pm"), _AFTERNOON),
    **dict.fromkeys(("傍晚", "晚上", "晚间", "晚間", "晚"), _EVENING),
    "中午": _NOON,
}
_CALENDAR = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})日?"
    r"(?:\s*\(?(?:星期|周|週|礼拜|禮拜)[一二三四五六日天]\)?)?"
    rf"(?:(?:\s*T\s*|\s*)(?P<half>{'|'.join(_HALVES)})?\s*"
    r"(?P<hour>\d{1,2})\s*(?:[:：时点]\s*(?P<minute>\d{1,2})"
    r"(?:\s*[:：分]\s*(?P<second>\d{1,2})(?:[.,](?P<fraction>\d{1,9}))?)?[分秒]?|[时点]整?)"
    rf"\s*(?P<late_half>{'|'.join(_HALVES)})?)?"
    r"(?:\s*\(?(?:星期|周|週|礼拜|禮拜)[一二三四五六日天]\)?)?"
    r"\s*(?P<zone>Z|(?:UTC|GMT)(?:[+-]\d{1,2}(?::?\d{2})?)?|[+-]\d{2}:?\d{2}|\(?北京时间\)?)?",
    re.ASCII | re.IGNORECASE,
)
_OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d{2})?", re.ASCII)
#: Full-width digits, signs and blanks, as Chinese keyboards write them.
_HALF_WIDTH = {code + 0xFEE0: code for code in range(0x21, 0x7F)} | {0x3000: " "}
#: What guards a cell against Excel: a leading ' or a ="…" around it.
_GUARDED = re.compile(r"=\"(.*)\"|'(.*)")
_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)
_DAY_LENGTH = 86_400_000_000
_MAX_REMEMBERED = 100_000
_COMPACT = re.compile(r"((?:19|20|21)\d{2})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?", re.ASCII)
#: The year that Taiwan counts, 115/11/03: no day and no month has three digits.
_OF_REPUBLIC = re.compile(r"(1\d{2})(?=([-/.])\d{1,2}\2\d{1,2}(?!\S))", re.ASCII)
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})[ T](\d{1,2}):?(\d{2})(?::?(\d{2}))?", re.ASCII)
_NUMBER = re.compile(r"\d{1,16}(?:\.\d{1,15})?", re.ASCII)
#: Months by their English names, which no country reads otherwise: interfaces and mail headers write these.
_WORDED = re.compile(r"[A-Za-z]{3,9}[ ,]|\d{1,2} [A-Za-z]{3}", re.ASCII)
_WORDED_FORMS = (
    "%a %b %d %H:%M:%S %z %Y", "%a %b %d %H:%M:%S %Y", "%a, %d %b %Y %H:%M:%S %z",
    "%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y",
    *(f"{day}{clock}" for day in ("%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y")
      for clock in (" %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", ", %I:%M %p", ", %I:%M:%S %p")),
)  # fmt: skip
#: An abbreviation of a time zone, as Java writes it: Thu Oct 01 09:05:00 CST 2026.
_ZONE_WORD = re.compile(r" (?!GMT|UTC)([A-Z]{3,5})(?= \d{4}$|$)")
#: A zone by its place; Java writes 2026-11-03T15:05:06+08:00[Asia/Shanghai].
_PLACE = re.compile(r"(.*\d)\s?\[?([A-Z][A-Za-z]{2,9}/[A-Z][A-Za-z_]{2,30})\]?", re.ASCII)
#: The same behind an offset, where it says nothing more: Go writes +0800 CST.
_BESIDE_OFFSET = re.compile(r"(?<=[+-]\d{4}) [A-Z]{3,5}$", re.ASCII)
#: What systems write where there is no moment: the zeros of MySQL, .NET, Excel, SQL Server and Unix.
_ZERO = re.compile(
    r"0|(?:0000[-/]0?0[-/]0?0|0001[-/]0?1[-/]0?1|1899[-/]12[-/]3[01]|1900[-/]0?1[-/]0?[01]|1970[-/]0?1[-/]0?1)"
    r"(?:[ T]0?[08]:00(?::00(?:\.0{1,9})?)?Z?)?"
)
#: Excel's serial numbers of 1990-01-01 and 2100-01-01.
_SERIALS = (32_874, 73_051)


class MomentParser:
    """Reads moments; those without a zone of their own are in the project's.

    Files hold few days and few times of day beside many moments, so these are remembered apart.
    """

    def __init__(self, timezone: str) -> None:
        self._zone = ZoneInfo(timezone)
        self._days: dict[str, int | None] = {}
        self._clocks: dict[str, int | None] = {"": 0}

    def parse(self, text: str) -> int | None:
        """Return the moment in microseconds since 1970 in UTC; None if the text is no date of 1990-2100.

        Read are ISO 8601, 2024/12/14 0:05:16, 2026年9月22日 星期二 10:13, 二〇二六年九月二十二日, 20260922,
        20260922101300, 20260922 10:13, seconds, milli- and microseconds since 1970, Excel's serial numbers, Fri Dec 02
        21:57:25 +0800 2022 and 2 Dec 2022; a date alone is its first moment. The abbreviation of a zone is read where
        it is the project's own at that moment. 3/4/2026 is not read (day or month first?), nor 2026-09-22 10:00-11:00,
        which is a span and no zone.
        """
        day, _, clock = text.partition(" ")
        start = self._days[day] if day in self._days else self._remember_day(day)
        if start is not None:
            past = self._clocks[clock] if clock in self._clocks else self._remember_clock(clock)
            if past is not None:
                return start + past
        text = _BESIDE_OFFSET.sub("", text)
        try:
            moment = self._read_in_zone(text)
        except (ValueError, OverflowError, ZoneInfoNotFoundError):
            return None
        if moment is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self._zone)
        return (moment - _EPOCH) // timedelta(microseconds=1)

    def start_of(self, day: date) -> int:
        """Return the first moment of the day."""
        return (datetime.combine(day, time.min, self._zone) - _EPOCH) // timedelta(microseconds=1)

    def _remember_day(self, text: str) -> int | None:
        """Return the start of a day on which the zone's clocks are not changed; None for anything else."""
        match = _DAY.fullmatch(text)
        # Other forms are not remembered: moments in them, as in seconds since 1970, are too many.
        if match is None:
            return None
        try:
            start = self._start_if_even(date(*(int(part) for part in match.groups())))
        except (ValueError, OverflowError):
            start = None
        return _remember(self._days, text, start)

    def _start_if_even(self, day: date) -> int | None:
        start = self.start_of(day)
        if FIRST_YEAR <= day.year <= LAST_YEAR and self.start_of(day + timedelta(days=1)) - start == _DAY_LENGTH:
            return start
        return None

    def _remember_clock(self, text: str) -> int | None:
        match = _CLOCK.fullmatch(text)
        hour, minute, second = (int(part) for part in match.groups("0")) if match else (24, 0, 0)
        past = (hour * 3600 + minute * 60 + second) * 1_000_000 if hour < 24 and minute < 60 and second < 60 else None
        return _remember(self._clocks, text, past)

    def _read_in_zone(self, text: str) -> datetime | None:
        """Return the moment of a text that may name a zone behind it, by its place (Asia/Shanghai) or abbreviated."""
        if match := _PLACE.fullmatch(text):
            moment = self._read(match[1])
            return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=ZoneInfo(match[2]))
        return self._read_in_own_zone(text) if _ZONE_WORD.search(text) else self._read(text)

    def _read_in_own_zone(self, text: str) -> datetime | None:
        """Return the moment of a text with the abbreviation of a zone, where the project's zone has that name then."""
        moment = self._read(_ZONE_WORD.sub("", text))
        if moment is None or moment.tzinfo is not None:
            return None
        own = moment.replace(tzinfo=self._zone)
        word = _ZONE_WORD.search(text)
        return own if word and own.tzname() == word[1] else None

    def _read(self, text: str) -> datetime | None:
        if not text.isascii():
            text = write_in_digits(text.translate(_HALF_WIDTH))
        if match := _GUARDED.fullmatch(text):
            text = match[match.lastindex or 0]
        match = _CALENDAR.fullmatch(text)
        if match is None:
            # None of the rarer forms begins with the four digits of a year.
            text = rewrite(text)
            if year := _OF_REPUBLIC.match(text):
                text = f"{int(year[1]) + REPUBLIC_BEGINS}{text[year.end() :]}"
            match = _CALENDAR.fullmatch(text)
        if match is not None:
            return None if _is_span(match) else _from_calendar(match)
        if match := _COMPACT.fullmatch(text) or _COMPACT_DAY.fullmatch(text):
            return datetime(*(int(part) for part in match.groups("0")))  # type: ignore[arg-type]  # noqa: DTZ001
        if _NUMBER.fullmatch(text):
            return _from_number(text)
        return _from_words(text) if _WORDED.match(text) else None


def _remember(known: dict[str, int | None], text: str, value: int | None) -> int | None:
    if len(known) >= _MAX_REMEMBERED:
        known.clear()
    known[text] = value
    return value


def is_zero(text: str) -> bool:
    """Whether this is what systems write where there is no moment: 0000-00-00, 1970-01-01 08:00:00."""
    return _ZERO.fullmatch(text) is not None


def _is_span(match: re.Match[str]) -> bool:
    """Whether what looks like a zone behind hours and minutes is the end of a span: 2026-09-22 10:00-11:00."""
    zone = match["zone"] or ""
    return zone.startswith("-") and ":" in zone and match["second"] is None and "T" not in match[0]


def _from_calendar(match: re.Match[str]) -> datetime:
    half = match["half"] or match["late_half"]
    hour, minute, second = int(match["hour"] or 0), int(match["minute"] or 0), int(match["second"] or 0)
    if half:
        hour += _HALVES[half.lower()].get(hour, 24)
    # 24:00 is how some systems write the midnight that ends a day.
    is_end = hour == 24 and not minute and not second
    moment = datetime(
        int(match["year"]),
        int(match["month"]),
        int(match["day"]),
        0 if is_end else hour,
        minute,
        second,
        int((match["fraction"] or "0")[:6].ljust(6, "0")),
        _zone_of(match["zone"]),
    )
    return moment + timedelta(days=1) if is_end else moment


def _from_words(text: str) -> datetime | None:
    text = re.sub(r" (?:GMT|UTC)$", " +0000", text)
    for form in _WORDED_FORMS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 (the project's zone is added where there is none)
        except ValueError:
            continue
    return None


@lru_cache(maxsize=256)
def _zone_of(text: str | None) -> timezone | None:
    if text is None:
        return None
    if "北京" in text:
        return timezone(timedelta(hours=8))
    match = _OFFSET.search(text)
    if match is None:
        return UTC
    offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return timezone(-offset if match[1] == "-" else offset)


def _from_number(text: str) -> datetime | None:
    number = float(text)
    if _SERIALS[0] <= number < _SERIALS[1]:
        return _EXCEL_EPOCH + timedelta(seconds=round(number * 86_400))
    if number >= 1e14:
        return _EPOCH + timedelta(microseconds=number)
    if number >= 1e11:
        return _EPOCH + timedelta(milliseconds=number)
    return _EPOCH + timedelta(seconds=number)

"""Which periods a project has data in, and the moments each is made of."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from feedback_engine.domain import Period
from feedback_engine.errors import NoData
from feedback_engine.store.loading import EVERYTHING, Bounds, FeedbackReader

logger = logging.getLogger(__name__)

_DAY = timedelta(days=1)
#: Months looked back for the first one with data: more than any project has.
_MOST_MONTHS = 1200
#: Stretches of months that are told where a period has no data: the latest ones.
_TOLD_STRETCHES = 12


class Calendar:
    """Knows the periods of a project by the days of its time zone, as they stand at the end of `as_of`.

    Without `as_of` all data count, but the latest month is not one after `today`: a mistyped year made it 2062.
    """

    def __init__(self, reader: FeedbackReader, timezone: str, as_of: date | None, today: date) -> None:
        self._reader = reader
        self._timezone = timezone
        self._zone = ZoneInfo(timezone)
        self._as_of = as_of
        self._end = self._end_of(as_of) if as_of else None
        self._today = today

    def find_period(self, words: str | None) -> Period | None:
        """Return the period that the words mean: `latest` is the newest month with data, `all` and None are all data.

        Raises NoData where one that was asked for has none, and names those that have; None asks for whatever there is.
        """
        if words is None:
            return None
        period = self._latest_month() if words == "latest" else None if words == "all" else Period.parse(str(words))
        if not self._reader.has_feedback(self.bounds(period)):
            raise NoData(self._tell_absence(period))
        return period

    def bounds(self, period: Period | None) -> Bounds:
        """Return the moments [since, until) of the period, cut at the end of `as_of`."""
        since, until = period.bounds(self._timezone) if period else (None, None)
        return since, min(until, self._end) if until and self._end else until or self._end

    def span(self, periods: Sequence[Period | None]) -> Bounds:
        """Return the moments [since, until) from the first of the periods to the last."""
        every = [self.bounds(period) for period in periods]
        starts = [since for since, _ in every if since is not None]
        ends = [until for _, until in every if until is not None]
        is_open = len(starts) < len(every)
        return None if is_open else min(starts), max(ends) if len(ends) == len(every) else None

    def months_until(self, period: Period | None) -> list[Period]:
        """Return the months since the first data, oldest first, ending in `period` (None: the latest)."""
        days = self._find_days()
        if days is None:
            return []
        first, last = days
        month = Period.containing(min(last, period.last) if period else last, "month")
        months: list[Period] = []
        while len(months) < _MOST_MONTHS and month.last >= first:
            months.append(month)
            month = month.previous()
        return months[::-1]

    def _latest_month(self) -> Period | None:
        """Return the newest month with data; none after today, unless there is no other: then the clock is wrong."""
        days = past = self._find_days()
        if days and days[1] > self._today and (past := self._find_days(self._end_of(self._today))):
            logger.warning("有数据的日期晚于今天（%s），最近的月份不计它们，请核对这些日期", days[1])
        return Period.containing((past or days)[1], "month") if days else None

    def _end_of(self, day: date) -> datetime:
        return datetime.combine(day + _DAY, time.min, self._zone).astimezone(UTC)

    def _find_days(self, until: datetime | None = None) -> tuple[date, date] | None:
        """Return the first and the last day with data, None if nothing is dated."""
        moments = self._reader.first_and_last_moment(until or self._end)
        if moments is None:
            return None
        first, last = (moment.astimezone(self._zone).date() for moment in moments)
        return first, last

    def _tell_absence(self, period: Period | None) -> str:
        if not self._reader.has_feedback(EVERYTHING):
            return "还没有数据；请先导入：feedback-engine import"
        until = f"截至 {self._as_of}，" if self._as_of else ""
        asked = f"期间 {period.label} " if period else ""
        if until and (later := self._reader.first_and_last_moment()) and self._find_days() is None:
            return f"{until}{asked}没有数据；最早的数据在 {later[0].astimezone(self._zone).date()}"
        if not (stretches := self._list_stretches()):
            return f"{until}{asked}没有数据：库里的数据都没有日期；请看全部数据（期间 all，不限截止日）"
        more = "… " if len(stretches) > _TOLD_STRETCHES else ""
        return f"{until}{asked}没有数据；有数据的月份：{more}{'、'.join(stretches[-_TOLD_STRETCHES:])}"

    def _list_stretches(self) -> list[str]:
        """Return the months with data, those in a row as one."""
        months = [(month, self._reader.has_feedback(self.bounds(month))) for month in self.months_until(None)]
        runs = [[month for month, _ in run] for has_data, run in groupby(months, lambda pair: pair[1]) if has_data]
        return [run[0].label if len(run) == 1 else f"{run[0].label} 至 {run[-1].label}" for run in runs]

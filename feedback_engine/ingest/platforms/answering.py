"""When and how a respondent answered: moments in the exporter's zone, the time taken, rows that are no answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from feedback_engine.ingest.dates import MomentParser
from feedback_engine.ingest.platforms.dayforms import DayForm, decide_days
from feedback_engine.ingest.platforms.layout import Make
from feedback_engine.ingest.readers.rows import LineReject, Rows

#: The attribute that tells a whole answer from one that was broken off, and its values.
STATUS, COMPLETE, PARTIAL = "答卷状态", "完成", "未完成"
DURATION = "duration_seconds"
_PARSER = MomentParser("UTC")


@dataclass(frozen=True, slots=True)
class Clock:
    """How a file writes moments; `convert` gives them as ISO with the zone, where the file names one."""

    days: DayForm
    zone: ZoneInfo | None = None

    @classmethod
    def decide(cls, cells: Iterable[str], zone: str = "") -> Clock:
        """Return the clock of a file by the cells of all its date columns; an unknown zone counts as none."""
        return cls(decide_days(cells), find_zone(zone))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is not certain about it."""
        return self.days.warnings

    def convert(self, text: str) -> str:
        """Return the moment as 2026-10-31 08:30:00+02:00; what is none comes as it is."""
        plain = self.days.convert(text)
        if self.zone is None or not plain:
            return plain
        try:
            moment = datetime.fromisoformat(plain)
        except ValueError:
            return plain
        return moment.isoformat(" ") if moment.tzinfo else moment.replace(tzinfo=self.zone).isoformat(" ")


def find_zone(name: str) -> ZoneInfo | None:
    """Return the time zone of that name, Z being UTC; None if there is none."""
    try:
        return ZoneInfo("UTC" if name in ("Z", "UTC", "GMT") else name) if name else None
    except (KeyError, ValueError, OSError):
        return None


def take_duration(start: int, end: int, clock: Clock) -> Make:
    """Return what gives the seconds between two moments; nothing where either is missing."""

    def make(row: Sequence[str]) -> str:
        moments = [_PARSER.parse(text) if (text := clock.convert(row[at])) else None for at in (start, end)]
        if moments[0] is None or moments[1] is None or moments[1] < moments[0]:
            return ""
        return str((moments[1] - moments[0]) // 1_000_000)

    return make


def drop_rows(rows: Rows, judge: Callable[[Sequence[str]], str]) -> Rows:
    """Return the rows without those that `judge` gives a reason for; each becomes a reject that is no error."""

    def keep() -> Iterator[tuple[int, list[str]]]:
        for number, cells in rows:
            if reason := judge(cells):
                rows.rejects.append(LineReject(number, "", " | ".join(filter(None, cells)), reason, True))
            else:
                yield number, cells

    return replace(rows, records=keep())

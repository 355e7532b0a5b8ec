"""Dates that mean one thing in one country and another in the next: settled for a whole file, then written as ISO."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.format_tables import read_format_table
from feedback_engine.resources import once_per_lexicons

_CLOCK = (
    r"(?:[\s,T]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
    r"\s*(?P<half>[ap]\.?\s?m\.?|上午|下午|午前|午後|오전|오후)?)?"
)
_SLASHED = re.compile(
    r"(?P<first>\d{1,2})(?P<mark>[/.\-])(?P<second_part>\d{1,2})(?P=mark)(?P<year>\d{4}|\d{2})" + _CLOCK, re.I
)
_NAMED = re.compile(
    r"(?P<day>\d{1,2})[/\-. ]+(?P<month>[^\W\d_]{1,12}|\d{1,2}月)\.?[/\-., ]+(?P<year>\d{4}|\d{2})" + _CLOCK, re.I
)
_AMERICAN = re.compile(r"(?P<month>[^\W\d_]{3,12})\.? (?P<day>\d{1,2}),? (?P<year>\d{4})" + _CLOCK, re.I)
_CTIME = re.compile(
    r"[A-Z][a-z]{2} (?P<month>[A-Z][a-z]{2}) +(?P<day>\d{1,2}) (?P<clock>\d{2}:\d{2}:\d{2}) "
    r"(?:(?P<zone>[+-]\d{4}) )?(?P<year>\d{4})"
)

_YEAR_FIRST = re.compile(
    r"(?P<year>\d{2})(?P<mark>[/.\-])(?P<second_part>\d{1,2})(?P=mark)(?P<day>\d{1,2})" + _CLOCK, re.I
)

SHORT_YEARS = "日期写成 {example} 这样，分不清年在前还是日在前；已按{order}读，若不对请改成 2026-10-31 的写法"
UNDECIDED = (
    "日期写成 {example} 这样，全文件没有一个大于 12 的日，分不清日在前还是月在前；"
    "已按月/日/年读，若不对请改成 2026-10-31 的写法"
)


@dataclass(frozen=True, slots=True)
class DayForm:
    """How a file writes its dates; `convert` gives them as ISO, and what it does not know as it is."""

    is_day_first: bool
    warnings: tuple[str, ...] = ()
    #: 26/10/31, as Chinese spreadsheets shorten it.
    is_year_first: bool = False

    def convert(self, text: str) -> str:
        """Return the moment as 2026-10-31 08:30:00, with its zone if it has one."""
        plain = " ".join(unicodedata.normalize("NFKC", clean(text)).split())
        if self.is_year_first and (match := _YEAR_FIRST.fullmatch(plain)):
            return _write(match, match["second_part"], match["day"]) or plain
        if match := _SLASHED.fullmatch(plain):
            first, second = match["first"], match["second_part"]
            day, month = (first, second) if self.is_day_first else (second, first)
            return _write(match, month, day) or plain
        if match := _CTIME.fullmatch(plain):
            month = _months().get(match["month"].casefold(), "")
            return (
                f"{match['year']}-{month}-{match['day']:0>2} {match['clock']}{match['zone'] or ''}" if month else plain
            )
        for form in (_NAMED, _AMERICAN):
            if (match := form.fullmatch(plain)) and (month := _months().get(match["month"].casefold(), "")):
                return _write(match, month, match["day"]) or plain
        return plain


def decide_days(cells: Iterable[str], *, is_day_first: bool | None = None) -> DayForm:
    """Return the form of the file's dates, from the cells of all its date columns together.

    `is_day_first` is how the platform is known to write. Without it, a first number above 12 is a day, a second one
    says that the month comes first; where neither occurs, the month is taken to come first, with a warning.
    """
    if is_day_first is not None:
        return DayForm(is_day_first)
    plain = [" ".join(clean(cell).split()) for cell in cells]
    if (short := _decide_short_years(plain)) is not None:
        return short
    matches = [match for cell in plain if (match := _SLASHED.fullmatch(cell))]
    starts = sum(int(match["first"]) > 12 for match in matches)
    seconds = sum(int(match["second_part"]) > 12 for match in matches)
    if not matches or seconds > starts:
        return DayForm(False)
    if starts:
        return DayForm(True)
    return DayForm(False, (UNDECIDED.format(example=repr(matches[0][0])),))


def _decide_short_years(cells: list[str]) -> DayForm | None:
    """Return the form of dates such as 26/10/31 and 25/3/9, whose first numbers are all above 12: years or days?

    In one file there are few years and many days. None where other dates stand among them.
    """
    matches = [_YEAR_FIRST.fullmatch(cell) for cell in cells if cell]
    found = [match for match in matches if match is not None and int(match["year"]) > 12]
    if not found or len(found) < len(matches):
        return None
    firsts, lasts = ({match[name] for match in found} for name in ("year", "day"))
    is_year_first = len(firsts) < len(lasts) or any(len(last) == 1 for last in lasts)
    if len(firsts) != len(lasts):
        return DayForm(not is_year_first, (), is_year_first)
    order = "年/月/日" if is_year_first else "日/月/年"
    return DayForm(not is_year_first, (SHORT_YEARS.format(example=repr(found[0][0]), order=order),), is_year_first)


def looks_dated(cells: Iterable[str]) -> bool:
    """Whether most of these cells are dates in a form that this module or ISO knows."""
    shown = [" ".join(unicodedata.normalize("NFKC", clean(cell)).split()) for cell in cells]
    forms: tuple[Callable[[str], object], ...] = (_SLASHED.fullmatch, _NAMED.fullmatch, _CTIME.fullmatch, _ISO.match)
    return bool(shown) and sum(any(form(cell) for form in forms) for cell in shown) * 2 > len(shown)


_ISO = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}")


def _write(match: re.Match[str], month: str, day: str) -> str:
    year = match["year"] if len(match["year"]) == 4 else f"20{match['year']}"
    date = f"{year}-{int(month):02}-{int(day):02}"
    if match["hour"] is None:
        return date
    half = (match["half"] or "").casefold().replace(".", "").replace(" ", "")
    hour = int(match["hour"])
    if half in ("pm", "下午", "午後", "오후") and hour < 12:
        hour += 12
    elif half in ("am", "上午", "午前", "오전") and hour == 12:
        hour = 0
    return f"{date} {hour:02}:{match['minute']}:{match['second'] or '00'}"


@once_per_lexicons
def _months() -> dict[str, str]:
    return {name.casefold(): f"{int(row[0]):02}" for row in read_format_table("months") for name in row[1:]}

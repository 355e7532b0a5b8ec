"""Moments as one tool alone writes them, in a form that all read: Oracle, JavaScript, .NET, Java."""

from __future__ import annotations

import re
from collections.abc import Callable

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
#: 03-NOV-26 03.05.06.000000 PM, and 03-11月-26 03.05.06 下午 where Oracle speaks Chinese.
_ORACLE = re.compile(
    r"(\d{1,2})-\s?(?:([A-Za-z]{3})|(\d{1,2})月)\s?-\s?(\d{4}|\d{2})"
    r"(?:\s+(\d{1,2})[.:](\d{2})[.:](\d{2})(?:[.,]\d{1,9})?(?:\s*(AM|PM|上午|下午))?(?:\s*([+-]\d{2}:\d{2}))?)?",
    re.IGNORECASE,
)
#: Tue Nov 03 2026 15:05:06 GMT+0800 (中国标准时间).
_JAVASCRIPT = re.compile(
    r"([A-Z][a-z]{2}) ([A-Z][a-z]{2}) (\d{2}) (\d{4}) (\d{2}:\d{2}:\d{2}) GMT([+-]\d{4})(?: \([^()]*\))?"
)
_DOT_NET = re.compile(r"\\?/Date\((\d{12,13})(?:[+-]\d{4})?\)\\?/")
#: Nov 3, 2026 at 3:05 PM.
_SPOKEN = re.compile(r"([A-Z][a-z]{2,8} \d{1,2}, \d{4}),? at (\d{1,2}:\d{2}.*)")
#: Two digits of a year from here on are of the century before, as Oracle has it.
_LAST_CENTURY = 50


def rewrite(text: str) -> str:
    """Return the moment as other tools write it; what is of none of these tools as it is."""
    for form, write in _FORMS:
        if found := form.fullmatch(text):
            return write(found)
    return text


def _write_oracle(found: re.Match[str]) -> str:
    day, word, number, year, hour, minute, second, half, zone = found.groups(default="")
    month = _MONTHS.index(word.lower()) + 1 if word.lower() in _MONTHS else int(number or 0)
    century = "" if len(year) == 4 else "19" if int(year) >= _LAST_CENTURY else "20"
    clock = f" {half}{hour}:{minute}:{second}{zone}" if hour else ""
    return f"{century}{year}-{month}-{day}{clock}"


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (_ORACLE, _write_oracle),
    (_JAVASCRIPT, lambda found: "{0}, {2} {1} {3} {4} {5}".format(*found.groups())),
    (_DOT_NET, lambda found: found[1]),
    (_SPOKEN, lambda found: f"{found[1]} {found[2]}"),
)

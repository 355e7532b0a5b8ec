"""Chinese dates and times of day in digits: 二〇二六年十一月三日下午三点半 is 2026年11月3日下午3点30分."""

from __future__ import annotations

import re

_DIGITS = {
    **{character: str(digit) for digit, character in enumerate("〇一二三四五六七八九")},
    **{character: str(digit) for digit, character in enumerate("零壹贰叁肆伍陆柒捌玖")},
    **dict.fromkeys("○Ｏ", "0"), "两": "2", "貳": "2", "參": "3", "陸": "6",
}  # fmt: skip
_TENS = {"十": "1", "拾": "1", "廿": "2", "卅": "3"}
_EACH = "".join(_DIGITS)
_UNIT = f"[{_EACH}]"
#: A number above nine, or a row of digits; not behind what makes it a day of the week.
_NUMBER = re.compile(
    rf"(?<![期周週拜])(?:(?P<tens>{_UNIT})?(?P<ten>[{''.join(_TENS)}])(?P<unit>{_UNIT})?|(?P<digits>{_UNIT}+))"
)
#: Years of the Republic, which Taiwan counts in, begin in 1912.
_REPUBLIC = re.compile(r"(?:中華|中华)?民[國国]\s*(\d{2,3})\s*年")
REPUBLIC_BEGINS = 1911
#: What is said in another way than as the digits of a clock or a calendar.
_SAID = (
    (re.compile("^公元"), ""),
    (re.compile(r"(?<=年)\s*元月"), "1月"),
    (re.compile(r"(?<=\d)[号號]"), "日"),
    (re.compile(r"(?<=[点點时時])半"), "30分"),
    (re.compile(r"(?<=[点點时時])1刻"), "15分"),
    (re.compile(r"(?<=[点點时時])3刻"), "45分"),
    (re.compile("點"), "点"),
    (re.compile("時"), "时"),
)


def write_in_digits(text: str) -> str:
    """Return the date with its numbers in digits and the years of the common era; anything else as it is."""
    if "年" not in text and "月" not in text:
        return text
    text = _NUMBER.sub(_to_digits, text)
    for said, written in _SAID:
        text = said.sub(written, text)
    return _REPUBLIC.sub(lambda found: f"{int(found[1]) + REPUBLIC_BEGINS}年", text)


def _to_digits(found: re.Match[str]) -> str:
    if found["digits"]:
        return "".join(map(_DIGITS.__getitem__, found["digits"]))
    tens = _DIGITS[found["tens"]] if found["tens"] else _TENS[found["ten"]]
    return tens + _DIGITS.get(found["unit"] or "〇", "")

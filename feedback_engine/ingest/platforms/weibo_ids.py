"""The two ids of a weibo: the number, which Excel rounds, and the bid of its address, which holds the same number."""

from __future__ import annotations

import re
import string

_DIGITS = string.digits + string.ascii_lowercase + string.ascii_uppercase
_BID = re.compile(r"[0-9A-Za-z]{8,9}")


def read_bid(bid: str) -> str:
    """Return the number of a bid; empty if it is none.

    Four characters in base 62 stand for seven digits, from the right: z0JH2lOMb is 3501756485200075.
    """
    if not _BID.fullmatch(bid):
        return ""
    groups = [bid[max(end - 4, 0) : end] for end in range(len(bid), 0, -4)]
    parts = [_read_base62(group) for group in groups]
    return str(int("".join(f"{part:07}" for part in reversed(parts))))


def _read_base62(text: str) -> int:
    number = 0
    for character in text:
        number = number * 62 + _DIGITS.index(character)
    return number

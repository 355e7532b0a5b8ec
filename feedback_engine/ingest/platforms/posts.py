"""What social posts and reviews bring along: markup, zero-width marks, texts cut short, counts such as 1.1万."""

from __future__ import annotations

import html
import re
from decimal import Decimal

from feedback_engine.ingest.cells import clean, fold
from feedback_engine.ingest.format_tables import read_format_table
from feedback_engine.resources import once_per_lexicons

_BREAK = re.compile(r"<(?:br|/p|/div|/li)\b[^<>]*>", re.IGNORECASE)
_IMAGE = re.compile(r"<img\b[^<>]*?\balt=[\"']([^\"'<>]*)[\"'][^<>]*>", re.IGNORECASE)
_HIDDEN = re.compile(r"<(script|style)\b.*?</\1>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--.*?-->", re.DOTALL)
#: All but U+200D, which joins the parts of one emoji.
_ZERO_WIDTH = re.compile("[\u200b\u200c\u200e\u200f\u2060\ufeff\u00ad]")
_CUT = re.compile(r"\s*(?:\.{2,}|…+|。{3,})\s*(?:展开)?(?:全文|展开)\s*[cC]?\s*$")
_RELATIVE = re.compile(
    r"(?:编辑于|发布于)?\s*(?:刚刚|\d+\s*(?:秒|分钟|小时|天|周|个月|年)前|(?:今天|昨天|前天)[\s\d:]*"
    r"|\d{1,2}月\d{1,2}日[\s\d:]*|\d{1,2}-\d{1,2}(?:\s+\d{1,2}:\d{2})?"
    r"|(?:an?|\d+) (?:second|minute|hour|day|week|month|year)s? ago|yesterday|just now)(?:\s*[\u4e00-\u9fff]{2,4})?",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"(?:约|近|超|超过)?(\d+(?:\.\d+)?) ?(万|萬|亿|億|千|百|[wkm])?(?:\+|多|余|以上)?(?:次|条|人|个)?", re.IGNORECASE
)
_UNITS = {"百": 100, "千": 1000, "k": 1000, "万": 10_000, "萬": 10_000, "w": 10_000, "m": 1_000_000,
          "亿": 100_000_000, "億": 100_000_000, "": 1}  # fmt: skip


def clean_post(text: str) -> str:
    """Return the text without tags, entities and zero-width marks; line breaks and the alt text of emoji stay."""
    if "<" in text:
        text = _IMAGE.sub(r"\1", _BREAK.sub("\n", _HIDDEN.sub("", text)))
        text = _TAG.sub("", text)
    if "&" in text:
        text = html.unescape(text)
    return clean(_ZERO_WIDTH.sub("", text))


def is_relative(moment: str) -> bool:
    """Whether a moment is told from when the page was seen, or without its year: 3天前, 今天 12:30, 10月1日."""
    return _RELATIVE.fullmatch(clean(moment)) is not None


def is_truncated(text: str) -> bool:
    """Whether the crawler got only the beginning: the text ends at …全文."""
    return _CUT.search(clean_post(text)) is not None


def clean_truncated(text: str) -> str:
    """Return the cleaned text, its …全文 shortened to …"""
    return _CUT.sub("…", clean_post(text))


def mark_truncated(text: str) -> str:
    """Return 是 for a text cut short, else nothing."""
    return "是" if is_truncated(text) else ""


def read_count(cell: str) -> str:
    """Return a count as digits; 1.1万 is 11000, 28k is 28000; what is none, such as 赞, is empty."""
    match = _COUNT.fullmatch(clean(cell).replace(",", "").replace("，", ""))
    if match is None:
        return ""
    return str(int(Decimal(match[1]) * _UNITS[(match[2] or "").lower()]))


@once_per_lexicons
def _default_reviews() -> tuple[frozenset[str], tuple[str, ...]]:
    rows = read_format_table("default_reviews")
    whole = frozenset(fold(row[0]).rstrip("!！。.~") for row in rows if row[1:2] != ("start",))
    return whole, tuple(fold(row[0]) for row in rows if row[1:2] == ("start",))


def is_default_review(text: str) -> bool:
    """Whether the shop wrote this, not the customer: 此用户没有填写评价, 系统默认好评 and the like."""
    whole, starts = _default_reviews()
    folded = fold(text).rstrip("!！。.~")
    return folded in whole or folded.startswith(starts)

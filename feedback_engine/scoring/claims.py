"""Statements of growth in Chinese sentences, checked against the figures beside them.

「客户忠诚度从30%提升到60%，提高了300%」: the figures give +30 points and +100 %, so the claim does not hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from feedback_engine.tables.analysis import CLAIMS

if TYPE_CHECKING:
    import pandas as pd

_AMOUNT = r"\d+(?:[,，]\d{3})*(?:\.\d+)?"
_NUMBER = rf"(-?{_AMOUNT})\s*(%|％|个百分点|分|元|次|天|小时|人|件|万|亿)?"
_RISE = "提高|提升|增长|增加|上升|上涨|升高|改善|上调|增"
_FALL = "下降|降低|减少|下滑|下跌|缩短|回落|减"
_TO = r"(?:为|至|到|变为|变成|达到|达)"
#: 从 30% 提升到 60% · 由 30% 增至 60%
_FROM_TO = re.compile(rf"(?:从|由|自)[^\d%，。；]{{0,12}}?{_NUMBER}[^\d。；]{{0,12}}?{_TO}\s*(?:了)?\s*{_NUMBER}")
#: 实施前 30%，实施后 60% · 之前为30%、之后为60%
_BEFORE_AFTER = re.compile(
    rf"(?:前|原来|原先|原|去年|上期)[^\d。；]{{0,8}}?{_NUMBER}[^\d。；]{{0,16}}?(?:后|现在|现|今年|本期)[^\d。；]{{0,8}}?{_NUMBER}"
)
#: 30% → 60%
_ARROW = re.compile(rf"{_NUMBER}\s*(?:→|->|—>|➔|~>)\s*{_NUMBER}")
#: 2025年72.3分，2026年75.9分 · 2025年9月72.3%，2025年10月75.9%
_DATED_NUMBER = rf"(\d{{4}})\s*年(?:\s*(\d{{1,2}})\s*月)?[^\d。；]{{0,8}}?{_NUMBER}(?![\d.]|\s*[年月日号])"
_DATED = re.compile(rf"{_DATED_NUMBER}[^\d。；]{{0,16}}?{_DATED_NUMBER}")
_GROWTH = re.compile(rf"({_RISE}|{_FALL})(?:幅度)?(?:了|达|约|近|超过|为)*\s*({_AMOUNT})\s*(%|％|个百分点|倍|成)")
_DOUBLED = re.compile(r"翻了?([一两二三四五六]?)(番|倍)")
_SENTENCE = re.compile(r"[^。！？!?\n]+")
_PERCENT = ("%", "％")
_DIGITS = {"": 1, "一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6}


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence's figures, where it has two, and what it says of them: in percent, or in points if `is_points`."""

    sentence: str
    before: float | None
    after: float | None
    stated: float | None
    is_points: bool
    is_percentage: bool


def read_claims(text: str) -> list[Claim]:
    """Return the claims of a text: one a statement of growth, and one a sentence of two figures that states none."""
    return [claim for sentence in _SENTENCE.findall(text) for claim in _read_sentence(sentence.strip())]


def _read_sentence(sentence: str) -> Iterator[Claim]:
    figures = _find_figures(sentence)
    before, after, is_percentage, span = figures or (None, None, False, (0, 0))
    stated: list[tuple[float | None, bool]] = [*_find_growth(sentence, span)]
    for growth, is_points in stated or ([(None, False)] if figures else []):
        yield Claim(sentence, before, after, growth, is_points, is_percentage)


def _find_figures(sentence: str) -> tuple[float, float, bool, tuple[int, int]] | None:
    for form in (_FROM_TO, _ARROW, _BEFORE_AFTER):
        if match := form.search(sentence):
            before, unit, after, other = match.groups()
            is_percentage = (unit or other) in _PERCENT
            return _parse(before), _parse(after), is_percentage, match.span()
    return _find_dated(sentence)


def _find_dated(sentence: str) -> tuple[float, float, bool, tuple[int, int]] | None:
    """Return the figures of two periods that are named, the earlier first whichever the sentence names first."""
    match = _DATED.search(sentence)
    if match is None:
        return None
    year, month, value, unit, other_year, other_month, other_value, other_unit = match.groups()
    ends = [(int(year), int(month or 0), _parse(value)), (int(other_year), int(other_month or 0), _parse(other_value))]
    (*_, before), (*_, after) = sorted(ends, key=lambda end: end[:2])
    return before, after, (unit or other_unit) in _PERCENT, match.span()


def _find_growth(sentence: str, figures: tuple[int, int]) -> Iterator[tuple[float, bool]]:
    """Yield (growth, is in points) of every statement outside the figures themselves."""
    for match in _GROWTH.finditer(sentence):
        if figures[0] <= match.start(2) < figures[1]:
            continue
        word, number, unit = match.groups()
        size = _parse(number) * {"倍": 100.0, "成": 10.0}.get(unit, 1.0)
        yield (-size if re.fullmatch(_FALL, word) else size), unit == "个百分点"
    for match in _DOUBLED.finditer(sentence):
        times = _DIGITS[match.group(1)]
        yield 100.0 * (2.0**times - 1.0 if match.group(2) == "番" else times), False


def _parse(number: str) -> float:
    return float(number.replace(",", "").replace("，", ""))


def check_claims(texts: Iterable[str]) -> pd.DataFrame:
    """Return CLAIMS: what the figures of each sentence really give, and whether the stated growth holds.

    Growth in percent holds if it is the relative change, and between two percentages also if it is the difference in
    points, which the finding then says. Growth stated without two figures cannot be checked, which is told; other
    sentences without them are passed over.
    """
    claims = [claim for text in texts for claim in read_claims(text)]
    return CLAIMS.build([_row(place, claim) for place, claim in enumerate(claims)])


def _row(place: int, claim: Claim) -> tuple[object, ...]:
    from feedback_engine.stats.claims import check_claim

    if claim.before is None or claim.after is None:
        finding = "没有写出前后两个数字，无从核对；请写成「从…到…」"
        return place, claim.sentence, None, None, claim.stated, None, None, "no_figures", finding
    checked = check_claim(0.0 if claim.stated is None else claim.stated, claim.before, claim.after,
                          is_percentage=claim.is_percentage)  # fmt: skip
    relative = None if checked.relative != checked.relative else checked.relative
    what = _describe_change(checked.points, relative, claim.is_percentage)
    common = claim.sentence, claim.before, claim.after, claim.stated, checked.points, relative
    if claim.stated is None:
        return place, *common, "no_claim", what
    holds = checked.verdict in (("points", "both") if claim.is_points else ("points", "relative", "both"))
    unit = " 个百分点" if claim.is_points else "%"
    finding = f"{what}；「{claim.stated:+g}{unit}」{'成立' if holds else '不成立'}"
    if holds and not claim.is_points and checked.verdict == "points":
        finding += "，但说的是百分点，应写「个百分点」"
    if checked.verdict == "wrong_direction":
        finding += "，方向相反"
    return place, *common, "holds" if holds else "does_not_hold", finding


def _describe_change(points: float, relative: float | None, is_percentage: bool) -> str:
    unit = " 个百分点" if is_percentage else ""
    part = "（之前为 0，没有相对变化）" if relative is None else f"，{relative:+.4g}%"
    return f"实际 {points:+.4g}{unit}{part}"

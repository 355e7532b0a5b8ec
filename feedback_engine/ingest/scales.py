"""Which scale a closed question is answered on, and why.

Asked in this order: the declared type or range, the values' labels, the answer words, what the head says of numbers,
and last the set of values alone, which never is certain.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from feedback_engine.config.model import ScaleConfig
from feedback_engine.ingest.cells import DEFAULT_MISSING, fold
from feedback_engine.ingest.scale_words import Ladder, ScaleWords, load_scale_words
from feedback_engine.ingest.survey import MISSING, QuestionType

_NUMBER = re.compile(r"(-?\d{1,6}(?:\.\d{1,6})?)(?:分|星|颗星|级|stars?|points?)?", re.ASCII)
_UNIT = re.compile(r"-?\d{1,6}(?:\.\d{1,6})?(?:分|星|颗星|stars?|points?)", re.ASCII)
#: Possessive: the dash of 18-29 is no mark before a word.
_LED = re.compile(r"\(?(-?\d{1,3})\)?(?:分|星)?[.、:=)\-—–,(]*+(\D.*?)\)?", re.ASCII)
#: 0-10分, 1到5, 从1至7; of folded text. A measure word behind makes it something else: 25-29岁, 1-3次.
_RANGE = re.compile(
    r"(?<![\d.])([01])(?:分|星|级)?(?:\([^)]{1,20}\))?(?:-|–|—|~|到|至|to|through)(100|10|[3-9])(?![\d.])(分|星|级)?"
    r"(?![-–—~\d]|次|年|岁|元|万|千|人|天|个|月|小时|周|题|项|km|公里|years?|times?|hours?)"
)
#: 1分表示非常不重要, 5=非常满意, 0分为最低, 1分最好; of folded text.
_ANCHOR = re.compile(
    r"(?<![\d.])(\d{1,3})(?:分|星)?(?:表示|代表|为|是|=|:|\(|means|being|is|(?=最|非常|很|完全|极|十分))"
    r"[“\"'‘]?([^\d,，;；。.)、“”\"']{1,24})"
)
_FULL_MARKS = re.compile(r"(?:满分(?:为|是)?)(100|10|5|7)分?|(?<!\d)(100|10|5|7)分(?:制|量表)")
_FULL = 100
#: Ranges that people use, the narrowest first.
_USUAL = ((1, 5), (1, 7), (1, 10), (0, 10), (0, 100))
#: Sets of plain integers that by themselves look like a scale.
_TELLING = tuple(frozenset(range(low, high + 1)) for low, high in ((1, 5), (1, 7), (1, 10), (0, 10)))
#: Characters that a word has at most which is no phrase.
_PHRASE, _LATIN_PHRASE = 3, 8
#: Numbers beyond a scale of ten points that stand for 不适用, 拒答, 不知道.
_NO_ANSWER_CODES = frozenset((77, 88, 96, 97, 98, 99, 777, 888, 997, 998, 999, 9999))
#: Points that must be left without them: three answers of a slider say little.
_MIN_POINTS = 4
_YES_OR_NO = re.compile("吗|么|嗎|麼|是否|有没有|^(?:are|is|do|does|did|were|was) ", re.IGNORECASE)
_STEPS = "零一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class ScaleFinding:
    """A recognised scale; one that is not certain should be declared, and `evidence` says so."""

    scale: ScaleConfig
    #: SCALE or NPS.
    type: QuestionType
    #: Why, in Chinese.
    evidence: str
    is_certain: bool
    #: Whether every step of a ladder of words was chosen by somebody; False for numbers.
    is_full: bool = False


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is known of a question before its values are looked at."""

    stem: str
    declared: str
    words: ScaleWords

    @property
    def is_rating(self) -> bool:
        return self.words.has_cue("rating", self.stem)

    @property
    def is_count(self) -> bool:
        return self.words.has_cue("count", self.stem)

    @property
    def recommends(self) -> bool:
        return self.is_nps or self.words.has_cue("recommend", self.stem)

    @property
    def is_choice(self) -> bool:
        return self.words.has_cue("choice", self.declared) and not self.is_scale

    @property
    def is_scale(self) -> bool:
        return self.words.has_cue("scale", self.declared) or self.is_nps

    @property
    def is_nps(self) -> bool:
        return self.words.has_cue("nps", self.declared)

    def type_for(self, low: float, high: float) -> QuestionType:
        """Return NPS for 0-10 with recommend wording, else SCALE."""
        return QuestionType.NPS if (low, high) == (0, 10) and self.recommends else QuestionType.SCALE


def recognise_scale(
    stem: str, values: Collection[str], *, declared: str = "", value_labels: Mapping[str, str] | None = None
) -> ScaleFinding | None:
    """Return the scale of a closed question, None if its answers are no ratings.

    `values` are the distinct cells (for a matrix, of all its rows; literals for "no answer" may be among them),
    `declared` is what the platform says of the type or range, `value_labels` maps codes to what they mean. A question
    that tells which option to choose rates nothing.
    """
    asked = _Asked(stem, declared, load_scale_words())
    if asked.words.has_cue("attention", stem):
        return None
    # In an order of their own: the values come as a set, and what is made of them is compared from night to night.
    shown = {value.strip(): "" for value in sorted(values) if value.strip()}
    if value_labels:
        named = {code: label for code, label in value_labels.items() if not _is_missing(label)}
        return _from_labels(named, [value for value in shown if value not in value_labels or value in named], asked)
    return _from_words(shown, asked) or _from_numbers(shown, asked)


def find_range(stem: str, declared: str = "") -> tuple[float, float] | None:
    """Return the range that the declared type or the head writes out, such as 0-10; NPS is one of 0-10."""
    if load_scale_words().has_cue("nps", declared):
        return 0, 10
    return _limits(fold(declared)) or _limits(fold(stem))


def _is_missing(value: str) -> bool:
    return value in MISSING or value in DEFAULT_MISSING


def _from_labels(labels: Mapping[str, str], values: Iterable[str], asked: _Asked) -> ScaleFinding | None:
    """Return the scale of coded values: by the labels' words, else by numbers of which the ends are named."""
    coded = [value for value in values if value not in labels and not _is_missing(value)]
    if not coded and (found := _from_words(dict.fromkeys(labels.values(), ""), asked, is_complete=True)):
        ratings = found.scale.label_ratings
        both = {**{code: ratings[label] for code, label in labels.items() if label in ratings}, **ratings}
        evidence = f"取值标签：{found.evidence}"
        return ScaleFinding(_labelled(found.scale.min, found.scale.max, both), found.type, evidence, found.is_certain)
    numbers = {number: label for code, label in labels.items() if (number := _number(code)) is not None}
    plain = [number for value in coded if (number := _number(value)) is not None]
    if len(plain) < len(coded) or not numbers:
        return None
    if coded or all(_number(label) is not None for label in numbers.values()):
        low, high = min([*numbers, *plain]), max([*numbers, *plain])
        # 男, 女 and a 3 are no scale from 1 to 3.
        if not {low, high} <= numbers.keys():
            return None
        if low < high and (coded or asked.is_scale or all(_UNIT.fullmatch(fold(v)) for v in numbers.values())):
            anchors = {number: fold(label) for number, label in numbers.items()}
            named = {label: number for number, label in numbers.items() if _number(label) is None}
            return _numeric(low, high, asked, "取值标签标明了两端", anchors=anchors, named=named)
    return None


def _from_words(values: Mapping[str, str], asked: _Asked, *, is_complete: bool = False) -> ScaleFinding | None:
    """Return the scale by a ladder that holds every answer, each on a step of its own."""
    heard = {}
    for value in values:
        if word := asked.words.word_of(value):
            heard[value] = word
        elif not _is_missing(value):
            return None
    if heard and all(asked.words.is_yes_or_no(value) for value in heard):
        return None
    fits = _fitting(heard, asked.words)
    if not fits or not _is_telling(heard, asked):
        return None
    ladder, ratings = min(fits, key=lambda fit: len(set(fit[1].values())) < len(fit[0]))
    seen = set(ratings.values())
    rivals = [fit for fit in fits if len(fit[0]) <= max(5, len(ladder)) and _shares(*fit) != _shares(ladder, ratings)]
    is_full = len(seen) == len(ladder)
    is_certain = is_full and (is_complete or len(ladder) >= 5 or not rivals)
    is_certain = is_certain or (not rivals and {1, len(ladder)} <= seen and len(seen) > 2)
    chosen = {step: value for value, step in ratings.items()}
    low, high = chosen.get(1, ladder.steps[0][0]), chosen.get(len(ladder), ladder.steps[-1][0])
    evidence = f"答案文字属于“{ladder.family}”{_count(len(ladder))}级量表（{high}＝{len(ladder)} … {low}＝1）"
    if not is_certain:
        evidence += "；由已出现的答案推断，请在配置里声明量表" if is_full else "；有的级没有人选，请核对并声明量表"
    labels = {word: float(step) for step, ws in enumerate(ladder.steps, start=1) for word in ws}
    if any(map(asked.words.is_traditional, heard)):
        labels |= {word.translate(asked.words.traditional): step for word, step in labels.items()}
    labels |= {value: float(step) for value, step in ratings.items()}
    return ScaleFinding(_labelled(1, len(ladder), labels), QuestionType.SCALE, evidence, is_certain, is_full)


def _fitting(heard: Mapping[str, str], words: ScaleWords) -> list[tuple[Ladder, dict[str, int]]]:
    """Return the ladders that hold every word, each on its own step; literals for "no answer" may be left over.

    Numbers beside the words have to be its steps': 10(非常可能) is of a scale of numbers.
    """
    needed = {value: word for value, word in heard.items() if not _is_missing(value)}
    beside = [pair[0] for value in needed if (pair := _read(value)) is not None]
    fits = []
    for at in words.find_ladders(needed.values()) if needed else range(len(words.ladders)):
        ladder, ratings = words.ladders[at], words.ratings[at]
        held = {value: ratings[word] for value, word in heard.items() if word in ratings}
        distinct = {heard[value] for value in held}
        if any(not 1 <= number <= len(ladder) for number in beside) or len(ladder) < 3:
            continue
        if held and len(set(held.values())) == len(distinct):
            fits.append((ladder, held))
    return fits


def _is_telling(heard: Mapping[str, str], asked: _Asked) -> bool:
    """Whether the words can stand for a scale: two steps, or one under a head that asks for a rating."""
    distinct = set(heard.values())
    return len(distinct) > 1 or asked.is_scale or asked.is_rating or _is_phrase(min(distinct))


def _is_phrase(word: str) -> bool:
    """Whether an answer says by itself that it is one of a scale: 非常满意 does, 满意 and true may be anything."""
    return len(word) > (_LATIN_PHRASE if word.isascii() else _PHRASE)


def _shares(ladder: Ladder, ratings: Mapping[str, int]) -> dict[str, float]:
    return {value: (step - 1) / (len(ladder) - 1) for value, step in ratings.items()}


def _count(steps: int) -> str:
    return _STEPS[steps] if steps < len(_STEPS) else str(steps)


def _from_numbers(values: Mapping[str, str], asked: _Asked) -> ScaleFinding | None:
    """Return the scale of numbers, some of which may carry words: by the declared range, the head, the values."""
    present = [value for value in values if not _is_missing(value)]
    read = {value: _read(value) for value in present}
    numbers = {value: pair for value, pair in read.items() if pair is not None}
    if not numbers or len(numbers) < len(present):
        return None
    found = sorted({number for number, _ in numbers.values()})
    named = {value: number for value, (number, word) in numbers.items() if word or not _is_readable(value)}
    anchors = {number: word for number, word in numbers.values() if word} | _anchors(fold(asked.stem))
    if named and not all(asked.words.word_of(word) or _is_readable(word) for _, word in numbers.values() if word):
        return None
    has_units = bool(named) or all(_UNIT.fullmatch(fold(value)) for value in present)
    codes = [] if has_units else _find_codes(found)
    for numbers_left in (found, found[: -len(codes)]) if codes else (found,):
        for place, text in (("声明的类型", asked.declared), ("题干", asked.stem)):
            if (limits := _limits(fold(text))) and limits[0] <= numbers_left[0] and numbers_left[-1] <= limits[1]:
                why = f"{place}写明 {limits[0]:g}-{limits[1]:g}"
                scale = _numeric(*limits, asked, why, anchors=anchors, named=named)
                return scale if numbers_left is found else _leave_out(scale, codes)
    if codes and (ranged := _from_range(found[: -len(codes)], asked, anchors, named, has_units=False)):
        return _leave_out(ranged, codes)
    return _from_range(found, asked, anchors, named, has_units=has_units)


def _find_codes(found: list[float]) -> list[float]:
    """Return the numbers, of those in order, that stand for no answer: 97 and 99 behind points up to ten."""
    points = [number for number in found if number not in _NO_ANSWER_CODES]
    if len(points) < _MIN_POINTS or points[0] < 0 or points[-1] > 10 or points != found[: len(points)]:
        return []
    return found[len(points) :]


def _leave_out(finding: ScaleFinding, codes: Sequence[float]) -> ScaleFinding:
    shown = "、".join(f"{code:g}" for code in codes)
    evidence = f"{finding.evidence}；{shown} 像“不适用、拒答”的代码，不计分，请核对"
    return replace(finding, evidence=evidence, is_certain=False)


def _is_yes_or_no(found: list[float], asked: _Asked) -> bool:
    """Whether these are codes of yes and no: 1 and 0, or 1 and 2 where the question can be answered so."""
    return found == [0, 1] or (found == [1, 2] and _YES_OR_NO.search(asked.stem) is not None)


def _from_range(
    found: list[float], asked: _Asked, anchors: dict[float, str], named: dict[str, float], *, has_units: bool
) -> ScaleFinding | None:
    """Return the scale whose range nobody wrote: the narrowest usual one that holds the values."""
    if not has_units and not asked.is_scale:
        if asked.is_choice or asked.is_count or _is_yes_or_no(found, asked):
            return None
        if not asked.is_rating and frozenset(found) not in _TELLING:
            return None
    # 6, 8 and 9 to a recommendation are of 0-10; with a 1 and no 0 among them they may be of 1-10.
    is_likely_nps = asked.recommends and found[0] > 1 and _USUAL[1][1] < found[-1] <= 10
    top = _full_marks(fold(asked.stem))
    # Marks out of a hundred begin at nothing; a form of ten points may begin at one.
    usual = [(0, top)] if top == _FULL else [(1, top), (0, top)] if top is not None else list(_USUAL)
    if asked.is_nps or is_likely_nps:
        usual = [(0, 10)]
    limits = next(((a, b) for a, b in usual if a <= found[0] and found[-1] <= b), None)
    if limits is None:
        return None
    is_seen = found[0] == limits[0] and found[-1] == limits[1]
    if asked.is_nps:
        return _numeric(*limits, asked, "声明为 NPS", anchors=anchors, named=named)
    source = (
        "声明为量表题" if asked.is_scale else "取值带分数" if has_units else "题干问评分" if asked.is_rating else ""
    )
    why = f"{source or '只凭取值'}，按取值 {found[0]:g} 到 {found[-1]:g} 认作 {limits[0]}-{limits[1]}"
    is_nps = asked.type_for(*limits) is QuestionType.NPS
    is_certain = is_seen and (asked.is_scale or has_units or is_nps)
    if not is_certain:
        why += "；推荐题应为 0-10，量表若不同请声明" if asked.recommends else "；请在配置里声明量表"
    return _numeric(*limits, asked, why, anchors=anchors, named=named, is_certain=is_certain)


def _numeric(
    low: float,
    high: float,
    asked: _Asked,
    why: str,
    *,
    anchors: Mapping[float, str],
    named: Mapping[str, float],
    is_certain: bool = True,
) -> ScaleFinding:
    """Return the numeric scale, reversed when the words at its ends say that the low end is the good one."""
    bottom, top = (asked.words.leaning(asked.words.word_of(anchors.get(end, ""))) for end in (low, high))
    is_reversed = top < 0 <= bottom or top <= 0 < bottom
    if is_reversed:
        why += "；两端的文字表明分数越低越好，按反向题计"
    scale = ScaleConfig(min=low, max=high, reversed=is_reversed, labels=dict(named))
    return ScaleFinding(scale, asked.type_for(low, high), why, is_certain)


def _labelled(low: float, high: float, labels: Mapping[str, float]) -> ScaleConfig:
    return ScaleConfig(min=low, max=high, labels=dict(labels))


def _read(value: str) -> tuple[float, str] | None:
    """Return the number of a value and the words beside it: `5`, `5分`, `1(非常不满意)`; None if it has none."""
    folded = fold(value)
    if match := _NUMBER.fullmatch(folded):
        return float(match[1]), ""
    if match := _LED.fullmatch(folded):
        return float(match[1]), match[2].strip("()")
    return None


def _number(value: str) -> float | None:
    match = _NUMBER.fullmatch(fold(value))
    return float(match[1]) if match else None


def _is_readable(value: str) -> bool:
    """Whether the rating reader understands the cell without a label: 5, 5分, 5 星."""
    return re.fullmatch(r"-?\d+(?:\.\d+)?(?:分|星|颗星)?", unicodedata.normalize("NFKC", value)) is not None


def _limits(text: str) -> tuple[float, float] | None:
    """Return the range that a folded text writes out, or names by both its ends."""
    ranges = {(float(match[1]), float(match[2])) for match in _RANGE.finditer(text)}
    if len(ranges) == 1:
        return ranges.pop()
    points = sorted(_anchors(text))
    if not ranges and len(points) > 1 and points[0] in (0, 1) and points[-1] in (3, 4, 5, 6, 7, 9, 10, 100):
        return points[0], points[-1]
    return None


def _anchors(text: str) -> dict[float, str]:
    return {float(match[1]): match[2] for match in _ANCHOR.finditer(text)}


def _full_marks(text: str) -> int | None:
    match = _FULL_MARKS.search(text)
    return int(match[1] or match[2]) if match else None

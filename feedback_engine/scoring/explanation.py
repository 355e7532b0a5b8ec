"""How a figure came about, as a value: for machines `to_dict()`, for people `to_text()`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import floor
from typing import Any

from feedback_engine.config.scoring import METHOD_NAMES
from feedback_engine.domain import AnswerState, Flag, Measure, Polarity

_FLAGS = {
    Flag.OK: "可用",
    Flag.SMALL_BASE: "样本偏少，仅供参考",
    Flag.SUPPRESSED: "样本不足，不显示",
    Flag.LOW_COVERAGE: "覆盖不足，不公布",
    Flag.NO_DATA: "没有数据",
}
_MEASURES = {
    Measure.SCORE: "得分",
    Measure.EQUAL_SCORE: "等权得分",
    Measure.SATISFIED_SHARE: "满意率",
    Measure.TEXT_INDEX: "文本指数",
    Measure.COMPLAINT_RATE: "每千条投诉",
}
_METHODS = {**METHOD_NAMES, "share": "文本占比"}
_FIGURES = {
    "r_squared": "R²",
    "consistency_ratio": "一致性比率 CR",
    "consistency_index": "一致性指标 CI",
    "lambda_max": "最大特征根 λ",
    "objects": "对象数",
    "rounds": "轮次",
    "largest_variation": "最大变异系数",
    "kendall_w": "Kendall W",
    "kendall_p": "W 的 p 值",
    "iterations": "迭代次数",
}
_READS = {"rating": "打分", "text": "文本", "complaints": "投诉", "index": "触点", "group": "指标组"}
_READS |= {"reply_hours": "首次回复时长", "handling_hours": "办结时长"}
_STATES = {
    AnswerState.ANSWERED.value: "已答",
    AnswerState.BLANK.value: "空白",
    AnswerState.NOT_SHOWN.value: "未显示",
    AnswerState.REFUSED.value: "拒答",
    AnswerState.UNKNOWN_MISSING.value: "缺失（原因不明）",
}
_POLARITIES = {
    Polarity.POSITIVE.value: "正面",
    Polarity.NEUTRAL.value: "中性",
    Polarity.NEGATIVE.value: "负面",
    Polarity.MIXED.value: "褒贬兼有",
}
_DIGITS = 2
_TEXT_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Contribution:
    """A member of the figure: `share` × `mean` = `contribution`, and the contributions add up to the figure.

    `weight` is the model's own weight, `share` the effective one: re-normalised over what is published and answered.
    `mean` is the member's average among those who count in this figure; `score`, `base` and `flag` are its own figure
    in the INDEX, among all who answered it. A member with share 0 is shown beside or could not be counted.
    """

    code: str
    name: str
    reads: str
    weight: float
    method: str
    share: float
    mean: float | None
    contribution: float
    score: float | None
    base: int
    flag: Flag


@dataclass(frozen=True, slots=True)
class GroupParts:
    """A group of indicators: its own score, and what its members add to it; the contributions add up to the score."""

    code: str
    name: str
    score: float
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """How often each rating was given, lowest first, and what became of the question; unweighted counts."""

    indicator: str
    name: str
    ratings: tuple[tuple[float, int], ...]
    states: tuple[tuple[str, int], ...]
    is_withheld: bool


@dataclass(frozen=True, slots=True)
class TextCounts:
    """The texts that mention the touchpoint, by what they say on balance; unweighted counts."""

    texts: int
    positive: int
    neutral: int
    negative: int


@dataclass(frozen=True, slots=True)
class ComplaintCount:
    """The complaints that touch the touchpoint, and what they are counted per."""

    complaints: int
    exposure: float
    per_thousand: float


@dataclass(frozen=True, slots=True)
class Verbatim:
    """A customer's words, with the place they came from and the span and rule behind the tag; `text` None = purged."""

    feedback_id: str
    source: str
    file_id: str
    row_number: int
    text: str | None
    start: int
    end: int
    span: str
    polarity: str
    score: float
    confidence: float
    rule: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A figure, and the way down from it to weights, indicators, answers, texts and the customers' own words."""

    period: str
    segment: str
    touchpoint: str
    name: str
    measure: Measure
    score: float | None
    lower: float | None
    upper: float | None
    confidence: float
    base: int
    effective_base: float
    flag: Flag
    formula: str
    weight: float
    equal_weight: float
    method: str
    contributions: tuple[Contribution, ...]
    answers: tuple[Answers, ...]
    texts: TextCounts | None
    complaints: ComplaintCount | None
    verbatim_rule: str
    verbatims: tuple[Verbatim, ...]
    #: Where the weights come from: method, base period, base and the figures that speak for them.
    origin: str = ""
    groups: tuple[GroupParts, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values, ready for JSON."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain

    def to_text(self) -> str:
        """Return everything in Chinese, a line a fact; numbers with two decimals that add up as they are printed."""
        return "\n".join(_render(self))


def describe_origin(
    method: str, base_period: str, base: int, figures: Mapping[str, float], notes: Sequence[str]
) -> str:
    """Return in words where frozen weights come from."""
    told = [f"{_METHODS.get(method, method)}，冻结于基期 {'全部数据' if base_period == 'all' else base_period}"]
    told += [f"依据 {base} 份（个）答卷、对象或专家"] * (base > 0)
    told += [f"{_FIGURES.get(name, name)} = {value:.4g}" for name, value in figures.items()]
    return "；".join((*told, *notes))


def round_to_total(values: Sequence[float], digits: int = _DIGITS) -> list[float]:
    """Return the values rounded so that they add up to their rounded sum (largest remainders)."""
    scale = 10**digits
    scaled = [value * scale for value in values]
    floors = [floor(value) for value in scaled]
    lacking = round(sum(scaled)) - sum(floors)
    by_remainder = sorted(range(len(scaled)), key=lambda place: (floors[place] - scaled[place], place))
    raised = set(by_remainder[:lacking])
    return [(low + (place in raised)) / scale for place, low in enumerate(floors)]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, str) else value


def _render(e: Explanation) -> Iterator[str]:
    yield f"{e.name}（{e.touchpoint}） 期间 {e.period} 分组 {e.segment}"
    yield f"{_MEASURES[e.measure]}：{_headline(e)}"
    yield f"公式：{e.formula}"
    yield f"权重：{e.weight:.4f}（{_METHODS.get(e.method, e.method)}；若等权为 {e.equal_weight:.4f}）"
    if e.origin:
        yield f"权重来源：{e.origin}"
    if e.contributions:
        yield "构成："
        rounded = round_to_total([c.contribution for c in e.contributions])
        yield from (_render_contribution(c, shown) for c, shown in zip(e.contributions, rounded, strict=True))
    for group in e.groups:
        yield f"指标组 {group.name}（{group.code}）自身得分 {group.score:.2f}，其中："
        rounded = round_to_total([c.contribution for c in group.contributions])
        yield from (_render_contribution(c, shown) for c, shown in zip(group.contributions, rounded, strict=True))
    if e.answers:
        yield "答案分布："
        yield from map(_render_answers, e.answers)
    if e.texts:
        t = e.texts
        yield f"文本：{t.texts} 条（正面 {t.positive}，中性 {t.neutral}，负面 {t.negative}）"
    if e.complaints:
        c = e.complaints
        yield f"投诉：{c.complaints} 件 / {c.exposure:g}，即每千 {c.per_thousand:.2f} 件"
    if e.verbatims:
        yield f"原声（{e.verbatim_rule}）："
        yield from map(_render_verbatim, e.verbatims)


def _headline(e: Explanation) -> str:
    base = f"基数 {e.base}，有效基数 {e.effective_base:.1f}，{_FLAGS[e.flag]}"
    if e.score is None:
        return f"—（{base}）"
    if e.lower is None or e.upper is None:
        return f"{e.score:.2f}（无区间；{base}）"
    return f"{e.score:.2f}（{e.confidence:.0%} 区间 {e.lower:.2f} 至 {e.upper:.2f}；{base}）"


def _render_contribution(c: Contribution, shown: float) -> str:
    own = "—" if c.score is None else f"{c.score:.2f}"
    told = f"自身得分 {own}，基数 {c.base}，{_FLAGS[c.flag]}"
    origin = f"权重 {c.weight:.4f}，{_METHODS.get(c.method, c.method)}"
    if c.mean is None:
        return f"  - {c.name}（{c.code}，{_READS.get(c.reads, c.reads)}）：未计入（{origin}；{told}）"
    head = f"  - {c.name}（{c.code}，{_READS.get(c.reads, c.reads)}）"
    return f"{head}：{c.share:.4f} × {c.mean:.2f} = {shown:.2f}（{origin}；{told}）"


def _render_answers(a: Answers) -> str:
    ratings = "、".join(f"{rating:g} 分 {count}" for rating, count in a.ratings)
    states = "、".join(f"{_STATES.get(state, state)} {count}" for state, count in a.states)
    shown = "样本不足，不显示" if a.is_withheld else ratings or "无回答"
    return f"  - {a.name}（{a.indicator}）：{shown}；{states or '没有这道题'}"


def _render_verbatim(v: Verbatim) -> str:
    text = "（原文已清除）" if v.text is None else " ".join(v.text.split())
    cut = text if len(text) <= _TEXT_SHOWN else f"{text[:_TEXT_SHOWN]}…"
    place = f"{v.source} 第 {v.row_number} 行 [{v.feedback_id[:12]}]"
    tag = f"{_POLARITIES.get(v.polarity, v.polarity)} {v.score:+.2f}，置信度 {v.confidence:.2f}"
    return f"  - {place} {cut}\n    〔{v.start}–{v.end}〕{v.span} {tag}；规则：{v.rule}"

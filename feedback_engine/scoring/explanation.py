"""How a figure came about, as a value: for machines `to_dict()`, for people `to_text()`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import floor
from typing import Any

from feedback_engine.config.scoring import METHOD_NAMES
from feedback_engine.domain import Evidence, Flag, Measure

METHODS = {**METHOD_NAMES, "share": "文本占比"}
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
_DIGITS = 2


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
class Level:
    """The answers of one rating: what it is worth on 0-100, how many they are, and their respondents' weight."""

    rating: float
    score: float
    count: int
    weight: float


@dataclass(frozen=True, slots=True)
class Answers:
    """How often each rating was given, lowest first, and what became of the question; unweighted counts.

    `score` is the question's figure: Σ score × weight / Σ weight over the `levels`.
    """

    indicator: str
    name: str
    ratings: tuple[tuple[float, int], ...]
    states: tuple[tuple[str, int], ...]
    is_withheld: bool
    score: float | None = None
    levels: tuple[Level, ...] = ()


@dataclass(frozen=True, slots=True)
class TextCounts:
    """The texts that mention the touchpoint, by what they say on balance; unweighted counts, and their text index."""

    texts: int
    positive: int
    neutral: int
    negative: int
    score: float | None = None


@dataclass(frozen=True, slots=True)
class ComplaintCount:
    """The complaints that touch the touchpoint, and what they are counted per."""

    complaints: int
    exposure: float
    per_thousand: float


@dataclass(frozen=True, slots=True)
class Beside:
    """A figure that stands beside: a share of respondents, or the net of two; `counted` are their weights, of `whole`.

    The index with equal weights is counted by nobody: its parts are empty.
    """

    measure: Measure
    score: float
    counted: tuple[float, ...] = ()
    whole: float = 0.0


@dataclass(frozen=True, slots=True)
class Verbatim:
    """A customer's words, with the place they came from and the evidence of the tag; `text` None = purged.

    `rule` is the decisive one of the evidence, which is read along with the text.
    """

    feedback_id: str
    label: str
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
    evidence: tuple[Evidence, ...] = ()


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
    #: Satisfied share, index with equal weights, net promoter score.
    beside: tuple[Beside, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values, ready for JSON."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain

    def to_text(self) -> str:
        """Return everything in Chinese, step by step; numbers with two decimals that add up as they are printed."""
        from feedback_engine.scoring.narration import narrate

        return "\n".join(narrate(self))


def describe_figures(figures: Mapping[str, float]) -> list[str]:
    """Return in words the figures that speak for weights."""
    return [f"{_FIGURES.get(name, name)} = {value:.4g}" for name, value in figures.items()]


def describe_origin(
    method: str, base_period: str, base: int, figures: Mapping[str, float], notes: Sequence[str]
) -> str:
    """Return in words where frozen weights come from."""
    told = [f"{METHODS.get(method, method)}，冻结于基期 {'全部数据' if base_period == 'all' else base_period}"]
    told += [f"依据 {base} 份（个）答卷、对象或专家"] * (base > 0)
    told += describe_figures(figures)
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

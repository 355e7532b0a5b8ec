"""Kano model: what kind of quality an attribute is, from answers to the functional and the dysfunctional question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.arrays import Values, as_number, as_weights, show
from feedback_engine.stats.labels import rows_alike, rows_of

LEVELS = ("like", "must-be", "neutral", "live-with", "dislike")
# The same as Chinese questionnaires call them.
_CHINESE = {
    "喜欢": 0, "很喜欢": 0, "非常喜欢": 0, "理应如此": 1, "理所当然": 1, "无所谓": 2, "勉强接受": 3, "能忍受": 3,
    "可以忍受": 3, "能够忍受": 3, "不喜欢": 4, "很不喜欢": 4, "非常不喜欢": 4,
}  # fmt: skip
# Rows: functional answer, columns: dysfunctional answer, both in the order of LEVELS (Berger et al. 1993).
EVALUATION_TABLE = ("QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ")
# Order in which a tie is settled: what hurts most when missing comes first.
_ORDER = "MOAIRQ"


@dataclass(frozen=True, slots=True)
class KanoResult:
    """Counts of the six categories, the category they make, and how far it can be trusted."""

    counts: dict[str, float]
    # M must-be, O one-dimensional, A attractive, I indifferent, R reverse, Q questionable.
    category: str
    # (A+O)/(A+O+M+I) and -(O+M)/(A+O+M+I); NaN where everybody answered R or Q.
    better: float
    worse: float
    runner_up: str
    # (largest - second) / N; from 0.06 on the category is clear (Lee & Newcomb 1997).
    category_strength: float
    # (A+O+M) / N; from 0.60 on the attribute matters at all.
    total_strength: float
    # Fong's (1996) test: the largest count differs from the second at the 10 % level.
    is_significant: bool
    # More than 2 % contradictory answers: the question is not understood.
    is_questionable: bool
    base: float


@rows_alike("functional", "dysfunctional", "weights")
def classify(functional: Values, dysfunctional: Values = None, weights: Values = None, like: int = 1) -> KanoResult:
    """Return the Kano category of one attribute.

    Answers are level names (`LEVELS`, or 喜欢、理应如此、无所谓、勉强接受、不喜欢) or 1…5; `like` is the code of
    "like": 1, or 5 where the scale runs the other way.
    Instead of answers, counts may be given (a mapping or series), or the respondents' categories: classify({"A": 30,
    "O": 40, "M": 20, "I": 10}), classify(["A", "O", "A"]).
    """
    if dysfunctional is None and (counts := _counts_of(functional, weights)) is not None:
        return _judge(_check_counts(counts))
    return _judge(_count(categories(functional, dysfunctional, like), weights))


@rows_alike("functional", "dysfunctional")
def categories(functional: Values, dysfunctional: Values, like: int = 1) -> tuple[str, ...]:
    """Return the category letter of each respondent's pair of answers."""
    rows, columns = _codes(functional, like, "functional"), _codes(dysfunctional, like, "dysfunctional")
    if len(rows) != len(columns) or not rows:
        raise StatisticsError(f"正向题有 {len(rows)} 个回答,反向题有 {len(columns)} 个:必须成对,且至少一对")
    return tuple(EVALUATION_TABLE[row][column] for row, column in zip(rows, columns, strict=True))


def _judge(counts: dict[str, float]) -> KanoResult:
    base = sum(counts.values())
    ranked = sorted(_ORDER, key=lambda letter: (-counts[letter], _ORDER.index(letter)))
    first, second = counts[ranked[0]], counts[ranked[1]]
    valid = sum(counts[letter] for letter in "AOMI")
    pooled = first + second
    critical = 1.65 * np.sqrt(pooled * (2 * base - pooled) / (2 * base))
    return KanoResult(
        counts={letter: counts[letter] for letter in "AOMIRQ"},
        category=ranked[0],
        better=(counts["A"] + counts["O"]) / valid if valid > 0 else float("nan"),
        worse=-(counts["O"] + counts["M"]) / valid if valid > 0 else float("nan"),
        runner_up=ranked[1],
        category_strength=(first - second) / base,
        total_strength=(counts["A"] + counts["O"] + counts["M"]) / base,
        is_significant=bool(first - second >= critical and first > second),
        is_questionable=counts["Q"] / base > 0.02,
        base=base,
    )


def _counts_of(given: Values, weights: Values) -> Mapping[Any, Any] | None:
    """Return counts by category, from counts or from each respondent's letter; None for anything else."""
    if isinstance(given, Mapping):
        return given
    labels = rows_of(given)
    if labels is not None and set(labels) <= set(_ORDER):
        return dict(zip(labels, given, strict=True))
    letters = list(given) if np.iterable(given) and getattr(given, "ndim", 1) == 1 else []
    if not letters or not all(isinstance(letter, str) and letter in _ORDER for letter in letters):
        return None
    return _count(letters, weights)


def _count(letters: Sequence[str], weights: Values) -> dict[str, float]:
    shares, given = as_weights(weights, len(letters)), np.array(letters)
    return {letter: float(shares[given == letter].sum()) for letter in _ORDER}


def _check_counts(counts: Mapping[str, float]) -> dict[str, float]:
    unknown = [letter for letter in counts if letter not in tuple(_ORDER)]
    if unknown:
        raise StatisticsError(f"KANO 类别不认识 {unknown[0]!r};可选:A O M I R Q")
    checked = {letter: as_number(counts.get(letter, 0), f"KANO 类别 {letter} 的计数") for letter in _ORDER}
    if min(checked.values()) < 0 or not sum(checked.values()) > 0:
        raise StatisticsError(f"KANO 计数必须 ≥ 0 且不全为 0,收到 {dict(counts)}")
    return checked


def _codes(answers: Values, like: int, name: str) -> list[int]:
    if not isinstance(like, int | float | np.number) or like not in (1, 5):
        raise StatisticsError(f"like 为 {show(like)}:「喜欢」的编码只能是 1 或 5")
    answers = list(answers.values()) if isinstance(answers, Mapping) else answers
    given = np.asarray([] if answers is None else answers, dtype=object)
    if given.ndim > 1 and given.size != max(given.shape):
        raise StatisticsError(f"{name} 收到 {given.shape} 的表:一次只评一个属性,请逐列传入")
    return [_code(answer, place, like, name) for place, answer in enumerate(given.reshape(-1).tolist(), 1)]


def _code(answer: Any, place: int, like: int, name: str) -> int:
    level = answer.strip().lower().replace(" ", "-").replace("_", "-") if isinstance(answer, str) else None
    if level in LEVELS:
        return LEVELS.index(level)
    if level is not None and level.lstrip("我它") in _CHINESE:
        return _CHINESE[level.lstrip("我它")]
    if isinstance(answer, int | float | np.number) and not isinstance(answer, bool) and answer in (1, 2, 3, 4, 5):
        return int(answer) - 1 if like == 1 else 5 - int(answer)
    raise StatisticsError(f"{name} 第 {place} 个回答为 {show(answer)};可选:1–5、{'、'.join((*LEVELS, *_CHINESE))}")

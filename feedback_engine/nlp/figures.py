"""How right predictions are: accuracy, macro-F1, per class and domain, calibration error, examples of confusion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from feedback_engine.lexicon.columns import Flags, Floats

_BINS = 10
_SHOWN_CONFUSIONS = 20


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """One label: how many rows bear it, and how well it is found; shares 0 to 1."""

    label: str
    rows: int
    precision: float
    sensitivity: float
    specificity: float
    f1: float


@dataclass(frozen=True, slots=True)
class DomainFigures:
    """The rows of one domain."""

    domain: str
    rows: int
    accuracy: float
    macro_f1: float


@dataclass(frozen=True, slots=True)
class Confusion:
    """A row that was predicted wrongly, the surest mistakes first."""

    text: str
    truth: str
    predicted: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What `evaluate` found; all shares 0 to 1."""

    task: str
    protocol: str
    rows: int
    accuracy: float
    macro_f1: float
    micro_f1: float
    calibration_error: float
    per_class: tuple[ClassFigures, ...]
    per_domain: tuple[DomainFigures, ...]
    confusions: tuple[Confusion, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)

    def to_text(self) -> str:
        """Return the tables as lines of Chinese text."""
        lines = [
            f"任务 {self.task}（{self.protocol}），{self.rows} 条",
            f"准确率 {self.accuracy:.4f}  宏平均 F1 {self.macro_f1:.4f}  微平均 F1 {self.micro_f1:.4f}"
            f"  校准误差 {self.calibration_error:.4f}",
            "类别\t条数\t精确率\t灵敏度\t特异度\tF1",
        ]
        for one in self.per_class:
            shares = (one.precision, one.sensitivity, one.specificity, one.f1)
            lines.append(f"{one.label}\t{one.rows}\t" + "\t".join(f"{share:.4f}" for share in shares))
        lines.append("领域\t条数\t准确率\t宏平均 F1")
        lines += [f"{one.domain}\t{one.rows}\t{one.accuracy:.4f}\t{one.macro_f1:.4f}" for one in self.per_domain]
        lines += ["误判示例（把握最大的在前）："] if self.confusions else []
        for wrong in self.confusions:
            shown = " ".join(wrong.text.split())[:60]
            lines.append(f"  {wrong.truth} → {wrong.predicted}（{wrong.confidence:.2f}）{shown}")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Predicted:
    """Truth and prediction as flags, one row per text and one column per label, and the confidence of each row."""

    truth: Flags
    predicted: Flags
    confidence: Floats
    #: Which rows are right in that of which the confidence is: where a text has several labels, in the surest of them.
    hits: Flags


def measure(
    task: str, protocol: str, labels: Sequence[str], found: Predicted, domains: Sequence[str], texts: Sequence[str]
) -> Evaluation:
    """Return all figures of these predictions."""
    right = (found.truth == found.predicted).all(axis=1)
    per_class = tuple(_measure_class(label, found, column) for column, label in enumerate(labels))
    both = int((found.truth & found.predicted).sum())
    named = np.array(domains, dtype=np.str_)
    return Evaluation(
        task,
        protocol,
        len(right),
        float(right.mean()),
        # A label that neither a row bears nor any is given has no F1.
        float(np.mean([one.f1 for one in per_class if one.rows or one.specificity < 1.0] or [0.0])),
        _share(2 * both, int(found.truth.sum() + found.predicted.sum())),
        calibration_error(found.confidence, found.hits),
        per_class,
        tuple(_measure_domain(name, found, named == name) for name in np.unique(named).tolist()),
        _list_confusions(labels, found, right, texts),
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _measure_class(label: str, found: Predicted, column: int) -> ClassFigures:
    truth, predicted = found.truth[:, column], found.predicted[:, column]
    hit, miss = int((truth & predicted).sum()), int((truth & ~predicted).sum())
    false, clear = int((~truth & predicted).sum()), int((~truth & ~predicted).sum())
    return ClassFigures(
        label,
        hit + miss,
        _share(hit, hit + false),
        _share(hit, hit + miss),
        _share(clear, clear + false),
        _share(2 * hit, 2 * hit + miss + false),
    )


def _measure_domain(name: str, found: Predicted, inside: Flags) -> DomainFigures:
    truth, predicted = found.truth[inside], found.predicted[inside]
    present = np.flatnonzero(truth.any(axis=0))
    scores = [
        _share(2 * int((truth[:, c] & predicted[:, c]).sum()), int(truth[:, c].sum() + predicted[:, c].sum()))
        for c in present
    ]
    return DomainFigures(
        name,
        int(inside.sum()),
        float((truth == predicted).all(axis=1).mean()),
        float(np.mean(scores)) if scores else 0.0,
    )


def calibration_error(confidence: Floats, right: Flags) -> float:
    """Return the expected calibration error: |confidence - accuracy| averaged over ten bins by their rows."""
    bins = np.minimum((confidence * _BINS).astype(np.int64), _BINS - 1)
    gaps = [
        (bins == number).sum() * abs(confidence[bins == number].mean() - right[bins == number].mean())
        for number in np.unique(bins)
    ]
    return float(sum(gaps) / max(len(right), 1))


def _list_confusions(
    labels: Sequence[str], found: Predicted, right: Flags, texts: Sequence[str]
) -> tuple[Confusion, ...]:
    wrong = np.flatnonzero(~right)
    surest = wrong[np.argsort(-found.confidence[wrong], kind="stable")][:_SHOWN_CONFUSIONS]

    def names(flags: Flags) -> str:
        return "|".join(label for label, flag in zip(labels, flags, strict=True) if flag) or "（无）"

    return tuple(
        Confusion(texts[row], names(found.truth[row]), names(found.predicted[row]), float(found.confidence[row]))
        for row in surest.tolist()
    )

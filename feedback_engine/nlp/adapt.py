"""Adapting: a model's weights moved to a team's own rows as far as these ask for it, and what it gains by that."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from feedback_engine.errors import SourceError
from feedback_engine.lexicon.columns import Floats
from feedback_engine.nlp.evaluate import Fit, decide
from feedback_engine.nlp.experts import EXPERT
from feedback_engine.nlp.fitting import Weights, fit_logistic, join_weights, row_values, to_weights
from feedback_engine.nlp.models import Model, load_model
from feedback_engine.nlp.tasks import Examples, Task
from feedback_engine.stats.intervals import Estimate, paired_difference

#: The weight of the rows against staying with the base weights; penalty = 1 / (this x rows). More follows the usual
#: label of few rows, not their words.
_STRENGTH = 3.0
_ITERATIONS = 100


@dataclass(frozen=True, slots=True)
class Gain:
    """What adapting changes on rows held out: the difference of accuracy and its 95 % interval.

    Near-copies of a text count as one case, so that many of them prove no more than one.
    """

    difference: float
    lower: float
    upper: float
    #: Cases right only after adapting, and only before.
    gained: int
    lost: int
    cases: int

    @property
    def is_proven(self) -> bool:
        """Whether more than chance speaks for the adapted model."""
        return self.lower > 0

    def to_text(self) -> str:
        """Return the difference with its interval, and what it is worth, in Chinese."""
        verdict = "适配有效" if self.is_proven else "适配后变差" if self.upper < 0 else "看不出适配有好处"
        return (
            f"准确率变化 {self.difference:+.4f}（95% 区间 {self.lower:+.4f} … {self.upper:+.4f}；"
            f"改对 {self.gained} 例，改错 {self.lost} 例，共 {self.cases} 例，近似重复的算一例）：{verdict}"
        )


def measure_gain(task: Task, examples: Examples, groups: NDArray[np.int64], before: Floats, after: Floats) -> Gain:
    """Return the gain from the log odds per label before and after; rows without a target do not count."""
    rows = np.flatnonzero(examples.targets.any(axis=1))
    truth = examples.targets[rows] == 1
    was, is_ = ((decide(task, odds[rows]) == truth).all(axis=1).astype(np.int64) for odds in (before, after))
    _, cases = np.unique(groups[rows], return_inverse=True)
    change = np.sign(np.bincount(cases.ravel(), weights=is_ - was))
    gained, lost = int((change > 0).sum()), int((change < 0).sum())
    found: Estimate = paired_difference(gained, lost, len(change))
    return Gain(found.estimate, found.lower, found.upper, gained, lost, len(change))


def load_base(task: Task, path: Path) -> Model:
    """Return the model at the path; SourceError if it has learned another task."""
    model = load_model(path)
    if model.task != task.name:
        raise SourceError(f"{path}: 这是 {model.task} 的模型，不能用于适配 {task.name}")
    return model


def adapt_to(task: Task, origin: Model, examples: Examples, start: Floats) -> Fit:
    """Return what adapts a model to some of the rows; `start` are its log odds of all of them."""
    return lambda rows: (origin.outputs, _adapt_weights(task, origin, examples.take(rows), start[rows]))


def _adapt_weights(task: Task, origin: Model, examples: Examples, start: Floats) -> Weights:
    """Return the base weights plus what the rows add to each label.

    The penalty is on the difference from the base weights (a prior centred on them), so few rows move them little.
    """
    rows = np.flatnonzero(examples.targets.any(axis=1))
    examples, start = examples.take(rows), start[rows]
    values = row_values(examples.counts, task.spec.values)
    buckets = np.unique(values.indices).astype(np.int64)
    values = values[:, buckets]
    penalty = 1.0 / (_STRENGTH * len(start))
    columns = [examples.labels.index("positive")] if task.is_binary else range(len(examples.labels))
    moved = [
        fit_logistic(
            values,
            examples.targets[:, column].astype(np.float64),
            examples.weight,
            penalty,
            _ITERATIONS,
            start[:, column],
        )
        for column in columns
    ]
    added = Weights(buckets, np.array([weight for weight, _ in moved]), np.array([bias for _, bias in moved]))
    return _add(task, origin, added)


def _add(task: Task, origin: Model, added: Weights) -> Weights:
    """Add to the outputs that make up the score: shared weights and experts, whose shares in a text add up to 1."""
    both = join_weights(to_weights(origin), added)
    count = len(origin.outputs)
    weights, bias = both.weights[:count].copy(), both.bias[:count].copy()
    for row, name in enumerate(origin.outputs):
        if not task.is_binary or name == "positive" or name.startswith(EXPERT):
            column = 0 if task.is_binary else row
            weights[row] += both.weights[count + column]
            bias[row] += both.bias[count + column]
    return Weights(both.buckets, weights, bias)

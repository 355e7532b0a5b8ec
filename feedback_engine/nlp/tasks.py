"""The tasks that weights are learned for: their labels, and how rows become weights and weights predictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from feedback_engine.errors import ConfigError, SourceError
from feedback_engine.lexicon.columns import Floats
from feedback_engine.nlp.experts import EXPERT, GATE, expert_shares
from feedback_engine.nlp.fitting import FitSpec, MarginSpec, Matrix, Weights, fit_outputs, join_weights, row_values
from feedback_engine.nlp.hints import PACK_TASK
from feedback_engine.nlp.labelled import Labelled
from feedback_engine.nlp.models import RowSpec
from feedback_engine.nlp.wordspace import WordSpace
from feedback_engine.registry import unknown_name

#: A domain gets a gate from so many rows on, where the rarer label has this share of them: the weights of a lopsided
#: domain say little but which label is usual in it.
_LEAST_ROWS, _LEAST_RARER = 500, 0.2
#: So many domains, those of the most rows, get weights of their own: with eight gates the weights of an n-gram fill
#: half a line of memory then. Those of 2,442 posts about cars were hardly oftener right (.763) than the shared (.758).
_MOST_EXPERTS = 7
_GATE = FitSpec(penalty=1e-5, balance=0.5, iterations=25)
_EXPERT = FitSpec(penalty=1e-5)

_POSITIVE = ("1", "positive", "pos", "正面", "正向", "好评", "满意", "积极", "褒义", "好")
_NEGATIVE = ("0", "-1", "negative", "neg", "负面", "负向", "差评", "不满意", "消极", "贬义", "差")
_NEUTRAL = ("2", "neutral", "neu", "中性", "中立", "中评", "一般")


def _spellings(**names: tuple[str, ...]) -> dict[str, str]:
    return {spelling: label for label, spellings in names.items() for spelling in spellings}


@dataclass(frozen=True, slots=True)
class Task:
    """What is learned: fixed labels by their spellings, or free labels as the data names them."""

    name: str
    spec: FitSpec
    spellings: Mapping[str, str] = field(default_factory=dict)
    is_multiple: bool = False
    #: One output tells two labels apart, and domains may have weights of their own.
    is_binary: bool = False
    #: Rows of this label are of no class: they only teach the gates what texts of their domain look like.
    ignored: str = ""
    #: Heading of the labels in a file that has those of several tasks, as a spot check writes it.
    column: str = "polarity"
    #: How finely weights are rounded: the largest one of an output has so many levels.
    levels: int = 2047


TASKS: Mapping[str, Task] = {
    task.name: task
    for task in (
        Task(
            "sentiment",
            FitSpec(),
            _spellings(positive=_POSITIVE, negative=_NEGATIVE, neutral=_NEUTRAL),
            is_binary=True,
            ignored="neutral",
        ),
        Task(
            "clauses",
            FitSpec(balance=0.5, kinship=0.6),
            _spellings(positive=_POSITIVE, negative=_NEGATIVE, neutral=_NEUTRAL),
        ),
        Task(
            "posts",
            FitSpec(RowSpec("presence", 0.35, 20.0, 0.7), 3e-5, balance=0.5, prune=0.03, kinship=0.3),
            _spellings(positive=_POSITIVE, negative=_NEGATIVE, neutral=_NEUTRAL),
        ),
        Task(
            "touchpoints",
            MarginSpec(RowSpec("presence", 0.35, 20.0, 0.7), 6e-4, balance=0.6, prune=0.03),
            is_multiple=True,
            column="touchpoints",
        ),
        Task(
            "opinions",
            FitSpec(penalty=6e-5, nb_power=0.5, balance=0.3, prune=0.03),
            _spellings(positive=_POSITIVE, negative=_NEGATIVE, neutral=_NEUTRAL),
        ),
        Task(
            PACK_TASK,
            FitSpec(penalty=3e-5, nb_power=0.5, balance=0.6, prune=0.3, kinship=0.9),
            is_multiple=True,
            column="pack",
            levels=63,
        ),
        Task(
            "sides",
            FitSpec(penalty=1e-5, nb_power=0.5, balance=0.4, prune=0.05),
            is_multiple=True,
            column="sides",
            levels=127,
        ),
        Task(
            "complaints",
            MarginSpec(RowSpec("log", opening=26, opening_gain=0.5), 1e-5, least_rows=3, prune=0.03),
            column="complaint_type",
        ),
    )
}


def find_task(name: str) -> Task:
    """Return the task of this name."""
    if name not in TASKS:
        raise ConfigError(unknown_name("训练任务", name, tuple(TASKS)))
    return TASKS[name]


def name_labels(task: Task, rows: Sequence[Labelled]) -> tuple[tuple[str, ...], ...]:
    """Return the labels of each row by their fixed names; SourceError for a label that the task does not know."""
    if not task.spellings:
        return tuple(row.labels if task.is_multiple else row.labels[:1] for row in rows)
    named = []
    for row in rows:
        label = task.spellings.get(row.labels[0].lower())
        if label is None:
            known = "、".join(task.spellings)
            raise SourceError(
                f"标签 {row.labels[0]!r}（文本『{row.text[:20]}』）不是 {task.name} 的标签；可用：{known}"
            )
        named.append(() if label == task.ignored else (label,))
    return tuple(named)


@dataclass(frozen=True, slots=True)
class Examples:
    """Rows ready to learn from."""

    counts: Matrix
    #: One column of 0 and 1 per label.
    targets: NDArray[np.int64]
    labels: tuple[str, ...]
    domains: NDArray[np.str_]
    weight: Floats
    #: What is known of words beside the rows.
    words: WordSpace | None = None

    def take(self, rows: NDArray[np.int64]) -> Examples:
        """Return these rows."""
        columns = (self.counts[rows], self.targets[rows], self.labels, self.domains[rows], self.weight[rows])
        return Examples(*columns, self.words)


def balance_domains(domains: NDArray[np.str_]) -> Floats:
    """Return a weight per row, the -0.5th power of its domain's rows, so that small domains are heard."""
    _, inverse, counts = np.unique(domains, return_inverse=True, return_counts=True)
    weight = counts[inverse.ravel()] ** -0.5
    return np.asarray(weight / weight.mean(), dtype=np.float64)


def fit_task(task: Task, examples: Examples) -> tuple[tuple[str, ...], Weights]:
    """Return the outputs' names and weights: one per label, or for two labels one, with gates and experts by domain."""
    if not task.is_binary:
        weight = examples.weight
        return examples.labels, fit_outputs(examples.counts, examples.targets, weight, task.spec, examples.words)
    known = examples.take(np.flatnonzero(examples.targets.any(axis=1)))
    positive = known.targets[:, known.labels.index("positive")][:, None]
    shared = fit_outputs(known.counts, positive, known.weight * balance_domains(known.domains), task.spec)
    names, experts = _find_domains(known.domains, positive[:, 0])
    if len(names) < 2:
        return ("positive",), shared
    inside = np.stack([examples.domains == name for name in names], axis=1)
    gate = fit_outputs(examples.counts, inside.astype(np.int64), examples.weight, _GATE)
    own = [
        fit_outputs(known.counts[rows], positive[rows], known.weight[rows], _EXPERT)
        for rows in (np.flatnonzero(known.domains == name) for name in experts)
    ]
    outputs = ("positive", *(GATE + name for name in names), *(EXPERT + name for name in experts))
    return outputs, join_weights(shared, gate, *own)


def _find_domains(domains: NDArray[np.str_], positive: NDArray[np.int64]) -> tuple[list[str], list[str]]:
    """Return the domains that get a gate, and those of them, which come first, that get weights of their own."""
    parts = {name: positive[domains == name] for name in np.unique(domains).tolist()}
    names = [
        name
        for name, part in parts.items()
        if len(part) > _LEAST_ROWS and min(part.mean(), 1.0 - part.mean()) >= _LEAST_RARER
    ]
    experts = sorted(sorted(names, key=lambda name: -len(parts[name]))[:_MOST_EXPERTS])
    return [*experts, *(name for name in names if name not in experts)], experts


def combine(task: Task, outputs: Sequence[str], odds: Floats) -> Floats:
    """Return the log odds per label from those per output."""
    if not task.is_binary:
        return odds
    positive = (odds * expert_shares(outputs, odds)).sum(axis=1)
    return np.stack([-positive, positive], axis=1)


def score_counts(task: Task, outputs: Sequence[str], weights: Weights, counts: Matrix) -> Floats:
    """Return the log odds per label of rows given as n-gram counts."""
    values = row_values(counts, task.spec.values)[:, weights.buckets]
    odds: Any = values @ weights.weights.T + weights.bias
    return combine(task, outputs, np.asarray(odds, dtype=np.float64))

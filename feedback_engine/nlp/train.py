"""Training: labelled files → a model file with its card, the same bytes each time; or a model adapted to a domain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from feedback_engine.errors import SourceError
from feedback_engine.nlp.evaluate import (
    FOLDS,
    HeldOut,
    Progress,
    find_hits,
    fold_tests,
    hold_out,
    label_confidence,
    measure_rows,
    prepare_examples,
    report_nothing,
    split_folds,
)  # fmt: skip
from feedback_engine.nlp.experts import EXPERT
from feedback_engine.nlp.figures import Evaluation, calibration_error
from feedback_engine.nlp.fitting import Weights, fit_logistic, join_weights, row_values, to_model, to_weights
from feedback_engine.nlp.labelled import Corpus, read_corpus
from feedback_engine.nlp.models import Floats, Model, load_model, save_model
from feedback_engine.nlp.ngrams import HASH_BITS
from feedback_engine.nlp.tasks import Examples, Task, combine, find_task, fit_task
from feedback_engine.nlp.weights import predict

#: Sentences of ours whose log odds are kept in the file, so that any reader can check that it reads them alike.
GOLDEN = (
    "服务态度非常好，下次还来",
    "等了四十分钟没人理，太差了",
    "物流很快，但客服太差",
    "没有什么不满意的",
    "客服態度很差",
    "一般",
    "OK 👍",
)
_GOLDEN_SLACK = 1e-6
#: Adapting: the weight of the rows against staying with the base weights; penalty = 1 / (this x rows).
_ADAPT_STRENGTH = 10.0
_ADAPT_ITERATIONS = 100
_TEMPERATURES = np.round(np.arange(0.5, 2.51, 0.05), 2)


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """A written model file; `before` is the base model on the same rows, None when nothing was adapted."""

    path: Path
    sha256: str
    task: str
    labels: tuple[str, ...]
    after: Evaluation
    before: Evaluation | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "path": str(self.path),
            "sha256": self.sha256,
            "task": self.task,
            "labels": list(self.labels),
            "after": self.after.to_dict(),
            "before": None if self.before is None else self.before.to_dict(),
        }

    def to_text(self) -> str:
        """Return what was learned, and how well it does on rows held out, in Chinese."""
        lines = [f"已写入 {self.path}（SHA-256 {self.sha256[:16]}…）"]
        if self.before is not None:
            lines.append(
                f"适配前后（同一批留出数据）：准确率 {self.before.accuracy:.4f} → {self.after.accuracy:.4f}，"
                f"宏平均 F1 {self.before.macro_f1:.4f} → {self.after.macro_f1:.4f}"
            )
        return "\n".join((*lines, self.after.to_text()))


def train(
    task_name: str,
    files: Sequence[Path],
    out: Path,
    *,
    seed: int = 0,
    base: Path | None = None,
    progress: Progress = report_nothing,
    notes: dict[str, Any] | None = None,
) -> TrainingResult:
    """Learn from the files, write the model to `out`, and return its figures on rows held out (5 folds).

    With `base`, that model's weights are moved only as far as the rows ask for. `notes` go into the card as they are.
    """
    task, corpus = find_task(task_name), read_corpus(files)
    origin = None if base is None else _load_base(task, base)
    examples = prepare_examples(task, corpus, () if origin is None else origin.card["labels"])
    tests = fold_tests(split_folds(corpus.groups, min(FOLDS, len(np.unique(corpus.groups))), seed))
    before: Evaluation | None = None
    if origin is None:
        held = hold_out(task, examples, tests, progress)
        outputs, weights = fit_task(task, examples)
    else:
        start = predict_base(task, origin, corpus)
        before = measure_rows(task, "适配前", corpus, examples, start)
        held = _hold_out_adapted(task, origin, examples, tests, start)
        outputs, weights = origin.outputs, _adapt(task, origin, examples, start)
    after = measure_rows(task, f"{len(tests)} 折留出", corpus, examples, held.odds)
    card = _describe(task, corpus, examples, held, after, seed) | (notes or {})
    card |= {} if origin is None else {"base": origin.fingerprint}
    model = to_model(task.name, outputs, weights, task.spec.values, card, task.levels)
    model = replace(model, card={**card, "golden": golden_predictions(model)})
    return TrainingResult(out, save_model(model, out), task.name, examples.labels, after, before)


def _load_base(task: Task, path: Path) -> Model:
    model = load_model(path)
    if model.task != task.name:
        raise SourceError(f"{path}: 这是 {model.task} 的模型，不能用于适配 {task.name}")
    return model


def predict_base(task: Task, model: Model, corpus: Corpus) -> Floats:
    """Return the log odds per label that a model gives the rows."""
    return combine(task, model.outputs, predict(model, [row.text for row in corpus.rows]))


def golden_predictions(model: Model) -> list[list[Any]]:
    """Return [sentence, log odds of each output] of the sentences that are kept in the file."""
    odds = predict(model, GOLDEN)
    return [[text, [round(float(value), 9) for value in row]] for text, row in zip(GOLDEN, odds, strict=True)]


def check_golden(model: Model) -> list[str]:
    """Return, in Chinese, each golden sentence of the file that this program scores differently."""
    kept = model.card["golden"]
    odds = predict(model, [text for text, _ in kept])
    return [
        f"『{text}』：文件记录 {expected}，本机算得 {np.round(row, 6).tolist()}"
        for (text, expected), row in zip(kept, odds, strict=True)
        if not np.allclose(row, expected, rtol=0, atol=_GOLDEN_SLACK)
    ]


def _adapt(task: Task, origin: Model, examples: Examples, start: Floats) -> Weights:
    """Return the base weights plus what the rows add to each label.

    The penalty is on the difference from the base weights (a prior centred on them), so few rows move them little.
    """
    rows = np.flatnonzero(examples.targets.any(axis=1))
    examples, start = examples.take(rows), start[rows]
    values = row_values(examples.counts, task.spec.values)
    buckets = np.unique(values.indices).astype(np.int64)
    values = values[:, buckets]
    penalty = 1.0 / (_ADAPT_STRENGTH * len(start))
    columns = [examples.labels.index("positive")] if task.is_binary else range(len(examples.labels))
    moved = [
        fit_logistic(
            values,
            examples.targets[:, column].astype(np.float64),
            examples.weight,
            penalty,
            _ADAPT_ITERATIONS,
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


def _hold_out_adapted(
    task: Task,
    origin: Model,
    examples: Examples,
    tests: Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]],
    start: Floats,
) -> HeldOut:
    odds, unknown = start.copy(), np.zeros(len(start))
    total = np.maximum(np.asarray(examples.counts[:, : 1 << HASH_BITS].sum(axis=1)).ravel(), 1.0)
    for training, test in tests:
        weights = _adapt(task, origin, examples.take(training), start[training])
        values = row_values(examples.counts[test], task.spec.values)[:, weights.buckets]
        scores = np.asarray(values @ weights.weights.T + weights.bias, dtype=np.float64)
        odds[test] = combine(task, origin.outputs, scores)
        known = np.asarray(examples.counts[test][:, weights.buckets].sum(axis=1)).ravel()
        unknown[test] = 1.0 - known / total[test]
    return HeldOut(odds, unknown)


def _describe(
    task: Task, corpus: Corpus, examples: Examples, held: HeldOut, after: Evaluation, seed: int
) -> dict[str, Any]:
    """Return the card: training sets, settings, calibration and the figures on rows held out, but none of the texts."""
    figures = after.to_dict()
    del figures["confusions"]
    return {
        "labels": list(examples.labels),
        "seed": seed,
        "fit": asdict(task.spec),
        "sets": [asdict(one) for one in corpus.sets],
        "calibration": _calibrate(task, examples, held),
        "sensitivity": {one.label: round(one.sensitivity, 4) for one in after.per_class},
        "specificity": {one.label: round(one.specificity, 4) for one in after.per_class},
        "measured": figures,
    }


def _calibrate(task: Task, examples: Examples, held: HeldOut) -> dict[str, float]:
    """Return the temperature of least log loss on held-out rows, its calibration error, and the usual unknown share."""
    rows = np.flatnonzero(examples.targets.any(axis=1))
    truth, odds = examples.targets[rows] == 1, held.odds[rows]
    signs = np.where(truth, 1.0, -1.0)
    losses = [np.logaddexp(0.0, -signs * odds / float(temperature)).mean() for temperature in _TEMPERATURES]
    temperature = float(_TEMPERATURES[int(np.argmin(losses))])
    return {
        "temperature": temperature,
        "error": round(calibration_error(label_confidence(task, odds, temperature), find_hits(task, odds, truth)), 4),
        "unknown": round(float(np.quantile(held.unknown, 0.95)), 4),
    }

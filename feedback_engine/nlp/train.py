"""Training: labelled files → a model file with its card, the same bytes each time; or a model adapted to a domain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from feedback_engine.nlp.adapt import Gain, adapt_to, load_base, measure_gain
from feedback_engine.nlp.evaluate import (
    FOLDS,
    HeldOut,
    Progress,
    find_hits,
    fold_tests,
    hold_out,
    label_confidence,
    measure_rows,
    predict_rows,
    prepare_examples,
    refuse_too_little,
    report_nothing,
    split_folds,
)  # fmt: skip
from feedback_engine.nlp.figures import Evaluation, calibration_error
from feedback_engine.nlp.fitting import to_model
from feedback_engine.nlp.labelled import Corpus, SetInfo, read_corpus
from feedback_engine.nlp.models import Model, save_model, settle
from feedback_engine.nlp.tasks import Examples, Task, find_task, fit_task
from feedback_engine.nlp.weights import predict
from feedback_engine.nlp.wordspace import WordSpace

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
_TEMPERATURES = np.round(np.arange(0.5, 2.51, 0.05), 2)


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """What was learned; `before` is the base model on the same rows, None when nothing was adapted."""

    path: Path
    #: Of the file written; "" where nothing was, as adapting is of no proven use.
    sha256: str
    task: str
    labels: tuple[str, ...]
    after: Evaluation
    sets: tuple[SetInfo, ...]
    #: Rows left out as an earlier row bears the same text with another label.
    contradictions: int
    before: Evaluation | None = None
    gain: Gain | None = None

    @property
    def is_written(self) -> bool:
        """Whether there is a model file."""
        return bool(self.sha256)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "path": str(self.path),
            "sha256": self.sha256,
            "is_written": self.is_written,
            "task": self.task,
            "labels": list(self.labels),
            "sets": [asdict(one) for one in self.sets],
            "contradictions": self.contradictions,
            "after": self.after.to_dict(),
            "before": None if self.before is None else self.before.to_dict(),
            "gain": None if self.gain is None else {**asdict(self.gain), "is_proven": self.gain.is_proven},
        }

    def to_text(self) -> str:
        """Return what was learned, and how well it does on rows held out, in Chinese."""
        lines = [f"已写入 {self.path}（SHA-256 {self.sha256[:16]}…）" if self.is_written else f"没有写出 {self.path}"]
        lines += [f"{one.name}：{one.rows} 行，采用 {one.kept} 条（其余空白、无标签或重复）" for one in self.sets]
        if self.contradictions:
            lines.append(f"{self.contradictions} 行与先出现的同一文本标签不同，按先出现的算；请核对标注")
        if self.before is not None and self.gain is not None:
            lines.append(
                f"适配前后（同一批留出数据）：准确率 {self.before.accuracy:.4f} → {self.after.accuracy:.4f}，"
                f"宏平均 F1 {self.before.macro_f1:.4f} → {self.after.macro_f1:.4f}"
            )
            lines.append(self.gain.to_text())
        return "\n".join((*lines, self.after.to_text()))


def train(
    task_name: str,
    files: Sequence[Path],
    out: Path,
    *,
    seed: int = 0,
    base: Path | None = None,
    is_forced: bool = False,
    progress: Progress = report_nothing,
    notes: dict[str, Any] | None = None,
    words: WordSpace | None = None,
    is_owing: bool = False,
) -> TrainingResult:
    """Learn from the files, write the model to `out`, and return its figures on rows held out (5 folds).

    With `base`, that model's weights are moved only as far as the rows ask for, and nothing is written unless the gain
    on rows held out is proven, or `is_forced`. `notes` go into the card as they are. Given a word space, weights learn
    from that, too; the file holds what they owe to it, or `is_owing`, counts on it to lie beside and is smaller.
    """
    task = find_task(task_name)
    corpus = read_corpus(files, task.column)
    origin = None if base is None else load_base(task, base)
    examples = prepare_examples(task, corpus, () if origin is None else origin.card["labels"], words)
    refuse_too_little(files, examples, corpus)
    tests = fold_tests(split_folds(corpus.groups, min(FOLDS, len(np.unique(corpus.groups))), seed))
    before: Evaluation | None = None
    gain: Gain | None = None
    if origin is None:
        held = hold_out(task, examples, tests, progress)
        outputs, weights = fit_task(task, examples)
    else:
        start = predict_rows(task, origin, corpus)
        before = measure_rows(task, "适配前", corpus, examples, start)
        adapt = adapt_to(task, origin, examples, start)
        held = hold_out(task, examples, tests, progress, adapt)
        gain = measure_gain(task, examples, corpus.groups, start, held.odds)
        outputs, weights = adapt(np.arange(len(start)))
    after = measure_rows(task, f"{len(tests)} 折留出", corpus, examples, held.odds)
    result = TrainingResult(
        out, "", task.name, examples.labels, after, corpus.sets, corpus.contradictions, before, gain
    )
    if gain is not None and not (gain.is_proven or is_forced):
        return result
    card = _describe(task, corpus, examples, held, after, seed) | (notes or {})
    card |= {} if origin is None or gain is None else {"base": origin.fingerprint, "gain": asdict(gain)}
    model = to_model(task.name, outputs, weights, task.spec.values, card, task.levels, words if is_owing else None)
    settled = settle(model, words) if words is not None else model
    model = replace(model, card={**model.card, "golden": golden_predictions(settled)})
    return replace(result, sha256=save_model(model, out))


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

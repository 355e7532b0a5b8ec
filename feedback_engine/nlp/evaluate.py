"""How good learned weights are: a model on labelled rows, cross-validation, leaving out one domain after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from feedback_engine.errors import SourceError
from feedback_engine.lexicon.columns import Floats
from feedback_engine.nlp.figures import Evaluation, Predicted, measure
from feedback_engine.nlp.fitting import Weights, count_ngrams
from feedback_engine.nlp.labelled import Corpus, read_corpus
from feedback_engine.nlp.models import Model, load_model
from feedback_engine.nlp.ngrams import HASH_BITS
from feedback_engine.nlp.tasks import Examples, Task, combine, find_task, fit_task, name_labels, score_counts
from feedback_engine.nlp.weights import predict
from feedback_engine.nlp.wordspace import WordSpace

FOLDS = 5
#: Fewer different texts than this leave a fold without any to hold out.
_LEAST_TEXTS = FOLDS
#: Log odds from which a label beyond the best one is given, where a text may have several.
_FURTHER_LABEL = -0.125
Progress = Callable[[str, int, int], None]
#: Rows → the outputs' names, and the weights learned from these rows.
Fit = Callable[[NDArray[np.int64]], tuple[tuple[str, ...], Weights]]


def report_nothing(step: str, done: int, total: int) -> None:
    """Report nothing."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Log odds per label of rows by weights that never saw them; NaN where a row was in no test part."""

    odds: Floats
    #: The share of each row's n-grams that the weights did not know.
    unknown: Floats


def prepare_examples(
    task: Task, corpus: Corpus, labels: Sequence[str] = (), words: WordSpace | None = None
) -> Examples:
    """Return the rows of a corpus ready to learn from; `labels` fixes which there are and their order.

    Rows of the label that the task ignores have no target.
    """
    named = name_labels(task, corpus.rows)
    known = tuple(labels) or tuple(sorted({label for row in named for label in row}))
    unknown = sorted({label for row in named for label in row} - set(known))
    if unknown:
        raise SourceError(f"标签 {'、'.join(unknown)} 不在模型里；模型的标签：{'、'.join(known)}")
    if len(known) < 2:
        raise SourceError(f"只有一种标签（{'、'.join(known)}），无从学习；至少需要两种")
    targets = np.array([[label in row for label in known] for row in named], dtype=np.int64)
    domains = np.array([row.domain for row in corpus.rows], dtype=np.str_)
    weight = np.array([row.weight for row in corpus.rows])
    counts = count_ngrams([row.text for row in corpus.rows], task.spec.values.opening)
    return Examples(counts, targets, known, domains, weight, words)


def refuse_too_little(files: Sequence[Path], examples: Examples, corpus: Corpus) -> None:
    """Raise SourceError for rows from which nothing can be learned and held out."""
    place, different = "、".join(map(str, files)), len(np.unique(corpus.groups))
    present = [label for label, rows in zip(examples.labels, examples.targets.sum(axis=0), strict=True) if rows]
    if len(present) < 2:
        raise SourceError(f"{place}: 只有一种可学的标签（{'、'.join(present) or '无'}），无从学习；至少需要两种")
    if different < _LEAST_TEXTS:
        raise SourceError(
            f"{place}: {len(corpus.rows)} 条文本里互不相近的只有 {different} 条，无法留出一部分来检验；"
            f"至少需要 {_LEAST_TEXTS} 条，几百条才有把握"
        )


def split_folds(groups: NDArray[np.int64], folds: int, seed: int) -> NDArray[np.int64]:
    """Return the fold of each row; near-copies share one."""
    names, inverse = np.unique(groups, return_inverse=True)
    return np.random.default_rng(seed).permutation(len(names))[inverse.ravel()] % folds


def hold_out(
    task: Task,
    examples: Examples,
    tests: Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]],
    progress: Progress,
    fit: Fit | None = None,
) -> HeldOut:
    """Return the predictions of each (training rows, test rows) by what `fit` makes of the training rows.

    By default it learns weights from them alone.
    """
    odds = np.full(examples.targets.shape, np.nan)
    unknown = np.full(len(odds), np.nan)
    total = np.maximum(np.asarray(examples.counts[:, : 1 << HASH_BITS].sum(axis=1)).ravel(), 1.0)
    for number, (training, test) in enumerate(tests):
        progress("交叉验证", number, len(tests))
        outputs, weights = fit(training) if fit else fit_task(task, examples.take(training))
        odds[test] = score_counts(task, outputs, weights, examples.counts[test])
        known = np.asarray(examples.counts[test][:, weights.buckets].sum(axis=1)).ravel()
        unknown[test] = 1.0 - known / total[test]
    progress("交叉验证", len(tests), len(tests))
    return HeldOut(odds, unknown)


def fold_tests(fold: NDArray[np.int64]) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Return (training rows, test rows) of each fold."""
    return [(np.flatnonzero(fold != number), np.flatnonzero(fold == number)) for number in np.unique(fold)]


def decide(task: Task, odds: Floats) -> NDArray[np.bool_]:
    """Return which labels each row gets: the best one, and further ones where a text may have several."""
    best = np.zeros(odds.shape, dtype=np.bool_)
    best[np.arange(len(odds)), odds.argmax(axis=1)] = True
    return best | (odds > _FURTHER_LABEL) if task.is_multiple else best


def label_confidence(task: Task, odds: Floats, temperature: float = 1.0) -> Floats:
    """Return how sure the best label of each row is, 0 to 1: its probability among all labels, which add up to 1."""
    probability = 0.5 * (1.0 + np.tanh(0.5 * odds / temperature))
    whole = np.ones(len(odds)) if task.is_multiple else np.maximum(probability.sum(axis=1), 1e-12)
    confidence: Floats = probability.max(axis=1) / whole
    return confidence


def find_hits(task: Task, odds: Floats, truth: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return for which rows that is right of which `label_confidence` tells how sure it is.

    That is the label given, or, where a text may have several, the best of them.
    """
    best: NDArray[np.bool_] = truth[np.arange(len(odds)), odds.argmax(axis=1)]
    given: NDArray[np.bool_] = (decide(task, odds) == truth).all(axis=1)
    return best if task.is_multiple else given


def measure_rows(task: Task, protocol: str, corpus: Corpus, examples: Examples, odds: Floats) -> Evaluation:
    """Return the figures of the rows that have a target and log odds."""
    done = np.flatnonzero(~np.isnan(odds[:, 0]) & examples.targets.any(axis=1))
    truth, odds = examples.targets[done] == 1, odds[done]
    found = Predicted(truth, decide(task, odds), label_confidence(task, odds), find_hits(task, odds, truth))
    texts = [corpus.rows[row].text for row in done.tolist()]
    return measure(task.name, protocol, examples.labels, found, examples.domains[done].tolist(), texts)


def evaluate(task_name: str, files: Sequence[Path], model: Path) -> Evaluation:
    """Return how a model does on labelled rows; rows that it was trained on flatter it."""
    task, learned = find_task(task_name), load_model(model)
    corpus = read_corpus(files, task.column)
    if learned.task != task.name:
        raise SourceError(f"{model}: 这是 {learned.task} 的模型，不是 {task.name} 的")
    examples = prepare_examples(task, corpus, learned.card["labels"])
    odds = predict_rows(task, learned, corpus)
    return measure_rows(task, f"模型 {model.name}", corpus, examples, odds)


def predict_rows(task: Task, model: Model, corpus: Corpus) -> Floats:
    """Return the log odds per label that a model gives the rows."""
    return combine(task, model.outputs, predict(model, [row.text for row in corpus.rows]))


def cross_validate(
    task_name: str,
    files: Sequence[Path],
    *,
    folds: int = FOLDS,
    seed: int = 0,
    progress: Progress = report_nothing,
    words: WordSpace | None = None,
) -> Evaluation:
    """Return how weights learned from the other folds do on each fold; near-copies are in one fold."""
    task = find_task(task_name)
    corpus = read_corpus(files, task.column)
    examples = prepare_examples(task, corpus, words=words)
    refuse_too_little(files, examples, corpus)
    tests = fold_tests(split_folds(corpus.groups, folds, seed))
    odds = hold_out(task, examples, tests, progress).odds
    return measure_rows(task, f"{folds} 折交叉验证，去重", corpus, examples, odds)


def leave_domains_out(
    task_name: str, files: Sequence[Path], *, progress: Progress = report_nothing, words: WordSpace | None = None
) -> Evaluation:
    """Return how weights do on each domain when learned from the others, near-copies of its texts left out as well."""
    task = find_task(task_name)
    corpus = read_corpus(files, task.column)
    examples = prepare_examples(task, corpus, words=words)
    tests = []
    for domain in np.unique(examples.domains):
        inside = examples.domains == domain
        outside = ~inside & ~np.isin(corpus.groups, corpus.groups[inside])
        tests.append((np.flatnonzero(outside), np.flatnonzero(inside)))
    if len(tests) < 2:
        raise SourceError("留一领域验证至少需要两个领域；请给出 domain 列或多个文件")
    odds = hold_out(task, examples, tests, progress).odds
    return measure_rows(task, "留一领域", corpus, examples, odds)

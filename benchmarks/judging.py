"""Fitting a judge: boosted trees over facts (CatBoost), in whole numbers, measured by folds, written with a card."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Sequence
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import catboost
import numpy as np
from catboost import CatBoostClassifier
from numpy.typing import NDArray

from feedback_engine.nlp.judge import Judge, Subject, load_judge, save_judge
from feedback_engine.nlp.ngrams import plain_key

BORDERS, SEED = 64, 0
#: The figures of the card come from so many folds.
CHECKS = 5
_GREATEST = 32_000


class Row(NamedTuple):
    """A text, or a touchpoint in it, with its label, what it counts, the set it is of and the pack it is read by."""

    text: str
    label: str
    weight: float
    source: str
    pack: str = "general"


class Boosting(NamedTuple):
    """So many trees of so many levels, how much each adds, and how near to 0 its leaves are drawn."""

    trees: int
    depth: int
    rate: float
    ridge: float


def find_fold(text: str, folds: int, salt: str = "") -> int:
    """Return the fold of a text, that of all its copies."""
    return int(sha256((salt + plain_key(text)).encode()).hexdigest(), 16) % folds


def fit(
    facts: NDArray[np.float32], rows: Sequence[Row], boosting: Boosting, labels: Sequence[str]
) -> CatBoostClassifier:
    """Return the trees fitted to the labels of these rows."""
    model = CatBoostClassifier(
        iterations=boosting.trees, depth=boosting.depth, learning_rate=boosting.rate, l2_leaf_reg=boosting.ridge,
        loss_function="MultiClass", classes_count=len(labels), border_count=BORDERS, thread_count=1, random_seed=SEED,
        allow_writing_files=False, verbose=False,
    )  # fmt: skip
    numbers = [labels.index(row.label) for row in rows]
    return model.fit(facts, numbers, sample_weight=[row.weight for row in rows])


def to_judge(model: CatBoostClassifier, depth: int, labels: int) -> Judge:
    """Return the trees in whole numbers; levels that a tree does not have ask for what is never so."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "trees.json"
        model.save_model(str(path), format="json")
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    trees, (scale, bias) = found["oblivious_trees"], found["scale_and_bias"]
    asked = np.zeros((depth, len(trees)), dtype=np.int64)
    borders = np.full((depth, len(trees)), np.inf, dtype=np.float32)
    values = np.zeros((len(trees), 1 << depth, labels))
    for number, tree in enumerate(trees):
        splits = tree["splits"] or []
        asked[: len(splits), number] = [split["float_feature_index"] for split in splits]
        borders[: len(splits), number] = [split["border"] for split in splits]
        values[number, : 1 << len(splits)] = np.reshape(tree["leaf_values"], (-1, labels))
    unit = float(np.abs(values).max()) / _GREATEST
    leaves = np.rint(values.reshape(-1, labels).T / unit).astype(np.int16)
    return Judge(asked, borders, np.ascontiguousarray(leaves), unit * scale, np.array(bias))


def judge_apart(
    facts: NDArray[np.float32], rows: Sequence[Row], boosting: Boosting, labels: Sequence[str]
) -> list[str]:
    """Return the label of each row as told by trees that were fitted without its text and its copies."""
    numbers = np.array([find_fold(row.text, CHECKS, "check") for row in rows])
    told = np.zeros(len(rows), dtype=np.int64)
    for number in range(CHECKS):
        rest, own = (numbers != number).nonzero()[0], (numbers == number).nonzero()[0]
        model = fit(facts[rest], [rows[at] for at in rest], boosting, labels)
        judge = to_judge(model, boosting.depth, len(labels))
        told[own] = judge.weigh(facts[own].T).argmax(axis=1)
    return [labels[number] for number in told.tolist()]


def write_judge(
    facts: NDArray[np.float32],
    rows: Sequence[Row],
    boosting: Boosting,
    models: Path,
    subject: Subject,
    written: Collection[str],
    card: str,
) -> None:
    """Fit the judge of this subject and write it with its card; `written` are the sets that tell how often it errs."""
    labels, path = subject.labels, models / subject.file
    model, told = fit(facts, rows, boosting, labels), judge_apart(facts, rows, boosting, labels)
    measured = _measure(rows, told, labels, written)
    digest = save_judge(to_judge(model, boosting.depth, len(labels)), path, subject, measured)
    apart = np.abs(load_judge(path, subject).weigh(facts.T) - model.predict_proba(facts)).max()
    print(f"{subject.file}: {path.stat().st_size:,} bytes, {digest}, rounded by {apart:.5f}")
    for value, name in sorted(zip(model.get_feature_importance(), subject.names, strict=True), reverse=True)[:12]:
        print(f"  {name:16}{value:6.1f}")
    made = f"{boosting.trees} trees of depth {boosting.depth} over {len(subject.names)} facts"
    head = f"{made}; CatBoost {catboost.__version__}; {path.stat().st_size:,} bytes, SHA-256 `{digest}`."
    figures = {"table": _tell_shares(rows, told), "errors": _tell_errors(measured)}
    shown = f"# {subject.file}\n\n{head}\n\n{card}".format(**figures)
    path.with_suffix(".md").write_text(shown, encoding="utf-8")


def write_empty(models: Path, *subjects: Subject) -> None:
    """Put judges that know nothing among these models, so that facts can be gathered whatever lay there."""
    facts, borders = np.zeros((1, 0), dtype=np.int64), np.zeros((1, 0), dtype=np.float32)
    for subject in subjects:
        count = len(subject.labels)
        judge = Judge(facts, borders, np.zeros((count, 0), dtype=np.int16), 1.0, np.zeros(count))
        save_judge(judge, models / subject.file, subject)


def _tell_shares(rows: Sequence[Row], told: Sequence[str]) -> str:
    """Return the share of right labels by set."""
    counts, hits = Counter(row.source for row in rows), Counter[str]()
    for row, label in zip(rows, told, strict=True):
        hits[row.source] += row.label == label
    return "\n".join(f"{source:20}{count:8,}{hits[source] / count:8.3f}" for source, count in counts.items())


def _tell_errors(measured: dict[str, Any]) -> str:
    """Return how often each label errs."""
    head = f"{'label':20}{'rows':>8}{'sensitivity':>13}{'specificity':>13}"
    rows = ((one["label"], one["rows"], one["sensitivity"], one["specificity"]) for one in measured["per_class"])
    lines = [f"{label:20}{count:8,}{found:13.3f}{left:13.3f}" for label, count, found, left in rows]
    return "\n".join([head, *lines])


def _measure(
    rows: Sequence[Row], told: Sequence[str], labels: Sequence[str], written: Collection[str]
) -> dict[str, Any]:
    """Return how often each label errs in the sets `written`."""
    pairs = [(row.label, label) for row, label in zip(rows, told, strict=True) if row.source in written]
    found = []
    for label in labels:
        own, rest = ([told == label for said, told in pairs if (said == label) is has] for has in (True, False))
        shares = {"sensitivity": sum(own) / len(own), "specificity": 1.0 - sum(rest) / len(rest)}
        found.append({"label": label, "rows": len(own)} | {name: round(share, 4) for name, share in shares.items()})
    return {"per_domain": [{"rows": len(pairs)}], "per_class": found}

"""Fit the judge of texts again: python benchmarks/train_judge.py --data DIR (`pip install catboost` first).

It learns which of rules and weights to believe, when, from texts that neither has seen: sentences of ours that nothing
else was learned from, the sentences that the rules were written for, and a fifth of the public reviews and posts, heard
by weights that were learned from the other four fifths. Run it after `train_shipped_models.py`, and whenever rules,
word lists or weights change. The same data and libraries give the same bytes.
"""

from __future__ import annotations

import argparse
import json
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import catboost
import numpy as np
from catboost import CatBoostClassifier
from numpy.typing import NDArray
from train_shipped_models import make, make_words
from training_data import ROOT, SENTENCES, read_cells, read_lines
from training_polarity import EMOTIONS

from feedback_engine.lexicon.files import load_lexicon, load_pack
from feedback_engine.nlp.batch import cut_batches
from feedback_engine.nlp.facts import NAMES
from feedback_engine.nlp.judge import JUDGE_FILE, Judge, load_judge, save_judge
from feedback_engine.nlp.learned import LearnedScorer
from feedback_engine.nlp.models import load_model, save_model
from feedback_engine.nlp.ngrams import plain_key
from feedback_engine.nlp.reading import Reader
from feedback_engine.nlp.statements import POLARITIES
from feedback_engine.nlp.tagger import has_content

JUDGED, SEEN = SENTENCES / "judged.tsv", SENTENCES / "unseen" / "whole_seen"
GOLDEN = ROOT / "tests" / "golden" / "sentences.tsv"
#: What a sentence that the rules were written for counts beside another one, and the kind of those that tests tell.
GOLDEN_WEIGHT, SPECIFIED = 10.0, "specified"
#: The sets of which one text in so many is held out, and what each of these counts.
HELD_OUT, FOLDS = {"ecommerce_few": 1.0, "hotel_laptop_book": 1.0, "shopping": 1.0, "food_delivery": 1.5}, 5
POSTS = "weibo_emotion"
#: What is learned again without them.
HEARD_BY = ("sentiment", "clauses")
TREES, DEPTH, RATE, RIDGE, BORDERS, SEED = 400, 4, 0.1, 5.0, 64, 0
#: The figures of the card come from so many folds.
CHECKS = 5
#: The sets that tell how often each label errs in what customers write.
WRITTEN = ("comments", *HELD_OUT)
_GREATEST = 32_000
_LABELS = [str(polarity) for polarity in POLARITIES]
CARD = """# judge.trees

{trees} trees of depth {depth} over {facts} facts about a text: good, bad, neutral or mixed. Fitted by
`benchmarks/train_judge.py` (CatBoost {version}); {size:,} bytes, SHA-256 `{digest}`.

## Texts that it was fitted on, and the share that it judges right (5-fold cross-validation)

```
{table}
```
Nothing else was learned from them; the reviews and posts (those of others are not in this repository) were heard by
weights that had been learned without them. The golden sentences, for which the rules were written, count ten times;
where two labels are right, each is a row of half that weight, of which one at most can be hit. How often each label
errs in comments and reviews stands in the file, and corrects shares of texts.

## Limits

What neither words nor weights notice, it cannot know. Posts are judged further by `social.npz`.
"""


class Row(NamedTuple):
    """A text with its label, what it counts, the set it is of and the pack it is read by."""

    text: str
    label: str
    weight: float
    source: str
    pack: str = "general"


def sentence_rows() -> Iterator[Row]:
    """Yield the sentences of ours."""
    for text, label, kind in read_cells(JUDGED):
        if has_content(text):
            yield Row(text, label, GOLDEN_WEIGHT if kind == SPECIFIED else 1.0, "sentences")
    for path in sorted(SEEN.glob("*.tsv")):
        yield from (Row(text, label, 1.0, "comments", path.stem) for text, label, *_ in read_cells(path))
    for cells in read_cells(GOLDEN):
        pack, text, listed = [*cells, "", ""][:3]
        labels = [label for label in listed.split("|") if label in _LABELS and has_content(text)]
        yield from (Row(text, label, GOLDEN_WEIGHT / len(labels), "golden", pack) for label in labels)


def find_fold(text: str, folds: int, salt: str = "") -> int:
    """Return the fold of a text, that of all its copies."""
    return int(sha256((salt + plain_key(text)).encode()).hexdigest(), 16) % folds


def held_out(text: str) -> bool:
    """Return whether a text of a public set is among those that weights do not learn from here."""
    return find_fold(text, FOLDS) == 0


def review_rows(data: Path) -> Iterator[Row]:
    """Yield the held-out reviews and posts, each once."""
    seen: set[str] = set()
    for name, weight in (*HELD_OUT.items(), (POSTS, 1.0)):
        for row in read_lines(data / "sentiment" / f"{name}.jsonl"):
            key = plain_key(row["text"])
            if key and key not in seen and held_out(row["text"]):
                seen.add(key)
                label = EMOTIONS[row["emotion"]] if name == POSTS else _LABELS[2 * int(row["label"])]
                yield Row(row["text"], label, weight, name)


def learn_without(data: Path, own: Path, folder: Path) -> Path:
    """Return a copy of our own lexicons whose weights were learned without the held-out texts."""
    rest, lexicons = folder / "data", folder / "lexicons"
    shutil.copytree(data, rest, copy_function=shutil.copyfile)
    for path in (*(rest / "sentiment").glob("*.jsonl"), *(rest / "unlabelled").glob("*.jsonl")):
        lines = path.read_text(encoding="utf-8").splitlines()
        path.write_text("".join(f"{line}\n" for line in lines if not held_out(json.loads(line)["text"])), "utf-8")
    shutil.copytree(own, lexicons)
    models = lexicons / "models"
    for path in models.glob("*.npz"):
        save_model(load_model(path), path)  # so that they owe nothing to words that are learned anew
    make_words(rest, models)
    for name in HEARD_BY:
        make(name, rest, models)
    return lexicons


def find_facts(rows: Sequence[Row], lexicons: Path) -> NDArray[np.float32]:
    """Return the facts about each text, by the weights of these lexicons."""
    facts = np.zeros((len(rows), len(NAMES)), dtype=np.float32)
    lexicon = load_lexicon(lexicons)
    for name in sorted({row.pack for row in rows}):
        pack = load_pack(lexicons, name)
        reader, scorer = Reader(lexicon, pack), LearnedScorer(lexicon, lexicons / "models", pack)
        own = [number for number, row in enumerate(rows) if row.pack == name]
        first = 0
        for batch in cut_batches([rows[number].text for number in own]):
            columns = scorer.score(reader.read(batch)).facts
            facts[own[first : first + len(batch)]] = np.array(columns, dtype=np.float32).T
            first += len(batch)
    return facts


def fit(facts: NDArray[np.float32], rows: Sequence[Row]) -> CatBoostClassifier:
    """Return the trees fitted to the labels of these texts."""
    model = CatBoostClassifier(
        iterations=TREES, depth=DEPTH, learning_rate=RATE, l2_leaf_reg=RIDGE, border_count=BORDERS,
        loss_function="MultiClass", classes_count=len(_LABELS), thread_count=1, random_seed=SEED,
        allow_writing_files=False, verbose=False,
    )  # fmt: skip
    labels = [_LABELS.index(row.label) for row in rows]
    return model.fit(facts, labels, sample_weight=[row.weight for row in rows])


def to_judge(model: CatBoostClassifier) -> Judge:
    """Return the trees in whole numbers."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "trees.json"
        model.save_model(str(path), format="json")
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    trees = found["oblivious_trees"]
    if any(len(tree["splits"]) != DEPTH for tree in trees):
        raise SystemExit(f"not all trees are of depth {DEPTH}")
    scale, bias = found["scale_and_bias"]
    values = np.ascontiguousarray(np.array([tree["leaf_values"] for tree in trees]).reshape(-1, len(_LABELS)).T)
    unit = float(np.abs(values).max()) / _GREATEST
    splits = [tree["splits"] for tree in trees]
    return Judge(
        np.array([[tree[level]["float_feature_index"] for tree in splits] for level in range(DEPTH)]),
        np.array([[tree[level]["border"] for tree in splits] for level in range(DEPTH)], dtype=np.float32),
        np.rint(values / unit).astype(np.int16),
        unit * scale,
        np.array(bias),
    )


def judge_apart(facts: NDArray[np.float32], rows: Sequence[Row]) -> list[str]:
    """Return the label of each text as told by trees that were fitted without it and its copies."""
    numbers = np.array([find_fold(row.text, CHECKS, "check") for row in rows])
    told = np.zeros(len(rows), dtype=np.int64)
    for number in range(CHECKS):
        rest, own = (numbers != number).nonzero()[0], (numbers == number).nonzero()[0]
        judge = to_judge(fit(facts[rest], [rows[at] for at in rest]))
        told[own] = judge.weigh(facts[own].T).argmax(axis=1)
    return [_LABELS[number] for number in told.tolist()]


def tell_shares(rows: Sequence[Row], told: Sequence[str]) -> str:
    """Return the share of right labels by set."""
    counts, hits = Counter(row.source for row in rows), Counter[str]()
    for row, label in zip(rows, told, strict=True):
        hits[row.source] += row.label == label
    return "\n".join(f"{source:20}{count:8,}{hits[source] / count:8.3f}" for source, count in counts.items())


def measure(rows: Sequence[Row], told: Sequence[str]) -> dict[str, Any]:
    """Return how often each label errs in what customers wrote: comments and reviews, no made-up traps."""
    pairs = [(row.label, label) for row, label in zip(rows, told, strict=True) if row.source in WRITTEN]
    found = []
    for label in _LABELS:
        own, rest = ([told == label for said, told in pairs if (said == label) is has] for has in (True, False))
        shares = {"sensitivity": sum(own) / len(own), "specificity": 1.0 - sum(rest) / len(rest)}
        found.append({"label": label, "rows": len(own)} | {name: round(share, 4) for name, share in shares.items()})
    return {"per_domain": [{"rows": len(pairs)}], "per_class": found}


def write_empty(models: Path) -> None:
    """Put a judge that knows nothing among these models, so that facts can be gathered whatever lay there."""
    facts, borders = np.zeros((DEPTH, 0), dtype=np.int64), np.zeros((DEPTH, 0), dtype=np.float32)
    leaves = np.zeros((len(_LABELS), 0), dtype=np.int16)
    save_judge(Judge(facts, borders, leaves, 1.0, np.zeros(len(_LABELS))), models / JUDGE_FILE)


def main() -> None:
    """Fit the judge and write it with its card."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=ROOT / "lexicons" / "models")
    chosen = parser.parse_args()
    started, path = time.process_time(), chosen.out / JUDGE_FILE
    sentences, reviews = list(sentence_rows()), list(review_rows(chosen.data))
    with TemporaryDirectory() as folder:
        own = shutil.copytree(ROOT / "lexicons", Path(folder) / "own")
        write_empty(own / "models")
        said, heard = find_facts(sentences, own), find_facts(reviews, learn_without(chosen.data, own, Path(folder)))
    facts, rows = np.concatenate((said, heard)), [*sentences, *reviews]
    model, told = fit(facts, rows), judge_apart(facts, rows)
    digest, size = save_judge(to_judge(model), path, measure(rows, told)), path.stat().st_size
    apart = np.abs(load_judge(path).weigh(facts.T) - model.predict_proba(facts)).max()
    print(f"judge: {size:,} bytes, {time.process_time() - started:.0f} s, {digest}, rounded by {apart:.5f}")
    for value, name in sorted(zip(model.get_feature_importance(), NAMES, strict=True), reverse=True)[:12]:
        print(f"  {name:16}{value:6.1f}")
    card = CARD.format(
        trees=TREES,
        depth=DEPTH,
        facts=len(NAMES),
        version=catboost.__version__,
        size=size,
        digest=digest,
        table=tell_shares(rows, told),
    )
    path.with_suffix(".md").write_text(card, encoding="utf-8")


if __name__ == "__main__":
    main()

"""Fit the judges of texts and of posts: python benchmarks/train_judge.py --data DIR (`pip install catboost` first).

They learn which of rules and weights to believe, when, from texts that neither has seen: sentences of ours that nothing
else was learned from, the sentences that the rules were written for, and the public reviews and posts, each fifth of
them heard by weights that were learned from the other four. Run it after `train_shipped_models.py`, and whenever rules,
word lists or weights change. The same data, libraries and kind of processor give the same bytes.
"""

# ruff: noqa: E402 - the number of threads is read when numpy is imported
from __future__ import annotations

import os

for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[_threads] = "1"

import argparse
import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
from judging import Boosting, Row, find_fold, write_empty, write_judge
from numpy.typing import NDArray
from train_shipped_models import MODELS, make_words, write_rows
from training_data import ROOT, SENTENCES, read_cells, read_lines
from training_polarity import EMOTIONS

from feedback_engine.lexicon.files import load_lexicon, load_pack
from feedback_engine.nlp.batch import cut_batches
from feedback_engine.nlp.evaluate import prepare_examples
from feedback_engine.nlp.facts import OF_TEXTS
from feedback_engine.nlp.fitting import to_model
from feedback_engine.nlp.labelled import read_corpus
from feedback_engine.nlp.learned import LearnedScorer
from feedback_engine.nlp.learned_models import SUBJECTS
from feedback_engine.nlp.models import load_model, save_model
from feedback_engine.nlp.ngrams import plain_key
from feedback_engine.nlp.posts import OF_POSTS
from feedback_engine.nlp.reading import Reader
from feedback_engine.nlp.tagger import has_content
from feedback_engine.nlp.tasks import find_task, fit_task
from feedback_engine.nlp.wordspace import WORDS_FILE, load_words

JUDGED, SEEN = SENTENCES / "judged.tsv", SENTENCES / "unseen" / "whole_seen"
GOLDEN = ROOT / "tests" / "golden" / "sentences.tsv"
#: What a sentence counts, one that the rules were written for, and the kind of those that tests tell.
WEIGHT, GOLDEN_WEIGHT, SPECIFIED = 4.0, 30.0, "specified"
#: The public sets, and what one of their texts counts; to the judge of posts each counts as a sentence of ours.
POSTS = "weibo_emotion"
PUBLIC = {"ecommerce_few": 1.0, "hotel_laptop_book": 2.0, "shopping": 1.0, "food_delivery": 5.0, POSTS: 1.0}
#: What is learned again without each fifth of them.
FOLDS, HEARD_BY = 5, ("sentiment", "clauses", "social")
OF_ALL, OF_FEW = Boosting(trees=500, depth=5, rate=0.1, ridge=5.0), Boosting(trees=150, depth=4, rate=0.1, ridge=5.0)
#: The sets that tell how often each label errs in what customers write, and in what may be a post.
WRITTEN, POSTED = ("comments", *(name for name in PUBLIC if name != POSTS)), ("sentences", POSTS)
CARD = """Good, bad, neutral or mixed is told of a text. Fitted by `benchmarks/train_judge.py`.

## Texts that it was fitted on, and the share that it judges right (5-fold cross-validation)

```
{table}
```
No weights were learned from the sentences and comments; the reviews and posts (those of others are not in this
repository) were heard by weights that had been learned from the other four fifths. The golden sentences, for which the
rules were written, and sentences that tests tell count thirty times, all others of ours four times, reviews of food
delivery five times, those of hotels, laptops and books twice; where two labels are right, each is a row of half that
weight, of which one at most can be hit. How often each label errs in comments and reviews stands in the file, and
corrects shares of texts.

## Limits

What neither words nor weights notice, it cannot know. Where a pack has weights for posts, `posts.trees` judges these.
"""
POSTS_CARD = """Good, bad, neutral or mixed is told of a text that may be a post. Fitted by `benchmarks/train_judge.py`.

## Texts that it was fitted on, and the share that it judges right (5-fold cross-validation)

```
{table}
```
They are those of the texts of `judge.trees` that are likely enough posts, with what the weights for posts say of them,
which were learned without them, too (those of others are not in this repository). Golden sentences and those that tests
tell count thirty times, all others four times. How often each label errs in `sentences` and in posts:

```
{errors}
```

## Limits

What tells nothing of a thing bought or a service had is mostly neutral in the posts that it learned from, which tell
how their writers feel. Texts of more than 160 characters or in Latin letters are no posts to it. Shares of good and bad
texts are corrected by the figures of `judge.trees` alone.
"""


class Heard(NamedTuple):
    """Texts, and the facts about them, shape (texts, facts)."""

    rows: Sequence[Row]
    facts: NDArray[np.float32]

    @classmethod
    def join(cls, parts: Iterable[Heard]) -> Heard:
        """Return the texts of all."""
        rows, facts = zip(*parts, strict=True)
        return cls([*chain.from_iterable(rows)], np.concatenate(facts))


def sentence_rows() -> Iterator[Row]:
    """Yield the sentences of ours."""
    for text, label, kind in read_cells(JUDGED):
        if has_content(text):
            yield Row(text, label, GOLDEN_WEIGHT if kind == SPECIFIED else WEIGHT, "sentences")
    for path in sorted(SEEN.glob("*.tsv")):
        yield from (Row(text, label, WEIGHT, "comments", path.stem) for text, label, *_ in read_cells(path))
    for cells in read_cells(GOLDEN):
        pack, text, listed = [*cells, "", ""][:3]
        labels = [label for label in listed.split("|") if label in OF_TEXTS.labels and has_content(text)]
        yield from (Row(text, label, GOLDEN_WEIGHT / len(labels), "golden", pack) for label in labels)


def review_rows(data: Path, fold: int) -> Iterator[Row]:
    """Yield the reviews and posts of a fold, each once."""
    seen: set[str] = set()
    for name, weight in PUBLIC.items():
        for row in read_lines(data / "sentiment" / f"{name}.jsonl"):
            key = plain_key(row["text"])
            if key and key not in seen and find_fold(row["text"], FOLDS) == fold:
                seen.add(key)
                label = EMOTIONS[row["emotion"]] if name == POSTS else OF_TEXTS.labels[2 * int(row["label"])]
                yield Row(row["text"], label, weight, name)


def learn_without(data: Path, own: Path, fold: int, folder: Path) -> Path:
    """Return a copy of our own lexicons whose weights were learned without the texts of a fold."""
    rest, lexicons = folder / "data", folder / "lexicons"
    shutil.copytree(data, rest, copy_function=shutil.copyfile)
    for path in (*(rest / "sentiment").glob("*.jsonl"), *(rest / "unlabelled").glob("*.jsonl")):
        lines = path.read_text(encoding="utf-8").splitlines()
        kept = (line for line in lines if find_fold(json.loads(line)["text"], FOLDS) != fold)
        path.write_text("".join(f"{line}\n" for line in kept), "utf-8")
    shutil.copytree(own, lexicons)
    models = lexicons / "models"
    for path in models.glob("*.npz"):
        save_model(load_model(path), path)  # so that they owe nothing to words that are learned anew
    make_words(rest, models)
    for name in HEARD_BY:
        learn_again(name, rest, models)
    return lexicons


def learn_again(name: str, data: Path, models: Path) -> None:
    """Learn the weights of a model among these again, to hear by; its card stays and tells of the former."""
    task_name, rows, _ = MODELS[name]
    task, path, words = find_task(task_name), models / f"{name}.npz", load_words(models / WORDS_FILE)
    with TemporaryDirectory() as folder:
        corpus = read_corpus([write_rows(rows(data), Path(folder) / f"{name}.jsonl")], task.column)
    outputs, weights = fit_task(task, prepare_examples(task, corpus, words=words))
    card = dict(load_model(path).card)
    save_model(to_model(task.name, outputs, weights, task.spec.values, card, task.levels, words), path)


def hear(rows: Sequence[Row], lexicons: Path) -> tuple[Heard, Heard]:
    """Return the texts as these lexicons hear them, and those that may be posts."""
    texts, posts, lexicon = list[Heard](), list[Heard](), load_lexicon(lexicons)
    for name in sorted({row.pack for row in rows}):
        pack = load_pack(lexicons, name)
        reader, scorer = Reader(lexicon, pack), LearnedScorer(lexicon, lexicons / "models", pack)
        own, first = [row for row in rows if row.pack == name], 0
        for batch in cut_batches([row.text for row in own]):
            verdicts, some = scorer.score(reader.read(batch)), own[first : first + len(batch)]
            first += len(batch)
            texts.append(Heard(some, np.array(verdicts.facts, dtype=np.float32).T))
            if verdicts.posts:
                numbers = verdicts.posts.numbers.tolist()
                facts = np.array(verdicts.posts.facts, dtype=np.float32).T
                posts.append(Heard([_count_as_post(some[number]) for number in numbers], facts))
    return Heard.join(texts), Heard.join(posts)


def _count_as_post(row: Row) -> Row:
    return row._replace(weight=WEIGHT) if row.source in PUBLIC else row


def hear_fold(data: Path, own: Path, fold: int) -> tuple[Heard, Heard]:
    """Return the reviews and posts of a fold, as weights hear them that were learned without it."""
    with TemporaryDirectory() as folder:
        return hear(list(review_rows(data, fold)), learn_without(data, own, fold, Path(folder)))


def main() -> None:
    """Fit the judges and write them with their cards."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=ROOT / "lexicons" / "models")
    parser.add_argument("--processes", type=int, default=2, help="folds heard at once; each takes some 2 GB")
    chosen = parser.parse_args()
    with TemporaryDirectory() as folder, ProcessPoolExecutor(chosen.processes) as pool:
        own = shutil.copytree(ROOT / "lexicons", Path(folder) / "own")
        write_empty(own / "models", *SUBJECTS)
        folds = pool.map(partial(hear_fold, chosen.data, own), range(FOLDS))
        said = hear(list(sentence_rows()), own)
        texts, posts = map(Heard.join, zip(said, *folds, strict=True))
    write_judge(texts.facts, texts.rows, OF_ALL, chosen.out, OF_TEXTS, WRITTEN, CARD)
    write_judge(posts.facts, posts.rows, OF_FEW, chosen.out, OF_POSTS, POSTED, POSTS_CARD)


if __name__ == "__main__":
    main()

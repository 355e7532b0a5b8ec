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
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from judging import Boosting, Row, find_fold, write_empty, write_judge
from numpy.typing import NDArray
from train_shipped_models import make, make_words
from training_data import ROOT, SENTENCES, read_cells, read_lines
from training_polarity import EMOTIONS

from feedback_engine.lexicon.files import load_lexicon, load_pack
from feedback_engine.nlp.batch import cut_batches
from feedback_engine.nlp.facts import OF_TEXTS
from feedback_engine.nlp.learned import LearnedScorer
from feedback_engine.nlp.learned_models import SUBJECTS
from feedback_engine.nlp.models import load_model, save_model
from feedback_engine.nlp.ngrams import plain_key
from feedback_engine.nlp.reading import Reader
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
BOOSTING = Boosting(trees=400, depth=4, rate=0.1, ridge=5.0)
#: The sets that tell how often each label errs in what customers write.
WRITTEN = ("comments", *HELD_OUT)
CARD = """Good, bad, neutral or mixed is told of a text. Fitted by `benchmarks/train_judge.py`.

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


def sentence_rows() -> Iterator[Row]:
    """Yield the sentences of ours."""
    for text, label, kind in read_cells(JUDGED):
        if has_content(text):
            yield Row(text, label, GOLDEN_WEIGHT if kind == SPECIFIED else 1.0, "sentences")
    for path in sorted(SEEN.glob("*.tsv")):
        yield from (Row(text, label, 1.0, "comments", path.stem) for text, label, *_ in read_cells(path))
    for cells in read_cells(GOLDEN):
        pack, text, listed = [*cells, "", ""][:3]
        labels = [label for label in listed.split("|") if label in OF_TEXTS.labels and has_content(text)]
        yield from (Row(text, label, GOLDEN_WEIGHT / len(labels), "golden", pack) for label in labels)


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
                label = EMOTIONS[row["emotion"]] if name == POSTS else OF_TEXTS.labels[2 * int(row["label"])]
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
    facts = np.zeros((len(rows), len(OF_TEXTS.names)), dtype=np.float32)
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


def main() -> None:
    """Fit the judge and write it with its card."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=ROOT / "lexicons" / "models")
    chosen = parser.parse_args()
    sentences, reviews = list(sentence_rows()), list(review_rows(chosen.data))
    with TemporaryDirectory() as folder:
        own = shutil.copytree(ROOT / "lexicons", Path(folder) / "own")
        write_empty(own / "models", *SUBJECTS)
        said, heard = find_facts(sentences, own), find_facts(reviews, learn_without(chosen.data, own, Path(folder)))
    rows = [*sentences, *reviews]
    write_judge(np.concatenate((said, heard)), rows, BOOSTING, chosen.out, OF_TEXTS, WRITTEN, CARD)


if __name__ == "__main__":
    main()

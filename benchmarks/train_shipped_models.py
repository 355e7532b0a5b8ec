"""Make lexicons/models again from the public sets: python benchmarks/train_shipped_models.py --data DIR [--only NAME].

The sets are not part of the repository; DIR holds them under the names that `training_data` reads.
The same data, numpy, scipy and kind of processor give the same bytes.
"""

# ruff: noqa: E402 - the number of threads is read when numpy is imported
from __future__ import annotations

import os

for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[_threads] = "1"

import argparse
import json
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from training_data import ROOT, Row, read_reviews
from training_packs import (
    ABOUT_NOTHING,
    CITIZENS,
    HINTED,
    car_opinion_rows,
    car_rows,
    complaint_rows,
    detail_rows,
    hint_rows,
    sentence_rows,
)
from training_polarity import UNLABELLED, clause_rows, post_rows, review_rows, side_rows

from feedback_engine.lexicon.files import load_pack
from feedback_engine.nlp.hints import PACK_TASK
from feedback_engine.nlp.normalize import fold
from feedback_engine.nlp.segment import Segmenter
from feedback_engine.nlp.train import train
from feedback_engine.nlp.two_sided import TASK as SIDES_TASK
from feedback_engine.nlp.wordlearning import learn_words
from feedback_engine.nlp.wordspace import WORDS_FILE, load_words, save_words

OURS = "feedback_engine, sentences"
SOURCES = {
    "ChnSentiCorp": "hotel_laptop_book.jsonl（酒店、笔记本、图书评论；限研究使用）",
    "online_shopping_10_cats": "shopping.jsonl（平板、水果、洗发水、衣服评论；未声明许可）",
    "waimai_10k": "food_delivery.jsonl（外卖评论；未声明许可）",
    "FewCLUE EPRSTMT": "ecommerce_few.jsonl、unlabelled/ecommerce.jsonl（电商评论，后者无标签；未声明许可）",
    "SMP2020-EWECT": "weibo_emotion.jsonl（微博；评测任务数据）",
    "ABSADatasets 505": "restaurant_triplets_train/dev.txt（餐饮句子；限研究使用）",
    "CCF BDCI 2018": "car_subjects.jsonl（汽车论坛；竞赛数据）",
    "feedback_engine": "plain_statements.txt（本项目手写的中性短句）",
    "Teddy Cup 2021 C": "hotel_reviews.csv、scenic_reviews.csv 的一部分（无标签；竞赛数据）",
    "Teddy Cup 2020 C": "hotline_segmented.jsonl（市民热线；竞赛数据）",
    "feedback_engine, reviews": "plain_reviews.txt（本项目手写的评论里的中性短句）",
    "feedback_engine, remarks": "remarks.tsv（本项目手写的顾客短句）",
    OURS: "sentences/*.tsv（本项目手写的、按行业包、按投诉细节标注的句子）",
}
#: What is to be said of the figures of a model.
NOTES = {
    "automotive_opinions": """
Half of the rows are clauses of the posts in the other half and may lie in another fold: the figures are too good.
"""
}
#: The name of the word space among the models, and its card.
WORDS = "words"
#: So many characters of a text are read for it.
LONGEST_IN_COMPANY = 600
WORDS_CARD = """# words.vec

{:,} words of one to three characters, each a vector of whole numbers: words said in like company lie near each other.
Learned without labels by `benchmarks/train_shipped_models.py --only words`; {:,} bytes, SHA-256 `{}`.
The models whose card names it (`words`) hold their weights of its directions, and are worked out when they are read.

## Texts, all rows (those of others are not in this repository)

{sources}
"""
LIMITS = """
Learned from reviews, posts and complaints of 2008-2020; what the product says of a text is not by these alone.
On domains that are not in training accuracy is several points lower. Some of the sets state no licence: see above.
"""
OWN_LIMITS = """
Learned from sentences written for the pack, most of them without any word for what they speak of: the figures are of
these, and of the weights alone. The product hears them in short texts, together with its words.
"""


def all_texts(data: Path) -> Iterator[str]:
    """Yield each text of all sets once, and our own, its beginning folded: what words stand together in."""
    rows = chain(
        review_rows(data),
        (row for name, *_ in UNLABELLED for row in read_reviews(data, name)),
        car_rows(data),
        complaint_rows(data),
        detail_rows(data),
        *(sentence_rows(pack) for pack in (*HINTED, ABOUT_NOTHING)),
    )
    for text in dict.fromkeys(" ".join(row["text"].split()) for row in rows):
        yield fold(text[:LONGEST_IN_COMPANY]).text


def make_words(data: Path, out: Path) -> None:
    """Learn the word space that the other models count on, and write it with its card."""
    started = time.process_time()
    entries = chain.from_iterable(load_pack(ROOT / "lexicons", pack).userdict for pack in (*HINTED, CITIZENS))
    words = learn_words(all_texts(data), Segmenter(entries).cut)
    sha256 = save_words(words, out / WORDS_FILE)
    size = (out / WORDS_FILE).stat().st_size
    print(f"words: {size:,} bytes, {time.process_time() - started:.0f} s, {sha256}")
    (out / WORDS_FILE).with_suffix(".md").write_text(
        WORDS_CARD.format(len(words.buckets), size, sha256, sources=list_sources(tuple(SOURCES))), encoding="utf-8"
    )


Rows = Callable[[Path], Iterable[Row]]
#: Model file → task, rows, training sets.
MODELS: dict[str, tuple[str, Rows, tuple[str, ...]]] = {
    "sentiment": ("sentiment", review_rows, (*tuple(SOURCES)[:9], "feedback_engine, remarks", OURS)),
    "clauses": (
        "clauses",
        clause_rows,
        (*tuple(SOURCES)[:8], "feedback_engine, reviews", "feedback_engine, remarks", OURS),
    ),
    "social": ("posts", post_rows, ("SMP2020-EWECT",)),
    "automotive": ("touchpoints", car_rows, ("CCF BDCI 2018",)),
    "automotive_opinions": ("opinions", car_opinion_rows, ("CCF BDCI 2018",)),
    "government": ("complaints", complaint_rows, ("Teddy Cup 2020 C", OURS)),
    "details": (
        PACK_TASK,
        detail_rows,
        (OURS, "ChnSentiCorp", "online_shopping_10_cats", "waimai_10k", "CCF BDCI 2018"),
    ),
    "sides": (SIDES_TASK, lambda _: side_rows(), (OURS, "feedback_engine, remarks")),
    **{
        f"{pack}_hints": (
            PACK_TASK,
            partial(hint_rows, pack),
            (OURS, "CCF BDCI 2018") if pack == "automotive" else (OURS,),
        )
        for pack in HINTED
    },
}


def make(name: str, data: Path, out: Path) -> None:
    """Train one model and write it with its card."""
    task, rows, sources = MODELS[name]
    notes = {"sources": {source: SOURCES[source] for source in sources}}
    with TemporaryDirectory() as folder:
        prepared = write_rows(rows(data), Path(folder) / f"{name}.jsonl")
        started = time.process_time()
        words = load_words(out / WORDS_FILE)
        result = train(task, [prepared], out / f"{name}.npz", notes=notes, words=words, is_owing=True)
    size = result.path.stat().st_size
    print(f"{name}: {size:,} bytes, {time.process_time() - started:.0f} s, {result.sha256}")
    summary = result.after.to_text().partition("误判示例")[0].strip()
    (out / f"{name}.md").write_text(card_text(name, size, result.sha256, sources, summary), encoding="utf-8")


def write_rows(rows: Iterable[Row], path: Path) -> Path:
    """Write the rows as `feedback-engine train` reads them; the path comes back."""
    lines = (json.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def list_sources(sources: tuple[str, ...]) -> str:
    """Return the lines that name the sets."""
    return "\n".join(f"- {source}: {SOURCES[source]}" for source in sources)


def card_text(name: str, size: int, sha256: str, sources: tuple[str, ...], summary: str) -> str:
    """Return the model card."""
    listed = list_sources(sources)
    return f"""# {name}.npz

Character 1-3-gram weights, learned by `benchmarks/train_shipped_models.py`; {size:,} bytes, SHA-256 `{sha256}`.

## Training sets (texts of others are not in this repository)

{listed}

## Measured by 5-fold cross-validation

Copies of a text removed across all sets, near-copies kept in one fold, seed 0; figures of the weights before rounding.

```
{summary}
```
{NOTES.get(name, "")}
## Limits
{OWN_LIMITS if sources[0] == OURS else LIMITS}"""


def main() -> None:
    """Train the models asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=ROOT / "lexicons" / "models")
    parser.add_argument("--only", choices=(WORDS, *MODELS), action="append")
    chosen = parser.parse_args()
    for name in chosen.only or (WORDS, *MODELS):
        make_words(chosen.data, chosen.out) if name == WORDS else make(name, chosen.data, chosen.out)


if __name__ == "__main__":
    main()

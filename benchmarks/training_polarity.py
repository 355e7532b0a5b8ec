"""The rows that polarity is learned from: reviews, posts, remarks and clauses with what they say."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

import numpy as np
from training_data import (
    SENTENCES,
    Row,
    read_cars,
    read_cells,
    read_lines,
    read_restaurants,
    read_reviews,
    read_sentences,
)

from feedback_engine.nlp.domains import REMARKS
from feedback_engine.nlp.fitting import FitSpec, count_ngrams, fit_outputs, row_values
from feedback_engine.nlp.hints import NO_LABEL
from feedback_engine.nlp.normalize import fold
from feedback_engine.nlp.segment import split_clauses
from feedback_engine.nlp.two_sided import BOTH

EMOTIONS = {
    "happy": "positive", "angry": "negative", "sad": "negative", "fear": "negative",
    "neutral": "neutral", "surprise": "neutral",
}  # fmt: skip
#: One of the sets mixes reviews of three kinds of thing, which its rows do not name.
THREE = {
    "lodging": "酒店 房间 入住 前台 宾馆 早餐 客房 大堂 携程 住宿 退房 标间 服务员 房价 床",
    "computer": (
        "电脑 笔记本 本本 键盘 屏幕 硬盘 系统 散热 电池 内存 显卡 驱动 xp vista 机器 鼠标 触摸板 配置 "
        "cpu 风扇 外观 接口 摄像头"
    ),
    "book": "书 作者 内容 阅读 读者 故事 小说 翻译 文字 出版 孩子 看完 章 印刷 读",
}
#: Short reviews teach the clause model too, at this weight of all clauses together.
REVIEW_SHARE, LONGEST_REVIEW = 0.3, 50
#: Statements of ours that say neither good nor bad, and the weight of each beside a clause.
PLAIN, PLAIN_WEIGHT = Path(__file__).with_name("plain_statements.txt"), 6.0
#: Likewise, but what is said in reviews: these say nothing of what texts of no domain look like.
PLAIN_REVIEWS, PLAIN_REVIEW_WEIGHT = Path(__file__).with_name("plain_reviews.txt"), 2.0
#: Packs whose sentences teach polarity, too, with remarks whose words mostly say the opposite of what they say here.
SPOKEN = ("general", "hotel", "restaurant", "retail", "telecom")
SPOKEN_REMARKS = Path(__file__).with_name("remarks.tsv")
#: Remarks that praise and blame at once (`mixed`), and others that only look like it, with their polarity.
#: Each counts so much beside one of a pack.
SIDES, SIDED_WEIGHT = SENTENCES / "sides.tsv", 2.0
#: Reviews without a label, which teach only what those of a domain look like: file, domain, one row in so many.
UNLABELLED = (("hotel_reviews", "lodging", 5), ("scenic_reviews", "scenic", 12))


def review_rows(data: Path) -> Iterator[Row]:
    """Yield reviews and posts that are positive or negative, with the domain whose weights they train.

    Neutral ones teach only what texts of their domain look like.
    """
    folder = data / "sentiment"
    for name, domain in (
        ("ecommerce_few", "shopping"), ("hotel_laptop_book", ""),
        ("shopping", "shopping"), ("food_delivery", "food_delivery"),
    ):  # fmt: skip
        rows = read_lines(folder / f"{name}.jsonl")
        domains = [domain] * len(rows) if domain else split_three([row["text"] for row in rows])
        for row, own in zip(rows, domains, strict=True):
            yield {"text": row["text"], "label": row["label"], "domain": own}
    yield from post_rows(data)
    for text, triplets in read_restaurants(data):
        signs = {sign for _, sign in triplets}
        signs.discard("neutral")
        if len(signs) == 1:
            yield {"text": text, "label": signs.pop(), "domain": "restaurant"}
    for row in read_cars(data):
        values = {value for _, value in row["pairs"]} - {0}
        if len(values) < 2:
            yield {"text": row["text"], "label": str(values.pop()) if values else "neutral", "domain": "automotive"}
    yield from plain_rows()
    for row in remark_rows():
        yield {**row, "label": "neutral"} if row["label"] == "mixed" else row
    yield from unlabelled_rows(data)


def remark_rows() -> Iterator[Row]:
    """Yield the sentences of ours with their sign, or `mixed`, of a domain of their own."""
    told = ((text, _sum_up(*spoken)) for text, *spoken in chain.from_iterable(map(read_sentences, SPOKEN)))
    for text, label in chain(told, read_cells(SPOKEN_REMARKS), read_cells(SIDES)):
        yield {"text": text, "label": label, "domain": REMARKS}


def _sum_up(touchpoints: str, complaint: str) -> str:
    """Return what a sentence says as a whole that says this of touchpoints and complains or not."""
    signs = {spoken.partition(":")[2] for spoken in touchpoints.split()} - {"neutral"}
    if complaint != "no":
        signs = signs or {"negative"}
    return "mixed" if len(signs) > 1 else signs.pop() if signs else "neutral"


def plain_rows(path: Path = PLAIN) -> Iterator[Row]:
    """Yield the statements of ours in a file, of no domain."""
    for text in path.read_text(encoding="utf-8").splitlines():
        yield {"text": text, "label": "neutral", "domain": "plain"}


def unlabelled_rows(data: Path) -> Iterator[Row]:
    """Yield reviews that teach nothing but what those of their domain look like."""
    for row in read_lines(data / "unlabelled" / "ecommerce.jsonl"):
        yield {"text": row["text"], "label": "neutral", "domain": "shopping"}
    for name, domain, step in UNLABELLED:
        yield from (
            {**row, "label": "neutral", "domain": domain} for row in islice(read_reviews(data, name), 0, None, step)
        )


def split_three(texts: list[str]) -> list[str]:
    """Return lodging, computer or book for each review: by words where they are clear, else as those rows teach."""
    found = np.array([[sum(map(text.lower().count, words.split())) for words in THREE.values()] for text in texts])
    ranked = np.sort(found, axis=1)
    clear = (ranked[:, 2] >= 2) & (ranked[:, 2] > 2 * ranked[:, 1])
    counts, spec = count_ngrams(texts), FitSpec(penalty=1e-5)
    target = np.eye(3, dtype=np.int64)[found[clear].argmax(axis=1)]
    taught = fit_outputs(counts[np.flatnonzero(clear)], target, np.ones(int(clear.sum())), spec)
    odds = row_values(counts, spec.values)[:, taught.buckets] @ taught.weights.T + taught.bias
    kinds = list(THREE)
    return [kinds[number] for number in odds.argmax(axis=1).tolist()]


def post_rows(data: Path) -> Iterator[Row]:
    """Yield Weibo posts of known emotions."""
    for row in read_lines(data / "sentiment" / "weibo_emotion.jsonl"):
        if row["emotion"] in EMOTIONS:
            yield {"text": row["text"], "label": EMOTIONS[row["emotion"]], "domain": "social"}


def clause_rows(data: Path) -> Iterator[Row]:
    """Yield clauses with one sign, and short reviews at a lower weight."""
    clauses = [row for text, triplets in read_restaurants(data) for row in _clauses_of(text, triplets)]
    reviews = [
        row
        for row in review_rows(data)
        if len(row["text"]) <= LONGEST_REVIEW
        and row["domain"] not in ("restaurant", REMARKS)
        and (row["label"] != "neutral" or row["domain"] == "social")
    ]
    sizes = {row["domain"]: 0 for row in reviews}
    for row in reviews:
        sizes[row["domain"]] += 1
    unit = REVIEW_SHARE * len(clauses) / sum(size**0.5 for size in sizes.values())
    yield from clauses
    yield from ({**row, "weight": PLAIN_WEIGHT} for row in plain_rows())
    yield from ({**row, "weight": PLAIN_REVIEW_WEIGHT} for row in plain_rows(PLAIN_REVIEWS))
    remarks = (row for row in remark_rows() if row["label"] != "mixed")
    yield from ({**row, "weight": 1.0} for row in remarks if len(row["text"]) <= LONGEST_REVIEW)
    yield from ({**row, "weight": unit * sizes[row["domain"]] ** -0.5} for row in reviews)


def _clauses_of(text: str, triplets: list[tuple[int, str]]) -> Iterator[Row]:
    folded = fold(text)
    for clause in split_clauses(folded.text):
        start, end = folded.span_in_original(clause.start, clause.end)
        signs = {sign for middle, sign in triplets if start <= middle < end}
        if len(signs) == 1:
            yield {"text": text[start:end], "label": signs.pop(), "domain": "restaurant", "weight": 1.0}


def side_rows() -> Iterator[Row]:
    """Yield the remarks of ours, those that praise and blame at once as such."""
    sided = {text for text, _ in read_cells(SIDES)}
    for row in remark_rows():
        label = BOTH if row["label"] == "mixed" else NO_LABEL
        yield {**row, "label": [label], "weight": SIDED_WEIGHT if row["text"] in sided else 1.0}

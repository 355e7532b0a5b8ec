"""Make lexicons/models again from the public sets: python benchmarks/train_shipped_models.py --data DIR [--only NAME].

The sets are not part of the repository; DIR holds them under the names below.
The same data, numpy, scipy and kind of processor give the same bytes.
"""

# ruff: noqa: E402 - the number of threads is read when numpy is imported
from __future__ import annotations

import os

for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[_threads] = "1"

import argparse
import ast
import csv
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate, chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from feedback_engine.lexicon.files import load_pack
from feedback_engine.lexicon.model import DetailKind
from feedback_engine.nlp.domains import REMARKS
from feedback_engine.nlp.fitting import FitSpec, count_ngrams, fit_outputs, row_values
from feedback_engine.nlp.hints import COMPLAINT, NO_LABEL, OF_TYPE, PACK_TASK
from feedback_engine.nlp.normalize import fold
from feedback_engine.nlp.segment import Segmenter, split_clauses
from feedback_engine.nlp.train import train
from feedback_engine.nlp.two_sided import BOTH
from feedback_engine.nlp.two_sided import TASK as SIDES_TASK
from feedback_engine.nlp.wordlearning import learn_words
from feedback_engine.nlp.wordspace import WORDS_FILE, load_words, save_words

ROOT = Path(__file__).parents[1]
EMOTIONS = {"happy": "positive", "angry": "negative", "sad": "negative", "fear": "negative"}
NEUTRAL_EMOTIONS = {"neutral": "neutral", "surprise": "neutral"}
SIGNS = {"P": "positive", "N": "negative"}
#: One of the sets mixes reviews of three kinds of thing, which its rows do not name.
THREE = {
    "lodging": "酒店 房间 入住 前台 宾馆 早餐 客房 大堂 携程 住宿 退房 标间 服务员 房价 床",
    "computer": (
        "电脑 笔记本 本本 键盘 屏幕 硬盘 系统 散热 电池 内存 显卡 驱动 xp vista 机器 鼠标 触摸板 配置 "
        "cpu 风扇 外观 接口 摄像头"
    ),
    "book": "书 作者 内容 阅读 读者 故事 小说 翻译 文字 出版 孩子 看完 章 印刷 读",
}
#: Words that name the subjects of a car in a clause.
CAR = {
    "动力": "动力 提速 加速 起步 发动机 油门 推背 变速箱 超车 马力 涡轮",
    "价格": "价格 优惠 落地 便宜 降价 报价 现金 车价 性价比",
    "油耗": "油耗 省油 费油 百公里 个油",
    "操控": "操控 方向盘 转向 底盘 刹车 驾驶 指向 过弯",
    "舒适性": "舒适 隔音 噪音 减震 座椅 胎噪 风噪 异响 颠簸 舒服",
    "配置": "配置 导航 天窗 倒车影像 雷达 大灯 屏幕 蓝牙 轮胎",
    "安全性": "安全 气囊 碰撞 车身稳定 esp",
    "内饰": "内饰 中控 做工 塑料 异味 材质",
    "外观": "外观 外形 漂亮 好看 颜值 颜色 车漆 大气",
    "空间": "空间 后备箱 后排 宽敞 头部 腿部",
}
#: Short reviews teach the clause model too, at this weight of all clauses together.
REVIEW_SHARE, LONGEST_REVIEW = 0.3, 50
#: Statements of ours that say neither good nor bad, and the weight of each beside a clause.
PLAIN, PLAIN_WEIGHT = Path(__file__).with_name("plain_statements.txt"), 6.0
#: Likewise, but what is said in reviews: these say nothing of what texts of no domain look like.
PLAIN_REVIEWS, PLAIN_REVIEW_WEIGHT = Path(__file__).with_name("plain_reviews.txt"), 2.0
#: Sentences of ours for the packs: text, touchpoints with polarity, complaint; packs whose codes mean the same.
SENTENCES = Path(__file__).with_name("sentences")
HINTED = ("automotive", "general", "hotel", "restaurant", "retail", "scenic", "telecom")
RELATED = {"general": ("retail",), "retail": ("general",)}
#: Sentences that speak of nothing in any pack: greetings, what forms are filled with, notes of the staff, small talk.
ABOUT_NOTHING = "any"
#: What a post of the car forum counts beside a sentence of ours in telling complaints, by whether it blames.
BLAMING, TALKING = 1.0, 0.7
#: One in so many of the sentences for packs that complain of nothing teaches what tells no detail.
CALM = 4
#: Reviews and talk of cars hardly ever ask for anything or press: so many rows of each set teach that, up to this
#: length, each counting so much beside a sentence of ours.
DISCURSIVE = ("shopping", "food_delivery", "hotel_laptop_book")
DISCURSIVE_ROWS, LONGEST_DISCURSIVE, DISCURSIVE_WEIGHT = 600, 160, 0.6
#: Numbers of five digits.
OFFICES = re.compile(r"(?<!\d)\d{5}(?!\d)")
OURS = "feedback_engine, sentences"
#: Those that teach polarity too, with remarks whose words mostly say the opposite of what they say here.
SPOKEN = ("general", "hotel", "restaurant", "retail", "telecom")
SPOKEN_REMARKS = Path(__file__).with_name("remarks.tsv")
#: Remarks that praise and blame at once (`mixed`), and others that only look like it, with their polarity.
#: Each counts so much beside one of a pack.
SIDES, SIDED_WEIGHT = SENTENCES / "sides.tsv", 2.0
#: The pack whose types our sentences teach beside those of a hotline, which lost all common words; they are few, so
#: that each counts more.
CITIZENS, CITIZEN_WEIGHT = "government", 2.0
#: Reviews without a label, which teach only what those of a domain look like: file, domain, one row in so many.
UNLABELLED = (("hotel_reviews", "lodging", 5), ("scenic_reviews", "scenic", 12))
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
Row = dict[str, Any]


def read_lines(path: Path) -> list[Row]:
    """Return the rows of a JSON lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


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
    yield from post_rows(data, EMOTIONS | NEUTRAL_EMOTIONS)
    for text, triplets in restaurant_sentences(data):
        signs = {sign for _, sign in triplets}
        signs.discard("neutral")
        if len(signs) == 1:
            yield {"text": text, "label": signs.pop(), "domain": "restaurant"}
    for row in read_lines(data / "touchpoints" / "car_subjects.jsonl"):
        values = {value for _, value in row["pairs"]} - {0}
        if len(values) < 2:
            yield {"text": row["text"], "label": str(values.pop()) if values else "neutral", "domain": "automotive"}
    yield from plain_rows()
    for row in remark_rows():
        yield {**row, "label": "neutral"} if row["label"] == "mixed" else row
    yield from unlabelled_rows(data)


def remark_rows() -> Iterator[Row]:
    """Yield the sentences of ours with their sign, or `mixed`, of a domain of their own."""
    for pack in SPOKEN:
        yield from _remarks_of(SENTENCES / f"{pack}.tsv")
    for path in (SPOKEN_REMARKS, SIDES):
        for line in path.read_text(encoding="utf-8").splitlines():
            text, label = line.split("\t")
            yield {"text": text, "label": label, "domain": REMARKS}


def _remarks_of(path: Path) -> Iterator[Row]:
    for line in path.read_text(encoding="utf-8").splitlines():
        text, touchpoints, complaint = line.split("\t")
        signs = {spoken.partition(":")[2] for spoken in touchpoints.split()} - {"neutral"}
        if complaint != "no":
            signs = signs or {"negative"}
        label = "mixed" if len(signs) > 1 else signs.pop() if signs else "neutral"
        yield {"text": text, "label": label, "domain": REMARKS}


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
            {**row, "label": "neutral", "domain": domain} for row in islice(reviews_of(data, name), 0, None, step)
        )


def reviews_of(data: Path, name: str) -> Iterator[Row]:
    """Yield the texts of a file of reviews without labels."""
    with (data / "reviews" / f"{name}.csv").open(encoding="gb18030", errors="replace", newline="") as file:
        yield from ({"text": row["评论内容"] or ""} for row in csv.DictReader(file))


def split_three(texts: list[str]) -> list[str]:
    """Return lodging, computer or book for each review: by words where they are clear, else as those rows teach."""
    found = np.array([[sum(map(text.lower().count, words.split())) for words in THREE.values()] for text in texts])
    ranked = np.sort(found, axis=1)
    clear = (ranked[:, 2] >= 2) & (ranked[:, 2] > 2 * ranked[:, 1])
    counts, spec = count_ngrams(texts), FitSpec(penalty=1e-5)
    target = np.eye(3, dtype=np.int64)[found[clear].argmax(axis=1)]
    taught = fit_outputs(counts[np.flatnonzero(clear)], target, np.ones(int(clear.sum())), spec)
    odds = row_values(counts, spec.values)[:, taught.buckets] @ taught.weights.T + taught.bias
    return np.array(list(THREE))[odds.argmax(axis=1)].tolist()


def post_rows(data: Path, labels: dict[str, str]) -> Iterator[Row]:
    """Yield Weibo posts of these emotions."""
    for row in read_lines(data / "sentiment" / "weibo_emotion.jsonl"):
        if row["emotion"] in labels:
            yield {"text": row["text"], "label": labels[row["emotion"]], "domain": "social"}


def restaurant_sentences(data: Path) -> Iterator[tuple[str, list[tuple[int, str]]]]:
    """Yield each sentence with (middle of the opinion's span, sign)."""
    for part in ("train", "dev"):
        path = data / "touchpoints" / f"restaurant_triplets_{part}.txt"
        for line in path.read_text(encoding="utf-8-sig").splitlines():
            if "####" not in line:
                continue
            words, _, triplets = line.partition("####")
            tokens = words.split()
            begins = [0, *accumulate(map(len, tokens))]
            found = [
                (_middle(begins, opinion), "neutral" if sign.upper().startswith("NEU") else SIGNS[sign[0].upper()])
                for _, opinion, sign in ast.literal_eval(triplets)
            ]
            yield "".join(tokens), found


def _middle(begins: list[int], span: tuple[int, int]) -> int:
    if span[0] < 0:
        return -1
    last = len(begins) - 1
    return (begins[min(span[0], last)] + begins[min(span[1] + 1, last)] - 1) // 2


def clause_rows(data: Path) -> Iterator[Row]:
    """Yield clauses with one sign, and short reviews at a lower weight."""
    clauses = [row for text, triplets in restaurant_sentences(data) for row in _clauses_of(text, triplets)]
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


def car_rows(data: Path) -> Iterator[Row]:
    """Yield posts with the subjects they speak of."""
    for row in read_lines(data / "touchpoints" / "car_subjects.jsonl"):
        yield {"text": row["text"], "label": sorted({subject for subject, _ in row["pairs"]}), "domain": "automotive"}


def car_opinion_rows(data: Path) -> Iterator[Row]:
    """Yield posts with what they say of their subjects together, and clauses with what is said of those named there."""
    posts = read_lines(data / "touchpoints" / "car_subjects.jsonl")
    for row in posts:
        yield {"text": row["text"], "label": _tell(sum(value for _, value in row["pairs"])), "domain": "automotive"}
    for row in posts:
        yield from _car_clauses(row["text"], dict(map(tuple, row["pairs"])))


def _car_clauses(text: str, pairs: dict[str, int]) -> Iterator[Row]:
    """Yield the clauses that name subjects of which the post says one thing."""
    folded = fold(text)
    for clause in split_clauses(folded.text):
        part = folded.text[clause.start : clause.end]
        values = {pairs[name] for name, words in CAR.items() if name in pairs and any(map(part.count, words.split()))}
        if len(values) == 1:
            start, end = folded.span_in_original(clause.start, clause.end)
            yield {"text": text[start:end], "label": _tell(values.pop()), "domain": "automotive"}


def _tell(value: int) -> str:
    return "neutral" if not value else "positive" if value > 0 else "negative"


def complaint_rows(data: Path) -> Iterator[Row]:
    """Yield citizens' complaints with their type, and ours."""
    for row in read_lines(data / "complaints" / "hotline_segmented.jsonl"):
        yield {"text": row["text"].replace(" ", ""), "label": row["label"], "domain": "government", "weight": 1.0}
    names = {label.code: label.name for label in load_pack(ROOT / "lexicons", CITIZENS).complaint_types}
    for line in (SENTENCES / f"{CITIZENS}.tsv").read_text(encoding="utf-8").splitlines():
        text, _, complaint = line.split("\t")
        label = names[complaint.removeprefix("yes:")]
        yield {"text": text, "label": label, "domain": "sentences", "weight": CITIZEN_WEIGHT}


def sentence_rows(pack: str) -> Iterator[Row]:
    """Yield our sentences for a pack with the labels of its hints."""
    for line in (SENTENCES / f"{pack}.tsv").read_text(encoding="utf-8").splitlines():
        text, touchpoints, complaint = line.split("\t")
        labels = [code.partition(":")[0] for code in touchpoints.split()]
        if complaint != "no":
            labels += [COMPLAINT, *([OF_TYPE + complaint.removeprefix("yes:")] if ":" in complaint else [])]
        yield {"text": text, "label": labels or [NO_LABEL], "domain": pack, "weight": 1.0}


def car_talk_rows(data: Path) -> Iterator[Row]:
    """Yield posts that blame as complaints of no type, and those that do not: most talk among owners."""
    for row in read_lines(data / "touchpoints" / "car_subjects.jsonl"):
        values = {value for _, value in row["pairs"]}
        if values >= {-1, 1}:
            continue
        label, weight = (COMPLAINT, BLAMING) if -1 in values else (NO_LABEL, TALKING)
        yield {"text": row["text"], "label": [label], "domain": "automotive", "weight": weight}


def hint_rows(pack: str, data: Path) -> Iterator[Row]:
    """Yield our sentences for a pack, and those for others that speak of nothing but what it knows.

    Touchpoints for which the pack has weights of their own are left out.
    """
    loaded = load_pack(ROOT / "lexicons", pack)
    touchpoints = {label.code for label in loaded.touchpoints}
    known = {COMPLAINT, NO_LABEL, *touchpoints, *(OF_TYPE + label.code for label in loaded.complaint_types)}
    own: Iterable[Row] = chain(sentence_rows(pack), sentence_rows(ABOUT_NOTHING))
    if loaded.touchpoint_model:
        own = (
            {**row, "label": [label for label in row["label"] if label not in touchpoints] or [NO_LABEL]} for row in own
        )
    yield from own
    for other in RELATED.get(pack, ()):
        yield from (row for row in sentence_rows(other) if known.issuperset(row["label"]))
    if pack == "automotive":
        yield from car_talk_rows(data)


def detail_rows(data: Path) -> Iterator[Row]:
    """Yield our sentences on what complaints tell beside their type, by kind and code, and others that tell nothing.

    Numbers of offices (12315) are left out: phrases tell them, and weights take all digits for the same.
    """
    for line in (SENTENCES / "details.tsv").read_text(encoding="utf-8").splitlines():
        text, _, *columns = line.split("\t")
        codes = zip((DetailKind.ROOT, DetailKind.URGENCY, DetailKind.DEMAND), map(str.split, columns), strict=True)
        labels = [f"{kind}:{code}" for kind, listed in codes for code in listed]
        yield {"text": OFFICES.sub("", text), "label": labels or [NO_LABEL], "domain": "details", "weight": 1.0}
    for pack in (*HINTED, ABOUT_NOTHING):
        calm = (row for row in sentence_rows(pack) if COMPLAINT not in row["label"])
        yield from ({**row, "label": [NO_LABEL]} for row in islice(calm, 0, None, CALM))
    yield from discursive_rows(data)


def side_rows() -> Iterator[Row]:
    """Yield the remarks of ours, those that praise and blame at once as such."""
    sided = {line.partition("\t")[0] for line in SIDES.read_text(encoding="utf-8").splitlines()}
    for row in remark_rows():
        label = BOTH if row["label"] == "mixed" else NO_LABEL
        yield {**row, "label": [label], "weight": SIDED_WEIGHT if row["text"] in sided else 1.0}


def discursive_rows(data: Path) -> Iterator[Row]:
    """Yield bad reviews and talk of cars as texts that tell nothing beside that."""
    folder = data / "sentiment"
    sets = [[row["text"] for row in read_lines(folder / f"{name}.jsonl") if row["label"] == 0] for name in DISCURSIVE]
    sets.append([row["text"] for row in read_lines(data / "touchpoints" / "car_subjects.jsonl")])
    for texts in sets:
        short = [text for text in texts if len(text) <= LONGEST_DISCURSIVE]
        for text in islice(short, 0, None, max(1, len(short) // DISCURSIVE_ROWS)):
            yield {"text": text, "label": [NO_LABEL], "domain": "reviews", "weight": DISCURSIVE_WEIGHT}


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
        (row for name, *_ in UNLABELLED for row in reviews_of(data, name)),
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
    "social": ("posts", lambda data: post_rows(data, EMOTIONS | NEUTRAL_EMOTIONS), ("SMP2020-EWECT",)),
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
            lambda data, pack=pack: hint_rows(pack, data),
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
        prepared = Path(folder) / f"{name}.jsonl"
        lines = (json.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows(data))
        prepared.write_text("\n".join(lines) + "\n", encoding="utf-8")
        started = time.process_time()
        words = load_words(out / WORDS_FILE)
        result = train(task, [prepared], out / f"{name}.npz", notes=notes, words=words, is_owing=True)
    size = result.path.stat().st_size
    print(f"{name}: {size:,} bytes, {time.process_time() - started:.0f} s, {result.sha256}")
    summary = result.after.to_text().partition("误判示例")[0].strip()
    (out / f"{name}.md").write_text(card_text(name, size, result.sha256, sources, summary), encoding="utf-8")


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

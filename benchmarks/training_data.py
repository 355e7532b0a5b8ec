"""What there is to learn from: the files of the public sets, and our own sentences, which lie beside this file."""

from __future__ import annotations

import ast
import csv
import json
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SENTENCES = Path(__file__).with_name("sentences")
SIGNS = {"P": "positive", "N": "negative"}
#: A text with its label or labels, its domain and perhaps its weight, as `feedback-engine train` reads them.
Row = dict[str, Any]


def read_lines(path: Path) -> list[Row]:
    """Return the rows of a JSON lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def read_cells(path: Path) -> Iterator[list[str]]:
    """Yield the cells of each line of a file of ours."""
    yield from (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())


def read_sentences(pack: str) -> Iterator[list[str]]:
    """Yield (text, touchpoints with polarity, "no" or "yes:type") of our sentences for a pack."""
    yield from read_cells(SENTENCES / f"{pack}.tsv")


def read_cars(data: Path) -> list[Row]:
    """Return the posts of the car forum, with pairs of what they speak of and what they say of it: -1, 0 or 1."""
    return read_lines(data / "touchpoints" / "car_subjects.jsonl")


def read_reviews(data: Path, name: str) -> Iterator[Row]:
    """Yield the texts of a set of reviews without labels."""
    with (data / "reviews" / f"{name}.csv").open(encoding="gb18030", errors="replace", newline="") as file:
        yield from ({"text": row["评论内容"] or ""} for row in csv.DictReader(file))


def read_restaurants(data: Path) -> Iterator[tuple[str, list[tuple[int, str]]]]:
    """Yield each sentence about a restaurant with (middle of the opinion's span, sign)."""
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

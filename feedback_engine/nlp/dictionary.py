"""What jieba's own files know of words: how rare they are, and their usual part of speech."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from feedback_engine.errors import LexiconError


@cache
def read_idf() -> tuple[Mapping[str, float], float]:
    """Return word → inverse document frequency, and the median; raises LexiconError where jieba lacks its file."""
    frequencies = {cells[0]: float(cells[1]) for cells in _lines("analyse/idf.txt", 2)}
    return frequencies, median(frequencies.values())


def select_idf(words: Collection[str]) -> dict[str, float]:
    """Return the inverse document frequency of those of the words that jieba knows, without holding all of them."""
    return {cells[0]: float(cells[1]) for cells in _lines("analyse/idf.txt", 2) if cells[0] in words}


@cache
def read_tags() -> Mapping[str, str]:
    """Return word → usual part of speech (n, v, a …) of jieba's whole dictionary."""
    return {cells[0]: sys.intern(cells[2]) for cells in _lines("dict.txt", 3)}


def select_tags(words: Collection[str]) -> dict[str, str]:
    """Return the usual part of speech (n, v, a …) of those of the words that jieba's dictionary holds."""
    return {cells[0]: cells[2] for cells in _lines("dict.txt", 3) if cells[0] in words}


def _lines(name: str, count: int) -> Iterator[list[str]]:
    spec = find_spec("jieba")
    if spec is None or spec.origin is None:
        raise LexiconError("关键词与主题需要 jieba 包：pip install jieba")
    path = Path(spec.origin).parent / name
    try:
        with path.open(encoding="utf-8") as file:
            yield from (cells for line in file if len(cells := line.split()) == count)
    except (OSError, ValueError) as error:
        raise LexiconError(f"{path}: 无法读取 jieba 的词典（{error}）；请重装 jieba") from error

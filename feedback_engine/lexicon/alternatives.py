"""Alternatives in phrases: 【没、没有】收到 and 【时长】…没来 are written once and stand for a phrase with each word.

Between the brackets stand words, or the name of a class of words that `classes.tsv` lists.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import product
from math import prod

from feedback_engine.registry import unknown_name

OPEN, CLOSE, JOINT = "【", "】", "、"
_ALTERNATIVES = re.compile(f"{OPEN}([^{OPEN}{CLOSE}]*){CLOSE}")
#: A phrase that stands for more is a slip.
_MOST = 5000

Classes = Mapping[str, Sequence[str]]


def has_alternatives(phrase: str) -> bool:
    """Return whether the phrase may stand for several."""
    return OPEN in phrase or CLOSE in phrase


def spell_out(phrase: str, classes: Classes) -> list[str]:
    """Return the phrases that this one stands for; ValueError, in words for whoever wrote it, if it is no phrase."""
    if not has_alternatives(phrase):
        return [phrase]
    pieces = _ALTERNATIVES.split(phrase)
    if any(mark in piece for mark in (OPEN, CLOSE) for piece in pieces):
        raise ValueError(f"词 {phrase!r} 里的 {OPEN}{CLOSE} 没有成对，或套在一起")
    choices = [_find_choices(piece, classes) if number % 2 else [piece] for number, piece in enumerate(pieces)]
    if (count := prod(map(len, choices))) > _MOST:
        raise ValueError(f"词 {phrase!r} 代表 {count} 个词，最多 {_MOST} 个；请拆成几行")
    return list(dict.fromkeys("".join(words) for words in product(*choices)))


def _find_choices(inside: str, classes: Classes) -> Sequence[str]:
    """Return the words that stand between two brackets, or those of the class that is named there."""
    if JOINT not in inside:
        if inside not in classes:
            raise ValueError(f"{unknown_name('词类', inside, tuple(classes))}（几个词之间用 {JOINT} 分隔）")
        return classes[inside]
    return split_words(inside)


def split_words(words: str) -> list[str]:
    """Return the words that 、 separates; ValueError if one is empty, or written twice."""
    found = [word.strip() for word in words.split(JOINT)]
    if not all(found):
        raise ValueError(f"{words!r} 里有空的词，请检查顿号")
    if twice := next((word for word in found if found.count(word) > 1), None):
        raise ValueError(f"{words!r} 里 {twice!r} 写了两次")
    return found

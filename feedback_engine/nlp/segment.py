"""Where sentences and clauses begin and end, and words over our own copy of jieba."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Sequence
from threading import Lock
from typing import Any, NamedTuple

from feedback_engine.lexicon.model import UserWord

_BREAK = re.compile(
    r"""(?P<sentence>(?:[。!?;…\n\r~]|\.{2,}|(?<![0-9a-z])\.|\.(?![0-9a-z]))+)
      | (?P<clause>(?<!\d)[,:]|[,:](?!\d)|(?<![0-9a-z\s])[ \t\v\f]+|[ \t\v\f]+(?![0-9a-z\s]))""",
    re.VERBOSE,
)


class Clause(NamedTuple):
    """A clause [start, end) of the folded text, the number of its sentence, and whether it ends in a question mark."""

    start: int
    end: int
    sentence: int
    is_question: bool


def split_clauses(text: str, turns: Sequence[int] = ()) -> list[Clause]:
    """Return the clauses of a folded text that hold something; at `turns`, given in order, a clause must begin."""
    clauses: list[Clause] = []
    start = sentence = 0
    ahead = deque(turns)
    for found in _BREAK.finditer(text):
        is_end = found.lastgroup == "sentence"
        if found.start() > start:
            is_question = is_end and "?" in found.group()
            _add_clauses(clauses, start, found.start(), sentence, is_question, ahead)
        start = found.end()
        sentence += is_end
    if start < len(text):
        _add_clauses(clauses, start, len(text), sentence, False, ahead)
    return clauses


def _add_clauses(
    clauses: list[Clause], start: int, end: int, sentence: int, is_question: bool, turns: deque[int]
) -> None:
    while turns and turns[0] < end:
        turn = turns.popleft()
        if start + 1 < turn:
            clauses.append(Clause(start, turn, sentence, False))
            start = turn
    clauses.append(Clause(start, end, sentence, is_question))


class Segmenter:
    """Words of a text, by a jieba tokenizer of its own, loaded at the first call.

    The dictionary is read from jieba's own file each time (about a second, once): its cache in the shared temporary
    folder is written by every program that uses jieba.
    """

    def __init__(self, words: Iterable[UserWord] = ()) -> None:
        self._words = tuple(words)
        self._tokenizer: Any = None
        self._lock = Lock()

    def __getstate__(self) -> dict[str, Any]:
        return {"_words": self._words}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["_words"])  # type: ignore[misc]

    def cut(self, text: str) -> list[str]:
        """Return the words of the text, which joined give the text."""
        words: list[str] = self._load().lcut(text)
        return words

    def knows(self, word: str) -> bool:
        """Return whether the word is in the dictionary or was given; else the tokenizer has guessed it."""
        return bool(self._load().FREQ.get(word))

    def _load(self) -> Any:
        with self._lock:
            if self._tokenizer is None:
                self._tokenizer = self._build()
            return self._tokenizer

    def _build(self) -> Any:
        import jieba

        tokenizer = jieba.Tokenizer()
        with tokenizer.get_dict_file() as dictionary:
            tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(dictionary)
        tokenizer.initialized = True
        for word in self._words:
            tokenizer.add_word(word.word, word.frequency or None, word.tag or None)
        return tokenizer

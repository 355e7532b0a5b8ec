"""Where sentences and clauses begin and end, and words over our own copy of jieba."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from feedback_engine.lexicon.columns import Flags, Places, Points, are_alike, steps
from feedback_engine.lexicon.model import UserWord
from feedback_engine.lexicon.patterns import EDGE
from feedback_engine.nlp.characters import VARIED, pick_varied

#: What a character is, by bit. A full stop or comma inside a number or a Latin word breaks nothing.
_SENTENCE, _STOP, _COMMA, _BLANK, _DIGIT, _LATIN, _SPACE, _QUESTION = (1 << bit for bit in range(8))
_SIGNS = {
    _SENTENCE: "。!?;…\n\r~",
    _STOP: ".",
    _COMMA: ",:",
    _BLANK: " \t\v\f",
    _LATIN: "0123456789abcdefghijklmnopqrstuvwxyz",
    _QUESTION: "?",
}


class Clauses(NamedTuple):
    """The clauses of a row of folded texts, in order, column by column."""

    #: [start, end) in the row.
    starts: Places
    ends: Places
    #: The number of the sentence within its text, and of the text within the row.
    sentences: Places
    texts: Places
    #: Whether the clause ends in a question mark.
    is_question: Flags
    #: The number of each text's first clause, and of the last text's last clause + 1.
    first: Places


class Clause(NamedTuple):
    """A clause [start, end) of a folded text, the number of its sentence, and whether it ends in a question mark."""

    start: int
    end: int
    sentence: int
    is_question: bool


@cache
def _sign_table() -> NDArray[np.uint8]:
    table = np.zeros(0x110000, dtype=np.uint8)
    for sign, characters in _SIGNS.items():
        table[[ord(character) for character in characters]] |= sign
    table[pick_varied(map(str.isdecimal, VARIED))] |= _DIGIT
    table[pick_varied(map(str.isspace, VARIED))] |= _SPACE
    table.setflags(write=False)
    return table


@cache
def _blank_table() -> Flags:
    table: Flags = (_sign_table() & _SPACE) != 0
    table[0xD800:0xE000] = True
    table.setflags(write=False)
    return table


def are_blank(points: Points) -> Flags:
    """Return which code points are white space or lone surrogates, unfit to be shown as they are."""
    return _blank_table().take(points)


def find_clauses(points: Points, edges: Places) -> Clauses:
    """Return what holds something between the marks, in a row of folded texts between edges."""
    signs = _sign_table().take(points)
    stops = _find_stops(signs)
    inside = ~(stops | _find_breaks(signs))
    inside[edges] = False
    bounds = (inside[1:] != inside[:-1]).nonzero()[0] + 1
    starts, ends = np.ascontiguousarray(bounds.reshape(-1, 2).T)
    begins = stops & ~_earlier(stops)
    sentence = begins.cumsum()
    asks = np.zeros(1 + sentence[-1], dtype=np.bool_)
    asks[sentence[(stops & (signs & _QUESTION).astype(np.bool_)).nonzero()[0]]] = True
    texts = edges[1:].searchsorted(starts)
    return Clauses(
        starts, ends, sentence[starts] - sentence[edges[texts]], texts, stops[ends] & asks[sentence[ends]],
        starts.searchsorted(edges),
    )  # fmt: skip


def _find_stops(signs: NDArray[np.uint8]) -> Flags:
    """Return where sentences end: marks, and full stops unless between Latin letters or digits."""
    stops: Flags = (signs & (_STOP | _SENTENCE)).astype(np.bool_)
    full = (signs & _STOP).astype(np.bool_)
    if np.count_nonzero(full):
        is_latin = (signs & _LATIN).astype(np.bool_)
        stops &= ~(full & _earlier(is_latin) & _later(is_latin))
    return stops


def _find_breaks(signs: NDArray[np.uint8]) -> Flags:
    """Return where clauses end within a sentence: commas unless between digits, blanks unless in Latin text."""
    is_digit = (signs & _DIGIT).astype(np.bool_)
    breaks: Flags = (signs & _COMMA).astype(np.bool_)
    if np.count_nonzero(is_digit):
        breaks &= ~(_earlier(is_digit) & _later(is_digit))
    blank = (signs & _BLANK).astype(np.bool_)
    if np.count_nonzero(blank):
        joins = (signs & (_LATIN | _SPACE)).astype(np.bool_)
        first, last = (blank & ~_earlier(blank)).nonzero()[0], (blank & ~_later(blank)).nonzero()[0]
        is_break = ~(_earlier(joins)[first] & _later(joins)[last])
        breaks[blank] = is_break.repeat(last - first + 1)
    return breaks


def _earlier(flags: Flags) -> Flags:
    """Return for each place the flag of the one before."""
    earlier = np.zeros(len(flags), dtype=np.bool_)
    earlier[1:] = flags[:-1]
    return earlier


def _later(flags: Flags) -> Flags:
    """Return for each place the flag of the one after."""
    later = np.zeros(len(flags), dtype=np.bool_)
    later[:-1] = flags[1:]
    return later


def cut_at(clauses: Clauses, turns: Places) -> Clauses:
    """Return the clauses with a new one begun at each of the places, given in order, that lies within one."""
    if not len(clauses.starts) or not len(turns):
        return clauses
    of = clauses.starts.searchsorted(turns, side="right") - 1
    within = (of >= 0) & (turns < clauses.ends[of]) & (turns > clauses.starts[of] + 1)
    turns = _apart(turns[within], of[within])
    if not len(turns):
        return clauses
    starts, ends = np.sort(np.append(clauses.starts, turns)), np.sort(np.append(clauses.ends, turns))
    of = clauses.starts.searchsorted(starts, side="right") - 1
    first = clauses.first + turns.searchsorted(np.append(clauses.starts, starts[-1] + 1)[clauses.first])
    is_question = clauses.is_question[of] & (ends == clauses.ends[of])
    return Clauses(starts, ends, clauses.sentences[of], clauses.texts[of], is_question, first)


def _apart(turns: Places, of: Places) -> Places:
    """Leave out turns that would make a clause of one character."""
    if not len(turns) or not ((steps(turns) < 2) & are_alike(of)).any():
        return turns
    kept: list[int] = []
    for turn in turns.tolist():
        if not kept or turn > kept[-1] + 1:
            kept.append(turn)
    return np.array(kept, dtype=np.int64)


def split_clauses(text: str, turns: Sequence[int] = ()) -> list[Clause]:
    """Return the clauses of one folded text that hold something; at `turns`, given in order, a clause must begin."""
    row = EDGE + text.replace(EDGE, "\0") + EDGE
    points = np.frombuffer(row.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    found = cut_at(find_clauses(points, np.array([0, len(row) - 1])), np.array(turns, dtype=np.int64) + 1)
    columns = (found.starts - 1, found.ends - 1, found.sentences, found.is_question)
    return [Clause(*values) for values in zip(*(column.tolist() for column in columns), strict=True)]


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

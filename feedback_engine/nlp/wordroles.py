"""The part that each word of a vocabulary plays in themes, as arrays by the word's number."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from feedback_engine.lexicon.model import Lexicon, WordKind
from feedback_engine.lexicon.themes import ThemeRole, ThemeWords
from feedback_engine.nlp.corpus import Numbers
from feedback_engine.nlp.dictionary import select_idf, select_tags


class Role(IntEnum):
    """The part as a number; from THING on a word can be part of a theme."""

    BREAK = 0
    FILLER = 1
    DENIAL = 2
    LACK = 3
    THING = 4
    ACTION = 5
    QUALITY = 6


_ROLES = {
    ThemeRole.STOP: Role.BREAK,
    ThemeRole.FILLER: Role.FILLER,
    ThemeRole.DENIAL: Role.DENIAL,
    ThemeRole.LACK: Role.LACK,
    ThemeRole.THING: Role.THING,
    ThemeRole.ACTION: Role.ACTION,
    ThemeRole.QUALITY: Role.QUALITY,
}
#: jieba's parts of speech, by their first letters: an (noun of a quality) and vn (of an action) before a and v.
_TAGS = {
    "an": Role.THING, "vn": Role.THING, "a": Role.QUALITY, "z": Role.QUALITY, "n": Role.THING, "v": Role.ACTION,
    "l": Role.THING, "i": Role.THING, "j": Role.THING, "x": Role.THING, "eng": Role.THING, "g": Role.THING,
    "b": Role.THING, "s": Role.THING,
}  # fmt: skip
#: A word that the dictionary lacks is no word if it begins or ends like this: a guess of the segmenter across a border.
_NO_EDGE = frozenset("的得了着过就都还会再不没很太也又而且和与或是在把被让给对从个次")
_NO_BEGINNING = frozenset("一二三四五六七八九十两几") | _NO_EDGE
#: An opinion weaker than this in the sentiment lexicon does not make a word one that tells a quality.
_CLEAR = 0.3
#: The rarity of a word that jieba does not know.
UNKNOWN_IDF = 9.0
_STOPS = frozenset(",。!?;:、…~\n\r\"'()[]<>|/")


@dataclass(frozen=True)
class WordTable:
    """By the number of the word: its role, the number of the word that it counts as, whether a clause ends there …

    By the number of the word that others count as: `names`, `idf`. `faults` are names that tell a whole grievance
    (拖欠工资), `stopped` phrases that are no theme.
    """

    vocabulary: list[str]
    roles: NDArray[np.int8]
    counted_as: Numbers
    is_stop: NDArray[np.bool_]
    #: Words of one character that tell a quality, and ones that no list knows: 小 and 王 of 小王.
    is_short_quality: NDArray[np.bool_]
    is_stray: NDArray[np.bool_]
    #: Words that only say how much where a quality follows: 好 of 好贵.
    is_degree: NDArray[np.bool_]
    is_number: NDArray[np.bool_]
    names: list[str]
    idf: NDArray[np.float64]
    faults: frozenset[str]
    stopped: frozenset[str]


def build_word_table(vocabulary: list[str], words: ThemeWords, lexicon: Lexicon) -> WordTable:
    """Return the table of the vocabulary, by the word lists first, then the sentiment lexicon, then the dictionary."""
    plain = [unbind(words.synonyms.get(word, word), words, lexicon) for word in vocabulary]
    names = sorted(set(plain))
    place = {name: number for number, name in enumerate(names)}
    tags, frequencies = select_tags(place), select_idf(place)
    roles = {name: find_role(name, words, lexicon, tags.get(name)) for name in names}
    return WordTable(
        vocabulary,
        np.array([roles[name] for name in plain], dtype=np.int8),
        np.array([place[name] for name in plain], dtype=np.int64),
        np.array([bool(_STOPS & set(word)) for word in vocabulary], dtype=np.bool_),
        np.array([len(w) == 1 and roles[n] is Role.QUALITY for w, n in zip(vocabulary, plain, strict=True)], np.bool_),
        np.array([_is_stray(word, words) and roles[word] is Role.BREAK for word in plain], np.bool_),
        np.array([word in lexicon.degree for word in vocabulary], dtype=np.bool_),
        np.array([any(map(str.isdigit, word)) for word in vocabulary], dtype=np.bool_),
        names,
        np.array([frequencies.get(name, UNKNOWN_IDF) for name in names], dtype=np.float64),
        frozenset(name for name in names if roles[name] is Role.QUALITY and _is_fault(name, lexicon)),
        words.stop_words | {word for word, role in words.roles.items() if role is ThemeRole.STOP},
    )


def unbind(word: str, words: ThemeWords, lexicon: Lexicon) -> str:
    """Return a word of two characters without what the segmenter left on it: 玩得 is 玩, 太脏 is 脏."""
    if len(word) != 2 or word in words.roles:
        return word
    one, other = word[0], word[1]
    if words.roles.get(other) is ThemeRole.FILLER and words.roles.get(one) is ThemeRole.ACTION:
        return one
    is_degree = one in lexicon.degree and words.roles.get(other) is ThemeRole.QUALITY
    return words.synonyms.get(other, other) if is_degree else word


def find_role(word: str, words: ThemeWords, lexicon: Lexicon, tag: str | None) -> Role:
    """Return the part that a word plays, by the lists, the sentiment lexicon, then its part of speech if it has one."""
    if word in words.roles:
        return _ROLES[words.roles[word]]
    if not word.isalpha() or word in words.stop_words or (word.isascii() and len(word) < 3):
        return Role.BREAK
    if is_opinion(word, lexicon):
        return Role.QUALITY
    if tag is None:
        return _guess(word)
    role = next((_TAGS[begin] for begin in (tag[:3], tag[:2], tag[:1]) if begin in _TAGS), Role.BREAK)
    # A single character is a theme's word only where the lists say so, or where it tells a quality.
    return role if len(word) > 1 or role is Role.QUALITY else Role.BREAK


def is_opinion(word: str, lexicon: Lexicon) -> bool:
    """Return whether the word by itself says good or bad of something."""
    entry = lexicon.polarity.get(word)
    return entry is not None and entry.kind is WordKind.OPINION and abs(entry.weight) >= _CLEAR


def _is_fault(name: str, lexicon: Lexicon) -> bool:
    entry = lexicon.polarity.get(name)
    return len(name) > 2 and entry is not None and entry.weight < 0


def _is_stray(word: str, words: ThemeWords) -> bool:
    return len(word) == 1 and word.isalpha() and word not in words.roles and word not in words.stop_words


def _guess(word: str) -> Role:
    if len(word) < 2 or (not word.isascii() and (word[0] in _NO_BEGINNING or word[-1] in _NO_EDGE)):
        return Role.BREAK
    return Role.THING

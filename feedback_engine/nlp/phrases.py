"""The phrases of a corpus: one to three words in a row within a clause, fillers left out, 不 and 没 taken along.

门票太贵, 门票真的很贵 and 门票昂贵 are one phrase: words count as what they are synonyms of, and fillers do not count.
Which rows of roles make a phrase at all is a table of patterns, with what each is worth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feedback_engine.lexicon.columns import Flags
from feedback_engine.nlp.corpus import Corpus, Numbers
from feedback_engine.nlp.wordroles import Role, WordTable

#: A word as such, with 不 before it, with 没 before it.
_PLAIN, _DENIED, _LACKING = range(3)
_N, _V, _A, _LACK = range(1, 5)
_LETTERS = {"N": _N, "V": _V, "A": _A, "L": _LACK}
#: Rows of roles that make a phrase: thing, action, quality, lack of a thing; and what such a phrase is worth.
PATTERNS = {
    "N": 1.0, "L": 1.0, "A": 0.6, "V": 0.0, "LV": 1.0,
    "NA": 1.0, "NN": 0.8, "VN": 0.8, "VA": 1.0, "NV": 0.5, "AN": 0.7, "AV": 0.5, "NL": 1.0, "VL": 1.0,
    "VV": 0.6,
    "NNA": 1.2, "VNA": 1.2, "NVA": 1.2, "NNN": 0.8, "VNN": 0.8, "NVN": 0.6, "NNV": 0.5, "VVN": 0.5, "AVN": 0.5,
}  # fmt: skip


@dataclass(frozen=True)
class Items:
    """The words of a corpus that can be part of a theme, in order."""

    #: What it counts as: the number of its name times 3, plus how it is denied.
    codes: Numbers
    classes: NDArray[np.int8]
    texts: Numbers
    #: First and last token, a denial included.
    firsts: Numbers
    lasts: Numbers
    #: Whether the item before it belongs to the same row, with at most fillers between.
    is_linked: Flags


@dataclass(frozen=True)
class Occurrences:
    """Every place of every phrase: its key, pattern, text, first and last token."""

    keys: Numbers
    patterns: NDArray[np.int8]
    texts: Numbers
    firsts: Numbers
    lasts: Numbers


def find_items(corpus: Corpus, table: WordTable) -> Items:
    """Return the items of the corpus."""
    roles, texts = _roles_in_place(corpus, table), corpus.texts
    kept = np.flatnonzero(roles != Role.FILLER)
    roles, texts = roles[kept], texts[kept]
    places = np.flatnonzero(roles >= Role.THING)
    before = np.maximum(places - 1, 0)
    is_near = (places > 0) & (texts[before] == texts[places])
    denial = np.select(
        [is_near & (roles[before] == Role.DENIAL), is_near & (roles[before] == Role.LACK)], [_DENIED, _LACKING], _PLAIN
    )
    own = roles[places]
    classes = np.select(
        [(denial == _LACKING) & (own == Role.THING), own == Role.QUALITY, own == Role.ACTION], [_LACK, _A, _V], _N
    )
    # 不方便, 不退, 没开: what is not done is a quality, too.
    classes = np.where((denial != _PLAIN) & (classes == _V), _A, classes).astype(np.int8)
    begins = places - (denial != _PLAIN)
    is_linked = np.zeros(len(places), dtype=np.bool_)
    is_linked[1:] = (begins[1:] - 1 == places[:-1]) & (texts[places[1:]] == texts[places[:-1]])
    codes = table.counted_as[corpus.tokens[kept[places]]] * 3 + denial
    return Items(codes, classes, texts[places], kept[begins], kept[places], is_linked)


def _roles_in_place(corpus: Corpus, table: WordTable) -> NDArray[np.int8]:
    """Return the role of every token; 小 of 小王 tells no quality, 好 of 好贵 only how much, 楼 of 3楼 is no thing."""
    roles = table.roles[corpus.tokens]
    ahead, next_ = corpus.tokens[:-1], corpus.tokens[1:]
    is_name = table.is_short_quality[ahead] & table.is_stray[next_]
    is_degree = table.is_degree[ahead] & (roles[:-1] == Role.QUALITY) & (roles[1:] == Role.QUALITY)
    roles[:-1][is_degree] = Role.FILLER
    roles[:-1][is_name] = Role.BREAK
    roles[1:][table.is_number[ahead]] = Role.BREAK
    return roles


def find_phrases(items: Items, table: WordTable) -> Occurrences:
    """Return the places of all rows of one to three items whose pattern makes a phrase, in no particular order."""
    base = 3 * len(table.names) + 1
    parts = [_find_rows(items, size, base) for size in (1, 2, 3)]
    return Occurrences(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def split_key(key: int, table: WordTable) -> tuple[int, ...]:
    """Return the codes of the phrase."""
    base = 3 * len(table.names) + 1
    codes: list[int] = []
    while key:
        key, code = divmod(key, base)
        codes.append(code - 1)
    return tuple(reversed(codes))


def pattern_of(number: int) -> str:
    """Return the letters of a pattern's number."""
    return next(letters for letters in PATTERNS if _number(letters) == number)


def _find_rows(items: Items, size: int, base: int) -> tuple[NDArray[np.generic], ...]:
    """Return keys, patterns, texts, first and last tokens of the rows of `size` items."""
    ends = np.arange(size - 1, len(items.codes))
    for back in range(size - 1):
        ends = ends[items.is_linked[ends - back]]
    rows = [ends - back for back in range(size - 1, -1, -1)]
    patterns = np.zeros(len(ends), dtype=np.int64)
    for row in rows:
        patterns = patterns * 5 + items.classes[row]
    is_phrase = np.isin(patterns, [_number(letters) for letters in PATTERNS]) & _are_distinct(items.codes, rows)
    rows, patterns = [row[is_phrase] for row in rows], patterns[is_phrase]
    if size == 2:
        rows, patterns = _turn_attributes(items, rows, patterns)
    keys = np.zeros(len(patterns), dtype=np.int64)
    for row in rows:
        keys = keys * base + items.codes[row] + 1
    firsts = np.minimum.reduce([items.firsts[row] for row in rows])
    lasts = np.maximum.reduce([items.lasts[row] for row in rows])
    return keys, patterns.astype(np.int8), items.texts[rows[0]], firsts, lasts


def _turn_attributes(items: Items, rows: list[Numbers], patterns: Numbers) -> tuple[list[Numbers], Numbers]:
    """Return the rows with 很大的房间 turned to 房间大; 小火车, with nothing between, stays a compound."""
    first, second = rows
    has_filler = items.firsts[second] - items.lasts[first] > 1
    is_turned = (patterns == _number("AN")) & has_filler
    turned = [np.where(is_turned, second, first), np.where(is_turned, first, second)]
    return turned, np.where(is_turned, _number("NA"), patterns)


def _are_distinct(codes: Numbers, rows: list[Numbers]) -> Flags:
    found = np.ones(len(rows[0]), dtype=np.bool_)
    for at, one in enumerate(rows):
        for other in rows[at + 1 :]:
            found &= codes[one] != codes[other]
    return found


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 5 + _LETTERS[letter]
    return number

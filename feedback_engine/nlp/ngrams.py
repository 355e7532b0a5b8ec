"""Texts as hashed character 1-3-grams: one table, one hash, no segmentation.

Texts are joined, viewed as code points, mapped through one look-up table (folded as `normalize.fold` does, white space
and marks that cannot be seen dropped, digits all alike), runs shortened to three, and every 1-, 2- and 3-gram
becomes the number of a bucket. Everything further is look-ups and sums, for one text as for a million.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from feedback_engine.lexicon.columns import Points, number_groups, steps, sum_up
from feedback_engine.nlp.characters import VARIED, pick_varied
from feedback_engine.nlp.normalize import fold_points

#: Named in each model file: raised whenever equal texts would give other buckets.
NGRAMS_VERSION = 1
#: Stands between texts; also the "edge of the text" of an n-gram.
EDGE = 1
LONGEST_RUN = 3
HASH_BITS = 20
SIZES = 3

Codes = NDArray[np.uint16]
Counts = NDArray[np.int64]
Buckets = NDArray[np.uint32]

_FIRST, _SECOND, _THIRD = np.uint32(2654435761), np.uint32(2246822519), np.uint32(3266489917)
_SINGLE, _PAIR, _TRIPLE = np.uint32(0x9E3779B9), np.uint32(0x85EBCA6B), np.uint32(0x27D4EB2F)
_OPENING = np.uint32(0x9E3779B1)
#: Categories that say nothing: controls, spaces, marks upon other characters.
_DROPPED = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs", "Me", "Mn"))


class Layout(NamedTuple):
    """The characters of several texts in one row: edge text edge text … edge."""

    codes: Codes
    #: Where the edge before each text stands, and the last edge.
    starts: Counts
    #: The place of each code in the row it was made from.
    places: Counts


@cache
def _code_table() -> Codes:
    """Return code point → code, 0 for a character to drop; read-only, the same at every call."""
    folded = fold_points()
    codes = np.arange(0x10000)
    codes[pick_varied(map(str.isdigit, VARIED))] = ord("0")
    codes[pick_varied(map(_DROPPED.__contains__, map(unicodedata.category, VARIED)))] = 0
    table = folded.astype(np.uint16)
    table &= np.uint16(0x17FF)
    table += np.uint16(0xE000)
    in_plane = (folded < 0x10000).nonzero()[0]
    table[in_plane] = codes[folded[in_plane]]
    table[0xD800:0xE000] = ord("?")  # lone surrogates
    table[EDGE] = EDGE
    table.setflags(write=False)
    return table


def lay_out(texts: Sequence[str]) -> Layout:
    """Return the normalised characters of the texts; any string whatever, lone surrogates included."""
    joined = chr(EDGE).join(("", *texts, ""))
    if joined.count(chr(EDGE)) > len(texts) + 1:
        joined = chr(EDGE).join(("", *(text.replace(chr(EDGE), " ") for text in texts), ""))
    return lay_out_points(np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32))


def lay_out_points(points: Points) -> Layout:
    """Return the normalised characters of a row of texts between edges, given as code points."""
    codes = _code_table().take(points)
    places = ((codes != 0) & ~_beyond_run(codes)).nonzero()[0]
    codes = codes[places]
    return Layout(codes, (codes == EDGE).nonzero()[0], places)


def _beyond_run(codes: Codes) -> NDArray[np.bool_]:
    """Return which characters repeat the three before them."""
    beyond = np.zeros(len(codes), dtype=np.bool_)
    if len(codes) > LONGEST_RUN:
        later = codes[LONGEST_RUN:]
        same = later != EDGE
        for lag in range(1, LONGEST_RUN + 1):
            same &= later == codes[LONGEST_RUN - lag : -lag]
        beyond[LONGEST_RUN:] = same
    return beyond


def hash_ngrams(layout: Layout) -> Buckets:
    """Return the buckets of the 1-, 2- and 3-gram that begin at each position but the last, shape (positions, 3).

    Bucket 0 is no n-gram: it would run over an edge, or is nothing but edges.
    """
    points, is_text = layout.codes.astype(np.uint32), layout.codes != EDGE
    singles, pairs, triples = grams = np.zeros((SIZES, len(points) - 1), dtype=np.uint32)
    # in place, as there is much of it and each new array costs as much as the sum in it
    np.multiply(points[:-1], _FIRST, out=singles)
    np.multiply(points[1:], _SECOND, out=pairs)
    pairs ^= _PAIR
    pairs += singles
    np.right_shift(pairs, np.uint32(16), out=triples)
    triples ^= pairs
    triples *= _TRIPLE
    points *= _THIRD
    triples[:-1] += points[2:]
    singles += _SINGLE
    _mix(grams)
    singles *= is_text[:-1]
    pairs *= is_text[:-1] | is_text[1:]
    triples[:-1] *= is_text[1:-1]
    triples[-1:] = 0
    return np.ascontiguousarray(grams.T)


def take_texts(layout: Layout, texts: Counts) -> tuple[Counts, Counts]:
    """Return the positions of some texts of a layout with the edge before each, and where among them each begins."""
    sizes = steps(layout.starts)[texts]
    return number_groups(sizes, layout.starts[texts]), sum_up(sizes)


def open_ngrams(layout: Layout, grams: Buckets, first: int) -> Buckets:
    """Return the buckets once more, others than theirs, for the n-grams that begin in the first positions of each text.

    A title says most: what stands there gets weights of its own. All other places are 0.
    """
    position = np.arange(len(grams)) - np.repeat(layout.starts[:-1], np.diff(layout.starts))
    is_opening = (position < first)[:, None] & (grams != 0)
    shifted = (grams * _OPENING + np.uint32(1)) & np.uint32((1 << HASH_BITS) - 1)
    opened: Buckets = np.where(is_opening, np.maximum(shifted, np.uint32(1)), np.uint32(0))
    return opened


def _mix(hashed: Buckets) -> None:
    """Make these well spread buckets from 1 on: a hash of 0 becomes 1, as 0 means no n-gram."""
    for shift, factor in ((np.uint32(15), _SECOND), (np.uint32(13), _THIRD)):
        hashed ^= hashed >> shift
        hashed *= factor
    hashed >>= np.uint32(32 - HASH_BITS)
    np.maximum(hashed, np.uint32(1), out=hashed)


def plain_key(text: str) -> str:
    """Return the letters and digits of a text, normalised: texts with the same key are one text."""
    return "".join(filter(str.isalnum, map(chr, lay_out([text]).codes.tolist())))

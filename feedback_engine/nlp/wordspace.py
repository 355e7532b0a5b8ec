"""What words have in common: a vector for each, learned without labels; words said in like company lie near each other.

Weights learned from a few thousand sentences know the words of these alone. So what a text's words have in common is
weighed beside its n-grams. It is a sum over the words, so that each word's share is a weight of its own n-gram: who
reads the weights sees no difference, and the contributions of the pieces of a text add up.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from feedback_engine.errors import LexiconError
from feedback_engine.lexicon.columns import Floats, are_alike
from feedback_engine.nlp.packing import UNREADABLE, read_arrays, write_arrays
from feedback_engine.resources import find_table

WORDS_FILE = "words.vec"
#: A coordinate of so much is 1.
UNIT = np.float32(13.0)
#: Whole weights of directions are at most this: sums over words are exact then, whatever processor adds them up.
LARGEST_FACTOR = 2047


class WordSpace(NamedTuple):
    """Words of at most three characters, each by the bucket of its n-gram."""

    #: In ascending order.
    buckets: NDArray[np.int64]
    #: Whole numbers, shape (words, dimensions); the less a word tells, the shorter.
    vectors: NDArray[np.int8]
    #: SHA-256 of the file.
    fingerprint: str = ""

    def add_up(self, values: Any) -> NDArray[np.float32]:
        """Return the sum of the vectors of each row's words, by the row's values (a sparse matrix over buckets)."""
        summed: NDArray[np.float32] = values[:, self.buckets] @ (self.vectors / UNIT)
        return summed

    def share(self, factors: Floats | NDArray[np.int16]) -> Floats:
        """Return the weights that those of the directions, shape (outputs, dimensions), give each word, times UNIT.

        The shape is (words, outputs).
        """
        if factors.dtype == np.int16:
            return (self.vectors.astype(np.float32) @ factors.astype(np.float32).T).astype(np.float64)
        shares: Floats = self.vectors.astype(np.float64) @ factors.T
        return shares


def unite(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the buckets of either, in ascending order; numpy's own `union1d` loads much at the first call."""
    both = np.sort(np.concatenate((one, other)))
    return both[~np.append(are_alike(both), False)] if len(both) else both


def load_words(path: Path) -> WordSpace:
    """Return the words of a file; LexiconError if there are none."""
    try:
        return _read_words(path.read_bytes())
    except FileNotFoundError as error:
        raise LexiconError(f"{path}: 没有这个文件；它随 lexicons/models 里的模型一起发布，请一并复制") from error
    except UNREADABLE as error:
        raise LexiconError(f"{path}: 词向量文件损坏或不完整（{error}）；请重新安装") from error


def load_shipped_words(beside: Path | None = None) -> WordSpace:
    """Return the words that lie beside a file, or, where there are none, those of the lexicons in use."""
    return load_words(find_table("models", WORDS_FILE, first=beside and beside.parent))


@lru_cache(maxsize=2)
def _read_words(data: bytes) -> WordSpace:
    arrays = read_arrays(data, WordSpace._fields[:2])
    buckets, vectors = np.cumsum(arrays["buckets"], dtype=np.int64), np.ascontiguousarray(arrays["vectors"])
    if vectors.ndim != 2 or len(buckets) != len(vectors):
        raise ValueError(f"buckets {buckets.shape}, vectors {vectors.shape}")
    return WordSpace(buckets, vectors, sha256(data).hexdigest())


def save_words(words: WordSpace, path: Path) -> str:
    """Write the words, the same bytes for the same words; the SHA-256 of the file comes back."""
    buckets = np.diff(words.buckets, prepend=0).astype(np.uint32)
    # numbers of one direction pack better together
    return write_arrays({"buckets": buckets, "vectors": np.asfortranarray(words.vectors)}, path)

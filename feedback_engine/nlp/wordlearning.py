"""Learning a word space from texts without labels: which words are said near each other, in few directions.

Positive pointwise mutual information of the words within ten words of each other, a pair counting by its nearness, the
rate of the other word smoothed by the power .75, and its leading singular vectors by the roots of their values
(Levy, Goldberg & Dagan 2015). The singular vectors are found by random projection with a fixed seed and power steps
(Halko, Martinsson & Tropp 2011): the same texts give the same bytes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from feedback_engine.errors import SourceError
from feedback_engine.nlp.fitting import Matrix
from feedback_engine.nlp.ngrams import SIZES, hash_ngrams, lay_out
from feedback_engine.nlp.wordspace import UNIT, WordSpace

DIMENSIONS = 96
#: So many words on either side are the company of a word.
_WINDOW = 10
#: Words said more rarely are no company, and the rarest of those that are have no vector to be trusted.
_LEAST_COMPANY, LEAST_SAID = 5, 20
_SMOOTHING = 0.75
#: Directions found beyond those kept, and steps that part the strong ones from the weak.
_SPARE, _STEPS = 10, 4
#: A word as rare as one in e ** so many tells all that a word can; one character tells half of what it seems to.
_FULL, _OF_ONE_CHARACTER = 12.0, 0.5
_WORD, _DIGIT = re.compile(r"\w+"), re.compile(r"\d")


def learn_words(
    texts: Iterable[str], cut: Callable[[str], list[str]], *, least: int = LEAST_SAID, dimensions: int = DIMENSIONS
) -> WordSpace:
    """Return the space of the words that the folded texts, cut into words, say at least so often."""
    said = [[_DIGIT.sub("0", word) for word in cut(text) if not word.isspace()] for text in texts]
    counts = Counter(chain.from_iterable(said))
    company = [word for word, count in counts.most_common() if count >= _LEAST_COMPANY and _WORD.match(word)]
    if len(company) <= dimensions + _SPARE:
        raise SourceError(f"这些文本里常见的词只有 {len(company)} 个，无从比较；请给出更多的文本")
    number = {word: at for at, word in enumerate(company)}
    gap = [""] * _WINDOW
    row = np.fromiter((number.get(word, -1) for words in said for word in chain(words, gap)), dtype=np.int64)
    coordinates = _find_directions(_weigh_company(row, len(company)), dimensions)
    total = counts.total()
    known = [at for at, word in enumerate(company) if counts[word] >= least and len(word) <= SIZES]
    telling = [_tell(company[at], counts[company[at]] / total) for at in known]
    return _place([company[at] for at in known], coordinates[known] * np.array(telling)[:, None])


def _weigh_company(row: NDArray[np.int64], count: int) -> Matrix:
    """Return how much likelier than by chance words stand near each other, where they do, as a log ratio."""
    import scipy.sparse as sp

    near = sp.csr_matrix((count, count), dtype=np.float32)
    for lag in range(1, _WINDOW + 1):
        one, other = row[:-lag], row[lag:]
        both = (one >= 0) & (other >= 0)
        weight = np.full(np.count_nonzero(both), 1.0 / lag, dtype=np.float32)
        near = near + sp.csr_matrix((weight, (one[both], other[both])), shape=(count, count))
    near = (near + near.T).tocoo()
    totals = np.bincount(near.row, weights=near.data, minlength=count)
    rates = totals**_SMOOTHING / (totals**_SMOOTHING).sum()
    odds = np.log(near.data / (totals[near.row] * rates[near.col]))
    found = odds > 0
    kept = (odds[found].astype(np.float32), (near.row[found], near.col[found]))
    return sp.csr_matrix(kept, shape=(count, count))


def _find_directions(matrix: Matrix, count: int) -> NDArray[np.float64]:
    """Return the coordinates of each row in so many of the strongest directions, as a vector of length 1."""
    turned = matrix.T.tocsr()
    begun = np.random.default_rng(0).standard_normal((matrix.shape[1], count + _SPARE)).astype(np.float32)
    spanned = np.linalg.qr(matrix @ begun)[0]
    for _ in range(_STEPS):
        spanned = np.linalg.qr(matrix @ np.linalg.qr(turned @ spanned)[0])[0]
    left, values, _ = np.linalg.svd((turned @ spanned).T, full_matrices=False)
    coordinates = (spanned @ left)[:, :count] * np.sqrt(values[:count])
    lengths = np.linalg.norm(coordinates, axis=1, keepdims=True)
    placed: NDArray[np.float64] = coordinates.astype(np.float64) / np.maximum(lengths, 1e-9)
    return placed


def _tell(word: str, rate: float) -> float:
    """Return how much a word tells, from 0 to 1."""
    return min(1.0, -float(np.log(rate)) / _FULL) * (_OF_ONE_CHARACTER if len(word) == 1 else 1.0)


def _place(words: list[str], vectors: NDArray[np.float64]) -> WordSpace:
    """Return the space of words, the commonest of those that share a bucket, by their buckets."""
    layout = lay_out(words)
    sizes = np.diff(layout.starts) - 1
    lengths = np.array(list(map(len, words)))
    whole = np.flatnonzero(sizes == lengths)  # no character of it is dropped
    buckets = hash_ngrams(layout)[layout.starts[whole] + 1, lengths[whole] - 1].astype(np.int64)
    distinct, first = np.unique(buckets, return_index=True)
    rounded = np.clip(np.rint(vectors[whole[first]] * UNIT), -127, 127)
    return WordSpace(distinct, rounded.astype(np.int8))

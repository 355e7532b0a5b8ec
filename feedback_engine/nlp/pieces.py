"""Learned weights of characters merged to readable pieces of the text that add up to the same sum."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from feedback_engine.domain import Span
from feedback_engine.lexicon.model import WordKind
from feedback_engine.nlp.models import Floats
from feedback_engine.nlp.ngrams import Counts
from feedback_engine.nlp.opinions import Opinion, quote

#: So many pieces are told one by one, those of at least this weight in log odds; the others are told together.
_MOST, _LEAST = 4, 0.3
_SHOWN = 16


def find_pieces(positions: Counts, weights: Floats, bounds: Counts) -> list[list[tuple[int, int, float]]]:
    """Return, per part [bounds[i], bounds[i + 1]) of the row, its runs of one sign as (start, end, summed weight).

    Starts and ends are those of the characters' `positions`, so that what was dropped between two characters of a run
    belongs to it.
    """
    if not len(weights):
        return [[] for _ in bounds[1:]]
    turns: NDArray[np.bool_] = np.zeros(len(weights), dtype=np.bool_)
    turns[1:] = (weights[1:] > 0) != (weights[:-1] > 0)
    turns[bounds[:-1][bounds[:-1] < len(weights)]] = True
    turns[0] = True
    first = np.flatnonzero(turns)
    last = np.append(first[1:], len(weights)) - 1
    sums = np.add.reduceat(weights, first).tolist()
    runs = list(zip(positions[first].tolist(), (positions[last] + 1).tolist(), sums, strict=True))
    cuts = np.searchsorted(first, bounds).tolist()
    return [runs[cuts[part] : cuts[part + 1]] for part in range(len(cuts) - 1)]


def tell_pieces(
    text: str, pieces: Sequence[tuple[int, int, float]], total: float, factor: float, notes: tuple[str, ...]
) -> list[Opinion]:
    """Return the pieces times `factor` as opinions; together they are worth `total` times `factor` log odds."""
    told = [piece for piece in pieces if abs(piece[2] * factor) >= _LEAST]
    if len(told) > _MOST:
        told = sorted(sorted(told, key=lambda piece: -abs(piece[2]))[:_MOST])
    opinions = [_tell(text, start, end, weight * factor, ("学习权重", *notes)) for start, end, weight in told]
    rest = (total - sum(weight for *_, weight in told)) * factor
    if pieces and rest:
        start, end = pieces[0][0], pieces[-1][1]
        opinions.append(
            _tell(text, start, end, rest, ("学习权重,其余文字合计", *notes) if told else ("学习权重", *notes))
        )
    return opinions


def _tell(text: str, start: int, end: int, value: float, notes: tuple[str, ...]) -> Opinion:
    shown = quote(text[start : min(end, start + _SHOWN)]) + ("…" if end - start > _SHOWN else "")
    return Opinion(start, end, value, shown, notes, WordKind.OPINION, Span(start, end))

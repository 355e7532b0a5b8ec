"""Ratings as scores on 0-100, question by question, of all records or of a stretch of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from feedback_engine.domain import AnswerState
from feedback_engine.errors import ConfigError, TableError
from feedback_engine.scoring.records import Lookup, Records, look_up, look_up_positions
from feedback_engine.scoring.samples import Floats, Ints, Sample, drop_weightless, is_rising

if TYPE_CHECKING:
    import pandas as pd

#: Ratings whose records are looked at at one time.
_PART = 1_000_000


@dataclass(frozen=True, slots=True)
class RatingTable:
    """Ratings column by column: of which record (-1 = an unknown one), which question, answered or not, how.

    `questions` and `is_answered` hold a number a category; `points` are rating, scale_min and scale_max.
    """

    record_of: Lookup
    questions: Lookup
    is_answered: Lookup
    points: tuple[Lookup, ...]
    codes: tuple[str, ...]
    weights: Floats

    def __len__(self) -> int:
        return len(self.record_of)

    def within(self, start: int, end: int) -> RatingTable:
        """Return the ratings of the records from `start` to before `end`."""
        if start <= 0 and end >= len(self.weights):
            return self
        looks = (slice(first, first + _PART) for first in range(0, len(self), _PART))
        places = np.concatenate([np.empty(0, np.int64), *(self._find(look, start, end) for look in looks)])
        narrow = (each.narrow(places) for each in (self.record_of, self.questions, self.is_answered, *self.points))
        record_of, questions, is_answered, *points = narrow
        return replace(self, record_of=record_of, questions=questions, is_answered=is_answered, points=tuple(points))

    def _find(self, look: slice, start: int, end: int) -> Ints:
        rows = self.record_of.take(look)
        places: Ints = look.start + np.flatnonzero((rows >= start) & (rows < end))
        return places

    def score(self, wanted: Iterable[str]) -> dict[str, Sample]:
        """Return the item scores of each wanted question, sorted by record; those of unknown records are left out."""
        found: dict[str, Sample] = {}
        asked, people = np.empty(0, np.int64), _list_people(np.empty(0, np.int64), self.weights)
        for code in wanted:
            chosen = self._places_of(code)
            rows = self.record_of.take(chosen)
            # Most questions are answered by the same people: they share one list.
            if not np.array_equal(rows, asked):
                asked, people = rows, _list_people(rows, self.weights)
            chosen = chosen if people.order is None else chosen[people.order]
            scores = _item_scores(code, *(point.take(chosen).astype(np.float64) for point in self.points))
            found[code] = drop_weightless(Sample(people.rows, scores, people.weights))
        return found

    def refuse_other_scale(self, code: str, scale: tuple[float, float]) -> None:
        """Raise ConfigError where answers to a question are on another scale; one that is turned round is the same."""
        _, *ends = (point.take(self._places_of(code)).astype(np.float64) for point in self.points)
        low, high = np.minimum(*ends), np.maximum(*ends)
        other = (low != scale[0]) | (high != scale[1])
        if other.any():
            place = int(np.argmax(other))
            raise ConfigError(
                f"指标 {code} 的量表为 {low[place]:g}–{high[place]:g}；这里只认 {scale[0]:g}–{scale[1]:g} 分的题"
            )

    def _places_of(self, code: str) -> Ints:
        if code not in self.codes:
            return np.empty(0, np.int64)
        places = np.flatnonzero(self.questions.take(slice(None)) == self.codes.index(code))
        is_answered = self.is_answered.take(places)
        return places if is_answered.all() else places[is_answered]


@dataclass(frozen=True, slots=True)
class _People:
    """Records in their order with their weights; `order` puts what is theirs in it, None = it is already."""

    rows: Ints
    weights: Floats
    order: Ints | None


def _list_people(rows: NDArray[Any], weights: Floats) -> _People:
    known, order = rows.astype(np.int64), None
    if not is_rising(known) or (len(known) and known[0] < 0):
        order = np.argsort(known, kind="stable")
        order = order[known[order] >= 0]
        known = known[order]
    return _People(known, weights[known], order)


def read_ratings(ratings: pd.DataFrame, records: Records) -> RatingTable:
    """Return RATINGS with the positions of their records."""
    import pandas as pd

    column = ratings["indicator"].array
    asked = column if isinstance(column, pd.Categorical) else pd.Categorical(column)
    # An empty cell has the code -1, that of no question.
    numbers = np.append(np.arange(len(asked.categories)), -1).astype(np.min_scalar_type(-1 - len(asked.categories)))
    return RatingTable(
        record_of=look_up_positions(records.ids, ratings["feedback_id"]),
        questions=Lookup(numbers, asked.codes),
        is_answered=look_up(ratings["state"], lambda cells: cells == AnswerState.ANSWERED.value, gap=False),
        points=tuple(look_up(ratings[name], _as_numbers, np.nan) for name in ("rating", "scale_min", "scale_max")),
        codes=tuple(asked.categories),
        weights=records.weights,
    )


def score_items(ratings: pd.DataFrame, records: Records, wanted: Sequence[str]) -> dict[str, Sample]:
    """Return the item scores of each wanted question, of all records."""
    return read_ratings(ratings, records).score(wanted)


def _as_numbers(cells: NDArray[Any]) -> Floats:
    return cells.astype(np.float64)


def _item_scores(code: str, rating: Floats, low: Floats, high: Floats) -> Floats:
    """Return 100 (x - lo) / (hi - lo); a reversed scale has lo > hi. A rating off its scale is a TableError."""
    fits = (np.minimum(low, high) <= rating) & (rating <= np.maximum(low, high)) & (low != high)
    if not fits.all():
        place = int(np.argmin(fits))
        raise TableError(
            f"表 ratings 的指标 {code}：分值 {rating[place]:g} 不在量表 "
            f"{low[place]:g}–{high[place]:g} 之内；请检查该题的 scale"
        )
    scores: Floats = 100.0 * (rating - low) / (high - low)
    return scores

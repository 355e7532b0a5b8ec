"""What the learned weights of a pack say of texts: which touchpoints, with what opinion, and which complaint type.

All heads of a pack read the same n-grams, each different one of a text once; sums are whole numbers, so that a text
gets the same bits in any batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from feedback_engine.errors import LexiconError
from feedback_engine.lexicon.columns import Floats, are_filled
from feedback_engine.lexicon.model import Label, Pack
from feedback_engine.nlp.models import Model, load_model
from feedback_engine.nlp.ngrams import HASH_BITS, Buckets, Counts, Layout, open_ngrams, take_texts
from feedback_engine.nlp.pieces import Characters, find_runs
from feedback_engine.nlp.reading import Readings
from feedback_engine.nlp.row import Row
from feedback_engine.nlp.weights import WeightTable, opening_factor, opening_odds, row_factor, spread, to_values

#: Labels are told from these log odds on, or where they are a text's best.
_CONSIDERED = -3.0
#: The labels of weights that tell good from bad, in the order of `PackLabels.opinion`.
OPINIONS = ("negative", "neutral", "positive")


class LearnedLabel(NamedTuple):
    """What speaks for one label: its log odds against all others, its probability, and the runs that make them up."""

    odds: float
    probability: float
    #: Its part of the probabilities of all labels: how sure it is where a text has exactly one.
    share: float
    #: (start, end, log odds), places in the row of the batch; with the bias they add up to `odds`.
    pieces: list[tuple[int, int, float]]


#: Log odds of bad, neutral and good.
Opinion = tuple[float, float, float]


class PackLabels(NamedTuple):
    """The labels worth considering for one text, by code, the likeliest first."""

    touchpoints: Mapping[str, LearnedLabel]
    types: Mapping[str, LearnedLabel]
    #: What is said of the touchpoints, None where no weights tell; and what by the clauses that name any, by number.
    opinion: Opinion | None
    clauses: Mapping[int, Opinion]


@dataclass(frozen=True, slots=True)
class Distinct:
    """The n-grams of several texts, and the different ones of each."""

    layout: Layout
    grams: Buckets
    #: Text number << HASH_BITS | bucket, ascending, how often each occurs, and where each text's begin.
    keys: NDArray[np.int64]
    counts: NDArray[np.int64]
    bounds: Counts
    #: For each position and size the place among the keys; the last place is none.
    places: NDArray[np.int64]
    _opened: dict[int, Buckets] = field(default_factory=dict, init=False)

    def open(self, first: int) -> Buckets:
        """Return the n-grams of the openings of this length, made once: every label of a head wants them."""
        if first not in self._opened:
            self._opened[first] = open_ngrams(self.layout, self.grams, first)
        return self._opened[first]


class Head:
    """One model file: log odds of its outputs for texts, and where they come from."""

    def __init__(self, model: Model, labels: Sequence[Label] = ()) -> None:
        self._spec = model.spec
        self._table = WeightTable.of(model)
        names = {label.name: label.code for label in labels}
        #: The code of each output.
        self.codes = tuple(names.get(output, output) for output in model.outputs)
        self._temperature = float(model.card["calibration"]["temperature"])

    def odds(self, found: Distinct) -> Floats:
        """Return the log odds of each output for each text, shape (texts, outputs)."""
        values = to_values(found.counts, self._spec)
        sums = np.zeros((len(found.keys) + 1, len(self.codes)))
        rows = self._table.find(found.keys & ((1 << HASH_BITS) - 1))
        np.cumsum(rows * values[:, None], axis=0, out=sums[1:])
        weighed = (sums[found.bounds[1:]] - sums[found.bounds[:-1]]) * self._factor(found)[:, None]
        odds: Floats = weighed * self._table.scale + self._table.bias
        if not self._spec.opening:
            return odds
        return odds + opening_odds(self._table, self._spec, found.layout, found.open(self._spec.opening))

    def label(self, found: Distinct) -> list[dict[str, LearnedLabel]]:
        """Return the labels to consider for each text, the likeliest first."""
        odds = self.odds(found)
        chance = 0.5 * (1.0 + np.tanh(0.5 * odds / self._temperature))
        share = chance / np.maximum(chance.sum(axis=1, keepdims=True), 1e-12)
        is_best = np.arange(odds.shape[1]) == odds.argmax(axis=1)[:, None]
        chosen = is_best | (odds >= _CONSIDERED)
        labels: list[dict[str, LearnedLabel]] = [{} for _ in odds]
        for column, code in enumerate(self.codes):
            texts = np.flatnonzero(chosen[:, column])
            pieces = self.pieces(found, np.eye(len(self.codes))[column], texts)
            told = (values[texts, column].tolist() for values in (odds, chance, share))
            for text, *label in zip(texts.tolist(), *told, pieces, strict=True):
                labels[text][code] = LearnedLabel(*label)
        return [dict(sorted(one.items(), key=lambda item: (-item[1].odds, item[0]))) for one in labels]

    def _factor(self, found: Distinct) -> Floats:
        total = np.concatenate([[0.0], np.cumsum(to_values(found.counts, self._spec))])
        return row_factor(self._spec, total[found.bounds[1:]] - total[found.bounds[:-1]])

    def pieces(self, found: Distinct, share: Floats, texts: Counts) -> list[list[tuple[int, int, float]]]:
        """Return the runs of these texts with their log odds, each output counting by its share."""
        return find_runs(self.characters(found, share, texts)).split(len(texts))

    def characters(self, found: Distinct, share: Floats, texts: Counts) -> Characters:
        """Return the log odds of each character of these texts, each output counting by its share."""
        rows, begins = take_texts(found.layout, texts)
        own = np.repeat(np.arange(len(texts)), np.diff(begins))
        weights = spread(found.grams[rows], self._gram_odds(found, share, rows, texts[own]))
        real = np.flatnonzero(found.grams[rows, 0] != 0)
        return Characters(found.layout.places[rows[real]], weights[real], np.searchsorted(real, begins))

    def _gram_odds(self, found: Distinct, share: Floats, rows: Counts, texts: Counts) -> Floats:
        """Return the log odds of the n-grams at these positions, which are of these texts."""
        spec, values = self._spec, to_values(found.counts, self._spec)
        weight = self._weigh(found.keys & ((1 << HASH_BITS) - 1), share) * values / found.counts
        odds = np.append(weight, 0.0)[found.places[rows]] * self._factor(found)[texts][:, None]
        if spec.opening:
            opened = found.open(spec.opening)
            odds += self._weigh(opened[rows], share) * opening_factor(spec, found.layout, opened)[texts][:, None]
        return odds

    def _weigh(self, buckets: NDArray[Any], share: Floats) -> Floats:
        """Return the weight of each bucket, each output counting by its share."""
        weight: Floats = (self._table.find(buckets) * (share * self._table.scale)).sum(axis=-1)
        return weight


class PackHeads:
    """The learned weights that a pack names."""

    def __init__(self, pack: Pack, folder: Path) -> None:
        self._touchpoints = _load_head(folder, pack.touchpoint_model, "touchpoints", pack.touchpoints)
        self._opinion = _load_head(folder, pack.opinion_model, "opinions")
        self._types = _load_head(folder, pack.complaint_model, "complaints", pack.complaint_types)

    @property
    def knows_touchpoints(self) -> bool:
        """Whether the weights name touchpoints, which may then stand in any clause."""
        return self._touchpoints is not None

    def read(self, readings: Readings, row: Row) -> list[PackLabels]:
        """Return what the weights say of each text, which are laid out in the row with their clauses."""
        found = find_distinct(*row.texts)
        none: list[dict[str, LearnedLabel]] = [{} for _ in readings.given]
        touchpoints = self._touchpoints.label(found) if self._touchpoints else none
        types = self._types.label(found) if self._types else none
        if self._opinion is None:
            return [PackLabels(*labels, None, {}) for labels in zip(touchpoints, types, strict=True)]
        opinions, clauses = _hear(self._opinion, found), _hear_clauses(self._opinion, readings, row)
        return [PackLabels(*labels) for labels in zip(touchpoints, types, opinions, clauses, strict=True)]


def _hear(head: Head, found: Distinct) -> list[Opinion]:
    """Return what is said of touchpoints in each text."""
    order = [head.codes.index(name) for name in OPINIONS]
    return [(bad, neutral, good) for bad, neutral, good in head.odds(found)[:, order].tolist()]


def _hear_clauses(head: Head, readings: Readings, row: Row) -> list[dict[int, Opinion]]:
    """Return what the clauses of each text that name touchpoints say of them, by the number of the clause."""
    clauses, told = readings.clauses, [dict[int, Opinion]() for _ in readings.given]
    named = are_filled(readings.mentions.first).nonzero()[0]
    if not len(named):
        return told
    opinions, texts = _hear(head, find_distinct(*row.pick(named + row.given))), clauses.texts[named]
    for text, number, opinion in zip(texts.tolist(), (named - clauses.first[texts]).tolist(), opinions, strict=True):
        told[text][number] = opinion
    return told


def _load_head(folder: Path, name: str, task: str, labels: Sequence[Label] = ()) -> Head | None:
    if not name:
        return None
    path = folder / f"{name}.npz"
    model = load_model(path)
    known = {key for label in labels for key in (label.name, label.code)} if labels else set(OPINIONS)
    strange = [output for output in model.outputs if output not in known]
    if model.task != task or strange:
        raise LexiconError(
            f"{path}: 行业包要的是 {task} 的模型，标签为包里的名称或代码；这是 {model.task} 的，"
            f"包里没有：{'、'.join(strange) or '无'}"
        )
    return Head(model, labels)


def find_distinct(layout: Layout, grams: Buckets) -> Distinct:
    """Return the n-grams of these texts, each different one of a text once."""
    texts = len(layout.starts) - 1
    number = np.repeat(np.arange(texts, dtype=np.int64), np.diff(layout.starts))
    real = grams != 0
    tagged = ((number << HASH_BITS)[:, None] | grams)[real]
    keys, inverse, counts = np.unique(tagged, return_inverse=True, return_counts=True)
    places = np.full(grams.shape, len(keys), dtype=np.int64)
    places[real] = inverse.ravel()
    bounds = np.searchsorted(keys, np.arange(texts + 1, dtype=np.int64) << HASH_BITS)
    return Distinct(layout, grams, keys, counts, bounds, places)

"""Polarity by learned weights and word lists together: the default scorer.

The weights of a text's n-grams are summed, for the text and for each of its clauses that is wanted; `blend` joins them
with what the rules read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from feedback_engine.errors import LexiconError, tell_os_error
from feedback_engine.lexicon.columns import Places, steps, sum_up
from feedback_engine.lexicon.model import Lexicon, Pack
from feedback_engine.nlp.blend import (
    BLEND_VERSION,
    Weighed,
    find_brief_remarks,
    find_brief_silences,
    find_confidences,
    judge_clauses,
    judge_texts,
    tell,
)
from feedback_engine.nlp.domains import find_domains, find_kinds
from feedback_engine.nlp.experts import expert_shares
from feedback_engine.nlp.heads import Opinion, PackHeads, PackLabels, head_digests
from feedback_engine.nlp.hints import Hints, PackHints
from feedback_engine.nlp.models import Model, load_model
from feedback_engine.nlp.ngrams import Buckets, Counts, Layout, hash_ngrams, lay_out_points, take_texts
from feedback_engine.nlp.pieces import Characters
from feedback_engine.nlp.posts import PostHead, judge_posts
from feedback_engine.nlp.reading import Readings
from feedback_engine.nlp.segment import Clauses
from feedback_engine.nlp.sentiment import LexiconVerdicts
from feedback_engine.nlp.statements import Judged, Statements
from feedback_engine.nlp.vocabulary import Floats
from feedback_engine.nlp.weights import WeightTable, spread, sum_texts, weigh_known

SENTIMENT_FILE, CLAUSES_FILE = "sentiment.npz", "clauses.npz"


class _Learned(NamedTuple):
    """The two models and their tables."""

    text: Model
    clauses: Model
    text_table: WeightTable
    clause_table: WeightTable
    #: The usual share of n-grams that the weights do not know; more of them lower the confidence.
    usual_unknown: float
    #: The weights that the pack names, None where it names none.
    heads: PackHeads | None
    #: The weights that the pack names for posts.
    posts: PostHead | None
    #: The weights that the pack names for what is told without words for it.
    hints: PackHints | None


class LearnedScorer:
    """Scores by the shipped weights and the lexicon; reads the model files at the first call, safe between threads."""

    name = "learned"

    def __init__(self, lexicon: Lexicon, models: Path, pack: Pack | None = None) -> None:
        self._folder = models
        self._pack = pack
        parts = [f"{self.name}:{BLEND_VERSION}", lexicon.fingerprint]
        parts += [_file_digest(models / name) for name in (SENTIMENT_FILE, CLAUSES_FILE)]
        parts += head_digests(pack, models) if pack else []
        self.fingerprint = sha256("\n".join(parts).encode()).hexdigest()
        self._learned: _Learned | None = None
        self._lock = Lock()

    def __getstate__(self) -> dict[str, Any]:
        return {"_folder": self._folder, "_pack": self._pack, "fingerprint": self.fingerprint}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._learned = None
        self._lock = Lock()

    def score(self, readings: Readings) -> LearnedVerdicts:
        """Return the verdicts on a batch, the same bits as one text by one."""
        return LearnedVerdicts(readings, self._load())

    def _load(self) -> _Learned:
        with self._lock:
            if self._learned is None:
                self._learned = _load_models(self._folder, self._pack)
            return self._learned


def _file_digest(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise LexiconError(
            f"{path}: 读不到模型文件（{tell_os_error(error)}）；可改用 tagging.scorer: lexicon"
        ) from error


def _load_models(folder: Path, pack: Pack | None) -> _Learned:
    text, clauses = load_model(folder / SENTIMENT_FILE), load_model(folder / CLAUSES_FILE)
    if text.task != "sentiment" or clauses.task != "clauses":
        raise LexiconError(f"{folder}: {SENTIMENT_FILE}、{CLAUSES_FILE} 的任务应是 sentiment、clauses")
    usual = float(text.card["calibration"]["unknown"])
    has_heads = pack is not None and any((pack.touchpoint_model, pack.opinion_model, pack.complaint_model))
    heads = PackHeads(pack, folder) if pack is not None and has_heads else None
    posts = PostHead(folder / f"{pack.post_model}.npz") if pack is not None and pack.post_model else None
    hints = PackHints(pack, folder) if pack is not None and pack.hint_model else None
    return _Learned(text, clauses, WeightTable.of(text), WeightTable.of(clauses), usual, heads, posts, hints)


class LearnedVerdicts:
    """What weights and word lists together say of the texts and clauses of a batch."""

    def __init__(self, readings: Readings, learned: _Learned) -> None:
        self.rules = LexiconVerdicts(readings)
        self._readings, self._heads = readings, learned.heads
        # learned touchpoints may stand in any clause
        is_anywhere = learned.heads is not None and learned.heads.knows_touchpoints
        is_brief = find_brief_silences(readings, self.rules)
        layout = lay_out_points(readings.folded.points)
        grams = hash_ngrams(layout)
        #: What the pack's weights add where words find nothing, None where it names none.
        self.hints = Hints(learned.hints, readings, layout, grams) if learned.hints else None
        is_wanted = readings.is_wanted | is_brief[readings.clauses.texts] | is_anywhere
        if self.hints and len(self.hints.touchpoints.texts):
            is_wanted[self.hints.touchpoints.clauses] = True
        wanted = is_wanted.nonzero()[0]
        texts, clauses, odds, clause_odds = _weigh(learned, readings, wanted, layout, grams)
        self._clauses = judge_clauses(readings, self.rules, wanted, clauses)
        domains, is_review = find_domains(learned.text.outputs, odds)
        silences = _find_silences(readings.clauses, wanted, _silence_odds(learned.clauses.outputs, clause_odds))
        remarks = find_brief_remarks(readings, domains).nonzero()[0]
        silences[remarks] = _find_whole_silences(learned, layout, grams, remarks)
        self._texts = judge_texts(readings, self.rules, texts, domains, is_review, silences)
        if learned.posts:
            is_told = ~is_brief | (silences <= 0)
            kinds = find_kinds(learned.text.outputs, odds, is_told)
            self._texts = judge_posts(self._texts, self.rules, learned.posts, domains, kinds)
        self.scores, self.polarities = self._texts.scores, self._texts.labels
        self.confidences = find_confidences(self._texts, texts.unknown, learned.usual_unknown)

    @property
    def clause_labels(self) -> NDArray[np.int64]:
        """The labels of the clauses, neutral where they are not wanted."""
        return self._clauses.labels

    @cached_property
    def labels(self) -> Sequence[PackLabels | None]:
        """What the pack's own learned weights say of touchpoints and complaint type, where it names any."""
        if self._heads is None:
            return [None] * len(self.scores)
        labels = self._heads.read(lay_out_points(self._readings.folded.points))
        return _add_clauses(labels, self._heads, self._readings) if self._heads.knows_opinions else labels

    @property
    def texts(self) -> Statements:
        """What each text's log odds are made of; the values add up to them."""
        return self._told[0]

    @cached_property
    def clauses(self) -> Judged:
        """The clauses that are wanted; the values of the statements add up to the log odds of the score."""
        return Judged(self._told[1], self._clauses.scores, self._clauses.labels)

    @cached_property
    def _told(self) -> tuple[Statements, Statements]:
        return tell(self._texts, self._clauses)


def _silence_odds(outputs: Sequence[str], odds: Floats) -> Floats:
    """Return by what log odds each clause is likelier neutral than good or bad."""
    negative, neutral, positive = (odds[:, outputs.index(name)] for name in ("negative", "neutral", "positive"))
    silences: Floats = neutral - np.maximum(positive, negative)
    return silences


def _find_silences(clauses: Clauses, wanted: Places, odds: Floats) -> Floats:
    """Return for each text the least of these log odds of its wanted clauses."""
    silences = np.full(len(clauses.first) - 1, np.inf)
    np.minimum.at(silences, clauses.texts[wanted], odds)
    return silences


def _find_whole_silences(learned: _Learned, layout: Layout, grams: Buckets, texts: Places) -> Floats:
    """Return the same log odds for some of the texts laid out, each weighed whole, as if it were a clause."""
    if not len(texts):
        return np.zeros(0)
    outputs, (rows, starts) = learned.clauses.outputs, take_texts(layout, texts)
    return _silence_odds(
        outputs, _sum(learned.clause_table, grams[rows], starts, partial(_share_clauses, outputs)).odds
    )


def _add_clauses(labels: Sequence[PackLabels], heads: PackHeads, readings: Readings) -> Sequence[PackLabels]:
    """Return the labels with what the clauses that name touchpoints say by themselves."""
    clauses = readings.clauses
    named = (steps(readings.mentions.first) > 0).nonzero()[0]
    if not len(named):
        return labels
    places = np.append(0, _before_edges(clauses.starts[named], clauses.ends[named]))
    opinions = heads.hear(lay_out_points(readings.folded.points[places]))
    texts = clauses.texts[named]
    told: list[dict[int, Opinion]] = [{} for _ in labels]
    for text, number, opinion in zip(texts.tolist(), (named - clauses.first[texts]).tolist(), opinions, strict=True):
        told[text][number] = opinion
    return [label._replace(clauses=one) for label, one in zip(labels, told, strict=True)]


def _share_clauses(outputs: Sequence[str], odds: Floats) -> Floats:
    """Return half of positive against negative for each clause, less as far as it says neither; shape of `odds`."""
    negative, positive = outputs.index("negative"), outputs.index("positive")
    silent = 0.5 * (1.0 + np.tanh(0.5 * _silence_odds(outputs, odds)))
    shares = np.zeros_like(odds)
    shares[:, positive] = 0.5 * (1.0 - silent)
    shares[:, negative] = -shares[:, positive]
    return shares


def _weigh(
    learned: _Learned, readings: Readings, wanted: Places, layout: Layout, grams: Buckets
) -> tuple[Weighed, Weighed, Floats, Floats]:
    """Return what the weights say of the texts and of these clauses, and the log odds of the outputs for both.

    For texts, which are laid out, the shared weights count, and those of the domains that the gates recognise.
    """
    clauses, count = readings.clauses, len(readings.given)
    places = np.append(0, _before_edges(clauses.starts[wanted], clauses.ends[wanted]))
    parts = lay_out_points(readings.folded.points[places])
    part_grams = hash_ngrams(parts)
    share_texts, share_clauses = (
        partial(expert_shares, learned.text.outputs),
        partial(_share_clauses, learned.clauses.outputs),
    )
    text = _sum(learned.text_table, grams, layout.starts, share_texts)
    clause = _sum(learned.clause_table, part_grams, parts.starts, share_clauses)
    characters = _share_out(
        np.concatenate([grams, part_grams]),
        np.append(layout.starts[:-1], parts.starts + layout.starts[-1]),
        np.append(layout.places[:-1], places[parts.places]),
        (text, clause),
    )
    return (
        Weighed(text.totals, text.unknown, characters.take(0, count)),
        Weighed(clause.totals, clause.unknown, characters.take(count, count + len(wanted))),
        text.odds,
        clause.odds,
    )


def _share_out(grams: Buckets, starts: Counts, places: Places, summed: Sequence[_Summed]) -> Characters:
    """Return what each character of the parts of a row weighs; together they are worth the total of their part.

    The parts begin at `starts`; `places` are those of the n-grams' first characters in the texts.
    """
    characters = spread(grams, np.concatenate([one.of_grams for one in summed]))
    totals, sizes = np.concatenate([one.totals for one in summed]), steps(starts) - 1
    # the bias, and what is left by rounding, is shared out evenly
    left = (totals - np.add.reduceat(characters, starts[:-1])) / np.maximum(sizes, 1)
    real = (grams[:, 0] != 0).nonzero()[0]
    return Characters(places[real], characters[real] + left.repeat(sizes), sum_up(sizes))


def _before_edges(starts: Places, ends: Places) -> Places:
    """Return the places of a row that holds these spans with an edge behind each; place 0 is an edge."""
    sizes = ends - starts + 1
    stops = sizes.cumsum()
    places: Places = np.arange(stops[-1] if len(stops) else 0) + (starts - (stops - sizes)).repeat(sizes)
    places[stops - 1] = 0
    return places


class _Summed(NamedTuple):
    """What weights say of the parts of a row: log odds by output and in all, unknown n-grams, what each n-gram says."""

    odds: Floats
    totals: Floats
    unknown: Floats
    of_grams: Floats


def _sum(table: WeightTable, grams: Buckets, starts: Counts, shares_of: Callable[[Floats], Floats]) -> _Summed:
    """Return what the weights say of the parts of a row given by their n-grams; `shares_of` outputs count."""
    sums = sum_texts(table, grams, starts)
    sizes = np.maximum(sums.size, 1)
    scale = table.scale / np.sqrt(sizes)[:, None]
    odds = sums.weights * scale + table.bias
    shares = shares_of(odds)
    of_grams = np.zeros(grams.size)
    of_grams[sums.known] = weigh_known(sums, shares * scale)
    totals = np.where(sums.size > 0, (odds * shares).sum(axis=1), 0.0)
    return _Summed(odds, totals, sums.unknown / sizes, of_grams.reshape(grams.shape))

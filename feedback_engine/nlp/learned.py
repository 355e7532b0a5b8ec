"""Polarity by learned weights and word lists together: the default scorer.

The weights of a text's n-grams are summed, for the text and for each of its clauses that is wanted; a judge tells from
these and from what the rules read what the text is, and `blend` joins both to a score.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from feedback_engine.errors import LexiconError, tell_os_error
from feedback_engine.lexicon.columns import are_filled, flag
from feedback_engine.lexicon.model import Lexicon, Pack
from feedback_engine.nlp.blend import (
    BLEND_VERSION,
    find_confidences,
    judge_clauses,
    judge_texts,
    tell,
)
from feedback_engine.nlp.domains import Domains
from feedback_engine.nlp.facts import SaidByWeights, find_said_by_words
from feedback_engine.nlp.heads import Opinion, PackHeads, PackLabels, head_digests
from feedback_engine.nlp.heard import without_repeats
from feedback_engine.nlp.hints import Hints, PackHints
from feedback_engine.nlp.judge import Judge, find_judge, load_judge
from feedback_engine.nlp.learned_details import DetailOdds, DetailWeights
from feedback_engine.nlp.models import load_model
from feedback_engine.nlp.posts import PostHead, judge_posts
from feedback_engine.nlp.reading import Readings
from feedback_engine.nlp.row import Row, lay_out_row
from feedback_engine.nlp.sentiment import LexiconVerdicts
from feedback_engine.nlp.statements import Judged
from feedback_engine.nlp.two_sided import SideWeights
from feedback_engine.nlp.vocabulary import Flags
from feedback_engine.nlp.weighing import Weights, weigh
from feedback_engine.nlp.weights import WeightTable

SENTIMENT_FILE, CLAUSES_FILE, DETAILS_FILE, SIDES_FILE = "sentiment.npz", "clauses.npz", "details.npz", "sides.npz"


class _Learned(NamedTuple):
    """The models."""

    weights: Weights
    #: The usual share of n-grams that the weights do not know; more of them lower the confidence.
    usual_unknown: float
    #: The weights that the pack names, None where it names none.
    heads: PackHeads | None
    #: The weights that the pack names for posts.
    posts: PostHead | None
    #: The weights that the pack names for what is told without words for it.
    hints: PackHints | None
    #: The weights for what complaints tell beside their type.
    details: DetailWeights
    #: The weights for remarks that praise and blame at once.
    sides: SideWeights
    #: What decides, from all that words and weights say of a text.
    judge: Judge


class LearnedScorer:
    """Scores by the shipped weights and the lexicon; reads the model files at the first call, safe between threads."""

    name = "learned"

    def __init__(self, lexicon: Lexicon, models: Path, pack: Pack | None = None) -> None:
        self._folder = models
        self._pack = pack
        parts = [f"{self.name}:{BLEND_VERSION}", lexicon.fingerprint]
        parts += [_file_digest(models / name) for name in (SENTIMENT_FILE, CLAUSES_FILE, DETAILS_FILE, SIDES_FILE)]
        self._judge = find_judge(models)
        parts.append(_file_digest(self._judge))
        parts += head_digests(pack, models) if pack else []
        self.fingerprint = sha256("\n".join(parts).encode()).hexdigest()
        self._learned: _Learned | None = None
        self._lock = Lock()

    def __getstate__(self) -> dict[str, Any]:
        kept = ("_folder", "_pack", "_judge", "fingerprint")
        return {name: getattr(self, name) for name in kept}

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
                self._learned = _load_models(self._folder, self._pack, self._judge)
            return self._learned


def _file_digest(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise LexiconError(
            f"{path}: 读不到模型文件（{tell_os_error(error)}）；可改用 tagging.scorer: lexicon"
        ) from error


def _load_models(folder: Path, pack: Pack | None, judge: Path) -> _Learned:
    text, clauses = load_model(folder / SENTIMENT_FILE), load_model(folder / CLAUSES_FILE)
    if text.task != "sentiment" or clauses.task != "clauses":
        raise LexiconError(f"{folder}: {SENTIMENT_FILE}、{CLAUSES_FILE} 的任务应是 sentiment、clauses")
    usual = float(text.card["calibration"]["unknown"])
    has_heads = pack is not None and any((pack.touchpoint_model, pack.opinion_model, pack.complaint_model))
    heads = PackHeads(pack, folder) if pack is not None and has_heads else None
    posts = PostHead(folder / f"{pack.post_model}.npz") if pack is not None and pack.post_model else None
    hints = PackHints(pack, folder) if pack is not None and pack.hint_model else None
    weights = Weights(WeightTable.of(text), WeightTable.of(clauses), Domains(text.outputs), clauses.outputs)
    details, sides = DetailWeights(folder / DETAILS_FILE), SideWeights(folder / SIDES_FILE)
    return _Learned(weights, usual, heads, posts, hints, details, sides, load_judge(judge))


class LearnedVerdicts:
    """What weights and word lists together say of the texts and clauses of a batch."""

    def __init__(self, readings: Readings, learned: _Learned) -> None:
        self.rules = LexiconVerdicts(readings)
        self._readings, self._heads, known = readings, learned.heads, learned.weights.domains
        # learned touchpoints may stand in any clause
        is_anywhere = learned.heads is not None and learned.heads.knows_touchpoints
        self._row = row = lay_out_row(readings)
        heard = row._replace(grams=without_repeats(row.layout, row.grams))
        #: What the pack's weights add where words find nothing, None where it names none.
        self.hints: Hints | None = None
        if learned.hints:
            have_opinions = flag(self.rules.found.clauses, len(readings.clauses.starts))
            self.hints = Hints(learned.hints, readings, have_opinions, heard)
        #: What the weights tell of complaints beside their type.
        self.details = DetailOdds(learned.details, readings, self.rules.unasserted, *heard.texts)
        is_wanted = readings.is_wanted | is_anywhere
        if self.hints and len(self.hints.touchpoints.texts):
            is_wanted[self.hints.touchpoints.telling()[0]] = True
        wanted = is_wanted.nonzero()[0]
        texts, clauses, wholes, characters = weigh(learned.weights, row, wanted)
        self._clauses = judge_clauses(
            readings, self.rules, wanted, clauses.weighed, clauses.chances, texts.weighed.odds
        )
        posts = known.find_posts(texts.chances)
        by_weights = SaidByWeights(
            texts.weighed.odds,
            texts.odds[:, 0],
            texts.odds[:, known.remarks],
            *learned.weights.pick_outputs(wholes.odds),
            wholes.weighed.odds,
            wholes.chances,
            learned.sides.hear(heard),
            texts.weighed.unknown,
            known.find_remarks(texts.chances),
            known.find_reviews(texts.chances),
            posts,
        )
        #: What the judge looks at.
        self.facts = (*find_said_by_words(readings, self.rules), *by_weights)
        chances = learned.judge.weigh(self.facts)
        domains = known.find(texts.chances)
        self._texts = judge_texts(readings, self.rules, texts.weighed, domains, chances)
        if learned.posts:
            self._texts, characters = judge_posts(
                self._texts, self.rules, learned.posts, row, domains, posts, characters
            )
        self.scores, self.polarities = self._texts.scores, self._texts.labels
        self.confidences = find_confidences(self._texts, texts.weighed.unknown, learned.usual_unknown)
        #: What each text's log odds are made of; the values add up to them.
        self.texts, told = tell(self._texts, self._clauses, characters)
        #: The clauses that are wanted; the values of the statements add up to the log odds of the score.
        self.clauses = Judged(told, self._clauses.scores, self._clauses.labels)

    @property
    def clause_labels(self) -> NDArray[np.int64]:
        """The labels of the clauses, neutral where they are not wanted."""
        return self._clauses.labels

    @property
    def unasserted(self) -> Flags:
        """Which clauses tell nothing that has happened."""
        return self.rules.unasserted

    @property
    def spared(self) -> Flags:
        """Which texts find good, by a denial of what is bad, and nothing bad."""
        return self.rules.spared

    @cached_property
    def labels(self) -> Sequence[PackLabels | None]:
        """What the pack's own learned weights say of touchpoints and complaint type, where it names any."""
        if self._heads is None:
            return [None] * len(self.scores)
        labels = self._heads.read(*self._row.texts)
        return _add_clauses(labels, self._heads, self._readings, self._row) if self._heads.knows_opinions else labels


def _add_clauses(labels: Sequence[PackLabels], heads: PackHeads, readings: Readings, row: Row) -> Sequence[PackLabels]:
    """Return the labels with what the clauses that name touchpoints say by themselves."""
    clauses = readings.clauses
    named = are_filled(readings.mentions.first).nonzero()[0]
    if not len(named):
        return labels
    opinions = heads.hear(*row.pick(named + row.given))
    texts = clauses.texts[named]
    told: list[dict[int, Opinion]] = [{} for _ in labels]
    for text, number, opinion in zip(texts.tolist(), (named - clauses.first[texts]).tolist(), opinions, strict=True):
        told[text][number] = opinion
    return [label._replace(clauses=one) for label, one in zip(labels, told, strict=True)]

"""Polarity by learned weights and word lists together: the default scorer.

The weights of a text's n-grams are summed, for the text and for each of its clauses that is wanted; `blend` joins them
with what the rules read.
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
from feedback_engine.lexicon.columns import Places, are_filled, flag
from feedback_engine.lexicon.model import Lexicon, Pack
from feedback_engine.nlp.blend import (
    BLEND_VERSION,
    call_mixed,
    find_confidences,
    judge_clauses,
    judge_texts,
    tell,
)
from feedback_engine.nlp.domains import Domains
from feedback_engine.nlp.heads import Opinion, PackHeads, PackLabels, head_digests
from feedback_engine.nlp.heard import without_repeats
from feedback_engine.nlp.hints import Hints, PackHints
from feedback_engine.nlp.learned_details import DetailOdds, DetailWeights
from feedback_engine.nlp.models import load_model
from feedback_engine.nlp.posts import PostHead, judge_posts
from feedback_engine.nlp.reading import Readings
from feedback_engine.nlp.row import Row, lay_out_row
from feedback_engine.nlp.segment import Clauses
from feedback_engine.nlp.sentiment import LexiconVerdicts
from feedback_engine.nlp.silences import Silences, find_brief_remarks, find_brief_silences
from feedback_engine.nlp.statements import Judged
from feedback_engine.nlp.two_sided import SideWeights, find_two_sided
from feedback_engine.nlp.vocabulary import Flags, Floats
from feedback_engine.nlp.weighing import Weights, weigh, weigh_apart
from feedback_engine.nlp.weights import WeightTable

SENTIMENT_FILE, CLAUSES_FILE, DETAILS_FILE, SIDES_FILE = "sentiment.npz", "clauses.npz", "details.npz", "sides.npz"
#: From this score on a clause takes a side, so that a text may have two.
_SIDED = 0.2


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


class LearnedScorer:
    """Scores by the shipped weights and the lexicon; reads the model files at the first call, safe between threads."""

    name = "learned"

    def __init__(self, lexicon: Lexicon, models: Path, pack: Pack | None = None) -> None:
        self._folder = models
        self._pack = pack
        parts = [f"{self.name}:{BLEND_VERSION}", lexicon.fingerprint]
        parts += [_file_digest(models / name) for name in (SENTIMENT_FILE, CLAUSES_FILE, DETAILS_FILE, SIDES_FILE)]
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
    weights = Weights(WeightTable.of(text), WeightTable.of(clauses), Domains(text.outputs), clauses.outputs)
    details, sides = DetailWeights(folder / DETAILS_FILE), SideWeights(folder / SIDES_FILE)
    return _Learned(weights, usual, heads, posts, hints, details, sides)


class LearnedVerdicts:
    """What weights and word lists together say of the texts and clauses of a batch."""

    def __init__(self, readings: Readings, learned: _Learned) -> None:
        self.rules = LexiconVerdicts(readings)
        self._readings, self._heads, known = readings, learned.heads, learned.weights.domains
        # learned touchpoints may stand in any clause
        is_anywhere = learned.heads is not None and learned.heads.knows_touchpoints
        is_brief = find_brief_silences(readings, self.rules)
        self._row = row = lay_out_row(readings)
        heard = row._replace(grams=without_repeats(row.layout, row.grams))
        #: What the pack's weights add where words find nothing, None where it names none.
        self.hints: Hints | None = None
        if learned.hints:
            have_opinions = flag(self.rules.found.clauses, len(readings.clauses.starts))
            self.hints = Hints(learned.hints, readings, have_opinions, heard)
        #: What the weights tell of complaints beside their type.
        self.details = DetailOdds(learned.details, readings, self.rules.unasserted, *heard.texts)
        is_wanted = readings.is_wanted | is_brief[readings.clauses.texts] | is_anywhere
        if self.hints and len(self.hints.touchpoints.texts):
            is_wanted[self.hints.touchpoints.telling()[0]] = True
        wanted = is_wanted.nonzero()[0]
        texts, clauses, characters = weigh(learned.weights, row, wanted)
        self._clauses = judge_clauses(
            readings, self.rules, wanted, clauses.weighed, clauses.chances, texts.weighed.odds
        )
        domains, is_review = known.find(texts.chances)
        least = _find_silences(readings.clauses, wanted, clauses.chances)
        is_short, is_remark = find_brief_remarks(readings, domains)
        wholes = np.full(len(is_short), -np.inf)
        if is_short.any():
            wholes[is_short] = weigh_apart(learned.weights, row, is_short.nonzero()[0])[1]
        silences = Silences(np.where(is_remark, wholes, least), wholes)
        are_remarks = known.find_remarks(texts.chances)
        self._texts = judge_texts(readings, self.rules, texts.weighed, domains, is_review, is_remark, silences)
        two_sided = find_two_sided(learned.sides, self._texts, self.rules, heard, are_remarks)
        if two_sided.any():
            two_sided &= self._have_both(two_sided, learned.weights)
            self._texts = call_mixed(self._texts, two_sided)
        if learned.posts:
            chances = known.find_posts(texts.chances)
            self._texts, characters = judge_posts(
                self._texts, self.rules, learned.posts, row, domains, chances, characters
            )
        self.scores, self.polarities = self._texts.scores, self._texts.labels
        self.confidences = find_confidences(self._texts, texts.weighed.unknown, learned.usual_unknown)
        #: What each text's log odds are made of; the values add up to them.
        self.texts, told = tell(self._texts, self._clauses, characters)
        #: The clauses that are wanted; the values of the statements add up to the log odds of the score.
        self.clauses = Judged(told, self._clauses.scores, self._clauses.labels)

    def _have_both(self, texts: Flags, weights: Weights) -> Flags:
        """Return which of these texts hold both a good clause and a bad one, or words for both sides."""
        clauses, sides = self._readings.clauses, self.rules.text_sides
        parts = texts[clauses.texts].nonzero()[0]
        weighed, silences = weigh_apart(weights, self._row, parts + self._row.given)
        whole = self._texts.weighed.odds
        scores = judge_clauses(self._readings, self.rules, parts, weighed, silences, whole).scores[parts]
        of = clauses.texts[parts]
        good, bad = (flag(of[sign * scores >= _SIDED], len(texts)) for sign in (1.0, -1.0))
        return (good & bad) | (np.minimum(sides.positive, sides.negative) > 0)

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


def _find_silences(clauses: Clauses, wanted: Places, odds: Floats) -> Floats:
    """Return for each text the least of these log odds of its wanted clauses."""
    silences = np.full(len(clauses.first) - 1, np.inf)
    np.minimum.at(silences, clauses.texts[wanted], odds)
    return silences


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

"""Polarity by learned weights and word lists together: the default scorer.

The weights of a text's n-grams are summed, for the text and for each of its clauses that is wanted; `blend` joins them
with what the rules read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from feedback_engine.errors import LexiconError
from feedback_engine.lexicon.columns import Places, steps, sum_up
from feedback_engine.lexicon.model import Lexicon, Pack
from feedback_engine.nlp.blend import BLEND_VERSION, Weighed, find_confidences, judge_clauses, judge_texts
from feedback_engine.nlp.experts import GATE, expert_shares, open_gates
from feedback_engine.nlp.heads import PackHeads, PackLabels, head_digests
from feedback_engine.nlp.models import Model, load_model
from feedback_engine.nlp.ngrams import Counts, Layout, hash_ngrams, lay_out_points
from feedback_engine.nlp.pieces import Characters
from feedback_engine.nlp.posts import PostHead, judge_posts
from feedback_engine.nlp.reading import Readings
from feedback_engine.nlp.segment import Clauses
from feedback_engine.nlp.sentiment import LexiconVerdicts
from feedback_engine.nlp.statements import Judged, Statements
from feedback_engine.nlp.vocabulary import Flags, Floats
from feedback_engine.nlp.weights import WeightTable, spread, sum_texts, weigh_known

SENTIMENT_FILE, CLAUSES_FILE = "sentiment.npz", "clauses.npz"
#: The domain of the sentiment weights whose texts the weights for posts judge.
_POSTS = "social"
#: A domain is named in the rule from this probability on.
_NAMED_DOMAIN = 0.5


@dataclass(frozen=True, slots=True)
class _Learned:
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
        raise LexiconError(f"{path}: 读不到模型文件（{error.strerror}）；可改用 tagging.scorer: lexicon") from error


def _load_models(folder: Path, pack: Pack | None) -> _Learned:
    text, clauses = load_model(folder / SENTIMENT_FILE), load_model(folder / CLAUSES_FILE)
    if text.task != "sentiment" or clauses.task != "clauses":
        raise LexiconError(f"{folder}: {SENTIMENT_FILE}、{CLAUSES_FILE} 的任务应是 sentiment、clauses")
    usual = float(text.card["calibration"]["unknown"])
    has_heads = pack is not None and any((pack.touchpoint_model, pack.opinion_model, pack.complaint_model))
    heads = PackHeads(pack, folder) if pack is not None and has_heads else None
    posts = PostHead(folder / f"{pack.post_model}.npz") if pack is not None and pack.post_model else None
    return _Learned(text, clauses, WeightTable.of(text), WeightTable.of(clauses), usual, heads, posts)


class LearnedVerdicts:
    """What weights and word lists together say of the texts and clauses of a batch."""

    def __init__(self, readings: Readings, learned: _Learned) -> None:
        self.rules = LexiconVerdicts(readings)
        self._readings, self._heads = readings, learned.heads
        # learned touchpoints may stand in any clause
        is_anywhere = learned.heads is not None and learned.heads.knows_touchpoints
        wanted = (readings.is_wanted | _are_whole_texts(readings.clauses) | is_anywhere).nonzero()[0]
        clauses, is_neutral = _weigh_clauses(learned, readings, wanted)
        self._clauses = judge_clauses(readings, self.rules, wanted, clauses)
        says_nothing = _are_whole_texts(readings.clauses)
        says_nothing[wanted[~is_neutral]] = False
        texts, domains, post_chances = _weigh_texts(learned, readings)
        self._texts = judge_texts(readings, self.rules, texts, domains, says_nothing)
        if learned.posts:
            self._texts = judge_posts(self._texts, self.rules, learned.posts, post_chances, domains)
        self.scores, self.polarities = self._texts.scores, self._texts.labels
        self.confidences = find_confidences(self._texts, texts.unknown, learned.usual_unknown)

    @property
    def clause_labels(self) -> NDArray[np.int64]:
        """The labels of the clauses, neutral where they are not wanted."""
        return self._clauses.labels

    @cached_property
    def labels(self) -> Sequence[PackLabels | None]:
        """What the pack's own learned weights say of touchpoints and complaint type, where it names any."""
        heads = self._heads
        return heads.read(lay_out_points(self._readings.folded.points)) if heads else [None] * len(self.scores)

    @cached_property
    def texts(self) -> Statements:
        """What each text's log odds are made of; the values add up to them."""
        return self._texts.tell()

    @cached_property
    def clauses(self) -> Judged:
        """The clauses that are wanted; the values of the statements add up to the log odds of the score."""
        judged = self._clauses
        return Judged(judged.tell(), judged.scores, judged.labels)


def _are_whole_texts(clauses: Clauses) -> Flags:
    """Return which clauses are their whole texts."""
    is_whole: Flags = (steps(clauses.first) == 1)[clauses.texts]
    return is_whole


def _weigh_texts(learned: _Learned, readings: Readings) -> tuple[Weighed, list[str], Floats]:
    """Return what the document weights say: the shared ones and those of the domains that the gates recognise.

    Beside it the domain that each text is recognised to be of, or nothing, and how likely each is a post.
    """
    model = learned.text
    layout = lay_out_points(readings.folded.points)
    weighed, odds = _weigh(learned.text_table, layout, lambda odds: expert_shares(model.outputs, odds))
    domains = [name.removeprefix(GATE) for name in model.outputs if name.startswith(GATE)]
    if not domains:
        return weighed, [""] * len(odds), np.zeros(len(odds))
    opened = open_gates(odds[:, 1 : 1 + len(domains)])
    likely = np.where(opened.max(axis=1) >= _NAMED_DOMAIN, opened.argmax(axis=1), len(domains))
    names = [*domains, ""]
    posts = opened[:, domains.index(_POSTS)] if _POSTS in domains else np.zeros(len(odds))
    return weighed, [names[number] for number in likely.tolist()], posts


def _weigh_clauses(learned: _Learned, readings: Readings, wanted: Places) -> tuple[Weighed, Flags]:
    """Return half of positive against negative for each of these clauses, less as far as it says neither.

    Beside it, which of them are likelier neutral than good or bad.
    """
    labels = learned.clauses.outputs
    negative, neutral, positive = (labels.index(name) for name in ("negative", "neutral", "positive"))

    def shares(odds: Floats) -> Floats:
        silent = 0.5 * (1.0 + np.tanh(0.5 * (odds[:, neutral] - np.maximum(odds[:, positive], odds[:, negative]))))
        weight = np.zeros_like(odds)
        weight[:, positive] = 0.5 * (1.0 - silent)
        weight[:, negative] = -weight[:, positive]
        return weight

    places = _between_edges(readings.clauses.starts[wanted], readings.clauses.ends[wanted])
    layout = lay_out_points(readings.folded.points[places])
    weighed, odds = _weigh(learned.clause_table, layout, shares)
    characters = weighed.characters._replace(places=places[weighed.characters.places])
    return weighed._replace(characters=characters), odds.argmax(axis=1) == neutral


def _between_edges(starts: Places, ends: Places) -> Places:
    """Return the places of a row that holds these spans between edges; place 0 is an edge."""
    sizes = ends - starts + 1
    stops = sizes.cumsum()
    places = np.arange(stops[-1] + 1 if len(stops) else 1) - 1
    places[:-1] += (starts - (stops - sizes)).repeat(sizes)
    places[0] = places[stops] = 0
    return places


def _weigh(table: WeightTable, layout: Layout, shares_of: Callable[[Floats], Floats]) -> tuple[Weighed, Floats]:
    """Return what the weights say of each text of a layout, and the log odds of the outputs.

    `shares_of` says what each output counts for.
    """
    grams = hash_ngrams(layout)
    sums = sum_texts(table, grams, layout.starts)
    scale = table.scale / np.sqrt(np.maximum(sums.size, 1))[:, None]
    odds = sums.weights * scale + table.bias
    shares = shares_of(odds)
    of_grams = np.zeros(grams.size)
    of_grams[sums.known] = weigh_known(sums, shares * scale)
    characters = spread(grams, of_grams.reshape(grams.shape))
    sizes = steps(layout.starts) - 1
    total = np.where(sizes > 0, (odds * shares).sum(axis=1), 0.0)
    # the bias, and what is left by rounding, is shared out evenly
    left = (total - _per_text(characters, layout.starts)) / np.maximum(sizes, 1)
    real = grams[:, 0].nonzero()[0]
    found = Characters(layout.places[real], characters[real] + left.repeat(sizes), sum_up(sizes))
    return Weighed(total, sums.unknown / np.maximum(sums.size, 1), found), odds


def _per_text(characters: Floats, starts: Counts) -> Floats:
    return np.add.reduceat(characters, starts[:-1]) if len(starts) > 1 else np.zeros(0)

"""Polarity by learned weights and word lists together: the default scorer.

The weights of a text's n-grams are summed, for the text and for each of its clauses that is wanted; a judge tells from
these and from what the rules read what the text is, and `blend` joins both to a score. What may be a post on social
media is heard and judged as such (`posts`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from feedback_engine.lexicon.columns import Flags, Places, flag
from feedback_engine.lexicon.model import Lexicon, Pack
from feedback_engine.nlp.account import tell
from feedback_engine.nlp.blend import BLEND_VERSION, judge_clauses, judge_texts
from feedback_engine.nlp.complaint_facts import ComplaintJudge
from feedback_engine.nlp.facts import find_said_by_weights, find_said_by_words
from feedback_engine.nlp.heads import PackLabels
from feedback_engine.nlp.heard import without_repeats
from feedback_engine.nlp.hints import Hints, PackHints
from feedback_engine.nlp.judge import Judge, find_judge
from feedback_engine.nlp.learned_details import DetailOdds
from feedback_engine.nlp.learned_models import SUBJECTS, LearnedModels, digest_models, load_models
from feedback_engine.nlp.mention_facts import MentionJudge
from feedback_engine.nlp.reading import Readings
from feedback_engine.nlp.row import Row, lay_out_row
from feedback_engine.nlp.sentiment import LexiconVerdicts
from feedback_engine.nlp.statements import Judged
from feedback_engine.nlp.weighing import weigh


class LearnedScorer:
    """Scores by the shipped weights and the lexicon; reads the model files at the first call, safe between threads."""

    name = "learned"

    def __init__(self, lexicon: Lexicon, models: Path, pack: Pack | None = None) -> None:
        self._files = models, [find_judge(models, subject) for subject in SUBJECTS], pack
        parts = (f"{self.name}:{BLEND_VERSION}", lexicon.fingerprint, *digest_models(*self._files))
        self.fingerprint = sha256("\n".join(parts).encode()).hexdigest()
        self._models: LearnedModels | None = None
        self._lock = Lock()

    def __getstate__(self) -> dict[str, Any]:
        return {"_files": self._files, "fingerprint": self.fingerprint}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._models = None
        self._lock = Lock()

    def score(self, readings: Readings) -> LearnedVerdicts:
        """Return the verdicts on a batch, the same bits as one text by one."""
        return LearnedVerdicts(readings, self._load())

    def _load(self) -> LearnedModels:
        with self._lock:
            if self._models is None:
                self._models = load_models(*self._files)
            return self._models


class LearnedVerdicts:
    """What weights and word lists together say of the texts and clauses of a batch."""

    def __init__(self, readings: Readings, models: LearnedModels) -> None:
        self.rules = rules = LexiconVerdicts(readings)
        self._readings, self._heads = readings, models.heads
        self._row = row = lay_out_row(readings)
        heard = without_repeats(row)
        #: What the pack's weights add where words find nothing, None where it names none.
        self.hints = _find_hints(models.hints, models.judges.names, readings, rules, heard) if models.hints else None
        #: What the weights tell of complaints beside their type.
        self.details = DetailOdds(models.details, readings, rules.unasserted, heard)
        wanted = self._find_wanted()
        weighed = weigh(models.weights, row, wanted)
        by_weights = find_said_by_weights(weighed, models.sides.hear(heard))
        by_words = find_said_by_words(readings, rules)
        #: What the judge looks at.
        self.facts = (*by_words, *by_weights)
        chances = models.judges.texts.weigh(self.facts)
        #: What judges the touchpoints of the texts.
        self.mentions = MentionJudge(
            models.judges.mentions, readings, rules, self.hints, chances, by_weights, wanted, weighed.clauses.odds
        )
        #: What judges which texts complain, None where the pack has no hints.
        self.complaints: ComplaintJudge | None = None
        if self.hints:
            of_kinds = self.details.weigh_kinds()
            self.complaints = ComplaintJudge(models.judges.complaints, self.hints, of_kinds, chances)
        #: What may be a post, None where nothing is or the pack names no weights for posts.
        self.posts = models.posts.find(row, by_words, by_weights) if models.posts else None
        # the other judges and the clauses hear what may be a post as any text: few posts were among what taught them
        told_of, chances_of = weighed, chances
        if self.posts:
            told_of, chances_of = self.posts.weigh(weighed), self.posts.judge(models.judges.posts, chances)
        texts = judge_texts(readings, rules, told_of.texts, chances_of)
        clauses = judge_clauses(readings, rules, wanted, weighed.clauses, weighed.texts)
        self.scores, self.polarities, self.confidences = texts.scores, texts.labels, texts.confidences
        #: What each text's log odds are made of; the values add up to them.
        self.texts, told = tell(readings, texts.account, clauses.account, told_of.characters)
        #: The clauses that are wanted; the values of the statements add up to the log odds of the score.
        self.clauses = Judged(told, clauses.scores, clauses.labels)

    def _find_wanted(self) -> Places:
        """Return the clauses that are judged by themselves: all of them where learned touchpoints may stand in any."""
        if self._heads and self._heads.knows_touchpoints:
            return np.arange(len(self._readings.clauses.starts))
        is_wanted = self._readings.is_wanted.copy()
        if self.hints:
            is_wanted[self.hints.touchpoints.telling()[0]] = True
        return is_wanted.nonzero()[0]

    @property
    def clause_labels(self) -> NDArray[np.int64]:
        """The labels of the clauses, neutral where they are not wanted."""
        return self.clauses.labels

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
        return self._heads.read(self._readings, self._row) if self._heads else [None] * len(self.scores)


def _find_hints(weights: PackHints, judge: Judge, readings: Readings, rules: LexiconVerdicts, row: Row) -> Hints:
    have_opinions = flag(rules.found.clauses, len(readings.clauses.starts))
    return Hints(weights, judge, readings, have_opinions, row)

"""Polarity alone: the learned weights of whole texts, without rules, clauses or evidence, for very many texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from feedback_engine.lexicon.columns import Floats
from feedback_engine.nlp.batch import cut_batches
from feedback_engine.nlp.experts import expert_shares
from feedback_engine.nlp.learned_models import SENTIMENT_FILE
from feedback_engine.nlp.models import load_model
from feedback_engine.nlp.ngrams import hash_ngrams, lay_out
from feedback_engine.nlp.tagger import as_text, has_content
from feedback_engine.nlp.weights import WeightTable, scale_sums, sum_texts


class PolarityScorer:
    """Scores texts by the shipped weights; holds no state between calls and may be shared between threads."""

    def __init__(self, models: Path) -> None:
        self._model = load_model(models / SENTIMENT_FILE)
        self._table = WeightTable.of(self._model)

    def score(self, texts: Sequence[object]) -> Floats:
        """Return 2p - 1 for each text, p being the probability that it is positive; 0 for one without content."""
        return np.concatenate([np.zeros(0), *self._score_batches([as_text(text) for text in texts])])

    def _score_batches(self, texts: Sequence[str]) -> Iterator[Floats]:
        for batch in cut_batches(texts):
            layout = lay_out(batch)
            sums = sum_texts(self._table, hash_ngrams(layout), layout.starts)
            odds, _ = scale_sums(self._table, sums)
            scores = np.tanh(0.5 * (odds * expert_shares(self._model.outputs, odds)).sum(axis=1))
            scores[[not has_content(text) for text in batch]] = 0.0
            yield scores

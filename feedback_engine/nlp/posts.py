"""Posts on social media: good, bad or neutral by weights of their own, which reviews have no use for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from feedback_engine.domain import Polarity
from feedback_engine.errors import LexiconError
from feedback_engine.lexicon.columns import Places, flag, steps
from feedback_engine.nlp.blend import Blend
from feedback_engine.nlp.heads import OPINIONS, Head, find_distinct
from feedback_engine.nlp.models import load_model
from feedback_engine.nlp.pieces import Characters
from feedback_engine.nlp.row import Row
from feedback_engine.nlp.sentiment import DAMPING, LexiconVerdicts, Sides, sum_values
from feedback_engine.nlp.statements import POLARITIES
from feedback_engine.nlp.vocabulary import Flags, Floats

#: What the odds that a text is a post are multiplied by, as its gate was taught as many other texts as there were; the
#: same for a text of more than so many characters, which few posts have.
_ODDS, _LONG_ODDS, _LONGEST = 4.0, 0.01, 160
#: A text of no more characters, with a score by the rules at least so far from 0, is told whole by its words; so is any
#: very short one that says more than words do.
_FEW, _VERY_SHORT, _CLEAR = 6, 16, 0.5
#: From this chance on a text is weighed as a post, too.
_LEAST = 0.1
#: Log odds of a post per unit of those of its own weights, of the rules' score, and of the weights for any text.
_LEARNED, _RULES, _TEXT = 0.8, 1.2, 0.15
#: How much of the log odds of good against bad speaks against neutral in a post.
_AGAINST = 0.4
#: How likely a text is neutral if it is no post: where it takes a side as such, and where it takes none.
_TAKES_SIDE, _TAKES_NONE = 0.25, 0.7
#: Log odds that bound the score of a neutral text, and that any other reaches.
_LEVEL_BAND, _SIDED_BAND = 0.2, 0.21
#: What is left of the log odds of neutral where they tell how sure that is: those of two labels against all others
#: count twice what speaks against the one and for the other.
_CALIBRATED = 0.5
_NEGATIVE, _NEUTRAL, _POSITIVE, _MIXED = map(
    POLARITIES.index, (Polarity.NEGATIVE, Polarity.NEUTRAL, Polarity.POSITIVE, Polarity.MIXED)
)


class Posts(NamedTuple):
    """What the weights say of posts."""

    #: Log odds of good less those of bad.
    odds: Floats
    #: Log odds of neutral less the mean of those of good and bad.
    neutral: Floats
    #: What makes up `odds`; the bias is none of it.
    characters: Characters


class _Weighed(NamedTuple):
    """What weights and rules say of some texts, each both as the post and as the other text that it may be."""

    #: How likely each is a post.
    chances: Floats
    posts: Posts
    sides: Sides
    #: Log odds of good against bad, and how likely it is a neutral post.
    both: Floats
    doubts: Floats
    labels: NDArray[np.int64]
    #: How likely the text is neutral in all.
    silences: Floats


class PostHead:
    """The model file for posts."""

    def __init__(self, path: Path) -> None:
        model = load_model(path)
        if model.task != "posts" or set(model.outputs) != set(OPINIONS):
            raise LexiconError(f"{path}: 任务应是 posts，标签应是 {'、'.join(OPINIONS)}")
        self._head = Head(model)

    def read(self, row: Row, texts: Places) -> Posts:
        """Return what the weights say of some texts of a row."""
        found = find_distinct(*row.pick(texts))
        odds = self._head.odds(found)
        bad, neutral, good = (odds[:, self._head.codes.index(name)] for name in OPINIONS)
        share = np.array([float(code == "positive") - float(code == "negative") for code in self._head.codes])
        characters = self._head.characters(found, share, np.arange(len(odds)))
        return Posts(good - bad, neutral - 0.5 * (good + bad), characters)


def judge_posts(
    blend: Blend,
    rules: LexiconVerdicts,
    head: PostHead,
    row: Row,
    domains: Sequence[str],
    chances: Floats,
    characters: Characters,
) -> tuple[Blend, Characters]:
    """Return the judgements, with those of texts that may be posts weighed anew: good, bad or neutral.

    `domains` says of which each text is recognised to be, `chances` how likely it is a post. What it says as a post
    and what it says as any text count by that chance, in its label as in its score and evidence. `characters` are those
    of the texts and of other parts after them; those of texts weighed anew come back with what they weigh now.
    """
    weights = _find_weights(blend, rules, chances)
    numbers = (weights >= _LEAST).nonzero()[0]
    if not len(numbers):
        return blend, characters
    found = _weigh(blend, rules, head.read(row, numbers), weights[numbers], numbers)
    strengths = np.maximum(np.abs(found.both) * (1.0 - found.doubts), 1e-9)
    is_level = (found.labels == _NEUTRAL) | (found.labels == _MIXED)
    factors = (1.0 - found.doubts) * np.where(
        is_level, np.minimum(1.0, _LEVEL_BAND / strengths), np.maximum(1.0, _SIDED_BAND / strengths)
    )
    notes = list(blend.notes)
    for number, label, chance in zip(numbers.tolist(), found.labels.tolist(), found.chances.tolist(), strict=True):
        if label == _NEUTRAL or chance >= 0.5:
            domain = f",按领域 {domains[number]}" if domains[number] else ""
            notes[number] = domain + (",中性" if label == _NEUTRAL else "")
    silent = np.full(len(blend.scores), np.nan)
    silent[numbers] = found.silences
    told = replace(
        _tell(blend, rules, numbers, found, factors),
        labels=_put(blend.labels, numbers, found.labels), notes=notes, silences=silent,
    )  # fmt: skip
    return told, _weigh_characters(characters, blend, found, numbers)


def _find_weights(blend: Blend, rules: LexiconVerdicts, chances: Floats) -> Floats:
    """Return how much each text counts as a post: no more than rules leave of its weights where they prevail.

    A few characters that hold hardly more than a clear opinion say the same in a post as elsewhere.
    """
    sizes = blend.readings.sizes
    odds = np.where(sizes > _LONGEST, _LONG_ODDS, _ODDS) * chances
    weights: Floats = odds / (odds + 1.0 - chances)
    if weights.max(initial=0.0) < _LEAST:
        return weights
    has_structure = flag(rules.found.texts[rules.found.has_structure], len(sizes))
    is_told = (sizes <= np.where(has_structure, _VERY_SHORT, _FEW)) & (np.abs(rules.text_sides.scores) >= _CLEAR)
    return np.where(blend.readings.are_latin | is_told, 0.0, weights * blend.left)


def _weigh(blend: Blend, rules: LexiconVerdicts, posts: Posts, chances: Floats, numbers: Places) -> _Weighed:
    """Return what weights and rules say of some of the texts."""
    sides, before = rules.text_sides.take(numbers), blend.labels[numbers]
    as_post = posts.odds * _LEARNED + blend.weighed.odds[numbers] * _TEXT + sides.scores * _RULES
    as_text = blend.totals[numbers] + sum_values(blend.said.values, blend.said.parts, len(blend.scores))[numbers]
    both = (1.0 - chances) * as_text + chances * as_post
    silent_odds = posts.neutral - _AGAINST * np.abs(as_post)
    doubts = chances * _squash(silent_odds)
    takes_none = (before == _NEUTRAL) | (before == _MIXED)
    neutral = doubts + (1.0 - chances) * np.where(takes_none, _TAKES_NONE, _TAKES_SIDE)
    labels = np.where(both > 0, _POSITIVE, _NEGATIVE)
    is_neutral = neutral > (1.0 - neutral) * _squash(np.abs(both))
    stays_mixed = (before == _MIXED) & (chances < 0.5)
    labels = np.where(is_neutral, np.where(stays_mixed, _MIXED, _NEUTRAL), labels)
    silences = chances * _squash(_CALIBRATED * silent_odds) + (1.0 - chances) * _TAKES_NONE * takes_none
    return _Weighed(chances, posts, sides, both, doubts, labels, silences)


def _squash(odds: Floats) -> Floats:
    """Return the probability of these log odds."""
    probabilities: Floats = 0.5 * (1.0 + np.tanh(0.5 * odds))
    return probabilities


def _share_weights(blend: Blend, found: _Weighed, numbers: Places) -> tuple[Floats, Floats]:
    """Return how much the weights for any text count, as such and beside those for posts, and how much the latter."""
    return (1.0 - found.chances) * blend.rates[numbers] + found.chances * _TEXT, found.chances * _LEARNED


def _tell(blend: Blend, rules: LexiconVerdicts, numbers: Places, found: _Weighed, factors: Floats) -> Blend:
    """Return the judgements with what makes up the log odds of the texts weighed anew, times these factors."""
    count, parts = len(blend.scores), blend.said.parts
    as_text, as_post = np.ones(count), np.zeros(count)
    as_text[numbers] = factors * (1.0 - found.chances)
    as_post[numbers] = factors * found.chances * _RULES / (found.sides.positive + found.sides.negative + DAMPING)
    values = blend.said.values * as_text[parts] + rules.values * as_post[parts]
    own = found.chances * _LEARNED
    as_any = (1.0 - found.chances) * blend.totals[numbers]
    odds = as_any + found.chances * _TEXT * blend.weighed.odds[numbers] + found.posts.odds * own
    whole = odds * factors + sum_values(values, parts, count)[numbers]
    return replace(
        blend,
        scores=_put(blend.scores, numbers, np.array([math.tanh(0.5 * one) for one in whole.tolist()])),
        said=blend.said._replace(values=values),
        weighed=blend.weighed._replace(odds=_put(blend.weighed.odds, numbers, odds)),
        rates=_put(blend.rates, numbers, factors),
        totals=_put(blend.totals, numbers, odds * factors),
    )


def _weigh_characters(characters: Characters, blend: Blend, found: _Weighed, numbers: Places) -> Characters:
    """Return the characters with what those of these texts weigh by both weights."""
    sizes = steps(characters.bounds)
    of_texts = flag(numbers, len(sizes)).repeat(sizes)
    shared, own = (one.repeat(sizes[numbers]) for one in _share_weights(blend, found, numbers))
    weights = characters.weights[of_texts] * shared + found.posts.characters.weights * own
    return characters._replace(weights=_put(characters.weights, of_texts, weights))


def _put(column: NDArray[Any], numbers: Places | Flags, values: NDArray[Any]) -> NDArray[Any]:
    changed = column.copy()
    changed[numbers] = values
    return changed

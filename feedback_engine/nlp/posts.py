"""Posts on social media, which have weights of their own that reviews have no use for, and a judge of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from feedback_engine.errors import LexiconError
from feedback_engine.lexicon.columns import Floats, Places, flag, steps
from feedback_engine.nlp.facts import OF_TEXTS, SaidByWeights, SaidByWords
from feedback_engine.nlp.heads import OPINIONS, Head, find_distinct
from feedback_engine.nlp.judge import Judge, Subject
from feedback_engine.nlp.models import load_model
from feedback_engine.nlp.pieces import Characters
from feedback_engine.nlp.row import Row
from feedback_engine.nlp.weighing import Weighings

#: What the odds that a text is a post are multiplied by, as its gate was taught as many other texts as there were.
_ODDS = 4.0
#: A text of no more characters may be a post, from this chance on.
_LONGEST, _LEAST = 160, 0.1


class SaidByPosts(NamedTuple):
    """What the weights for posts say of texts, in log odds: good against bad, neutral against the mean of both."""

    side_as_post: Floats
    neutral_as_post: Floats


#: All facts about what may be a post, in their order: those about any text, and what it says as a post.
OF_POSTS = Subject("posts.trees", 1, OF_TEXTS.names + SaidByPosts._fields)


class Posts(NamedTuple):
    """The texts of a batch that may be posts."""

    numbers: Places
    #: How likely each is one.
    chances: Floats
    said: SaidByPosts
    #: What each character weighs; the bias is none of it.
    characters: Characters
    #: What the judge looks at.
    facts: tuple[NDArray[Any], ...]

    def judge(self, judge: Judge, chances: Floats) -> Floats:
        """Return how likely each text of the batch is of each label, those that may be posts by the judge of posts."""
        return _put(chances, self.numbers, judge.weigh(self.facts))

    def weigh(self, weighed: Weighings) -> Weighings:
        """Return what weights say of the batch, where what may be a post counts as one by the chance that it is one."""
        texts, characters, at = weighed.texts, weighed.characters, self.numbers
        odds = _mix(texts.odds[at], self.said.side_as_post, self.chances)
        sizes = steps(characters.bounds)
        of_posts = flag(at, len(sizes)).repeat(sizes)
        shares = self.chances.repeat(sizes[at])
        weights = _mix(characters.weights[of_posts], self.characters.weights, shares)
        return weighed._replace(
            texts=texts._replace(odds=_put(texts.odds, at, odds)),
            characters=characters._replace(weights=_put(characters.weights, of_posts, weights)),
        )


class PostHead:
    """The model file for posts."""

    def __init__(self, path: Path) -> None:
        model = load_model(path)
        if model.task != "posts" or set(model.outputs) != set(OPINIONS):
            raise LexiconError(f"{path}: 任务应是 posts，标签应是 {'、'.join(OPINIONS)}")
        self._head = Head(model)

    def find(self, row: Row, by_words: SaidByWords, by_weights: SaidByWeights) -> Posts | None:
        """Return which texts of a row may be posts, and what they say as such; None if none is."""
        odds = _ODDS * by_weights.post_chance
        chances = odds / (odds + 1.0 - by_weights.post_chance)
        numbers = ((chances >= _LEAST) & (by_words.size <= _LONGEST) & ~by_words.is_latin).nonzero()[0]
        if not len(numbers):
            return None
        said, characters = self._read(row, numbers)
        facts = tuple(column[numbers] for column in (*by_words, *by_weights))
        return Posts(numbers, chances[numbers], said, characters, (*facts, *said))

    def _read(self, row: Row, texts: Places) -> tuple[SaidByPosts, Characters]:
        """Return what the weights say of some texts of a row."""
        found = find_distinct(*row.pick(texts))
        odds = self._head.odds(found)
        bad, neutral, good = (odds[:, self._head.codes.index(name)] for name in OPINIONS)
        share = np.array([float(code == "positive") - float(code == "negative") for code in self._head.codes])
        characters = self._head.characters(found, share, np.arange(len(odds)))
        return SaidByPosts(good - bad, neutral - 0.5 * (good + bad)), characters


def _mix(texts: Floats, posts: Floats, chances: Floats) -> Floats:
    mixed: Floats = (1.0 - chances) * texts + chances * posts
    return mixed


def _put(column: NDArray[Any], numbers: NDArray[Any], values: NDArray[Any]) -> NDArray[Any]:
    changed = column.copy()
    changed[numbers] = values
    return changed

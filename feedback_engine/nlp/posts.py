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
from feedback_engine.nlp.blend import Blend, find_asking, find_untried
from feedback_engine.nlp.heads import OPINIONS, Head, find_distinct
from feedback_engine.nlp.models import load_model
from feedback_engine.nlp.ngrams import Layout, lay_out_points
from feedback_engine.nlp.pieces import Characters
from feedback_engine.nlp.reading import Readings
from feedback_engine.nlp.sentiment import DAMPING, LexiconVerdicts, Sides, sum_values
from feedback_engine.nlp.statements import POLARITIES
from feedback_engine.nlp.vocabulary import Flags, Floats

#: How likely a review must be a post, and any other text, and from when on it is one though it may look like a
#: customer's remark.
_LIKELY, _POSSIBLE, _SURE = 0.3, 0.015, 0.8
#: What may be a remark as well is a post from the first chance beside remarks on, or from the second if it is neutral.
_BESIDE, _BESIDE_NEUTRAL = 0.1, 0.015
#: A text of more characters is no remark.
_LONGEST_REMARK = 80
#: Log odds of a post per unit of those of its own weights, of the rules' score, and of the weights for any text.
_LEARNED, _RULES, _TEXT = 1.0, 1.2, 0.15
#: Log odds that bound the score of a neutral post, and that any other reaches.
_BAND = 0.2
#: What is left of the log odds of neutral where they tell how sure that is: those of two labels against all others
#: count twice what speaks against the one and for the other.
_CALIBRATED = 0.5
#: A post that tells something is neutral where that is likelier than one half by this times the doubt that it is a
#: post: none from the chance _SURE on, 1 at a chance of 0.
_DOUBT = 0.3
#: A likely post of at most so many characters is judged as any text is if it has an opinion, names a touchpoint or asks
#: for something: then it is rather a customer's remark.
_WITH_OPINION, _WITH_TOUCHPOINT, _WITH_REQUEST = 12, 24, 24
#: A text of more characters is a post only from the second chance on.
_LONGEST, _EVEN_SURER = 160, 0.95
_NEGATIVE, _NEUTRAL, _POSITIVE = map(POLARITIES.index, (Polarity.NEGATIVE, Polarity.NEUTRAL, Polarity.POSITIVE))


class Posts(NamedTuple):
    """What the weights say of posts."""

    #: Log odds of good less those of bad.
    odds: Floats
    #: Log odds of neutral less the mean of those of good and bad.
    neutral: Floats
    #: What makes up `odds`; the bias is none of it.
    characters: Characters


class _Weighed(NamedTuple):
    """What weights and rules say of some texts as posts, in log odds: `both` of good, `silent_odds` of neutral."""

    posts: Posts
    sides: Sides
    both: Floats
    silent_odds: Floats
    is_neutral: Flags


class PostKinds(NamedTuple):
    """What is known of the kind of each text."""

    #: How likely it is a post if it is no remark, and how likely in all.
    chances: Floats
    in_all: Floats
    #: If it is of any domain but posts and remarks.
    is_review: Flags
    #: If it tells something by its length, an opinion or the weights of its clauses.
    is_told: Flags


class PostHead:
    """The model file for posts."""

    def __init__(self, path: Path) -> None:
        model = load_model(path)
        if model.task != "posts" or set(model.outputs) != set(OPINIONS):
            raise LexiconError(f"{path}: 任务应是 posts，标签应是 {'、'.join(OPINIONS)}")
        self._head = Head(model)

    def read(self, layout: Layout) -> Posts:
        """Return what the weights say of each text."""
        found = find_distinct(layout)
        odds = self._head.odds(found)
        bad, neutral, good = (odds[:, self._head.codes.index(name)] for name in OPINIONS)
        share = np.array([float(code == "positive") - float(code == "negative") for code in self._head.codes])
        characters = self._head.characters(found, share, np.arange(len(odds)))
        return Posts(good - bad, neutral - 0.5 * (good + bad), characters)


def judge_posts(
    blend: Blend,
    rules: LexiconVerdicts,
    head: PostHead,
    domains: Sequence[str],
    kinds: PostKinds,
    characters: Characters,
) -> tuple[Blend, Characters]:
    """Return the judgements with those of the posts among the texts: good, bad or neutral, whichever is likeliest.

    `domains` says of which each text is recognised to be. `characters` are those of the texts and of other parts after
    them; those of the posts come back with what they weigh in posts.
    """
    numbers = _find_posts(blend, rules, head, kinds)
    if not len(numbers):
        return blend, characters
    posts, sides, both, silent_odds, is_neutral = _weigh(blend, rules, head, kinds, numbers)
    silences = 0.5 * (1.0 + np.tanh(0.5 * silent_odds))
    reach = _BAND / np.maximum(np.abs(both) * (1.0 - silences), 1e-9)
    factors = (1.0 - silences) * np.where(is_neutral, np.minimum(1.0, reach), np.maximum(1.0, reach))
    labels = np.where(is_neutral, _NEUTRAL, np.where(both > 0, _POSITIVE, _NEGATIVE))
    notes = list(blend.notes)
    for number, neutral in zip(numbers.tolist(), is_neutral.tolist(), strict=True):
        domain = f",按领域 {domains[number]}" if domains[number] else ""
        notes[number] = domain + (",中性" if neutral else "")
    units = _RULES * factors / (sides.positive + sides.negative + DAMPING)
    told = _tell(blend, rules, numbers, posts, _LEARNED * factors, units)
    silent = np.full(len(blend.scores), np.nan)
    silent[numbers] = 0.5 * (1.0 + np.tanh(0.5 * _CALIBRATED * silent_odds))
    told = replace(told, labels=_put(blend.labels, numbers, labels), notes=notes, silences=silent)
    is_post = flag(numbers, len(characters.bounds) - 1).repeat(steps(characters.bounds))
    return told, characters._replace(weights=_put(characters.weights, is_post, posts.characters.weights))


def _find_posts(blend: Blend, rules: LexiconVerdicts, head: PostHead, kinds: PostKinds) -> Places:
    """Return which texts are judged as posts: likely ones, and others that would be neutral as such."""
    chances = kinds.chances
    in_all = np.where(blend.readings.sizes > _LONGEST_REMARK, 1.0, kinds.in_all)
    is_post = (chances >= np.where(kinds.is_review, _LIKELY, _POSSIBLE)) & (in_all >= _BESIDE_NEUTRAL)
    if not is_post.any():
        return is_post.nonzero()[0]
    is_post &= ~_are_remarks(blend.readings, rules, chances)
    doubtful = (is_post & (in_all < _BESIDE)).nonzero()[0]
    if len(doubtful):
        is_post[doubtful] = _weigh(blend, rules, head, kinds, doubtful).is_neutral
    return is_post.nonzero()[0]


def _weigh(blend: Blend, rules: LexiconVerdicts, head: PostHead, kinds: PostKinds, numbers: Places) -> _Weighed:
    """Return what weights and rules say of some of the texts as posts."""
    posts = head.read(_lay_out_some(blend.readings, numbers))
    sides = rules.text_sides.take(numbers)
    both = posts.odds * _LEARNED + blend.weighed.odds[numbers] * _TEXT + sides.scores * _RULES
    silent_odds = posts.neutral - 0.5 * np.abs(both)
    silences = 0.5 * (1.0 + np.tanh(0.5 * silent_odds))
    is_neutral = silences > 0.5 + _find_doubts(kinds.chances[numbers], kinds.is_told[numbers])
    return _Weighed(posts, sides, both, silent_odds, is_neutral)


def _find_doubts(chances: Floats, is_told: Flags) -> Floats:
    """Return by how much neutral must be likelier than one half: what may be no post, and tells, takes a side."""
    doubts: Floats = _DOUBT * (1.0 - np.minimum(1.0, chances / _SURE)) * is_told
    return doubts


def _tell(blend: Blend, rules: LexiconVerdicts, numbers: Places, posts: Posts, rates: Floats, units: Floats) -> Blend:
    """Return the judgements with the posts' log odds: weights at these rates, the rules' strength at these units."""
    count, parts = len(blend.scores), blend.said.parts
    is_post = flag(numbers, count)
    unit = _put(np.zeros(count), numbers, units)
    values = np.where(is_post[parts], rules.values * unit[parts], blend.said.values)
    odds, totals = _put(blend.weighed.odds, numbers, posts.odds), _put(blend.totals, numbers, posts.odds * rates)
    whole = totals[numbers] + sum_values(values, parts, count)[numbers]
    return replace(
        blend,
        scores=_put(blend.scores, numbers, np.array([math.tanh(0.5 * one) for one in whole.tolist()])),
        said=blend.said._replace(values=values),
        weighed=blend.weighed._replace(odds=odds),
        rates=_put(blend.rates, numbers, rates),
        totals=totals,
    )


def _put(column: NDArray[Any], numbers: Places | Flags, values: NDArray[Any]) -> NDArray[Any]:
    changed = column.copy()
    changed[numbers] = values
    return changed


def _lay_out_some(readings: Readings, texts: Places) -> Layout:
    """Return the layout of some of the texts of a row."""
    folded = readings.folded
    starts, stops = folded.edges[texts], folded.edges[texts + 1]
    sizes = stops - starts
    begins = sizes.cumsum() - sizes
    places = np.append(np.arange(sizes.sum()) + (starts - begins).repeat(sizes), stops[-1])
    return lay_out_points(folded.points[places])


def _are_remarks(readings: Readings, rules: LexiconVerdicts, chances: Floats) -> Flags:
    """Return which texts are rather a remark or request of a customer, or too long, unless they surely are posts."""
    sizes = readings.sizes
    has_opinion = steps(rules.found.first_of_text) > 0
    has_mention = steps(readings.mentions.first[readings.clauses.first]) > 0
    has_structure = sum_values(rules.found.has_structure, rules.found.texts, len(sizes)) > 0
    remarks: Flags = (sizes <= _WITH_OPINION) & has_opinion
    remarks |= (sizes <= _WITH_TOUCHPOINT) & (has_mention | has_structure)
    remarks = (remarks & (chances < _SURE)) | readings.are_latin
    remarks |= (sizes > _LONGEST) & (chances < _EVEN_SURER)
    return remarks | ((sizes <= _WITH_REQUEST) & (find_asking(readings) | find_untried(readings)))

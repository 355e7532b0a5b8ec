"""Posts on social media: good, bad or neutral by weights of their own, which reviews have no use for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from feedback_engine.domain import Polarity
from feedback_engine.errors import LexiconError
from feedback_engine.lexicon.columns import Flags, Floats, Places, flag, steps
from feedback_engine.nlp.account import Account
from feedback_engine.nlp.blend import BlendedTexts, find_alike, name_domain
from feedback_engine.nlp.heads import OPINIONS, Head, find_distinct
from feedback_engine.nlp.models import load_model
from feedback_engine.nlp.pieces import Characters
from feedback_engine.nlp.reading import Readings
from feedback_engine.nlp.row import Row
from feedback_engine.nlp.sentiment import DAMPING, LexiconVerdicts, Sides, sum_values
from feedback_engine.nlp.statements import POLARITIES
from feedback_engine.nlp.weighing import OfTexts, Weighings

#: What the odds that a text is a post are multiplied by, as its gate was taught as many other texts as there were; the
#: same for a text of more than so many characters, which few posts have.
_ODDS, _LONG_ODDS, _LONGEST = 4.0, 0.01, 160
#: A text of no more characters, with a score by the rules at least so far from 0, is told whole by its words; so is any
#: very short one that says more than words do.
_FEW, _VERY_SHORT, _CLEAR = 6, 16, 0.5
#: From this chance on a text is weighed as a post, too; and from the second on it is rather a post than not.
_LEAST, _EVEN = 0.1, 0.5
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
#: A side is right more often than a post's score says: s is worth s + this x s (1 - s²), fitted on reviews held out.
_SURER_THAN_SAID = 0.2
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

    numbers: Places
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
    texts: BlendedTexts, readings: Readings, rules: LexiconVerdicts, weighed: Weighings, head: PostHead, row: Row
) -> tuple[BlendedTexts, Characters]:
    """Return the judgements, with those of texts that may be posts weighed anew: good, bad or neutral.

    What a text says as a post and what it says as any text count by the chance that it is one, in its label as in its
    score and evidence. The characters come back with what those of texts weighed anew weigh now.
    """
    chances = _find_chances(texts, readings, rules, weighed.texts.post_chances)
    numbers = (chances >= _LEAST).nonzero()[0]
    if not len(numbers):
        return texts, weighed.characters
    found = _weigh(texts, rules, weighed.texts, head.read(row, numbers), chances[numbers], numbers)
    account = _tell(texts.account, rules, weighed.texts, found)
    scores = np.array([math.tanh(0.5 * odds) for odds in _add_up(account, numbers).tolist()])
    judged = texts._replace(
        scores=_put(texts.scores, numbers, scores), labels=_put(texts.labels, numbers, found.labels), account=account,
        confidences=_put(texts.confidences, numbers, _find_confidences(scores, found, weighed.texts)),
    )  # fmt: skip
    return judged, _weigh_characters(weighed.characters, texts.account, found)


def _find_chances(texts: BlendedTexts, readings: Readings, rules: LexiconVerdicts, chances: Floats) -> Floats:
    """Return how much each text counts as a post: no more than rules leave of its weights where they prevail.

    A few characters that hold hardly more than a clear opinion say the same in a post as elsewhere.
    """
    sizes = readings.sizes
    odds = np.where(sizes > _LONGEST, _LONG_ODDS, _ODDS) * chances
    weights: Floats = odds / (odds + 1.0 - chances)
    if weights.max(initial=0.0) < _LEAST:
        return weights
    has_structure = flag(rules.found.texts[rules.found.has_structure], len(sizes))
    is_told = (sizes <= np.where(has_structure, _VERY_SHORT, _FEW)) & (np.abs(rules.text_sides.scores) >= _CLEAR)
    return np.where(readings.are_latin | is_told, 0.0, weights * texts.left)


def _weigh(
    texts: BlendedTexts, rules: LexiconVerdicts, weighed: OfTexts, posts: Posts, chances: Floats, numbers: Places
) -> _Weighed:
    """Return what weights and rules say of some of the texts."""
    sides, before = rules.text_sides.take(numbers), texts.labels[numbers]
    as_post = posts.odds * _LEARNED + weighed.odds[numbers] * _TEXT + sides.scores * _RULES
    both = (1.0 - chances) * _add_up(texts.account, numbers) + chances * as_post
    silent_odds = posts.neutral - _AGAINST * np.abs(as_post)
    doubts = chances * _squash(silent_odds)
    takes_none = _are_level(before)
    neutral = doubts + (1.0 - chances) * np.where(takes_none, _TAKES_NONE, _TAKES_SIDE)
    labels = np.where(both > 0, _POSITIVE, _NEGATIVE)
    is_neutral = neutral > (1.0 - neutral) * _squash(np.abs(both))
    stays_mixed = (before == _MIXED) & (chances < _EVEN)
    labels = np.where(is_neutral, np.where(stays_mixed, _MIXED, _NEUTRAL), labels)
    silences = chances * _squash(_CALIBRATED * silent_odds) + (1.0 - chances) * _TAKES_NONE * takes_none
    return _Weighed(numbers, chances, posts, sides, both, doubts, labels, silences)


def _are_level(labels: NDArray[np.int64]) -> Flags:
    """Return which labels take no side."""
    are_level: Flags = (labels == _NEUTRAL) | (labels == _MIXED)
    return are_level


def _add_up(account: Account, numbers: Places) -> Floats:
    """Return the log odds of these texts."""
    said = account.said
    return account.totals[numbers] + sum_values(said.values, said.parts, len(account.totals))[numbers]


def _find_confidences(scores: Floats, found: _Weighed, weighed: OfTexts) -> Floats:
    """Return how likely the texts weighed anew are what they were judged to be."""
    said = np.abs(scores) * find_alike(weighed.unknown[found.numbers], weighed.usual_unknown)
    side = 0.5 + 0.5 * said * (1.0 + _SURER_THAN_SAID * (1.0 - said * said))
    return np.where(_are_level(found.labels), found.silences, side * (1.0 - found.silences))


def _squash(odds: Floats) -> Floats:
    """Return the probability of these log odds."""
    probabilities: Floats = 0.5 * (1.0 + np.tanh(0.5 * odds))
    return probabilities


def _tell(account: Account, rules: LexiconVerdicts, weighed: OfTexts, found: _Weighed) -> Account:
    """Return the account with what makes up the log odds of the texts weighed anew."""
    numbers, count, parts = found.numbers, len(account.totals), account.said.parts
    factors = _find_factors(found)
    as_text, as_post = np.ones(count), np.zeros(count)
    as_text[numbers] = factors * (1.0 - found.chances)
    as_post[numbers] = factors * found.chances * _RULES / (found.sides.positive + found.sides.negative + DAMPING)
    values = account.said.values * as_text[parts] + rules.values * as_post[parts]
    as_any = (1.0 - found.chances) * account.totals[numbers]
    odds = as_any + found.chances * _TEXT * weighed.odds[numbers] + found.posts.odds * (found.chances * _LEARNED)
    return Account(
        account.said._replace(values=values), account.numbers, _put(account.rates, numbers, factors),
        _put(account.totals, numbers, odds * factors), _take_notes(account.notes, weighed.domains, found),
    )  # fmt: skip


def _find_factors(found: _Weighed) -> Floats:
    """Return what the log odds of each text are multiplied by, so that its score agrees with its label."""
    strengths = np.maximum(np.abs(found.both) * (1.0 - found.doubts), 1e-9)
    near, far = np.minimum(1.0, _LEVEL_BAND / strengths), np.maximum(1.0, _SIDED_BAND / strengths)
    factors: Floats = (1.0 - found.doubts) * np.where(_are_level(found.labels), near, far)
    return factors


def _take_notes(notes: Sequence[str], domains: Sequence[str], found: _Weighed) -> Sequence[str]:
    """Return the notes, with those on neutral texts and on what is rather a post than not."""
    taken = list(notes)
    is_neutral = found.labels == _NEUTRAL
    at = is_neutral | (found.chances >= _EVEN)
    for number, takes_no_side in zip(found.numbers[at].tolist(), is_neutral[at].tolist(), strict=True):
        taken[number] = name_domain(domains[number]) + (",中性" if takes_no_side else "")
    return taken


def _weigh_characters(characters: Characters, account: Account, found: _Weighed) -> Characters:
    """Return the characters with what those of the texts weighed anew weigh by both weights."""
    sizes = steps(characters.bounds)
    of_texts = flag(found.numbers, len(sizes)).repeat(sizes)
    shared = (1.0 - found.chances) * account.rates[found.numbers] + found.chances * _TEXT
    shared, own = (one.repeat(sizes[found.numbers]) for one in (shared, found.chances * _LEARNED))
    weights = characters.weights[of_texts] * shared + found.posts.characters.weights * own
    return characters._replace(weights=_put(characters.weights, of_texts, weights))


def _put(column: NDArray[Any], numbers: Places | Flags, values: NDArray[Any]) -> NDArray[Any]:
    changed = column.copy()
    changed[numbers] = values
    return changed

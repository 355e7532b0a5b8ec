"""Of which kind texts are: the domains of the sentiment weights that their gates recognise, reviews, posts, remarks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from feedback_engine.nlp.experts import GATE
from feedback_engine.nlp.vocabulary import Flags, Floats

#: The domain of the sentiment weights that is of what customers say by word of mouth, in chats and questionnaires.
REMARKS = "remark"
#: The domain of the sentiment weights whose texts the weights for posts judge, and those whose texts are no reviews.
_POSTS, _NO_REVIEWS = "social", ("social", "automotive")
#: A domain is named in the rule from this probability on; a text is a review from that probability of any on.
_NAMED_DOMAIN, _REVIEW = 0.5, 0.3
#: A text may be a remark from this probability on, if it is of no other domain rather.
_REMARK = 0.3


class Domains:
    """The domains that the gates of the sentiment weights know."""

    def __init__(self, outputs: Sequence[str]) -> None:
        self.names = [name.removeprefix(GATE) for name in outputs if name.startswith(GATE)]
        self._reviews = np.array([name not in _NO_REVIEWS for name in self.names], dtype=np.bool_).nonzero()[0]

    def pick(self, odds: Floats) -> Floats:
        """Return the log odds of the gates of those of all outputs."""
        return odds[:, 1 : 1 + len(self.names)]

    def find(self, opened: Floats) -> tuple[list[str], Flags]:
        """Return the domain each text is recognised to be of by its open gates, or nothing, and if it is a review.

        A review is a text of any domain but posts and the like, be it not sure which.
        """
        if not self.names:
            return [""] * len(opened), np.zeros(len(opened), dtype=np.bool_)
        likely = np.where(opened.max(axis=1) >= _NAMED_DOMAIN, opened.argmax(axis=1), len(self.names))
        names = [*self.names, ""]
        return [names[number] for number in likely.tolist()], _are_reviews(opened[:, self._reviews])

    def find_remarks(self, opened: Floats) -> Flags:
        """Return which texts may be remarks, by their open gates."""
        if REMARKS not in self.names:
            return np.zeros(len(opened), dtype=np.bool_)
        chances = opened[:, self.names.index(REMARKS)]
        are_remarks: Flags = (chances >= _REMARK) & (chances >= opened.max(axis=1))
        return are_remarks

    def find_posts(self, opened: Floats) -> Floats:
        """Return how likely the texts are posts, by their open gates."""
        chances: Floats = opened[:, self.names.index(_POSTS)] if _POSTS in self.names else np.zeros(len(opened))
        return chances


def _are_reviews(opened: Floats) -> Flags:
    is_review: Flags = opened.sum(axis=1) >= _REVIEW
    return is_review

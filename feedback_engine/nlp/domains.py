"""Of which kind texts are: the domains of the sentiment weights that their gates recognise, reviews, posts, remarks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from feedback_engine.nlp.blend import REMARKS
from feedback_engine.nlp.experts import GATE, open_gates
from feedback_engine.nlp.posts import PostKinds
from feedback_engine.nlp.vocabulary import Flags, Floats

#: The domain of the sentiment weights whose texts the weights for posts judge, and those whose texts are no reviews.
_POSTS, _NO_REVIEWS = "social", ("social", "automotive")
#: A domain is named in the rule from this probability on; a text is a review from that probability of any on.
_NAMED_DOMAIN, _REVIEW = 0.5, 0.3


class Domains:
    """The domains that the gates of the sentiment weights know."""

    def __init__(self, outputs: Sequence[str]) -> None:
        self.names = [name.removeprefix(GATE) for name in outputs if name.startswith(GATE)]
        self._are_reviews = [name not in _NO_REVIEWS for name in self.names]
        #: Those that count where remarks are left out of account, and which of them hold reviews.
        self._others = [number for number, name in enumerate(self.names) if name != REMARKS]
        self._other_reviews = [self._are_reviews[number] for number in self._others]

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
        return [names[number] for number in likely.tolist()], _are_reviews(opened[:, self._are_reviews])

    def find_kinds(self, odds: Floats, opened: Floats, is_told: Flags) -> PostKinds:
        """Return how likely the texts are posts, and which are reviews, if remarks are left out of account.

        `odds` are those of all outputs, `opened` the chances of all domains.
        """
        none = np.zeros(len(odds))
        if _POSTS not in self.names:
            return PostKinds(none, none, none > 0, is_told)
        posts, others = self.names.index(_POSTS), open_gates(self.pick(odds)[:, self._others])
        is_review = _are_reviews(others[:, self._other_reviews])
        return PostKinds(others[:, self._others.index(posts)], opened[:, posts], is_review, is_told)


def _are_reviews(opened: Floats) -> Flags:
    is_review: Flags = opened.sum(axis=1) >= _REVIEW
    return is_review

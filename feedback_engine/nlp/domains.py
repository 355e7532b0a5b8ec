"""Of which kind texts are: the domains of the sentiment weights that their gates recognise, reviews, posts, remarks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from feedback_engine.lexicon.columns import Floats
from feedback_engine.nlp.experts import EXPERT, GATE

#: The domain of the sentiment weights that is of what customers say by word of mouth, in chats and questionnaires.
REMARKS = "remark"
#: The domain of the sentiment weights whose texts the weights for posts hear, and those whose texts are no reviews.
_POSTS, _NO_REVIEWS = "social", ("social", "automotive")
#: A domain is named in the rule from this probability on.
_NAMED_DOMAIN = 0.5


class Domains:
    """The domains that the gates of the sentiment weights know."""

    def __init__(self, outputs: Sequence[str]) -> None:
        self._names = [name.removeprefix(GATE) for name in outputs if name.startswith(GATE)]
        #: The column of the weights for remarks among the outputs, of those that all share where there are none.
        self.remarks = next((at for at, name in enumerate(outputs) if name == EXPERT + REMARKS), 0)
        self._reviews = [number for number, name in enumerate(self._names) if name not in (REMARKS, *_NO_REVIEWS)]

    def pick(self, odds: Floats) -> Floats:
        """Return the log odds of the gates of those of all outputs."""
        return odds[:, 1 : 1 + len(self._names)]

    def find(self, opened: Floats) -> list[str]:
        """Return the domain that each text is recognised to be of by its open gates, or nothing."""
        if not self._names:
            return [""] * len(opened)
        likely = np.where(opened.max(axis=1) >= _NAMED_DOMAIN, opened.argmax(axis=1), len(self._names))
        names = [*self._names, ""]
        return [names[number] for number in likely.tolist()]

    def find_remarks(self, opened: Floats) -> Floats:
        """Return how likely the texts are remarks, by their open gates."""
        return self._find(opened, REMARKS)

    def find_reviews(self, opened: Floats) -> Floats:
        """Return how likely the texts are reviews, be it not sure of what."""
        chances: Floats = opened[:, self._reviews].sum(axis=1)
        return chances

    def find_posts(self, opened: Floats) -> Floats:
        """Return how likely the texts are posts, by their open gates."""
        return self._find(opened, _POSTS)

    def _find(self, opened: Floats, name: str) -> Floats:
        chances: Floats = opened[:, self._names.index(name)] if name in self._names else np.zeros(len(opened))
        return chances

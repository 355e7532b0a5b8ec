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


def find_domains(outputs: Sequence[str], odds: Floats) -> tuple[list[str], Flags]:
    """Return the domain each text is recognised to be of, or nothing, and if it is a review.

    A review is a text of any domain but posts and the like, be it not sure which.
    """
    domains = _domains_of(outputs)
    if not domains:
        return [""] * len(odds), np.zeros(len(odds), dtype=np.bool_)
    opened = open_gates(odds[:, 1 : 1 + len(domains)])
    likely = np.where(opened.max(axis=1) >= _NAMED_DOMAIN, opened.argmax(axis=1), len(domains))
    names = [*domains, ""]
    return [names[number] for number in likely.tolist()], _are_reviews(domains, opened)


def _domains_of(outputs: Sequence[str]) -> list[str]:
    return [name.removeprefix(GATE) for name in outputs if name.startswith(GATE)]


def _are_reviews(domains: Sequence[str], opened: Floats) -> Flags:
    is_review: Flags = opened[:, [name not in _NO_REVIEWS for name in domains]].sum(axis=1) >= _REVIEW
    return is_review


def find_kinds(outputs: Sequence[str], odds: Floats, is_told: Flags) -> PostKinds:
    """Return how likely the texts are posts, and which are reviews, if remarks are left out of account."""
    domains = _domains_of(outputs)
    gates, none = odds[:, 1 : 1 + len(domains)], np.zeros(len(odds))
    if _POSTS not in domains:
        return PostKinds(none, none, none > 0, is_told)
    others = [name for name in domains if name != REMARKS]
    opened = open_gates(gates[:, [domains.index(name) for name in others]])
    surely = open_gates(gates)[:, domains.index(_POSTS)]
    return PostKinds(opened[:, others.index(_POSTS)], surely, _are_reviews(others, opened), is_told)

"""Weights of a domain's own beside the shared ones: gates tell which domain a text is of, and how much they count."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from feedback_engine.lexicon.columns import Floats

#: How much of a recognised domain's score comes from its own weights.
EXPERT_SHARE = 0.75
#: What the names of the outputs begin with, before that of the domain.
GATE, EXPERT = "gate:", "expert:"


def expert_shares(outputs: Sequence[str], odds: Floats) -> Floats:
    """Return what each output counts for in a text's log odds, shape of `odds`: shared weights and experts sum to 1.

    A domain's expert counts by the probability of its domain; where no gate opens, or that of a domain without an
    expert, the shared weights stand alone.
    """
    return share_experts(odds, open_gates(odds[:, 1 : 1 + sum(name.startswith(GATE) for name in outputs)]))


def share_experts(odds: Floats, opened: Floats) -> Floats:
    """Return the same where the gates have been opened; those of domains with an expert come first."""
    first, shares = 1 + opened.shape[1], np.zeros_like(odds)
    shares[:, first:] = EXPERT_SHARE * opened[:, : odds.shape[1] - first]
    shares[:, 0] = 1.0 - shares[:, first:].sum(axis=1)
    return shares


def open_gates(odds: Floats) -> Floats:
    """Return the probability of each domain against the others and none of them, e^z / (1 + sum of e^z)."""
    highest = np.maximum(odds.max(axis=1, initial=0.0, keepdims=True), 0.0)
    raised = np.exp(odds - highest)
    opened: Floats = raised / (raised.sum(axis=1, keepdims=True) + np.exp(-highest))
    return opened

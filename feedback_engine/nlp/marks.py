"""What is found in complaints, before it is settled what they tell."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from feedback_engine.lexicon.columns import Flags, Objects, Places, objects


class Marks(NamedTuple):
    """Phrases of a layer found in complaints: [start, end), the number of the value, the clause, the complaint."""

    starts: Places
    ends: Places
    values: Places
    clauses: Places
    complaints: Places


class Assumed(NamedTuple):
    """What is told of complaints without a phrase: one that would tell it, by number, where it shows, the rule."""

    complaints: Places
    values: Places
    starts: Places
    ends: Places
    rules: Objects


class Learned(NamedTuple):
    """What learned weights tell of complaints, and of which of them they choose the root."""

    told: Assumed
    choose_roots: Flags

    @classmethod
    def of_none(cls, count: int) -> Learned:
        """Return nothing told of so many complaints."""
        nothing = np.zeros(0, dtype=np.int64)
        return cls(Assumed(nothing, nothing, nothing, nothing, objects(())), np.zeros(count, dtype=np.bool_))

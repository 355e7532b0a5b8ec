"""A figure with its interval, and whole columns of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from feedback_engine.stats.arrays import Floats


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its interval; `effective_base` is the base after weighting, NaN stands for "cannot be told"."""

    estimate: float
    lower: float
    upper: float
    standard_error: float
    base: float
    effective_base: float
    # SE² over the variance of a simple random sample of the same size (item-specific, not Kish's).
    design_effect: float = 1.0

    def __iter__(self) -> Iterator[float]:
        """Unpack as estimate, lower, upper."""
        return iter((self.estimate, self.lower, self.upper))


@dataclass(frozen=True, slots=True)
class Estimates:
    """The same for many figures at once: every field is an array, one value a figure."""

    estimate: Floats
    lower: Floats
    upper: Floats
    standard_error: Floats
    base: Floats
    effective_base: Floats

    def __iter__(self) -> Iterator[Floats]:
        """Unpack as estimate, lower, upper."""
        return iter((self.estimate, self.lower, self.upper))

    def __len__(self) -> int:
        return int(self.estimate.size)

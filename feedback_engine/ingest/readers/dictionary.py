"""What a data file of a statistics package says of its columns: labels, declared missing values, sets of columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Variable:
    """One column; codes are written as they stand in the cells, 1 and not 1.0."""

    name: str
    #: The question, as far as somebody wrote it down; empty if nobody did.
    label: str = ""
    value_labels: Mapping[str, str] = field(default_factory=dict)
    #: Codes declared to be no answer.
    missing_codes: frozenset[str] = frozenset()
    #: Ranges of numbers, ends included, declared to be no answer.
    missing_ranges: tuple[tuple[float, float], ...] = ()
    is_text: bool = False
    is_moment: bool = False

    def is_missing(self, cell: str) -> bool:
        """Whether the file declares this value to be no answer."""
        if cell in self.missing_codes:
            return True
        if not self.missing_ranges:
            return False
        try:
            number = float(cell)
        except ValueError:
            return False
        return any(low <= number <= high for low, high in self.missing_ranges)


@dataclass(frozen=True, slots=True)
class ResponseSet:
    """A question with several answers, kept in several variables."""

    name: str
    label: str
    variables: tuple[str, ...]
    #: The value that means "chosen" in sets of yes-or-no variables; None where each variable holds one chosen option.
    counted: str | None = None


@dataclass(frozen=True, slots=True)
class Dictionary:
    """All that a file says of its columns, in their order."""

    variables: tuple[Variable, ...]
    sets: tuple[ResponseSet, ...] = ()
    title: str = ""

"""Headings by the many names that systems give them: the tables of lexicons/formats."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from feedback_engine.ingest.cells import fold
from feedback_engine.ingest.format_tables import find_format_table, read_format_table, read_rows
from feedback_engine.ingest.scale_words import load_scale_words

_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|<[^<>]*>")
#: Envelopes around the record in JSON: Elasticsearch's, and one object a line with the record's kind as its key.
_ENVELOPE = re.compile(r"(?:_source|helpdesk_ticket|ticket|complaint|case|record|fields|attributes)\.")
#: Headings whose meaning a table remembers; a file has a few dozen, and each is asked about often.
_MAX_REMEMBERED = 20_000
_MARKS = str.maketrans("", "", ":*'\"`?_-·.#")


def fold_heading(heading: str) -> str:
    """Return the heading for comparison: half width, no blanks, no punctuation around words, no case."""
    return "".join(unicodedata.normalize("NFKC", heading).translate(_MARKS).split()).casefold()


def bare_heading(heading: str) -> str:
    """Return the folded heading without what stands in brackets; 受理班组(全称) is 受理班组."""
    return fold_heading(_BRACKETED.sub("", unicodedata.normalize("NFKC", heading)))


def fold_fixed(heading: str) -> str:
    """Return a fixed heading for comparison: half width, no blanks, no case, in simplified characters."""
    return load_scale_words().simplify(fold(heading))


def read_fixed_columns(name: str) -> dict[str, str]:
    """Return folded heading → code, of a table with a code and its headings in many languages a row."""
    return {fold_fixed(heading): row[0] for row in read_format_table(name) for heading in row[1:]}


def strip_envelope(heading: str) -> str:
    """Return a key without the envelope around its record: ticket.subject is subject."""
    return _ENVELOPE.sub("", heading, count=1) if _ENVELOPE.match(heading) else heading


@dataclass(frozen=True, slots=True)
class Alias:
    """One heading that means a field; a weak one proves nothing by itself."""

    field: str
    heading: str
    rank: int
    is_weak: bool


class AliasTable:
    """Which field a heading means. Rows of the table: field, heading (`*` stands for anything), perhaps `weak`."""

    def __init__(self, rows: Sequence[tuple[str, ...]]) -> None:
        aliases = [Alias(row[0], row[1], rank, "weak" in row[2:]) for rank, row in enumerate(rows)]
        self._exact = {fold_heading(alias.heading): alias for alias in reversed(aliases) if "*" not in alias.heading}
        patterns = [alias for alias in aliases if "*" in alias.heading]
        self._patterns = {f"p{number}": alias for number, alias in enumerate(patterns)}
        forms = (
            f"(?P<{name}>{'.*'.join(re.escape(fold_heading(part)) for part in alias.heading.split('*'))})"
            for name, alias in self._patterns.items()
        )
        self._any_pattern = re.compile("|".join(forms) or "(?!)", re.DOTALL)
        self._known: dict[str, Alias | None] = {}
        #: The headings last asked about, and what each means: those of one file are asked about many times.
        self._last: tuple[Sequence[str], list[Alias | None]] = ((), [])

    @classmethod
    def load(cls, name: str) -> AliasTable:
        """Return the table of lexicons/formats under this name."""
        return _load_table(find_format_table(name))

    def find(self, heading: str) -> Alias | None:
        """Return what the heading means: as written, else without brackets, else by pattern; None if unknown.

        A heading in traditional characters that is not in the table means what it does in simplified ones.
        """
        if heading not in self._known:
            if len(self._known) >= _MAX_REMEMBERED:
                self._known.clear()
            inner = strip_envelope(heading)
            simple = load_scale_words().simplify(inner)
            forms = (inner,) if simple == inner else (inner, simple)
            found = next(filter(None, map(self._find_exact, forms)), None)
            self._known[heading] = found or next(filter(None, map(self._find_pattern, forms)), None)
        return self._known[heading]

    def _find_exact(self, heading: str) -> Alias | None:
        return self._exact.get(fold_heading(heading)) or self._exact.get(bare_heading(heading))

    def _find_pattern(self, heading: str) -> Alias | None:
        match = self._any_pattern.fullmatch(fold_heading(heading))
        return self._patterns[match.lastgroup or ""] if match else None

    def locate(self, header: Sequence[str]) -> dict[str, list[int]]:
        """Return for each field found its columns (0 = first), the best name first."""
        found: dict[str, list[tuple[int, int]]] = {}
        for position, alias in enumerate(self.find_each(header)):
            if alias is not None:
                found.setdefault(alias.field, []).append((alias.rank, position))
        return {field: [position for _, position in sorted(places)] for field, places in found.items()}

    def count_strong(self, header: Sequence[str], *fields: str) -> int:
        """Return how many headings mean one of these fields by a name that proves it."""
        aliases = filter(None, self.find_each(header))
        return sum(alias.field in fields and not alias.is_weak for alias in aliases)

    def find_each(self, header: Sequence[str]) -> list[Alias | None]:
        """Return what each of the headings means."""
        known, aliases = self._last
        if known is not header:
            aliases = [self.find(heading) if heading else None for heading in header]
            if isinstance(header, tuple):  # a list may change
                self._last = header, aliases
        return aliases


@cache
def _load_table(path: Path) -> AliasTable:
    return AliasTable(read_rows(path))

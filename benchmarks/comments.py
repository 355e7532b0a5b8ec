"""Comments with what readers say of them: touchpoints and their sides, and whether they complain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from train_judge import GOLDEN, SEEN
from training_data import SENTENCES, read_cells

from feedback_engine.nlp.complaint_facts import LABELS as COMPLAINT_LABELS
from feedback_engine.nlp.naming import LABELS, SPOKEN

MENTIONED, COMMENTS, COMPLAINTS = (SENTENCES / f"{name}.tsv" for name in ("mentions", "comments", "complaints"))
#: Sentences that tests tell: not all that they speak of is told.
PARTIAL = ("specified", "golden")


class Comment(NamedTuple):
    """A text with what is said of it, and the set it is of."""

    pack: str
    text: str
    #: Touchpoint → polarity, of those of which it is known.
    said: Mapping[str, str]
    #: Touchpoints that it speaks of, and that it does not, None for all others.
    spoken: frozenset[str]
    unspoken: frozenset[str] | None
    #: Whether it complains, None if that is not known.
    complains: bool | None
    source: str

    def speaks_of(self, code: str) -> str | None:
        """Return which label a candidate has, None if that is not known."""
        if code in self.spoken:
            return LABELS[SPOKEN]
        return None if self.unspoken is not None and code not in self.unspoken else LABELS[1 - SPOKEN]

    def says(self, code: str) -> str | None:
        """Return how it speaks of a touchpoint, None if that is not known."""
        return self.said.get(code)

    def is_complaint(self, _: str) -> str | None:
        """Return which label it has as a complaint, None if that is not known."""
        return None if self.complains is None else COMPLAINT_LABELS[self.complains]


def comments() -> Iterator[Comment]:
    """Yield the texts."""
    for pack, text, touchpoints, kind in read_cells(MENTIONED):
        yield make(pack, text, touchpoints, "", kind if kind in PARTIAL else "mentions")
    for pack, text, _, touchpoints, complaint in read_cells(COMMENTS):
        yield make(pack, text, touchpoints, complaint, "comments")
    for pack, text, _, complaint, kind in read_cells(COMPLAINTS):
        yield make(pack, text, "", complaint, kind if kind in PARTIAL else "complaints")
    for path in sorted(SEEN.glob("*.tsv")):
        for text, _, touchpoints, complaint in read_cells(path):
            yield make(path.stem, text, touchpoints, complaint, "seen")
    for pack, text, _, *rest in read_cells(GOLDEN):
        if rest and not pack.startswith("#"):
            yield make(pack, text, *[*rest, ""][:2], "golden")


def make(pack: str, text: str, touchpoints: str, complaint: str, source: str) -> Comment:
    """Return a comment; a touchpoint that is told twice differently has no polarity."""
    told = touchpoints.split()
    pairs = [one.partition(":")[::2] for one in told if not one.startswith("!")]
    codes = [code for code, _ in pairs]
    said = {code: side for code, side in pairs if side and codes.count(code) == 1}
    denied = frozenset(one[1:] for one in told if one.startswith("!"))
    unspoken = denied if source in (*PARTIAL, "complaints") else None
    return Comment(pack, text, said, frozenset(codes), unspoken, complaint != "no" if complaint else None, source)

"""How opinions came about, put in words: 负面:『没解决』(否定『没』+『解决』)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from feedback_engine.lexicon.columns import Flags, Floats, Objects, Places, objects, pick
from feedback_engine.nlp.reading import Readings
from feedback_engine.nlp.vocabulary import KIND_NAMES, KINDS, SIGNS

#: What an opinion is told to be, by kind.
_KINDS_IN_WORDS = objects(KIND_NAMES.get(kind, "") for kind in KINDS)


class Findings(NamedTuple):
    """How opinions come about, in the order of the texts; positions are those of the folded row."""

    #: The number of the word among the hits.
    words: Places
    #: [start, end) with all modifiers.
    starts: Places
    ends: Places
    #: How many words before it act upon it, and by bit which of them, nearest first, deny it.
    modifiers: NDArray[np.int64]
    denials: NDArray[np.int64]
    #: Whether a degree word after it does (好极了).
    is_raised: Flags
    #: Whether it is read after an open denial, in a question, in ironical quotation marks; the word that wishes, or -1.
    is_denied: Flags
    wishes: Places
    is_asked: Flags
    is_ironical: Flags
    #: Whether it means the opposite of what it says, as the rest of the text does.
    is_turned: Flags
    #: Whether it is bad in a clause that tells nothing that has happened.
    is_unasserted: Flags
    #: Whether the word stands there with nothing to add.
    is_plain: Flags


class _Finding(NamedTuple):
    """How one opinion came about."""

    hit: int
    start: int
    end: int
    modifiers: int
    denials: int
    is_raised: bool
    is_denied: bool
    wish: int
    is_asked: bool
    is_ironical: bool
    is_turned: bool
    is_unasserted: bool
    #: What the word itself is made of, and what it says beside its sign.
    parts: str
    kind: str


def tell_rules(readings: Readings, findings: Findings, values: Floats) -> Objects:
    """Return how each opinion came about, in words."""
    table = readings.vocabulary.words
    hits, signs = readings.words.values, (values > 0).astype(np.int64)
    rules: Objects = table.plain_rules[signs, hits[findings.words]]
    told = (~findings.is_plain).nonzero()[0]
    words = hits[findings.words[told]]
    columns = (*pick(findings[:-1], told), table.parts[words], _KINDS_IN_WORDS[table.kind[words]])
    each = zip(*(column.tolist() for column in columns), strict=True)
    shown = readings.quote(findings.starts[told], findings.ends[told])
    terms = table.terms[hits].tolist()
    rules[told] = [
        f"{SIGNS[sign]}:『{text}』{_put_in_words(terms, finding)}"
        for sign, text, finding in zip(signs[told].tolist(), shown, map(_Finding._make, each), strict=True)
    ]
    return rules


def _put_in_words(terms: Sequence[str], finding: _Finding) -> str:
    """Return in brackets what makes the opinion what it is; `terms` are those of all hits."""
    told = (
        _show_parts(terms, finding),
        finding.kind,
        f"『{terms[finding.hit - 1]}』之后" if finding.is_denied else "",
        f"『{terms[finding.wish]}』之后" if finding.wish >= 0 else "",
        "疑问句减弱" if finding.is_asked else "",
        "引号反语" if finding.is_ironical else "",
        "随其余文字作反话" if finding.is_turned else "",
        "假设、询问或转述,不计" if finding.is_unasserted else "",
    )
    said = ",".join(filter(None, told))
    return f"({said})" if said else ""


def _show_parts(terms: Sequence[str], finding: _Finding) -> str:
    """Return the word with what acts upon it, nothing where nothing does."""
    hit, modifiers = finding.hit, finding.modifiers
    if not (modifiers or finding.is_raised or finding.parts):
        return ""
    made_of = finding.parts or f"『{terms[hit]}』"
    for back in range(modifiers):
        made_of = f"{'否定' if finding.denials >> back & 1 else '程度'}『{terms[hit - 1 - back]}』+{made_of}"
    return f"{made_of}+程度『{terms[hit + 1]}』" if finding.is_raised else made_of


def add_note(rule: str, note: str) -> str:
    """Return the rule with this note in brackets, after those that it has."""
    return f"{rule[:-1]},{note})" if rule.endswith(")") else f"{rule}({note})"

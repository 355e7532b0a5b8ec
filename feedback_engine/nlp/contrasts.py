"""Contrast words (但是, 虽然): what they make of their own clause and of what stands before it in the sentence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from feedback_engine.lexicon.columns import Flags, Floats
from feedback_engine.lexicon.model import Contrast
from feedback_engine.nlp.reading import Readings

#: So many contrast words after a clause are named in its rules.
_SHOWN_CONTRASTS = 2
#: A contrast word begins its clause if it stands among the first so many characters.
_BEGINNING = 3


class Weighing(NamedTuple):
    """What contrast words make of each clause: a factor, and for those concerned how, in words."""

    factors: Floats
    notes: dict[int, str]
    #: Clauses that contrast words have a part in.
    is_concerned: Flags


#: What contrast words make of clauses, by number: a factor, and how, in words.
_Weighed = dict[int, tuple[float, str]]


def weigh_contrasts(readings: Readings) -> Weighing:
    """Return the factors that contrast words give to the clauses of their sentence."""
    factors = np.ones(len(readings.clauses.starts))
    is_concerned = np.zeros(len(factors), dtype=np.bool_)
    weighed: _Weighed = {}
    contrasts = _find_contrasts(readings)
    if contrasts:
        for sentence in _sentences_with(readings, contrasts):
            _weigh_after(sentence, contrasts, weighed)
            _weigh_before(sentence, contrasts, weighed)
        concerned = list(weighed)
        factors[concerned], is_concerned[concerned] = [factor for factor, _ in weighed.values()], True
    return Weighing(factors, {clause: note for clause, (_, note) in weighed.items()}, is_concerned)


def _find_contrasts(readings: Readings) -> dict[int, Contrast]:
    """Return clause → the contrast word that it begins with."""
    hits, table = readings.words, readings.vocabulary.words
    at = table.is_contrast[hits.values].nonzero()[0]
    at = at[hits.starts[at] <= readings.clauses.starts[hits.clauses[at]] + _BEGINNING]
    found: dict[int, Contrast] = {}
    for clause, word in zip(hits.clauses[at].tolist(), hits.values[at].tolist(), strict=True):
        found.setdefault(clause, table.contrasts[word])
    return found


def _sentences_with(readings: Readings, contrasts: Iterable[int]) -> list[range]:
    """Return the clauses of each sentence that holds one of these."""
    last = (~readings.is_continued).nonzero()[0]
    bounds = [0, *(last + 1).tolist(), len(readings.clauses.starts)]
    return [range(bounds[of], bounds[of + 1]) for of in dict.fromkeys(last.searchsorted([*contrasts]).tolist())]


def _weigh_after(sentence: range, contrasts: dict[int, Contrast], weighed: _Weighed) -> None:
    """Weigh each clause by its own contrast word, else by the last turning one before it."""
    after: tuple[float, str] | None = None
    for clause in sentence:
        own = contrasts.get(clause)
        if own is not None:
            kind, effect = ("转折" if own.before < 1 else "语气"), ("加权" if own.after > 1 else "减弱")
            weighed[clause] = own.after, f"{kind}『{own.term}』后{effect}"
            after = weighed[clause] if own.before != 1 else after
        elif after is not None:
            weighed[clause] = after


def _weigh_before(sentence: range, contrasts: dict[int, Contrast], weighed: _Weighed) -> None:
    """Weaken what stands before turning words; walked from the end, each clause is touched once."""
    factor, note = 1.0, ""
    terms: list[str] = []
    for clause in reversed(sentence):
        contrast = contrasts.get(clause)
        if terms:
            known = weighed.get(clause)
            weighed[clause] = (known[0] * factor, f"{known[1]},{note}") if known else (factor, note)
        if contrast is not None and contrast.before != 1:
            factor *= contrast.before
            terms.append(contrast.term)
            shown = "』『".join(reversed(terms[-_SHOWN_CONTRASTS:]))
            note = f"转折『{shown}』前减弱"

"""What a complaint tells beside its type: its root and causes, how urgent it is, what the customer asks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from feedback_engine.domain import Polarity
from feedback_engine.lexicon.model import Detail, DetailKind
from feedback_engine.nlp.reading import HitList
from feedback_engine.nlp.statements import Statement
from feedback_engine.nlp.vocabulary import quote
from feedback_engine.tables.annotations import CAUSE, DEMAND, ROOT, URGENCY

_KIND_NAMES = {
    DetailKind.ROOT: "投诉根源",
    DetailKind.CAUSE: "流失原因",
    DetailKind.URGENCY: "紧急信号",
    DetailKind.DEMAND: "客户诉求",
}


#: How ANNOTATIONS call the kinds.
_ANNOTATED_AS = {
    DetailKind.ROOT: ROOT,
    DetailKind.CAUSE: CAUSE,
    DetailKind.URGENCY: URGENCY,
    DetailKind.DEMAND: DEMAND,
}

#: That a child or an old person is spoken of makes another sign of urgency graver, and is none by itself.
_AGGRAVATING = "vulnerable"


class Told(NamedTuple):
    """One thing told of a complaint, with the phrases that tell it."""

    code: str
    name: str
    evidence: list[Statement]


class Detailed(NamedTuple):
    """All that is told of a complaint: its root, if any, and the rest, strongest first."""

    roots: list[Told]
    causes: list[Told]
    urgency: list[Told]
    demands: list[Told]


def name_details(details: Iterable[Detail]) -> dict[tuple[str, str], str]:
    """Return (kind, code) as ANNOTATIONS hold them → name of each detail, in the order of the word lists."""
    return {(_ANNOTATED_AS[detail.kind], detail.code): detail.name for detail in details}


def find_details(details: Sequence[Detail], hits: HitList, polarities: Sequence[Polarity], text: int) -> Detailed:
    """Return the root, the causes, the signs of urgency and the demands of a complaint.

    The hits are of these details; `polarities` are the labels of the clauses.
    """
    found: dict[DetailKind, dict[str, Told]] = {kind: {} for kind in DetailKind}
    for start, end, value, clause in hits.of(text):
        detail = details[value]
        weight = _weigh(detail, end - start, polarities[clause])
        if weight:
            told = found[detail.kind].get(detail.code)
            if told is None:
                told = found[detail.kind][detail.code] = Told(detail.code, detail.name, [])
            told.evidence.append(Statement(start, end, weight, _put_in_words(detail)))
    if found[DetailKind.URGENCY].keys() <= {_AGGRAVATING}:
        found[DetailKind.URGENCY] = {}
    roots, *others = (sorted(told.values(), key=_strength) for told in found.values())
    return Detailed(roots[:1], *others)


def _put_in_words(detail: Detail) -> str:
    return f"{_KIND_NAMES[detail.kind]}·{quote(detail.name)}『{quote(detail.term)}』({detail.origin})"


def _weigh(detail: Detail, length: int, polarity: Polarity) -> float:
    """Return what a phrase counts: longer ones are surer; roots and causes are not looked for in praise."""
    is_fault = detail.kind in (DetailKind.ROOT, DetailKind.CAUSE)
    if is_fault and polarity is Polarity.POSITIVE:
        return 0.0
    return min(2.0, 0.4 + 0.3 * length)


def _strength(told: Told) -> tuple[float, int]:
    return -sum(item.value for item in told.evidence), told.evidence[0].start

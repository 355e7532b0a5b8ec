"""What a complaint tells beside its type: its root and causes, how urgent it is, what the customer asks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from feedback_engine.domain import Polarity
from feedback_engine.lexicon.matcher import Match
from feedback_engine.lexicon.model import Detail, DetailKind
from feedback_engine.nlp.opinions import quote
from feedback_engine.nlp.reading import Reading
from feedback_engine.nlp.sentiment import Verdict
from feedback_engine.nlp.tagged import ComplaintDetail, Evidence
from feedback_engine.nlp.touchpoints import evidence
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

_Details = tuple[ComplaintDetail, ...]


def name_details(details: Iterable[Detail]) -> dict[tuple[str, str], str]:
    """Return (kind, code) as ANNOTATIONS hold them → name of each detail, in the order of the word lists."""
    return {(_ANNOTATED_AS[detail.kind], detail.code): detail.name for detail in details}


def find_details(reading: Reading, verdict: Verdict) -> tuple[ComplaintDetail | None, _Details, _Details, _Details]:
    """Return the root, the causes, the signs of urgency and the demands of a complaint, strongest first."""
    found: dict[DetailKind, dict[str, list[tuple[Match[Detail], float]]]] = {kind: {} for kind in DetailKind}
    for matches, judgement in zip(reading.details, verdict.clauses, strict=True):
        for match in matches:
            weight = _weigh(match, judgement.polarity)
            if weight:
                found[match.value.kind].setdefault(match.value.code, []).append((match, weight))
    roots, causes, urgency, demands = (_rank(reading, found[kind]) for kind in DetailKind)
    if all(detail.code == _AGGRAVATING for detail in urgency):
        urgency = ()
    return (roots[0] if roots else None), causes, urgency, demands


def _weigh(match: Match[Detail], polarity: Polarity) -> float:
    """Return what a phrase counts: longer ones are surer; roots and causes are not looked for in praise."""
    is_fault = match.value.kind in (DetailKind.ROOT, DetailKind.CAUSE)
    if is_fault and polarity is Polarity.POSITIVE:
        return 0.0
    return min(2.0, 0.4 + 0.3 * (match.end - match.start))


def _rank(reading: Reading, by_code: dict[str, list[tuple[Match[Detail], float]]]) -> _Details:
    def sum_up(item: tuple[str, list[tuple[Match[Detail], float]]]) -> tuple[float, int]:
        return -sum(weight for _, weight in item[1]), item[1][0][0].start

    ranked = sorted(by_code.items(), key=sum_up)
    return tuple(ComplaintDetail(code, hits[0][0].value.name, _evidence(reading, hits)) for code, hits in ranked)


def _evidence(reading: Reading, hits: Sequence[tuple[Match[Detail], float]]) -> tuple[Evidence, ...]:
    return tuple(evidence(reading, hit.start, hit.end, _rule(hit.value), weight) for hit, weight in hits)


def _rule(detail: Detail) -> str:
    return f"{_KIND_NAMES[detail.kind]}·{quote(detail.name)}『{quote(detail.term)}』({detail.origin})"

"""How far the tags agree with a person who read the same texts, by chance and by doubt drawn ones apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from feedback_engine.stats.agreement import cohen_kappa
from feedback_engine.stats.intervals import wilson
from feedback_engine.tables.spotcheck import AGREEMENT, Drawn

if TYPE_CHECKING:
    import pandas as pd

#: The parts of a spot check: what is drawn by chance speaks for all texts, the rest for itself.
RANDOM, DOUBTFUL = Drawn.RANDOM.value, "doubtful"


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one judge says of a text; None where that was not judged.

    `complaint`: None, "" for no complaint, else the code of its type or that of an unsure one.
    """

    polarity: str | None
    touchpoints: frozenset[str] | None
    complaint: str | None


@dataclass(frozen=True, slots=True)
class Judged:
    """A text that a person has read, and what the tags say of it."""

    is_random: bool
    #: Of a complaint log, where a text is a complaint whatever its words say.
    is_logged: bool
    person: Opinion
    engine: Opinion


#: The person's label and the engine's.
_Pair = tuple[Hashable, Hashable]
#: Text → its pair, None where it was not judged, or the question does not concern it.
_Compare = Callable[[Judged], _Pair | None]


def measure_agreement(texts: Sequence[Judged], *, untyped: str, confidence: float = 0.95) -> pd.DataFrame:
    """Return AGREEMENT; `untyped` is the label of complaints of no sure type."""
    rows: list[tuple[Any, ...]] = []
    for part in (RANDOM, DOUBTFUL):
        own = [text for text in texts if text.is_random == (part == RANDOM)]
        rows += [(part, *row) for row in _measure(own, untyped, confidence)]
    return AGREEMENT.build(rows)


def _measure(texts: Sequence[Judged], untyped: str, confidence: float) -> Iterator[tuple[Any, ...]]:
    polarities = _pair(texts, _polarity)
    yield "polarity", *_share_alike(polarities, confidence)
    yield "polarity_kappa", *_kappa(polarities, confidence)
    complaints = _pair(texts, _complaint)
    yield "complaint", *_share_alike(complaints, confidence)
    yield "complaint_kappa", *_kappa(complaints, confidence)
    yield "sensitivity", *_share_alike([pair for pair in complaints if pair[0]], confidence)
    yield "specificity", *_share_alike([pair for pair in complaints if not pair[0]], confidence)
    yield "complaint_type", *_share_alike(_pair(texts, lambda text: _complaint_type(text, untyped)), confidence)
    sets = [(t.person.touchpoints, t.engine.touchpoints or frozenset()) for t in texts]
    named = [(said, told) for said, told in sets if said is not None]
    agreed = sum(len(said & told) for said, told in named)
    yield "touchpoints_found", *_share(agreed, sum(len(said) for said, _ in named), confidence)
    yield "touchpoints_right", *_share(agreed, sum(len(told) for _, told in named), confidence)


def _pair(texts: Sequence[Judged], compare: _Compare) -> list[_Pair]:
    return [pair for pair in map(compare, texts) if pair is not None]


def _polarity(text: Judged) -> _Pair | None:
    return None if text.person.polarity is None else (text.person.polarity, text.engine.polarity)


def _complaint(text: Judged) -> _Pair | None:
    said = text.person.complaint
    return None if said is None or text.is_logged else (said != "", bool(text.engine.complaint))


def _complaint_type(text: Judged, untyped: str) -> _Pair | None:
    """Of complaints that the person could name a type of; a type that the engine leaves open is not the same."""
    said = text.person.complaint
    return (said, text.engine.complaint) if said and said != untyped else None


def _share_alike(pairs: Sequence[_Pair], confidence: float) -> tuple[Any, ...]:
    return _share(sum(one == other for one, other in pairs), len(pairs), confidence)


def _share(agreed: int, base: int, confidence: float) -> tuple[Any, ...]:
    return base, agreed, *(wilson(agreed, base, confidence) if base else (np.nan,) * 3)


def _kappa(pairs: Sequence[_Pair], confidence: float) -> tuple[Any, ...]:
    agreed = sum(one == other for one, other in pairs)
    if not pairs:
        return 0, 0, np.nan, np.nan, np.nan
    labels = sorted({label for pair in pairs for label in pair}, key=str)
    counts = Counter(pairs)
    table = [[counts[one, other] for other in labels] for one in labels]
    return len(pairs), agreed, *(cohen_kappa(table, confidence) if len(labels) > 1 else (np.nan,) * 3)

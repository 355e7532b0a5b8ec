"""Which clauses tell nothing that has happened: they suppose it, ask about it, repeat it or have got over it.

万一坏了能退吗 asks before anything is broken, 听说会漏水 is what others say, 之前担心隔音 was a worry. What is bad in
such a clause is no grievance, and nothing in it is asked for.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from feedback_engine.lexicon.columns import Flags, Places, are_alike, flag, flag_points, steps
from feedback_engine.lexicon.model import Steer
from feedback_engine.nlp.reading import Readings
from feedback_engine.nlp.vocabulary import STEERS

_SUPPOSE, _INQUIRE, _QUERY, _HEARSAY, _PAST = map(
    STEERS.index, (Steer.SUPPOSE, Steer.INQUIRE, Steer.QUERY, Steer.HEARSAY, Steer.PAST)
)
_ARE_TELLING = flag(np.array((_SUPPOSE, _INQUIRE, _QUERY, _HEARSAY, _PAST)), len(STEERS) + 1)
#: The share of a text above which clauses that tell nothing make it one that tells nothing.
_MOSTLY = 0.3
#: A clause that ends in one of these asks: 能退吗, 管不管 is listed, 给退不.
_ENDINGS = "吗么嘛呢不"


def find_unasserted(readings: Readings, are_bad: Flags, are_good: Flags) -> Flags:
    """Return which clauses tell nothing that has happened, given which hold something bad, or good.

    What others say, and what is over, counts unless the rest of the text finds fault, too; what is over only if the
    rest finds something good.
    """
    calls, count = readings.calls, len(readings.clauses.starts)
    steers = readings.vocabulary.details.steers[calls.values]
    at = _ARE_TELLING[steers].nonzero()[0]
    if not len(at):
        return np.zeros(count, dtype=np.bool_)
    steers, of = steers[at], calls.clauses[at]
    supposes, inquires, hearsay, past = (
        flag(of[steers == role], count) for role in (_SUPPOSE, _INQUIRE, _HEARSAY, _PAST)
    )
    asks = flag(of[steers == _QUERY], count) | find_asking(readings)
    unasserted = inquires | _find_between(readings, supposes, asks) | _find_between(readings, inquires, asks)
    goes_on = np.append(are_alike(readings.clauses.texts), False)
    told = (hearsay | past) & goes_on & ~unasserted
    if np.count_nonzero(told):
        unasserted |= told & _find_outdone(readings, are_bad & ~(told | unasserted), are_good & ~told, past)
    return unasserted


def are_mostly(readings: Readings, clauses: Flags) -> Flags:
    """Return which texts consist of such clauses for a good part, so that nothing else in them says much."""
    parts, count = readings.clauses, len(readings.given)
    sizes = np.bincount(parts.texts, (parts.ends - parts.starts) * clauses, minlength=count)
    mostly: Flags = sizes > _MOSTLY * (steps(readings.folded.edges) - 1)
    return mostly


def find_asking(readings: Readings) -> Flags:
    """Return which clauses end like a question."""
    ends, clauses = flag_points(_ENDINGS), readings.clauses
    asking: Flags = clauses.is_question | ends.take(readings.folded.points[clauses.ends - 1])
    return asking


def _find_between(readings: Readings, begins: Flags, asks: Flags) -> Flags:
    """Return the clauses from the first that begins to the last that asks of the same sentence."""
    if not np.count_nonzero(begins):
        return begins
    numbers = np.arange(len(begins))
    ends_sentence = np.append(~readings.is_continued, True)
    sentences = ends_sentence.cumsum() - ends_sentence
    last_begin = np.maximum.accumulate(np.where(begins, numbers, -1))
    next_ask = _find_next(asks, numbers)
    has_both = (last_begin >= 0) & (next_ask < len(begins))
    has_both &= (sentences[last_begin] == sentences) & (sentences[np.minimum(next_ask, len(begins) - 1)] == sentences)
    return has_both


def _find_next(flags: Flags, numbers: NDArray[np.int64]) -> Places:
    """Return the number of the first flagged one from each on; one beyond the last where there is none."""
    following: Places = np.minimum.accumulate(np.where(flags, numbers, len(flags))[::-1])[::-1]
    return following


def _find_outdone(readings: Readings, are_bad: Flags, are_good: Flags, past: Flags) -> Flags:
    """Return the clauses whose text has none that is bad, and one that is good if they are past."""
    texts, count = readings.clauses.texts, len(readings.given)
    has_bad, has_good = (flag(texts[clauses], count) for clauses in (are_bad, are_good))
    outdone: Flags = ~has_bad[texts] & (has_good[texts] | ~past)
    return outdone

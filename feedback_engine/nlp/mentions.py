"""What is said of each mention of a touchpoint, worked out for a whole batch in columns.

A mention gets the opinions of its clause; of several mentions each gets those up to the next one (服务好环境差). A
clause without an opinion is spoken of in the next one (早餐，很难吃), and clauses without a subject of their own go on
about the last thing named (床很软，睡得特别踏实).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from feedback_engine.lexicon.columns import Flags, Floats, Places, are_filled, number_first, number_groups, sum_up
from feedback_engine.lexicon.model import WordKind
from feedback_engine.nlp.reading import CARRIED_CLAUSES, Hits, Readings
from feedback_engine.nlp.sentiment import weigh_sides
from feedback_engine.nlp.statements import Judged, Lists, Statements
from feedback_engine.nlp.vocabulary import KINDS

_OPINION = KINDS.index(WordKind.OPINION)


class Judgements(NamedTuple):
    """Scores, labels, and the numbers of the statements about the clauses that lead to them."""

    scores: Floats
    labels: NDArray[np.int64]
    said: Lists


class _Ranges(NamedTuple):
    """Statements [begins, ends) for each mention."""

    begins: Places
    ends: Places

    def where(self, flags: Flags, others: _Ranges) -> _Ranges:
        """Return these where the flags are set, else the others."""
        return _Ranges(np.where(flags, self.begins, others.begins), np.where(flags, self.ends, others.ends))


def judge_mentions(readings: Readings, judged: Judged, first: Places, groups: Places, others: Places) -> Judgements:
    """Return what is said of each group of mentions, given its first mention and the group of each mention.

    In the clauses `others` something is named without a word for it.
    """
    mentions, statements = readings.mentions, judged.statements
    follows = _find_following(readings, others)
    is_silent = ~are_filled(statements.first) & (judged.scores == 0) & follows
    sources = mentions.clauses + is_silent[mentions.clauses]
    whole = _Ranges(statements.first[sources], statements.first[1:][sources])
    is_shared = (whole.ends > whole.begins) & _have_others(mentions)
    own = whole
    if np.count_nonzero(is_shared):
        own = _share_out(readings, sources, statements, whole).where(is_shared, whole)
    numbers, owners, is_carried = _carry_over(readings, statements, follows, own)
    is_joined = np.bincount(groups, minlength=len(first)) > 1
    if np.count_nonzero(is_joined):
        numbers, owners, is_carried = _join(numbers, groups[owners], is_carried)
    said = Lists(numbers, sum_up(np.bincount(owners, minlength=len(first))))
    is_mixed = (is_shared[first] | is_joined) & are_filled(said.first)
    is_mixed[owners[is_carried]] = True
    scores, labels = judged.scores[sources[first]], judged.labels[sources[first]]
    if np.count_nonzero(is_mixed):
        sides = weigh_sides(statements.values[numbers], owners, len(first))
        scores, labels = np.where(is_mixed, sides.scores, scores), np.where(is_mixed, sides.labels, labels)
    return Judgements(scores, labels, said)


def _find_following(readings: Readings, others: Places) -> Flags:
    """Return after which clauses another one of the same sentence names nothing, in words or, in `others`, without."""
    follows = np.zeros(len(readings.clauses.starts), dtype=np.bool_)
    follows[:-1] = readings.is_continued & ~are_filled(readings.mentions.first[1:])
    follows[others[others > 0] - 1] = False
    return follows


def _have_others(mentions: Hits) -> Flags:
    """Return which mentions share their clause with one that begins elsewhere."""
    begins = mentions.starts[mentions.first[mentions.clauses]]
    has_others: Flags = begins < mentions.starts[mentions.first[1:][mentions.clauses] - 1]
    return has_others


def _share_out(readings: Readings, sources: Places, statements: Statements, whole: _Ranges) -> _Ranges:
    """Give each mention the opinions up to the next one (服务好环境差), else those of its neighbour (A和B都好)."""
    # the clauses are set apart by the length of the row, so that one search serves them all
    mentions, apart = readings.mentions, len(readings.folded.text)
    parts, begin = apart * statements.parts(), apart * sources
    ends, starts = (np.maximum.accumulate(column + parts) for column in (statements.ends, statements.starts))
    following = mentions.starts.searchsorted(mentions.starts, side="right")
    upcoming = np.append(mentions.starts, 0)[following]
    last = mentions.first[1:][mentions.clauses]
    shares = _Ranges(
        ends.searchsorted(begin + mentions.starts, side="right"),
        starts.searchsorted(begin + np.where(following < last, upcoming, apart - 1)),
    )
    numbers, has_any = np.arange(len(last)), shares.ends > shares.begins
    after = np.minimum.accumulate(np.where(has_any, numbers, len(last))[::-1])[::-1]
    before = np.maximum.accumulate(np.where(has_any, numbers, -1))
    donors = np.where(after < last, after, before)
    given = _Ranges(shares.begins[donors], shares.ends[donors])
    return given.where(donors >= mentions.first[mentions.clauses], whole)


def _carry_over(
    readings: Readings, statements: Statements, follows: Flags, own: _Ranges
) -> tuple[Places, Places, Flags]:
    """Give the last mention of a clause what the next ones say without a subject of their own.

    What comes back are the statements, which mention each is for, and whether it was carried over.
    """
    mentions, first = readings.mentions, statements.first
    goes_on, of = _go_on(readings, follows), mentions.clauses
    reach, is_going = of + 1, goes_on[of]
    for lag in range(1, CARRIED_CLAUSES + 1):
        reach += is_going
        is_going &= goes_on[of + lag]
    is_last, following = mentions.starts == mentions.starts[mentions.first[1:][of] - 1], first[1:][of]
    carried = (first[reach] - following) * (is_last & are_filled(first)[of])
    begins, counts = np.zeros((2, len(of), 2), dtype=np.int64)
    begins[:, 0], begins[:, 1] = own.begins, following
    counts[:, 0], counts[:, 1] = own.ends - own.begins, carried
    numbers = number_groups(counts.ravel(), begins.ravel())
    ranges = np.arange(2 * len(of)).repeat(counts.ravel())
    is_carried = (ranges & 1).astype(np.bool_)
    kept = (~is_carried | (statements.kinds[numbers] == _OPINION)).nonzero()[0]
    return numbers[kept], ranges[kept] >> 1, is_carried[kept]


def _go_on(readings: Readings, follows: Flags) -> Flags:
    """Return which clauses the next one goes on from: it follows, and does not sum up (总之), which speaks of all."""
    words = readings.words
    summing = readings.vocabulary.words.sums_up[words.values].nonzero()[0]
    summing = words.clauses[summing[words.first[words.clauses[summing]] == summing]]
    goes_on = np.zeros(len(follows) + CARRIED_CLAUSES, dtype=np.bool_)
    goes_on[: len(follows)] = follows
    goes_on[summing[summing > 0] - 1] = False
    return goes_on


def _join(numbers: Places, owners: Places, is_carried: Flags) -> tuple[Places, Places, Flags]:
    """Return the statements of each owner together, each once."""
    order = owners.argsort(kind="stable")
    numbers, owners, is_carried = numbers[order], owners[order], is_carried[order]
    kept, _ = number_first(owners * (1 + numbers.max(initial=0)) + numbers)
    return numbers[kept], owners[kept], is_carried[kept]

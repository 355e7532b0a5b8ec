"""What is really asked for, and really threatened, among the phrases that could tell it: a whole batch in columns.

退款 alone is a subject; it is a demand where 要求, 请 or 给我 stands before it, and none after 不用 or 已经. The
nearest such word of the clause counts; what it asks for may go on in the next ones of the sentence (要求退款,赔偿损失).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from feedback_engine.lexicon.columns import Flags, Places, Points, flag, flag_points, sum_up
from feedback_engine.lexicon.model import DetailKind, Proviso, Steer, WordKind
from feedback_engine.nlp.reading import Hits, Readings
from feedback_engine.nlp.segment import Clauses
from feedback_engine.nlp.statements import Columns
from feedback_engine.nlp.vocabulary import DETAIL_KINDS, KINDS, PROVISOS, STEERS

_DEMAND = KINDS.index(WordKind.DEMAND)
_DEMANDED, _URGENT = DETAIL_KINDS.index(DetailKind.DEMAND), DETAIL_KINDS.index(DetailKind.URGENCY)
_ASKED, _REDRESS, _CLAIM, _HELD = map(PROVISOS.index, (Proviso.ASKED, Proviso.REDRESS, Proviso.CLAIM, Proviso.HELD))
_ASK, _FOR, _WISH, _DENY, _DONE = map(STEERS.index, (Steer.ASK, Steer.FOR, Steer.WISH, Steer.DENY, Steer.DONE))
_IDLE = STEERS.index(Steer.IDLE)
#: What does not tell what is so denies what it holds, too.
_DENYING = (Steer.SUPPOSE, Steer.HEARSAY, Steer.PAST)


def _among(*steers: int) -> Flags:
    """Return which numbers are among these; the last stands for -1."""
    return flag(np.array(steers), len(STEERS) + 1)


_ASKING = _among(_ASK, _FOR, _WISH)
#: All that steer whatever follows, all of these but 给我, and what says that something is done.
_STEERING = np.array([_among(_ASK, _FOR, _WISH, _DENY), _among(_ASK, _WISH, _DENY), _among(_DONE)])
_ARE_DENYING = _among(*map(STEERS.index, _DENYING))
#: Right before a phrase these deny it, by themselves or with one of the second after them (没有, 没人, 不给).
_DENIERS, _AFTER_DENIERS = "不没未无别勿", "人有能会给是再"
#: Behind a verb these say that it is done, unless one of the second follows; these may also end a clause.
_DONE_MARKS, _PARTICLES = "了过", "吧呗啊呀嘛它我"
#: Behind a verb these make it what a thing is known by, or what is judged: 给我换的手机, 处理得很到位.
_RELATIVES = "的得"
#: So many characters may stand between 已经 and what is done, between the beginning of a clause and what is asked.
_DONE_REACH, _BEGINNING = 4, 2
#: A clause that begins with one of these goes on with what was asked for.
_JOINTS = "并同且及和另"
#: An asking word at most so far before a demand is shown with it.
_SHOWN = 12
#: How much a demand that words of sentiment do not know adds to how sure a complaint is.
_WORTH = -0.45


class Asked(NamedTuple):
    """What tells urgency and demands, without what is not meant, and the demands by which alone texts complain."""

    hits: Hits
    insisted: Columns


class _Steered(NamedTuple):
    """What the nearest word before each phrase says of it (-1 where none does), and where that word begins and ends."""

    steers: NDArray[np.int64]
    starts: Places
    ends: Places


def find_asked(readings: Readings, unasserted: Flags) -> Asked:
    """Return what texts call for: demands that are asked for, threats that are not denied.

    Clauses that are `unasserted` call for nothing.
    """
    hits, table = readings.calls, readings.vocabulary.details
    kinds = table.kinds[hits.values]
    if kinds.max(initial=-1) < 0:
        nothing = kinds[:0]
        return Asked(hits.take(nothing), _insist(readings, hits, nothing))
    clauses, points = readings.clauses, readings.folded.points
    is_denied = _are_denied(points, hits.starts)
    steers = table.steers[hits.values]
    steers = np.where(_ARE_DENYING[steers], _DENY, steers)
    is_denied[1:] &= ~((hits.ends[:-1] == hits.starts[1:]) & _ASKING[steers[:-1]])  # 再不 + 处理, 能不能 + 给我
    steered = _steer(hits, steers, readings, is_denied)
    asked = _ASKING[steered.steers]
    is_imperative = _are_imperative(points, hits, clauses)
    provisos, is_demand = table.provisos[hits.values], kinds == _DEMANDED
    is_done = _are_done(points, hits, clauses, steered)
    needs = (provisos == _ASKED) | (provisos == _REDRESS)
    meant = np.where(needs, asked | is_imperative, steered.steers != _DENY) & ~is_denied & ~is_done
    is_told = ~unasserted[hits.clauses]
    demands = is_demand & (meant | (provisos == _HELD)) & is_told
    has_demand = flag(hits.clauses[demands], len(clauses.starts))
    is_threat = np.where(needs, has_demand[hits.clauses], ~is_denied & (steered.steers != _DENY))
    is_threat &= (kinds == _URGENT) & is_told
    insisting = demands & (provisos == _REDRESS) & (steered.steers != _WISH)
    insisting |= (demands | is_threat) & (provisos == _CLAIM)
    shown = asked & demands & needs & (hits.starts - steered.starts <= _SHOWN)
    shown &= steered.starts >= clauses.starts[hits.clauses]
    hits = hits._replace(starts=np.where(shown, steered.starts, hits.starts))
    return Asked(hits.take((demands | is_threat).nonzero()[0]), _insist(readings, hits, insisting.nonzero()[0]))


def find_idle(readings: Readings, starts: Places, ends: Places) -> Flags:
    """Return which of these spans lie in a word that only looks as if it asked for something: 报警 in 报警灯."""
    hits, steers = readings.calls, readings.vocabulary.details.steers
    idle = (steers[hits.values] == _IDLE).nonzero()[0]
    if not len(idle):
        return np.zeros(len(starts), dtype=np.bool_)
    last = hits.starts[idle].searchsorted(starts, side="right") - 1
    are_idle: Flags = (last >= 0) & (hits.ends[idle][last] >= ends)
    return are_idle


def _insist(readings: Readings, hits: Hits, at: Places) -> Columns:
    """Return these demands as statements about texts."""
    kinds = np.full(len(at), _DEMAND)
    rules = readings.vocabulary.details.rules[hits.values[at]]
    texts = readings.clauses.texts[hits.clauses[at]]
    return Columns(texts, hits.starts[at], hits.ends[at], np.full(len(at), _WORTH), rules, kinds)


def _are_denied(points: Points, starts: Places) -> Flags:
    """Return which phrases stand right behind a negation."""
    before, earlier = points[starts - 1], points[starts - 2]
    deny = flag_points(_DENIERS)
    denied: Flags = deny.take(before) | (flag_points(_AFTER_DENIERS).take(before) & deny.take(earlier))
    return denied


def _steer(hits: Hits, steers: NDArray[np.int64], readings: Readings, is_denied: Flags) -> _Steered:
    """Return what the nearest word that steers, in the clause or else in the sentence, says of each phrase.

    给我 says what the word before it says: 能不能给我退, 主动给我退.
    """
    steers = np.where(is_denied & _ASKING[steers], _DENY, steers)
    last, firm, done = _find_last(_STEERING[:, steers])
    clauses, of = readings.clauses, hits.clauses
    denied = (firm >= 0) & (steers[firm] == _DENY) & (of[firm] == of) & (hits.starts - hits.ends[firm] <= 1)
    steers = np.where(denied & (steers == _ASK), _DENY, steers)  # 怎么申请
    found, before = steers[last], of[last]
    inherited = (found == _FOR) & (firm >= 0) & (of[firm] == before)
    found = np.where(inherited, steers[firm], found)
    is_here = (last >= 0) & (before == of)
    goes_on = (last >= 0) & (before < of) & _ASKING[found] & (clauses.texts[before] == clauses.texts[of])
    goes_on &= clauses.sentences[before] == clauses.sentences[of]
    begins = clauses.starts[of]
    goes_on &= (hits.starts - begins <= _BEGINNING) | flag_points(_JOINTS).take(readings.folded.points[begins])
    found = np.where(is_here | goes_on, found, -1)
    is_done = (done > firm) & (of[done] == of) & (hits.starts - hits.ends[done] <= _DONE_REACH)
    return _Steered(np.where(is_done, _DONE, found), hits.starts[last], hits.ends[last])


def _find_last(flags: Flags) -> Places:
    """Return the number of the last flag set before each, -1 where there is none, row by row."""
    last = np.full(flags.shape, -1)
    np.maximum.accumulate(np.where(flags, np.arange(flags.shape[1]), -1)[:, :-1], axis=1, out=last[:, 1:])
    return last


def _are_imperative(points: Points, hits: Hits, clauses: Clauses) -> Flags:
    """Return which phrases are a whole clause that is no question and tells of nothing done: 换货! but not 退了."""
    of = hits.clauses
    ends = clauses.ends[of] - flag_points(_PARTICLES).take(points[clauses.ends[of] - 1])
    whole: Flags = (hits.starts == clauses.starts[of]) & (hits.ends >= ends) & ~clauses.is_question[of]
    whole &= ~flag_points(_DONE_MARKS).take(points[hits.ends - 1])
    return whole


def _are_done(points: Points, hits: Hits, clauses: Clauses, steered: _Steered) -> Flags:
    """Return which demands are met already: 已经退款, 给我退了款, 给我换的新机; not 赶紧退了吧."""
    marks = flag_points(_DONE_MARKS)
    done = marks.take(points[hits.ends])
    following = np.minimum(hits.ends + 1, len(points) - 1)
    is_last = following >= clauses.ends[hits.clauses]
    urges = flag_points(_PARTICLES).take(points[following]) | (is_last & (steered.steers == _ASK))
    done &= ~urges
    # 马上道歉还免了单: what goes on behind the mark has happened
    before, ends = sum_up(marks.take(points)), clauses.ends[hits.clauses]
    ends = ends - flag_points(_PARTICLES).take(points[ends - 1]) - 1
    goes_on = before[np.maximum(ends, hits.starts)] > before[hits.starts]
    done |= goes_on & (steered.steers == _FOR)
    are_done: Flags = done | (steered.steers == _DONE) | flag_points(_RELATIVES).take(points[hits.ends])
    return are_done

"""The opinions of clauses: words of the lexicon with negation, degree, question, wish and irony applied.

What each opinion is worth is worked out for a whole batch in columns; how it came about is looked up, and put in words
only where there is more to tell than the word.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from feedback_engine.lexicon.columns import Flags, Floats, Places, are_alike, find_bounds, flag
from feedback_engine.lexicon.model import WordKind
from feedback_engine.nlp.asking import find_idle
from feedback_engine.nlp.assertions import find_unasserted
from feedback_engine.nlp.reading import Readings
from feedback_engine.nlp.vocabulary import KINDS
from feedback_engine.nlp.wording import Findings, tell_rules

#: How many unmatched characters may stand between a modifier and what it acts upon.
_NEGATION_REACH, _DEGREE_REACH = 5, 2
#: A degree word between negation and opinion (不是很好) softens the denial instead of raising it.
_DENIED_DEGREE = 0.7
#: What a favourable word is worth in a question, and in ironical quotation marks.
_QUESTION, _IRONY = 0.4, -0.9
#: What one is worth right after a phrase that ends in a negation: 投诉…没 + 解决.
_DENIED = -0.9
#: What a word is worth that means the opposite of what it says (不愧是), and how clear the rest of the text must be.
_TURNED, _CLEAR_REST = -0.9, 0.4
#: Only so many modifiers in a row are read; more of them (好好好好…) is play.
_MOST_MODIFIERS = 6
#: No opinion is stronger than this, however many degree words it has.
_STRONGEST = 1.5
_IRONY_KIND = KINDS.index(WordKind.IRONY)
_QUOTES = ('"', "'")


class Opinions:
    """The opinions of a batch: what they are worth, and how they came about in words."""

    def __init__(self, readings: Readings, findings: Findings, values: Floats, unasserted: Flags) -> None:
        clauses = readings.clauses
        self.values = values
        #: Which clauses tell nothing that has happened.
        self.unasserted = unasserted
        self.clauses = readings.words.clauses[findings.words]
        self.texts = clauses.texts[self.clauses]
        #: The number of each clause's and each text's first opinion, and of the last one's last + 1.
        self.first_of_clause = find_bounds(self.clauses, len(clauses.starts))
        self.first_of_text = self.first_of_clause[clauses.first]
        #: Whether it is more than a word with its degree.
        self.has_structure = _have_structure(readings, findings)
        self.starts, self.ends = findings.starts, findings.ends
        self.kinds = readings.vocabulary.words.kind[readings.words.values[findings.words]]
        #: How each opinion came about: 负面:『没解决』(否定『没』+『解决』).
        self.rules = tell_rules(readings, findings, values)


def _have_structure(readings: Readings, findings: Findings) -> Flags:
    """Return which opinions are more than a word with its degree."""
    words = readings.words.values[findings.words]
    has_structure: Flags = (findings.denials > 0) | readings.vocabulary.words.has_parts[words] | findings.is_denied
    has_structure |= (findings.wishes >= 0) | findings.is_asked | findings.is_ironical | findings.is_turned
    return has_structure | readings.vocabulary.words.is_structure[words]


def find_opinions(readings: Readings) -> Opinions:
    """Return the opinions of all clauses."""
    hits, clauses, table = readings.words, readings.clauses, readings.vocabulary.words
    is_opinion, is_raised = _used_as_opinions(readings)
    at = is_opinion.nonzero()[0]
    at = at[~find_denied(readings, at)]
    words, of, is_raised = hits.values[at], hits.clauses[at], is_raised[at]
    starts, factors, modifiers, denials = _modifiers_before(readings, at)
    after = at + is_raised
    ends = hits.ends[after]
    factors = np.where(is_raised, factors * table.degree[hits.values[after]], factors)
    values = np.minimum(np.maximum(table.weight[words] * factors, -_STRONGEST), _STRONGEST)
    is_denied = _follows_denial(readings, at) & (values > 0)
    values = np.where(is_denied, values * _DENIED, values)
    wishes = np.where(values > 0, _wishes_before(readings, at), -1)
    values = np.where(wishes >= 0, values * table.negation[hits.values[wishes]], values)
    is_asked = clauses.is_question[of] & (values > 0)
    values = np.where(is_asked, values * _QUESTION, values)
    is_ironical = _find_ironies(readings, at, values)
    values = np.where(is_ironical, values * _IRONY, values)
    is_turned = _find_turned(readings, at, values)
    values = np.where(is_turned, values * _TURNED, values)
    are_bad, are_good = (flag(of[signs], len(clauses.starts)) for signs in (values < 0, values > 0))
    unasserted = find_unasserted(readings, are_bad, are_good)
    is_unasserted = unasserted[of] & (values < 0)
    values = np.where(is_unasserted, 0.0, values)
    is_plain = table.is_plain[words] & (modifiers == 0) & (wishes < 0)
    is_plain &= ~(is_raised | is_denied | is_asked | is_ironical | is_unasserted)
    findings = Findings(
        at, starts, ends, modifiers, denials, is_raised, is_denied, wishes, is_asked, is_ironical, is_turned,
        is_unasserted, is_plain,
    )  # fmt: skip
    return Opinions(readings, findings, values, unasserted)


def _used_as_opinions(readings: Readings) -> tuple[Flags, Flags]:
    """Return which hits are used as opinions, the 好 of 好慢 only saying how slow, and which a degree word follows."""
    hits, table = readings.words, readings.vocabulary.words
    are_used, are_raised = table.weight[hits.values] != 0, np.zeros(len(hits.values), dtype=np.bool_)
    raise_before, are_emoji = table.raises_before[hits.values], table.is_emoji[hits.values]
    touch = (hits.ends[:-1] == hits.starts[1:]) & are_alike(hits.clauses)
    raised = touch & raise_before[1:]
    modifies = table.is_modifier[hits.values[:-1]] & touch & ~raised
    are_used[:-1] &= ~modifies | (raise_before[:-1] & are_emoji[1:])  # 坏了👏
    are_raised[:-1] = raised & ~are_emoji[:-1]
    return are_used, are_raised


def find_denied(readings: Readings, at: Places) -> Flags:
    """Return which hits are demands with a negation right before them, or within a name: 不用退款, 退款入口."""
    hits, table = readings.words, readings.vocabulary.words
    denied, demands = np.zeros(len(at), dtype=np.bool_), table.demands[hits.values[at]].nonzero()[0]
    if len(demands):
        at = at[demands]
        is_name = find_idle(readings, hits.starts[at], hits.ends[at])
        before = hits.values[at - 1]
        near = (at > hits.first[hits.clauses[at]]) & (hits.starts[at] - hits.ends[at - 1] <= _DEGREE_REACH)
        denied[demands] = is_name | (near & table.negates_near[before] & (table.negation[before] < 0))
    return denied


def _modifiers_before(readings: Readings, at: Places) -> tuple[Places, Floats, NDArray[np.int64], NDArray[np.int64]]:
    """Walk back over what acts upon the opinions: where that begins, its factor, how many words, which deny."""
    hits, table = readings.words, readings.vocabulary.words
    left, first, words = hits.starts[at], hits.first[hits.clauses[at]], hits.values[at]
    can_be_denied = (table.kind[words] == 0) & ~table.is_emoji[words]
    factors, pending = np.ones(len(at)), np.ones(len(at))
    count, denials = np.zeros(len(at), dtype=np.int64), np.zeros(len(at), dtype=np.int64)
    active = (at > first).nonzero()[0]
    for back in range(1, _MOST_MODIFIERS + 1):
        if not len(active):
            break
        before = at[active] - back
        words, gap = hits.values[before], left[active] - hits.ends[before]
        negates = table.negates_near[words] & (gap <= _NEGATION_REACH)
        raises = ~negates & table.raises_near[words] & (gap <= _DEGREE_REACH)
        negates &= can_be_denied[active]
        weight, so_far = np.where(negates, table.negation[words], table.degree[words]), pending[active]
        softened = np.where(negates & (so_far > 1), _DENIED_DEGREE / so_far, 1.0)
        acts = negates | raises
        active, words, negates = active[acts], words[acts], negates[acts]
        factors[active] *= weight[acts] * softened[acts]
        pending[active] = np.where(negates, 1.0, so_far[acts] * weight[acts])
        left[active] = hits.starts[before[acts]]
        count[active] += 1
        denials[active] |= negates.astype(np.int64) << (back - 1)
        active = active[at[active] - back > first[active]]
    return left, factors, count, denials


def _follows_denial(readings: Readings, at: Places) -> Flags:
    """Return which follow at once on a phrase that leaves off with a negation: 投诉…没."""
    hits = readings.words
    follows: Flags = readings.vocabulary.words.denies_next[hits.values[at - 1]] & (hits.ends[at - 1] == hits.starts[at])
    return follows


def _wishes_before(readings: Readings, at: Places) -> Places:
    """Return the first word of the clause that wishes or alleges (希望, 号称) before each, -1 where none does."""
    hits = readings.words
    wishes = readings.vocabulary.words.negates_clause[hits.values].nonzero()[0]
    if not len(wishes):
        return np.full(len(at), -1)
    first = np.full(len(readings.clauses.starts), len(hits.values), dtype=np.int64)
    first[hits.clauses[wishes[::-1]]] = wishes[::-1]
    wish = first[hits.clauses[at]]
    return np.where(wish < at, wish, -1)


def _find_ironies(readings: Readings, at: Places, values: Floats) -> Flags:
    """Return which is praise in quotation marks with a degree word before them (真是"贴心") or something else bad."""
    hits, points = readings.words, readings.folded.points
    if not any(quote in readings.folded.text for quote in _QUOTES):
        return np.zeros(len(at), dtype=np.bool_)
    before, after = points[hits.starts[at] - 1], points[hits.ends[at]]
    double, single = map(ord, _QUOTES)
    in_quotes: Flags = ((before == double) | (before == single)) & (values > 0)
    in_quotes &= (after == double) | (after == single)
    if not np.count_nonzero(in_quotes):
        return in_quotes
    texts = readings.clauses.texts[hits.clauses[at]]
    stressed = (at > hits.first[hits.clauses[at]]) & (hits.ends[at - 1] == hits.starts[at] - 1)
    stressed &= readings.vocabulary.words.is_degree[hits.values[at - 1]]
    in_quotes &= stressed | np.isin(texts, texts[values < 0])
    return in_quotes


def _find_turned(readings: Readings, at: Places, values: Floats) -> Flags:
    """Return which words that may be ironical mean the opposite: all else that the text says is bad, or good.

    Praise is not turned where the text turns from it itself (不愧是老店,就是贵了点).
    """
    hits, table, texts = readings.words, readings.vocabulary.words, readings.clauses.texts
    kinds = table.kind[hits.values[at]]
    may_turn: Flags = kinds == _IRONY_KIND
    if not np.count_nonzero(may_turn):
        return may_turn
    of, count = texts[hits.clauses[at]], len(readings.given)
    rest = np.where(may_turn | table.demands[hits.values[at]], 0.0, values)
    good, bad = (np.bincount(of, np.maximum(side, 0.0), minlength=count)[of] for side in (rest, -rest))
    turns = flag(texts[hits.clauses[table.is_contrast[hits.values]]], count)[of]
    is_scorn = (values > 0) & (bad >= _CLEAR_REST) & (good == 0) & ~turns
    is_praise = (values < 0) & (good >= _CLEAR_REST) & (bad == 0)
    turned: Flags = may_turn & (is_scorn | is_praise)
    return turned

"""Which texts complain, and of what: by what is asked for, by what is found bad, by learned weights that feel it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from feedback_engine.domain import Polarity
from feedback_engine.lexicon.columns import Flags, Floats, Places, flag, join_columns, pick, steps
from feedback_engine.lexicon.model import WordKind
from feedback_engine.nlp.asking import Asked
from feedback_engine.nlp.assertions import are_mostly, find_asking
from feedback_engine.nlp.complaint_judging import ByRules, are_brief, find_complaint_facts
from feedback_engine.nlp.opinions import find_denied
from feedback_engine.nlp.reading import Readings
from feedback_engine.nlp.sentiment import sum_values
from feedback_engine.nlp.silences import find_untried
from feedback_engine.nlp.statements import POLARITIES, Columns, Statements
from feedback_engine.nlp.touchpoints import Touchpoints
from feedback_engine.nlp.verdicts import Verdicts
from feedback_engine.nlp.vocabulary import DEMANDS, KINDS

#: A text this negative may be a complaint; one above the second figure is praise, whatever it asks for.
_NEGATIVE, _PRAISE = -0.2, 0.4
#: A short text above this in which nothing is bad or asked for is praise even in a case log.
_CONTENT = 0.1
#: How strong a grievance (the summed strength of bad words) makes a complaint: beside a request, alone, beside a wish.
_WITH_REQUEST, _ALONE, _WITH_WISH = 0.3, 0.5, 1.3
#: A single word as bad as this is no suggestion, however it is wrapped.
_HARSH = -0.95
#: A text that weights find this bad complains if it names the fault: by a cue, or by a touchpoint spoken ill of.
_BAD = -0.3
#: In a case log a text of at most so many characters may be praise; one of more than the second figure tells of a case,
#: however kind its words.
_SHORT, _THANKS = 30, 60
#: From this chance on a text complains; and how sure it is at least that who asks for redress does.
_EVEN, _INSISTED = 0.5, 0.75
_DEMAND, _WISH, _UNTRIED = (KINDS.index(kind) for kind in (WordKind.DEMAND, WordKind.WISH, WordKind.UNTRIED))
_NEGATIVE_LABEL, _NEUTRAL_LABEL = map(POLARITIES.index, (Polarity.NEGATIVE, Polarity.NEUTRAL))
_ARE_DEMANDS = np.array([kind in DEMANDS for kind in KINDS])


class Grounds(NamedTuple):
    """The texts that complain, in order, which of them by weights alone, how sure that is, and what they say."""

    texts: Places
    are_felt: Flags
    confidences: Floats
    #: Which were judged as a whole: how sure it is, is how likely they complain.
    are_judged: Flags
    said: Said
    #: How sure it is of each text that it is none.
    sure_of_none: Floats


class Said(NamedTuple):
    """What texts ask for, and what they find bad, by text."""

    demands: Columns
    grievances: Columns
    #: Which texts ask for more than an answer.
    insist: Flags

    def add(self, grievances: Columns, texts: Flags) -> Said:
        """Return these with what else is bad in some texts."""
        more = grievances.take(texts[grievances.parts].nonzero()[0])
        return self._replace(grievances=Columns(*join_columns((self.grievances, more))))

    def by_complaint(self, places: Places) -> tuple[Columns, Columns]:
        """Return the demands, and the worst grievance of each; `places` are those of the texts among the complaints."""
        worst = _find_worst(self.grievances, len(places))
        return _renumber(self.demands, places), _renumber(self.grievances.take(worst[worst >= 0]), places)


def find_grounds(
    readings: Readings, verdicts: Verdicts, touchpoints: Touchpoints, asked: Asked, *, is_case_log: bool
) -> Grounds:
    """Return the texts that complain; `is_case_log` tells that each is a case unless it praises."""
    rules, judge = verdicts.rules, verdicts.complaints
    said, found = judge_by_rules(readings, verdicts, touchpoints, asked, is_case_log=is_case_log)
    complain, felt = found.complain, found.are_felt
    sure_of_none, is_judged = _find_none_confidences(rules.scores), np.zeros(len(readings.given), dtype=np.bool_)
    if judge:
        is_judged = are_brief(readings)
        chances = judge.weigh(find_complaint_facts(readings, verdicts, judge, touchpoints, asked, found))
        insists = complain & said.insist
        chances[insists] = np.maximum(chances[insists], _INSISTED)
        told = np.where(is_judged, chances > _EVEN, complain | felt)
        complain, felt = complain & (told | is_case_log), told & ~complain
        sure_of_none = np.where(is_judged, 1.0 - chances, sure_of_none)
    if np.count_nonzero(felt):
        said = said.add(_find_grievances(verdicts.texts), felt)
    texts = (complain | felt).nonzero()[0]
    if not len(texts):
        return Grounds(texts, felt[texts], np.zeros(0), is_judged[texts], said, sure_of_none)
    sure = _find_confidences(np.where(felt, verdicts.scores, rules.scores), said.demands, texts)
    if judge:
        sure = np.where(is_judged[texts], np.maximum(chances[texts], _EVEN), sure)
    return Grounds(texts, felt[texts], sure, is_judged[texts], said, sure_of_none)


def judge_by_rules(
    readings: Readings, verdicts: Verdicts, touchpoints: Touchpoints, asked: Asked, *, is_case_log: bool
) -> tuple[Said, ByRules]:
    """Return what texts ask for and find bad, and what rules say of them."""
    unasserted = verdicts.unasserted
    said = _find_said(readings, verdicts.rules, asked.insisted, unasserted)
    tell_nothing = _find_unasserting(readings, unasserted, said)
    complain = _find_complaints(readings, verdicts.rules, said, tell_nothing, unasserted, is_case_log)
    felt = _find_felt(readings, verdicts, said, touchpoints) & ~(complain | tell_nothing)
    if is_case_log:
        complain &= ~_find_thanks(readings, verdicts.scores, said, unasserted)
        felt |= (verdicts.scores <= _NEGATIVE) & ~complain
    else:
        complain &= (verdicts.scores <= 0) | said.insist
    return said, ByRules(said.grievances, complain, felt, tell_nothing)


def _find_unasserting(readings: Readings, unasserted: Flags, said: Said) -> Flags:
    """Return which texts for the most part suppose, ask or repeat, and else find nothing bad and insist on nothing."""
    count, unasserting = len(readings.given), are_mostly(readings, unasserted)
    if np.count_nonzero(unasserting):
        unasserting &= ~(said.insist | flag(said.grievances.parts, count))
    return unasserting


def _find_complaints(
    readings: Readings, verdicts: Verdicts, said: Said, tells_nothing: Flags, unasserted: Flags, is_case_log: bool
) -> Flags:
    """Return which texts are complaints; in a case log who asks about something wants an answer, too."""
    count, scores, demands, hits = len(readings.given), verdicts.scores, said.demands, readings.words
    wishes = readings.vocabulary.words.kind[hits.values] == _WISH
    is_wishing = flag(readings.clauses.texts[hits.clauses[wishes]], count)
    has_demands = flag(demands.parts, count)
    complains: Flags = (scores <= _PRAISE) & said.insist
    is_bad = scores <= _NEGATIVE
    if np.count_nonzero(is_bad):
        complains |= is_bad & _have_grievances(said.grievances, is_wishing, has_demands)
    complains &= ~tells_nothing
    if is_case_log:
        has_question = flag(readings.clauses.texts[readings.clauses.is_question | unasserted], count)
        statements = verdicts.texts
        has_bad = sum_values(statements.values <= 0, statements.parts(), count) > 0
        is_long = steps(readings.folded.edges) - 1 > _THANKS
        is_case = (scores <= _PRAISE) | has_demands | is_wishing | has_question | has_bad | is_long
        is_content = (scores > _CONTENT) & ~(has_bad | has_demands | tells_nothing) & (readings.sizes <= _SHORT)
        complains |= is_case & ~is_content & ~((scores > _NEGATIVE) & find_untried(readings) & ~is_long)
    return complains


def _find_thanks(readings: Readings, scores: Floats, said: Said, unasserted: Flags) -> Flags:
    """Return which texts of a case log are good as a whole, whatever they name, ask for nothing and ask nothing."""
    texts, count = readings.clauses.texts, len(readings.given)
    asks = flag(said.demands.parts, count) | flag(texts[find_asking(readings) | unasserted], count)
    kinds = readings.vocabulary.words.kind[readings.words.values]
    asks |= flag(texts[readings.words.clauses[kinds == _WISH]], count)
    return (scores > _PRAISE) & ~asks & (steps(readings.folded.edges) - 1 <= _THANKS)


def _find_felt(readings: Readings, verdicts: Verdicts, said: Said, touchpoints: Touchpoints) -> Flags:
    """Return which texts are bad by learned weights and name the fault, without a word that wishes or asks."""
    count, hits = len(readings.given), readings.words
    is_bad: Flags = (
        (verdicts.scores <= _BAD) & (verdicts.rules.scores <= _CONTENT) & (verdicts.polarities != _NEUTRAL_LABEL)
    )
    if not np.count_nonzero(is_bad):
        return is_bad
    kinds = readings.vocabulary.words.kind[hits.values]
    is_calm = flag(readings.clauses.texts[hits.clauses[(kinds == _WISH) | (kinds == _UNTRIED)]], count)
    is_calm |= flag(said.demands.parts, count)
    is_calm |= flag(readings.clauses.texts[readings.clauses.is_question], count) & (verdicts.rules.scores > _NEGATIVE)
    names = flag(readings.clauses.texts[readings.cues.clauses], count)
    names |= flag(touchpoints.texts[touchpoints.labels == _NEGATIVE_LABEL], count)
    felt: Flags = is_bad & names & ~is_calm
    return felt


def _have_grievances(grievances: Columns, is_wishing: Flags, has_demands: Flags) -> Flags:
    """Return which bad texts have a grievance that is more than a wish or a polite request."""
    count = len(is_wishing)
    amounts = -sum_values(grievances.values, grievances.parts, count)
    limits = np.where(has_demands, _WITH_REQUEST, _ALONE)
    have: Flags = np.where(is_wishing, (amounts >= _WITH_WISH) | _are_harsh(grievances, count), amounts >= limits)
    return have


def _are_harsh(grievances: Columns, count: int) -> Flags:
    """Return which of so many texts have a grievance that is no suggestion, however it is wrapped."""
    return flag(grievances.parts[grievances.values <= _HARSH], count)


def _find_demands(readings: Readings, unasserted: Flags) -> Columns:
    """Return the demands and requests that are not denied, by text; they count whatever scorer is at work.

    Nothing is asked for in clauses that are `unasserted`.
    """
    hits, table = readings.words, readings.vocabulary.words
    at = table.demands[hits.values].nonzero()[0]
    at = at[~(find_denied(readings, at) | unasserted[hits.clauses[at]])]
    values, texts = hits.values[at], readings.clauses.texts[hits.clauses[at]]
    weights, rules, kinds = table.weight[values], table.demand_rules[values], table.kind[values]
    return Columns(texts, hits.starts[at], hits.ends[at], weights, rules, kinds)


def _find_said(readings: Readings, rules: Verdicts, insisted: Columns, unasserted: Flags) -> Said:
    """Return what is bad, the demands, and what is insisted on in texts that have no other demand."""
    demands, grievances = _find_demands(readings, unasserted), _find_grievances(rules.texts)
    insist = flag(demands.parts[demands.kinds == _DEMAND], len(readings.given))
    more = insisted.take((~insist[insisted.parts]).nonzero()[0])
    if not len(more.parts):
        return Said(demands, grievances, insist)
    insist[more.parts] = True
    return Said(Columns(*join_columns((demands, more))), grievances, insist)


def _find_grievances(said: Statements) -> Columns:
    """Return what is bad, and no demand, by text."""
    at = ((said.values < 0) & ~_ARE_DEMANDS[said.kinds]).nonzero()[0]
    return Columns(*pick((said.parts(), said.starts, said.ends, said.values, said.rules, said.kinds), at))


def _find_worst(grievances: Columns, count: int) -> Places:
    """Return the worst grievance of each of so many texts, of equals the first; -1 where there is none."""
    worst = np.full(count, -1)
    order = np.lexsort((grievances.starts, grievances.values, grievances.parts))[::-1]
    worst[grievances.parts[order]] = order
    return worst


def _renumber(columns: Columns, places: Places) -> Columns:
    """Return the statements about complaints, given about texts."""
    parts = places[columns.parts]
    return columns.about(parts).take((parts >= 0).nonzero()[0])


def _find_confidences(scores: Floats, demands: Columns, texts: Places) -> Floats:
    """Return how sure it is that the texts complain: 0.5 at the limit, more with negativity and demand."""
    strengths = (
        np.maximum(0.0, _NEGATIVE - scores[texts]) - sum_values(demands.values, demands.parts, len(scores))[texts]
    )
    return np.array([0.5 + 0.45 * (1.0 - math.exp(-2.0 * strength)) for strength in strengths.tolist()])


def _find_none_confidences(scores: Floats) -> Floats:
    """Return how sure it is that texts of these scores are no complaints."""
    return 0.5 + 0.45 * np.minimum(1.0, np.maximum(0.0, scores - _NEGATIVE))

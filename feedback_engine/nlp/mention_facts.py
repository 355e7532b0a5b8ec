"""What the judge of a touchpoint looks at: what is said of it, of the clause that names it, and of the text around."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from feedback_engine.lexicon.columns import Flags, Floats, Places, flag, number_first
from feedback_engine.nlp.facts import SaidByWeights
from feedback_engine.nlp.heard import UNHEARD
from feedback_engine.nlp.hints import Hints
from feedback_engine.nlp.judge import Judge, Subject
from feedback_engine.nlp.reading import Readings
from feedback_engine.nlp.sentiment import LexiconVerdicts, to_odds
from feedback_engine.nlp.silences import are_level


class MentionFacts(NamedTuple):
    """Figures about touchpoints, each named in one clause; in log odds where nothing else is said."""

    #: Good against bad by the clause's words and weights, and of all touchpoints of the text the worst and the best.
    own: Floats
    worst: Floats
    best: Floats
    #: How sure it is that it is named, and behind how many characters of its clause.
    named: Floats
    behind: Places
    #: How likely the text is bad, neutral, good, and both; good against bad by its weights, and by those that all
    #: domains share; that it is of two sides, that it is a complaint; its length in characters.
    bad: Floats
    neutral: Floats
    good: Floats
    mixed: Floats
    text: Floats
    shared: Floats
    both: Floats
    complaint: Floats
    size: Places
    #: Good against bad by the weights of the clause and of the next one, 0 where it was not weighed; its score by the
    #: rules.
    clause: Floats
    following: Floats
    rule: Floats
    #: Whether a word that is worth nothing either way stands in the clause (凑合), and a contrast word in the next one.
    is_level: Flags
    is_turned: Flags


#: All facts, in their order.
OF_MENTIONS = Subject("mentions.trees", 2, MentionFacts._fields)


class MentionJudge(NamedTuple):
    """Judges the touchpoints of a batch, by what is known of its texts and clauses."""

    judge: Judge
    readings: Readings
    rules: LexiconVerdicts
    hints: Hints | None
    #: How likely each text is each of POLARITIES, and what weights tell of it.
    chances: Floats
    weights: SaidByWeights
    #: The clauses that were weighed, and good against bad by their weights.
    weighed: Places
    odds: Floats

    def find_facts(self, clauses: Places, starts: Places, scores: Floats, sure: Floats) -> MentionFacts:
        """Return the facts about touchpoints that are named in these clauses, in their order, from `starts` on.

        `scores` is what their clauses say of them, `sure` how sure it is that they are named. The same in any batch.
        """
        texts, count = self.readings.clauses.texts[clauses], len(self.readings.clauses.starts)
        own = np.array([to_odds(score) for score in scores.tolist()])
        first, groups = number_first(texts)
        worst, best = (extreme.reduceat(own, first)[groups] for extreme in (np.minimum, np.maximum))
        bad, neutral, good, mixed = self.chances[texts].T
        odds, turns = np.zeros(count + 1), np.append(find_turns(self.readings), False)
        odds[self.weighed] = self.odds
        has_next = clauses + 1 < self.readings.clauses.first[texts + 1]
        return MentionFacts(
            own, worst, best,
            sure, starts - self.readings.clauses.starts[clauses],
            bad, neutral, good, mixed,
            self.weights.odds[texts], self.weights.shared[texts], self.weights.both[texts],
            find_complaint_odds(self.hints, texts),
            self.readings.sizes[texts],
            odds[clauses], odds[clauses + 1] * has_next, self.rules.clause_sides.scores[clauses],
            are_level(self.readings)[clauses], turns[clauses + 1] & has_next,
        )  # fmt: skip

    def weigh(self, facts: MentionFacts) -> Floats:
        """Return how likely each touchpoint is each of POLARITIES, shape (touchpoints, 4)."""
        return self.judge.weigh(facts)


def find_turns(readings: Readings) -> Flags:
    """Return in which clauses a contrast word stands (但是, 就是)."""
    hits = readings.words
    turning = hits.clauses[readings.vocabulary.words.is_contrast[hits.values]]
    return flag(turning, len(readings.clauses.starts))


def find_complaint_odds(hints: Hints | None, texts: Places) -> Floats:
    """Return the log odds by hints that these texts are complaints, `UNHEARD` where they say nothing."""
    if hints is None:
        return np.full(len(texts), UNHEARD)
    return np.where(hints.are_heard[texts], hints.complaint_odds[texts], UNHEARD)

"""What the judge of a touchpoint looks at: what is said of it, of the clause that names it, and of the text around."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from feedback_engine.lexicon.columns import Flags, Floats, Places, flag, number_first
from feedback_engine.nlp.facts import SaidByWeights
from feedback_engine.nlp.hints import Hints
from feedback_engine.nlp.judge import Judge, Subject
from feedback_engine.nlp.reading import Readings
from feedback_engine.nlp.sentiment import to_odds

#: What is said of the log odds of a complaint in a text that the weights for hints do not hear.
_UNHEARD = -9.0


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
OF_MENTIONS = Subject("mentions.trees", 1, MentionFacts._fields)


class MentionJudge(NamedTuple):
    """Judges the touchpoints of a batch, by what is known of its texts and clauses."""

    judge: Judge
    readings: Readings
    #: How likely each text is each of POLARITIES, what weights tell of it, and the log odds that it is a complaint.
    chances: Floats
    weights: SaidByWeights
    complaints: Floats
    #: Good against bad by the weights of each clause, 0 where it was not weighed, and its score by the rules.
    clauses: Floats
    rules: Floats
    #: In which clauses a word stands that is worth nothing either way, and in which a contrast word.
    levels: Flags
    turns: Flags

    def find_facts(self, clauses: Places, starts: Places, scores: Floats, sure: Floats) -> MentionFacts:
        """Return the facts about touchpoints that are named in these clauses, in their order, from `starts` on.

        `scores` is what their clauses say of them, `sure` how sure it is that they are named. The same in any batch.
        """
        texts = self.readings.clauses.texts[clauses]
        own = np.array([to_odds(score) for score in scores.tolist()])
        first, groups = number_first(texts)
        worst, best = (extreme.reduceat(own, first)[groups] for extreme in (np.minimum, np.maximum))
        bad, neutral, good, mixed = self.chances[texts].T
        has_next = clauses + 1 < self.readings.clauses.first[texts + 1]
        following, turned = (np.append(column, 0)[clauses + 1] * has_next for column in (self.clauses, self.turns))
        return MentionFacts(
            own, worst, best,
            sure, starts - self.readings.clauses.starts[clauses],
            bad, neutral, good, mixed,
            self.weights.odds[texts], self.weights.shared[texts], self.weights.both[texts], self.complaints[texts],
            self.readings.sizes[texts],
            self.clauses[clauses], following, self.rules[clauses], self.levels[clauses], turned,
        )  # fmt: skip

    def weigh(self, facts: MentionFacts) -> Floats:
        """Return how likely each touchpoint is each of POLARITIES, shape (touchpoints, 4)."""
        return self.judge.weigh(facts)


def place_clauses(count: int, numbers: Places, odds: Floats) -> Floats:
    """Return the log odds of all clauses: those of these numbers, 0 of the others."""
    placed = np.zeros(count)
    placed[numbers] = odds
    return placed


def find_turns(readings: Readings) -> Flags:
    """Return in which clauses a contrast word stands (但是, 就是)."""
    hits = readings.words
    turning = hits.clauses[readings.vocabulary.words.is_contrast[hits.values]]
    return flag(turning, len(readings.clauses.starts))


def find_complaint_odds(hints: Hints | None, count: int) -> Floats:
    """Return the log odds that each text is a complaint, a low figure where no weights tell."""
    return np.full(count, _UNHEARD) if hints is None else np.where(hints.are_heard, hints.complaint_odds, _UNHEARD)

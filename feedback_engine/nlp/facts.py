"""What the judge of a text looks at: what word lists and weights say of it, and how it is made."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from feedback_engine.lexicon.columns import Flags, Floats, Places, are_filled, flag, steps
from feedback_engine.nlp.assertions import find_asking
from feedback_engine.nlp.judge import Subject
from feedback_engine.nlp.reading import Readings
from feedback_engine.nlp.sentiment import LexiconVerdicts, sum_values
from feedback_engine.nlp.silences import find_demanding, find_untried
from feedback_engine.nlp.weighing import Weighings

#: So many opinions, negations and contrast words are counted, and so many characters and clauses.
_MOST, _LONGEST = 6, 400


class SaidByWords(NamedTuple):
    """What words, rules and the make of the texts of a batch tell, one figure a text."""

    #: The score by the rules, and the summed strengths of its two sides.
    rule: Floats
    praise: Floats
    blame: Floats
    #: What the first and the last opinion are worth, and all those with a structure.
    first: Floats
    last: Floats
    structured: Floats
    #: How many opinions there are, and the share of the text that they take up.
    opinions: Places
    cover: Floats
    #: Whether any has a structure, and whether contrast words have a part in any.
    has_structure: Flags
    is_turned: Flags
    contrasts: Floats
    negations: Floats
    #: The share of clauses with a question mark, of those that end like a question, and that tell nothing that is so.
    questions: Floats
    asking: Floats
    unasserted: Floats
    #: Whether the text asks for something, has nothing to tell of, or denies what is bad and finds nothing bad.
    is_demanding: Flags
    is_untried: Flags
    is_spared: Flags
    #: How long it is, and whether it is in Latin letters.
    size: Places
    clauses: Places
    is_latin: Flags


class SaidByWeights(NamedTuple):
    """What weights tell of the texts of a batch, one figure a text, in log odds where nothing else is said."""

    #: Good against bad: as its domain counts, by the weights that all domains share, and by those of remarks.
    odds: Floats
    shared: Floats
    remark: Floats
    #: By the weights for clauses in the text as a whole: each output, half of good against bad as far as they say
    #: either, and by how much they find it likelier neutral.
    bad: Floats
    neutral: Floats
    good: Floats
    side: Floats
    silence: Floats
    #: That it praises and blames at once.
    both: Floats
    #: The share of its n-grams that the weights do not know; how likely it is a remark, a review, a post.
    unknown: Floats
    remark_chance: Floats
    review_chance: Floats
    post_chance: Floats


#: All facts, in their order.
OF_TEXTS = Subject("judge.trees", 1, SaidByWords._fields + SaidByWeights._fields)


def find_said_by_words(readings: Readings, rules: LexiconVerdicts) -> SaidByWords:
    """Return what words, rules and their make tell of the texts; the same bits in any batch."""
    found, sides, clauses, count = rules.found, rules.text_sides, readings.clauses, len(readings.given)
    table, hits = readings.vocabulary.words, readings.words
    first, values, has_any = found.first_of_text, np.append(rules.values, 0.0), are_filled(found.first_of_text)
    words_of, parts = clauses.texts[hits.clauses], steps(clauses.first)
    of_all = 1.0 / np.maximum(parts, 1)
    return SaidByWords(
        sides.scores,
        sides.positive,
        sides.negative,
        np.where(has_any, values[first[:-1]], 0.0),
        np.where(has_any, values[first[1:] - 1], 0.0),
        sum_values(rules.values * found.has_structure, found.texts, count),
        np.minimum(steps(first), _MOST),
        sum_values(found.ends - found.starts, found.texts, count) / np.maximum(readings.sizes, 1),
        flag(found.texts[found.has_structure], count),
        flag(found.texts[rules.weighing.is_concerned[found.clauses]], count),
        np.minimum(sum_values(table.is_contrast[hits.values], words_of, count), _MOST),
        np.minimum(sum_values(table.negates_near[hits.values], words_of, count), _MOST),
        sum_values(clauses.is_question, clauses.texts, count) * of_all,
        sum_values(find_asking(readings), clauses.texts, count) * of_all,
        sum_values(found.unasserted, clauses.texts, count) * of_all,
        find_demanding(readings),
        find_untried(readings),
        rules.spared,
        np.minimum(readings.sizes, _LONGEST),
        np.minimum(parts, _LONGEST),
        readings.are_latin,
    )


def find_said_by_weights(weighed: Weighings, sides: Floats) -> SaidByWeights:
    """Return what weights tell of the texts; `sides` are the log odds that each praises and blames at once."""
    texts, wholes = weighed.texts, weighed.wholes
    return SaidByWeights(
        texts.odds,
        texts.shared,
        texts.remark,
        wholes.bad,
        wholes.neutral,
        wholes.good,
        wholes.odds,
        wholes.silences,
        sides,
        texts.unknown,
        texts.remark_chances,
        texts.review_chances,
        texts.post_chances,
    )

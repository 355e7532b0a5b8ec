"""What the judge of complaints looks at: what a text asks for and finds bad, how good it is, what weights feel."""

from __future__ import annotations

from typing import NamedTuple

from feedback_engine.lexicon.columns import Flags, Floats, Places
from feedback_engine.nlp.hints import Hints
from feedback_engine.nlp.judge import Judge, Subject
from feedback_engine.nlp.learned_details import OfKinds

LABELS = ("other", "complaint")
COMPLAINT = LABELS.index("complaint")


class ComplaintFacts(NamedTuple):
    """Figures about texts; in log odds by weights, `UNHEARD` where they say nothing, or as is said."""

    #: That it is a complaint by the hints of the pack, and of its likeliest type, if they know any.
    heard: Floats
    type: Floats
    #: How likely the text is bad, neutral, good, and both.
    bad: Floats
    neutral: Floats
    good: Floats
    mixed: Floats
    #: How strong by words what is good is, what is bad, and the worst.
    praise: Floats
    blame: Floats
    worst: Floats
    #: Whether rules call it a complaint; how often words ask for something; whether it is a question; whether it mostly
    #: tells what is only supposed or repeated, or denies what is bad.
    is_told: Flags
    demands: Places
    is_asking: Flags
    is_untold: Flags
    #: How many touchpoints are spoken ill and well of, and how many cues of types there are.
    blamed: Places
    praised: Places
    cues: Places
    #: In characters.
    size: Places
    #: The likeliest root, sign of urgency and demand, and none of them, by the weights for details.
    roots: Floats
    urgency: Floats
    asked: Floats
    none: Floats


#: All facts, in their order.
OF_COMPLAINTS = Subject("complaints.trees", 1, ComplaintFacts._fields, LABELS)


class ComplaintJudge(NamedTuple):
    """Judges which texts of a batch complain, by what is known of them."""

    judge: Judge
    hints: Hints
    details: OfKinds
    #: How likely each text is each of POLARITIES.
    chances: Floats

    def weigh(self, facts: ComplaintFacts) -> Floats:
        """Return how likely each text is a complaint."""
        chances: Floats = self.judge.weigh(facts)[:, COMPLAINT]
        return chances

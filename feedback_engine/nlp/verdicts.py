"""What any scorer says of a batch: what touchpoints and complaints are judged by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from feedback_engine.lexicon.columns import Flags, Floats
from feedback_engine.nlp.complaint_facts import ComplaintJudge
from feedback_engine.nlp.heads import PackLabels
from feedback_engine.nlp.hints import Hints
from feedback_engine.nlp.learned_details import DetailOdds
from feedback_engine.nlp.mention_facts import MentionJudge
from feedback_engine.nlp.statements import Judged, Statements


class Verdicts(Protocol):
    """What a scorer says of a batch."""

    @property
    def scores(self) -> Floats:
        """The score of each text, -1 to 1."""
        ...

    @property
    def polarities(self) -> NDArray[np.int64]:
        """The label of each text, by number in `POLARITIES`."""
        ...

    @property
    def confidences(self) -> Floats:
        """How sure the label of each text is, 0 to 1."""
        ...

    @property
    def texts(self) -> Statements:
        """What the score of each text is made of."""
        ...

    @property
    def clauses(self) -> Judged:
        """What is said of each clause by itself; where `readings.is_wanted` is False perhaps nothing."""
        ...

    @property
    def clause_labels(self) -> NDArray[np.int64]:
        """The labels of all clauses, by number."""
        ...

    @property
    def unasserted(self) -> Flags:
        """Which clauses tell nothing that has happened."""
        ...

    @property
    def spared(self) -> Flags:
        """Which texts find good, by a denial of what is bad, and nothing bad: 没有乱扣费."""
        ...

    @property
    def rules(self) -> Verdicts:
        """What the word lists alone say, where weights have a part in the above: complaints are known by it, too."""
        ...

    @property
    def labels(self) -> Sequence[PackLabels | None]:
        """What the pack's own learned weights say of touchpoints and complaint type, where it names any."""
        ...

    @property
    def hints(self) -> Hints | None:
        """What the pack's weights say of what is told without words for it, None where there are none."""
        ...

    @property
    def details(self) -> DetailOdds | None:
        """What weights tell of complaints beside their type, None where there are none."""
        ...

    @property
    def mentions(self) -> MentionJudge | None:
        """What judges the touchpoints of the texts by all that is known, None where their clauses alone do."""
        ...

    @property
    def complaints(self) -> ComplaintJudge | None:
        """What judges which texts complain, None where rules do."""
        ...

"""What the analyses around an index are made from: data of any period, answers as tables, and what is configured."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from feedback_engine.config.scoring import ScoringConfig
from feedback_engine.domain import Period
from feedback_engine.errors import ConfigError
from feedback_engine.scoring.data import ScoringData
from feedback_engine.scoring.frozen import FrozenWeights
from feedback_engine.scoring.model import IndexModel

if TYPE_CHECKING:
    import pandas as pd

    from feedback_engine.scoring.answers import Answers
    from feedback_engine.scoring.explain import Explanation
    from feedback_engine.scoring.samples import Floats

Periods = Sequence[Period | None]


@dataclass(frozen=True)
class Basis:
    """What the analyses are made from; `load` and `compute` give data and INDEX of any periods of the project."""

    model: IndexModel
    #: The model as the configuration declares it, before computed weights took the place of the declared ones.
    declared: IndexModel
    scoring: ScoringConfig
    period: Period | None
    by: str | None
    load: Callable[[Periods], ScoringData]
    compute: Callable[[Periods], pd.DataFrame]
    #: The months since the first data, oldest first, the last that of the period.
    months: Sequence[Period]
    explain: Callable[[str], Explanation]
    design: Callable[[], pd.DataFrame]
    text_shares: Callable[[], pd.DataFrame]
    frozen: FrozenWeights | None = None
    #: An earlier version of the model, to be set beside this one.
    earlier: IndexModel | None = None
    #: Attributes to compare segments by, where `by` is None.
    attributes: tuple[str, ...] = ()
    #: Code → words of touchpoints and questions.
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def least(self) -> float:
        """The base under which a figure is withheld."""
        return self.model.suppress_below

    @cached_property
    def data(self) -> ScoringData:
        """The data of the period."""
        return self.load([self.period])

    @cached_property
    def touchpoints(self) -> tuple[Answers, Floats]:
        """Respondents' touchpoint scores, and their overall satisfaction; ConfigError where either is missing."""
        from feedback_engine.scoring.answers import read_touchpoints

        item = self.scoring.weighting.overall_item
        if item is None:
            raise ConfigError(f"请在 scoring.weighting.overall_item 写明总体满意度题{self._suggest()}")
        if item not in set(self.data.ratings["indicator"]):
            raise ConfigError(f"scoring.weighting.overall_item {item!r} 在本期没有回答{self._suggest()}")
        answers, outcome = read_touchpoints(self.data, self.model, period=self.period, overall_item=item)
        if outcome is None or not len(answers.table.columns):
            raise ConfigError("没有一个触点有打分，无从寻找驱动因素")
        return answers, outcome

    @cached_property
    def questions(self) -> Answers:
        """The answers to every rated question, those of the model first."""
        from feedback_engine.scoring.answers import read_answers

        asked = set(self.data.ratings["indicator"])
        inside = [code for code in self.model.rating_codes if code in asked]
        codes = [*inside, *sorted(asked - set(inside))]
        return read_answers(self.data, codes, period=self.period, names=self.names)

    def _suggest(self) -> str:
        free = sorted(set(self.data.ratings["indicator"]) - set(self.model.rating_codes))
        return f"；不属于任何触点的打分题有 {'、'.join(free)}" if free else ""

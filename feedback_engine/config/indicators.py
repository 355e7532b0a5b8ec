"""The indicator system as a config.yaml declares it: touchpoints, their indicators, groups of indicators."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from feedback_engine.config.strict import Code, Strict, Weight, refuse_repeats


class ComplaintScaleConfig(Strict):
    """Which complaint rates per 1,000 count as 100 and as 0 when complaints are blended into a touchpoint."""

    best: Annotated[float, Field(ge=0)] = 0
    worst: Annotated[float, Field(gt=0)]

    @model_validator(mode="after")
    def _worst_is_more(self) -> Self:
        if self.worst <= self.best:
            raise ValueError(f"worst（{self.worst:g}）必须大于 best（{self.best:g}）")
        return self


class HoursConfig(Strict):
    """Hours that count as 100 (`target` or less) and as 0 (`worst` or more) when a case is replied to or closed."""

    target: Annotated[float, Field(ge=0)]
    worst: Annotated[float, Field(gt=0)]

    @model_validator(mode="after")
    def _worst_is_more(self) -> Self:
        if self.worst <= self.target:
            raise ValueError(f"worst（{self.worst:g}）必须大于 target（{self.target:g}）")
        return self


class IndicatorConfig(Strict):
    """One indicator of a touchpoint, or a group of indicators (`indicators`, to any depth).

    `from` says what it reads: a rating, the text sentiment, the complaint rate, or the hours until cases are replied to
    or closed.
    """

    model_config = ConfigDict(populate_by_name=True)

    code: Code
    name: str = ""
    weight: Weight | None = None
    reads: Literal["rating", "text", "complaints", "reply_hours", "handling_hours"] = Field("rating", alias="from")
    complaint_scale: ComplaintScaleConfig | None = None
    hours: HoursConfig | None = None
    #: Makes it a group: its score is the weighted mean of theirs, respondent by respondent.
    indicators: tuple[IndicatorConfig, ...] = ()

    @property
    def tree(self) -> tuple[IndicatorConfig, ...]:
        """The indicator itself, then everything under it."""
        return (self, *(each for member in self.indicators for each in member.tree))

    @model_validator(mode="after")
    def _group_holds_ratings(self) -> Self:
        if self.indicators and (self.reads != "rating" or any(i.reads != "rating" for i in self.indicators)):
            raise ValueError(
                f"指标组 {self.code} 只能由打分指标组成；from: text、complaints、*_hours 请直接写在触点的 indicators 下"
            )
        refuse_repeats("indicators", (indicator.code for indicator in self.indicators))
        return self

    @model_validator(mode="after")
    def _hours_have_a_target(self) -> Self:
        if self.reads.endswith("_hours") and self.hours is None:
            raise ValueError(
                f"from: {self.reads} 需要 hours: {{target: 24, worst: 72}}（多少小时以内算 100 分、以上算 0 分）"
            )
        return self

    @model_validator(mode="after")
    def _complaints_have_a_scale(self) -> Self:
        if self.reads == "complaints" and self.complaint_scale is None:
            raise ValueError(
                "from: complaints 需要 complaint_scale: {best: 0, worst: …}（每千条投诉数对应 100 与 0 分）"
            )
        return self


class TouchpointConfig(Strict):
    """A touchpoint: its indicators, and `labels`, the touchpoint codes of the pack whose texts belong to it."""

    code: Code
    name: str = ""
    weight: Weight | None = None
    indicators: tuple[IndicatorConfig, ...] = ()
    labels: tuple[Code, ...] | None = None

    @property
    def text_labels(self) -> tuple[str, ...]:
        """The pack's touchpoint codes that belong here; the touchpoint's own code unless declared."""
        return (self.code,) if self.labels is None else self.labels

    @property
    def tree(self) -> tuple[IndicatorConfig, ...]:
        """Every indicator at any depth, groups before their members."""
        return tuple(each for indicator in self.indicators for each in indicator.tree)

    @model_validator(mode="after")
    def _codes_are_unique(self) -> Self:
        refuse_repeats("indicators", (indicator.code for indicator in self.tree))
        return self

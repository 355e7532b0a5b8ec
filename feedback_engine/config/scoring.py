"""How figures are made, by the configuration: weights and what they need, changes, margins, the structural model."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BeforeValidator, Field, field_validator, model_validator

from feedback_engine.config.strict import Code, Share, Strict, Weight, check_period, refuse_repeats


def _parse_judgement(cell: Any) -> Any:
    """Return "1/3" as a number; what is no fraction is left for pydantic to refuse."""
    if isinstance(cell, str):
        try:
            return float(Fraction(cell.strip()))
        except (ValueError, ZeroDivisionError) as error:
            raise ValueError(f"判断值 {cell!r} 不是数；请写 3、1/3 或 null（没有比较）") from error
    return cell


Judgement = Annotated[float | None, BeforeValidator(_parse_judgement)]
JudgementMatrix = tuple[tuple[Judgement, ...], ...]


class JudgementConfig(Strict):
    """The pairwise judgements of one level: its `members` in the order of the rows, one matrix an expert."""

    members: tuple[Code, ...]
    matrices: Annotated[tuple[JudgementMatrix, ...], Field(min_length=1)]
    #: How much each expert counts; all alike by default.
    experts: tuple[Weight, ...] = ()

    @model_validator(mode="after")
    def _is_square(self) -> Self:
        refuse_repeats("members", self.members)
        size = len(self.members)
        for number, matrix in enumerate(self.matrices, start=1):
            if len(matrix) != size or any(len(row) != size for row in matrix):
                raise ValueError(f"第 {number} 个判断矩阵不是 {size}×{size}（members 有 {size} 个）")
        if self.experts and len(self.experts) != len(self.matrices):
            raise ValueError(f"experts 有 {len(self.experts)} 个，而判断矩阵有 {len(self.matrices)} 个；请一人一个")
        return self


class AhpConfig(Strict):
    """Judgements by level: `overall` for the touchpoints, a touchpoint's or group's code for what it consists of."""

    judgements: dict[str, JudgementConfig] = Field(default_factory=dict)
    ri: Literal["saaty1980", "saaty_later"] = "saaty1980"
    #: Highest consistency ratio (CR) that is accepted.
    max_ratio: Annotated[float, Field(gt=0, lt=1)] = 0.1


class DelphiLevelConfig(Strict):
    """The rounds of one level; a round is one line of importance ratings per expert, in the order of `members`."""

    members: tuple[Code, ...]
    rounds: Annotated[tuple[tuple[tuple[float, ...], ...], ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        for number, ratings in enumerate(self.rounds, start=1):
            if not ratings or any(len(row) != len(self.members) for row in ratings):
                raise ValueError(f"第 {number} 轮：每位专家要给 {len(self.members)} 个分（members 的个数）")
        return self


class CombineConfig(Strict):
    """Weights made of several methods' weights; `alpha` is the first one's part in a linear combination of two."""

    methods: Annotated[tuple[str, ...], Field(min_length=2)] = ("declared", "entropy")
    by: Literal["linear", "multiplicative", "game"] = "linear"
    alpha: Share = 0.5

    @model_validator(mode="after")
    def _names_methods(self) -> Self:
        for name in self.methods:
            if name not in WEIGHT_METHODS or name == "combine":
                raise ValueError(f"没有名为 {name!r} 的权重方法可以组合；可用：{'、'.join(WEIGHT_METHODS[:-1])}")
        if self.by == "multiplicative" and len(self.methods) != 2:
            raise ValueError(f"multiplicative 只组合两种方法，现有 {len(self.methods)} 种")
        return self


WeightMethod = Literal[
    "declared", "equal", "ahp", "delphi", "entropy", "critic", "variation", "pca",
    "lmg", "johnson", "pratt", "betas", "pls", "combine",
]  # fmt: skip
#: The names that `scoring.weights` may have; `combine` last.
WEIGHT_METHODS: tuple[str, ...] = get_args(WeightMethod)
#: What they are called.
METHOD_NAMES = {
    "declared": "配置声明",
    "equal": "等权",
    "ahp": "层次分析法",
    "delphi": "德尔菲法",
    "entropy": "熵权法",
    "critic": "CRITIC 法",
    "variation": "变异系数法",
    "pca": "主成分法",
    "lmg": "LMG 相对重要性",
    "johnson": "Johnson 相对权重",
    "pratt": "Pratt 指数",
    "betas": "标准化回归系数",
    "pls": "PLS 外部权重",
    "combine": "组合赋权",
}


class WeightingConfig(Strict):
    """What the methods of `scoring.weights` need beyond the indicators."""

    #: Period whose data the weights are computed from, once; `all`, or None = the first period that is scored.
    base_period: str | None = None
    #: Rating of overall satisfaction, for lmg, johnson, pratt, betas and pls. Not an indicator of a touchpoint.
    overall_item: Code | None = None
    #: Attribute whose values are the objects (branches, regions) for entropy, critic, variation and pca.
    objects: str | None = None
    #: Objects with fewer answers to any member of a level are left out of its table.
    min_object_base: Annotated[int, Field(ge=1)] = 10
    #: How entropy scales the columns: by their sums, or min-max first.
    normalise: Literal["ratio", "minmax"] = "ratio"
    min_base: Annotated[int, Field(ge=3)] = 100
    min_r_squared: Share = 0.2
    ahp: AhpConfig = AhpConfig()
    delphi: dict[str, DelphiLevelConfig] = Field(default_factory=dict)
    combine: CombineConfig = CombineConfig()

    @field_validator("base_period")
    @classmethod
    def _is_a_period(cls, value: str | None) -> str | None:
        return None if value is None else check_period(value, "all")


class ChangeConfig(Strict):
    """When a change is called notable: q < alpha over all tests of the report, and at least so many points."""

    alpha: Annotated[float, Field(gt=0, lt=1)] = 0.05
    min_effect: Annotated[float, Field(ge=0)] = 2.0


class ControlConfig(Strict):
    """Control charts over months: which months make the limits, and how many months are charted."""

    #: Periods whose months make the limits. Empty = the first `baseline_months` months with data before the period.
    baseline: tuple[str, ...] = ()
    baseline_months: Annotated[int, Field(ge=8)] = 20
    months: Annotated[int, Field(ge=8, le=240)] = 36

    @field_validator("baseline")
    @classmethod
    def _are_periods(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(check_period, value))


class MarginsConfig(Strict):
    """Known margins of the population (attribute → value → total or share) that respondent weights must meet."""

    margins: dict[str, dict[str, Annotated[float, Field(ge=0, allow_inf_nan=False)]]] = Field(default_factory=dict)
    #: Weights stay within [1/trim, trim] of their mean.
    trim: Annotated[float, Field(gt=1)] | None = 5.0


class StructuralConfig(Strict):
    """A structural model (PLS): blocks of rated indicators per latent, and the arrows of a preset or one's own."""

    blocks: dict[str, tuple[Code, ...]] = Field(default_factory=dict)
    preset: Literal["acsi", "ecsi", "ccsi_style"] | None = None
    paths: tuple[tuple[str, str], ...] = ()
    #: The latent whose index is the satisfaction index.
    satisfaction: str = "Satisfaction"
    scheme: Literal["centroid", "factorial", "path"] = "path"
    modes: dict[str, Literal["A", "B"]] = Field(default_factory=dict)
    bootstrap: Annotated[int, Field(ge=0, le=10_000)] = 0
    seed: int = 0

    @model_validator(mode="after")
    def _has_arrows(self) -> Self:
        if self.blocks and (self.preset is None) == (not self.paths):
            raise ValueError("scoring.structural：preset（acsi、ecsi、ccsi_style）与 paths 请写其中一个")
        return self


class GapConfig(Strict):
    """An expectation and the experience that answers it: two rated questions, on scales of the same direction."""

    expectation: Code
    experience: Code
    name: str = ""
    dimension: str = ""


class KanoConfig(Strict):
    """A Kano attribute: the question if it were there, and the question if it were not; `like` codes "like"."""

    functional: Code
    dysfunctional: Code
    name: str = ""
    like: Literal[1, 5] = 1


class DriversConfig(Strict):
    """How drivers of overall satisfaction are looked for."""

    #: More incomplete answers than this are imputed `imputations` times instead of dropped.
    max_listwise: Share = 0.05
    imputations: Annotated[int, Field(ge=2, le=100)] = 20
    bootstrap: Annotated[int, Field(ge=20, le=10_000)] = 1000
    seed: int = 0


class ComplaintErrorsConfig(Strict):
    """How well complaints are told from other texts, by texts labelled by hand: no model card says it."""

    #: Share of the labelled complaints that were found, and of the other texts that were left alone.
    sensitivity: Share
    specificity: Share
    #: How many texts of each were labelled; null = taken as exact.
    complaints: Annotated[int, Field(ge=1)] | None = None
    others: Annotated[int, Field(ge=1)] | None = None


class ScoringConfig(Strict):
    """How figures are made and when they are withheld."""

    weights: WeightMethod = "declared"
    weighting: WeightingConfig = WeightingConfig()
    change: ChangeConfig = ChangeConfig()
    control: ControlConfig = ControlConfig()
    population: MarginsConfig = MarginsConfig()
    structural: StructuralConfig = StructuralConfig()
    drivers: DriversConfig = DriversConfig()
    gaps: tuple[GapConfig, ...] = ()
    kano: tuple[KanoConfig, ...] = ()
    min_answered: Share = 0.5
    min_coverage: Share = 0.8
    suppress_below: Annotated[int, Field(ge=1)] = 10
    flag_below: Annotated[int, Field(ge=1)] = 30
    confidence: Annotated[float, Field(gt=0, lt=1)] = 0.95
    #: Lowest item score that counts as satisfied (满意率): 75 = the top two boxes of a 5-point scale.
    satisfied_from: Annotated[float, Field(ge=0, le=100)] = 75
    #: Rating of how likely customers are to recommend, on 0-10: its net promoter score (NPS) stands beside the index.
    recommend_item: Code | None = None
    #: Customers or transactions behind the complaints, by period label; else complaints are counted per 1,000 records.
    exposure: dict[str, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    complaint_errors: ComplaintErrorsConfig | None = None

    @field_validator("exposure")
    @classmethod
    def _are_of_periods(cls, value: dict[str, float]) -> dict[str, float]:
        for label in value:
            check_period(label.split("/")[0], "all")
        return value

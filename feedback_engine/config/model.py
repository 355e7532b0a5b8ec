"""What a config.yaml may say. Frozen; unknown keys are refused; Chinese messages for what people get wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from feedback_engine.config.indicators import IndicatorConfig as IndicatorConfig
from feedback_engine.config.indicators import TouchpointConfig as TouchpointConfig
from feedback_engine.config.origin import Origin
from feedback_engine.config.scoring import ScoringConfig as ScoringConfig
from feedback_engine.config.strict import Code, Share, Strict, check_period, refuse_repeats
from feedback_engine.config.tagging import PACK, PROCESSES, SCORER, TaggingSettings
from feedback_engine.domain import RECOMMEND_SCALE, AnswerState, IdPolicy, QualityRule, Scale, SourceKind


class ScaleConfig(Strict):
    """A closed question's declared scale; `labels` from the lowest rating to the highest, or label → rating."""

    min: Annotated[float, Field(allow_inf_nan=False)]
    max: Annotated[float, Field(allow_inf_nan=False)]
    reversed: bool = False
    labels: tuple[str, ...] | dict[str, float] = ()

    @model_validator(mode="after")
    def _has_width(self) -> Self:
        if self.max <= self.min:
            raise ValueError(f"max（{self.max:g}）必须大于 min（{self.min:g}）；反向题请写 reversed: true")
        steps = self.max - self.min + 1
        if isinstance(self.labels, tuple) and self.labels and len(self.labels) != steps:
            raise ValueError(
                f"labels 有 {len(self.labels)} 个，而 {self.min:g} 到 {self.max:g} 有 {steps:g} 级；请一级一个"
            )
        if any(not self.min <= rating <= self.max for rating in self.label_ratings.values()):
            raise ValueError("labels 里有超出 min 与 max 的分值")
        return self

    @property
    def label_ratings(self) -> dict[str, float]:
        """Label → rating."""
        if isinstance(self.labels, dict):
            return self.labels
        return {label: self.min + step for step, label in enumerate(self.labels)}

    @property
    def scale(self) -> Scale:
        """The scale as the domain knows it."""
        return Scale(self.min, self.max, self.reversed)


class RatingConfig(Strict):
    """A closed question: the column that holds it, the indicator it measures, its scale."""

    column: str
    indicator: Code
    scale: ScaleConfig


class TextConfig(Strict):
    """An open question of a questionnaire: its column and the code under which its texts are kept."""

    column: str
    role: Code


#: The fields of `columns`, by kind of source: required first, then optional.
COLUMNS: dict[SourceKind, tuple[tuple[str, ...], tuple[str, ...]]] = {
    SourceKind.QUESTIONNAIRE: ((), ("id", "customer_id", "received_at", "channel", "weight")),
    SourceKind.COMPLAINTS: (
        ("text",),
        (
            "id",
            "title",
            "customer_id",
            "channel",
            "opened_at",
            "replied_at",
            "closed_at",
            "department",
            "status",
            "stated_type",
        ),
    ),
    SourceKind.REVIEWS: (("text",), ("id", "title", "author", "received_at", "channel", "target", "likes", "weight")),
}


class MappingConfig(Strict):
    """How the columns of a file become fields. A mapping file holds just this, and the `kind` of source."""

    kind: SourceKind | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    ratings: tuple[RatingConfig, ...] = ()
    texts: tuple[TextConfig, ...] = ()
    #: Columns kept as they stand, to segment by and to show: their headings, or a name of one's own → heading, so that
    #: one attribute can have the same name in every source.
    attributes: tuple[str, ...] | dict[str, str] = ()
    missing: dict[str, AnswerState] = Field(default_factory=dict)
    #: Attributes that change without the feedback changing (counts of likes, the crawler's keyword): a row that
    #: differs in nothing else is a repeat, not a correction.
    volatile: tuple[str, ...] = ()

    @property
    def named_columns(self) -> tuple[str, ...]:
        """The headings that the mapping names; columns given by number are none."""
        texts = (*(rating.column for rating in self.ratings), *(text.column for text in self.texts))
        every = (*self.columns.values(), *texts, *(column for _, column in self.named_attributes))
        return tuple(dict.fromkeys(column for column in every if not column.startswith("#")))

    @property
    def named_attributes(self) -> tuple[tuple[str, str], ...]:
        """(name, column) of each attribute; an empty name stands for the column's heading."""
        if isinstance(self.attributes, dict):
            return tuple(self.attributes.items())
        return tuple(("", column) for column in self.attributes)

    @model_validator(mode="after")
    def _volatile_are_attributes(self) -> Self:
        unknown = [name for name in self.volatile if name not in (*self.attributes, "likes", "target")]
        if unknown:
            raise ValueError(
                f"volatile 里的 {'、'.join(unknown)} 不在 attributes 里；volatile 只能列 attributes 中的列"
            )
        return self

    @model_validator(mode="after")
    def _codes_are_unique(self) -> Self:
        refuse_repeats("indicator", (rating.indicator for rating in self.ratings))
        refuse_repeats("role", (text.role for text in self.texts))
        return self

    def problems_for(self, kind: SourceKind) -> list[str]:
        """Return what is wrong with this mapping for a source of that kind."""
        required, optional = COLUMNS[kind]
        unknown = [name for name in self.columns if name not in required + optional]
        problems = [
            f"columns 里没有 {name!r} 这个字段；{kind} 可用：{'、'.join(required + optional)}" for name in unknown
        ]
        problems += [f"columns 缺少 {name!r}（{kind} 必需）" for name in required if name not in self.columns]
        if kind is SourceKind.QUESTIONNAIRE and not self.ratings and not self.texts:
            problems.append("问卷至少要有一个 ratings（打分题）或 texts（开放题）")
        if kind is not SourceKind.QUESTIONNAIRE and self.texts:
            problems.append("texts 只用于问卷；这里请用 columns.text")
        return problems


class SourceConfig(Strict):
    """One source of feedback: files of one shape."""

    name: Code
    #: Needed with a mapping; platforms that are recognised bring their own.
    kind: SourceKind | None = None
    path: str | tuple[str, ...]
    #: Name of the platform that wrote the files; None = generic with a mapping, recognised by the file without one.
    format: str | None = None
    mapping: MappingConfig = MappingConfig()
    #: A file that holds the mapping instead.
    mapping_file: str | None = None
    pack: str | None = None
    channel: str = ""
    #: The date to give rows whose file has no date column.
    received_on: date | None = None
    encoding: str | None = None
    sheet: str | None = None
    #: Row that holds the headings, 1 = the first line.
    header_row: Annotated[int, Field(ge=1, le=100)] = 1
    #: How a 问卷星 file was exported, where the file does not tell: 按文本, 按序号 or 按分数.
    mode: Literal["text", "number", "score"] | None = None
    #: The same survey exported as text, from which an export by number takes its labels; from the file's folder.
    twin: str | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths or glob patterns, as written."""
        return (self.path,) if isinstance(self.path, str) else self.path

    @property
    def is_generic(self) -> bool:
        """Whether the files are read by a mapping alone, not as a platform's."""
        return self.format == "generic" or (self.format is None and self.mapping != MappingConfig())

    @model_validator(mode="after")
    def _mapping_fits(self) -> Self:
        has_file = self.mapping_file is not None
        if has_file and self.mapping != MappingConfig():
            raise ValueError("mapping 与 mapping_file 只能写一个")
        if self.kind is None and (has_file or self.is_generic):
            raise ValueError("请写明 kind：questionnaire、complaints 或 reviews")
        if self.kind and self.is_generic and not has_file and (problems := self.mapping.problems_for(self.kind)):
            raise ValueError("；".join(problems))
        return self


class AttentionConfig(Strict):
    """An attention check: the attribute that holds the answer, and the answer that was asked for."""

    attribute: str
    answer: str


class QualityConfig(Strict):
    """Which survey answers are flagged, and which flags cost a respondent the place in the index (none by default)."""

    #: Attribute that holds the time taken, in seconds.
    duration_attribute: str = "duration_seconds"
    #: Faster than this share of the median time of the source is a speeder.
    speeder_share: Annotated[float, Field(gt=0, lt=1)] = 1 / 3
    #: The same rating on at least this many items, and on all that were answered, is straight-lining.
    straight_line_items: Annotated[int, Field(ge=3)] = 5
    attention: tuple[AttentionConfig, ...] = ()
    exclude: tuple[QualityRule, ...] = ()


class TaggingConfig(Strict):
    """How texts are tagged."""

    scorer: str = SCORER
    processes: Annotated[int, Field(ge=1, le=64)] = PROCESSES


class ReportConfig(Strict):
    """The report: where it goes, and which period it shows (`latest` = the newest month with data)."""

    path: str = "out/report.xlsx"
    title: str = "客户满意度报告"
    period: str = "latest"
    #: Attributes, `channel` or `source`, that the segments are compared by.
    segment_by: str | tuple[str, ...] | None = None
    #: Statements of growth to be checked against the figures that stand in them.
    claims: tuple[str, ...] = ()
    #: An earlier config.yaml, whose indicator system is set beside this one.
    compare_model: str | None = None

    @property
    def attributes(self) -> tuple[str, ...]:
        """The attributes of `segment_by`."""
        if isinstance(self.segment_by, str):
            return (self.segment_by,)
        return self.segment_by or ()

    @field_validator("period")
    @classmethod
    def _is_a_period(cls, value: str) -> str:
        return check_period(value, "latest", "all")


class ProjectConfig(Strict):
    """Name, time zone and industry of the project."""

    name: str = "未命名项目"
    timezone: str = "Asia/Shanghai"
    pack: str = PACK

    @field_validator("timezone")
    @classmethod
    def _exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:  # zoneinfo raises several kinds for a bad key
            raise ValueError(f"时区 {value!r} 不存在；例如 Asia/Shanghai") from error
        return value


class StoreConfig(Strict):
    """The database, as an SQLAlchemy URL; a relative SQLite path counts from the config file."""

    url: str = "sqlite:///out/feedback.db"


class PrivacyConfig(Strict):
    """What becomes of personal data before anything is stored."""

    #: Telephones, identity and bank cards, e-mail, plates, addresses … are masked in texts, attributes and rejects.
    mask: bool = True
    customer_id: IdPolicy = IdPolicy.KEEP
    respondent_id: IdPolicy = IdPolicy.KEEP
    #: The key of hashed identifiers; made on first use if it is missing. $FEEDBACK_ENGINE_KEY goes before it.
    key_file: str = "out/privacy.key"


class ImportConfig(Strict):
    """How imports behave."""

    #: Share of rejected rows above which `import` and `run` end with exit code 3.
    max_reject_share: Share = 0.05
    batch_rows: Annotated[int, Field(ge=1, le=100_000)] = 10_000


class Config(Strict):
    """A whole project."""

    project: ProjectConfig = ProjectConfig()
    store: StoreConfig = StoreConfig()
    lexicons: str | None = None
    sources: tuple[SourceConfig, ...] = ()
    imports: ImportConfig = ImportConfig()
    privacy: PrivacyConfig = PrivacyConfig()
    tagging: TaggingConfig = TaggingConfig()
    touchpoints: tuple[TouchpointConfig, ...] = ()
    scoring: ScoringConfig = ScoringConfig()
    quality: QualityConfig = QualityConfig()
    report: ReportConfig = ReportConfig()
    #: Folder that relative paths count from: that of the config file.
    base: Path = Field(default_factory=Path.cwd, exclude=True)
    #: The file that it was read from.
    origin: Origin = Field(default=Origin(), exclude=True)

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        refuse_repeats("sources", (source.name for source in self.sources))
        refuse_repeats("touchpoints", (touchpoint.code for touchpoint in self.touchpoints))
        rated = (i.code for t in self.touchpoints for i in t.tree if i.reads == "rating")
        refuse_repeats("touchpoints 的打分指标", rated)
        labels = (label for t in self.touchpoints for label in t.text_labels)
        refuse_repeats("touchpoints 的文本标签", labels)
        if self.scoring.weights != "equal":
            self._refuse_half_declared()
        self._refuse_overall_inside()
        self._refuse_other_than_eleven_points()
        return self

    def _refuse_other_than_eleven_points(self) -> None:
        item = self.scoring.recommend_item
        for source in self.sources:
            for rating in source.mapping.ratings:
                if rating.indicator == item and (rating.scale.min, rating.scale.max) != RECOMMEND_SCALE:
                    raise ValueError(
                        f"scoring.recommend_item {item!r} 在来源 {source.name} 里的量表为 {rating.scale.min:g}–"
                        f"{rating.scale.max:g}；NPS 只认 0–10 分的题"
                    )

    def _refuse_overall_inside(self) -> None:
        item = self.scoring.weighting.overall_item
        for touchpoint in self.touchpoints:
            if any(item == indicator.code for indicator in touchpoint.tree):
                raise ValueError(
                    f"scoring.weighting.overall_item {item!r} 同时是触点 {touchpoint.code} 的指标；"
                    "总体满意度不能既是结果又是原因，请从触点里去掉"
                )

    def _refuse_half_declared(self) -> None:
        levels: list[tuple[str, list[float | None]]] = [("touchpoints", [t.weight for t in self.touchpoints])]
        levels += [
            (f"触点 {t.code} 的指标", [i.weight for i in t.indicators if i.reads == "rating"]) for t in self.touchpoints
        ]
        levels += [
            (f"指标组 {group.code}", [i.weight for i in group.indicators])
            for t in self.touchpoints
            for group in t.tree
            if group.indicators
        ]
        for place, weights in levels:
            if None in weights and any(weight is not None for weight in weights):
                raise ValueError(f"{place}：有的写了 weight，有的没写；请都写、都不写，或设 scoring.weights: equal")
            if weights and None not in weights and sum(weight or 0 for weight in weights) <= 0:
                raise ValueError(f"{place}：权重之和为 0")

    @property
    def tagging_settings(self) -> TaggingSettings:
        """What tagging goes by."""
        folder = self.resolve(self.lexicons) if self.lexicons else None
        return TaggingSettings(self.project.pack, self.tagging.scorer, self.tagging.processes, folder)

    def resolve(self, path: str) -> Path:
        """Return the path, counted from the config file's folder if it is relative."""
        return self.base / Path(path).expanduser()

"""The indicator system as it is scored: which touchpoints there are, what they read, how much each counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum

from feedback_engine.config.indicators import IndicatorConfig, TouchpointConfig
from feedback_engine.config.model import Config
from feedback_engine.config.scoring import ScoringConfig
from feedback_engine.domain import OVERALL
from feedback_engine.errors import ConfigError
from feedback_engine.scoring.samples import TOLERANCE

RATING, GROUP, TEXT, COMPLAINTS = "rating", "group", "text", "complaints"
REPLY_HOURS, HANDLING_HOURS = "reply_hours", "handling_hours"
#: What has a score respondent by respondent: a rating, or a group of ratings.
RATED = (RATING, GROUP)
#: What reads the times of complaint cases.
HOURS = (REPLY_HOURS, HANDLING_HOURS)
DECLARED, EQUAL = "declared", "equal"

_DEFAULT_NAMES = {
    TEXT: "文本情感指数",
    COMPLAINTS: "投诉率",
    REPLY_HOURS: "首次回复时长",
    HANDLING_HOURS: "办结时长",
}


@dataclass(frozen=True, slots=True)
class ComplaintScale:
    """The complaint rates per 1,000 that count as 100 (`best`) and as 0 (`worst`)."""

    best: float
    worst: float

    def score(self, rate: float) -> float:
        """Return the rate on 0-100: 100 (worst - rate) / (worst - best), cut off at both ends."""
        return min(100.0, max(0.0, 100.0 * (self.worst - rate) / (self.worst - self.best)))

    @property
    def slope(self) -> float:
        """Points on 0-100 per complaint in 1,000."""
        return -100.0 / (self.worst - self.best)


@dataclass(frozen=True, slots=True)
class HoursScale:
    """The hours that count as 100 (`target` and less) and as 0 (`worst` and more)."""

    target: float
    worst: float


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator of a touchpoint; `weight` is its share in the level above, 0 = shown beside, not blended in.

    A group's `members` are the indicators whose weighted mean, respondent by respondent, is its score.
    """

    code: str
    name: str
    reads: str
    weight: float
    equal_weight: float
    method: str
    complaint_scale: ComplaintScale | None = None
    hours_scale: HoursScale | None = None
    members: tuple[Indicator, ...] = ()

    @property
    def tree(self) -> tuple[Indicator, ...]:
        """The indicator itself, then everything under it."""
        return (self, *(each for member in self.members for each in member.tree))


@dataclass(frozen=True, slots=True)
class Touchpoint:
    """A touchpoint; `weight` is its share in the overall index, `labels` the text labels that belong to it."""

    code: str
    name: str
    weight: float
    equal_weight: float
    method: str
    indicators: tuple[Indicator, ...]
    labels: tuple[str, ...]

    @property
    def rated(self) -> tuple[Indicator, ...]:
        """What a respondent's own score is made of: the ratings and groups of ratings directly below."""
        return tuple(indicator for indicator in self.indicators if indicator.reads in RATED)

    @property
    def tree(self) -> tuple[Indicator, ...]:
        """Every indicator at any depth, groups before their members."""
        return tuple(each for indicator in self.indicators for each in indicator.tree)

    @property
    def questions(self) -> tuple[Indicator, ...]:
        """The indicators at any depth that read a rating."""
        return tuple(indicator for indicator in self.tree if indicator.reads == RATING)

    @property
    def is_alike(self) -> bool:
        """Whether everything in it counts alike already."""
        return all(abs(indicator.weight - indicator.equal_weight) <= TOLERANCE for indicator in self.tree)

    @property
    def blended(self) -> tuple[Indicator, ...]:
        """The text, complaint and operational indicators that a declared weight blends into the score."""
        return tuple(i for i in self.indicators if i.reads not in RATED and i.weight > 0)

    @property
    def is_scored(self) -> bool:
        """Whether the touchpoint has, or owes, a score on 0-100 beside its text figures."""
        return bool(self.rated or self.blended) or self.weight > 0 or not self.labels


@dataclass(frozen=True, slots=True)
class IndexModel:
    """Everything that turns data into the INDEX; the thresholds are those of `ScoringConfig`."""

    touchpoints: tuple[Touchpoint, ...]
    min_answered: float
    min_coverage: float
    suppress_below: float
    flag_below: float
    confidence: float
    satisfied_from: float
    exposure: Mapping[str, float]
    #: The rating that the net promoter score is made of.
    recommend_item: str | None = None

    @property
    def is_alike(self) -> bool:
        """Whether all that counts counts alike."""
        return all(t.is_alike and abs(t.weight - t.equal_weight) <= TOLERANCE for t in self.touchpoints)

    @property
    def rating_codes(self) -> tuple[str, ...]:
        """The codes of all indicators that read a rating, in the order of the model."""
        return tuple(indicator.code for touchpoint in self.touchpoints for indicator in touchpoint.questions)

    @property
    def asked_codes(self) -> tuple[str, ...]:
        """The same with the question of recommending, if there is one."""
        return tuple(dict.fromkeys((*self.rating_codes, *filter(None, [self.recommend_item]))))

    @property
    def label_positions(self) -> dict[str, int]:
        """Text label → position of its touchpoint."""
        return {label: place for place, touchpoint in enumerate(self.touchpoints) for label in touchpoint.labels}


def build_model(
    config: Config,
    pack_touchpoints: Mapping[str, str],
    indicators: Mapping[str, str] | None = None,
    *,
    labels: Collection[str] | None = None,
) -> IndexModel:
    """Return the model that the configuration declares; names default to the pack's (code → name), then to the code.

    Without declared touchpoints every rating indicator of the sources' mappings, and of `indicators` (code → name; what
    the data hold beyond the mappings, as with detected platforms), is a touchpoint of its own of equal weight, and
    every touchpoint of the pack is shown as a text touchpoint.

    Of the text labels those in `labels` count, None = all: a touchpoint without any has no figures of texts.

    Weights are normalised within their level. A touchpoint with neither ratings nor a blended indicator counts only if
    it declares a weight. A text or complaint indicator counts only if it declares a weight; where the ratings beside it
    declare none they share the rest (1 - its weight) equally. `weights: equal` makes all that count count alike.
    Weights of any other method take the place of the declared ones once they are frozen (`scoring.frozen`).
    Raises ConfigError for a code that is reserved and for weights that leave the ratings nothing.
    """
    mapped = _headings(config)
    headings = {**mapped, **{code: name for code, name in (indicators or {}).items() if code not in mapped}}
    declared = config.touchpoints or _default_touchpoints(headings, pack_touchpoints)
    _refuse_reserved(declared)
    scoring = config.scoring
    built = [_indicators(touchpoint, headings, scoring) for touchpoint in declared]
    shares = _touchpoint_shares(declared, [any(i.weight > 0 for i in own) for own in built], scoring)
    heard = [tuple(each for each in t.text_labels if labels is None or each in labels) for t in declared]
    touchpoints = (
        Touchpoint(t.code, t.name or pack_touchpoints.get(t.code, t.code), *share, own, texts)
        for t, own, share, texts in zip(declared, built, shares, heard, strict=True)
    )
    return IndexModel(
        touchpoints=tuple(touchpoints),
        min_answered=scoring.min_answered,
        min_coverage=scoring.min_coverage,
        suppress_below=scoring.suppress_below,
        flag_below=scoring.flag_below,
        confidence=scoring.confidence,
        satisfied_from=scoring.satisfied_from,
        exposure=dict(scoring.exposure),
        recommend_item=scoring.recommend_item,
    )


def equalise(model: IndexModel) -> IndexModel:
    """Return the model under which everything that counts counts alike."""

    def level(indicator: Indicator) -> Indicator:
        return replace(indicator, weight=indicator.equal_weight, members=tuple(map(level, indicator.members)))

    def alike(touchpoint: Touchpoint) -> Touchpoint:
        return replace(touchpoint, weight=touchpoint.equal_weight, indicators=tuple(map(level, touchpoint.indicators)))

    return replace(model, touchpoints=tuple(map(alike, model.touchpoints)))


def _headings(config: Config) -> dict[str, str]:
    """Return indicator code → column heading; where sources differ, the first one's."""
    headings: dict[str, str] = {}
    for rating in (rating for source in config.sources for rating in source.mapping.ratings):
        headings.setdefault(rating.indicator, rating.column)
    return headings


def _default_touchpoints(rated: Mapping[str, str], pack: Mapping[str, str]) -> tuple[TouchpointConfig, ...]:
    own = [TouchpointConfig(code=code, name=name, indicators=(_rating(code),)) for code, name in rated.items()]
    return (*own, *(TouchpointConfig(code=code, name=name) for code, name in pack.items() if code not in rated))


def _rating(code: str) -> IndicatorConfig:
    return IndicatorConfig.model_validate({"code": code})


def _refuse_reserved(touchpoints: Sequence[TouchpointConfig]) -> None:
    for touchpoint in touchpoints:
        if OVERALL in (touchpoint.code, *(indicator.code for indicator in touchpoint.tree)):
            raise ConfigError(
                f"触点 {touchpoint.code}：代码 {OVERALL!r} 留给总指数；请换一个代码，如 overall_satisfaction"
            )


def _indicators(
    touchpoint: TouchpointConfig, headings: Mapping[str, str], scoring: ScoringConfig
) -> tuple[Indicator, ...]:
    return _level(touchpoint.indicators, f"触点 {touchpoint.code}", headings, scoring)


def _level(
    declared: Sequence[IndicatorConfig], place: str, headings: Mapping[str, str], scoring: ScoringConfig
) -> tuple[Indicator, ...]:
    raw = _raw_weights(declared, place, scoring)
    counts = [1.0 if i.reads == RATING or weight > 0 else 0.0 for i, weight in zip(declared, raw, strict=True)]
    shares = zip(_normalise(raw), _normalise(counts), strict=True)
    return tuple(_indicator(i, *share, headings, scoring) for i, share in zip(declared, shares, strict=True))


def _indicator(
    declared: IndicatorConfig, weight: float, equal: float, headings: Mapping[str, str], scoring: ScoringConfig
) -> Indicator:
    reads = GROUP if declared.indicators else declared.reads
    default = headings.get(declared.code, declared.code) if reads in RATED else _DEFAULT_NAMES[reads]
    scale, hours = declared.complaint_scale, declared.hours
    return Indicator(
        code=declared.code,
        name=declared.name or default,
        reads=reads,
        weight=weight,
        equal_weight=equal,
        method=DECLARED if scoring.weights != EQUAL and declared.weight is not None else EQUAL,
        complaint_scale=ComplaintScale(scale.best, scale.worst) if scale else None,
        hours_scale=HoursScale(hours.target, hours.worst) if hours else None,
        members=_level(declared.indicators, f"指标组 {declared.code}", headings, scoring),
    )


def _raw_weights(indicators: Sequence[IndicatorConfig], place: str, scoring: ScoringConfig) -> list[float]:
    """Return one weight an indicator, not yet normalised."""
    if scoring.weights == EQUAL:
        return [1.0 if i.reads == RATING or i.weight else 0.0 for i in indicators]
    undeclared = sum(i.reads == RATING and i.weight is None for i in indicators)
    if not undeclared:
        return [i.weight or 0.0 for i in indicators]
    rest = 1.0 - fsum(i.weight or 0.0 for i in indicators)
    if rest <= 0:
        raise ConfigError(
            f"{place}：文本与投诉指标的权重之和为 {1 - rest:g}，打分指标没有写 weight，分不到权重；"
            "请给打分指标写上 weight，或把文本与投诉的权重改到 1 以下"
        )
    return [rest / undeclared if i.reads == RATING else i.weight or 0.0 for i in indicators]


def _touchpoint_shares(
    touchpoints: Sequence[TouchpointConfig], counted: Sequence[bool], scoring: ScoringConfig
) -> list[tuple[float, float, str]]:
    """Return weight, equal weight and method of each touchpoint."""
    is_declared = scoring.weights != EQUAL and any(t.weight is not None for t in touchpoints)
    raw = [t.weight or 0.0 for t in touchpoints] if is_declared else [float(c) for c in counted]
    alike = [float(c or weight > 0) for c, weight in zip(counted, raw, strict=True)]
    if not any(raw):  # nothing can be scored: texts only
        raw = alike = [1.0] * len(touchpoints)
    method = DECLARED if is_declared else EQUAL
    return [(weight, equal, method) for weight, equal in zip(_normalise(raw), _normalise(alike), strict=True)]


def _normalise(raw: Sequence[float]) -> list[float]:
    total = fsum(raw)
    return [weight / total for weight in raw] if total > 0 else [0.0] * len(raw)

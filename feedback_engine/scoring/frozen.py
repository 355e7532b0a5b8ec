"""Weights computed once, from the data of a base period, and kept: so that a change of the index is one of scores."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from feedback_engine.config.scoring import ScoringConfig
from feedback_engine.domain import OVERALL, Period
from feedback_engine.errors import ConfigError, StatisticsError
from feedback_engine.scoring.answers import find_concerned
from feedback_engine.scoring.data import ScoringData
from feedback_engine.scoring.derived import IMPUTED
from feedback_engine.scoring.items import score_items
from feedback_engine.scoring.leveltables import LevelTable, cut, find_skipped, tabulate, tabulate_objects
from feedback_engine.scoring.measurement import average_members
from feedback_engine.scoring.model import DECLARED, EQUAL, GROUP, RATED, IndexModel, Indicator, Touchpoint
from feedback_engine.scoring.records import ALL, Records, build_records
from feedback_engine.scoring.samples import Ints, Sample
from feedback_engine.scoring.weighing import Weighing
from feedback_engine.scoring.weighting import JUDGED, weigh_level
from feedback_engine.tables.weighting import FROZEN_WEIGHTS

if TYPE_CHECKING:
    import pandas as pd

    from feedback_engine.scoring.samples import Floats

Member = Indicator | Touchpoint
#: Touchpoint code and indicator code, `overall` for the touchpoint itself.
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class FrozenLevel:
    """The weights of one level (`code`), with the base and figures that they rest on."""

    code: str
    weights: Mapping[Place, float]
    base: int
    figures: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FrozenWeights:
    """All weights of a model by one method, as they were in the base period."""

    method: str
    base_period: str
    levels: tuple[FrozenLevel, ...]

    @property
    def weights(self) -> dict[Place, float]:
        """Every weight, by touchpoint and indicator."""
        return {place: weight for level in self.levels for place, weight in level.weights.items()}

    @property
    def notes(self) -> tuple[str, ...]:
        """What should be known of the weights, each level's in turn."""
        return tuple(dict.fromkeys(note for level in self.levels for note in level.notes))

    def to_table(self) -> pd.DataFrame:
        """Return FROZEN_WEIGHTS, from which `read_frozen` makes the same value again."""
        return FROZEN_WEIGHTS.build(
            [
                (*place, level.code, weight, self.method, self.base_period, level.base, _write(dict(level.figures)),
                 _write(list(level.notes)))
                for level in self.levels
                for place, weight in level.weights.items()
            ]
        )  # fmt: skip


def read_frozen(table: pd.DataFrame) -> FrozenWeights | None:
    """Return the weights stored in FROZEN_WEIGHTS, None if there are none."""
    if table.empty:
        return None
    levels: dict[tuple[str, str], list[dict[str, object]]] = {}
    for row in table.to_dict("records"):
        scope = OVERALL if row["level"] == OVERALL else str(row["touchpoint"])
        levels.setdefault((scope, str(row["level"])), []).append({str(key): value for key, value in row.items()})
    first = table.iloc[0]
    return FrozenWeights(
        str(first["method"]),
        str(first["base_period"]),
        tuple(_read_level(code, rows) for (_, code), rows in levels.items()),
    )


def _read_level(code: str, rows: Sequence[Mapping[str, object]]) -> FrozenLevel:
    weights = {(str(row["touchpoint"]), str(row["indicator"])): float(str(row["weight"])) for row in rows}
    first = rows[0]
    notes = tuple(json.loads(str(first["notes"])))
    return FrozenLevel(code, weights, int(str(first["base"])), json.loads(str(first["figures"])), notes)


def _write(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


@dataclass(frozen=True, slots=True)
class _Base:
    """The data of the base period, and how to weigh."""

    records: Records
    items: Mapping[str, Sample]
    outcome: Sample | None
    scoring: ScoringConfig
    method: str
    model: IndexModel
    #: Question → the records that it concerned.
    met: Mapping[str, Ints]


def freeze_weights(
    data: ScoringData,
    model: IndexModel,
    scoring: ScoringConfig,
    *,
    period: Period | None = None,
    method: str | None = None,
) -> FrozenWeights:
    """Return the model's weights by `scoring.weights` (or `method`), computed from the data of `period` (None = all).

    Level by level, from the bottom: a group's or touchpoint's members are weighed by their respondents' scores, or by
    their means over objects; then the touchpoints by the scores that these weights give. What has no respondents'
    scores (texts, complaints, hours) keeps its declared share; the rest share out what that leaves. Raises ConfigError
    for a setting that the method lacks, and StatisticsError where the data do not bear the method.
    """
    chosen = method or scoring.weights
    records = build_records(data.feedback, data.timezone, scoring.weighting.objects)
    inside = records.slice(period).is_inside
    overall_item = scoring.weighting.overall_item
    codes = (*model.rating_codes, *((overall_item,) if overall_item else ()))
    items = cut(score_items(data.ratings, records, codes), inside)
    outcome = items.pop(overall_item) if overall_item else None
    met = find_concerned(data, records, model.rating_codes) if chosen in IMPUTED or chosen == "combine" else {}
    base = _Base(records, items, outcome, scoring, chosen, model, met)
    levels: list[FrozenLevel] = []
    weighed = tuple(_weigh_touchpoint(touchpoint, base, levels) for touchpoint in model.touchpoints)
    respondents = {touchpoint.code: _average(touchpoint.rated, base) for touchpoint in weighed}
    members = [(touchpoint, respondents[touchpoint.code]) for touchpoint in weighed]
    levels.append(_weigh((OVERALL, OVERALL), OVERALL, "总指数", members, base))
    return FrozenWeights(chosen, ALL if period is None else period.label, tuple(levels[::-1]))


def _weigh_touchpoint(touchpoint: Touchpoint, base: _Base, levels: list[FrozenLevel]) -> Touchpoint:
    return replace(
        touchpoint,
        indicators=_weigh_members(
            touchpoint.code, touchpoint.code, f"触点 {touchpoint.name}", touchpoint.indicators, base, levels
        ),
    )


def _weigh_members(
    touchpoint: str, code: str, place: str, indicators: Sequence[Indicator], base: _Base, levels: list[FrozenLevel]
) -> tuple[Indicator, ...]:
    """Return a level's indicators with their new weights, and add them to the levels, the groups' own first."""
    below = [
        replace(i, members=_weigh_members(touchpoint, i.code, f"指标组 {i.name}", i.members, base, levels))
        for i in indicators
    ]
    if not below:
        return ()
    level = _weigh((touchpoint, ""), code, place, [(i, _sample(i, base)) for i in below], base)
    levels.append(level)
    return tuple(replace(i, weight=level.weights[touchpoint, i.code]) for i in below)


def _sample(indicator: Indicator, base: _Base) -> Sample | None:
    if indicator.reads == GROUP:
        return _average(indicator.members, base)
    return base.items[indicator.code] if indicator.reads in RATED else None


def _average(members: Sequence[Indicator], base: _Base) -> Sample | None:
    samples = {member.code: _sample(member, base) for member in members}
    known = {code: sample for code, sample in samples.items() if sample is not None}
    return average_members(known, members, base.model) if members else None


def _weigh(
    key: Place, code: str, place: str, members: Sequence[tuple[Member, Sample | None]], base: _Base
) -> FrozenLevel:
    """Return the level's weights: what takes part by the method, what does not as declared."""
    taking = [(member, sample) for member, sample in members if _takes_part(member, sample, code, base)]
    if base.method == EQUAL:
        return FrozenLevel(code, {_place(key, each): each.equal_weight for each, _ in members}, 0)
    fixed = {member.code: member.weight for member, _ in members}
    weighing = Weighing(np.empty(0), 0)
    if taking:
        declared = np.array([member.weight for member, _ in taking])
        table = _tabulate(code, place, taking, base)
        weighing = weigh_level(base.method, table, base.scoring, declared)
        room = 1.0 - sum(fixed.values()) + float(declared.sum())
        fixed |= {member.code: room * float(w) for (member, _), w in zip(taking, weighing.weights, strict=True)}
    weights = {_place(key, each): fixed[each.code] for each, _ in members}
    return FrozenLevel(code, weights, weighing.base, weighing.figures, weighing.notes)


def _place(key: Place, member: Member) -> Place:
    return (member.code, OVERALL) if key[0] == OVERALL else (key[0], member.code)


def _takes_part(member: Member, sample: Sample | None, code: str, base: _Base) -> bool:
    """Experts may judge anything that they list; data speak only of what respondents rated."""
    if base.method not in JUDGED:
        return sample is not None and member.weight > 0
    weighting = base.scoring.weighting
    asked = weighting.ahp.judgements.get(code) if base.method == "ahp" else weighting.delphi.get(code)
    return member.weight > 0 or (asked is not None and member.code in asked.members)


def _tabulate(code: str, place: str, members: Sequence[tuple[Member, Sample | None]], base: _Base) -> LevelTable:
    nothing = Sample(np.empty(0, np.int64), np.empty(0), np.empty(0))
    samples = [nothing if sample is None else sample for _, sample in members]
    if base.method not in (DECLARED, *JUDGED) and len(members) > 1:
        _refuse_empty(place, members, base)
    scores, outcome, weights = tabulate(samples, base.records, base.outcome)
    objects: Floats | None = None
    names: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    if base.scoring.weighting.objects:
        least = base.scoring.weighting.min_object_base
        objects, names, dropped = tabulate_objects(samples, base.records, least)
    return LevelTable(
        code=code,
        place=place,
        codes=tuple(member.code for member, _ in members),
        names=tuple(member.name for member, _ in members),
        scores=scores,
        outcome=outcome,
        respondent_weights=weights,
        objects=objects,
        object_names=names,
        dropped_objects=dropped,
        skipped=find_skipped(samples, [_list_met(member, base) for member, _ in members]) if base.met else None,
    )


def _list_met(member: Member, base: _Base) -> list[Ints]:
    return [base.met[i.code] for i in member.tree if i.code in base.met]


def _refuse_empty(place: str, members: Sequence[tuple[Member, Sample | None]], base: _Base) -> None:
    for member, sample in members:
        if sample is not None and not len(sample):
            raise StatisticsError(
                f"{place}：基期里 {member.name}（{member.code}）没有一个得分，{base.method} 无法给它权重；"
                "请换一个基期，或把它的 weight 设为 0"
            )


def apply_weights(model: IndexModel, frozen: FrozenWeights) -> IndexModel:
    """Return the model with the frozen weights; raises ConfigError if it has other members than these are for."""
    weights = frozen.weights
    known = {place for touchpoint in model.touchpoints for place in _places(touchpoint)}
    if known != set(weights):
        added, lost = sorted(known - set(weights)), sorted(set(weights) - known)
        changes = (("新增", added), ("缺少", lost))
        parts = [f"{word} {'、'.join('/'.join(place) for place in places)}" for word, places in changes if places]
        raise ConfigError(f"指标体系与冻结的权重（基期 {frozen.base_period}）不符：{'；'.join(parts)}；请重新冻结权重")
    touchpoints = tuple(
        replace(
            touchpoint,
            weight=weights[touchpoint.code, OVERALL],
            method=frozen.method,
            indicators=tuple(_apply(i, touchpoint.code, frozen) for i in touchpoint.indicators),
        )
        for touchpoint in model.touchpoints
    )
    return replace(model, touchpoints=touchpoints)


def _places(touchpoint: Touchpoint) -> Iterator[Place]:
    yield touchpoint.code, OVERALL
    yield from ((touchpoint.code, indicator.code) for indicator in touchpoint.tree)


def _apply(indicator: Indicator, touchpoint: str, frozen: FrozenWeights) -> Indicator:
    return replace(
        indicator,
        weight=frozen.weights[touchpoint, indicator.code],
        method=frozen.method if indicator.reads in RATED or frozen.method in JUDGED else indicator.method,
        members=tuple(_apply(member, touchpoint, frozen) for member in indicator.members),
    )

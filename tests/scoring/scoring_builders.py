"""Small data for the tests of scoring: a person a line, and the frames that ingestion and tagging would make of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from feedback_engine.config.model import Config
from feedback_engine.config.scoring import ScoringConfig
from feedback_engine.domain import OVERALL, Period
from feedback_engine.scoring.basis import Basis
from feedback_engine.scoring.data import ScoringData
from feedback_engine.scoring.index import compute_index
from feedback_engine.scoring.model import IndexModel, build_model
from feedback_engine.tables.analysis import DESIGN, TEXT_SHARES
from feedback_engine.tables.annotations import ANNOTATIONS
from feedback_engine.tables.feedback import CASES, FEEDBACK, RATINGS

PACK = {"delivery": "物流配送", "service": "客服态度", "price": "价格"}


def key(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


@dataclass
class Person:
    """One source row; `ratings`: indicator → rating on 1-5, or a state; `tags`: (kind, label, polarity)."""

    name: str
    ratings: Mapping[str, Any] = field(default_factory=dict)
    tags: Sequence[tuple[str, str, str]] = ()
    text: str = ""
    at: str | None = "2026-10-05T02:00:00Z"
    weight: float = 1.0
    kind: str = "questionnaire"
    attributes: Mapping[str, str] = field(default_factory=dict)
    channel: str = "微信"
    scale: tuple[float, float] = (1, 5)
    #: Tags of an open question beside the main row.
    open_tags: Sequence[tuple[str, str, str]] = ()


def make_data(people: Sequence[Person], timezone: str = "Asia/Shanghai") -> ScoringData:
    feedback, ratings, annotations = [], [], []
    for number, person in enumerate(people, start=2):
        main = key(person.name)
        rows = [(main, "main", person.tags), (key(f"{person.name}/open"), "q_open", person.open_tags)]
        for feedback_id, role, tags in rows if person.open_tags else rows[:1]:
            feedback.append(
                (feedback_id, main, key("content" + person.name), "来源甲", person.kind, person.channel, None, None,
                 person.at, role, person.text, person.weight, json.dumps(dict(person.attributes)), key("file"), number)
            )  # fmt: skip
            for place, (kind, label, polarity) in enumerate(tags):
                score = {"positive": 0.8, "negative": -0.8}.get(polarity, 0.0)
                end = min(place + 2, len(person.text)) if person.text else place + 2
                annotations.append((feedback_id, kind, label, place, end, 0, polarity, score, 0.9, "[]", "规则甲"))
        for indicator, rating in person.ratings.items():
            is_state = isinstance(rating, str)
            ratings.append(
                (main, indicator, rating if is_state else "answered", None if is_state else rating, *person.scale)
            )
    return ScoringData(
        feedback=FEEDBACK.build(feedback),
        ratings=RATINGS.build(ratings),
        cases=CASES.build([]),
        annotations=ANNOTATIONS.build(annotations),
        timezone=timezone,
    )


def make_model(touchpoints: Sequence[Mapping[str, Any]] = (), **scoring: Any) -> IndexModel:
    settings = {"suppress_below": 1, "flag_below": 1, **scoring}
    return build_model(Config.model_validate({"touchpoints": touchpoints, "scoring": settings}), PACK)


def rated(code: str, *indicators: str, weight: float | None = None, **more: Any) -> dict[str, Any]:
    """Return a touchpoint with rating indicators; `speed=0.6` gives weights, bare names leave them undeclared."""
    listed = [{"code": name} for name in indicators]
    listed += [{"code": name, "weight": share} for name, share in more.pop("weights", {}).items()]
    listed += more.pop("others", [])
    return {"code": code, "indicators": listed, **({} if weight is None else {"weight": weight}), **more}


def basis_of(model: IndexModel, data: ScoringData, *, scoring: Any = None, **more: Any) -> Basis:
    """Return what an IndexResult reads, over data that hold every period."""
    period, by = more.get("period"), more.get("by")
    settings = ScoringConfig.model_validate({"suppress_below": 1, "flag_below": 1, **(scoring or {})})
    parts: dict[str, Any] = {
        "declared": model,
        "scoring": settings,
        "period": period,
        "by": by,
        "load": lambda periods: data,
        "compute": lambda periods: compute_index(data, model, periods=periods, by=by),
        "months": [],
        "explain": lambda touchpoint: None,
        "design": DESIGN.build,
        "text_shares": TEXT_SHARES.build,
    }
    return Basis(model=model, **{**parts, **more})


def index_of(
    people: Sequence[Person], model: IndexModel, period: str | None = None, by: str | None = None
) -> pd.DataFrame:
    periods = [Period.parse(period) if period else None]
    return compute_index(make_data(people), model, periods=periods, by=by)


def row(
    index: pd.DataFrame,
    touchpoint: str = OVERALL,
    indicator: str = OVERALL,
    measure: str = "score",
    segment: str = "all",
    period: str | None = None,
) -> pd.Series:
    """Return the one row of the INDEX; more or fewer than one fail the test."""
    chosen = index[
        (index["touchpoint"] == touchpoint)
        & (index["indicator"] == indicator)
        & (index["measure"] == measure)
        & (index["segment"] == segment)
        & ((index["period"] == period) if period else True)
    ]
    assert len(chosen) == 1, (touchpoint, indicator, measure, segment, len(chosen))
    return chosen.iloc[0]

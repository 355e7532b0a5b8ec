"""Answers as one table: a row per respondent, a column per question or touchpoint, on 0-100, NaN = no answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from feedback_engine.domain import AnswerState, Period
from feedback_engine.errors import ConfigError
from feedback_engine.registry import unknown_name
from feedback_engine.scoring.data import ScoringData
from feedback_engine.scoring.items import score_items
from feedback_engine.scoring.leveltables import cut, list_respondents, tabulate
from feedback_engine.scoring.measurement import measure
from feedback_engine.scoring.model import IndexModel
from feedback_engine.scoring.records import Records, build_records, look_up_positions

if TYPE_CHECKING:
    import pandas as pd

    from feedback_engine.scoring.samples import Floats, Ints, Sample


#: States of an answer of whom the question did not concern; who was asked and left it empty skipped it.
AWAY = (AnswerState.NOT_SHOWN.value, AnswerState.REFUSED.value)


@dataclass(frozen=True, slots=True)
class Answers:
    """Scores on 0-100 (respondents × columns, by record id) with their weights; `names` are for people, by code."""

    table: pd.DataFrame
    weights: Floats
    names: Mapping[str, str]


def read_answers(
    data: ScoringData, codes: Sequence[str], *, period: Period | None = None, names: Mapping[str, str] | None = None
) -> Answers:
    """Return the answers to these indicators; a code that nobody was ever asked is a ConfigError."""
    known = tuple(dict.fromkeys(data.ratings["indicator"]))
    for code in codes:
        if code not in known:
            raise ConfigError(unknown_name("打分指标", code, known))
    records = build_records(data.feedback, data.timezone)
    inside = records.slice(period).is_inside
    samples = cut(score_items(data.ratings, records, tuple(dict.fromkeys(codes))), inside)
    return _gather(samples, records, {code: (names or {}).get(code, code) for code in codes})


def read_touchpoints(
    data: ScoringData, model: IndexModel, *, period: Period | None = None, overall_item: str | None = None
) -> tuple[Answers, Floats | None]:
    """Return the respondents' touchpoint scores, of touchpoints with any, and their overall satisfaction."""
    records = build_records(data.feedback, data.timezone)
    inside = records.slice(period).is_inside
    respondents = cut(measure(data, records, model).respondents, inside)
    wanted = {t.code: t.name for t in model.touchpoints if t.rated and len(respondents[t.code])}
    samples = {code: respondents[code] for code in wanted}
    if overall_item is None:
        return _gather(samples, records, wanted), None
    outcome = cut(score_items(data.ratings, records, (overall_item,)), inside)[overall_item]
    if not len(outcome):
        raise ConfigError(f"总体满意度题 {overall_item!r} 没有回答；请检查 scoring.weighting.overall_item")
    answers = _gather({**samples, overall_item: outcome}, records, {**wanted, overall_item: overall_item})
    y = answers.table[overall_item].to_numpy(dtype=np.float64)
    return Answers(answers.table[list(wanted)], answers.weights, wanted), y


def _gather(samples: Mapping[str, Sample], records: Records, names: Mapping[str, str]) -> Answers:
    import pandas as pd

    scores, _, weights = tabulate(list(samples.values()), records)
    rows = list_respondents(list(samples.values()))
    return Answers(pd.DataFrame(scores, index=records.ids[rows], columns=list(samples)), weights, names)


def read_experience(data: ScoringData, model: IndexModel, answers: Answers) -> pd.DataFrame:
    """Return which respondents had to do with which touchpoint, in the shape of `answers.table`.

    Who was not shown its questions, or said 未体验 (`refused`), had not; who skipped them had.
    """
    touchpoint_of = {i.code: t.code for t in model.touchpoints for i in t.questions}
    met = data.ratings[~data.ratings["state"].isin(AWAY) & data.ratings["indicator"].isin(touchpoint_of)]
    pairs = met.assign(touchpoint=met["indicator"].map(touchpoint_of)).drop_duplicates(["feedback_id", "touchpoint"])
    pairs = pairs.astype({"feedback_id": "object"})
    wide = pairs.assign(is_met=True).pivot(index="feedback_id", columns="touchpoint", values="is_met")
    table = wide.reindex(index=answers.table.index, columns=answers.table.columns)
    return table.notna()


def find_concerned(data: ScoringData, records: Records, codes: Sequence[str]) -> dict[str, Ints]:
    """Return the records that each rated question concerned, whether or not they answered it."""
    asked = data.ratings[~data.ratings["state"].isin(AWAY)]
    rows = look_up_positions(records.ids, asked["feedback_id"]).take(slice(None))
    questions = asked["indicator"].to_numpy(dtype=object)
    return {code: np.unique(rows[(questions == code) & (rows >= 0)]) for code in codes}


def count_concerned(data: ScoringData, codes: Sequence[str], *, period: Period | None = None) -> dict[str, int]:
    """Return how many respondents of the period each rated question concerned; weights of 0 count for nothing."""
    records = build_records(data.feedback, data.timezone)
    is_counted = records.slice(period).is_inside & (records.weights > 0)
    return {code: int(is_counted[rows].sum()) for code, rows in find_concerned(data, records, codes).items()}

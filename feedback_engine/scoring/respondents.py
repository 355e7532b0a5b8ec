"""Respondents weighted to the known margins of the population (raking, 事后加权), period by period."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from feedback_engine.config.scoring import MarginsConfig
from feedback_engine.domain import Period, SourceKind
from feedback_engine.errors import ConfigError, StatisticsError
from feedback_engine.registry import unknown_name
from feedback_engine.scoring.data import ScoringData
from feedback_engine.scoring.design import Raked
from feedback_engine.scoring.records import ALL, build_records, unique_periods
from feedback_engine.tables.analysis import DESIGN
from feedback_engine.tables.feedback import MAIN_ROLE

if TYPE_CHECKING:
    import pandas as pd

    from feedback_engine.scoring.samples import Floats
    from feedback_engine.stats.raking import RakedWeights


def weight_respondents(
    data: ScoringData, config: MarginsConfig, *, periods: Sequence[Period | None]
) -> tuple[ScoringData, pd.DataFrame]:
    """Return the data with respondent weights that meet the margins in each period, and DESIGN, what that costs.

    Raked are the questionnaires that state every attribute of the margins; the others keep their weight, scaled so that
    all have mean 1. The declared weights are the starting point. The periods must not overlap: a respondent has one
    weight. Raises ConfigError for an attribute that the questionnaires lack, and StatisticsError, naming the cell, for
    margins that cannot be met, or not within `trim`.
    """
    if not config.margins:
        return data, DESIGN.build()
    main = data.feedback[data.feedback["role"].eq(MAIN_ROLE)].set_index("record_id")
    records = build_records(data.feedback, data.timezone)
    is_survey = main.loc[records.ids, "kind"].eq(SourceKind.QUESTIONNAIRE.value).to_numpy(dtype=np.bool_)
    documents, names = main.loc[records.ids, "attributes"].tolist(), tuple(config.margins)
    table = _read_attributes(documents, names, is_needed=bool(is_survey.any()))
    sample = _Sample(table, records.weights.copy(), np.all(table.to_numpy(dtype=object) != "", axis=1), config)
    rows: list[tuple[object, ...]] = []
    raked: list[Raked] = []
    taken = np.zeros(len(is_survey), dtype=np.bool_)
    for label, period in unique_periods(periods).items():
        inside = is_survey & records.slice(period).is_inside
        if (taken & inside).any():
            raise ConfigError(f"期间 {label} 与前面的期间重叠；加权的期间不能重叠，否则一位受访者会有两个权重")
        taken |= inside
        group, cost = _weigh_period(sample, inside, label)
        rows.append((label, "、".join(config.margins), *cost))
        if group is not None:
            chosen = np.flatnonzero(inside & sample.is_stated)
            ids = records.ids.to_numpy()[chosen]
            raked.append(Raked(ids, sample.weights[chosen], group.cells))
    weighted = _replace(data, records.ids.tolist(), sample.weights)
    return replace(weighted, raked=tuple(raked)), DESIGN.build(rows)


@dataclass(frozen=True, slots=True)
class _Sample:
    """Every record's attributes, its weight (rewritten period by period), and whether it states all attributes."""

    table: pd.DataFrame
    weights: Floats
    is_stated: NDArray[np.bool_]
    config: MarginsConfig


def _weigh_period(
    sample: _Sample, inside: NDArray[np.bool_], label: str
) -> tuple[RakedWeights | None, tuple[object, ...]]:
    """Write the weights of the records inside, mean 1; return them, and the period's row of DESIGN after its margins.

    Raked are the records of the period that state every attribute, in their order.
    """
    stated, left = inside & sample.is_stated, inside & ~sample.is_stated
    if not stated.any():
        return None, (0, None, None, 0, None, int(inside.sum()), "没有一位受访者写明了全部属性")
    declared = sample.weights[stated].mean()
    raked = _rake(sample.table[stated], sample.weights[stated], sample.config, label)
    sample.weights[stated] = raked.weights / raked.weights.mean()
    sample.weights[left] /= declared
    largest = float(sample.weights[stated].max())
    return raked, (
        int(stated.sum()), raked.effective_base, raked.design_effect, raked.trimmed, largest, int(left.sum()), "",
    )  # fmt: skip


def _read_attributes(documents: list[str], names: tuple[str, ...], *, is_needed: bool) -> pd.DataFrame:
    """Return the attributes as columns, empty where they are not stated; one that nobody states is refused if needed.

    Without questionnaires, as in the month before the first survey, there is nobody to weight.
    """
    import pandas as pd

    parsed = [json.loads(document or "{}") for document in documents]
    known = tuple(dict.fromkeys(name for attributes in parsed for name in attributes))
    for name in names:
        if is_needed and name not in known:
            raise ConfigError(f"scoring.population.margins：{unknown_name('属性', name, known)}")
    columns = {name: [str(attributes.get(name) or "").strip() for attributes in parsed] for name in names}
    return pd.DataFrame(columns)


def _rake(table: pd.DataFrame, start: Floats, config: MarginsConfig, label: str) -> RakedWeights:
    from feedback_engine.stats.raking import rake

    margins: dict[object, Mapping[object, float]] = {
        name: {str(value): total for value, total in margin.items()} for name, margin in config.margins.items()
    }
    try:
        return rake(table, margins, trim=config.trim, base_weights=start)
    except StatisticsError as error:
        where = "全部期间" if label == ALL else f"期间 {label}"
        raise StatisticsError(f"{where}按 {'、'.join(config.margins)} 加权：{error}") from error


def _replace(data: ScoringData, ids: list[str], weights: Floats) -> ScoringData:
    by_record = dict(zip(ids, weights.tolist(), strict=True))
    return data.replace_feedback(data.feedback.assign(respondent_weight=data.feedback["record_id"].map(by_record)))

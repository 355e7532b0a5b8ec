"""What a weighting method hands back, and the two refusals that all of them share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from feedback_engine.errors import ConfigError, StatisticsError
from feedback_engine.scoring.leveltables import LevelTable
from feedback_engine.scoring.samples import Floats


@dataclass(frozen=True, slots=True)
class Weighing:
    """Weights of a level's members, in their order, summing to 1; what they rest on, in figures and words."""

    weights: Floats
    base: int
    figures: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def share_out(values: Sequence[float] | Floats, table: LevelTable) -> Floats:
    """Return the values scaled to sum to 1; a negative one, or nothing but zeros, is a StatisticsError."""
    array = np.asarray(values, dtype=np.float64)
    if (array < 0).any():
        place = int(np.argmin(array))
        raise StatisticsError(
            f"{table.place}：{table.names[place]}（{table.codes[place]}）得到负值 {array[place]:.4f}，不能作权重；"
            "请检查是否反向题，或改用 lmg"
        )
    if array.sum() <= 0:
        raise StatisticsError(f"{table.place}：所有权重都是 0；请检查数据是否没有差异")
    shares: Floats = array / array.sum()
    return shares


def align(given: Sequence[str], values: Sequence[float] | Floats, table: LevelTable, place: str) -> Floats:
    """Return values given by code in the order of the level's members; one missing or unknown is a ConfigError."""
    missing = [code for code in table.codes if code not in given]
    unknown = [code for code in given if code not in table.codes]
    if missing or unknown:
        parts = [f"缺少 {'、'.join(missing)}"] * bool(missing) + [f"多出 {'、'.join(unknown)}"] * bool(unknown)
        raise ConfigError(f"{place}：members 与{table.place}的组成不符，{'，'.join(parts)}")
    by_code = dict(zip(given, values, strict=True))
    return np.array([by_code[code] for code in table.codes], dtype=np.float64)

"""The weights of a model as a table, so that they are stored with the figures they made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedback_engine.domain import OVERALL
from feedback_engine.scoring.model import IndexModel
from feedback_engine.tables.index import WEIGHTS

if TYPE_CHECKING:
    import pandas as pd


def build_weights(model: IndexModel) -> pd.DataFrame:
    """Return WEIGHTS: each touchpoint's own weight (indicator `overall`), then those of its indicators."""
    rows: list[tuple[object, ...]] = []
    for t in model.touchpoints:
        rows.append((t.code, OVERALL, t.name, "index", t.weight, t.equal_weight, t.method))
        rows += [(t.code, i.code, i.name, i.reads, i.weight, i.equal_weight, i.method) for i in t.tree]
    return WEIGHTS.build(rows)

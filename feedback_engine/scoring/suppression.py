"""Complementary suppression: no hidden figure that could be had by subtraction from the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedback_engine.domain import Flag
from feedback_engine.scoring.records import ALL

if TYPE_CHECKING:
    import pandas as pd

#: What stands in place of a figure on too small a base.
FEW = "样本不足"
_FIGURE = ["period", "touchpoint", "indicator", "measure"]


def hide_derivable(index: pd.DataFrame) -> pd.DataFrame:
    """Return the INDEX with a second segment suppressed wherever just one is, and the whole is shown.

    The whole less all other segments gives the hidden one; so the shown segment with the smallest base goes too (the
    first by name among equals). Where two or more are hidden nothing can be derived.
    """
    segments = index[(index["segment"] != ALL) & (index["base"] > 0)]
    if segments.empty or not segments["flag"].eq(Flag.SUPPRESSED).any():
        return index
    hidden = segments["flag"].eq(Flag.SUPPRESSED).groupby([segments[name] for name in _FIGURE]).transform("sum")
    whole = index[(index["segment"] == ALL) & index["score"].notna()].set_index(_FIGURE).index
    is_derivable = hidden.eq(1) & segments.set_index(_FIGURE).index.isin(whole)
    shown = segments[is_derivable & segments["score"].notna()]
    victims = shown.sort_values([*_FIGURE, "base", "segment"]).drop_duplicates(_FIGURE).index
    result = index.copy()
    result.loc[victims, ["score", "lower", "upper"]] = float("nan")
    result.loc[victims, "flag"] = Flag.SUPPRESSED.value
    return result

"""Store → themes: the texts of a period against those of the period before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedback_engine.domain import Period
from feedback_engine.engine.figures import Figures

if TYPE_CHECKING:
    import pandas as pd


def find_period_themes(figures: Figures, period: Period | None) -> pd.DataFrame:
    """Return THEMES of the period (None = everything stored, compared with nothing).

    Of more texts than MOST_TEXTS a sample is read; the table says so.
    """
    texts = figures.read_texts(period)
    before = figures.read_texts(period.previous()).iterate() if period else None
    return figures.make_theme_finder().find(texts.iterate(), before, texts.read, count=texts.count)

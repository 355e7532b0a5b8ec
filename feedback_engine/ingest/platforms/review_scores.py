"""Star ratings of reviews."""

from __future__ import annotations

from collections.abc import Collection

from feedback_engine.config.model import ScaleConfig
from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.platforms.layout import Layout, Make

#: The indicator under which stars are kept.
STARS = "stars"
FIVE_STARS = ScaleConfig(min=1, max=5)


def add_stars(layout: Layout, heading: str, make: Make, *, evidence: str) -> None:
    """Add a column of one to five stars; a program's name for it (score) is none that a report may show."""
    stem = "星级" if heading.isascii() else heading
    layout.add_rating(heading, make, indicator=STARS, scale=FIVE_STARS, evidence=evidence, stem=stem)


def are_numbers(cells: Collection[str], allowed: Collection[int]) -> bool:
    """Whether these cells are numbers, all of them allowed."""
    try:
        return bool(cells) and {float(clean(cell)) for cell in cells} <= set(map(float, allowed))
    except ValueError:
        return False

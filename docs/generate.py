"""Writes docs/data-dictionary.md from the declarations in feedback_engine.tables. Run it by `make docs`."""

from __future__ import annotations

from pathlib import Path

from feedback_engine.tables import analysis, weighting
from feedback_engine.tables.annotations import ANNOTATIONS
from feedback_engine.tables.feedback import CASES, FEEDBACK, RATINGS, REJECTS
from feedback_engine.tables.index import INDEX, WEIGHTS
from feedback_engine.tables.schema import TableSchema, describe
from feedback_engine.tables.spotcheck import AGREEMENT, SPOTCHECK
from feedback_engine.tables.themes import THEMES

HEAD = """# Data dictionary

The tables that travel between the stages. Written from `feedback_engine/tables` by `make docs`; do not edit. A key is a
SHA-256 digest, a moment is in UTC.

"""


def render() -> str:
    """Return the data dictionary as Markdown."""
    more = [
        table for module in (weighting, analysis) for table in vars(module).values() if isinstance(table, TableSchema)
    ]
    return HEAD + describe(
        (FEEDBACK, RATINGS, CASES, REJECTS, ANNOTATIONS, INDEX, WEIGHTS, THEMES, SPOTCHECK, AGREEMENT, *more)
    )


if __name__ == "__main__":
    Path(__file__).with_name("data-dictionary.md").write_text(render(), encoding="utf-8")

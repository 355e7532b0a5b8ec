"""What scoring says: the INDEX, and the WEIGHTS it was made with."""

from __future__ import annotations

from feedback_engine.domain import Flag, Measure
from feedback_engine.tables.schema import Column, Kind, TableSchema

INDEX = TableSchema(
    "index",
    "Every figure: per period, segment, touchpoint and indicator. The rows with indicator `overall` sum up a "
    "touchpoint, those with touchpoint `overall` sum up everything.",
    (
        Column("period", Kind.TEXT, "2026, 2026-Q3, 2026-10 …, or `all`.", is_key=True),
        Column("segment", Kind.TEXT, "Value of the segmenting attribute, or `all`.", is_key=True),
        Column("touchpoint", Kind.TEXT, "Touchpoint code, or `overall`.", is_key=True),
        Column("indicator", Kind.TEXT, "Indicator code, or `overall`.", is_key=True),
        Column("measure", Kind.TEXT, "What is measured, and so the unit.", is_key=True, allowed=tuple(Measure)),
        Column(
            "score",
            Kind.NUMBER,
            "score, equal_score, text_index: 0-100; satisfied_share: percent; complaint_rate: per 1,000; net_promoter: "
            "-100 to 100. Empty when suppressed.",
            is_nullable=True,
        ),
        Column(
            "indicator_weight",
            Kind.NUMBER,
            "Share of this row in the level above; 0 = shown beside, not blended in.",
            minimum=0,
            maximum=1,
        ),
        Column("base", Kind.INTEGER, "Unweighted number of answers, texts or records behind the figure.", minimum=0),
        Column("effective_base", Kind.NUMBER, "Kish's (sum w)^2 / sum w^2.", minimum=0),
        Column("lower", Kind.NUMBER, "Lower end of the 95 % interval.", is_nullable=True),
        Column("upper", Kind.NUMBER, "Upper end of the 95 % interval.", is_nullable=True),
        Column("flag", Kind.TEXT, "How far the figure may be trusted.", allowed=tuple(Flag)),
    ),
)

WEIGHTS = TableSchema(
    "weights",
    "The indicator system as it was scored: every touchpoint and indicator with its weight and where that came from.",
    (
        Column("touchpoint", Kind.TEXT, "Touchpoint code.", is_key=True),
        Column("indicator", Kind.TEXT, "Indicator code, or `overall` for the touchpoint's own weight.", is_key=True),
        Column("name", Kind.TEXT, "Name for people."),
        Column(
            "source",
            Kind.TEXT,
            "What it reads: rating, group, text, complaints, reply_hours, handling_hours; `index` for a touchpoint.",
        ),
        Column("weight", Kind.NUMBER, "Normalised weight within its level, summing to 1.", minimum=0, maximum=1),
        Column("equal_weight", Kind.NUMBER, "The same if all counted alike.", minimum=0, maximum=1),
        Column("method", Kind.TEXT, "How the weight came about: declared, equal, ahp, lmg …"),
    ),
)

"""Weights as they were frozen, methods side by side, the index across new weights, and changes between periods."""

from __future__ import annotations

from feedback_engine.domain import Measure
from feedback_engine.tables.schema import Column, Kind, TableSchema

FROZEN_WEIGHTS = TableSchema(
    "frozen_weights",
    "The weights as they were computed once, from the data of a base period, and kept until somebody re-weights.",
    (
        Column("touchpoint", Kind.TEXT, "Touchpoint code.", is_key=True),
        Column("indicator", Kind.TEXT, "Indicator code, or `overall` for the touchpoint's own weight.", is_key=True),
        Column("level", Kind.TEXT, "Code of what the weight is a share of: `overall`, a touchpoint or a group."),
        Column("weight", Kind.NUMBER, "Share in that level.", minimum=0, maximum=1),
        Column("method", Kind.TEXT, "How the weight came about."),
        Column("base_period", Kind.TEXT, "Period whose data made the weights, or `all`."),
        Column("base", Kind.INTEGER, "Respondents, objects or experts behind the level's weights.", minimum=0),
        Column("figures", Kind.TEXT, "JSON object of the figures that speak for the level: R², consistency ratio …"),
        Column("notes", Kind.TEXT, "JSON list of what should be known of the level's weights, in words."),
    ),
)

WEIGHTINGS = TableSchema(
    "weightings",
    "The weighting methods side by side on the same data; the rows touchpoint `overall` hold the index by each.",
    (
        Column("method", Kind.TEXT, "Weighting method.", is_key=True),
        Column("touchpoint", Kind.TEXT, "Touchpoint code, or `overall`.", is_key=True),
        Column("indicator", Kind.TEXT, "Indicator code, or `overall`.", is_key=True),
        Column("weight", Kind.NUMBER, "Share in the level above.", is_nullable=True, minimum=0, maximum=1),
        Column("score", Kind.NUMBER, "Overall index on 0-100 by this method.", is_nullable=True),
        Column("lower", Kind.NUMBER, "Lower end of its interval.", is_nullable=True),
        Column("upper", Kind.NUMBER, "Upper end of its interval.", is_nullable=True),
        Column("base", Kind.INTEGER, "Respondents, objects or experts behind the weights.", minimum=0),
        Column("note", Kind.TEXT, "What should be known of it; for a method that refuses, why."),
    ),
)

LINKED = TableSchema(
    "linked",
    "The overall index across a change of weights: by the old ones, by the new ones, and chained at the overlap.",
    (
        Column("period", Kind.TEXT, "Period.", is_key=True),
        Column("old", Kind.NUMBER, "Index by the old weights.", is_nullable=True),
        Column("new", Kind.NUMBER, "Index by the new weights.", is_nullable=True),
        Column("linked", Kind.NUMBER, "Old until the overlap, then new × old/new of the overlap.", is_nullable=True),
        Column("factor", Kind.NUMBER, "Old/new at the overlap period."),
        Column("is_overlap", Kind.BOOLEAN, "True for the period in which both count."),
    ),
)

CHANGE = TableSchema(
    "change",
    "Every published figure against the previous period and the same period last year, tested as one family.",
    (
        Column("period", Kind.TEXT, "The later period.", is_key=True),
        Column("against", Kind.TEXT, "What it is compared with.", is_key=True, allowed=("previous", "year_before")),
        Column("segment", Kind.TEXT, "As in the INDEX.", is_key=True),
        Column("touchpoint", Kind.TEXT, "As in the INDEX.", is_key=True),
        Column("indicator", Kind.TEXT, "As in the INDEX.", is_key=True),
        Column("measure", Kind.TEXT, "As in the INDEX.", is_key=True, allowed=tuple(Measure)),
        Column("before_period", Kind.TEXT, "The earlier period."),
        Column("before", Kind.NUMBER, "Figure of the earlier period.", is_nullable=True),
        Column("after", Kind.NUMBER, "Figure of the later period.", is_nullable=True),
        Column("points", Kind.NUMBER, "after - before, in the measure's own unit (pp for shares).", is_nullable=True),
        Column("relative", Kind.NUMBER, "100 (after / before - 1) %; empty if before is 0.", is_nullable=True),
        Column("lower", Kind.NUMBER, "Lower end of the interval of `points`.", is_nullable=True),
        Column("upper", Kind.NUMBER, "Upper end of the interval of `points`.", is_nullable=True),
        Column("p_value", Kind.NUMBER, "Two-sided; empty where a base is small.", is_nullable=True),
        Column("q_value", Kind.NUMBER, "p adjusted over the table (Benjamini-Hochberg), repeats left out.",
               is_nullable=True),
        Column("is_notable", Kind.BOOLEAN, "q < alpha and the change is at least min_effect points."),
        Column("is_repeat", Kind.BOOLEAN, "An earlier row has this very figure, under another name."),
        Column("test", Kind.TEXT, "welch, paired, overlap, poisson; empty = not tested.",
               allowed=("welch", "paired", "overlap", "poisson", "")),
        Column("base_before", Kind.INTEGER, "Base of the earlier figure.", minimum=0),
        Column("base_after", Kind.INTEGER, "Base of the later figure.", minimum=0),
        Column("overlap", Kind.INTEGER, "Customers who are in both bases.", minimum=0),
    ),
)  # fmt: skip

"""What a period's texts are about, in the customers' own words."""

from __future__ import annotations

from feedback_engine.tables.schema import Column, Kind, TableSchema


def _number(name: str, description: str) -> Column:
    return Column(name, Kind.NUMBER, description, is_nullable=True)


def _count(name: str, description: str) -> Column:
    return Column(name, Kind.INTEGER, description, minimum=0)


THEMES = TableSchema(
    "themes",
    "The phrases that a period's texts have in common; not stored.",
    (
        Column("theme", Kind.TEXT, "The phrase, as it is most often written.", is_key=True),
        Column("touchpoint", Kind.TEXT, "Touchpoint that most of the clauses judged speak of; empty = none."),
        _count("count", "Texts with the phrase or another wording of it."),
        _number("share", "count / texts read, 0-1."),
        _count("texts_read", "Texts of the period that were read: all of them, or a sample of 200,000 drawn by id."),
        _count("texts", "Texts of the period; what is told of themes is of those read."),
        _count(
            "judged", "Clauses judged, by their sentence where they take no side: one a text, of at most 100 texts."
        ),
        _count("positive", "Of these, favourable ones."),
        _count("neutral", "Neutral ones."),
        _count("mixed", "Mixed ones."),
        _count("negative", "Unfavourable ones."),
        _number("net_sentiment", "(positive - negative) / judged, -1 to 1."),
        _number("previous_count", "Texts with the phrase in the period before; empty = there is none."),
        _number("previous_share", "previous_count / texts read of the period before, at most 200,000 too."),
        _number("log_odds", "Log odds of the phrase now against before, half a text added to every cell."),
        _number(
            "p_adjusted",
            "One-sided p-value of no rise, adjusted over all phrases compared; empty = too rare to compare.",
        ),
        Column("is_emerging", Kind.BOOLEAN, "Whether p_adjusted is within the share of false discoveries accepted."),
        Column("examples", Kind.TEXT, "JSON list of {feedback_id, start, end, polarity, clause}, up to three."),
    ),
)

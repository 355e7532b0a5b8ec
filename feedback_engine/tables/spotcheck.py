"""Texts that a person reads to see how far the tags can be trusted, and what came of it."""

from __future__ import annotations

from enum import StrEnum

from feedback_engine.tables.schema import Column, Kind, TableSchema


class Drawn(StrEnum):
    """Why a text was drawn: by chance, so that what is found holds for all texts, or for a doubt about its tags."""

    RANDOM = "random"
    #: The record's ratings and its text contradict each other.
    CONTRARY = "contrary"
    #: A complaint of no type that the tagger was sure of.
    UNTYPED = "untyped"
    #: Praise or blame of nothing that the pack names.
    UNPLACED = "unplaced"
    #: The sentiments of the least confidence.
    UNSURE = "unsure"


SPOTCHECK = TableSchema(
    "spotcheck",
    "Texts drawn to be read by a person; not stored.",
    (
        Column("feedback_id", Kind.KEY, "The FEEDBACK row whose text it is.", is_key=True),
        Column("reason", Kind.TEXT, "Why it was drawn.", allowed=tuple(Drawn)),
        Column("source", Kind.TEXT, "Name of the source in the configuration."),
        Column("received_at", Kind.MOMENT, "When the feedback was given.", is_nullable=True),
        Column("text", Kind.TEXT, "What the customer wrote."),
    ),
)

AGREEMENT = TableSchema(
    "agreement",
    "How far the tags agree with a person who read the texts without seeing them; not stored.",
    (
        Column(
            "part", Kind.TEXT, "`random`: holds for all texts of the period; `doubtful`: for these alone.", is_key=True
        ),
        Column(
            "measure",
            Kind.TEXT,
            "polarity, complaint, complaint_type: share of texts told alike; touchpoints_found, touchpoints_right: "
            "share of the person's touchpoints that were found, and of those told that the person names; "
            "sensitivity, specificity: share of the person's complaints, and of other texts, told as such; "
            "polarity_kappa, complaint_kappa: Cohen's κ.",
            is_key=True,
        ),
        Column("base", Kind.INTEGER, "Texts, for touchpoints mentions, that it is counted from.", minimum=0),
        Column("agreed", Kind.INTEGER, "Of these, told alike.", minimum=0),
        Column("estimate", Kind.NUMBER, "agreed / base, or κ; empty = cannot be told.", is_nullable=True),
        Column("lower", Kind.NUMBER, "Lower end of the interval (Wilson; of κ normal).", is_nullable=True),
        Column("upper", Kind.NUMBER, "Upper end.", is_nullable=True),
    ),
)

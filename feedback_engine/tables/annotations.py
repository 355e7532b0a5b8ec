"""What the tagger says of texts."""

from __future__ import annotations

from collections.abc import Mapping

from feedback_engine.domain import Polarity
from feedback_engine.tables.schema import Column, Kind, TableSchema

#: The kinds of annotation.
SENTIMENT, TOUCHPOINT, COMPLAINT = "sentiment", "touchpoint", "complaint"
#: … and those that tell more of a complaint: which of value, system and people failed, causes, urgency, demands.
ROOT, CAUSE, URGENCY, DEMAND = "root", "cause", "urgency", "demand"
DETAILS = (ROOT, CAUSE, URGENCY, DEMAND)
#: What a person is told of a polarity.
POLARITY_NAMES: Mapping[str, str] = {
    Polarity.POSITIVE: "正面",
    Polarity.NEUTRAL: "中性",
    Polarity.NEGATIVE: "负面",
    Polarity.MIXED: "褒贬兼有",
}

ANNOTATIONS = TableSchema(
    "annotations",
    "Tags of texts: one sentiment a text, a row per touchpoint mention, per complaint, and per detail of a complaint.",
    (
        Column("feedback_id", Kind.TEXT, "The FEEDBACK row tagged (for `tag_many`: the text's position).", is_key=True),
        Column("kind", Kind.TEXT, "What is said.", is_key=True, allowed=(SENTIMENT, TOUCHPOINT, COMPLAINT, *DETAILS)),
        Column(
            "label",
            Kind.TEXT,
            "Touchpoint code, complaint type code, code of the detail, or `text` for the sentiment.",
            is_key=True,
        ),
        Column(
            "start", Kind.INTEGER, "First character of the span tagged, in the text as given.", is_key=True, minimum=0
        ),
        Column("end", Kind.INTEGER, "Character after the span.", minimum=0),
        Column("clause", Kind.INTEGER, "Number of the clause in the text, from 0; -1 = the whole text.", minimum=-1),
        Column("polarity", Kind.TEXT, "Polarity of the text, or of the touchpoint.", allowed=tuple(Polarity)),
        Column("score", Kind.NUMBER, "Sentiment score.", minimum=-1, maximum=1),
        Column(
            "confidence",
            Kind.NUMBER,
            "How sure the tagger is of the label; for a detail, of its complaint.",
            minimum=0,
            maximum=1,
        ),
        Column("evidence", Kind.TEXT, "JSON list of {start, end, text, rule, weight}."),
        Column("rule", Kind.TEXT, "The decisive rule, in words."),
    ),
)

"""What ingestion hands on: FEEDBACK, RATINGS, CASES and REJECTS, together a FeedbackBatch."""

from __future__ import annotations

from dataclasses import dataclass

from feedback_engine.domain import AnswerState, SourceKind
from feedback_engine.tables.columns import Columns
from feedback_engine.tables.schema import Column, Kind, TableSchema

#: `role` of the one FEEDBACK row that stands for its source row; other roles are the open questions' codes.
MAIN_ROLE = "main"

FEEDBACK = TableSchema(
    "feedback",
    "A source row (role `main`), or one open answer in it (role = the question's code).",
    (
        Column(
            "feedback_id", Kind.KEY, "SHA-256 of the row's identity; equal for the same row in any file.", is_key=True
        ),
        Column("record_id", Kind.KEY, "feedback_id of the `main` row of the same source row."),
        Column("content_hash", Kind.KEY, "SHA-256 of all that the source row says; tells a correction from a repeat."),
        Column("source", Kind.TEXT, "Name of the source in the configuration."),
        Column("kind", Kind.TEXT, "Shape of the source.", allowed=tuple(SourceKind)),
        Column("channel", Kind.TEXT, "Where the customer spoke (微信, 热线, app …); empty when unknown."),
        Column("customer_id", Kind.TEXT, "The customer in the user's own systems, untouched.", is_nullable=True),
        Column("respondent_id", Kind.TEXT, "The source's own id of respondent, case or author.", is_nullable=True),
        Column("received_at", Kind.MOMENT, "When the feedback was given.", is_nullable=True),
        Column("role", Kind.TEXT, "`main`, or the code of the open question that the text answers."),
        Column("text", Kind.TEXT, "What the customer wrote, cleaned of NUL and lone surrogates; empty if nothing."),
        Column("respondent_weight", Kind.NUMBER, "Sampling weight; 1 unless the source declares one.", minimum=0),
        Column("attributes", Kind.TEXT, "JSON object of the columns kept for segmenting and display, text values."),
        Column("file_id", Kind.KEY, "SHA-256 of the file's bytes."),
        Column("row_number", Kind.INTEGER, "Row in the file or sheet, 1 = its first line.", minimum=1),
    ),
)

RATINGS = TableSchema(
    "ratings",
    "Answers to closed questions, one row per respondent and indicator.",
    (
        Column("feedback_id", Kind.KEY, "The `main` FEEDBACK row that holds the answer.", is_key=True),
        Column("indicator", Kind.TEXT, "Code of the indicator that the question measures.", is_key=True),
        Column("state", Kind.TEXT, "What happened to the question.", allowed=tuple(AnswerState)),
        Column("rating", Kind.NUMBER, "The raw answer, in scale points; empty unless answered.", is_nullable=True),
        Column("scale_min", Kind.NUMBER, "Worst (or, when reversed, best) rating of the declared scale."),
        Column("scale_max", Kind.NUMBER, "The other end; a reversed scale is stored with scale_min > scale_max."),
    ),
)

CASES = TableSchema(
    "cases",
    "The handling of a complaint, one row per case.",
    (
        Column("feedback_id", Kind.KEY, "The FEEDBACK row with the complaint's text.", is_key=True),
        Column("opened_at", Kind.MOMENT, "When the complaint was registered.", is_nullable=True),
        Column("replied_at", Kind.MOMENT, "First reply to the customer.", is_nullable=True),
        Column("closed_at", Kind.MOMENT, "When the case was closed.", is_nullable=True),
        Column("status", Kind.TEXT, "Status as the source words it.", is_nullable=True),
        Column("department", Kind.TEXT, "Who handles it.", is_nullable=True),
        Column("stated_type", Kind.TEXT, "Complaint type as the source words it.", is_nullable=True),
    ),
)

REJECTS = TableSchema(
    "rejects",
    "Cells and rows that could not be used; nothing is dropped without one.",
    (
        Column("file_id", Kind.KEY, "SHA-256 of the file's bytes.", is_key=True),
        Column("row_number", Kind.INTEGER, "Row in the file or sheet, 1 = its first line.", is_key=True, minimum=1),
        Column("column", Kind.TEXT, "Heading of the column; empty when the whole row is at fault.", is_key=True),
        Column("value", Kind.TEXT, "The cell as read, cut at 200 characters."),
        Column("reason", Kind.TEXT, "Why it cannot be used, in words."),
        Column("is_row_lost", Kind.BOOLEAN, "True: the row is quarantined. False: the row is kept without this cell."),
        Column(
            "is_expected",
            Kind.BOOLEAN,
            "True: the format explains it (total, preview, repeated headings, default review): no error.",
        ),
    ),
)


QUESTIONS = TableSchema(
    "questions",
    "What a recognised questionnaire asks, as read from its file.",
    (
        Column("source", Kind.TEXT, "Name of the source.", is_key=True),
        Column(
            "code", Kind.TEXT, "Code of the question: the indicator in RATINGS, or the role in FEEDBACK.", is_key=True
        ),
        Column("stem", Kind.TEXT, "The question in its own words, with the row's label for a matrix row."),
        Column("type", Kind.TEXT, "single, multi, scale, nps, matrix_row, rank, number, text …"),
        Column("scale_min", Kind.NUMBER, "Lowest rating of its scale; empty if it has none.", is_nullable=True),
        Column("scale_max", Kind.NUMBER, "Highest rating.", is_nullable=True),
        Column("scale_evidence", Kind.TEXT, "Why it is this scale, in words."),
    ),
)


@dataclass(frozen=True, slots=True)
class FeedbackBatch:
    """Some rows of one file: `row_count` source rows read, as the four tables."""

    feedback: Columns
    ratings: Columns
    cases: Columns
    rejects: Columns
    row_count: int

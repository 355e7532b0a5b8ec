"""What the rows of a chunk say, whichever shape they came in: one list a field, one entry a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import compress

from feedback_engine.config.model import RatingConfig, SourceConfig
from feedback_engine.ingest.mapping import Chunk
from feedback_engine.ingest.ratings import Answer


@dataclass(slots=True)
class Case:
    """The handling of complaints; moments in microseconds since 1970."""

    opened: list[int | None]
    replied: list[int | None]
    closed: list[int | None]
    #: status, department and stated_type.
    words: dict[str, list[str]]


@dataclass(slots=True)
class Records:
    """Fields by row; an empty text means "none"."""

    numbers: list[int]
    #: The platform's own ids, as far as they can be trusted.
    ids: list[str]
    respondent_ids: list[str]
    customer_ids: list[str]
    channels: list[str]
    #: Microseconds since 1970 in UTC.
    received: list[int | None]
    texts: list[str]
    weights: list[float]
    attributes: list[tuple[str, list[str]]]
    ratings: list[tuple[RatingConfig, list[Answer]]]
    #: Open answers by role.
    answers: list[tuple[str, list[str]]] = field(default_factory=list)
    case: Case | None = None
    #: Names of the attributes that do not tell a correction from a repeat.
    volatile: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.numbers)

    def contents(self) -> list[tuple[str, list[str]]]:
        """Return what the rows say by name, as text, volatile attributes left out: what the content hash covers."""
        columns = [
            ("text", self.texts),
            ("received_at", _as_text(self.received)),
            ("channel", self.channels),
            ("customer_id", self.customer_ids),
            ("respondent_id", self.respondent_ids),
            ("weight", list(map(str, self.weights))),
        ]
        columns += [(f"attribute {name}", cells) for name, cells in self.attributes if name not in self.volatile]
        columns += [(f"rating {c.indicator}", [answer.token for answer in answers]) for c, answers in self.ratings]
        columns += [(f"answer {role}", cells) for role, cells in self.answers]
        if self.case is not None:
            moments = (("replied_at", self.case.replied), ("closed_at", self.case.closed))
            columns += [(name, _as_text(values)) for name, values in moments]
            columns += list(self.case.words.items())
        return columns

    def select(self, keep: Sequence[bool]) -> Records:
        """Return the records of the rows to keep."""
        case = self.case
        return Records(
            list(compress(self.numbers, keep)),
            list(compress(self.ids, keep)),
            list(compress(self.respondent_ids, keep)),
            list(compress(self.customer_ids, keep)),
            list(compress(self.channels, keep)),
            list(compress(self.received, keep)),
            list(compress(self.texts, keep)),
            list(compress(self.weights, keep)),
            [(name, list(compress(cells, keep))) for name, cells in self.attributes],
            [(config, list(compress(answers, keep))) for config, answers in self.ratings],
            [(role, list(compress(cells, keep))) for role, cells in self.answers],
            None
            if case is None
            else Case(
                list(compress(case.opened, keep)),
                list(compress(case.replied, keep)),
                list(compress(case.closed, keep)),
                {name: list(compress(cells, keep)) for name, cells in case.words.items()},
            ),
            self.volatile,
        )


def read_records(chunk: Chunk, source: SourceConfig, *, moment: str, respondent: str) -> Records:
    """Return what all shapes have in common; `moment` and `respondent` name the fields that say when and who.

    The texts are still empty.
    """
    blank = [""] * len(chunk)
    received = chunk.read_moments(moment, is_row_lost=True)
    if source.received_on is not None:
        default = chunk.columns.moments.start_of(source.received_on)
        received = [default if value is None else value for value in received]
    ids = chunk.drop_damaged("id") or blank
    channels = chunk.read_field("channel") or blank
    return Records(
        numbers=chunk.numbers,
        ids=ids,
        respondent_ids=ids if respondent == "id" else chunk.read_field(respondent) or blank,
        customer_ids=chunk.read_field("customer_id") or blank,
        channels=[channel or source.channel for channel in channels],
        received=received,
        texts=blank,
        weights=chunk.read_weights(),
        attributes=[(name, chunk.read_text(position)) for name, position in chunk.columns.attributes],
        ratings=[(rating.config, chunk.read_answers(rating)) for rating in chunk.columns.ratings],
        volatile=chunk.columns.volatile,
    )


def has_rating(records: Records) -> list[bool]:
    """Return for each row whether any closed question was answered or refused."""
    said = [False] * len(records)
    for _, answers in records.ratings:
        said = [before or answer.is_said for before, answer in zip(said, answers, strict=True)]
    return said


def join_title(chunk: Chunk) -> list[str]:
    """Return the texts, with the title as first line where one is mapped and the text does not hold it already."""
    texts = chunk.read_field("text") or [""] * len(chunk)
    titles = chunk.read_field("title")
    if titles is None:
        return texts
    return [
        text if title in text else f"{title}\n{text}".rstrip("\n") for title, text in zip(titles, texts, strict=True)
    ]


def _as_text(values: Sequence[int | None]) -> list[str]:
    return ["" if value is None else str(value) for value in values]

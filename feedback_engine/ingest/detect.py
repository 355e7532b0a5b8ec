"""Which platform wrote a file: all look at the same sample, the evidence decides, and a tie is asked about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Protocol

from feedback_engine.config.model import SourceConfig
from feedback_engine.errors import AmbiguousFormat
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.readers.rows import Rows

#: Rows that are looked at before a file is read, and cells in them: of a file of very many columns fewer rows.
SAMPLE_ROWS = 2000
SAMPLE_CELLS, LEAST_ROWS = 2_000_000, 20


@dataclass(frozen=True, slots=True)
class Sample:
    """The beginning of a file: the line that was read as headings, and up to SAMPLE_ROWS lines below it."""

    file_name: str
    #: csv, jsonl, json, xlsx, xls, sav, dta.
    container: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def column(self, position: int) -> list[str]:
        """Return the non-empty cells of a column, counted from 0."""
        return [row[position] for row in self.rows if position < len(row) and row[position]]

    def has(self, *headings: str) -> bool:
        """Whether all these headings are there."""
        return set(headings) <= set(self.header)


@dataclass(frozen=True, slots=True)
class Match:
    """A platform's claim to a file: how many required marks it found, and what they are, in Chinese words."""

    marks: int
    evidence: tuple[str, ...]
    #: Whether the line read as headings is data: a file that begins with its first record.
    is_headless: bool = False


class Platform(Protocol):
    """Knows how one platform writes its files."""

    name: str
    #: Rank in the order of detection: a lower one is asked first and wins; equal ranks with matches are a tie.
    rank: int

    def recognise(self, sample: Sample) -> Match | None:
        """Return the claim to the file, None if it is not this platform's."""
        ...

    def adapt(self, rows: Rows, source: SourceConfig) -> Adapted:
        """Return the rows under one row of headings, how these map to fields, and what is asked in them."""
        ...


def peek(rows: Rows, file_name: str) -> tuple[Sample, Rows]:
    """Return the beginning of the rows, and the rows from their beginning still."""
    records = iter(rows)
    count = max(LEAST_ROWS, min(SAMPLE_ROWS, SAMPLE_CELLS // max(len(rows.header), 1)))
    first: list[tuple[int, list[str]]] = []
    cells = 0
    while len(first) < count and (len(first) < LEAST_ROWS or cells < SAMPLE_CELLS):
        if (record := next(records, None)) is None:
            break
        first.append(record)
        cells += len(record[1])
    sample = Sample(file_name, rows.container, tuple(rows.header), tuple(tuple(cells) for _, cells in first))
    return sample, replace(rows, records=chain(first, records))


Claim = tuple[Platform, Match]


def find_claims(sample: Sample, platforms: Iterable[Platform]) -> list[Claim]:
    """Return the claims of all platforms to the file."""
    return [(platform, match) for platform in platforms if (match := platform.recognise(sample)) is not None]


def settle_claims(sample: Sample, claims: Sequence[Claim]) -> Claim:
    """Return the platform that wrote the file; raises AmbiguousFormat, naming the candidates and what to pass."""
    if not claims:
        way_out = "请给出映射文件（feedback-engine inspect 可起草，import 时写 --mapping）"
        raise AmbiguousFormat(f"{sample.file_name}：认不出是哪个平台的导出；{way_out}")
    best = min(claims, key=lambda claim: (claim[0].rank, -claim[1].marks))
    rivals = [c for c in claims if c[0].rank == best[0].rank and c[1].marks == best[1].marks]
    if len(rivals) > 1:
        names = "、".join(platform.name for platform, _ in rivals)
        raise AmbiguousFormat(f"{sample.file_name}：像 {names} 的导出，无法确定；请用 --format 指定其一")
    return best

"""What every reader gives: the headings of a file, then its rows as text, then what could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from feedback_engine.ingest.readers.dictionary import Dictionary

#: Numbers of rows that a tally names, and names of sheets that a warning does.
_SHOWN_NUMBERS, _SHOWN_NAMES = 5, 20


class LineReject(NamedTuple):
    """A row that is not handed on; it is quarantined."""

    row_number: int
    #: Heading of the column at fault; empty when the whole row is.
    column: str
    value: str
    reason: str
    #: Whether the format itself explains it: a total below the table, a preview, a repeated line of headings.
    is_expected: bool = False


@dataclass(slots=True)
class Tally:
    """Rows counted while a file is read, and the sentence that tells the count, in Chinese; `{}` stands for it.

    A second `{}` stands for the numbers of the first of them.
    """

    sentence: str
    count: int = 0
    numbers: list[int] = field(default_factory=list)
    #: Whether the user should act on it.
    is_doubt: bool = False

    def note(self, number: int) -> None:
        """Count the row of this number."""
        self.count += 1
        if len(self.numbers) < _SHOWN_NUMBERS:
            self.numbers.append(number)

    def __str__(self) -> str:
        more = "…" if self.count > len(self.numbers) else ""
        return self.sentence.format(self.count, "、".join(map(str, self.numbers)) + more)


@dataclass(frozen=True)
class Rows:
    """A file's rows as text, to be read once.

    Iterating gives (row_number, cells): the row's number in the file or sheet, 1 = its first line, and one text a
    heading. Rows above and including the headings are not given. `rejects` grows as the rows are read.
    """

    #: The headings by position, stripped; one may occur twice.
    header: list[str]
    records: Iterable[tuple[int, list[str]]]
    #: What the bytes are: csv, jsonl, json, xlsx, xls, html, xml, sav or dta.
    container: str
    #: Name of the text encoding; None for workbooks.
    encoding: str | None = None
    #: Name of the sheet read, or names of several; None for texts.
    sheet: str | None = None
    #: Sentences that say why the file was read this way, in Chinese.
    evidence: tuple[str, ...] = ()
    rejects: list[LineReject] = field(default_factory=list)
    #: The file; None where the rows come from elsewhere.
    path: Path | None = None
    #: What the file itself says of its columns; None for all but data files of statistics packages.
    dictionary: Dictionary | None = None
    #: What the user should know of the reading, in Chinese.
    warnings: tuple[str, ...] = ()
    #: What is known only when all rows have been read.
    tallies: list[Tally] = field(default_factory=list)
    #: Row of a sheet in which its headings are.
    heading_row: int = 1
    #: How many headings are merged with the cell below them; 0 where the file does not tell.
    merged_headings: int = 0
    #: Names of the other visible sheets with content, where nobody chose this one.
    others: tuple[str, ...] = ()
    #: Where the rows are those of several sheets: the number of the first row of each, and its name.
    sheets: tuple[tuple[int, str], ...] = ()

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        return iter(self.records)

    def with_others(self, visible: Sequence[str], hidden: Sequence[str]) -> Rows:
        """Return the rows, which know of the other sheets with content; nobody means one that is hidden."""
        told = "、".join(f"「{name}」" for name in hidden[:_SHOWN_NAMES])
        warning = f"另有 {len(hidden)} 个隐藏的工作表没有读：{told}；要读请用 --sheet（配置里为 sheet）指定"
        warnings = (*self.warnings, warning) if hidden else self.warnings
        return replace(self, others=(*self.others, *visible), warnings=warnings)

    @property
    def told(self) -> list[str]:
        """What has been counted so far, in sentences."""
        return [str(tally) for tally in self.tallies if tally.count]

    @property
    def doubts(self) -> list[str]:
        """Those of the sentences that the user should act on."""
        return [str(tally) for tally in self.tallies if tally.count and tally.is_doubt]

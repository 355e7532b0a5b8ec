"""What an import, and a whole run, did: counts that add up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from feedback_engine.errors import TableError


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """Source rows by what became of them; read = stored + updated + duplicate + quarantined, always."""

    read: int = 0
    stored: int = 0
    updated: int = 0
    duplicate: int = 0
    quarantined: int = 0

    def __post_init__(self) -> None:
        kept = self.stored + self.updated + self.duplicate + self.quarantined
        if self.read != kept:
            raise TableError(f"行数不守恒：读入 {self.read} 行，去向合计 {kept} 行（{self}）")

    def __add__(self, other: ImportCounts) -> ImportCounts:
        return ImportCounts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def resume(self, earlier: ImportCounts) -> ImportCounts:
        """Return what the file has given over both imports, when these counts are those of the one that went on.

        The rows that the interrupted import committed come again as duplicates. Until all of them have come, what is
        known of the file is what that import left.
        """
        kept = earlier.stored + earlier.updated
        if self.read < earlier.read:
            return earlier
        if self.duplicate < kept:
            return self
        return ImportCounts(
            self.read,
            self.stored + earlier.stored,
            self.updated + earlier.updated,
            self.duplicate - kept,
            self.quarantined,
        )

    def as_sent_again(self) -> ImportCounts:
        """Return the counts of the same file sent again: nothing is new in it."""
        return ImportCounts(self.read, duplicate=self.read - self.quarantined, quarantined=self.quarantined)

    def to_dict(self) -> dict[str, int]:
        """Return the counts by name."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class FileSummary:
    """One file of an import; `error` says why a file could not be used at all."""

    name: str
    source: str
    platform: str = ""
    counts: ImportCounts = ImportCounts()
    #: Rows that lost a cell or were quarantined, for which the format itself is no explanation.
    rejected_rows: int = 0
    is_known: bool = False
    error: str = ""
    notes: tuple[str, ...] = ()
    #: Those of the notes that the user should act on: of which source the file is, and whether its rows count twice.
    doubts: tuple[str, ...] = ()
    #: The first cells and rows that could not be used, each in words with its row; all are in REJECTS.
    rejects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a command did, for the log, the command line and the caller."""

    counts: ImportCounts = ImportCounts()
    tagged: int = 0
    seconds: float = 0.0
    files: tuple[FileSummary, ...] = ()
    report: str = ""
    #: Why no report was written.
    report_error: str = ""

    @classmethod
    def of_files(cls, files: Sequence[FileSummary], seconds: float) -> Self:
        """Return the summary of an import."""
        return cls(sum((file.counts for file in files), ImportCounts()), 0, seconds, tuple(files))

    @property
    def read(self) -> int:
        """Source rows read."""
        return self.counts.read

    @property
    def stored(self) -> int:
        """Rows that are new in the store."""
        return self.counts.stored

    @property
    def updated(self) -> int:
        """Rows that corrected an earlier one."""
        return self.counts.updated

    @property
    def duplicate(self) -> int:
        """Rows that the store held already."""
        return self.counts.duplicate

    @property
    def quarantined(self) -> int:
        """Rows that could not be used; each is in REJECTS."""
        return self.counts.quarantined

    @property
    def failed(self) -> tuple[FileSummary, ...]:
        """The files that could not be used."""
        return tuple(file for file in self.files if file.error)

    @property
    def reject_share(self) -> float:
        """Share of the rows read that lost a cell or were quarantined, other than those that the format explains."""
        rejected = sum(file.rejected_rows for file in self.files)
        return rejected / self.read if self.read else 0.0

    def merge(self, other: RunSummary) -> Self:
        """Return both as one."""
        return type(self)(
            self.counts + other.counts,
            self.tagged + other.tagged,
            self.seconds + other.seconds,
            self.files + other.files,
            self.report or other.report,
            self.report_error or other.report_error,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as the JSON that `import --json` and `run --json` print."""
        files = [
            {k: v for k, v in asdict(file).items() if k != "counts"} | file.counts.to_dict() for file in self.files
        ]
        return {
            **self.counts.to_dict(),
            "tagged": self.tagged,
            "seconds": round(self.seconds, 3),
            "reject_share": round(self.reject_share, 6),
            "files": files,
            "report": self.report,
            "report_error": self.report_error,
        }

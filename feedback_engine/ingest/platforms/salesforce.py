"""Salesforce case reports as CSV, with the lines that reports put below their data."""

from __future__ import annotations

from collections.abc import Sequence

from feedback_engine.config.model import SourceConfig
from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.detect import Match, Sample
from feedback_engine.ingest.format_tables import read_format_table
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.alias_tables import AliasTable
from feedback_engine.ingest.platforms.helpdesk import Desk, adapt_tickets
from feedback_engine.ingest.readers.rows import Rows

#: What a report of cases has beside their numbers, and how many of these.
_OTHERS = ("title", "status", "priority", "channel", "opened_at", "account")
_MIN_OTHERS = 3


class Salesforce:
    """Cases of Salesforce Service Cloud."""

    name = "salesforce"
    rank = 100

    @property
    def _desk(self) -> Desk:
        return Desk("Salesforce", AliasTable.load("salesforce_columns"))

    def recognise(self, sample: Sample) -> Match | None:
        """Return the claim to a file with a case number, in any of the languages, and three more of the headings."""
        table = AliasTable.load("salesforce_columns")
        found = table.locate(sample.header)
        marks = [name for name in _OTHERS if name in found]
        if not table.count_strong(sample.header, "id") or len(marks) < _MIN_OTHERS:
            return None
        number = clean(sample.header[found["id"][0]])
        return Match(1 + len(marks), (f"标题是 Salesforce 个案报表的：{number} 及另外 {len(marks)} 个",))

    def adapt(self, rows: Rows, source: SourceConfig) -> Adapted:
        """Return the cases; the lines below a report become rejects."""
        starts = tuple(row[0].casefold() for row in read_format_table("salesforce_footers"))

        def refuse(row: Sequence[str]) -> str:
            filled = [text for cell in row if (text := clean(cell))]
            is_footer = len(filled) < 3 and filled[0].casefold().startswith(starts)
            return "报表末尾的说明，不是工单" if is_footer else ""

        return adapt_tickets(rows, source, self._desk, refuse=refuse)

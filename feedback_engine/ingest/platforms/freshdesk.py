"""Freshdesk tickets: JSON of the interface with its integer codes, and the CSV with labels."""

from __future__ import annotations

from collections.abc import Sequence

from feedback_engine.config.model import SourceConfig
from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.detect import Match, Sample
from feedback_engine.ingest.format_tables import read_format_table
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.alias_tables import AliasTable, strip_envelope
from feedback_engine.ingest.platforms.helpdesk import Desk, adapt_tickets
from feedback_engine.ingest.readers.rows import Rows

_JSON = ("responder_id", "due_by", "fr_due_by", "source", "fr_escalated", "is_escalated", "description_text", "spam",
         "display_id", "status_name", "priority_name", "source_name", "ticket_type")  # fmt: skip
_CSV = ("due by time", "created time", "resolved time", "closed time", "last update time", "survey results", "agent")


class Freshdesk:
    """Tickets of Freshdesk."""

    name = "freshdesk"
    rank = 100

    @property
    def _desk(self) -> Desk:
        codes: dict[str, dict[str, str]] = {}
        for name, code, label in read_format_table("freshdesk_codes"):
            codes.setdefault(name, {})[code] = label
        return Desk("Freshdesk", AliasTable.load("freshdesk_columns"), codes)

    def recognise(self, sample: Sample) -> Match | None:
        """Return the claim by the keys of a ticket, or the headings of the export."""
        heads = {strip_envelope(heading) for heading in sample.header}
        marks = [key for key in _JSON if key in heads]
        if {"subject", "status", "priority"} <= heads and {"id", "display_id"} & heads and len(marks) > 2:
            return Match(4 + len(marks), (f"JSON 的键是 Freshdesk 工单的：{'、'.join(marks)}",))
        lower = {heading.casefold() for heading in sample.header}
        marks = [heading for heading in _CSV if heading in lower]
        if lower >= {"ticket id", "subject", "status"} and len(marks) > 2:
            return Match(3 + len(marks), (f"标题是 Freshdesk 导出的：{'、'.join(marks)}",))
        return None

    def adapt(self, rows: Rows, source: SourceConfig) -> Adapted:
        """Return the tickets; spam and deleted ones become rejects."""
        flags = [at for at, head in enumerate(rows.header) if strip_envelope(head).casefold() in ("spam", "deleted")]

        def refuse(row: Sequence[str]) -> str:
            return "垃圾邮件或已删除的工单" if any(clean(row[at]).casefold() == "true" for at in flags) else ""

        return adapt_tickets(rows, source, self._desk, refuse=refuse)

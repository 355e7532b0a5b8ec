"""Zendesk tickets: JSON and NDJSON of the interface, and the CSV of a view."""

from __future__ import annotations

from collections.abc import Sequence

from feedback_engine.config.model import ScaleConfig, SourceConfig
from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.detect import Match, Sample
from feedback_engine.ingest.format_tables import read_format_table
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.alias_tables import AliasTable, fold_fixed, strip_envelope
from feedback_engine.ingest.platforms.helpdesk import Desk, adapt_tickets
from feedback_engine.ingest.readers.rows import Rows

#: good or bad, perhaps with a comment; offered and unoffered say that nobody answered.
_GOOD_OR_BAD = ScaleConfig(
    min=0, max=1, labels={"bad": 0, "good": 1, "badwithcomment": 0, "goodwithcomment": 1, "bad with comment": 0,
                          "good with comment": 1, "差": 0, "好": 1, "不满意": 0, "满意": 1, "差评": 0, "好评": 1,
                          "不佳": 0, "良好": 1, "schlecht": 0, "gut": 1, "mauvais": 0, "bon": 1, "悪い": 0, "良い": 1},
)  # fmt: skip
_JSON = (
    "requester_id",
    "via.channel",
    "satisfaction_rating.score",
    "satisfaction_rating",
    "custom_fields",
    "raw_subject",
)


class Zendesk:
    """Tickets of Zendesk Support."""

    name = "zendesk"
    rank = 100

    @property
    def _desk(self) -> Desk:
        return Desk("Zendesk", AliasTable.load("zendesk_columns"), scale=_GOOD_OR_BAD)

    def recognise(self, sample: Sample) -> Match | None:
        """Return the claim by the keys of a ticket, or the headings of a view."""
        heads = {strip_envelope(heading) for heading in sample.header}
        marks = [key for key in _JSON if key in heads]
        if {"id", "subject", "status", "description"} <= heads and len(marks) > 1 and "responder_id" not in heads:
            return Match(4 + len(marks), (f"JSON 的键是 Zendesk 工单的：{'、'.join(marks)}",))
        own = {fold_fixed(heading): heading for heading in sample.header}
        telling = {fold_fixed(heading): row[0] for row in read_format_table("zendesk_views") for heading in row[1:]}
        marks = [heading for folded, heading in own.items() if folded in telling]
        kinds = {telling[folded] for folded in own if folded in telling}
        is_view = {"requester", "view"} <= kinds and len(marks) > 2
        if {"id", "title", "status"} <= self._desk.table.locate(sample.header).keys() and (
            is_view or "explore" in kinds
        ):
            return Match(4 + len(marks), (f"标题是 Zendesk 视图的：{'、'.join(marks)}",))
        return None

    def adapt(self, rows: Rows, source: SourceConfig) -> Adapted:
        """Return the tickets; deleted ones become rejects."""
        status = next((at for at, head in enumerate(rows.header) if head.casefold().endswith("status")), None)

        def refuse(row: Sequence[str]) -> str:
            return "已删除的工单" if status is not None and clean(row[status]) == "deleted" else ""

        return adapt_tickets(rows, source, self._desk, refuse=refuse)

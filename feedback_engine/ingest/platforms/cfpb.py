"""Complaints of the Consumer Financial Protection Bureau: CSV with 18, 16 or fewer columns, and its JSON."""

from __future__ import annotations

import re

from feedback_engine.config.model import SourceConfig
from feedback_engine.domain import SourceKind
from feedback_engine.errors import MappingError
from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.detect import Match, Sample, peek
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.alias_tables import AliasTable
from feedback_engine.ingest.platforms.casework import add_segments
from feedback_engine.ingest.platforms.dayforms import decide_days
from feedback_engine.ingest.platforms.identifiers import choose_key, clean_id, guard_ids
from feedback_engine.ingest.platforms.layout import Layout, count_made, take
from feedback_engine.ingest.readers.rows import Rows, Tally

#: What the bureau puts over names, numbers and dates: XXXX, XX/XX/2019, XXXX XXXX.
_REDACTED = re.compile(r"(?:\{\$)?\b[Xx]{2,}\b\}?(?:[/ \-](?:[Xx]{2,}\b|\d{4}\b))*")
_HIDDEN = "[隐去]"
_ATTRIBUTES = (
    "product", "sub_product", "sub_issue", "company", "state", "zip_code", "tags", "public_response", "consent",
    "timely", "disputed",
)  # fmt: skip
#: Columns that only the bureau has together, and how many in all make up for one of them.
_OWN, _MANY = 4, 8
_TEXT_ONLY = frozenset({"N/A", "None", "none", "null"})


class Cfpb:
    """The consumer complaint database of the CFPB."""

    name = "cfpb"
    rank = 90

    @property
    def _table(self) -> AliasTable:
        return AliasTable.load("cfpb_columns")

    def recognise(self, sample: Sample) -> Match | None:
        """Return the claim to a file with date, product, issue and day of sending, by their exact names.

        One of the four may have been deleted where most of the others are there.
        """
        found = self._table.locate(sample.header)
        own = [name for name in ("sent_at", "issue", "product", "opened_at") if name in found]
        if len(own) < _OWN and not (len(own) == _OWN - 1 and len(found) >= _MANY):
            return None
        return Match(len(found), (f"有 CFPB 投诉库的 {len(found)} 个标题，如 {sample.header[found[own[0]][0]]}",))

    def adapt(self, rows: Rows, source: SourceConfig) -> Adapted:
        """Return the complaints; those without a narrative count by their issue."""
        sample, rows = peek(rows, source.name)
        found = {name: places[0] for name, places in self._table.locate(sample.header).items()}
        if not {"product", "issue", "text"} & found.keys():
            raise MappingError(f"来源 {source.name}：没有 CFPB 投诉库的 Product、Issue 等列，请核对 format")
        layout = Layout()
        key = choose_key(sample, [found["id"]] if "id" in found else [])
        layout.warnings += key.warnings
        if key.position is not None:
            layout.add_field("id", sample.header[key.position], take(key.position, clean_id))
        # The bureau writes month/day/year; ISO passes as it is.
        convert = decide_days((), is_day_first=False).convert
        if "opened_at" in found:
            layout.add_field("opened_at", sample.header[found["opened_at"]], take(found["opened_at"], convert))
        if "text" in found:
            empty = Tally("{} 行没有正文：保留并按问题类型计数，不进文本分析")
            rows.tallies.append(empty)
            told = take(found["text"], hide_redactions)
            layout.add_field("text", sample.header[found["text"]], count_made(told, empty, lambda text: text == ""))
        else:
            layout.add_field("text", "complaint_what_happened", lambda _: "")
            layout.warnings.append("文件没有投诉正文一列，只能按问题类型计数")
        for name, field in (("issue", "stated_type"), ("response", "status"), ("channel", "channel")):
            if name in found:
                layout.add_field(field, sample.header[found[name]], take(found[name]))
        if "sent_at" in found:
            layout.add_attribute(sample.header[found["sent_at"]], take(found["sent_at"], convert))
        for name in _ATTRIBUTES:
            if name in found:
                layout.add_attribute(sample.header[found[name]], take(found[name], _drop_literal))
        add_segments(layout, sample, [at for at, head in enumerate(sample.header) if self._table.find(head) is None])
        return layout.adapt(layout.make_rows(guard_ids(rows, key.position)), SourceKind.COMPLAINTS)


def hide_redactions(text: str) -> str:
    """Return the narrative with each run of XXXX as one token, so that it is no word."""
    return _REDACTED.sub(_HIDDEN, clean(text)) if "XX" in text or "xx" in text else clean(text)


def _drop_literal(cell: str) -> str:
    text = clean(cell)
    return "" if text in _TEXT_ONLY else text

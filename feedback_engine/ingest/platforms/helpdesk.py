"""Tickets of help desks: the same fields under each system's own headings and codes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from feedback_engine.config.model import ScaleConfig, SourceConfig
from feedback_engine.domain import SourceKind
from feedback_engine.errors import MappingError
from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.detect import Sample, peek
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.alias_tables import AliasTable
from feedback_engine.ingest.platforms.casework import add_satisfaction, add_segments, is_segment
from feedback_engine.ingest.platforms.dayforms import DayForm, decide_days
from feedback_engine.ingest.platforms.identifiers import choose_key, clean_id
from feedback_engine.ingest.platforms.layout import Layout, Make, take, take_first
from feedback_engine.ingest.platforms.posts import clean_post
from feedback_engine.ingest.readers.rows import Rows

_MOMENTS = ("opened_at", "replied_at", "closed_at", "due_at")
_NAMED = (("status", "status"), ("type", "stated_type"), ("channel", "channel"), ("department", "department"))


@dataclass(frozen=True)
class Desk:
    """What one system writes: its headings, and what its codes mean, by field."""

    name: str
    table: AliasTable
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    scale: ScaleConfig | None = None

    def decode(self, name: str, cell: str) -> str:
        """Return what a code of the field stands for; anything else as it is."""
        text = clean(cell)
        return self.codes.get(name, {}).get(text, text)


def adapt_tickets(rows: Rows, source: SourceConfig, desk: Desk, *, refuse: Make | None = None) -> Adapted:
    """Return the tickets; `refuse` gives the reason why a row is none.

    Raises MappingError without a column of ids, or without title and text.
    """
    sample, rows = peek(rows, source.name)
    found = desk.table.locate(sample.header)
    if "id" not in found or not {"title", "text"} & found.keys():
        raise MappingError(f"来源 {source.name}：没有找到 {desk.name} 工单的编号与标题列，请核对 format 或用映射文件")
    layout = Layout()
    _add_identity(layout, sample, found)
    days = decide_days(cell for name in _MOMENTS for at in found.get(name, []) for cell in sample.column(at))
    layout.warnings += days.warnings
    _add_fields(layout, sample, found, desk, days)
    _add_attributes(layout, sample, found, desk)
    if "satisfaction" in found:
        add_satisfaction(layout, sample, found["satisfaction"][0], stem="满意度评价", scale=desk.scale)
    add_segments(layout, sample, [at for at, head in enumerate(sample.header) if desk.table.find(head) is None])
    made = layout.make_rows(rows, refuse=refuse, repair=lambda cells: _pad_lonely(cells, len(sample.header)))
    return layout.adapt(made, SourceKind.COMPLAINTS)


def _add_identity(layout: Layout, sample: Sample, found: dict[str, list[int]]) -> None:
    key = choose_key(sample, found["id"])
    layout.warnings += key.warnings
    if key.position is not None:
        layout.add_field("id", sample.header[key.position], take(key.position, clean_id))
    for position in found.get("customer_id", [])[:1]:
        layout.add_field("customer_id", sample.header[position], take(position, clean_id))


def _add_fields(layout: Layout, sample: Sample, found: dict[str, list[int]], desk: Desk, days: DayForm) -> None:
    for name in ("title", "text"):
        if name in found:
            layout.add_field(name, sample.header[found[name][0]], take_first(found[name], clean_post))
    if "text" not in found:
        layout.add_field("text", "正文", lambda _: "")
        layout.warnings.append("文件没有工单正文一列，只读到标题")
    for name in _MOMENTS[:-1]:
        if name in found:
            layout.add_field(name, sample.header[found[name][0]], take_first(found[name], days.convert))
    for position in found.get("due_at", [])[:1]:
        layout.add_attribute(sample.header[position], take(position, days.convert))
    for name, target in _NAMED:
        if name in found:
            layout.add_field(target, sample.header[found[name][0]], _decoder(desk, name, found[name][0]))


def _decoder(desk: Desk, name: str, position: int) -> Make:
    return take(position, lambda cell: desk.decode(name, cell))


def _add_attributes(layout: Layout, sample: Sample, found: dict[str, list[int]], desk: Desk) -> None:
    for position in found.get("priority", [])[:1]:
        layout.add_attribute(sample.header[position], _decoder(desk, "priority", position))
    for position in found.get("tags", []):
        layout.add_attribute(sample.header[position], take(position, read_list))
    for position in found.get("comment", []):
        layout.add_attribute(sample.header[position], take(position, clean_post))
    for position in found.get("attribute", []):
        layout.add_attribute(sample.header[position], take(position))
    custom = found.get("custom_prefix", [])
    add_segments(layout, sample, custom)
    for position in found.get("custom", []):
        _add_custom_list(layout, sample, position)


def _add_custom_list(layout: Layout, sample: Sample, position: int) -> None:
    """Add the custom fields of a list such as [{"id": 1, "value": "x"}] that segment, one column each."""
    values: dict[str, list[str]] = {}
    for cell in sample.column(position):
        for name, value in read_pairs(cell).items():
            values.setdefault(name, []).append(value)
    for name, cells in values.items():
        if is_segment([cell for cell in cells if cell]):
            layout.add_attribute(f"custom_{name}", _custom_reader(position, name))


def _custom_reader(position: int, name: str) -> Make:
    return lambda row: read_pairs(row[position]).get(name, "")


def read_list(cell: str) -> str:
    """Return the entries of a JSON list, or of a text of words, joined by 、."""
    text = clean(cell)
    entries = _load(text) if text[:1] == "[" else text.replace(",", " ").split()
    return "、".join(str(entry) for entry in entries) if isinstance(entries, list) else text


@lru_cache(maxsize=1024)
def read_pairs(cell: str) -> dict[str, str]:
    """Return id → value of a JSON list of such pairs; what is none gives nothing."""
    entries = _load(clean(cell))
    if not isinstance(entries, list):
        return {}
    pairs = [entry for entry in entries if isinstance(entry, dict) and "id" in entry]
    return {str(pair["id"]): clean(str(pair["value"])) for pair in pairs if pair.get("value") not in (None, "", False)}


def _load(text: str) -> object:
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return None


def _pad_lonely(cells: Sequence[str], width: int) -> list[str]:
    """Return a line with one cell as a row, so that it can be told what it is: footers have no other cells."""
    is_lonely = len(cells) < width and sum(bool(cell.strip()) for cell in cells) == 1
    return [*cells, *[""] * (width - len(cells))] if is_lonely else list(cells)

"""Hotline orders, government letters and complaint sheets: no fixed columns, but a known vocabulary of headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from feedback_engine.config.model import SourceConfig
from feedback_engine.domain import SourceKind
from feedback_engine.errors import MappingError
from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.dates import MomentParser
from feedback_engine.ingest.detect import Match, Sample, peek
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.alias_tables import AliasTable, bare_heading, fold_heading
from feedback_engine.ingest.platforms.casework import add_satisfaction, add_segments, join_list, join_path
from feedback_engine.ingest.platforms.dayforms import decide_days
from feedback_engine.ingest.platforms.identifiers import choose_key, clean_id, guard_ids
from feedback_engine.ingest.platforms.layout import Layout, Make, take, take_first
from feedback_engine.ingest.platforms.posts import clean_post
from feedback_engine.ingest.platforms.repeats import settle_repeats
from feedback_engine.ingest.platforms.templates import read_section, split_template
from feedback_engine.ingest.readers.rows import Rows

#: The attribute that counts in how many rows (transfers, visits) an order stands.
TRANSFERS = "流转次数"
#: The columns of 车质网's public list in English, none of which proves anything alone.
_CAR_LIST = frozenset({"id", "desc", "problem", "datetime", "status"})
_MOMENTS = ("opened_at", "replied_at", "closed_at", "occurred_at", "due_at")
_CATEGORIES = ("category1", "category2", "category3", "category4")
_REGIONS = ("region1", "region2", "region3", "region4")
#: How a board numbers its users: no name.
_USER_CODE = re.compile(r"[A-Za-z]{0,4}\d{4,}", re.ASCII)
#: On a message board the official answer closes the matter.
_CLOSING_REPLIES = frozenset(("答复时间", "答复日期"))
_COMPARED = MomentParser("UTC")
#: What any table may have, and how many other fields make a log of complaints.
_BESIDE = frozenset({"ignore", "private", "attribute"})
_MIN_FIELDS = 3
#: What a log without texts has beside its ids, and how many fields in all.
_REGISTER, _MANY_FIELDS = frozenset({"opened_at", "closed_at", "stated_type"}), 7


class WorkOrder:
    """Any log of complaints whose headings are in lexicons/formats/complaint_columns.tsv."""

    name = "work_order"
    rank = 130

    @property
    def _table(self) -> AliasTable:
        return AliasTable.load("complaint_columns")

    def recognise(self, sample: Sample) -> Match | None:
        """Return the claim to a file with an id and a text, at least one of them named as only complaints are."""
        found = self._table.locate(sample.header)
        has_id, has_text = "id" in found, bool({"text", "title"} & found.keys())
        strong = self._table.count_strong(sample.header, "id", "text", "title")
        is_car_list = sample.has(*_CAR_LIST)
        # An id alone may be of anything: ticket id and subject of a theatre.
        is_sparse = strong < 2 and len(found.keys() - _BESIDE) < _MIN_FIELDS
        is_log = self._table.count_strong(sample.header, "text", "title") and "opened_at" in found and len(found) > 3
        # Some logs hold no words of the customer, only how the case was classed and handled.
        has_strong_id = self._table.count_strong(sample.header, "id") > 0
        is_register = has_strong_id and found.keys() >= _REGISTER and len(found) >= _MANY_FIELDS
        if not (is_car_list or (has_id and has_text and strong and not is_sparse) or is_log or is_register):
            return None
        known = [sample.header[places[0]] for places in found.values() if places]
        return Match(len(found), (f"标题像投诉或工单：{'、'.join(known[:8])}",))

    def adapt(self, rows: Rows, source: SourceConfig) -> Adapted:
        """Return the orders; raises MappingError where no column can be the text."""
        sample, rows = peek(rows, source.name)
        found = self._table.locate(sample.header)
        if not {"text", "title", "stated_type"} & found.keys():
            shown = "、".join(repr(heading) for heading in sample.header[:40])
            raise MappingError(f"来源 {source.name}：找不到投诉内容或标题列，请用映射文件指明；文件的标题有：{shown}")
        layout = Layout()
        key = choose_key(sample, found.get("id", []))
        layout.warnings += key.warnings
        if key.position is not None:
            layout.add_field("id", sample.header[key.position], take(key.position, clean_id))
        _add_words(layout, sample, found)
        _add_moments(layout, sample, found)
        _add_handling(layout, sample, found)
        _add_people(layout, sample, found)
        add_segments(layout, sample, [at for at, head in enumerate(sample.header) if self._table.find(head) is None])
        layout.add_attribute(TRANSFERS, lambda _: "1", is_volatile=True)
        made = layout.make_rows(guard_ids(rows, key.position))
        if key.position is not None:
            made = replace(made, records=settle_repeats(made.records, _Transfers(layout)))
        return layout.adapt(made, SourceKind.COMPLAINTS, scope=_name_scope(sample, found))


def _name_scope(sample: Sample, found: dict[str, list[int]]) -> str:
    """Return what tells one system's orders from another's: a digest of what it calls its ids and its texts."""
    names = [fold_heading(sample.header[found[name][0]]) for name in ("id", "text", "title") if name in found]
    return sha256("\n".join(names).encode()).hexdigest()[:8]


def _add_words(layout: Layout, sample: Sample, found: dict[str, list[int]]) -> None:
    """Add title and text; of a text in a template, only what the customer said, and what he asks for beside it."""
    texts = found.get("text", [])
    for name in ("text", "title"):
        for number, position in enumerate(found.get(name, [])):
            if number == 0:
                convert = (lambda cell: split_template(clean_post(cell)).text) if name == "text" else clean_post
                layout.add_field(name, sample.header[position], take(position, convert))
            elif name == "title":
                layout.add_attribute(sample.header[position], take(position, clean_post))
    if len(texts) > 1:
        others = "、".join(repr(sample.header[at]) for at in texts[1:])
        layout.warnings.append(f"有几列都像投诉正文，读的是 {sample.header[texts[0]]!r}；没有读 {others}")
    purposes: list[Make] = [take(at, clean_post) for at in found.get("purpose", [])]
    if any(read_section(cell, "purpose") for at in texts[:1] for cell in sample.column(at)):
        purposes.append(take(texts[0], lambda cell: read_section(clean_post(cell), "purpose")))
    if purposes:
        layout.add_attribute("诉求目的", lambda row: next((text for make in purposes if (text := make(row))), ""))


def _add_moments(layout: Layout, sample: Sample, found: dict[str, list[int]]) -> None:
    places = {name: found[name] for name in _MOMENTS if name in found}
    days = decide_days(cell for positions in places.values() for at in positions for cell in sample.column(at))
    layout.warnings += days.warnings
    for name, positions in places.items():
        heading = sample.header[positions[0]]
        if name in ("occurred_at", "due_at"):
            layout.add_attribute(heading, take_first(positions, days.convert))
        else:
            layout.add_field(name, heading, take_first(positions, days.convert))
            # 处理时间 beside 办结时间 is kept too, as what it is called.
            for position in positions[1:]:
                layout.add_attribute(sample.header[position], take(position, days.convert))
    reply = places.get("replied_at", [])
    if "closed_at" not in places and reply and bare_heading(sample.header[reply[0]]) in _CLOSING_REPLIES:
        layout.columns["closed_at"] = layout.columns["replied_at"]
    closed, due = places.get("closed_at"), places.get("due_at")
    if closed and due and "overdue" not in found:
        late = take_first(closed, days.convert), take_first(due, days.convert)
        layout.add_attribute("是否超期", lambda row: _compare(late[0](row), late[1](row)))


def _compare(closed: str, due: str) -> str:
    """Return 是 if it was closed after it was due, 否 if not, nothing where either is unknown."""
    moments = [_COMPARED.parse(text) if text else None for text in (closed, due)]
    if moments[0] is None or moments[1] is None:
        return ""
    return "是" if moments[0] > moments[1] else "否"


def _add_handling(layout: Layout, sample: Sample, found: dict[str, list[int]]) -> None:
    """Add departments, category, region, status, channel, satisfaction, replies and what else is known by name."""
    for name, convert in (("department", join_list), ("status", clean), ("channel", clean)):
        for number, position in enumerate(found.get(name, [])):
            if number == 0:
                layout.add_field(name, sample.header[position], take(position, convert))
            else:
                layout.add_attribute(sample.header[position], take(position, convert))
    levels = [found[name][0] for name in _CATEGORIES if name in found]
    stated = found.get("stated_type", [])
    paths = [levels, *([at] for at in stated)] if levels else [[at] for at in stated]
    if paths:
        layout.add_field("stated_type", _unlike("投诉类型", sample.header), lambda row: _first_path(paths, row))
    for position in [*levels, *stated]:
        layout.add_attribute(sample.header[position], take(position, join_list))
    for name in (*_REGIONS, "attribute", "overdue"):
        for position in found.get(name, []):
            layout.add_attribute(sample.header[position], take(position))
    for name in ("result", "reply", "comment", "returned"):
        for position in found.get(name, []):
            layout.add_attribute(sample.header[position], take(position, clean_post))
    for number, position in enumerate(found.get("satisfaction", [])):
        if number == 0:
            add_satisfaction(layout, sample, position, stem=f"{sample.header[position]}满意度")
        else:
            layout.add_attribute(sample.header[position], take(position))


def _unlike(name: str, header: Sequence[str]) -> str:
    """Return the name, longer where a heading of the file, under which an attribute is kept, is called so."""
    return f"{name}（合）" if name in header else name


def _first_path(paths: Sequence[Sequence[int]], row: Sequence[str]) -> str:
    """Return the first category that the row has: by its levels, else as it is called elsewhere."""
    return next((text for path in paths if (text := join_path(path, row))), "")


def _add_people(layout: Layout, sample: Sample, found: dict[str, list[int]]) -> None:
    """Add the customer's number; a name in its place stays outside, as all personal columns do."""
    for position in [*found.get("customer_id", []), *found.get("author", [])]:
        cells = sample.column(position)
        if cells and "customer_id" not in layout.columns and all(_USER_CODE.fullmatch(clean(cell)) for cell in cells):
            layout.add_field("customer_id", sample.header[position], take(position, clean_id))
    if private := [sample.header[at] for at in found.get("private", [])]:
        layout.warnings.append(f"含个人信息的列没有读入：{'、'.join(private)}")


@dataclass
class _Transfers:
    """One order in several rows: the last by time holds. A number given twice, for another matter, stays two orders."""

    layout: Layout
    #: By id: (digest of the text, opened at, number of the group).
    _orders: dict[str, list[tuple[bytes, str, int]]] = field(default_factory=dict)
    _counts: list[int] = field(default_factory=list)
    #: Names of fields → where their columns lie.
    _places: dict[tuple[str, ...], list[int]] = field(default_factory=dict)

    def note(self, cells: list[str]) -> int | None:
        """Return the group: the same id with the same text or the same moment of opening."""
        own = self._read(cells, "id")
        if not own:
            return None
        text, opened = sha256(self._read(cells, "text", "title").encode()).digest()[:12], self._read(cells, "opened_at")
        groups = self._orders.setdefault(own, [])
        for known_text, known_opened, group in groups:
            if known_text == text or (opened and known_opened == opened) or not (opened and known_opened):
                self._counts[group] += 1
                return group
        groups.append((text, opened, len(self._counts)))
        self._counts.append(1)
        return len(self._counts) - 1

    def rank(self, cells: list[str]) -> tuple[object, ...]:
        """Return the last moment that the row knows of its handling."""
        moments = [self._moment(cells, name) for name in ("closed_at", "replied_at", "opened_at")]
        return (max(moments[0], moments[1]), moments[2])

    def settle(self, cells: list[str], group: int | None) -> list[str]:
        """Return the row with the number of rows of its order, and an id that no other matter has."""
        if group is None:
            return cells
        at = self.layout.position("id")
        counted = [*cells[:-1], str(self._counts[group])]
        if at is not None:
            counted[at] += self._suffix_of(cells, group)
        return counted

    def _suffix_of(self, cells: list[str], group: int) -> str:
        """Return nothing for the earliest matter under a number, the moment of opening for the others."""
        groups = self._orders[self._read(cells, "id")]
        if len(groups) == 1:
            return ""
        earliest = min(groups, key=lambda known: (_COMPARED.parse(known[1]) or 0, known[0]))
        opened = next(known[1] for known in groups if known[2] == group)
        return "" if earliest[2] == group else f"@{opened}"

    def _read(self, cells: Sequence[str], *names: str) -> str:
        if (places := self._places.get(names)) is None:
            found = (self.layout.position(name) for name in names)
            places = self._places[names] = [at for at in found if at is not None]
        return "\n".join([cells[at] for at in places])

    def _moment(self, cells: Sequence[str], name: str) -> int:
        text = self._read(cells, name)
        return (_COMPARED.parse(text) or 0) if text else 0

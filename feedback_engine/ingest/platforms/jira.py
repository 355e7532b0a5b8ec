"""Jira and Jira Service Management exports, whatever the site's language: by names, else by what the columns hold."""

from __future__ import annotations

import re
from collections.abc import Sequence

from feedback_engine.config.model import ScaleConfig, SourceConfig
from feedback_engine.domain import SourceKind
from feedback_engine.errors import MappingError
from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.detect import Match, Sample, peek
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.alias_tables import AliasTable
from feedback_engine.ingest.platforms.casework import add_satisfaction, is_segment
from feedback_engine.ingest.platforms.dayforms import DayForm, decide_days, looks_dated
from feedback_engine.ingest.platforms.layout import Layout, take
from feedback_engine.ingest.platforms.posts import clean_post
from feedback_engine.ingest.readers.rows import Rows

_KEY = re.compile(r"[A-Z][A-Z0-9_]+-\d+")
_PROJECT_TYPES = frozenset({"service_desk", "software", "business"})
#: `date;account;text`; the text may hold semicolons.
_COMMENT = re.compile(r"([^;\n]{6,40});([^;\n]*);(.*)", re.DOTALL)
#: An account, a number, a path: what no description consists of.
_WORD = re.compile(r"[\w.:/@+-]+", re.ASCII)
_CUSTOM = re.compile(r"[^()]+\((.+)\)")
_MIN_COLUMNS = 15
_ACCOUNT = re.compile(r"(?:qm:|\d{6}:)?[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{24}")
_STARS = ScaleConfig(min=1, max=5)
#: Jira writes these in this order, in every language.
_DATES = ("opened_at", "updated_at", "viewed_at", "closed_at")


class Jira:
    """Issues of Jira, as its CSV writes them."""

    name = "jira"
    rank = 100

    @property
    def _table(self) -> AliasTable:
        return AliasTable.load("jira_columns")

    def recognise(self, sample: Sample) -> Match | None:
        """Return the claim: English headings, or a column of keys in a wide file with a type of project."""
        if sample.has("Issue key", "Summary", "Status"):
            return Match(4, ("标题有 Summary、Issue key、Status",))
        key = _find_key(sample)
        if key is None:
            return None
        named = self._table.locate(sample.header)
        if key in named.get("key", ()) and {"title", "status"} <= named.keys():
            heads = [sample.header[named[name][0]] for name in ("title", "key", "status")]
            return Match(4, (f"标题有 {'、'.join(heads)}，{heads[1]!r} 列全是 Jira 的事务编号",))
        kinds = any(set(sample.column(at)) <= _PROJECT_TYPES and sample.column(at) for at in range(len(sample.header)))
        if len(sample.header) >= _MIN_COLUMNS and kinds:
            return Match(
                3, (f"{sample.header[key]!r} 列全是 Jira 的事务编号，如 {sample.column(key)[0]}", "有项目类型一列")
            )
        return None

    def adapt(self, rows: Rows, source: SourceConfig) -> Adapted:
        """Return the issues as cases; raises MappingError where no column holds keys."""
        sample, rows = peek(rows, source.name)
        found = self._locate(sample)
        if "key" not in found:
            raise MappingError(f"来源 {source.name}：没有一列是 ABC-123 这样的事务编号，不像 Jira 的导出")
        comments = [at for at in range(len(sample.header)) if _are_comments(sample.column(at))]
        dated = [found[name] for name in (*_DATES, "due_at") if name in found]
        days = decide_days([cell for at in dated for cell in sample.column(at)] + _comment_days(sample, comments))
        layout = Layout(warnings=list(days.warnings))
        self._add_case(layout, sample, found, days)
        reporters = [found[name] for name in ("reporter_id", "creator_id") if name in found]
        _add_talk(layout, sample, found, _Talk(comments, reporters, days))
        _add_custom_fields(layout, sample, {*found.values(), *comments})
        return layout.adapt(layout.make_rows(rows), SourceKind.COMPLAINTS)

    def _locate(self, sample: Sample) -> dict[str, int]:
        """Return where the fields lie: by names, then by order and content around the key."""
        found = {name: places[0] for name, places in self._table.locate(sample.header).items() if name != "comment"}
        key = _find_key(sample)
        if key is None:
            return found if "key" in found else {}
        found["key"] = key
        for name, step in (("title", -1), ("type", 2), ("status", 3)):
            at = key + step
            if name not in found and 0 <= at < len(sample.header):
                found[name] = at
        for at in range(key, len(sample.header)):
            if sample.column(at) and set(sample.column(at)) <= _PROJECT_TYPES:
                found.setdefault("project_type", at)
        _locate_dates(sample, found)
        _locate_text(sample, found)
        return found

    def _add_case(self, layout: Layout, sample: Sample, found: dict[str, int], days: DayForm) -> None:
        heads = sample.header
        layout.add_field("id", heads[found["key"]], take(found["key"]))
        if "title" in found:
            layout.add_field("title", heads[found["title"]], take(found["title"], clean_post))
        for name in ("opened_at", "closed_at"):
            if name in found:
                layout.add_field(name, heads[found[name]], take(found[name], days.convert))
        for name, field in (("status", "status"), ("type", "stated_type"), ("reporter_id", "customer_id")):
            if name in found:
                layout.add_field(field, heads[found[name]], take(found[name]))
        for name in ("project", "priority", "resolution", "labels"):
            if name in found:
                layout.add_attribute(heads[found[name]], take(found[name]))
        if "due_at" in found:
            layout.add_attribute(heads[found["due_at"]], take(found["due_at"], days.convert))
        if "satisfaction" in found:
            is_stars = set(sample.column(found["satisfaction"])) <= set("12345")
            add_satisfaction(layout, sample, found["satisfaction"], scale=_STARS if is_stars else None)


class _Talk:
    """The comments of an issue: the customer's own go with the text, the first of anybody else is the reply."""

    def __init__(self, comments: Sequence[int], reporters: Sequence[int], days: DayForm) -> None:
        self.comments, self._reporters, self._days = comments, reporters, days

    def _read(self, row: Sequence[str]) -> list[tuple[str, bool, str]]:
        """Return (moment, whether the customer's, text) for each comment."""
        own = {clean(row[at]) for at in self._reporters[:1]} - {""}
        parts = [match.groups() for at in self.comments if (match := _COMMENT.fullmatch(clean(row[at])))]
        return [(self._days.convert(day), account.strip() in own, text) for day, account, text in parts]

    def read_text(self, text: str, row: Sequence[str]) -> str:
        """Return the text with what the customer added to it."""
        added = [clean_post(comment) for _, is_own, comment in self._read(row) if is_own]
        return "\n".join(filter(None, (text, *added)))

    def read_reply(self, row: Sequence[str]) -> str:
        """Return the moment of the first comment that is not the customer's."""
        return min((day for day, is_own, _ in self._read(row) if not is_own), default="")

    def count(self, row: Sequence[str]) -> str:
        """Return the number of comments."""
        return str(sum(clean(row[at]) != "" for at in self.comments))


def _add_talk(layout: Layout, sample: Sample, found: dict[str, int], talk: _Talk) -> None:
    text = found.get("text")
    heading = "Description" if text is None else sample.header[text]
    layout.add_field("text", heading, lambda row: talk.read_text("" if text is None else clean_post(row[text]), row))
    if talk.comments:
        layout.add_field("replied_at", "首次回复", talk.read_reply)
        layout.add_attribute("评论数", talk.count)
        layout.warnings.append(f"{len(talk.comments)} 列评论：报告人自己的并入正文，其他人的只取首次回复时间和条数")


def _add_custom_fields(layout: Layout, sample: Sample, taken: set[int]) -> None:
    """Add the custom fields that segment: `Custom field (X)`, without accounts, dates and inner values."""
    for position, heading in enumerate(sample.header):
        match = _CUSTOM.fullmatch(clean(heading))
        cells = sample.column(position)
        if match is None or position in taken or not is_segment(cells) or looks_dated(cells):
            continue
        if not any(_ACCOUNT.search(cell) or "{" in cell or "@" in cell for cell in cells):
            layout.add_attribute(match[1], take(position))


def _find_key(sample: Sample) -> int | None:
    for position in range(len(sample.header)):
        cells = sample.column(position)
        if cells and len(cells) * 2 > len(sample.rows) and all(_KEY.fullmatch(clean(cell)) for cell in cells):
            return position
    return None


def _locate_dates(sample: Sample, found: dict[str, int]) -> None:
    """Fill in the moments of a language that the table does not know: they stand side by side, in one order."""
    if "opened_at" in found:
        return
    start = found.get("project_type", found["key"])
    first = next((at for at in range(start, len(sample.header)) if looks_dated(sample.column(at))), None)
    if first is None:
        return
    taken = set(found.values())
    for at, name in enumerate(_DATES, start=first):
        cells = sample.column(at) if at < len(sample.header) else None
        # An issue that is not resolved has no moment there; a column of anything else has another meaning.
        if cells is not None and at not in taken and (not cells or looks_dated(cells)):
            found.setdefault(name, at)


def _locate_text(sample: Sample, found: dict[str, int]) -> None:
    """Take the longest column for the description where no heading says which it is."""
    taken = set(found.values())
    lengths = {
        at: sum(map(len, sample.column(at)))
        for at in range(found["key"], len(sample.header))
        if at not in taken and _may_be_text(sample.header[at], sample.column(at))
    }
    if "text" not in found and lengths:
        found["text"] = max(lengths, key=lambda at: lengths[at])


def _may_be_text(heading: str, cells: Sequence[str]) -> bool:
    """Whether a column may hold what the customer wrote: no comments, dates, numbers or words without a blank."""
    if _are_comments(cells) or looks_dated(cells) or _CUSTOM.fullmatch(clean(heading)):
        return False
    return not all(_WORD.fullmatch(cell) for cell in cells)


def _are_comments(cells: Sequence[str]) -> bool:
    return bool(cells) and all(
        (match := _COMMENT.fullmatch(clean(cell))) is not None and looks_dated([match[1]]) for cell in cells
    )


def _comment_days(sample: Sample, comments: Sequence[int]) -> list[str]:
    matches = [_COMMENT.fullmatch(clean(cell)) for at in comments for cell in sample.column(at)]
    return [match[1] for match in matches if match]

"""Posts and comments of social platforms: one record a post, however many keywords have found it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from feedback_engine.domain import SourceKind
from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.dates import MomentParser
from feedback_engine.ingest.detect import Sample
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.dayforms import DayForm, decide_days, looks_dated
from feedback_engine.ingest.platforms.identifiers import choose_key, clean_id, guard_ids
from feedback_engine.ingest.platforms.layout import Layout, Make, count_made, take, take_first
from feedback_engine.ingest.platforms.posts import clean_post, clean_truncated, is_relative, mark_truncated, read_count
from feedback_engine.ingest.platforms.repeats import settle_repeats
from feedback_engine.ingest.readers.rows import Rows, Tally

KEYWORD, TRUNCATED, PARENT = "关键词", "truncated", "parent_id"
#: What joins the keywords that found the same post.
_JOINER = "、"
_MOMENTS = MomentParser("UTC")


@dataclass(frozen=True)
class Feed:
    """Where the fields of a feed lie, by name (`found` of an alias table), and what the file alone does not say."""

    sample: Sample
    found: dict[str, list[int]]
    channel: str
    #: Columns that tell posts apart, the best first.
    keys: Sequence[int]
    #: Turns an id into one that no other feed of the same source has.
    name_id: Callable[[str], str] = clean_id
    parent: Make | None = None
    warnings: tuple[str, ...] = ()


def adapt_feed(rows: Rows, feed: Feed) -> Adapted:
    """Return the posts with their keywords merged; repeats of a post are rewritten to the one that tells most."""
    sample, found = feed.sample, feed.found
    layout = Layout(warnings=list(feed.warnings))
    key = choose_key(sample, feed.keys)
    layout.warnings += key.warnings
    if key.position is not None:
        layout.add_field("id", sample.header[key.position], take(key.position, feed.name_id))
    texts = found.get("text", [])
    _add_texts(layout, sample, found)
    times = found.get("time", [])
    days = decide_days(cell for at in times for cell in sample.column(at))
    if times:
        read_time = _time_reader(rows, times, days)
        layout.add_field("received_at", sample.header[times[0]], read_time)
    for position in found.get("author", [])[:1]:
        layout.add_field("author", sample.header[position], take_first(found["author"], clean_id))
    layout.add_field("channel", "平台", lambda _: feed.channel)
    cut = Tally(f"{{}} 条正文只采到“…全文”为止，属性 {TRUNCATED} 记为“是”")
    rows.tallies.append(cut)
    layout.add_attribute(TRUNCATED, count_made(take_first(texts, mark_truncated), cut, bool))
    if feed.parent is not None:
        layout.add_attribute(PARENT, feed.parent)
    for position in found.get("attribute", []):
        layout.add_attribute(sample.header[position], take(position, clean_post))
    for position in found.get("count", []):
        layout.add_attribute(sample.header[position], take(position, read_count), is_volatile=True)
    if "keyword" in found:
        layout.add_attribute(KEYWORD, take_first(found["keyword"]), is_volatile=True)
    made = layout.make_rows(
        guard_ids(rows, key.position), repair=lambda cells: _fit_appended(cells, len(sample.header), times)
    )
    if key.position is not None:
        made = replace(made, records=settle_repeats(made.records, _Sightings(layout)))
    return layout.adapt(made, SourceKind.REVIEWS)


def _time_reader(rows: Rows, times: Sequence[int], days: DayForm) -> Make:
    """Return what gives the moment; nothing for one told from when the page was seen, which nobody wrote down."""
    relative = Tally("{} 行的时间是“3天前”这样的相对时间或没有年份，不知道采集的时刻，按没有日期存")
    rows.tallies.append(relative)

    def convert(cell: str) -> str:
        # Some crawlers write 0 for a moment that they do not know.
        return "" if clean(cell) == "0" or is_relative(cell) else days.convert(cell)

    read = take_first(times, convert)

    def count(row: Sequence[str]) -> str:
        moment = read(row)
        relative.count += moment == "" and any(is_relative(row[at]) for at in times)
        return moment

    return count


def _add_texts(layout: Layout, sample: Sample, found: dict[str, list[int]]) -> None:
    texts = found.get("text", [])
    if texts:
        layout.add_field("text", sample.header[texts[0]], take_first(texts, clean_truncated))
    for position in found.get("title", [])[:1]:
        layout.add_field("title", sample.header[position], take(position, clean_post))


def _fit_appended(cells: Sequence[str], width: int, times: Sequence[int]) -> list[str]:
    """Return a row that a later version of the crawler has appended, with more cells, cut to the headings known.

    New columns come last; that the moment stands where it should says that this is what has happened.
    """
    return list(cells[:width]) if len(cells) > width and is_sound(cells, times) else list(cells)


def is_sound(cells: Sequence[str], times: Sequence[int]) -> bool:
    """Whether a moment stands where it should, so that no cell before it has moved."""
    return any(at < len(cells) and looks_dated([clean(cells[at])]) for at in times)


@dataclass
class _Sightings:
    """A post found several times: the whole text goes before one cut short, and all keywords are kept."""

    layout: Layout
    _groups: dict[str, int] = field(default_factory=dict)
    _keywords: dict[int, dict[str, None]] = field(default_factory=dict)

    def note(self, cells: list[str]) -> int | None:
        """Return the number of the post; None for one without an id."""
        own = cells[at] if (at := self.layout.position("id")) is not None else ""
        if not own:
            return None
        group = self._groups.setdefault(own, len(self._groups))
        if KEYWORD in self.layout.headings and (word := cells[self.layout.headings.index(KEYWORD)]):
            self._keywords.setdefault(group, {})[word] = None
        return group

    def rank(self, cells: list[str]) -> tuple[object, ...]:
        """Return whether the moment can be read, which broken rows fail, and whether the text is whole."""
        at = self.layout.position("received_at")
        is_dated = at is None or _MOMENTS.parse(cells[at]) is not None
        return (is_dated, cells[self.layout.headings.index(TRUNCATED)] == "")

    def settle(self, cells: list[str], group: int | None) -> list[str]:
        """Return the post with all its keywords, in alphabetical order."""
        if group in self._keywords:
            cells[self.layout.headings.index(KEYWORD)] = _JOINER.join(sorted(self._keywords[group]))
        return cells

"""MediaCrawler: contents and comments of seven platforms, as JSON, JSON lines, CSV or a workbook, old and new keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from feedback_engine.config.model import SourceConfig
from feedback_engine.errors import MappingError
from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.detect import Match, Sample, peek
from feedback_engine.ingest.format_tables import read_format_table
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.alias_tables import AliasTable
from feedback_engine.ingest.platforms.identifiers import clean_id
from feedback_engine.ingest.platforms.layout import Make
from feedback_engine.ingest.platforms.nested import read_objects, unfold_replies
from feedback_engine.ingest.platforms.social import Feed, adapt_feed
from feedback_engine.ingest.readers.rows import Rows

_CONTENT_IDS = ("note_id", "video_id", "content_id", "aweme_id")


@dataclass(frozen=True, slots=True)
class _Place:
    """A platform, its Chinese name, and whether the file holds its contents or its comments."""

    code: str
    name: str
    part: str


class MediaCrawler:
    """Files of MediaCrawler."""

    name = "mediacrawler"
    rank = 20

    @property
    def _table(self) -> AliasTable:
        return AliasTable.load("mediacrawler_columns")

    def recognise(self, sample: Sample) -> Match | None:
        """Return the claim to a file with a content's or comment's id and the moment of crawling."""
        place = _find_place(sample)
        ids = [key for key in (*_CONTENT_IDS, "comment_id") if key in sample.header]
        is_marked = sample.has("last_modify_ts") or "source_keyword" in sample.header or "aweme_id" in sample.header
        if place is None or not ids or not is_marked:
            return None
        part = "评论" if place.part == "comments" else "内容"
        return Match(2 + len(ids), (f"MediaCrawler 的键 {'、'.join(ids)}：{place.name}的{part}",))

    def adapt(self, rows: Rows, source: SourceConfig) -> Adapted:
        """Return the posts or comments; raises MappingError for the file of creators, which holds no texts."""
        sample, rows = peek(rows, source.name)
        place, found = _find_place(sample), self._table.locate(sample.header)
        if place is None or not {"text", "title"} & found.keys():
            raise MappingError(f"来源 {source.name}：不是 MediaCrawler 的内容或评论（作者表 creators 没有文字可读）")
        own = found["comment_id" if place.part == "comments" else "content_id"]
        rows = self._unfold(rows, sample, found, own[0])
        parent = _parent_reader(found) if place.part == "comments" else None

        def name_id(cell: str) -> str:
            text = clean_id(cell)
            return f"{place.code}-{place.part}-{text}" if text else ""

        keys = [*own, *(found.get("url", []) if place.part == "contents" else [])]
        return adapt_feed(rows, Feed(sample, found, place.name, keys, name_id, parent))

    def _unfold(self, rows: Rows, sample: Sample, found: dict[str, list[int]], own: int) -> Rows:
        """Return the rows with comments inside comments behind these."""
        nested = [at for at in found.get("nested", []) if any(map(read_objects, sample.column(at)))]
        if not nested or "parent_comment" not in found:
            return rows
        return unfold_replies(rows, nested, own=own, parent=found["parent_comment"][0])


def _find_place(sample: Sample) -> _Place | None:
    """Return the first platform all of whose keys are there."""
    for code, name, part, keys in read_format_table("mediacrawler_platforms"):
        if all(_has_key(sample, *key.partition("=")[::2]) for key in keys.split()):
            return _Place(code, name, part)
    return None


def _has_key(sample: Sample, key: str, inside: str) -> bool:
    if key not in sample.header:
        return False
    return not inside or any(inside in cell for cell in sample.column(sample.header.index(key)))


def _parent_reader(found: dict[str, list[int]]) -> Make:
    """Return what gives the comment that is answered, else the post."""
    places = [*found.get("parent_comment", []), *found.get("content_id", [])]

    def read(row: Sequence[str]) -> str:
        return next((text for at in places if (text := clean(row[at])) not in ("", "0")), "")

    return read

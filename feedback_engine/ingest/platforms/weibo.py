"""What the tools that crawl weibo have in common: headings, two ids, and how a row becomes a post."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from feedback_engine.config.model import SourceConfig
from feedback_engine.errors import MappingError
from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.detect import peek
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.alias_tables import AliasTable
from feedback_engine.ingest.platforms.identifiers import clean_id
from feedback_engine.ingest.platforms.layout import take_first
from feedback_engine.ingest.platforms.social import Feed, adapt_feed, is_sound
from feedback_engine.ingest.platforms.weibo_ids import read_bid
from feedback_engine.ingest.readers.rows import Rows
from feedback_engine.resources import once_per_lexicons

CHANNEL = "微博"


@once_per_lexicons
def weibo_table() -> AliasTable:
    """Return the headings of the weibo tools."""
    return AliasTable.load("weibo_columns")


def adapt_weibo(rows: Rows, source: SourceConfig, *, full_header: Sequence[str] = ()) -> Adapted:
    """Return the posts; `full_header` are the headings of the tool's newest version.

    Where the file's headings are the beginning of these, rows that later versions have appended keep all their cells.
    Raises MappingError without a column of texts.
    """
    rows, note = _extend(rows, full_header)
    sample, rows = peek(rows, source.name)
    found = weibo_table().locate(sample.header)
    if "text" not in found:
        raise MappingError(f"来源 {source.name}：没有微博正文一列，请核对 format 或用映射文件")
    ids = found.get("id", [])
    keys = [*ids[:1], *found.get("bid", []), *found.get("url", [])]
    # A comment has its own id first and that of its post behind.
    parents = [*found.get("parent", []), *(at for at in ids[1:] if sample.header[at].endswith("weibo_id"))]
    parent = take_first(parents, clean_id) if parents else None
    return adapt_feed(rows, Feed(sample, found, CHANNEL, keys, read_weibo_id, parent, note))


def read_weibo_id(cell: str) -> str:
    """Return the number of a post, whether its number, its bid or its address stands in the cell."""
    own = clean_id(cell).partition("?")[0].rstrip("/").rpartition("/")[2]
    return own if own.isdigit() else read_bid(own) or own


def _extend(rows: Rows, full_header: Sequence[str]) -> tuple[Rows, tuple[str, ...]]:
    """Return the rows under the newest headings if some are longer than their own, shorter ones filled up."""
    width = len(rows.header)
    known = tuple(map(clean, rows.header)) == tuple(full_header[:width])
    if not known or width == len(full_header):
        return rows, ()
    sample, rows = peek(rows, "")
    # A row that its own commas have broken is longer too, but its moment is not where it should be.
    times = weibo_table().locate(rows.header).get("time", [])
    longest = max((len(row) for row in sample.rows if len(row) > width and is_sound(row, times)), default=0)
    if longest <= width:
        return rows, ()
    header = list(full_header)
    records = (
        (number, _fill(cells, len(header)) if len(cells) == width or is_sound(cells, times) else cells)
        for number, cells in rows.records
    )
    note = f"有的行比标题多出几列（标题 {width} 列，最多 {longest} 列）：由新版工具追加，按新版的标题读"
    return replace(rows, header=header, records=records), (note,)


def _fill(cells: list[str], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))]

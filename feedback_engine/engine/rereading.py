"""Rows that are stored under other ids would count twice: the same file read in another way, or saved anew by Excel.

Rows without numbers are known by what they say; numbers lose their zeros in Excel.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING

from feedback_engine.store.rows import to_day
from feedback_engine.tables.feedback import MAIN_ROLE, FeedbackBatch
from feedback_engine.tables.summary import ImportCounts

if TYPE_CHECKING:
    from feedback_engine.ingest.importer import Reading
    from feedback_engine.store.loading import FeedbackReader

DOUBLING = (
    "这个文件按以前的配置导入过；现在的配置（映射、渠道等）读法不同，而它的行没有编号、靠内容识别，再导入会计两次，"
    "因此保持原样。要按现在的配置读，请在空库里重新导入"
)


RESAVED = (
    "抽查的 {}，而{}，算作新行：若是同一批记录另存的文件，就会计两次；"
    "请先加 --dry-run 试算；已入库的，要在空库里重新导入"
)
_TEXTS = "{} 段文字里有 {} 段与同一天已入库的一字不差"
_MOMENTS = "{} 个时刻里有 {} 个（到秒）在这个来源里已有记录"
NUMBERED = "编号不同（Excel 另存时会去掉开头的 0）"
UNNUMBERED = "这些行没有编号、其他内容（时间的秒、属性、新加的题）不同"
#: Texts or moments that are compared, and different ones of them that it takes to speak of; short texts are alike by
#: chance.
_SAMPLE, _LEAST, _LONG = 40, 5, 8
#: Microseconds of a minute: what is a whole one may be anybody's.
_MINUTE = 60_000_000


def would_double(reading: Reading, earlier: ImportCounts, reader: FeedbackReader) -> bool:
    """Whether the records that another reading of the same file has stored would come in again beside themselves.

    The first records of `reading`, which is used up, tell: those with ids of their own, and those that say what they
    said, are known. A file of which nothing could be used may be read in any other way.
    """
    if earlier.read == earlier.quarantined or "id" in reading.columns.fields:
        return False
    for batch in reading:
        roles, ids = batch.feedback["role"], batch.feedback["feedback_id"]
        mains = [key for key, role in zip(ids, roles, strict=True) if role == MAIN_ROLE]
        if mains:
            return 2 * len(reader.load_hashes(mains)) < len(mains)
    return False


def look_for_resaved(
    reading: Reading, batches: Iterable[FeedbackBatch], reader: FeedbackReader
) -> tuple[Iterable[FeedbackBatch], str]:
    """Return the batches, and the warning that new rows seem to be stored under other ids, if they do."""
    records = iter(batches)
    if (first := next(records, None)) is None:
        return records, ""
    why = NUMBERED if "id" in reading.columns.fields else UNNUMBERED
    return chain([first], records), _describe_resaved(first, reading.source.name, reader, why)


def _describe_resaved(batch: FeedbackBatch, source: str, reader: FeedbackReader, why: str) -> str:
    """Return the warning; nothing where the texts of the rows that are new are not those of the same days."""
    rows = list(zip(*map(batch.feedback.__getitem__, ("record_id", "received_at", "text")), strict=True))
    known = reader.load_hashes(list({record for record, _, _ in rows}))
    new = [(at, text) for record, at, text in rows if record not in known and at is not None]
    said = _compare_texts({(to_day(at), text) for at, text in new if len(text) >= _LONG}, source, reader)
    if not said and why == UNNUMBERED:
        said = _compare_moments({at for at, _ in new if at % _MINUTE}, source, reader)
    return RESAVED.format(said, why) if said else ""


def _compare_texts(found: set[tuple[int, str]], source: str, reader: FeedbackReader) -> str:
    """Return how many of the texts are stored of the same days; nothing where these are few."""
    sample = set(sorted(found)[:_SAMPLE])
    if len(sample) < _LEAST:
        return ""
    days, texts = map(set, zip(*sample, strict=True))
    alike = sample & reader.find_texts(source, days, texts)
    is_telling = len({text for _, text in alike}) >= _LEAST and 2 * len(alike) >= len(sample)
    return _TEXTS.format(len(sample), len(alike)) if is_telling else ""


def _compare_moments(found: set[int], source: str, reader: FeedbackReader) -> str:
    """Return at how many of the moments, of answers without texts, something is stored; nothing where these are few."""
    sample = sorted(found)[:_SAMPLE]
    count = reader.count_moments(source, sample) if len(sample) >= _LEAST else 0
    return _MOMENTS.format(len(sample), count) if count >= _LEAST and 2 * count >= len(sample) else ""

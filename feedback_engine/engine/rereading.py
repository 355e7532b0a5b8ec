"""A file that has been imported, read in another way: rows that are known by what they say would count twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedback_engine.tables.feedback import MAIN_ROLE
from feedback_engine.tables.summary import ImportCounts

if TYPE_CHECKING:
    from feedback_engine.ingest.importer import Reading
    from feedback_engine.store.loading import FeedbackReader

DOUBLING = (
    "这个文件按以前的配置导入过；现在的配置（映射、渠道等）读法不同，而它的行没有编号、靠内容识别，再导入会计两次，"
    "因此保持原样。要按现在的配置读，请在空库里重新导入"
)


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

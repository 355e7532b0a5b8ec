"""An older export that comes in behind a newer one: the last import counts, so newer rows may fall back to older ones.

Nothing in a row says which version is the newer, but files do: an older export ends earlier than the one whose rows it
replaces. So may a list of corrections, which is why this is told and not prevented.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from feedback_engine.store.rows import to_day

if TYPE_CHECKING:
    from feedback_engine.store.loading import FeedbackReader
    from feedback_engine.tables.feedback import FeedbackBatch

_TOLD = (
    "更新的行里有 {} 行原由 {} 导入，而那里有比本文件更晚的记录：若本文件是较早的导出，这些行就从新内容改回了旧内容"
    "（后导入的为准）；请先加 --dry-run 试算，已入库的，要在空库里按从旧到新的次序重新导入"
)
#: Files, those of the most rows first, that are looked at.
_FILES = 5


class Latest:
    """The latest day on which anything was received, in the batches that have gone by."""

    def __init__(self) -> None:
        self.day: int | None = None

    def watch(self, batches: Iterable[FeedbackBatch]) -> Iterator[FeedbackBatch]:
        """Pass the batches on."""
        for batch in batches:
            days = [to_day(at) for at in set(batch.feedback["received_at"]) if at is not None]
            self.day = max(days if self.day is None else [*days, self.day], default=None)
            yield batch


def describe_older(replaced: Counter[bytes], latest: Latest, reader: FeedbackReader) -> str:
    """Return the warning that rows were replaced which came with later ones; nothing where none were.

    `replaced` counts them by the digest of the file that had brought them.
    """
    if latest.day is None:
        return ""
    newer = [key for key, _ in replaced.most_common(_FILES) if reader.has_later(key, latest.day)]
    if not newer:
        return ""
    files = reader.load_files()
    names = [name for key in newer for name in files.loc[files["file_id"] == key.hex(), "name"].unique()]
    return _TOLD.format(sum(replaced[key] for key in newer), "、".join(names))

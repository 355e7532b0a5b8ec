"""Which source a file belongs to that none covers: it may be a copy of a configured source's file, edited by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from feedback_engine.config.model import SourceConfig
from feedback_engine.engine.survey_forms import find_source
from feedback_engine.errors import AmbiguousFormat, SourceError
from feedback_engine.tables.feedback import MAIN_ROLE

if TYPE_CHECKING:
    from feedback_engine.ingest.importer import Reading
    from feedback_engine.store.loading import FeedbackReader

_WAY_OUT = "若是 {0} 的文件，请改用 --source {0}，先加 --dry-run 试算；已这样入库的，要在空库里重新导入"


@dataclass(frozen=True, slots=True)
class Twin:
    """A configured source as which the file can be read, too, and how many of its records that source has brought."""

    source: SourceConfig
    #: Whether its records have numbers of their own, so that a corrected one is the same.
    is_numbered: bool
    #: Whether the store has anything of it.
    is_stored: bool
    #: Records looked at: up to the first part of the file in which some are known.
    seen: int
    known: int
    #: Known records that say the same as in the store.
    unchanged: int

    @property
    def is_certain(self) -> bool:
        """Whether the file is one of that source beyond doubt.

        A number alone may be another survey's; who has most of its records to the letter is a copy. Where records have
        no numbers, those that say little are alike by chance.
        """
        return self.is_numbered and self.known > 0 and 2 * self.unchanged >= self.known

    @property
    def _known(self) -> str:
        return f"前 {self.seen} 条记录中有 {self.known} 条已由来源 {self.source.name} 导入"

    def tell_joined(self) -> str:
        """Return why the file has gone to that source."""
        return f"{self._known}（{self.unchanged} 条一字不差），因此归入它；若应另成来源，请用 --source 另取名称"

    def tell_doubt(self, name: str, *, is_chosen: bool) -> str:
        """Return the warning for a file that goes to the source `name`; nothing where there is nothing to warn of."""
        way_out = _WAY_OUT.format(self.source.name)
        if self.known:
            return f"{self._known}，现在又归入 {name}：同样的记录会计两次；{way_out}"
        if is_chosen or self.is_stored or not self.source.is_generic:
            return ""
        return f"标题与来源 {self.source.name} 的映射相符，却归入 {name}：两边都导入时，同样的记录会计两次；{way_out}"

    def tell_mapping(self) -> str:
        """Return the way out for a file that nobody knows how to read."""
        return f"标题与来源 {self.source.name} 的映射相符，若是它的文件，请用 --source {self.source.name}"


def open_where_it_belongs(
    open_as: Callable[..., Reading],
    source: SourceConfig,
    configured: Sequence[SourceConfig],
    reader: FeedbackReader,
    *,
    is_unnamed: bool,
) -> tuple[Reading, str]:
    """Return the opened file and what there is to say of the source that it goes to; raises SourceError.

    That is `source`, except where it `is_unnamed` and the file certainly belongs to one that is configured or stored.
    `open_as` opens the file as one of a given source.
    """
    twin = _find_twin(configured, open_as, reader)
    if twin and twin.is_certain and is_unnamed:
        return open_as(twin.source), twin.tell_joined()
    try:
        reading = open_as(source, is_unnamed=is_unnamed)
    except AmbiguousFormat as error:
        raise type(error)(f"{error}；{twin.tell_mapping()}") if twin else error from None
    if is_unnamed:
        found = find_source(reading, reader, lambda name: open_as(source.model_copy(update={"name": name})))
        if found.source:
            told = f"与来源 {found.source} 是同一份问卷，归入它"
            return open_as(source.model_copy(update={"name": found.source})), told
        if found.doubt:
            return reading, found.doubt
    return reading, twin.tell_doubt(reading.source.name, is_chosen=not is_unnamed) if twin else ""


def _find_twin(
    configured: Iterable[SourceConfig], open_as: Callable[[SourceConfig], Reading], reader: FeedbackReader
) -> Twin | None:
    """Return the configured source that the file fits best; None if it cannot be read as any of them."""
    stored = set(reader.load_files()["source"])
    found: list[Twin] = []
    for source in configured:
        try:
            found.append(_compare(open_as(source), source, reader, is_stored=source.name in stored))
        except SourceError:  # not a file of that source; what is wrong with it, its own reading says
            continue
    return max(found, key=lambda twin: (twin.is_certain, twin.known, twin.source.is_generic), default=None)


def _compare(reading: Reading, source: SourceConfig, reader: FeedbackReader, *, is_stored: bool) -> Twin:
    seen, stored, own = 0, dict[bytes, bytes](), dict[bytes, bytes]()
    for batch in reading if is_stored else ():
        each = zip(*map(batch.feedback.__getitem__, ("feedback_id", "content_hash", "role")), strict=True)
        own = {key: content for key, content, role in each if role == MAIN_ROLE}
        seen += len(own)
        if stored := reader.load_hashes(list(own)):
            break
    unchanged = sum(own[key] == content for key, content in stored.items())
    return Twin(source, "id" in reading.columns.fields, is_stored, seen, len(stored), unchanged)

"""A file in, batches of feedback out: read → adapt → map → identify, and every row accounted for."""

from __future__ import annotations

import re
import stat
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, islice
from pathlib import Path

from feedback_engine.config.model import SourceConfig
from feedback_engine.domain import SourceKind
from feedback_engine.errors import NoRows, UnreadableFile, tell_os_error
from feedback_engine.ingest.batch import build_batches, check_conservation
from feedback_engine.ingest.cells import clean, show_name
from feedback_engine.ingest.complaints import read_complaints
from feedback_engine.ingest.detect import Claim, Platform, Sample, find_claims, settle_claims
from feedback_engine.ingest.failures import explain_failure
from feedback_engine.ingest.file_state import FileState, find_state
from feedback_engine.ingest.heading_line import open_at_headings
from feedback_engine.ingest.identity import hash_file
from feedback_engine.ingest.mapping import Adapted, Chunk, Flaw, GenericAdapter, MappedColumns
from feedback_engine.ingest.mending import describe_tally
from feedback_engine.ingest.occurrences import Occurrences
from feedback_engine.ingest.protection import MASKED, Protection
from feedback_engine.ingest.questionnaire import read_questionnaire
from feedback_engine.ingest.readers.rows import Rows
from feedback_engine.ingest.reviews import read_reviews
from feedback_engine.ingest.sheets import name_sheets
from feedback_engine.tables.feedback import FeedbackBatch

#: The name of "no platform": a table that is read by a mapping alone.
GENERIC = "generic"
_LINE_END = re.compile(r"\s*\n\s*")
#: Cells read together at most, so that a wide file takes no more memory than a narrow one.
_MAX_CELLS = 200_000
#: So many headings of a mapping in one line are no chance.
_SURE_COLUMNS = 3

_SHAPES = {
    SourceKind.QUESTIONNAIRE: read_questionnaire,
    SourceKind.COMPLAINTS: read_complaints,
    SourceKind.REVIEWS: read_reviews,
}


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is known of a file before its rows are."""

    #: SHA-256 of its bytes.
    file_id: str
    name: str
    #: Bytes.
    size: int
    container: str
    encoding: str | None
    sheet: str | None
    #: Where that are several sheets: the number of the first row of each, and its name.
    sheets: tuple[tuple[int, str], ...]
    #: Name of the platform that wrote it; `generic` if it is read by a mapping alone.
    platform: str
    #: Why it is read this way, in Chinese.
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """An opened file: its facts, what is asked in it, and its batches, to be read once."""

    facts: FileFacts
    #: Rows as the adapter hands them on, the mapping, the questions and warnings.
    adapted: Adapted
    columns: MappedColumns
    #: The source, with a name of its own where it came without.
    source: SourceConfig
    protection: Protection
    batch_rows: int
    #: The file, and the state in which it was opened.
    path: Path
    state: FileState
    #: feedback_id → the one under which the record has been stored before.
    former_ids: Mapping[bytes, bytes] = field(default_factory=dict)
    _occurrences: Occurrences = field(default_factory=Occurrences)
    _tally: Counter[str] = field(default_factory=Counter)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know, in Chinese; complete once the batches have been read."""
        counted = self.adapted.rows.told
        # A heading may be of several lines; a sentence is of one.
        return tuple(
            _LINE_END.sub(" ", note) for note in (*self.adapted.warnings, *counted, *describe_tally(self._tally))
        )

    def __iter__(self) -> Iterator[FeedbackBatch]:
        """Yield the batches in the order of the file.

        In each, `row_count` is the number of records and of quarantined rows. Rows whose every cell is blank are not
        counted as read: spreadsheets declare thousands of them. Raises SourceError if the file breaks off, and before
        the first batch that may be of another version than the file that was opened.
        """
        try:
            for batch in self._read_batches():
                self._check_unchanged()
                yield batch
        except (UnicodeError, OSError) as error:
            self._check_unchanged()
            raise explain_failure(self.path, error, "读到一半中断了", "请检查磁盘或网络后重新导入") from error
        self._check_unchanged()

    def _check_unchanged(self) -> None:
        if (now := find_state(self.path)) != self.state:
            raise UnreadableFile(
                f"{self.path} 在读取期间被改动（原为 {self.state.size:,} 字节，现{now.describe()}），没有读完；"
                "请等文件写完后重新导入，先前入库的行会自动核对"
            )

    def _read_batches(self) -> Iterator[FeedbackBatch]:
        records = iter(self.adapted.rows)
        count = min(self.batch_rows, max(1, _MAX_CELLS // len(self.columns.labels)))
        while True:
            chunk = list(islice(records, count))
            if not chunk and not self.adapted.rows.rejects:
                return
            for batch in self._read_chunk(chunk):
                if batch.row_count:
                    check_conservation(batch)
                    yield batch

    def _read_chunk(self, rows: list[tuple[int, list[str]]]) -> Iterator[FeedbackBatch]:
        rejects = self.adapted.rows.rejects
        flaws = [(r.row_number, Flaw(-1, r.column, r.value, r.reason, True, r.is_expected)) for r in rejects]
        rejects.clear()
        width = len(self.columns.labels)
        cells = _turn(rows, width)
        # A column without a blank tells that no row is blank.
        if not any(all(map(str.strip, column)) for column in cells):
            rows, misfits = _fit_width([row for row in rows if any(map(str.strip, row[1]))], width)
            flaws += misfits
            cells = _turn(rows, width) or [()] * width
        chunk = Chunk(self.columns, [number for number, _ in rows], cells)
        records = name_sheets(_SHAPES[self.adapted.kind](chunk, self.source), self.facts.sheets)
        lost = {flaw.at for flaw in chunk.flaws if flaw.is_row_lost}
        if lost:
            records = records.select([at not in lost for at in range(len(chunk))])
        flaws += [(chunk.numbers[flaw.at], flaw) for flaw in chunk.flaws]
        yield from build_batches(
            records,
            flaws,
            source=self.source,
            file_id=self.facts.file_id,
            occurrences=self._occurrences,
            former_ids=self.former_ids,
            protection=self.protection,
            tally=self._tally,
        )


def open_source(
    path: Path,
    source: SourceConfig,
    platforms: Mapping[str, Platform],
    *,
    timezone: str,
    protection: Protection = MASKED,
    batch_rows: int = 5000,
    is_unnamed: bool = False,
) -> Reading:
    """Return the file's facts and batches.

    Without a mapping and a format the platform is recognised among `platforms`. A source that `is_unnamed` gets a name
    of its own, made of what is in the file, so that a renamed file stays of the same source. Raises UnreadableFile,
    EncodingError, AmbiguousFormat or MappingError, each naming the file and the way out.
    """
    state = _check_file(path)
    try:
        raw, name, adapted, evidence = _adapt(path, source, platforms)
        columns = MappedColumns.resolve(
            adapted.mapping, adapted.rows.header, place=str(path), timezone=timezone, choices=adapted.choices
        )
        rows = _require_data(path, adapted.rows)
    except (UnicodeError, OSError) as error:
        raise explain_failure(path, error, "读不了", "请检查文件是否正被改动或移走") from error
    facts = FileFacts(
        hash_file(path),
        show_name(path.name),
        state.size,
        raw.container,
        raw.encoding,
        raw.sheet,
        raw.sheets,
        name,
        (*raw.evidence, *evidence),
    )
    named = {"name": f"{name}-{adapted.scope}" if adapted.scope else name} if is_unnamed else {}
    source = source.model_copy(update={"kind": adapted.kind, **named})
    adapted = replace(adapted, rows=rows, warnings=(*raw.warnings, *adapted.warnings))
    return Reading(facts, adapted, columns, source, protection, batch_rows, path, state)


def _adapt(
    path: Path, source: SourceConfig, platforms: Mapping[str, Platform]
) -> tuple[Rows, str, Adapted, tuple[str, ...]]:
    """Return the rows, the platform's name, what its adapter makes of them, and the evidence for it."""
    if source.is_generic:
        columns = {clean(column) for column in source.mapping.named_columns}
        is_mapped = partial(_has_headings, columns)
        _, raw = open_at_headings(path, source, is_mapped, is_sure=len(columns) >= _SURE_COLUMNS)
        return raw, GENERIC, GenericAdapter().adapt(raw, source), ()
    if source.format is not None:
        pinned = platforms[source.format]
        _, raw = open_at_headings(path, source, lambda sample: pinned.recognise(sample) is not None)
        return raw, source.format, pinned.adapt(raw, source), (f"按指定的格式 {source.format} 读取",)
    claims: list[Claim] | None = None

    def is_claimed(sample: Sample) -> bool:
        nonlocal claims
        is_start = claims is None
        found = find_claims(sample, platforms.values())
        # What begins with data begins with the file: below a title, the line above the data is the headings.
        claims = [claim for claim in found if is_start or not claim[1].is_headless]
        return bool(claims)

    sample, raw = open_at_headings(path, source, is_claimed)
    platform, match = settle_claims(sample, find_claims(sample, platforms.values()) if claims is None else claims)
    return raw, platform.name, platform.adapt(raw, source), match.evidence


def _has_headings(columns: set[str], sample: Sample) -> bool:
    return columns <= set(map(clean, sample.header))


def _check_file(path: Path) -> FileState:
    """Return the state of a file that is there and not empty."""
    try:
        if path.is_dir():
            raise UnreadableFile(f"{path} 是文件夹；请写明其中的文件，或用 {path}/*.csv 这样的通配符")
        found = path.stat()
        # Opening a pipe would wait for somebody to write into it.
        if not stat.S_ISREG(found.st_mode):
            raise UnreadableFile(f"{path} 不是普通文件（而是管道或设备）；请先把内容存成文件")
        state = FileState.of(found)
        with path.open("rb"):
            pass
    except FileNotFoundError:
        raise UnreadableFile(f"找不到文件 {path}；请检查来源的 path") from None
    except OSError as error:
        raise UnreadableFile(f"{path} 打不开：{tell_os_error(error)}；请检查权限，或文件是否正被占用") from None
    if state.size == 0:
        raise UnreadableFile(f"{path} 是空文件；请重新导出")
    return state


def _require_data(path: Path, rows: Rows) -> Rows:
    """Return the rows, known to hold at least one row or one reject; raises NoRows."""
    records = iter(rows)
    first = next(records, None)
    if first is None and not rows.rejects:
        raise NoRows(f"{path} 只有标题行，没有数据；若本应有数据，请确认导出条件后重新导出")
    head = [] if first is None else [first]
    return replace(rows, records=chain(head, records))


def _turn(rows: list[tuple[int, list[str]]], width: int) -> list[Sequence[str]]:
    """Return the cells by column; none where a row has not just one a heading."""
    lines = [cells for _, cells in rows]
    return list(zip(*lines, strict=True)) if set(map(len, lines)) == {width} else []


def _fit_width(
    rows: list[tuple[int, list[str]]], width: int
) -> tuple[list[tuple[int, list[str]]], list[tuple[int, Flaw]]]:
    """Return the rows with one cell a heading, and the flaws of those that have more or fewer."""
    fitting: list[tuple[int, list[str]]] = []
    misfits: list[tuple[int, Flaw]] = []
    for number, cells in rows:
        if len(cells) == width or (len(cells) > width and not any(map(str.strip, cells[width:]))):
            fitting.append((number, cells[:width]))
        else:
            reason = f"有 {len(cells)} 个字段，而标题有 {width} 个；文字里的分隔符需要用引号括住"
            misfits.append((number, Flaw(-1, "", " | ".join(cells), reason, True)))
    return fitting, misfits

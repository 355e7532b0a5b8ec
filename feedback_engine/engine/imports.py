"""Files → store, batch by batch, with the counts of each file and what the user should know of it."""

from __future__ import annotations

import gc
import hashlib
import logging
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback_engine.config.model import Config, SourceConfig
from feedback_engine.domain import SourceKind
from feedback_engine.engine.attribute_names import describe_unknown, list_named
from feedback_engine.engine.belonging import Belonging
from feedback_engine.engine.import_notes import (
    count_errors,
    describe_copies,
    describe_counts,
    describe_interruption,
    describe_rejects,
)
from feedback_engine.engine.inspection import inspect_file
from feedback_engine.engine.opening import Opener
from feedback_engine.errors import NoRows, SourceError
from feedback_engine.ingest.cells import show_name
from feedback_engine.tables.summary import FileSummary, ImportCounts

if TYPE_CHECKING:
    import pandas as pd

    from feedback_engine.ingest.importer import Reading
    from feedback_engine.store.connection import Database
    from feedback_engine.store.feedback_store import FeedbackWriter, StoredFile
    from feedback_engine.store.loading import FeedbackReader
    from feedback_engine.tables.feedback import FeedbackBatch

logger = logging.getLogger(__name__)

#: Rejects of a file that its summary tells.
_SHOWN_REJECTS = 5
_SURVEY = SourceKind.QUESTIONNAIRE
#: New objects after which Python looks for cycles, during an import.
_COLLECTED_AFTER = 500_000
#: Seconds for which a thread has Python to itself while another waits, during an import.
_TURN = 0.001


class Imports:
    """Imports files into the database of a project."""

    def __init__(
        self, config: Config, open_database: Callable[[], Database], progress: Callable[[str, int, int], None]
    ) -> None:
        self._config = config
        self._open_database = open_database
        self._progress = progress
        self._belonging = Belonging(config, self._list_bringers)
        self._opener = Opener(config)
        self._has_failures = False

    @property
    def opener(self) -> Opener:
        """What has opened the files so far."""
        return self._opener

    def import_sources(self) -> list[FileSummary]:
        """Import the files of every source; one that cannot be used carries its error and does not stop the others.

        One with nothing below its headings is no error, but a warning.
        """
        summaries = [summary for source in self._config.sources for summary in self._import_source(source)]
        for warning in self.describe_unknown_attributes():
            logger.warning("%s", warning)
        return summaries

    def import_files(
        self,
        paths: Sequence[Path],
        source: str | None,
        format_: str | None,
        mapping: str | Path | None,
        sheet: str | None,
    ) -> list[FileSummary]:
        """Import these files; of several, one that cannot be used carries its error and does not stop the others."""
        chosen = [(path, *self._belonging.settings_for(path, source, format_, mapping)) for path in paths]
        take_in = self._import if len(chosen) == 1 else self._import_or_note
        summaries = [take_in(path, _of_sheet(own, sheet), is_unnamed=is_unnamed) for path, own, is_unnamed in chosen]
        self._note_stored_attributes()
        for warning in self.describe_unknown_attributes():
            logger.warning("%s", warning)
        return summaries

    def inspect(self, path: Path, sheet: str | None) -> dict[str, Any]:
        """Return what the file is and why: platform, encoding, questions, scales; stores nothing."""
        return inspect_file(path, sheet, self._opener, self._progress)

    def describe_unknown_attributes(self) -> list[str]:
        """Return a sentence for each attribute that the configuration names and no file opened so far brings.

        Where one could not be opened, it may be the one that does.
        """
        if self._has_failures:
            return []
        brought = self._opener.attributes
        others = [names for kind, names in brought.items() if kind != _SURVEY]
        return describe_unknown(self._config, brought.get(_SURVEY), set().union(*others) if others else None)

    def _note_stored_attributes(self) -> None:
        """Count the attributes of the configuration that stored feedback has, as files imported before brought them.

        Only where one is missing, as the whole store may have to be looked through.
        """
        if not self.describe_unknown_attributes():
            return
        reader = self._reader()
        for kind, brought in self._opener.attributes.items():
            missing = list_named(self._config) - brought
            brought |= {name for name in missing if reader.has_attribute(name, is_survey=kind == _SURVEY)}

    def check_source(self, source: SourceConfig) -> None:
        """Open every file of the source; raises SourceError that lists those that cannot be used."""
        problems: list[str] = []
        for pattern in source.paths:
            try:
                for path in self._belonging.find_files(pattern):
                    with self._opener.own_words():
                        self._opener.open(path, source)
            except SourceError as error:
                problems.append(str(error))
        if problems:
            self._has_failures = True
            raise SourceError(f"来源 {source.name}：" + "；".join(problems))

    def _import_source(self, source: SourceConfig) -> list[FileSummary]:
        summaries: list[FileSummary] = []
        for pattern in source.paths:
            try:
                paths = self._belonging.find_files(pattern)
            except SourceError as error:
                summaries.append(self._note_failure(Path(pattern), source, error))
                continue
            summaries += [self._import_or_note(path, source) for path in paths]
        return summaries

    def _import_or_note(self, path: Path, source: SourceConfig, *, is_unnamed: bool = False) -> FileSummary:
        try:
            return self._import(path, source, is_unnamed=is_unnamed)
        except SourceError as error:
            return self._note_failure(path, source, error)

    def _note_failure(self, path: Path, source: SourceConfig, error: SourceError) -> FileSummary:
        self._has_failures = True
        name, said = show_name(path.name), show_name(str(error))
        if isinstance(error, NoRows):
            logger.warning("%s", said)
            return FileSummary(name, source.name, notes=(said,), doubts=(said,))
        logger.error("%s", said)
        return FileSummary(name, source.name, error=said)

    def _import(self, path: Path, source: SourceConfig, *, is_unnamed: bool = False) -> FileSummary:
        with self._opener.own_words():
            return self._import_read(path, source, is_unnamed=is_unnamed)

    def _import_read(self, path: Path, source: SourceConfig, *, is_unnamed: bool) -> FileSummary:
        from feedback_engine.engine.guarded_ids import keep_guarded_ids
        from feedback_engine.engine.rereading import DOUBLING, would_double
        from feedback_engine.store.feedback_store import FeedbackWriter

        reading, doubt = self._open(path, source, is_unnamed=is_unnamed)
        writer = FeedbackWriter(self._open_database())
        file = _describe_file(reading, self._config.project.timezone)
        if (earlier := writer.find_other_reading(file)) is not None:
            if would_double(reading, earlier, self._reader()):
                logger.warning("%s：%s", file.name, DOUBLING)
                counts = earlier.as_sent_again()
                return FileSummary(file.name, file.source, file.platform, counts, is_known=True, doubts=(DOUBLING,))
            reading, doubt = self._open(path, source, is_unnamed=is_unnamed)
        if (known := writer.begin_file(file)).is_complete:
            logger.info("%s：同一文件已导入过，没有变化", file.name)
            counts = known.counts.as_sent_again()
            return FileSummary(file.name, file.source, file.platform, counts, known.rejected_rows, is_known=True)
        reading = keep_guarded_ids(reading, lambda: self._open(path, source, is_unnamed=is_unnamed)[0], self._reader())
        changes = self._describe_changes(reading)
        summary = self._store(reading, file, writer, known.counts)
        logger.info("导入 %s：%s", file.name, describe_counts(summary.counts))
        others = [name for name in self._list_bringers(file.file_id) if name != file.source]
        told = [describe_copies(file.source, others) or doubt, changes, *summary.doubts, *reading.adapted.rows.doubts]
        doubts = tuple(filter(None, told))
        warnings = tuple(dict.fromkeys((*describe_interruption(known.counts), *doubts, *reading.notes)))
        for warning in warnings:
            logger.warning("%s：%s", file.name, warning)
        return replace(summary, notes=(*reading.facts.evidence, *warnings), doubts=doubts)

    def _store(self, reading: Reading, file: StoredFile, writer: FeedbackWriter, earlier: ImportCounts) -> FileSummary:
        """Store what is read and return its counts and first rejects; `earlier` is how far a broken import came."""
        from feedback_engine.engine.older_files import Latest, describe_older
        from feedback_engine.engine.rereading import look_for_resaved
        from feedback_engine.engine.reused_numbers import describe_reused

        counts, rejected_rows, rejects = ImportCounts(), 0, list[str]()
        batches, questions = self._choose(reading)
        batches, told = look_for_resaved(reading, batches, self._reader())
        latest = Latest()
        with _two_threads_at_work():
            for batch, counts in writer.save_batches(file, latest.watch(batches), earlier):
                rejected_rows += count_errors(batch)
                rejects += islice(describe_rejects(batch), _SHOWN_REJECTS - len(rejects))
                self._progress(f"导入 {file.name}", counts.read, 0)
        writer.save_questions(questions)
        writer.finish_file(file, counts, earlier)
        summary = FileSummary(file.name, file.source, file.platform, counts, rejected_rows, rejects=tuple(rejects))
        # Records of other days are replaced by other records, whichever file is the older.
        reused = describe_reused(writer.moved, counts) or describe_older(writer.replaced, latest, self._reader())
        return replace(summary, doubts=tuple(filter(None, (told, reused))))

    def _open(self, path: Path, source: SourceConfig, *, is_unnamed: bool) -> tuple[Reading, str]:
        """Return the opened file, and what there is to say of the source that it goes to."""
        if any(source.name == own.name for own in self._config.sources):
            return self._opener.open(path, source), ""
        from feedback_engine.engine.copies import open_where_it_belongs

        return open_where_it_belongs(
            partial(self._opener.open, path), source, self._config.sources, self._reader(), is_unnamed=is_unnamed
        )

    def _choose(self, reading: Reading) -> tuple[Iterable[FeedbackBatch], pd.DataFrame]:
        """Return batches and QUESTIONS, in which nothing displaces what the store has from a fuller form of export."""
        from feedback_engine.engine.survey_forms import is_partial, keep_fuller, keep_stems, load_versions

        questions = _list_questions(reading)
        if not is_partial(reading):
            return reading, questions
        reader, source = self._reader(), reading.source.name
        known = load_versions(reader, source)
        return keep_fuller(reading, known), keep_stems(questions, known, reader, source)

    def _describe_changes(self, reading: Reading) -> str:
        """Return the warning that questions have changed since the source's earlier files, if they have."""
        from feedback_engine.engine.survey_forms import describe_changed_questions

        return describe_changed_questions(reading, self._reader()) if reading.adapted.questions else ""

    def _list_bringers(self, file_id: str) -> list[str]:
        """Return the names of the sources that brought a file of these bytes."""
        files = self._reader().load_files()
        return list(files.loc[files["file_id"] == file_id, "source"])

    def _reader(self) -> FeedbackReader:
        from feedback_engine.store.loading import FeedbackReader

        return FeedbackReader(self._open_database())


def _of_sheet(source: SourceConfig, sheet: str | None) -> SourceConfig:
    return source.model_copy(update={"sheet": sheet}) if sheet else source


@contextmanager
def _two_threads_at_work() -> Iterator[None]:
    """Let Python look for reference cycles less often, and its threads take turns more often.

    A batch is many small objects without a cycle, and each look costs time. The thread that stores one needs Python for
    a moment between two statements, and would wait for that longer than a statement takes.
    """
    threshold, turn = gc.get_threshold(), sys.getswitchinterval()
    gc.set_threshold(_COLLECTED_AFTER, *threshold[1:])
    sys.setswitchinterval(_TURN)
    try:
        yield
    finally:
        gc.set_threshold(*threshold)
        sys.setswitchinterval(turn)


def _describe_file(reading: Reading, timezone: str) -> StoredFile:
    from feedback_engine.store.feedback_store import StoredFile

    facts = reading.facts
    return StoredFile(
        file_id=facts.file_id,
        source=reading.source.name,
        name=facts.name,
        platform=facts.platform,
        encoding=facts.encoding or "",
        sheet=facts.sheet or "",
        reading=_digest_reading(reading, timezone),
    )


def _list_questions(reading: Reading) -> pd.DataFrame:
    from feedback_engine.tables.feedback import QUESTIONS

    return QUESTIONS.build(
        [
            (
                reading.source.name,
                question.code,
                question.full_stem,
                str(question.type),
                question.scale.min if question.scale else None,
                question.scale.max if question.scale else None,
                question.scale_evidence,
            )
            for question in reading.adapted.questions
        ]
    )


def _digest_reading(reading: Reading, timezone: str) -> str:
    """Return the digest of all that decides how a file is read, but not of where it lies."""
    settings = reading.source.model_dump_json(exclude={"path", "mapping", "mapping_file", "pack"})
    mapping = reading.adapted.mapping.model_dump_json()
    # Of a workbook that was read when only its first sheet was, the others are new.
    sheets = f"\n{reading.facts.sheet}" if reading.facts.sheets else ""
    return hashlib.sha256(f"{timezone}\n{reading.facts.platform}\n{settings}\n{mapping}{sheets}".encode()).hexdigest()

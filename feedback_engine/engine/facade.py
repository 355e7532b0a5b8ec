"""FeedbackEngine: one verb per stage. Read this first.

import_sources → tag_new → score → report; run does the four under the project's lock
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Self

from feedback_engine.config.tagging import TaggingSettings
from feedback_engine.domain import SPOTCHECK_COUNT
from feedback_engine.engine.arguments import (
    as_day,
    as_path,
    as_paths,
    as_texts,
    require_callable,
    require_config,
    require_count,
    require_name,
)
from feedback_engine.engine.language import Language
from feedback_engine.engine.parts import Parts
from feedback_engine.errors import NoData, StoreError
from feedback_engine.tables.summary import RunSummary

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from feedback_engine.config.model import Config
    from feedback_engine.engine.figures import Figures
    from feedback_engine.engine.imports import Imports
    from feedback_engine.engine.spotcheck import SpotCheck
    from feedback_engine.engine.spotcheck_form import Names
    from feedback_engine.nlp.keywords import Keyword
    from feedback_engine.nlp.tagged import TaggedText
    from feedback_engine.scoring.result import IndexResult
    from feedback_engine.store.connection import Database

logger = logging.getLogger(__name__)

#: Told about progress: the stage in words, what is done, of how much (0 = unknown).
Progress = Callable[[str, int, int], None]


def ignore_progress(_stage: str, _done: int, _total: int) -> None:
    """Do nothing."""


class FeedbackEngine:
    """The engine of one project; safe to share between threads, and to be sent to other processes.

    Without a configuration: the shipped defaults, and a database in memory.
    """

    def __init__(self, config: Config | None = None, *, progress: Progress = ignore_progress) -> None:
        self._set_up(require_config(config), Path.cwd(), require_callable("progress", progress))

    def _set_up(self, given: Config | None, base: Path, progress: Progress) -> None:
        # Threads that import it all at once, some by way of its parts, break it for the whole process.
        import numpy  # noqa: F401

        tagging = TaggingSettings() if given is None else given.tagging_settings
        self._given = given
        self._base = base
        self._progress = progress
        self._parts = Parts() if given is None else Parts(config=given)
        self._language = Language(tagging, self._parts, self._configured_packs)

    def __getstate__(self) -> tuple[Config | None, Path]:
        """Return what a copy is made of: it opens database and lexicons for itself, and tells nobody of its progress.

        Raises StoreError for a database in memory, which no copy could open.
        """
        database = self._parts.find("database")
        if database is not None and database.backend == "sqlite" and database.path is None:
            raise StoreError(
                "数据库在内存里，引擎不能复制，也不能送到别的进程：那边看不到这里导入的数据；"
                "请在 config.yaml 的 store.url 写明文件（如 sqlite:///out/feedback.db），或在那边新建 FeedbackEngine"
            )
        return self._given, self._base

    def __setstate__(self, state: tuple[Config | None, Path]) -> None:
        self._set_up(*state, ignore_progress)

    @classmethod
    def from_config(cls, path: str | Path, *, progress: Progress = ignore_progress) -> Self:
        """Return the engine of the project in that config.yaml; raises ConfigError that lists every mistake in it."""
        from feedback_engine.config.loader import load_config

        return cls(load_config(as_path("path", path)), progress=progress)

    @property
    def config(self) -> Config:
        """What the project's configuration says."""
        return self._parts.once("config", self._make_config)

    def tag(self, text: object, pack: str | None = None) -> TaggedText:
        """Return what the text says: sentiment, touchpoints, complaint, each with evidence. Takes any text at all."""
        return self._language.tagger(pack).tag(text)

    def tag_many(self, texts: Iterable[object], pack: str | None = None) -> pd.DataFrame:
        """Return ANNOTATIONS for the texts, in their order; feedback_id is the text's position.

        Raises InputError for what is no list of texts: a single text, a frame, None.
        """
        from feedback_engine.nlp.batch import tag_table

        listed = as_texts(texts)
        ids = [str(position) for position in range(len(listed))]
        tagger = self._language.tagger(pack)
        return tag_table(listed, ids, tagger, self._language.pool)

    def tag_each(self, texts: Iterable[object], pack: str | None = None) -> Iterator[TaggedText]:
        """Yield the tags of each text as `tag` gives them, in a fraction of its time.

        Raises InputError for what is no list of texts: a single text, a frame, None.
        """
        from feedback_engine.nlp.batch import tag_each

        return tag_each(as_texts(texts), self._language.tagger(pack))

    def polarity_many(self, texts: Iterable[object]) -> pd.Series[float]:
        """Return the score of each text (-1 to 1) by the learned weights alone: no rules, touchpoints or evidence.

        Many times faster than `tag_many`, and less right where negation, contrast or irony decide.
        """
        import pandas as pd

        return pd.Series(self._language.polarity_scorer.score(as_texts(texts)), name="score")

    def keywords(self, text: object, count: int = 5) -> tuple[Keyword, ...]:
        """Return the words that say most of what the text is about, the weightiest first; takes any text at all."""
        from feedback_engine.nlp.tagger import as_text

        return self._language.keyword_finder.find(as_text(text), require_count("count", count))

    def themes(self, period: str | None = None, *, as_of: date | str | None = None) -> pd.DataFrame:
        """Return THEMES, the phrases that the texts of a period (as for `score`) have in common; raises NoData."""
        from feedback_engine.engine.themes import find_period_themes

        figures = self._figures(as_of)
        return find_period_themes(figures, figures.calendar.find_period(period))

    def import_file(
        self,
        path: str | Path,
        source: str | None = None,
        format: str | None = None,
        mapping: str | Path | None = None,
        *,
        sheet: str | None = None,
        dry_run: bool = False,
    ) -> RunSummary:
        """Import one file as the named source, or by a mapping file; raises SourceError if it cannot be used.

        Of a workbook the first sheet is read and those with the same headings, or the `sheet` of that name.
        """
        return self.import_files([path], source, format, mapping, sheet=sheet, dry_run=dry_run)

    def import_files(
        self,
        paths: Iterable[str | Path],
        source: str | None = None,
        format: str | None = None,
        mapping: str | Path | None = None,
        *,
        sheet: str | None = None,
        dry_run: bool = False,
    ) -> RunSummary:
        """Import files as `import_file` does each; of several, one that cannot be used is listed in `.failed`."""
        started = perf_counter()
        listed, mapped = as_paths(paths), None if mapping is None else as_path("mapping", mapping)
        with self._trial(dry_run):
            files = self._imports.import_files(listed, source, format, mapped, require_name("sheet", sheet))
        return RunSummary.of_files(files, perf_counter() - started)

    def inspect(self, path: str | Path, *, sheet: str | None = None) -> dict[str, Any]:
        """Return what a file is and why: platform, encoding, rows, questions, scales, warnings; stores nothing."""
        return self._imports.inspect(as_path("path", path), require_name("sheet", sheet))

    def import_sources(self, *, dry_run: bool = False) -> RunSummary:
        """Import every configured source; a file that cannot be used is listed in `.failed`, the others go in."""
        started = perf_counter()
        if not self.config.sources:
            logger.warning(
                "配置里没有来源，什么也没有导入；请在 sources 里写明，或写出文件：feedback-engine import 文件"
            )
        with self._trial(dry_run):
            files = self._imports.import_sources()
        return RunSummary.of_files(files, perf_counter() - started)

    def tag_new(self) -> RunSummary:
        """Tag the stored texts that carry no tags by the present lexicons; return how many."""
        from feedback_engine.nlp.batch import tag_table
        from feedback_engine.nlp.pool import gather
        from feedback_engine.store.annotation_store import AnnotationStore

        started = perf_counter()
        store = AnnotationStore(self._database)
        tagged = 0
        for pack, sources in self._sources_by_pack().items():
            tagger = self._language.tagger(pack)
            total = store.count_untagged(sources, tagger.fingerprint)
            waiting = store.iterate_untagged(sources, tagger.fingerprint)
            for ids, texts in gather(waiting) if self._language.pool else waiting:
                store.save(ids, tag_table(texts, ids, tagger, self._language.pool), tagger.fingerprint)
                tagged += len(ids)
                self._progress("打标签", tagged, total)
        logger.info("打标签：%d 条文本", tagged)
        return RunSummary(tagged=tagged, seconds=perf_counter() - started)

    def score(
        self, period: str | None = None, by: str | None = None, *, as_of: date | str | None = None
    ) -> IndexResult:
        """Return the index of a period (None = everything), also per value of the attribute `by` if given.

        `period` is written 2026, 2026-Q3, 2026-10 …, or `latest`, the newest month with data; raises NoData for one
        that has none. The result brings the analyses around the index, each computed when asked for: `.changes` …
        """
        figures = self._figures(as_of)
        return figures.score(figures.calendar.find_period(period), require_name("by", by))

    def check_claims(self, texts: Iterable[object]) -> pd.DataFrame:
        """Return CLAIMS: statements of growth in the texts (提高了300%), held against the figures in the sentence."""
        from feedback_engine.nlp.tagger import as_text
        from feedback_engine.scoring.claims import check_claims

        return check_claims(map(as_text, as_texts(texts, "单句请写成 [句子]")))

    def text_shares(self, period: str | None = None, *, as_of: date | str | None = None) -> pd.DataFrame:
        """Return TEXT_SHARES of a period: shares of texts as counted, and corrected for the tagger's own errors.

        Raises NoData.
        """
        figures = self._figures(as_of)
        return figures.text_shares(figures.calendar.find_period(period))

    def reweight(self) -> pd.DataFrame:
        """Compute and freeze new weights; return LINKED: the index by the old and new ones, chained at the overlap."""
        return self._figures(None).reweight()

    def report(
        self, path: str | Path | None = None, period: str | None = None, *, as_of: date | str | None = None
    ) -> Path:
        """Write the report of a period (None = as configured), .xlsx or .html, and return its path.

        Raises NoData where nothing lies in the period; an older report is untouched, as by any other error.
        """
        from feedback_engine.engine.reporting import write_report

        target = as_path("path", path) if path is not None else self.config.resolve(self.config.report.path)
        return write_report(self._figures(as_of), target, period)

    def draw_spotcheck(
        self,
        path: str | Path,
        period: str | None = None,
        *,
        count: int = SPOTCHECK_COUNT,
        seed: int = 0,
        as_of: date | str | None = None,
    ) -> pd.DataFrame:
        """Draw tagged texts of a period (as for `score`) into a form (.xlsx) for a person to judge; return SPOTCHECK.

        Half of them are drawn by chance, by the `seed`, half for doubts about their tags. Raises ReportError where the
        file exists, NoData where no text has tags.
        """
        from feedback_engine.engine.spotcheck import write_spotcheck

        figures = self._figures(as_of)
        drawing = {"count": require_count("count", count), "seed": require_count("seed", seed)}
        return write_spotcheck(figures, as_path("path", path), figures.calendar.find_period(period), **drawing)

    def read_spotcheck(self, path: str | Path) -> SpotCheck:
        """Return how far the tags of today agree with the judgements in a form that a person has filled in."""
        from feedback_engine.engine.spotcheck import Origins, name_choices, read_spotcheck
        from feedback_engine.store.texts import TextReader

        sources = {source.name: source for source in self.config.sources}
        packs = {name: source.pack or self.config.project.pack for name, source in sources.items()}
        every = [self._language.pack(name) for name in self._configured_packs()]

        @cache
        def names_of(source: str) -> Names:
            return name_choices(self._language.pack(packs.get(source, self.config.project.pack)), every)

        def tag(source: str, texts: Sequence[str]) -> list[TaggedText]:
            return list(self.tag_each(texts, packs.get(source)))

        kinds = {name: str(source.kind or "") for name, source in sources.items()}
        origins = Origins(names_of, kinds)
        return read_spotcheck(as_path("path", path), origins, TextReader(self._database), tag)

    def run(self, as_of: date | str | None = None) -> RunSummary:
        """Do the nightly job: import, tag, score, report, under the project's lock; raises RunLocked if it is held.

        Where the period of the report has no data, `.report_error` says so; what has come in is kept.
        """
        day = as_day(as_of)
        with self._lock():
            summary = self.import_sources().merge(self.tag_new())
            started, report, error = perf_counter(), "", ""
            try:
                report = str(self.report(as_of=day))
            except NoData as absence:
                error = f"没有写报告：{absence}"
        return summary.merge(RunSummary(seconds=perf_counter() - started, report=report, report_error=error))

    def check(self) -> list[str]:
        """Return everything wrong with lexicons, packs, scorer, store, weights, report and sources; changes nothing."""
        from feedback_engine.engine.checking import find_problems

        packs = self._configured_packs()
        return find_problems(self.config, self._language, packs, self._imports, lambda: self._database)

    def upgrade_database(self) -> int:
        """Bring the database up to this version of the program and return the version of its schema."""
        from feedback_engine.store.migrations import upgrade

        return upgrade(self.config.store.url, self.config.base)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database, and end the processes that tag beside this one."""
        self._parts.close("database", "pool")

    # What the verbs are made of: each made once, when first used, whichever thread asks.

    def _make_config(self) -> Config:
        from feedback_engine.config.model import Config, StoreConfig

        return Config(store=StoreConfig(url="sqlite://"), base=self._base)

    @property
    def _database(self) -> Database:
        from feedback_engine.store.connection import Database

        return self._parts.once("database", lambda: Database.open(self.config.store.url, self.config.base))

    @property
    def _imports(self) -> Imports:
        from feedback_engine.engine.imports import Imports

        return self._parts.once("imports", lambda: Imports(self.config, lambda: self._database, self._progress))

    def _figures(self, as_of: date | str | None) -> Figures:
        from datetime import datetime
        from zoneinfo import ZoneInfo

        from feedback_engine.engine.figures import Figures
        from feedback_engine.nlp.details import name_details

        packs = {name: self._language.pack(name) for name in self._configured_packs()}
        fingerprints = {name: self._language.tagger(name).fingerprint for name in packs}
        now = datetime.now(ZoneInfo(self.config.project.timezone))
        return Figures(
            self.config,
            self._database,
            packs,
            as_of=as_day(as_of),
            now=now,
            fingerprints=fingerprints,
            detail_names=name_details(self._language.lexicon.details),
            make_theme_finder=self._language.make_theme_finder,
        )

    def _configured_packs(self) -> list[str]:
        packs = [source.pack or self.config.project.pack for source in self.config.sources]
        return sorted({self.config.project.pack, *packs})

    def _sources_by_pack(self) -> dict[str, list[str]]:
        """Return the names of the sources in the store, by the pack that reads them."""
        from feedback_engine.store.loading import FeedbackReader

        configured = {source.name: source.pack or self.config.project.pack for source in self.config.sources}
        by_pack: dict[str, list[str]] = {}
        for name in sorted(set(FeedbackReader(self._database).load_files()["source"])):
            by_pack.setdefault(configured.get(name, self.config.project.pack), []).append(name)
        return by_pack

    def _trial(self, dry_run: bool) -> AbstractContextManager[None]:
        return self._database.rehearse() if dry_run else nullcontext()

    def _lock(self) -> AbstractContextManager[None]:
        from feedback_engine.store.locks import hold_lock

        path = self._database.path
        return hold_lock(path.with_name(path.name + ".lock")) if path else nullcontext()

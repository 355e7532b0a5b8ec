"""A file, opened as its source and its project say."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache, cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from feedback_engine.config.model import Config, SourceConfig
from feedback_engine.domain import SourceKind
from feedback_engine.resources import use_lexicons

if TYPE_CHECKING:
    from feedback_engine.ingest.importer import Reading
    from feedback_engine.ingest.protection import Protection

#: Fields of reviews that become attributes.
_FIELDS_KEPT = {"target", "likes"}


class Opener:
    """Opens the files of a project, and notes which attributes they bring."""

    def __init__(self, config: Config) -> None:
        self._config = config
        #: Names of the attributes that the files opened so far bring, by kind.
        self.attributes: dict[SourceKind | None, set[str]] = {}
        #: Codes of the ratings that they bring, by the name of the source.
        self.indicators: dict[str, set[str]] = {}

    def own_words(self) -> AbstractContextManager[None]:
        """Return what makes platforms and scales read by the project's own lexicons, where it has any."""
        own = self._config.lexicons
        return use_lexicons(self._config.resolve(own) if own else None)

    def open(self, path: Path, source: SourceConfig, *, is_unnamed: bool = False) -> Reading:
        """Return the opened file; raises SourceError. `is_unnamed`: its source takes its name from what is in it."""
        from feedback_engine.catalogs import ADAPTERS
        from feedback_engine.ingest.importer import open_source
        from feedback_engine.ingest.sheets import SHEET

        reading = open_source(
            path,
            source,
            ADAPTERS,
            timezone=self._config.project.timezone,
            protection=self._protection,
            batch_rows=self._config.imports.batch_rows,
            is_unnamed=is_unnamed,
        )
        brought = self.attributes.setdefault(reading.source.kind, set())
        brought |= {name for name, _ in reading.columns.attributes} | reading.columns.fields.keys() & _FIELDS_KEPT
        brought |= {SHEET} if reading.facts.sheets else set()
        codes = self.indicators.setdefault(reading.source.name, set())
        codes |= {rating.indicator for rating in reading.adapted.mapping.ratings}
        return reading

    @cached_property
    def _protection(self) -> Protection:
        from feedback_engine.ingest.keys import load_key
        from feedback_engine.ingest.protection import Protection

        privacy = self._config.privacy
        is_stored = not self._config.store.url.endswith(("sqlite://", ":memory:"))
        key_file = self._config.resolve(privacy.key_file) if is_stored else None
        return Protection(privacy.mask, privacy.customer_id, privacy.respondent_id, cache(partial(load_key, key_file)))

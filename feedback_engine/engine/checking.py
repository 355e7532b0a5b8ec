"""Everything that is wrong with a project, found without changing anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from feedback_engine.config.model import Config
from feedback_engine.engine.indicator_names import describe_unasked
from feedback_engine.engine.judgements import check_judgements
from feedback_engine.engine.label_names import describe_unheard
from feedback_engine.engine.reporting import check_report
from feedback_engine.errors import ConfigError, FeedbackEngineError
from feedback_engine.scoring.structural import check_structural
from feedback_engine.store.checking import check_store
from feedback_engine.store.dialects import parse_url
from feedback_engine.store.loading import FeedbackReader

if TYPE_CHECKING:
    from feedback_engine.engine.imports import Imports
    from feedback_engine.engine.language import Language
    from feedback_engine.store.connection import Database


def find_problems(
    config: Config, language: Language, packs: Sequence[str], imports: Imports, open_database: Callable[[], Database]
) -> list[str]:
    """Return what is wrong with lexicons, packs, scorer, store, weights, report and sources, and with names in them."""
    # The weights that a pack names are read with the first text.
    checks: list[Callable[[], object]] = [partial(_try_pack, language, name) for name in packs]
    checks += [language.check_models, partial(check_store, config.store.url, config.base)]
    checks += [lambda: language.theme_words, partial(check_report, config)]
    checks.append(partial(check_judgements, config, language.pack))
    checks.append(partial(check_structural, config.scoring.structural))
    found = _try_all(checks)
    of_sources = _try_all(partial(imports.check_source, source) for source in config.sources)
    brought = {} if of_sources else imports.opener.indicators
    found += [*of_sources, *describe_unheard(config, map(language.pack, packs))]
    found += describe_unasked(config, brought, _list_stored_sources(config, open_database))
    return list(dict.fromkeys([*found, *imports.describe_unknown_attributes()]))


def _try_pack(language: Language, name: str) -> None:
    language.tagger(name).tag("好")


def _try_all(checks: Iterable[Callable[[], object]]) -> list[str]:
    """Return what the checks raise, in words."""
    problems = []
    for check in checks:
        try:
            check()
        except FeedbackEngineError as error:
            problems.append(str(error))
    return problems


def _has_database(config: Config) -> bool:
    try:
        url = parse_url(config.store.url)
    except ConfigError:
        return False  # the check of the store says so
    return url.get_backend_name() != "sqlite" or bool(url.database and config.resolve(url.database).is_file())


def _list_stored_sources(config: Config, open_database: Callable[[], Database]) -> set[str]:
    """Return the names of the sources in the store; none where no database is: to look would make one."""
    if not _has_database(config) or _try_all([open_database]):
        return set()
    return set(FeedbackReader(open_database()).load_files()["source"])

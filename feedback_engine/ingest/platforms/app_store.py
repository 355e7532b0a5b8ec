"""App Store reviews, as the Python and the JavaScript scrapers write them."""

from __future__ import annotations

from feedback_engine.config.model import SourceConfig
from feedback_engine.ingest.detect import Match, Sample
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.alias_tables import AliasTable
from feedback_engine.ingest.platforms.app_reviews import adapt_app_reviews, find_store
from feedback_engine.ingest.readers.rows import Rows

_PYTHON = ("date", "review", "rating", "isEdited", "title", "userName")
_JAVASCRIPT = ("userName", "userUrl", "version", "score", "title", "text")
#: Of the JSON that Apple's own feed of reviews comes as.
_FEED = frozenset(("im:rating.label", "content.label", "title.label"))
_PYTHON_LEAST = frozenset(("review", "rating", "title"))


_STORE_NAMES = frozenset(("app store", "apple app store", "app_store", "appstore", "apple"))


class AppStore:
    """Reviews of Apple's App Store."""

    name = "app_store"
    rank = 120

    @property
    def _table(self) -> AliasTable:
        return AliasTable.load("app_store_columns")

    def recognise(self, sample: Sample) -> Match | None:
        """Return the claim to a file with the headings of either scraper."""
        heads = set(sample.header)
        is_python = heads >= _PYTHON_LEAST and {"isEdited", "developerResponse", "developerResponse.body"} & heads
        is_javascript = {"score", "title", "text", "userUrl"} <= heads or {
            "score",
            "title",
            "text",
            "version",
            "updated",
        } <= heads
        if heads >= _FEED:
            return Match(len(_FEED), ("JSON 的键是苹果评论 RSS 的：im:rating、content",))
        if not (is_python or is_javascript):
            found, store = self._table.locate(sample.header), find_store(sample, _STORE_NAMES)
            is_named = store is not None and {"score", "text"} <= found.keys()
            return Match(3, (f"{store!r} 列写明来自 App Store",)) if is_named else None
        marks = [heading for heading in (_PYTHON if is_python else _JAVASCRIPT) if heading in heads]
        return Match(len(marks), (f"有 App Store 采集工具的标题：{'、'.join(marks)}",))

    def adapt(self, rows: Rows, source: SourceConfig) -> Adapted:
        """Return the reviews with one to five stars."""
        return adapt_app_reviews(rows, source, self._table, "App Store")

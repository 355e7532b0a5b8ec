"""Google Play reviews, as google_play_scraper names them or renamed since."""

from __future__ import annotations

from feedback_engine.config.model import SourceConfig
from feedback_engine.ingest.detect import Match, Sample
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.alias_tables import AliasTable
from feedback_engine.ingest.platforms.app_reviews import adapt_app_reviews, find_store
from feedback_engine.ingest.readers.rows import Rows

#: Headings that only Google's console and this scraper write.
_OWN = frozenset(
    ("thumbsUpCount", "thumbs_up_count", "reviewCreatedVersion", "review_created_version", "repliedAt", "replied_at",
     "replyContent", "reply_content", "appVersion", "app_version", "userImage", "user_image",
     # of the reports that the console gives the publisher of an app
     "Reviewer Language", "Review Submit Millis Since Epoch", "Review Last Update Millis Since Epoch"),
)  # fmt: skip


_STORE_NAMES = frozenset(("google play", "google play store", "google_play", "googleplay", "play store"))


class GooglePlay:
    """Reviews of Google Play."""

    name = "google_play"
    rank = 120

    @property
    def _table(self) -> AliasTable:
        return AliasTable.load("google_play_columns")

    def recognise(self, sample: Sample) -> Match | None:
        """Return the claim to a file with a score and a text and the scraper's own headings."""
        found = self._table.locate(sample.header)
        own = [heading for heading in sample.header if heading in _OWN]
        if not {"score", "text"} <= found.keys():
            return None
        is_bare = sample.has("reviewId", "score", "content", "at")
        if not is_bare and len(own) < (1 if "id" in found else 2):
            store = find_store(sample, _STORE_NAMES)
            return None if store is None else Match(3, (f"{store!r} 列写明来自 Google Play",))
        shown = own[:6] or ["reviewId", "score", "at"]
        return Match(
            len(found) + len(own), (f"有 google_play_scraper 或 Google Play 管理中心的标题：{'、'.join(shown)}",)
        )

    def adapt(self, rows: Rows, source: SourceConfig) -> Adapted:
        """Return the reviews with one to five stars."""
        return adapt_app_reviews(rows, source, self._table, "Google Play")

"""weibo-crawler: the posts of chosen users, ids guarded by a trailing tab, and its file of comments."""

from __future__ import annotations

from feedback_engine.config.model import SourceConfig
from feedback_engine.ingest.detect import Match, Sample
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.weibo import adapt_weibo
from feedback_engine.ingest.readers.rows import Rows

_HEADER = (
    "id", "bid", "正文", "头条文章url", "原始图片url", "视频url", "Live Photo视频url", "位置", "日期", "工具", "点赞数",
    "评论数", "转发数", "话题", "@用户", "完整日期", "是否编辑过", "编辑次数",
)  # fmt: skip
_JSON = ("bid", "text", "article_url", "created_at")
_COMMENTS = ("id", "weibo_id", "created_at", "user_screen_name", "text")


class WeiboCrawler:
    """Posts and comments of weibo-crawler."""

    name = "weibo_crawler"
    rank = 110

    def recognise(self, sample: Sample) -> Match | None:
        """Return the claim to a file with 正文 and bid, with the headings of its comments, or the keys of its JSON."""
        if sample.has("bid", "正文"):
            known = [heading for heading in sample.header if heading in _HEADER]
            return Match(len(known), (f"有 weibo-crawler 的 {len(known)} 个标题，如 正文、bid",))
        if sample.has(*_COMMENTS):
            return Match(len(_COMMENTS), (f"有 weibo-crawler 评论表的标题：{'、'.join(_COMMENTS)}",))
        if sample.has(*_JSON):
            return Match(len(_JSON), (f"有 weibo-crawler 的 JSON 的键：{'、'.join(_JSON)}",))
        return None

    def adapt(self, rows: Rows, source: SourceConfig) -> Adapted:
        """Return the posts or comments."""
        return adapt_weibo(rows, source, full_header=_HEADER)

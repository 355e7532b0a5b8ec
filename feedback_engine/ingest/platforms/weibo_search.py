"""weibo-search: one CSV of search results, appended to by every version and every keyword."""

from __future__ import annotations

from feedback_engine.config.model import SourceConfig
from feedback_engine.ingest.detect import Match, Sample
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.weibo import adapt_weibo
from feedback_engine.ingest.readers.rows import Rows

_HEADER = (
    "id", "bid", "user_id", "用户昵称", "微博正文", "头条文章url", "发布位置", "艾特用户", "话题", "转发数", "评论数",
    "点赞数", "发布时间", "发布工具", "微博图片url", "微博视频url", "retweet_id", "ip", "user_authentication",
    "会员类型", "会员等级",
)  # fmt: skip


class WeiboSearch:
    """Search results of weibo-search, and the older weiboSpider."""

    name = "weibo_search"
    rank = 110

    def recognise(self, sample: Sample) -> Match | None:
        """Return the claim to a file with 微博正文 and an id."""
        if not sample.has("微博正文") or not {"bid", "id", "微博id"} & set(sample.header):
            return None
        known = [heading for heading in sample.header if heading in _HEADER or heading == "微博id"]
        return Match(len(known), (f"有 weibo-search 的 {len(known)} 个标题，如 微博正文",))

    def adapt(self, rows: Rows, source: SourceConfig) -> Adapted:
        """Return the posts; a post found by several keywords is one."""
        return adapt_weibo(rows, source, full_header=_HEADER)

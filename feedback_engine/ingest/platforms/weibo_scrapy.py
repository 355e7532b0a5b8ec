"""Scrapy feeds of weibo: columns in alphabetical order, moments as the interface writes them."""

from __future__ import annotations

import re

from feedback_engine.config.model import SourceConfig
from feedback_engine.ingest.detect import Match, Sample
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.survey_sample import is_index
from feedback_engine.ingest.platforms.weibo import adapt_weibo, weibo_table
from feedback_engine.ingest.readers.rows import Rows

_MOMENT = re.compile(r"[A-Z][a-z]{2} [A-Z][a-z]{2} +\d{1,2} \d{2}:\d{2}:\d{2} [+-]\d{4} \d{4}")
#: Share of the headings that are keys: somebody may have added a column of notes.
_MOST = 0.8
_SNAKE = re.compile(r"_?[A-Za-z][A-Za-z0-9_.]*")


class WeiboScrapy:
    """Feeds of spiders built on Scrapy."""

    name = "weibo_scrapy"
    rank = 110

    def recognise(self, sample: Sample) -> Match | None:
        """Return the claim to a file of a text, counts and moments such as Fri Dec 02 21:57:25 +0800 2022."""
        found = weibo_table().locate(sample.header)
        named = [heading for heading in sample.header if not is_index(heading)]
        snakes = sum(_SNAKE.fullmatch(heading) is not None for heading in named)
        if "text" not in found or snakes < len(named) * _MOST:
            return None
        times = [at for at in found.get("time", []) if any(_MOMENT.fullmatch(cell) for cell in sample.column(at))]
        is_weibo = any("weibo" in heading or "blog" in heading for heading in sample.header) or "count" in found
        if sample.has("mblogid", "attitudes_count", "created_at"):
            return Match(len(found), ("有微博接口的键：mblogid、attitudes_count、created_at",))
        if not times or not is_weibo or sample.has("user_screen_name", "weibo_id") or sample.has("bid", "article_url"):
            return None
        order = "，列按字母排序" if named == sorted(named) else ""
        return Match(len(found), (f"{sample.header[times[0]]} 列是微博接口的时间写法{order}",))

    def adapt(self, rows: Rows, source: SourceConfig) -> Adapted:
        """Return the posts."""
        return adapt_weibo(rows, source)

"""Opens fixture files through the common importer with the platforms of complaints, posts and reviews."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
from batch_frames import Frames, to_frames

from feedback_engine.config.model import SourceConfig
from feedback_engine.ingest.importer import Reading, open_source
from feedback_engine.ingest.platforms.app_store import AppStore
from feedback_engine.ingest.platforms.cfpb import Cfpb
from feedback_engine.ingest.platforms.freshdesk import Freshdesk
from feedback_engine.ingest.platforms.google_play import GooglePlay
from feedback_engine.ingest.platforms.jd import Jd
from feedback_engine.ingest.platforms.jira import Jira
from feedback_engine.ingest.platforms.mediacrawler import MediaCrawler
from feedback_engine.ingest.platforms.salesforce import Salesforce
from feedback_engine.ingest.platforms.weibo_crawler import WeiboCrawler
from feedback_engine.ingest.platforms.weibo_scrapy import WeiboScrapy
from feedback_engine.ingest.platforms.weibo_search import WeiboSearch
from feedback_engine.ingest.platforms.work_order import WorkOrder
from feedback_engine.ingest.platforms.zendesk import Zendesk

PLATFORMS = {
    platform.name: platform
    for platform in (
        AppStore(),
        Cfpb(),
        Freshdesk(),
        GooglePlay(),
        Jd(),
        Jira(),
        MediaCrawler(),
        Salesforce(),
        WeiboCrawler(),
        WeiboScrapy(),
        WeiboSearch(),
        WorkOrder(),
        Zendesk(),
    )
}
SAMPLES = Path(__file__).parents[4] / "shared" / "formats" / "samples"


def write_csv(path: Path, header: list[str], rows: list[list[Any]], encoding: str = "utf-8-sig") -> Path:
    stream = io.StringIO()
    csv.writer(stream).writerows([header, *rows])
    path.write_text(stream.getvalue(), encoding=encoding, newline="")
    return path


def write_json(path: Path, value: Any) -> Path:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return path


def open_export(path: Path, **settings: Any) -> Reading:
    source = SourceConfig(name="x", path=str(path), **settings)
    return open_source(path, source, PLATFORMS, timezone="Asia/Shanghai", is_unnamed=True)


def read_all(reading: Reading) -> Frames:
    """Return all batches as one."""
    return to_frames(reading)


def read_export(path: Path, **settings: Any) -> Frames:
    return read_all(open_export(path, **settings))


def attributes(batch: Frames) -> list[dict[str, str]]:
    return [json.loads(text) for text in batch.feedback["attributes"]]


def moments(series: "pd.Series[Any]") -> list[str]:
    """Return moments as Shanghai writes them."""
    return [f"{moment.tz_convert('Asia/Shanghai'):%Y-%m-%d %H:%M}" for moment in series]

"""What exists, by name: the one list of each kind of thing that a configuration may ask for.

What a list names is imported when the list is first looked into: tagging a text needs no platform.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from feedback_engine.registry import Registry

if TYPE_CHECKING:
    from feedback_engine.ingest.detect import Platform
    from feedback_engine.lexicon.model import Lexicon, Pack
    from feedback_engine.nlp.tagger import SentimentScorer


def _list_platforms() -> Mapping[str, Platform]:
    from feedback_engine.ingest.platforms.app_store import AppStore
    from feedback_engine.ingest.platforms.cfpb import Cfpb
    from feedback_engine.ingest.platforms.formbricks import Formbricks
    from feedback_engine.ingest.platforms.freshdesk import Freshdesk
    from feedback_engine.ingest.platforms.google_forms import GoogleForms
    from feedback_engine.ingest.platforms.google_play import GooglePlay
    from feedback_engine.ingest.platforms.jd import Jd
    from feedback_engine.ingest.platforms.jira import Jira
    from feedback_engine.ingest.platforms.limesurvey import LimeSurvey
    from feedback_engine.ingest.platforms.mediacrawler import MediaCrawler
    from feedback_engine.ingest.platforms.microsoft_forms import MicrosoftForms
    from feedback_engine.ingest.platforms.qualtrics import Qualtrics
    from feedback_engine.ingest.platforms.salesforce import Salesforce
    from feedback_engine.ingest.platforms.spss import Spss
    from feedback_engine.ingest.platforms.stata import Stata
    from feedback_engine.ingest.platforms.surveymonkey import SurveyMonkey
    from feedback_engine.ingest.platforms.tencent_docs import TencentDocs
    from feedback_engine.ingest.platforms.tencent_survey import TencentSurvey
    from feedback_engine.ingest.platforms.typeform import Typeform
    from feedback_engine.ingest.platforms.weibo_crawler import WeiboCrawler
    from feedback_engine.ingest.platforms.weibo_scrapy import WeiboScrapy
    from feedback_engine.ingest.platforms.weibo_search import WeiboSearch
    from feedback_engine.ingest.platforms.wenjuan import Wenjuan
    from feedback_engine.ingest.platforms.wjx import Wjx
    from feedback_engine.ingest.platforms.work_order import WorkOrder
    from feedback_engine.ingest.platforms.zendesk import Zendesk

    platforms: tuple[Platform, ...] = (
        Wjx(),
        TencentSurvey(),
        TencentDocs(),
        Wenjuan(),
        Qualtrics(),
        SurveyMonkey(),
        LimeSurvey(),
        GoogleForms(),
        MicrosoftForms(),
        Typeform(),
        Formbricks(),
        Spss(),
        Stata(),
        WorkOrder(),
        Cfpb(),
        Jira(),
        Zendesk(),
        Freshdesk(),
        Salesforce(),
        WeiboSearch(),
        WeiboCrawler(),
        WeiboScrapy(),
        MediaCrawler(),
        Jd(),
        GooglePlay(),
        AppStore(),
    )
    return {platform.name: platform for platform in platforms}


def _make_learned(lexicon: Lexicon, pack: Pack, folder: Path) -> SentimentScorer:
    from feedback_engine.nlp.learned import LearnedScorer

    return LearnedScorer(lexicon, folder / "models", pack)


def _make_lexicon(lexicon: Lexicon, _pack: Pack, _folder: Path) -> SentimentScorer:
    from feedback_engine.nlp.sentiment import LexiconScorer

    return LexiconScorer(lexicon)


def _make_snownlp(_lexicon: Lexicon, pack: Pack, _folder: Path) -> SentimentScorer:
    from feedback_engine.nlp.snownlp_scorer import SnownlpScorer

    return SnownlpScorer(pack.userdict)


#: Who writes files, by name.
ADAPTERS: Registry[Platform] = Registry("文件格式", _list_platforms, also=("generic",))

#: What gives texts their sentiment: scorers made from the lexicon, the pack and the folder that holds both.
SENTIMENT_SCORERS: Registry[Callable[[Lexicon, Pack, Path], SentimentScorer]] = Registry(
    "情感打分器", lambda: {"learned": _make_learned, "lexicon": _make_lexicon, "snownlp": _make_snownlp}
)

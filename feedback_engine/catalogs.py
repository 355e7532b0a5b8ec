"""What exists, by name: the one list of each kind of thing that a configuration may ask for."""

from __future__ import annotations

from collections.abc import Callable

from feedback_engine.ingest.detect import Platform
from feedback_engine.lexicon.model import Lexicon, Pack
from feedback_engine.nlp.sentiment import LexiconScorer
from feedback_engine.nlp.snownlp_scorer import SnownlpScorer
from feedback_engine.nlp.tagger import SentimentScorer
from feedback_engine.registry import Registry

_PLATFORMS: tuple[Platform, ...] = ()

#: Who writes files, by name.
ADAPTERS: Registry[Platform] = Registry("文件格式", {platform.name: platform for platform in _PLATFORMS})

#: What gives texts their sentiment: scorers made from the lexicon and the pack.
SENTIMENT_SCORERS: Registry[Callable[[Lexicon, Pack], SentimentScorer]] = Registry(
    "情感打分器",
    {
        "lexicon": lambda lexicon, _pack: LexiconScorer(lexicon),
        "snownlp": lambda _lexicon, pack: SnownlpScorer(pack.userdict),
    },
)

"""The words and the taggers of a project, each made once, when first used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from feedback_engine.config.tagging import TaggingSettings
from feedback_engine.engine.parts import Parts

if TYPE_CHECKING:
    from feedback_engine.lexicon.model import Lexicon, Pack
    from feedback_engine.lexicon.themes import ThemeWords
    from feedback_engine.nlp.keywords import KeywordFinder
    from feedback_engine.nlp.polarity import PolarityScorer
    from feedback_engine.nlp.pool import TaggerPool
    from feedback_engine.nlp.segment import Segmenter
    from feedback_engine.nlp.tagger import Tagger
    from feedback_engine.nlp.themes import ThemeFinder


class Language:
    """Lexicon, packs and what is made of them; `list_packs` names the packs of the project."""

    def __init__(self, settings: TaggingSettings, parts: Parts, list_packs: Callable[[], list[str]]) -> None:
        self._settings = settings
        self._parts = parts
        self._list_packs = list_packs

    @property
    def lexicon(self) -> Lexicon:
        """The lists of words that every pack shares."""
        from feedback_engine.lexicon.files import load_lexicon

        return self._parts.once("lexicon", lambda: load_lexicon(self._folder))

    @property
    def theme_words(self) -> ThemeWords:
        """The lists of words that tell keywords and themes."""
        from feedback_engine.lexicon.files import load_theme_words

        return self._parts.once("theme words", lambda: load_theme_words(self._folder))

    @property
    def polarity_scorer(self) -> PolarityScorer:
        """What scores texts by the learned weights alone."""
        from feedback_engine.nlp.polarity import PolarityScorer

        return self._parts.once("polarity", lambda: PolarityScorer(self._folder / "models"))

    @property
    def keyword_finder(self) -> KeywordFinder:
        """What finds the keywords of a text."""
        return self._parts.once("keywords", self._make_keyword_finder)

    @property
    def pool(self) -> TaggerPool | None:
        """The processes that tag beside this one, None without any."""
        from feedback_engine.nlp.pool import TaggerPool

        processes = self._settings.processes
        return self._parts.once("pool", lambda: TaggerPool(processes)) if processes > 1 else None

    def pack(self, name: str) -> Pack:
        """Return the pack of that name."""
        from feedback_engine.lexicon.files import load_pack

        return self._parts.once(f"pack {name}", lambda: load_pack(self._folder, name))

    def tagger(self, pack: str | None = None) -> Tagger:
        """Return the tagger by that pack, None = the one of the project."""
        name = pack or self._settings.pack
        return self._parts.once(f"tagger {name}", lambda: self._make_tagger(name))

    def check_models(self) -> None:
        """Raise LexiconError where weights score the sentences that their file keeps otherwise than it says."""
        from feedback_engine.errors import LexiconError
        from feedback_engine.nlp.models import load_model
        from feedback_engine.nlp.train import check_golden

        for path in sorted((self._folder / "models").glob("*.npz")):
            if differing := check_golden(load_model(path)):
                raise LexiconError(
                    f"{path}: 与训练时算得不同，{len(differing)} 句，如 {differing[0]}；文件可能被改过，请重新安装"
                )

    def make_theme_finder(self) -> ThemeFinder:
        """Return what finds the themes of texts."""
        from feedback_engine.nlp.themes import ThemeFinder

        return ThemeFinder(self._segmenter, self.theme_words, self.lexicon, self.tagger())

    def _make_keyword_finder(self) -> KeywordFinder:
        from feedback_engine.nlp.keywords import KeywordFinder

        phrases = {phrase for name in self._list_packs() for phrase in self.pack(name).phrases}
        return KeywordFinder(self._segmenter, self.theme_words, self.lexicon, phrases)

    def _make_tagger(self, pack: str) -> Tagger:
        from feedback_engine.nlp.collecting import put_off_collection

        with put_off_collection():
            from feedback_engine.catalogs import SENTIMENT_SCORERS
            from feedback_engine.nlp.tagger import Tagger

            make_scorer = SENTIMENT_SCORERS[self._settings.scorer]
            words = self.pack(pack)
            return Tagger(self.lexicon, words, make_scorer(self.lexicon, words, self._folder))

    @property
    def _folder(self) -> Path:
        from feedback_engine.resources import find_lexicons

        return find_lexicons(self._settings.lexicons)

    @property
    def _segmenter(self) -> Segmenter:
        """Cuts texts into words, by the words of every pack of the project."""
        from feedback_engine.nlp.segment import Segmenter

        packs = map(self.pack, self._list_packs())
        return self._parts.once("segmenter", lambda: Segmenter(word for pack in packs for word in pack.userdict))

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from feedback_engine.lexicon.files import load_lexicon, load_pack
from feedback_engine.lexicon.model import Lexicon
from feedback_engine.nlp.tagger import Tagger
from feedback_engine.resources import find_lexicons


@cache
def _lexicon() -> Lexicon:
    return load_lexicon(find_lexicons())


@cache
def _tagger(pack: str) -> Tagger:
    return Tagger(_lexicon(), load_pack(find_lexicons(), pack))


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return _lexicon()


@pytest.fixture(scope="session")
def tagger_of() -> Callable[[str], Tagger]:
    """The tagger of a shipped pack, built once."""
    return _tagger


@pytest.fixture(scope="session")
def tagger() -> Tagger:
    return _tagger("general")

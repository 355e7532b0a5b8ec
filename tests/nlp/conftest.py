from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from feedback_engine.lexicon.files import load_lexicon, load_pack
from feedback_engine.lexicon.model import Lexicon
from feedback_engine.nlp.judge import Judge, Subject, save_judge
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


@pytest.fixture
def overrule(tmp_path: Path) -> Callable[[Subject, str], Path]:
    """Makes lexicons in which a judge says the same of every case."""

    def make(subject: Subject, says: str) -> Path:
        folder = tmp_path / says
        shutil.copytree(find_lexicons(), folder)
        count = len(subject.labels)
        leaves = np.zeros((count, 2), dtype=np.int16)
        leaves[subject.labels.index(says)] = 100
        judge = Judge(
            np.zeros((1, 1), dtype=np.int64), np.zeros((1, 1), dtype=np.float32), leaves, 0.05, np.zeros(count)
        )
        save_judge(judge, folder / "models" / subject.file, subject)
        return folder

    return make

"""An engine that is sent to another process, or copied, opens its own store; one in memory says why it cannot."""

import copy
import pickle
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from engine_projects import write_project

import feedback_engine as fe
from feedback_engine.errors import InputError, StoreError

Copy = Callable[[fe.FeedbackEngine], fe.FeedbackEngine]
COPIES: dict[str, Copy] = {"pickle": lambda engine: pickle.loads(pickle.dumps(engine)), "deepcopy": copy.deepcopy}
TEXT = "物流很快，但客服太差"


@pytest.fixture(params=COPIES.values(), ids=COPIES)
def copied(request: pytest.FixtureRequest) -> Copy:
    made: Copy = request.param
    return made


def test_a_copy_tags_alike(copied: Copy) -> None:
    engine = fe.FeedbackEngine()
    found = engine.tag(TEXT, pack="retail")
    assert copied(engine).tag(TEXT, pack="retail") == found


def test_a_copy_has_the_same_store(copied: Copy, tmp_path: Path) -> None:
    engine = fe.FeedbackEngine.from_config(write_project(tmp_path), progress=lambda *_: None)
    engine.import_sources()
    other = copied(engine)
    assert other.config == engine.config
    assert other.score(period="2026-10").table.equals(engine.score(period="2026-10").table)
    other.close()
    assert len(engine.score(period="2026-10").table) > 0


def test_an_engine_goes_to_other_processes(tmp_path: Path) -> None:
    engine = fe.FeedbackEngine.from_config(write_project(tmp_path))
    expected = engine.tag(TEXT)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(engine.tag, [TEXT])) == [expected]


def test_what_was_imported_into_memory_is_not_left_behind_in_silence(copied: Copy) -> None:
    engine = fe.FeedbackEngine()
    engine.tag_new()
    with pytest.raises(StoreError, match=r"数据库在内存里.*store\.url"):
        copied(engine)
    engine.close()
    assert copied(engine).tag("好").sentiment.score > 0


def test_a_result_says_that_its_tables_are_what_can_be_kept() -> None:
    index = fe.FeedbackEngine().score()
    with pytest.raises(InputError, match=r"index\.table"):
        pickle.dumps(index)
    assert pickle.loads(pickle.dumps(index.table)).equals(index.table)

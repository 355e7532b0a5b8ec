"""Processes that tag beside this one change nothing but the time that it takes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

import feedback_engine as fe
from feedback_engine.config.model import Config
from feedback_engine.errors import ProcessError
from feedback_engine.nlp import batch
from feedback_engine.nlp.batch import TaggerSpec, tag_table
from feedback_engine.nlp.pool import TaggerPool, gather
from feedback_engine.resources import find_lexicons

TAGGER = TaggerSpec(find_lexicons(), "general").build()
SOME = ["物流很快，但客服太差", "没有什么不满意的", "", "等了四十分钟没人理", "\ud800坏了", "\x00\u202e好", "😀" * 50]
TEXTS = [f"{text}{number}" for number in range(40) for text in SOME] + SOME * 2


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "_BATCH", 200)


@pytest.fixture
def pool() -> Iterator[TaggerPool]:
    pool = TaggerPool(2, worth_starting=1)
    yield pool
    pool.close()


def tag(pool: TaggerPool | None = None, texts: list[str] = TEXTS) -> pd.DataFrame:
    return tag_table(texts, [str(number) for number in range(len(texts))], TAGGER, pool)


def pids(pool: TaggerPool) -> list[int]:
    return [worker._process.pid for worker in pool._workers]


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_any_number_of_processes_gives_the_same_table(processes: int) -> None:
    pool = TaggerPool(processes, worth_starting=1)
    pd.testing.assert_frame_equal(tag(pool), tag())
    assert len(pids(pool)) == processes - 1
    pool.close()
    assert pids(pool) == []


def test_processes_are_kept_for_the_next_call_and_for_other_packs(pool: TaggerPool) -> None:
    tag(pool)
    first = pids(pool)
    hotel = TaggerSpec(find_lexicons(), "hotel").build()
    ids = [str(number) for number in range(len(TEXTS))]
    pd.testing.assert_frame_equal(tag_table(TEXTS, ids, hotel, pool), tag_table(TEXTS, ids, hotel))
    pd.testing.assert_frame_equal(tag(pool), tag())
    assert pids(pool) == first


def test_few_texts_start_no_process() -> None:
    pool = TaggerPool(2)
    tag(pool, TEXTS[:20])
    assert pids(pool) == []


def test_a_killed_process_is_an_error_in_one_line_and_the_next_call_starts_another(pool: TaggerPool) -> None:
    tag(pool)
    (pid,) = pids(pool)
    os.kill(pid, signal.SIGTERM)
    with pytest.raises(ProcessError, match=f"子进程（PID {pid}）意外结束") as error:
        for _ in range(3):
            tag(pool)
    assert "\n" not in str(error.value)
    pd.testing.assert_frame_equal(tag(pool), tag())
    assert pids(pool) != [pid]


def test_threads_that_share_a_pool_get_the_same_table(pool: TaggerPool) -> None:
    expected = tag()
    with ThreadPoolExecutor(4) as threads:
        for found in threads.map(lambda _: tag(pool), range(8)):
            pd.testing.assert_frame_equal(found, expected)


def test_closing_the_engine_ends_its_processes() -> None:
    engine = fe.FeedbackEngine(Config.model_validate({"store": {"url": "sqlite://"}, "tagging": {"processes": 2}}))
    found = engine.tag_many([f"{text}{number}" for number in range(200) for text in SOME])
    pool = engine._language.pool
    assert pool is not None and found["feedback_id"].nunique() == 200 * len(SOME)
    (worker,) = pool._workers
    engine.close()
    assert worker._process.returncode is not None
    assert engine.tag("物流很快").sentiment.score > 0


def test_chunks_are_put_together_until_they_are_worth_sharing_and_none_is_lost() -> None:
    chunks = [([f"{number}-{at}" for at in range(5000)], ["很长" * 20] * 5000) for number in range(12)]
    found = list(gather(iter(chunks)))
    assert [id_ for ids, _ in found for id_ in ids] == [id_ for ids, _ in chunks for id_ in ids]
    assert [len(ids) for ids, _ in found] == [25_000, 25_000, 10_000]
    assert all(len(ids) == len(texts) for ids, texts in found)
    assert list(gather([])) == []


def test_a_program_needs_no_guard_and_nothing_of_it_runs_twice(tmp_path: Path) -> None:
    program = tmp_path / "crm.py"
    program.write_text(
        "from feedback_engine.nlp import batch, pool\n"
        "from feedback_engine.resources import find_lexicons\n"
        "batch._BATCH = 50\n"
        "print('started')\n"
        "texts = [f'物流很快{n}' for n in range(100)]\n"
        "own = pool.TaggerPool(2, worth_starting=1)\n"
        "table = batch.tag_table(texts, texts, batch.TaggerSpec(find_lexicons(), 'general').build(), own)\n"
        "print(table['feedback_id'].nunique(), len(own._workers))\n",
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, str(program)], capture_output=True, encoding="utf-8", check=True)
    assert (done.stdout.split(), done.stderr) == (["started", "100", "1"], "")

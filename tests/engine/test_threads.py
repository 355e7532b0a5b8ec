"""An engine is shared by threads from their very first call, when what it is made of is still to be loaded."""

import subprocess
import sys
from pathlib import Path

from engine_projects import write_project

FIRST_CALLS = """
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
import feedback_engine as fe

engine = fe.FeedbackEngine.from_config(sys.argv[1])
calls = [
    engine.import_sources, engine.tag_new, engine.score, engine.themes, lambda: engine.tag("好"),
    lambda: engine.polarity_many(["好"]), lambda: engine.keywords("早餐很好"), engine.check,
]
start = Barrier(len(calls))

def call(number):
    start.wait()
    return calls[number]()

with ThreadPoolExecutor(len(calls)) as pool:
    print(len([result for result in pool.map(call, range(len(calls))) if result is not None]))
"""


def test_the_first_calls_of_many_threads_all_succeed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FIRST_CALLS, str(write_project(tmp_path))]
    run = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert (run.returncode, run.stdout.strip()) == (0, "8"), run.stderr


def test_numpy_is_loaded_with_the_engine_and_not_by_whichever_thread_comes_first() -> None:
    code = "import sys, feedback_engine as fe; fe.FeedbackEngine(); print('numpy' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert run.stdout.strip() == "True"

"""kill -9 at any moment of an import: nothing is lost and nothing doubled."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from engine_projects import CONFIG, HEADINGS, survey_rows, write_csv

import feedback_engine as fe

ROWS = 4000


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_a_killed_import_goes_on_where_it_was_cut(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(CONFIG.replace("max_reject_share: 0.2", "batch_rows: 50"), encoding="utf-8")
    path = write_csv(tmp_path / "data/survey.csv", HEADINGS, survey_rows(ROWS))
    command = [sys.executable, "-m", "feedback_engine", "import", str(path), "--source", "survey"]
    chance = random.Random(20261122)
    kills = 0
    for _ in range(6):
        process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        database = tmp_path / "out/feedback.db"
        while process.poll() is None and not database.exists():
            time.sleep(0.01)
        time.sleep(chance.uniform(0.02, 0.25))
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            kills += 1
        process.wait()
    assert kills >= 3
    engine = fe.FeedbackEngine.from_config(config)
    last = engine.import_file(path, source="survey")
    assert last.read == ROWS
    whole = fe.FeedbackEngine.from_config(config.rename(tmp_path / "whole.yaml"))
    other = tmp_path / "whole"
    other.mkdir()
    whole = fe.FeedbackEngine(whole.config.model_copy(update={"base": other}))
    whole.import_file(path, source="survey")
    assert engine.score().table.equals(whole.score().table)

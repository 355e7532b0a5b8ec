"""kill -9 at any moment of an import: nothing is lost and nothing doubled."""

import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from engine_projects import CONFIG, HEADINGS, survey_rows, write_csv

import feedback_engine as fe
from feedback_engine.store.connection import Database
from feedback_engine.store.loading import FeedbackReader

ROWS = 2000
KILLS = 2


def committed(database: Path, name: str) -> int:
    """Return how many rows of the file the last, perhaps killed, import has committed."""
    if not database.exists():
        return 0
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            found = connection.execute("SELECT read FROM files WHERE name = ? AND NOT is_complete", (name,)).fetchone()
    except sqlite3.Error:  # not made yet, or locked while it is
        return 0
    return int(found[0]) if found else 0


def import_and_kill(folder: Path, path: Path, more: int) -> int:
    """Import the file in a process of its own and kill it so many rows later; return how many it had committed."""
    after = committed(folder / "out/feedback.db", path.name) + more
    command = [sys.executable, "-m", "feedback_engine", "import", str(path), "--source", "survey"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and committed(folder / "out/feedback.db", path.name) < after:
        time.sleep(0.002)
    process.kill()
    process.wait()
    return committed(folder / "out/feedback.db", path.name)


def write_project(folder: Path) -> fe.FeedbackEngine:
    folder.mkdir()
    config = folder / "config.yaml"
    config.write_text(CONFIG.replace("max_reject_share: 0.2", "batch_rows: 20"), encoding="utf-8")
    return fe.FeedbackEngine.from_config(config)


def stored(folder: Path) -> list[object]:
    """All that is stored of the records, and how many earlier versions of them."""
    database = Database.open("sqlite:///out/feedback.db", folder)
    reader = FeedbackReader(database)
    with database.reading() as connection:
        versions = connection.exec_driver_sql("SELECT count(*) FROM feedback_history").scalar()
    frames = (reader.load_feedback(with_text=True), reader.load_ratings(), reader.load_cases(), reader.load_questions())
    database.close()
    return [versions, *(frame.to_dict("records") for frame in frames)]


def told_of_files(folder: Path) -> list[object]:
    """What the database says of each file."""
    database = Database.open("sqlite:///out/feedback.db", folder)
    files = FeedbackReader(database).load_files().to_dict("records")
    database.close()
    return files


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_killed_imports_of_a_file_and_of_its_correction_go_on_where_they_were_cut(tmp_path: Path) -> None:
    rows = survey_rows(ROWS)
    corrected = [(*row[:4], "1", *row[5:]) if at % 3 == 0 else row for at, row in enumerate(rows)]
    files = [
        write_csv(tmp_path / "data" / name, HEADINGS, lines)
        for name, lines in (("survey.csv", rows), ("survey2.csv", corrected))
    ]
    killed, whole = write_project(tmp_path / "killed"), write_project(tmp_path / "whole")
    chance = random.Random(20261122)
    for path in files:
        cuts = [import_and_kill(tmp_path / "killed", path, chance.randrange(1, ROWS // 3)) for _ in range(KILLS)]
        assert any(0 < cut < ROWS for cut in cuts), cuts
        summary = killed.import_file(path, source="survey")
        assert summary.read == ROWS
        assert "上次导入这个文件时中断，当时已入库" in "".join(summary.files[0].notes)
        whole.import_file(path, source="survey")
    assert told_of_files(tmp_path / "killed") == told_of_files(tmp_path / "whole")
    assert stored(tmp_path / "killed") == stored(tmp_path / "whole")
    assert killed.score().table.equals(whole.score().table)

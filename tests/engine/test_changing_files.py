"""A file that is replaced, cut or written to while it is read: one line says so, and nothing counts as imported."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from engine_projects import HEADINGS, survey_rows, write_csv, write_project

import feedback_engine as fe
from feedback_engine.errors import UnreadableFile
from feedback_engine.store.connection import Database
from feedback_engine.store.loading import FeedbackReader

ROWS = 4000


def replace(path: Path) -> None:
    rows = [(*row[:4], "1", "1", "换掉了") for row in survey_rows(ROWS)]
    write_csv(path.with_suffix(".new"), HEADINGS, rows).replace(path)


def cut(path: Path) -> None:
    with path.open("r+b") as stream:
        stream.truncate(path.stat().st_size * 2 // 3 + 5)


def grow(path: Path) -> None:
    with path.open("a", encoding="utf-8") as stream:
        stream.write("99999,2026/10/5,微信,一店,5,4,追加的\n")


def break_encoding(path: Path) -> None:
    size = path.stat().st_size
    with path.open("r+b") as stream:
        stream.seek(size * 2 // 3)
        stream.write(b"\xff\xfe\xff" * 20)


def remove(path: Path) -> None:
    path.unlink()


CHANGES = (replace, cut, grow, break_encoding, remove)


def import_while(change: Callable[[Path], None], folder: Path, path: Path) -> fe.FeedbackEngine:
    """Import the file, changing it once the first rows are stored; return the engine, which must have refused it."""
    changed: list[str] = []

    def at_first_rows(stage: str, _done: int, _total: int) -> None:
        if stage.startswith("导入") and not changed:
            changed.append(stage)
            change(path)

    engine = fe.FeedbackEngine.from_config(folder / "config.yaml", progress=at_first_rows)
    with pytest.raises(UnreadableFile, match=r"在读取期间被改动") as refusal:
        engine.import_file(path, source="survey")
    assert changed and "\n" not in str(refusal.value)
    return engine


@pytest.fixture
def project(tmp_path: Path) -> Path:
    config = write_project(tmp_path)
    config.write_text(config.read_text(encoding="utf-8").replace("imports: {", "imports: {batch_rows: 100, "))
    return tmp_path


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_of_another_version_is_stored_and_nothing_is_done(
    change: Callable[[Path], None], project: Path
) -> None:
    path = write_csv(project / "data/long.csv", HEADINGS, survey_rows(ROWS))
    whole = path.read_bytes()
    engine = import_while(change, project, path)
    database = Database.open("sqlite:///out/feedback.db", project)
    reader = FeedbackReader(database)
    assert not reader.load_files()["is_complete"].any()
    texts = set(reader.load_feedback(with_text=True)["text"])
    assert texts <= {"", "前台很热情，但是房间不干净"} and texts
    database.close()
    path.write_bytes(whole)
    summary = engine.import_file(path, source="survey")
    assert (summary.read, summary.stored + summary.duplicate) == (ROWS, ROWS)


def test_the_other_sources_go_in_all_the_same(project: Path) -> None:
    path = write_csv(project / "data/survey.csv", HEADINGS, survey_rows(ROWS))

    def at_first_rows(stage: str, _done: int, _total: int) -> None:
        if stage.startswith("导入 survey"):
            grow(path)

    engine = fe.FeedbackEngine.from_config(project / "config.yaml", progress=at_first_rows)
    summary = engine.import_sources()
    assert [file.name for file in summary.failed] == ["survey.csv"]
    assert summary.stored > 0


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names there")
def test_a_pipe_is_refused_instead_of_waited_for(project: Path) -> None:
    os.mkfifo(project / "data/pipe.csv")
    engine = fe.FeedbackEngine.from_config(project / "config.yaml")
    with pytest.raises(UnreadableFile, match="不是普通文件"):
        engine.inspect(project / "data/pipe.csv")


def test_a_file_that_grows_while_it_is_looked_at_is_said_to(project: Path) -> None:
    path = write_csv(project / "data/long.csv", HEADINGS, survey_rows(ROWS))
    engine = fe.FeedbackEngine.from_config(project / "config.yaml")
    reading = engine._imports._opener.open(path, engine.config.sources[0])
    grow(path)
    with pytest.raises(UnreadableFile, match="在读取期间被改动"):
        list(reading)

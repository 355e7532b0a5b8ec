"""A copy of a file that has come in already: under another name, and under another source."""

import shutil
from pathlib import Path

import pytest
from engine_projects import write_project

import feedback_engine as fe


@pytest.fixture
def engine(tmp_path: Path) -> fe.FeedbackEngine:
    engine = fe.FeedbackEngine.from_config(write_project(tmp_path))
    engine.import_sources()
    return engine


def copy_of(name: str, folder: Path) -> Path:
    return Path(shutil.copyfile(folder / "data" / name, folder / "十月.csv"))


def test_a_renamed_copy_of_a_configured_file_is_that_file_again(engine: fe.FeedbackEngine, tmp_path: Path) -> None:
    summary = engine.import_file(copy_of("survey.csv", tmp_path))
    assert (summary.stored, summary.duplicate) == (0, 40)
    assert (summary.files[0].source, summary.files[0].is_known) == ("survey", True)


def test_a_copy_told_to_be_another_source_is_one_and_the_double_count_is_said(
    engine: fe.FeedbackEngine, tmp_path: Path
) -> None:
    (mapping := tmp_path / "工单.yaml").write_text(
        "{kind: complaints, columns: {id: 工单编号, text: 内容, opened_at: 受理时间}}", encoding="utf-8"
    )
    copy = copy_of("complaints.csv", tmp_path)
    summary = engine.import_file(copy, source="complaint", mapping=mapping)
    assert summary.stored == 12
    assert "来源 complaints 导入过的文件相同，现在又归入 complaint" in summary.files[0].notes[-1]

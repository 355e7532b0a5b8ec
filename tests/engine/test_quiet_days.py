"""A night on which an export has headings and nothing below them: said, and no failure of the job."""

from pathlib import Path

import pytest
from engine_projects import HEADINGS, survey_rows, write_csv, write_project

import feedback_engine as fe
from feedback_engine.cli.main import main
from feedback_engine.errors import NoRows


@pytest.fixture
def engine(tmp_path: Path) -> fe.FeedbackEngine:
    write_project(tmp_path)
    write_csv(tmp_path / "data/survey_quiet.csv", HEADINGS, [])
    return fe.FeedbackEngine.from_config(tmp_path / "config.yaml")


def test_an_export_without_rows_is_a_warning_of_the_nightly_job(
    engine: fe.FeedbackEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    quiet = next(file for file in engine.import_sources().files if file.name == "survey_quiet.csv")
    assert (quiet.counts.read, quiet.error) == (0, "")
    assert "只有标题行，没有数据" in quiet.doubts[0]
    assert main(["--config", str(tmp_path / "config.yaml"), "import"]) == 0
    assert "注意 survey_quiet.csv" in capsys.readouterr().out


def test_the_rows_that_come_under_its_name_later_are_imported(engine: fe.FeedbackEngine, tmp_path: Path) -> None:
    engine.import_sources()
    write_csv(tmp_path / "data/survey_quiet.csv", HEADINGS, survey_rows(7, month=11))
    assert engine.import_sources().stored == 7


def test_an_export_without_rows_under_other_headings_is_an_error(engine: fe.FeedbackEngine, tmp_path: Path) -> None:
    write_csv(tmp_path / "data/survey_quiet.csv", HEADINGS[1:], [])
    (failed,) = engine.import_sources().failed
    assert "缺少列 '序号'" in failed.error


def test_who_imports_one_file_without_rows_is_told_by_an_error(engine: fe.FeedbackEngine, tmp_path: Path) -> None:
    with pytest.raises(NoRows, match="只有标题行，没有数据"):
        engine.import_file(tmp_path / "data/survey_quiet.csv")

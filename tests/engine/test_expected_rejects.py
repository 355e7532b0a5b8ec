"""Rows that the format itself explains are listed and counted, but are no reason to call a file bad."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from engine_projects import HEADINGS, survey_rows, write_csv, write_project

import feedback_engine as fe
from feedback_engine.cli.main import main
from feedback_engine.store.connection import Database
from feedback_engine.store.loading import FeedbackReader

JD = ("id", "nickname", "score", "creationTime", "content", "productColor")
DEFAULTS = ("此用户没有填写评价", "系统默认好评！")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_project(tmp_path)
    return tmp_path


def jd_rows(count: int) -> list[Sequence[str]]:
    """A shop's reviews, half of which nobody has written."""
    texts = [DEFAULTS[at % 4 // 2] if at % 2 else f"第{at}次购买，送货很快" for at in range(count)]
    return [
        (f"1003{at:05}", f"j***{at}", "5", f"2026-10-01 08:00:{at:02}", text, "黑色") for at, text in enumerate(texts)
    ]


def rejects_of(folder: Path) -> list[tuple[str, bool]]:
    database = Database.open("sqlite:///out/feedback.db", folder)
    rejects = FeedbackReader(database).load_rejects()
    database.close()
    return list(zip(rejects["reason"], rejects["is_expected"], strict=True))


def test_default_reviews_and_repeated_headings_are_no_errors(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_csv(project / "jd.csv", JD, [*jd_rows(20), JD, *jd_rows(22)[20:]])
    engine = fe.FeedbackEngine.from_config(project / "config.yaml")
    summary = engine.import_file(path)
    assert (summary.read, summary.stored, summary.quarantined, summary.reject_share) == (23, 11, 12, 0)
    assert [expected for _, expected in rejects_of(project)] == [True] * 12
    again = engine.import_file(path)
    assert (again.duplicate, again.quarantined, again.reject_share) == (11, 12, 0)
    assert main(["--config", str(project / "config.yaml"), "import", str(path)]) == 0
    assert "max_reject_share" not in capsys.readouterr().err


def test_totals_below_a_table_are_no_errors_but_the_bad_cell_above_is(project: Path) -> None:
    rows = [*survey_rows(3), ("1", "2026/10/5", "微信", "一店", "9", "4", "")]
    totals: list[Sequence[str]] = [(word, "", "", "", "", "", "") for word in ("合计", "平均", "总计")]
    path = write_csv(project / "totals.csv", HEADINGS, [*rows, *totals])
    engine = fe.FeedbackEngine.from_config(project / "config.yaml")
    summary = engine.import_file(path, source="survey")
    assert (summary.read, summary.stored, summary.quarantined) == (7, 4, 3)
    assert summary.reject_share == pytest.approx(1 / 7)
    assert engine.import_file(path, source="survey").reject_share == pytest.approx(1 / 7)
    assert sorted(expected for _, expected in rejects_of(project)) == [False, True, True, True]

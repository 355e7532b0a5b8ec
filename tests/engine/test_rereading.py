"""A source whose configuration changes after its files have been imported: nothing counts twice."""

from pathlib import Path

import pytest
from engine_projects import write_csv

import feedback_engine as fe
from feedback_engine.tables.summary import RunSummary

CONFIG = """\
project: {{name: 点评}}
store: {{url: "sqlite:///out/feedback.db"}}
sources:
  - name: reviews
    kind: reviews
    path: data/*.csv
    channel: {channel}
    mapping: {{columns: {{{columns}}}, attributes: [{attributes}]}}
"""
PLAIN = {"channel": "网站", "columns": "text: 内容, received_at: 时间", "attributes": "门店"}
NUMBERED = PLAIN | {"columns": "id: 编号, text: 内容, received_at: 时间"}


def run(folder: Path, **settings: str) -> RunSummary:
    (folder / "config.yaml").write_text(CONFIG.format(**settings), encoding="utf-8")
    return fe.FeedbackEngine.from_config(folder / "config.yaml").import_sources()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [(f"R{n}", f"2026-10-{n:02}", f"第 {n} 次来，还不错", "一店", "靠窗") for n in range(1, 21)]
    write_csv(tmp_path / "data/reviews.csv", ("编号", "时间", "内容", "门店", "座位"), rows)
    return tmp_path


@pytest.mark.parametrize("change", [{"attributes": "门店, 座位"}, {"channel": "应用"}, {"columns": "text: 内容"}])
def test_rows_without_numbers_stay_as_they_were_read_first_and_that_is_told(
    folder: Path, change: dict[str, str]
) -> None:
    assert run(folder, **PLAIN).stored == 20
    again = run(folder, **PLAIN | change)
    assert (again.stored, again.duplicate) == (0, 20)
    assert "没有编号" in again.files[0].doubts[0] and "空库" in again.files[0].doubts[0]
    assert not run(folder, **PLAIN).files[0].doubts


def test_rows_with_numbers_are_read_anew(folder: Path) -> None:
    assert run(folder, **NUMBERED).stored == 20
    again = run(folder, **NUMBERED | {"attributes": "门店, 座位"})
    assert (again.stored, again.updated, again.files[0].doubts) == (0, 20, ())


def test_a_file_that_could_not_be_used_is_read_as_the_mended_configuration_says(folder: Path) -> None:
    assert run(folder, **PLAIN | {"columns": "text: 内容, received_at: 座位"}).quarantined == 20
    assert run(folder, **PLAIN).stored == 20


def test_a_change_that_says_nothing_else_of_the_rows_changes_nothing(folder: Path) -> None:
    assert run(folder, **PLAIN).stored == 20
    again = run(folder, **PLAIN | {"channel": "网站\n    encoding: utf-8"})
    assert (again.stored, again.duplicate, again.files[0].doubts) == (0, 20, ())

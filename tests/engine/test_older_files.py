"""An older export put back behind a newer one: the last import counts, and that rows fell back is told."""

from pathlib import Path

import pytest
from engine_projects import write_csv

import feedback_engine as fe
from feedback_engine.tables.summary import FileSummary

CONFIG = """\
project: {name: 投诉}
store: {url: "sqlite:///out/feedback.db"}
sources:
  - name: cases
    kind: complaints
    path: data/*.csv
    mapping: {columns: {id: 编号, text: 内容, opened_at: 时间, status: 状态}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


def put(folder: Path, name: str, status: str, days: range, *, dry_run: bool = False) -> FileSummary:
    path = folder / "data" / name
    rows = [(f"C{day}", f"第 {day} 号来件，等了很久", f"2026-11-{day:02}", status) for day in days]
    write_csv(path, ("编号", "内容", "时间", "状态"), rows)
    return fe.FeedbackEngine.from_config(folder / "config.yaml").import_files([path], dry_run=dry_run).files[0]


def test_an_older_export_behind_a_newer_one_is_told_with_its_name_and_the_way_out(folder: Path) -> None:
    put(folder, "1120.csv", "已办结", range(1, 21))
    for dry_run in (True, False):
        summary = put(folder, "1110.csv", "处理中", range(1, 11), dry_run=dry_run)
        assert summary.counts.updated == 10
        told = next(doubt for doubt in summary.doubts if "更晚的记录" in doubt)
        assert "10 行原由 1120.csv 导入" in told and "--dry-run" in told and told in summary.notes


@pytest.mark.parametrize(
    ("name", "days"),
    [("1121.csv", range(1, 22)), ("again.csv", range(1, 21)), ("1122.csv", range(18, 23)), ("new.csv", range(21, 23))],
)
def test_an_export_that_ends_as_late_as_the_other_is_the_newer_one(folder: Path, name: str, days: range) -> None:
    put(folder, "1120.csv", "处理中", range(1, 21))
    assert put(folder, name, "已办结", days).doubts == ()


def test_an_older_export_as_it_once_was_changes_nothing_and_tells_nothing(folder: Path) -> None:
    put(folder, "1110.csv", "处理中", range(1, 11))
    put(folder, "1120.csv", "已办结", range(1, 21))
    summary = put(folder, "1110 again.csv", "处理中", range(1, 11))
    assert (summary.counts.duplicate, summary.counts.updated, summary.doubts) == (10, 0, ())

"""Files of one pattern that came together: of each record, the last of them stands."""

from pathlib import Path

import pytest
from engine_projects import write_csv

import feedback_engine as fe
from feedback_engine.store.connection import Database
from feedback_engine.store.loading import FeedbackReader

CONFIG = """\
project: {name: 工单}
store: {url: "sqlite:///out/feedback.db"}
sources:
  - name: orders
    kind: complaints
    path: data/*.csv
    mapping: {columns: {id: 编号, text: 内容, opened_at: 时间, status: 状态}}
"""
HEADINGS = ("编号", "时间", "内容", "状态")


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("工单_9月.csv", "工单_10月.csv"),
        ("工单_2026-9-30.csv", "工单_2026-10-31.csv"),
        ("工单 (2).csv", "工单 (11).csv"),
        ("工单_2026.csv", "工单_2026_补.csv"),
        ("工单_20260930.csv", "工单_20261031.csv"),
    ],
)
def test_of_a_record_in_two_files_the_one_with_the_later_name_stands(tmp_path: Path, earlier: str, later: str) -> None:
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    for name, status in ((later, "已办结"), (earlier, "处理中")):
        rows = [(f"G{n}", "2026-09-01", f"第 {n} 个房间的空调坏了", status) for n in range(5)]
        write_csv(tmp_path / "data" / name, HEADINGS, rows)
    summary = fe.FeedbackEngine.from_config(tmp_path / "config.yaml").import_sources()
    assert [file.name for file in summary.files] == [earlier, later]
    assert (summary.stored, summary.updated) == (5, 5)
    cases = FeedbackReader(Database.open("sqlite:///out/feedback.db", tmp_path)).load_cases()
    assert set(cases["status"]) == {"已办结"}


def test_endings_in_capitals_are_meant_too(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    for name in ("a.csv", "B.CSV", "c.Csv", "d.xlsx.bak", "e.csvx"):
        write_csv(tmp_path / "data" / name, HEADINGS, [(name, "2026-09-01", f"{name} 的空调坏了", "处理中")])
    files = fe.FeedbackEngine.from_config(tmp_path / "config.yaml").import_sources().files
    assert sorted(file.name for file in files) == ["B.CSV", "a.csv", "c.Csv"]


@pytest.mark.parametrize("name", ["导出[1].csv", "导出 (1)?.csv", "a[0-9]*.csv"])
def test_a_file_whose_name_looks_like_a_pattern_is_found_by_it(tmp_path: Path, name: str) -> None:
    (tmp_path / "config.yaml").write_text(CONFIG.replace("data/*.csv", f'"data/{name}"'), encoding="utf-8")
    write_csv(tmp_path / "data" / name, HEADINGS, [("G1", "2026-09-01", "房间的空调坏了", "处理中")])
    assert fe.FeedbackEngine.from_config(tmp_path / "config.yaml").import_sources().stored == 1

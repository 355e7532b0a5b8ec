"""Three real data sets beside the checkout, each from file to report by one command; skips without them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"

MOBILE = """\
project: {name: 手机上网满意度, pack: telecom}
sources:
  - name: mobile_survey
    kind: questionnaire
    path: SHARED/surveys/mobile_internet.xlsx
    received_on: 2022-06-20
    mapping:
      columns: {id: 用户}
      ratings:
        - {column: 手机上网整体满意度, indicator: overall_satisfaction, scale: {min: 1, max: 10}}
        - {column: 网络覆盖与信号强度, indicator: coverage, scale: {min: 1, max: 10}}
        - {column: 手机上网速度, indicator: speed, scale: {min: 1, max: 10}}
        - {column: 手机上网稳定性, indicator: stability, scale: {min: 1, max: 10}}
      texts: [{column: 场景备注数据, role: scene_note}, {column: 现象备注数据, role: symptom_note}]
touchpoints:
  - {code: network_coverage, name: 网络覆盖, weight: 0.4, indicators: [{code: coverage}]}
  - {code: network_speed, name: 上网速度, weight: 0.3, indicators: [{code: speed}]}
  - {code: network_stability, name: 上网稳定, weight: 0.3, indicators: [{code: stability}]}
report: {period: all}
"""

HOTLINE = """\
project: {name: 市民热线, pack: government}
sources:
  - name: hotline
    kind: complaints
    path: SHARED/complaints/hotline_sample.xlsx
    mapping:
      columns: {id: 留言编号, title: 留言主题, text: 留言详情, opened_at: 留言时间, stated_type: 一级分类}
report: {period: all}
"""

SCENIC = """\
project: {name: 景区口碑, pack: scenic}
sources:
  - name: scenic_reviews
    kind: reviews
    path: SHARED/reviews/scenic_reviews.csv
    mapping: {columns: {text: 评论内容, received_at: 评论日期, target: 景区名称}}
report: {period: all}
"""


def run(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "feedback_engine", *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, encoding="utf-8").stdout


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="needs the real data in ../shared/data")
@pytest.mark.parametrize(
    ("config", "read", "is_surveyed"), [(MOBILE, 7020, True), (HOTLINE, 495, False), (SCENIC, 58184, False)]
)  # fmt: skip
def test_real_data_end_with_a_report_and_every_row_accounted_for(
    tmp_path: Path, config: str, read: int, is_surveyed: bool
) -> None:
    (tmp_path / "config.yaml").write_text(config.replace("SHARED", SHARED.as_posix()), encoding="utf-8")
    summary = json.loads(run(tmp_path, "run", "--as-of", "2026-10-31", "--json"))
    assert summary["read"] == read
    assert summary["read"] == sum(summary[name] for name in ("stored", "updated", "duplicate", "quarantined"))
    assert summary["stored"] > 0.99 * read
    assert "总览" in load_workbook(tmp_path / "out/report.xlsx").sheetnames
    rows = json.loads(run(tmp_path, "score", "--json"))
    overall = {row["measure"]: row for row in rows if row["touchpoint"] == row["indicator"] == "overall"}
    assert (overall["score"]["score"] is not None) == is_surveyed
    assert 0 < overall["text_index"]["lower"] < overall["text_index"]["upper"] < 100
    again = json.loads(run(tmp_path, "import", "--json"))
    assert (again["read"], again["stored"], again["updated"]) == (read, 0, 0)

"""A misspelt attribute in the configuration would check nothing: it is said, with the name that was meant."""

from pathlib import Path

import pytest
from engine_projects import CONFIG, write_project

import feedback_engine as fe

MISSPELT = {
    "attention": "quality: {attention: [{attribute: 门店名, answer: 一店}]}",
    "duration": "quality: {duration_attribute: 门店名}",
    "margins": "scoring: {population: {margins: {门店名: {一店: 1, 二店: 1}}}}",
}


def engine_with(folder: Path, more: str, report: str = "") -> fe.FeedbackEngine:
    config = write_project(folder)
    text = CONFIG.replace("period: latest", f"period: latest{report}")
    config.write_text(f"{text}{more}\n", encoding="utf-8")
    return fe.FeedbackEngine.from_config(config)


@pytest.mark.parametrize("more", MISSPELT.values(), ids=MISSPELT)
def test_check_names_the_attribute_and_the_nearest_one(more: str, tmp_path: Path) -> None:
    (problem,) = engine_with(tmp_path, more).check()
    assert "没有名为 '门店名' 的属性" in problem and "是否想写 '门店'？" in problem
    assert not engine_with(tmp_path, more.replace("门店名", "门店")).check()


def test_check_knows_the_attributes_that_the_report_is_segmented_by(tmp_path: Path) -> None:
    (problem,) = engine_with(tmp_path, "", ", segment_by: [channel, 门店号]").check()
    assert "report.segment_by" in problem and "'门店号'" in problem


def test_check_knows_the_attribute_whose_values_are_ranked(tmp_path: Path) -> None:
    (problem,) = engine_with(tmp_path, "scoring: {weighting: {objects: 门店号}}").check()
    assert "scoring.weighting.objects" in problem and "是否想写 '门店'？" in problem
    assert not engine_with(tmp_path, "scoring: {weighting: {objects: channel}}").check()


def test_an_import_of_all_sources_warns_and_goes_on(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    summary = engine_with(tmp_path, MISSPELT["attention"]).import_sources()
    assert not summary.failed and summary.stored > 0
    assert any("quality.attention" in record.getMessage() for record in caplog.records)


def test_nothing_is_said_to_be_missing_where_a_file_could_not_be_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    engine = engine_with(tmp_path, MISSPELT["attention"])
    (tmp_path / "data/complaints.csv").unlink()
    engine.import_sources()
    assert len(engine.check()) == 1
    assert not any("quality.attention" in record.getMessage() for record in caplog.records)


def messages(caplog: pytest.LogCaptureFixture) -> list[str]:
    said = [record.getMessage() for record in caplog.records if "门店名" in record.getMessage()]
    caplog.clear()
    return said


def test_an_import_of_single_files_warns_too_and_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    engine = engine_with(tmp_path, MISSPELT["attention"])
    engine.import_files([tmp_path / "data/survey.csv", tmp_path / "data/complaints.csv"])
    (said,) = messages(caplog)
    assert "quality.attention" in said and "是否想写 '门店'？" in said


def test_an_attribute_that_another_file_brought_before_is_not_missed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    earlier = engine_with(project, MISSPELT["attention"].replace("门店名", "门店"))
    earlier.import_file(project / "data/survey.csv")
    (other := tmp_path / "other.csv").write_text(
        "序号,提交答卷时间,所用时间,来源,来源详情,来自IP,1、您满意吗？\n"
        "1,2026/9/1 8:00:00,60秒,微信,N/A,1.2.3.4(上海-上海),非常满意\n",
        encoding="utf-8",
    )
    later = fe.FeedbackEngine.from_config(project / "config.yaml")
    later.import_file(other)
    assert not any("quality.attention" in record.getMessage() for record in caplog.records)
    engine_with(project, MISSPELT["attention"])
    fe.FeedbackEngine.from_config(project / "config.yaml").import_file(other)
    assert messages(caplog)


def test_sources_without_any_attribute_bring_none_that_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("编号,时间,内容\n1,2026-10-03,房间干净\n", encoding="utf-8")
    mapping = "mapping: {columns: {id: 编号, received_at: 时间, text: 内容}}"
    (tmp_path / "config.yaml").write_text(
        f"sources: [{{name: r, kind: reviews, path: a.csv, {mapping}}}]\nreport: {{segment_by: [channel, 门店]}}\n",
        encoding="utf-8",
    )
    (problem,) = fe.FeedbackEngine.from_config(tmp_path / "config.yaml").check()
    assert (
        problem == "report.segment_by：没有名为 '门店' 的属性：来源没有带来任何属性；请写进来源 mapping 的 attributes"
    )

"""A rating that the configuration names and no source brings has no answers: `check` says where it stands."""

import shutil
from pathlib import Path

import pytest
from engine_projects import CONFIG, write_project

import feedback_engine as fe
from feedback_engine.resources import find_lexicons

STRUCTURAL = "{paths: [[Image, Satisfaction]], blocks: {Image: [q_service, q_ful], Satisfaction: [q_clean]}}"
ELSEWHERE = {
    "scoring: {weighting: {overall_item: q_ful}}": "scoring.weighting.overall_item",
    "scoring: {gaps: [{expectation: q_service, experience: q_ful}]}": "scoring.gaps.0.experience",
    "scoring: {gaps: [{expectation: q_ful, experience: q_service}]}": "scoring.gaps.0.expectation",
    "scoring: {kano: [{functional: q_clean, dysfunctional: q_ful}]}": "scoring.kano.0.dysfunctional",
    f"scoring: {{structural: {STRUCTURAL}}}": "scoring.structural.blocks.Image.1",
}


def engine_with(folder: Path, text: str) -> fe.FeedbackEngine:
    config = write_project(folder)
    config.write_text(text, encoding="utf-8")
    return fe.FeedbackEngine.from_config(config)


def line_of(text: str, piece: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if piece in line)


def test_a_touchpoint_of_a_misspelt_question_is_told_with_file_line_and_the_nearest_one(tmp_path: Path) -> None:
    text = CONFIG.replace("[{code: q_clean,", "[{code: q_claen,")
    (problem,) = engine_with(tmp_path, text).check()
    line = line_of(text, "q_claen")
    assert problem.startswith(f"{tmp_path / 'config.yaml'} 第 {line} 行 touchpoints.1.indicators.0.code：")
    assert "没有名为 'q_claen' 的打分指标，是否想写 'q_clean'？" in problem


def test_a_question_in_a_group_is_looked_at_and_the_group_is_none(tmp_path: Path) -> None:
    group = "{code: tidy, name: 整洁, indicators: [{code: q_clean}, {code: q_bed}]}"
    text = CONFIG.replace("{code: q_clean, name: 客房卫生}", group)
    (problem,) = engine_with(tmp_path, text).check()
    assert "touchpoints.1.indicators.0.indicators.1.code：没有名为 'q_bed'" in problem


@pytest.mark.parametrize(("more", "place"), ELSEWHERE.items(), ids=ELSEWHERE.values())
def test_what_analyses_name_is_looked_at_too(more: str, place: str, tmp_path: Path) -> None:
    text = f"{CONFIG}{more}\n"
    (problem,) = engine_with(tmp_path, text).check()
    assert f" 第 {line_of(text, more)} 行 {place}：没有名为 'q_ful' 的打分指标" in problem
    assert not engine_with(tmp_path, f"{CONFIG}\n").check()


SURVEY = (
    "序号,提交答卷时间,所用时间,来源,来源详情,来自IP,1、您对前台满意吗？\n"
    "1,2026/9/1 8:00:00,60秒,微信,N/A,1.2.3.4(上海-上海),非常满意\n"
    "2,2026/9/2 8:00:00,60秒,微信,N/A,1.2.3.5(上海-上海),不满意\n"
)
RECOGNISED = """\
sources: [{name: wjx, path: survey.csv}]
touchpoints: [{code: desk, indicators: [{code: %s}]}]
"""


@pytest.mark.parametrize(("code", "problems"), [("Q1", 0), ("wjx.Q1", 0), ("Q7", 1)])
def test_the_questions_of_a_recognised_survey_are_those_of_its_file(tmp_path: Path, code: str, problems: int) -> None:
    (tmp_path / "survey.csv").write_text(SURVEY, encoding="utf-8")
    (tmp_path / "config.yaml").write_text(RECOGNISED % code, encoding="utf-8")
    assert len(fe.FeedbackEngine.from_config(tmp_path / "config.yaml").check()) == problems


def test_nothing_is_said_of_codes_while_a_file_that_may_bring_them_is_missing(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(RECOGNISED % "Q7", encoding="utf-8")
    (problem,) = fe.FeedbackEngine.from_config(tmp_path / "config.yaml").check()
    assert "survey.csv" in problem and "Q7" not in problem


@pytest.mark.parametrize("url", ["sqlite:///out/feedback.db", "sqlite+pysqlite:///out/feedback.db"])
def test_what_was_imported_from_elsewhere_may_bring_any_code(tmp_path: Path, url: str) -> None:
    text = CONFIG.replace("sqlite:///out/feedback.db", url).replace("[{code: q_clean,", "[{code: Q1,")
    engine = engine_with(tmp_path, text)
    assert any("'Q1'" in problem for problem in engine.check())
    (tmp_path / "elsewhere.csv").write_text(SURVEY, encoding="utf-8")
    engine.import_file(tmp_path / "elsewhere.csv")
    assert not engine.check()


def test_check_makes_no_database(tmp_path: Path) -> None:
    assert not engine_with(tmp_path, CONFIG).check()
    assert not list(tmp_path.rglob("*.db"))


@pytest.mark.parametrize("text", ["", "touchpoints: []\n", "name: 空\n"])
def test_a_pack_without_touchpoints_is_told_once_and_by_its_file(tmp_path: Path, text: str) -> None:
    folder = shutil.copytree(find_lexicons(), tmp_path / "words")
    (file := folder / "packs/hotel/touchpoints.yaml").write_text(text, encoding="utf-8")
    problems = engine_with(tmp_path, f"lexicons: words\n{CONFIG}").check()
    assert [problem for problem in problems if "touchpoints" in problem] == [problems[0]]
    assert problems[0].startswith(f"{file}:1：没有一个触点")


def test_a_pack_without_complaint_types_is_told(tmp_path: Path) -> None:
    folder = shutil.copytree(find_lexicons(), tmp_path / "words")
    touchpoints = folder / "packs/hotel/touchpoints.yaml"
    alone = [line for line in touchpoints.read_text(encoding="utf-8").splitlines() if not line.startswith("extends")]
    touchpoints.write_text("\n".join(alone), encoding="utf-8")
    (file := folder / "packs/hotel/complaint_types.yaml").write_text("", encoding="utf-8")
    (problem,) = engine_with(tmp_path, f"lexicons: words\n{CONFIG}").check()
    assert problem.startswith(f"{file}:1：没有一个投诉类型")

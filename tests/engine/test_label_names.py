"""Touchpoints that texts can never speak of: `check` says so, and no complaint rate of 0 is told of them."""

from pathlib import Path

import pytest
from engine_projects import CONFIG, write_project

import feedback_engine as fe
from feedback_engine.domain import OVERALL, Measure

CLEANLINESS = "{code: cleanliness, weight: 0.4, indicators: [{code: q_clean, name: 客房卫生}]}"


def engine_with(folder: Path, touchpoint: str) -> fe.FeedbackEngine:
    config = write_project(folder)
    config.write_text(CONFIG.replace(CLEANLINESS, touchpoint), encoding="utf-8")
    return fe.FeedbackEngine.from_config(config)


def test_a_label_that_no_pack_has_is_told_with_the_nearest_one(tmp_path: Path) -> None:
    (problem,) = engine_with(tmp_path, CLEANLINESS.replace("weight", "labels: [cleanlines], weight")).check()
    assert "触点 cleanliness 的 labels" in problem and "是否想写 'cleanliness'？" in problem


@pytest.mark.parametrize(
    "said", ["{code: said, from: text}", "{code: said, from: complaints, complaint_scale: {worst: 9}}"]
)
def test_an_indicator_that_reads_texts_needs_a_touchpoint_of_the_pack(said: str, tmp_path: Path) -> None:
    told = "{code: tidy, weight: 0.4, indicators: [{code: q_clean, weight: 1}, " + said + "]}"
    (problem,) = engine_with(tmp_path, told).check()
    assert "触点 tidy 的指标 said" in problem and "labels" in problem and "cleanliness" in problem
    assert not engine_with(tmp_path, told.replace("tidy,", "tidy, labels: [cleanliness],")).check()


def test_a_touchpoint_of_questions_alone_may_be_called_anything(tmp_path: Path) -> None:
    engine = engine_with(tmp_path, CLEANLINESS.replace("code: cleanliness", "code: tidy"))
    assert not engine.check()
    engine.import_sources()
    engine.tag_new()
    table = engine.score(period="2026-10").table
    measures = table[table["indicator"] == OVERALL].groupby("touchpoint")["measure"].agg(set)
    assert measures["tidy"] == {Measure.SCORE, Measure.SATISFIED_SHARE}
    assert measures["service"] == {*measures["tidy"], Measure.TEXT_INDEX, Measure.COMPLAINT_RATE}


def test_where_a_pack_cannot_be_read_only_that_is_said(tmp_path: Path) -> None:
    engine = engine_with(tmp_path, CLEANLINESS.replace("weight", "labels: [cleanlines], weight"))
    other = fe.FeedbackEngine(engine.config.model_copy(update={"lexicons": str(tmp_path)}))
    problems = other.check()
    assert problems and not any("labels" in problem for problem in problems)

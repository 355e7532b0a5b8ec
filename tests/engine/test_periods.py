"""Periods that are asked for: which have data, and what is said of those that have none."""

import json
from pathlib import Path
from typing import Any

import pytest
from engine_projects import write_project

import feedback_engine as fe
from feedback_engine.errors import ConfigError, NoData


def engine_with(days: list[str], folder: Path) -> fe.FeedbackEngine:
    """Return the engine of a project with one review of each day."""
    config = write_project(folder)
    reviews = [{"id": str(n), "text": "房间干净", "time": day, "author": "甲"} for n, day in enumerate(days)]
    lines = "\n".join(json.dumps(review, ensure_ascii=False) for review in reviews)
    (folder / "data/reviews.jsonl").write_text(lines, encoding="utf-8")
    engine = fe.FeedbackEngine.from_config(config)
    if days:
        engine.import_file(folder / "data/reviews.jsonl")
    return engine


def absence(engine: fe.FeedbackEngine, period: str | None, **settings: Any) -> str:
    with pytest.raises(NoData) as told:
        engine.report(period=period, **settings)
    return str(told.value)


def test_months_in_a_row_are_told_as_one(tmp_path: Path) -> None:
    engine = engine_with(["2025-11-30", "2025-12-01", "2026-01-31", "2026-03-08"], tmp_path)
    assert absence(engine, "2026-02") == "期间 2026-02 没有数据；有数据的月份：2025-11 至 2026-01、2026-03"


def test_of_many_stretches_the_latest_are_told(tmp_path: Path) -> None:
    engine = engine_with([f"{year}-05-01" for year in range(2010, 2026)], tmp_path)
    told = absence(engine, "2026-W01")
    assert "… 2014-05、2015-05" in told and told.endswith("2025-05")


def latest_month(engine: fe.FeedbackEngine) -> list[str]:
    return list(engine.score(period="latest").table["period"].unique())


def test_a_mistyped_year_does_not_make_the_latest_month(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    engine = engine_with(["2025-09-30", "2025-10-05", "2062-10-06"], tmp_path)
    assert latest_month(engine) == ["2025-10"]
    assert "晚于今天（2062-10-06）" in caplog.text
    assert engine.score(period="2062-10").table["base"].max() >= 0
    assert latest_month(engine_with(["2025-10-05"], tmp_path / "plain")) == ["2025-10"]
    assert caplog.text.count("晚于今天") == 1


def test_where_all_data_come_after_today_the_clock_is_wrong_and_they_count(tmp_path: Path) -> None:
    assert latest_month(engine_with(["2062-09-30", "2062-10-05"], tmp_path)) == ["2062-10"]


def test_data_without_a_date_lie_in_no_period_and_before_no_day(tmp_path: Path) -> None:
    engine = engine_with(["", ""], tmp_path)
    assert engine.score(period="latest").table["period"].unique().tolist() == ["all"]
    for told in (absence(engine, "2026-10"), absence(engine, "all", as_of="2026-10-31")):
        assert "没有数据：库里的数据都没有日期；请看全部数据" in told


def test_what_came_later_than_the_clock_is_not_there_yet(tmp_path: Path) -> None:
    engine = engine_with(["2026-10-05", "2026-11-20"], tmp_path)
    assert engine.score(period="2026-11").table["base"].max() >= 0
    told = absence(engine, "2026-11", as_of="2026-11-19")
    assert told == "截至 2026-11-19，期间 2026-11 没有数据；有数据的月份：2026-10"
    assert "最早的数据在 2026-10-05" in absence(engine, None, as_of="2026-10-04")


def test_every_verb_that_takes_a_period_refuses_one_without_data(tmp_path: Path) -> None:
    engine = engine_with(["2026-10-05"], tmp_path)
    for verb in (engine.score, engine.themes, engine.text_shares):
        with pytest.raises(NoData, match="有数据的月份：2026-10"):
            verb(period="2026-Q3")
        with pytest.raises(ConfigError, match="无法识别"):
            verb(period="十月")


def test_without_a_period_an_empty_project_has_figures_without_data(tmp_path: Path) -> None:
    engine = engine_with([], tmp_path)
    assert set(engine.score().table["flag"]) == {"no_data"}
    assert engine.themes().empty
    assert absence(engine, None) == absence(engine, "latest") == "还没有数据；请先导入：feedback-engine import"

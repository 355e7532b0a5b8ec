"""Weights that are computed from data: frozen at the base period, stored, and changed only when asked for."""

from pathlib import Path

import pytest
from engine_projects import CONFIG, HEADINGS, survey_rows, write_csv

import feedback_engine as fe
from feedback_engine.domain import OVERALL, Measure
from feedback_engine.errors import ConfigError

ENTROPY = "scoring: {weights: entropy, weighting: {objects: 门店}}\n"


def project(folder: Path, scoring: str) -> fe.FeedbackEngine:
    config = CONFIG.replace("report:", f"{scoring}report:")
    for name in ("complaints", "reviews"):
        start = config.index(f"  - name: {name}")
        end = config.find("  - name:", start + 5)
        config = config[:start] + config[end if end > 0 else config.index("touchpoints:") :]
    (folder / "config.yaml").write_text(config, encoding="utf-8")
    write_csv(folder / "data/survey.csv", HEADINGS, differing(9, good="4"))
    engine = fe.FeedbackEngine.from_config(folder / "config.yaml")
    engine.import_sources()
    return engine


def differing(month: int, good: str) -> list[tuple[str, ...]]:
    """Two branches: the first has `good` service, the second bad; both are middling on cleanliness."""
    return [
        (*row[:4], good if row[3] == "一店" else "2", str(3 + n % 2), "")
        for n, row in enumerate(survey_rows(60, month))
    ]


def weights_of(engine: fe.FeedbackEngine) -> dict[str, float]:
    table = engine.score().weights
    return {row.touchpoint: row.weight for row in table.itertuples() if row.indicator == OVERALL}


def test_computed_weights_are_frozen_with_the_first_data(tmp_path: Path) -> None:
    engine = project(tmp_path, ENTROPY)
    first = weights_of(engine)
    assert sum(first.values()) == pytest.approx(1)
    write_csv(tmp_path / "later.csv", HEADINGS, differing(10, good="2"))
    engine.import_file(tmp_path / "later.csv", source="survey")
    assert weights_of(fe.FeedbackEngine(engine.config)) == first


def test_new_weights_must_be_asked_for_and_are_chained(tmp_path: Path) -> None:
    engine = project(tmp_path, ENTROPY)
    first = weights_of(engine)
    rows = [
        (*row[:4], str(n % 5 + 1), "5" if row[3] == "一店" else "1", "") for n, row in enumerate(survey_rows(60, 10))
    ]
    engine.import_file(write_csv(tmp_path / "later.csv", HEADINGS, rows), source="survey")
    linked = engine.reweight()
    assert linked["is_overlap"].sum() == 1
    assert weights_of(engine) != first


def test_the_equal_weight_index_stands_beside(tmp_path: Path) -> None:
    table = project(tmp_path, "").score().table
    beside = table[table.measure == Measure.EQUAL_SCORE]
    own = table[(table.measure == Measure.SCORE) & (table.indicator == OVERALL) & (table.touchpoint != OVERALL)]
    assert beside["score"].tolist() == [pytest.approx(own["score"].mean())]


def test_a_method_that_lacks_what_it_needs_says_what(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="overall_item"):
        project(tmp_path, "scoring: {weights: lmg}\n").score()

"""The model: whose weights, which names, and what is there without any declaration."""

from __future__ import annotations

import pytest
from scoring_builders import PACK, make_model, rated

from feedback_engine.config.model import Config
from feedback_engine.errors import ConfigError
from feedback_engine.scoring.model import build_model
from feedback_engine.scoring.weights import build_weights


def source(name: str, *ratings: tuple[str, str]) -> dict:
    listed = [{"column": column, "indicator": code, "scale": {"min": 1, "max": 5}} for column, code in ratings]
    return {"name": name, "kind": "questionnaire", "path": "x.csv", "mapping": {"ratings": listed}}


def test_without_touchpoints_every_rating_is_one_and_the_packs_are_shown_as_texts() -> None:
    sources = [source("a", ("速度如何", "speed"), ("价格如何", "price")), source("b", ("多快", "speed"))]
    model = build_model(Config.model_validate({"sources": sources}), PACK)
    assert [(t.code, t.name, t.weight) for t in model.touchpoints] == [
        ("speed", "速度如何", 0.5),
        ("price", "价格如何", 0.5),
        ("delivery", "物流配送", 0.0),
        ("service", "客服态度", 0.0),
    ]
    assert model.touchpoints[1].labels == ("price",)


def test_indicators_that_only_the_data_know_can_be_named() -> None:
    model = build_model(Config(), PACK, {"Q1": "整体满意度"})
    assert [(t.code, t.weight) for t in model.touchpoints][:2] == [("Q1", 1.0), ("delivery", 0.0)]
    assert model.touchpoints[0].rated[0].name == "整体满意度"


def test_names_default_to_the_packs_then_to_the_code() -> None:
    model = make_model([rated("delivery", "speed"), rated("price", "fair", name="贵不贵"), rated("other", "x")])
    assert [t.name for t in model.touchpoints] == ["物流配送", "贵不贵", "other"]


def test_declared_weights_are_normalised_within_their_level() -> None:
    model = make_model([rated("delivery", weight=30, weights={"a": 1, "b": 3}), rated("price", "c", weight=10)])
    weights = build_weights(model).set_index(["touchpoint", "indicator"])
    assert weights["weight"].to_dict() == {
        ("delivery", "overall"): 0.75,
        ("delivery", "a"): 0.25,
        ("delivery", "b"): 0.75,
        ("price", "overall"): 0.25,
        ("price", "c"): 1.0,
    }
    assert weights.loc[("delivery", "a"), ["equal_weight", "method", "source"]].tolist() == [0.5, "declared", "rating"]
    assert weights.loc[("price", "overall"), "source"] == "index"


def test_equal_weights_can_be_asked_for_against_the_declaration() -> None:
    model = make_model(
        [rated("delivery", weight=9, weights={"a": 1, "b": 3}), rated("price", "c", weight=1)], weights="equal"
    )
    assert [t.weight for t in model.touchpoints] == [0.5, 0.5]
    assert [i.weight for i in model.touchpoints[0].indicators] == [0.5, 0.5]
    assert {i.method for t in model.touchpoints for i in t.indicators} == {"equal"}


def test_a_touchpoint_of_texts_counts_only_where_it_declares_a_weight() -> None:
    assert [t.weight for t in make_model([rated("delivery", "a"), {"code": "price"}]).touchpoints] == [1.0, 0.0]
    declared = make_model([rated("delivery", "a", weight=1), {"code": "price", "weight": 1}])
    assert [t.weight for t in declared.touchpoints] == [0.5, 0.5]
    assert [t.weight for t in make_model([{"code": "delivery"}, {"code": "price"}]).touchpoints] == [0.5, 0.5]


def test_undeclared_ratings_share_what_the_texts_leave() -> None:
    words = {"code": "w", "from": "text", "weight": 0.2}
    assert [i.weight for i in make_model([rated("delivery", "a", "b", others=[words])]).touchpoints[0].indicators] == (
        pytest.approx([0.4, 0.4, 0.2])
    )


def test_under_equal_weights_texts_count_alike_only_if_they_declare_a_weight() -> None:
    others = [{"code": "w", "from": "text", "weight": 0.2}, {"code": "v", "from": "text"}]
    model = make_model([rated("delivery", "a", others=others)], weights="equal")
    assert [i.weight for i in model.touchpoints[0].indicators] == [0.5, 0.5, 0.0]


def test_texts_that_leave_the_ratings_nothing_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"delivery.*1\.5"):
        make_model([rated("delivery", "a", others=[{"code": "w", "from": "text", "weight": 1.5}])])


@pytest.mark.parametrize("touchpoint", [rated("overall", "a"), rated("delivery", "overall")])
def test_the_code_of_the_overall_index_is_reserved(touchpoint: dict) -> None:
    with pytest.raises(ConfigError, match="overall_satisfaction"):
        make_model([touchpoint])

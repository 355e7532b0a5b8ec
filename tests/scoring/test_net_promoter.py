"""The net promoter score: promoters less detractors of one question, beside the index and never in it."""

from __future__ import annotations

import math

import pytest
from scoring_builders import Person, basis_of, index_of, make_data, make_model, rated, row
from test_explain import explained

from feedback_engine.config.model import Config
from feedback_engine.domain import Measure, Period
from feedback_engine.errors import ConfigError
from feedback_engine.scoring.result import IndexResult
from feedback_engine.stats.intervals import nps, nps_from_answers

MODEL = make_model([rated("delivery", "speed")], recommend_item="recommend")
ANSWERS = [10, 9, 9, 8, 7, 7, 6, 3, 0, 10]
WEIGHTS = [1.0, 2, 1, 1, 0.5, 1, 1, 2, 1, 1]


def asked(answers: list[int], *, at: str = "2026-10-05T02:00:00Z", name: str = "p") -> list[Person]:
    given = zip(answers, WEIGHTS * 9, strict=False)
    return [
        Person(f"{name}{n}", {"recommend": answer}, weight=weight, scale=(0, 10), at=at)
        for n, (answer, weight) in enumerate(given)
    ]


def test_it_is_the_published_score_of_the_answers_with_its_interval() -> None:
    found = row(index_of(asked(ANSWERS), MODEL), measure="net_promoter")
    expected = nps_from_answers(ANSWERS, WEIGHTS)
    assert found[["score", "lower", "upper"]].tolist() == pytest.approx([*expected])
    assert (found["base"], found["effective_base"]) == (10, pytest.approx(expected.effective_base))
    assert found["indicator_weight"] == 0


def test_it_may_be_negative_and_where_all_agree_it_still_has_an_interval() -> None:
    found = row(index_of(asked([0, 3, 6]), MODEL), measure="net_promoter")
    expected = nps([0, 0, 3.0], effective_base=found["effective_base"])
    assert found[["score", "lower", "upper"]].tolist() == pytest.approx([-100, -100, expected.upper])


def test_it_moves_neither_the_index_nor_a_base() -> None:
    people = [Person("a", {"speed": 4}), Person("b", {"speed": 2}), *asked(ANSWERS)]
    without = index_of(people, make_model([rated("delivery", "speed")]))
    index = index_of(people, MODEL)
    assert index[index["measure"] != Measure.NET_PROMOTER].reset_index(drop=True).equals(without)


def test_a_small_base_is_withheld() -> None:
    model = make_model([rated("delivery", "speed")], recommend_item="recommend", suppress_below=11)
    assert row(index_of(asked(ANSWERS), model), measure="net_promoter")["flag"] == "suppressed"
    assert row(index_of([Person("a", {"speed": 4})], MODEL), measure="net_promoter")["flag"] == "no_data"


def test_a_change_is_tested_like_any_other() -> None:
    people = asked([0, 9, 10, 9, 6, 9] * 4, at="2026-09-05T02:00:00Z", name="old") + asked([10, 0, 2, 5, 1, 3] * 4)
    data = make_data(people)
    october = Period.parse("2026-10")
    basis = basis_of(MODEL, data, period=october)
    changes = IndexResult(basis.compute([october]), None, basis).changes.set_index("measure")  # type: ignore[arg-type]
    assert changes.loc["net_promoter", "before"] > 0
    assert changes.loc["net_promoter", "points"] < -50
    assert changes.loc["net_promoter", "is_notable"]
    assert math.isnan(changes.loc["net_promoter", "relative"]), "a net figure has no growth in percent"


@pytest.mark.parametrize("scale", [{"min": 1, "max": 10}, {"min": 1, "max": 5}])
def test_other_scales_than_zero_to_ten_are_refused(scale: dict[str, int]) -> None:
    rating = {"column": "推荐", "indicator": "recommend", "scale": scale}
    source = {"name": "甲", "kind": "questionnaire", "path": "a.csv", "mapping": {"ratings": [rating]}}
    with pytest.raises(ValueError, match=r"来源 甲 里的量表为 1–.*只认 0–10"):
        Config.model_validate({"sources": [source], "scoring": {"recommend_item": "recommend"}})
    person = Person("a", {"recommend": 4}, scale=(scale["min"], scale["max"]))
    with pytest.raises(ConfigError, match="recommend 的量表为 1–"):
        index_of([person], MODEL)


def test_the_figures_beside_are_explained_by_whom_they_count() -> None:
    crowd = [Person("a", {"speed": 5, "fair": 5}), Person("b", {"speed": 2, "fair": 2}), *asked([10, 9, 0], name="c")]
    told = explained("overall", crowd, scoring={"recommend_item": "recommend"}).to_text()
    assert "(推荐者 3 − 贬损者 1) ÷ 4 × 100 = 净推荐值 NPS 50.00" in told
    assert "满意的答卷 1 ÷ 2 × 100 = 满意率 50.00%" in told
    assert "都等权时的指数：62.50" in told


def test_the_explanation_holds_the_same_counts_as_values() -> None:
    crowd = [Person("a", {"speed": 5, "fair": 5}), *asked([10, 9, 0], name="c")]
    beside = explained("overall", crowd, scoring={"recommend_item": "recommend"}).to_dict()["beside"]
    assert {each["measure"] for each in beside} == {"satisfied_share", "equal_score", "net_promoter"}
    assert next(each for each in beside if each["measure"] == "net_promoter")["counted"] == [3.0, 1.0]

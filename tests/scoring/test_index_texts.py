"""Text index, complaint rate, and their blending into a touchpoint's score, by hand."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from scoring_builders import Person, index_of, make_data, make_model, rated, row

from feedback_engine.scoring.index import compute_index
from feedback_engine.stats.intervals import nps, poisson_rate, weighted_mean


def mention(label: str, polarity: str) -> tuple[str, str, str]:
    return ("touchpoint", label, polarity)


def feeling(polarity: str) -> tuple[str, str, str]:
    return ("sentiment", "text", polarity)


def complaint(kind: str = "other") -> tuple[str, str, str]:
    return ("complaint", kind, "negative")


TEXT_ONLY = [{"code": "delivery"}, {"code": "service"}]


def test_the_text_index_weighs_positive_against_negative_texts() -> None:
    polarities = ["positive"] * 6 + ["neutral"] * 2 + ["negative"] * 2
    asked = [Person(f"p{n}", tags=[mention("delivery", p)]) for n, p in enumerate(polarities)]
    found = row(index_of(asked, make_model(TEXT_ONLY)), "delivery", measure="text_index")
    assert found["score"] == pytest.approx(70.0)  # 50 (1 + 4/10)
    published = weighted_mean([1.0] * 6 + [0.0] * 2 + [-1.0] * 2)
    assert found["lower"] == pytest.approx(50 + 50 * published.lower, abs=1e-9)
    assert found["base"] == 10


def test_texts_that_all_agree_have_the_interval_of_half_a_text_more_in_each_class() -> None:
    asked = [Person(f"p{n}", tags=[mention("delivery", "positive")]) for n in range(12)]
    found = row(index_of(asked, make_model(TEXT_ONLY)), "delivery", measure="text_index")
    assert found["score"] == found["upper"] == 100.0
    assert found["lower"] == pytest.approx(50 + nps([12, 0, 0]).lower / 2)
    assert found["lower"] < 99


def test_a_text_counts_once_a_touchpoint_by_the_balance_of_its_mentions() -> None:
    asked = [
        Person("more_good", tags=[mention("delivery", p) for p in ("positive", "positive", "negative", "neutral")]),
        Person("even", tags=[mention("delivery", p) for p in ("positive", "negative", "mixed")]),
    ]
    found = row(index_of(asked, make_model(TEXT_ONLY)), "delivery", measure="text_index")
    assert (found["score"], found["base"]) == (75.0, 2)


def test_a_text_may_praise_one_touchpoint_and_blame_another() -> None:
    asked = [Person("a", tags=[mention("delivery", "positive"), mention("service", "negative")])]
    index = index_of(asked, make_model(TEXT_ONLY))
    assert row(index, "delivery", measure="text_index")["score"] == 100.0
    assert row(index, "service", measure="text_index")["score"] == 0.0


def test_the_overall_text_index_is_that_of_the_texts_sentiment() -> None:
    asked = [Person(f"p{n}", tags=[feeling(p)]) for n, p in enumerate(["positive", "negative", "mixed", "positive"])]
    assert row(index_of(asked, make_model(TEXT_ONLY)), measure="text_index")["score"] == 62.5


def test_a_text_without_content_is_no_text() -> None:
    data = make_data([Person("a", tags=[feeling("negative")]), Person("b", tags=[feeling("neutral")])])
    is_empty = data.annotations["polarity"] == "neutral"
    confidence = data.annotations["confidence"].mask(is_empty, 0.0)
    data = dataclasses.replace(data, annotations=data.annotations.assign(confidence=confidence))
    found = row(compute_index(data, make_model(TEXT_ONLY), periods=[None]), measure="text_index")
    assert (found["score"], found["base"]) == (0.0, 1)


def test_several_labels_of_the_pack_may_belong_to_a_touchpoint() -> None:
    asked = [Person("a", tags=[mention("delivery", "positive")]), Person("b", tags=[mention("service", "negative")])]
    model = make_model([{"code": "all_of_it", "labels": ["delivery", "service"]}])
    assert row(index_of(asked, model), "all_of_it", measure="text_index")["base"] == 2


def test_answers_to_open_questions_are_texts_of_the_same_record() -> None:
    asked = [
        Person(f"p{n}", tags=[mention("delivery", "positive")], open_tags=[mention("delivery", second)])
        for n, second in enumerate(["positive", "negative", "negative"] * 3)
    ]
    found = row(index_of(asked, make_model(TEXT_ONLY)), "delivery", measure="text_index")
    assert found["base"] == 18
    assert found["score"] == pytest.approx(50 + 50 * 2 / 6)
    clustered = weighted_mean([1, 1, 1, 1, -1, -1] * 3, psu=[n + k for k in (0, 3, 6) for n in (0, 1, 2, 0, 1, 2)])
    assert found["lower"] == pytest.approx(50 + 50 * clustered.lower, abs=1e-9)


def test_annotations_of_unknown_touchpoints_and_unknown_texts_disturb_nothing() -> None:
    asked = [Person("a", tags=[mention("spaceship", "negative"), mention("delivery", "positive")])]
    index = index_of(asked, make_model(TEXT_ONLY))
    assert row(index, "delivery", measure="text_index")["base"] == 1
    assert "spaceship" not in set(index["touchpoint"])


def test_the_complaint_rate_counts_per_thousand_records_with_the_exact_interval() -> None:
    asked = [Person(f"p{n}", tags=[feeling("neutral")], open_tags=[feeling("neutral")]) for n in range(38)]
    asked += [Person(f"c{n}", kind="complaints", tags=[mention("delivery", "negative")]) for n in range(2)]
    index = index_of(asked, make_model(TEXT_ONLY))
    found = row(index, "delivery", measure="complaint_rate")
    published = poisson_rate(2, 40, per=1000)
    assert found["score"] == 50.0 and found["base"] == 40
    assert (found["lower"], found["upper"]) == pytest.approx((published.lower, published.upper))
    assert row(index, "service", measure="complaint_rate")["score"] == 0.0


def test_a_rate_of_none_in_many_is_a_finding_not_a_small_base() -> None:
    asked = [Person(f"p{n}", tags=[feeling("positive")]) for n in range(500)]
    found = row(index_of(asked, make_model(TEXT_ONLY, suppress_below=10, flag_below=30)), measure="complaint_rate")
    assert (found["score"], found["lower"], found["flag"]) == (0.0, 0.0, "ok")
    assert found["upper"] == pytest.approx(7.378, abs=1e-3)  # 3.689 / 500


def test_a_review_annotated_as_complaint_is_a_complaint_and_praise_in_it_is_none() -> None:
    asked = [
        Person(
            "a", kind="reviews", tags=[complaint(), mention("delivery", "positive"), mention("service", "negative")]
        ),
        Person("b", kind="reviews", tags=[mention("service", "negative")]),
    ]
    index = index_of(asked, make_model(TEXT_ONLY))
    assert row(index, measure="complaint_rate")["score"] == 500.0
    assert row(index, "service", measure="complaint_rate")["score"] == 500.0
    assert row(index, "delivery", measure="complaint_rate")["score"] == 0.0


def test_a_complaint_counts_once_however_often_it_names_the_touchpoint() -> None:
    asked = [Person("a", kind="complaints", tags=[mention("delivery", "negative"), mention("delivery", "neutral")])]
    assert row(index_of(asked, make_model(TEXT_ONLY)), "delivery", measure="complaint_rate")["score"] == 1000.0


def test_a_complaint_log_alone_has_no_rate_overall_unless_what_it_is_counted_per_is_declared() -> None:
    asked = [Person(f"c{n}", kind="complaints", tags=[mention("delivery", "negative")]) for n in range(3)]
    index = index_of(asked, make_model(TEXT_ONLY))
    assert row(index, measure="complaint_rate")["flag"] == "no_data"
    assert row(index, "delivery", measure="complaint_rate")["score"] == 1000.0
    declared = index_of(asked, make_model(TEXT_ONLY, exposure={"all": 600}))
    assert row(declared, measure="complaint_rate")["score"] == 5.0


def test_no_more_than_every_record_complains_but_a_customer_may_do_so_twice() -> None:
    asked = [Person(f"c{n}", kind="complaints", tags=[mention("delivery", "negative")]) for n in range(30)]
    per_record = row(index_of(asked, make_model(TEXT_ONLY)), "delivery", measure="complaint_rate")
    assert (per_record["score"], per_record["upper"]) == (1000.0, 1000.0) and per_record["lower"] < 700
    of_customers = index_of(asked, make_model(TEXT_ONLY, exposure={"all": 30}))
    per_customer = row(of_customers, "delivery", measure="complaint_rate")
    assert per_customer["upper"] > 1400


def test_the_declared_exposure_of_the_period_is_what_complaints_are_counted_per() -> None:
    asked = [Person("a", kind="complaints", tags=[mention("delivery", "negative")], attributes={"城市": "北京"})]
    model = make_model(TEXT_ONLY, exposure={"2026-10": 2000, "2026-10/北京": 500, "all": 8000})
    october = index_of(asked, model, "2026-10", by="城市")
    assert row(october, "delivery", measure="complaint_rate")["score"] == 0.5
    assert row(october, "delivery", measure="complaint_rate")["base"] == 2000
    assert row(october, "delivery", measure="complaint_rate", segment="北京")["score"] == 2.0
    assert row(index_of(asked, model), measure="complaint_rate")["score"] == 0.125


def test_a_segment_without_an_exposure_of_its_own_has_no_rate_beside_one_that_has() -> None:
    asked = [Person("a", kind="complaints", tags=[mention("delivery", "negative")], attributes={"城市": "北京"})]
    index = index_of(asked, make_model(TEXT_ONLY, exposure={"2026-10": 2000}), "2026-10", by="城市")
    assert row(index, "delivery", measure="complaint_rate", segment="北京")["flag"] == "no_data"


def test_a_longer_period_has_the_exposure_of_its_months_with_data_where_all_declare_one() -> None:
    moments = {"a": "2026-10-05T02:00:00Z", "b": "2026-11-05T02:00:00Z", "c": None}
    asked = [Person(n, kind="complaints", tags=[mention("delivery", "negative")], at=at) for n, at in moments.items()]
    model = make_model(TEXT_ONLY, exposure={"2026-10": 2000, "2026-11": 1000})
    assert row(index_of(asked, model, "2026-Q4"), measure="complaint_rate")["base"] == 3000
    assert row(index_of(asked, model), measure="complaint_rate")["score"] == 1.0
    by_day = index_of(asked, model, "2026-10-05")
    assert row(by_day, "delivery", measure="complaint_rate")["base"] == 1  # a day has no share in its month's
    half_declared = make_model(TEXT_ONLY, exposure={"2026-10": 2000})
    assert row(index_of(asked, half_declared, "2026-Q4"), "delivery", measure="complaint_rate")["base"] == 2


def test_records_that_nobody_tagged_have_no_rate_rather_than_a_rate_of_zero() -> None:
    index = index_of([Person("a", kind="complaints"), Person("b")], make_model(TEXT_ONLY))
    assert row(index, "delivery", measure="complaint_rate")["flag"] == "no_data"
    assert row(index, measure="complaint_rate")["score"] == 500.0  # a complaint log is known without tags
    assert row(index_of([Person("b")], make_model(TEXT_ONLY)), measure="complaint_rate")["flag"] == "no_data"


def blended(text: float | None, complaints: float | None = None) -> list[dict]:
    others = [{"code": "words", "from": "text", **({} if text is None else {"weight": text})}]
    scale = {"best": 0, "worst": 1000}
    if complaints is not None:
        others.append({"code": "cases", "from": "complaints", "weight": complaints, "complaint_scale": scale})
    return [rated("delivery", "speed", others=others)]


def test_texts_without_a_declared_weight_are_shown_beside() -> None:
    asked = [Person("a", {"speed": 5}, [mention("delivery", "negative")])]
    index = index_of(asked, make_model(blended(None)))
    assert row(index, "delivery")["score"] == 100.0
    assert row(index, "delivery", "words", "text_index")["score"] == 0.0
    assert row(index, "delivery", "words", "text_index")["indicator_weight"] == 0.0
    assert not ((index["indicator"] == "words") & (index["measure"] == "score")).any()


def test_texts_and_complaints_with_a_declared_weight_are_blended_in() -> None:
    asked = [
        Person("a", {"speed": 5}, [mention("delivery", "positive")]),
        Person("b", {"speed": 3}, [mention("delivery", "negative"), complaint()]),
    ]
    index = index_of(asked, make_model(blended(0.25, 0.15)))
    # ratings 75 · 0.6, texts 50 · 0.25, complaints 500 ‰ → 50 · 0.15
    assert row(index, "delivery")["score"] == pytest.approx(45 + 12.5 + 7.5)
    assert row(index, "delivery", "speed")["indicator_weight"] == pytest.approx(0.6)
    assert row(index, "delivery", "words")["indicator_weight"] == pytest.approx(0.25)
    assert row(index, "delivery", "cases")["score"] == 50.0
    assert row(index, "delivery")["base"] == 2


def test_a_blends_interval_combines_the_variances_of_separate_people() -> None:
    raters = [Person(f"r{n}", {"speed": r}) for n, r in enumerate((5, 4, 2, 3))]
    writers = [
        Person(f"w{n}", tags=[mention("delivery", p)]) for n, p in enumerate(("positive", "negative", "neutral"))
    ]
    index = index_of([*raters, *writers], make_model(blended(0.5)))
    rating = np.array([100.0, 75, 25, 50]) - 62.5
    text = np.array([50.0, -50, 0])
    variance = 7 / 6 * ((0.5 * rating / 4) @ (0.5 * rating / 4) + (0.5 * text / 3) @ (0.5 * text / 3))
    found = row(index, "delivery")
    assert found["upper"] - found["score"] == pytest.approx(2.446911851 * np.sqrt(variance), abs=1e-6)


def test_a_blend_that_lacks_too_much_weight_is_refused_and_one_that_lacks_little_is_re_normalised() -> None:
    asked = [Person(f"p{n}", {"speed": 4}) for n in range(3)]
    assert row(index_of(asked, make_model(blended(0.3))), "delivery")["flag"] == "low_coverage"
    assert row(index_of(asked, make_model(blended(0.2))), "delivery")["score"] == 75.0


def counted(rest: int = 0) -> Any:
    """Return the touchpoint of 40 customers of whom 5 complain, among records that say nothing of it."""
    people = [Person(f"c{n}", tags=[mention("delivery", "negative"), complaint()]) for n in range(5)]
    people += [Person(f"q{n}", tags=[mention("price", "positive")]) for n in range(rest)]
    scale = {"best": 0, "worst": 500}
    indicators = [{"code": "cases", "from": "complaints", "weight": 1.0, "complaint_scale": scale}]
    model = make_model([{"code": "delivery", "indicators": indicators}], exposure={"2026-10": 40})
    return index_of(people, model, "2026-10")


def test_a_complaint_rate_as_a_score_has_the_exact_interval_of_its_rate() -> None:
    index = counted()
    rate, score = row(index, "delivery", "cases", "complaint_rate"), row(index, "delivery", "cases")
    assert (rate["score"], score["score"]) == (125.0, 75.0)
    assert score["lower"] == pytest.approx(100 * (500 - rate["upper"]) / 500)
    assert score["upper"] == pytest.approx(100 * (500 - rate["lower"]) / 500)


@pytest.mark.parametrize("rest", [0, 3, 500])
def test_what_is_counted_is_as_uncertain_whoever_else_is_in_the_data(rest: int) -> None:
    found = row(counted(rest=rest), "delivery")
    # A complaint more is 25 in 1,000 more, 5 points; t with 4 degrees of freedom
    assert found["score"] - found["lower"] == pytest.approx(2.776445105 * np.sqrt(5 / 4 * 5 * 5.0**2), abs=1e-6)

"""Respondents weighted to known margins: what is met, what it costs, what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scoring_builders import Person, make_data, make_model, rated, row

from feedback_engine.config.scoring import ChangeConfig, MarginsConfig
from feedback_engine.domain import Period
from feedback_engine.errors import ConfigError, StatisticsError
from feedback_engine.scoring.change import compute_changes
from feedback_engine.scoring.data import ScoringData
from feedback_engine.scoring.index import compute_index
from feedback_engine.scoring.respondents import weight_respondents
from feedback_engine.stats.intervals import wilson
from feedback_engine.stats.raking import rake, raked_mean

MODEL = make_model([rated("t", "a")])


def people(*groups: tuple[str, str, int, int], at: str = "2026-10-05T02:00:00Z") -> list[Person]:
    """(门店, 性别, rating, how many)."""
    return [
        Person(f"{at}{n}/{m}", {"a": rating}, at=at, attributes={"门店": branch, "性别": sex} if branch else {"x": "y"})
        for n, (branch, sex, rating, count) in enumerate(groups)
        for m in range(count)
    ]


def weigh(data: ScoringData, margins: dict[str, dict[str, float]], **more: Any) -> tuple[ScoringData, Any]:
    config = MarginsConfig.model_validate({"margins": margins, **more})
    return weight_respondents(data, config, periods=[None])


def test_the_index_follows_the_population_not_the_sample() -> None:
    data = make_data(people(("甲", "男", 5, 30), ("乙", "女", 1, 10)))
    weighted, design = weigh(data, {"门店": {"甲": 0.5, "乙": 0.5}})
    assert row(compute_index(data, MODEL, periods=[None]))["score"] == pytest.approx(75)
    figure = row(compute_index(weighted, MODEL, periods=[None]))
    assert figure["score"] == pytest.approx(50)
    cost = design.iloc[0]
    expected = 40**2 / (20**2 / 30 + 20**2 / 10) / 40  # Kish of two groups with weights 2/3 and 2
    assert cost["effective_base"] == pytest.approx(40 * expected)
    assert cost["design_effect"] == pytest.approx(1 / expected)
    assert figure["effective_base"] == pytest.approx(cost["effective_base"])


def test_two_margins_are_raked_and_totals_may_stand_for_shares() -> None:
    data = make_data(people(("甲", "男", 5, 10), ("甲", "女", 4, 5), ("乙", "男", 2, 8), ("乙", "女", 1, 4)))
    weighted, _ = weigh(data, {"门店": {"甲": 300, "乙": 700}, "性别": {"男": 0.4, "女": 0.6}}, trim=None)
    for name, target in (("门店", {"甲": 0.3}), ("性别", {"男": 0.4})):
        for value, share in target.items():
            is_in = weighted.feedback["attributes"].map(json.loads).str[name] == value
            weights = weighted.feedback["respondent_weight"]
            assert weights[is_in].sum() / weights.sum() == pytest.approx(share)


def test_each_period_meets_the_margins_on_its_own() -> None:
    september = people(("甲", "男", 5, 6), ("乙", "女", 1, 2), at="2026-09-05T02:00:00Z")
    october = people(("甲", "男", 5, 2), ("乙", "女", 1, 6))
    months = [Period.parse("2026-09"), Period.parse("2026-10")]
    config = MarginsConfig.model_validate({"margins": {"门店": {"甲": 0.5, "乙": 0.5}}})
    weighted, design = weight_respondents(make_data(september + october), config, periods=months)
    index = compute_index(weighted, MODEL, periods=months)
    assert [row(index, period=month.label)["score"] for month in months] == pytest.approx([50, 50])
    assert design["base"].tolist() == [8, 8]
    with pytest.raises(ConfigError, match="重叠"):
        weight_respondents(make_data(october), config, periods=[None, months[1]])


@pytest.mark.parametrize("kind", ["complaints", "reviews"])
def test_a_period_without_questionnaires_has_nobody_to_weight(kind: str) -> None:
    others = [Person(f"{kind}{n}", kind=kind, text="慢", at="2026-09-05T02:00:00Z") for n in range(3)]
    months = [Period.parse("2026-08"), Period.parse("2026-09")]
    config = MarginsConfig.model_validate({"margins": {"门店": {"甲": 0.5, "乙": 0.5}}})
    for people_ in ([], others):
        weighted, design = weight_respondents(make_data(people_), config, periods=months)
        assert set(weighted.feedback["respondent_weight"]) <= {1.0}
        assert design["base"].tolist() == [0, 0]


def test_who_lacks_the_attribute_keeps_the_mean_weight() -> None:
    data = make_data(people(("甲", "男", 5, 6), ("乙", "女", 1, 2), ("", "", 3, 2)))
    weighted, design = weigh(data, {"门店": {"甲": 0.5, "乙": 0.5}})
    assert design.iloc[0]["unstated"] == 2
    assert weighted.feedback["respondent_weight"].tolist()[-2:] == [1, 1]


def test_trimming_holds_the_weights_and_is_counted() -> None:
    data = make_data(people(("甲", "男", 5, 97), ("乙", "女", 1, 3)))
    with pytest.raises(StatisticsError, match=r"全部期间按 门店 加权：trim 太紧:「门店 = 乙」有 3 行"):
        weigh(data, {"门店": {"甲": 0.5, "乙": 0.5}}, trim=2)
    heavy = make_data(people(("甲", "男", 5, 50), ("乙", "女", 1, 50)))
    heavy = heavy.replace_feedback(heavy.feedback.assign(respondent_weight=[9.0, *[1.0] * 99]))
    _, design = weigh(heavy, {"门店": {"甲": 0.5, "乙": 0.5}}, trim=3)
    assert design.iloc[0]["trimmed"] == 1
    assert design.iloc[0]["largest_weight"] == pytest.approx(3)
    weighted, _ = weigh(data, {"门店": {"甲": 0.5, "乙": 0.5}}, trim=None)
    assert weighted.feedback["respondent_weight"].max() == pytest.approx(0.5 / 0.03)


@pytest.mark.parametrize(
    ("margins", "error", "message"),
    [
        ({"门点": {"甲": 1}}, ConfigError, "没有名为 '门点' 的属性；可用：性别、门店"),
        ({"门店": {"甲": 0.5, "乙": 0.3, "丙": 0.2}}, StatisticsError, "丙"),
        ({"门店": {"甲": 1}}, StatisticsError, "乙"),
        ({"门店": {"甲": 300, "乙": 700}, "性别": {"男": 400, "女": 700}}, StatisticsError, "门店"),
    ],
)
def test_margins_that_cannot_be_met_are_named(margins: dict, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        weigh(make_data(people(("甲", "男", 5, 6), ("乙", "女", 1, 2))), margins)


def test_a_negative_margin_is_a_mistake_in_the_configuration() -> None:
    with pytest.raises(ValueError, match="greater than or equal to 0"):
        MarginsConfig.model_validate({"margins": {"门店": {"甲": -1}}})


def test_without_margins_nothing_changes() -> None:
    data = make_data(people(("甲", "男", 5, 6)))
    assert weigh(data, {})[0] is data


def survey(at: str = "2026-10-05T02:00:00Z", shift: int = 0) -> list[Person]:
    """Ratings 1-5 that go with the branch; some skip the question, some say what they liked."""
    return [
        Person(
            f"{at}/{number}",
            {} if number % 11 == 0 else {"a": 1 + (number * number + shift) % 3 + 2 * (number % 5 < 2)}, at=at,
            attributes={"门店": "甲" if number % 5 < 2 else "乙", "性别": "男" if number % 7 < 4 else "女"},
            tags=[("sentiment", "", ("positive", "negative", "neutral")[(number + shift) % 3])] if number % 2 else [],
        )
        for number in range(90)
    ]  # fmt: skip


TWO = {"门店": {"甲": 0.7, "乙": 0.3}, "性别": {"男": 0.5, "女": 0.5}}


def expected_interval(people: list[Person], answers: dict[str, float]) -> Any:
    """The interval of stats.raked_mean, of the mean of `answers` (name → value) among those who gave one."""
    frame = {name: [person.attributes[name] for person in people] for name in TWO}
    raked = rake(frame, TWO)
    is_in = np.array([person.name in answers for person in people], dtype=float)
    values = np.array([answers.get(person.name, 0.0) for person in people])
    mean = float((raked.weights * is_in) @ values / (raked.weights @ is_in))
    # A ratio's influence has its total over the weighted people who answered.
    influence = is_in * (values - mean) / (raked.weights @ is_in)
    error = raked_mean(influence, raked, total=True).standard_error
    units = int(is_in.sum())
    error *= (units / (units - 1) * (len(people) - 1) / len(people)) ** 0.5
    half = float(stats.t.ppf(0.975, units - 1)) * error
    return pytest.approx((mean, mean - half, mean + half))


def scores_of(people: list[Person]) -> dict[str, float]:
    return {person.name: 25.0 * (person.ratings["a"] - 1) for person in people if person.ratings}


def bounds(figure: Any) -> tuple[float, float, float]:
    return figure["score"], figure["lower"], figure["upper"]


def test_intervals_know_that_the_margins_are_fixed() -> None:
    people = survey()
    weighted, _ = weigh(make_data(people), TWO, trim=None)
    index = compute_index(weighted, MODEL, periods=[None])
    expected = expected_interval(people, scores_of(people))
    assert bounds(row(index)) == expected
    assert bounds(row(index, "t")) == expected
    assert bounds(row(index, "t", "a")) == expected
    blind = compute_index(replace(weighted, raked=()), MODEL, periods=[None])
    assert row(blind)["upper"] - row(blind)["lower"] > 1.3 * (row(index)["upper"] - row(index)["lower"])
    assert row(index)["effective_base"] == row(blind)["effective_base"]


def test_a_segment_is_judged_with_the_margins_of_the_whole() -> None:
    people = survey()
    weighted, _ = weigh(make_data(people), TWO, trim=None)
    index = compute_index(weighted, MODEL, periods=[None], by="性别")
    men = [person for person in people if person.attributes["性别"] == "男"]
    assert bounds(row(index, segment="男")) == expected_interval(people, scores_of(men))


def test_open_answers_share_the_margins_of_those_who_wrote_them() -> None:
    people = survey()
    weighted, _ = weigh(make_data(people), TWO, trim=None)
    votes = {"positive": 100.0, "neutral": 50.0, "negative": 0.0}
    said = {person.name: votes[person.tags[0][2]] for person in people if person.tags}
    index = compute_index(weighted, MODEL, periods=[None])
    assert bounds(row(index, measure="text_index")) == expected_interval(people, said)


def test_the_satisfied_share_rests_on_as_many_answers_as_its_error_says() -> None:
    people = survey()
    weighted, _ = weigh(make_data(people), TWO, trim=None)
    figure = row(compute_index(weighted, MODEL, periods=[None]), measure="satisfied_share")
    satisfied = {name: 100.0 * (score >= MODEL.satisfied_from) for name, score in scores_of(people).items()}
    share, lower, upper = expected_interval(people, satisfied).expected
    error = (upper - lower) / 2 / float(stats.t.ppf(0.975, len(satisfied) - 1)) / 100
    base = share / 100 * (1 - share / 100) / error**2
    interval = wilson(share / 100 * base, base)
    assert bounds(figure) == pytest.approx((share, 100 * interval.lower, 100 * interval.upper))


def test_what_the_margins_decide_has_no_error_left() -> None:
    data = make_data(people(("甲", "男", 5, 30), ("乙", "女", 1, 10)))
    weighted, _ = weigh(data, {"门店": {"甲": 0.5, "乙": 0.5}})
    index = compute_index(weighted, MODEL, periods=[None])
    assert bounds(row(index)) == pytest.approx((50, 50, 50))
    assert bounds(row(index, measure="satisfied_share")) == pytest.approx((50, 50, 50), abs=1e-3)


def test_changes_are_judged_by_errors_that_know_the_margins() -> None:
    months = [Period.parse("2026-10"), Period.parse("2026-09")]
    people = [survey(), survey("2026-09-05T02:00:00Z", 1)]
    config = MarginsConfig.model_validate({"margins": TWO, "trim": None})
    weighted, _ = weight_respondents(make_data(people[0] + people[1]), config, periods=months)
    index = compute_index(weighted, MODEL, periods=months)
    changes = compute_changes(index, weighted, MODEL, ChangeConfig(), period=months[0])
    change = changes[(changes["touchpoint"] == "overall") & (changes["measure"] == "score")].iloc[0]
    halves = [(upper - lower) / 2 for _, lower, upper in (bounds(row(index, period=m.label)) for m in months)]
    assert change["test"] == "welch"
    assert (change["upper"] - change["lower"]) / 2 == pytest.approx(np.hypot(*halves), rel=0.02)


@settings(max_examples=20)
@given(st.integers(2, 30), st.integers(2, 30), st.floats(0.25, 0.75))
def test_the_mean_weight_is_one_and_the_margin_is_met(first: int, second: int, share: float) -> None:
    data = make_data(people(("甲", "男", 5, first), ("乙", "女", 1, second)))
    weighted, design = weigh(data, {"门店": {"甲": share, "乙": 1 - share}}, trim=None)
    weights = weighted.feedback["respondent_weight"].to_numpy()
    assert weights.mean() == pytest.approx(1)
    assert row(compute_index(weighted, MODEL, periods=[None]))["score"] == pytest.approx(100 * share)
    assert design.iloc[0]["effective_base"] <= first + second + 1e-9
    assert np.isfinite(weights).all()


def test_what_is_counted_is_as_uncertain_with_margins_as_without() -> None:
    people = survey()
    people += [
        Person(f"c{n}", tags=[("touchpoint", "delivery", "negative"), ("complaint", "other", "negative")])
        for n in range(40)
    ]
    scale = {"best": 0, "worst": 500}
    others = [{"code": "cases", "from": "complaints", "weight": 0.4, "complaint_scale": scale}]
    touchpoint = rated("delivery", weights={"a": 0.6}, others=others)
    model = make_model([touchpoint], exposure={"2026-10": 400})
    errors = []
    for margins in ({}, TWO):
        weighted, _ = weigh(make_data(people), margins, trim=None)
        index = compute_index(weighted, model, periods=[Period.parse("2026-10")])
        spread = []
        for indicator, complaining in (("overall", 40), ("a", 0)):
            figure = row(index, "delivery", indicator)
            quantile = stats.t.ppf(0.975, figure["base"] + complaining - 1)
            spread.append((figure["upper"] - figure["lower"]) / 2 / quantile)
        errors.append(float(np.sqrt(spread[0] ** 2 - (0.6 * spread[1]) ** 2)))
    # 40 complaints in 400 customers, of which one in 1,000 more is 0.2 points less
    assert errors == pytest.approx([0.4 * 0.2 * 1000 * 40**0.5 / 400] * 2, rel=0.02)

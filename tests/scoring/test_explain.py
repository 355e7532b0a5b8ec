"""From a figure down to weights, indicators, answers, texts and verbatims."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scoring_builders import PACK, Person, basis_of, make_data, make_model, rated

from feedback_engine.domain import Evidence, Measure, Period
from feedback_engine.errors import ConfigError, TableError
from feedback_engine.scoring.explain import Explanation, explain
from feedback_engine.scoring.explanation import round_to_total
from feedback_engine.scoring.index import compute_index
from feedback_engine.scoring.result import IndexResult
from feedback_engine.scoring.verbatims import SHOWN, quote
from feedback_engine.scoring.weights import build_weights

CROWD = [
    Person("a", {"speed": 5, "packing": 3}, [("touchpoint", "delivery", "positive")], "送得很快", weight=1),
    Person("b", {"speed": 1}, [("touchpoint", "delivery", "negative"), ("complaint", "slow", "negative")], "太慢了"),
    Person("c", {"speed": 3, "packing": "not_shown"}, [("sentiment", "text", "neutral")], "还行", at=None),
    Person("d", {"fair": 2}, [("touchpoint", "service", "negative")], "态度差"),
]
TOUCHPOINTS = [
    rated("delivery", weight=0.75, weights={"speed": 3, "packing": 1}),
    rated("price", "fair", weight=0.25),
    {"code": "service", "weight": 0},
]


def explained(touchpoint: str, crowd: list[Person] = CROWD, period: str | None = None, **more) -> Explanation:
    model = make_model(TOUCHPOINTS, **more.pop("scoring", {}))
    data = make_data(crowd)
    index = compute_index(data, model, periods=[Period.parse(period) if period else None], by=more.get("by"))
    return explain(index, build_weights(model), model, touchpoint, data, **more)


def test_a_touchpoint_is_explained_by_its_indicators() -> None:
    found = explained("delivery")
    speed, packing = found.contributions
    # a: 0.75·100 + 0.25·50 = 87.5; b: 0; c: 50 → 45.83; speed adds (75 + 0 + 50)/3, packing 12.5/3
    assert found.score == pytest.approx(137.5 / 3)
    assert (speed.contribution, packing.contribution) == pytest.approx((125 / 3, 12.5 / 3))
    assert (speed.share, packing.share) == pytest.approx((2.75 / 3, 0.25 / 3))
    assert (speed.weight, speed.method, packing.score) == (0.75, "declared", 50.0)
    assert (found.weight, found.method, found.name) == (0.75, "declared", PACK["delivery"])


def test_the_printed_numbers_add_up_as_printed() -> None:
    text = explained("delivery").to_text()
    assert "41.67 + 4.16 = 45.83" in text or "41.66 + 4.17 = 45.83" in text
    assert "占总指数 0.7500，配置声明" in text


def test_a_touchpoint_of_one_indicator_says_its_figure_once_in_the_formula() -> None:
    line = next(line for line in explained("price").to_text().splitlines() if line.startswith("二、"))
    assert line.count("25.00") == 1


def test_a_question_is_led_back_to_its_answers_by_an_equation_that_holds() -> None:
    text = explained("delivery").to_text()
    assert "50.00 = (0×1 + 50×1 + 100×1) ÷ 3 = 150.00 ÷ 3" in text
    assert "文本指数 50 × (1 + (1 − 1) ÷ 2) = 50.00" in text


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5), st.sampled_from([0.5, 1.0, 2.5])), min_size=1))
def test_the_answers_levels_add_up_to_the_questions_score(rows: list[tuple[int, int, float]]) -> None:
    crowd = [Person(f"p{n}", {"speed": a, "packing": b}, weight=w) for n, (a, b, w) in enumerate(rows)]
    for answers in explained("delivery", crowd).answers:
        total = sum(level.weight for level in answers.levels)
        assert sum(level.score * level.weight for level in answers.levels) / total == pytest.approx(answers.score)
        assert sum(level.count for level in answers.levels) == len(rows)


def test_a_reversed_scale_is_led_back_to_the_scores_it_gives() -> None:
    (answers,) = explained("price", [Person("a", {"fair": 2}, scale=(5, 1))]).answers
    assert [(level.rating, level.score) for level in answers.levels] == [(2.0, 75.0)]


def test_the_overall_index_is_explained_by_its_touchpoints() -> None:
    found = explained("overall")
    assert [(c.code, c.share) for c in found.contributions] == [("delivery", 0.75), ("price", 0.25)]
    assert found.score == pytest.approx(0.75 * 137.5 / 3 + 0.25 * 25)
    assert found.name == "总指数"
    assert {answers.indicator for answers in found.answers} == {"speed", "packing", "fair"}


def test_the_answers_are_counted_with_what_became_of_the_question() -> None:
    speed, packing = explained("delivery").answers
    assert speed.ratings == ((1.0, 1), (3.0, 1), (5.0, 1))
    assert packing.states == (("answered", 1), ("not_shown", 1))
    assert "未显示 1" in explained("delivery").to_text()


def test_texts_and_complaints_are_counted() -> None:
    found = explained("delivery")
    assert found.texts is not None and found.complaints is not None
    assert (found.texts.texts, found.texts.positive, found.texts.negative) == (2, 1, 1)
    assert (found.complaints.complaints, found.complaints.exposure, found.complaints.per_thousand) == (1, 4.0, 250.0)


def test_verbatims_come_by_confidence_then_the_most_negative_with_place_span_and_rule() -> None:
    first, second = explained("delivery").verbatims
    assert (first.text, first.span, first.source, first.row_number) == ("太慢了", "太慢", "来源甲", 3)
    assert (first.rule, first.polarity) == ("规则甲", "negative")
    assert second.text == "送得很快"
    assert len(explained("delivery", limit=1).verbatims) == 1


def test_the_surest_tag_comes_before_the_angriest() -> None:
    model, data = make_model(TOUCHPOINTS), make_data(CROWD)
    confidence = data.annotations["confidence"].where(data.annotations["polarity"] != "positive", 0.99)
    data = dataclasses.replace(data, annotations=data.annotations.assign(confidence=confidence))
    index = compute_index(data, model, periods=[None])
    assert explain(index, build_weights(model), model, "delivery", data).verbatims[0].text == "送得很快"


@dataclasses.dataclass
class Held:
    """The texts and tags of a store, in memory."""

    texts: dict[str, str]
    tags: pd.DataFrame

    def read(self, feedback_ids: Sequence[str]) -> dict[str, str]:
        return {id_: self.texts[id_] for id_ in feedback_ids if id_ in self.texts}

    def read_tags(self, feedback_ids: Sequence[str]) -> pd.DataFrame:
        return self.tags[self.tags["feedback_id"].isin(list(feedback_ids))]


def quoted(texts: list[str], *, evidence: Sequence[dict] = (), is_purged: bool = False) -> Explanation:
    """The explanation of delivery for customers who said these texts, quoted from a store."""
    crowd = [Person(f"p{n}", tags=[("touchpoint", "delivery", "negative")], text=t) for n, t in enumerate(texts)]
    model, data = make_model(TOUCHPOINTS), make_data(crowd)
    index = compute_index(data, model, periods=[None])
    without_texts = data.replace_feedback(data.feedback.drop(columns="text"))
    found = explain(index, build_weights(model), model, "delivery", without_texts)
    tags = data.annotations.assign(evidence=json.dumps(list(evidence)))
    held = {} if is_purged else dict(zip(data.feedback["feedback_id"], data.feedback["text"], strict=True))
    return quote(found, Held(held, tags))


def test_the_same_words_are_quoted_once_however_many_customers_said_them() -> None:
    found = quoted(["送得太慢", "送得 太慢", "送得太慢", "一直没送到", *"甲乙丙丁戊"])
    assert len(found.verbatims) == SHOWN
    assert len({v.text.replace(" ", "") for v in found.verbatims if v.text}) == SHOWN


def test_what_two_customers_say_in_the_same_words_is_quoted_once_whatever_else_they_say() -> None:
    found = quoted(["送得太慢，包装很好", "送得太慢，味道不错", "一直没送到"])
    assert [v.text for v in found.verbatims] == ["送得太慢，包装很好", "一直没送到"]


def test_a_verbatim_leads_down_to_the_words_and_rules_of_its_tag_by_their_places() -> None:
    named = {"start": 0, "end": 1, "text": "送", "rule": "触点『送』", "weight": 0.0}
    opinion = {"start": 2, "end": 4, "text": "太慢", "rule": "负面:『太慢』", "weight": -1.44}
    found = quoted(["送得太慢"], evidence=[opinion, named])
    assert found.verbatims[0].evidence == (Evidence(**opinion), Evidence(**named))
    assert found.to_text().endswith("      第 1–1 字「送」：触点『送』\n      第 3–4 字「太慢」 -1.44：负面:『太慢』")


def test_only_the_heaviest_pieces_are_printed_and_the_rest_counted() -> None:
    pieces = [{"start": n, "end": n + 1, "text": "慢", "rule": f"规则{n}", "weight": n / 10} for n in range(9)]
    text = quoted(["慢慢慢慢慢慢慢慢慢"], evidence=pieces).to_text()
    assert "规则8" in text and "规则2" not in text and "另有 4 处" in text


def test_nothing_of_a_purged_text_is_quoted_from_its_evidence() -> None:
    piece = {"start": 2, "end": 4, "text": "太慢", "rule": "负面:『太慢』", "weight": -1.44}
    found = quoted(["送得太慢"], evidence=[piece], is_purged=True)
    assert found.verbatims[0].evidence == ()
    assert "原文已清除" in found.to_text() and "规则甲" in found.to_text()


def test_verbatims_are_of_the_period_only() -> None:
    assert [v.text for v in explained("overall").verbatims] == ["还行"]
    assert explained("overall", period="2026-10").verbatims == ()


def test_a_touchpoint_without_ratings_is_explained_by_its_texts() -> None:
    found = explained("service")
    assert found.measure is Measure.TEXT_INDEX
    assert found.score == 0.0
    assert [c.contribution for c in found.contributions] == [0.0, 0.0, 0.0]
    assert "(P−N)/(P+N+U)" in found.formula


def test_a_text_index_is_split_over_its_texts() -> None:
    crowd = [
        Person(f"p{n}", tags=[("touchpoint", "service", p)]) for n, p in enumerate(["positive", "neutral", "negative"])
    ]
    assert [c.contribution for c in explained("service", crowd).contributions] == pytest.approx([100 / 3, 50 / 3, 0])


def test_purged_texts_leave_the_figures_and_say_so() -> None:
    crowd = [dataclasses.replace(person, text="") for person in CROWD]
    found = explained("delivery", crowd)
    assert found.verbatims[0].text is None
    assert "原文已清除" in found.to_text()


def test_feedback_without_texts_can_be_explained() -> None:
    model, data = make_model(TOUCHPOINTS), make_data(CROWD)
    data = data.replace_feedback(data.feedback.drop(columns="text"))
    index = compute_index(data, model, periods=[None])
    assert explain(index, build_weights(model), model, "delivery", data).verbatims[0].text is None


def test_what_is_suppressed_is_not_told_by_its_answers() -> None:
    found = explained("delivery", scoring={"suppress_below": 10, "flag_below": 30})
    assert found.score is None
    assert "少于 10" in found.formula
    assert all(answers.is_withheld and not answers.ratings for answers in found.answers)
    assert found.texts is None and found.complaints is None
    assert all(c.mean is None for c in found.contributions)


def test_an_index_of_too_little_coverage_says_so() -> None:
    found = explained("overall", [Person(f"p{n}", {"speed": 4}) for n in range(3)])
    assert found.score is None
    assert "80%" in found.formula


def test_no_data_at_all_can_be_explained() -> None:
    found = explained("delivery", [])
    assert "没有数据" in found.to_text()


def test_a_touchpoint_is_found_by_its_name_too() -> None:
    assert explained("物流配送").touchpoint == "delivery"
    assert explained("总体").touchpoint == "overall"


def test_an_indicator_is_explained_by_the_touchpoint_that_it_belongs_to() -> None:
    assert explained("packing").touchpoint == "delivery"


def test_an_unknown_touchpoint_gets_the_nearest_one() -> None:
    with pytest.raises(ConfigError, match=r"delivry.*delivery"):
        explained("delivry")
    with pytest.raises(ConfigError, match=r"是否想写 '物流配送'.*price"):
        explained("物流配宋")


def test_an_unknown_period_or_segment_names_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"2026-11.*2026-10"):
        explain_with(period="2026-11")
    with pytest.raises(ConfigError, match=r"深圳.*北京"):
        explain_with(segment="深圳")


def test_an_index_without_rows_cannot_be_explained() -> None:
    model, data = make_model(TOUCHPOINTS), make_data(CROWD)
    with pytest.raises(ConfigError, match="空"):
        explain(compute_index(data, model, periods=[]), build_weights(model), model, "delivery", data)


def explain_with(**more) -> Explanation:
    crowd = [
        Person("a", {"speed": 5}, attributes={"城市": "北京"}),
        Person("b", {"speed": 1}, attributes={"城市": "上海"}),
    ]
    model, data = make_model(TOUCHPOINTS), make_data(crowd)
    index = compute_index(data, model, periods=[Period.parse("2026-10")], by="城市")
    return explain(index, build_weights(model), model, "delivery", data, by="城市", **more)


def test_a_segment_is_explained_by_its_own_data() -> None:
    found = explain_with(segment="北京")
    assert (found.score, found.base, found.segment) == (100.0, 1, "北京")
    assert found.answers[0].ratings == ((5.0, 1),)


def test_data_that_changed_since_are_not_passed_off_as_the_figures_origin() -> None:
    model = make_model(TOUCHPOINTS)
    index = compute_index(make_data(CROWD), model, periods=[None])
    with pytest.raises(TableError, match="数据已变"):
        explain(index, build_weights(model), model, "delivery", make_data(CROWD[:1]))


def test_an_explanation_is_plain_json() -> None:
    plain = explained("delivery").to_dict()
    assert json.loads(json.dumps(plain, ensure_ascii=False, allow_nan=False)) == plain
    assert plain["measure"] == "score" and plain["contributions"][0]["code"] == "speed"


def test_the_result_explains_through_the_callable_it_was_given() -> None:
    model, data = make_model(TOUCHPOINTS), make_data(CROWD)
    index, weights = compute_index(data, model, periods=[None]), build_weights(model)
    basis = basis_of(model, data, explain=lambda touchpoint: explain(index, weights, model, touchpoint, data))
    result = IndexResult(index, weights, basis)
    assert result.explain("price").score == 25.0


@given(st.lists(st.floats(0, 100), min_size=1, max_size=12))
def test_rounded_parts_add_up_to_the_rounded_whole(values: list[float]) -> None:
    rounded = round_to_total(values)
    assert sum(rounded) == pytest.approx(round(sum(values), 2), abs=0.0100001)
    assert all(abs(part - value) <= 0.0100001 for part, value in zip(rounded, values, strict=True))
    assert round(sum(round(part * 100) for part in rounded)) == round(sum(value * 100 for value in values))

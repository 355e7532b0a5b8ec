from __future__ import annotations

from collections.abc import Callable

import pytest

from feedback_engine.domain import Polarity
from feedback_engine.nlp.tagger import Tagger


def score(tagger: Tagger, text: str) -> float:
    return tagger.tag(text).sentiment.score


def rules(tagger: Tagger, text: str) -> list[str]:
    return [evidence.rule for evidence in tagger.tag(text).sentiment.evidence]


@pytest.mark.parametrize(
    ("stronger", "weaker"),
    [
        ("非常满意", "满意"),
        ("满意", "有点满意"),
        ("满意极了", "满意"),
        ("满意", "不是很满意"),
        ("质量好，但是太慢", "太慢，但是质量好"),
        ("总体满意，房间小", "满意，房间小"),
        ("很好", "很好吗？"),
    ],
)
def test_rules_order_scores(tagger: Tagger, stronger: str, weaker: str) -> None:
    first, second = score(tagger, stronger), score(tagger, weaker)
    if stronger.startswith("质量好"):
        assert first < 0 < second
    else:
        assert first > second


def test_rule_is_told_in_words_with_negation_and_contrast(tagger: Tagger) -> None:
    told = rules(tagger, "客服很热情，但是问题没解决")
    assert "负面:『没解决』(否定『没』+『解决』,转折『但是』后加权)" in told
    assert "正面:『很热情』(程度『很』+『热情』,转折『但是』前减弱)" in told


def test_praise_in_quotation_marks_is_irony(tagger: Tagger) -> None:
    assert score(tagger, "真是“贴心”啊") < 0
    assert any("引号反语" in rule for rule in rules(tagger, "真是“贴心”啊"))
    assert score(tagger, "客服说“满意”就按1") > 0


def test_a_face_stands_for_itself_whatever_negation_comes_before_it(tagger: Tagger) -> None:
    assert score(tagger, "不说了😤") < 0 < score(tagger, "不用说了👍")
    assert rules(tagger, "不说了😤") == ["负面:『😤』"]
    assert score(tagger, "别提了(ಥ_ಥ)") < 0


@pytest.mark.parametrize("text", ["哈哈😄又掉线了", "太棒了，又停电了", "真牛，电梯坏三天", "😊坏了👏"])
def test_a_smile_or_a_cheer_beside_nothing_but_faults_is_irony(tagger: Tagger, text: str) -> None:
    assert score(tagger, text) < 0
    assert any("随其余文字作反话" in rule for rule in rules(tagger, text))


@pytest.mark.parametrize("text", ["太棒了，还送了水果", "有点贵，不过好吃😊", "太棒了，就是有点远", "😄"])
def test_a_smile_or_a_cheer_beside_praise_or_a_turn_is_meant(tagger: Tagger, text: str) -> None:
    assert not any("反话" in rule for rule in rules(tagger, text))


def test_word_that_hides_a_good_or_bad_one_says_nothing(tagger: Tagger) -> None:
    for text in ("差不多", "最近在附近", "快递", "贵公司", "出差", "你好"):
        assert tagger.tag(text).sentiment.evidence == (), text


def test_good_before_an_adjective_is_a_degree(tagger: Tagger) -> None:
    assert score(tagger, "好慢") < score(tagger, "慢") < 0 < score(tagger, "好")


def test_negation_does_not_turn_waiting_or_a_demand(tagger: Tagger) -> None:
    assert score(tagger, "不要求退款") <= 0
    assert score(tagger, "没有催了又催") <= 0


def test_both_sides_strong_is_mixed_and_contrast_decides(tagger: Tagger) -> None:
    assert tagger.tag("服务好环境差").sentiment.polarity is Polarity.MIXED
    assert tagger.tag("服务好，但是环境差").sentiment.polarity is Polarity.NEGATIVE


def test_confidence_grows_with_agreeing_evidence_and_falls_with_conflict(tagger: Tagger) -> None:
    def confidence(text: str) -> float:
        return tagger.tag(text).sentiment.confidence

    assert confidence("满意，喜欢，好吃") > confidence("满意") > confidence("一般")
    assert confidence("满意，喜欢，但是太贵") < confidence("满意，喜欢")
    assert confidence("今天星期三") == pytest.approx(0.3)


def test_traditional_and_full_width_text_scores_like_simplified(tagger: Tagger) -> None:
    assert score(tagger, "服務態度很差！") == score(tagger, "服务态度很差!")


def test_mention_without_opinion_takes_it_from_the_next_clause(tagger: Tagger) -> None:
    (tag,) = [t for t in tagger.tag("快递，太慢了").touchpoints if t.code == "delivery"]
    assert (tag.polarity, tag.clause) == (Polarity.NEGATIVE, 0)


def test_touchpoints_in_one_clause_share_what_is_said_of_both(tagger: Tagger) -> None:
    tags = {tag.code: tag.polarity for tag in tagger.tag("客服和物流都相当满意").touchpoints}
    assert tags == {"customer_service": Polarity.POSITIVE, "delivery": Polarity.POSITIVE}


def test_same_touchpoint_twice_keeps_both_places(tagger: Tagger) -> None:
    tags = [tag for tag in tagger.tag("快递很快，后来快递又丢了").touchpoints if tag.code == "delivery"]
    assert [tag.polarity for tag in tags] == [Polarity.POSITIVE, Polarity.NEGATIVE]
    assert [tag.clause for tag in tags] == [0, 1]


def test_demand_makes_a_complaint_of_a_neutral_text(tagger: Tagger) -> None:
    complaint = tagger.tag("请尽快给我退款").complaint
    assert (complaint.is_complaint, complaint.type) == (True, "refund")


def test_complaint_of_no_clear_type_is_unsure(tagger: Tagger) -> None:
    complaint = tagger.tag("太失望了").complaint
    assert (complaint.is_complaint, complaint.type, complaint.type_name) == (True, "unsure", "待确认")


def test_praise_is_no_complaint(tagger: Tagger) -> None:
    complaint = tagger.tag("非常满意").complaint
    assert (complaint.is_complaint, complaint.type, complaint.evidence) == (False, None, ())


def test_word_of_one_character_counts_by_itself_and_with_a_degree_but_not_within_another(tagger: Tagger) -> None:
    assert score(tagger, "卡") < 0 and score(tagger, "有点卡了") < 0 < score(tagger, "一点也不卡")
    assert score(tagger, "咸得要命") < score(tagger, "咸") < 0
    assert score(tagger, "衣服薄得透过光") < 0 < score(tagger, "汤鲜得很")
    assert score(tagger, "办了张卡") == score(tagger, "卡片") == score(tagger, "身份证正面的卡号") == 0


def test_who_has_not_tried_it_has_said_nothing_bad(tagger_of: Callable[[str], Tagger]) -> None:
    for text in ("还没收到货", "没用过，不了解", "不太清楚，是家里人在用"):
        tagged = tagger_of("general").tag(text)
        assert (tagged.sentiment.polarity, tagged.complaint.is_complaint) == (Polarity.NEUTRAL, False), text
    assert not tagger_of("government").tag("还没去窗口办过").complaint.is_complaint
    assert score(tagger_of("general"), "半个月了还没收到货") < 0 < score(tagger_of("general"), "还没用，包装很好")


def test_other_matters_are_not_carried_over_to_the_touchpoint_named_before(tagger: Tagger) -> None:
    told = {tag.code: tag.polarity for tag in tagger.tag("物流太慢，其他都挺好").touchpoints}
    assert told == {"delivery": Polarity.NEGATIVE}


@pytest.mark.parametrize(
    ("text", "is_good"),
    [
        ("very good", True), ("not very good", False), ("I don't think it is good", False),
        ("never had a problem", True),
        ("It’s not as good as before", False), ("no complaints at all", True), ("clean, but far too expensive", False),
    ],
)  # fmt: skip
def test_english_is_read_with_its_negations_and_degrees(tagger: Tagger, text: str, is_good: bool) -> None:
    assert (score(tagger, text) > 0) is is_good
    assert abs(score(tagger, text)) > 0.1

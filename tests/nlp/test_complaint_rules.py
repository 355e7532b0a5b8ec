from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedback_engine.domain import Polarity
from feedback_engine.lexicon.model import DetailKind, Lexicon
from feedback_engine.nlp.batch import tag_table
from feedback_engine.nlp.details import name_details
from feedback_engine.nlp.tagged import ComplaintTag
from feedback_engine.nlp.tagger import Tagger
from feedback_engine.tables.annotations import DETAILS


def complaint(tagger: Tagger, text: str) -> ComplaintTag:
    return tagger.tag(text).complaint


#: Hand-made: what a person calls a suggestion, a request, a question or a report without a grievance.
NO_COMPLAINTS = [
    "车位太少，希望增加", "建议增加班次", "希望多一些素食", "建议延长营业时间", "希望早餐品种再丰富些",
    "如果能送货就更好了", "要是有充电桩就好了", "价格稍高，建议降价", "上菜有点慢，希望改进",
    "排队有点久，建议多开窗口", "请尽快处理", "请协助开发票", "特此反映", "现反映以下问题", "投诉电话是多少",
    "请问怎么退货", "麻烦处理一下，谢谢", "不用退款了", "支持七天无理由退货", "退款很快", "卖家主动道歉，很诚恳",
    "请尽快发货，谢谢", "望领导重视", "有待提高", "期待改进", "能不能开通微信支付", "最好能送到楼上", "退货方便",
    "客服主动退款，很满意", "我没有要投诉",
]  # fmt: skip
COMPLAINTS = [
    "要求退款", "质量太差，希望退款", "态度恶劣，希望严肃处理", "再不解决就打12315", "给我退钱", "垃圾，差评",
    "等了两个小时没人理", "早餐难吃，空调也坏了，希望改进", "乱扣费，请尽快处理",
    "服务太差了，非常不满意，建议整改", "我要起诉你们", "必须赔偿我的损失", "房间脏得要命，希望改进",
    "买到假货，要求退一赔三", "客服推来推去，问题一直没解决", "孩子受伤了没人管", "拒绝退款，太无耻了",
    "快递丢了，申请赔偿", "擅自开通业务，要求退费", "漏水半个月没人修",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_COMPLAINTS)
def test_wishes_requests_and_questions_are_no_complaints(tagger: Tagger, text: str) -> None:
    assert complaint(tagger, text).is_complaint is False


@pytest.mark.parametrize("text", COMPLAINTS)
def test_grievances_and_demands_for_redress_are_complaints(tagger: Tagger, text: str) -> None:
    assert complaint(tagger, text).is_complaint is True


@pytest.mark.parametrize("pack", ["general", "hotel", "telecom"])
@pytest.mark.parametrize(
    "text", ["本人反映", "请尽快处理", "我要投诉", "要求赔偿", "现投诉如下", "请有关部门处理", "要求道歉"]
)
def test_register_phrases_are_no_mention_of_complaint_handling(
    tagger_of: Callable[[str], Tagger], pack: str, text: str
) -> None:
    assert "complaint_handling" not in {tag.code for tag in tagger_of(pack).tag(text).touchpoints}


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("质量差，用了两天就坏了", "value"), ("分量太少，太贵", "value"),
        ("办事程序太麻烦，排长队", "system"), ("标志不清，环境差，效率太低", "system"),
        ("说话刻板，语气差", "people"), ("服务员粗鲁，不耐烦", "people"), ("態度惡劣，還罵人", "people"),
    ],
)  # fmt: skip
def test_root_is_value_system_or_people(tagger: Tagger, text: str, root: str) -> None:
    found = complaint(tagger, text).root
    assert found is not None
    assert found.code == root


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("派送太差了，不知丢哪儿去了", "system"), ("语气冲得很，太差了", "people"), ("价格离谱，太差了", "value"),
    ],
)  # fmt: skip
def test_root_that_no_phrase_tells_follows_from_the_type(tagger: Tagger, text: str, root: str) -> None:
    found = complaint(tagger, text)
    assert found.root is not None
    assert found.root.code == root
    (evidence,) = found.root.evidence
    assert f"由投诉类型『{found.type_name}』推定,general/complaint_types.yaml:" in evidence.rule
    assert evidence.text in text


def test_phrase_overrules_the_root_of_the_type(tagger: Tagger) -> None:
    found = complaint(tagger, "快递员骂人，快递也慢，快递点太差了，物流太差了")
    assert (found.type, found.root.code if found.root else None) == ("delivery", "people")


@pytest.mark.parametrize("text", ["换货！", "要求退款", "太差了", "给我退钱"])
def test_demand_or_plain_anger_has_no_root(tagger: Tagger, text: str) -> None:
    assert complaint(tagger, text).is_complaint
    assert complaint(tagger, text).root is None


def test_cause_follows_from_the_type_only_where_it_is_certain(tagger: Tagger) -> None:
    assert [cause.code for cause in complaint(tagger, "价格离谱，太差了").causes] == ["price"]
    assert complaint(tagger, "派送太差了，不知丢哪儿去了，太差了").causes == ()


def test_root_is_not_read_from_praise(tagger: Tagger) -> None:
    found = complaint(tagger, "服务员很热情，但是东西质量差，退款")
    assert found.root is not None
    assert found.root.code == "value"


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("再不退款我就打12315", "regulator"), ("垃圾，我要上网曝光", "exposure"), ("太黑了，要起诉，请律师", "legal"),
        ("气死人，地滑把老人摔伤了", "safety"), ("吃完拉肚子，垃圾店", "health"), ("投诉了3次没人理", "deadline"),
    ],
)  # fmt: skip
def test_urgency_is_told_with_its_words(tagger: Tagger, text: str, urgency: str) -> None:
    found = complaint(tagger, text)
    assert urgency in {detail.code for detail in found.urgency}
    assert found.is_urgent


def test_everyday_complaint_is_not_urgent(tagger: Tagger) -> None:
    assert complaint(tagger, "快递太慢了，差评").urgency == ()
    assert not complaint(tagger, "快递太慢了，差评").is_urgent


@pytest.mark.parametrize(
    "text",
    [
        "门票太贵，带孩子去一趟不值", "态度太差，第一次来也是最后一次来", "太差了，取票后两小时内必须进塔",
        "排队排到爆炸，太差了", "太坑了，老人和小孩都要买全票，要求退款",
    ],
)  # fmt: skip
def test_children_old_people_and_figures_of_speech_are_no_urgency(tagger: Tagger, text: str) -> None:
    found = complaint(tagger, text)
    assert found.is_complaint
    assert not found.is_urgent


def test_a_child_makes_another_sign_of_urgency_graver(tagger: Tagger) -> None:
    codes = {detail.code for detail in complaint(tagger, "太差了，孩子被烫伤没人管，24小时内必须给我回复").urgency}
    assert codes == {"safety", "vulnerable", "deadline"}


@pytest.mark.parametrize(
    ("text", "demands"),
    [
        ("要求退款并赔礼道歉", {"refund", "apology"}), ("质量差，给我换一个新的", {"exchange"}),
        ("坏了，尽快派人来修", {"repair"}), ("太差了，给个说法", {"reply"}), ("害我误工，要求赔偿", {"compensation"}),
    ],
)  # fmt: skip
def test_what_the_customer_asks_for_is_told(tagger: Tagger, text: str, demands: set[str]) -> None:
    assert demands <= {detail.code for detail in complaint(tagger, text).demands}


@pytest.mark.parametrize(
    ("text", "demands"),
    [
        # denied, promised by the other side, done already, or spoken of only
        ("没有要求退款，只想要个解释，太气人了", {"reply"}), ("不用退款，换个新的就行，杯子裂了", {"exchange"}),
        ("我不要道歉，我要赔偿，太差了", {"compensation"}), ("已经退款了，但是态度真的差", set()),
        ("客服说会给我退款，结果没人管，太差了", set()), ("维修师傅态度恶劣", set()), ("退款太慢", set()),
        ("拖了半年才给我退了款，垃圾", set()), ("请问怎么退货，你们客服太差了", set()),
        # the asking word may stand far off, in the clause before, or not at all
        ("太差了，要求商家在本月底之前把多收的运费退还", {"refund"}),
        ("要求退还押金，赔偿损失，并公开道歉", {"refund", "compensation", "apology"}),
        ("坏的，退货！", {"refund"}), ("你们能不能尽快给我修好，烦死了", {"repair"}),
        # what is kept back is asked for
        ("凭什么不退押金", {"refund"}), ("商家拒绝换货，气死了", {"exchange"}),
    ],
)  # fmt: skip
def test_only_what_is_really_asked_for_is_a_demand(tagger: Tagger, text: str, demands: set[str]) -> None:
    assert {detail.code for detail in complaint(tagger, text).demands} == demands


def test_asked_demand_is_shown_with_the_word_that_asks(tagger: Tagger) -> None:
    (demand,) = complaint(tagger, "质量太差，要求商家退款").demands
    assert demand.evidence[0].text == "要求商家退款"


@pytest.mark.parametrize(
    ("text", "demand"),
    [
        ("换货！", "exchange"), ("要求补发", "exchange"), ("麻烦把空调修一下", "repair"),
        ("限你们24小时内答复", "reply"), ("请给我一个合理的答复", "reply"), ("把多收的钱退给我", "refund"),
        ("你们得赔我一个新的", "compensation"), ("不用修了，给我退钱", "refund"),
    ],
)  # fmt: skip
def test_who_asks_for_redress_complains_without_a_word_of_blame(tagger: Tagger, text: str, demand: str) -> None:
    found = complaint(tagger, text)
    assert found.is_complaint
    assert found.confidence >= 0.3
    assert {detail.code for detail in found.demands} == {demand}
    assert found.evidence


def test_who_threatens_complains_without_a_word_of_blame(tagger: Tagger) -> None:
    assert [sign.code for sign in complaint(tagger, "小红书见，让大家看看").urgency] == ["exposure"]
    assert complaint(tagger, "我没想让大家看看").is_complaint is False


@pytest.mark.parametrize(
    "text",
    ["希望能退货就更好了", "换货很快，第二天就收到新的了", "帮我换了房间，服务很热心", "可以退货吗", "请尽快发货"],
)
def test_wishes_thanks_and_questions_about_redress_are_no_complaints(tagger: Tagger, text: str) -> None:
    assert complaint(tagger, text).is_complaint is False


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("太差了，不会去曝光你们", set()), ("没打算找媒体，就是觉得服务太差", set()),
        ("相机曝光不准，质量太差", set()), ("报警器不响，垃圾", set()), ("手机一打游戏就发烧，质量太差", set()),
        ("我已经打了12315，卖假货", {"regulator"}), ("电梯突然下坠，吓死人了，太差了", {"safety"}),
        ("食物里有玻璃渣，太差了", {"health"}), ("急用，到现在还没发货，太差了", {"deadline"}),
        ("今天下雨，态度太差", set()), ("今天必须退款，太差了", {"deadline"}),
        ("三天内不解决，我就起诉，垃圾", {"deadline", "legal"}),
    ],
)  # fmt: skip
def test_urgency_is_neither_denied_nor_a_word_in_another_sense(tagger: Tagger, text: str, urgency: set[str]) -> None:
    assert {detail.code for detail in complaint(tagger, text).urgency} == urgency


def test_details_are_evidence_in_the_text_and_in_the_json_form(tagger: Tagger) -> None:
    text = "質量差，要求退款，不然12315見"
    found = complaint(tagger, text)
    details = [*found.causes, *found.urgency, *found.demands, *([found.root] if found.root else [])]
    assert len(details) >= 4
    for detail in details:
        assert detail.name
        assert all(item.text == text[item.start : item.end] for item in detail.evidence)
    form = json.loads(json.dumps(found.to_dict()))
    assert form["root"]["code"] == "value"
    assert [detail["code"] for detail in form["demands"]] == ["refund"]


#: What asks, denies, is asked for, threatens, blames and parts clauses, to be put together at random.
_PIECES = st.sampled_from(
    ["要求", "给我", "不用", "已经", "客服说", "希望", "再不", "不", "没有", "退款", "修好", "道歉", "了", "的", "吧",
     "今天", "三天内", "起诉", "曝光", "着火", "孩子", "太差了", "快递", "没人理", "我", "，", "。", "！", "?", " "]
)  # fmt: skip
_CLAIMS = st.lists(st.lists(_PIECES, min_size=1, max_size=8).map("".join), min_size=1, max_size=4)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=_CLAIMS)
def test_details_are_within_the_text_and_the_same_whatever_stands_beside_it(tagger: Tagger, texts: list[str]) -> None:
    for text, together in zip(texts, tagger.tag_many(texts), strict=True):
        found = together.complaint
        assert found == complaint(tagger, text)
        for detail in (*found.causes, *found.urgency, *found.demands, *([found.root] if found.root else [])):
            assert detail.evidence
            assert all(item.text == text[item.start : item.end] != "" for item in detail.evidence)


def test_no_complaint_has_no_details(tagger: Tagger) -> None:
    found = complaint(tagger, "退款很快，态度很好")
    assert (found.root, found.causes, found.urgency, found.demands) == (None, (), (), ())


def test_details_are_annotations_of_complaints_only(tagger: Tagger) -> None:
    texts = ["质量差，要求退款，不然打12315", "退款很快，12315不用打"]
    found = tag_table(texts, ["bad", "good"], tagger)
    details = found[found["kind"].isin(DETAILS)]
    assert set(details["feedback_id"]) == {"bad"}
    assert {("root", "value"), ("cause", "quality"), ("urgency", "regulator"), ("demand", "refund")} <= set(
        zip(details["kind"], details["label"], strict=True)
    )
    for row in details.to_dict("records"):
        first, *_ = json.loads(row["evidence"])
        assert (first["start"], first["end"], first["rule"]) == (row["start"], row["end"], row["rule"])
        assert first["text"] == texts[0][row["start"] : row["end"]]
    assert details["confidence"].nunique() == 1


def test_every_detail_has_a_name_for_people_under_its_annotation(tagger: Tagger, lexicon: Lexicon) -> None:
    names = name_details(lexicon.details)
    assert {kind for kind, _ in names} == set(DETAILS)
    assert names["urgency", "regulator"] == "向监管或媒体升级"
    found = complaint(tagger, "质量差，要求退款，不然打12315")
    assert {("demand", detail.code): detail.name for detail in found.demands}.items() <= names.items()


def test_shipped_details_cover_the_taxonomies_of_the_documents(lexicon: Lexicon) -> None:
    codes = {kind: {detail.code for detail in lexicon.details if detail.kind is kind} for kind in DetailKind}
    assert codes[DetailKind.ROOT] == {"value", "system", "people"}
    assert len(codes[DetailKind.CAUSE]) == 5
    assert {"refund", "apology", "repair", "reply", "compensation", "exchange"} <= codes[DetailKind.DEMAND]
    assert {"regulator", "exposure", "legal", "safety", "health"} <= codes[DetailKind.URGENCY]


@pytest.mark.parametrize(
    ("text", "code", "polarity"),
    [
        ("床很软，睡得特别踏实", "room", Polarity.POSITIVE),
        ("早餐品种不少，但是很难吃", "dining", Polarity.NEGATIVE),
        ("房间不大，干净。总体很满意", "room", Polarity.NEUTRAL),
    ],
)
def test_opinion_of_a_clause_without_subject_belongs_to_the_one_before(
    tagger_of: Callable[[str], Tagger], text: str, code: str, polarity: Polarity
) -> None:
    found = {tag.code: tag.polarity for tag in tagger_of("hotel").tag(text).touchpoints}
    assert found[code] is polarity


def test_summary_is_not_carried_over_to_the_touchpoint_before(tagger_of: Callable[[str], Tagger]) -> None:
    (tag,) = tagger_of("hotel").tag("隔音太差，总体还满意").touchpoints
    assert tag.polarity is Polarity.NEGATIVE


@pytest.mark.parametrize(
    ("pack", "text", "code"),
    [
        ("restaurant", "菜量小得可怜", "food_quality"),
        ("hotel", "房间又小又闷", "facilities"),
        ("automotive", "内饰塑料感太强", "vehicle_quality"),
        ("telecom", "营业厅办个业务跑了三趟", "service_attitude"),
    ],
)
def test_a_touchpoint_spoken_ill_of_speaks_for_its_type_where_no_cue_does(
    tagger_of: Callable[[str], Tagger], pack: str, text: str, code: str
) -> None:
    tag = complaint(tagger_of(pack), text)
    assert tag.type == code and tag.type_name
    told = [item for item in tag.evidence if "触点『" in item.rule]
    assert told and all(item.rule.startswith(f"投诉类型『{tag.type_name}』") for item in told)
    assert all(text[item.start : item.end] == item.text and item.text for item in told)


def test_a_cue_says_more_of_the_type_than_a_touchpoint(tagger_of: Callable[[str], Tagger]) -> None:
    assert complaint(tagger_of("scenic"), "孩子在游乐设施上受伤了").type == "safety"


def test_a_complaint_of_which_two_types_say_the_same_is_unsure(tagger_of: Callable[[str], Tagger]) -> None:
    assert complaint(tagger_of("restaurant"), "味道太差，价格太差").type == "unsure"


def test_a_cue_that_is_bad_by_itself_says_more_than_one_that_names_a_thing(tagger_of: Callable[[str], Tagger]) -> None:
    tagged = complaint(tagger_of("hotel"), "房卡刷不开门,服务员不在")
    assert tagged.type == "facilities"


@pytest.mark.parametrize(
    ("text", "polarity"),
    [
        ("优惠券写着全场通用,下单又说不能用", Polarity.NEGATIVE),
        ("东西凑合", Polarity.NEUTRAL),
        ("优惠券不错,下单也方便,客服我没联系过", Polarity.POSITIVE),
    ],
)
def test_a_touchpoint_of_which_nothing_is_said_follows_a_brief_text(
    tagger: Tagger, text: str, polarity: Polarity
) -> None:
    assert tagger.tag(text).touchpoints[0].polarity is polarity


def test_praise_of_one_thing_is_no_praise_of_another(tagger_of: Callable[[str], Tagger]) -> None:
    found = {tag.code: tag.polarity for tag in tagger_of("hotel").tag("房间不大,很干净").touchpoints}
    assert (found["room"], found["cleanliness"]) == (Polarity.NEUTRAL, Polarity.POSITIVE)


@pytest.mark.parametrize(
    ("text", "polarity"),
    [
        ("服了,客服三天不回", Polarity.NEGATIVE),
        ("服了,这价格太划算", Polarity.POSITIVE),
        ("服了", Polarity.NEGATIVE),
        ("不愧是老店,味道好极了", Polarity.POSITIVE),
        ("不愧是老店,态度这么恶劣", Polarity.NEGATIVE),
        ("不愧是老店,就是贵了点", Polarity.POSITIVE),
    ],
)
def test_words_that_may_be_ironical_follow_the_rest_of_the_text(tagger: Tagger, text: str, polarity: Polarity) -> None:
    first = min(tagger.tag(text).sentiment.evidence, key=lambda item: item.start)
    assert (first.weight > 0) is (polarity is Polarity.POSITIVE)


@pytest.mark.parametrize(
    ("pack", "text"),
    [
        ("restaurant", "经理马上道歉还免了单，处理得很到位"),
        ("hotel", "前台立刻给我们换了间安静的，还送了水果"),
        ("automotive", "这个报警灯亮是提醒加油的，黄色的那个"),
        ("general", "退货入口在哪个页面"),
        ("retail", "客服一点没嫌烦，还给我推荐了尺码"),
        ("government", "反映的路灯问题三天就修好了，办事效率真高，感谢"),
    ],
)
def test_what_has_been_done_or_is_only_named_is_not_asked_for(
    tagger_of: Callable[[str], Tagger], pack: str, text: str
) -> None:
    found = complaint(tagger_of(pack), text)
    assert not found.is_complaint, [item.rule for item in found.evidence]


@pytest.mark.parametrize("text", ["除了分量足，没一样好", "除了便宜，没一处好", "做工真心不行！"])
def test_who_finds_something_harshly_bad_and_nothing_good_complains(tagger: Tagger, text: str) -> None:
    assert complaint(tagger, text).is_complaint


def test_what_follows_a_demand_that_is_still_open_leaves_it_open(tagger: Tagger) -> None:
    for text in ("尽快给我退了吧", "马上把坏了的空调给我换掉", "立刻道歉！太过分了"):
        assert complaint(tagger, text).demands, text

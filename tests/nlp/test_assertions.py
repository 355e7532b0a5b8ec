"""What texts only suppose, ask about, repeat or have got over is no grievance, and asks for nothing."""

from __future__ import annotations

from functools import cache

import pytest

from feedback_engine.catalogs import SENTIMENT_SCORERS
from feedback_engine.lexicon.files import load_lexicon, load_pack
from feedback_engine.nlp.tagger import Tagger
from feedback_engine.resources import find_lexicons

SUPPOSED = [
    ("general", "万一没收到货怎么办？"),
    ("general", "要是坏了能退吗？"),
    ("general", "假如用了过敏，能不能退款？"),
    ("general", "如果三天内没发货会怎么处理"),
    ("general", "万一质量有问题，你们售后管不管"),
    ("retail", "如果尺码不合适能免费换吗？"),
    ("retail", "要是洗了掉色给退不"),
    ("restaurant", "要是等太久可以退号吗"),
    ("automotive", "如果异响能免费修吗"),
    ("scenic", "万一孩子走丢了去哪里广播"),
]
ASKED = [
    ("telecom", "请问如果我提前解约要交违约金吗？"),
    ("general", "客户询问破损理赔标准，已告知需提供照片。"),
    ("general", "客户咨询退款流程，已告知三到五个工作日到账，客户表示知晓。"),
    ("retail", "会不会用几天就坏了呀"),
    ("general", "有没有人遇到过退款一直不到账的？"),
]
REPEATED = [
    ("restaurant", "朋友说吃了拉肚子，我们吃了三次都没事，味道不错"),
    ("automotive", "论坛里都说这车烧机油，我的三万公里了还没发现"),
    ("general", "听说有人要起诉这家，我这边一切正常"),
    ("general", "朋友买的坏了退了款，我的用到现在没问题，挺好"),
    ("general", "我看网上有人说这款会爆炸，是真的吗？"),
]
OVER = [
    ("retail", "一开始还担心是假的，收到一看是正品，放心了"),
    ("hotel", "本以为会很吵，结果安静得很，睡得很好"),
    ("restaurant", "本来想投诉上菜慢，结果经理主动送了甜品，很贴心"),
]
REAL = [
    ("general", "你们说三天到，万一到不了就赔，结果一周了影子都没有"),
    ("general", "万一坏了能退吗？当时说能，现在坏了又说不能退！"),
    ("scenic", "栈道木板断了好几块，护栏一晃就动，万一掉下去怎么办"),
    ("general", "如果三天内不退款，我就去12315投诉"),
    ("general", "要是再不处理我就起诉你们"),
    ("restaurant", "听朋友说不错才来的，结果又贵又难吃"),
    ("restaurant", "同事都说难吃，果然难吃，还贵"),
    ("hotel", "本以为五星级不会差，结果房间又脏又臭"),
    ("retail", "一听说有毛病，立马换了副面孔，再也不理人了，太气人"),
    ("general", "请问你们客服是死的吗？打了十几个电话没人接，太差了"),
]


#: Cases of a hotline by what weights find bad, and by their question.
CASES = [
    "木材运输证有效期可不可以多一两天？",
    "医护人员严重失职，导致新生儿脑损伤",
    "老百姓的拆迁补偿在哪里？",
    "购房补贴 您好 请问农村户口购买首套住房的补贴政策 更好服务百姓 谢谢",
    "咨询生育津贴政策 请问津贴多久到账 谢谢",
]
#: Who damns, and praises nothing.
DAMNING = ["除了分量足，没一样好", "除了便宜，没一处好", "做工真心不行！", "不好吃，很不好吃"]


@cache
def tagger_of(pack: str, scorer: str = "learned") -> Tagger:
    lexicon, words = load_lexicon(find_lexicons()), load_pack(find_lexicons(), pack)
    return Tagger(lexicon, words, SENTIMENT_SCORERS[scorer](lexicon, words, find_lexicons()))


@pytest.mark.parametrize("scorer", ["learned", "lexicon"])
@pytest.mark.parametrize(("pack", "text"), [*SUPPOSED, *ASKED, *REPEATED, *OVER])
def test_what_has_not_happened_to_the_customer_is_no_complaint(pack: str, text: str, scorer: str) -> None:
    complaint = tagger_of(pack, scorer).tag(text).complaint
    assert not complaint.is_complaint, [item.rule for item in complaint.evidence]


@pytest.mark.parametrize("scorer", ["learned", "lexicon"])
@pytest.mark.parametrize(("pack", "text"), REAL)
def test_a_grievance_beside_a_supposition_or_a_question_still_complains(pack: str, text: str, scorer: str) -> None:
    assert tagger_of(pack, scorer).tag(text).complaint.is_complaint


def test_nothing_is_demanded_or_threatened_in_what_is_supposed_or_repeated() -> None:
    text = "快递太慢，盒子都压烂了，太差劲。听说有人要起诉他们，真的吗？万一再这样能要求退款吗？"
    complaint = tagger_of("general").tag(text).complaint
    assert complaint.is_complaint
    assert (complaint.urgency, complaint.demands) == ((), ())


def test_the_evidence_says_that_a_word_does_not_count() -> None:
    evidence = tagger_of("general").tag("要是坏了能退吗？").sentiment.evidence
    assert [item.weight for item in evidence if item.rule == "负面:『坏了』(假设、询问或转述,不计)"] == [0.0]


def test_what_is_supposed_does_not_depend_on_the_batch() -> None:
    texts = [text for _, text in (*SUPPOSED, *REPEATED, *OVER, *REAL)] + ["", "万一", "听说", "怎么办？"]
    tagger = tagger_of("general")
    assert tagger.tag_many(texts) == [tagger.tag(text) for text in texts]


@pytest.mark.parametrize("text", CASES)
def test_a_case_log_holds_questions_and_whatever_weights_find_bad(text: str) -> None:
    assert tagger_of("government").tag(text).complaint.is_complaint


def test_thanks_are_no_case_though_they_name_the_trouble_that_is_over() -> None:
    text = "感谢社区工作人员冒雨帮我们疏通下水道，为你们点赞"
    assert not tagger_of("government").tag(text).complaint.is_complaint


@pytest.mark.parametrize(
    ("pack", "text"),
    [
        (
            "scenic",
            "国庆带家人去的，人很多，每个项目排队半小时，门票也不便宜，里面吃的贵，不过表演真的精彩，孩子看得目不转睛，"
            "工作人员很热情，还帮我们拍照，晚上的烟花太美了，整体非常满意，强烈推荐大家去玩",
        ),
        (
            "hotel",
            "位置很好，出门就是地铁，前台热情，入住很快，房间干净宽敞，早餐丰富。美中不足是隔音一般，停车场小了点，"
            "车位难找，其他都很满意，免费的水果也新鲜，性价比高，下次来还住这里，推荐给大家",
        ),
    ],
)
def test_a_long_review_that_is_good_as_a_whole_does_not_complain(pack: str, text: str) -> None:
    assert len(text) > 80
    complaint = tagger_of(pack).tag(text).complaint
    assert not complaint.is_complaint
    assert complaint.demands == ()


def test_who_asks_for_redress_in_a_good_review_complains() -> None:
    text = (
        "景色很美，孩子玩得很开心，烟花特别好看，工作人员热情。只是网上买票的时候重复扣了一次款，打电话一直占线，"
        "窗口推来推去，太麻烦了，要求退款，请尽快处理一下，其他的项目都挺好的，表演也精彩"
    )
    complaint = tagger_of("scenic").tag(text).complaint
    assert complaint.is_complaint
    assert "refund" in [demand.code for demand in complaint.demands]


@pytest.mark.parametrize("text", DAMNING)
def test_who_finds_something_harshly_bad_and_nothing_good_complains_whatever_hints_say(text: str) -> None:
    assert tagger_of("general").tag(text).complaint.is_complaint

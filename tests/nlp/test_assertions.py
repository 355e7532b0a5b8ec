"""What texts only suppose, ask about, repeat or have got over is no grievance, and asks for nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from feedback_engine.nlp.tagger import Tagger

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


@pytest.mark.parametrize(("pack", "text"), [*SUPPOSED, *ASKED, *REPEATED, *OVER])
def test_what_has_not_happened_to_the_customer_is_no_complaint(
    tagger_of: Callable[[str], Tagger], pack: str, text: str
) -> None:
    complaint = tagger_of(pack).tag(text).complaint
    assert not complaint.is_complaint, [item.rule for item in complaint.evidence]


@pytest.mark.parametrize(("pack", "text"), REAL)
def test_a_grievance_beside_a_supposition_or_a_question_still_complains(
    tagger_of: Callable[[str], Tagger], pack: str, text: str
) -> None:
    assert tagger_of(pack).tag(text).complaint.is_complaint


def test_nothing_is_demanded_or_threatened_in_what_is_supposed_or_repeated(tagger_of: Callable[[str], Tagger]) -> None:
    text = "快递太慢，盒子都压烂了，太差劲。听说有人要起诉他们，真的吗？万一再这样能要求退款吗？"
    complaint = tagger_of("general").tag(text).complaint
    assert complaint.is_complaint
    assert (complaint.urgency, complaint.demands) == ((), ())


def test_the_evidence_says_that_a_word_does_not_count(tagger_of: Callable[[str], Tagger]) -> None:
    evidence = tagger_of("general").tag("要是坏了能退吗？").sentiment.evidence
    assert [item.weight for item in evidence if item.rule == "负面:『坏了』(假设、询问或转述,不计)"] == [0.0]


def test_what_is_supposed_does_not_depend_on_the_batch(tagger_of: Callable[[str], Tagger]) -> None:
    texts = [text for _, text in (*SUPPOSED, *REPEATED, *OVER, *REAL)] + ["", "万一", "听说", "怎么办？"]
    tagger = tagger_of("general")
    assert tagger.tag_many(texts) == [tagger.tag(text) for text in texts]

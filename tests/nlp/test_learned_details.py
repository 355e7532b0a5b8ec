"""Root, signs of urgency and demands of complaints by learned weights, however customers word them."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import pytest

from feedback_engine.catalogs import SENTIMENT_SCORERS
from feedback_engine.errors import LexiconError
from feedback_engine.lexicon.files import load_lexicon, load_pack
from feedback_engine.nlp.tagged import ComplaintDetail
from feedback_engine.nlp.tagger import Tagger
from feedback_engine.resources import find_lexicons

#: None of them has a phrase for what it asks for.
SPIT_OUT = "多扣的钱一分不少给我吐回来，太坑了"
TICKET = "来电人反映楼下饭店油烟倒灌，家里窗户都不敢开，打了几次电话没人管。" * 6


@cache
def tagger_of(scorer: str = "learned", folder: Path | None = None, pack: str = "general") -> Tagger:
    lexicons = folder or find_lexicons()
    lexicon, words = load_lexicon(lexicons), load_pack(lexicons, pack)
    return Tagger(lexicon, words, SENTIMENT_SCORERS[scorer](lexicon, words, lexicons))


def learned(details: tuple[ComplaintDetail, ...]) -> list[ComplaintDetail]:
    return [detail for detail in details if any("学习权重" in evidence.rule for evidence in detail.evidence)]


def test_a_demand_is_found_that_no_phrase_tells() -> None:
    assert [demand.code for demand in learned(tagger_of().tag(SPIT_OUT).complaint.demands)] == ["refund"]
    assert not learned(tagger_of("lexicon").tag(SPIT_OUT).complaint.demands)


def test_what_weights_tell_shows_the_piece_of_the_text_and_its_log_odds() -> None:
    (demand,) = learned(tagger_of().tag(SPIT_OUT).complaint.demands)
    (evidence,) = (each for each in demand.evidence if "学习权重" in each.rule)
    assert evidence.rule.startswith("客户诉求·退款(学习权重,对数几率 +")
    assert evidence.text == SPIT_OUT[evidence.start : evidence.end] != ""


def test_every_short_complaint_has_one_root() -> None:
    complaint = tagger_of().tag("窗口小姑娘翻着白眼让我自己看墙上，太差了").complaint
    assert complaint.root is not None
    assert complaint.root.code == "people"


def test_a_root_that_the_type_suggests_says_so_where_weights_find_none_likely() -> None:
    complaint = tagger_of().tag("不给处理就找上级").complaint
    assert complaint.root is not None and complaint.root.code == "system"
    assert [evidence.rule.partition("(")[2][:6] for evidence in complaint.root.evidence] == ["由投诉类型『"]


def test_numbers_alone_are_no_office_to_complain_to() -> None:
    complaint = tagger_of().tag("优惠12000还要加价5000，配置13300，太坑了").complaint
    assert complaint.is_complaint
    assert "regulator" not in [sign.code for sign in complaint.urgency]


@pytest.mark.parametrize("text", ["味道很好，下次还来", "退款很快就到账了，满意", "孩子很喜欢，谢谢老板"])
def test_nothing_is_told_of_what_does_not_complain(text: str) -> None:
    complaint = tagger_of().tag(text).complaint
    assert (complaint.root, complaint.urgency, complaint.demands) == (None, (), ())


def test_texts_longer_than_those_learned_from_are_left_to_phrases() -> None:
    complaint = tagger_of().tag(TICKET).complaint
    assert complaint.is_complaint
    assert not learned((*complaint.urgency, *complaint.demands))


@pytest.mark.parametrize(
    ("pack", "text"),
    [
        ("retail", "个头小，酸得很，，，一箱里，，，还有两个是烂的，，，太失望了"),
        ("retail", "穿两次就褪色，皱巴巴的，难看得很，白买了，以后不在这里买了"),
        ("restaurant", "酱和饭拌不开，一口咸一口淡，肉也少，难吃！！！！"),
        ("hotel", "房间小得转不过身，马桶圈松的，洗个澡水漫得到处都是，很失望"),
        ("automotive", "刹车油两年一换，我的四万公里还没动过，就是刹车有点软，不太满意"),
    ],
)
def test_reviews_ask_for_nothing_and_press_for_nothing(pack: str, text: str) -> None:
    complaint = tagger_of(pack=pack).tag(text).complaint
    assert complaint.is_complaint
    assert (complaint.urgency, complaint.demands) == ((), ())


@pytest.mark.parametrize(
    ("pack", "text", "root"),
    [
        ("general", "充电宝放在包里自己烧起来了，书都烧了", "value"),
        ("retail", "热水壶把手用着用着断了，开水全洒了", "value"),
        ("general", "大厅地砖湿着也不放个警示牌，我妈当场滑倒", "system"),
        ("automotive", "高速上刹车踩下去没反应，吓得魂都没了", "value"),
    ],
)
def test_what_hurts_is_rooted_in_the_thing_or_in_the_place(pack: str, text: str, root: str) -> None:
    for scorer in ("learned", "lexicon"):
        found = tagger_of(scorer, pack=pack).tag(text).complaint.root
        assert found is not None
        assert found.code == root


def test_details_do_not_depend_on_the_batch() -> None:
    texts = [SPIT_OUT, TICKET, "。。。", "\ud800差", "一般", "你们等着，明天我带着记者上门", "太差了" * 30]
    tagger = tagger_of()
    singly = [tagger.tag(text) for text in texts]
    assert tagger.tag_many(texts) == singly
    assert tagger.tag_many(texts[::-1]) == singly[::-1]


def test_details_that_word_lists_do_without_are_not_told(tmp_path: Path) -> None:
    folder = tmp_path / "lexicons"
    shutil.copytree(find_lexicons(), folder)
    demands = folder / "complaints" / "demands.tsv"
    lines = demands.read_text(encoding="utf-8").splitlines()
    demands.write_text("\n".join(line for line in lines if "\trefund" not in line) + "\n", encoding="utf-8")
    assert "refund" not in [demand.code for demand in tagger_of(folder=folder).tag(SPIT_OUT).complaint.demands]


def test_weights_of_another_kind_are_refused_with_the_way_out(tmp_path: Path) -> None:
    folder = tmp_path / "lexicons"
    shutil.copytree(find_lexicons(), folder)
    shutil.copy(folder / "models" / "telecom_hints.npz", folder / "models" / "details.npz")
    with pytest.raises(LexiconError, match=r"details\.npz.*demands:refund.*随附的模型"):
        tagger_of(folder=folder).tag(SPIT_OUT)

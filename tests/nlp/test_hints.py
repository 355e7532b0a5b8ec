"""What short texts tell without words for it: touchpoints, that they complain, and of what."""

from __future__ import annotations

import csv
import shutil
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from feedback_engine.catalogs import SENTIMENT_SCORERS
from feedback_engine.errors import LexiconError
from feedback_engine.lexicon.files import load_lexicon, load_pack
from feedback_engine.nlp.models import load_model
from feedback_engine.nlp.ngrams import lay_out
from feedback_engine.nlp.tagged import UNSURE, TaggedText
from feedback_engine.nlp.tagger import Tagger
from feedback_engine.nlp.train import train
from feedback_engine.nlp.weights import predict
from feedback_engine.resources import find_lexicons

HINTED = ("automotive", "general", "hotel", "restaurant", "retail", "scenic", "telecom")
#: None of them has a phrase of the touchpoint.
SILENT = "我这边喊了七八声人家才听见"
UGLY = ["", "。。。", "\ud800\x00", "😀" * 100, SILENT, "ok ok ok ok", "信号不好", SILENT * 40]


@cache
def tagger_of(pack: str, scorer: str = "learned", folder: Path | None = None) -> Tagger:
    lexicons = folder or find_lexicons()
    lexicon, words = load_lexicon(lexicons), load_pack(lexicons, pack)
    return Tagger(lexicon, words, SENTIMENT_SCORERS[scorer](lexicon, words, lexicons))


def codes(tagged: TaggedText) -> list[str]:
    return [touchpoint.code for touchpoint in tagged.touchpoints]


@pytest.mark.parametrize(("pack", "text"), [("hotel", "太差了"), ("telecom", "很失望"), ("general", "差评")])
def test_a_complaint_that_says_nothing_of_any_type_is_unsure_though_one_is_a_little_likelier(
    pack: str, text: str
) -> None:
    complaint = tagger_of(pack).tag(text).complaint
    assert (complaint.is_complaint, complaint.type) == (True, UNSURE)


def test_a_touchpoint_is_named_that_no_word_names() -> None:
    assert not tagger_of("telecom", "lexicon").tag(SILENT).touchpoints
    (found,) = tagger_of("telecom").tag(SILENT).touchpoints
    mention = found.evidence[0]
    assert found.code == "voice_call" and found.confidence >= 0.5
    assert "学习权重" in mention.rule and SILENT[mention.start : mention.end] == mention.text


def test_a_complaint_is_known_and_typed_that_no_word_tells() -> None:
    complaint = tagger_of("telecom").tag(SILENT).complaint
    assert complaint.is_complaint and complaint.type == "voice_quality"
    assert not tagger_of("telecom", "lexicon").tag(SILENT).complaint.is_complaint


def test_the_evidence_of_a_hinted_type_adds_up_to_its_log_odds() -> None:
    text = "稀里糊涂多了个包，我按都没按过"
    told = [item for item in tagger_of("telecom").tag(text).complaint.evidence if "投诉类型" in item.rule]
    model = load_model(find_lexicons() / "models" / "telecom_hints.npz")
    odds = predict(model, [text])[0][model.outputs.index("complaint:unauthorized")]
    assert sum(item.weight for item in told) == pytest.approx(odds, abs=1e-6)


@pytest.mark.parametrize("pack", HINTED)
def test_every_text_is_tagged_alike_alone_and_in_a_batch(pack: str) -> None:
    together = tagger_of(pack).tag_many(UGLY)
    assert [tagger_of(pack).tag(text) for text in UGLY] == together


@pytest.mark.parametrize(
    "text",
    [
        "坐标成都，裸车十三万六，保险五千出头，上牌自己跑的，送了膜和脚垫。跑了八千公里，表显六个半，市区高一点。"
        "后排放倒能躺下一米七五的人，露营够用，空间一家三口足够。首保机油机滤不要钱，供大家参考",
        "各位，我的是去年的顶配，跑了四万多公里，准备换轮胎，原厂是韩泰的，店里推荐米其林，一条七百多。"
        "刹车片还剩三分之一，师傅说可以再跑一万公里，不急着换。有换过的说说体验怎么样，静音会不会好一点",
    ],
)
def test_long_talk_among_owners_of_cars_is_no_complaint(text: str) -> None:
    assert len(text) > 80
    assert not tagger_of("automotive").tag(text).complaint.is_complaint


def test_a_long_post_that_blames_is_a_complaint() -> None:
    text = (
        "提车三个月变速箱顿挫越来越厉害，低速一二挡像被人踹了一脚，去店里两次都说正常，让我再开开看，"
        "上周上坡直接没动力了，拖车费还要自己出，这车真是太失望了，厂家电话打过去也是敷衍"
    )
    assert len(text) > 80
    assert tagger_of("automotive").tag(text).complaint.is_complaint


def test_a_longer_text_is_asked_for_hints_stretch_by_stretch() -> None:
    text = (
        "上个月搬到城东，新家在十二楼，住着挺安静的。昨晚给老家打过去，"
        + SILENT
        + "。今天早上去营业厅问，人家让我回家等消息"
    )
    assert len(text) > 40
    found = {touchpoint.code: touchpoint for touchpoint in tagger_of("telecom").tag(text).touchpoints}
    mention = found["voice_call"].evidence[0]
    assert mention.text in SILENT and text[mention.start : mention.end] == mention.text
    assert not codes(tagger_of("telecom").tag(SILENT * 40)), "what no mark divides is no short remark"


def test_the_same_stretch_says_the_same_of_a_touchpoint_wherever_it_stands() -> None:
    near = "早餐只剩几个冷馒头，豆浆也见底了。" + "出差住了两晚，会场就在隔壁，走路五分钟。" * 2
    far = "出差住了两晚，会场就在隔壁，走路五分钟。" * 2 + "早餐只剩几个冷馒头，豆浆也见底了。"
    one, other = (tagger_of("hotel").tag(text).touchpoints for text in (near, far))
    assert {(tag.code, tag.polarity) for tag in one} == {(tag.code, tag.polarity) for tag in other}


@pytest.mark.parametrize(
    ("pack", "text", "code", "polarity"),
    [
        (
            "hotel",
            "半夜楼上一直有人拖椅子，翻来覆去到三点，早上下去只剩几个馒头，赶时间就走了，没顾上说",
            "quietness",
            "negative",
        ),
        (
            "restaurant",
            "带着八十岁的老妈去的，小姑娘出来搀着过门槛，还给垫了个靠背，全程弯着腰跟她说话，老太太乐了一路",
            "service_waiters_attitude",
            "positive",
        ),
    ],
)
def test_a_touchpoint_told_without_a_word_of_opinion_has_a_side(pack: str, text: str, code: str, polarity: str) -> None:
    found = [str(tag.polarity) for tag in tagger_of(pack).tag(text).touchpoints if tag.code == code]
    assert len(text) > 40 and polarity in found


def test_a_clause_with_a_word_for_neither_side_takes_none_by_weights_alone() -> None:
    (found,) = (
        tag for tag in tagger_of("retail").tag("质量凑合,下次再说").touchpoints if tag.code == "product_quality"
    )
    assert found.polarity == "neutral"


@pytest.mark.parametrize(
    ("pack", "text", "by_chance", "meant"),
    [
        ("restaurant", "汤里漂着一根头发", "dish_taste", "environment_cleaness"),
        ("restaurant", "站在门口等了一个钟头才轮到我们", "location_easy_to_find", "service_wait_time"),
    ],
)
def test_a_word_that_stands_by_chance_names_nothing(pack: str, text: str, by_chance: str, meant: str) -> None:
    assert by_chance in codes(tagger_of(pack, "lexicon").tag(text))
    assert codes(tagger_of(pack).tag(text)) == [meant]


def test_in_a_long_review_all_that_words_name_counts() -> None:
    review = "汤里漂着一根头发。" + "今天下雨。" * 40
    assert len(review) > 160 and "dish_taste" in codes(tagger_of("restaurant").tag(review))


@pytest.mark.parametrize(
    ("pack", "text", "named"),
    [
        ("general", "价格便宜，质量也不错", ["price", "product_quality"]),
        ("restaurant", "味道好，就是要排队", ["dish_taste", "service_wait_time"]),
        ("general", "质量不错，就是贵", ["product_quality", "price"]),
    ],
)
def test_each_touchpoint_with_an_opinion_of_its_own_is_meant(pack: str, text: str, named: list[str]) -> None:
    assert codes(tagger_of(pack).tag(text)) == named


@pytest.mark.parametrize(
    ("pack", "text"),
    [
        ("hotel", "住得很舒服，就是早餐种类少了点"),
        ("restaurant", "味道好，就是要排队"),
        ("automotive", "大家轮胎一般多少公里换"),
        ("automotive", "皮带有裂纹，到六万公里顺手就换了"),
        ("retail", "不合适能退吗"),
    ],
)
def test_praise_with_one_reservation_and_talk_are_no_complaints(pack: str, text: str) -> None:
    assert not tagger_of(pack).tag(text).complaint.is_complaint


def test_touchpoints_stand_in_the_order_of_the_text() -> None:
    tagged = tagger_of("hotel").tag("早餐品种多，走廊里半夜还有人拖箱子，一晚上醒了三回")
    starts = [touchpoint.evidence[0].start for touchpoint in tagged.touchpoints]
    assert len(starts) >= 2 and starts == sorted(starts)


@pytest.mark.parametrize("pack", HINTED)
def test_the_shipped_weights_know_every_label_of_their_pack(pack: str) -> None:
    words = load_pack(find_lexicons(), pack)
    outputs = load_model(find_lexicons() / "models" / f"{words.hint_model}.npz").outputs
    # where a pack has weights of its own for touchpoints, its hints leave these to them
    named = () if words.touchpoint_model else words.touchpoints
    wanted = {label.code for label in named} | {f"complaint:{label.code}" for label in words.complaint_types}
    assert set(outputs) == wanted | {"complaint", "none"}


ROWS = [
    *(
        (f"{where}断断续续的{end}", "line|complaint|complaint:line")
        for where in ("楼上", "家里", "车上")
        for end in ("", "啊")
    ),
    *(
        (f"{who}爱答不理{end}", "people|complaint|complaint:people")
        for who in ("他们", "那边", "这人")
        for end in ("", "的")
    ),
    *((f"{when}路过你们这儿{end}", "none") for when in ("今天", "昨天", "上周") for end in ("", "了")),
]


def write_rows(path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *ROWS])
    return path


def copy_pack(tmp_path: Path) -> Path:
    """Return a folder of lexicons with a pack of the user's own that names its hints."""
    folder = tmp_path / "lexicons"
    shutil.copytree(find_lexicons(), folder)
    shutil.copytree(folder / "packs" / "scenic", folder / "packs" / "mine")
    (folder / "packs" / "mine" / "touchpoints.yaml").write_text(
        "name: 自己的\nhints: mine\ntouchpoints:\n"
        "  - {code: line, name: 线路, phrases: [线路]}\n  - {code: people, name: 人员, phrases: [人员]}\n",
        encoding="utf-8",
    )
    (folder / "packs" / "mine" / "complaint_types.yaml").write_text(
        "types:\n  - {code: line, name: 线路不通, cues: [不通]}\n  - {code: people, name: 态度, cues: [态度]}\n",
        encoding="utf-8",
    )
    return folder


def test_a_pack_learns_from_sentences_of_its_own(tmp_path: Path) -> None:
    folder = copy_pack(tmp_path)
    train("pack", [write_rows(tmp_path / "sentences.csv")], folder / "models" / "mine.npz")
    tagged = tagger_of("mine", folder=folder).tag("屋里断断续续的啊")
    assert codes(tagged) == ["line"] and tagged.complaint.type == "line"


def test_a_copy_of_a_pack_may_drop_touchpoints_and_all_complaint_types(tmp_path: Path) -> None:
    folder = copy_pack(tmp_path)
    (folder / "packs" / "mine" / "touchpoints.yaml").write_text(
        "name: 自己的\nhints: telecom_hints\ntouchpoints:\n  - {code: voice_call, name: 通话, phrases: [通话]}\n",
        encoding="utf-8",
    )
    (folder / "packs" / "mine" / "complaint_types.yaml").write_text("types: []\n", encoding="utf-8")
    tagged = tagger_of("mine", folder=folder).tag(SILENT)
    assert codes(tagged) == ["voice_call"] and tagged.complaint.is_complaint and tagged.complaint.type == "unsure"


def test_what_the_weights_do_not_know_is_named_by_its_words_alone(tmp_path: Path) -> None:
    folder = copy_pack(tmp_path)
    (folder / "packs" / "mine" / "touchpoints.yaml").write_text(
        "name: 自己的\nhints: telecom_hints\ntouchpoints:\n"
        "  - {code: voice_call, name: 通话, phrases: [通话]}\n  - {code: ours, name: 自己的, phrases: [我]}\n",
        encoding="utf-8",
    )
    assert codes(tagger_of("mine", folder=folder).tag(SILENT)) == ["ours", "voice_call"]


def test_in_a_case_log_hints_find_complaints_and_take_none_away(tmp_path: Path) -> None:
    folder = copy_pack(tmp_path)
    plain = "请问明天几点开门"
    for line in ("", "cases: true\n"):
        (folder / "packs" / "mine" / "touchpoints.yaml").write_text(
            "name: 自己的\nhints: telecom_hints\ntouchpoints:\n  - {code: voice_call, name: 通话, phrases: [通话]}\n",
            encoding="utf-8",
        )
        (folder / "packs" / "mine" / "complaint_types.yaml").write_text(f"{line}types: []\n", encoding="utf-8")
        tagger_of.cache_clear()
        assert tagger_of("mine", folder=folder).tag(plain).complaint.is_complaint is bool(line)


def test_weights_that_know_nothing_of_the_pack_are_refused_by_name(tmp_path: Path) -> None:
    folder = copy_pack(tmp_path)
    shutil.copy(folder / "models" / "telecom_hints.npz", folder / "models" / "mine.npz")
    with pytest.raises(LexiconError, match=r"mine\.npz.*voice_call"):
        tagger_of("mine", folder=folder).tag("好")


def test_a_missing_file_of_hints_is_told_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match=r"mine\.npz.*feedback-engine train"):
        tagger_of("mine", folder=copy_pack(tmp_path))


@pytest.mark.parametrize("pack", HINTED)
def test_log_odds_are_those_of_the_file(pack: str) -> None:
    tagger = tagger_of(pack)
    readings = tagger._reader.read(UGLY)
    hints = tagger._scorer.score(readings).hints
    model = load_model(find_lexicons() / "models" / f"{pack}_hints.npz")
    folded = ["".join(map(chr, lay_out([text]).codes.tolist())).strip("\x01") for text in UGLY]
    heard = hints.are_heard.nonzero()[0]
    assert len(heard) >= 3
    assert np.allclose(hints._odds[heard], predict(model, [folded[n] for n in heard]), rtol=0, atol=1e-9)

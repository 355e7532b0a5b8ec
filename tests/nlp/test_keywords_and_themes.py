from __future__ import annotations

import json
import math
import random
import shutil
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_engine.errors import LexiconError
from feedback_engine.lexicon.files import load_lexicon, load_pack, load_theme_words
from feedback_engine.lexicon.themes import ThemeWords
from feedback_engine.nlp.corpus import CorpusReader
from feedback_engine.nlp.keywords import KeywordFinder
from feedback_engine.nlp.segment import Segmenter
from feedback_engine.nlp.tagger import Tagger
from feedback_engine.nlp.themes import MOST_EXAMPLES, ThemeFinder
from feedback_engine.resources import find_lexicons
from feedback_engine.tables.themes import THEMES

PACK = load_pack(find_lexicons(), "scenic")
WORDS = load_theme_words(find_lexicons())
LEXICON = load_lexicon(find_lexicons())
SEGMENTER = Segmenter(PACK.userdict)
KEYWORDS = KeywordFinder(SEGMENTER, WORDS, LEXICON, PACK.phrases)
THEME_FINDER = ThemeFinder(SEGMENTER, WORDS, LEXICON, Tagger(LEXICON, PACK))

#: Reviews of a park that does not exist.
REVIEWS = [
    "早上四点爬起来看日出，值得！就是门票太贵",
    "排队时间太长了，我们等了两个小时。门票真的很贵",
    "带孩子去的，小火车很好玩，孩子很开心，門票好貴",
    "山顶看日出人太多，缆车排队时间长",
    "门票贵，景色很美，坐缆车上山很方便",
    "为了看日出住在山上，风景很美，排队的时间实在太长",
    "带小朋友坐缆车，小朋友玩得开心；景色美，卫生间太脏",
    "小火车不错，带宝宝玩了一天，卫生间很脏",
    "服务员小王态度很好，卫生间有点脏，门票有点贵",
    "没想到山上没信号，厕所也找不到；看了日出就下山了",
    "山顶没有信号，缆车排队时间很长，风景真的很美",
    "一直没信号！停车不方便，但是风景美",
    "停车很不方便，绕了三圈。坐缆车又要排队，人太多",
    "停车不太方便，看日出的人太多，没信号",
]


#: Guests of a hotel and callers of a hotline that do not exist either.
HOTEL = [
    "早餐很丰富，服务态度不错，就是隔音太差，隔壁说话都听得见",
    "位置好，离地铁站很近，早餐种类丰富；隔音差，一夜没睡",
    "服务态度很好，前台小姐姐热情，早餐也非常丰富",
    "地铁站近，位置很好，房间有点旧，隔音效果差",
    "房间旧，设施陈旧，空调噪音大，隔音很差",
    "服务态度好，位置不错，停车场免费，房间很旧",
    "前台小姐姐帮忙升级房型，早餐丰富，停车场免费",
    "空调噪音太大，退房还要排队，位置好也没用",
    "办理入住要等半小时，停车场免费这点好，空调的噪音很大",
    "前台小姐姐很热情，办理入住很快",
]
COMPLAINTS = [
    "小区物业乱收费，多次投诉没人处理，要求退款",
    "物业公司乱收费，停车费涨价没有通知",
    "楼下烧烤店噪音扰民，凌晨两点还在营业，投诉没人处理",
    "工地夜间施工，噪音扰民，老人睡不着",
    "公司拖欠工资三个月，劳动局也不管",
    "建筑公司拖欠工资，农民工拿不到血汗钱",
    "老板拖欠工资，没签劳动合同",
    "夜间施工到两点，噪音扰民",
    "路灯坏了不亮，反映多次没人处理",
    "物业不作为，路灯不亮，乱收费",
    "没签劳动合同就被辞退",
    "夜间施工没人管，没签劳动合同",
]


def themes(texts: Sequence[str], previous: Sequence[str] | None = None, *, size: int = 5) -> pd.DataFrame:
    ids = [f"r{at:03d}" for at in range(len(texts))]
    known = dict(zip(ids, texts, strict=True))
    batches = [(ids[at : at + size], texts[at : at + size]) for at in range(0, len(texts), size)]
    before = None if previous is None else [([f"p{at}" for at in range(len(previous))], previous)]
    return THEME_FINDER.find(batches, before, lambda wanted: {id_: known[id_] for id_ in wanted})


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return themes(REVIEWS).set_index("theme")


def test_keywords_are_what_the_text_is_about() -> None:
    words = [keyword.word for keyword in KEYWORDS.find("早餐非常丰富，早餐种类多，停车场太小，我们没有停到车", 4)]
    assert "早餐" in words
    assert "停车场" in words
    assert not {"我们", "没有", "非常"} & set(words)


def test_keywords_weigh_frequency_by_rarity() -> None:
    first, *_ = KEYWORDS.find("隔音隔音隔音，房间")
    assert (first.word, first.count) == ("隔音", 3)
    assert first.weight > 0


def words_of(text: str) -> list[str]:
    return [keyword.word for keyword in KEYWORDS.find(text, 20)]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("充电桩故障，扫码付款后充不了电", "充电桩"),
        ("前台服务真好", "前台服务"),
        ("可是送餐速度太慢了", "送餐速度"),
        ("健身器材旧", "健身器材"),
    ],
)
def test_words_that_are_one_for_the_reader_are_one_keyword(text: str, word: str) -> None:
    assert word in words_of(text)
    assert not [other for other in words_of(text) if other != word and other in word]


@pytest.mark.parametrize(
    ("text", "denied", "plain"),
    [
        ("对结果不满意", "不满意", "满意"),
        ("水果不新鲜", "不新鲜", "新鲜"),
        ("山上没有信号", "没有信号", "信号"),
        ("app不退款", "不退款", "退款"),
        ("套餐没退", "没退", "退"),
        ("菜不是很新鲜", "不是很新鲜", "新鲜"),
    ],
)
def test_a_keyword_keeps_its_denial(text: str, denied: str, plain: str) -> None:
    assert denied in words_of(text)
    assert plain not in words_of(text)


def test_what_is_denied_twice_is_neither_the_one_nor_the_other() -> None:
    assert words_of("没有什么不满意的") == []
    assert {"满意", "不满意"} <= set(words_of("价格满意，交通不满意"))


def test_not_this_one_is_about_this_one_all_the_same() -> None:
    assert "快递" in "".join(words_of("发的不是京东快递"))
    assert not any(word.startswith("不是") for word in words_of("发的不是京东快递"))


@pytest.mark.parametrize(
    "text",
    [
        "等了三个小时四十分钟",
        "退了两块钱",
        "李晓明和小王、张三丰",
        "请打[手机号]找[姓名][微笑]",
        "就可以看这么久了吗",
        "后少东西",
    ],
)
def test_amounts_names_masked_data_and_guesses_across_words_are_no_keywords(text: str) -> None:
    assert words_of(text) == []


def test_synonyms_count_together_under_the_wording_said_most() -> None:
    found = {keyword.word: keyword.count for keyword in KEYWORDS.find("早餐凉了，早饭少，早餐贵", 20)}
    assert found["早餐"] == 3
    assert "早饭" not in found


def test_traditional_texts_have_the_keywords_of_simplified_ones() -> None:
    assert words_of("養老保險，櫃檯服務") == words_of("养老保险，柜台服务")


@given(st.text(alphabet="不没有满意信号的很是李小王[]手机 a3，养老", max_size=30))
def test_keywords_stand_in_the_text_and_their_number_is_what_was_asked_for(text: str) -> None:
    found = KEYWORDS.find(text, 3)
    assert len(found) <= 3
    assert all(keyword.word in text and keyword.count > 0 and keyword.weight > 0 for keyword in found)


@pytest.mark.parametrize("text", ["", "。。。", "😀", "\ud800", "\x00", "1234"])
def test_texts_without_words_have_no_keywords(text: str) -> None:
    assert KEYWORDS.find(text) == ()


def test_a_folder_without_keyword_lists_has_none(tmp_path: Path) -> None:
    assert load_theme_words(tmp_path) == ThemeWords()


def test_a_mistake_in_the_roles_is_named_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "keywords").mkdir()
    shutil.copy(find_lexicons() / "keywords" / "stopwords.tsv", tmp_path / "keywords")
    (tmp_path / "keywords" / "roles.tsv").write_text("很\tfiller\n贵\tqualty\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"roles\.tsv:2.*qualty.*quality"):
        load_theme_words(tmp_path)


def test_themes_are_phrases_that_a_manager_understands(table: pd.DataFrame) -> None:
    assert {"看日出", "带孩子", "坐缆车", "没信号", "停车不方便", "人太多"} <= set(table.index)
    assert any(name.startswith("门票") and name.endswith("贵") for name in table.index)
    assert any(name.startswith("排队时间") and name.endswith("长") for name in table.index)


def test_no_theme_is_a_stop_word_a_fragment_or_says_what_another_says(table: pd.DataFrame) -> None:
    for theme in table.index:
        assert len(theme) > 1
        assert theme not in WORDS.stop_words
        assert WORDS.roles.get(theme) is None or theme == "排队"
    # 时间长 stands within 排队时间长 only, and 小王 is a name.
    assert not {"时间长", "时间太长", "排队时间", "服务员小", "王态度", "日出"} & set(table.index)


def test_wordings_of_one_thing_are_one_theme_that_counts_texts(table: pd.DataFrame) -> None:
    tickets = table[table.index.str.contains("门票")]
    assert tickets["count"].tolist() == [5]
    assert tickets["share"].tolist() == [pytest.approx(5 / len(REVIEWS))]
    assert table.loc["带孩子", "count"] == 3
    assert table.loc["没信号", "count"] == 4
    assert table[table.index.str.contains("风景|景色")]["count"].tolist() == [5]
    twice = themes([f"门票太贵，真的门票太贵，第{n}次说门票很贵" for n in range(4)]).set_index("theme")
    assert twice.loc["门票太贵", "count"] == 4


def test_themes_of_hotel_guests_and_of_complaints_are_what_an_analyst_would_write_down() -> None:
    assert set(themes(HOTEL)["theme"]) >= {
        "位置好", "早餐丰富", "隔音差", "空调噪音大", "前台小姐姐", "停车场免费", "服务态度好", "房间旧",
    }  # fmt: skip
    found = themes(COMPLAINTS).set_index("theme")
    assert set(found.index) >= {"噪音扰民", "乱收费", "拖欠工资", "没人处理", "没签劳动合同"}
    assert "没人" not in found.index
    assert (found.loc[["噪音扰民", "乱收费", "拖欠工资", "没人处理"], "net_sentiment"] < 0).all()


def test_net_sentiment_is_that_of_the_clause_not_of_the_text(table: pd.DataFrame) -> None:
    assert table[table.index.str.contains("门票")]["net_sentiment"].tolist() == [-1.0]
    assert table[table.index.str.contains("风景|景色")]["net_sentiment"].tolist() == [1.0]
    sides = table[["positive", "neutral", "mixed", "negative"]].sum(axis=1)
    assert sides.tolist() == table["judged"].tolist()
    assert ((table["positive"] - table["negative"]) / table["judged"]).tolist() == table["net_sentiment"].tolist()


def test_a_clause_that_takes_no_side_is_judged_by_its_sentence() -> None:
    praise = [f"味道很棒，豆浆是现磨的，第{n}次来了。" for n in range(4)]
    blame = [f"豆浆是现磨的，味道太差，第{n}次来了。" for n in range(4)]
    between = [f"房间很脏。豆浆是现磨的，味道很棒，第{n}次来了。" for n in range(4)]
    for texts, net in ((praise, 1.0), (blame, -1.0), (between, 1.0), ([*praise, *blame], 0.0)):
        found = themes(texts).set_index("theme")
        (name,) = [theme for theme in found.index if "豆浆" in theme]
        assert found.loc[name, "net_sentiment"] == net
        sides = {example["polarity"] for example in json.loads(found.loc[name, "examples"])}
        assert sides <= {"positive", "negative"} and sides


def test_a_clause_of_a_side_of_its_own_is_judged_alone() -> None:
    found = themes([f"房间很干净，位置很好，就是隔音太差，第{n}次来了。" for n in range(5)]).set_index("theme")
    assert found.loc["隔音太差", "net_sentiment"] == -1


def test_a_theme_belongs_to_the_touchpoint_that_its_clauses_speak_of(table: pd.DataFrame) -> None:
    assert table[table.index.str.contains("门票")]["touchpoint"].tolist() == ["value"]
    assert table.loc["人太多", "touchpoint"] == ""


def test_examples_are_places_in_the_texts_as_given(table: pd.DataFrame) -> None:
    for theme, cell in table["examples"].items():
        examples = json.loads(cell)
        assert 0 < len(examples) <= MOST_EXAMPLES
        for example in examples:
            text = REVIEWS[int(example["feedback_id"][1:])]
            assert example["clause"] in text
            assert text[example["start"] : example["end"]] in example["clause"], theme
    said = {
        REVIEWS[int(e["feedback_id"][1:])][e["start"] : e["end"]] for e in json.loads(table.loc["看日出", "examples"])
    }
    assert said <= {"看日出", "看了日出"}


def test_traditional_and_full_width_wordings_count_and_keep_their_places() -> None:
    found = themes(["门票太贵", "門票太貴！", "ＯＫ，\u200b門\u200b票太貴", "门票太贵了"]).set_index("theme")
    assert found.loc["门票太贵", "count"] == 4
    examples = json.loads(found.loc["门票太贵", "examples"])
    assert {example["clause"] for example in examples} <= {"门票太贵", "門票太貴", "門\u200b票太貴", "门票太贵了"}


def test_what_is_new_in_the_period_is_emerging_and_what_is_not_is_not() -> None:
    before = [f"{text}。第{n}位游客" for n in range(4) for text in REVIEWS]
    now = [*before, *(f"电梯坏了，没人管，{n}号楼" for n in range(15))]
    found = themes(now, before).set_index("theme")
    new = found[found["is_emerging"]]
    assert set(new.index) <= {"电梯坏", "电梯坏了", "没人管"}
    assert any(name.startswith("电梯坏") for name in new.index)
    assert (new["p_adjusted"] <= 0.05).all()
    assert set(new["previous_count"]) == {0}
    assert not found.loc["看日出", "is_emerging"]
    assert found.loc["看日出", "previous_count"] == 20


#: One event in the words of many.
LEAKS = [
    "房间漏水了，前台没人处理",
    "天花板漏水，床都湿了",
    "卫生间漏水严重",
    "半夜漏水，换了房间",
    "漏水，滴滴答答一晚上",
    "空调漏水，地毯全湿",
    "浴室一直漏水",
    "顶上漏水，太吓人了",
]


def test_an_event_that_everybody_words_differently_is_found_by_its_word_and_told_once() -> None:
    before = [f"{text}。第{n}位客人" for n in range(20) for text in HOTEL]
    now = [f"{text}。{LEAKS[at % 8]}" if at % 20 == 0 else text for at, text in enumerate(before)]
    now = [*now[:-3], *LEAKS[:3]]
    found = themes(now, before, size=100).set_index("theme")
    new = found[found["is_emerging"]]
    assert list(new.index) == ["漏水"]
    assert not [theme for theme in found.index if "漏水" in theme and theme != "漏水"]
    assert new.loc["漏水", "net_sentiment"] < 0
    for example in json.loads(new.loc["漏水", "examples"]):
        assert "漏水" in example["clause"]


def test_what_was_said_before_is_no_part_of_a_word_that_is_new() -> None:
    before = [f"{text}。第{n}位客人" for n in range(10) for text in HOTEL]
    now = [*before, *(f"早餐{dish}没有了" for dish in "面粥蛋糕茶奶肉菜鱼虾瓜果" for _ in range(10))]
    found = themes(now, before, size=100).set_index("theme")
    assert found.loc["早餐", "is_emerging"]
    assert any(theme.startswith("早餐") and theme.endswith("丰富") for theme in found.index)


def test_words_that_are_worth_nothing_by_themselves_are_no_themes_where_nothing_is_new() -> None:
    assert "漏水" not in set(themes(HOTEL + LEAKS)["theme"])
    assert "漏水" not in set(themes(HOTEL + LEAKS, HOTEL + LEAKS)["theme"])


def test_random_halves_of_the_same_texts_have_nothing_new() -> None:
    pieces = [clause for text in (*HOTEL, *REVIEWS, *COMPLAINTS) for clause in text.replace("；", "，").split("，")]
    chance = random.Random(3)
    told = 0
    for _ in range(5):
        texts = ["，".join(chance.sample(pieces, 3)) for _ in range(400)]
        told += int(themes(texts[:200], texts[200:], size=100)["is_emerging"].sum())
    assert told <= 1


def test_masked_data_and_pictures_are_no_themes() -> None:
    texts = [f"请回电[手机号]，[微笑]门票太贵[抓狂]{n}" for n in range(9)]
    found = themes(texts).set_index("theme")
    assert "门票太贵" in found.index
    assert not [theme for theme in found.index if "手机号" in theme or "微笑" in theme or "抓狂" in theme]
    for example in json.loads(found.loc["门票太贵", "examples"]):
        assert example["clause"] == "门票太贵"


def test_log_odds_follow_the_formula() -> None:
    row = themes(REVIEWS * 3, REVIEWS).set_index("theme").loc["看日出"]
    size, before = 3 * len(REVIEWS), len(REVIEWS)
    assert (row["count"], row["previous_count"], row["previous_share"]) == (15, 5, 5 / before)
    assert row["log_odds"] == pytest.approx(math.log(15.5 * (before - 5 + 0.5) / (5.5 * (size - 15 + 0.5))))


def test_without_a_period_before_nothing_is_compared(table: pd.DataFrame) -> None:
    assert table[["previous_count", "previous_share", "log_odds", "p_adjusted"]].isna().all(axis=None)
    assert not table["is_emerging"].any()
    assert themes(REVIEWS, [])["previous_count"].isna().all()


def test_what_is_too_rare_in_both_periods_is_not_compared() -> None:
    found = themes(REVIEWS, ["今天星期三"] * 14).set_index("theme")
    assert pd.isna(found.loc["带孩子", "p_adjusted"])
    assert found.loc["带孩子", "previous_count"] == 0


def test_row_order_and_batches_change_nothing(table: pd.DataFrame) -> None:
    ids = [f"r{at:03d}" for at in range(len(REVIEWS))]
    known = dict(zip(ids, REVIEWS, strict=True))
    for seed in range(3):
        random.Random(seed).shuffle(ids)
        batches = [([id_], [known[id_]]) for id_ in ids]
        again = THEME_FINDER.find(batches, None, lambda wanted: {id_: known[id_] for id_ in wanted})
        pd.testing.assert_frame_equal(again.set_index("theme"), table)


def test_of_very_many_texts_a_sample_is_read_and_the_rest_left_alone() -> None:
    def batches() -> object:
        yield ["a", "b"], ["门票太贵", "没信号"]
        yield ["c", "d"], ["人太多", "停车不方便"]
        raise AssertionError("no more is read")

    corpus = CorpusReader(SEGMENTER).read(batches(), most=3)  # type: ignore[arg-type]
    assert corpus.ids == ("a", "b", "c")
    assert corpus.starts[-1] == len(corpus.tokens)


def test_themes_say_how_many_texts_they_were_counted_in_and_how_many_there_are() -> None:
    ids = [f"r{at:03d}" for at in range(len(REVIEWS))]
    known = dict(zip(ids, REVIEWS, strict=True))

    def find(most: int) -> pd.DataFrame:
        return THEME_FINDER.find([(ids, REVIEWS)], None, lambda wanted: known, count=lambda: 900, most=most)

    assert set(zip(find(12)["texts_read"], find(12)["texts"], strict=True)) == {(12, 900)}
    whole = find(1000)
    assert set(zip(whole["texts_read"], whole["texts"], strict=True)) == {(len(REVIEWS), len(REVIEWS))}


def test_whom_callers_turned_to_and_who_called_is_no_theme() -> None:
    calls = [
        "来电人反映相关部门没人管，楼道路灯坏了",
        "市民来电，街道办事处的工作人员说路灯坏了没人修",
        "用人单位拖欠工资",
    ] * 4
    found = set(themes(calls)["theme"])
    assert not found & {"来电人", "来电", "相关部门", "部门", "市民", "街道办事处", "工作人员", "用人单位", "单位"}
    assert any("路灯" in theme for theme in found)


@pytest.mark.parametrize("texts", [[], ["好"], ["", "", "", ""], ["。！？"] * 5, ["1234 5678"] * 5, ["好好好"] * 9])
def test_texts_without_phrases_have_no_themes(texts: list[str]) -> None:
    found = themes(texts, texts)
    assert found.empty
    assert list(found.columns) == THEMES.column_names


def test_small_words_alone_are_themes_where_nothing_better_is_said() -> None:
    found = set(themes(["电梯", "电梯里", "在电梯", "地铁", "地铁上", "地铁站里"] * 3)["theme"])
    assert {"电梯", "地铁"} <= found


PIECES = [*"不没很的太，。 \u200b好贵人王小", "门票", "排队", "孩子", "a", "wifi", "\ud800"]


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=8).map("".join)))
@settings(max_examples=60)
def test_any_texts_have_themes_that_stand_in_them(texts: list[str]) -> None:
    found = themes(texts, texts[::2])
    for row in found.to_dict("records"):
        assert 3 <= row["count"] <= len(texts)
        for example in json.loads(row["examples"]):
            text = texts[int(example["feedback_id"][1:])]
            assert 0 <= example["start"] < example["end"] <= len(text)

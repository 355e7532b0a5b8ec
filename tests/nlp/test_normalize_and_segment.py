from __future__ import annotations

import pickle
import tempfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import feedback_engine as fe
from feedback_engine.config.model import Config
from feedback_engine.lexicon.model import UserWord
from feedback_engine.nlp.characters import SIMPLIFIED, TRADITIONAL
from feedback_engine.nlp.normalize import fold, fold_many, fold_phrases
from feedback_engine.nlp.segment import Segmenter, split_clauses

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=80)


def clauses(text: str, turns: tuple[int, ...] = ()) -> list[str]:
    return [text[clause.start : clause.end] for clause in split_clauses(text, turns)]


def test_table_of_characters_is_large_and_folds_in_one_step() -> None:
    assert len(set(TRADITIONAL)) == len(TRADITIONAL) == len(SIMPLIFIED) >= 2500
    assert not set(TRADITIONAL) & set(SIMPLIFIED)


def test_width_case_and_script_fold_to_one_form() -> None:
    assert fold("ＡＰＰ　客服態度很差！").text == "app 客服态度很差!"
    assert fold("發貨後還沒收到，麵條乾了").text == "发货后还没收到,面条干了"


def test_all_quotation_marks_become_one() -> None:
    assert fold("“贴心”「贴心」『贴心』＂贴心＂").text == '"贴心"' * 4


def test_unseen_characters_are_dropped_and_offsets_kept() -> None:
    given_text = "太\u200b差\ufeff了\x00！"
    folded = fold(given_text)
    assert folded.text == "太差了!"
    start, end = folded.span_in_original(0, 2)
    assert given_text[start:end] == "太\u200b差"


def test_placeholders_of_phrases_survive_folding() -> None:
    assert fold_phrases(["等了＃個小時…沒人理", "價格～高"]) == ["等了＃个小时…没人理", "价格～高"]


@given(st.lists(st.text(st.sampled_from("好沒\x01\u200bＡ \ud800")), max_size=4))
def test_phrases_fold_as_texts_do(phrases: list[str]) -> None:
    assert fold_phrases(phrases) == [fold(phrase).text for phrase in phrases]


@given(ANY_TEXT)
def test_folding_any_string_keeps_a_way_back(text: str) -> None:
    folded = fold(text)
    assert fold(folded.text).text == folded.text
    positions = [folded.span_in_original(i, i + 1) for i in range(len(folded.text))]
    assert positions == sorted(positions)
    assert all(0 <= start < end <= len(text) for start, end in positions)


@given(st.lists(ANY_TEXT, max_size=5))
def test_texts_of_a_row_are_folded_as_each_alone(texts: list[str]) -> None:
    row = fold_many(texts)
    for number, text in enumerate(texts):
        folded = fold(text)
        first, last = row.edges[number] + 1, row.edges[number + 1]
        assert row.text[first:last] == folded.text
        given = (row.places[first:last] - row.given_edges[number] - 1).tolist()
        assert [(at, at + 1) for at in given] == [folded.span_in_original(i, i + 1) for i in range(last - first)]


def test_clauses_end_at_punctuation_and_spaces_but_not_inside_numbers() -> None:
    assert clauses("质量好,价格1,200元。10:30到 很快!") == ["质量好", "价格1,200元", "10:30到", "很快"]
    assert clauses("very good app") == ["very good app"]
    assert clauses("3.5分.不错...") == ["3.5分", "不错"]


def test_turning_words_begin_a_clause() -> None:
    assert clauses("物流快但客服差", (3,)) == ["物流快", "但客服差"]
    assert clauses("但客服差", (0,)) == ["但客服差"]


def test_clause_knows_its_sentence_and_its_question_mark() -> None:
    found = split_clauses("好吗?好,很好。差")
    assert [(clause.sentence, clause.is_question) for clause in found] == [
        (0, True),
        (1, False),
        (1, False),
        (2, False),
    ]


@given(ANY_TEXT)
def test_clauses_are_in_order_and_do_not_overlap(text: str) -> None:
    found = split_clauses(text)
    assert all(clause.start < clause.end <= len(text) for clause in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


def test_words_joined_give_the_text_and_own_words_stay_whole() -> None:
    segmenter = Segmenter([UserWord("到店无房", 0, "", "t:1")])
    assert "".join(segmenter.cut("预订了却到店无房，真气人 ok")) == "预订了却到店无房，真气人 ok"
    assert "到店无房" in segmenter.cut("预订了却到店无房")


def test_words_of_one_segmenter_are_unknown_to_another_and_to_jieba() -> None:
    import jieba

    Segmenter([UserWord("绝绝子店", 0, "", "t:1")]).cut("绝绝子店")
    assert "绝绝子店" not in Segmenter().cut("绝绝子店")
    assert not jieba.dt.initialized or "绝绝子店" not in jieba.dt.FREQ


@pytest.mark.parametrize("scorer", ["learned", "snownlp"])
def test_tagging_and_keywords_leave_jieba_as_it_was(scorer: str) -> None:
    import jieba

    def state() -> tuple[object, ...]:
        dt = jieba.dt
        return (
            jieba.dt,
            dt.initialized,
            dt.total,
            len(dt.FREQ),
            dict(dt.user_word_tag_tab),
            dt.dictionary,
            dt.cache_file,
        )

    before = state()
    engine = fe.FeedbackEngine(Config.model_validate({"store": {"url": "sqlite://"}, "tagging": {"scorer": scorer}}))
    engine.tag_many(["物流很快，但客服太差", "房间很干净"], pack="retail")
    assert engine.keywords("早餐品种少，早餐还凉了")
    assert state() == before


def test_segmenter_leaves_no_cache_file_behind() -> None:
    cache = Path(tempfile.gettempdir()) / "jieba.cache"
    before = cache.stat().st_mtime_ns if cache.exists() else None
    Segmenter().cut("没有缓存文件")
    assert (cache.stat().st_mtime_ns if cache.exists() else None) == before


def test_segmenter_travels_to_other_processes() -> None:
    segmenter = pickle.loads(pickle.dumps(Segmenter([UserWord("到店无房", 0, "", "t:1")])))
    assert "到店无房" in segmenter.cut("预订了却到店无房")


def test_compatibility_form_of_a_traditional_character_becomes_simplified() -> None:
    assert fold("\uf91a").text == "骆"

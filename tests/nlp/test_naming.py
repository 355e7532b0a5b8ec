"""Which touchpoints a text speaks of is judged from what its words name and what weights hear, part by part."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feedback_engine.catalogs import SENTIMENT_SCORERS
from feedback_engine.lexicon.files import load_lexicon, load_pack
from feedback_engine.nlp.heard import UNHEARD
from feedback_engine.nlp.judge import Subject
from feedback_engine.nlp.naming import OF_NAMES, NamedByWords, Said, find_candidates
from feedback_engine.nlp.stretches import Stretches
from feedback_engine.nlp.tagged import TaggedText
from feedback_engine.nlp.tagger import Tagger
from feedback_engine.resources import find_lexicons

Overrule = Callable[[Subject, str], Path]

PIECES = [
    "房间很干净",
    "早餐难吃",
    "前台没人理",
    "隔壁吵到三点",
    "走路五分钟",
    "👍",
    "，",
    "。",
    "what",
    "等了半个钟头",
]


@cache
def tagger_of(pack: str, folder: Path | None = None) -> Tagger:
    lexicons = folder or find_lexicons()
    lexicon, words = load_lexicon(lexicons), load_pack(lexicons, pack)
    return Tagger(lexicon, words, SENTIMENT_SCORERS["learned"](lexicon, words, lexicons))


def codes(tagged: TaggedText) -> list[str]:
    return [touchpoint.code for touchpoint in tagged.touchpoints]


def say(within: list[list[float]], texts: list[int], *, named: list[list[int]] | None = None) -> Said:
    """Return what is said of two texts, the second of which is heard in parts alone."""
    odds, numbers = np.array(within), np.array(texts)
    whole = np.zeros((2, odds.shape[1]))
    whole[0] = odds[0]
    words = np.zeros(whole.shape, dtype=np.int64) if named is None else np.array(named)
    parts = Stretches(numbers, np.arange(len(numbers)), np.arange(len(numbers)) + 1)
    by_words = NamedByWords(words, np.where(words > 0, 3, -1), words > 0)
    usual, complaint = np.full(odds.shape[1], -2.5), np.array([0.5, 0.7])
    return Said(whole, np.array([True, False]), parts, odds, usual, by_words, complaint, np.array([9, 120]))


def test_what_is_heard_in_any_part_is_a_candidate_and_so_is_what_words_name() -> None:
    said = say([[1.0, -5.0, -2.0], [-4.0, -1.0, -6.0], [-3.0, 2.0, -6.0]], [0, 1, 1], named=[[0, 0, 2], [4, 0, 0]])
    found = find_candidates(said)
    assert list(zip(found.texts.tolist(), found.columns.tolist(), strict=True)) == [(0, 0), (0, 2), (1, 0), (1, 1)]
    assert found.parts.tolist() == [0, 0, 2, 2], "each has the part that says most for it"
    assert found.odds.tolist() == [1.0, -2.0, -3.0, 2.0]
    assert found.facts.named.tolist() == [0, 2, 4, 0] and found.facts.behind.tolist() == [-1, 3, 3, -1]


def test_a_candidate_is_measured_against_the_others_that_are_heard() -> None:
    facts = find_candidates(say([[1.0, -5.0, -2.0], [-4.0, 2.0, -6.0]], [0, 1])).facts
    assert facts.ahead.tolist() == [3.0, 6.0] and facts.second.tolist() == [6.0, 8.0]
    assert facts.whole.tolist() == [1.0, UNHEARD] and facts.lead.tolist() == [3.0, 0.0]
    assert facts.complaint.tolist() == [0.5, UNHEARD] and facts.size.tolist() == [9, 120]


def test_what_a_whole_text_says_makes_a_candidate_though_no_part_says_it() -> None:
    said = say([[-3.0, -3.0]], [0])
    said.whole[0] = [0.5, -4.0]
    assert find_candidates(said).columns.tolist() == [0]


def test_a_candidate_is_measured_against_those_that_no_word_names() -> None:
    facts = find_candidates(say([[1.0, 4.0, -2.0], [-4.0, 2.0, -6.0]], [0, 1], named=[[2, 2, 0], [0, 0, 0]])).facts
    assert facts.apart.tolist() == [3.0, 6.0, 6.0]
    assert facts.others.tolist() == [1, 1, 0]


def test_the_only_touchpoint_that_weights_know_is_measured_against_none() -> None:
    facts = find_candidates(say([[1.0], [2.0]], [0, 1])).facts
    assert facts.ahead.tolist() == facts.second.tolist() == [1.0 - UNHEARD, 2.0 - UNHEARD]


def test_a_text_without_parts_has_no_candidates() -> None:
    assert find_candidates(say([[1.0, 0.5]], [0], named=[[0, 0], [2, 2]])).texts.tolist() == [0, 0]


def test_the_judge_decides_of_what_words_name_and_of_what_they_do_not(overrule: Overrule) -> None:
    text = "早餐难吃，楼上拖椅子拖到三点"
    assert codes(tagger_of("hotel", overrule(OF_NAMES, "other")).tag(text)) == []
    named = tagger_of("hotel", overrule(OF_NAMES, "spoken")).tag(text)
    assert {"dining", "quietness"} <= set(codes(named))
    assert [touchpoint.confidence for touchpoint in named.touchpoints] == pytest.approx(
        [1 / (1 + np.exp(-5.0))] * len(named.touchpoints)
    )


def test_in_a_long_review_what_words_name_counts_whatever_the_judge_says(overrule: Overrule) -> None:
    review = "早餐难吃，种类也少，去晚了连鸡蛋都没有。" * 9
    assert len(review) > 160
    touchpoints = tagger_of("hotel", overrule(OF_NAMES, "other")).tag(review).touchpoints
    assert {touchpoint.code for touchpoint in touchpoints} == {"dining"}
    assert min(touchpoint.confidence for touchpoint in touchpoints) > 0.4


def test_what_is_named_though_none_of_its_pieces_is_known_stands_in_its_part(overrule: Overrule) -> None:
    text = "交通一个【免费、无理由、五星、二十四小时、优质服务、售后】越来越差要等＃天é[差劲]土腥味\u3000\u0301"
    touchpoints = tagger_of("scenic", overrule(OF_NAMES, "spoken")).tag(text).touchpoints
    spans = [(item.start, item.end) for touchpoint in touchpoints for item in touchpoint.evidence]
    assert spans and all(0 <= start < end <= len(text) for start, end in spans)


def test_english_is_judged_by_its_words_which_the_weights_do_not_know(overrule: Overrule) -> None:
    tagger = tagger_of("hotel", overrule(OF_NAMES, "other"))
    assert "service" in codes(tagger.tag("The staff at the front desk was friendly and helpful"))


@example("早餐难吃，👍，what")
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map("".join))
def test_a_touchpoint_is_told_with_the_chance_that_it_is_meant(text: str) -> None:
    for touchpoint in tagger_of("hotel").tag(text).touchpoints:
        rule = touchpoint.evidence[0].rule
        assert 0.4 <= touchpoint.confidence <= 1.0
        if told := re.search(r"认定 (\d+)%", rule):
            assert "学习权重" in rule and int(told[1]) == pytest.approx(100 * touchpoint.confidence, abs=0.51)

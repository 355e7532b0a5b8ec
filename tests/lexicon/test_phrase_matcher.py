from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from feedback_engine.lexicon.automaton import Automaton
from feedback_engine.lexicon.matcher import PhraseMatcher
from feedback_engine.lexicon.patterns import EDGE, compile_pattern

Found = list[tuple[int, int, str]]


def find_layers(layers: list[list[str]], text: str) -> list[Found]:
    row = EDGE + text + EDGE
    found = PhraseMatcher(layers).find(row, np.frombuffer(row.encode("utf-32-le"), dtype=np.uint32))
    return [
        [
            (start - 1, end - 1, phrases[number])
            for start, end, number in zip(*map(np.ndarray.tolist, found.of(layer)), strict=True)
        ]
        for layer, phrases in enumerate(layers)
    ]


def find(phrases: list[str], text: str) -> Found:
    return find_layers([phrases], text)[0]


def test_longest_phrase_wins_from_the_left() -> None:
    assert find(["满意", "不满意", "不"], "不满意也满意") == [(0, 3, "不满意"), (4, 6, "满意")]


def test_layers_do_not_disturb_each_other() -> None:
    assert find_layers([["服务差"], [], ["服务"]], "服务差") == [[(0, 3, "服务差")], [], [(0, 2, "服务")]]


def test_phrase_of_several_labels_is_found_for_each() -> None:
    row = f"{EDGE}排队{EDGE}"
    found = PhraseMatcher([["快"], ["排队", "快", "排队"]]).find(row, np.array(list(map(ord, row)), dtype=np.uint32))
    starts, ends, numbers = found.of(1)
    assert (starts.tolist(), ends.tolist(), numbers.tolist()) == ([1, 1], [3, 3], [0, 2])


def test_gap_stays_within_its_sentence_and_reach() -> None:
    assert find(["等了…没人理"], "我等了四十分钟没人理") == [(1, 10, "等了…没人理")]
    assert find(["等了…没人理"], "等了。没人理") == []
    assert find(["等了…没人理"], "等了" + "很" * 13 + "没人理") == []


def test_short_gap_refuses_negation() -> None:
    assert find(["价格～高"], "价格有点高") == [(0, 5, "价格～高")]
    assert find(["价格～高"], "价格不高") == []


def test_number_is_digits_or_numerals() -> None:
    for text in ("3天了", "三天了", "十几天了", "2.5天了"):
        assert find(["＃天了"], text) == [(0, len(text), "＃天了")]
    assert find(["＃天了"], "今天了") == []


@given(
    st.sampled_from(
        ["＃天", "＃个小时", "＃来…没", "＃…没", "＃～人", "＃天…没人", "等＃天", "等…没人", "人～等", "没～没"]
    ),
    st.text("三5.多来个天小时没人等很,。 ", max_size=30),
)
def test_phrase_is_found_wherever_its_expression_fits(phrase: str, text: str) -> None:
    expected: Found = []
    at = 0
    while at < len(text):
        match = compile_pattern(phrase).match(text, at)
        if match is not None:
            expected.append((at, match.end(), phrase))
        at = match.end() if match is not None else at + 1
    assert find([phrase], text) == expected


def test_latin_words_are_matched_whole() -> None:
    assert find(["app"], "my happy app") == [(9, 12, "app")]
    assert find(["app"], "用app下单") == [(1, 4, "app")]


@given(st.lists(st.text("好坏不很", min_size=1, max_size=3), max_size=6), st.text("好坏不很,", max_size=20))
def test_matches_are_what_a_plain_search_finds(phrases: list[str], text: str) -> None:
    expected: Found = []
    at = 0
    while at < len(text):
        fitting = [phrase for phrase in set(phrases) if text.startswith(phrase, at)]
        best = max(fitting, key=len, default="")
        if best:
            expected.append((at, at + len(best), best))
        at += len(best) or 1
    assert find(list(set(phrases)), text) == expected


def test_phrase_may_end_in_a_number() -> None:
    assert find(["排队＃"], "排队三小时") == [(0, 3, "排队＃")]


def test_patterns_and_plain_phrases_of_one_beginning_are_both_found() -> None:
    assert find(["等了", "等了…没人理"], "等了没人理，等了很久") == [(0, 5, "等了…没人理"), (6, 8, "等了")]


def test_of_two_patterns_that_reach_as_far_the_earlier_one_wins() -> None:
    assert find(["等…才来", "等了…来"], "等了很久才来") == [(0, 6, "等了…来")]
    assert find(["等…才来", "等…来"], "等了很久才来") == [(0, 6, "等…才来")]


def test_no_phrase_reaches_from_one_text_into_the_next() -> None:
    assert find(["等了…没人理", "好评"], f"等了{EDGE}没人理，好{EDGE}评") == []


@given(
    st.lists(st.text("好坏不很\U0001f600", min_size=1, max_size=4), max_size=8, unique=True),
    st.text("好坏不很\U0001f600,"),
)
def test_automaton_finds_every_word_everywhere(words: list[str], text: str) -> None:
    row = EDGE + text + EDGE
    found = Automaton(words).find(np.frombuffer(row.encode("utf-32-le"), dtype=np.uint32))
    spans = zip(found.starts.tolist(), found.ends.tolist(), found.words.tolist(), strict=True)
    everywhere = {(at, at + len(w), n) for n, w in enumerate(words) for at in range(len(row)) if row.startswith(w, at)}
    assert sorted(spans) == sorted(everywhere)

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from feedback_engine.lexicon.matcher import Phrase, PhraseMatcher

Found = list[tuple[int, int, str]]


def find(phrases: list[str], text: str) -> Found:
    matcher = PhraseMatcher([Phrase(phrase, 0, phrase) for phrase in phrases], layers=1)
    return [tuple(match) for match in matcher.find(text)[0]]  # type: ignore[misc]


def test_longest_phrase_wins_from_the_left() -> None:
    assert find(["满意", "不满意", "不"], "不满意也满意") == [(0, 3, "不满意"), (4, 6, "满意")]


def test_layers_do_not_disturb_each_other() -> None:
    matcher = PhraseMatcher([Phrase("服务差", 0, "bad"), Phrase("服务", 1, "service")], layers=2)
    assert matcher.find("服务差") == [[(0, 3, "bad")], [(0, 2, "service")]]


def test_phrase_of_several_labels_is_found_for_each() -> None:
    matcher = PhraseMatcher([Phrase("排队", 0, "a"), Phrase("排队", 0, "b")], layers=1)
    assert matcher.find("排队") == [[(0, 2, "a"), (0, 2, "b")]]


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

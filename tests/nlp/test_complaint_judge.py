"""Whether a text complains is judged from what it asks for, what it finds bad, how good it is, what weights feel."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feedback_engine.catalogs import SENTIMENT_SCORERS
from feedback_engine.lexicon.files import load_lexicon, load_pack
from feedback_engine.nlp.complaint_facts import OF_COMPLAINTS
from feedback_engine.nlp.judge import Subject
from feedback_engine.nlp.tagger import Tagger
from feedback_engine.resources import find_lexicons

Overrule = Callable[[Subject, str], Path]

PIECES = [
    "锅底裂了",
    "给我换一口",
    "味道一般",
    "有点贵",
    "请问几点关门",
    "太差了",
    "很满意",
    "，",
    "。",
    "😡",
    "refund",
    "拨了十几次",
]


@cache
def tagger_of(pack: str = "general", folder: Path | None = None) -> Tagger:
    lexicons = folder or find_lexicons()
    lexicon, words = load_lexicon(lexicons), load_pack(lexicons, pack)
    return Tagger(lexicon, words, SENTIMENT_SCORERS["learned"](lexicon, words, lexicons))


def complains(text: str, pack: str = "general", folder: Path | None = None) -> bool:
    return tagger_of(pack, folder).tag(text).complaint.is_complaint


@pytest.mark.parametrize(
    "text",
    [
        "锅底裂了，给我换一口",
        "押金麻烦今天退一下，已经问过三次",
        "说好的上门取件，等到天黑也没见人",
    ],
)
def test_a_fault_or_a_request_for_redress_complains_with_hardly_a_word_of_feeling(text: str) -> None:
    assert complains(text)


@pytest.mark.parametrize(
    "text",
    [
        "没想到退款这么快",
        "请问怎么申请退货",
        "略贵，但值",
        "建议多开个窗口",
        "明早有暴雨，车还开吗",
        "一点毛病挑不出来",
    ],
)
def test_praise_questions_wishes_and_mild_dislike_do_not_complain_whatever_their_words(text: str) -> None:
    assert not complains(text)


def test_the_judge_in_the_lexicons_in_use_decides(overrule: Overrule) -> None:
    never, always = overrule(OF_COMPLAINTS, "other"), overrule(OF_COMPLAINTS, "complaint")
    assert complains("太差了") and not complains("太差了", folder=never)
    assert not complains("今天路过") and complains("今天路过", folder=always)


def test_who_asks_for_redress_complains_whatever_the_judge_says(overrule: Overrule) -> None:
    assert complains("锅底裂了，给我换一口", folder=overrule(OF_COMPLAINTS, "other"))


def test_long_reviews_and_foreign_ones_are_judged_by_rules(overrule: Overrule) -> None:
    never = overrule(OF_COMPLAINTS, "other")
    review = "等了两个小时没人理，态度恶劣，太差了。" * 9
    assert len(review) > 160 and complains(review, folder=never)
    assert complains("terrible service, the staff was rude", folder=never)


def test_in_a_case_log_the_judge_takes_no_case_away(overrule: Overrule) -> None:
    folder = overrule(OF_COMPLAINTS, "other")
    case, types = "太差了", folder / "packs" / "telecom" / "complaint_types.yaml"
    assert not complains(case, "telecom", folder)
    types.write_text("cases: true\n" + types.read_text(encoding="utf-8"), encoding="utf-8")
    tagger_of.cache_clear()
    assert complains(case, "telecom", folder)


def test_how_sure_a_text_is_no_complaint_is_told_by_the_judge(overrule: Overrule) -> None:
    complaint = tagger_of("general", overrule(OF_COMPLAINTS, "other")).tag("太差了").complaint
    assert complaint.confidence == pytest.approx(1 / (1 + math.exp(-5.0)))


def test_what_only_the_judge_calls_a_complaint_says_so_with_its_chance(overrule: Overrule) -> None:
    text = "今天路过，看了一圈，没有进门。" * 6
    complaint = tagger_of("general", overrule(OF_COMPLAINTS, "complaint")).tag(text).complaint
    assert 80 < len(text) <= 160
    assert [item.text for item in complaint.evidence if item.rule == "投诉(整体判断,认定 99%)"] == [text[:-1]]


@example("锅底裂了，给我换一口")
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=40).map("".join))
def test_every_complaint_is_told_from_words_of_the_text_and_what_is_none_is_so_by_even_chances(text: str) -> None:
    complaint = tagger_of().tag(text).complaint
    assert 0.0 <= complaint.confidence <= 1.0
    if complaint.is_complaint:
        assert any(item.text and item.text in text for item in complaint.evidence)
    elif any("一" <= character <= "龥" for character in text):
        assert complaint.confidence >= 0.5

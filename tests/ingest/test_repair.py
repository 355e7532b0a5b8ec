"""Damage made the way real tools make it, and undone; what is whole stays whole."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from growth import is_linear
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_engine.ingest.repair import (
    MISALIGNED,
    PINYIN,
    UNKNOWN,
    count_lost_emoji,
    repair_text,
    unmojibake,
)

SHARED = Path(__file__).parents[3] / "shared"

#: Sound text in which the words occur that the damaged stretch will be made of.
SOUND = (
    "商家要確保客戶滿意。客戶的期望很高,與其等待不如改進。確保客戶在門店得到幫助。客戶滿意度取決於物流。"
    "快遞員態度很好。客戶需求的滿足很快。系統能夠加強這種聯繫。"
)


def read_late(text: str) -> str:
    """Return the text as GBK read one byte late: its first byte is lost, full-width ？ comes out narrow."""
    data = b"?" + text.encode("gbk")[1:]
    return data.decode("gbk", "replace").replace("？", "?")


@pytest.mark.parametrize(
    ("damaged", "repaired"),
    [
        ("客戶關(guān)系管理", "客戶關系管理"),
        ("服務（wù）質(zhì)量與轉(zhuǎn)化", "服務質量與轉化"),
        ("綠(lǜ)色(sè)通道", "綠色通道"),
        ("企業(yè)", "企業"),
    ],
)
def test_inserted_pinyin_goes(damaged, repaired) -> None:
    result = repair_text(damaged)
    assert result.text == repaired
    assert {change.rule for change in result.changes} == {PINYIN}


@pytest.mark.parametrize(
    "text",
    [
        "请加(微信)联系", "很好(good)", "客服(CRM)系统", "评分(1)", "尴尬(gān gà)读错了",
        "第一(一)条", "(guān)", "abc(guān)",
        "王(wang)先生", "真的吗?我想买A款", "为什么?客服不理人!", "??", "好??吧", "價格(含稅)很高", "", "😀(😀)",
    ],
)  # fmt: skip
def test_what_is_whole_stays_whole(text) -> None:
    result = repair_text(text)
    assert (result.text, result.changes, list(result.offsets)) == (text, (), list(range(len(text) + 1)))


@pytest.mark.parametrize("stretch", ["。客戶滿", "保客戶滿", "。客戶需求的滿"])
def test_gbk_read_one_byte_late_is_read_anew(stretch) -> None:
    late = read_late(stretch)
    before, after = "商家要確" if stretch.startswith("保") else "這很高", "意"
    damaged = SOUND + before + late + after
    result = repair_text(damaged)
    assert result.text == SOUND + before + stretch + after
    (change,) = result.changes
    assert (change.before, change.after, change.rule) == (late, stretch, MISALIGNED)
    assert damaged[change.start : change.end] == late


def test_a_byte_swallowed_by_an_inserted_bracket_is_found_again() -> None:
    late = "能夠加強這".encode("gbk")[1:].decode(
        "gbk", "replace"
    )  # the pinyin behind a misread character ate its first byte
    damaged = SOUND + "系統?zāi)" + late + "種聯繫"
    assert repair_text(damaged).text == SOUND + "系統能夠加強這種聯繫"


def test_a_byte_that_nothing_tells_is_said_to_be_unknown() -> None:
    result = repair_text("甲" + read_late("乙客戶滿") + "丁")
    assert result.text == f"甲{UNKNOWN}客戶滿丁"


def test_the_log_and_the_offsets_lead_back_to_the_original() -> None:
    text = "客戶關(guān)系與服務(wù)。"
    result = repair_text(text)
    assert [(change.start, change.end, change.before, change.after) for change in result.changes] == [
        (3, 9, "(guān)", ""),
        (13, 17, "(wù)", ""),
    ]
    assert [text[place] for place in result.offsets[:-1]] == list(result.text)
    assert result.offsets[-1] == len(text)


@given(st.text("客戶關系(guān)wù（）?蛻舻魸M。A\n", max_size=40))
@settings(max_examples=200)
def test_changes_rebuild_the_text_and_offsets_never_run_backwards(text) -> None:
    result = repair_text(text)
    rebuilt, end = "", 0
    for change in result.changes:
        assert text[change.start : change.end] == change.before
        rebuilt += text[end : change.start] + change.after
        end = change.end
    assert result.text == rebuilt + text[end:]
    assert len(result.offsets) == len(result.text) + 1
    assert list(result.offsets) == sorted(result.offsets)


@pytest.mark.parametrize("pattern", ["(", "客(", "客?", "客??", "客(guān)", "客?蛻舻", "?", "客(g", "a(ā", "客?zāi)"])
def test_a_text_takes_time_in_proportion_to_its_length(pattern) -> None:
    assert is_linear(repair_text, pattern, 20_000)


def test_utf8_read_as_gbk_is_read_back() -> None:
    text = "微博正文：今天物流很快，客服态度也不错。\n编号,内容\n1,很好\n"
    assert unmojibake(text.encode().decode("gb18030", "replace")).startswith("微博正文：今天物流很快，客服态度也不")


def test_bytes_lost_on_the_way_come_back_as_unknown_and_the_rest_as_text() -> None:
    text = "微博正文：今天物流很快，客服态度也很好。"
    read = unmojibake(text.encode().decode("gbk", "replace"))
    assert "物流" in read
    assert set(read) - set(text) == {UNKNOWN}


@pytest.mark.parametrize(
    "text", ["", "好", "好评，物流快", "plain text", "寰", "關系管理與服務", "😀😀😀😀", "，。！？", "ｆ姝ｃ"]
)
def test_honest_text_is_not_reread(text) -> None:
    assert unmojibake(text) == text


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=12, max_size=60))
@settings(max_examples=200)
def test_random_hanzi_are_not_taken_for_mojibake(text) -> None:
    assert unmojibake(text) == text


def test_lost_emoji_are_counted_but_questions_are_not() -> None:
    assert count_lost_emoji(["很好吃??", "赞????下次再来??", "为什么??", "真的吗?", "ok?"]) == 3


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="no shared folder beside the checkout")
def test_the_damaged_founding_document_is_repaired() -> None:
    text = next((SHARED / "documents").glob("003_*")).read_text(encoding="utf-8")
    result = repair_text(text)
    rules = Counter(change.rule for change in result.changes)
    assert rules[PINYIN] == 1890
    assert rules[MISALIGNED] >= 26
    assert UNKNOWN not in result.text
    assert result.text.count("客戶忠誠") > text.count("客戶忠誠")
    assert "蛻" not in result.text
    assert "(CRM)" in result.text

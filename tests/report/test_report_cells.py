"""Text that any spreadsheet program accepts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_engine.report.cells import CUT_MARK, line_count, one_line, safe_cell, safe_sheet_name, text_width


@pytest.mark.parametrize("text", ["\x00坏", "\x0b坏", "\ud800坏", "\ufffe坏", "\uffff坏", "\x1f坏"])
def test_what_xml_cannot_hold_becomes_the_replacement_character(text):
    assert safe_cell(text) == "\ufffd坏"


def test_tabs_and_line_breaks_stay():
    assert safe_cell("甲\t乙\n丙") == "甲\t乙\n丙"


@pytest.mark.parametrize("text", ["好" * 40_000, "😀" * 40_000, "a" * 31_999 + "😀" * 9])
def test_a_long_text_is_cut_with_a_mark_below_the_limit_of_excel(text):
    cut = safe_cell(text)
    assert cut.endswith(CUT_MARK)
    assert len(cut.encode("utf-16-le")) // 2 < 32_767


def test_a_text_of_32000_characters_stays_whole():
    assert safe_cell("好" * 32_000) == "好" * 32_000


@given(st.text())
def test_every_text_can_be_written_and_keeps_its_offsets(text):
    safe = safe_cell(text)
    safe.encode("utf-8")
    assert len(safe) == len(text)


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+1", "-差评", '=HYPERLINK("x")'])
def test_text_that_looks_like_a_formula_is_not_changed(text):
    assert safe_cell(text) == text


@pytest.mark.parametrize(
    ("name", "safe"),
    [("投诉/分析", "投诉_分析"), ("a[b]:*?\\", "a_b_____"), ("'引号'", "引号"), ("", "表"), ("History", "History_")],
)
def test_a_sheet_name_is_made_acceptable(name, safe):
    assert safe_sheet_name(name) == safe


def test_sheet_names_differ_whatever_the_case():
    assert safe_sheet_name("明细A", {"明细a"}) == "明细A_2"


@given(st.text(), st.sets(st.text(min_size=1, max_size=31), max_size=3))
def test_every_sheet_name_is_one_that_excel_accepts(name, taken):
    safe = safe_sheet_name(name, taken)
    assert 0 < len(safe.encode("utf-16-le")) // 2 <= 31
    assert not set(safe) & set("[]:*?/\\")
    assert not safe.startswith("'")
    assert not safe.endswith("'")
    assert safe.lower() not in {other.lower() for other in taken}


def test_a_han_character_is_two_wide():
    assert text_width("满意ok") == 6
    assert text_width("短\n一二三") == 6


def test_a_text_takes_as_many_lines_as_it_needs():
    assert line_count("好" * 30, 22) == 3
    assert line_count("一\n二", 22) == 2


@pytest.mark.parametrize("text", ["一\n二", "一 \r\n 二", "一\r二", "一\n\n\n二", "一\u2028二"])
def test_a_row_of_one_line_marks_line_breaks(text):
    assert one_line(text) == "一 ↵ 二"
    assert one_line("一 二") == "一 二"

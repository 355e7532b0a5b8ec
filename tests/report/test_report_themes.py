"""主题: what is told of the themes, and what is said where there is nothing to compare."""

import json
from dataclasses import replace

import pytest
from openpyxl import load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock

from feedback_engine.report.blocks import Absent, Chart, Marked, Note, Table
from feedback_engine.report.content import build_report
from feedback_engine.report.excel import write_excel
from feedback_engine.report.facts import build_facts
from feedback_engine.report.sections.themes import build_themes
from feedback_engine.tables.themes import THEMES


def example(inputs, place, said, polarity="negative"):
    row = inputs.feedback.iloc[place]
    at = row["text"].index(said)
    clause = {"start": at, "end": at + len(said), "polarity": polarity, "clause": said}
    return {"feedback_id": row["feedback_id"], **clause}


def themes(inputs, previous=(4, 0.1, 1.2, 0.004, True), texts=40):
    praise = example(inputs, 0, "物流很快", "positive")
    rows = [
        ("物流很快", "delivery", 20, 0.5, 40, texts, 20, 20, 0, 0, 0, 1.0, *previous[:4], False, praise),
        ("没人回", "", 8, 0.2, 40, texts, 8, 0, 0, 0, 8, -1.0, *previous, example(inputs, 1, "没人回")),
        ("用不了", "price", 4, 0.1, 40, texts, 4, 0, 2, 0, 2, -0.5, *previous[:4], False, example(inputs, 3, "用不了")),
    ]  # fmt: skip
    return replace(inputs, themes=THEMES.build([(*row[:-1], json.dumps([row[-1]])) for row in rows]))


def build(inputs):
    return build_themes(build_facts(inputs))


def rows(section, name):
    found = next(block for block in section.blocks if isinstance(block, Table) and block.name == name)
    headings = [column.heading for column in found.columns]
    return [dict(zip(headings, row, strict=True)) for row in found.rows]


@pytest.fixture
def section(small_inputs):
    return build(themes(small_inputs))


def test_themes_stand_with_their_figures_and_a_clause(section) -> None:
    first, second, _ = rows(section, "themes")
    assert (first["主题"], first["触点"], first["文本"], first["净情感"]) == ("物流很快", "物流配送", 20, 1.0)
    assert (second["主题"], second["触点"], second["上期文本"], second["说到它的一句"]) == ("没人回", "", 4, "没人回")
    assert second["占比变化（百分点）"] == pytest.approx(10.0)
    assert (first["新出现"], second["新出现"].text, second["q 值"]) == (None, "新", 0.004)
    assert any(isinstance(block, Chart) and block.table == "themes" for block in section.blocks)


def test_themes_of_a_sample_say_of_how_many_texts(section, small_inputs) -> None:
    def told(blocks):
        return [block.text for block in blocks if isinstance(block, Note) and "抽取" in block.text]

    assert told(section.blocks) == []
    (note,) = told(build(themes(small_inputs, texts=1600)).blocks)
    assert "本期共 1,600 条文本" in note and "抽取的 40 条统计（2.5%" in note


def test_what_annoys_most_and_what_is_new_have_tables_of_their_own(section) -> None:
    assert [row["主题"] for row in rows(section, "themes_negative")] == ["没人回", "用不了"]
    assert [row["主题"] for row in rows(section, "themes_emerging")] == ["没人回"]


def test_examples_are_quoted_with_their_source_and_the_theme_marked(section, small_inputs) -> None:
    second = rows(section, "theme_examples")[1]
    said = second["原声"]
    assert isinstance(said, Marked)
    assert said.text == small_inputs.feedback["text"][1]
    assert [said.text[span.start : span.end] for span in said.spans] == ["没人回"]
    assert (second["来源"], second["倾向"].text) == ("热线", "负面")
    assert small_inputs.feedback["feedback_id"][1].startswith(second["编号"])


def test_without_a_period_before_no_theme_is_called_new(small_inputs) -> None:
    section = build(themes(small_inputs, (None, None, None, None, False)))
    assert "新出现" not in rows(section, "themes")[0]
    assert any(isinstance(block, Note) and "没有上期" in block.text for block in section.blocks)


def test_without_themes_the_sheet_is_left_out_and_says_what_it_needs(small_inputs) -> None:
    left_out = build(small_inputs)
    assert isinstance(left_out, Absent)
    assert left_out.name == "主题"


def test_the_theme_is_coloured_in_the_workbook_even_in_a_quote_over_several_columns(small_inputs, tmp_path) -> None:
    write_excel(build_report(themes(small_inputs)), tmp_path / "r.xlsx")
    sheet = load_workbook(tmp_path / "r.xlsx", rich_text=True)["主题"]
    rich = [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, CellRichText)]
    assert {part.text for value in rich for part in value if isinstance(part, TextBlock) and part.font.color} >= {
        "没人回"
    }

"""投诉分析: which complaints are urgent and why, what lies at their root, what is asked for."""

import json
from dataclasses import replace

import pandas as pd
import pytest

from feedback_engine.report.blocks import Marked, Note, Table
from feedback_engine.report.facts import build_facts
from feedback_engine.report.sections import complaint_details
from feedback_engine.report.sections.complaints import build_complaints
from feedback_engine.tables.annotations import ANNOTATIONS

NAMES = {
    ("root", "value"): "价值", ("root", "system"): "系统", ("cause", "communication"): "沟通不畅",
    ("urgency", "regulator"): "向监管或媒体升级", ("urgency", "safety"): "人身安全", ("demand", "refund"): "退款",
}  # fmt: skip


def detail(inputs, place, kind, code, *words):
    row = inputs.feedback.iloc[place]
    spans = [(row["text"].index(word), word) for word in words]
    evidence = [{"start": at, "end": at + len(word), "text": word, "rule": "词", "weight": 1.0} for at, word in spans]
    at, first = spans[0]
    tail = [-1, "negative", -0.7, 0.8, json.dumps(evidence, ensure_ascii=False), "词"]
    return [row["feedback_id"], kind, code, at, at + len(first), *tail]


@pytest.fixture
def inputs(small_inputs):
    """Texts 1, 4 and 8 of every ten are complaints of the hotline, text 3 one of the shop."""
    rows = [
        detail(small_inputs, 1, "root", "system", "五天"),
        detail(small_inputs, 1, "cause", "communication", "没人回"),
        detail(small_inputs, 1, "urgency", "regulator", "催了三次", "没人回"),
        detail(small_inputs, 11, "urgency", "safety", "太慢"),
        detail(small_inputs, 11, "urgency", "regulator", "没人回"),
        detail(small_inputs, 4, "root", "value", "坏的"),
        detail(small_inputs, 4, "demand", "refund", "退货"),
        detail(small_inputs, 14, "root", "value", "坏的"),
    ]
    tags = pd.concat([small_inputs.annotations, ANNOTATIONS.build(rows)], ignore_index=True)
    return replace(small_inputs, annotations=tags, detail_names=NAMES)


def rows(section, name):
    found = next(block for block in section.blocks if isinstance(block, Table) and block.name == name)
    headings = [column.heading for column in found.columns]
    return [dict(zip(headings, row, strict=True)) for row in found.rows]


def build(inputs):
    return build_complaints(build_facts(inputs))


def test_urgent_complaints_come_newest_first_with_the_words_that_made_them_so(inputs) -> None:
    later, earlier = rows(build(inputs), "urgent")
    assert later["时间"] > earlier["时间"]
    assert later["紧急信号"] == "向监管或媒体升级、人身安全"
    assert set(later["依据词"].split("、")) == {"没人回", "太慢"}
    assert earlier["依据词"] == "催了三次、没人回"
    quoted = earlier["原声"]
    assert isinstance(quoted, Marked)
    assert [quoted.text[span.start : span.end] for span in quoted.spans] == ["催了三次", "没人回"]
    assert inputs.feedback["feedback_id"][1].startswith(earlier["编号"])
    assert set(earlier["投诉类型"].split("、")) == {"配送延误", "服务态度"}


def test_only_the_newest_urgent_ones_are_listed_and_the_rest_is_said(inputs, monkeypatch) -> None:
    monkeypatch.setattr(complaint_details, "MOST_URGENT", 1)
    section = build(inputs)
    assert len(rows(section, "urgent")) == 1
    assert any(isinstance(block, Note) and "只列出最近的 1 段" in block.text for block in section.blocks)


def test_roots_causes_and_demands_are_shares_of_all_complaints(inputs) -> None:
    section = build(inputs)
    facts = build_facts(inputs)
    total = facts.count_complaints()
    roots = {row["根源"]: (row["件数"], row["占投诉"]) for row in rows(section, "roots")}
    assert roots == {"价值": (2, 2 / total), "系统": (1, 1 / total), "没有说明": (total - 3, (total - 3) / total)}
    assert rows(section, "causes") == [{"原因": "沟通不畅", "件数": 1, "占投诉": 1 / total}]
    assert [row["诉求"] for row in rows(section, "demands")] == ["退款", "没有提出"]


def test_roots_are_crossed_with_types_and_touchpoints(inputs) -> None:
    section = build(inputs)
    crossed = {row["投诉类型"]: row for row in rows(section, "types_roots")}
    assert crossed["质量问题"]["价值"] == 2
    assert (crossed["配送延误"]["价值"], crossed["配送延误"]["系统"]) == (0, 1)
    assert {row["触点"]: row["价值"] for row in rows(section, "touchpoints_roots")}["商品质量"] == 2


def test_complaints_without_details_say_that_none_is_urgent(small_inputs) -> None:
    section = build(small_inputs)
    assert any(isinstance(block, Note) and "没有带紧急信号" in block.text for block in section.blocks)
    assert "roots" not in {block.name for block in section.blocks if isinstance(block, Table)}

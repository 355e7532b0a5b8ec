"""The part of 数据质量 that tells of doubtful answers."""

import dataclasses

from feedback_engine.domain import QualityRule
from feedback_engine.report.blocks import Table
from feedback_engine.report.content import build_report
from feedback_engine.tables.quality import QUALITY


def tables_of(inputs):
    (section,) = [section for section in build_report(inputs).sections if section.name == "数据质量"]
    return {block.name: block for block in section.blocks if isinstance(block, Table)}


def test_every_check_is_counted_even_when_nothing_was_found(small_inputs) -> None:
    rows = tables_of(small_inputs)["survey_quality"].rows
    assert [row[1] for row in rows] == [0] * len(QualityRule)


def test_a_flag_is_listed_with_its_finding_and_what_was_done(small_inputs) -> None:
    flag = ("a" * 64, QualityRule.SPEEDER, 20.0, 60.0, "作答 20 秒，低于同卷中位数的 33%")
    inputs = dataclasses.replace(small_inputs, quality=QUALITY.build([flag]), excluded_rules=("speeder",))
    tables = tables_of(inputs)
    assert next(row for row in tables["survey_quality"].rows if row[1])[3].startswith("已排除")
    assert tables["quality_flags"].rows[0][2] == "作答 20 秒，低于同卷中位数的 33%"

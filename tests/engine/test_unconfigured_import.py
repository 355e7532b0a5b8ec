"""A file of a known platform, imported without any configuration, and what comes of it."""

import gc
import sys
from pathlib import Path

import pytest
from engine_projects import write_csv

import feedback_engine as fe
from feedback_engine.domain import Measure

HEADINGS = (
    "序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP",
    "1、您的性别", "2、请评价以下方面—客房卫生", "3、员工态度", "4、您的建议",
)  # fmt: skip
WORDS = ("非常不满意", "不满意", "一般", "满意", "非常满意")


@pytest.fixture
def export(tmp_path: Path) -> Path:
    rows = [
        (str(n), f"2026/10/{n % 28 + 1} 9:05:{n % 60:02}", f"{60 + n}秒", "微信", "N/A", "192.0.2.7(浙江-杭州)",
         "男" if n % 2 else "女", WORDS[n % 5], WORDS[4 - n % 3], "前台很热情" if n % 4 == 0 else "(空)")
        for n in range(1, 41)
    ]  # fmt: skip
    return write_csv(tmp_path / "88_按文本_酒店满意度_40_40.csv", HEADINGS, rows)


def test_the_platform_is_recognised_and_its_questions_are_the_indicators(export: Path) -> None:
    engine = fe.FeedbackEngine()
    inspected = engine.inspect(export)
    assert (inspected["platform"], inspected["kind"], inspected["rows"]) == ("wjx", "questionnaire", 40)
    rated = {question["code"] for question in inspected["questions"] if question["scale"]}
    assert engine.import_file(export).stored == 40
    table = engine.score().table
    scored = table[(table.measure == Measure.SCORE) & (table.base > 0)]
    assert rated <= set(scored.indicator)
    assert "客房卫生" in "".join(engine.score().weights["name"])


def test_a_renamed_copy_is_the_same_survey(export: Path, tmp_path: Path) -> None:
    engine = fe.FeedbackEngine()
    engine.import_file(export)
    copy = tmp_path / "副本.csv"
    copy.write_bytes(export.read_bytes() + b"\r\n")
    assert engine.import_file(copy).duplicate == 40


def test_a_name_given_to_the_source_is_kept(export: Path) -> None:
    engine = fe.FeedbackEngine()
    assert engine.import_file(export, source="酒店问卷").files[0].source == "酒店问卷"
    assert set(engine.score(by="source").table.segment) == {"all", "酒店问卷"}


def test_a_table_of_no_platform_says_which_headings_nobody_knew(tmp_path: Path) -> None:
    engine = fe.FeedbackEngine()
    found = engine.inspect(write_csv(tmp_path / "a.csv", ("款号", "颜色", "13800001111"), [("1", "红", "x")]))
    assert found["platform"] == "generic"
    assert "款号、颜色" in found["evidence"][-1] and "13800001111" not in str(found["evidence"])


def test_as_many_rows_are_seen_as_an_import_reads(tmp_path: Path) -> None:
    headings = ("款号", "颜色", "日期", "评价内容")
    rows = [
        ("1", "红", "2026-10-01", "颜色很正"),
        ("", "", "", ""),
        headings,
        ("2", "蓝", "昨天", "有色差"),
        ("太", "多", "了", "，", "五"),
    ]
    path = write_csv(tmp_path / "a.csv", headings, [*rows, ("合计", "2")])
    engine, mapping = fe.FeedbackEngine(), tmp_path / "reviews.yaml"
    found = engine.inspect(path)
    mapping.write_text(found["mapping"], encoding="utf-8")
    assert found["rows"] == engine.import_file(path, mapping=mapping).read == 5


def test_a_drafted_mapping_may_be_called_what_no_source_may(tmp_path: Path) -> None:
    table = write_csv(tmp_path / "a.csv", ("日期", "评论内容"), [("2026-10-01", "房间很干净")])
    engine, mapping = fe.FeedbackEngine(), tmp_path / "我的 映射（1）.yaml"
    mapping.write_text(engine.inspect(table)["mapping"], encoding="utf-8")
    assert engine.import_file(table, mapping=mapping).files[0].source == "我的_映射_1"


def test_a_look_at_a_long_file_says_how_far_it_has_come(export: Path) -> None:
    told: list[tuple[str, int]] = []
    fe.FeedbackEngine(progress=lambda stage, done, _: told.append((stage, done))).inspect(export)
    assert told == [(f"查看 {export.name}", 40)]


def test_an_import_that_breaks_off_leaves_python_as_it_found_it(export: Path) -> None:
    def settings() -> tuple[object, float]:
        return gc.get_threshold(), sys.getswitchinterval()

    def stop(*_: object) -> None:
        assert settings() != before
        raise InterruptedError

    before = settings()
    with pytest.raises(InterruptedError):
        fe.FeedbackEngine(progress=stop).import_file(export)
    assert settings() == before

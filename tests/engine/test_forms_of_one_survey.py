"""Exports of one 问卷星 survey as text, by number and by score that arrive in different runs and folders."""

import json
from itertools import permutations
from pathlib import Path

import pandas as pd
import pytest
from engine_projects import write_csv

import feedback_engine as fe
from feedback_engine.store.loading import FeedbackReader

META = ("序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP")
TEXT_HEADS = (
    "1、您的性别",
    "2、您从哪里知道本店？(多选题)",
    "3、请评价以下方面—环境",
    "服务",
    "4、您对本店满意吗？",
    "5、您的建议",
)
NUMBER_HEADS = (TEXT_HEADS[0], "2、(朋友)", "2、(网络)", *TEXT_HEADS[2:])
WORDS = ("非常不满意", "不满意", "一般", "满意", "非常满意")


def meta(n: int, seconds: int = 60) -> tuple[str, ...]:
    moment = f"2026/9/{n % 28 + 1} {n % 24}:05:{n % 60:02}"
    return (str(n), moment, f"{seconds + n}秒", "微信", "N/A", f"192.0.2.{n}(浙江-杭州)")


def as_text(numbers: range, seconds: int = 60) -> list[tuple[str, ...]]:
    return [
        (*meta(n, seconds), "男" if n % 2 else "女", "朋友┋网络" if n % 3 else "网络", WORDS[n % 5], WORDS[(n + 1) % 5],
         WORDS[4 - n % 5], "前台很热情" if n % 4 == 0 else "(空)")
        for n in numbers
    ]  # fmt: skip


def by_number(numbers: range, seconds: int = 60, points: int = 1) -> list[tuple[str, ...]]:
    return [
        (*meta(n, seconds), "1" if n % 2 else "2", "1" if n % 3 else "0", "1", str(n % 5 + 1), str((n + 1) % 5 + 1),
         str((n % 5 + 1) * points), "前台很热情" if n % 4 == 0 else "-2")
        for n in numbers
    ]  # fmt: skip


def write(folder: Path, form: str, rows: list[tuple[str, ...]], survey: str = "10086123") -> Path:
    heads = TEXT_HEADS if form == "按文本" else NUMBER_HEADS
    folder = folder / form
    folder.mkdir(exist_ok=True)
    return write_csv(folder / f"{survey}_{form}_酒店_{len(rows)}_{len(rows)}.csv", [*META, *heads], rows)


def load(engine: fe.FeedbackEngine) -> pd.DataFrame:
    feedback = FeedbackReader(engine._database).load_feedback()
    return feedback[feedback["role"] == "main"]


def load_attributes(engine: fe.FeedbackEngine) -> list[dict[str, str]]:
    return [json.loads(text) for text in load(engine)["attributes"]]


def load_stems(engine: fe.FeedbackEngine) -> set[str]:
    return set(FeedbackReader(engine._database).load_questions()["stem"])


FORMS = {"按文本": as_text, "按序号": by_number, "按分数": lambda numbers: by_number(numbers, points=2)}


@pytest.mark.parametrize("order", list(permutations(FORMS)), ids="-".join)
def test_in_any_order_each_respondent_is_stored_once_as_the_text_says(order: tuple[str, ...], tmp_path: Path) -> None:
    engine = fe.FeedbackEngine()
    for form in order:
        assert engine.import_file(write(tmp_path, form, FORMS[form](range(1, 31)))).read == 30
    feedback = load(engine)
    assert len(feedback) == 30 and feedback["source"].nunique() == 1
    assert all(row["您从哪里知道本店？"] in ("朋友┋网络", "网络") for row in load_attributes(engine))
    assert not any("导出方式" in row for row in load_attributes(engine))
    assert "您从哪里知道本店？" in load_stems(engine)


def test_a_score_goes_before_a_number(tmp_path: Path) -> None:
    engine = fe.FeedbackEngine()
    engine.import_file(write(tmp_path, "按分数", FORMS["按分数"](range(1, 31))))
    assert engine.import_file(write(tmp_path, "按序号", by_number(range(1, 31)))).duplicate == 30
    assert {row["导出方式"] for row in load_attributes(engine)} == {"按分数"}


def test_respondents_that_only_the_export_by_number_has_are_added_and_marked(tmp_path: Path) -> None:
    engine = fe.FeedbackEngine()
    engine.import_file(write(tmp_path, "按文本", as_text(range(1, 31))))
    summary = engine.import_file(write(tmp_path, "按序号", by_number(range(21, 41))))
    assert (summary.duplicate, summary.stored, summary.updated) == (10, 10, 0)
    assert sum(row.get("导出方式") == "按序号" for row in load_attributes(engine)) == 10
    assert any("10 行答卷已由同一问卷更完整的导出" in note for note in summary.files[0].notes)
    later = engine.import_file(write(tmp_path, "按文本", as_text(range(1, 41))))
    assert (later.updated, later.duplicate, later.stored) == (10, 30, 0)
    assert not any("导出方式" in row for row in load_attributes(engine))


def test_the_next_export_goes_to_the_source_of_the_first_whatever_its_form(tmp_path: Path) -> None:
    engine = fe.FeedbackEngine()
    engine.import_file(write(tmp_path, "按序号", by_number(range(1, 31))))
    engine.import_file(write(tmp_path, "按文本", as_text(range(1, 31))))
    assert engine.import_file(write(tmp_path, "按文本", as_text(range(31, 51)))).stored == 20
    assert engine.import_file(write(tmp_path, "按文本", as_text(range(1, 51)))).duplicate == 50
    assert load(engine)["source"].nunique() == 1


def test_respondents_who_took_another_time_are_of_another_survey_and_it_is_said(tmp_path: Path) -> None:
    engine = fe.FeedbackEngine()
    first = engine.import_file(write(tmp_path, "按文本", as_text(range(1, 31)))).files[0].source
    summary = engine.import_file(write(tmp_path, "按序号", by_number(range(1, 31), seconds=75)))
    assert summary.stored == 30 and load(engine)["source"].nunique() == 2
    assert any(f"--source {first}" in note and "30 份的所用时间" in note for note in summary.files[0].notes)


@pytest.mark.parametrize("change", ["stem", "survey", "question"])
def test_another_survey_stays_another(change: str, tmp_path: Path) -> None:
    engine = fe.FeedbackEngine()
    engine.import_file(write(tmp_path, "按文本", as_text(range(1, 31))))
    rows = by_number(range(1, 31))
    heads = [*META, *NUMBER_HEADS]
    if change == "stem":
        heads[6] = "1、您的年龄"
    if change == "question":
        heads, rows = [*heads, "6、您的城市"], [(*row, "3") for row in rows]
    name = "20086123" if change == "survey" else "10086123"
    path = write_csv(tmp_path / f"{name}_按序号_酒店_30_30.csv", heads, rows)
    assert engine.import_file(path).stored == 30
    assert load(engine)["source"].nunique() == 2


def test_under_a_source_with_a_name_the_text_stands_whichever_came_first(tmp_path: Path) -> None:
    text, number = write(tmp_path, "按文本", as_text(range(1, 31))), write(tmp_path, "按序号", by_number(range(1, 31)))
    for order in ((text, number), (number, text)):
        engine = fe.FeedbackEngine()
        for path in order:
            engine.import_file(path, source="shop")
        assert len(load(engine)) == 30
        assert not any("导出方式" in row for row in load_attributes(engine))
        assert "您从哪里知道本店？" in load_stems(engine)


def test_an_import_sent_again_changes_nothing(tmp_path: Path) -> None:
    engine = fe.FeedbackEngine()
    files = [write(tmp_path, form, rows(range(1, 31))) for form, rows in FORMS.items()]
    for path in files:
        engine.import_file(path)
    before = load(engine)
    assert engine.import_files(files).duplicate == 90
    pd.testing.assert_frame_equal(load(engine), before)


def import_as_one_source(engine: fe.FeedbackEngine, path: Path) -> str:
    return "".join(engine.import_file(path, source="shop", format="wjx").files[0].doubts)


def test_a_question_put_in_between_is_a_warning_as_numbers_now_mean_others(tmp_path: Path) -> None:
    rows = [(*meta(n), WORDS[n % 5], WORDS[0], "前台很热情") for n in range(1, 30)]
    first = write_csv(tmp_path / "a.csv", [*META, "1、对服务的满意度", "2、对环境的满意度", "3、您的建议"], rows)
    moved = [(*meta(n), WORDS[4], WORDS[n % 5], WORDS[0], "前台很热情") for n in range(30, 60)]
    heads = [*META, "1、对位置的满意度", "2、对服务的满意度", "3、对环境的满意度", "4、您的建议"]
    second = write_csv(tmp_path / "b.csv", heads, moved)
    engine = fe.FeedbackEngine()
    assert import_as_one_source(engine, first) == ""
    told = import_as_one_source(engine, second)
    assert "Q2 原为「对环境的满意度」，现为「对服务的满意度」" in told and "另立来源" in told
    assert import_as_one_source(engine, second) == ""


def test_questions_added_at_the_end_and_other_forms_of_the_same_are_no_change(tmp_path: Path) -> None:
    engine = fe.FeedbackEngine()
    longer = [(*row, "常来") for row in as_text(range(1, 40))]
    assert import_as_one_source(engine, write(tmp_path, "按文本", as_text(range(1, 30)))) == ""
    assert import_as_one_source(engine, write(tmp_path, "按序号", by_number(range(1, 30)))) == ""
    path = write_csv(tmp_path / "longer.csv", [*META, *TEXT_HEADS, "6、您常来吗？"], longer)
    assert import_as_one_source(engine, path) == ""

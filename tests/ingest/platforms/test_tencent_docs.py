"""腾讯文档收集表: system columns first or last, 年月日 in words."""

from pathlib import Path

import pandas as pd
import pytest
from survey_files import Survey, read_survey, write_csv

QUESTIONS = ["1.对服务是否满意（必填）", "2.喜欢的菜（必填）", "3.意见"]
ANSWERS = [
    ["非常满意", "鱼;肉", "没有意见，都挺好的"],
    ["满意", "肉", ""],
    ["一般", "鱼;菜", "上菜慢"],
    ["非常不满意", "菜;肉", "太吵，下次不来了"],
]
TIMES = ["2026年9月22日 10:13", "2026年9月22日 10:14", "2023/1/2 3:04:05", "2023/1/2 3:04:06"]
NAMES = ["张三丰", "李四光", "王五岳", "赵六合"]


@pytest.fixture(params=["first", "last"])
def survey(request: pytest.FixtureRequest, tmp_path: Path) -> Survey:
    system = [["提交时间（自动）", "提交者（自动）"], *([t, n] for t, n in zip(TIMES, NAMES, strict=True))]
    rows = [QUESTIONS, *ANSWERS]
    joined = [s + r if request.param == "first" else r + s for s, r in zip(system, rows, strict=True)]
    return read_survey(write_csv(tmp_path / "收集结果.csv", joined))


def test_it_is_recognised_wherever_the_system_columns_stand(survey: Survey) -> None:
    assert (survey.platform, survey.row_count, len(survey.rejects)) == ("tencent_docs", 4, 0)


def test_questions_lose_their_marks(survey: Survey) -> None:
    assert [(q.stem, str(q.type), q.is_required) for q in survey.questions.values()] == [
        ("对服务是否满意", "scale", True), ("喜欢的菜", "multi", True), ("意见", "text", False),
    ]  # fmt: skip


def test_several_answers_in_a_cell_are_parted(survey: Survey) -> None:
    assert [a["喜欢的菜"] for a in survey.attributes] == ["鱼┋肉", "肉", "鱼┋菜", "菜┋肉"]


def test_times_in_words_are_moments(survey: Survey) -> None:
    assert survey.mains["received_at"].iloc[0] == pd.Timestamp("2026-09-22 02:13", tz="UTC")


def test_names_stay_out(survey: Survey) -> None:
    assert not any(name in survey.feedback.to_csv() for name in NAMES)


def test_commas_in_free_text_make_no_options(survey: Survey) -> None:
    assert survey.texts("Q3") == ["没有意见，都挺好的", "上菜慢", "太吵，下次不来了"]

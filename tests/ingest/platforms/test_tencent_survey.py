"""腾讯问卷: letters before options, a column an option, newest first."""

from pathlib import Path

import pandas as pd
import pytest
from survey_files import Survey, read_survey, write_csv

HEADER = [
    "编号", "开始答题时间", "结束答题时间", "答题时长", "地理位置省", "昵称", "IP",
    "1.您的性别", "2.整体满意度", "3.通勤地点:一丹图书馆", "3.通勤地点:其他", "4.请评价：环境", "4.请评价：价格",
    "5.您推荐我们的可能性（0-10分）", "6.其他建议：",
]  # fmt: skip
ROWS = [
    HEADER,
    ["3", "2026/5/26 12:00", "2026/5/26 12:02", "120", "广东", "小王", "1.2.3.4",
     "A.男", "A.非常满意", "A.一丹图书馆", "B.其他:地铁站", "B.满意", "C.一般", "10", "空调太冷，希望调高一点"],
    ["2", "2026/5/26 11:00", "2026/5/26 11:01", "75", "北京", "小李", "1.2.3.5",
     "B.女", "B.满意", "", "B.其他", "E.非常不满意", "D.不满意", "0", ""],
    ["1", "2026/5/26 10:00", "2026/5/26 10:01", "60", "", "", "1.2.3.6",
     "A.男", "E.非常不满意", "", "", "A.非常满意", "", "", "好"],
    ["4", "2026/5/26 13:00", "2026/5/26 13:01", "60", "", "", "1.2.3.6",
     "A.男", "C.一般", "A.一丹图书馆", "", "", "", "7", ""],
    ["5", "2026/5/26 13:00", "2026/5/26 13:01", "60", "", "", "1.2.3.6", "A.男", "D.不满意", "", "", "", "", "8", ""],
]  # fmt: skip


@pytest.fixture
def survey(tmp_path: Path) -> Survey:
    return read_survey(write_csv(tmp_path / "a.csv", ROWS))


def test_it_is_recognised_by_both_times_of_answering(survey: Survey) -> None:
    assert (survey.platform, survey.row_count, len(survey.rejects)) == ("tencent_survey", 5, 0)


def test_questions_keep_their_numbers(survey: Survey) -> None:
    assert survey.types == {
        "Q1": "single", "Q2": "scale", "Q3": "multi", "Q4_1": "matrix_row", "Q4_2": "matrix_row", "Q5": "nps",
        "Q6": "text",
    }  # fmt: skip


def test_a_column_put_in_front_takes_no_question_its_code(survey: Survey, tmp_path: Path) -> None:
    branches = ("所在分行", "城东", "城西", "城东", "城东", "城西")
    rows = [[*row[:4], branch, *row[4:]] for row, branch in zip(ROWS, branches, strict=True)]
    edited = read_survey(write_csv(tmp_path / "b.csv", rows))
    assert edited.types == {"U1": "single", **survey.types}


def test_option_columns_fold_where_the_option_is_in_the_cell(survey: Survey) -> None:
    assert survey.questions["Q3"].options == ("一丹图书馆", "其他")
    assert [a["通勤地点"] for a in survey.attributes] == ["一丹图书馆┋其他", "其他", "(缺失)", "一丹图书馆", "(缺失)"]
    assert survey.texts("Q3_other") == ["地铁站"]


def test_a_colon_at_the_end_belongs_to_the_stem(survey: Survey) -> None:
    assert survey.questions["Q6"].stem == "其他建议："
    assert survey.texts("Q6") == ["空调太冷，希望调高一点", "好"]


def test_rows_of_a_matrix_are_no_options(survey: Survey) -> None:
    assert [survey.questions[code].row_label for code in ("Q4_1", "Q4_2")] == ["环境", "价格"]
    assert survey.answers("Q4_1") == [4, 1, 5, "unknown_missing", "unknown_missing"]


def test_letters_are_no_part_of_the_answer(survey: Survey) -> None:
    assert survey.attributes[0]["您的性别"] == "男"
    assert survey.answers("Q2") == [5, 4, 1, 3, 2]


def test_nps_is_zero_to_ten_with_recommend_wording(survey: Survey) -> None:
    assert survey.answers("Q5") == [10, 0, "unknown_missing", 7, 8]


def test_time_duration_and_region_are_kept_names_and_addresses_are_not(survey: Survey) -> None:
    first = survey.mains.iloc[0]
    assert first["received_at"] == pd.Timestamp("2026-05-26 04:02", tz="UTC")
    assert survey.attributes[0]["duration_seconds"] == "120" and survey.attributes[0]["地理位置省"] == "广东"
    assert "小王" not in survey.feedback.to_csv() and "1.2.3.4" not in survey.feedback.to_csv()


def test_the_order_of_rows_changes_no_identity(tmp_path: Path, survey: Survey) -> None:
    turned = read_survey(write_csv(tmp_path / "b.csv", [ROWS[0], *reversed(ROWS[1:])]))
    assert set(turned.feedback["feedback_id"]) == set(survey.feedback["feedback_id"])
    assert turned.scope == survey.scope


def test_gbk_without_a_mark_is_read(tmp_path: Path, survey: Survey) -> None:
    assert read_survey(write_csv(tmp_path / "b.csv", ROWS, "gb18030")).types == survey.types


def test_letters_of_options_in_headings_are_no_part_of_them(tmp_path: Path) -> None:
    head = ["编号", "开始答题时间", "结束答题时间", "答题时长", "1.喜欢哪些:A.红", "1.喜欢哪些:B.蓝"]
    rows = [[str(n), "2026/5/26 12:00", f"2026/5/26 12:0{n}", "60", "A.红" * (n % 2), "B.蓝"] for n in range(1, 5)]
    survey = read_survey(write_csv(tmp_path / "a.csv", [head, *rows]))
    assert survey.types == {"Q1": "multi"} and survey.questions["Q1"].options == ("红", "蓝")

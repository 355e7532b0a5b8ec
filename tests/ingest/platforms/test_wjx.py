"""问卷星: text and number exports, their heads, their states and their traps."""

import json
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from survey_files import read_survey, write_csv, write_xlsx

from feedback_engine.errors import AmbiguousFormat, MappingError

META = ["序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP"]
HEADS = [
    "1、您的性别 (单选题 *必答)",
    "2、您从哪里知道本店？(多选题)",
    "3、请按重要性排序",
    "4、请评价以下方面 (矩阵量表题 *必答)—环境",
    "价格",
    "服务",
    "5、您对本店整体的满意度如何？(0-10分，0分为最低,10分为最高) (单选题)",
    "6、您有什么建议？",
    "请选择省份城市与地区:",
]
TEXT = [
    [*META, *HEADS],
    ["2", "2026/9/1 0:05:16", "121秒", "微信", "N/A", "58.246.155.124(上海-上海)",
     "男", "朋友┋其他〖路过〗", "味道→价格→环境", "满意", "非常满意", "一般", "9分", "多开一个窗口", "上海-上海"],
    ["3", "2026/9/1 10:00:00", "62秒", "链接", "直接访问", "1.2.3.4(国外-加拿大)",
     "女", "网络", "价格→味道→环境", "不满意", "一般", "非常不满意", "0分", "(空)", "浙江-杭州"],
    ["5", "2026/9/2 8:00:00", "5秒", "手机提交", "直接访问", "1.2.3.5(北京-北京)",
     "女", "(跳过)", "(跳过)", "(跳过)", "(跳过)", "(跳过)", "(跳过)", "(跳过)", "(跳过)"],
    ["9", "2026/9/2 9:00:00", "70秒", "微信", "微信", "1.2.3.6(北京-北京)",
     "男", "朋友┋网络", "(空)", "满意", "满意", "(空)", "10分", "挺好的，下次还来，希望停车再方便一点", "北京-北京"],
]  # fmt: skip
NUMBER = [
    [*META, HEADS[0], "第2题(朋友)", "第2题(网络)", "第2题(电视(央视、卫视等))", "第2题(其他)",
     "第3题(味道)", "第3题(价格)", "第3题(环境)", *HEADS[3:]],
    [*TEXT[1][:6], 1, 1, 0, 0, 1, 1, 2, 3, 4, 5, 3, 10, "多开一个窗口", "上海-上海"],
    [*TEXT[2][:6], 2, 0, 1, 0, 0, 2, 1, 3, 2, 3, 1, 1, -2, "浙江-杭州"],
    [*TEXT[3][:6], 2, -3, -3, -3, -3, -2, -2, -2, -3, -3, -3, -3, -3, -3],
    [*TEXT[4][:6], 1, 1, 1, 0, 0, -2, -2, -2, 4, 4, -2, 11, "挺好的，下次还来，希望停车再方便一点", "北京-北京"],
]  # fmt: skip
SAMPLES = Path(__file__).parents[4] / "shared" / "formats" / "samples" / "wjx"


@pytest.fixture
def text_file(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "答卷_按文本.csv", TEXT)


@pytest.fixture
def number_file(tmp_path: Path) -> Path:
    return write_xlsx(tmp_path / "答卷_按序号.xlsx", NUMBER)


# --- the export as text


def test_an_export_as_text_is_recognised_and_every_row_accounted_for(text_file: Path) -> None:
    survey = read_survey(text_file)
    assert survey.platform == "wjx"
    assert (survey.row_count, len(survey.mains), len(survey.rejects)) == (4, 4, 0)


def test_questions_have_stable_codes_and_their_types(text_file: Path) -> None:
    assert read_survey(text_file).types == {
        "Q1": "single", "Q2": "multi", "Q3": "rank", "Q4_1": "matrix_row", "Q4_2": "matrix_row", "Q4_3": "matrix_row",
        "Q5": "scale", "Q6": "text", "U1": "location",
    }  # fmt: skip


def test_the_head_is_freed_of_what_the_platform_adds(text_file: Path) -> None:
    question = read_survey(text_file).questions["Q1"]
    assert (question.stem, question.is_required) == ("您的性别", True)


def test_rows_without_a_number_belong_to_the_open_matrix_until_the_next_number(text_file: Path) -> None:
    questions = read_survey(text_file).questions
    rows = [(q.stem, q.row_label, q.group) for code, q in questions.items() if code.startswith("Q4")]
    assert rows == [("请评价以下方面", label, "Q4") for label in ("环境", "价格", "服务")]


def test_all_rows_of_a_matrix_share_the_scale_of_their_words(text_file: Path) -> None:
    survey = read_survey(text_file)
    assert {(q.scale.min, q.scale.max) for c, q in survey.questions.items() if c.startswith("Q4") and q.scale} == {
        (1, 5)
    }
    assert survey.answers("Q4_1") == [4, 2, "not_shown", 4]
    assert survey.answers("Q4_3") == [3, 1, "not_shown", "blank"]


def test_points_in_words_are_ratings_from_zero(text_file: Path) -> None:
    survey = read_survey(text_file)
    assert survey.answers("Q5") == [9, 0, "not_shown", 10]
    assert survey.ratings.loc[survey.ratings["indicator"] == "Q5", ["scale_min", "scale_max"]].iloc[0].tolist() == [
        0,
        10,
    ]


def test_what_was_written_beside_an_option_is_a_text_of_its_own(text_file: Path) -> None:
    survey = read_survey(text_file)
    assert survey.texts("Q2_other") == ["路过"]
    assert survey.attributes[0]["您从哪里知道本店？"] == "朋友┋其他"
    assert set(survey.questions["Q2"].options) == {"朋友", "其他", "网络"}


def test_skipped_and_empty_questions_are_told_apart(text_file: Path) -> None:
    survey = read_survey(text_file)
    assert survey.attributes[2]["请按重要性排序"] == "(跳过)"
    assert survey.attributes[3]["请按重要性排序"] == "(空)"
    assert survey.texts("Q6") == ["多开一个窗口", "挺好的，下次还来，希望停车再方便一点"]


def test_meta_columns_become_fields_and_the_address_stays_out(text_file: Path) -> None:
    survey = read_survey(text_file)
    first = survey.mains.iloc[0]
    assert (first["channel"], first["respondent_id"]) == ("微信", "2@202609010005")
    assert first["received_at"] == pd.Timestamp("2026-08-31 16:05:16", tz="UTC")
    assert {k: survey.attributes[0][k] for k in ("duration_seconds", "IP地区", "来源详情")} == {
        "duration_seconds": "121", "IP地区": "上海-上海", "来源详情": "N/A",
    }  # fmt: skip
    assert "58.246" not in survey.feedback.to_csv()
    assert survey.attributes[1]["IP地区"] == "国外-加拿大"


def test_who_was_screened_out_after_one_answer_is_kept(text_file: Path) -> None:
    assert read_survey(text_file).attributes[2]["您的性别"] == "女"


def test_who_answered_nothing_is_a_reject(tmp_path: Path) -> None:
    rows = [*TEXT, ["10", "2026/9/3 9:00:00", "1秒", "微信", "", "", *["(空)"] * 9]]
    survey = read_survey(write_csv(tmp_path / "a.csv", rows))
    assert (survey.row_count, survey.rejects["row_number"].tolist()) == (5, [6])


def test_meta_columns_may_come_in_any_order_with_a_total_and_a_customer(tmp_path: Path) -> None:
    order = ["序号", "提交答卷时间", "所用时间", "来自IP", "来源", "来源详情", "总分", "用户ID"]
    rows = [
        [*order, "1、您满意吗"],
        ["1", "2026/9/1 8:00:00", "3秒", "1.1.1.1(上海-上海)", "微信", "x", "4250", "C-7", "满意"],
        ["2", "2026/9/1 8:01:00", "3秒", "1.1.1.1(上海-上海)", "微信", "x", "10", "", "一般"],
        ["3", "2026/9/1 8:02:00", "3秒", "1.1.1.1(上海-上海)", "微信", "x", "10", "", "不满意"],
        ["4", "2026/9/1 8:02:00", "3秒", "1.1.1.1(上海-上海)", "微信", "x", "10", "", "非常满意"],
    ]
    survey = read_survey(write_csv(tmp_path / "a.csv", rows))
    assert survey.attributes[0]["总分"] == "4250" and list(survey.questions) == ["Q1"]
    assert survey.mains["customer_id"].tolist()[0] == "C-7" and survey.mains["channel"].iloc[0] == "微信"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_encoding_changes_nothing(tmp_path: Path, text_file: Path, encoding: str) -> None:
    other = read_survey(write_csv(tmp_path / "b.csv", TEXT, encoding))
    pd.testing.assert_frame_equal(
        other.feedback.drop(columns="file_id"), read_survey(text_file).feedback.drop(columns="file_id")
    )


def test_a_file_saved_again_by_a_spreadsheet_is_the_same_file(tmp_path: Path, text_file: Path) -> None:
    saved = [["", *TEXT[0], ""]]
    for number, row in enumerate(TEXT[1:]):
        moment = datetime.strptime(row[1], "%Y/%m/%d %H:%M:%S")  # noqa: DTZ007
        saved.append([number, int(row[0]), moment, *row[2:], None])
    again, before = read_survey(write_xlsx(tmp_path / "again.xlsx", saved)), read_survey(text_file)
    assert again.feedback["feedback_id"].tolist() == before.feedback["feedback_id"].tolist()
    assert again.feedback["content_hash"].tolist() == before.feedback["content_hash"].tolist()
    assert again.scope == before.scope


def test_a_file_with_more_rows_is_of_the_same_survey(tmp_path: Path, text_file: Path) -> None:
    shorter = read_survey(write_csv(tmp_path / "s.csv", TEXT[:2]))
    assert shorter.scope == read_survey(text_file).scope
    assert shorter.mains["feedback_id"].iloc[0] == read_survey(text_file).mains["feedback_id"].iloc[0]


def test_later_rows_of_new_exports_repeat_the_number(tmp_path: Path) -> None:
    rows = [[*META, "7、评价—行一", "7、行二", "7、行三", "8、为什么——请说明"]]
    rows += [[str(n), f"2026/9/1 8:0{n}:00", "9秒", "微信", "", "", a, b, a, "x"] for n, (a, b) in
             enumerate([("非常满意", "满意"), ("一般", "不满意"), ("非常不满意", "一般")])]  # fmt: skip
    survey = read_survey(write_csv(tmp_path / "a.csv", rows))
    assert [(c, q.row_label) for c, q in survey.questions.items()] == [
        ("Q7_1", "行一"), ("Q7_2", "行二"), ("Q7_3", "行三"), ("Q8", ""),
    ]  # fmt: skip
    assert survey.questions["Q8"].stem == "为什么——请说明"


def test_a_matrix_under_option_heads_in_an_old_text_export_is_rows(tmp_path: Path) -> None:
    rows = [[*META, "第3题(环境)", "第3题(服务(前台))"]]
    rows += [
        [str(n), f"2026/9/1 8:0{n}:00", "9秒", "微信", "", "", a, a] for n, a in enumerate(["很满意", "满意", "一般"])
    ]
    survey = read_survey(write_csv(tmp_path / "a.csv", rows))
    assert [(c, q.row_label, str(q.type)) for c, q in survey.questions.items()] == [
        ("Q3_1", "环境", "matrix_row"), ("Q3_2", "服务(前台)", "matrix_row"),
    ]  # fmt: skip


def test_the_rows_of_a_matrix_get_labels_from_the_twin_though_both_lost_the_stem(tmp_path: Path) -> None:
    words = ["很满意", "满意", "一般", "不满意", "很不满意"]
    head = [*META, "1、性别", "第3题(环境)", "第3题(服务)"]
    meta = [[str(n), f"2026/9/1 8:0{n}:00", "9秒", "微信", "", ""] for n in range(5)]
    write_csv(tmp_path / "t.csv", [head, *([*m, "男", words[n], words[0]] for n, m in enumerate(meta))])
    numbers = [head, *([*m, "1", str(n + 1), "1"] for n, m in enumerate(meta))]
    survey = read_survey(write_csv(tmp_path / "按序号.csv", numbers), twin="t.csv")
    assert (survey.answers("Q3_1"), survey.answers("Q3_2")) == ([5, 4, 3, 2, 1], [5, 5, 5, 5, 5])


@pytest.mark.parametrize("head", ["1、您满意吗", "1.您满意吗", "1：您满意吗", "第1题：您满意吗", "1． 您满意吗"])
def test_numbers_are_parted_from_heads_in_several_ways(tmp_path: Path, head: str) -> None:
    rows = [[*META, head], *([str(n), f"2026/9/1 8:0{n}:00", "", "", "", "", "满意"] for n in range(3))]
    assert [q.stem for q in read_survey(write_csv(tmp_path / "a.csv", rows)).questions.values()] == ["您满意吗"]


def test_an_answer_off_the_scale_costs_its_cell_not_the_question(tmp_path: Path) -> None:
    words = ["非常满意", "满意", "一般", "不满意", "非常不满意"]
    rows = [[*META, "1、服务", "2、评价—环境", "价格"]]
    rows += [[str(n), "2026/9/1 8:00:00", "", "", "", "", *[words[n % 5]] * 3] for n in range(100)]
    rows[50][-3] = rows[60][-1] = "7分"
    survey = read_survey(write_csv(tmp_path / "a.csv", rows))
    assert survey.types == {"Q1": "scale", "Q2_1": "matrix_row", "Q2_2": "matrix_row"}
    assert survey.rejects[["column", "value", "is_row_lost"]].to_numpy().tolist() == [
        ["Q1", "7分", False], ["Q2_2", "7分", False],
    ]  # fmt: skip
    assert "7分" in survey.questions["Q1"].scale_evidence


@pytest.mark.parametrize("day", ["2026/8/{}", "2026年8月{}日", "2026-08-{} 10:30", "{}/8/2026"])
def test_an_answer_that_is_a_date_is_no_text(day: str, tmp_path: Path) -> None:
    rows = [[*META, "1、您满意吗", "2、最近一次到店时间(填空题)", "3、哪天都行，说说为什么"]]
    rows += [
        [str(n), "2026/9/1 8:00:00", "", "", "", "", "满意", day.format(n), f"8月{n}日都挺好的"] for n in range(10, 22)
    ]
    survey = read_survey(write_csv(tmp_path / "a.csv", rows))
    assert survey.types["Q3"] == "text" and survey.attributes[0]["最近一次到店时间"] == day.format(10)
    assert set(survey.feedback["role"]) == {"main", "Q3"}


def test_who_the_person_is_stays_out_and_is_said(tmp_path: Path) -> None:
    rows = [[*META, "1、您满意吗", "2、您的姓名"], ["1", "2026/9/1", "9秒", "微信", "", "", "非常满意", "王小明"],
            ["2", "2026/9/1", "9秒", "微信", "", "", "满意", "李四"]]  # fmt: skip
    survey = read_survey(write_csv(tmp_path / "a.csv", rows))
    assert "王小明" not in survey.feedback.to_csv() and "Q2" in survey.warnings


def test_a_line_with_a_field_too_many_is_one_reject(tmp_path: Path) -> None:
    survey = read_survey(write_csv(tmp_path / "a.csv", [*TEXT[:3], [*TEXT[3], "zu viel"], TEXT[4]]))
    assert (survey.row_count, len(survey.mains), survey.rejects["row_number"].tolist()) == (4, 3, [4])


# --- the export by number


def test_option_columns_fold_back_by_the_number_of_the_question(number_file: Path) -> None:
    survey = read_survey(number_file)
    assert (survey.types["Q2"], survey.types["Q3"]) == ("multi", "rank")
    assert survey.questions["Q2"].options == ("朋友", "网络", "电视(央视、卫视等)", "其他")
    assert [a["第2题"] for a in survey.attributes] == ["朋友┋其他", "网络", "(跳过)", "朋友┋网络"]
    assert survey.attributes[0]["第3题"] == "味道→价格→环境"
    assert "Q2、Q3" in survey.warnings and "twin" in survey.warnings


def test_a_ranking_of_minus_two_is_skipped_or_empty_nobody_knows(number_file: Path) -> None:
    survey = read_survey(number_file)
    assert [a["第3题"] for a in survey.attributes][2:] == ["(缺失)", "(缺失)"]


def test_positions_of_a_scale_from_zero_are_shifted_when_the_last_one_proves_it(number_file: Path) -> None:
    survey = read_survey(number_file)
    assert survey.answers("Q5") == [9, 0, "not_shown", 10]
    assert "已各减 1" in survey.warnings


def test_positions_of_a_scale_from_zero_are_refused_without_proof(tmp_path: Path) -> None:
    survey = read_survey(write_xlsx(tmp_path / "按序号.xlsx", NUMBER[:4]))
    assert survey.types["Q5"] == "single" and "Q5" not in set(survey.ratings["indicator"])
    assert "不足以证实" in survey.warnings


def test_a_matrix_from_one_is_not_shifted(number_file: Path) -> None:
    survey = read_survey(number_file)
    assert survey.answers("Q4_1") == [4, 2, "not_shown", 4]
    assert survey.answers("Q4_3") == [3, 1, "not_shown", "blank"]
    assert "从低到高" in survey.warnings


def test_codes_of_single_choices_are_never_ratings(number_file: Path) -> None:
    survey = read_survey(number_file)
    assert survey.types["Q1"] == "single" and "Q1" not in set(survey.ratings["indicator"])


def test_with_its_twin_a_file_by_number_says_what_the_text_says(text_file: Path, number_file: Path) -> None:
    text, number = read_survey(text_file), read_survey(number_file, twin=text_file.name)
    assert number.scope == text.scope
    pd.testing.assert_frame_equal(number.feedback.drop(columns="file_id"), text.feedback.drop(columns="file_id"))
    pd.testing.assert_frame_equal(number.ratings, text.ratings)
    assert [(q.code, q.stem, q.type, q.scale) for q in number.questions.values()] == [
        (q.code, q.stem, q.type, q.scale) for q in text.questions.values()
    ]


def test_the_twin_tells_a_skipped_ranking_and_the_options_nobody_chose(text_file: Path, number_file: Path) -> None:
    survey = read_survey(number_file, twin=str(text_file))
    assert [a["请按重要性排序"] for a in survey.attributes][2:] == ["(跳过)", "(空)"]
    assert "电视(央视、卫视等)" in survey.questions["Q2"].options


def test_a_twin_of_another_survey_is_refused(tmp_path: Path, number_file: Path) -> None:
    other = [[*META, "1、您的年龄"], ["1", "2026/9/1", "9秒", "微信", "", "", "18岁"]]
    write_csv(tmp_path / "other.csv", other)
    with pytest.raises(MappingError, match="不是同一份问卷"):
        read_survey(number_file, twin="other.csv", mode="number")


def test_a_twin_that_is_not_there_is_named(number_file: Path) -> None:
    with pytest.raises(MappingError, match=r"没有这个文件\.xlsx"):
        read_survey(number_file, twin="没有这个文件.xlsx")


def test_a_row_that_the_twin_lacks_is_read_by_what_the_others_taught(tmp_path: Path, number_file: Path) -> None:
    write_csv(tmp_path / "t.csv", TEXT[:4])
    survey = read_survey(number_file, twin="t.csv")
    assert survey.answers("Q5")[-1] == 10 and survey.attributes[3]["您的性别"] == "男"


# --- which export it is


SCALES = [[*META, "1、您对服务的满意度", "2、您对价格的满意度"]]
SCALES += [[str(n), f"2026/9/1 8:0{n}:00", "9秒", "微信", "", "", str(n % 5 + 1), "3"] for n in range(1, 7)]


def test_numbers_that_may_be_positions_or_scores_are_asked_about(tmp_path: Path) -> None:
    with pytest.raises(AmbiguousFormat, match="mode: number 或 mode: score"):
        read_survey(write_csv(tmp_path / "a.csv", SCALES))


def test_the_mode_can_be_pinned(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", SCALES)
    assert read_survey(path, mode="score").answers("Q1") == [2, 3, 4, 5, 1, 2]
    number = read_survey(path, mode="number")
    assert number.ratings.empty and "是选项序号，不是分数" in number.warnings


@pytest.mark.parametrize(("name", "types"), [("1_按分数_x.csv", ["scale"] * 2), ("1_按序号_x.csv", ["single"] * 2)])
def test_the_file_name_decides_between_positions_and_scores(tmp_path: Path, name: str, types: list[str]) -> None:
    assert list(read_survey(write_csv(tmp_path / name, SCALES)).types.values()) == types


def test_fractions_are_scores(tmp_path: Path) -> None:
    rows = [*SCALES, ["8", "2026/9/1 9:00:00", "9秒", "微信", "", "", "4.5", "3"]]
    assert read_survey(write_csv(tmp_path / "a.csv", rows)).answers("Q1")[-1] == 4.5


def test_the_number_of_a_slider_is_its_value_and_blanks_among_them_are_blank(tmp_path: Path) -> None:
    rows = [[*META, "1、性别", "2、整体满意度(0-100分) (滑动条)", "3、推荐的可能性（0-10分） (滑动条)"]]
    slid = [("80", "9"), ("(空)", "(空)"), ("35", "7"), ("-3", "-3")]
    rows += [[str(n), f"2026/9/1 8:0{n}:00", "9秒", "微信", "", "", str(n % 2 + 1), *s] for n, s in enumerate(slid)]
    survey = read_survey(write_csv(tmp_path / "a.csv", rows))
    assert survey.answers("Q2") == [80, "blank", 35, "not_shown"]
    assert survey.types["Q3"] == "nps" and survey.answers("Q3") == [9, "blank", 7, "not_shown"]


def test_demographics_as_numbers_are_positions(tmp_path: Path) -> None:
    rows = [[*META, "1、性别", "2、所在省份"]]
    rows += [[str(n), f"2026/9/1 8:0{n}:00", "9秒", "微信", "", "", str(n % 2 + 1), "26"] for n in range(1, 7)]
    survey = read_survey(write_csv(tmp_path / "a.csv", rows))
    assert list(survey.types.values()) == ["single", "single"] and survey.ratings.empty


def test_new_option_heads_fold_too(tmp_path: Path) -> None:
    rows = [[*META, "1、(甲)", "1、(乙(一))", "2、爱好(读书)", "2、爱好(跑步)"]]
    rows += [["1", "2026/9/1 8:00:00", "9秒", "微信", "", "", "1", "0", "1", "1"],
             ["2", "2026/9/1 8:01:00", "9秒", "微信", "", "", "0", "1", "0", "0"]]  # fmt: skip
    survey = read_survey(write_csv(tmp_path / "a.csv", rows))
    assert survey.questions["Q1"].options == ("甲", "乙(一)")
    assert (survey.questions["Q2"].stem, survey.questions["Q2"].options) == ("爱好", ("读书", "跑步"))
    assert [a["爱好"] for a in survey.attributes] == ["读书┋跑步", "(空)"]


def test_a_table_of_something_else_is_not_claimed(tmp_path: Path) -> None:
    with pytest.raises(AmbiguousFormat):
        read_survey(write_csv(tmp_path / "a.csv", [["序号", "标题", "内容"], ["1", "a", "b"]]))


def test_a_number_export_saved_again_with_an_index_and_a_total_is_read(tmp_path: Path) -> None:
    heads = ["1、性别", "2、省份", "3、您每月的零花钱", "4、请评价—环境", "4、价格", "5、(电影)", "5、(音乐)"]
    rows = [["", *META, "总分", *heads]]
    rows += [
        [str(n), str(n + 2), f"2026/9/1 8:{n:02}:00", "9秒", "微信", "", "1.1.1.1(上海-上海)", str(500 + n),
         str(n % 2 + 1), "26", str(500 + n), str(n % 5 + 1), "3", "1", str(n % 2)]
        for n in range(20)
    ]  # fmt: skip
    survey = read_survey(write_csv(tmp_path / "raw.csv", rows, "utf-8"))
    assert (survey.row_count, len(survey.rejects)) == (20, 0)
    assert survey.types == {
        "Q1": "single", "Q2": "single", "Q3": "number", "Q4_1": "matrix_row", "Q4_2": "matrix_row", "Q5": "multi",
    }  # fmt: skip
    assert set(survey.ratings["indicator"]) == {"Q4_1", "Q4_2"} and set(survey.answers("Q4_2")) == {3}
    assert survey.attributes[0]["总分"] == "500" and "" not in survey.attributes[0]


def test_a_text_export_of_scales_in_numbers_is_known_by_its_name(tmp_path: Path) -> None:
    assert read_survey(write_csv(tmp_path / "1_按文本_x.csv", SCALES)).answers("Q1") == [2, 3, 4, 5, 1, 2]


def test_a_choice_about_personal_data_is_none(tmp_path: Path) -> None:
    rows = [[*META, "1、您是否愿意留下联系方式"]]
    rows += [[str(n), f"2026/9/1 8:0{n}:00", "9秒", "微信", "", "", "是" if n % 2 else "否"] for n in range(6)]
    assert read_survey(write_csv(tmp_path / "a.csv", rows)).attributes[0]["您是否愿意留下联系方式"] == "否"


def test_large_files_come_in_batches_with_the_same_questions(tmp_path: Path, text_file: Path) -> None:
    whole, parts = read_survey(text_file), read_survey(text_file, batch_rows=1)
    assert parts.questions == whole.questions
    assert sorted(parts.feedback["feedback_id"]) == sorted(whole.feedback["feedback_id"])


# --- real files


@pytest.mark.shared
@pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs ../shared/formats/samples beside the checkout")
@pytest.mark.parametrize(
    ("text", "number", "rows"),
    [("C_All_Data_Readable.xls", "C_All_Data_Original.xls", 4), ("B_357_text_0.xls", "B_357_number_2.xls", 204)],
)
def test_real_pairs_give_equal_answers(text: str, number: str, rows: int) -> None:
    one, two = read_survey(SAMPLES / text), read_survey(SAMPLES / number, twin=text)
    assert one.row_count == two.row_count == rows and one.rejects.empty and two.rejects.empty
    pd.testing.assert_frame_equal(one.feedback.drop(columns="file_id"), two.feedback.drop(columns="file_id"))
    pd.testing.assert_frame_equal(one.ratings, two.ratings)


@pytest.mark.shared
@pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs ../shared/formats/samples beside the checkout")
def test_the_shift_of_the_real_pair_is_caught(tmp_path: Path) -> None:
    text = read_survey(SAMPLES / "C_All_Data_Readable.xls")
    assert text.answers("Q15") == ["not_shown", 3, "not_shown", 3]
    copy = tmp_path / "alone.xls"
    copy.write_bytes((SAMPLES / "C_All_Data_Original.xls").read_bytes())
    alone = read_survey(copy)
    assert "Q15" not in set(alone.ratings["indicator"]) and "Q15" in alone.warnings
    assert len(alone.questions["Q12"].options) == 24 and len(alone.questions["Q3"].options) == 19
    assert json.loads(alone.mains["attributes"].iloc[0])["第3题"] == "(跳过)"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("88_按序号_酒店_40_38.csv", "88_按文本_酒店_40_38.csv"),
        ("88_按序号_酒店_40_38.csv", "88_按文本_酒店_41_39.csv"),
        ("88_40_2.csv", "88_40_0.csv"),
        ("All_Data_Original.csv", "All_Data_Readable.csv"),
    ],
)
def test_a_twin_beside_the_file_is_found_by_its_name_and_said(tmp_path: Path, number: str, text: str) -> None:
    words = read_survey(write_csv(tmp_path / text, TEXT))
    codes = [[str(cell) for cell in row] for row in NUMBER]
    survey = read_survey(write_csv(tmp_path / number, codes))
    assert f"取自旁边的 {text}" in survey.warnings
    assert survey.answers("Q5") == words.answers("Q5") == [9, 0, "not_shown", 10]
    assert survey.scope == words.scope


def test_a_twin_beside_the_file_of_another_survey_is_not_used(tmp_path: Path) -> None:
    other = [[heading.replace("您", "贵公司") for heading in TEXT[0]], *TEXT[1:]]
    write_csv(tmp_path / "88_按文本_a.csv", other)
    survey = read_survey(write_csv(tmp_path / "88_按序号_a.csv", [[str(cell) for cell in row] for row in NUMBER]))
    assert "没有用它" in survey.warnings and "假定" in survey.warnings


def test_what_is_assumed_of_a_number_export_alone_is_said(tmp_path: Path) -> None:
    survey = read_survey(write_csv(tmp_path / "88_按序号_a.csv", [[str(cell) for cell in row] for row in NUMBER]))
    assert "按这些假定读" in survey.warnings
    assert survey.answers("Q4_1") == [4, 2, "not_shown", 4]


def test_the_joiner_in_a_suggestion_makes_no_multiple_choice(tmp_path: Path) -> None:
    rows = [[*row] for row in TEXT]
    rows[1][13] = "多开一个窗口┋少排队"
    survey = read_survey(write_csv(tmp_path / "88_按文本_a.csv", rows))
    assert survey.types["Q6"] == "text" and survey.types["Q2"] == "multi"
    assert survey.texts("Q6")[0] == "多开一个窗口┋少排队"


def test_the_joiner_in_a_suggestion_makes_no_export_as_text(tmp_path: Path) -> None:
    rows = [[str(cell) for cell in row] for row in NUMBER]
    rows[1][-2] = "多开一个窗口┋少排队"
    survey = read_survey(write_csv(tmp_path / "a.csv", rows))
    assert survey.types["Q2"] == "multi" and survey.answers("Q4_1") == [4, 2, "not_shown", 4]


def test_a_file_name_that_ends_in_a_number_says_nothing_of_scores(tmp_path: Path) -> None:
    survey = read_survey(write_csv(tmp_path / "报告_1.csv", [[str(cell) for cell in row] for row in NUMBER]))
    assert "按序号" in survey.warnings and "按分数" not in survey.warnings

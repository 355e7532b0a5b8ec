"""问卷网: words, codes, and the list of what codes mean."""

from pathlib import Path

import pytest
from survey_files import read_survey, write_csv

from feedback_engine.errors import MappingError

READABLE = [
    ["序号", "start", "finish", "答题时长", "您的性别", "爱好_读书", "爱好_跑步", "评价_环境", "评价_价格", "建议"],
    [
        "1",
        "2026-09-01 08:00:00",
        "2026-09-01 08:02:05",
        "2分5秒",
        "男",
        "读书",
        "",
        "非常满意",
        "一般",
        "空调冷，希望改进",
    ],
    ["2", "2026-09-01 09:00:00", "2026-09-01 09:01:00", "1分0秒", "女", "读书", "跑步", "满意", "不满意", ""],
    [
        "3",
        "2026-09-01 09:00:00",
        "2026-09-01 09:01:00",
        "60",
        "女",
        "",
        "跑步",
        "不满意",
        "非常不满意",
        "很好，谢谢你们",
    ],
]
ORIGINAL = [
    ["序号", "start", "finish", "Q1", "Q2_A1", "Q2_A2", "Q3_R1", "Q3_R2", "Q4"],
    ["1", "2026-09-01 08:00:00", "2026-09-01 08:02:05", "1", "1", "0", "1", "3", "空调冷，希望改进"],
    ["2", "2026-09-01 09:00:00", "2026-09-01 09:01:00", "2", "1", "1", "2", "4", ""],
    ["3", "2026-09-01 09:00:00", "2026-09-01 09:01:00", "2", "0", "1", "4", "5", "很好，谢谢你们"],
]
CODE = [
    ["Q1", "您的性别", "单选题"], ["", "1", "男"], ["", "2", "女"],
    ["Q2", "爱好", "多选题"], ["", "1", "读书"], ["", "2", "跑步"],
    ["Q3", "评价", "矩阵单选题"], ["", "1", "非常满意"], ["", "2", "满意"], ["", "3", "一般"], ["", "4", "不满意"],
    ["", "5", "非常不满意"], ["Q4", "建议", "填空题"],
]  # fmt: skip


def test_the_file_in_words_is_read(tmp_path: Path) -> None:
    survey = read_survey(write_csv(tmp_path / "All_Data_Readable.csv", READABLE, "gbk"))
    assert (survey.platform, survey.row_count, len(survey.rejects)) == ("wenjuan", 3, 0)
    assert list(survey.types.values()) == ["single", "multi", "matrix_row", "matrix_row", "text"]
    assert [a["爱好"] for a in survey.attributes] == ["读书", "读书┋跑步", "跑步"]
    assert [a["duration_seconds"] for a in survey.attributes] == ["125", "60", "60"]


def test_codes_alone_are_never_ratings(tmp_path: Path) -> None:
    survey = read_survey(write_csv(tmp_path / "All_Data_Original.csv", ORIGINAL, "gbk"))
    assert survey.platform == "wenjuan" and survey.ratings.empty
    assert "twin: code.csv" in survey.warnings
    assert survey.texts("Q4") == ["空调冷，希望改进", "很好，谢谢你们"]


def test_codes_get_their_meaning_from_the_list(tmp_path: Path) -> None:
    write_csv(tmp_path / "code.csv", CODE, "gbk")
    survey = read_survey(write_csv(tmp_path / "All_Data_Original.csv", ORIGINAL, "gbk"), twin="code.csv")
    assert survey.types == {"Q1": "single", "Q2": "multi", "Q3_1": "matrix_row", "Q3_2": "matrix_row", "Q4": "text"}
    assert survey.answers("Q3_1") == [5, 4, 2] and survey.answers("Q3_2") == [3, 2, 1]
    assert survey.attributes[1]["您的性别"] == "女" and survey.attributes[1]["爱好"] == "读书┋跑步"


def test_a_ranking_in_columns_is_one_answer(tmp_path: Path) -> None:
    write_csv(tmp_path / "code.csv", [["Q1", "请排序", "排序题"], ["", "1", "味道"], ["", "2", "价格"]], "gbk")
    rows = [["start", "finish", "Q1_A1", "Q1_A2"], ["2026-09-01 08:00:00", "2026-09-01 08:02:05", "2", "1"]]
    survey = read_survey(write_csv(tmp_path / "a.csv", rows), twin="code.csv")
    assert survey.types == {"Q1": "rank"} and survey.attributes[0]["请排序"] == "价格→味道"


def test_the_list_of_codes_is_no_survey(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="编码表"):
        read_survey(write_csv(tmp_path / "code.csv", CODE, "gbk"))


def test_a_list_of_codes_that_is_none_is_refused(tmp_path: Path) -> None:
    write_csv(tmp_path / "other.csv", [["a", "b", "c"], ["1", "2", "3"]])
    with pytest.raises(MappingError, match="不是问卷网的编码表"):
        read_survey(write_csv(tmp_path / "All_Data_Original.csv", ORIGINAL, "gbk"), twin="other.csv")


def test_a_duration_in_seconds_and_numbered_questions_are_the_readable_export_too(tmp_path: Path) -> None:
    rows = [
        ["序号", "答题状态", "开始时间", "结束时间", "答题时长(秒)", "IP", "Q1.您对服务满意吗", "Q2.建议"],
        ["1", "已完成", "2026-10-01 08:00:00", "2026-10-01 08:05:00", "300", "192.0.2.1", "满意", "空调太冷，希望调高"],
        [
            "2",
            "已完成",
            "2026-10-01 09:00:00",
            "2026-10-01 09:05:00",
            "240",
            "192.0.2.2",
            "非常不满意",
            "很好，谢谢你们",
        ],
    ]
    survey = read_survey(write_csv(tmp_path / "a.csv", rows))
    assert survey.types == {"Q1": "scale", "Q2": "text"}
    assert '"答题状态": "已完成"' in survey.mains["attributes"].iloc[0]

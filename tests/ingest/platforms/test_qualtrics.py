"""Qualtrics: three heading lines or two, zones, recodes, split and unsplit choices, previews, what is set aside."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from foreign_files import SAMPLES, read, save
from hypothesis import given, settings
from hypothesis import strategies as st

Column = tuple[str, str, dict[str, str]]

FIXED: list[Column] = [
    ("StartDate", "开始日期", {"ImportId": "startDate", "timeZone": "America/Denver"}),
    ("EndDate", "结束日期", {"ImportId": "endDate", "timeZone": "America/Denver"}),
    ("Status", "答复类型", {"ImportId": "status"}),
    ("IPAddress", "IP 地址", {"ImportId": "ipAddress"}),
    ("Progress", "进度", {"ImportId": "progress"}),
    ("Duration (in seconds)", "持续时间", {"ImportId": "duration"}),
    ("Finished", "完成", {"ImportId": "finished"}),
    ("ResponseId", "答复 ID", {"ImportId": "_recordId"}),
    ("RecipientLastName", "姓", {"ImportId": "recipientLastName"}),
    ("UserLanguage", "语言", {"ImportId": "userLanguage"}),
]


def head(name: str, text: str, own: str, **more: str) -> Column:
    return name, text, {"ImportId": own, **more}


def fixed(number: int, status: str = "0", finished: str = "1", progress: str = "100") -> list[str]:
    return [
        "2024-07-18 22:28:09", f"2024-07-18 22:{number:02}:48", status, "203.0.113.7", progress, "38", finished,
        f"R_{number}", "Lee", "ZH-S",
    ]  # fmt: skip


def build(columns: list[Column], rows: list[list[str]]) -> list[list[str]]:
    columns = FIXED + columns
    return [[c[0] for c in columns], [c[1] for c in columns], [json.dumps(c[2]) for c in columns], *rows]


SATISFACTION = head("Q1", "How satisfied are you with us?", "QID1")


def one_question(path: Path, column: Column, answers: list[str], **settings: str):  # type: ignore[no-untyped-def]
    rows = [[*fixed(n, **settings), answer] for n, answer in enumerate(answers)]
    return read(save(path / "q.csv", build([column], rows)))


def test_the_third_line_tells_and_the_second_may_be_in_any_language(tmp_path: Path) -> None:
    survey = one_question(tmp_path, SATISFACTION, ["5", "1", "3", "4", "2"])
    assert survey.platform == "qualtrics" and survey.row_count == 5
    assert survey.answers("Q1") == [5, 1, 3, 4, 2]
    assert survey.mains["row_number"].tolist() == [4, 5, 6, 7, 8]


def test_dates_are_in_the_zone_of_the_third_line(tmp_path: Path) -> None:
    survey = one_question(tmp_path, SATISFACTION, ["5", "1"])
    assert survey.mains["received_at"].iloc[0] == pd.Timestamp("2024-07-19 04:00:48", tz="UTC")
    assert "America/Denver" in survey.warnings


def test_without_a_zone_the_project_s_is_used_and_said(tmp_path: Path) -> None:
    table = build([SATISFACTION], [[*fixed(1), "5"]])
    table[2][:2] = ['{"ImportId":"startDate"}', '{"ImportId":"endDate"}']
    survey = read(save(tmp_path / "q.csv", table))
    assert survey.mains["received_at"].iloc[0] == pd.Timestamp("2024-07-18 14:01:48", tz="UTC")
    assert "没有写明时区" in survey.warnings


def test_nobody_s_name_address_or_ip_gets_in(tmp_path: Path) -> None:
    survey = one_question(tmp_path, SATISFACTION, ["5", "1"])
    assert survey.attributes[0] == {"duration_seconds": "38", "答卷状态": "完成", "语言": "ZH-S"}


def test_previews_are_rejected_one_by_one_and_counted(tmp_path: Path) -> None:
    rows = [[*fixed(1), "5"], [*fixed(2, status="1"), "1"], [*fixed(3, status="Survey Preview"), "1"], [*fixed(4), "2"]]
    survey = read(save(tmp_path / "q.csv", build([SATISFACTION], rows)))
    assert survey.row_count == 4 and len(survey.mains) == 2
    assert survey.rejects["row_number"].tolist() == [5, 6]
    assert survey.rejects["is_row_lost"].all() and survey.rejects["is_expected"].all()
    assert "2 份" in survey.warnings


def test_who_left_before_the_first_question_is_no_error_and_who_finished_without_an_answer_is(tmp_path: Path) -> None:
    rows = [[*fixed(1), "5"], [*fixed(2, finished="0", progress="0"), ""], [*fixed(3), ""], [*fixed(4), "2"]]
    survey = read(save(tmp_path / "q.csv", build([SATISFACTION], rows)))
    assert survey.rejects[["row_number", "is_expected"]].to_numpy().tolist() == [[5, True], [6, False]]


def test_an_unfinished_answer_stays_and_says_so(tmp_path: Path) -> None:
    rows = [[*fixed(1), "5"], [*fixed(2, finished="0", progress="40"), "1"]]
    survey = read(save(tmp_path / "q.csv", build([SATISFACTION], rows)))
    assert [row["答卷状态"] for row in survey.attributes] == ["完成", "未完成"]
    assert "1 份答卷未完成" in survey.warnings


def test_a_heading_of_4_kb_over_60_lines_is_one_heading(tmp_path: Path) -> None:
    long = head("Q1", "\n".join(["How satisfied are you with us? " + "x" * 40] * 60), "QID1")
    survey = one_question(tmp_path, long, ["5", "1"])
    assert survey.answers("Q1") == [5, 1]
    assert len(survey.questions["Q1"].stem) <= 201 and "\n" not in survey.questions["Q1"].stem


def test_recodes_below_zero_are_answers(tmp_path: Path) -> None:
    column = head("Q1", "Where did you hear of us?", "QID1")
    survey = one_question(tmp_path, column, ["-1", "0", "1", "2", "3"])
    assert [row["Where did you hear of us?"] for row in survey.attributes] == ["-1", "0", "1", "2", "3"]
    assert survey.types == {"Q1": "single"} and survey.ratings.empty


def test_minus_99_beside_a_scale_is_seen_and_unanswered(tmp_path: Path) -> None:
    rows = [[*fixed(n), answer, "word"] for n, answer in enumerate(["5", "-99", "", "1", "3"])]
    survey = read(save(tmp_path / "q.csv", build([SATISFACTION, head("Q2", "Why?", "QID2_TEXT")], rows)))
    assert survey.answers("Q1") == [5, "blank", "not_shown", 1, 3]
    assert "-99" in survey.warnings


def test_an_empty_cell_is_unknown(tmp_path: Path) -> None:
    columns = [SATISFACTION, head("Q2", "Why?", "QID2_TEXT")]
    rows = [[*fixed(1), "5", ""], [*fixed(2), "", "slow"], [*fixed(3), "1", ""]]
    survey = read(save(tmp_path / "q.csv", build(columns, rows)))
    assert survey.answers("Q1") == [5, "unknown_missing", 1] and survey.texts("Q2") == ["slow"]


def test_codes_of_a_choice_are_no_scale(tmp_path: Path) -> None:
    survey = one_question(tmp_path, head("Q1", "Your age group", "QID1"), ["1", "2", "3", "4", "5"])
    assert survey.ratings.empty and survey.types == {"Q1": "single"}


def test_labels_are_read_where_the_file_has_texts(tmp_path: Path) -> None:
    rows = [[*fixed(n, "IP Address", "True"), a] for n, a in enumerate(["Very satisfied", "Dissatisfied", "Neutral"])]
    survey = read(save(tmp_path / "q.csv", build([SATISFACTION], rows)))
    assert survey.answers("Q1") == [5, 2, 3]


SPLIT = [
    head("Q2_1", "Which do you use? - Web", "QID2", choiceId="1"),
    head("Q2_2", "Which do you use? - App", "QID2", choiceId="2"),
    head("Q2_3", "Which do you use? - Other", "QID2", choiceId="3"),
    head("Q2_3_TEXT", "Which do you use? - Other - Text", "QID2_3_TEXT"),
]


@pytest.mark.parametrize("ticks", [("1", "1", "1"), ("Web", "App", "Other")])
def test_split_choices_are_one_question_again(tmp_path: Path, ticks: tuple[str, str, str]) -> None:
    rows = [[*fixed(1), ticks[0], ticks[1], "", ""], [*fixed(2), "", "", ticks[2], "fax"], [*fixed(3), "", "", "", ""]]
    rows = [[*row, "4"] for row in rows]
    survey = read(save(tmp_path / "q.csv", build([*SPLIT, SATISFACTION], rows)))
    assert [row["Which do you use?"] for row in survey.attributes] == ["Web┋App", "Other", "(缺失)"]
    assert survey.questions["Q2"].options == ("Web", "App", "Other")
    assert survey.texts("Q2_3_TEXT") == ["fax"]


def test_a_zero_says_that_the_choices_were_seen(tmp_path: Path) -> None:
    rows = [[*fixed(1), "1", "0", "0", "", "4"], [*fixed(2), "0", "0", "0", "", "4"]]
    survey = read(save(tmp_path / "q.csv", build([*SPLIT, SATISFACTION], rows)))
    assert [row["Which do you use?"] for row in survey.attributes] == ["Web", "(空)"]


def test_choices_in_one_cell_are_told_apart(tmp_path: Path) -> None:
    column = head("Q2", "Which do you use?", "QID2")
    survey = one_question(tmp_path, column, ["1,2", "2", "1,3", "1,2,3"])
    assert [row["Which do you use?"] for row in survey.attributes] == ["1┋2", "2", "1┋3", "1┋2┋3"]
    rows = [[*fixed(n, finished="True"), a] for n, a in enumerate(["Web,App", "App", "Web,App", "Web"])]
    survey = read(save(tmp_path / "t.csv", build([column], rows)))
    assert survey.types == {"Q2": "multi"} and survey.attributes[0]["Which do you use?"] == "Web┋App"
    assert "逗号" in survey.warnings


MATRIX = [
    head("Q13_1", "Rate us - Speed", "QID20_3"),
    head("Q13_2", "Rate us - Price", "QID20_7"),
    head("Q13_3", "Rate us - Staff", "QID20_9"),
]


def test_a_matrix_row_s_suffix_need_not_be_its_recode(tmp_path: Path) -> None:
    rows = [[*fixed(n), str(n % 5 + 1), str(5 - n % 5), "" if n == 2 else "3"] for n in range(10)]
    survey = read(save(tmp_path / "q.csv", build(MATRIX, rows)))
    assert set(survey.types.values()) == {"matrix_row"}
    assert [q.row_label for q in survey.questions.values()] == ["Speed", "Price", "Staff"]
    assert {q.group for q in survey.questions.values()} == {"Q13"}
    assert survey.answers("Q13_3")[1:4] == [3, "blank", 3]


def test_ranks_become_an_order(tmp_path: Path) -> None:
    rows = [[*fixed(n), *ranks] for n, ranks in enumerate([("2", "1", "3"), ("1", "2", "3"), ("3", "2", "1")])]
    survey = read(save(tmp_path / "q.csv", build(MATRIX, rows)))
    assert survey.types == {"Q13": "rank"}
    assert survey.attributes[0]["Rate us"] == "Price┋Speed┋Staff"


def test_nps_is_0_to_10_and_its_group_is_set_aside(tmp_path: Path) -> None:
    columns = [
        head("Q5", "How likely would you recommend us?", "QID5"),
        head("Q5_NPS_GROUP", "Group", "QID5_NPS_GROUP"),
    ]
    rows = [[*fixed(n), score, "2"] for n, score in enumerate(["9", "6", "8"])]
    survey = read(save(tmp_path / "q.csv", build(columns, rows)))
    scale = survey.questions["Q5"].scale
    assert survey.types == {"Q5": "nps"} and scale is not None and (scale.min, scale.max) == (0, 10)


def test_what_qualtrics_computed_is_no_question(tmp_path: Path) -> None:
    aside = [
        head("Q1_DO", "Q1 - Display Order", "QID1_DO"),
        head("Q1_DO_2", "Order", "QID1_DO", choiceId="2"),
        head("Q2 - Topics", "Q2 - Topics", "QID2_TEXT_abcTopics"),
        head("Q2 - Sentiment Score", "Q2 - Sentiment Score", "QID2_TEXT_abcSentimentScore"),
        head("Q9_First Click", "Timing - First Click", "QID9_FIRST_CLICK"),
    ]
    rows = [[*fixed(n), "4", *["1"] * len(aside)] for n in range(3)]
    survey = read(save(tmp_path / "q.csv", build([SATISFACTION, *aside], rows)))
    assert list(survey.questions) == ["Q1"] and "5 列不是回答" in survey.warnings


def test_a_loop_asks_one_question_twice(tmp_path: Path) -> None:
    columns = [head("1_Q2", "How satisfied are you?", "1_QID2"), head("2_Q2", "How satisfied are you?", "2_QID2")]
    rows = [[*fixed(n), "5", "1"] for n in range(3)]
    survey = read(save(tmp_path / "q.csv", build(columns, rows)))
    assert list(survey.questions) == ["1_Q2", "2_Q2"]
    assert "循环 2" in survey.questions["2_Q2"].stem


def test_embedded_data_are_facts_about_the_respondent(tmp_path: Path) -> None:
    rows = [[*fixed(1), "4", '"246135"']]
    survey = read(save(tmp_path / "q.csv", build([SATISFACTION, head("platform", "platform", "platform")], rows)))
    assert survey.attributes[0]["platform"] == "246135" and "platform" not in survey.questions


def test_one_name_twice_is_two_columns(tmp_path: Path) -> None:
    columns = [SATISFACTION, head("Q1", "How satisfied are you with the price?", "QID8")]
    survey = read(
        save(
            tmp_path / "q.csv",
            build(
                [head("StartDate", "x", "StartDate"), *columns],
                [[*fixed(1), "z", "4", "2"], [*fixed(2), "y", "5", "1"]],
            ),
        )
    )
    assert survey.answers("Q1") == [4, 5] and survey.answers("Q1_r2") == [2, 1]
    assert survey.mains["received_at"].notna().all()


def test_a_legacy_export_has_two_lines_a_mark_and_a_trailing_comma(tmp_path: Path) -> None:
    rows = [
        ["V1", "V2", "V6", "V7", "V8", "V9", "V10", "Q1", ""],
        ["ResponseID", "ResponseSet", "IPAddress", "Status", "StartDate", "EndDate", "Finished", SATISFACTION[1], ""],
        ["R_1", "Default", "203.0.113.7", "0", "2017-07-18 08:28:09", "2017-07-18 08:28:48", "1", "5", ""],
        ["R_2", "Default", "203.0.113.7", "1", "2017-07-18 08:28:09", "2017-07-18 08:28:48", "1", "5", ""],
        ["R_3", "Default", "203.0.113.7", "0", "2017-07-18 08:28:09", "2017-07-18 08:28:48", "1", "1", ""],
    ]
    survey = read(save(tmp_path / "q.csv", rows, encoding="utf-8-sig"))
    assert survey.platform == "qualtrics" and survey.answers("Q1") == [5, 1]
    assert survey.mains["respondent_id"].tolist() == ["R_1", "R_3"] and survey.row_count == 3


def test_tab_separated_utf16_reads_alike(tmp_path: Path) -> None:
    table = build([SATISFACTION], [[*fixed(1), "5"], [*fixed(2), "1"]])
    save(tmp_path / "q.tsv", table, encoding="utf-16", delimiter="\t")
    assert read(tmp_path / "q.tsv").answers("Q1") == read(save(tmp_path / "q.csv", table)).answers("Q1") == [5, 1]


def test_without_its_third_line_a_file_is_still_known(tmp_path: Path) -> None:
    table = build([SATISFACTION], [[*fixed(1), "5"], [*fixed(2), "1"]])
    survey = read(save(tmp_path / "q.csv", [*table[:2], *table[3:]]))
    assert survey.platform == "qualtrics" and survey.answers("Q1") == [5, 1]


def test_the_same_survey_in_codes_and_in_texts_has_one_scope(tmp_path: Path) -> None:
    codes = read(save(tmp_path / "a.csv", build([SATISFACTION], [[*fixed(1), "5"]])))
    texts = read(save(tmp_path / "b.csv", build([SATISFACTION], [[*fixed(1, "IP Address", "True"), "Very satisfied"]])))
    assert codes.scope == texts.scope != ""


def test_two_exports_in_one_file_do_not_count_headings_as_answers(tmp_path: Path) -> None:
    table = build([SATISFACTION], [[*fixed(1), "5"]])
    survey = read(save(tmp_path / "q.csv", [*table, table[0], table[2], [*fixed(2), "4"]]))
    assert len(survey.mains) == 2 and len(survey.rejects) == 2 and survey.row_count == 4


@pytest.mark.shared
@pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs ../shared beside the checkout")
def test_the_real_samples_of_both_kinds_say_the_same() -> None:
    new, old = (
        read(SAMPLES / "qualtrics" / name) for name in ("A_qualtRics_sample.csv", "B_qualtRics_sample_legacy.csv")
    )
    for survey in (new, old):
        assert survey.platform == "qualtrics" and survey.row_count == 1 and survey.rejects.empty
        assert survey.texts("Q2") == ["Hello World!"] and survey.types == {"Q1": "single", "Q2": "text"}
    assert new.scope == old.scope


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(st.sampled_from(["0", "1", "2", "8", "Survey Preview", ""]), st.sampled_from(["", "1", "5", "7"]))
    )
)
def test_every_row_is_kept_or_rejected_once(answers: list[tuple[str, str]]) -> None:
    rows = [[*fixed(n % 60, status), answer] for n, (status, answer) in enumerate([*answers, ("0", "5"), ("0", "1")])]
    with TemporaryDirectory() as folder:
        survey = read(save(Path(folder) / "q.csv", build([SATISFACTION], rows)))
    lost = survey.rejects[survey.rejects["is_row_lost"]]["row_number"].nunique()
    assert survey.row_count == len(rows) == len(survey.mains) + lost


def test_previews_are_counted_to_the_end_of_the_file(tmp_path: Path) -> None:
    rows = [[*fixed(n % 60, status="1" if n % 2 else "0"), "5"] for n in range(1, 2401)]
    for number, row in enumerate(rows):
        row[7] = f"R_{number}"
    survey = read(save(tmp_path / "q.csv", build([SATISFACTION], rows)))
    assert len(survey.mains) == 1200
    assert "预览或测试的答卷不导入，共 1200 份" in survey.warnings


def test_a_matrix_of_codes_without_words_says_that_it_has_none(tmp_path: Path) -> None:
    columns = [head(f"Q2_{n}", f"Rows - {n}", f"QID2_{n}") for n in (1, 2)]
    rows = [[*fixed(n), str(n % 5 - 1), str(n % 4 - 1)] for n in range(20)]
    survey = read(save(tmp_path / "q.csv", build(columns, rows)))
    assert "只有代码，没有文字" in survey.warnings and not any(q.scale for q in survey.questions.values())

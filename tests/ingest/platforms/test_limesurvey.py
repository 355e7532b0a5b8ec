"""LimeSurvey: codes, wordings, both; VV; answers short and long; timings, entities, dates; merged headings."""

from pathlib import Path

import pandas as pd
import pytest
from foreign_files import SAMPLES, read, save

from feedback_engine.errors import AmbiguousFormat

METAS = ["id", "submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp"]
FULL = ["Response ID", "Date submitted", "Last page", "Start language", "Seed", "Date started", "Date last action"]
CODES = ["sat", "M3[SQ1]", "M3[SQ2]", "M3[other]", "FAS[SQ001]", "FAS[SQ002]", "R[1]", "R[2]", "why"]
TEXTS = ["How satisfied are you?", "Which do you use? [Web]", "Which do you use? [App]", "Which do you use? [Other]",
         "Rate us [Speed &amp; care]", "Rate us [Price]",
         "Order these [Rank 1]", "Order these [Rank 2]", "Why?"]  # fmt: skip
TIMES = ["interviewtime", "groupTime12", "satTime"]
ANSWERS = [
    ["5", "Y", "Y", "", "4", "5", "A", "B", "slow &amp; dear"],
    ["1", "", "Y", "fax, mail", "2", "", "B", "A", ""],
    ["3", "", "", "", "", "", "", "", ""],
    ["2", "Y", "", "", "1", "3", "A", "", "ok"],
]


def fixed(number: int, submitted: str | None = None) -> list[str]:
    at = f"2026-05-0{number + 1} 10:00:00"
    return [str(number + 1), at if submitted is None else submitted, "3", "zh-Hans", "123", "2026-05-01 09:00:00", at]


def table(heads: list[str], answers: list[list[str]] = ANSWERS) -> list[list[str]]:
    return [heads, *([*fixed(n), *row, "150.5", "20", "9"] for n, row in enumerate(answers))]


def write(path: Path, rows: list[list[str]]) -> Path:
    save(path, rows, encoding="utf-8-sig", delimiter=";")
    path.write_bytes(path.read_bytes() + b"\r\n")
    return path


@pytest.fixture
def coded(tmp_path: Path):  # type: ignore[no-untyped-def]
    return read(write(tmp_path / "l.csv", table([*METAS, *CODES, *TIMES])))


def test_results_by_code_are_read_to_the_last_blank_line(coded) -> None:  # type: ignore[no-untyped-def]
    assert coded.platform == "limesurvey" and coded.row_count == 4 and coded.rejects.empty
    assert coded.mains["respondent_id"].tolist() == ["1", "2", "3", "4"]
    assert coded.types["M3"] == "multi" and coded.types["R"] == "rank" and coded.types["why"] == "text"


def test_choices_fold_and_other_is_a_text(coded) -> None:  # type: ignore[no-untyped-def]
    assert [row["M3"] for row in coded.attributes] == ["SQ1┋SQ2", "SQ2┋other", "(缺失)", "SQ1"]
    assert coded.texts("M3_other") == ["fax, mail"]


def test_a_ranking_lists_options_by_rank(coded) -> None:  # type: ignore[no-untyped-def]
    assert [row["R"] for row in coded.attributes] == ["A┋B", "B┋A", "(缺失)", "A"]


def test_entities_become_characters(coded) -> None:  # type: ignore[no-untyped-def]
    assert coded.texts("why")[0] == "slow & dear"


def test_timings_are_meta(coded) -> None:  # type: ignore[no-untyped-def]
    assert coded.attributes[0]["duration_seconds"] == "150.5"
    assert "2 列不是回答（计时）" in coded.warnings and not {"groupTime12", "satTime"} & set(coded.questions)


def test_an_empty_row_of_a_matrix_was_shown_if_another_was_answered(coded) -> None:  # type: ignore[no-untyped-def]
    assert coded.answers("FAS_SQ002") == [5, "blank", "unknown_missing", 3]


def test_wordings_give_the_same_answers_as_codes(tmp_path: Path, coded) -> None:  # type: ignore[no-untyped-def]
    full = read(write(tmp_path / "f.csv", table([*FULL, *TEXTS, "Total time", "Group time: A", "Question time: sat"])))
    assert full.platform == "limesurvey" and list(full.types.values())[1:] == list(coded.types.values())[1:]
    assert (full.types["Q1"], coded.types["sat"]) == ("scale", "number")  # a code alone does not ask for a rating
    assert full.questions["Q3_1"].row_label == "Speed & care"
    assert full.attributes[0]["Which do you use?"] == "Web┋App"


def test_spaces_as_underscores_are_known(tmp_path: Path) -> None:
    heads = [heading.replace(" ", "_") for heading in [*FULL, *TEXTS]]
    rows = [row[: len(heads)] for row in table(heads)]
    assert read(write(tmp_path / "f.csv", rows)).mains["respondent_id"].tolist() == ["1", "2", "3", "4"]


@pytest.mark.parametrize("separator", [". ", ": ", " - "])
def test_code_and_text_are_parted_by_whatever_was_chosen(tmp_path: Path, separator: str) -> None:
    pairs = zip([*METAS, *CODES], [*FULL, *TEXTS], strict=True)
    heads = [f"{code}{separator}{text}" for code, text in pairs]
    survey = read(write(tmp_path / "b.csv", [row[: len(heads)] for row in table(heads)]))
    assert survey.questions["FAS_SQ001"].stem == "Rate us" and survey.questions["FAS_SQ001"].row_label == "Speed & care"
    assert survey.questions["sat"].stem == "How satisfied are you?" and survey.answers("sat") == [5, 1, 3, 2]


def test_long_answers_are_labels(tmp_path: Path) -> None:
    words = {"Y": "Yes", "": "", "5": "Very satisfied", "4": "Satisfied", "3": "Neutral", "2": "Dissatisfied",
             "1": "Very dissatisfied"}  # fmt: skip
    answers = [[words.get(cell, cell) for cell in row] for row in ANSWERS]
    answers[2][1:3] = ["No", "No"]
    survey = read(write(tmp_path / "l.csv", table([*METAS, *CODES, *TIMES], answers)))
    assert survey.answers("sat") == [5, 1, 3, 2] and survey.answers("FAS_SQ001") == [4, 2, "unknown_missing", 1]
    assert [row["M3"] for row in survey.attributes] == ["SQ1┋SQ2", "SQ2┋other", "(空)", "SQ1"]


def test_codes_of_unknown_meaning_are_no_scores(tmp_path: Path) -> None:
    answers = [[f"A{n + 1}", *row[1:]] for n, row in enumerate(ANSWERS)]
    survey = read(write(tmp_path / "l.csv", table([*METAS, *CODES, *TIMES], answers)))
    assert survey.types["sat"] == "single" and "完整答案" in survey.warnings


def test_vv_tells_not_shown_from_blank(tmp_path: Path) -> None:
    answers = [["5", "Y", "Y", "", "4", "5", "A", "B", "a{newline}b"],
               ["{question_not_shown}", *["{question_not_shown}"] * 7, "ok"], ["", *[""] * 7, "x"]]  # fmt: skip
    heads = [*FULL, *TEXTS, *TIMES]
    rows = [heads, [*METAS, *CODES, *TIMES], *table(heads, answers)[1:]]
    (tmp_path / "vvexport_1.csv").write_text("\n".join("\t".join(row) for row in rows) + "\n", encoding="utf-8")
    survey = read(tmp_path / "vvexport_1.csv")
    assert survey.platform == "limesurvey" and survey.row_count == 3
    assert survey.answers("sat") == [5, "not_shown", "blank"]
    assert survey.answers("FAS_SQ001") == [4, "not_shown", "blank"]
    assert [row["Which do you use?"] for row in survey.attributes] == ["Web┋App", "(跳过)", "(空)"]
    assert survey.texts("why")[0] == "a\nb"


def test_1980_is_no_date_but_anonymity(tmp_path: Path) -> None:
    rows = table([*METAS, *CODES, *TIMES])
    for row in rows[1:]:
        row[1] = row[5] = row[6] = "1980-01-01 00:00:00"
    survey = read(write(tmp_path / "l.csv", rows))
    assert survey.row_count == 4 and survey.rejects.empty and survey.mains["received_at"].isna().all()
    assert "匿名" in survey.warnings and survey.attributes[0]["答卷状态"] == "完成"


def test_without_a_submission_date_an_answer_is_unfinished(tmp_path: Path) -> None:
    rows = table([*METAS, *CODES, *TIMES])
    rows[2][1] = ""
    survey = read(write(tmp_path / "l.csv", rows))
    assert [row["答卷状态"] for row in survey.attributes] == ["完成", "未完成", "完成", "完成"]
    assert survey.mains["received_at"].iloc[1] == pd.Timestamp("2026-05-02 10:00:00", tz="Asia/Shanghai")


def test_headings_merged_by_hand_are_told_from_data(tmp_path: Path) -> None:
    rows = [["Which do you use?", "", "", "How often?", "", ""], ["Web", "App", "Other", "Mail", "Phone", "Chat"],
            ["Yes", "No", "fax", "Always", "Never", "Sometimes"], ["No", "No", "", "Rarely", "Often", ""]]  # fmt: skip
    survey = read(write(tmp_path / "m.csv", rows))
    assert survey.platform == "limesurvey" and survey.row_count == 2
    assert [row["Which do you use?"] for row in survey.attributes] == ["Web┋Other", "(空)"]
    assert survey.types["Q2_1"] == "matrix_row" and survey.answers("Q2_3") == [3, "blank"]


def test_a_number_and_a_date_merged_over_both_lines_are_a_table_of_ones_own(tmp_path: Path) -> None:
    # As questions the date would be lost, and with it every month.
    rows = [["编号", "提交时间", "门店", "前台", "", "客房", ""], ["", "", "", "速度", "态度", "舒适", "清洁"]]
    rows += [[f"A{n}", f"2026-10-0{n}", "一店", "满意", "一般", "满意", "不满意"] for n in range(1, 5)]
    with pytest.raises(AmbiguousFormat):
        read(write(tmp_path / "t.csv", rows))


def test_a_title_over_a_table_is_no_question_over_options(tmp_path: Path) -> None:
    rows = [
        ["投诉明细表", "", "", ""],
        ["编号", "时间", "内容", "处理"],
        ["1", "2026-10-31", "太慢", "已办"],
        ["2", "2026-11-01", "太贵", ""],
    ]
    with pytest.raises(AmbiguousFormat):
        read(write(tmp_path / "t.csv", rows))


@pytest.mark.shared
@pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs ../shared beside the checkout")
@pytest.mark.parametrize("name", ["A_dfuchss_results-survey.csv", "A2_dfuchss_results-survey-translated.csv"])
def test_a_real_sample_with_merged_headings(name: str) -> None:
    survey = read(SAMPLES / "limesurvey" / name)
    assert survey.platform == "limesurvey" and survey.row_count == 45 and survey.rejects.empty
    assert survey.types["Q1"] == "multi" and len(survey.questions["Q1"].options) == 7
    assert survey.attributes[1][survey.questions["Q1"].stem].count("┋") == 1


def test_a_row_of_own_words_does_not_cost_the_matrix_its_scale(tmp_path: Path) -> None:
    answers = [
        ("rather agree", "fully agree", ""),
        ("fully agree", "rather disagree", "Versions get lost"),
        ("fully disagree", "rather agree", "Nobody keeps the drawings"),
        ("rather disagree", "fully disagree", ""),
    ]
    rows = [["id", "submitdate", "lastpage", "startlanguage", "Q1[A]", "Q1[B]", "Q1[Further problems]"]]
    rows += [[str(n), f"2026-10-0{n} 08:00:00", "3", "en", *row] for n, row in enumerate(answers, start=1)]
    survey = read(save(tmp_path / "a.csv", rows, delimiter=";"))
    assert survey.types == {"Q1_A": "matrix_row", "Q1_B": "matrix_row", "Q1_Further_problems": "text"}
    assert survey.answers("Q1_A") == [3, 4, 1, 2]


def test_a_form_with_moments_and_an_address_is_not_taken_for_limesurvey(tmp_path: Path) -> None:
    head = ["答题序号", "来源", "开始时间", "提交时间", "IP地址", "您对服务满意吗", "建议"]
    rows = [
        [str(n), "PC", f"2026-10-0{n} 10:00:00", f"2026-10-0{n} 10:02:00", "192.0.2.7", "满意", "好"] for n in (1, 2)
    ]
    with pytest.raises(AmbiguousFormat):
        read(save(tmp_path / "a.csv", [head, *rows]))

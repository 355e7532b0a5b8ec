"""SurveyMonkey: two heading lines or what is left of them, expanded choices and matrices, stray bytes, API JSON."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from foreign_files import SAMPLES, read, save

OLD = ["RespondentID", "CollectorID", "StartDate", "EndDate", "IP Address", "Email Address", "First Name", "LastName",
       "Custom Data"]  # fmt: skip
NEW = ["Respondent ID", "Collector ID", "Date Created", "Date Modified", "IP Address", "Email Address", "First Name",
       "Last Name", "Custom Data 1"]  # fmt: skip
QUESTIONS = ["<b>Overall</b>, how satisfied are you?", "Which do you use?", "", "", "Rate our service", "",
             "Rank these",
             "", "", "Any comments?"]  # fmt: skip
LABELS = [
    "Response",
    "Web",
    "App",
    "Other (please specify)",
    "<i>Speed</i>",
    "Price",
    "A",
    "B",
    "C",
    "Open-Ended Response",
]


def meta(number: int, day: str) -> list[str]:
    return [
        f"1099{number}",
        "77",
        f"{day} 09:00:00 AM",
        f"{day} 09:02:30 PM",
        "203.0.113.7",
        "a@b.cn",
        "Li",
        "Wu",
        "shop",
    ]


ANSWERS = [
    ["Very satisfied", "Web", "App", "", "Satisfied", "Dissatisfied", "1", "3", "2", "more staff please"],
    ["Neutral", "", "", "fax", "Very satisfied", "", "2", "1", "3", ""],
    ["Dissatisfied", "", "", "", "", "", "1", "2", "3", ""],
]


def table(
    metas: list[str] = OLD, days: tuple[str, str, str] = ("10/31/2026", "11/01/2026", "11/02/2026")
) -> list[list[str]]:
    rows = [[*meta(n, day), *answers] for n, (day, answers) in enumerate(zip(days, ANSWERS, strict=True))]
    return [[*metas, *QUESTIONS], [*[""] * len(metas), *LABELS], *rows]


@pytest.mark.parametrize("metas", [OLD, NEW])
def test_both_kinds_of_fixed_columns_are_known(tmp_path: Path, metas: list[str]) -> None:
    survey = read(save(tmp_path / "s.csv", table(metas)))
    assert survey.platform == "surveymonkey" and survey.row_count == 3 and survey.rejects.empty
    assert survey.mains["respondent_id"].tolist() == ["10990", "10991", "10992"]
    assert survey.types == {"Q1": "scale", "Q2": "multi", "Q2_other": "text", "Q3_1": "matrix_row",
                            "Q3_2": "matrix_row", "Q4": "rank", "Q5": "text"}  # fmt: skip


def test_a_question_goes_on_over_blank_headings(tmp_path: Path) -> None:
    survey = read(save(tmp_path / "s.csv", table()))
    chosen = [row["Which do you use?"] for row in survey.attributes]
    assert chosen == ["Web┋App", "Other (please specify)", "(缺失)"]
    assert survey.texts("Q2_other") == ["fax"] and survey.texts("Q5") == ["more staff please"]
    assert [row["Rank these"] for row in survey.attributes] == ["A┋C┋B", "B┋A┋C", "A┋B┋C"]


def test_tags_in_both_heading_lines_are_taken_off(tmp_path: Path) -> None:
    survey = read(save(tmp_path / "s.csv", table()))
    assert survey.questions["Q1"].stem == "Overall, how satisfied are you?"
    assert survey.questions["Q3_1"].row_label == "Speed"


def test_a_blank_is_shown_only_where_another_row_was_answered(tmp_path: Path) -> None:
    survey = read(save(tmp_path / "s.csv", table()))
    assert survey.answers("Q3_1") == [4, 5, "unknown_missing"]
    assert survey.answers("Q3_2") == [2, "blank", "unknown_missing"]


def test_month_and_day_are_told_by_the_whole_column(tmp_path: Path) -> None:
    survey = read(save(tmp_path / "s.csv", table()))
    assert survey.mains["received_at"].iloc[0] == pd.Timestamp("2026-10-31 21:02:30", tz="Asia/Shanghai")
    assert survey.attributes[0]["duration_seconds"] == str(12 * 3600 + 150)
    other = read(save(tmp_path / "o.csv", table(days=("31/10/2026", "01/11/2026", "02/11/2026"))))
    assert other.mains["received_at"].dt.month.tolist() == [10, 11, 11]


def test_an_undecidable_date_is_never_silent(tmp_path: Path) -> None:
    survey = read(save(tmp_path / "s.csv", table(days=("1/2/2026", "3/4/2026", "5/6/2026"))))
    assert "分不清日在前还是月在前" in survey.warnings


def test_persons_stay_outside(tmp_path: Path) -> None:
    survey = read(save(tmp_path / "s.csv", table()))
    shown = json.dumps(survey.attributes)
    assert "203.0.113.7" not in shown and "a@b.cn" not in shown and survey.attributes[0]["Custom Data"] == "shop"


@pytest.mark.parametrize("blank", ["", "Unnamed: {}"])
def test_a_lost_second_line_is_rebuilt_as_far_as_cells_tell(tmp_path: Path, blank: str) -> None:
    rows = table()
    rows[0] = [heading or blank.format(at) for at, heading in enumerate(rows[0])]
    answers = [[*row[:13], *row[13:]] for row in rows[2:]]
    survey = read(save(tmp_path / "s.csv", [rows[0], *answers]))
    assert survey.platform == "surveymonkey" and survey.row_count == 3
    assert survey.questions["Q2"].options[:2] == ("Web", "App")
    assert survey.questions["Q3_2"].row_label == "第 2 行" and survey.answers("Q3_1") == [4, 5, "unknown_missing"]
    assert "第 2 行标题" in survey.warnings


def test_two_stray_bytes_make_no_chinese(tmp_path: Path) -> None:
    path = save(tmp_path / "s.csv", table())
    path.write_bytes(path.read_bytes().replace(b"Rank these", b"Rank these\x8c\xe6"))
    survey = read(path)
    assert survey.reading.facts.encoding == "cp1252" and "2 个非 ASCII 字节" in survey.warnings
    assert not any("\u4e00" <= character <= "\u9fff" for character in survey.questions["Q4"].stem)


def test_a_table_that_merely_holds_a_respondent_id_is_not_claimed(tmp_path: Path) -> None:
    from feedback_engine.errors import AmbiguousFormat

    with pytest.raises(AmbiguousFormat):
        read(save(tmp_path / "s.csv", [["RespondentID", "Comment"], ["1", "good"], ["2", "bad"]]))


def response(number: int, answers: dict[str, list[dict[str, Any]]], status: str = "completed") -> dict[str, Any]:
    questions = [{"id": own, "answers": given} for own, given in answers.items()]
    return {
        "id": f"990{number}", "survey_id": "31", "collector_id": "7", "response_status": status, "total_time": 12,
        "date_created": "2026-03-05T17:52:49+00:00", "date_modified": "2026-03-05T17:53:02+00:00",
        "ip_address": "203.0.113.7", "pages": [{"id": "1", "questions": questions}],
    }  # fmt: skip


RESPONSES = [
    response(1, {"q1": [{"choice_id": "c5"}], "q2": [{"choice_id": "w"}, {"other_id": "o", "text": "fax"}],
                 "q3": [{"row_id": "r1", "choice_id": "c4"}], "q4": [{"text": "good"}]}),
    response(2, {"q1": [{"choice_id": "c1"}], "q2": [{"choice_id": "w"}, {"choice_id": "a"}],
                 "q3": [{"row_id": "r1", "choice_id": "c2"}, {"row_id": "r2", "choice_id": "c1"}]}, "partial"),
]  # fmt: skip
GRADES = ["Very dissatisfied", "Dissatisfied", "Neutral", "Satisfied", "Very satisfied"]
CHOICES = [{"id": f"c{n}", "text": text} for n, text in enumerate(GRADES, start=1)]
DETAILS = {"id": "31", "pages": [{"questions": [
    {"id": "q1", "family": "single_choice", "headings": [{"heading": "<b>Overall?</b>"}],
     "answers": {"choices": CHOICES}},
    {"id": "q2", "family": "multiple_choice", "headings": [{"heading": "Which?"}],
     "answers": {"choices": [{"id": "w", "text": "Web"}, {"id": "a", "text": "App"}],
                 "other": {"id": "o", "text": "Other"}}},
    {"id": "q3", "family": "matrix", "headings": [{"heading": "Rate"}],
     "answers": {"rows": [{"id": "r1", "text": "Speed"}, {"id": "r2", "text": "Price"}], "choices": CHOICES}},
    {"id": "q4", "family": "open_ended", "headings": [{"heading": "Comments"}]},
]}]}  # fmt: skip


def write_api(folder: Path, *, details: bool) -> Path:
    folder.mkdir()
    (folder / "bulk.json").write_text(json.dumps({"data": RESPONSES, "page": 1}), encoding="utf-8")
    if details:
        (folder / "details.json").write_text(json.dumps(DETAILS), encoding="utf-8")
    return folder / "bulk.json"


def test_api_responses_are_worded_by_the_details_beside_them(tmp_path: Path) -> None:
    survey = read(write_api(tmp_path / "a", details=True))
    assert survey.platform == "surveymonkey" and survey.row_count == 2
    assert survey.answers("Qq1") == [5, 1] and survey.answers("Qq3_r1") == [4, 2]
    assert [row["Which?"] for row in survey.attributes] == ["Web┋Other", "Web┋App"]
    assert survey.texts("Qq4") == ["good"] and survey.texts("Qq2_other") == ["fax"]
    assert [row["答卷状态"] for row in survey.attributes] == ["完成", "未完成"]
    assert "203.0.113.7" not in json.dumps(survey.attributes)


def test_api_responses_alone_keep_their_ids_and_say_so(tmp_path: Path) -> None:
    survey = read(write_api(tmp_path / "a", details=False))
    assert survey.ratings.empty and "编号" in survey.warnings and survey.texts("Qq4") == ["good"]
    assert survey.attributes[0]["题目 q1"] == "c5"


@pytest.mark.shared
@pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs ../shared beside the checkout")
class TestRealSamples:
    def test_star_wars(self) -> None:
        survey = read(SAMPLES / "surveymonkey" / "A_starwars_two_header_rows_utf8.csv")
        assert survey.row_count == 60 and survey.rejects.empty and survey.platform == "surveymonkey"
        assert survey.types["Q3"] == "multi" and survey.types["Q4"] == "rank" and survey.types["Q11"] == "single"
        assert {survey.types[f"Q5_{n}"] for n in range(1, 15)} == {"matrix_row"}
        assert "refused" in survey.answers("Q5_7")

    def test_star_wars_without_its_second_line_warns(self, tmp_path: Path) -> None:
        lines = (SAMPLES / "surveymonkey" / "A_starwars_two_header_rows_utf8.csv").read_bytes().split(b"\n")
        path = tmp_path / "b.csv"
        path.write_bytes(b"\n".join([lines[0], *lines[2:]]))
        whole, cut = read(SAMPLES / "surveymonkey" / "A_starwars_two_header_rows_utf8.csv"), read(path)
        assert "第 2 行标题" in cut.warnings and cut.row_count == 60
        assert cut.types == whole.types and cut.answers("Q5_1") == whole.answers("Q5_1") and cut.scope == whole.scope

    def test_api(self) -> None:
        survey = read(SAMPLES / "surveymonkey" / "C_api_v3_responses_bulk.json")
        assert survey.row_count == 2 and survey.texts("Q769893903")[0] == "Donut, Mango, Phil"
        assert survey.attributes[0]["How many pets do you have?"] == "3"

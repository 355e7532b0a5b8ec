"""Typeform: choices in columns or in one cell, moments in UTC, tags in headings."""

from pathlib import Path

import pandas as pd
from foreign_files import read, save

LAST = ["Start Date (UTC)", "Submit Date (UTC)", "Network ID"]


def ends(number: int) -> list[str]:
    return [f"2026-10-0{number} 08:00:00", f"2026-10-0{number} 08:01:30", "f00ba2"]


def test_newer_exports_join_choices_in_one_cell(tmp_path: Path) -> None:
    head = ["#", "<strong>How satisfied</strong> are you?", "Which do you use?", "Why?", "Response Type", *LAST]
    answers = [
        ("5", "Web / App", "it is / was slow"),
        ("4", "App", ""),
        ("1", "Web / App / Fax", "dear"),
        ("2", "Web", ""),
    ]
    rows = [[f"k{n}", *answer, "completed", *ends(n)] for n, answer in enumerate(answers, start=1)]
    rows[3][4] = "partial"
    survey = read(save(tmp_path / "t.csv", [head, *rows]))
    assert survey.platform == "typeform" and survey.answers("Q1") == [5, 4, 1, 2]
    assert survey.questions["Q1"].stem == "How satisfied are you?"
    assert [row["Which do you use?"] for row in survey.attributes] == ["Web┋App", "App", "Web┋App┋Fax", "Web"]
    assert survey.mains["received_at"].iloc[0] == pd.Timestamp("2026-10-01 08:01:30", tz="UTC")
    assert survey.attributes[3]["答卷状态"] == "未完成" and survey.attributes[0]["duration_seconds"] == "90"
    assert "f00ba2" not in str(survey.attributes)


def test_older_exports_have_a_column_an_option_and_no_stem(tmp_path: Path) -> None:
    head = ["#", "Rate us (1-5)", "Web", "App", "Other", "Any comments?", *LAST]
    answers = [("5", "Web", "App", "", "good service, thanks"), ("1", "", "App", "fax", ""), ("3", "Web", "", "", "")]
    rows = [[f"k{n}", *answer, *ends(n)] for n, answer in enumerate(answers, start=1)]
    survey = read(save(tmp_path / "t.csv", [head, *rows]))
    assert survey.types == {"Q1": "scale", "Q2": "multi", "Q2_other": "text", "Q3": "text"}
    assert [row["多选：Web、App"] for row in survey.attributes] == ["Web┋App", "App┋Other", "Web"]
    assert "题干不在文件里" in survey.warnings and survey.texts("Q2_other") == ["fax"]


def test_an_empty_answer_may_be_either_kind_of_missing(tmp_path: Path) -> None:
    head = ["#", "How satisfied are you?", "Why?", *LAST]
    survey = read(save(tmp_path / "t.csv", [head, ["a", "", "slow", *ends(1)], ["b", "5", "null", *ends(2)]]))
    assert survey.answers("Q1") == ["unknown_missing", 5] and survey.texts("Q2") == ["slow"]

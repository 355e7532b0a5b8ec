"""Formbricks: fixed English columns, twins of option ids, dates without a time, what is attached."""

from pathlib import Path

import pandas as pd
import pytest
from foreign_files import FOREIGN, read, save

from feedback_engine.errors import MappingError

FIXED = [
    "No.",
    "Response ID",
    "Timestamp",
    "Finished",
    "Survey ID",
    "Formbricks ID (internal)",
    "User ID",
    "Notes",
    "Tags",
]
REST = ["userAgent - os", "url", "1. How satisfied are you?", "2. Which do you use?",
        "2. Which do you use? - Option ID",
        "3. Rate - Speed", "3. Rate - Price", "4. Why?", "plan", "email"]  # fmt: skip


def rows(stamp: str) -> list[list[str]]:
    answers = [
        [
            "macOS",
            "https://x.cn/?u=1",
            "5",
            "Web; App",
            "o1; o2",
            "Satisfied",
            "Neutral",
            "fast; friendly",
            "pro",
            "a@b.cn",
        ],
        ["iOS", "https://x.cn/?u=2", "", "App", "o2", "", "Dissatisfied", "", "free", "c@d.cn"],
    ]
    done = ["Yes", "No"]
    return [
        [*FIXED, *REST],
        *(
            [str(n), f"r{n}", stamp, done[n], "s1", f"c{n}", f"u{n}", "Li: call", "vip", *a]
            for n, a in enumerate(answers)
        ),
    ]


def test_questions_are_numbered_and_twins_are_set_aside(tmp_path: Path) -> None:
    survey = read(save(tmp_path / "f.csv", rows("2024-06-15 10:00:00")))
    assert survey.platform == "formbricks" and survey.row_count == 2 and survey.scope == "s1"
    assert survey.types == {"Q1": "scale", "Q2": "multi", "Q3_1": "matrix_row", "Q3_2": "matrix_row", "Q4": "text"}
    assert [row["Which do you use?"] for row in survey.attributes] == ["Web┋App", "App"]
    assert survey.answers("Q1") == [5, "unknown_missing"] and survey.answers("Q3_1") == [3, "blank"]
    assert survey.texts("Q4") == ["fast; friendly"] and "1 列不是回答" in survey.warnings


def test_old_exports_have_a_day_in_words(tmp_path: Path) -> None:
    survey = read(save(tmp_path / "f.csv", rows("Sat Jun 15 2024")))
    assert survey.mains["received_at"].iloc[0] == pd.Timestamp("2024-06-15", tz="Asia/Shanghai")


def test_what_is_attached_is_kept_but_not_who_it_was(tmp_path: Path) -> None:
    survey = read(save(tmp_path / "f.csv", rows("2024-06-15 10:00:00")))
    assert survey.attributes[0]["plan"] == "pro" and survey.attributes[0]["userAgent - os"] == "macOS"
    assert "x.cn" not in str(survey.attributes) and "a@b.cn" not in str(survey.attributes)
    assert [row["答卷状态"] for row in survey.attributes] == ["完成", "未完成"]
    assert survey.mains["customer_id"].tolist() == ["u0", "u1"]


def test_a_pinned_format_that_does_not_fit_is_an_error_not_a_crash(tmp_path: Path) -> None:
    path = save(tmp_path / "f.csv", [["a", "b"], ["1", "2"]])
    for name in {platform.name for platform in FOREIGN} - {"limesurvey", "typeform"}:
        with pytest.raises(MappingError):
            read(path, format=name)

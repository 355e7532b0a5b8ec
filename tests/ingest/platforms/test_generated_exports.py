"""One survey exported by every platform: each is recognised, keeps every row, and tells the same answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from foreign_files import read
from survey_exports import ENGLISH, EXPORTS, TERSE, Made, Table, make_survey
from survey_files import Survey, write_csv, write_xlsx

from feedback_engine.errors import SourceError

#: What a platform cannot say: which export, and which kind of question becomes what there.
UNTOLD = {
    # Positions of options are no scores, and their number in a list is not how often people come.
    "wjx number": {"scale": {"single"}, "number": {"single", "number"}},
    # There is no wording to recognise a recommendation or a text by.
    "limesurvey code": {"nps": {"scale"}},
}
TYPES = {
    "rank": {"rank"},
    "single": {"single"},
    "multi": {"multi"},
    "scale": {"scale"},
    "matrix": {"matrix_row", "scale"},
    "nps": {"nps"},
    "number": {"number"},
    "text": {"text"},
}


def export(folder: Path, name: str, made: Made, encoding: str = "utf-8-sig") -> Survey:
    return read(write_csv(folder / "export.csv", EXPORTS[name][1](made), encoding=encoding))


def expected(made: Made, name: str) -> list[list[Any]]:
    """The ratings that the rated questions should give, a row of a matrix each; None for no answer."""
    columns: list[list[Any]] = []
    for at, asked in enumerate(made.questions):
        if not {"scale", "nps", "matrix_row"} & (TYPES | UNTOLD.get(name, {}))[asked.kind]:
            continue
        answers, first = [given.answers[at] for given in made.given], 0 if asked.kind == "nps" else 1
        cells = [[a[x] if asked.rows and a else a for a in answers] for x in range(max(1, len(asked.rows)))]
        columns += [[None if cell is None else cell + first for cell in column] for column in cells]
    return columns


def told(survey: Survey) -> list[list[Any]]:
    """The ratings by question in the order of the file, None for no answer."""
    rated = [question.code for question in survey.reading.adapted.questions if question.scale]
    return [[None if isinstance(a, str) else a for a in survey.answers(code)] for code in rated]


def spread_types(made: Made, name: str) -> list[set[str]]:
    own = TYPES | UNTOLD.get(name, {})
    return [own[asked.kind] for asked in made.questions for _ in asked.rows or ("",)]


@pytest.mark.parametrize("name", EXPORTS)
def test_every_platform_tells_the_same_types_and_answers(name: str, tmp_path: Path) -> None:
    made = make_survey(60)
    survey = export(tmp_path, name, made)
    assert survey.platform == EXPORTS[name][0]
    assert (survey.row_count, len(survey.mains)) == (60, 60)
    types = [str(question.type) for question in survey.reading.adapted.questions]
    assert all(got in allowed for got, allowed in zip(types, spread_types(made, name), strict=True)), types
    assert told(survey) == expected(made, name)


@pytest.mark.parametrize("name", [name for name in EXPORTS if name not in ("wjx number", "tencent_survey")])
def test_commas_in_options_and_rankings_are_understood_on_every_platform(name: str, tmp_path: Path) -> None:
    made = make_survey(50, seed=7, questions=ENGLISH)
    survey = export(tmp_path, name, made)
    types = [str(question.type) for question in survey.reading.adapted.questions]
    assert all(got in allowed for got, allowed in zip(types, spread_types(made, name), strict=True)), types
    assert told(survey) == expected(made, name)
    several = next(question for question in survey.reading.adapted.questions if question.type == "multi")
    if name != "limesurvey code":
        assert set(several.options) == set(ENGLISH[1].options)


UNTOLD_TERSE = {"qualtrics codes", "wjx number", "tencent_survey", "limesurvey code"}


@pytest.mark.parametrize("name", [name for name in EXPORTS if name not in UNTOLD_TERSE])
def test_terse_headings_and_an_option_called_other_are_understood(name: str, tmp_path: Path) -> None:
    made = make_survey(50, seed=7, questions=TERSE)
    survey = export(tmp_path, name, made)
    types = [str(question.type) for question in survey.reading.adapted.questions]
    assert all(got in allowed for got, allowed in zip(types, spread_types(made, name), strict=True)), types
    assert told(survey) == expected(made, name)


def test_ten_thousand_respondents_are_all_kept(tmp_path: Path) -> None:
    made = make_survey(10_000, seed=3)
    survey = export(tmp_path, "tencent_survey", made)
    assert (survey.row_count, len(survey.mains)) == (10_000, 10_000)
    assert told(survey) == expected(made, "tencent_survey")


@pytest.mark.parametrize("count", [1, 2, 5])
@pytest.mark.parametrize("name", EXPORTS)
def test_few_respondents_are_all_kept_and_no_scale_is_wrong(name: str, count: int, tmp_path: Path) -> None:
    made = make_survey(count, seed=count, blank=0)
    survey = export(tmp_path, name, made)
    assert survey.platform == EXPORTS[name][0]
    assert (survey.row_count, len(survey.mains)) == (count, count)
    for question in survey.reading.adapted.questions:
        if question.scale is not None and "推断" not in survey.warnings:
            assert (question.scale.min, question.scale.max) in {(1, 5), (0, 10)}


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("name", EXPORTS)
def test_the_encoding_makes_no_difference(name: str, encoding: str, tmp_path: Path) -> None:
    made = make_survey(12, seed=4)
    usual, other = export(tmp_path, name, made), export(tmp_path, name, made, encoding)
    assert other.platform == usual.platform and other.types == usual.types
    assert told(other) == told(usual) and other.scope == usual.scope


@pytest.mark.parametrize("name", EXPORTS)
def test_a_workbook_tells_what_the_csv_tells(name: str, tmp_path: Path) -> None:
    made = make_survey(30, seed=5)
    table: Table = EXPORTS[name][1](made)
    rows = [[int(cell) if cell.isdecimal() and len(cell) < 10 else cell for cell in row] for row in table]
    book = read(write_xlsx(tmp_path / "export.xlsx", rows))
    text = export(tmp_path, name, made)
    assert (book.platform, book.types, told(book), book.scope) == (text.platform, text.types, told(text), text.scope)


@pytest.mark.parametrize("name", EXPORTS)
def test_no_respondents_are_an_empty_file_and_no_other_platforms(name: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        export(tmp_path, name, make_survey(0))

"""SPSS and Stata questionnaires: value labels as scales, missing values by their labels, response sets, identity."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
from foreign_files import SAMPLES, read

from feedback_engine.config.model import SourceConfig
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.spss import Spss
from feedback_engine.ingest.readers.dictionary import Dictionary, ResponseSet, Variable
from feedback_engine.ingest.readers.rows import Rows

pyreadstat = pytest.importorskip("pyreadstat", reason="needs the extra spss")

GRADES = {1.0: "非常不满意", 2.0: "不满意", 3.0: "一般", 4.0: "满意", 5.0: "非常满意"}
REVERSED = {6.0 - code: label for code, label in GRADES.items()}


def write(path: Path, columns: dict[str, tuple[str, Sequence[object]]], **settings: object) -> Path:
    frame = pd.DataFrame({name: list(values) for name, (_, values) in columns.items()})
    writer = pyreadstat.write_sav if path.suffix == ".sav" else pyreadstat.write_dta
    writer(frame, str(path), column_labels=[label for label, _ in columns.values()], **settings)
    return path


def test_value_labels_are_the_scale_even_where_1_is_best(tmp_path: Path) -> None:
    columns = {"q1": ("总体满意度", [1.0, 5.0]), "q2": ("环境满意度", [1.0, 5.0])}
    survey = read(write(tmp_path / "a.sav", columns, variable_value_labels={"q1": REVERSED, "q2": GRADES}))
    assert survey.platform == "spss" and survey.answers("q1") == [5, 1] and survey.answers("q2") == [1, 5]
    assert "取值标签" in survey.questions["q1"].scale_evidence


def test_declared_missing_values_say_why(tmp_path: Path) -> None:
    labels = {**GRADES, 97.0: "不适用", 98.0: "拒答", 99.0: "缺失"}
    columns = {"q1": ("总体满意度", [5.0, 97.0, 98.0, 99.0, 96.0, None]), "q2": ("你的建议", list("一二三四五六"))}
    path = write(
        tmp_path / "a.sav", columns, variable_value_labels={"q1": labels}, missing_ranges={"q1": [{"lo": 96, "hi": 99}]}
    )
    survey = read(path)
    assert survey.answers("q1") == [5, "not_shown", "refused", "unknown_missing", "unknown_missing", "unknown_missing"]
    assert "98（拒答）→(拒答)" in survey.warnings


def test_a_refusal_that_nobody_declared_missing_is_still_no_grade(tmp_path: Path) -> None:
    columns = {"q1": ("总体满意度", [5.0, 9.0, 4.0])}
    survey = read(write(tmp_path / "a.sav", columns, variable_value_labels={"q1": {**GRADES, 9.0: "说不清"}}))
    assert survey.answers("q1") == [5, "refused", 4]


def test_codes_with_labels_become_words_and_those_without_stay(tmp_path: Path) -> None:
    columns = {"sex": ("性别", [1.0, 2.0, 3.0]), "q1": ("总体满意度", [5.0, 4.0, 1.0])}
    labels = {"sex": {1.0: "男", 2.0: "女"}, "q1": GRADES}
    survey = read(write(tmp_path / "a.sav", columns, variable_value_labels=labels))
    assert [row["性别"] for row in survey.attributes] == ["男", "女", "3"] and survey.types["sex"] == "single"


def test_numbers_nobody_labelled_are_no_scale_unless_asked(tmp_path: Path) -> None:
    columns = {
        "area": ("所在片区", [1.0, 2.0, 3.0, 4.0, 5.0]),
        "q1": ("满意度打分（1-5分）", [1.0, 2.0, 3.0, 4.0, 5.0]),
    }
    survey = read(write(tmp_path / "a.sav", columns))
    assert survey.types == {"area": "number", "q1": "scale"}


def test_an_id_that_repeats_gives_way_to_the_content(tmp_path: Path) -> None:
    columns = {"id": ("", [1.0, 2.0]), "q1": ("总体满意度", [5.0, 1.0])}
    labels = {"q1": GRADES}
    unique = read(write(tmp_path / "a.sav", columns, variable_value_labels=labels))
    assert unique.mains["respondent_id"].tolist() == ["1", "2"]
    columns["id"] = ("", [1.0, 1.0])
    repeated = read(write(tmp_path / "b.sav", columns, variable_value_labels=labels))
    assert repeated.mains["respondent_id"].isna().all() and "重复或空缺" in repeated.warnings
    assert repeated.mains["feedback_id"].is_unique


def test_a_moment_is_known_by_its_name(tmp_path: Path) -> None:
    moments = pd.to_datetime(["2026-10-31 08:30:00", "2026-11-01 08:30:00"])
    columns = {"提交时间": ("", moments), "born": ("生日", moments), "q1": ("总体满意度", [5.0, 1.0])}
    survey = read(write(tmp_path / "a.sav", columns, variable_value_labels={"q1": GRADES}))
    assert survey.mains["received_at"].iloc[0] == pd.Timestamp("2026-10-31 08:30", tz="Asia/Shanghai")
    assert survey.attributes[0]["生日"] == "2026-10-31 08:30:00" and list(survey.questions) == ["q1"]


@pytest.mark.parametrize(("label", "is_moment"), [("日期", True), ("出生日期", False)])
def test_the_only_date_of_a_file_is_the_day_of_the_answer_unless_it_is_a_birthday(
    tmp_path: Path, label: str, is_moment: bool
) -> None:
    columns = {"d1": (label, pd.to_datetime(["2026-03-02", "2026-03-03"])), "q1": ("满意度", [4.0, 5.0])}
    survey = read(write(tmp_path / "a.sav", columns))
    assert survey.feedback["received_at"].notna().all() == is_moment
    assert ("唯一的日期" in survey.warnings) == is_moment


def test_a_stem_ends_at_its_colon_though_all_options_begin_alike(tmp_path: Path) -> None:
    columns = {"q2_1": ("购买渠道:线上", [1.0, 0.0]), "q2_2": ("购买渠道:线下", [0.0, 1.0])}
    survey = read(write(tmp_path / "a.sav", columns))
    assert [(q.stem, q.options) for q in survey.questions.values()] == [("购买渠道", ("线上", "线下"))]


def test_ticks_under_one_stem_are_one_question(tmp_path: Path) -> None:
    columns = {
        "Q5_1": ("您使用过哪些渠道（门店）", [1.0, 0.0, None]), "Q5_2": ("您使用过哪些渠道（热线）", [1.0, 0.0, None]),
        "Q6_1": ("满意吗：门店", [1.0, 0.0, 1.0]), "Q6_2": ("满意吗：热线", [2.0, 0.0, 1.0]),
        "q1": ("总体满意度", [5.0, 4.0, 1.0]),
    }  # fmt: skip
    survey = read(write(tmp_path / "a.sav", columns, variable_value_labels={"q1": GRADES}))
    assert survey.types["Q5"] == "multi" and survey.questions["Q5"].options == ("门店", "热线")
    assert [row["您使用过哪些渠道"] for row in survey.attributes] == ["门店┋热线", "(空)", "(缺失)"]
    assert "Q6" not in survey.questions


def adapt_sets(*sets: ResponseSet) -> tuple[Adapted, list[list[str]]]:
    names = ("a", "b", "c")
    labels = {"1": "门店", "2": "热线", "3": "网站"}
    variables = tuple(Variable(name, f"用过的渠道-{name}", labels if sets[0].counted is None else {}) for name in names)
    records = [(1, ["1", "3", ""]), (2, ["2", "2", "2"])]
    rows = Rows(list(names), records, "sav", dictionary=Dictionary(variables, sets))
    adapted = Spss().adapt(rows, SourceConfig(name="x", path="x.sav"))
    return adapted, [cells for _, cells in adapted.rows]


def test_a_set_of_categories_joins_the_labels() -> None:
    adapted, cells = adapt_sets(ResponseSet("ch", "用过的渠道", ("a", "b", "c")))
    assert [(question.code, str(question.type)) for question in adapted.questions] == [("ch", "multi")]
    assert adapted.questions[0].columns == (1, 2, 3)
    assert cells == [["门店┋网站"], ["热线┋热线┋热线"]]


def test_a_set_of_ticks_counts_its_own_value_only() -> None:
    _, cells = adapt_sets(ResponseSet("ch", "用过的渠道", ("a", "b", "c"), counted="2"))
    assert cells == [["(空)"], ["a┋b┋c"]]


def test_stata_letters_are_read_by_their_labels(tmp_path: Path) -> None:
    columns = {"q1": ("总体满意度", [5, "a", "b", 1]), "q2": ("建议", ["多开窗口", "", "无障碍通道", "好"])}
    labels = {"q1": {1: "非常不满意", 2: "不满意", 3: "一般", 4: "满意", 5: "非常满意", "a": "拒答"}}
    path = write(tmp_path / "a.dta", columns, variable_value_labels=labels, missing_user_values={"q1": ["a", "b"]})
    survey = read(path)
    assert survey.platform == "stata" and survey.row_count == 4
    assert survey.answers("q1") == [5, "refused", "unknown_missing", 1]


@pytest.mark.shared
@pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs ../shared beside the checkout")
class TestRealSamples:
    def test_every_file_is_read_to_its_last_row(self) -> None:
        expected = {
            "pyreadstat_hebrews.sav": 99, "pyreadstat_sample.sav": 5, "pyreadstat_sample_missing.sav": 7,
            "pyreadstat_ordered_category.sav": 4, "pyreadstat_sample.dta": 5, "pyreadstat_missing_test.dta": 1,
        }  # fmt: skip
        assert {name: read(SAMPLES / "spss" / name).row_count for name in expected} == expected

    def test_missing_values_of_the_file_keep_their_reasons(self) -> None:
        survey = read(SAMPLES / "spss" / "pyreadstat_sample_missing.sav")
        assert "-1（undetermined）→(拒答)" in survey.warnings
        assert [row["labeled"] for row in survey.attributes][-1] == "(拒答)"

    def test_one_survey_in_both_formats_has_one_scope(self) -> None:
        assert (
            read(SAMPLES / "spss" / "pyreadstat_sample.sav").scope
            == read(SAMPLES / "spss" / "pyreadstat_sample.dta").scope
        )


@pytest.mark.parametrize("answers", [[10.0, 0.0, 99.0, 7.0], [10.0, 0.0, 3.0, 7.0]], ids=["chosen", "only labelled"])
def test_a_labelled_99_beyond_labelled_ends_is_no_end_of_the_scale(tmp_path: Path, answers: list[float]) -> None:
    columns = {"nps": ("您向朋友推荐的可能性", answers), "top": ("价格满意度", [1.0, 10.0, 11.0, 5.0])}
    labels = {
        "nps": {0.0: "完全不可能", 10.0: "非常可能", 99.0: "跳过"},
        "top": {1.0: "很不满意", 10.0: "很满意", 11.0: "不知道"},
    }
    survey = read(write(tmp_path / "a.dta", columns, variable_value_labels=labels))
    assert survey.types["nps"] == "nps"
    assert survey.answers("nps") == [10, 0, "not_shown" if 99.0 in answers else 3, 7]
    assert survey.answers("top") == [1, 10, "refused", 5]


def test_a_word_of_not_knowing_that_ends_a_ladder_stays_its_end(tmp_path: Path) -> None:
    steps = {1.0: "不了解", 2.0: "不太了解", 3.0: "一般", 4.0: "比较了解", 5.0: "非常了解"}
    columns = {"q1": ("您对本店的了解程度", [1.0, 5.0, 3.0])}
    survey = read(write(tmp_path / "a.sav", columns, variable_value_labels={"q1": steps}))
    assert survey.answers("q1") == [1, 5, 3]

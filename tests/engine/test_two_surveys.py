"""Two surveys in one project whose questions bear the same numbers."""

from pathlib import Path

import pandas as pd
import pytest
from engine_projects import write_csv

import feedback_engine as fe
from feedback_engine.config.model import Config
from feedback_engine.domain import Measure
from feedback_engine.engine.questions import name_roles, tell_apart
from feedback_engine.errors import ConfigError
from feedback_engine.tables.feedback import QUESTIONS

WORDS = ("非常不满意", "不满意", "一般", "满意", "非常满意")


def survey(folder: Path, number: int, stem: str, answer: str, count: int = 40) -> Path:
    headings = ("序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP", "1、您的性别", f"2、{stem}")
    rows = [
        (str(n), f"2026/10/{n % 28 + 1} 9:0{number}:00", "60秒", "微信", "N/A", "", "男" if n % 2 else "女", answer)
        for n in range(1, count + 1)
    ]
    return write_csv(folder / f"{number}_按文本_a.csv", headings, rows)


def questions(*rows: tuple[str, str, str, float]) -> pd.DataFrame:
    return QUESTIONS.build([(source, code, stem, "scale", 1.0, top, "") for source, code, stem, top in rows])


def declare(*codes: str, sources: tuple[str, ...] = ()) -> Config:
    touchpoints = [{"code": "t", "indicators": [{"code": code} for code in codes]}] if codes else []
    named = [{"name": name, "path": f"{name}.csv", "format": "wjx"} for name in sources]
    return Config.model_validate({"touchpoints": touchpoints, "sources": named})


def test_questions_of_two_surveys_under_one_number_are_two_indicators(tmp_path: Path) -> None:
    engine = fe.FeedbackEngine()
    clean = engine.import_file(survey(tmp_path, 1, "客房卫生满意度", "非常满意")).files[0].source
    food = engine.import_file(survey(tmp_path, 2, "早餐满意度", "非常不满意")).files[0].source
    for _ in range(2):
        table = engine.score().table
        scores = table[(table.measure == Measure.SCORE) & (table.base > 0)].set_index("indicator")["score"]
        assert scores[f"{clean}.Q2"] == 100 and scores[f"{food}.Q2"] == 0
        names = engine.score().weights.set_index("indicator")["name"]
        assert names[f"{clean}.Q2"] == "客房卫生满意度"
        # Imported again, renamed, nothing changes.
        again = tmp_path / "again.csv"
        again.write_bytes((tmp_path / "1_按文本_a.csv").read_bytes() + b"\r\n")
        assert engine.import_file(again).duplicate == 40


def test_the_same_question_in_two_sources_is_one_indicator() -> None:
    asked = tell_apart(questions(("a", "Q1", "总体满意度", 5), ("b", "Q1", "总体 满意度", 5)), declare())
    assert not asked.renamed and asked.names == {"Q1": "总体满意度"}


def test_an_open_question_is_called_by_its_words_source_by_source() -> None:
    text = {
        "columns": {"id": "序号"},
        "texts": [{"column": "16、建议", "role": "wish"}, {"column": "#17", "role": "more"}],
    }
    mapped = {"name": "c", "kind": "questionnaire", "path": "c.csv", "mapping": text}
    asked = questions(("a", "Q1", "为什么不满意？", 0), ("b", "Q1", "门店", 0))
    names = name_roles(asked, Config.model_validate({"sources": [mapped]}))
    assert names["a", "Q1"] == "为什么不满意？"
    assert names["b", "Q1_other"] == "门店（其他）"
    assert names["c", "wish"] == "16、建议"
    assert ("c", "more") not in names


def test_questions_come_in_the_order_of_their_numbers() -> None:
    codes = ("Q10", "Q2", "Q2_R10", "Q2_R9", "总体")
    asked = tell_apart(questions(*(("a", code, f"题目{code}", 5) for code in codes)), declare())
    assert list(asked.names) == ["Q2", "Q2_R9", "Q2_R10", "Q10", "总体"]


def test_the_same_words_on_another_scale_are_another_indicator() -> None:
    asked = tell_apart(questions(("a", "Q1", "总体满意度", 5), ("b", "Q1", "总体满意度", 10)), declare())
    assert asked.renamed == {("a", "Q1"): "a.Q1", ("b", "Q1"): "b.Q1"}
    assert asked.names == {"a.Q1": "总体满意度（a.Q1）", "b.Q1": "总体满意度（b.Q1）"}


def test_sources_that_ask_alike_stay_together_beside_one_that_does_not() -> None:
    rows = (("a", "Q1", "价格", 5), ("b", "Q1", "价格", 5), ("c", "Q1", "卫生", 5))
    asked = tell_apart(questions(*rows), declare())
    assert asked.renamed == {("a", "Q1"): "a.Q1", ("b", "Q1"): "a.Q1", ("c", "Q1"): "c.Q1"}
    assert tell_apart(questions(*rows[::-1]), declare()).renamed == asked.renamed


def test_a_declared_code_stays_that_of_the_configured_source() -> None:
    rows = questions(("shop", "Q1", "价格", 5), ("wjx-0a1b", "Q1", "卫生", 5))
    asked = tell_apart(rows, declare("Q1", sources=("shop",)))
    assert asked.renamed == {("wjx-0a1b", "Q1"): "wjx-0a1b.Q1"}
    assert asked.names["Q1"] == "价格"


def test_a_declared_qualified_code_is_found_whichever_source_comes_first() -> None:
    rows = questions(("a", "Q1", "价格", 5), ("b", "Q1", "价格", 5), ("c", "Q1", "卫生", 5))
    assert tell_apart(rows, declare("b.Q1")).renamed[("a", "Q1")] == "b.Q1"


def test_a_declared_code_that_could_be_two_questions_is_asked_about() -> None:
    with pytest.raises(ConfigError, match=r"a\.Q1：价格；b\.Q1：卫生"):
        tell_apart(questions(("a", "Q1", "价格", 5), ("b", "Q1", "卫生", 5)), declare("Q1"))


def test_a_code_of_a_mapping_is_not_shared_with_a_survey() -> None:
    mapped = {"name": "m", "path": "m.csv", "kind": "questionnaire"}
    mapped["mapping"] = {"ratings": [{"column": "x", "indicator": "Q1", "scale": {"min": 1, "max": 5}}]}  # type: ignore[assignment]
    config = Config.model_validate({"sources": [mapped]})
    assert tell_apart(questions(("a", "Q1", "价格", 5)), config).renamed == {("a", "Q1"): "a.Q1"}


def test_stars_mean_the_same_on_every_platform() -> None:
    asked = tell_apart(questions(("a", "stars", "score", 5), ("b", "stars", "评分", 5)), declare())
    assert not asked.renamed

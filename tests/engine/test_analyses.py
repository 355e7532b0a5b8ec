"""Every analysis on the way from the configuration to the sheet: two years of an invented survey."""

import shutil
import subprocess
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import yaml
from engine_projects import write_csv
from openpyxl import load_workbook

import feedback_engine as fe
from feedback_engine.domain import ANALYSES, OVERALL
from feedback_engine.errors import ConfigError
from feedback_engine.report.statistics import SCHEMAS
from feedback_engine.tables.schema import Kind

MONTHS = [f"{year}-{month:02}" for year in (2025, 2026) for month in range(1, 13)][:22]
QUESTIONS = {"q0": "总体", "q1": "前台", "q2": "态度", "q3": "客房", "q4": "期望", "k1": "有早餐", "k2": "无早餐"}
CONFIG = {
    "project": {"name": "测试酒店", "pack": "hotel"},
    "store": {"url": "sqlite:///out/feedback.db"},
    "sources": [
        {
            "name": "survey",
            "kind": "questionnaire",
            "path": "survey.csv",
            "mapping": {
                "columns": {"id": "序号", "received_at": "日期"},
                "attributes": ["门店", "性别"],
                "ratings": [
                    {"column": question, "indicator": code, "scale": {"min": 1, "max": 5 if code[0] == "k" else 10}}
                    for code, question in QUESTIONS.items()
                ],
            },
        }
    ],
    "touchpoints": [
        {"code": "service", "name": "服务", "weight": 0.6, "indicators": [{"code": "q1"}, {"code": "q2"}]},
        {"code": "room", "name": "客房", "weight": 0.4, "indicators": [{"code": "q3"}]},
    ],
    "scoring": {
        "weighting": {"overall_item": "q0", "objects": "门店", "min_base": 30},
        "drivers": {"bootstrap": 40},
        "gaps": [{"expectation": "q4", "experience": "q1", "name": "前台"}],
        "kano": [{"functional": "k1", "dysfunctional": "k2", "name": "送早餐"}],
        "structural": {
            "blocks": {"Expectation": ["q4"], "Quality": ["q1", "q2", "q3"], "Satisfaction": ["q0"]},
            "paths": [["Expectation", "Quality"], ["Quality", "Satisfaction"]],
        },
    },
    "report": {
        "path": "out/report.xlsx",
        "period": "2026-10",
        "segment_by": ["门店", "性别"],
        "claims": ["满意率从30%提升到60%，提高了300%"],
    },
}  # fmt: skip
SHEETS = ["变化", "细分对比", "驱动因素", "期望与体验", "控制图", "结构模型", "答题统计", "模型复核", "说法核对"]


def write_survey(folder: Path) -> None:
    """Thirty-six guests a month; in the last month the front desk loses three of its ten points."""
    generator = np.random.default_rng(5)
    rows = []
    for number in range(36 * len(MONTHS)):
        month = MONTHS[number // 36]
        halo = generator.normal(7, 1.5)
        desk, manner, room, expected = (halo + generator.normal(0, 1, 4)).tolist()
        desk -= 3 * (month == MONTHS[-1])
        whole = 0.5 * desk + 0.2 * manner + 0.3 * room + generator.normal(0, 0.5)
        ratings = [min(10, max(1, round(score))) for score in (whole, desk, manner, room, expected)]
        places = (("一店", "二店", "三店")[number % 3], ("女", "男")[number % 2])
        kano = (1 + number % 3, 3 + number % 3)
        rows.append(tuple(map(str, (number, f"{month}-{1 + number % 28:02}", *places, *ratings, *kano))))
    write_csv(folder / "survey.csv", ("序号", "日期", "门店", "性别", *QUESTIONS.values()), rows)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> fe.FeedbackEngine:
    folder = tmp_path_factory.mktemp("analyses")
    write_survey(folder)
    (folder / "config.yaml").write_text(yaml.safe_dump(CONFIG, allow_unicode=True), encoding="utf-8")
    engine = fe.FeedbackEngine.from_config(folder / "config.yaml")
    engine.import_sources()
    return engine


@pytest.fixture(scope="module")
def result(engine: fe.FeedbackEngine):
    return engine.score(period="latest")


@pytest.fixture(scope="module")
def workbook(engine: fe.FeedbackEngine) -> Path:
    return engine.report()


def values(path: Path, sheet: str) -> set[str]:
    return {str(cell) for row in load_workbook(path)[sheet].iter_rows(values_only=True) for cell in row}


@pytest.mark.parametrize("name", sorted(set(ANALYSES) - {"design", "text_shares"}))
def test_every_analysis_is_a_table_as_declared(result, name: str) -> None:
    table = getattr(result, name)
    assert len(table)
    assert list(table.columns) == SCHEMAS[name].column_names
    assert getattr(result, name) is table, "computed once"


def test_what_really_changed_is_notable_and_nothing_else(result) -> None:
    notable = result.changes[result.changes["is_notable"] & (result.changes["measure"] == "score")]
    assert set(notable["touchpoint"]) <= {OVERALL, "service"}
    changes = result.changes.set_index(["against", "touchpoint", "indicator", "measure"])
    desk = changes.loc[("previous", "service", "q1", "score")]
    assert desk["is_notable"] and desk["points"] < -20


def test_the_change_of_the_index_is_split_over_the_touchpoints(result) -> None:
    versions = result.versions.set_index("touchpoint")
    whole = versions.loc[OVERALL]
    assert whole["change"] == pytest.approx(whole["new_score"] - whole["old_score"])
    assert versions.drop(OVERALL)["change"].sum() == pytest.approx(whole["change"])


def test_the_month_under_judgement_makes_no_limits_for_itself(result) -> None:
    service = result.control[(result.control["touchpoint"] == "service") & (result.control["measure"] == "score")]
    last = service[service["period"] == "2026-10"].iloc[0]
    assert not last["is_baseline"]
    assert last["signal"] == "超出控制限"


def test_the_segments_are_those_of_every_attribute_configured(result) -> None:
    assert set(result.segments["attribute"]) == {"门店", "性别"}
    assert set(result.segments["segment"]) == {"一店", "二店", "三店", "女", "男"}


def test_a_project_that_lacks_a_setting_is_told_which(tmp_path: Path) -> None:
    write_survey(tmp_path)
    bare = {**CONFIG, "scoring": {}, "report": {}}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(bare, allow_unicode=True), encoding="utf-8")
    engine = fe.FeedbackEngine.from_config(tmp_path / "config.yaml")
    engine.import_sources()
    found = engine.score()
    needed = {"drivers": "overall_item.*k1、k2、q0", "segments": "report.segment_by", "changes": "期间"}
    for name, setting in {**needed, "structural": "scoring.structural", "ranking": "objects"}.items():
        with pytest.raises(ConfigError, match=setting):
            getattr(found, name)
    assert len(found.gaps) == len(found.kano) == 0


WITHHELD = (
    "descriptives",
    "correlations",
    "gaps",
    "kano",
    "fuzzy",
    "importance",
    "regression",
    "structural",
    "ranking",
)


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> fe.FeedbackEngine:
    """The same survey where the thirty-six of a month are too few to be told of."""
    folder = tmp_path_factory.mktemp("few")
    write_survey(folder)
    config = {**CONFIG, "scoring": {**CONFIG["scoring"], "suppress_below": 37}}  # type: ignore[dict-item]
    (folder / "config.yaml").write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    engine = fe.FeedbackEngine.from_config(folder / "config.yaml")
    engine.import_sources()
    return engine


@pytest.mark.parametrize("name", WITHHELD)
def test_no_analysis_tells_what_the_index_withholds(few: fe.FeedbackEngine, name: str) -> None:
    result = few.score(period="latest")
    assert result.table["score"].isna().all()
    try:
        table = getattr(result, name)
    except fe.FeedbackEngineError as refusal:
        assert "36" in str(refusal) or "样本" in str(refusal)
        return
    figures = [column.name for column in SCHEMAS[name].columns if column.kind is Kind.NUMBER and column.is_nullable]
    assert table[figures].isna().all(axis=None)


def test_the_report_says_of_few_that_they_are_few(few: fe.FeedbackEngine, tmp_path: Path) -> None:
    path = few.report(tmp_path / "few.xlsx")
    for sheet in ("答题统计", "期望与体验"):
        assert "样本不足" in values(path, sheet)


def test_every_analysis_has_its_sheet(workbook: Path) -> None:
    names = load_workbook(workbook).sheetnames
    assert [name for name in SHEETS if name not in names] == []
    assert {"▼", "服务"} <= values(workbook, "变化")
    assert "第 1 档" in values(workbook, "驱动因素")
    assert {"CRITIC 法", "熵权法", "LMG 相对重要性"} <= values(workbook, "指标体系与权重")
    assert "不成立" in values(workbook, "说法核对")
    assert {"期望（Expectation）", "感知质量（Quality）", "满意（Satisfaction）"} <= values(workbook, "结构模型")


def test_no_p_of_a_sentence_is_nothing(workbook: Path) -> None:
    told = " ".join(text for sheet in ("答题统计", "模型复核") for text in map(str, values(workbook, sheet)))
    assert "F 检验 p < 0.0001" in told
    assert "p = 0）" not in told


def test_the_analyses_are_the_same_bytes_again(engine: fe.FeedbackEngine, tmp_path: Path) -> None:
    again = [engine.report(tmp_path / f"{name}.xlsx", as_of=date(2026, 10, 31)).read_bytes() for name in ("one", "two")]
    assert again[0] == again[1]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
def test_libreoffice_opens_the_sheets_of_analyses(workbook: Path, tmp_path: Path) -> None:
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    options = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    command = ["soffice", profile, "--headless", "--convert-to", options, "--outdir", str(tmp_path), str(workbook)]
    subprocess.run(command, check=True, timeout=180, capture_output=True)
    read = {path.stem.removeprefix("report-"): path.read_text(encoding="utf-8") for path in tmp_path.glob("*.csv")}
    assert set(SHEETS) <= set(read)
    for name in SHEETS:
        assert not any(word in read[name] for word in ("#NAME?", "#VALUE!", "#REF!", "nan")), name


def test_an_earlier_model_is_set_beside_this_one(engine: fe.FeedbackEngine) -> None:
    folder = engine.config.base
    earlier = {**CONFIG, "touchpoints": [{**each, "weight": 0.5} for each in CONFIG["touchpoints"]]}
    (folder / "earlier.yaml").write_text(yaml.safe_dump(earlier, allow_unicode=True), encoding="utf-8")
    report = engine.config.report.model_copy(update={"compare_model": "earlier.yaml"})
    compared = fe.FeedbackEngine(engine.config.model_copy(update={"report": report}))
    versions = compared.score(period="2026-10").versions.set_index("touchpoint")
    assert tuple(versions.loc["service", ["old_weight", "new_weight"]]) == pytest.approx((0.5, 0.6))
    assert versions.loc["service", "by_weights"] != 0
    path = compared.report(folder / "out/compared.xlsx", period="2026-10")
    assert "两版指标体系：总指数之差从哪里来" in values(path, "模型复核")

"""The public contract: names that others call, and what their results have."""

import inspect
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import feedback_engine as fe
from feedback_engine.tables.annotations import ANNOTATIONS

METHODS = {
    "from_config": ("path",),
    "tag": ("text", "pack"),
    "tag_many": ("texts", "pack"),
    "import_file": ("path", "source", "format", "mapping"),
    "import_sources": (),
    "tag_new": (),
    "score": ("period", "by"),
    "report": ("path", "period"),
    "run": ("as_of",),
}


@pytest.fixture(scope="module")
def engine() -> fe.FeedbackEngine:
    return fe.FeedbackEngine()


def test_every_public_name_exists_and_none_is_private() -> None:
    assert [name for name in fe.__all__ if not hasattr(fe, name)] == []
    assert [name for name in fe.__all__ if name.startswith("_") and name != "__version__"] == []
    assert "FeedbackEngine" in fe.__all__


def test_every_error_that_a_caller_may_catch_is_public() -> None:
    assert "FeedbackEngineError" in fe.__all__
    assert issubclass(fe.FeedbackEngineError, Exception)


@pytest.mark.parametrize(("name", "parameters"), METHODS.items())
def test_the_engine_has_the_methods_of_the_contract(name: str, parameters: tuple[str, ...]) -> None:
    signature = inspect.signature(getattr(fe.FeedbackEngine, name))
    assert set(parameters) <= set(signature.parameters)


def test_a_tagged_text_has_the_fields_of_the_contract(engine: fe.FeedbackEngine) -> None:
    text = "物流很快，但客服太差"
    tagged = engine.tag(text, pack="retail")
    assert tagged.text == text
    assert -1 <= tagged.sentiment.score <= 1
    assert 0 <= tagged.sentiment.confidence <= 1
    assert isinstance(tagged.touchpoints, tuple)
    for mention in tagged.touchpoints:
        assert mention.code and mention.name
        assert mention.polarity in ("positive", "neutral", "negative", "mixed")
        assert isinstance(mention.clause, int)
    assert isinstance(tagged.complaint.is_complaint, bool)


def test_evidence_points_into_the_text_as_given(engine: fe.FeedbackEngine) -> None:
    text = "　物流很快，但客服太差😡"
    tagged = engine.tag(text, pack="retail")
    evidence = [item for mention in tagged.touchpoints for item in mention.evidence] + list(tagged.sentiment.evidence)
    assert evidence
    for item in evidence:
        assert text[item.start : item.end] == item.text
        assert item.rule


def test_touchpoints_take_the_sentiment_of_their_own_clause(engine: fe.FeedbackEngine) -> None:
    polarities = {m.code: m.polarity for m in engine.tag("物流很快，但客服太差", pack="retail").touchpoints}
    assert polarities["delivery"] == "positive"
    assert "negative" in polarities.values()


def test_the_dictionary_has_the_keys_of_the_json_line(engine: fe.FeedbackEngine) -> None:
    line = engine.tag("物流很快，但客服太差", pack="retail").to_dict()
    assert list(line) == ["text", "sentiment", "touchpoints", "complaint"]
    assert list(line["sentiment"]) == ["polarity", "score", "confidence", "evidence"]
    assert list(line["touchpoints"][0]) == ["code", "name", "polarity", "score", "confidence", "clause", "evidence"]
    promised = ["is_complaint", "type", "type_name", "confidence", "evidence"]
    assert set(promised) <= set(line["complaint"])
    assert list(line["sentiment"]["evidence"][0]) == ["start", "end", "text", "rule", "weight"]


@pytest.mark.parametrize("nothing", ["", None, 5, 3.5, float("nan"), "😀😀", "\x00", "。。。", "\ud800"])
def test_a_text_without_content_never_raises(engine: fe.FeedbackEngine, nothing: object) -> None:
    tagged = engine.tag(nothing)  # type: ignore[arg-type]
    assert tagged.touchpoints == ()
    assert not tagged.complaint.is_complaint


def test_a_hundred_kilobytes_do_not_raise(engine: fe.FeedbackEngine) -> None:
    assert engine.tag("房间很干净，早餐太差。" * 3200).sentiment.polarity in (
        "mixed",
        "neutral",
        "positive",
        "negative",
    )


def test_tag_many_keeps_the_order_and_agrees_with_tag(engine: fe.FeedbackEngine) -> None:
    texts = ["客服太差", "", "物流很快", "客服太差"]
    frame = engine.tag_many(texts, pack="retail")
    assert list(frame.columns) == ANNOTATIONS.column_names
    assert set(frame["feedback_id"]) == {"0", "1", "2", "3"}
    sentiment = frame[frame["kind"] == "sentiment"].set_index("feedback_id")["score"]
    assert [sentiment[str(i)] for i in range(4)] == [engine.tag(text, pack="retail").sentiment.score for text in texts]


def test_an_engine_without_a_config_scores_nothing_but_does_not_touch_the_disk(tmp_path: Path) -> None:
    code = "import feedback_engine as fe; fe.FeedbackEngine().tag('不错')"
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    assert list(tmp_path.iterdir()) == []


def test_importing_the_package_imports_nothing_heavy() -> None:
    heavy = ("pandas", "numpy", "jieba", "snownlp", "sqlalchemy", "openpyxl", "xlsxwriter", "scipy", "python_calamine")
    code = f"import sys, feedback_engine; print([n for n in {heavy} if n in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert run.stdout.strip() == "[]"


def test_tagging_a_text_loads_only_what_tagging_takes() -> None:
    others = ("pandas", "pydantic", "sqlalchemy", "scipy", "jieba", "numpy.ma", "feedback_engine.ingest")
    code = "import sys, feedback_engine as fe; fe.FeedbackEngine().tag('物流很快，但客服太差'); "
    code += f"print([n for n in {others} if n in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert run.stdout.strip() == "[]"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> fe.FeedbackEngine:
    from feedback_engine.cli.main import main

    folder = tmp_path_factory.mktemp("project")
    assert main(["init", str(folder)]) == 0
    engine = fe.FeedbackEngine.from_config(folder / "config.yaml")
    engine.import_sources()
    engine.tag_new()
    return engine


def test_a_project_scores_a_period_by_touchpoint(project: fe.FeedbackEngine) -> None:
    table = project.score(period="2026-10").table
    assert isinstance(table, pd.DataFrame)
    assert {"check_in", "dining", "overall"} <= set(table["touchpoint"])


def test_a_project_explains_a_touchpoint(project: fe.FeedbackEngine) -> None:
    assert project.score(period="2026-10").explain("check_in")


def test_a_project_shows_what_changed_between_the_months(project: fe.FeedbackEngine) -> None:
    scores = {month: scored(project, month) for month in ("2026-09", "2026-10")}
    assert scores["2026-10"]["check_in"] < scores["2026-09"]["check_in"] - 15
    assert scores["2026-10"]["dining"] > scores["2026-09"]["dining"] + 15


def test_an_import_counts_what_it_read(project: fe.FeedbackEngine) -> None:
    summary = project.import_sources()
    assert summary.read == summary.stored + summary.updated + summary.duplicate + summary.quarantined
    assert summary.stored == summary.updated == 0


def test_a_project_writes_the_report(project: fe.FeedbackEngine, tmp_path: Path) -> None:
    project.report(tmp_path / "report.xlsx", period="2026-10")
    assert (tmp_path / "report.xlsx").stat().st_size > 5000


def scored(engine: fe.FeedbackEngine, month: str) -> dict[str, float]:
    table = engine.score(period=month).table
    rows = table[(table["indicator"] == "overall") & (table["measure"] == "score") & (table["segment"] == "all")]
    return dict(zip(rows["touchpoint"], rows["score"], strict=True))


def test_the_library_prints_and_logs_nothing_by_itself(tmp_path: Path) -> None:
    program = "import feedback_engine as fe, logging; logging.getLogger('feedback_engine').warning('x'); "
    program += "fe.FeedbackEngine().tag('房间很干净', pack='hotel')"
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")


def test_a_project_tells_its_themes_and_the_keywords_of_a_text(project: fe.FeedbackEngine) -> None:
    table = project.themes("2026-10")
    assert len(table) > 5
    assert table["count"].is_monotonic_decreasing
    assert table["previous_count"].notna().all()
    assert project.themes("2026-10").equals(table)
    assert "早餐" in {keyword.word for keyword in project.keywords("早餐品种少，早餐还凉了")}
    assert project.keywords(None) == ()

"""The whole way, from files to the report and down again, on a small project."""

import json
import os
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from engine_projects import HEADINGS, survey_rows, write_csv, write_project
from openpyxl import load_workbook

import feedback_engine as fe
from feedback_engine.domain import OVERALL, Flag, Measure
from feedback_engine.errors import AmbiguousFormat, RunLocked, UnreadableFile
from feedback_engine.resources import find_lexicons
from feedback_engine.store.locks import hold_lock

SHEETS = ["封面与说明", "总览", "触点得分", "驱动因素", "投诉分析", "情感与主题", "主题", "典型原声"]
SHEETS += ["指标体系与权重", "答题统计", "模型复核", "明细", "数据质量", "运行信息"]


@pytest.fixture
def engine(tmp_path: Path) -> fe.FeedbackEngine:
    return fe.FeedbackEngine.from_config(write_project(tmp_path))


def figure(engine: fe.FeedbackEngine, touchpoint: str, measure: Measure = Measure.SCORE, **kwargs: str):
    table = engine.score(**kwargs).table
    rows = table[(table.touchpoint == touchpoint) & (table.indicator == OVERALL) & (table.measure == measure)]
    return rows.iloc[0]


def test_the_nightly_job_goes_from_files_to_a_report(engine: fe.FeedbackEngine, tmp_path: Path) -> None:
    summary = engine.run(as_of="2026-10-31")
    assert (summary.read, summary.stored, summary.quarantined) == (67, 67, 0)
    assert summary.tagged == 8 + 12 + 15
    assert load_workbook(tmp_path / "out/report.xlsx").sheetnames == SHEETS


def test_the_nightly_job_leaves_the_figures_of_its_report_in_the_database(
    engine: fe.FeedbackEngine, tmp_path: Path
) -> None:
    engine.run(as_of="2026-10-31")
    with closing(sqlite3.connect(next(tmp_path.rglob("*.db")))) as database:
        stored = database.execute(
            "SELECT score FROM index_figures WHERE touchpoint = 'overall' AND measure = 'score' AND segment = 'all'"
        ).fetchall()
    assert stored == [(pytest.approx(0.6 * 87.5 + 0.4 * 50),)]


def test_a_store_that_may_only_be_read_gives_the_report_with_one_warning(
    engine: fe.FeedbackEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    engine.import_sources()
    expected = engine.score().table
    engine.close()
    store = next(tmp_path.rglob("*.db")).parent
    is_in_store = store.__eq__
    monkeypatch.setattr("os.access", lambda path, mode: not (mode & os.W_OK and is_in_store(Path(path).parent)))
    again = fe.FeedbackEngine.from_config(tmp_path / "config.yaml")
    assert again.score().table.equals(expected)
    caplog.clear()
    assert again.report(tmp_path / "report.xlsx").exists()
    assert [record.message.partition("：")[0] for record in caplog.records if record.levelname == "WARNING"] == [
        "指数照常给出，但没有存回数据库"
    ]


def test_an_indicator_that_nobody_asks_for_is_named_with_its_neighbour(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = write_project(tmp_path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("code: q_service", "code: q_servic"), encoding="utf-8")
    engine = fe.FeedbackEngine.from_config(path)
    engine.import_sources()
    engine.score()
    assert "触点 service：没有名为 'q_servic' 的打分指标，是否想写 'q_service'？" in caplog.text


def test_the_index_is_the_weighted_mean_of_touchpoints_of_item_scores(engine: fe.FeedbackEngine) -> None:
    engine.import_sources()
    assert figure(engine, "service").score == pytest.approx((100 + 75) / 2)
    assert figure(engine, "cleanliness").score == pytest.approx((75 + 25) / 2)
    overall = figure(engine, OVERALL)
    assert overall.score == pytest.approx(0.6 * 87.5 + 0.4 * 50)
    assert overall.lower < overall.score < overall.upper
    assert overall.base == 40


def test_a_second_run_changes_nothing_at_all(engine: fe.FeedbackEngine, tmp_path: Path) -> None:
    engine.run(as_of="2026-10-31")
    first = (tmp_path / "out/report.xlsx").read_bytes()
    again = engine.run(as_of="2026-10-31")
    assert (again.stored, again.updated, again.duplicate, again.tagged) == (0, 0, 67, 0)
    assert (tmp_path / "out/report.xlsx").read_bytes() == first


def test_another_machine_makes_the_same_report_byte_for_byte(tmp_path: Path) -> None:
    reports = []
    for name in ("one", "two"):
        engine = fe.FeedbackEngine.from_config(write_project(tmp_path / name))
        engine.run(as_of=date(2026, 10, 31))
        reports.append((tmp_path / name / "out/report.xlsx").read_bytes())
    assert reports[0] == reports[1]


def test_a_renamed_and_reordered_file_changes_nothing(engine: fe.FeedbackEngine, tmp_path: Path) -> None:
    engine.import_sources()
    before = engine.score().table
    write_csv(tmp_path / "data/survey_again.csv", HEADINGS, survey_rows()[::-1], "gb18030")
    summary = engine.import_file(tmp_path / "data/survey_again.csv", source="survey")
    assert (summary.read, summary.duplicate) == (40, 40)
    assert engine.score().table.equals(before)


def test_a_corrected_row_updates_its_figure(engine: fe.FeedbackEngine, tmp_path: Path) -> None:
    engine.import_sources()
    rows = [(*row[:4], "1", *row[5:]) if row[0] == "10001" else row for row in survey_rows()]
    summary = engine.import_file(write_csv(tmp_path / "survey2.csv", HEADINGS, rows), source="survey")
    assert (summary.updated, summary.duplicate) == (1, 39)
    assert figure(engine, "service").score == pytest.approx((87.5 * 40 - 100) / 40)


def test_a_bad_row_becomes_a_reject_and_the_others_go_in(engine: fe.FeedbackEngine, tmp_path: Path) -> None:
    rows = [("1", "2026/13/45 9:00", "微信", "一店", "5", "5", ""), ("2", "2026/10/5", "微信", "一店", "9", "4", "")]
    summary = engine.import_file(write_csv(tmp_path / "bad.csv", HEADINGS, rows), source="survey")
    assert (summary.read, summary.stored, summary.quarantined) == (2, 1, 1)
    assert summary.reject_share == 1.0


def test_late_rows_land_in_their_own_period(engine: fe.FeedbackEngine, tmp_path: Path) -> None:
    engine.import_sources()
    write_csv(tmp_path / "late.csv", HEADINGS, survey_rows(20, month=9))
    engine.import_file(tmp_path / "late.csv", source="survey")
    assert figure(engine, "service", period="2026-09").base == 20
    assert figure(engine, "service", period="2026-10").base == 40


def test_a_small_base_is_withheld(engine: fe.FeedbackEngine, tmp_path: Path) -> None:
    engine.import_file(write_csv(tmp_path / "few.csv", HEADINGS, survey_rows(9)), source="survey")
    row = figure(engine, "service")
    assert row.flag == Flag.SUPPRESSED
    assert row.score != row.score  # NaN


@pytest.mark.parametrize("is_declared", [True, False])
def test_a_report_without_an_indicator_system_says_what_its_index_is_made_of(tmp_path: Path, is_declared: bool) -> None:
    config = write_project(tmp_path)
    if not is_declared:
        text = config.read_text(encoding="utf-8")
        kept = [line for line in text.splitlines() if "touchpoints:" not in line and "  - {code:" not in line]
        config.write_text("\n".join(kept), encoding="utf-8")
    engine = fe.FeedbackEngine.from_config(config)
    engine.import_sources()
    sheet = load_workbook(engine.report(tmp_path / "r.xlsx"))["指标体系与权重"]
    told = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if "没有 touchpoints" in str(cell)]
    assert len(told) == (not is_declared)
    assert is_declared or "2 道打分题" in told[0]


def test_the_detail_tells_to_which_question_a_text_answers(engine: fe.FeedbackEngine, tmp_path: Path) -> None:
    engine.import_sources()
    engine.tag_new()
    sheet = load_workbook(engine.report(tmp_path / "r.xlsx"))["明细"]
    headings, *rows = sheet.iter_rows(values_only=True)
    places = headings.index("来源"), headings.index("题目")
    assert {tuple(row[at] for at in places) for row in rows} == {
        ("survey", "建议"), ("complaints", None), ("reviews", None)
    }  # fmt: skip


def test_segments_stand_beside_the_whole(engine: fe.FeedbackEngine) -> None:
    engine.import_sources()
    table = engine.score(by="门店").table
    assert set(table.segment) == {"all", "一店", "二店", "未填写"}  # complaints and reviews name no hotel


def test_a_figure_is_explained_down_to_the_words(engine: fe.FeedbackEngine) -> None:
    engine.import_sources()
    engine.tag_new()
    explanation = engine.score().explain("cleanliness")
    text = explanation.to_text()
    assert "客房卫生" in text
    assert "房间不干净" in text
    json.dumps(explanation.to_dict(), ensure_ascii=False, allow_nan=False)


def test_a_dry_run_keeps_nothing(engine: fe.FeedbackEngine) -> None:
    assert engine.import_sources(dry_run=True).stored == 67
    assert engine.import_sources().stored == 67


def test_a_file_that_cannot_be_used_does_not_stop_the_others(engine: fe.FeedbackEngine, tmp_path: Path) -> None:
    (tmp_path / "data/complaints.csv").write_bytes(b"")
    summary = engine.run(as_of="2026-10-31")
    assert [file.source for file in summary.failed] == ["complaints"]
    assert summary.stored == 55
    assert (tmp_path / "out/report.xlsx").exists()


def test_an_import_without_sources_says_so(caplog: pytest.LogCaptureFixture) -> None:
    assert fe.FeedbackEngine().import_sources().read == 0
    assert any("没有来源" in record.getMessage() and "sources" in record.getMessage() for record in caplog.records)


def test_a_missing_file_is_named(engine: fe.FeedbackEngine, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="nowhere"):
        engine.import_file(tmp_path / "nowhere.csv", source="survey")


def test_a_file_of_no_known_source_is_asked_about(engine: fe.FeedbackEngine, tmp_path: Path) -> None:
    with pytest.raises(AmbiguousFormat, match="--mapping"):
        engine.import_file(write_csv(tmp_path / "x.csv", ("甲", "乙"), [("1", "2")]))


def test_check_finds_a_missing_column_and_an_unknown_pack(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    text = config.read_text(encoding="utf-8").replace("前台服务, indicator", "前台, indicator")
    config.write_text(text.replace("name: reviews\n", "name: reviews\n    pack: hotle\n"), encoding="utf-8")
    problems = fe.FeedbackEngine.from_config(config).check()
    assert any("前台" in problem and "survey.csv" in problem for problem in problems)
    assert any("hotle" in problem and "hotel" in problem for problem in problems)


def test_the_first_month_of_a_project_that_weights_to_margins_has_a_report(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    margins = "scoring: {population: {margins: {门店: {一店: 0.5, 二店: 0.5}}}}"
    config.write_text(f"{config.read_text(encoding='utf-8')}{margins}\n", encoding="utf-8")
    summary = fe.FeedbackEngine.from_config(config).run(as_of="2026-11-01")
    assert summary.report.endswith("report.xlsx") and not summary.report_error


AHP = "scoring: {weights: ahp, weighting: {ahp: {judgements: {overall: %s}}}}"


@pytest.mark.parametrize(
    ("scoring", "told"),
    [
        ("scoring: {weights: ahp}", "没有总指数的判断矩阵；需要比较 service、cleanliness"),
        ("scoring: {weights: delphi}", "没有总指数的专家评分"),
        (AHP % "{members: [service], matrices: [[[1]]]}", "cleanliness"),
    ],
)
def test_check_tries_the_judgements_that_weights_are_made_of(tmp_path: Path, scoring: str, told: str) -> None:
    config = write_project(tmp_path)
    config.write_text(f"{config.read_text(encoding='utf-8')}{scoring}\n", encoding="utf-8")
    (problem,) = fe.FeedbackEngine.from_config(config).check()
    assert "overall" in problem and told in problem


def test_check_finds_nothing_wrong_with_judgements_that_agree(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    pair = "{members: [service, cleanliness], matrices: [[[1, 3], [1/3, 1]]]}"
    config.write_text(f"{config.read_text(encoding='utf-8')}{AHP % pair}\n", encoding="utf-8")
    assert not fe.FeedbackEngine.from_config(config).check()


def test_check_reads_the_weights_that_a_pack_names(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    folder = shutil.copytree(find_lexicons(), tmp_path / "words")
    path = folder / "packs/hotel/touchpoints.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("hints: hotel_hints", "hints: sentiment"), encoding="utf-8"
    )
    config.write_text(f"lexicons: words\n{config.read_text(encoding='utf-8')}", encoding="utf-8")
    (problem,) = fe.FeedbackEngine.from_config(config).check()
    assert "sentiment.npz" in problem and "hints 要 pack 任务的模型" in problem


def test_two_runs_at_once_are_refused(engine: fe.FeedbackEngine, tmp_path: Path) -> None:
    engine.import_sources()
    with hold_lock(tmp_path / "out/feedback.db.lock"), pytest.raises(RunLocked):
        engine.run()


def test_an_engine_without_a_config_tags_and_scores_in_memory() -> None:
    engine = fe.FeedbackEngine()
    assert engine.tag("物流很快，但客服太差", pack="retail").to_dict()["text"] == "物流很快，但客服太差"
    assert set(engine.score().table.flag) <= {Flag.NO_DATA, Flag.SUPPRESSED}


def test_an_engine_is_closed_where_its_block_ends() -> None:
    with fe.FeedbackEngine() as engine:
        assert engine.tag("房间很干净", pack="hotel").touchpoints
    assert engine.tag("好").text == "好", "a closed engine opens again for whoever asks"


def test_a_notebook_shows_the_index(engine: fe.FeedbackEngine) -> None:
    engine.import_sources()
    index = engine.score(period="2026-10")
    assert repr(index).startswith("IndexResult(period='2026-10', score=")
    assert "<table" in index._repr_html_()
    assert "0 rows" not in repr(fe.FeedbackEngine().score())


def test_threads_share_one_engine(engine: fe.FeedbackEngine) -> None:
    texts = ["房间不干净", "前台很热情", "等了四十分钟没人理"] * 20
    alone = [engine.tag(text).to_dict() for text in texts]
    shared = fe.FeedbackEngine(engine.config)
    with ThreadPoolExecutor(8) as pool:
        assert [tagged.to_dict() for tagged in pool.map(shared.tag, texts)] == alone


def test_text_figures_stand_beside_the_survey_index_without_moving_it(engine: fe.FeedbackEngine) -> None:
    engine.import_sources()
    before = figure(engine, OVERALL).score
    engine.tag_new()
    assert figure(engine, OVERALL).score == before
    assert figure(engine, "service", Measure.TEXT_INDEX).base > 0
    assert figure(engine, "service", Measure.COMPLAINT_RATE).score > 0

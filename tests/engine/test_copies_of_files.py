"""A copy of a file that has come in already: under another name, under another source, and edited before it came."""

import shutil
from pathlib import Path

import pytest
from engine_projects import HEADINGS, survey_rows, write_csv, write_project

import feedback_engine as fe
from feedback_engine.cli.main import main
from feedback_engine.errors import AmbiguousFormat


@pytest.fixture
def engine(tmp_path: Path) -> fe.FeedbackEngine:
    engine = fe.FeedbackEngine.from_config(write_project(tmp_path))
    engine.import_sources()
    return engine


def copy_of(name: str, folder: Path) -> Path:
    return Path(shutil.copyfile(folder / "data" / name, folder / "十月.csv"))


def test_a_renamed_copy_of_a_configured_file_is_that_file_again(engine: fe.FeedbackEngine, tmp_path: Path) -> None:
    summary = engine.import_file(copy_of("survey.csv", tmp_path))
    assert (summary.stored, summary.duplicate) == (0, 40)
    assert (summary.files[0].source, summary.files[0].is_known) == ("survey", True)


def test_a_copy_told_to_be_another_source_is_one_and_the_double_count_is_said(
    engine: fe.FeedbackEngine, tmp_path: Path
) -> None:
    (mapping := tmp_path / "工单.yaml").write_text(
        "{kind: complaints, columns: {id: 工单编号, text: 内容, opened_at: 受理时间}}", encoding="utf-8"
    )
    copy = copy_of("complaints.csv", tmp_path)
    summary = engine.import_file(copy, source="complaint", mapping=mapping)
    assert summary.stored == 12
    assert "来源 complaints 导入过的文件相同，现在又归入 complaint" in summary.files[0].notes[-1]


def edited(name: str, folder: Path, *edits: tuple[str, str], encoding: str = "utf-8-sig", count: int = 1) -> Path:
    """Return a copy in which the first `count` (-1: all) of each wording stand otherwise."""
    text = (folder / "data" / name).read_text(encoding)
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, count)
    (copy := folder / f"改{name}").write_text(text, encoding)
    return copy


def test_an_edited_copy_is_of_the_source_whose_records_it_holds_and_corrects_them(
    engine: fe.FeedbackEngine, tmp_path: Path
) -> None:
    for name, source, edit, encoding in (
        ("survey.csv", "survey", ("4,2,", "4,3,"), "utf-8-sig"),
        ("complaints.csv", "complaints", ("态度恶劣", "态度很差"), "gb18030"),
        ("reviews.jsonl", "reviews", ("很干净", "干净"), "utf-8"),
    ):
        summary = engine.import_file(edited(name, tmp_path, edit, encoding=encoding))
        (file,) = summary.files
        assert (file.source, summary.stored, summary.updated) == (source, 0, 1)
        assert f"已由来源 {source} 导入" in file.doubts[0] and "请用 --source 另取名称" in file.doubts[0]
        assert file.doubts[0] in file.notes


def test_further_rows_of_an_edited_copy_are_new_ones_of_its_source(engine: fe.FeedbackEngine, tmp_path: Path) -> None:
    rows = [("900", "2026/10/9 9:05:16", "微信", "一店", "5", "4", ""), *survey_rows()[:20]]
    summary = engine.import_file(write_csv(tmp_path / "又一批.csv", HEADINGS, rows))
    assert (summary.files[0].source, summary.stored, summary.duplicate) == ("survey", 1, 20)


def test_equal_numbers_of_other_records_make_no_copy_but_a_warning(engine: fe.FeedbackEngine, tmp_path: Path) -> None:
    edits = ("前台态度恶劣，要求道歉并退款", "客房漏水，无人处理"), ("前厅部", "工程部")
    copy = edited("complaints.csv", tmp_path, *edits, encoding="gb18030", count=-1)
    summary = engine.import_file(copy)
    (file,) = summary.files
    assert (file.platform, summary.stored) == ("work_order", 12)
    assert "前 12 条记录中有 12 条已由来源 complaints 导入，现在又归入 work_order" in file.doubts[0]
    assert "会计两次" in file.doubts[0] and "--source complaints，先加 --dry-run" in file.doubts[0]


def test_who_names_another_source_for_an_edited_copy_gets_it_and_the_double_count_is_said(
    engine: fe.FeedbackEngine, tmp_path: Path
) -> None:
    copy = edited("complaints.csv", tmp_path, ("态度恶劣", "态度很差"), encoding="gb18030")
    (file,) = engine.import_file(copy, source="complaint").files
    assert (file.source, file.counts.stored) == ("complaint", 12)
    assert "已由来源 complaints 导入，现在又归入 complaint：同样的记录会计两次" in file.doubts[0]


def test_records_without_numbers_are_never_joined_by_what_they_say(tmp_path: Path) -> None:
    config = write_project(tmp_path)
    config.write_text(config.read_text("utf-8").replace("{id: 工单编号, text", "{text"), "utf-8")
    engine = fe.FeedbackEngine.from_config(config)
    engine.import_sources()
    copy = edited("complaints.csv", tmp_path, ("态度恶劣", "态度很差"), encoding="gb18030")
    (file,) = engine.import_file(copy).files
    assert file.platform == "work_order" and "有 11 条已由来源 complaints 导入" in file.doubts[0]


def test_before_a_source_has_come_in_its_headings_alone_give_the_warning(tmp_path: Path) -> None:
    engine = fe.FeedbackEngine.from_config(write_project(tmp_path))
    (file,) = engine.import_file(copy_of("complaints.csv", tmp_path)).files
    assert file.platform == "work_order"
    assert "标题与来源 complaints 的映射相符" in file.doubts[0] and "--source complaints" in file.doubts[0]


def test_another_file_with_the_same_headings_is_nothing_to_warn_of(engine: fe.FeedbackEngine, tmp_path: Path) -> None:
    headings = ("工单编号", "内容", "受理时间", "办结时间", "部门", "状态")
    other = [("D1", "停车场太小", "2026-10-02", "2026-10-03", "保安部", "已办结")]
    (file,) = engine.import_file(write_csv(tmp_path / "二店.csv", headings, other)).files
    assert (file.platform, file.counts.stored, file.doubts) == ("work_order", 1, ())


def test_a_table_that_nobody_knows_is_told_the_source_whose_headings_it_has(
    engine: fe.FeedbackEngine, tmp_path: Path
) -> None:
    other = write_csv(tmp_path / "十一月.csv", HEADINGS, survey_rows(month=11))
    with pytest.raises(AmbiguousFormat, match="标题与来源 survey 的映射相符，若是它的文件，请用 --source survey"):
        engine.import_file(other)


def test_the_command_line_says_on_leaving_which_source_a_copy_went_to(
    engine: fe.FeedbackEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = edited("complaints.csv", tmp_path, ("态度恶劣", "态度很差"), encoding="gb18030")
    assert main(["--config", str(tmp_path / "config.yaml"), "import", str(copy), "--dry-run"]) == 0
    printed = capsys.readouterr()
    for stream in (printed.out, printed.err):
        assert "改complaints.csv：前 12 条记录中有 12 条已由来源 complaints 导入" in stream
    assert "WARNING" in printed.err and "  注意 " in printed.out

"""A source whose configuration changes after its files have been imported: nothing counts twice."""

from pathlib import Path

import pytest
from engine_projects import write_csv

import feedback_engine as fe
from feedback_engine.tables.summary import RunSummary

CONFIG = """\
project: {{name: 点评}}
store: {{url: "sqlite:///out/feedback.db"}}
sources:
  - name: reviews
    kind: reviews
    path: data/*.csv
    channel: {channel}
    mapping: {{columns: {{{columns}}}, attributes: [{attributes}]}}
"""
PLAIN = {"channel": "网站", "columns": "text: 内容, received_at: 时间", "attributes": "门店"}
NUMBERED = PLAIN | {"columns": "id: 编号, text: 内容, received_at: 时间"}


def run(folder: Path, **settings: str) -> RunSummary:
    (folder / "config.yaml").write_text(CONFIG.format(**settings), encoding="utf-8")
    return fe.FeedbackEngine.from_config(folder / "config.yaml").import_sources()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [(f"R{n}", f"2026-10-{n:02}", f"第 {n} 次来，还不错", "一店", "靠窗") for n in range(1, 21)]
    write_csv(tmp_path / "data/reviews.csv", ("编号", "时间", "内容", "门店", "座位"), rows)
    return tmp_path


@pytest.mark.parametrize("change", [{"attributes": "门店, 座位"}, {"channel": "应用"}, {"columns": "text: 内容"}])
def test_rows_without_numbers_stay_as_they_were_read_first_and_that_is_told(
    folder: Path, change: dict[str, str]
) -> None:
    assert run(folder, **PLAIN).stored == 20
    again = run(folder, **PLAIN | change)
    assert (again.stored, again.duplicate) == (0, 20)
    assert "没有编号" in again.files[0].doubts[0] and "空库" in again.files[0].doubts[0]
    assert not run(folder, **PLAIN).files[0].doubts


def test_rows_with_numbers_are_read_anew(folder: Path) -> None:
    assert run(folder, **NUMBERED).stored == 20
    again = run(folder, **NUMBERED | {"attributes": "门店, 座位"})
    assert (again.stored, again.updated, again.files[0].doubts) == (0, 20, ())


def test_a_file_that_could_not_be_used_is_read_as_the_mended_configuration_says(folder: Path) -> None:
    assert run(folder, **PLAIN | {"columns": "text: 内容, received_at: 座位"}).quarantined == 20
    assert run(folder, **PLAIN).stored == 20


def test_a_change_that_says_nothing_else_of_the_rows_changes_nothing(folder: Path) -> None:
    assert run(folder, **PLAIN).stored == 20
    again = run(folder, **PLAIN | {"channel": "网站\n    encoding: utf-8"})
    assert (again.stored, again.duplicate, again.files[0].doubts) == (0, 20, ())


def add_file(folder: Path, rows: list[tuple[str, ...]], **settings: str) -> list[str]:
    """Import one more file; return what is doubted of it."""
    write_csv(folder / "data/reviews_2.csv", ("编号", "时间", "内容", "门店", "座位"), rows)
    return [doubt for file in run(folder, **settings).files[1:] for doubt in file.doubts]


def reviews(moment: str, text: str = "第 {} 次来，还不错") -> list[tuple[str, ...]]:
    return [(f"R{n}", moment.format(n), text.format(n), "一店", "靠窗") for n in range(1, 25)]


def test_rows_saved_anew_with_other_moments_of_the_same_days_are_told(folder: Path) -> None:
    run(folder, **PLAIN)
    (told,) = add_file(folder, reviews("2026/10/{} 7:05"), **PLAIN)
    assert "20 段与同一天已入库的一字不差" in told and "--dry-run" in told


def test_a_longer_export_after_the_configuration_was_changed_is_told(folder: Path) -> None:
    run(folder, **PLAIN)
    (told,) = add_file(folder, reviews("2026-10-{:02}"), **PLAIN | {"attributes": "门店, 座位"})
    assert "算作新行" in told


@pytest.mark.parametrize(
    "rows",
    [
        reviews("2026-11-{:02}"),
        reviews("2026-10-{:02} 7:05", "第 {} 次来，换了家店，一般"),
        reviews("2026-10-{:02} 7:05", "还不错"),
        reviews("2026-10-{:02}"),
        [*reviews("2026-10-{:02}")[:8], *reviews("2026-11-{:02}", "第 {} 次来，换了家店，一般")],
    ],
    ids=["other days", "other texts", "short texts", "the same rows", "a third of the same rows"],
)
def test_other_rows_and_the_very_same_are_not_doubted(folder: Path, rows: list[tuple[str, ...]]) -> None:
    run(folder, **PLAIN)
    assert add_file(folder, rows, **PLAIN) == []


def test_numbers_that_lost_their_zeros_are_told(folder: Path) -> None:
    write_csv(folder / "data/reviews.csv", ("编号", "时间", "内容", "门店", "座位"), numbered("{:06}"))
    run(folder, **NUMBERED)
    (told,) = add_file(folder, numbered("{}"), **NUMBERED)
    assert "24 段与同一天已入库的一字不差" in told and "编号不同" in told
    assert add_file(folder, [*numbered("{}"), ("25", "2026-11-01", "新来的，还不错吧", "", "")], **NUMBERED) == []


def numbered(form: str) -> list[tuple[str, ...]]:
    return [(form.format(int(number[1:])), *rest) for number, *rest in reviews("2026-10-{:02}")]


def test_corrected_rows_are_not_doubted(folder: Path) -> None:
    run(folder, **NUMBERED)
    assert add_file(folder, reviews("2026/10/{} 7:05"), **NUMBERED) == []


FORM = ("时间戳记", "您对服务的满意度", "您的性别")


def answers(first: int, last: int, *more: str) -> list[tuple[str, ...]]:
    moment = "2026/10/{} 上午 9:05:{:02}"
    return [(moment.format(n, n + 7), str(n % 5 + 1), "男" if n % 2 else "女", *more) for n in range(first, last)]


def test_a_form_without_texts_that_got_a_question_more_is_told(folder: Path) -> None:
    settings = (
        "project: {name: 表单}\nstore: {url: 'sqlite:///out/feedback.db'}\nsources: [{name: f, path: data/f*.csv}]\n"
    )
    (folder / "config.yaml").write_text(settings, encoding="utf-8")
    write_csv(folder / "data/f1.csv", FORM, answers(1, 13))
    engine = fe.FeedbackEngine.from_config(folder / "config.yaml")
    assert engine.import_sources().stored == 12
    write_csv(folder / "data/f2.csv", FORM, answers(5, 21))
    assert not engine.import_sources().files[1].doubts
    write_csv(folder / "data/f3.csv", (*FORM, "您的年龄段"), answers(1, 25, ""))
    (told,) = engine.import_sources().files[2].doubts
    assert "24 个时刻里有 20 个" in told and "新加的题" in told

"""Numbers that every file counts from 1 are no ids: what they would replace without a word is told."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from engine_projects import write_csv
from openpyxl import Workbook

import feedback_engine as fe
from feedback_engine.tables.summary import FileSummary

MAPPING = """\
kind: questionnaire
columns: {id: 序号, received_at: 日期}
ratings: [{column: 满意度, indicator: q, scale: {min: 1, max: 5}}]
"""
HEADINGS = ("序号", "日期", "满意度", "建议")
Line = tuple[str, ...]


def answers(month: int, count: int = 12, *, first: int = 1, rating: int = 4) -> list[Line]:
    return [
        (str(n), f"2026-{month:02}-{n % 28 + 1:02}", str(rating), f"{month}月的意见")
        for n in range(first, first + count)
    ]


def put(folder: Path, name: str, rows: Sequence[Line], *, dry_run: bool = False) -> FileSummary:
    return put_by(folder, write_csv(folder / name, HEADINGS, rows), dry_run=dry_run)


def put_by(folder: Path, path: Path, mapping: str = MAPPING, *, dry_run: bool = False) -> FileSummary:
    (folder / "mapping.yaml").write_text(mapping, encoding="utf-8")
    (folder / "config.yaml").write_text("store: {url: 'sqlite:///feedback.db'}\n", encoding="utf-8")
    engine = fe.FeedbackEngine.from_config(folder / "config.yaml")
    return engine.import_file(path, mapping=folder / "mapping.yaml", dry_run=dry_run).files[0]


def told(summary: FileSummary) -> list[str]:
    return [doubt for doubt in summary.doubts if "从 1 编起" in doubt]


def test_a_month_that_counts_from_one_again_is_told_to_replace_the_month_before(tmp_path: Path) -> None:
    put(tmp_path, "10.csv", answers(10))
    for dry_run in (True, False):
        november = put(tmp_path, "11.csv", answers(11), dry_run=dry_run)
        assert november.counts.updated == 12
        (doubt,) = told(november)
        assert doubt.startswith("12 行的编号") and "--dry-run" in doubt and doubt in november.notes


def test_the_same_from_a_later_month_back_to_an_earlier_one(tmp_path: Path) -> None:
    put(tmp_path, "11.csv", answers(11))
    (doubt,) = put(tmp_path, "10.csv", answers(10)).doubts
    assert "从 1 编起" in doubt


def test_sheets_that_count_from_one_each_are_told(tmp_path: Path) -> None:
    book = Workbook()
    for month, sheet in ((9, book.active), (10, book.create_sheet("十月")), (11, book.create_sheet("十一月"))):
        for row in [HEADINGS, *answers(month)]:
            sheet.append(row)
    book.save(tmp_path / "shops.xlsx")
    (tmp_path / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    summary = fe.FeedbackEngine().import_file(tmp_path / "shops.xlsx", mapping=tmp_path / "mapping.yaml").files[0]
    assert (summary.counts.stored, summary.counts.updated) == (12, 24)
    assert told(summary)[0].startswith("24 行")


@pytest.mark.parametrize(
    "rows",
    [
        answers(10, rating=2),
        [(n, day.replace("2026-10-2", "2026-10-1"), *rest) for n, day, *rest in answers(10)],
        [*answers(10), *answers(11, 4, first=13)],
        [*answers(11, 6), *answers(10, 6, first=7)],
        [(n, "", "1", text) for n, _, _, text in answers(10)],
        answers(11, 3),
    ],
    ids=["corrections", "some dates put right", "a longer export", "half of them", "without dates", "very few"],
)
def test_corrections_and_longer_exports_are_told_nothing(tmp_path: Path, rows: list[Line]) -> None:
    put(tmp_path, "a.csv", answers(10))
    assert told(put(tmp_path, "b.csv", rows)) == []


def test_the_same_file_with_its_dates_read_from_another_column_is_told_nothing(tmp_path: Path) -> None:
    rows = [(*line, f"2026-0{1 + at % 9}-15") for at, line in enumerate(answers(10))]
    path = write_csv(tmp_path / "a.csv", (*HEADINGS, "入会"), rows)
    for column, updated in (("日期", 0), ("入会", 12)):
        summary = put_by(tmp_path, path, MAPPING.replace("日期", column))
        assert (summary.counts.updated, told(summary)) == (updated, [])

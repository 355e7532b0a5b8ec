"""Rows written whole: to the byte what XlsxWriter writes of them cell by cell, however ugly the cells."""

import math
import random
from datetime import datetime

import pytest
from openpyxl import load_workbook
from test_report_excel import BROKEN, CREATED, HOSTILE

from feedback_engine.domain import Polarity, Span
from feedback_engine.report.blocks import Column, ColumnKind, Marked, Report, Section, Table, Tone
from feedback_engine.report.excel import write_excel
from feedback_engine.report.plain_rows import PlainRows

WORDS = [
    *HOSTILE,
    *BROKEN,
    "",
    "两\n行",
    "\t缩进",
    "尾随 ",
    "a&b<c>'d\"",
    "长" * 40_000,
    Polarity.POSITIVE,
    "满意" * 30,
]
NUMBERS = [0, 1, True, 0.0, -0.0, 1.0, 0.1 + 0.2, 1e300, -12345678901234567, math.nan, math.inf, None]
MOMENTS = [
    *(datetime.fromisoformat(day) for day in ("2026-10-31T23:59:59.999999", "1900-02-28", "1899-12-31")),
    None,
    "未注明",
]
MARKED = [Marked("前台很慢", Tone.BAD, (Span(2, 4),)), Marked("没有标记", Tone.GOOD), Marked("", Tone.BAD)]
COLUMNS = (
    Column("编号"),
    Column("时间", ColumnKind.MOMENT),
    Column("分", ColumnKind.NUMBER, decimals=2),
    Column("占比", ColumnKind.PERCENT, is_signed=True),
    Column("行号", ColumnKind.INTEGER),
    Column("居中", is_centred=True),
    Column("文本"),
)


def ugly_rows(seed):
    """Rows of every kind of cell in every place, those of one column often the same."""
    pick = random.Random(seed).choice
    usual = [WORDS, MOMENTS, NUMBERS, NUMBERS, NUMBERS, WORDS, WORDS]
    # A number is no moment: openpyxl would warn of it.
    others = [[*WORDS, *MOMENTS, *MARKED, *(() if cells is MOMENTS else NUMBERS)] for cells in usual]
    columns = list(zip(usual, others, strict=True))
    return [tuple(pick(pick((cells, cells, cells, other))) for cells, other in columns) for _ in range(300)]


def write(rows, path, columns=COLUMNS):
    sections = [Section(name, name, (Table(name, name, columns, rows),), is_data=True) for name in ("甲", "乙")]
    write_excel(Report("题", tuple(sections), CREATED), path)
    return path.read_bytes()


@pytest.mark.parametrize("seed", range(4))
def test_rows_written_whole_are_those_written_cell_by_cell(tmp_path, monkeypatch, seed):
    rows = ugly_rows(seed)
    whole = write(rows, tmp_path / "whole.xlsx")
    monkeypatch.setattr(PlainRows, "write", lambda self, row: False)
    assert write(rows, tmp_path / "by_cell.xlsx") == whole


def test_a_table_that_fills_the_page_is_left_to_the_cells(tmp_path, monkeypatch):
    columns = (Column("编号"), Column("说明", fills=True))
    rows = [("甲", "很长的说明" * 40), ("乙", "短")]
    whole = write(rows, tmp_path / "whole.xlsx", columns)
    monkeypatch.setattr(PlainRows, "write", lambda self, row: False)
    assert write(rows, tmp_path / "by_cell.xlsx", columns) == whole


def test_plain_rows_do_not_go_through_the_cells(tmp_path, monkeypatch):
    monkeypatch.setattr("feedback_engine.report.sheets.write_row", None)
    rows = [(f"第{n}行", CREATED.replace(tzinfo=None), n / 7, None, n, "", "=1+1") for n in range(50)]
    write(rows, tmp_path / "r.xlsx")
    read = list(load_workbook(tmp_path / "r.xlsx")["乙"].iter_rows(min_row=2, values_only=True))
    assert read == [(a, b, pytest.approx(c), None, e, None, g) for a, b, c, _, e, _, g in rows]

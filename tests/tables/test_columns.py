"""Rows as plain lists are held to the declaration as frames are."""

from __future__ import annotations

from typing import Any

import pytest

from feedback_engine.errors import TableError
from feedback_engine.tables.columns import Columns
from feedback_engine.tables.schema import Column, Kind, TableSchema

VISITS = TableSchema(
    "visits",
    "Visits.",
    (
        Column("visit_id", Kind.KEY, "Id.", is_key=True),
        Column("part", Kind.TEXT, "Part.", is_key=True, allowed=("hall", "bar")),
        Column("at", Kind.MOMENT, "When.", is_nullable=True),
        Column("stars", Kind.NUMBER, "Stars.", is_nullable=True),
        Column("line", Kind.INTEGER, "Line.", minimum=1),
        Column("is_lost", Kind.BOOLEAN, "Lost."),
    ),
)
FIRST, SECOND = bytes(32), bytes(31) + b"1"
ROW = (FIRST, "hall", 1_790_812_800_000_000, 4.5, 1, False)


def changed(at: int, value: Any) -> tuple[Any, ...]:
    return (*ROW[:at], value, *ROW[at + 1 :])


def test_rows_come_back_as_columns() -> None:
    columns = Columns.of_rows(VISITS, [ROW, changed(0, SECOND), changed(1, "bar")])
    assert len(columns) == 3
    assert columns["part"] == ("hall", "hall", "bar")
    assert columns.take([2, 0])["part"] == ("bar", "hall")
    assert list(columns.take([1])["visit_id"]) == [SECOND]
    assert len(columns.take([])) == len(Columns.of_rows(VISITS)) == 0


@pytest.mark.parametrize(("at", "value"), [(2, None), (3, None)])
def test_a_gap_is_allowed_where_the_declaration_says_so(at: int, value: Any) -> None:
    assert len(Columns.of_rows(VISITS, [changed(at, value)])) == 1


@pytest.mark.parametrize(
    ("at", "value", "shown"),
    [
        (0, "00" * 32, "不是 KEY"),
        (0, None, "第 1 行为 None，不是 KEY"),
        (1, None, "不是 TEXT"),
        (1, "garden", "'garden' 不在"),
        (2, "2026-10-01", "'2026-10-01'，不是 MOMENT"),
        (3, 4, "为 4，不是 NUMBER"),
        (4, 0, "值 0 小于 1"),
        (4, 1.0, "不是 INTEGER"),
        (4, True, "不是 INTEGER"),
        (5, 1, "不是 BOOLEAN"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_its_column(at: int, value: Any, shown: str) -> None:
    with pytest.raises(TableError, match=f"表 visits 的列 {VISITS.columns[at].name}：.*{shown}"):
        Columns.of_rows(VISITS, [ROW, changed(at, value)])


def test_a_key_that_repeats_is_refused() -> None:
    with pytest.raises(TableError, match="键重复：visit_id、part"):
        Columns.of_rows(VISITS, [ROW, changed(4, 2)])


def test_columns_that_lack_or_differ_in_length_are_refused() -> None:
    values = dict(zip(VISITS.column_names, ([value] for value in ROW), strict=True))
    with pytest.raises(TableError, match="缺少列：line"):
        Columns(VISITS, {name: column for name, column in values.items() if name != "line"}).check()
    with pytest.raises(TableError, match="行数不同"):
        Columns(VISITS, {**values, "line": [1, 2]}).check()

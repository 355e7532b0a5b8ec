"""Periods, scales, registries and table declarations."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_engine.domain import Period, Scale
from feedback_engine.errors import ConfigError, TableError
from feedback_engine.registry import Registry
from feedback_engine.tables.schema import Column, Kind, TableSchema


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-Q3", date(2026, 7, 1), date(2026, 9, 30)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 4)),
        ("2026-10-31", date(2026, 10, 31), date(2026, 10, 31)),
    ],
)
def test_a_period_runs_from_its_first_to_its_last_day(words: str, first: date, last: date) -> None:
    period = Period.parse(words)
    assert (period.first, period.last, period.label) == (first, last, words)


@pytest.mark.parametrize("words", ["", "2026-13", "2026-W54", "2026-02-30", "soon", "26-10", "2026-1"])
def test_a_period_that_is_none_is_refused(words: str) -> None:
    with pytest.raises(ConfigError, match="期间"):
        Period.parse(words)


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)), st.sampled_from(["year", "quarter", "month", "week", "day"]))
def test_periods_tile_the_calendar(day: date, unit: str) -> None:
    period = Period.containing(day, unit)
    assert period.first <= day <= period.last
    assert (period.first - period.previous().last).days == 1
    assert Period.parse(period.label) == period


def test_a_day_begins_at_midnight_in_the_projects_time_zone() -> None:
    since, until = Period.parse("2026-10").bounds("Asia/Shanghai")
    assert since.isoformat() == "2026-09-30T16:00:00+00:00"
    assert until.isoformat() == "2026-10-31T16:00:00+00:00"


def test_the_same_leap_day_a_year_earlier_is_the_28th() -> None:
    assert Period.parse("2024-02-29").year_before().label == "2023-02-28"


def test_a_rating_is_scored_on_its_declared_scale() -> None:
    assert [Scale(1, 5).score(x) for x in (1, 3, 5)] == [0, 50, 100]
    assert Scale(0, 10).score(7) == pytest.approx(70)
    assert Scale(1, 5, is_reversed=True).score(1) == 100


def test_an_unknown_name_suggests_the_nearest_one() -> None:
    with pytest.raises(ConfigError, match="是否想写 'hotel'"):
        Registry("行业包", lambda: {"hotel": 1, "retail": 2})["hotle"]


TABLE = TableSchema(
    "t",
    "A table.",
    (
        Column("id", Kind.TEXT, "Key.", is_key=True),
        Column("share", Kind.NUMBER, "Share.", minimum=0, maximum=1),
        Column("state", Kind.TEXT, "State.", allowed=("on", "off"), is_nullable=True),
    ),
)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("a", 2.0, "on")], "大于 1"),
        ([("a", None, "on")], "为空"),
        ([("a", 0.5, "maybe")], "'maybe' 不在"),
        ([("a", 0.5, "on"), ("a", 0.1, "off")], "键重复"),
        ([("a", "x", "on")], "不是 NUMBER"),
    ],
)
def test_a_frame_that_breaks_its_declaration_is_refused(rows: list[tuple[object, ...]], words: str) -> None:
    with pytest.raises(TableError, match=words):
        TABLE.build(rows)


def test_a_conforming_frame_has_its_columns_in_order_and_nothing_else() -> None:
    frame = pd.DataFrame({"extra": [1], "state": [None], "share": [1], "id": ["a"]})
    assert list(TABLE.conform(frame).columns) == ["id", "share", "state"]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(TableError, match="缺少列：share"):
        TABLE.conform(pd.DataFrame({"id": ["a"], "state": ["on"]}))


def test_an_empty_table_keeps_its_kinds() -> None:
    assert str(TABLE.build()["share"].dtype) == "float64"

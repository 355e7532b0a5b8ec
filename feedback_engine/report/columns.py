"""Columns and rows of the statistics tables, in few words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from feedback_engine.domain import LEAST_P
from feedback_engine.report.blocks import Cell, Column, ColumnKind, Look

if TYPE_CHECKING:
    import pandas as pd


def number(heading: str, decimals: int = 1, *, is_signed: bool = False, look: Look = Look.PLAIN) -> Column:
    """Return a column of measures."""
    return Column(heading, ColumnKind.NUMBER, decimals, is_signed=is_signed, look=look)


def count(heading: str) -> Column:
    """Return a column of counts."""
    return Column(heading, ColumnKind.INTEGER)


def share(heading: str, *, is_signed: bool = False, look: Look = Look.PLAIN) -> Column:
    """Return a column of shares, 0 to 1, shown in percent."""
    return Column(heading, ColumnKind.PERCENT, is_signed=is_signed, look=look)


def judgement(heading: str) -> Column:
    """Return a narrow column of marks and single words."""
    return Column(heading, is_centred=True)


def interval(decimals: int = 1, of: str = "区间") -> tuple[Column, Column]:
    """Return the two columns of an interval."""
    return number(f"{of}下限", decimals), number(f"{of}上限", decimals)


def show_p(value: float | None) -> Cell:
    """Return a p or q value, or the words for one too small to print."""
    return f"<{LEAST_P:g}" if value is not None and value < LEAST_P else value


def read_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as dictionaries of plain values, None for an empty number."""
    return [{str(name): _plain(value) for name, value in row.items()} for row in table.to_dict("records")]


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value


def pick(row: dict[str, Any], *names: str) -> tuple[Cell, ...]:
    """Return the row's values of these names, in this order."""
    return tuple(row[name] for name in names)

"""What a table is: its columns, and the check that a frame keeps to them.

One declaration validates the frame at the exit of each stage, makes the SQL table (`store.tables`) and prints the data
dictionary.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from feedback_engine.errors import TableError

if TYPE_CHECKING:
    import pandas as pd


class Kind(StrEnum):
    """The kinds of column; the value is the pandas dtype that carries it."""

    TEXT = "str"
    #: A 32-byte digest: 64 hexadecimal digits in a frame, BINARY(32) in SQL.
    KEY = "object"
    INTEGER = "int64"
    NUMBER = "float64"
    BOOLEAN = "bool"
    #: A moment in UTC.
    MOMENT = "datetime64[us, UTC]"


#: Kinds whose arrays cannot hold a gap.
_NEVER_EMPTY = (Kind.INTEGER, Kind.BOOLEAN)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its kind, the values it may hold, and a sentence for the data dictionary."""

    name: str
    kind: Kind
    description: str
    is_key: bool = False
    is_nullable: bool = False
    allowed: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class TableSchema:
    """A table by name, with its columns in order; the key columns identify a row."""

    name: str
    description: str
    columns: tuple[Column, ...]

    @property
    def column_names(self) -> list[str]:
        """The names of the columns, in order."""
        return [column.name for column in self.columns]

    @property
    def key(self) -> list[str]:
        """The names of the columns that identify a row."""
        return [column.name for column in self.columns if column.is_key]

    def build(self, rows: Sequence[Sequence[Any]] = ()) -> pd.DataFrame:
        """Return a checked frame made of rows in the order of the columns."""
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(self.columns)
        return self.build_columns(dict(zip(self.column_names, columns, strict=True)))

    def build_columns(self, values: Mapping[str, Iterable[Any]]) -> pd.DataFrame:
        """Return a checked frame made of one sequence a column, all of the same length."""
        import pandas as pd

        series = {c.name: _series(values[c.name], c) for c in self.columns if c.name in values}
        return self.conform(pd.DataFrame(series, copy=False))

    def conform(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the frame with this table's columns in order and of the right kind, or raise TableError."""
        missing = [name for name in self.column_names if name not in frame.columns]
        if missing:
            raise TableError(f"表 {self.name} 缺少列：{'、'.join(missing)}")
        ordered = frame if list(frame.columns) == self.column_names else frame[self.column_names]
        conformed = ordered.reset_index(drop=True)
        for column in self.columns:
            values = conformed[column.name]
            if str(values.dtype) != column.kind.value:
                values = conformed[column.name] = _series(values, column)
            self._check(values, column)
        if self.key and self._has_repeats(conformed):
            twice = conformed.loc[conformed.duplicated(self.key), self.key].iloc[0].to_dict()
            raise TableError(f"表 {self.name} 的键重复：{twice}")
        return conformed

    def _has_repeats(self, frame: pd.DataFrame) -> bool:
        """Whether a key occurs twice; a single column without repeats settles it, and is quicker to look at."""
        first = frame[self.key[0]].tolist()
        return len(set(first)) < len(first) and bool(frame.duplicated(self.key).any())

    def _check(self, values: pd.Series[Any], column: Column) -> None:
        is_allowed = bool(column.allowed) and set(values.tolist()) <= set(column.allowed)
        if not is_allowed:
            self._check_each(values, column)
        if column.minimum is not None and (values.to_numpy() < column.minimum).any():
            self._refuse(column, f"值 {values.min()} 小于 {column.minimum}")
        if column.maximum is not None and (values.to_numpy() > column.maximum).any():
            self._refuse(column, f"值 {values.max()} 大于 {column.maximum}")

    def _check_each(self, values: pd.Series[Any], column: Column) -> None:
        """Refuse an empty value where none may be, and one that is not allowed."""
        import pandas as pd

        if not (column.is_nullable or column.kind in _NEVER_EMPTY) and (empty := pd.isna(values.array)).any():
            self._refuse(column, f"第 {int(empty.argmax())} 行为空")
        if column.allowed:
            given = values.dropna().tolist()
            if odd := set(given).difference(column.allowed):
                first = next(value for value in given if value in odd)
                self._refuse(column, f"值 {first!r} 不在 {column.allowed} 之内")

    def _refuse(self, column: Column, reason: str) -> None:
        raise TableError(f"表 {self.name} 的列 {column.name}：{reason}")


def _series(values: Iterable[Any], column: Column) -> pd.Series[Any]:
    import numpy as np
    import pandas as pd

    given = values if isinstance(values, (pd.Series, np.ndarray)) else list(values)
    dtype: Any = column.kind.value
    try:
        if column.kind is Kind.MOMENT:
            given = pd.to_datetime(pd.Series(given, dtype="object"), utc=True)
        series: pd.Series[Any] = pd.Series(given, dtype=dtype)
    except (ValueError, TypeError) as error:
        raise TableError(f"列 {column.name} 不是 {column.kind.name}：{error}") from error
    return series


def describe(tables: Iterable[TableSchema]) -> str:
    """Return the data dictionary of these tables as Markdown."""
    lines: list[str] = []
    for table in tables:
        lines += [f"## {table.name}", "", table.description, "", "| column | kind | key | empty | values | meaning |"]
        lines.append("|---|---|---|---|---|---|")
        lines += [_describe(column) for column in table.columns] + [""]
    return "\n".join(lines)


def _describe(column: Column) -> str:
    bounds = [f"{sign} {end:g}" for sign, end in (("≥", column.minimum), ("≤", column.maximum)) if end is not None]
    values = ", ".join(column.allowed or bounds)
    marks = ("key" if column.is_key else "", "may be empty" if column.is_nullable else "")
    return f"| {column.name} | {column.kind.name.lower()} | {marks[0]} | {marks[1]} | {values} | {column.description} |"

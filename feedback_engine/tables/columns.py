"""Rows of a declared table as plain lists, one a column: what an import makes of cells and a database takes.

A KEY is 32 bytes, a MOMENT whole microseconds since 1970 in UTC, a gap None. On this way a frame would be made of lists
and taken apart into lists again, which takes longer than the work at either end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Self

from feedback_engine.errors import TableError
from feedback_engine.tables.schema import Column, Kind, TableSchema

_TYPES: Mapping[Kind, type] = {
    Kind.TEXT: str,
    Kind.KEY: bytes,
    Kind.INTEGER: int,
    Kind.NUMBER: float,
    Kind.BOOLEAN: bool,
    Kind.MOMENT: int,
}


@dataclass(frozen=True, slots=True)
class Columns:
    """The values of each column of a table by its name, all of one length."""

    declared: TableSchema
    values: Mapping[str, Sequence[Any]]

    @classmethod
    def of_rows(cls, declared: TableSchema, rows: Sequence[Sequence[Any]] = ()) -> Self:
        """Return checked rows, given in the order of the columns."""
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(declared.columns)
        return cls(declared, dict(zip(declared.column_names, columns, strict=True))).check()

    def __len__(self) -> int:
        return len(self.values[self.declared.columns[0].name])

    def __getitem__(self, name: str) -> Sequence[Any]:
        return self.values[name]

    def take(self, positions: Sequence[int]) -> Self:
        """Return the rows at these positions."""
        return type(self)(self.declared, {name: take(values, positions) for name, values in self.values.items()})

    def check(self) -> Self:
        """Return the rows if they keep to the declaration, or raise TableError."""
        if missing := [name for name in self.declared.column_names if name not in self.values]:
            self._refuse(f"缺少列：{'、'.join(missing)}")
        if len({len(values) for values in self.values.values()}) > 1:
            self._refuse("各列的行数不同")
        for column in self.declared.columns:
            self._check(self.values[column.name], column)
        if len(self) and self._has_repeats():
            self._refuse(f"键重复：{'、'.join(self.declared.key)}")
        return self

    def _check(self, values: Sequence[Any], column: Column) -> None:
        fitting = {_TYPES[column.kind], type(None)} if column.is_nullable else {_TYPES[column.kind]}
        if not set(map(type, values)) <= fitting:
            at = next(at for at, value in enumerate(values) if type(value) not in fitting)
            self._refuse_value(column, f"第 {at} 行为 {values[at]!r}，不是 {column.kind.name}")
        if column.allowed and (odd := set(values).difference(column.allowed)):
            self._refuse_value(column, f"值 {min(odd)!r} 不在 {column.allowed} 之内")
        if column.minimum is not None and values and (least := min(values)) < column.minimum:
            self._refuse_value(column, f"值 {least} 小于 {column.minimum}")

    def _has_repeats(self) -> bool:
        """Whether a key occurs twice; a single column without repeats settles it, and is quicker to look at."""
        key = self.declared.key
        first = self.values[key[0]]
        return len(set(first)) < len(first) and len(set(zip(*map(self.__getitem__, key), strict=True))) < len(first)

    def _refuse_value(self, column: Column, reason: str) -> None:
        self._refuse(f"列 {column.name}：{reason}")

    def _refuse(self, reason: str) -> None:
        raise TableError(f"表 {self.declared.name} 的{reason}")


def take(values: Sequence[Any], positions: Sequence[int]) -> Sequence[Any]:
    """Return the values at these positions."""
    if len(positions) < 2:
        return [values[at] for at in positions]
    chosen: Sequence[Any] = itemgetter(*positions)(values)
    return chosen

"""Frames to SQL rows and back: digests between hexadecimal and bytes, moments between pandas and microseconds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Executable, Insert

from feedback_engine.tables.schema import Column, Kind, TableSchema

if TYPE_CHECKING:
    import pandas as pd

#: Parameters in one IN (…): below the limits of every database.
CHUNK = 5000


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows for one table: the names of their columns, and a tuple each."""

    names: tuple[str, ...]
    values: list[tuple[Any, ...]]

    def extended(self, **constants: str) -> Rows:
        """Return the rows with columns that hold the same value in each."""
        more = tuple(constants.values())
        return Rows((*self.names, *constants), [(*row, *more) for row in self.values])


def to_rows(frame: pd.DataFrame, declared: TableSchema, *, without: str = "") -> Rows:
    """Return the frame's rows as the database takes them."""
    columns = [column for column in declared.columns if column.name != without]
    values = [_to_sql(frame[column.name], column) for column in columns]
    return Rows(tuple(column.name for column in columns), list(zip(*values, strict=True)))


def insert(connection: Connection, statement: Insert, rows: Rows) -> None:
    """Insert the rows by the driver's own executemany; SQLAlchemy's copies each row and takes twice the time."""
    if not rows.values:
        return
    compiled = statement.compile(dialect=connection.dialect, column_keys=list(rows.names))
    if not compiled.positional:
        connection.exec_driver_sql(str(compiled), [dict(zip(rows.names, row, strict=True)) for row in rows.values])
        return
    order = [rows.names.index(name) for name in compiled.positiontup or ()]
    in_order = order == list(range(len(order)))
    values = rows.values if in_order else [tuple(row[i] for i in order) for row in rows.values]
    connection.exec_driver_sql(str(compiled), values)


def _to_sql(series: pd.Series[Any], column: Column) -> list[Any]:
    if _is_digest(column):
        return [bytes.fromhex(key) for key in series]
    if column.kind is Kind.MOMENT:
        numbers = series.astype("int64").tolist()
        return [None if missing else number for missing, number in zip(series.isna(), numbers, strict=True)]
    if column.is_nullable:
        return [None if missing else value for missing, value in zip(series.isna(), series.tolist(), strict=True)]
    values: list[Any] = series.tolist()
    return values


def to_frame(declared: TableSchema, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> pd.DataFrame:
    """Return selected rows as a frame with the kinds of the declaration; columns it does not know stay as they are."""
    import pandas as pd

    by_name = {column.name: column for column in declared.columns}
    fetched = list(rows)
    columns = list(zip(*fetched, strict=True)) if fetched else [()] * len(names)
    return pd.DataFrame(
        {
            name: _from_sql(values, by_name[name]) if name in by_name else list(values)
            for name, values in zip(names, columns, strict=True)
        }
    )


def _from_sql(values: Sequence[Any], column: Column) -> pd.Series[Any]:
    import pandas as pd

    dtype: Any = column.kind.value
    if _is_digest(column):
        return pd.Series([value.hex() for value in values], dtype="object")
    if column.kind is Kind.MOMENT:
        moments = pd.to_datetime(pd.Series(values, dtype="Int64"), unit="us", utc=True)
        return moments.astype(dtype)
    series: pd.Series[Any] = pd.Series(values, dtype=dtype)
    return series


def _is_digest(column: Column) -> bool:
    return column.kind is Kind.KEY or column.name == "feedback_id"


def fetch_by_keys(
    connection: Connection, build: Callable[[Sequence[bytes]], Executable], keys: Sequence[bytes]
) -> list[Any]:
    """Return the rows of a select for many keys, asked for in chunks."""
    found: list[Any] = []
    for start in range(0, len(keys), CHUNK):
        found += connection.execute(build(keys[start : start + CHUNK])).all()
    return found

"""Frames to SQL rows and back: digests between hexadecimal and bytes, moments between pandas and microseconds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column as SqlColumn
from sqlalchemy import Connection, Insert, bindparam, select

from feedback_engine.tables.schema import Column, Kind, TableSchema

if TYPE_CHECKING:
    import pandas as pd

#: Parameters in one IN (…): below the limits of every database.
CHUNK = 5000
#: Rows turned into a frame at a time.
_AT_A_TIME = 20_000
#: Parameters in one statement: the limit of SQLite since 3.32 is 32,766.
_PARAMETERS = 32_000


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
    """Insert the rows by the driver itself; SQLAlchemy copies each row and takes twice the time."""
    if not rows.values:
        return
    compiled = statement.compile(dialect=connection.dialect, column_keys=list(rows.names))
    if not compiled.positional:
        connection.exec_driver_sql(str(compiled), [dict(zip(rows.names, row, strict=True)) for row in rows.values])
        return
    order = [rows.names.index(name) for name in compiled.positiontup or ()]
    in_order = order == list(range(len(order)))
    values = rows.values if in_order else [tuple(row[i] for i in order) for row in rows.values]
    if connection.dialect.paramstyle == "qmark":
        _insert_many(connection, str(compiled), values)
    else:
        connection.exec_driver_sql(str(compiled), values)


def _insert_many(connection: Connection, statement: str, values: list[tuple[Any, ...]]) -> None:
    """Insert many rows a statement: other threads go on for its whole length, where executemany stops them each row."""
    width = len(values[0])
    marks = f"({', '.join('?' * width)})"
    count = max(1, _PARAMETERS // width)
    for start in range(0, len(values), count):
        some = values[start : start + count]
        many = statement.replace(marks, ", ".join([marks] * len(some)), 1)
        connection.exec_driver_sql(many, tuple(chain.from_iterable(some)))


def _to_sql(series: pd.Series[Any], column: Column) -> list[Any]:
    if _is_digest(column):
        return to_digests(series.tolist())
    if column.kind is Kind.MOMENT:
        return _with_gaps(series, series.astype("int64").tolist())
    if column.is_nullable:
        return _with_gaps(series, series.tolist())
    values: list[Any] = series.tolist()
    return values


def _with_gaps(series: pd.Series[Any], values: list[Any]) -> list[Any]:
    """Return the values with None where the series has nothing; most series have all or nothing."""
    missing = series.isna().to_numpy()
    if not missing.any():
        return values
    if missing.all():
        return [None] * len(values)
    return [None if gap else value for gap, value in zip(missing.tolist(), values, strict=True)]


def to_digests(keys: Sequence[str]) -> list[bytes]:
    """Return 64 hexadecimal digits each as 32 bytes each, all in one conversion."""
    joined = bytes.fromhex("".join(keys))
    if len(joined) != 32 * len(keys):
        raise ValueError("a digest has 64 hexadecimal digits")
    return [joined[start : start + 32] for start in range(0, len(joined), 32)]


def to_frame(declared: TableSchema, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> pd.DataFrame:
    """Return selected rows as a frame with the kinds of the declaration; columns it does not know stay as they are."""
    import pandas as pd

    by_name = {column.name: column for column in declared.columns}
    known: list[dict[Any, Any]] = [{} for _ in names]
    fetched = iter(rows)
    parts: list[pd.DataFrame] = []
    # A few at a time: as the driver's own objects the rows take several times the room of the frame.
    while (some := list(islice(fetched, _AT_A_TIME))) or not parts:
        columns = list(zip(*some, strict=True)) if some else [()] * len(names)
        series = {
            name: _from_sql(values, by_name[name], shared) if name in by_name else list(values)
            for name, values, shared in zip(names, columns, known, strict=True)
        }
        parts.append(pd.DataFrame(series))
    return parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)


def _from_sql(values: Sequence[Any], column: Column, known: dict[Any, Any]) -> pd.Series[Any]:
    """Return a column's values; equal digests and texts become one object, kept in `known`."""
    import pandas as pd

    dtype: Any = column.kind.value
    if _is_digest(column):
        known.update((value, value.hex()) for value in set(values) - known.keys())
        return pd.Series([known[value] for value in values], dtype="object")
    if column.kind is Kind.MOMENT:
        moments = pd.to_datetime(pd.Series(values, dtype="Int64"), unit="us", utc=True)
        return moments.astype(dtype)
    given = [known.setdefault(value, value) for value in values] if column.kind is Kind.TEXT else values
    series: pd.Series[Any] = pd.Series(given, dtype=dtype)
    return series


def _is_digest(column: Column) -> bool:
    return column.kind is Kind.KEY or column.name == "feedback_id"


def fetch_by_keys(connection: Connection, columns: Sequence[SqlColumn[Any]], keys: Sequence[bytes]) -> list[Any]:
    """Return these columns, of which the first is a digest, of the rows with many keys, asked for in chunks."""
    query = select(*columns).where(columns[0].in_(bindparam("keys", expanding=True)))
    found: list[Any] = []
    for start in range(0, len(keys), CHUNK):
        some = list(keys[start : start + CHUNK])
        if connection.dialect.paramstyle != "qmark":
            found += connection.execute(query, {"keys": some}).all()
            continue
        # By the driver's own marks: SQLAlchemy names, binds and renders each key, which takes twice the search's time.
        marks = ", ".join("?" * len(some))
        one = str(select(*columns).where(columns[0] == bindparam("key")).compile(dialect=connection.dialect))
        found += connection.exec_driver_sql(f"{one.removesuffix('= ?')}IN ({marks})", tuple(some)).all()
    return found

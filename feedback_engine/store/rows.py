"""Frames to SQL rows and back: digests between hexadecimal and bytes, moments between pandas and microseconds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress, islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column as SqlColumn
from sqlalchemy import Connection, Insert, bindparam, select

from feedback_engine.store.dialects import unjournalled
from feedback_engine.tables.schema import Column, Kind, TableSchema

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

#: Parameters in one IN (…): below the limits of every database.
CHUNK = 5000
#: Rows turned into a frame at a time.
AT_A_TIME = 20_000
#: Parameters in one INSERT, below the limit of SQLite. The driver keeps its last statements, so their sizes are few.
_PARAMETERS = 32_000
#: Microseconds.
_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows for one table: the values of each column by its name, all of one length."""

    columns: Mapping[str, Sequence[Any]]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def __getitem__(self, name: str) -> Sequence[Any]:
        return self.columns[name]

    def extended(self, **constants: object) -> Rows:
        """Return the rows with columns that hold the same value in each."""
        count = len(self)
        return self.with_columns(**{name: [value] * count for name, value in constants.items()})

    def without(self, *names: str) -> Rows:
        """Return the rows without these columns."""
        return Rows({name: values for name, values in self.columns.items() if name not in names})

    def with_columns(self, **more: Sequence[Any]) -> Rows:
        """Return the rows with further columns."""
        return Rows({**self.columns, **more})


def to_rows(frame: pd.DataFrame, declared: TableSchema, *, without: Iterable[str] = ()) -> Rows:
    """Return the frame's rows as the database takes them."""
    left_out = set(without)
    columns = [column for column in declared.columns if column.name not in left_out]
    return Rows({column.name: _to_sql(frame[column.name], column) for column in columns})


def to_day(moment: int) -> int:
    """Return the day in UTC, as a number since 1970, of a moment in microseconds."""
    return moment // _DAY


def insert(connection: Connection, statement: Insert, rows: Rows) -> int:
    """Insert the rows by the driver itself, SQLAlchemy takes twice the time; return how many were inserted."""
    if not len(rows):
        return 0
    compiled = unjournalled(statement).compile(dialect=connection.dialect, column_keys=list(rows.columns))
    if not compiled.positional:
        each = zip(*rows.columns.values(), strict=True)
        values = [dict(zip(rows.columns, row, strict=True)) for row in each]
        return connection.exec_driver_sql(str(compiled), values).rowcount
    columns = [rows[name] for name in compiled.positiontup or ()]
    if connection.dialect.paramstyle == "qmark":
        return _insert_many(connection, str(compiled), columns)
    return connection.exec_driver_sql(str(compiled), list(zip(*columns, strict=True))).rowcount


def _insert_many(connection: Connection, statement: str, columns: Sequence[Sequence[Any]]) -> int:
    """Insert many rows a statement: other threads go on for its whole length, where executemany stops them each row.

    What is the same in all rows is given once.
    """
    varies = [not _is_repeated(values) for values in columns]
    if not any(varies):
        varies[0] = True
    same = [values[0] for values, is_own in zip(columns, varies, strict=True) if not is_own]
    varying = list(compress(columns, varies))
    width, total = len(varying), len(columns[0])
    count = 1 << ((_PARAMETERS - len(same)) // width).bit_length() - 1
    start = inserted = 0
    while start < total:
        # Halved until they fit, so that the sizes are few.
        while count > total - start:
            count //= 2
        flat: list[Any] = [None] * (count * width)
        for at, values in enumerate(varying):
            flat[at::width] = values[start : start + count]
        inserted += connection.exec_driver_sql(_extend(statement, varies, count), (*same, *flat)).rowcount
        start += count
    return inserted


def _extend(statement: str, varies: Sequence[bool], count: int) -> str:
    """Return the insert for so many rows: first a mark for each column that does not vary, then those of the rows."""
    head, tail = statement.split(f"VALUES ({', '.join('?' * len(varies))})")
    rows = ", ".join([f"({', '.join('?' * sum(varies))})"] * count)
    if all(varies):
        return f"{head}VALUES {rows}{tail}"
    names = (f"column{number}" for number in range(1, len(varies) + 1))
    selected = ", ".join(next(names) if is_own else "?" for is_own in varies)
    # Without a condition SQLite would take ON CONFLICT for that of a join.
    return f"{head}SELECT {selected} FROM (VALUES {rows}) WHERE true{tail}"  # noqa: S608


def _is_repeated(values: Sequence[Any]) -> bool:
    """Whether all values are the same; most columns that vary differ at their ends already, and cost nothing."""
    return bool(values[0] == values[-1]) and values.count(values[0]) == len(values)


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


def order_digests(digests: Sequence[bytes]) -> npt.NDArray[np.intp]:
    """Return the positions that put digests in order, equal ones as they came; told apart by 16 of their bytes."""
    return order_joined(b"".join(digests), len(digests[0]) if digests else 16)


def order_joined(digests: bytes, width: int) -> npt.NDArray[np.intp]:
    """Return the same of digests of `width` bytes each, one behind the other."""
    import numpy as np

    words = np.frombuffer(digests, dtype=">u8").reshape(-1, width // 8)
    return np.lexsort((words[:, 1], words[:, 0]))


def to_frame(declared: TableSchema, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> pd.DataFrame:
    """Return selected rows as a frame with the kinds of the declaration; columns it does not know stay as they are."""
    import pandas as pd

    by_name = {column.name: column for column in declared.columns}
    known: list[dict[Any, Any]] = [{} for _ in names]
    fetched = iter(rows)
    parts: list[pd.DataFrame] = []
    # A few at a time: as the driver's own objects the rows take several times the room of the frame.
    while (some := list(islice(fetched, AT_A_TIME))) or not parts:
        columns = list(zip(*some, strict=True)) if some else [()] * len(names)
        series = {
            name: from_sql(values, by_name[name], shared) if name in by_name else list(values)
            for name, values, shared in zip(names, columns, known, strict=True)
        }
        parts.append(pd.DataFrame(series))
    return parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)


def from_sql(values: Sequence[Any], column: Column, known: dict[Any, Any] | None = None) -> pd.Series[Any]:
    """Return a column's values; equal digests and texts become one object, kept in `known`."""
    import pandas as pd

    known = {} if known is None else known
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


def fetch_by_keys(connection: Connection, columns: Sequence[SqlColumn[Any]], keys: Sequence[Any]) -> list[Any]:
    """Return these columns of the rows that have one of many keys in the first, asked for in chunks."""
    query = select(*columns).where(columns[0].in_(bindparam("keys", expanding=True)))
    # By the driver's own marks: SQLAlchemy names, binds and renders each key, which takes twice the search's time.
    one = str(select(*columns).where(columns[0] == bindparam("key")).compile(dialect=connection.dialect))
    found: list[Any] = []
    for some in _chunks(keys):
        if connection.dialect.paramstyle == "qmark":
            marks = ", ".join("?" * len(some))
            found += connection.exec_driver_sql(f"{one.removesuffix('= ?')}IN ({marks})", tuple(some)).all()
        else:
            found += connection.execute(query, {"keys": some}).all()
    return found


def _chunks(keys: Sequence[Any]) -> Iterator[list[Any]]:
    """Yield the keys in lists of few different lengths, the last key repeated, so that there are few statements."""
    for start in range(0, len(keys), CHUNK):
        some = list(keys[start : start + CHUNK])
        length = min(CHUNK, 1 << (len(some) - 1).bit_length())
        yield some + some[-1:] * (length - len(some))

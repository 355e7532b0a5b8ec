"""Millions of selected rows as a frame of categories, without ever holding them as Python objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select

from feedback_engine.store.rows import from_sql, order_joined
from feedback_engine.tables.schema import Column, Kind, TableSchema

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

#: Rows in memory as Python objects at one time.
_PART = 50_000


def fetch_parts(connection: Connection, query: Select[Any]) -> Iterator[Sequence[Sequence[Any]]]:
    """Yield the rows of a query some at a time, from the driver itself: SQLAlchemy would make an object of each.

    A driver that would fetch all of them before the first is asked for them through a cursor of the server.
    """
    if connection.dialect.supports_server_side_cursors:
        yield from connection.execute(query, execution_options={"yield_per": _PART}).partitions()
        return
    cursor = connection.execute(query).cursor
    while cursor is not None and (part := cursor.fetchmany(_PART)):
        yield part


def fetch_ids(connection: Connection, query: Select[Any]) -> tuple[npt.NDArray[np.int64], bytes]:
    """Return the numbers of rows, and their feedback_ids as digests of 32 bytes one behind the other."""
    import numpy as np

    numbers, digests = [np.empty(0, np.int64)], bytearray()
    for part in fetch_parts(connection, query):
        numbers.append(np.array([number for number, _ in part], dtype=np.int64))
        digests += b"".join([digest for _, digest in part])
    return np.concatenate(numbers), bytes(digests)


def to_coded_frame(
    declared: TableSchema,
    names: Sequence[str],
    parts: Iterable[Sequence[Sequence[Any]]],
    numbers: npt.NDArray[np.int64],
    digests: bytes,
) -> pd.DataFrame:
    """Return rows (number of a row of FEEDBACK, `names` …) as a frame: `feedback_id`, then `names`, all categories.

    In the order of the ids; the parts come in the order of the numbers. Few values in millions of rows take a byte or
    two each. `numbers`, rising, are those of the rows of FEEDBACK that the digests are the feedback_ids of, 32 bytes
    each one behind the other. Categories of ids and of numbers are in order, others as they first come; an empty cell
    has none.
    """
    import numpy as np
    import pandas as pd

    kinds = {column.name: column for column in declared.columns}
    rows, answers, known = _Room(), _Room(), dict[Any, int]()
    for part in parts:
        rows.extend(np.array([row[0] for row in part], dtype=np.int64))
        # A whole answer at once: there are hardly more different ones than questions times ratings.
        given = [row[1:] for row in part]
        for answer in dict.fromkeys(given):
            known.setdefault(answer, len(known))
        answers.extend(np.array([known[answer] for answer in given], dtype=np.int64))
    taken = answers.taken()
    names_of_rows = _name_rows(rows.taken(), numbers, digests, taken)
    series = {"feedback_id": pd.Series(names_of_rows, copy=False)}
    distinct = list(known)
    shared: dict[bytes, npt.NDArray[Any]] = {}
    for place, name in enumerate(names):
        column = _to_categorical(taken, [answer[place] for answer in distinct], kinds[name], shared)
        series[name] = pd.Series(column, copy=False)
    return pd.DataFrame(series, copy=False)


class _Room:
    """Integers in as few bytes as they need, in an array that grows in place: no pieces stand beside their sum."""

    def __init__(self) -> None:
        import numpy as np

        self._held = np.empty(0, np.int8)
        self._length = 0

    def extend(self, more: npt.NDArray[Any]) -> None:
        import numpy as np

        end = self._length + len(more)
        kind = np.promote_types(self._held.dtype, np.min_scalar_type(-1 - int(more.max(initial=0))))
        if kind != self._held.dtype:
            self._held = self._held.astype(kind)
        if end > len(self._held):
            self._held.resize(end + end // 4, refcheck=False)
        self._held[self._length : end] = more
        self._length = end

    def taken(self) -> npt.NDArray[Any]:
        self._held.resize(self._length, refcheck=False)
        return self._held


def _to_categorical(
    codes: npt.NDArray[Any], values: Sequence[Any], column: Column, shared: dict[bytes, npt.NDArray[Any]]
) -> pd.Categorical:
    """Return `values` by their codes; columns that are alike, as those of one value, share theirs, read-only."""
    import numpy as np
    import pandas as pd

    distinct = [value for value in dict.fromkeys(values) if value is not None]
    if column.kind is not Kind.TEXT:
        distinct.sort()
    places = {value: place for place, value in enumerate(distinct)}
    of_values = np.array([places.get(value, -1) for value in values], dtype=np.min_scalar_type(-1 - len(places)))
    if (key := of_values.tobytes()) not in shared:
        shared[key] = _translate(codes, of_values)
        shared[key].setflags(write=False)
    return pd.Categorical.from_codes(shared[key], pd.Index(from_sql(distinct, column)))


def _name_rows(
    rows: npt.NDArray[Any], numbers: npt.NDArray[np.int64], digests: bytes, answers: npt.NDArray[Any]
) -> pd.Categorical:
    """Return the ids of the rows, in order; the answers are put in that order too, both in place."""
    import numpy as np
    import pandas as pd

    order = order_joined(digests, 32).astype(np.int32)
    names = np.empty(len(order), dtype=object)
    names[:] = [digests[32 * at : 32 * at + 32].hex() for at in order.tolist()]
    places = np.empty_like(order)
    places[order] = np.arange(len(order), dtype=np.int32)
    # Ratings of the first few rows only have small numbers, but places anywhere.
    rows = rows.astype(np.promote_types(rows.dtype, np.min_scalar_type(-1 - len(order))), copy=False)
    for start in range(0, len(rows), _PART):
        some = rows[start : start + _PART]
        some[:] = places[np.searchsorted(numbers, some)]
    _put_in_order(rows, answers, len(order))
    return pd.Categorical.from_codes(rows, pd.Index(names, dtype="object", copy=False))


def _put_in_order(rows: npt.NDArray[Any], answers: npt.NDArray[Any], count: int) -> None:
    """Sort row codes below `count`, and the answers with them; equal codes lie together and stay as they are."""
    import numpy as np

    counts = np.zeros(count, dtype=np.int64)
    for start in range(0, len(rows), _PART):
        np.add.at(counts, rows[start : start + _PART], 1)
    ends = np.cumsum(counts)
    nexts, given = ends - counts, answers.copy()
    for start in range(0, len(rows), _PART):
        some = rows[start : start + _PART]
        firsts = np.flatnonzero(np.append(True, some[1:] != some[:-1]))
        lengths = np.diff(np.append(firsts, len(some)))
        goals = np.repeat(nexts[some[firsts]] - firsts, lengths) + np.arange(len(some))
        answers[goals] = given[start : start + _PART]
        nexts[some[firsts]] += lengths
    for start in range(0, count, _PART):
        codes = np.arange(start, min(start + _PART, count), dtype=rows.dtype)
        first = 0 if start == 0 else int(ends[start - 1])
        repeated = np.repeat(codes, counts[start : start + _PART])
        rows[first : first + len(repeated)] = repeated


def _translate(codes: npt.NDArray[Any], meanings: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the meaning of each code, some at a time: as indices they take eight bytes each."""
    import numpy as np

    found = np.empty(len(codes), meanings.dtype)
    for start in range(0, len(codes), _PART):
        found[start : start + _PART] = meanings[codes[start : start + _PART]]
    return found

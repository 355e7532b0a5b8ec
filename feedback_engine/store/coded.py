"""Millions of selected rows as a frame of categories, without ever holding them as Python objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select

from feedback_engine.store.rows import from_sql, order_digests
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


def to_coded_frame(
    declared: TableSchema,
    names: Sequence[str],
    parts: Iterable[Sequence[Sequence[Any]]],
    numbers: npt.NDArray[np.int64],
    digests: Sequence[bytes],
) -> pd.DataFrame:
    """Return rows (number of a row of FEEDBACK, `names` …) as a frame: `feedback_id`, then `names`, all categories.

    Few values in millions of rows take a byte or two each. `numbers`, rising, are those of the rows of FEEDBACK that
    the digests are the feedback_ids of. Categories of ids and of numbers are in order, others as they first come; an
    empty cell has none.
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
    series = {"feedback_id": pd.Series(_name_rows(rows.taken(), numbers, digests))}
    codes, distinct = answers.taken(), list(known)
    for place, name in enumerate(names):
        series[name] = pd.Series(_to_categorical(codes, [answer[place] for answer in distinct], kinds[name]))
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


def _to_categorical(codes: npt.NDArray[Any], values: Sequence[Any], column: Column) -> pd.Categorical:
    """Return `values` by their codes."""
    import numpy as np
    import pandas as pd

    distinct = [value for value in dict.fromkeys(values) if value is not None]
    if column.kind is not Kind.TEXT:
        distinct.sort()
    places = {value: place for place, value in enumerate(distinct)}
    of_values = np.array([places.get(value, -1) for value in values], dtype=np.min_scalar_type(-1 - len(places)))
    return pd.Categorical.from_codes(_translate(codes, of_values), pd.Index(from_sql(distinct, column)))


def _name_rows(rows: npt.NDArray[Any], numbers: npt.NDArray[np.int64], digests: Sequence[bytes]) -> pd.Categorical:
    import numpy as np
    import pandas as pd

    order = order_digests(digests)
    names = pd.Index([digests[place].hex() for place in order.tolist()], dtype="object")
    places = np.argsort(order).astype(np.int32)
    for start in range(0, len(rows), _PART):
        some = rows[start : start + _PART]
        some[:] = places[np.searchsorted(numbers, some)]
    return pd.Categorical.from_codes(rows, names)


def _translate(codes: npt.NDArray[Any], meanings: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the meaning of each code, some at a time: as indices they take eight bytes each."""
    import numpy as np

    found = np.empty(len(codes), meanings.dtype)
    for start in range(0, len(codes), _PART):
        found[start : start + _PART] = meanings[codes[start : start + _PART]]
    return found

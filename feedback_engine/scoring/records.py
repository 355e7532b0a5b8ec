"""The records behind the figures: one a source row, in the order of day and id, with weight and segment."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from feedback_engine.domain import Period, SourceKind
from feedback_engine.errors import ConfigError
from feedback_engine.registry import unknown_name
from feedback_engine.scoring.samples import Floats, Ints, Slicing
from feedback_engine.tables.feedback import MAIN_ROLE

if TYPE_CHECKING:
    import pandas as pd

#: `segment` (and period) of the rows that hold everything.
ALL = "all"
#: Segment of the records that say nothing about the attribute.
UNSTATED = "未填写"
#: Columns of FEEDBACK that segment beside the attributes.
SEGMENT_COLUMNS = ("channel", "source")

_EPOCH_ORDINAL = 719_163  # date(1970, 1, 1).toordinal()
_UNDATED = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class Records:
    """The source rows by day, then id: a period is one stretch of them.

    `days` since 1970-01-01 in local time, the undated first; `texts` are the FEEDBACK rows' ids.
    """

    ids: pd.Index[Any]
    days: Ints
    weights: Floats
    is_logged_complaint: NDArray[np.bool_]
    segments: Ints
    segment_names: tuple[str, ...]
    texts: pd.Index[Any]
    record_of_text: Ints
    weight_of_text: Floats

    def slice(self, period: Period | None) -> Slicing:
        """Return which records lie in the period; None is everything, undated records included."""
        start, end = 0, len(self.days)
        if period is not None:
            first, last = (day.toordinal() - _EPOCH_ORDINAL for day in (period.first, period.last))
            start, end = int(np.searchsorted(self.days, first)), int(np.searchsorted(self.days, last, side="right"))
        return Slicing(start, end, self.segments, len(self.segment_names))


def build_records(feedback: pd.DataFrame, timezone: str, by: str | None = None) -> Records:
    """Return the records of FEEDBACK, segmented by an attribute or column; an unknown one is a ConfigError."""
    import pandas as pd

    needed = ["feedback_id", "record_id", "role", "received_at", "respondent_weight", "kind"]
    shown = by if by in SEGMENT_COLUMNS else "attributes"
    texts = _sort(feedback[[*needed, *([] if by is None else [shown])]], "feedback_id")
    main_first = np.argsort(texts["role"].ne(MAIN_ROLE).to_numpy(), kind="stable")
    main = _sort(texts.iloc[main_first].drop_duplicates("record_id"), "record_id")
    days = _local_days(main["received_at"], timezone)
    order = np.argsort(days, kind="stable")
    main, days = main.iloc[order], days[order]
    ids = pd.Index(main["record_id"].to_numpy(dtype=object))
    segments, names = _segment(main, by)
    return Records(
        ids=ids,
        days=days,
        weights=main["respondent_weight"].to_numpy(dtype=np.float64),
        is_logged_complaint=main["kind"].eq(SourceKind.COMPLAINTS.value).to_numpy(dtype=np.bool_),
        segments=segments,
        segment_names=names,
        texts=pd.Index(texts["feedback_id"].to_numpy(dtype=object)),
        record_of_text=find_positions(ids, texts["record_id"]),
        weight_of_text=texts["respondent_weight"].to_numpy(dtype=np.float64),
    )


def _sort(rows: pd.DataFrame, key: str) -> pd.DataFrame:
    # What the store returns is in order already; to find that out costs less than to sort.
    return rows if rows[key].is_monotonic_increasing else rows.sort_values(key)


@dataclass(frozen=True, slots=True)
class Lookup:
    """What each cell of a column stands for: by row, or where the column is categorical, by category."""

    values: NDArray[Any]
    codes: NDArray[np.integer[Any]] | None

    def take(self, places: Ints | slice) -> NDArray[Any]:
        """Return what the cells at these places stand for."""
        found: NDArray[Any] = self.values[places if self.codes is None else self.codes[places]]
        return found


def look_up(column: pd.Series[Any], find: Callable[[NDArray[Any]], NDArray[Any]], gap: float = -1) -> Lookup:
    """Return what `find` makes of a column's cells; of a categorical column it sees each category once."""
    import pandas as pd

    cells = column.array
    if not isinstance(cells, pd.Categorical):
        return Lookup(find(column.to_numpy()), None)
    # An empty cell has the code -1, and so reads what is appended.
    found = find(cells.categories.to_numpy())
    return Lookup(np.append(found, np.array(gap, dtype=found.dtype)), cells.codes)


def find_positions(ids: pd.Index[Any], wanted: pd.Series[Any]) -> Ints:
    """Return the position of each wanted id, -1 where it is unknown."""
    return look_up_positions(ids, wanted).take(slice(None)).astype(np.int64)


def look_up_positions(ids: pd.Index[Any], wanted: pd.Series[Any]) -> Lookup:
    """Return the same as a lookup, which of a categorical column holds each position once, in few bytes."""
    import pandas as pd

    kind = np.min_scalar_type(-1 - len(ids))
    return look_up(wanted, lambda cells: ids.get_indexer(pd.Index(cells.astype(object))).astype(kind))


def _local_days(moments: pd.Series[Any], timezone: str) -> Ints:
    import pandas as pd

    local = pd.to_datetime(moments, utc=True).dt.tz_convert(timezone).dt.tz_localize(None)
    days = local.to_numpy().astype("datetime64[D]").astype(np.int64)
    return np.where(local.isna().to_numpy(), _UNDATED, days)


def _segment(main: pd.DataFrame, by: str | None) -> tuple[Ints, tuple[str, ...]]:
    import pandas as pd

    if by is None or main.empty:
        return np.full(len(main), -1, dtype=np.int64), ()
    values = main[by].tolist() if by in SEGMENT_COLUMNS else _attribute(main["attributes"].tolist(), by)
    codes, names = pd.factorize(np.array([_segment_name(value) for value in values], dtype=object), sort=True)
    return codes.astype(np.int64), tuple(names)


def _attribute(documents: Sequence[str], name: str) -> list[str]:
    parsed = {document: json.loads(document or "{}") for document in dict.fromkeys(documents)}
    known = dict.fromkeys(key for attributes in parsed.values() for key in attributes)
    if name not in known:
        raise ConfigError(unknown_name("分组属性", name, (*known, *SEGMENT_COLUMNS)))
    values = {document: attributes.get(name) for document, attributes in parsed.items()}
    return [values[document] for document in documents]


def _segment_name(value: Any) -> str:
    text = "" if value is None else str(value).strip()
    # A value `all` would pass for the total.
    return f"{ALL}（取值）" if text == ALL else text or UNSTATED


def unique_periods(periods: Iterable[Period | None]) -> dict[str, Period | None]:
    """Return label → period, each once, in the order given."""
    return {ALL if period is None else period.label: period for period in periods}

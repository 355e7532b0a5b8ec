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
#: Units of periods that are whole months.
_OF_MONTHS = ("month", "quarter", "year")


@dataclass(frozen=True, slots=True)
class Records:
    """The source rows by day, then id: a period is one stretch of them.

    `days` since 1970-01-01 in local time, the undated first; `texts` are the FEEDBACK rows' ids. `customers` numbers
    whose the records are, None where none comes twice.
    """

    ids: pd.Index[Any]
    days: Ints
    weights: Floats
    customers: Ints | None
    is_logged_complaint: NDArray[np.bool_]
    segments: NDArray[np.integer[Any]]
    segment_names: tuple[str, ...]
    texts: pd.Index[Any]
    record_of_text: Ints
    weight_of_text: Floats

    @property
    def people(self) -> Ints:
        """A number per record, the same where they are one customer's."""
        return np.arange(len(self.ids)) if self.customers is None else self.customers

    def slice(self, period: Period | None) -> Slicing:
        """Return which records lie in the period; None is everything, undated records included."""
        start, end = 0, len(self.days)
        if period is not None:
            first, last = (day.toordinal() - _EPOCH_ORDINAL for day in (period.first, period.last))
            start, end = int(np.searchsorted(self.days, first)), int(np.searchsorted(self.days, last, side="right"))
        return Slicing(start, end, self.segments, len(self.segment_names))

    def list_months(self, period: Period | None) -> list[str]:
        """Return the labels of the months that the period consists of and that have records; none if it is shorter."""
        if period is not None and period.unit not in _OF_MONTHS:
            return []
        within = self.slice(period)
        days = self.days[within.start : within.end]
        months = np.unique(days[days != _UNDATED].astype("datetime64[D]").astype("datetime64[M]"))
        return [str(month) for month in months]


def build_records(feedback: pd.DataFrame, timezone: str, by: str | None = None) -> Records:
    """Return the records of FEEDBACK, segmented by an attribute or column; an unknown one is a ConfigError."""
    import pandas as pd

    in_order = _sort(feedback["feedback_id"].to_numpy(dtype=object))
    feedback = feedback if in_order is None else feedback.iloc[in_order]
    number_of_text, numbered = pd.factorize(feedback["record_id"].to_numpy(dtype=object))
    is_main = feedback["role"].eq(MAIN_ROLE).to_numpy(dtype=np.bool_)
    by_day, main = _sort(numbered), _find_main(number_of_text, is_main, len(numbered))
    by_day = np.arange(len(main)) if by_day is None else by_day
    days = _local_days(feedback["received_at"].take(main[by_day]), timezone)
    order = np.argsort(days, kind="stable")
    days, by_day = days[order], by_day[order]
    main = main[by_day]
    place_of = np.empty(len(by_day), dtype=np.int64)
    place_of[by_day] = np.arange(len(by_day))
    segments, names = _segment(feedback, main, by)
    weights = feedback["respondent_weight"].to_numpy(dtype=np.float64)
    return Records(
        ids=_to_index(numbered[by_day]),
        days=days,
        weights=weights[main],
        customers=_number_customers(feedback["customer_id"].take(main)),
        is_logged_complaint=feedback["kind"].take(main).eq(SourceKind.COMPLAINTS.value).to_numpy(dtype=np.bool_),
        segments=segments,
        segment_names=names,
        texts=_to_index(feedback["feedback_id"].to_numpy(dtype=object)),
        record_of_text=place_of[number_of_text],
        weight_of_text=weights,
    )


def _number_customers(ids: pd.Series[Any]) -> Ints | None:
    """Return a number per record: the customer's, or one of its own where the customer is unknown."""
    import pandas as pd

    is_known = (ids.notna() & ids.ne("")).to_numpy(dtype=np.bool_)
    codes, names = pd.factorize(ids[is_known])
    if len(names) == len(codes):
        return None
    numbers = len(names) + np.arange(len(ids), dtype=np.int64)
    numbers[is_known] = codes
    return numbers


def _sort(keys: NDArray[Any]) -> NDArray[np.intp] | None:
    """Return the places of the keys in their order, None where they are in it."""
    # What the store returns is in order already; to find that out costs less than to sort.
    return None if (keys[1:] >= keys[:-1]).all() else np.argsort(keys, kind="stable")


def _find_main(record_of_text: NDArray[np.intp], is_main: NDArray[np.bool_], count: int) -> NDArray[np.intp]:
    """Return each record's first text that is its main one, else its first text."""
    found = np.empty(count, dtype=np.intp)
    for texts in (np.flatnonzero(~is_main)[::-1], np.flatnonzero(is_main)[::-1]):
        found[record_of_text[texts]] = texts
    return found


@dataclass(frozen=True, slots=True)
class Lookup:
    """What each cell of a column stands for: by row, or where the column is categorical, by category."""

    values: NDArray[Any]
    codes: NDArray[np.integer[Any]] | None

    def take(self, places: Ints | slice) -> NDArray[Any]:
        """Return what the cells at these places stand for."""
        found: NDArray[Any] = self.values[places if self.codes is None else self.codes[places]]
        return found

    def narrow(self, places: Ints) -> Lookup:
        """Return the lookup of the cells at these places."""
        return Lookup(self.take(places), None) if self.codes is None else Lookup(self.values, self.codes[places])

    def __len__(self) -> int:
        return len(self.values if self.codes is None else self.codes)


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

    kind = np.min_scalar_type(-1 - len(ids))
    # By an index of its own: the table of hashes, larger than the ids, does not outlive the search.
    known = _to_index(ids.to_numpy())
    return look_up(wanted, lambda cells: known.get_indexer(_to_index(cells)).astype(kind))


def _to_index(keys: NDArray[Any]) -> pd.Index[Any]:
    import pandas as pd

    # Left to itself pandas makes another kind of text of them, whichever libraries there are.
    index: pd.Index[Any] = pd.Index(keys.astype(object, copy=False), dtype="object", copy=False)
    return index


def _local_days(moments: pd.Series[Any], timezone: str) -> Ints:
    import pandas as pd

    local = pd.to_datetime(moments, utc=True).dt.tz_convert(timezone).dt.tz_localize(None)
    days = local.to_numpy().astype("datetime64[D]").astype(np.int64)
    return np.where(local.isna().to_numpy(), _UNDATED, days)


def _segment(
    feedback: pd.DataFrame, main: NDArray[np.intp], by: str | None
) -> tuple[NDArray[np.integer[Any]], tuple[str, ...]]:
    import pandas as pd

    if by is None or not len(main):
        return np.full(len(main), -1, dtype=np.int8), ()
    # Few different cells in many rows: each is read once.
    told = feedback[by if by in SEGMENT_COLUMNS else "attributes"].take(main)
    codes, cells = pd.factorize(told, use_na_sentinel=False)
    values = list(cells) if by in SEGMENT_COLUMNS else _attribute(list(cells), by)
    named, names = pd.factorize(np.array([_segment_name(value) for value in values], dtype=object), sort=True)
    return named.astype(np.min_scalar_type(-1 - len(names)))[codes], tuple(names)


def _attribute(documents: Sequence[str], name: str) -> list[str]:
    parsed = [json.loads(document or "{}") for document in documents]
    known = dict.fromkeys(key for attributes in parsed for key in attributes)
    if name not in known:
        raise ConfigError(unknown_name("分组属性", name, (*known, *SEGMENT_COLUMNS)))
    return [attributes.get(name) for attributes in parsed]


def _segment_name(value: Any) -> str:
    text = "" if value is None else str(value).strip()
    # A value `all` would pass for the total.
    return f"{ALL}（取值）" if text == ALL else text or UNSTATED


def unique_periods(periods: Iterable[Period | None]) -> dict[str, Period | None]:
    """Return label → period, each once, in the order given."""
    return {ALL if period is None else period.label: period for period in periods}

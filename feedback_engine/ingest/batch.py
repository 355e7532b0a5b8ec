"""Records as the four tables that travel on: FEEDBACK, RATINGS, CASES and REJECTS."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

from feedback_engine.config.model import SourceConfig
from feedback_engine.errors import MappingError, TableError
from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.identity import hash_answers, hash_contents, hash_ids, hash_occurrences
from feedback_engine.ingest.mapping import Flaw
from feedback_engine.ingest.mending import mend_records
from feedback_engine.ingest.occurrences import Occurrences
from feedback_engine.ingest.protection import Protection
from feedback_engine.ingest.records import Records
from feedback_engine.tables.feedback import CASES, FEEDBACK, MAIN_ROLE, RATINGS, REJECTS, FeedbackBatch
from feedback_engine.tables.schema import TableSchema

if TYPE_CHECKING:
    import pandas as pd

#: A column in which one value fills this many of the rows read together is no id.
_MAX_REPEATS = 200
_SHOWN_VALUE = 200


def build_batches(
    records: Records,
    flaws: Sequence[tuple[int, Flaw]],
    *,
    source: SourceConfig,
    file_id: str,
    occurrences: Occurrences,
    protection: Protection,
    tally: Counter[str],
) -> Iterator[FeedbackBatch]:
    """Yield the tables of the records kept and the flaws (with their row numbers) found on the way.

    Texts are mended and personal data is protected once the rows have their identities; the tally counts the mending.

    Rows that share an id come in batches of their own, in their order in the file, so that the later one updates the
    earlier. Raises TableError when the rows do not add up.
    """
    contents = hash_contents(records.contents())
    ids = _identify(records, contents, source, occurrences)
    records = protection.protect(mend_records(records, tally))
    mains = _build_mains(records, ids, contents, source, file_id)
    rejects = _build_rejects([(number, protection.protect_flaw(flaw)) for number, flaw in flaws], file_id)
    lost = int(rejects.loc[rejects["is_row_lost"], "row_number"].nunique())
    for layer, positions in enumerate(_split_repeats(ids, source)):
        batch = _build_batch(records, mains, positions)
        yield FeedbackBatch(*batch, rejects if layer == 0 else _empty(REJECTS), len(positions) + (lost * (layer == 0)))


def _identify(records: Records, contents: list[str], source: SourceConfig, occurrences: Occurrences) -> list[str]:
    """Return the feedback_ids: from the platform's id, or else from the content."""
    if all(records.ids):
        return hash_ids(source.name, records.ids)
    bare = [at for at, own in enumerate(records.ids) if not own]
    bare_contents = [contents[at] for at in bare]
    ids = hash_ids(source.name, records.ids) if len(bare) < len(records) else [""] * len(records)
    for at, feedback_id in zip(
        bare, hash_occurrences(source.name, bare_contents, occurrences.number(bare_contents)), strict=True
    ):
        ids[at] = feedback_id
    return ids


def _split_repeats(ids: list[str], source: SourceConfig) -> list[list[int]]:
    """Return the positions by how often their id has come before; at least one, perhaps empty, list."""
    if len(set(ids)) == len(ids):
        return [list(range(len(ids)))]
    layers: list[list[int]] = [[]]
    seen: dict[str, int] = {}
    for at, feedback_id in enumerate(ids):
        layer = seen[feedback_id] = seen.get(feedback_id, -1) + 1
        if layer == len(layers):
            layers.append([])
        layers[layer].append(at)
    if len(layers) > _MAX_REPEATS:
        raise MappingError(
            f"来源 {source.name}：{source.mapping.columns.get('id', 'id')!r} 列的同一个值在 {len(ids)} 行里出现了 "
            f"{len(layers)} 次，不像编号；请改 columns.id，没有编号就不写"
        )
    return layers


def _build_mains(
    records: Records, ids: list[str], contents: list[str], source: SourceConfig, file_id: str
) -> pd.DataFrame:
    import pandas as pd

    count = len(records)
    return pd.DataFrame(
        {
            "feedback_id": _keys(ids),
            "record_id": _keys(ids),
            "content_hash": _keys(contents),
            "source": _repeat(source.name, count),
            "kind": _repeat(str(source.kind), count),
            "channel": _texts(records.channels),
            "customer_id": _texts_or_none(records.customer_ids),
            "respondent_id": _texts_or_none(records.respondent_ids),
            "received_at": _moments(records.received),
            "role": _repeat(MAIN_ROLE, count),
            "text": _texts(records.texts),
            "respondent_weight": pd.Series(records.weights, dtype="float64"),
            "attributes": _texts(_encode_attributes(records)),
            "file_id": _keys([file_id] * count),
            "row_number": pd.Series(records.numbers, dtype="int64"),
        },
        copy=False,
    )


def _build_batch(
    records: Records, mains: pd.DataFrame, positions: list[int]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    if len(positions) < len(records):
        chosen = set(positions)
        records = records.select([at in chosen for at in range(len(records))])
        mains = mains.iloc[positions].reset_index(drop=True)
    ids = mains["feedback_id"].tolist()
    feedback = FEEDBACK.conform(_add_answers(records, mains, ids))
    return feedback, _build_ratings(records, ids), _build_cases(records, ids)


def _add_answers(records: Records, mains: pd.DataFrame, ids: list[str]) -> pd.DataFrame:
    """Return the main rows followed by one row per open answer given."""
    import pandas as pd

    frames = [mains]
    for role, cells in records.answers:
        given = [at for at, cell in enumerate(cells) if cell]
        if given:
            answers = mains.iloc[given].reset_index(drop=True)
            answers["feedback_id"] = _keys(hash_answers((ids[at] for at in given), role))
            answers["role"] = _repeat(role, len(given))
            answers["text"] = _texts([cells[at] for at in given])
            frames.append(answers)
    return pd.concat(frames, ignore_index=True) if len(frames) > 1 else mains


def _build_ratings(records: Records, ids: list[str]) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    if not (records.ratings and ids):
        return _empty(RATINGS)
    count = len(ids)
    ends = [(c.scale.max, c.scale.min) if c.scale.reversed else (c.scale.min, c.scale.max) for c, _ in records.ratings]
    states, ratings, *_ = zip(*chain.from_iterable(column for _, column in records.ratings), strict=True)
    return RATINGS.conform(
        pd.DataFrame(
            {
                "feedback_id": _keys(ids * len(records.ratings)),
                "indicator": _repeat([config.indicator for config, _ in records.ratings], count),
                "state": _texts(list(map(str, states))),
                "rating": pd.Series(ratings, dtype="float64"),
                "scale_min": np.repeat(np.array([low for low, _ in ends], dtype="float64"), count),
                "scale_max": np.repeat(np.array([high for _, high in ends], dtype="float64"), count),
            },
            copy=False,
        )
    )


def _build_cases(records: Records, ids: list[str]) -> pd.DataFrame:
    import pandas as pd

    case = records.case
    if case is None or not ids:
        return _empty(CASES)
    moments = {"opened_at": case.opened, "replied_at": case.replied, "closed_at": case.closed}
    return CASES.conform(
        pd.DataFrame(
            {"feedback_id": _keys(ids)}
            | {name: _moments(values) for name, values in moments.items()}
            | {name: _texts_or_none(cells) for name, cells in case.words.items()}
        )
    )


def _build_rejects(flaws: Sequence[tuple[int, Flaw]], file_id: str) -> pd.DataFrame:
    """Return one reject per row and column; a lost row goes before a lost cell."""
    if not flaws:
        return _empty(REJECTS)
    distinct: dict[tuple[int, str], Flaw] = {}
    for number, flaw in sorted(flaws, key=lambda pair: (pair[0], not pair[1].is_row_lost)):
        distinct.setdefault((number, flaw.column), flaw)
    rows = [
        (
            file_id,
            number,
            flaw.column,
            clean(flaw.value)[:_SHOWN_VALUE],
            flaw.reason,
            flaw.is_row_lost,
            flaw.is_expected,
        )
        for (number, _), flaw in distinct.items()
    ]
    return REJECTS.build(rows)


@cache
def _template(schema: TableSchema) -> pd.DataFrame:
    return schema.build()


def _empty(schema: TableSchema) -> pd.DataFrame:
    return _template(schema).copy()


def check_conservation(batch: FeedbackBatch) -> None:
    """Raise TableError unless every row read is a record or a quarantined row."""
    kept = batch.feedback["role"].tolist().count(MAIN_ROLE)
    lost = int(batch.rejects.loc[batch.rejects["is_row_lost"], "row_number"].nunique())
    if batch.row_count != kept + lost:
        raise TableError(f"行数不守恒：读入 {batch.row_count}，保留 {kept}，隔离 {lost}")


def _encode_attributes(records: Records) -> list[str]:
    """Return one JSON object a row, keys sorted: what json.dumps(…, ensure_ascii=False, sort_keys=True) gives."""
    columns = [_encode_attribute(name, cells) for name, cells in sorted(records.attributes)]
    if not columns:
        return ["{}"] * len(records)
    return ["{" + row + "}" for row in map(", ".join, zip(*columns, strict=True))]


def _encode_attribute(name: str, cells: list[str]) -> Iterable[str]:
    """Return `"name": "cell"` for every cell; most attributes have few values."""
    start = f"{encode_basestring(name)}: "
    encoded = {cell: start + encode_basestring(cell) for cell in set(cells)}
    return map(encoded.__getitem__, cells)


def _keys(values: list[str]) -> pd.Series[Any]:
    import pandas as pd

    return pd.Series(values, dtype="object")


def _texts(values: Sequence[str | None]) -> pd.Series[Any]:
    import pandas as pd

    return pd.Series(values, dtype="str")


def _texts_or_none(cells: list[str]) -> pd.Series[Any]:
    """Return the cells, the empty ones as missing."""
    return _texts([cell or None for cell in cells]) if any(cells) else _repeat(None, len(cells))


def _repeat(value: str | list[str] | None, count: int) -> pd.Series[Any]:
    """Return a value, or each of several, as many times."""
    import numpy as np
    import pandas as pd

    values = value if isinstance(value, list) else [value]
    places = np.repeat(np.arange(len(values)), count)
    return pd.Series(pd.array(values, dtype="str").take(places), copy=False)


def _moments(values: Sequence[int | None]) -> pd.Series[Any]:
    """Return microseconds since 1970 as moments in UTC."""
    import numpy as np
    import pandas as pd

    empty = np.iinfo(np.int64).min  # what numpy knows as NaT
    known = [empty if value is None else value for value in values] if None in values else values
    stamps = np.array(known, dtype="int64").view("datetime64[us]")
    return pd.Series(pd.DatetimeIndex(stamps).tz_localize("UTC"))

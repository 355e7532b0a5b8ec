"""Records as the four tables that travel on: FEEDBACK, RATINGS, CASES and REJECTS."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, compress
from json.encoder import encode_basestring
from typing import Any

from feedback_engine.config.model import SourceConfig
from feedback_engine.domain import AnswerState
from feedback_engine.errors import MappingError, TableError
from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.identity import hash_answers, hash_contents, hash_ids, hash_occurrences
from feedback_engine.ingest.mapping import Flaw
from feedback_engine.ingest.mending import mend_records
from feedback_engine.ingest.occurrences import Occurrences
from feedback_engine.ingest.protection import Protection
from feedback_engine.ingest.records import Records
from feedback_engine.tables.columns import Columns, take
from feedback_engine.tables.feedback import CASES, FEEDBACK, MAIN_ROLE, RATINGS, REJECTS, FeedbackBatch

#: A column in which one value fills this many of the rows read together is no id.
_MAX_REPEATS = 200
_SHOWN_VALUE = 200
#: A database takes no enumerations.
_STATES = {state: state.value for state in AnswerState}


def build_batches(
    records: Records,
    flaws: Sequence[tuple[int, Flaw]],
    *,
    source: SourceConfig,
    file_id: str,
    occurrences: Occurrences,
    former_ids: Mapping[bytes, bytes],
    protection: Protection,
    tally: Counter[str],
) -> Iterator[FeedbackBatch]:
    """Yield the tables of the records kept and the flaws (with their row numbers) found on the way.

    Texts are mended and personal data is protected once the rows have their identities; the tally counts the mending,
    rows without a moment, and rows that say something else than one before under the same id.

    Rows that share an id come in batches of their own, in their order in the file, so that the later one updates the
    earlier. Raises TableError when the rows do not add up.
    """
    contents = hash_contents(records.contents())
    ids = _identify(records, contents, source, occurrences)
    if former_ids:
        ids = [former_ids.get(own, own) for own in ids]
    tally["repeats"] += len(set(zip(ids, contents, strict=True))) - len(set(ids))
    tally["undated"] += records.received.count(None)
    records = protection.protect(mend_records(records, tally))
    mains = _build_mains(records, ids, contents, source, file_id)
    rejects = _build_rejects([(number, protection.protect_flaw(flaw)) for number, flaw in flaws], file_id)
    lost = _count_lost(rejects)
    for positions in _split_repeats(ids, source):
        batch = _build_batch(records, mains, positions)
        yield FeedbackBatch(*batch, rejects, len(positions) + lost)
        rejects, lost = Columns.of_rows(REJECTS), 0


def _identify(records: Records, contents: list[bytes], source: SourceConfig, occurrences: Occurrences) -> list[bytes]:
    """Return the feedback_ids: from the platform's id, or else from the content."""
    if all(records.ids):
        return hash_ids(source.name, records.ids)
    bare = [at for at, own in enumerate(records.ids) if not own]
    bare_contents = [contents[at] for at in bare]
    ids = hash_ids(source.name, records.ids) if len(bare) < len(records) else [b""] * len(records)
    for at, feedback_id in zip(
        bare, hash_occurrences(source.name, bare_contents, occurrences.number(bare_contents)), strict=True
    ):
        ids[at] = feedback_id
    return ids


def _split_repeats(ids: list[bytes], source: SourceConfig) -> list[list[int]]:
    """Return the positions by how often their id has come before; at least one, perhaps empty, list."""
    if len(set(ids)) == len(ids):
        return [list(range(len(ids)))]
    layers: list[list[int]] = [[]]
    seen: dict[bytes, int] = {}
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
    records: Records, ids: list[bytes], contents: list[bytes], source: SourceConfig, file_id: str
) -> dict[str, Sequence[Any]]:
    """Return the `main` rows, column by column."""
    count = len(records)
    return {
        "feedback_id": ids,
        "record_id": ids,
        "content_hash": contents,
        "source": [source.name] * count,
        "kind": [str(source.kind)] * count,
        "channel": records.channels,
        "customer_id": _or_none(records.customer_ids),
        "respondent_id": _or_none(records.respondent_ids),
        "received_at": records.received,
        "role": [MAIN_ROLE] * count,
        "text": records.texts,
        "respondent_weight": records.weights,
        "attributes": _encode_attributes(records),
        "file_id": [bytes.fromhex(file_id)] * count,
        "row_number": records.numbers,
    }


def _build_batch(
    records: Records, mains: dict[str, Sequence[Any]], positions: list[int]
) -> tuple[Columns, Columns, Columns]:
    if len(positions) < len(records):
        chosen = set(positions)
        records = records.select([at in chosen for at in range(len(records))])
        mains = {name: take(values, positions) for name, values in mains.items()}
    ids = mains["feedback_id"]
    feedback = Columns(FEEDBACK, _add_answers(records, mains)).check()
    return feedback, _build_ratings(records, ids), _build_cases(records, ids)


def _add_answers(records: Records, mains: dict[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
    """Return the main rows followed by one row per open answer given."""
    positions: list[int] = []
    own: dict[str, list[Any]] = {"feedback_id": [], "role": [], "text": []}
    for role, cells in records.answers:
        given = [at for at, cell in enumerate(cells) if cell]
        positions += given
        own["feedback_id"] += hash_answers(take(mains["feedback_id"], given), role)
        own["role"] += [role] * len(given)
        own["text"] += take(cells, given)
    if not positions:
        return mains
    return {name: [*values, *(own.get(name) or take(values, positions))] for name, values in mains.items()}


def _build_ratings(records: Records, ids: Sequence[bytes]) -> Columns:
    if not (records.ratings and ids):
        return Columns.of_rows(RATINGS)
    ends = [(c.scale.max, c.scale.min) if c.scale.reversed else (c.scale.min, c.scale.max) for c, _ in records.ratings]
    states, ratings, *_ = zip(*chain.from_iterable(column for _, column in records.ratings), strict=True)
    values = {
        "feedback_id": [*ids] * len(records.ratings),
        "indicator": _repeat_each([config.indicator for config, _ in records.ratings], len(ids)),
        "state": list(map(_STATES.__getitem__, states)),
        "rating": [rating if rating == rating else None for rating in ratings],
        "scale_min": _repeat_each([low for low, _ in ends], len(ids)),
        "scale_max": _repeat_each([high for _, high in ends], len(ids)),
    }
    return Columns(RATINGS, values).check()


def _build_cases(records: Records, ids: Sequence[bytes]) -> Columns:
    case = records.case
    if case is None or not ids:
        return Columns.of_rows(CASES)
    moments = {"opened_at": case.opened, "replied_at": case.replied, "closed_at": case.closed}
    words = {name: _or_none(cells) for name, cells in case.words.items()}
    return Columns(CASES, {"feedback_id": ids, **moments, **words}).check()


def _build_rejects(flaws: Sequence[tuple[int, Flaw]], file_id: str) -> Columns:
    """Return one reject per row and column; a lost row goes before a lost cell."""
    distinct: dict[tuple[int, str], Flaw] = {}
    for number, flaw in sorted(flaws, key=lambda pair: (pair[0], not pair[1].is_row_lost)):
        distinct.setdefault((number, flaw.column), flaw)
    rows = [
        (
            bytes.fromhex(file_id),
            number,
            flaw.column,
            clean(flaw.value)[:_SHOWN_VALUE],
            flaw.reason,
            flaw.is_row_lost,
            flaw.is_expected,
        )
        for (number, _), flaw in distinct.items()
    ]
    return Columns.of_rows(REJECTS, rows)


def _count_lost(rejects: Columns) -> int:
    """Return the number of quarantined rows."""
    return len(set(compress(rejects["row_number"], rejects["is_row_lost"])))


def check_conservation(batch: FeedbackBatch) -> None:
    """Raise TableError unless every row read is a record or a quarantined row."""
    kept = list(batch.feedback["role"]).count(MAIN_ROLE)
    lost = _count_lost(batch.rejects)
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


def _or_none(cells: Sequence[str]) -> list[str | None]:
    """Return the cells, the empty ones as missing."""
    return [cell or None for cell in cells]


def _repeat_each(values: Sequence[Any], count: int) -> list[Any]:
    """Return each value as many times, one after the other."""
    return [value for value in values for _ in range(count)]

"""Rows by their numbers: what must hold whatever is stored, corrected or sent again, in whatever batches."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select
from store_builders import make_batch, make_file

from feedback_engine.store import keys, tables
from feedback_engine.store import rows as store_rows
from feedback_engine.store.connection import Database
from feedback_engine.store.dialects import insert_if_absent
from feedback_engine.store.feedback_store import FeedbackWriter
from feedback_engine.store.loading import FeedbackReader
from feedback_engine.store.texts import TextReader
from feedback_engine.tables.summary import ImportCounts

Record = tuple[str, str, int]

batches_of_records = st.lists(
    st.lists(
        st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(["", "好", "差"]), st.integers(1, 3)),
        unique_by=lambda record: record[0],
        max_size=8,
    ),
    min_size=1,
    max_size=5,
)


def store(database: Database, batches: Sequence[Sequence[Record]]) -> list[dict[bytes, int]]:
    """Store each batch as a file and return the numbers of the records after each."""
    writer, numbers = FeedbackWriter(database), []
    for at, records in enumerate(batches):
        file = make_file(f"{at}.csv")
        writer.begin_file(file)
        writer.save_batch(file, make_batch(records), ImportCounts())
        numbers.append(
            {row["feedback_id"]: row["row_id"] for row in rows(database, "feedback") if row["role"] == "main"}
        )
    return numbers


def rows(database: Database, table: str) -> list[dict[str, object]]:
    with database.reading() as connection:
        return [dict(row) for row in connection.execute(select(tables.metadata.tables[table])).mappings()]


@given(batches=batches_of_records, settled_each=st.integers(1, 12), many=st.sampled_from([1, 3, 100]))
@settings(max_examples=25)
def test_every_row_is_found_by_its_id_and_everything_belongs_to_a_row(
    batches: list[list[Record]], settled_each: int, many: int
) -> None:
    database = Database.open("sqlite://", Path())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "_SETTLED_EACH", settled_each)
        patch.setattr(keys, "_MANY", many)
        numbers = store(database, batches)
    feedback = rows(database, "feedback")
    entries = [
        (row["row_key"], row["row_id"]) for name in ("feedback_keys", "recent_keys") for row in rows(database, name)
    ]
    assert sorted(entries) == sorted((row["feedback_id"][:16], row["row_id"]) for row in feedback)
    mains = {row["row_id"] for row in feedback if row["role"] == "main"}
    assert all((row["row_id"] == row["record_row"]) == (row["role"] == "main") for row in feedback)
    assert {row["record_row"] for row in feedback} == mains == {row["row_id"] for row in rows(database, "ratings")}
    assert {row["row_id"] for row in rows(database, "feedback_text")} <= {row["row_id"] for row in feedback}
    for before, after in pairwise(numbers):
        assert before.items() <= after.items(), "a record keeps its number"
    loaded = FeedbackReader(database).load_feedback(with_text=True)
    texts = loaded.loc[loaded["text"] != "", ["feedback_id", "text"]].values.tolist()
    assert [
        list(pair) for ids, words in TextReader(database).iterate() for pair in zip(ids, words, strict=True)
    ] == texts
    assert TextReader(database).read([id_ for id_, _ in texts]) == dict(texts)
    database.close()


@given(
    batches=batches_of_records,
    order=st.randoms(use_true_random=False),
)
@settings(max_examples=15)
def test_what_is_loaded_does_not_depend_on_the_order_of_new_rows(batches: list[list[Record]], order: Random) -> None:
    distinct = {key: (key, text, rating) for batch in batches for key, text, rating in batch}
    shuffled = list(distinct.values())
    order.shuffle(shuffled)
    loaded = []
    for records in (list(distinct.values()), shuffled):
        database = Database.open("sqlite://", Path())
        store(database, [records[:2], records[2:]])
        reader = FeedbackReader(database)
        # Only the place in the file tells the two apart.
        feedback = reader.load_feedback(with_text=True).drop(columns=["row_number"])
        loaded.append((feedback.to_dict("records"), reader.load_ratings().to_dict("records")))
        database.close()
    assert loaded[0] == loaded[1]


@pytest.mark.parametrize("parameters", [60, 200, 32_000])
def test_any_number_of_rows_is_stored_by_statements_of_few_sizes(
    parameters: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_rows, "_PARAMETERS", parameters)
    database = Database.open("sqlite://", Path())
    inserts: list[tuple[str, bool]] = []

    def note(_connection: object, _cursor: object, sql: str, _values: object, _context: object, is_many: bool) -> None:
        inserts.append((sql, is_many))

    event.listen(database._engine, "before_cursor_execute", note)
    total = 0
    for count in (1, 2, 3, 31, 32, 33, 100):
        store(database, [[(str(number), "好", 3) for number in range(total, total + count)]])
        total += count
    assert [len(rows(database, name)) for name in ("feedback", "feedback_text", "ratings")] == [2 * total, total, total]
    assert len({sql for sql, _ in inserts if "INTO feedback (" in sql}) <= 8
    assert not any(is_many for sql, is_many in inserts if sql.startswith("INSERT OR FAIL"))
    database.close()


@given(
    names=st.lists(st.sampled_from("ab"), min_size=1, max_size=40),
    values=st.lists(st.sampled_from(["", "好", "c'); --"]), min_size=40, max_size=40),
    parameters=st.sampled_from([10, 60, 32_000]),
    is_known=st.booleans(),
)
@settings(max_examples=50)
def test_rows_arrive_as_given_whichever_columns_repeat_one_value(
    names: list[str], values: list[str], parameters: int, is_known: bool
) -> None:
    count = len(names)
    given = {"source": names, "code": [str(at) for at in range(count)], "stem": values[:count], "type": ["x"] * count}
    given |= {"scale_min": [None] * count, "scale_max": [None, *[5.0] * (count - 1)], "scale_evidence": [""] * count}
    database = Database.open("sqlite://", Path())
    statement = insert_if_absent(tables.questions, "sqlite")
    with pytest.MonkeyPatch.context() as patch, database.writing() as connection:
        patch.setattr(store_rows, "_PARAMETERS", parameters)
        if is_known:
            store_rows.insert(connection, statement, store_rows.Rows({name: given[name][:1] for name in given}))
        found = store_rows.insert(connection, statement, store_rows.Rows(given))
    assert found == count - is_known
    expected = [dict(zip(given, row, strict=True)) for row in zip(*given.values(), strict=True)]
    assert sorted(rows(database, "questions"), key=repr) == sorted(expected, key=repr)
    database.close()

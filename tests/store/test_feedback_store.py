"""What becomes of rows that are new, known, corrected or sent again."""

import json
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from store_builders import make_batch, make_file

from feedback_engine.errors import TableError
from feedback_engine.store import tables
from feedback_engine.store.connection import Database
from feedback_engine.store.feedback_store import FeedbackWriter
from feedback_engine.store.loading import FeedbackReader
from feedback_engine.tables.summary import ImportCounts

Save = Callable[..., ImportCounts]


def count(database: Database, table: str) -> int:
    with database.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(tables.metadata.tables[table])).scalar_one())


def contents(database: Database) -> list[object]:
    """Everything a figure could depend on."""
    reader = FeedbackReader(database)
    frames = (reader.load_feedback(with_text=True), reader.load_ratings(), reader.load_annotations())
    return [frame.to_dict("records") for frame in frames]


def test_new_rows_are_stored_with_their_texts_and_ratings(save: Save, database: Database) -> None:
    assert save(make_batch([("1", "很好", 5), ("2", "", 3)])) == ImportCounts(2, stored=2)
    feedback = FeedbackReader(database).load_feedback(with_text=True)
    assert sorted(feedback["text"]) == ["", "", "很好"]
    assert sorted(FeedbackReader(database).load_ratings()["rating"]) == [3.0, 5.0]


def test_the_same_file_again_is_all_duplicates_and_changes_nothing(save: Save, database: Database) -> None:
    batch = make_batch([("1", "很好", 5), ("2", "", 3)], rejected=[9])
    save(batch)
    before = contents(database)
    assert save(batch) == ImportCounts(3, duplicate=2, quarantined=1)
    assert contents(database) == before


def test_the_same_rows_in_another_file_are_duplicates(save: Save, database: Database) -> None:
    save(make_batch([("1", "很好", 5), ("2", "", 3)]))
    before = contents(database)
    again = make_batch([("2", "", 3), ("1", "很好", 5)])
    assert save(again, make_file("renamed.csv")) == ImportCounts(2, duplicate=2)
    assert [len(frame) for frame in contents(database)] == [len(frame) for frame in before]  # type: ignore[arg-type]


def test_a_corrected_row_updates_and_keeps_its_history(save: Save, database: Database) -> None:
    save(make_batch([("1", "很好", 5), ("2", "", 3)]))
    assert save(make_batch([("1", "太差", 1)]), make_file("b.csv")) == ImportCounts(1, updated=1)
    reader = FeedbackReader(database)
    assert sorted(reader.load_feedback(with_text=True)["text"]) == ["", "", "太差"]
    assert sorted(reader.load_ratings()["rating"]) == [1.0, 3.0]
    with database.reading() as connection:
        (kept,) = connection.execute(select(tables.feedback_history.c.content)).scalars()
    assert json.loads(kept)["feedback_text"][0]["text"] == "很好"


def test_an_old_version_sent_again_does_not_undo_the_correction(save: Save, database: Database) -> None:
    save(make_batch([("1", "很好", 5)]))
    save(make_batch([("1", "太差", 1)]), make_file("b.csv"))
    assert save(make_batch([("1", "很好", 5)]), make_file("c.csv")) == ImportCounts(1, duplicate=1)
    assert list(FeedbackReader(database).load_ratings()["rating"]) == [1.0]


def test_a_changed_reading_of_the_same_file_is_read_again(save: Save) -> None:
    save(make_batch([("1", "", 5)], rejected=[7]))
    better = make_file(reading="with the column mapped")
    assert save(make_batch([("1", "", 5), ("7", "", 2)]), better) == ImportCounts(2, stored=1, duplicate=1)


def test_rejects_of_an_earlier_reading_are_replaced(save: Save, database: Database) -> None:
    save(make_batch([("1", "", 5)], rejected=[7]))
    save(make_batch([("1", "", 5), ("7", "", 2)]), make_file(reading="better"))
    assert FeedbackReader(database).load_rejects().empty


def test_an_interrupted_import_goes_on_where_it_was_cut(save: Save, database: Database) -> None:
    writer, file = FeedbackWriter(database), make_file()
    writer.begin_file(file)
    writer.save_batch(file, make_batch([("1", "", 5)]), ImportCounts())  # …and killed: finish_file never came
    whole = make_batch([("1", "", 5), ("2", "", 4)])
    assert save(whole) == ImportCounts(2, stored=1, duplicate=1)
    assert count(database, "feedback") == 2


def test_a_file_cut_several_times_is_told_of_as_if_it_had_come_at_once(save: Save, database: Database) -> None:
    save(make_batch([("2", "", 1)]), make_file("before.csv"))
    parts = [make_batch([("1", "", 5)]), make_batch([("2", "", 3)], rejected=[8]), make_batch([("3", "", 4)])]
    writer, file = FeedbackWriter(database), make_file()
    for last in range(1, len(parts) + 1):
        earlier, counts = writer.begin_file(file).counts, ImportCounts()
        writer.begin_file(file)  # …and killed before the first row: what is known stays known
        for part in parts[:last]:
            counts = writer.save_batch(file, part, counts, earlier)  # …and killed
    assert counts == ImportCounts(4, stored=1, duplicate=2, quarantined=1)
    writer.finish_file(file, counts, earlier)
    with database.reading() as connection:
        told = connection.execute(select(tables.files).where(tables.files.c.name == "a.csv")).mappings().one()
    whole = ImportCounts(4, stored=2, updated=1, quarantined=1)
    assert {name: told[name] for name in whole.to_dict()} == whole.to_dict()


def test_a_reading_that_changed_since_the_interruption_starts_anew(database: Database) -> None:
    writer = FeedbackWriter(database)
    writer.begin_file(make_file())
    writer.save_batch(make_file(), make_batch([("1", "", 5)]), ImportCounts())
    assert writer.begin_file(make_file(reading="other")).counts == ImportCounts()


def test_a_rehearsal_counts_but_keeps_nothing(save: Save, database: Database) -> None:
    with database.rehearse():
        assert save(make_batch([("1", "很好", 5)])).stored == 1
    assert [count(database, name) for name in ("feedback", "feedback_text", "ratings", "files")] == [0, 0, 0, 0]


def test_counts_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(TableError, match="不守恒"):
        ImportCounts(read=3, stored=2)


rows = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.sampled_from(["", "好", "差"]), st.integers(1, 5)),
    unique_by=lambda row: row[0],
    max_size=6,
)


@given(batches=st.lists(rows, min_size=1, max_size=4))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_row_is_accounted_for_and_the_last_new_version_stands(
    batches: list[list[tuple[str, str, int]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    database = Database.open("sqlite:///x.db", tmp_path_factory.mktemp("store"))
    writer = FeedbackWriter(database)
    stands: dict[str, tuple[str, int]] = {}
    seen: set[tuple[str, str, int]] = set()
    for number, batch in enumerate(batches):
        file = make_file(f"{number}.csv")
        writer.begin_file(file)
        counts = writer.save_batch(file, make_batch(batch), ImportCounts())
        assert counts.read == len(batch)
        for key, text, rating in batch:
            if (key, text, rating) not in seen:
                stands[key] = (text, rating)
        seen |= set(batch)
    loaded = FeedbackReader(database).load_ratings()
    assert sorted(loaded["rating"]) == sorted(float(rating) for _, rating in stands.values())
    texts = FeedbackReader(database).load_feedback(with_text=True)["text"]
    assert sorted(text for text in texts if text) == sorted(text for text, _ in stands.values() if text)
    database.close()

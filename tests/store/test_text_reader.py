"""Texts and their tags, read some at a time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from store_builders import make_batch

from feedback_engine.store import texts as module
from feedback_engine.store.annotation_store import AnnotationStore
from feedback_engine.store.connection import Database
from feedback_engine.store.loading import Bounds, FeedbackReader
from feedback_engine.store.texts import TextReader
from feedback_engine.tables.annotations import ANNOTATIONS

Save = Callable[..., object]


@pytest.fixture
def feedback(save: Save, database: Database):
    save(make_batch([(str(n), f"第{n}条" if n % 3 else "", 5) for n in range(10)]))
    return FeedbackReader(database).load_feedback(with_text=True)


@pytest.mark.parametrize("bounds", [(None, None), (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))])
def test_every_text_comes_once_in_order_however_many_at_a_time(
    feedback, database: Database, monkeypatch: pytest.MonkeyPatch, bounds: Bounds
) -> None:
    monkeypatch.setattr(module, "CHUNK", 2)
    found = [pair for ids, texts in TextReader(database, bounds).iterate() for pair in zip(ids, texts, strict=True)]
    written = feedback[feedback["text"] != ""]
    assert found == sorted(zip(written["feedback_id"], written["text"], strict=True))


def test_only_the_texts_of_the_period_come(feedback, database: Database) -> None:
    last = feedback["received_at"].max().to_pydatetime()
    after = TextReader(database, (last + timedelta(days=1), None))
    assert list(after.iterate()) == []
    until = TextReader(database, (datetime(2000, 1, 1, tzinfo=UTC), last + timedelta(seconds=1)))
    assert sum(len(ids) for ids, _ in until.iterate()) == int((feedback["text"] != "").sum())


def test_texts_of_a_period_are_found_without_going_through_all_that_is_stored(
    feedback, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "read_next", None)
    day = feedback["received_at"].min().to_pydatetime()
    found = [id_ for ids, _ in TextReader(database, (day, day + timedelta(days=1))).iterate() for id_ in ids]
    inside = feedback[(feedback["received_at"] < day + timedelta(days=1)) & (feedback["text"] != "")]
    assert found == sorted(inside["feedback_id"]) and found


def test_texts_are_read_by_id_and_an_id_without_text_is_left_out(feedback, database: Database) -> None:
    has_text = feedback["text"] != ""
    one = feedback[has_text].iloc[0]
    silent = feedback.loc[~has_text, "feedback_id"].iloc[0]
    assert TextReader(database).read([one["feedback_id"], silent]) == {one["feedback_id"]: one["text"]}
    assert TextReader(database).read([]) == {}


def test_tags_are_read_with_their_evidence_and_may_be_loaded_without(feedback, database: Database) -> None:
    key = feedback["feedback_id"].iloc[0]
    row = [key, "sentiment", "text", 0, 2, -1, "positive", 0.5, 0.9, '[{"text":"好"}]', "情感词"]
    AnnotationStore(database).save([key], ANNOTATIONS.build([row]), "f")
    assert TextReader(database).read_tags([key]).to_dict("records") == [
        dict(zip(ANNOTATIONS.column_names, row, strict=True))
    ]
    bare = FeedbackReader(database).load_annotations(without=["evidence", "rule"]).iloc[0]
    assert (bare["evidence"], bare["rule"], bare["score"]) == ("", "", 0.5)
    assert TextReader(database).read_tags([]).empty

"""A store to put batches in."""

from collections.abc import Callable
from pathlib import Path

import pytest
from store_builders import make_file

from feedback_engine.store.connection import Database
from feedback_engine.store.feedback_store import FeedbackWriter, StoredFile
from feedback_engine.tables.feedback import FeedbackBatch
from feedback_engine.tables.summary import ImportCounts


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database.open("sqlite:///feedback.db", tmp_path)


@pytest.fixture
def save(database: Database) -> Callable[..., ImportCounts]:
    """Import one batch as one file and return what became of its rows."""

    def save_batch(batch: FeedbackBatch, file: StoredFile | None = None) -> ImportCounts:
        writer, named = FeedbackWriter(database), file or make_file()
        known = writer.begin_file(named)
        if known.is_complete:
            return known.counts.as_sent_again()
        counts = writer.save_batch(named, batch, ImportCounts(), known.counts)
        writer.finish_file(named, counts, known.counts)
        return counts

    return save_batch

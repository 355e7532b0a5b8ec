"""Ratings as categories: in the order of the ids, whatever the ids and the numbers of the rows."""

import hashlib

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_engine.store import coded
from feedback_engine.tables.feedback import RATINGS

NAMES = [column.name for column in RATINGS.columns if column.name != "feedback_id"]
answer = st.one_of(
    st.tuples(st.sampled_from(["q1", "q2", "q3"]), st.just("answered"), st.integers(1, 5).map(float), st.just(1.0))
    .map(lambda row: (*row, 5.0)),
    st.tuples(st.sampled_from(["q1", "q2", "q3"]), st.just("blank"), st.none(), st.just(1.0), st.just(5.0)),
)  # fmt: skip
records = st.lists(st.lists(answer, max_size=3, unique_by=lambda row: row[0]), max_size=9)


def test_ratings_of_a_few_rows_among_many_keep_their_ids() -> None:
    digests = [hashlib.sha256(str(number).encode()).digest() for number in range(300)]
    rows = [(number, "q1", "answered", 1.0, 1.0, 5.0) for number in range(4)]
    for asked in (rows, []):
        frame = coded.to_coded_frame(RATINGS, NAMES, [asked], np.arange(300), b"".join(digests))
        assert frame["feedback_id"].tolist() == sorted(digest.hex() for digest in digests[: len(asked)])


@given(records, st.integers(1, 4), st.integers(0, 400))
@settings(max_examples=40)
def test_ratings_come_in_the_order_of_their_ids(given_: list[list[tuple[object, ...]]], part: int, first: int) -> None:
    digests = [hashlib.sha256(str(number).encode()).digest() for number in range(len(given_))]
    numbers = np.arange(len(given_)) * 3 + first
    rows = [(int(number), *row) for number, own in zip(numbers, given_, strict=True) for row in own]
    parts = [rows[start : start + part] for start in range(0, len(rows), part)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coded, "_PART", part)
        frame = coded.to_coded_frame(RATINGS, NAMES, parts, numbers, b"".join(digests))
    expected = sorted(
        ((digest.hex(), *row) for digest, own in zip(digests, given_, strict=True) for row in own), key=lambda r: r[0]
    )
    assert [tuple(None if pd.isna(cell) else cell for cell in row) for row in frame.itertuples(index=False)] == expected
    assert all(isinstance(kind, pd.CategoricalDtype) for kind in frame.dtypes)

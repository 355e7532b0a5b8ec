"""Rows that wait to be read again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_engine.ingest import spool
from feedback_engine.ingest.spool import Spool

ROWS = st.lists(st.tuples(st.integers(0, 2**40), st.lists(st.text(max_size=9), max_size=4)), max_size=40)


@given(first=ROWS, second=ROWS, at_a_time=st.integers(1, 9), kept=st.integers(1, 500))
def test_rows_come_again_as_they_came_however_often_in_memory_or_not(
    first: list[spool.Record], second: list[spool.Record], at_a_time: int, kept: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spool, "_AT_A_TIME", at_a_time)
        patch.setattr(spool, "_MAX_KEPT", kept)
        waiting = Spool()
        assert list(waiting.keep(first)) == first and list(waiting) == first
        assert list(waiting.keep(iter(second))) == second
        assert list(waiting) == list(waiting) == first + second


def test_half_a_surrogate_pair_and_zeros_wait_like_any_text() -> None:
    waiting, rows = Spool(), [(1, ["\ud83d", "a\0b", ""]), (2, [])]
    assert list(waiting.keep(rows)) == list(waiting) == rows


def test_two_may_read_at_the_same_time() -> None:
    waiting, rows = Spool(), [(n, [str(n)]) for n in range(1200)]
    assert len(list(waiting.keep(rows))) == 1200
    assert list(zip(waiting, waiting, strict=True)) == list(zip(rows, rows, strict=True))

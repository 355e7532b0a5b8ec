"""Agreement of two judges: published tables, and what must hold for any table."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.agreement import cohen_kappa

counts = st.integers(2, 5).flatmap(lambda size: arrays(np.int64, (size, size), elements=st.integers(0, 40)))


def test_two_clinicians_agree_as_fleiss_reports() -> None:
    # Fleiss, Levin & Paik (2003), table 18.1: psychosis, neurosis, organic brain disorder; κ = 0.68, s.e. 0.087.
    kappa = cohen_kappa([[75, 1, 4], [5, 4, 1], [0, 0, 10]])
    assert (round(kappa.estimate, 2), round(kappa.standard_error, 4)) == (0.68, 0.0877)
    assert (kappa.lower, kappa.upper) == pytest.approx((0.5046, 0.8484), abs=5e-5)  # statsmodels 0.14 prints the same


def test_a_table_of_two_labels_agrees_beyond_chance_as_reckoned_by_hand() -> None:
    kappa = cohen_kappa([[20, 5], [10, 15]])  # p_o = 0.7, p_e = 0.5
    assert kappa.estimate == pytest.approx(0.4)
    assert kappa.base == 50


@given(counts.filter(lambda table: table.sum() > 0))
def test_agreement_lies_within_its_interval_and_does_not_depend_on_who_is_named_first(table: np.ndarray) -> None:
    kappa, turned = cohen_kappa(table), cohen_kappa(table.T)
    if np.isnan(kappa.estimate):  # one label for everything
        assert np.count_nonzero(table.sum(axis=0)) == np.count_nonzero(table.sum(axis=1)) == 1
        return
    assert -1 <= kappa.lower <= kappa.estimate <= kappa.upper <= 1
    assert list(kappa) == pytest.approx(list(turned))
    assert (kappa.estimate == pytest.approx(1)) is bool(np.trace(table) == table.sum())


@pytest.mark.parametrize(
    ("table", "words"),
    [([[1, 2, 3], [4, 5, 6]], "方阵"), ([[0, 0], [0, 0]], "至少有一条"), ([[1, -1], [0, 2]], "不小于 0")],
)
def test_a_table_that_is_none_is_refused_by_what_is_wrong_with_it(table: list[list[int]], words: str) -> None:
    with pytest.raises(StatisticsError, match=words):
        cohen_kappa(table)

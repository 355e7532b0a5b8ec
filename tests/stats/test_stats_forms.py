"""The same data in any form that people hold it in give the same figures; results open the way a statistician tries."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.ahp import ahp_weights
from feedback_engine.stats.importance import lmg
from feedback_engine.stats.intervals import newcombe, nps, poisson_rate, weighted_mean, wilson
from feedback_engine.stats.kano import classify
from feedback_engine.stats.multiple import benjamini_hochberg
from feedback_engine.stats.pls import fit_pls
from feedback_engine.stats.raking import rake
from feedback_engine.stats.reliability import average_variance_extracted, composite_reliability, cronbach_alpha
from feedback_engine.stats.topsis import topsis
from feedback_engine.stats.weights import entropy_weights

TABLE = [[4, 5, 3], [2, 3, 3], [5, 5, 4], [1, 2, 2], [3, 3, 5], [4, 4, 4]]
OUTCOME = [4, 2, 5, 1, 3, 4]
INDEX = ["f", "e", "d", "c", "b", "a"]


@pytest.mark.parametrize(
    "table",
    [
        tuple(map(tuple, TABLE)),
        np.array(TABLE),
        np.array(TABLE, dtype=np.float32),
        np.array(TABLE, dtype=object),
        pd.DataFrame(TABLE),
        pd.DataFrame(TABLE, index=INDEX, columns=list("xyz")),
        pd.DataFrame(TABLE).astype("Int64"),
        pd.DataFrame(TABLE).astype("category"),
        dict(zip("xyz", np.array(TABLE).T, strict=True)),
        [[Decimal(value) for value in row] for row in TABLE],
        np.ma.masked_array(TABLE, mask=False),
    ],
)
def test_a_table_may_come_in_any_form(table) -> None:
    assert entropy_weights(table) == pytest.approx(entropy_weights(TABLE))
    assert lmg(table, OUTCOME).importance == pytest.approx(lmg(TABLE, OUTCOME).importance)
    assert cronbach_alpha(table).value == pytest.approx(cronbach_alpha(TABLE).value)
    assert topsis(table).closeness == pytest.approx(topsis(TABLE).closeness)


@pytest.mark.parametrize(
    "outcome",
    [
        np.array(OUTCOME)[:, None],
        pd.Series(OUTCOME, index=INDEX),
        pd.DataFrame({"y": OUTCOME}),
        pd.Series(OUTCOME, dtype="Int64"),
        dict(zip(INDEX, OUTCOME, strict=True)),
        range(4, 10),
    ],
)
def test_a_vector_may_come_in_any_form(outcome) -> None:
    plain = list(np.ravel(list(outcome.values()) if isinstance(outcome, dict) else np.asarray(outcome, dtype=float)))
    assert weighted_mean(outcome).estimate == pytest.approx(np.mean(plain))
    assert lmg(TABLE, outcome).r_squared == pytest.approx(lmg(TABLE, plain).r_squared)


def test_one_driver_needs_no_second_dimension() -> None:
    alone = lmg([1, 2, 3, 5], [2, 3, 5, 4])
    assert alone.importance[0] == pytest.approx(np.corrcoef([1, 2, 3, 5], [2, 3, 5, 4])[0, 1] ** 2)


def test_judgements_may_be_fractions() -> None:
    thirds = [[1, Fraction(1, 3)], [3, 1]]
    assert ahp_weights(thirds).weights == pytest.approx([0.25, 0.75])


def test_intervals_unpack_as_estimate_lower_upper() -> None:
    found = (wilson(81, 263), newcombe(56, 70, 48, 80), poisson_rate(3, 10), weighted_mean([1, 2, 3]), nps([5, 3, 2]))
    for interval in found:
        estimate, lower, upper = interval
        assert (estimate, lower, upper) == (interval.estimate, interval.lower, interval.upper)
        assert lower < estimate < upper
    value, lower, upper = cronbach_alpha(TABLE)
    assert lower < value < upper
    adjusted, rejected = benjamini_hochberg([0.01, 0.04])
    assert (adjusted.tolist(), rejected.tolist()) == ([0.02, 0.04], [True, True])


def test_reliabilities_without_interval_are_numbers_and_values() -> None:
    loadings = [0.7, 0.8]
    reliability, extracted = composite_reliability(loadings), average_variance_extracted(loadings)
    assert reliability == reliability.value == reliability.estimate == pytest.approx(2.25 / (2.25 + 0.87))
    assert extracted == extracted.value == extracted.estimate == pytest.approx(0.565)


def test_raked_weights_are_an_array_where_one_is_wanted() -> None:
    raked = rake(pd.DataFrame({"g": list("xxy")}, index=[7, 8, 9]), {"g": pd.Series({"x": 1, "y": 1})})
    assert np.asarray(raked) == pytest.approx([0.5, 0.5, 1])
    assert len(raked) == 3
    assert list(raked) == pytest.approx([0.5, 0.5, 1])
    assert raked[1] == pytest.approx(raked[:2][0])
    assert np.multiply(raked, 2).sum() == pytest.approx(4)


def test_nps_takes_what_value_counts_gives_in_any_order() -> None:
    answers = pd.Series([10, 10, 9, 8, 3, 10, 0, 7])
    expected = 100 * (4 - 2) / 8
    assert nps(answers.value_counts()).estimate == pytest.approx(expected)
    assert nps(answers.value_counts().sort_index(ascending=False).to_dict()).estimate == pytest.approx(expected)
    assert nps({"0": 1, "3": 1, "10": 4, "7": 2}).estimate == pytest.approx(expected)
    assert nps(pd.Series([4, 2, 2])).estimate == pytest.approx(expected)
    assert nps(pd.Series({"detractors": 2, "promoters": 4, "passives": 2})).estimate == pytest.approx(expected)


def test_kano_answers_may_be_numpy_numbers_or_loosely_written_words() -> None:
    assert classify(np.array([1, 1, 1]), np.array([5, 5, 2])).category == "O"
    assert classify(["Like", "like"], ["live with", "LIVE_WITH"]).category == "A"
    with pytest.raises(StatisticsError, match="第 2 个回答为 nan"):
        classify([1, np.nan], [5, 5])
    with pytest.raises(StatisticsError, match="逐列传入"):
        classify([[1, 1], [1, 1]], [[5, 5], [5, 5]])


def test_pls_items_of_an_array_are_its_columns() -> None:
    generator = np.random.default_rng(0)
    cause = generator.normal(size=80)
    table = np.column_stack([cause + generator.normal(size=80), cause + generator.normal(size=80), cause])
    frame = pd.DataFrame(table, columns=["q1", "q2", "s"])
    paths = [("质量", "满意")]
    by_name = fit_pls(frame, {"质量": ["q1", "q2"], "满意": "s"}, paths)
    by_place = fit_pls(table, {"质量": [0, 1], "满意": [2]}, paths)
    assert by_name.paths == by_place.paths


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([4, "好", 3], "第 2 个值为 '好':不是数值"),
        (["4", "5"], "第 1 个值为 '4':不是数值"),
        ([4, None, 3], "第 2 个值为 nan"),
        (pd.Series([4, pd.NA, 3]), "第 2 个值为 nan"),
        (np.ma.masked_array([4, 5], mask=[True, False]), "第 1 个值为 nan"),
        ([4, np.inf], "第 2 个值为 inf"),
        ([[1, 2], [3]], "长短不一"),
        ([], "只有 0 个值"),
        (pd.to_datetime(pd.Series(["2026-01-01", "2026-01-02"])), "第 1 个值为 Timestamp"),
        (np.array([1 + 2j, 3]), "不是数值"),
        ([[1, 2], [3, 4]], "2 维数组"),
        (pd.Series([1, [[], 1]]), r"第 2 个值为 \[\[\], 1\]:不是数值"),
        (pd.Series([1, np.array([np.nan, 1])]), "第 2 个值为 array"),
    ],
)
def test_what_is_no_number_is_named_with_its_place(values, reason: str) -> None:
    with pytest.raises(StatisticsError, match=reason):
        weighted_mean(values)


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (pd.DataFrame({"q1": [1, 2, 3], "q2": [1, "差", 3]}), "第 2 行「q2」为 '差'"),
        (pd.DataFrame({"q1": [1, 2, 3], "q2": [1, np.nan, 3]}), "第 2 行「q2」为 nan"),
        ({"q1": [1, 2, 3], "q2": [1, 2]}, "各列长短不一"),
        ([1, 2, 3], "应为二维表"),
    ],
)
def test_a_cell_that_is_no_number_is_named_by_row_and_column(table, reason: str) -> None:
    with pytest.raises(StatisticsError, match=reason):
        entropy_weights(table)


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.1, "高", None, float("nan"), [0.9, 0.95]])
def test_a_confidence_outside_0_and_1_is_refused(confidence) -> None:
    with pytest.raises(StatisticsError, match="confidence"):
        wilson(3, 10, confidence)


def test_kano_counts_a_series_and_letters_as_it_counts_a_mapping() -> None:
    counts = {"A": 3, "O": 2, "I": 1}
    expected = classify(counts)
    assert classify(pd.Series(counts)) == expected
    assert classify(list("AAOIOA")) == expected
    assert classify(pd.Series(list("AAOIOA"))) == expected
    assert classify(pd.Series(list("AAOIOA")).value_counts()) == expected
    assert classify(list("AOI"), weights=[3, 2, 1]) == expected


def test_kano_reads_the_usual_chinese_wordings() -> None:
    chinese = classify(["我很喜欢", "它理所当然", "我无所谓"], ["我很不喜欢", "我可以忍受", "我不喜欢"])
    assert chinese == classify([1, 2, 3], [5, 4, 5])

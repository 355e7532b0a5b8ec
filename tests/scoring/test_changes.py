"""Change between periods: points and percent, the right test, one family, and what must not be derivable."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scoring_builders import make_model, rated
from scoring_surveys import wide_data

from feedback_engine.config.scoring import ChangeConfig
from feedback_engine.domain import OVERALL, Flag, Period
from feedback_engine.scoring.change import compute_changes, find_compared_periods
from feedback_engine.scoring.data import ScoringData
from feedback_engine.scoring.index import compute_index
from feedback_engine.scoring.model import IndexModel
from feedback_engine.stats.change import overlapping
from feedback_engine.tables.weighting import CHANGE

OCTOBER, SEPTEMBER = Period.parse("2026-10"), Period.parse("2026-09")
MODEL = make_model([rated("a", "a"), rated("b", "b")], suppress_below=2, flag_below=4)


def two_months(
    before: pd.DataFrame,
    after: pd.DataFrame,
    customers: list[str] | None = None,
    months: tuple[str, str] = ("09", "10"),
) -> ScoringData:
    frame = pd.concat([before, after], ignore_index=True)
    at = [f"2026-{months[0]}-10T02:00:00Z"] * len(before) + [f"2026-{months[1]}-10T02:00:00Z"] * len(after)
    branch = pd.DataFrame({"门店": [f"店{n % 3}" for n in range(len(frame))]})
    data = wide_data(frame, branch, (1, 5), at)
    return data if customers is None else data.replace_feedback(data.feedback.assign(customer_id=customers))


def changes(data: ScoringData, model: IndexModel = MODEL, by: str | None = None, **config: Any) -> pd.DataFrame:
    periods = [OCTOBER, *find_compared_periods(OCTOBER).values()]
    index = compute_index(data, model, periods=periods, by=by)
    return compute_changes(index, data, model, ChangeConfig(**config), period=OCTOBER, by=by)


def one(table: pd.DataFrame, touchpoint: str, indicator: str = OVERALL, measure: str = "score") -> pd.Series:
    keys = ["touchpoint", "indicator", "measure", "segment", "against"]
    chosen = table.set_index(keys).loc[(touchpoint, indicator, measure, "all", "previous")]
    assert isinstance(chosen, pd.Series)
    return chosen


def answers(seed: int, count: int = 60, shift: float = 0.0) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    return pd.DataFrame(generator.normal(3 + shift, 1, (count, 2)).round().clip(1, 5), columns=["a", "b"])


def test_strangers_are_compared_by_welch() -> None:
    before, after = answers(1), answers(2, 80, 0.6)
    found = one(changes(two_months(before, after)), "a")
    expected = stats.ttest_ind(after["a"], before["a"], equal_var=False)
    assert found["points"] == pytest.approx(25 * (after["a"].mean() - before["a"].mean()))
    assert found["relative"] == pytest.approx(100 * found["points"] / found["before"])
    assert (found["p_value"], found["test"], found["overlap"]) == (pytest.approx(expected.pvalue), "welch", 0)
    assert [found["lower"], found["upper"]] == pytest.approx([25 * e for e in expected.confidence_interval(0.95)])


def test_the_same_customers_are_compared_in_pairs() -> None:
    before, after = answers(1), answers(1, shift=0.2)
    customers = [f"客{n}" for n in range(60)] * 2
    found = one(changes(two_months(before, after, customers)), "a")
    expected = stats.ttest_rel(after["a"], before["a"])
    assert (found["p_value"], found["test"], found["overlap"]) == (pytest.approx(expected.pvalue), "paired", 60)


def test_some_of_the_same_customers_give_the_covariance() -> None:
    before, after = answers(1), answers(1, shift=0.3)
    customers = [*(f"客{n}" for n in range(60)), *(f"客{n + 20}" for n in range(60))]
    found = one(changes(two_months(before, after, customers)), "b")
    expected = overlapping(25 * before["b"], customers[:60], 25 * after["b"], customers[60:])
    assert (found["p_value"], found["test"], found["overlap"]) == (pytest.approx(expected.p_value), "overlap", 40)


def test_a_change_is_notable_only_if_sure_and_large_enough() -> None:
    before, after = answers(1, 4000), answers(2, 4000, 0.06)
    table = changes(two_months(before, after))
    assert one(table, "a")["q_value"] < 0.05
    assert abs(one(table, "a")["points"]) < 2.0
    assert not one(table, "a")["is_notable"]
    assert one(changes(two_months(before, after), min_effect=1.0), "a")["is_notable"]
    assert not changes(two_months(answers(1, 20), answers(2, 20, 0.3)))["is_notable"].any()


def test_the_q_values_are_one_family_over_the_table() -> None:
    table = changes(two_months(answers(1, 90), answers(2, 90, 0.4)), by="门店")
    tested = table[~table["is_repeat"]].dropna(subset=["p_value"])
    assert set(tested["segment"]) == {"all", "店0", "店1", "店2"}
    assert tested["q_value"].to_numpy() == pytest.approx(stats.false_discovery_control(tested["p_value"]))


def test_a_figure_under_several_names_is_one_hypothesis() -> None:
    people = two_months(answers(1, 90), answers(2, 90, 0.3))
    table = changes(people)
    names = ["touchpoint", "indicator", "measure"]
    kept = {tuple(row) for row in table.loc[~table["is_repeat"], names].to_numpy()}
    # Both questions are their touchpoints, and with equal weights the equal-weight index is the index.
    assert kept == {
        (code, OVERALL, measure) for code in (OVERALL, "a", "b") for measure in ("score", "satisfied_share")
    }
    repeats = table[table["is_repeat"]].merge(table[~table["is_repeat"]], on=["p_value", "points"])
    assert len(repeats) == table["is_repeat"].sum() == 5
    assert (repeats["q_value_x"] == repeats["q_value_y"]).all()
    assert (repeats["is_notable_x"] == repeats["is_notable_y"]).all()
    # The questions of a touchpoint of two are figures of their own.
    both = changes(people, make_model([rated("t", "a", "b")]))
    assert both.loc[~both["is_repeat"], "indicator"].tolist() == [OVERALL, OVERALL, "a", "a", "b", "b"]


@pytest.mark.parametrize(
    ("touchpoints", "shown"),
    [
        ([rated("x", "a"), rated("y", "b")], [OVERALL, "x", "y"]),
        ([rated("z", "a", "b")], [OVERALL, "z", "z/a", "z/b"]),
    ],
)
def test_figures_that_everybody_is_satisfied_with_are_figures_of_their_own(
    touchpoints: list[dict[str, Any]], shown: list[str]
) -> None:
    full = pd.DataFrame({"a": [5.0] * 40, "b": [5.0] * 40})
    table = changes(two_months(full, full), make_model(touchpoints))
    for measure in ("score", "satisfied_share"):
        kept = table[~table["is_repeat"] & (table["measure"] == measure)]
        names = kept["touchpoint"].where(kept["indicator"] == OVERALL, kept["touchpoint"] + "/" + kept["indicator"])
        assert names.tolist() == shown


def test_what_texts_say_of_a_touchpoint_is_one_hypothesis_as_its_text_indicator_and_its_score() -> None:
    from scoring_builders import Person, make_data

    def says(side: str) -> list[tuple[str, str, str]]:
        return [("touchpoint", "price", side), ("sentiment", "", side)]

    people = [
        # All but every tenth say it twice: there are more texts than records.
        Person(f"{month}{n}", at=f"2026-{month}-05T02:00:00Z", tags=says(side), open_tags=says(side) if n % 10 else ())
        for month, good in (("09", 10), ("10", 25))
        for n, side in enumerate(["positive"] * good + ["negative"] * (40 - good))
    ]
    words = {"code": "price", "indicators": [{"code": "words", "from": "text", "weight": 1}]}
    table = changes(make_data(people), make_model([words, rated("a", "a")]))
    own = table[(table["touchpoint"] == "price") & table["measure"].isin(["score", "text_index"])]
    assert len(own) == 4
    assert own["base_after"].nunique() == 2
    assert own["q_value"].nunique() == own["p_value"].nunique() == 1
    # Here all texts speak of the price, so that it is the text index of the whole, too.
    assert own["is_repeat"].all()
    assert not table.iloc[0]["is_repeat"]


def test_a_small_base_is_shown_but_not_tested() -> None:
    model = make_model([rated("a", "a"), rated("b", "b")])
    found = one(changes(two_months(answers(1, 29), answers(2, 60)), make_model([rated("a", "a")], flag_below=30)), "a")
    assert np.isnan(found["p_value"])
    assert found["test"] == ""
    assert not found["is_notable"]
    assert not np.isnan(found["points"])
    assert model.flag_below == 1


def test_complaint_rates_are_compared_exactly() -> None:
    from scoring_builders import Person, make_data

    people = [Person(f"九{n}", at="2026-09-05T02:00:00Z", kind="complaints") for n in range(4)]
    people += [Person(f"十{n}", at="2026-10-05T02:00:00Z", kind="complaints") for n in range(18)]
    model = make_model([rated("a", "a")], exposure={"2026-09": 1000, "2026-10": 1500})
    table = changes(make_data(people), model)
    found = one(table, OVERALL, measure="complaint_rate")
    assert (found["before"], found["after"]) == (pytest.approx(4), pytest.approx(12))
    assert found["p_value"] == pytest.approx(stats.binomtest(18, 22, 0.6).pvalue)
    assert found["lower"] < 8 < found["upper"]


def test_the_equal_weight_index_is_tested_as_well() -> None:
    table = changes(
        two_months(answers(1), answers(2)), make_model([rated("a", "a", weight=3), rated("b", "b", weight=1)])
    )
    found, top = one(table, OVERALL, measure="equal_score"), one(table, OVERALL)
    plain = one(changes(two_months(answers(1), answers(2))), OVERALL)
    assert [found["points"], found["p_value"]] == pytest.approx([plain["points"], plain["p_value"]])
    assert found["points"] != pytest.approx(top["points"])


def test_a_year_has_only_one_year_before_and_missing_periods_are_not_compared() -> None:
    assert list(find_compared_periods(Period.parse("2026"))) == ["previous"]
    assert find_compared_periods(OCTOBER)["year_before"].label == "2025-10"
    data = two_months(answers(1), answers(2))
    index = compute_index(data, MODEL, periods=[OCTOBER])
    assert compute_changes(index, data, MODEL, ChangeConfig(), period=OCTOBER).empty


@settings(max_examples=25)
@given(st.integers(0, 1000), st.integers(3, 30), st.integers(3, 30))
def test_the_changes_table_is_always_valid_and_antisymmetric(seed: int, before: int, after: int) -> None:
    one_way = changes(two_months(answers(seed, before), answers(seed + 1, after)))
    other = changes(two_months(answers(seed + 1, after), answers(seed, before)))
    assert CHANGE.conform(one_way).equals(one_way)
    assert one_way["points"].to_numpy() == pytest.approx(-other["points"].to_numpy())
    assert one_way["p_value"].to_numpy() == pytest.approx(other["p_value"].to_numpy(), nan_ok=True)


def branches(*sizes: int) -> pd.DataFrame:
    frame = answers(3, sum(sizes))
    names = [f"店{place}" for place, size in enumerate(sizes) for _ in range(size)]
    data = wide_data(frame, pd.DataFrame({"门店": names}), (1, 5))
    model = make_model([rated("a", "a")], suppress_below=10, flag_below=30)
    index = compute_index(data, model, periods=[None], by="门店")
    return index[(index["touchpoint"] == "a") & (index["indicator"] == "a") & (index["measure"] == "score")].set_index(
        "segment"
    )


def test_a_single_hidden_segment_takes_the_smallest_other_one_with_it() -> None:
    found = branches(40, 9, 35)
    assert found["flag"].to_dict() == {"all": "ok", "店0": "ok", "店1": "suppressed", "店2": "suppressed"}
    assert found.loc[["店1", "店2"], ["score", "lower", "upper"]].isna().all(axis=None)


@pytest.mark.parametrize("sizes", [(40, 9, 9, 35), (40, 35)])
def test_nothing_more_is_hidden_where_nothing_can_be_derived(sizes: tuple[int, ...]) -> None:
    found = branches(*sizes)
    expected = [Flag.SUPPRESSED if size < 10 else Flag.OK for size in sizes]
    assert found["flag"].tolist() == ["ok", *expected]


@settings(max_examples=30)
@given(st.lists(st.integers(1, 40), min_size=2, max_size=5))
def test_never_is_exactly_one_segment_hidden_beside_a_shown_whole(sizes: list[int]) -> None:
    found = branches(*sizes)
    hidden = found["flag"].iloc[1:].eq(Flag.SUPPRESSED).sum()
    assert hidden != 1 or found.loc["all", "flag"] == Flag.SUPPRESSED

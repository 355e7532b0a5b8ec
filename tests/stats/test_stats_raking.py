from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.raking import post_stratify, rake, raked_mean
from feedback_engine.stats.replication import raked_jackknife_error

SAMPLE = {"性别": ["男", "男", "女", "男", "女", "男"], "地区": ["南", "北", "南", "北", "北", "南"]}
MARGINS = {"性别": {"男": 480, "女": 520}, "地区": {"南": 0.6, "北": 0.4}}


def sums(column, weights) -> dict[object, float]:
    labels = np.asarray(column, dtype=object)
    return {label: float(weights[labels == label].sum()) for label in dict.fromkeys(labels.tolist())}


# R survey, tests/rakecheck.Rout.save and vignette: California schools, a cluster sample of 15 of 757 districts.
@pytest.fixture
def schools(expected, oracle_table):
    published = expected("survey_api_rake")
    table = oracle_table("survey_api_rake", "apiclus1.csv")
    return published, table, {"stype": published["margins"]["stype"], "sch.wide": published["margins"]["sch_wide"]}


@pytest.mark.shared
def test_raked_mean_total_and_errors_print_r_survey(schools) -> None:
    published, table, margins = schools
    raked = rake(table, margins, base_weights="pw")
    design = {"psu": table["dnum"], "population": table["fpc"]}
    mean = raked_mean(table["api00"], raked, **design)
    total = raked_mean(table["enroll"], raked, total=True, **design)
    assert mean.estimate == pytest.approx(published["raked"]["mean_api00"], abs=5.1e-3)
    assert mean.standard_error == pytest.approx(published["raked"]["se_linearised"], abs=5.1e-4)
    assert total.estimate == pytest.approx(published["raked"]["total_enroll"], abs=0.51)
    assert total.standard_error == pytest.approx(published["raked"]["se_total"], abs=0.51)
    assert raked.design_effect == pytest.approx(published["computed_here"]["kish_deff_raked"])


@pytest.mark.shared
def test_jackknife_errors_print_r_survey(schools) -> None:
    published, table, margins = schools
    design = {"base_weights": table["pw"], "population": 757}
    error = raked_jackknife_error(table["api00"], table, margins, table["dnum"], **design)
    assert error == pytest.approx(published["raked"]["se_jackknife"], abs=5.1e-4)
    total = raked_jackknife_error(table["enroll"], table, margins, table["dnum"], total=True, **design)
    assert total == pytest.approx(published["raked"]["se_total_jk"], abs=0.51)


@pytest.mark.shared
def test_post_stratified_mean_agrees_with_its_recomputation(schools) -> None:
    published, table, margins = schools
    computed = published["computed_here"]["poststratified_stype"]
    mean = raked_mean(
        table["api00"],
        post_stratify(table, "stype", margins["stype"], "pw"),
        psu=table["dnum"],
        population=table["fpc"],
    )
    assert (mean.estimate, mean.standard_error) == pytest.approx((computed["mean"], computed["se"]))


@pytest.mark.parametrize("frame", [SAMPLE, pd.DataFrame(SAMPLE)])
def test_every_margin_is_met_in_the_order_of_the_rows(frame) -> None:
    raked = rake(frame, MARGINS)
    assert sums(SAMPLE["性别"], raked.weights) == pytest.approx({"男": 480, "女": 520})
    assert sums(SAMPLE["地区"], raked.weights) == pytest.approx({"南": 600, "北": 400})
    assert raked.design_effect == pytest.approx(6 / raked.effective_base)


def test_shares_alone_take_their_total_from_the_base_weights() -> None:
    shares = {"性别": {"男": 0.5, "女": 0.5}}
    assert rake(SAMPLE, shares).weights.sum() == pytest.approx(6)
    assert rake(SAMPLE, shares, base_weights=[10] * 6).weights.sum() == pytest.approx(60)


def test_rows_that_fit_already_keep_their_weights() -> None:
    assert rake(SAMPLE, {"性别": {"男": 4, "女": 2}}).weights == pytest.approx(np.ones(6))


def test_crossed_cells_are_met_one_by_one() -> None:
    cells = {("男", "南"): 10, ("男", "北"): 20, ("女", "南"): 30, ("女", "北"): 40}
    weights = post_stratify(SAMPLE, ("性别", "地区"), cells).weights
    assert weights == pytest.approx([5, 10, 30, 10, 40, 5])


def test_trimming_holds_the_weights_within_bounds_and_meets_the_margins() -> None:
    generator = np.random.default_rng(0)
    frame = {"a": generator.choice(["x", "y"], 400, p=[0.9, 0.1]), "b": generator.choice(["u", "v"], 400)}
    margins = {"a": {"x": 0.6, "y": 0.4}, "b": {"u": 0.55, "v": 0.45}}
    base = generator.lognormal(sigma=1.2, size=400)
    free, held = rake(frame, margins, base_weights=base), rake(frame, margins, trim=5, base_weights=base)
    assert free.weights.max() > 5 * free.weights.mean()
    assert held.weights.max() <= 5 * held.weights.mean() * (1 + 1e-9)
    assert held.weights.min() >= held.weights.mean() / 5 * (1 - 1e-9)
    assert held.trimmed > 0
    assert held.effective_base > free.effective_base
    assert sums(frame["a"], held.weights)["y"] == pytest.approx(0.4 * base.sum())


@pytest.mark.parametrize(
    ("margins", "reason"),
    [
        ({"性别": {"男": 1, "女": 2, "未知": 3}}, "「性别 = 未知」的目标为 3,样本里却没有"),
        ({"性别": {"男": 10}}, "性别 第 3 行的值 '女' 在边际里没有目标"),
        ({"性别": {"男": 10, "女": 10}, "地区": {"南": 10, "北": 20}}, "性别 合计 20,地区 合计 30"),
        ({"性别": {"男": -1, "女": 10}}, "负数"),
        ({"年龄": {"老": 1}}, "没有边际列 年龄"),
        ({}, "margins 为空"),
        ({"性别": {"男": 0.5, "女": 0.4}}, "份额合计为 0.9"),
        ({"性别": [1, 2]}, "应为 {类别: 人数或份额}"),
    ],
)
def test_impossible_margins_are_refused_by_name(margins, reason: str) -> None:
    with pytest.raises(StatisticsError, match=reason):
        rake(SAMPLE, margins)


def test_margins_that_no_weights_can_meet_together_are_refused() -> None:
    frame = {"a": [1, 1, 2], "b": [1, 1, 2]}
    with pytest.raises(StatisticsError, match=r"无法同时满足.*仍差"):
        rake(frame, {"a": {1: 1, 2: 2}, "b": {1: 2, 2: 1}})


def test_bounds_that_a_cell_cannot_meet_are_refused_by_its_name() -> None:
    frame = {"g": ["x"] * 9 + ["y"]}
    with pytest.raises(StatisticsError, match=r"trim 太紧:「g = y」有 1 行.*达不到目标 5"):
        rake(frame, {"g": {"x": 0.5, "y": 0.5}}, trim=3)
    assert rake(frame, {"g": {"x": 0.5, "y": 0.5}}, trim=6).weights.max() == pytest.approx(5)


def test_bounds_that_no_weights_can_meet_together_are_refused() -> None:
    # Who is 1 in both would have to weigh 4 of 6; each margin alone could be met.
    frame = {"a": [1, 1, 1, 1, 2, 2, 2, 2], "b": [1, 2, 2, 2, 1, 2, 2, 2]}
    margins = {"a": {1: 0.7, 2: 0.3}, "b": {1: 0.5, 2: 0.5}}
    assert rake(frame, margins).weights.max() > 2
    with pytest.raises(StatisticsError, match=r"trim 的范围 .*请放宽 trim"):
        rake(frame, margins, trim=(0.5, 2.0))


@given(st.integers(0, 10_000), st.sampled_from([1.5, 2.0, 4.0]))
@settings(max_examples=40)
def test_trimmed_weights_keep_margins_and_bounds_or_are_refused_where_none_exist(seed: int, trim: float) -> None:
    generator = np.random.default_rng(seed)
    rows = int(generator.integers(6, 40))
    frame = {name: np.append([0, 1, 2], generator.integers(0, 3, rows - 3)) for name in "ab"}
    margins = {name: dict(enumerate(generator.dirichlet([6.0] * 3))) for name in frame}
    cells = np.array([frame[name] == value for name in frame for value in range(3)], dtype=float)
    targets = [rows * margins[name][value] for name in frame for value in range(3)]
    try:
        weights = rake(frame, margins, trim=trim).weights
    except StatisticsError:
        answer = optimize.linprog(np.ones(rows), A_eq=cells, b_eq=targets, bounds=(1 / trim, trim))
        assert answer.status == 2, "refused, though such weights exist"
    else:
        assert cells @ weights == pytest.approx(targets)
        assert 1 / trim - 1e-9 <= weights.min() <= weights.max() <= trim + 1e-9


@pytest.mark.parametrize("trim", [0.5, (2, 3), (0.1, 0.9)])
def test_senseless_bounds_are_refused(trim) -> None:
    with pytest.raises(StatisticsError, match="trim"):
        rake(SAMPLE, MARGINS, trim=trim)


def test_values_that_do_not_fit_the_weights_are_refused() -> None:
    with pytest.raises(StatisticsError, match="必须一致"):
        raked_mean([1, 2], rake(SAMPLE, MARGINS))
    with pytest.raises(StatisticsError, match="至少 2 个单元"):
        raked_jackknife_error([1] * 6, SAMPLE, MARGINS, ["a"] * 6)


@given(st.integers(0, 10_000), st.floats(0.1, 0.9), st.floats(0.1, 0.9))
@settings(max_examples=40)
def test_raking_reproduces_any_margins_of_a_full_sample(seed: int, first: float, second: float) -> None:
    generator = np.random.default_rng(seed)
    frame = {
        "a": np.append([0, 0, 1, 1], generator.integers(0, 2, 30)),
        "b": np.append([0, 1, 0, 1], generator.integers(0, 2, 30)),
    }
    raked = rake(frame, {"a": {0: first, 1: 1 - first}, "b": {0: second, 1: 1 - second}})
    assert sums(frame["a"], raked.weights) == pytest.approx({0: 34 * first, 1: 34 * (1 - first)})
    assert sums(frame["b"], raked.weights) == pytest.approx({0: 34 * second, 1: 34 * (1 - second)})
    assert raked.effective_base <= 34 + 1e-9

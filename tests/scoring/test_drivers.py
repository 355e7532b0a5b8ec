"""Drivers: quadrants with their doubt, key drivers with intervals, gaps, and the sheets around them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scoring_builders import Person, index_of, make_data, make_model, rated
from scoring_surveys import electric_vehicle, mobile_internet, wide_data

from feedback_engine import scoring
from feedback_engine.config.scoring import DriversConfig, GapConfig, KanoConfig
from feedback_engine.domain import Period
from feedback_engine.errors import ConfigError, StatisticsError
from feedback_engine.scoring.answers import count_concerned, read_answers, read_experience, read_touchpoints
from feedback_engine.scoring.drivers import build_ipa, find_key_drivers, ipa, rank_drivers
from feedback_engine.scoring.gaps import build_gaps
from feedback_engine.scoring.grading import evaluate_fuzzy, rank_objects
from feedback_engine.scoring.imputation import impute
from feedback_engine.scoring.key_drivers import build_drivers, share_alone
from feedback_engine.scoring.sheets import classify_kano, correlate_answers, describe_answers, regress_answers
from feedback_engine.stats.importance import lmg

FAST = DriversConfig(bootstrap=60, imputations=4)


def test_the_grand_means_make_the_four_quadrants() -> None:
    result = ipa([4, 4, 2, 2], [1, 3, 1, 3], names=["甲", "乙", "丙", "丁"])
    assert result.quadrants == {
        "甲": "concentrate_here", "乙": "keep_up", "丙": "low_priority", "丁": "possible_overkill",
    }  # fmt: skip
    assert (result.importance_line, result.performance_line) == (3, 2)
    assert result.borderline == ()


def test_a_point_on_a_line_counts_as_above_and_to_the_right() -> None:
    assert ipa([1, 2, 3], [1, 2, 3]).quadrants["第 2 项"] == "keep_up"


def test_lines_can_be_medians_or_targets() -> None:
    assert ipa([1, 2, 9], [1, 2, 9], lines="median").importance_line == 2
    assert set(ipa([1, 2], [1, 2], lines=(0, 5)).quadrants.values()) == {"concentrate_here"}
    with pytest.raises(StatisticsError, match="mode"):
        ipa([1, 2], [1, 2], lines="mode")


def test_an_interval_over_a_line_makes_a_point_borderline() -> None:
    result = ipa([1, 3], [10, 90], names=["甲", "乙"], performance_intervals=[(5, 15), (45, 95)])
    assert result.borderline == ("乙",)


def test_items_that_matter_alike_lie_on_the_line_and_no_quadrant_is_sure() -> None:
    result = ipa([1 / 3, 1 / 3, 1 / 3], [60, 70, 95], names=["甲", "乙", "丙"])
    assert result.borderline == ("甲", "乙", "丙")


def test_answers_of_respondents_give_means_and_intervals() -> None:
    table = pd.DataFrame({"甲": [1, 2, 3, np.nan], "乙": [4, 5, 5, 5]})
    point = ipa([1, 2], table).points[0]
    assert (point.name, point.performance) == ("甲", 2)
    assert point.performance_interval == pytest.approx(tuple(stats.t.interval(0.95, 2, 2, 1 / np.sqrt(3))))


@pytest.mark.parametrize(("importance", "performance"), [([1, 2], [1]), ([1, np.nan], [1, 2]), ([], [])])
def test_ugly_points_are_refused(importance: list, performance: list) -> None:
    with pytest.raises(StatisticsError, match=r"importance|performance"):
        ipa(importance, performance)


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: ipa([1, 2], ["差", 2]), "performance 的第 1 个值为 '差'"),
        (lambda: ipa([1, np.inf], [1, 2]), "importance 的第 2 个值为 inf"),
        (lambda: ipa([1, 2], [1, 2], names=["甲", "甲"]), "'甲' 不止一次"),
        (lambda: ipa([1, 2], [1, 2], names=["甲"]), "names 有 1 个"),
        (lambda: ipa([1, 2], [1, 2], names=5), "names 应为一列名称"),
        (lambda: ipa([1, 2], [1, 2], lines=(1, np.nan)), "lines 的第 2 个值为 nan"),
        (lambda: ipa([1, 2], [1, 2], lines=None), "lines 是 mean"),
        (lambda: ipa([1, 2], [1, 2], performance_intervals=[(0, 2)]), "每项应有一对数"),
        (lambda: ipa([1, 2], [1, 2], performance_intervals=[(0, 2), (3, 1)]), "第 2 项的下限 3 大于上限 1"),
        (lambda: ipa([1, 2], [[1, np.nan], [2, np.nan]]), "performance 第 2 项没有任何回答"),
        (lambda: ipa([1, 2], [[1, 2], [2, 3]], confidence=2), "confidence"),
        (lambda: scoring.gap([["好"], [3]], [[1], [2]]), "期望 的第 1 行「第 1 列」为 '好'"),
        (lambda: scoring.gap([[1], [np.inf]], [[1], [2]]), "期望 的第 2 行「第 1 列」为 inf"),
        (lambda: scoring.gap([[1, 2], [3]], [[1], [2]]), "长短不一"),
        (lambda: scoring.gap([1, 2, 3], [2, 3, 4], weights=[1, 2]), "weights 有 2 个,数据有 3 行"),
        (lambda: scoring.gap([1, 2, 3], [2, 3, 4], weights=[1, -2, 1]), "weights 第 2 个为负"),
        (lambda: scoring.gap([1, 2, 3], [2, 3, 4], weights=[0, 0, 0]), "之和为 0"),
        (lambda: scoring.gap([1, 2, 3], [2, 3, 4], names=["a", "b"]), "names 有 2 个"),
        (lambda: scoring.gap([1, 2, 3], [2, 3, 4], dimensions="速度"), "dimensions '速度' 有 0 个"),
        (lambda: scoring.gap([1, 2, 3], [2, 3, 4], dimensions={"快": "速度"}), "'快' 不是任何一题"),
        (lambda: scoring.gap([1, 2, 3], [2, 3, 4], dimensions=["速度"], dimension_weights={"速度": 0}), "之和为 0"),
        (lambda: scoring.gap([1, 2, 3], [2, 3, 4], dimensions=["速度"], dimension_weights=3), "应为"),
        (lambda: scoring.gap([1, 2, 3], [2, 3, 4], confidence=0), "confidence"),
    ],
)
def test_bad_answers_are_refused_in_words(call, reason: str) -> None:
    with pytest.raises(StatisticsError, match=reason):
        call()


def test_figures_named_alike_are_matched_by_name_whatever_their_order() -> None:
    importance, performance = {"甲": 1, "乙": 5}, {"乙": 2, "甲": 9}
    result = ipa(importance, performance, performance_intervals=[(1, 3), (8, 10)])
    assert [(p.name, p.importance, p.performance) for p in result.points] == [("甲", 1, 9), ("乙", 5, 2)]
    assert result.points[0].performance_interval == (8, 10)
    assert ipa(pd.Series(importance), pd.Series(performance)).quadrants == result.quadrants
    frame = pd.DataFrame({"快": [5, 4, 5], "准": [3, 3, 4]})
    assert scoring.gap(frame, frame[["准", "快"]] + 1).gaps == pytest.approx({"快": 1, "准": 1})
    # Named differently, they belong together by their places.
    renamed = frame.rename(columns={"快": "快_体验", "准": "准_体验"})
    assert scoring.gap(frame, renamed).gaps == pytest.approx({"快": 0, "准": 0})


def test_gaps_are_paired_and_negative_where_less_was_got() -> None:
    expected = pd.DataFrame({"快": [5, 4, 5, np.nan], "准": [3, 3, 4, 5]})
    got = pd.DataFrame({"快": [3, 4, 4, 5], "准": [4, 3, 5, np.nan]})
    result = scoring.gap(expected, got, dimensions=["速度", "质量"])
    assert result.gaps == pytest.approx({"快": -1.0, "准": 2 / 3})
    test = stats.ttest_rel([3, 4, 4], [5, 4, 5])
    assert result.items[0].p_value == pytest.approx(test.pvalue)
    assert [item.dimension for item in result.dimensions] == ["速度", "质量"]
    assert [result.items[0].above, result.items[0].met, result.items[0].below] == pytest.approx([0, 1 / 3, 2 / 3])
    # Overall: each respondent's mean over the dimensions that he completed: -.5, 0, 0.
    assert [result.overall.above, result.overall.met] == pytest.approx([0, 2 / 3])
    assert result.overall.gap == pytest.approx(np.mean([(-2 + 1) / 2, 0, 0]))


def test_shares_beside_the_expectation_are_weighted_and_rounding_is_no_step() -> None:
    result = scoring.gap([0.3, 2, 3], [0.1 + 0.2, 3, 1], weights=[1, 1, 2]).overall
    assert [result.above, result.met, result.below] == pytest.approx([0.25, 0.25, 0.5])


def test_dimensions_can_be_weighted() -> None:
    weighted = scoring.gap(
        [[1, 1], [1, 1]], [[2, 1], [4, 1]], dimensions=["a", "b"], dimension_weights={"a": 3, "b": 1}
    )
    assert weighted.overall.gap == pytest.approx(0.75 * 2)
    with pytest.raises(StatisticsError, match="'b'"):
        scoring.gap([[1, 1], [1, 1]], [[2, 1], [4, 1]], dimensions=["a", "b"], dimension_weights={"a": 1})


@pytest.mark.parametrize(("expected", "got"), [([1, 2], [1]), ([1, np.nan], [np.nan, 2]), ([], [])])
def test_unpaired_expectations_are_refused(expected: list, got: list) -> None:
    with pytest.raises(StatisticsError):
        scoring.gap(expected, got)


def test_the_project_s_gaps_come_as_a_table() -> None:
    people = [Person(f"{n}", {"want": 5, "have": 3 + n % 2, "other": 1}) for n in range(6)]
    pairs = [GapConfig(expectation="want", experience="have", name="速度")]
    table = build_gaps(make_data(people), pairs).set_index("item")
    assert table.loc["速度", "gap"] == pytest.approx(-37.5)
    assert table.loc["速度", "base"] == 6
    assert table.loc["速度", ["above", "met", "below"]].tolist() == [0, 0, 1]
    assert build_gaps(make_data(people), []).empty
    with pytest.raises(ConfigError, match="hav"):
        build_gaps(make_data(people), [GapConfig(expectation="want", experience="hav")])


def sample(count: int = 300, seed: int = 1) -> tuple[pd.DataFrame, np.ndarray]:
    generator = np.random.default_rng(seed)
    halo = generator.normal(size=count)
    x = pd.DataFrame({name: halo + generator.normal(size=count) for name in "abc"})
    return x, (3 * x["a"] + x["b"] + generator.normal(size=count)).to_numpy()


def test_complete_answers_give_the_lmg_shares_with_intervals_and_bands() -> None:
    x, y = sample()
    found = find_key_drivers(x, y, config=FAST)
    assert found.share == pytest.approx(lmg(x, y).share)
    assert (found.lower <= found.share).all()
    assert (found.share <= found.upper).all()
    assert found.band[0] == 1
    assert found.band[0] < found.band[2]
    assert found.refusal == ""
    assert find_key_drivers(x, y, config=FAST).lower == pytest.approx(found.lower)


def test_few_gaps_are_dropped_and_many_are_imputed() -> None:
    x, y = sample()
    few, many = x.copy(), x.copy()
    few.iloc[:6, 0] = np.nan
    many.iloc[:90, 0] = np.nan
    assert find_key_drivers(few, y, config=FAST).notes == ("2.0% 的答卷不全：整份不计",)
    imputed = find_key_drivers(many, y, config=FAST)
    assert imputed.notes == ("30.0% 的答卷不全：多重插补 4 次",)
    assert imputed.share == pytest.approx(lmg(x, y).share, abs=0.08)


def test_imputation_keeps_what_is_known_and_does_not_shrink_correlations() -> None:
    x, y = sample(2000)
    whole = np.column_stack([x["a"], y])
    gaps = whole.copy()
    gaps[np.random.default_rng(2).random(2000) < 0.4, 0] = np.nan
    sets = list(impute(gaps, count=5, seed=3))
    known = ~np.isnan(gaps)
    assert all((each[known] == gaps[known]).all() for each in sets)
    assert np.mean([np.corrcoef(each.T)[0, 1] for each in sets]) == pytest.approx(np.corrcoef(whole.T)[0, 1], abs=0.03)
    with pytest.raises(StatisticsError, match="第 2 列"):
        next(impute(np.array([[1.0, np.nan], [2.0, np.nan]]), count=1))


def test_collinear_drivers_share_one_figure() -> None:
    x, y = sample()
    x["d"] = x["a"] + 0.01 * np.random.default_rng(4).normal(size=300)
    data = wide_data((5 + x).clip(1, 10).assign(y=y), pd.DataFrame({"店": ["甲"] * 300}))
    answers = read_answers(data, list("abcd"))
    found = find_key_drivers(x, y, config=FAST)
    table = build_drivers(found, answers).set_index("code")
    assert table.loc["a", "group"] == table.loc["d", "group"] == "a+d"
    assert table.loc["a", "share"] == table.loc["d", "share"]
    assert "高度相关，合为一组：份额是整组的" in table.loc["a", "note"]
    alone = share_alone(table)
    assert alone["share"].sum() == pytest.approx(1)
    assert alone.loc["a"].tolist() == pytest.approx([table.loc["a", "share"] / 2, 0, table.loc["a", "upper"]])
    assert alone.loc["b"].tolist() == table.loc["b", ["share", "lower", "upper"]].tolist()
    gap = 1 - table.loc["a", "score"] / 100
    assert table.loc["a", "priority"] == pytest.approx(table.loc["a", "share"] / 2 * gap)


def test_a_touchpoint_that_few_met_is_judged_by_those_and_its_priority_counts_them() -> None:
    generator = np.random.default_rng(2)
    count = 600
    met = np.arange(count) < 300
    a, b, c = (generator.integers(1, 6, count) for _ in range(3))
    overall = np.where(met, np.round((a + 2 * c) / 3), a).clip(1, 5)
    people = [
        Person(f"{n:03}", {"a": int(a[n]), "b": int(b[n]) if n % 100 else "blank",
                           "c": int(c[n]) if met[n] else "refused", "overall": int(overall[n])})
        for n in range(count)
    ]  # fmt: skip
    model = make_model([rated("x", "a"), rated("y", "b"), rated("z", "c")])
    data = make_data(people)
    found, y = read_touchpoints(data, model, overall_item="overall")
    experienced = read_experience(data, model, found)
    assert experienced.mean().to_dict() == pytest.approx({"x": 1, "y": 1, "z": 0.5})
    table = rank_drivers(found, y, experienced, config=FAST).set_index("code")
    users = found.table[experienced["z"]].dropna()
    alone = lmg(users, pd.Series(y, index=found.table.index)[users.index]).share
    assert table.loc["z", "share"] == pytest.approx(alone[2])
    assert table.loc["z", "incidence"] == pytest.approx(0.5)
    assert table.loc["z", "priority"] == pytest.approx(alone[2] * 0.5 * (1 - table.loc["z", "score"] / 100))
    assert "只在接触过的 300 人里估计" in table.loc["z", "note"]
    assert table.loc["x", "note"] == "1.0% 的答卷不全：整份不计"


def test_a_halo_is_taken_out_as_a_check() -> None:
    x, y = sample(2000)
    halo = np.random.default_rng(6).normal(size=2000) * 3
    found = find_key_drivers(x.add(halo, axis=0), y + halo * 3, config=FAST)
    assert found.share[2] > 0.2
    # What is left of the outcome follows a alone: the others only mirror it.
    assert found.centred[0] == found.centred.max()


def test_drivers_that_are_all_alike_keep_their_own_shares_with_a_warning() -> None:
    generator = np.random.default_rng(1)
    halo = generator.normal(size=300)
    x = pd.DataFrame({name: halo + 0.1 * generator.normal(size=300) for name in "ab"})
    found = find_key_drivers(x, halo + 0.3 * generator.normal(size=300), config=FAST)
    assert found.groups == ((0,), (1,))
    assert "分不开" in found.notes[-1]


def test_too_few_answers_and_a_poor_fit_leave_correlations_only() -> None:
    x, y = sample(99)
    found = find_key_drivers(x, y, config=FAST)
    assert "至少需要 100 份" in found.refusal
    assert np.isnan(found.share).all()
    assert found.correlations[0] == pytest.approx(np.corrcoef(x["a"], y)[0, 1])
    x, _ = sample(300)
    noise = np.random.default_rng(9).normal(size=300)
    assert "R² = " in find_key_drivers(x, noise, config=FAST).refusal


def test_a_driver_without_variation_is_named() -> None:
    x, y = sample()
    with pytest.raises(StatisticsError):
        find_key_drivers(x.assign(b=1.0), y, config=FAST)


def test_importance_performance_of_the_index_is_stated_or_derived() -> None:
    people = [Person(f"{n}", {"a": 1 + n % 5, "b": 3 + n % 3}) for n in range(40)]
    model = make_model([rated("x", "a", weight=3), rated("y", "b", weight=1)])
    index = index_of(people, model)
    table = build_ipa(index, names={"x": "甲"}).set_index("code")
    assert table["quadrant"].to_dict() == {"x": "concentrate_here", "y": "possible_overkill"}
    assert set(table["importance_kind"]) == {"stated"}
    assert table.loc["x", "name"] == "甲"
    shares = {"share": [0.2, 0.8], "lower": [0.1, 0.7], "upper": [0.3, 0.9]}
    drivers = pd.DataFrame({"code": ["x", "y"], "group": "", **shares})
    derived = build_ipa(index, drivers=drivers).set_index("code")
    assert derived["quadrant"].to_dict() == {"x": "low_priority", "y": "keep_up"}
    assert build_ipa(index.iloc[:0]).empty


def test_touchpoints_that_the_answers_do_not_tell_apart_share_one_importance_and_no_quadrant_is_sure() -> None:
    people = [Person(f"{n}", {"a": 1 + n % 5, "b": 3 + n % 3, "c": 2 + n % 2}) for n in range(60)]
    index = index_of(people, make_model([rated("x", "a"), rated("y", "b"), rated("z", "c")]))
    shares = {"share": [0.6, 0.6, 0.4], "lower": [0.55, 0.55, 0.35], "upper": [0.65, 0.65, 0.45]}
    drivers = pd.DataFrame({"code": ["x", "y", "z"], "group": ["x+y", "x+y", ""], **shares})
    table = build_ipa(index, drivers=drivers).set_index("code")
    assert table["importance"].to_dict() == pytest.approx({"x": 0.3, "y": 0.3, "z": 0.4})
    assert table.loc["x", ["importance_lower", "importance_upper"]].tolist() == [0, 0.65]
    assert table["is_borderline"].to_dict()["x"] and table["is_borderline"].to_dict()["y"]


def test_kano_reads_the_raw_pairs() -> None:
    people = [Person(f"{n}", {"with": 1, "without": 5}) for n in range(8)]
    people += [Person("z", {"with": 3, "without": 3}), Person("half", {"with": 1})]
    table = classify_kano(make_data(people), [KanoConfig(functional="with", dysfunctional="without", name="早餐")])
    row = table.iloc[0]
    assert (row["category"], row["O"], row["I"], row["base"]) == ("O", 8, 1, 9)
    assert row["better"] == pytest.approx(8 / 9)
    with pytest.raises(ConfigError, match="wit"):
        classify_kano(make_data(people), [KanoConfig(functional="wit", dysfunctional="without")])
    strange = [Person("a", {"with": 7, "without": 5}, scale=(1, 10))]
    with pytest.raises(ConfigError, match="7 不在 1–5"):
        classify_kano(make_data(strange), [KanoConfig(functional="with", dysfunctional="without")])


def test_fuzzy_evaluation_of_a_touchpoint_is_the_share_of_each_level() -> None:
    people = [Person("甲", {"a": 5, "b": 1}), Person("乙", {"a": 4, "b": 1}), Person("丙", {"a": 5})]
    model = make_model([rated("x", "a", weight=3), rated("y", "b", weight=1)])
    table = evaluate_fuzzy(make_data(people), model).set_index(["code", "grade"])
    assert table.loc[("x", "5"), "membership"] == pytest.approx(2 / 3)
    assert table.loc[("overall", "1"), "membership"] == pytest.approx(0.25)
    assert table.loc[("overall", "5"), "is_grade"]
    assert table.loc[("overall", "5"), "score"] == pytest.approx(0.75 * (2 / 3 * 100 + 75 / 3))
    assert evaluate_fuzzy(make_data([]), model).empty


def test_branches_are_ranked_by_closeness_and_thin_ones_left_out() -> None:
    people = [Person(f"{s}{n}", {"a": r, "b": r}, attributes={"店": s}) for s, r in (("好", 5), ("中", 3), ("差", 1))
              for n in range(4)]  # fmt: skip
    people.append(Person("稀", {"a": 5, "b": 5}, attributes={"店": "稀"}))
    model = make_model([rated("x", "a"), rated("y", "b")], suppress_below=3)
    table = rank_objects(make_data(people), model, by="店")
    assert table["object"].tolist() == ["好", "中", "差"]
    assert table["closeness"].tolist() == pytest.approx([1, 0.5, 0])
    assert table["base"].tolist() == [4, 4, 4]
    with pytest.raises(StatisticsError, match="只有 1 个对象"):
        rank_objects(make_data(people[:4]), model, by="店")


def test_the_statistics_sheets_have_bases_tests_and_intervals() -> None:
    x, y = sample(120)
    data = wide_data((5 + x).clip(1, 10), pd.DataFrame({"店": ["甲"] * 120}))
    answers = read_answers(data, list("abc"), names={"a": "速度"})
    described = describe_answers(answers, count_concerned(data, list("abc"))).set_index("code")
    assert described.loc["a", ["name", "base", "missing"]].tolist() == ["速度", 120, 0]
    pairs = correlate_answers(answers).set_index(["first", "second"])
    assert pairs.loc[("a", "b"), "r"] == pytest.approx(np.corrcoef(answers.table["a"], answers.table["b"])[0, 1])
    fit = regress_answers(answers, y).set_index("term")
    assert list(fit.index) == ["intercept", "a", "b", "c", "R²"]
    assert fit.loc["a", "lower"] < fit.loc["a", "estimate"] < fit.loc["a", "upper"]
    with pytest.raises(ConfigError, match="overal"):
        read_answers(data, ["overal"])


def test_missing_are_those_whom_a_question_concerned_and_not_who_were_never_asked() -> None:
    guests = [Person("甲", {"a": 5, "b": 4}), Person("乙", {"a": "blank", "b": 2})]
    guests.append(Person("丙", {"a": "refused", "b": 1}))
    away = [Person("丁", {"a": "not_shown", "b": "blank"}), Person("戊", {"stars": 3}), Person("己", {}, text="还行")]
    earlier = Person("庚", {"a": "blank"}, at="2026-09-05T02:00:00Z")
    unweighted = Person("辛", {"a": "blank", "b": 5}, weight=0)
    data, codes = make_data([*guests, *away, earlier, unweighted]), ["a", "b", "stars"]
    october = Period.parse("2026-10")
    answers = read_answers(data, codes, period=october)
    described = describe_answers(answers, count_concerned(data, codes, period=october)).set_index("code")
    assert described["base"].to_dict() == {"a": 1, "b": 3, "stars": 1}
    assert described["missing"].to_dict() == {"a": 1, "b": 1, "stars": 0}


@settings(max_examples=20)
@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), min_size=1, max_size=8))
def test_every_point_has_one_quadrant_and_the_order_does_not_matter(points: list[tuple[float, float]]) -> None:
    names = [str(n) for n in range(len(points))]
    forward = ipa([p[0] for p in points], [p[1] for p in points], names=names, lines="median")
    back = ipa([p[0] for p in points[::-1]], [p[1] for p in points[::-1]], names=names[::-1], lines="median")
    assert forward.quadrants == back.quadrants


@pytest.mark.shared
def test_mobile_internet_speed_and_coverage_share_the_first_band() -> None:
    model = make_model([rated(code, code) for code in ("coverage", "speed", "stability")])
    answers, y = read_touchpoints(mobile_internet(), model, overall_item="overall_satisfaction")
    found = find_key_drivers(answers.table, y, config=DriversConfig(bootstrap=200))
    table = build_drivers(found, answers).set_index("code")
    assert found.base == 7020
    assert table["share"].round(3).to_dict() == {"speed": 0.347, "coverage": 0.334, "stability": 0.319}
    assert table["band"].to_dict() == {"speed": 1, "coverage": 1, "stability": 2}
    assert "分不开" in table.loc["speed", "note"]


@pytest.mark.shared
def test_electric_vehicle_drivers_of_purchase_are_refused_for_the_fit() -> None:
    model = make_model([rated(f"a{n}", f"a{n}") for n in range(1, 9)])
    answers, y = read_touchpoints(electric_vehicle(), model, overall_item="purchase")
    found = find_key_drivers(answers.table, y, config=FAST)
    assert "R² = 0.06" in found.refusal

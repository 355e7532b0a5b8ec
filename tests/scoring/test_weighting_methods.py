"""Weights by every method, from hand-made answers: what they give, what they refuse, and that they stay frozen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scoring_builders import key, rated
from scoring_surveys import wide_data

from feedback_engine.config.model import Config
from feedback_engine.config.scoring import WEIGHT_METHODS
from feedback_engine.domain import OVERALL, Measure, Period
from feedback_engine.errors import ConfigError, StatisticsError
from feedback_engine.scoring.data import ScoringData
from feedback_engine.scoring.explain import explain
from feedback_engine.scoring.frozen import FrozenWeights, apply_weights, freeze_weights, read_frozen
from feedback_engine.scoring.imputation import impute
from feedback_engine.scoring.index import compute_index
from feedback_engine.scoring.model import build_model
from feedback_engine.scoring.weighting import METHODS
from feedback_engine.scoring.weightings import chain_link, compare_weightings, find_base_period
from feedback_engine.scoring.weights import build_weights
from feedback_engine.stats.importance import johnson, lmg
from feedback_engine.stats.weights import critic_weights, entropy_weights

TOUCHPOINTS = [rated("service", "attitude", "speed"), rated("price", "fair"), rated("room", "quiet")]
ITEMS = ["attitude", "speed", "fair", "quiet"]


def answers(count: int = 300, seed: int = 1) -> pd.DataFrame:
    """Respondents whose overall satisfaction follows speed and attitude, a little the price, not the quiet."""
    generator = np.random.default_rng(seed)
    halo = generator.normal(size=count)
    table = {item: halo + generator.normal(size=count) for item in ITEMS}
    table["overall"] = 2 * table["speed"] + table["attitude"] + 0.5 * table["fair"] + generator.normal(size=count)
    frame = pd.DataFrame(table)
    return (5.5 + 1.2 * frame / frame.std()).round().clip(1, 10)


def data_of(frame: pd.DataFrame, branches: int = 6) -> ScoringData:
    branch = [f"店{number % branches}" for number in range(len(frame))]
    return wide_data(frame, pd.DataFrame({"门店": branch}))


def config(method: str = "declared", touchpoints: list[dict] = TOUCHPOINTS, **weighting: Any) -> Config:
    weighting = {"overall_item": "overall", "objects": "门店", **weighting}
    return Config.model_validate({"touchpoints": touchpoints, "scoring": {"weights": method, "weighting": weighting}})


def freeze(method: str, frame: pd.DataFrame | None = None, **more: Any) -> FrozenWeights:
    chosen = config(method, **more)
    return freeze_weights(data_of(answers() if frame is None else frame), build_model(chosen, {}), chosen.scoring)


def weights_of(method: str, **more: Any) -> dict[tuple[str, str], float]:
    return freeze(method, **more).weights


JUDGEMENTS = {
    "overall": {"members": ["service", "price", "room"], "matrices": [[[1, 3, 5], ["1/3", 1, 2], [0.2, "1/2", 1]]]},
    "service": {"members": ["speed", "attitude"], "matrices": [[[1, 3], [None, 1]]]},
}


def test_lmg_weights_are_the_shares_of_relative_importance_at_each_level() -> None:
    frame = answers()
    found = weights_of("lmg", frame=frame)
    inside = lmg(frame[["attitude", "speed"]], frame["overall"]).share
    assert [found["service", "attitude"], found["service", "speed"]] == pytest.approx(inside)
    service = frame[["attitude", "speed"]] @ inside
    top = lmg(np.column_stack([service, frame["fair"], frame["quiet"]]), frame["overall"]).share
    assert [found[code, OVERALL] for code in ("service", "price", "room")] == pytest.approx(top)


def with_gaps(frame: pd.DataFrame, share: float, column: str = "speed") -> pd.DataFrame:
    """The same answers, where the content skip one question more often than the others."""
    chance = np.random.default_rng(4).random(len(frame)) * 0.5 * (1 + frame["overall"].rank(pct=True))
    return frame.mask(pd.DataFrame({name: (chance < share) & (name == column) for name in frame}))


def test_few_gaps_are_left_out_and_many_are_imputed_with_the_outcome() -> None:
    frame = answers(600)
    whole, few, many = (freeze("lmg", frame=each) for each in (frame, with_gaps(frame, 0.02), with_gaps(frame, 0.3)))
    inside = {level.code: level for level in many.levels}["service"]
    assert "漏答：多重插补 20 次" in "".join(inside.notes)
    assert inside.base == int(with_gaps(frame, 0.3)[["attitude", "speed", "overall"]].notna().all(axis=1).sum())
    assert "答案不全，未计入" in "".join({level.code: level for level in few.levels}["service"].notes)
    assert many.weights["service", "speed"] == pytest.approx(whole.weights["service", "speed"], abs=0.05)
    assert many.weights == freeze("lmg", frame=with_gaps(frame, 0.3)).weights


def test_the_weights_are_the_mean_importance_over_the_imputations() -> None:
    frame = with_gaps(answers(600), 0.3)
    found = freeze("johnson", frame=frame).weights
    # Records come in the order of their ids.
    ordered = frame.iloc[sorted(range(600), key=lambda number: key(f"r{number}"))]
    columns = 100 * (ordered[["attitude", "speed", "overall"]].to_numpy() - 1) / 9
    filled = [johnson(each[:, :2], each[:, 2]).importance for each in impute(columns, count=20, seed=0)]
    mean = np.mean(filled, axis=0)
    assert [found["service", "attitude"], found["service", "speed"]] == pytest.approx(mean / mean.sum())


def test_nothing_is_imputed_for_those_whom_a_question_did_not_concern() -> None:
    frame = with_gaps(answers(600), 0.3)
    data = data_of(frame)
    ratings = data.ratings.assign(state=data.ratings["state"].replace("blank", "not_shown"))
    chosen = config("lmg")
    found = freeze_weights(data.replace_ratings(ratings), build_model(chosen, {}), chosen.scoring)
    inside = {level.code: level for level in found.levels}["service"]
    assert "未接触某一项，未计入" in "".join(inside.notes)
    assert "插补" not in "".join(inside.notes)
    complete = frame.dropna()
    shares = lmg(complete[["attitude", "speed"]], complete["overall"]).share
    assert found.weights["service", "speed"] == pytest.approx(shares[1])


@pytest.mark.parametrize(("method", "formula"), [("entropy", entropy_weights), ("critic", critic_weights)])
def test_dispersion_weights_come_from_the_means_of_the_objects(method: str, formula: Any) -> None:
    frame = answers()
    means = frame.groupby([number % 6 for number in range(len(frame))]).mean()
    found = weights_of(method, frame=frame)
    inside = formula((means[["attitude", "speed"]] - 1) / 9)
    assert [found["service", "attitude"], found["service", "speed"]] == pytest.approx(inside)


@pytest.mark.parametrize(
    "method", ["declared", "equal", "lmg", "johnson", "pls", "entropy", "critic", "variation", "pca"]
)
def test_the_weights_of_every_level_sum_to_one(method: str) -> None:
    for level in freeze(method).levels:
        assert sum(level.weights.values()) == pytest.approx(1)
        assert min(level.weights.values()) >= 0


def test_ahp_weights_come_from_the_judgements_and_a_gap_is_filled() -> None:
    found = freeze("ahp", ahp={"judgements": JUDGEMENTS})
    assert found.weights["service", "speed"] == pytest.approx(0.75)
    assert found.weights["service", OVERALL] == pytest.approx(0.648, abs=5e-4)
    assert found.levels[0].figures["consistency_ratio"] == pytest.approx(0.003, abs=1e-3)
    assert {level.base for level in found.levels if len(level.weights) > 1} == {1}


def test_an_inconsistent_judgement_is_named() -> None:
    wrong = {
        **JUDGEMENTS,
        "overall": {**JUDGEMENTS["overall"], "matrices": [[[1, 3, 5], [1 / 3, 1, 1 / 9], [0.2, 9, 1]]]},
    }
    told = r"judgements\.overall 不一致：CR = .*分不出错在哪一个，例如 service 比 price = 3，按其余判断约为 7\.399"
    with pytest.raises(StatisticsError, match=told):
        freeze("ahp", ahp={"judgements": wrong})


def test_each_expert_must_be_consistent_and_the_group_is_their_geometric_mean() -> None:
    two = {"members": ["speed", "attitude"], "matrices": [[[1, 4], ["1/4", 1]], [[1, 1], [1, 1]]]}
    found = weights_of("ahp", ahp={"judgements": {**JUDGEMENTS, "service": two}})
    assert found["service", "speed"] == pytest.approx(2 / 3)


def test_a_level_without_judgements_says_what_to_compare() -> None:
    with pytest.raises(ConfigError, match=r"judgements\.service.*attitude、speed"):
        freeze("ahp", ahp={"judgements": {"overall": JUDGEMENTS["overall"]}})


def test_judgements_of_other_members_are_refused() -> None:
    wrong = {**JUDGEMENTS, "service": {"members": ["speed", "smile"], "matrices": [[[1, 3], [None, 1]]]}}
    with pytest.raises(ConfigError, match="缺少 attitude，多出 smile"):
        freeze("ahp", ahp={"judgements": wrong})


@pytest.mark.parametrize(
    ("judged", "message"),
    [
        ({"members": ["a", "b"], "matrices": [[[1, 2]]]}, "2×2"),
        ({"members": ["a", "b"], "matrices": [[[1, "三"], [1, 1]]]}, "三"),
        ({"members": ["a", "b"], "matrices": [[[1, 2], [0.5, 1]]], "experts": [1, 2]}, "一人一个"),
    ],
)
def test_a_misshapen_matrix_is_a_mistake_in_the_configuration(judged: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        config("ahp", ahp={"judgements": {"overall": judged}})


def test_delphi_takes_the_last_round_and_says_what_is_disputed() -> None:
    rounds = {
        "overall": {
            "members": ["service", "price", "room"],
            "rounds": [[[9, 1, 5], [1, 9, 5]], [[9, 6, 5], [9, 6, 5]]],
        },
        "service": {"members": ["attitude", "speed"], "rounds": [[[9, 1], [1, 9]]]},
    }
    found = freeze("delphi", delphi=rounds)
    assert [found.weights[code, OVERALL] for code in ("service", "price", "room")] == pytest.approx([0.45, 0.3, 0.25])
    assert any("仍有分歧：attitude" in note for note in found.notes)


def test_linear_combination_lies_between_its_parts() -> None:
    both = [weights_of(name)["price", OVERALL] for name in ("lmg", "entropy")]
    combined = weights_of("combine", combine={"methods": ["lmg", "entropy"], "by": "linear", "alpha": 0.25})
    # The touchpoint's own scores depend on the weights inside it, so only a one-item touchpoint compares exactly.
    assert min(both) - 0.02 <= combined["price", OVERALL] <= max(both) + 0.02


def test_game_theory_combination_tells_the_share_of_each_method() -> None:
    found = freeze("combine", combine={"methods": ["lmg", "entropy", "critic"], "by": "game"})
    shares = [value for name, value in found.levels[0].figures.items() if name.startswith("share:")]
    assert len(shares) == 3
    assert sum(shares) == pytest.approx(1)


def test_combining_with_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="combine"):
        config("combine", combine={"methods": ["lmg", "combine"]})


def test_entropy_on_respondents_is_refused() -> None:
    with pytest.raises(ConfigError, match="对象×指标"):
        freeze("entropy", objects=None)


def test_few_objects_are_warned_of_and_thin_ones_left_out() -> None:
    frame = answers(90)
    found = freeze_weights(data_of(frame, 4), build_model(config(), {}), config("entropy").scoring, method="entropy")
    assert any("只有 4 个对象" in note for note in found.notes)
    thin = freeze("entropy", frame=answers(64), min_object_base=11)
    assert any("样本不足 11 的对象未计入：店4、店5" in note for note in thin.notes)
    with pytest.raises(StatisticsError, match="只有 0 个对象"):
        freeze("entropy", frame=answers(30))


def test_without_an_overall_item_derived_weights_are_refused() -> None:
    with pytest.raises(ConfigError, match="overall_item"):
        freeze("lmg", overall_item=None)


def test_too_few_answers_are_refused_with_the_figures() -> None:
    with pytest.raises(StatisticsError, match="至少需要 100 份完整答卷（2 个指标），现有 99 份"):
        freeze("lmg", frame=answers(99))


def test_answers_that_explain_little_are_refused_with_the_figure() -> None:
    frame = answers(400)
    frame["overall"] = np.random.default_rng(5).integers(1, 11, 400)
    with pytest.raises(StatisticsError, match="R²"):
        freeze("lmg", frame=frame)
    with pytest.raises(StatisticsError, match="R²"):
        freeze("pls", frame=frame)


@pytest.mark.parametrize("method", ["betas", "pratt"])
def test_suppression_is_no_weight(method: str) -> None:
    generator = np.random.default_rng(3)
    frame = answers(400)
    frame["quiet"] = (frame["speed"] + generator.normal(size=400)).clip(1, 10)
    frame["overall"] = 2 * frame["speed"] + frame["attitude"] - frame["quiet"] + generator.normal(size=400)
    frame["overall"] = (frame["overall"] - 4).clip(1, 10)
    assert np.corrcoef(frame["quiet"], frame["overall"])[0, 1] > 0
    with pytest.raises(StatisticsError, match=r"room（room）得到负值"):
        freeze(method, frame=frame)


@pytest.mark.parametrize("method", ["betas", "pls"])
def test_a_reversed_item_is_refused_and_named(method: str) -> None:
    frame = answers(400)
    frame["quiet"] = 11 - frame["overall"]
    frame.loc[::3, "quiet"] = 5
    with pytest.raises(StatisticsError, match=r"room.*反向题"):
        freeze(method, frame=frame)


def test_an_item_without_variation_is_named() -> None:
    frame = answers().assign(fair=4)
    with pytest.raises(StatisticsError, match=r"fair|price"):
        freeze("lmg", frame=frame)


def test_a_touchpoint_without_answers_in_the_base_period_is_named() -> None:
    with pytest.raises(StatisticsError, match=r"price.*没有一个得分"):
        freeze("lmg", frame=answers().assign(fair=np.nan))


def test_the_overall_item_must_not_be_an_indicator() -> None:
    with pytest.raises(ValueError, match="overall_item 'fair'"):
        config("lmg", overall_item="fair")


def test_frozen_weights_survive_the_store_and_are_applied() -> None:
    frozen = freeze("lmg")
    again = read_frozen(frozen.to_table())
    assert again == frozen
    assert read_frozen(frozen.to_table().iloc[:0]) is None
    model = apply_weights(build_model(config("lmg"), {}), frozen)
    weights = build_weights(model).set_index(["touchpoint", "indicator"])
    assert weights["weight"].to_dict() == pytest.approx(frozen.weights)
    assert set(weights["method"]) == {"lmg"}
    assert weights.loc[("service", "speed"), "equal_weight"] == 0.5


def test_weights_frozen_for_another_indicator_system_are_refused() -> None:
    other = build_model(config("lmg", [*TOUCHPOINTS, rated("parking", "space")]), {})
    with pytest.raises(ConfigError, match="新增 parking/overall、parking/space"):
        apply_weights(other, freeze("lmg"))


def test_texts_keep_their_declared_share_and_ratings_share_the_rest() -> None:
    words = {"code": "words", "from": "text", "weight": 0.2}
    found = weights_of("lmg", touchpoints=[rated("service", "attitude", "speed", others=[words]), *TOUCHPOINTS[1:]])
    assert found["service", "words"] == pytest.approx(0.2)
    assert found["service", "attitude"] + found["service", "speed"] == pytest.approx(0.8)


def test_the_methods_stand_side_by_side_and_a_refusal_says_why() -> None:
    chosen = config(objects=None)
    table = compare_weightings(
        data_of(answers()), build_model(chosen, {}), chosen.scoring, methods=["equal", "lmg", "entropy"]
    )
    overall = table[table["touchpoint"] == OVERALL].set_index("method")
    assert overall["score"].notna().to_dict() == {"equal": True, "lmg": True, "entropy": False}
    assert "对象×指标" in overall.loc["entropy", "note"]
    assert overall.loc["lmg", "base"] == 300


def test_the_equal_weight_index_stands_beside_the_index() -> None:
    data, chosen = data_of(answers()), config("lmg")
    model = build_model(chosen, {})
    equal = build_model(config("equal"), {})
    index = compute_index(data, apply_weights(model, freeze("lmg")), periods=[None]).set_index("measure")
    alike = compute_index(data, equal, periods=[None]).set_index("measure")
    top = index[index["touchpoint"] == OVERALL]
    plain = alike[alike["touchpoint"] == OVERALL]
    columns = ["score", "lower", "upper", "base"]
    assert top.loc[Measure.EQUAL_SCORE, columns].tolist() == pytest.approx(plain.loc[Measure.SCORE, columns].tolist())
    assert top.loc[Measure.SCORE, "score"] != pytest.approx(top.loc[Measure.EQUAL_SCORE, "score"], abs=1e-6)


def test_reweighting_is_chained_at_the_overlap() -> None:
    frame = pd.concat([answers(60, 1), answers(60, 2), answers(60, 3)])
    moments = [f"2026-{month:02}-15T02:00:00Z" for month in (8, 9, 10) for _ in range(60)]
    data = wide_data(frame, pd.DataFrame({"门店": ["甲"] * 180}), at=moments)
    old, new = (build_model(config(name), {}) for name in ("declared", "declared"))
    new = apply_weights(new, freeze("lmg"))
    months = [Period.parse(f"2026-{month:02}") for month in (8, 9, 10)]
    table = chain_link(data, old, new, periods=months, overlap=months[1]).set_index("period")
    assert table.loc["2026-09", "linked"] == table.loc["2026-09", "old"]
    assert table.loc["2026-08", "linked"] == table.loc["2026-08", "old"]
    growth = table.loc["2026-10", "new"] / table.loc["2026-09", "new"]
    assert table.loc["2026-10", "linked"] / table.loc["2026-09", "linked"] == pytest.approx(growth)
    assert table["is_overlap"].tolist() == [False, True, False]
    with pytest.raises(ConfigError, match="2026-07"):
        chain_link(data, old, new, periods=months, overlap=Period.parse("2026-07"))


def test_the_base_period_is_the_named_one_else_the_first() -> None:
    first = Period.parse("2026-01")
    assert find_base_period(config().scoring, first) == first
    assert find_base_period(config(base_period="all").scoring, first) is None
    assert find_base_period(config(base_period="2025-Q4").scoring, first) == Period.parse("2025-Q4")
    with pytest.raises(ValueError, match="去年"):
        config(base_period="去年")


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.sampled_from(["lmg", "johnson", "entropy", "critic", "pca"]))
def test_weights_do_not_depend_on_the_order_of_the_respondents(seed: int, method: str) -> None:
    frame = answers(120)
    branch = pd.DataFrame({"门店": [f"店{number % 6}" for number in range(120)]})
    order = np.random.default_rng(seed).permutation(120)
    chosen = config(method)
    model = build_model(chosen, {})
    one, other = (
        freeze_weights(wide_data(f.reset_index(drop=True), b.reset_index(drop=True)), model, chosen.scoring).weights
        for f, b in ((frame, branch), (frame.iloc[order], branch.iloc[order]))
    )
    assert one == pytest.approx(other)


def test_the_explanation_says_where_the_weights_come_from() -> None:
    frame = answers()
    chosen, frozen = config("lmg"), freeze("lmg", frame=frame)
    model, data = apply_weights(build_model(chosen, {}), frozen), data_of(frame)
    index = compute_index(data, model, periods=[None])
    told = [
        explain(index, build_weights(model), model, name, data, frozen=frozen)
        for name in ("overall", "service", "room")
    ]
    assert all(abs(sum(c.contribution for c in each.contributions) - each.score) < 1e-9 for each in told)
    assert told[0].origin.startswith("LMG 相对重要性，冻结于基期 全部数据；依据 300 份")
    assert f"R² = {frozen.levels[0].figures['r_squared']:.4g}" in told[0].origin
    inside = next(level for level in frozen.levels if level.code == "service")
    assert f"R² = {inside.figures['r_squared']:.4g}" in told[1].origin
    assert "由来：LMG" in told[0].to_text()
    assert "LMG 相对重要性；若各触点等权为 0.3333" in told[1].to_text()


def test_the_methods_are_listed_by_name() -> None:
    assert set(WEIGHT_METHODS) == {"declared", "equal", "combine", *METHODS}
    data, chosen = data_of(answers()), config()
    with pytest.raises(ConfigError, match="是否想写 'entropy'"):
        freeze_weights(data, build_model(chosen, {}), chosen.scoring, method="entropi")

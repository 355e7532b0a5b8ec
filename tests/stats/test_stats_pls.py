from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_engine.errors import StatisticsError
from feedback_engine.stats.pls import acsi_paths, ecsi_paths, fit_pls, latent_index

BLOCKS = {"质量": ["q1", "q2", "q3"], "满意": ["s1", "s2"], "忠诚": ["l1"]}
PATHS = [("质量", "满意"), ("满意", "忠诚"), ("质量", "忠诚")]


def answers(rows: int = 120, seed: int = 0) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    quality = generator.normal(size=rows)
    satisfaction = 0.7 * quality + 0.7 * generator.normal(size=rows)
    loyalty = 0.6 * satisfaction + 0.8 * generator.normal(size=rows)
    sources = {"q1": quality, "q2": quality, "q3": quality, "s1": satisfaction, "s2": satisfaction, "l1": loyalty}
    return pd.DataFrame({name: 5 + value + 0.6 * generator.normal(size=rows) for name, value in sources.items()})


@pytest.fixture
def mobi(oracle_table) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    table = oracle_table("pls_ecsi_mobi", "mobi.csv")
    stems = {"Image": "IMAG", "Expectation": "CUEX", "Quality": "PERQ", "Value": "PERV", "Satisfaction": "CUSA"}
    stems |= {"Complaints": "CUSCO", "Loyalty": "CUSL"}
    blocks = {latent: [c for c in table.columns if c.rstrip("0123456789") == stem] for latent, stem in stems.items()}
    return table, blocks


def arrows(figures: dict[str, float]) -> dict[tuple[str, str], float]:
    return {tuple(arrow.split("->")): value for arrow, value in figures.items()}


# Monecke & Leisch (2012) J. Stat. Software 48(3): semPLS on the mobile phone data (Tenenhaus et al. 2005).
@pytest.mark.shared
def test_the_european_index_prints_sempls(expected, mobi) -> None:
    published = expected("pls_ecsi_mobi")
    table, blocks = mobi
    result = fit_pls(table, blocks, ecsi_paths())
    assert (result.is_converged, result.iterations, result.base) == (True, 6, 250)
    for path, value in arrows(published["paths"]).items():
        digits = 5e-9 if len(str(value)) > 6 else 5e-4
        assert result.paths[path] == pytest.approx(value, abs=digits)
    for item, value in published["loadings"].items():
        # IMAG5 is printed to two digits.
        assert result.loadings[item] == pytest.approx(value, abs=5e-3 if item == "IMAG5" else 5.1e-4)
    for start, effects in published["total_effects"].items():
        for end, value in effects.items():
            assert result.total_effects[start, end] == pytest.approx(value, abs=5.1e-4)


@pytest.mark.shared
def test_the_european_index_agrees_with_its_recomputation(expected, mobi) -> None:
    computed = expected("pls_ecsi_mobi")["computed_here_not_published"]
    table, blocks = mobi
    result = fit_pls(table, blocks, ecsi_paths())
    assert result.weights == pytest.approx(computed["weights"], abs=1e-9)
    assert {k: result.r_squared[k] for k in computed["r2"]} == pytest.approx(computed["r2"], abs=1e-9)
    assert latent_index(result, 1, 10) == pytest.approx(computed["acsi_index_0_100"], abs=1e-6)
    by_path = fit_pls(table, blocks, ecsi_paths(), scheme="path")
    assert by_path.paths == pytest.approx(arrows(computed["path_scheme_paths"]), abs=1e-8)


@pytest.mark.shared
def test_bootstrap_errors_come_near_the_published_ones(expected, mobi) -> None:
    table, blocks = mobi
    result = fit_pls(table, blocks, ecsi_paths(), bootstrap=500, seed=1)
    for path, error in arrows(expected("pls_ecsi_mobi")["bootstrap_se_500"]).items():
        assert result.intervals.paths[path].standard_error == pytest.approx(error, rel=0.15)


# R plspm 0.4/0.5 on its satisfaction data, items centred but not scaled; its own tolerance limits the digits.
@pytest.mark.shared
def test_unscaled_items_print_plspm(expected, oracle_table) -> None:
    published = expected("pls_plspm_satisfaction")
    table = oracle_table("pls_plspm_satisfaction", "satisfaction.csv")
    outer = {item["name"]: item for item in published["outer_model"]}
    blocks = {
        latent: [name for name in outer if outer[name]["block"] == latent] for latent in published["inner_summary"]
    }
    effects = {(effect["from"], effect["to"]): effect for effect in published["effects"].values()}
    paths = [path for path, effect in effects.items() if effect["direct"] != 0]
    result = fit_pls(table, blocks, paths, scaled=False)
    for path, effect in effects.items():
        assert result.total_effects[path] == pytest.approx(effect["total"], abs=1e-6)
        assert result.indirect_effects[path] == pytest.approx(effect["indirect"], abs=1e-6)
    for name, item in outer.items():
        assert result.loadings[name] == pytest.approx(item["loading"], abs=1e-6)
        assert result.weights[name] == pytest.approx(item["weight"], abs=1e-6)
    for latent, summary in published["inner_summary"].items():
        assert result.r_squared[latent] == pytest.approx(summary["r_squared"], abs=1e-6)
        assert result.average_variance_extracted[latent] == pytest.approx(summary["ave"], abs=1e-6)
    assert result.goodness_of_fit == pytest.approx(published["gof"], abs=1e-6)
    head = pd.DataFrame(published["score_head"])
    assert result.scores[list(head)].head(len(head)).to_numpy() == pytest.approx(head.to_numpy(), abs=5e-6)


@pytest.mark.shared
def test_bootstrap_comes_near_that_of_plspm(expected, oracle_table) -> None:
    published = expected("pls_plspm_satisfaction")
    table = oracle_table("pls_plspm_satisfaction", "satisfaction.csv")
    blocks: dict[str, list[str]] = {}
    for item in published["outer_model"]:
        blocks.setdefault(item["block"], []).append(item["name"])
    paths = [tuple(arrow.split(" -> ")) for arrow in published["bootstrap_paths_R"]]
    result = fit_pls(table, blocks, paths, scaled=False, bootstrap=500, seed=2)
    for arrow, figures in published["bootstrap_paths_R"].items():
        interval = result.intervals.paths[tuple(arrow.split(" -> "))]
        assert interval.standard_error == pytest.approx(figures["std.error"], abs=0.02)
        assert interval.lower == pytest.approx(figures["perc.025"], abs=0.06)
        assert interval.upper == pytest.approx(figures["perc.975"], abs=0.06)


# R plspm's vignette, Russett (1964): one loading + and one - of INDEV tie, its first item decides.
@pytest.mark.shared
def test_a_tie_of_signs_goes_to_the_first_item(expected, oracle_table) -> None:
    published = expected("pls_plspm_russett")
    table = oracle_table("pls_plspm_russett", "russett.csv")
    blocks = {"AGRIN": list(table.columns[:3]), "INDEV": list(table.columns[3:5]), "POLINS": list(table.columns[5:])}
    paths = [("AGRIN", "POLINS"), ("INDEV", "POLINS")]
    # R's looser criterion ended after six iterations; stopped there, every printed digit agrees.
    stopped = fit_pls(table, blocks, paths, max_iterations=6)
    assert stopped.paths == pytest.approx(arrows(published["paths"]), abs=5.1e-8)
    assert stopped.loadings == pytest.approx(published["loadings"], abs=5.1e-5)
    for latent, t in published["t_values"].items():
        assert stopped.path_tests[latent, "POLINS"].t == pytest.approx(t, abs=5.1e-7)
        assert stopped.path_tests[latent, "POLINS"].standard_error == pytest.approx(published["se"], abs=5.1e-9)
    assert fit_pls(table, blocks, paths).paths == pytest.approx(stopped.paths, abs=2e-6)


def test_a_single_arrow_between_single_items_is_their_correlation() -> None:
    table = answers()
    result = fit_pls(table, {"a": ["q1"], "b": ["l1"]}, [("a", "b")])
    r = np.corrcoef(table["q1"], table["l1"])[0, 1]
    assert result.paths["a", "b"] == pytest.approx(r)
    assert result.r_squared == pytest.approx({"a": 0, "b": r * r})
    assert result.loadings == pytest.approx({"q1": 1, "l1": 1})


def test_scores_are_standardised_and_reproduce_paths_and_loadings() -> None:
    table = answers()
    result = fit_pls(table, BLOCKS, PATHS)
    assert list(result.scores.columns) == list(BLOCKS)
    assert result.scores.to_numpy().mean(axis=0) == pytest.approx(0, abs=1e-9)
    assert result.scores.to_numpy().std(axis=0) == pytest.approx(1)
    assert np.corrcoef(table["q2"], result.scores["质量"])[0, 1] == pytest.approx(result.loadings["q2"])
    design = result.scores[["质量", "满意"]].to_numpy()
    betas = np.linalg.lstsq(design, result.scores["忠诚"].to_numpy(), rcond=None)[0]
    assert [result.paths["质量", "忠诚"], result.paths["满意", "忠诚"]] == pytest.approx(betas)


def test_total_effect_is_direct_plus_the_product_along_the_way() -> None:
    result = fit_pls(answers(), BLOCKS, PATHS)
    way = result.paths["质量", "满意"] * result.paths["满意", "忠诚"]
    assert result.indirect_effects["质量", "忠诚"] == pytest.approx(way)
    assert result.total_effects["质量", "忠诚"] == pytest.approx(way + result.paths["质量", "忠诚"])


@pytest.mark.parametrize("scheme", ["centroid", "factorial", "path"])
def test_every_scheme_converges_and_modes_may_be_mixed(scheme: str) -> None:
    result = fit_pls(answers(), BLOCKS, PATHS, scheme=scheme, modes={"质量": "B"})
    assert result.is_converged
    assert result.paths["质量", "满意"] > 0.4


def test_formative_weights_are_the_regression_on_the_items() -> None:
    table = answers()
    result = fit_pls(table, {"质量": ["q1", "q2", "q3"], "忠诚": ["l1"]}, [("质量", "忠诚")], modes={"质量": "B"})
    z = (table[["q1", "q2", "q3"]] - table[["q1", "q2", "q3"]].mean()) / table[["q1", "q2", "q3"]].std()
    betas = np.linalg.lstsq(z.to_numpy(), (table["l1"] - table["l1"].mean()).to_numpy(), rcond=None)[0]
    found = np.array(list(result.weights.values())[:3])
    assert found / found.sum() == pytest.approx(betas / betas.sum())


def test_rows_with_gaps_are_dropped_and_counted() -> None:
    table = answers()
    holed = table.copy()
    holed.loc[3, "q1"] = np.nan
    holed.loc[9, "l1"] = np.nan
    result = fit_pls(holed, BLOCKS, PATHS)
    assert (result.base, result.dropped) == (118, 2)
    assert 3 not in result.scores.index
    assert result.paths == pytest.approx(fit_pls(table.drop(index=[3, 9]), BLOCKS, PATHS).paths)


def test_respondent_weights_act_like_repeated_rows() -> None:
    table = answers()
    times = np.random.default_rng(2).integers(0, 3, len(table))
    repeated = fit_pls(table.loc[table.index.repeat(times)], BLOCKS, PATHS)
    assert fit_pls(table, BLOCKS, PATHS, weights=times).paths == pytest.approx(repeated.paths)


def test_bootstrap_is_seeded_keeps_signs_and_contains_the_estimate() -> None:
    table = answers()
    result = fit_pls(table, BLOCKS, PATHS, bootstrap=200, seed=7)
    again = fit_pls(table, BLOCKS, PATHS, bootstrap=200, seed=7)
    assert result.intervals == again.intervals
    assert result.intervals.resamples == 200
    path = result.intervals.paths["质量", "满意"]
    assert 0 < path.lower < path.estimate < path.upper
    assert "l1" not in result.intervals.loadings
    assert set(result.intervals.r_squared) == {"满意", "忠诚"}


def test_index_runs_from_the_bottom_to_the_top_of_the_scale() -> None:
    table = answers()
    result = fit_pls(table, BLOCKS, PATHS)
    means = table[["s1", "s2"]].mean()
    index = latent_index(result, 1, 10, ["满意"])["满意"]
    assert 100 * (means.min() - 1) / 9 <= index <= 100 * (means.max() - 1) / 9
    assert latent_index(result, 1, 10)["忠诚"] == pytest.approx(100 * (table["l1"].mean() - 1) / 9)
    by_item = latent_index(result, dict.fromkeys(table.columns, 1), dict.fromkeys(table.columns, 10))
    assert by_item["满意"] == pytest.approx(index)


def test_a_reversed_item_makes_the_index_refuse_by_name() -> None:
    table = answers()
    table["q2"] = 10 - table["q2"]
    result = fit_pls(table, BLOCKS, PATHS)
    assert latent_index(result, 1, 10, ["满意"])
    with pytest.raises(StatisticsError, match="质量 的题项 q2 外部权重为负"):
        latent_index(result, 1, 10)


def test_an_index_names_the_item_without_an_end_of_its_scale() -> None:
    result = fit_pls({"a": [1, 2, 4, 3, 5], "b": [2, 1, 3, 4, 5]}, {"A": "a", "B": "b"}, [("A", "B")])
    with pytest.raises(StatisticsError, match="low 里没有题项 b"):
        latent_index(result, {"a": 1}, 5)
    with pytest.raises(StatisticsError, match=r"high.*'five'"):
        latent_index(result, 1, "five")


def test_latents_without_any_correlation_have_a_path_of_zero() -> None:
    table = pd.DataFrame({"a1": [1.0, 1, -1, -1] * 3, "b1": [1.0, -1, 1, -1] * 3})
    result = fit_pls(table, {"a": ["a1"], "b": ["b1"]}, [("a", "b")])
    assert result.paths["a", "b"] == pytest.approx(0)
    assert result.weights == pytest.approx({"a1": 1, "b1": 1})


def test_a_bootstrap_of_few_rows_survives_resamples_without_full_rank() -> None:
    result = fit_pls(answers(9), BLOCKS, PATHS, scheme="path", modes="B", bootstrap=100)
    assert 50 <= result.intervals.resamples <= 100


def test_a_run_cut_short_says_so() -> None:
    result = fit_pls(answers(), BLOCKS, PATHS, max_iterations=1)
    assert (result.is_converged, result.iterations) == (False, 1)


def test_results_are_frozen() -> None:
    result = fit_pls(answers(), BLOCKS, PATHS)
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.base = 3


def test_presets_are_graphs_without_cycles() -> None:
    assert len(ecsi_paths()) == 12
    assert len(acsi_paths()) == 9


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"blocks": {**BLOCKS, "忠诚": ["l9"]}}, "没有题项 l9"),
        ({"blocks": {**BLOCKS, "忠诚": ["s1"]}}, "s1 同时属于 满意 和 忠诚"),
        ({"blocks": {**BLOCKS, "忠诚": []}}, "忠诚 没有任何题项"),
        ({"blocks": {}}, "blocks 为空"),
        ({"blocks": {**BLOCKS, "价值": ["q9"]}}, "价值 没有任何路径"),
        ({"paths": [*PATHS, ("忠诚", "质量")]}, "路径成环"),
        ({"paths": [*PATHS, ("质量", "质量")]}, "路径成环"),
        ({"paths": [*PATHS, ("质量", "形象")]}, "形象 不在 blocks"),
        ({"paths": [*PATHS, PATHS[0]]}, "重复"),
        ({"scheme": "structural"}, "centroid、factorial、path"),
        ({"modes": {"质量": "C"}}, "可选:A"),
        ({"modes": {"形象": "A"}}, "形象 不在 blocks"),
        ({"sign": "random"}, "majority、first、none"),
        ({"frame": answers().assign(q2=5.0)}, "q2 没有变化"),
        ({"frame": answers().assign(q2="好")}, "q2 的第 1 个值为 '好':不是数值"),
        ({"frame": answers().assign(q2=np.inf)}, "q2 的第 1 个值为 inf"),
        ({"frame": answers(3)}, "至少需要 4 行"),
        ({"frame": answers().assign(q2=np.nan)}, "完整作答只有 0 行"),
        (
            {
                "frame": answers(4),
                "modes": "B",
                "blocks": {**BLOCKS, "质量": ["q1", "q2", "q3", "l1"], "忠诚": ["s2"], "满意": ["s1"]},
            },
            "形成型",
        ),
        ({"frame": answers().assign(q3=answers()["q1"] * 2), "modes": {"质量": "B"}}, "q1、q3 完全共线"),
        (
            {"frame": answers().assign(s1=answers()["q1"], s2=answers()["q1"]), "blocks": {**BLOCKS, "质量": ["q1"]}},
            "完全共线",
        ),
    ],
)
def test_impossible_models_are_refused_in_words(change: dict, reason: str) -> None:
    arguments = {"frame": answers(), "blocks": BLOCKS, "paths": PATHS} | change
    with pytest.raises(StatisticsError, match=reason):
        fit_pls(**arguments)


@given(st.integers(0, 10_000), st.permutations(["q1", "q2", "q3"]), st.floats(0.1, 50), st.floats(-100, 100))
@settings(max_examples=20)
def test_order_and_units_of_items_do_not_matter(seed: int, order: list[str], factor: float, shift: float) -> None:
    table = answers(60, seed)
    plain = fit_pls(table, BLOCKS, PATHS)
    other = fit_pls(table * factor + shift, {**BLOCKS, "质量": order}, PATHS)
    assert other.paths == pytest.approx(plain.paths, abs=1e-6)
    assert other.loadings == pytest.approx(plain.loadings, abs=1e-6)

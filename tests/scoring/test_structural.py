"""Structural models from config blocks: presets, index, effects, reliability, and refusals that name the item."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scoring_surveys import wide_data

from feedback_engine.config.scoring import StructuralConfig
from feedback_engine.errors import ConfigError, StatisticsError
from feedback_engine.scoring.structural import build_structural, find_paths, fit_structural
from feedback_engine.stats.pls import latent_index

ORACLE = Path(__file__).parents[2].parent / "shared" / "oracles" / "pls_ecsi_mobi"
BLOCKS = {"Quality": ("q1", "q2", "q3"), "Value": ("v1", "v2"), "Satisfaction": ("s1", "s2")}
PATHS = (("Quality", "Value"), ("Quality", "Satisfaction"), ("Value", "Satisfaction"))


def survey(count: int = 200, seed: int = 1) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    quality = generator.normal(size=count)
    value = 0.6 * quality + generator.normal(size=count)
    satisfaction = 0.5 * quality + 0.4 * value + 0.5 * generator.normal(size=count)
    latents = {"Quality": quality, "Value": value, "Satisfaction": satisfaction}
    return pd.DataFrame(
        {item: (6 + 1.5 * latents[name] + generator.normal(size=count)).round().clip(1, 10)
         for name, block in BLOCKS.items() for item in block}
    )  # fmt: skip


def table(frame: pd.DataFrame | None = None, **settings: Any) -> pd.DataFrame:
    chosen = StructuralConfig.model_validate({"blocks": BLOCKS, "paths": PATHS, **settings})
    given = survey() if frame is None else frame
    data = wide_data(given, pd.DataFrame({"店": ["甲"] * len(given)}))
    return build_structural(data, chosen).set_index(["kind", "first", "second"])


def test_the_model_gives_index_effects_reliability_and_fit() -> None:
    found = table()
    index = found.loc[("index", "Satisfaction", ""), "estimate"]
    means = (survey()[["s1", "s2"]].mean() - 1) / 0.09
    assert means.min() <= index <= means.max()
    total = found.loc[("total_effect", "Quality", "Satisfaction"), "estimate"]
    paths = {path: found.loc[("path", *path), "estimate"] for path in PATHS}
    assert total == pytest.approx(
        paths["Quality", "Satisfaction"] + paths["Quality", "Value"] * paths["Value", "Satisfaction"]
    )
    assert 0 < found.loc[("r_squared", "Satisfaction", ""), "estimate"] < 1
    assert {"alpha", "composite_reliability", "ave", "htmt", "loading", "weight"} <= set(
        found.index.get_level_values(0)
    )
    assert (found["base"] == 200).all()


def test_bootstrap_gives_every_path_an_interval() -> None:
    found = table(bootstrap=60).loc["path"]
    assert (found["lower"] <= found["estimate"]).all()
    assert (found["estimate"] <= found["upper"]).all()


def test_a_reversed_item_in_the_satisfaction_block_is_named() -> None:
    frame = survey()
    frame["s2"] = 11 - frame["s2"]
    with pytest.raises(StatisticsError, match="s2"):
        table(frame)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"q2": 5.0}, "q2"),
        ({"q2": np.nan}, "完整作答"),
    ],
)
def test_a_useless_item_is_refused(change: dict, message: str) -> None:
    with pytest.raises(StatisticsError, match=message):
        table(survey().assign(**change))


def test_a_cycle_and_an_unknown_latent_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"scoring\.structural：.*成环"):
        table(paths=(*PATHS, ("Satisfaction", "Quality")))
    with pytest.raises(ConfigError, match=r"scoring\.structural：.*Loyalty"):
        table(paths=(*PATHS, ("Satisfaction", "Loyalty")))
    with pytest.raises(ConfigError, match="satisfaction 'CSI'"):
        table(satisfaction="CSI")


def test_a_question_nobody_was_asked_is_named() -> None:
    with pytest.raises(ConfigError, match="s22"):
        table(blocks={**BLOCKS, "Satisfaction": ("s1", "s22")})


def test_presets_name_the_blocks_that_they_need() -> None:
    with pytest.raises(ConfigError, match="缺少 Image、Expectation"):
        find_paths(StructuralConfig.model_validate({"blocks": BLOCKS, "preset": "ecsi"}))
    names = ("Image", "Expectation", "Quality", "Value", "Satisfaction", "Complaints", "Loyalty")
    blocks = {name: (f"i{n}",) for n, name in enumerate(names)}
    counts = {preset: len(find_paths(StructuralConfig.model_validate({"blocks": blocks, "preset": preset})))
              for preset in ("acsi", "ecsi", "ccsi_style")}  # fmt: skip
    assert counts == {"acsi": 9, "ecsi": 12, "ccsi_style": 11}
    with pytest.raises(ValueError, match="其中一个"):
        StructuralConfig.model_validate({"blocks": BLOCKS})


@pytest.mark.shared
def test_the_european_model_of_mobile_phones_from_the_preset() -> None:
    if not ORACLE.exists():
        pytest.skip(f"{ORACLE} is not there")
    frame = pd.read_csv(next(ORACLE.glob("*.csv")))
    prefixes = {"Image": "IMAG", "Expectation": "CUEX", "Quality": "PERQ", "Value": "PERV", "Satisfaction": "CUSA",
                "Complaints": "CUSCO", "Loyalty": "CUSL"}  # fmt: skip
    items = [column for column in frame.columns if column.startswith(tuple(prefixes.values()))]
    blocks = {name: tuple(i for i in items if i.rstrip("0123456789") == prefix) for name, prefix in prefixes.items()}
    chosen = StructuralConfig.model_validate({"blocks": blocks, "preset": "ecsi", "scheme": "centroid"})
    fit = fit_structural(wide_data(frame[items], pd.DataFrame({"店": ["甲"] * len(frame)})), chosen)
    published = json.loads((ORACLE / "expected.json").read_text(encoding="utf-8"))
    assert set(fit.paths) == {tuple(arrow.split("->")) for arrow in published["paths"]}
    for arrow, value in published["paths"].items():
        assert fit.paths[tuple(arrow.split("->"))] == pytest.approx(value, abs=5e-4)
    index = latent_index(fit, 0, 100)
    assert index == pytest.approx(published["computed_here_not_published"]["acsi_index_0_100"], abs=1e-6)

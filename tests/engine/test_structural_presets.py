"""The satisfaction models that a configuration names: from a file of answers to index, arrows and effects."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

import feedback_engine as fe
from feedback_engine.stats.pls import fit_pls, latent_index
from feedback_engine.stats.reliability import cronbach_alpha

BLOCKS = {
    "Image": ["i1", "i2"], "Expectation": ["e1", "e2"], "Quality": ["q1", "q2", "q3"], "Value": ["v1", "v2"],
    "Satisfaction": ["s1", "s2", "s3"], "Complaints": ["c1"], "Loyalty": ["l1", "l2"],
}  # fmt: skip
#: Fornell et al. (1996) J. Marketing 60:7-18, figure 1.
ACSI = {
    ("Expectation", "Quality"), ("Expectation", "Value"), ("Quality", "Value"), ("Expectation", "Satisfaction"),
    ("Quality", "Satisfaction"), ("Value", "Satisfaction"), ("Satisfaction", "Complaints"),
    ("Satisfaction", "Loyalty"), ("Complaints", "Loyalty"),
}  # fmt: skip
#: Tenenhaus et al. (2005) Comput. Stat. Data Anal. 48:159-205: with Image, which leads to three of them.
ECSI = ACSI | {("Image", "Expectation"), ("Image", "Satisfaction"), ("Image", "Loyalty")}
#: Six latents and eleven arrows, without complaints; which eleven is ours to say.
CCSI_STYLE = {arrow for arrow in ECSI if "Complaints" not in arrow and arrow != ("Expectation", "Satisfaction")} | {
    ("Image", "Quality"),
    ("Image", "Value"),
}
PRESETS = {"acsi": ACSI, "ecsi": ECSI, "ccsi_style": CCSI_STYLE}


def answers(rows: int = 240) -> pd.DataFrame:
    """Return answers 1-10 that hang together along the arrows; complaints go against satisfaction."""
    chance = np.random.default_rng(11)
    latent = {"Image": chance.normal(size=rows)}
    for name in list(BLOCKS)[1:]:
        causes = [latent[start] for start, end in sorted(ECSI) if end == name and start in latent]
        latent[name] = 0.8 * np.mean(causes, axis=0) + 0.6 * chance.normal(size=rows)
    return pd.DataFrame(
        {
            item: np.clip(np.round(6.5 + 1.6 * latent[name] + chance.normal(size=rows)), 1, 10).astype(int)
            for name, items in BLOCKS.items()
            for item in items
        }
    )


def blocks_of(preset: str) -> dict[str, list[str]]:
    latents = {latent for arrow in PRESETS[preset] for latent in arrow}
    return {latent: items for latent, items in BLOCKS.items() if latent in latents}


def structural(folder: Path, table: pd.DataFrame, preset: str, **settings: object) -> pd.DataFrame:
    """Import the answers by a written configuration and return STRUCTURAL of the score."""
    table.assign(编号=[f"r{n}" for n in range(len(table))], 时间="2026-10-05").to_csv(
        folder / "answers.csv", index=False
    )
    scale = {"min": 1, "max": 10}
    ratings = [{"column": item, "indicator": item, "scale": scale} for item in table.columns]
    mapping = {"columns": {"id": "编号", "received_at": "时间"}, "ratings": ratings}
    source = {"name": "answers", "kind": "questionnaire", "path": "answers.csv", "mapping": mapping}
    touchpoints = [{"code": "whole", "name": "总体", "indicators": [{"code": item} for item in BLOCKS["Satisfaction"]]}]
    model = {"preset": preset, "blocks": blocks_of(preset), **settings}
    config = {
        "store": {"url": "sqlite:///own.db"}, "sources": [source], "touchpoints": touchpoints,
        "scoring": {"structural": model},
    }  # fmt: skip
    (folder / "config.yaml").write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    engine = fe.FeedbackEngine.from_config(folder / "config.yaml")
    assert engine.import_sources().stored == len(table)
    return engine.score().structural.set_index(["kind", "first", "second"])["estimate"]


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_has_the_arrows_of_its_publication_and_their_figures(tmp_path: Path, preset: str) -> None:
    table = answers()
    found = structural(tmp_path, table, preset)
    assert set(found["path"].index) == PRESETS[preset]
    assert len(PRESETS[preset]) == {"acsi": 9, "ecsi": 12, "ccsi_style": 11}[preset]
    fit = fit_pls(table, blocks_of(preset), sorted(PRESETS[preset]), scheme="path")
    assert found["path"].to_dict() == pytest.approx(fit.paths)
    assert found["total_effect"].to_dict() == pytest.approx(fit.total_effects)
    index = {latent: value for (latent, _), value in found["index"].items()}
    assert index == pytest.approx(latent_index(fit, 1, 10))
    assert 0 < index["Satisfaction"] < 100
    assert found["r_squared"]["Satisfaction", ""] == pytest.approx(fit.r_squared["Satisfaction"])
    assert found["alpha"]["Quality", ""] == pytest.approx(cronbach_alpha(table[BLOCKS["Quality"]]).value)
    assert found["ave"]["Quality", ""] == pytest.approx(fit.average_variance_extracted["Quality"])
    assert found["goodness_of_fit"].iloc[0] == pytest.approx(fit.goodness_of_fit)


def test_who_left_a_gap_is_left_out_and_modes_and_schemes_are_used(tmp_path: Path) -> None:
    table = answers()
    holed = table.astype("Int64")
    holed.loc[4, "q2"] = pd.NA
    found = structural(tmp_path, holed, "acsi", scheme="factorial", modes={"Quality": "B"})
    fit = fit_pls(table.drop(index=4), blocks_of("acsi"), sorted(ACSI), scheme="factorial", modes={"Quality": "B"})
    assert found["path"].to_dict() == pytest.approx(fit.paths, abs=1e-6)


TWO = {"甲": ["q1"], "乙": ["s1"]}
WRONG = {
    "缺少 Expectation、Value、Complaints": {"preset": "acsi", "blocks": {"Quality": ["q1"], "Satisfaction": ["s1"]}},
    "丙 不在 blocks": {"paths": [["甲", "丙"]], "blocks": TWO},
    "路径成环": {"paths": [["甲", "乙"], ["乙", "甲"]], "blocks": TWO},
    "q1 同时属于": {"paths": [["甲", "乙"]], "blocks": {"甲": ["q1"], "乙": ["q1"]}},
    "'Satisfaction' 不在 blocks 里": {"paths": [["甲", "乙"]], "blocks": TWO},
}


@pytest.mark.parametrize(("said", "model"), WRONG.items())
def test_check_says_what_a_model_lacks_before_there_are_answers(tmp_path: Path, said: str, model: object) -> None:
    config = {"store": {"url": "sqlite:///own.db"}, "scoring": {"structural": model}}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    (problem,) = fe.FeedbackEngine.from_config(tmp_path / "config.yaml").check()
    assert problem.startswith("scoring.structural")
    assert said in problem

"""Weights on published and real answers, through the index model: the figures of the comparison of methods."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from scoring_builders import rated
from scoring_surveys import electric_vehicle, mobile_internet, wide_data

from feedback_engine.config.model import Config
from feedback_engine.domain import OVERALL
from feedback_engine.scoring.data import ScoringData
from feedback_engine.scoring.frozen import freeze_weights
from feedback_engine.scoring.model import build_model
from feedback_engine.scoring.weightings import compare_weightings

ORACLES = Path(__file__).parents[2].parent / "shared" / "oracles"
SIDE_BY_SIDE = ["declared", "equal", "lmg", "entropy", "pls"]


def compare(data: ScoringData, touchpoints: list[dict], methods: list[str], **weighting: Any) -> pd.DataFrame:
    config = Config.model_validate({"touchpoints": touchpoints, "scoring": {"weighting": weighting}})
    return compare_weightings(data, build_model(config, {}), config.scoring, methods=methods)


def scores(table: pd.DataFrame) -> dict[str, float]:
    overall = table[table["touchpoint"] == OVERALL]
    return overall.set_index("method")["score"].round(2).to_dict()


def weights(table: pd.DataFrame, method: str) -> list[float]:
    chosen = table[(table["method"] == method) & (table["touchpoint"] != OVERALL) & (table["indicator"] == OVERALL)]
    return chosen["weight"].round(4).tolist()


@pytest.mark.shared
def test_the_same_answers_give_the_four_indices_of_the_methods_note() -> None:
    folder = ORACLES / "kda_customersat_bayesm"
    if not folder.exists():
        pytest.skip(f"{folder} is not there")
    frame = pd.read_csv(folder / "customerSat.csv")[[f"q{number}" for number in range(1, 11)]].dropna()
    frame = frame.reset_index(drop=True)
    # The note computed entropy and CRITIC on respondents: here each is an object of his own, to the same figures.
    data = wide_data(frame, pd.DataFrame({"人": [f"{number:05}" for number in range(len(frame))]}))
    items = rated("attributes", *(f"q{number}" for number in range(2, 11)))
    table = compare(data, [items], ["equal", "critic", "lmg"], overall_item="q1", objects="人", min_object_base=1)
    assert {name: round(score, 1) for name, score in scores(table).items()} == {
        "equal": 63.3,
        "critic": 62.8,
        "lmg": 58.8,
    }


@pytest.mark.shared
def test_saatys_drinks_come_out_of_judgements_in_the_configuration() -> None:
    folder = ORACLES / "ahp_saaty_drinks"
    if not folder.exists():
        pytest.skip(f"{folder} is not there")
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    names = list(expected["weights"])
    source = next(folder.glob("*.csv"))
    matrix = pd.read_csv(source, index_col=0)
    drinks = [str(name).lower() for name in matrix.index]
    judged = {"members": drinks, "matrices": [matrix.astype(str).to_numpy().tolist()]}
    config = Config.model_validate(
        {
            "touchpoints": [rated("drinks", *drinks)],
            "scoring": {
                "weights": "ahp",
                "weighting": {"ahp": {"ri": "saaty_later", "judgements": {"drinks": judged}}},
            },
        }
    )
    data = wide_data(pd.DataFrame({name: [1.0] for name in drinks}), pd.DataFrame({"门店": ["甲"]}))
    frozen = freeze_weights(data, build_model(config, {}), config.scoring)
    found = {name: round(frozen.weights["drinks", name], 3) for name in names}
    assert found == expected["weights"]
    level = next(level for level in frozen.levels if level.code == "drinks")
    assert round(level.figures["consistency_ratio"], 3) == expected["CR"]


@pytest.mark.shared
def test_mobile_internet_by_five_methods() -> None:
    touchpoints = [rated(code, code, weight=w) for code, w in (("coverage", 5), ("speed", 3), ("stability", 2))]
    table = compare(
        mobile_internet(),
        touchpoints,
        SIDE_BY_SIDE,
        overall_item="overall_satisfaction",
        objects="当月高频通信分公司",
    )
    assert scores(table) == {"declared": 73.52, "equal": 73.41, "lmg": 73.42, "entropy": 73.37, "pls": 73.42}
    assert weights(table, "lmg") == [0.3339, 0.3474, 0.3187]
    note = table[(table["method"] == "lmg") & (table["touchpoint"] == OVERALL)]["note"].iloc[0]
    assert "R² = 0.8671" in note


@pytest.mark.shared
def test_electric_vehicles_have_no_overall_item_and_derived_weights_are_refused_with_the_figure() -> None:
    touchpoints = [rated(f"a{number}", f"a{number}", weight=1) for number in range(1, 9)]
    table = compare(electric_vehicle(), touchpoints, SIDE_BY_SIDE, overall_item="purchase", objects="品牌类型")
    found = scores(table)
    assert {name: found[name] for name in ("declared", "equal", "entropy")} == {
        "declared": 77.68,
        "equal": 77.68,
        "entropy": 77.5,
    }
    overall = table[table["touchpoint"] == OVERALL].set_index("method")
    assert "0.06" in overall.loc["lmg", "note"]
    assert "0.052" in overall.loc["pls", "note"]
    assert "只有 3 个对象" in overall.loc["entropy", "note"]

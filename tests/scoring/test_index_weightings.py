"""The index of real answers against figures that were computed apart from this code (methods, section 0.4)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from scoring_builders import Person, index_of, make_model, rated, row

ORACLE = Path(__file__).parents[2].parent / "shared" / "oracles" / "kda_customersat_bayesm"
ITEMS = [f"q{number}" for number in range(2, 11)]


def respondents() -> list[Person]:
    if not ORACLE.exists():
        pytest.skip(f"{ORACLE} is not there")
    answers = pd.read_csv(ORACLE / "customerSat.csv")[ITEMS].dropna()
    return [Person(f"r{n}", dict(given), scale=(1, 10)) for n, given in enumerate(answers.to_dict("records"))]


def overall(**settings: Any) -> float:
    return round(float(row(index_of(respondents(), make_model([rated("attributes", **settings)])))["score"]), 1)


@pytest.mark.shared
def test_equal_weights_give_the_index_of_the_comparison_of_weightings() -> None:
    assert overall(weights=dict.fromkeys(ITEMS, 1.0)) == 63.3


@pytest.mark.shared
def test_relative_importance_as_declared_weights_gives_its_own() -> None:
    if not ORACLE.exists():
        pytest.skip(f"{ORACLE} is not there")
    importance = json.loads((ORACLE / "expected.json").read_text(encoding="utf-8"))["computed_here"]["lmg"]
    assert overall(weights={item: importance[item] for item in ITEMS}) == 58.8

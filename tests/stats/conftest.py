"""Published examples that are too large to be typed: read beside the checkout, skipped visibly without them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

ORACLES = Path(__file__).parents[3] / "shared" / "oracles"


@pytest.fixture
def expected() -> Callable[[str], Any]:
    """Return the reader of an example's published figures."""

    def read(name: str) -> Any:
        return json.loads(_existing(ORACLES / name / "expected.json").read_text(encoding="utf-8"))

    return read


@pytest.fixture
def oracle_table() -> Callable[[str, str], pd.DataFrame]:
    """Return the reader of an example's data."""

    def read(name: str, file: str) -> pd.DataFrame:
        return pd.read_csv(_existing(ORACLES / name / file))

    return read


def _existing(path: Path) -> Path:
    if not path.exists():
        pytest.skip(f"published example {path.parent.name} is not beside this checkout")
    return path

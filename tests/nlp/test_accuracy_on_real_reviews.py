"""How often the lexicon route is right on reviews that nobody on this project wrote (read only where they lie)."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from feedback_engine.nlp.tagger import Tagger

SENTIMENT = Path(__file__).parents[2] / ".." / "shared" / "data" / "sentiment"


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "least"),
    [("hotel_laptop_book", 0.78), ("food_delivery", 0.79), ("ecommerce_few", 0.78), ("shopping", 0.87)],
)
def test_sign_of_the_score_agrees_with_the_label(tagger: Tagger, name: str, least: float) -> None:
    path = SENTIMENT / f"{name}.jsonl"
    if not path.exists():
        pytest.skip(f"no {path.name} beside the checkout")
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    sample = random.Random(7).sample(rows, min(2000, len(rows)))
    right = sum((tagger.tag(row["text"]).sentiment.score >= 0) == (row["label"] == 1) for row in sample)
    assert right / len(sample) >= least

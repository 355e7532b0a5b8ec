from __future__ import annotations

import pytest

from feedback_engine.nlp.cards import read_label_errors
from feedback_engine.resources import find_lexicons


@pytest.mark.parametrize("name", ["sentiment", "clauses", "automotive", "government", "social"])
def test_every_shipped_card_tells_how_often_each_label_errs(name: str) -> None:
    errors = read_label_errors(find_lexicons() / "models" / f"{name}.npz")
    assert len(errors) >= 2
    for one in errors.values():
        assert one.sensitivity + one.specificity > 1
        assert min(one.with_it, one.without_it) > 100


def test_two_opposite_labels_mirror_each_other() -> None:
    errors = read_label_errors(find_lexicons() / "models" / "sentiment.npz")
    negative, positive = errors["negative"], errors["positive"]
    assert (negative.sensitivity, negative.with_it) == (positive.specificity, positive.without_it)
